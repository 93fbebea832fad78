//! Promises: in what do the modes differ, as far as a client can tell?

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
    /// Calls to the mode's session store for one authenticated request that changes nothing.
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

impl Promises {
    /// Does every replica know at once what another one was told? Those that remember what they read somewhere need a
    /// moment: until then a client sees what it did itself only where it did it.
    pub fn is_known_everywhere_at_once(&self) -> bool {
        let remembers = matches!(self.draft, Holder::Redis | Holder::Server);
        !(remembers && self.copied_credential == Copied::DiesWithinASecond)
    }
}
