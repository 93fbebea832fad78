//! Commands: what does each subcommand do?

pub mod calibrate;
pub mod compare;
pub mod diff;
pub mod list;
pub mod omission;
pub mod report_command;
pub mod run;
pub mod up;
