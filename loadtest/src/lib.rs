//! What is left when nothing runs any more?
//!
//! The part of the load test that thinks and tells. It knows no process, no socket and no clock: a recording goes in, a
//! report comes out, the same one for ever. The program that makes recordings is `main.rs`, beside this file.

pub mod analyse;
pub mod recording;
pub mod report;
pub mod words;
