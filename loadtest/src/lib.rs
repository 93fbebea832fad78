//! What is left when nothing runs any more?
//!
//! The part of the load test that thinks and tells. It knows no process, no socket and no clock: a recording goes in, a
//! report comes out, the same one for ever. The program that makes recordings is `main.rs`, beside this file. [`known`]
//! alone opens sockets: it is what the instrument is checked on.

pub mod analyse;
pub mod answer;
pub mod known;
pub mod recording;
pub mod report;
pub mod words;
