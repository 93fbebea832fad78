//! Validity of samples: which of them may be believed?
//!
//! Decided from what was recorded each time a report is rendered, and by the same functions while a run goes on, for
//! whoever waits for its figures.

use std::time::Duration;

use serde::Serialize;

use crate::evidence::thresholds::{
    FAILED_SQL_STATEMENTS, FAILED_STORE_CALLS, FAILED_STORE_WRITES, FAILS, LITTLE, SATURATED, SEND_LAG, SLIDES_AT_ONCE,
    SLIDES_EVERY, STRAGGLES, STRAGGLES_BY,
};
use crate::evidence::{metric, operational};
use crate::format::percent;
use crate::recording::{
    Aim, Conduct, Experiment, Facts, Grounds, Mode, Outcomes, Recording, Sample, SendLag, Workload,
};
use shared::modes::entry::{Entry, Store};

/// The samples that count, and those that do not.
pub struct Evidence<'a> {
    pub recording: &'a Recording,
    pub valid: Vec<&'a Sample>,
    pub excluded: Vec<Excluded>,
}

/// A sample that decides nothing; the report lists it with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    pub experiment: Experiment,
    pub mode: Mode,
    pub workload: Workload,
    pub replicas: u32,
    pub block: u32,
    pub why: Vec<String>,
}

impl Evidence<'_> {
    pub fn partition_valid(recording: &Recording) -> Evidence<'_> {
        let broken = broken_contracts(recording);
        let (mut valid, mut excluded) = (Vec::new(), Vec::new());
        for sample in recording.samples() {
            let why = invalid_reasons(sample, &broken);
            if why.is_empty() {
                valid.push(sample);
            } else {
                let Sample { experiment, mode, workload, replicas, block, .. } = *sample;
                excluded.push(Excluded { experiment, mode, workload, replicas, block, why });
            }
        }
        Evidence { recording, valid, excluded }
    }

    pub fn of(&self, experiment: Experiment) -> Vec<&Sample> {
        self.valid.iter().copied().filter(|sample| sample.experiment == experiment).collect()
    }

    /// Whether anybody tried, successfully or not.
    pub fn was_tried(&self, experiment: Experiment) -> bool {
        self.recording.samples().any(|sample| sample.experiment == experiment)
    }
}

/// Fleets that do not do what they promise.
pub fn broken_contracts(recording: &Recording) -> Vec<Mode> {
    recording.broken().map(|contract| contract.mode).collect()
}

/// What its own facts say against a sample: the generator was the limit, or the servers did other work than they promised.
pub fn grounds_against(sample: &Sample) -> Vec<String> {
    match &sample.grounds {
        Grounds::Judged(why) => why.clone(),
        Grounds::Facts(facts) => {
            let why = generator_reasons(&facts.generator, &sample.outcomes, sample.send_lag, sample.duration);
            why.into_iter().chain(broken_promises(sample)).collect()
        }
    }
}

/// A sentence for each reason why figures would be about the generator and not about the server. The load `lasted` from
/// the first request to the last answer.
pub fn generator_reasons(conduct: &Conduct, outcomes: &Outcomes, lag: SendLag, lasted: Duration) -> Vec<String> {
    let Conduct { aim, planned, busiest_thread, own_failures } = *conduct;
    let (late, saturated) = (lag.p99 > SEND_LAG, busiest_thread > SATURATED);
    let tail = lasted.saturating_sub(planned);
    let straggled = tail > planned.mul_f64(STRAGGLES) + STRAGGLES_BY;
    let reasons = [
        (outcomes.sent == 0, "no request was due in this time".into()),
        (
            late && aim == Aim::Latency,
            format!("the generator sent late: send lag p99 {:.1?}, bound {SEND_LAG:?}", lag.p99),
        ),
        (own_failures > 0, format!("{own_failures} requests found no free file or port on this side")),
        (
            straggled && aim != Aim::Latency,
            format!("the last answer came {tail:.1?} after the end, and rates over that time mean nothing"),
        ),
        (
            saturated && aim != Aim::CpuTime,
            format!("the generator saturated: its busiest thread wanted {:.0} % of a core", busiest_thread * 100.0),
        ),
    ];
    reasons.into_iter().filter_map(|(applies, sentence)| applies.then_some(sentence)).collect()
}

