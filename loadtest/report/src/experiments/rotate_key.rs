//! Experiment `rotate-key`: does anybody notice a new key?

use crate::article::{Columns, Figure, Section};
use crate::evidence::claims::{Decision, Strength, Unit};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::Side::Stateless;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::FaultSummary;
use crate::experiments::faults::{FaultRuns, chapter, invalid_reason};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, count};
use crate::labels;
use crate::recording::{Experiment, Fault};

pub(crate) static SPEC: ExperimentSpec<FaultRuns> = ExperimentSpec {
    name: Experiment::RotateKey,
    question: "Does anybody notice a new key?",
    prediction: "A new signing key logs everybody out, and sessions have no key that could change.",
    claims: &[claim(
        "new-key-burdens-tokens",
        Stateless,
        "A new signing key is a burden that tokens bring with them",
        stateless,
    )],
    find: |evidence, _| FaultRuns::of(evidence, Experiment::RotateKey),
    section,
};

/// "A new signing key is a burden that tokens bring with them": do they lose people where sessions do not?
fn stateless(found: &FaultRuns) -> Option<Decision> {
    let ways = [Fault::Rotate, Fault::RotateAtOnce];
    let pair = |way| Some((found.first(STATELESS, way)?, found.first(STATEFUL, way)?));
    let pairs: Vec<(&FaultSummary, &FaultSummary)> = ways.into_iter().filter_map(pair).collect();
    let (token, session) = pairs.last()?;
    let told = pairs.iter().map(|(token, session)| told(token, session)).collect::<Vec<_>>().join(" ");
    let loses = |run: &FaultSummary| run.audit.logged_out > 0;
    let only_tokens = pairs.iter().any(|(token, session)| loses(token) && !loses(session));
    let only_sessions = pairs.iter().any(|(token, session)| !loses(token) && loses(session));
    let (verdict, because) = match invalid_reason(pairs.iter().flat_map(|(token, session)| [*token, *session])) {
        Some(why) => (Verdict::Inconclusive, why),
        None if only_tokens && only_sessions => (Verdict::Depends, told),
        None if only_tokens => (Verdict::Supported, told),
        None => (Verdict::Refuted, told),
    };
    let effect = Strength::pair("people logged out by a new key", Unit::Share, share(token), share(session));
    Some(Decision::new(verdict, effect, because))
}

fn share(run: &FaultSummary) -> Estimate {
    let logged_out = run.logged_out();
    Estimate { value: logged_out.value(), interval: logged_out.interval(), blocks: run.repeats as usize }
}

/// "Carelessly: 0 of 8 people with a token were logged out (8 renewed theirs), and 8 of 8 with a session."
fn told(token: &FaultSummary, session: &FaultSummary) -> String {
    let renewed = match token.audit.renewed {
        0 => String::new(),
        some => format!(" ({} were refused and renewed it without a password)", count(some)),
    };
    format!(
        "{}: of those with a token {} people were logged out{renewed}, of those with a session {}.",
        format::capital(labels::rotation(token.fault)),
        token.logged_out().told(),
        session.logged_out().told(),
    )
}

fn section(found: &FaultRuns) -> Section {
    let timeline = |title, caption, fault| chapter::timeline(title, caption, found, |run| run.fault == fault);
    chapter::section(
        found,
        [
            timeline("A new key, with care", CAREFULLY, Fault::Rotate),
            timeline("A new key, carelessly", CARELESSLY, Fault::RotateAtOnce),
        ],
        people(&found.runs),
        [
            "The token's key signs it; the cookie's key encrypts the name of the session. Both servers take several keys: the \
             first signs, all are believed.",
            "People renew what they were given every now and then (POST /refresh). Who is refused tries that first: a token \
             comes with a second one for it, which no signing key made.",
            "An unfinished checkout that a client carries is signed with the key as well, and lost with it; one in a session \
             is lost with the way to that session.",
            "With care means: the old key is retired when everybody has renewed since the new one signs; somebody who slept \
             all the while is refused from then on, which proves that it is retired.",
        ],
        vec![
            "Other services that check the same tokens by a published key, and must fetch the new one in time.",
            "A key that was stolen: then the old one must go at once, and people with it.",
            "Clients that do not renew: to them the careful way is the careless one, later.",
        ],
    )
}

/// Who had to do what.
fn people(runs: &[FaultSummary]) -> Figure {
    let table = Columns::<FaultSummary>(&[
        ("", chapter::label),
        ("people", |run| count(run.people)),
        ("refused, and renewed", |run| count(run.audit.renewed)),
        ("logged out", |run| count(run.audit.logged_out)),
        ("checkouts gone", |run| count(run.audit.drafts_lost)),
        ("requests refused", |run| count(run.forgotten)),
        ("failed", |run| count(run.failed)),
        ("believed", |run| if run.invalid_reason.is_some() { "no".into() } else { "yes".into() }),
    ])
    .of(runs);
    let caption = "Who was refused and had something new without a password, and who had to log in again.";
    Figure::new("Who noticed", caption, table)
}

const CAREFULLY: &str = "Each replica is started again three times: to learn the new key, to sign with it, and to forget the old \
                         one. The lines are where a round begins, and where all is over.";
const CARELESSLY: &str =
    "Each replica is started again once, with the new key alone. The lines are the first and the last of it.";
