//! What does a comparison of recordings say, before anybody asks what it looks like?

use crate::article::{Figure, Table};
use crate::chart::boxed;
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::diff::effect::{Effect, Pairing};
use crate::diff::judge::Change;
use crate::diff::page::{answer, label, reasons, setups};
use crate::diff::{Diff, Row};
use crate::evidence::thresholds::{FAILS, FALSE_DISCOVERIES, FEWEST_PAIRS};
use crate::recording::{Experiment, Workload};
use crate::words;
use crate::words::percent;

pub(crate) struct Story {
    pub(crate) kicker: String,
    pub(crate) title: String,
    pub(crate) answer: String,
    pub(crate) warnings: Vec<String>,
    /// What is held against what.
    pub(crate) sides: Table,
    /// The comparisons that moved.
    pub(crate) changed: Vec<Changed>,
    /// The claims of the textbook, marked twice.
    pub(crate) verdicts: Table,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) method: Vec<String>,
    pub(crate) not_shown: Vec<&'static str>,
    /// What else was different.
    pub(crate) setups: Table,
    pub(crate) commands: String,
}

/// A comparison that moved.
pub(crate) struct Changed {
    pub(crate) what: String,
    pub(crate) because: String,
    pub(crate) verdict: String,
    pub(crate) change: Change,
    pub(crate) how: String,
    /// From A to B, as they are.
    pub(crate) values: String,
    pub(crate) mark: Option<Ratio>,
}

pub(crate) struct Chapter {
    pub(crate) kicker: String,
    pub(crate) title: String,
    pub(crate) figures: Vec<Figure>,
}

pub(crate) fn of(diff: &Diff) -> Story {
    let moved = [Change::Worse, Change::Better].into_iter().flat_map(|change| answer::rows(diff, change));
    Story {
        kicker: format!("A: {}  ·  B: {}", diff.a.name, diff.b.name),
        title: answer::title(diff).into(),
        answer: answer::plain(diff),
        warnings: setups::warnings(diff),
        sides: setups::sides(diff),
        changed: grouped(diff, &moved.collect::<Vec<_>>()),
        verdicts: label::verdicts(diff.verdicts.iter()),
        chapters: chapters(diff),
        method: method(diff),
        not_shown: NOT_SHOWN.to_vec(),
        setups: setups::all(&diff.setups),
        commands: [&diff.a, &diff.b].map(|side| side.command.join(" ")).join("\n"),
    }
}

/// One for each metric that moved this way: the furthest stands for all of them.
fn grouped(diff: &Diff, moved: &[&Row]) -> Vec<Changed> {
    let kind = |row: &Row| (row.metric, row.change, row.regression);
    let first = |(at, row): &(usize, &&Row)| moved[..*at].iter().all(|before| kind(before) != kind(row));
    let group = |row: &Row| {
        let alike: Vec<&Row> = moved.iter().copied().filter(|other| kind(other) == kind(row)).collect();
        let all = diff.compared().filter(|other| other.metric == row.metric).count();
        let one = changed(diff, row);
        let rest = alike.last().filter(|_| alike.len() > 1).and_then(|last| last.telling());
        let how = |effect: Effect| words::change(effect.ratio.value);
        let more = rest.map(|least| format!("{} of {all} like it, by {} or more. ", alike.len(), how(least)));
        Changed { because: more.unwrap_or_default() + &one.because, ..one }
    };
    moved.iter().enumerate().filter(first).map(|(_, row)| group(row)).collect()
}

pub(crate) fn changed(diff: &Diff, row: &Row) -> Changed {
    Changed {
        what: label::what(row),
        because: reasons::because(diff, row),
        verdict: label::verdict(row),
        change: row.change,
        how: row.telling().map_or("–".into(), |effect| label::change(effect.ratio)),
        values: format!("{} → {}", label::value(row, row.a), label::value(row, row.b)),
        mark: mark(row, String::new()),
    }
}

fn mark(row: &Row, label: String) -> Option<Ratio> {
    let ratio = row.telling()?.ratio;
    Some(Ratio { label, side: label::side(row.change), ratio, noise: Some(row.noise) })
}

