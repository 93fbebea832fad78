//! Which claims are put to the test, and how?

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    AuthCost,
    ScaleOut,
    Wire,
}
