//! Request: what does it look like on the wire?

use http::uri::PathAndQuery;
use shared::api::paths;

/// A request but for its credential.
pub struct Request {
    method: &'static str,
    path: PathAndQuery,
    /// None: a `GET`.
    body: Option<Vec<u8>>,
    idempotency_key: Option<u64>,
}

impl Request {
    /// With an empty body.
    pub fn of_nothing(method: &'static str, to: &str) -> Request {
        Request { method, path: path(to), body: Some(Vec::new()), idempotency_key: None }
    }

    /// Sent again under the same key, it is done once.
    pub fn once(self, key: u64) -> Request {
        Request { idempotency_key: Some(key), ..self }
    }

    /// As bytes on the wire. `credential` is a whole field, like `cookie: id=1`.
    pub fn write(&self, host: &str, credential: Option<&str>, to: &mut Vec<u8>) {
        let mut put = |texts: &[&str]| texts.iter().for_each(|text| to.extend_from_slice(text.as_bytes()));
        put(&[self.method, " ", self.path.as_str(), " HTTP/1.1\r\nhost: ", host, "\r\n"]);
        if let Some(credential) = credential {
            put(&[credential, "\r\n"]);
        }
        if let Some(key) = self.idempotency_key {
            put(&[paths::IDEMPOTENCY_KEY, ": ", &format!("{key:016x}"), "\r\n"]);
        }
        if let Some(body) = &self.body {
            let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
            put(&[kind, "content-length: ", &body.len().to_string(), "\r\n"]);
        }
        put(&["\r\n"]);
        to.extend_from_slice(self.body.as_deref().unwrap_or_default());
    }
}

pub fn get(path: PathAndQuery) -> Request {
    Request { method: "GET", path, body: None, idempotency_key: None }
}

pub fn send(method: &'static str, to: &str, body: &impl serde::Serialize) -> Request {
    let body = serde_json::to_vec(body).expect("the API's bodies have string keys only");
    Request { method, path: path(to), body: Some(body), idempotency_key: None }
}

pub fn path(text: &str) -> PathAndQuery {
    text.parse().expect("the API's paths are plain ASCII")
}
