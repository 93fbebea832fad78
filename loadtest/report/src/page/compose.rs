//! Composition of a report: which sentences, pictures and tables make it up?

use super::{answer, appendix};
use crate::article::{Article, Chapter, Section};
use crate::experiments::spec::Study;
use crate::experiments::stolen_credential::StolenCredential;
use crate::findings::Findings;
use crate::labels;
use crate::recording::{Audit, Contract, Ending, Event, Experiment, Footer, Recording, Remark};

pub(crate) fn article(recording: &Recording, findings: &Findings) -> Article {
    Article {
        kicker: kicker(recording),
        title: "Stateless or stateful?".into(),
        about: Some(SIDES),
        answer: [answer::in_short(findings), Some(answer::plain(findings))].into_iter().flatten().collect(),
        figures: answer::figures(findings),
        warnings: warnings(recording, findings),
        claims: findings.rows.clone(),
        opening: Vec::new(),
        chapters: findings.studies.iter().filter_map(|study| chapter(study, recording)).collect(),
        appendix: appendix::appendix(recording, findings),
    }
}

const SIDES: &str = "Two servers run the same application. The stateless one knows a caller by a signed token (JWT) that \
    comes with each request, and remembers nobody. The stateful one finds the caller's session in Redis, by a cookie. What a \
    textbook says of both was put to the test.";

/// None: nothing was found.
fn chapter(study: &Study, recording: &Recording) -> Option<Chapter> {
    let about = study.experiment;
    let Section { figures, measured, not_shown } = about.section(&**study.found.as_ref()?)?;
    Some(Chapter {
        name: about.name().name(),
        title: about.question(),
        prediction: Some(about.prediction()),
        claims: study.claims.clone(),
        figures,
        notes: vec![
            ("How it was measured", measured),
            ("What it does not show", not_shown.into_iter().map(str::to_owned).collect()),
            ("Noted while it ran", remarks(recording, about.name())),
        ],
    })
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
        .chain(recording.broken().map(broken))
        .chain(losses(recording))
        .chain(surprises(findings))
        .chain(invalid)
        .chain(skipped(recording))
        .collect()
}

fn broken(Contract { mode, failures, .. }: &Contract) -> String {
    let (mode, failures) = (mode.label(), failures.join("; "));
    format!("The {mode} fleet broke its contract, so nothing it did is compared: {failures}")
}

fn surprises(findings: &Findings) -> Option<String> {
    let surprises = &findings.of::<StolenCredential>()?.surprises;
    let (first, cells) = (surprises.first()?, surprises.len());
    let what =
        if cells == 1 { "1 answer to an attacker is".into() } else { format!("{cells} answers to an attacker are") };
    Some(format!("{what} not as declared: {first}"))
}

fn skipped(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| match event {
        Event::Skipped(Remark { experiment: Some(experiment), sentence }) => {
            Some(format!("Missing from “{}”: {sentence}", experiment.name()))
        }
        _ => None,
    })
}

/// What no fault may do, wherever it happened.
fn losses(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| {
        let Event::FaultRun(run) = event else { return None };
        let Audit { orders_lost, orders_twice, foreign, .. } = run.audit;
        (orders_lost + orders_twice + foreign > 0).then(|| {
            format!(
                "In “{}”, {}, when {}: {orders_lost} orders were lost, {orders_twice} placed twice, and {foreign} answers \
                 were about somebody else.",
                run.experiment.name(),
                run.mode.label(),
                labels::fault(run.fault),
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