/// A sentence for each kind of work that does not come to what was promised.
pub fn broken_promises(sample: &Sample) -> Vec<String> {
    let Grounds::Facts(facts) = &sample.grounds else { return Vec::new() };
    let failed = sample.outcomes.sent - sample.outcomes.ok;
    let (slides, misses) = unasked(sample, facts);
    let (writes, calls, sql) = (facts.store_writes, sample.store_calls, sample.sql_statements);
    let (written, uncounted) = match sample.mode.entry().store {
        Store::Sql => (writes.promised, slides), // Nobody counts which statements write.
        Store::Nobody | Store::Process | Store::Redis => (writes.seen, misses),
    };
    let slid = written.saturating_sub(writes.promised);
    let kinds = [
        ("store writes", writes.promised, written, failed * FAILED_STORE_WRITES + slides),
        ("store calls", calls.promised + slid, calls.seen, failed * FAILED_STORE_CALLS + uncounted),
        ("SQL statements", sql.promised, sql.seen, failed * FAILED_SQL_STATEMENTS),
    ];
    let broken = kinds.into_iter().filter(|(_, promised, seen, more)| !(*promised..=promised + more).contains(seen));
    broken.map(|(kind, promised, seen, _)| format!("{promised} {kind} were promised and {seen} counted")).collect()
}

/// What no request asked for: a session that slides its limit, and a near cache that reads such a one again.
fn unasked(sample: &Sample, facts: &Facts) -> (u64, u64) {
    let periods = 1 + sample.duration.as_secs() / SLIDES_EVERY.as_secs();
    let changes = u64::from(facts.visitors) * SLIDES_AT_ONCE * periods;
    let Entry { store, promises, store_calls_to_change, .. } = *sample.mode.entry();
    let in_store = matches!(store, Store::Redis | Store::Sql);
    let is_near = promises.is_some_and(|promises| promises.store_calls < store_calls_to_change);
    (if in_store && !sample.mode.is_stateless() { changes } else { 0 }, if is_near { changes } else { 0 })
}

fn invalid_reasons(sample: &Sample, broken: &[Mode]) -> Vec<String> {
    let mut why = grounds_against(sample);
    if broken.contains(&sample.mode) {
        why.push("the fleet broke its contract".into());
    }
    if sample.outcomes.ok == 0 {
        why.push("not one request was answered well".into());
    } else if failed(sample) > FAILS {
        why.push(format!("{} of the requests failed, and a refusal is soon told", percent(failed(sample))));
    }
    why.extend(unexplained(sample));
    let unaccounted = sample.outcomes.unaccounted();
    why.extend((unaccounted > 0).then(|| format!("{unaccounted} requests are unaccounted for")));
    why
}

/// The share of requests that ended, and not well.
fn failed(sample: &Sample) -> f64 {
    1.0 - sample.outcomes.ok as f64 / metric::ended(&sample.outcomes) as f64
}

/// By Little's law, rate and response time of a closed loop account for its users.
fn unexplained(sample: &Sample) -> Option<String> {
    let share = operational::users_accounted_for(sample)?;
    // The last answers are waited for, while whoever has had its own asks no more.
    let waited = sample.latency.max().as_secs_f64() / sample.duration.as_secs_f64();
    let explained = 1.0 - LITTLE - waited..=1.0 + LITTLE;
    (!explained.contains(&share)).then(|| {
        let share = percent(share);
        format!("rate and response time account for {share} of the users, and by Little's law they must for all")
    })
}
