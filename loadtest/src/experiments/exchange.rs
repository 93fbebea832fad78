//! Weighed exchange: how many bytes of what go over the wire?

use report::recording::Message;
use wire::connection::Connection;
use wire::request::Request;
use wire::response::Response;

/// A request and its response, weighed.
pub struct Exchange {
    pub request: Message,
    pub response: Response,
    pub weight: Message,
}

/// On a connection of its own.
///
/// # Errors
/// There is no response.
pub async fn exchange(url: &str, request: &Request) -> anyhow::Result<Exchange> {
    let mut connection = Connection::open(url).await?;
    let response = connection.send(request).await?;
    let (head, body) = request.written(connection.host());
    let sent = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let request = weigh((head.len() + body.len()) as u64, sent, body.len());
    let weight = weigh(connection.received, response.headers.iter(), response.body.len());
    Ok(Exchange { request, response, weight })
}

/// Weight of a message: of each field with its name, separator and line end, of the body, and of whatever is left.
fn weigh<'a>(bytes: u64, fields: impl Iterator<Item = (&'a str, &'a str)>, body: usize) -> Message {
    let mut message = Message { framing_bytes: 0, headers: Default::default(), body_bytes: body as u64 };
    for (name, value) in fields {
        *message.headers.entry(name.to_ascii_lowercase()).or_default() += (name.len() + value.len() + 4) as u64;
    }
    message.framing_bytes = bytes.saturating_sub(message.total_bytes());
    message
}
