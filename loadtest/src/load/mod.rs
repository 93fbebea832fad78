//! How is load made, and how is it measured?
//!
//! From the inside out: a [`pace`] says when, a [`scenario`] says what, [`people`] bring what they were given, a
//! [`window`] asks over its [`connection`]s, the errands keep the windows of one [`lane`] busy, a [`receiver`] dates what
//! comes, a [`generator`] runs many lanes, and [`measure`] keeps the books.

pub mod ask;
pub mod connection;
mod drive;
mod errands;
pub mod failure;
pub mod generator;
pub mod lane;
pub mod measure;
pub mod pace;
pub mod people;
mod poll;
pub mod popularity;
pub mod promise;
pub mod receiver;
pub mod scenario;
pub mod timer;
pub mod window;
