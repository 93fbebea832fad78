//! Modes: in which ways can a server know who is calling, and what follows from each?
//!
//! A mode is a server and the flags that change what it promises or costs. All that is known of one stands in its entry:
//! command line, fleets, contract, attacks, load test, report and book read it here.

pub mod entry;
mod mode;
pub mod promises;

use crate::api::meta::{CredentialKind, Holder};
use entry::{Entry, Key, Side, Store};
use promises::{Copied, CrossSite, Emptied, Gone, Killed, Promises, Replicas, RoleTaken, Sent};

/// Declares the modes and which entry is whose, so that no list of them can lack one.
macro_rules! modes {
    ($($mode:ident => $entry:path,)*) => {
        /// How a fleet is started.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mode {
            $($mode,)*
        }

        impl Mode {
            pub const ALL: [Mode; [$(stringify!($mode)),*].len()] = [$(Mode::$mode),*];

            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Mode::$mode => &$entry,)*
                }
            }
        }
    };
}

modes! {
    Bare => BARE,
    Jwt => JWT,
    JwtEs256 => JWT_ES256,
    JwtEs256Cached => JWT_ES256_CACHED,
    JwtEddsa => JWT_EDDSA,
    JwtDenylist => JWT_DENYLIST,
    SessionRedis => SESSION_REDIS,
    SessionNearCache => SESSION_NEAR_CACHE,
    SessionMemory => SESSION_MEMORY,
    SessionSql => SESSION_SQL,
}

const BARE: Entry = Entry {
    name: "bare",
    label: "bare actix",
    short_label: "bare actix",
    side: Side::Neither,
    flags: &[],
    key: Key::None,
    store: Store::Nobody,
    store_calls_to_change: 0,
    store_writes: 0,
    is_attacked: false,
    promises: None,
};

const JWT: Entry = Entry {
    name: "jwt",
    label: "stateless, token",
    short_label: "token",
    side: Side::Stateless,
    flags: &["--algorithm=hs256"],
    key: Key::Hs256,
    store: Store::Nobody,
    store_calls_to_change: 0,
    store_writes: 0,
    is_attacked: true,
    promises: Some(TOKEN),
};

const JWT_ES256: Entry = Entry {
    name: "jwt-es256",
    label: "stateless, token ES256",
    short_label: "token, ES256",
    flags: &["--algorithm=es256"],
    key: Key::Es256,
    ..JWT
};

/// Remembers which signatures it verified.
const JWT_ES256_CACHED: Entry = Entry {
    name: "jwt-es256+cache",
    label: "stateless, token ES256 + verify cache",
    short_label: "token, verify cache",
    flags: &["--algorithm=es256", "--verify-cache=10000"],
    is_attacked: false,
    ..JWT_ES256
};

const JWT_EDDSA: Entry = Entry {
    name: "jwt-eddsa",
    label: "stateless, token EdDSA",
    short_label: "token, EdDSA",
    flags: &["--algorithm=eddsa"],
    key: Key::Eddsa,
    is_attacked: false,
    ..JWT
};

/// Redis is asked whether the token was revoked.
const JWT_DENYLIST: Entry = Entry {
    name: "jwt+denylist",
    label: "stateless, token + denylist",
    short_label: "token + denylist",
    flags: &["--algorithm=hs256", "--revocation=denylist"],
    store: Store::Redis,
    store_calls_to_change: 1,
    promises: Some(Promises {
        copied_credential: Copied::DiesWithinASecond,
        role_taken: RoleTaken::WithinASecond,
        redis_gone: Gone::Unavailable,
        redis_emptied: Emptied::RevokedRevive,
        store_calls: 1,
        ..TOKEN
    }),
    ..JWT
};

const SESSION_REDIS: Entry = Entry {
    name: "session-redis",
    label: "stateful, session in Redis",
    short_label: "session in Redis",
    side: Side::Stateful,
    flags: &["--sessions=redis"],
    key: Key::Cookie,
    store: Store::Redis,
    store_calls_to_change: 1,
    store_writes: 1,
    is_attacked: true,
    promises: Some(SESSION),
};

/// A process remembers what it read in Redis until Redis says that it changed.
const SESSION_NEAR_CACHE: Entry = Entry {
    name: "session-redis+near-cache",
    label: "stateful, session in Redis + near cache",
    short_label: "session + near cache",
    flags: &["--sessions=redis", "--near-cache"],
    promises: Some(Promises {
        copied_credential: Copied::DiesWithinASecond,
        role_taken: RoleTaken::WithinASecond,
        redis_gone: Gone::UnavailableAfterALease,
        store_calls: 0,
        ..SESSION
    }),
    ..SESSION_REDIS
};

/// Each process remembers its own.
const SESSION_MEMORY: Entry = Entry {
    name: "session-memory",
    label: "stateful, session in memory",
    short_label: "session in memory",
    flags: &["--sessions=memory"],
    store: Store::Process,
    store_calls_to_change: 0,
    store_writes: 0,
    promises: Some(Promises {
        draft: Holder::Server,
        replicas: Replicas::Sticky,
        replica_killed: Killed::LogsItsOwnPeopleOut,
        redis_gone: Gone::KeepsWorking,
        redis_emptied: Emptied::NothingHappens,
        store_calls: 0,
        ..SESSION
    }),
    ..SESSION_REDIS
};

/// No other store than the database that the application has anyway.
const SESSION_SQL: Entry = Entry {
    name: "session-sql",
    label: "stateful, session in SQL",
    short_label: "session in SQL",
    flags: &["--sessions=sql"],
    store: Store::Sql,
    promises: Some(Promises {
        draft: Holder::Database,
        redis_gone: Gone::KeepsWorking,
        redis_emptied: Emptied::NothingHappens,
        ..SESSION
    }),
    ..SESSION_REDIS
};

/// Of a token that nobody is asked about.
const TOKEN: Promises = Promises {
    credential: CredentialKind::Bearer,
    sent: Sent::GrowsWithClaims,
    draft: Holder::Client,
    copied_credential: Copied::LivesToItsExpiry,
    role_taken: RoleTaken::AtExpiryOrRefresh,
    cross_site: CrossSite::NothingToRide,
    replicas: Replicas::Any,
    replica_killed: Killed::LogsNobodyOut,
    redis_gone: Gone::KeepsWorking,
    redis_emptied: Emptied::NothingHappens,
    store_calls: 0,
};

/// Of a session in Redis.
const SESSION: Promises = Promises {
    credential: CredentialKind::Cookie,
    sent: Sent::FixedSize,
    draft: Holder::Redis,
    copied_credential: Copied::DiesAtOnce,
    role_taken: RoleTaken::NextRequest,
    cross_site: CrossSite::Refused,
    replicas: Replicas::Any,
    replica_killed: Killed::LogsNobodyOut,
    redis_gone: Gone::Unavailable,
    redis_emptied: Emptied::EverybodyIsLoggedOut,
    store_calls: 1,
};
