//! Appendix: what must be known to believe a report, or to repeat it?

use crate::article::{Appendix, Cells, Figure, Table};
use crate::findings::Findings;
use crate::format;
use crate::labels;
use crate::recording::{Event, Recording};

const METHOD: [&str; 6] = [
    "Verify before measuring: each fleet is held against its contract first, and one that breaks it is not compared.",
    "Work behind the servers is counted where it is done, and must match what the requests promise.",
    "A/A beside A/B: in the same blocks a server is measured against itself. That band is the noise, and an effect \
     inside it has no winner.",
    "Blocks are interleaved in an order drawn from the seed; effects are ratios within a block, with a paired \
     bootstrap 95 % interval over blocks.",
    "With a fixed arrival rate, latency counts from the moment at which a request was due, so a server that stalls \
     cannot hide it. Timeouts and errors stay in the tail.",
    "A sample in which the generator itself fell behind is invalid. It is listed and decides nothing.",
];

pub(crate) fn appendix(recording: &Recording, findings: &Findings) -> Appendix {
    let command: Vec<String> = recording.header.command.iter().map(|argument| quoted(argument)).collect();
    Appendix {
        name: "machine",
        title: "The machine, the method, and how to run it again",
        facts: machine(recording),
        notes: vec![("The method", METHOD.map(str::to_owned).into()), ("Caveats", caveats(recording))],
        list: Figure::list("Samples that do not count", "None.", excluded(findings)),
        commands: ("To run it again", command.join(" ")),
    }
}

fn machine(recording: &Recording) -> Vec<(String, String)> {
    let header = &recording.header;
    let machine = &header.machine;
    let mut facts = vec![
        ("Processor".to_owned(), format!("{}, {} cores", machine.cpu_model, machine.cores)),
        ("Memory".to_owned(), format::memory(machine.memory_bytes)),
        ("Kernel".to_owned(), machine.kernel.clone()),
        ("Started".to_owned(), header.started_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
    ];
    if let Some(footer) = &recording.footer {
        let took = footer.ended_at.duration_since(header.started_at).unsigned_abs();
        facts.push(("Took".to_owned(), format::duration(took)));
    }
    facts.push(("loadtest".to_owned(), header.program.clone()));
    facts.extend(header.versions.iter().map(|(name, version)| (name.clone(), version.clone())));
    facts.push(("Pinning".to_owned(), pinning(recording)));
    let caps = header.caps.iter().map(|(role, share)| format!("{role} {} of a core", format::short(*share)));
    facts.push(("CPU caps".to_owned(), or_none(caps.collect::<Vec<_>>().join("; "))));
    facts
}

fn pinning(recording: &Recording) -> String {
    let pinned = recording.header.pinning.iter().map(|(role, on)| format!("{role} on core {}", format::numbers(on)));
    or_none(pinned.collect::<Vec<_>>().join("; "))
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".into() } else { text }
}

fn caveats(recording: &Recording) -> Vec<String> {
    let mut caveats = vec![
        "Client, servers and stores share one machine. Read ratios, not absolute values.".to_owned(),
        "The session cookie is signed and encrypted by default, so the stateful side pays for cryptography, too."
            .to_owned(),
    ];
    if recording.header.pinning.is_empty() {
        caveats.push("Nothing was pinned to a core: the scheduler decided who disturbed whom.".to_owned());
    }
    caveats.extend(recording.events.iter().filter_map(|event| match event {
        Event::Note(remark) | Event::Skipped(remark) if remark.experiment.is_none() => Some(remark.sentence.clone()),
        _ => None,
    }));
    caveats
}

fn excluded(findings: &Findings) -> Table {
    let table = Table::new(["experiment", "fleet", "workload", "replicas", "block", "why"]).of(Cells::Words);
    table.with(findings.excluded.iter().map(|sample| {
        vec![
            sample.experiment.name().to_owned(),
            sample.mode.label().to_owned(),
            labels::workload(sample.workload).to_owned(),
            sample.replicas.to_string(),
            sample.block.to_string(),
            sample.why.join("; "),
        ]
    }))
}

/// So that a shell reads one argument as one.
fn quoted(argument: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+".contains(letter);
    match argument {
        text if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        text => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
