//! Probe log: what was asked, and what came of it?

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use report::recording::{Bucket, Ended};

/// One request on its way to one replica. Times count from the run's start.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// By the schedule.
    pub due: Duration,
    pub ended: Duration,
    pub client: u32,
    pub what: What,
    pub replica: SocketAddr,
    /// By its own word, where there was one.
    pub served_by: Option<String>,
    pub outcome: Outcome,
    /// Nothing was sent, and the next replica was asked at once: the client noticed nothing of it.
    pub asked_elsewhere: bool,
    /// Whoever is refused here has something to renew it with.
    pub can_renew: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    LogIn,
    Renew,
    Whoami,
    Draft,
    Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Ok,
    /// 401.
    Unauthorized,
    /// The checkout that was under way is not there.
    Gone,
    /// Another of 400 and above.
    Status(u16),
    /// Nobody listens there.
    Refused,
    /// The connection broke before the answer was whole.
    Reset,
    TimedOut,
}

impl Outcome {
    pub fn of(status: u16) -> Outcome {
        match status {
            401 => Outcome::Unauthorized,
            400.. => Outcome::Status(status),
            _ => Outcome::Ok,
        }
    }

    /// Whether the server may have done it without saying so.
    pub fn is_unknown(self) -> bool {
        matches!(self, Outcome::Reset | Outcome::TimedOut | Outcome::Status(500..))
    }
}

pub fn ended(log: &[Attempt]) -> Ended {
    let mut ended = Ended::default();
    for attempt in log {
        let counted = match attempt.outcome {
            _ if attempt.asked_elsewhere => &mut ended.asked_elsewhere,
            Outcome::Ok => &mut ended.ok,
            Outcome::Unauthorized => &mut ended.unauthorized,
            Outcome::Gone => &mut ended.gone,
            Outcome::Status(status) => ended.statuses.entry(status).or_default(),
            Outcome::Refused => &mut ended.refused,
            Outcome::Reset => &mut ended.reset,
            Outcome::TimedOut => &mut ended.timed_out,
        };
        *counted += 1;
    }
    ended
}

pub fn buckets(log: &[Attempt], width: Duration) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for attempt in log.iter().filter(|attempt| !attempt.asked_elsewhere) {
        bucket(&mut buckets, attempt.due, width).sent += 1;
        let ended = bucket(&mut buckets, attempt.ended, width);
        match attempt.outcome {
            Outcome::Ok => ended.ok += 1,
            Outcome::Unauthorized | Outcome::Gone => ended.forgotten += 1,
            _ => ended.failed += 1,
        }
        ended.slowest = ended.slowest.max(attempt.ended - attempt.due);
    }
    buckets
}

fn bucket(buckets: &mut Vec<Bucket>, at: Duration, width: Duration) -> &mut Bucket {
    let index = index(at, width);
    buckets.resize(buckets.len().max(index + 1), Bucket::default());
    &mut buckets[index]
}

/// Replica → its answers in each bucket.
pub fn answered_by(log: &[Attempt], width: Duration) -> BTreeMap<String, Vec<u32>> {
    let mut answers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for attempt in log {
        if matches!(attempt.outcome, Outcome::Refused | Outcome::Reset | Outcome::TimedOut) {
            continue;
        }
        // A balancer answers by itself when it finds nobody.
        let replica = attempt.served_by.clone().unwrap_or_else(|| attempt.replica.to_string());
        let counts = answers.entry(replica).or_default();
        let index = index(attempt.ended, width);
        counts.resize(counts.len().max(index + 1), 0);
        counts[index] += 1;
    }
    answers
}

/// Clients whose credential was refused. Nobody among them had logged out.
pub fn logged_out(log: &[Attempt]) -> u64 {
    let for_good = |one: &&Attempt| one.outcome == Outcome::Unauthorized && one.what != What::LogIn && !one.can_renew;
    let refused = log.iter().filter(for_good);
    refused.map(|one| one.client).collect::<BTreeSet<_>>().len() as u64
}

fn index(at: Duration, width: Duration) -> usize {
    (at.as_nanos() / width.as_nanos().max(1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(due: u64, ended: u64, outcome: Outcome, asked_elsewhere: bool) -> Attempt {
        let millis = Duration::from_millis;
        let replica = SocketAddr::from(([127, 0, 0, 1], 1));
        let served_by = (outcome == Outcome::Ok).then(|| "one".to_owned());
        let (due, ended) = (millis(due), millis(ended));
        let (client, what, can_renew) = (1, What::Whoami, false);
        Attempt { due, ended, client, what, replica, served_by, outcome, asked_elsewhere, can_renew }
    }

    #[test]
    fn a_request_counts_as_sent_when_it_was_due_and_as_failed_when_that_was_seen() {
        let log = [attempt(10, 20, Outcome::Ok, false), attempt(50, 250, Outcome::TimedOut, false)];
        let buckets = buckets(&log, Duration::from_millis(100));
        assert_eq!(buckets.iter().map(|one| one.sent).collect::<Vec<_>>(), [2, 0, 0]);
        assert_eq!(buckets.iter().map(|one| one.failed).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(buckets[2].slowest, Duration::from_millis(200));
        assert_eq!(answered_by(&log, Duration::from_millis(100)), BTreeMap::from([("one".to_owned(), vec![1])]));
    }

    #[test]
    fn who_is_refused_twice_was_logged_out_once_and_a_wrong_password_is_no_logout() {
        let refused = attempt(10, 20, Outcome::Unauthorized, false);
        let mistyped = Attempt { client: 2, what: What::LogIn, ..refused.clone() };
        let renewing = Attempt { client: 3, can_renew: true, ..refused.clone() };
        assert_eq!(logged_out(&[refused.clone(), refused, mistyped, renewing]), 1);
    }

    #[test]
    fn who_is_refused_and_asks_the_next_has_made_one_request() {
        let log = [attempt(10, 11, Outcome::Refused, true), attempt(10, 20, Outcome::Ok, false)];
        let ended = ended(&log);
        assert_eq!((ended.all(), ended.ok, ended.asked_elsewhere), (1, 1, 1));
        assert_eq!(buckets(&log, Duration::from_millis(100))[0].sent, 1);
    }
}
