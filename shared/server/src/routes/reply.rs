//! Response caching: what may be kept of an answer, and by whom?

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Seconds for which anybody may reuse what is the same for everybody.
pub(super) const PUBLIC: &str = "public, max-age=60";
/// Seconds for which the caller alone may reuse what is the caller's.
pub(super) const PRIVATE: &str = "private, max-age=30";

/// An answer with a strong validator (RFC 9110, section 8.8.3): whoever has it already gets 304 and no body.
pub(super) fn cacheable(request: &HttpRequest, cache_control: &'static str, body: &impl Serialize) -> HttpResponse {
    let bytes = serde_json::to_vec(body).expect("API bodies are plain data");
    let tag = EntityTag::new_strong(format!("{:016x}", hash(&bytes)));
    let mut response = if already_has(request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::CACHE_CONTROL, cache_control)).insert_header(header::ETag(tag.clone()));
    if already_has(request, &tag) { response.finish() } else { response.content_type("application/json").body(bytes) }
}

/// RFC 9110, section 13.1.2: the comparison is weak, because a cache on the way may have weakened the tag.
pub(super) fn already_has(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|had| had.weak_eq(tag)),
        Err(_) => false,
    }
}

/// The same bytes give the same tag in every replica: the keys of this hasher are fixed.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
