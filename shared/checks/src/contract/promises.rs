//! In what do the two servers differ, as far as anybody can tell from outside?

use shared::api::meta::{CredentialKind, Holder};

/// The declared differences: one field a promise, each asserted by the suite whichever way it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// What proves who is calling.
    pub credential: CredentialKind,
    /// What a client sends along with every request.
    pub sent: Sent,
    /// Who remembers an unfinished checkout.
    pub draft: Holder,
    /// What a logout does to a credential that somebody copied before.
    pub copied_credential: Copied,
    /// When somebody whose role was taken away cannot use it any more.
    pub role_taken: RoleTaken,
    /// What another site can do with the browser of somebody who is logged in.
    pub cross_site: CrossSite,
    /// Who may answer the next request of a client.
    pub replicas: Replicas,
    /// What the death of a replica does to those who logged in there.
    pub replica_killed: Killed,
    /// What an authenticated read is answered while Redis is gone or frozen.
    pub redis_gone: Gone,
    /// What happens to those logged in, and to those logged out, when Redis comes back empty.
    pub redis_emptied: Emptied,
    /// Commands that Redis answers for one authenticated request.
    pub store_calls: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    GrowsWithClaims,
    FixedSize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    LivesToItsExpiry,
    DiesWithinASecond,
    DiesAtOnce,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleTaken {
    AtExpiryOrRefresh,
    WithinASecond,
    NextRequest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossSite {
    /// No browser brings the credential by itself, so it does not matter who sent the request.
    NothingToRide,
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    Any,
    Sticky,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Killed {
    LogsNobodyOut,
    LogsItsOwnPeopleOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// For everybody as before.
    KeepsWorking,
    /// Also for those who were logged out.
    KeepsWorkingForTheRevoked,
    /// 503 within half a second, and well again within two.
    Unavailable,
    /// The same, once the lease of a second on what is remembered here has run out.
    UnavailableAfterALease,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptied {
    NothingHappens,
    RevokedRevive,
    EverybodyIsLoggedOut,
}

/// What a server with a denylist does while that is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    FailClosed,
    FailOpen,
}

impl Promises {
    /// Of the server that forgets its clients, without a denylist.
    pub const fn stateless() -> Promises {
        Promises {
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
        }
    }

    /// The same, but every request asks Redis whether its token was denied.
    pub const fn denylist(down: Down) -> Promises {
        Promises {
            copied_credential: Copied::DiesWithinASecond,
            role_taken: RoleTaken::WithinASecond,
            redis_gone: match down {
                Down::FailClosed => Gone::Unavailable,
                Down::FailOpen => Gone::KeepsWorkingForTheRevoked,
            },
            redis_emptied: Emptied::RevokedRevive,
            store_calls: 1,
            ..Promises::stateless()
        }
    }

    /// Of the server that remembers its clients, with sessions in Redis.
    pub const fn stateful() -> Promises {
        Promises {
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
        }
    }

    /// The same, but each process remembers its own.
    pub const fn memory() -> Promises {
        Promises {
            draft: Holder::Server,
            replicas: Replicas::Sticky,
            replica_killed: Killed::LogsItsOwnPeopleOut,
            redis_gone: Gone::KeepsWorking,
            redis_emptied: Emptied::NothingHappens,
            store_calls: 0,
            ..Promises::stateful()
        }
    }

    /// The same as with sessions in Redis, but a process remembers what it read there until Redis says that it changed.
    pub const fn near_cache() -> Promises {
        Promises {
            copied_credential: Copied::DiesWithinASecond,
            role_taken: RoleTaken::WithinASecond,
            redis_gone: Gone::UnavailableAfterALease,
            store_calls: 0,
            ..Promises::stateful()
        }
    }

    /// Does every replica know at once what another one was told? Those that remember what they read somewhere need a
    /// moment: until then a client sees what it did itself only where it did it.
    pub(super) fn is_known_everywhere_at_once(&self) -> bool {
        let remembers = matches!(self.draft, Holder::Redis | Holder::Server);
        !(remembers && self.copied_credential == Copied::DiesWithinASecond)
    }

    /// Each promise turned into its opposite, alone: a suite that asserts it must notice. Named as the report names it.
    pub fn broken_one_by_one(self) -> [(&'static str, Promises); 11] {
        // No `..`: a new promise does not compile until it is here.
        let Promises {
            credential,
            sent,
            draft,
            copied_credential,
            role_taken,
            cross_site,
            replicas,
            replica_killed,
            redis_gone,
            redis_emptied,
            store_calls,
        } = self;
        let credential = other(credential, CredentialKind::Bearer, CredentialKind::Cookie);
        let sent = other(sent, Sent::GrowsWithClaims, Sent::FixedSize);
        let draft = other(draft, Holder::Client, Holder::Redis);
        let copied_credential = other(copied_credential, Copied::LivesToItsExpiry, Copied::DiesAtOnce);
        let role_taken = other(role_taken, RoleTaken::AtExpiryOrRefresh, RoleTaken::NextRequest);
        let cross_site = other(cross_site, CrossSite::NothingToRide, CrossSite::Refused);
        let replicas = other(replicas, Replicas::Any, Replicas::Sticky);
        let replica_killed = other(replica_killed, Killed::LogsNobodyOut, Killed::LogsItsOwnPeopleOut);
        let redis_gone = other(redis_gone, Gone::KeepsWorking, Gone::Unavailable);
        let redis_emptied = other(redis_emptied, Emptied::NothingHappens, Emptied::EverybodyIsLoggedOut);
        let store_calls = other(store_calls, 0, 1);
        [
            ("credential", Promises { credential, ..self }),
            ("sent", Promises { sent, ..self }),
            ("draft", Promises { draft, ..self }),
            ("copied_credential", Promises { copied_credential, ..self }),
            ("role_taken", Promises { role_taken, ..self }),
            ("cross_site", Promises { cross_site, ..self }),
            ("replicas", Promises { replicas, ..self }),
            ("replica_killed", Promises { replica_killed, ..self }),
            ("redis_gone", Promises { redis_gone, ..self }),
            ("redis_emptied", Promises { redis_emptied, ..self }),
            ("store_calls", Promises { store_calls, ..self }),
        ]
    }
}

/// One of two, but not what is declared.
fn other<T: PartialEq>(declared: T, one: T, another: T) -> T {
    if declared == one { another } else { one }
}
