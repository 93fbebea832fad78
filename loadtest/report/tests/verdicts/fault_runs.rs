//! Synthetic fault runs: what would have been seen if a fleet had been broken?

use std::collections::BTreeMap;
use std::time::Duration;

use report::recording::{Audit, Bucket, Ended, Event, Experiment, Fault, FaultRun, Mark, Mode, Moment, Proof, Way};

/// How it went while something was broken.
#[derive(Clone, Copy)]
pub(crate) enum Went {
    /// Nobody noticed.
    Well,
    /// One request broke off.
    OneFailed,
    /// Nothing was answered.
    AllFailed,
}

const PEOPLE: u32 = 24;
const BUCKET: Duration = Duration::from_millis(100);
const EACH: u64 = 6;
/// Broken from the fifth bucket on, mended before the tenth; fifteen in all.
const BROKEN: u32 = 5;
const MENDED: u32 = 10;
const BUCKETS: u32 = 15;

/// Three seconds of many people, who lost nothing.
pub(crate) fn run(experiment: Experiment, mode: Mode, fault: Fault, went: Went) -> FaultRun {
    let buckets: Vec<Bucket> = (0..BUCKETS).map(|index| bucket(index, went)).collect();
    let failed = buckets.iter().map(|one| one.failed).sum();
    let ok = buckets.iter().map(|one| one.ok).sum();
    let (marks, proofs) = match fault {
        Fault::None => (Vec::new(), Vec::new()),
        _ => (marks(), vec![Proof { says: "PING fails".into(), holds: true }]),
    };
    FaultRun {
        experiment,
        mode,
        fault,
        way: if mode == Mode::SessionMemory { Way::Sticky } else { Way::RoundRobin },
        block: 0,
        people: PEOPLE,
        per_second: 60.0,
        on_new_connections: 0.2,
        deadline: Duration::from_secs(2),
        lasted: BUCKET * BUCKETS,
        own_delay: Duration::from_millis(2),
        marks,
        proofs,
        bucket: BUCKET,
        buckets,
        ended: Ended { ok, statuses: BTreeMap::from([(503, failed)]), ..Ended::default() },
        answered_by: BTreeMap::new(),
        audit: Audit { orders: 20, drafts: PEOPLE.into(), departed: 4, ..Audit::default() },
    }
}

fn bucket(index: u32, went: Went) -> Bucket {
    let failed = match went {
        Went::OneFailed if index == BROKEN => 1,
        Went::AllFailed if (BROKEN..=MENDED).contains(&index) => EACH,
        _ => 0,
    };
    let slowest = Duration::from_millis(if failed > 1 { 250 } else { 8 });
    Bucket { sent: EACH, ok: EACH - failed, forgotten: 0, failed, slowest }
}

fn marks() -> Vec<Mark> {
    let mark = |index: u32, moment, says: &str| Mark { at: BUCKET * index, moment, says: says.into() };
    vec![mark(BROKEN, Moment::Broken, "killed"), mark(MENDED, Moment::Recovered, "back")]
}

pub(crate) fn events(runs: impl IntoIterator<Item = FaultRun>) -> Vec<Event> {
    runs.into_iter().map(|run| Event::FaultRun(Box::new(run))).collect()
}
