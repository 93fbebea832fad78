//! Entry of a mode: what is there to know about one?

use std::fmt;

use crate::modes::promises::Promises;

/// What is known of a mode.
#[derive(Debug)]
pub struct Entry {
    /// On the command line, in plans and in recordings.
    pub name: &'static str,
    /// In the report.
    pub label: &'static str,
    /// In a picture, where space is scarce and the side has a colour.
    pub short_label: &'static str,
    pub side: Side,
    /// What its server is told beside what every server is told.
    pub flags: &'static [&'static str],
    pub key: Key,
    pub store: Store,
    /// Calls to that store for a request that may change something; [`Promises::store_calls`] is for one that changes nothing.
    pub store_calls_to_change: u64,
    /// Calls to that store that write, for each step of a checkout.
    pub store_writes: u64,
    /// Whether the attack suite has a column for it: one that looks like another to an attacker has none.
    pub is_attacked: bool,
    /// None where there is no contract to keep.
    pub promises: Option<Promises>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A handler of actix alone that answers the same body: the floor.
    Neither,
    /// The client holds what proves who it is.
    Stateless,
    /// The server does.
    Stateful,
}

/// What a server of this mode reads from a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    None,
    /// A secret that signs tokens.
    Hs256,
    /// PKCS#8 in PEM (RFC 7468, section 10), as the next one.
    Es256,
    Eddsa,
    /// A secret that encrypts cookies.
    Cookie,
}

/// Who is asked what a credential is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Nobody: its signature says it.
    Nobody,
    /// The process that was asked, and no other knows.
    Process,
    Redis,
    /// The database that the application has anyway.
    Sql,
}

impl Side {
    /// The program that its replicas run.
    pub const fn program(self) -> &'static str {
        match self {
            Side::Neither => "bare",
            Side::Stateless => "stateless-server",
            Side::Stateful => "stateful-server",
        }
    }

    /// The flag that says how long a credential lives while nobody renews it.
    pub const fn lifetime_flag(self) -> Option<&'static str> {
        match self {
            Side::Neither => None,
            Side::Stateless => Some("--access-ttl"),
            Side::Stateful => Some("--idle-ttl"),
        }
    }
}

/// The algorithm, as those say it who know that it is a token.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Key::None => "none",
            Key::Hs256 => "HS256",
            Key::Es256 => "ES256",
            Key::Eddsa => "EdDSA",
            Key::Cookie => "cookie key",
        })
    }
}
