//! Which samples may be believed?

use serde::Serialize;

use crate::evidence::thresholds::{FAILS, LITTLE};
use crate::evidence::{metric, operational};
use crate::recording::{Event, Experiment, Mode, Recording, Sample, Workload};
use crate::words::percent;

/// The samples that count, and those that do not.
pub struct Evidence<'a> {
    pub recording: &'a Recording,
    pub trusted: Vec<&'a Sample>,
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
    pub fn weigh(recording: &Recording) -> Evidence<'_> {
        let broken = broken_contracts(recording);
        let (mut trusted, mut excluded) = (Vec::new(), Vec::new());
        for sample in recording.samples() {
            let why = doubts(sample, &broken);
            if why.is_empty() {
                trusted.push(sample);
            } else {
                let Sample { experiment, mode, workload, replicas, block, .. } = *sample;
                excluded.push(Excluded { experiment, mode, workload, replicas, block, why });
            }
        }
        Evidence { recording, trusted, excluded }
    }

    pub fn of(&self, experiment: Experiment) -> Vec<&Sample> {
        self.trusted.iter().copied().filter(|sample| sample.experiment == experiment).collect()
    }

    /// Whether anybody tried, successfully or not.
    pub fn was_tried(&self, experiment: Experiment) -> bool {
        self.recording.samples().any(|sample| sample.experiment == experiment)
    }
}

/// Fleets that do not do what they promise. How fast they do something else is of no interest.
pub fn broken_contracts(recording: &Recording) -> Vec<Mode> {
    let contracts = recording.events.iter().filter_map(|event| match event {
        Event::Contract(contract) => Some(contract),
        _ => None,
    });
    contracts.filter(|contract| !contract.failures.is_empty()).map(|contract| contract.mode).collect()
}

fn doubts(sample: &Sample, broken: &[Mode]) -> Vec<String> {
    let mut why = sample.why_invalid.clone();
    if broken.contains(&sample.mode) {
        why.push("the fleet broke its contract".into());
    }
    if sample.outcomes.ok == 0 {
        why.push("not one request was answered well".into());
    } else if failed(sample) > FAILS {
        why.push(format!("{} of the requests failed, and a refusal is soon told", percent(failed(sample))));
    }
    why.extend(unexplained(sample));
    if !sample.outcomes.add_up() {
        why.push(format!("{} requests are unaccounted for", unaccounted(sample)));
    }
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

fn unaccounted(sample: &Sample) -> u64 {
    let outcomes = &sample.outcomes;
    let known = outcomes.answered() + outcomes.timeouts + outcomes.connection_errors + outcomes.in_flight;
    outcomes.sent.abs_diff(known)
}
