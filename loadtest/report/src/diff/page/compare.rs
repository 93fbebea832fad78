//! Comparison of two recordings: which sentences, pictures and tables tell it?

use crate::article::{Appendix, Article, Cells, Chapter, Figure, Table};
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::chart::{Picture, boxed};
use crate::diff::effect::Pairing;
use crate::diff::judge::Change;
use crate::diff::page::{answer, label, setups};
use crate::diff::{Diff, Row};
use crate::evidence::thresholds::{FAILS, FALSE_DISCOVERIES, FEWEST_PAIRS};
use crate::experiments::question;
use crate::format::{self, percent};
use crate::recording::Experiment;

pub(crate) fn article(diff: &Diff) -> Article {
    Article {
        kicker: format!("A: {}  ·  B: {}", diff.a.name, diff.b.name),
        title: answer::title(diff).into(),
        answer: vec![answer::plain(diff)],
        warnings: setups::warnings(diff),
        opening: moved(diff, |_| None).into_iter().chain([setups::sides(diff).into()]).collect(),
        chapters: chapters(diff),
        appendix: appendix(diff),
        ..Article::default()
    }
}

/// One for each metric that moved this way: the furthest stands for all of them.
fn grouped(diff: &Diff) -> Vec<(&Row, String)> {
    let rows = [Change::Worse, Change::Better].into_iter().flat_map(|change| answer::rows(diff, change));
    let told = |group: &[&Row]| {
        let all = diff.compared().filter(|other| other.metric == group[0].metric).count();
        let least = group[1..].last().and_then(|last| last.telling());
        let how = |ratio| format!("{} of {all} like it, by {} or more. ", group.len(), format::change(ratio));
        let more = least.map_or(String::new(), |effect| how(effect.ratio.value));
        more + &label::because(diff, group[0])
    };
    alike(rows, |row| (row.metric, row.change, row.regression))
        .into_iter()
        .map(|group| (group[0], told(&group)))
        .collect()
}

/// Those of one kind together, in the order in which the first of each kind came.
fn alike<'a, Kind: PartialEq>(rows: impl Iterator<Item = &'a Row>, kind: impl Fn(&Row) -> Kind) -> Vec<Vec<&'a Row>> {
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|group| kind(group[0]) == kind(row)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// The comparisons that moved, why they are called so, and what more there is to say of one.
pub(crate) fn moved(diff: &Diff, more: impl Fn(&Row) -> Option<String>) -> Option<Figure> {
    let rows = grouped(diff);
    let cells = |(row, because): &(&Row, String)| {
        let values = format!("{} → {}", label::value(row, row.a), label::value(row, row.b));
        let because = [Some(because.clone()), more(row)].into_iter().flatten().collect::<Vec<_>>().join(" ");
        vec![label::what(row), label::verdict(row), label::effect(row.telling()), values, because]
    };
    let head = ["What moved", "Verdict", "Change (95 %)", "From A to B", "Because"];
    let table = Table::new(head).of(Cells::Verdicts).with(rows.iter().map(cells));
    let picture = intervals(rows.iter().map(|(row, _)| (*row, label::what(row))));
    (!rows.is_empty()).then(|| Figure { picture, ..table.into() })
}

fn intervals<'a>(rows: impl Iterator<Item = (&'a Row, String)>) -> Option<Picture> {
    let ratio = |(row, label): (&Row, String)| {
        let (side, noise) = (label::side(row.change), Some(row.noise));
        Some(Ratio { label, side, ratio: row.telling()?.ratio, noise })
    };
    let ratios: Vec<Ratio> = rows.filter_map(ratio).collect();
    let sides = ["less in B", "more in B"];
    (!ratios.is_empty()).then(|| boxed(Intervals { scale: Scale::Changes, sides, ratios }))
}

fn chapters(diff: &Diff) -> Vec<Chapter> {
    let verdicts = label::verdicts(&diff.verdicts);
    let textbook = (!verdicts.rows.is_empty()).then(|| Chapter {
        name: "verdicts",
        title: "The textbook, marked twice",
        figures: vec![verdicts.into()],
        ..Chapter::default()
    });
    let chapter = |experiment| {
        let rows = diff.rows.iter().filter(|row| row.arm.experiment == experiment);
        // One for each metric, so that what is alike stands together.
        let figures: Vec<Figure> = alike(rows, label::metric).iter().map(|rows| figure(rows)).collect();
        let (name, title) = (experiment.name(), question(experiment));
        (!figures.is_empty()).then(|| Chapter { name, title, figures, ..Chapter::default() })
    };
    textbook.into_iter().chain(Experiment::ALL.into_iter().filter_map(chapter)).collect()
}

fn figure(rows: &[&Row]) -> Figure {
    let better = if rows[0].metric.higher_is_better() { "More" } else { "Less" };
    let cells = |row: &&Row| {
        let (a, b) = (label::value(row, row.a), label::value(row, row.b));
        let net = label::effect(row.net.map(|net| net.effect));
        vec![label::asked(row), a, b, label::effect(row.effect), net, label::verdict(row)]
    };
    let head = ["", "A", "B", "change", "net of the machine", "verdict"];
    Figure {
        title: label::metric(rows[0]),
        caption: format!(
            "{better} is better. The shaded band is how far a server differs from itself, in the recording where it does so \
             more.",
        ),
        picture: intervals(rows.iter().map(|row| (*row, label::asked(row)))),
        table: Table::new(head).with(rows.iter().map(cells)),
    }
}

fn appendix(diff: &Diff) -> Appendix {
    Appendix {
        name: "method",
        title: "How it was compared",
        facts: Vec::new(),
        notes: vec![("The method", method(diff)), ("What it does not show", NOT_SHOWN.map(str::to_owned).into())],
        list: Figure::list("What else was different", "Nothing.", setups::all(&diff.setups)),
        commands: ("To run them again", [&diff.a, &diff.b].map(|side| side.command.join(" ")).join("\n")),
    }
}

fn method(diff: &Diff) -> Vec<String> {
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

const NOT_SHOWN: [&str; 3] = [
    "Whether the handler without our code feels a change of the machine as the servers do. Another kernel or processor \
     may favour one of them: compare on one machine, one run after the other.",
    "Latency of visitors who ask again at once, which repeats what their throughput says; and their throughput outside of \
     scale-out, where it may be the generator that could do no more.",
    "What one recording does not hold. Those rows are listed as “only in”.",
];
