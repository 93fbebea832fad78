//! In what do the two servers differ, as far as anybody can tell from outside?

use crate::api::meta::{CredentialKind, Holder};

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
    /// Who may answer the next request of a client.
    pub replicas: Replicas,
    /// What an authenticated read is answered while Redis is gone or frozen.
    pub redis_gone: Gone,
    /// What happens to those logged in when Redis comes back empty.
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
    DiesAtOnce,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    Any,
    Sticky,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    KeepsWorking,
    /// 503 within half a second, and well again within two.
    Unavailable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptied {
    NothingHappens,
    EverybodyIsLoggedOut,
}

impl Promises {
    /// Of the server that forgets its clients, without a denylist.
    pub const fn stateless() -> Promises {
        Promises {
            credential: CredentialKind::Bearer,
            sent: Sent::GrowsWithClaims,
            draft: Holder::Client,
            copied_credential: Copied::LivesToItsExpiry,
            replicas: Replicas::Any,
            redis_gone: Gone::KeepsWorking,
            redis_emptied: Emptied::NothingHappens,
            store_calls: 0,
        }
    }

    /// Of the server that remembers its clients, with sessions in Redis.
    pub const fn stateful() -> Promises {
        Promises {
            credential: CredentialKind::Cookie,
            sent: Sent::FixedSize,
            draft: Holder::Redis,
            copied_credential: Copied::DiesAtOnce,
            replicas: Replicas::Any,
            redis_gone: Gone::Unavailable,
            redis_emptied: Emptied::EverybodyIsLoggedOut,
            store_calls: 1,
        }
    }

    /// Each promise turned into its opposite, alone: a suite that asserts it must notice. Named as the report names it.
    pub fn broken_one_by_one(self) -> Vec<(&'static str, Promises)> {
        // No `..`: a new promise does not compile until it is here.
        let Promises { credential, sent, draft, copied_credential, replicas, redis_gone, redis_emptied, store_calls } =
            self;
        vec![
            (
                "credential",
                Promises { credential: other(credential, CredentialKind::Bearer, CredentialKind::Cookie), ..self },
            ),
            ("sent", Promises { sent: other(sent, Sent::GrowsWithClaims, Sent::FixedSize), ..self }),
            ("draft", Promises { draft: other(draft, Holder::Client, Holder::Redis), ..self }),
            (
                "copied_credential",
                Promises {
                    copied_credential: other(copied_credential, Copied::LivesToItsExpiry, Copied::DiesAtOnce),
                    ..self
                },
            ),
            ("replicas", Promises { replicas: other(replicas, Replicas::Any, Replicas::Sticky), ..self }),
            ("redis_gone", Promises { redis_gone: other(redis_gone, Gone::KeepsWorking, Gone::Unavailable), ..self }),
            (
                "redis_emptied",
                Promises {
                    redis_emptied: other(redis_emptied, Emptied::NothingHappens, Emptied::EverybodyIsLoggedOut),
                    ..self
                },
            ),
            ("store_calls", Promises { store_calls: other(store_calls, 0, 1), ..self }),
        ]
    }
}

fn other<T: PartialEq>(declared: T, one: T, another: T) -> T {
    if declared == one { another } else { one }
}
