//! Half-open request: how does a request wait until others have come as far?
//!
//! Its head is with the server, which is at work on it, and all of its body but the last byte. Several of them, released one
//! right after the other, are under way at the same time.

use crate::connection::Connection;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// A request of which the server waits for the last byte.
#[derive(Debug)]
pub struct HalfOpen {
    connection: Connection,
    rest: Vec<u8>,
}

impl HalfOpen {
    /// Returns when the server has the head: it says `100 Continue` (RFC 9110, section 10.1.1). The request must have a body.
    ///
    /// # Errors
    /// It answers at once instead, or not at all.
    pub async fn begin(url: &str, request: &Request) -> Result<HalfOpen, Error> {
        let mut connection = Connection::open(url).await?;
        let request = request.clone().with("expect", "100-continue");
        let (head, body) = request.written(connection.host());
        let (first, rest) = body.split_at(body.len().saturating_sub(1));
        connection.write(&head).await;
        connection.continued().await?;
        connection.write(first).await;
        Ok(HalfOpen { connection, rest: rest.to_vec() })
    }

    /// Sends what is missing. Takes no longer than a write into an empty buffer.
    pub async fn release(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        self.connection.write(rest).await;
    }

    /// The response, after what was missing is sent.
    ///
    /// # Errors
    /// The server hangs up on a request that was under way, or says nothing.
    pub async fn finish(mut self) -> Result<Response, Error> {
        self.release().await;
        self.connection.receive().await
    }
}

/// Releases all of them, one right after the other, and then reads their responses.
///
/// # Errors
/// As [`HalfOpen::finish`].
pub async fn finish_all(mut requests: Vec<HalfOpen>) -> Result<Vec<Response>, Error> {
    for request in &mut requests {
        request.release().await;
    }
    let mut responses = Vec::with_capacity(requests.len());
    for request in requests {
        responses.push(request.finish().await?);
    }
    Ok(responses)
}
