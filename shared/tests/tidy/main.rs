//! House rules: is the house in order?
//!
//! What the architecture promises as absences, asserted: nobody notices an absence that ends.

mod book;
mod circles;
mod edges;
mod files;
mod modes;
mod paths;
mod source;
mod tokens;
mod twins;
mod walks;
