//! How does a request wait until others have come as far?
//!
//! Its head is with the server, which is at work on it, and all of its body but the last byte. Several of them, released one
//! right after the other, are under way at the same time.

use anyhow::{Context, Result};

use crate::connection::Wire;
use crate::request::Ask;
use crate::response::Answer;

/// A request of which the server waits for the last byte.
pub struct Half {
    wire: Wire,
    rest: Vec<u8>,
}

impl Half {
    /// Returns when the server has the head: it says `100 Continue` (RFC 9110, section 10.1.1). The request must have a body.
    ///
    /// # Errors
    /// It answers at once instead, or not at all.
    pub async fn sent(url: &str, ask: &Ask) -> Result<Half> {
        let mut wire = Wire::open(url).await?;
        let ask = ask.clone().with("Expect", "100-continue");
        let (head, body) = ask.written(wire.host());
        let (first, rest) = body.split_at(body.len().saturating_sub(1));
        wire.write(&head).await;
        wire.continued().await?;
        wire.write(first).await;
        Ok(Half { wire, rest: rest.to_vec() })
    }

    /// Sends what is missing. Takes no longer than a write into an empty buffer.
    pub async fn release(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        self.wire.write(rest).await;
    }

    /// The answer, after what was missing is sent.
    ///
    /// # Errors
    /// The server hangs up on a request that was under way, or says nothing.
    pub async fn finished(mut self) -> Result<Answer> {
        self.release().await;
        self.wire.answer().await?.context("hung up on a request that was under way")
    }
}

/// Releases all of them, one right after the other, and then reads their answers.
///
/// # Errors
/// As [`Half::finished`].
pub async fn released(mut halves: Vec<Half>) -> Result<Vec<Answer>> {
    for half in &mut halves {
        half.release().await;
    }
    let mut answers = Vec::with_capacity(halves.len());
    for half in halves {
        answers.push(half.finished().await?);
    }
    Ok(answers)
}
