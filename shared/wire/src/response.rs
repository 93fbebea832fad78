//! What did the server say, byte for byte?

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// One answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub fields: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Reads the head of an answer: everything up to the empty line.
    pub fn parse(head: &str) -> Result<Answer> {
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        let fields = lines.filter(|line| !line.is_empty()).map(|line| {
            let (name, value) = line.split_once(':').with_context(|| format!("{line:?} is no header field"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        let status = status.with_context(|| format!("{first:?} is no status line"))?;
        Ok(Answer { status, fields: fields.collect::<Result<_>>()?, body: String::new() })
    }

    /// Absent and empty are the same to all who ask here.
    pub fn field(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn is_success(&self) -> bool {
        (200..400).contains(&self.status)
    }

    /// # Errors
    /// It has no JSON body, or this status is not its own.
    pub fn json(&self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("expected {status}, seen {} {}", self.status, self.body);
        }
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {:?}", self.body))
    }

    /// `name=value` of the last cookie that it sets; a removal is none.
    pub fn cookie(&self) -> Option<String> {
        let pair = self.all("set-cookie").last()?.split(';').next()?.trim();
        Some(pair.to_owned()).filter(|pair| !pair.ends_with('='))
    }

    /// Is this as a refusal must be? An RFC 9457 problem wherever code of ours answers, and on 401 how to do better.
    ///
    /// # Errors
    /// What is missing.
    pub fn check_refusal(&self) -> Result<()> {
        /// Statuses that the protocol layer gives before any code of ours sees a request: an empty body is all there is.
        const BY_PROTOCOL: [u16; 3] = [400, 408, 431];
        if self.status >= 500 && self.status != 503 {
            bail!("a {} for bad input", self.status);
        }
        if self.field("content-type") != "application/problem+json"
            && !(BY_PROTOCOL.contains(&self.status) && self.body.is_empty())
        {
            bail!("a {} without a problem: {:?}", self.status, self.body);
        }
        if self.status == 401 && self.field("www-authenticate").is_empty() {
            bail!("a 401 without WWW-Authenticate");
        }
        if [429, 503].contains(&self.status) && self.field("retry-after").is_empty() {
            bail!("a {} without Retry-After", self.status);
        }
        Ok(())
    }
}
