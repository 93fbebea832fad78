//! Commands: what does each subcommand do?

pub mod calibrate;
mod changes;
pub mod compare;
pub mod diff;
pub mod list;
pub mod omission;
mod output;
mod recording_file;
pub mod report_command;
pub mod run;
pub mod trend;
pub mod up;
