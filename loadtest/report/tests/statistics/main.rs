//! Statistics: do intervals, comparisons and laws agree with what is published, and with what was put in?
#![allow(clippy::unwrap_used)]

mod interval;
mod operational;
mod paired;
mod sure;
mod usl;
mod verdict;