pub(crate) fn chapters(diff: &Diff) -> Vec<Chapter> {
    let chapter = |experiment| {
        let rows: Vec<&Row> = diff.rows.iter().filter(|row| row.arm.experiment == experiment).collect();
        (!rows.is_empty()).then(|| Chapter {
            kicker: words::experiment(experiment).into(),
            title: words::question(experiment).into(),
            figures: figures(&rows),
        })
    };
    Experiment::ALL.into_iter().filter_map(chapter).collect()
}

/// One for each metric, so that what is alike stands together.
fn figures(rows: &[&Row]) -> Vec<Figure> {
    let mut titles: Vec<String> = Vec::new();
    for row in rows {
        if !titles.contains(&label::metric(row)) {
            titles.push(label::metric(row));
        }
    }
    let alike = |title: String| {
        figure(&rows.iter().copied().filter(|row| label::metric(row) == title).collect::<Vec<_>>(), title)
    };
    titles.into_iter().map(alike).collect()
}

fn figure(rows: &[&Row], title: String) -> Figure {
    let mut table = Table::new(["", "A", "B", "change", "net of the machine", "verdict"]);
    table.rows = rows.iter().map(|row| cells(row)).collect();
    let ratios: Vec<Ratio> = rows.iter().filter_map(|row| mark(row, asked(row))).collect();
    let caption = rows.first().map_or("", |row| if row.metric.higher_is_better() { HIGHER } else { LOWER });
    let picture = (!ratios.is_empty())
        .then(|| boxed(Intervals { scale: Scale::Changes, sides: ["less in B", "more in B"], ratios }));
    Figure { title, caption: caption.into(), picture, table }
}

const LOWER: &str =
    "Less is better. The shaded band is how far a server differs from itself, in the recording where it does so more.";
const HIGHER: &str =
    "More is better. The shaded band is how far a server differs from itself, in the recording where it does so more.";

/// “who am I”, stateless, token.
fn asked(row: &Row) -> String {
    match row.arm.workload {
        Workload::Anonymous => label::who(row),
        workload => format!("“{}”, {}", words::workload(workload), label::who(row)),
    }
}

fn cells(row: &Row) -> Vec<String> {
    let told = |effect: Option<Effect>| effect.map_or("–".into(), |effect| label::change(effect.ratio));
    vec![
        asked(row),
        label::value(row, row.a),
        label::value(row, row.b),
        told(row.effect),
        told(row.net.map(|net| net.effect)),
        label::verdict(row),
    ]
}

pub(crate) fn method(diff: &Diff) -> Vec<String> {
    let threshold = answer::threshold(diff);
    vec![
        pairing(diff.pairing),
        "Net of the machine: an arm over its control in the same block, in A and in B. The control is the handler \
         without any of our code; where that did not run, the same server asked by nobody in particular. This decides \
         where there is one. An arm without a control is judged as it is, and not called when the machine itself moved."
            .into(),
        format!(
            "Better, worse: the whole 95 % interval lies outside the A/A band, and it is not one of the few in so many \
             comparisons that are so by chance (Benjamini and Hochberg 1995: of those called, {} at most).",
            percent(FALSE_DISCOVERIES),
        ),
        format!(
            "No difference seen: inside the band, and no further out than {threshold} or twice the band. Unclear: further."
        ),
        format!("A regression is worse by more than {threshold}; of failed requests, by more than {}.", percent(FAILS)),
    ]
}

fn pairing(pairing: Pairing) -> String {
    match pairing {
        Pairing::ByBlock => format!(
            "Both recordings have the same seed and plan and took their turns in the same order, so block by block one \
             is held against the other: a paired bootstrap. Where there are fewer than {FEWEST_PAIRS} blocks, pairs \
             would cost more certainty than they bring, and each set of blocks is drawn anew by itself.",
        ),
        Pairing::AsSets => {
            "The recordings differ in seed, plan or order, so their blocks do not pair: each set of blocks is drawn \
             anew by itself, an unpaired bootstrap."
                .to_owned()
        }
    }
}

pub(crate) const NOT_SHOWN: [&str; 3] = [
    "Whether the handler without our code feels a change of the machine as the servers do. Another kernel or processor \
     may favour one of them: compare on one machine, one run after the other.",
    "Latency of visitors who ask again at once, which repeats what their throughput says; and their throughput outside of \
     scale-out, where it may be the generator that could do no more.",
    "What one recording does not hold. Those rows are listed as “only in”.",
];
