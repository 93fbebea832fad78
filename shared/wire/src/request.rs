//! HTTP request: which bytes does a client send, exactly?

use serde::Serialize;

use crate::headers::Headers;

/// A request of which every byte can be chosen.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Request {
        Request { method: method.into(), path: path.into(), headers: Headers::default(), body: Vec::new() }
    }

    pub fn get(path: &str) -> Request {
        Request::new("GET", path)
    }

    pub fn post(path: &str) -> Request {
        Request::new("POST", path)
    }

    pub fn put(path: &str) -> Request {
        Request::new("PUT", path)
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.add(name, value);
        self
    }

    /// Beside the cookies that it brings already: they stand in one field (RFC 6265, section 5.4).
    pub fn with_cookie(mut self, pair: &str) -> Request {
        self.headers.join("cookie", "; ", pair);
        self
    }

    pub fn json(self, body: &impl Serialize) -> Request {
        self.body("application/json", serde_json::to_vec(body).expect("the API's bodies have string keys only"))
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Request {
        self.body = body.into();
        self.with("content-type", content_type)
    }

    /// As it goes over the wire: the head first, then the body.
    pub fn written(&self, host: &str) -> (String, &[u8]) {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.path);
        for (name, value) in self.headers.iter() {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if !self.body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        (head + "\r\n", &self.body)
    }
}
