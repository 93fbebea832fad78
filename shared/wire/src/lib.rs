//! HTTP/1.1 client: what goes over the wire byte by byte, and what comes back?

pub mod client;
pub mod connection;
pub mod error;
pub mod half_open;
pub mod headers;
pub mod login;
pub mod request;
pub mod response;
pub mod response_parser;
