//! Which sentences, pictures and tables make up the report?

use super::{answer, appendix};
use crate::article::{Article, Chapter, Section};
use crate::evidence::claims::{Claim, Ruling};
use crate::experiments::any_server::chapter as any_server;
use crate::experiments::auth_cost::chapter as auth_cost;
use crate::experiments::caching::chapter as caching;
use crate::experiments::credential_cost::chapter as credential_cost;
use crate::experiments::crossover::chapter as crossover;
use crate::experiments::kill_one::chapter as kill_one;
use crate::experiments::lose_redis::chapter as lose_redis;
use crate::experiments::memory::chapter as memory;
use crate::experiments::request_size::chapter as wire;
use crate::experiments::revocation::chapter as revocation;
use crate::experiments::rolling_deploy::chapter as rolling_deploy;
use crate::experiments::rotate_key::chapter as rotate_key;
use crate::experiments::scale_out::chapter as scale_out;
use crate::experiments::simplicity::chapter as simplicity;
use crate::experiments::sizing::chapter as cost;
use crate::experiments::stolen_credential::chapter as stolen_credential;
use crate::experiments::two_tabs::chapter as two_tabs;
use crate::findings::Findings;
use crate::recording::{Audit, Ending, Event, Experiment, Footer, Recording, Remark};
use crate::words;

pub(crate) fn article(recording: &Recording, findings: &Findings) -> Article {
    let sections = [
        findings.auth_cost.as_ref().map(auth_cost::section),
        findings.credential_cost.as_ref().map(credential_cost::section),
        findings.crossover.as_ref().map(crossover::section),
        findings.scale_out.as_ref().map(scale_out::section),
        findings.any_server.as_ref().map(any_server::section),
        findings.kill_one.as_ref().map(kill_one::section),
        findings.lose_redis.as_ref().map(lose_redis::section),
        findings.rolling_deploy.as_ref().map(rolling_deploy::section),
        findings.memory.as_ref().map(memory::section),
        findings.wire.as_ref().map(wire::section),
        findings.caching.as_ref().map(caching::section),
        findings.revocation.as_ref().map(revocation::section),
        findings.stolen_credential.as_ref().map(stolen_credential::section),
        findings.two_tabs.as_ref().map(two_tabs::section),
        findings.rotate_key.as_ref().map(rotate_key::section),
        findings.cost.as_ref().map(cost::section),
        findings.simplicity.as_ref().map(simplicity::section),
    ];
    Article {
        kicker: kicker(recording),
        title: "Stateless or stateful?".into(),
        about: Some(SIDES),
        answer: [answer::in_short(findings), Some(answer::plain(findings))].into_iter().flatten().collect(),
        figures: answer::figures(findings),
        warnings: warnings(recording, findings),
        claims: findings.claims.clone(),
        opening: Vec::new(),
        chapters: sections.into_iter().flatten().map(|section| chapter(section, recording, findings)).collect(),
        appendix: appendix::appendix(recording, findings),
    }
}

const SIDES: &str = "Two servers run the same application. The stateless one knows a caller by a signed token (JWT) that \
    comes with each request, and remembers nobody. The stateful one finds the caller's session in Redis, by a cookie. What a \
    textbook says of both was put to the test.";

fn chapter(section: Section, recording: &Recording, findings: &Findings) -> Chapter {
    let Section { about, figures, measured, not_shown } = section;
    let is_ours = |claim: &&Claim| matches!(&claim.ruling, Ruling::Decided(decision) if decision.experiment == about);
    Chapter {
        name: words::experiment(about),
        title: words::question(about),
        prediction: Some(words::prediction(about)),
        claims: findings.claims.iter().flat_map(|row| &row.claims).filter(is_ours).cloned().collect(),
        figures,
        notes: vec![
            ("How it was measured", measured),
            ("What it does not show", not_shown.into_iter().map(str::to_owned).collect()),
            ("Noted while it ran", remarks(recording, about)),
        ],
    }
}

fn kicker(recording: &Recording) -> String {
    let header = &recording.header;
    let when = header.started_at.strftime("%-d %B %Y, %H:%M UTC");
    format!("Plan “{}”, {when}, {} cores, seed {}", header.plan.name, header.machine.cores, header.seed)
}

fn warnings(recording: &Recording, findings: &Findings) -> Vec<String> {
    let ending = match &recording.footer {
        None => Some("The recording ends in mid-run: the program was ended before it could finish.".to_owned()),
        Some(Footer { ending: Ending::Interrupted, .. }) => {
            Some("This run was interrupted; what was measured until then is shown.".to_owned())
        }
        Some(Footer { ending: Ending::Complete, .. }) => None,
    };
    let (excluded, all) = (findings.excluded.len(), recording.samples().count());
    let invalid = (excluded > 0)
        .then(|| format!("{excluded} of {all} samples do not count; they are listed at the end with the reason."));
    let short = matches!(recording.header.plan.name.as_str(), "tiny" | "smoke");
    let short = short.then(|| "This was a short run for a first impression: its figures are rough.".to_owned());
    short
        .into_iter()
        .chain(ending)
        .chain(broken(recording))
        .chain(losses(recording))
        .chain(surprises(findings))
        .chain(invalid)
        .chain(skipped(recording))
        .collect()
}

fn broken(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| match event {
        Event::Contract(contract) if !contract.failures.is_empty() => Some(format!(
            "The {} fleet broke its contract, so nothing it did is compared: {}",
            words::mode(contract.mode),
            contract.failures.join("; "),
        )),
        _ => None,
    })
}

fn surprises(findings: &Findings) -> Option<String> {
    let surprises = &findings.stolen_credential.as_ref()?.surprises;
    let (first, cells) = (surprises.first()?, surprises.len());
    let what =
        if cells == 1 { "1 answer to an attacker is".into() } else { format!("{cells} answers to an attacker are") };
    Some(format!("{what} not as declared: {first}"))
}

fn skipped(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| match event {
        Event::Skipped(Remark { experiment: Some(experiment), sentence }) => {
            Some(format!("Missing from “{}”: {sentence}", words::experiment(*experiment)))
        }
        _ => None,
    })
}

/// What no fault may do, wherever it happened.
fn losses(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| {
        let Event::Drill(drill) = event else { return None };
        let Audit { orders_lost, orders_twice, foreign, .. } = drill.audit;
        (orders_lost + orders_twice + foreign > 0).then(|| {
            format!(
                "In “{}”, {}, when {}: {orders_lost} orders were lost, {orders_twice} placed twice, and {foreign} answers \
                 were about somebody else.",
                words::experiment(drill.experiment),
                words::mode(drill.mode),
                words::fault(drill.fault),
            )
        })
    })
}

fn remarks(recording: &Recording, about: Experiment) -> Vec<String> {
    let remark = |event: &Event| match event {
        Event::Note(remark) if remark.experiment == Some(about) => Some(remark.sentence.clone()),
        _ => None,
    };
    recording.events.iter().filter_map(remark).collect()
}
