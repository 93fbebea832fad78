//! Shared cache rules: what is a cache told to do with credentials, and with what a response says of itself?

/// What an operator writes into a cache's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub fields: Fields,
    pub credentials: Credentials,
}

/// `Cache-Control`, `Expires` and `Vary` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// They are obeyed.
    Kept,
    /// They are ignored, and what was answered with 200 is kept for a minute.
    Dropped,
}

/// What a request with a credential means to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// Whatever the cache does when nobody tells it anything.
    AsInstalled,
    /// An answer to `Authorization` is not kept unless it says that it may be (RFC 9111, section 3.5). No rule of HTTP
    /// speaks of `Cookie`.
    AsTheRfc,
    /// Nothing: the target alone is the key.
    Overlooked,
}

impl Rules {
    /// Nobody told it anything.
    pub const INSTALLED: Rules = Rules { fields: Fields::Kept, credentials: Credentials::AsInstalled };
}
