//! Which sentences, pictures and tables make up the report?

mod answer;
mod appendix;
mod auth_cost;
mod scale_out;
mod wire;

use super::article::{Article, Section};
use crate::analyse::Findings;
use crate::recording::{Ending, Event, Experiment, Recording, Remark};
use crate::words;

pub(super) fn article(recording: &Recording, findings: &Findings) -> Article {
    let sections = [
        findings.auth_cost.as_ref().map(auth_cost::section),
        findings.scale_out.as_ref().map(scale_out::section),
        findings.wire.as_ref().map(wire::section),
    ];
    let mut sections: Vec<Section> = sections.into_iter().flatten().collect();
    for section in &mut sections {
        section.notes = remarks(recording, |about| about == Some(section.about));
    }
    Article {
        kicker: kicker(recording),
        title: "Stateless or stateful?",
        answer: answer::plain(findings),
        warnings: warnings(recording, findings),
        claims: findings.claims.clone(),
        sections,
        appendix: appendix::appendix(recording, findings),
    }
}

fn kicker(recording: &Recording) -> String {
    let header = &recording.header;
    let when = header.started_at.strftime("%-d %B %Y, %H:%M UTC");
    format!("Plan “{}”, {when}, {} cores, seed {}", header.plan.name, header.machine.cores, header.seed)
}

fn warnings(recording: &Recording, findings: &Findings) -> Vec<String> {
    let mut warnings = Vec::new();
    match &recording.footer {
        None => {
            warnings.push("The recording ends in mid-run: the program was ended before it could finish.".to_owned())
        }
        Some(footer) if footer.ending == Ending::Interrupted => {
            warnings.push("This run was interrupted; what was measured until then is shown.".to_owned());
        }
        Some(_) => {}
    }
    for event in &recording.events {
        if let Event::Contract(contract) = event
            && !contract.failures.is_empty()
        {
            warnings.push(format!(
                "The {} fleet broke its contract, so nothing it did is compared: {}",
                words::mode(contract.mode),
                contract.failures.join("; "),
            ));
        }
    }
    if let excluded @ 1.. = findings.excluded.len() {
        let all = recording.samples().count();
        warnings.push(format!("{excluded} of {all} samples do not count; they are listed at the end with the reason."));
    }
    warnings.extend(skipped(recording));
    warnings
}

fn skipped(recording: &Recording) -> impl Iterator<Item = String> {
    recording.events.iter().filter_map(|event| match event {
        Event::Skipped(Remark { experiment: Some(experiment), sentence }) => {
            Some(format!("Missing from “{}”: {sentence}", words::experiment(*experiment)))
        }
        _ => None,
    })
}

fn remarks(recording: &Recording, about: impl Fn(Option<Experiment>) -> bool) -> Vec<String> {
    let remark = |event: &Event| match event {
        Event::Note(remark) if about(remark.experiment) => Some(remark.sentence.clone()),
        _ => None,
    };
    recording.events.iter().filter_map(remark).collect()
}
