//! Login limiter: how often may somebody try a password?
//!
//! A few times for each account (NIST SP 800-63B-4, section 3.2.2), more often from each address: else one account could
//! be guessed at by the thousands, or thousands of accounts once each. What is counted stands in SQL, so that it holds on
//! every replica. A name that nobody has is counted like any other, or the count would tell who exists.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use aws_lc_rs::digest;
use jiff::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

use crate::address;
use crate::error::Refused;
use crate::settings::LoginLimits;
use crate::store::Store;
use crate::store::login_limiter::FailedLogins;
use shared::api::account::User;
use shared::api::problem::Code;

/// Accounts that share a turn wait for each other: with so many turns, hardly ever.
const TURNS: usize = 256;

/// Between two rounds of deleting what is past.
const TIDY_SECONDS: i64 = 60;

/// Failed logins so far, and the turns of those who want to try.
pub struct LoginLimiter {
    store: Store,
    limits: LoginLimits,
    turns: Vec<Mutex<()>>,
    /// Which turn an account has: nobody outside can choose names that get in each other's way.
    order: RandomState,
    tidied: AtomicI64,
}

/// A password that is about to be tried. Attempts at one account are made one after the other, so that no more of them are
/// looked at than the limit allows, however many come at once: each replica sees one beyond it at most.
pub struct LoginAttempt<'a> {
    limiter: &'a LoginLimiter,
    account: i64,
    address: i64,
    earlier: FailedLogins,
    /// The user of that name, and the password's hash.
    pub user: Option<(User, String)>,
    _turn: MutexGuard<'a, ()>,
}

impl LoginLimiter {
    pub fn new(store: &Store, limits: &LoginLimits) -> LoginLimiter {
        LoginLimiter {
            store: store.clone(),
            limits: limits.clone(),
            turns: (0..TURNS).map(|_| Mutex::default()).collect(),
            order: RandomState::new(),
            tidied: AtomicI64::default(),
        }
    }

    /// Waits for this account's turn. Whoever waits must hold a place in a queue that is bounded.
    ///
    /// # Errors
    /// `TooManyGuesses`, also for who knows the password: an answer to the right one would be what guessing is for.
    pub async fn begin(&self, request: &HttpRequest, username: &str) -> Result<LoginAttempt<'_>, Refused> {
        let account = subject("account", username.as_bytes());
        let address = subject("address", &network(address::of(request, &self.limits.trusted_proxy)));
        let turn = self.turns[self.order.hash_one(account) as usize % TURNS].lock().await;
        let attempt = self.store.attempt(username, account, address).await?;
        let limits = [(attempt.account, self.limits.per_account), (attempt.address, self.limits.per_address)];
        match limits.into_iter().find(|(failures, limit)| failures.times >= i64::from(*limit)) {
            Some((failures, _)) => Err(too_many(failures)),
            None => {
                let (earlier, user) = (attempt.account, attempt.user);
                Ok(LoginAttempt { limiter: self, account, address, earlier, user, _turn: turn })
            }
        }
    }

    /// Deletes what is past, now and then; nobody waits for it. Else names that nobody has would fill the table.
    fn tidy(&self) {
        let now = Timestamp::now().as_second();
        let last = self.tidied.load(Ordering::Relaxed);
        let due = now - last >= TIDY_SECONDS;
        if due && self.tidied.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            let store = self.store.clone();
            tokio::spawn(async move { store.forget_past_failed_logins().await });
        }
    }
}

impl LoginAttempt<'_> {
    /// The password was right: the account's count begins anew. That of the address does not, else whoever has an account
    /// could guess at all others.
    pub async fn succeeded(self) -> Result<(), Refused> {
        if self.earlier.times > 0 {
            self.limiter.store.forget_failed_logins(self.account).await?;
        }
        Ok(())
    }

    /// The password was wrong: counts it, and returns what to answer.
    pub async fn failed(self) -> Refused {
        self.counted().await.unwrap_or_else(|unavailable| unavailable)
    }

    async fn counted(&self) -> Result<Refused, Refused> {
        let LoginLimiter { store, limits, .. } = self.limiter;
        let account = store.count_failed_login(self.account, limits.window).await?;
        let address = store.count_failed_login(self.address, limits.window).await?;
        self.limiter.tidy();
        // Beyond the limit only when another replica came first: then nobody may know whether this password was right.
        let beyond = [(account, limits.per_account), (address, limits.per_address)];
        let beyond = beyond.into_iter().find(|(failures, limit)| failures.times > i64::from(*limit));
        Ok(beyond.map_or_else(|| Refused::because(Code::WrongPassword), |(failures, _)| too_many(failures)))
    }
}

/// What a failed login counts against. A hash, for what came as a name may be a password in the wrong field.
fn subject(kind: &str, value: &[u8]) -> i64 {
    let digest = digest::digest(&digest::SHA256, &[kind.as_bytes(), b":", value].concat());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_ref()[..8]);
    i64::from_be_bytes(first)
}

/// What one customer of a provider has: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177) with more addresses in
/// it than anybody could count.
fn network(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

fn too_many(failures: FailedLogins) -> Refused {
    let milliseconds = failures.until.as_millisecond() - Timestamp::now().as_millisecond();
    let seconds = milliseconds.max(0) / 1000 + 1; // Rounded up: whoever comes back then is not too early.
    Refused::because(Code::TooManyGuesses).with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, same: bool) {
        let network = |address: &str| network(address.parse().expect("an address"));
        assert_eq!(network(one) == network(other), same, "{one} {other}");
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true);
        check("2001:db8:0:1::1", "2001:db8:0:2::1", false);
    }

    #[test]
    fn every_replica_counts_against_the_same_number() {
        assert_eq!(subject("account", b"john"), subject("account", b"john"));
        assert_ne!(subject("account", b"john"), subject("account", b"John"));
        assert_ne!(subject("account", b"john"), subject("address", b"john"));
    }

    #[test]
    fn who_comes_back_when_told_is_not_too_early() {
        let until = Timestamp::now() + jiff::SignedDuration::from_millis(1500);
        let refused = too_many(FailedLogins { times: 5, until });
        assert_eq!(refused.headers, [(header::RETRY_AFTER, HeaderValue::from_static("2"))]);
    }
}
