//! Request body: how much of it is waited for, and for how long?

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout};

use crate::error::Refused;
use crate::limits::{BODY_BYTES, Patience};
use shared::api::problem::Code;

/// Refuses early what says itself that it is too large.
pub(super) fn check_announced(request: &HttpRequest) -> Result<(), Refused> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match announced.and_then(|bytes| bytes.parse::<usize>().ok()) {
        Some(bytes) if bytes > BODY_BYTES => Err(Refused::because(Code::BodyTooLarge)),
        _ => Ok(()),
    }
}

/// JSON has no `charset` (RFC 8259, section 11), but many clients send one: parameters are not looked at.
pub(super) fn check_is_json(request: &HttpRequest) -> Result<(), Refused> {
    let named = request.headers().get(header::CONTENT_TYPE).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Refused::because(Code::UnsupportedMediaType))
    }
}

/// The whole body, if it arrives in time and is not too large.
pub(super) async fn collect(mut payload: Payload, patience: Patience) -> Result<Bytes, Refused> {
    let end = Instant::now() + patience.whole;
    let mut body = BytesMut::new();
    loop {
        let wait = patience.idle.min(end.saturating_duration_since(Instant::now()));
        let piece = timeout(wait, payload.next()).await.map_err(|_| Refused::because(Code::RequestTimeout))?;
        let Some(piece) = piece else { return Ok(body.freeze()) };
        let piece = piece.map_err(unreadable)?;
        if body.len() + piece.len() > BODY_BYTES {
            return Err(Refused::because(Code::BodyTooLarge));
        }
        body.extend_from_slice(&piece);
    }
}

fn unreadable(error: PayloadError) -> Refused {
    match error {
        PayloadError::Overflow => Refused::because(Code::BodyTooLarge),
        _ => Refused::saying(Code::MalformedBody, "The body broke off or is not framed as HTTP/1.1 wants it."),
    }
}
