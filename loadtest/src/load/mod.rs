//! How is load made, and how is it measured?
//!
//! From the inside out: a [`pace`] says when, a [`scenario`] says what, a [`visitor`] asks over its [`connection`]s and
//! brings back what it was given, a [`generator`] runs many visitors at once, and [`measure`] keeps the books.

pub mod alarm;
pub mod connection;
pub mod generator;
pub mod lane;
pub mod measure;
pub mod pace;
pub mod promise;
pub mod scenario;
pub mod visitor;
