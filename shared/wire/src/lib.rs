//! HTTP/1.1 on the wire: what does a client send, byte by byte, and what does it read?

pub mod client;
pub mod connection;
pub mod error;
pub mod half_open;
pub mod headers;
pub mod login;
pub mod request;
pub mod response;
pub mod response_parser;
