//! What is written to the server, as exactly as a normal client never lets anybody?

use serde_json::Value;

/// A request of which every byte can be chosen.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Everything before the version: `GET /api/whoami`.
    line: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Ask {
        Ask { line: format!("{method} {path}"), fields: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: &str) -> Ask {
        Ask::new("GET", path)
    }

    pub fn post(path: &str) -> Ask {
        Ask::new("POST", path)
    }

    pub fn put(path: &str) -> Ask {
        Ask::new("PUT", path)
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Ask {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub fn json(self, body: &Value) -> Ask {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Ask {
        self.body = body.into();
        self.with("Content-Type", content_type)
    }

    /// As it goes over the wire: the head first, then the body.
    pub fn written(&self, host: &str) -> (String, &[u8]) {
        let mut head = format!("{} HTTP/1.1\r\nHost: {host}\r\n", self.line);
        for (name, value) in &self.fields {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if !self.body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        (head + "\r\n", &self.body)
    }

    pub fn is_head(&self) -> bool {
        self.line.starts_with("HEAD ")
    }
}
