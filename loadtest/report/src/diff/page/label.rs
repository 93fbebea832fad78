//! Labels of a comparison: what is it called, and what are its figures and its verdict in words?

use crate::article::{Cells, Table};
use crate::diff::effect::Effect;
use crate::diff::judge::{Change, Why};
use crate::diff::verdicts::Marked;
use crate::diff::{Diff, Row};
use crate::evidence::metric::Metric;
use crate::evidence::thresholds::FEWEST_BLOCKS;
use crate::evidence::verdict::Verdict;
use crate::format;
use crate::labels;
use crate::recording::{Experiment, Load, Mode, Workload};

/// Server CPU a request, “who am I”, stateless, token.
pub(crate) fn what(row: &Row) -> String {
    format!("{}, {}", metric(row), asked(row))
}

/// “who am I”, stateless, token.
pub(crate) fn asked(row: &Row) -> String {
    match row.arm.workload {
        Workload::Anonymous => who(row),
        workload => format!("“{}”, {}", labels::workload(workload), who(row)),
    }
}

/// auth-cost, “who am I”, stateless, token, flat out.
pub(crate) fn arm(row: &Row) -> String {
    let asked = if row.arm.is_open() { "at a fixed rate" } else { "flat out" };
    let experiment = row.arm.experiment.name();
    format!("{experiment}, “{}”, {}, {asked}", labels::workload(row.arm.workload), who(row))
}

/// The arm, as far as the workload does not say it already.
pub(crate) fn who(row: &Row) -> String {
    let arm = labels::arm(row.arm.mode, row.arm.workload);
    match row.arm.experiment {
        Experiment::ScaleOut => format!("{arm}, {}", format::several(row.arm.replicas as usize, "replica")),
        _ => arm,
    }
}

/// With its capital, and how hard the server was asked where it was asked in two ways.
pub(crate) fn metric(row: &Row) -> String {
    let name = format::capital(&row.metric.to_string());
    match (row.metric, row.arm.load) {
        (Metric::AnsweredWell, Some(Load::Open { .. })) => format!("{name} at a fixed rate"),
        (Metric::AnsweredWell, Some(Load::Closed { .. })) => format!("{name} flat out"),
        _ => name,
    }
}

pub(crate) fn value(row: &Row, value: Option<f64>) -> String {
    value.map_or("–".into(), |value| row.metric.told(value))
}

/// +10 % (+8.1 % to +12 %).
pub(crate) fn effect(effect: Option<Effect>) -> String {
    effect.map_or("–".into(), |effect| effect.ratio.spanned(format::change, " to "))
}

/// The verdict, and in brackets what stood in the way of another.
pub(crate) fn verdict(row: &Row) -> String {
    if row.arm.mode == Mode::Bare && matches!(row.change, Change::Better | Change::Worse) {
        return "the machine".into();
    }
    let verdict = match row.change {
        Change::Worse if row.regression => "worse: regression",
        Change::Worse => "worse",
        Change::Better => "better",
        Change::Same => "no difference seen",
        Change::Unclear => "unclear",
        Change::CannotBeTold => "cannot be told",
        Change::OnlyInA => "only in A",
        Change::OnlyInB => "only in B",
    };
    match row.why {
        Why::TheMachine => format!("{verdict} (the machine changed)"),
        Why::ItsControl | Why::OnlyNet => format!("{verdict} (its control)"),
        Why::NoControl => format!("{verdict} (so did the machine)"),
        Why::OneOfMany => format!("{verdict} (one of many)"),
        Why::TooWide => format!("{verdict} (too wide)"),
        Why::FewBlocks => format!("{verdict} (few blocks)"),
        _ => verdict.into(),
    }
}

/// A sentence. Empty where the figures say all of it.
pub(crate) fn because(diff: &Diff, row: &Row) -> String {
    let said = match row.why {
        Why::BeyondNoise if row.arm.load.is_none() => "Counted, so there is no noise.",
        Why::BeyondNoise => return beyond(diff, row),
        Why::TheMachine => return by_machine(row, "The machine changed and not the server"),
        Why::HiddenByTheMachine => return by_machine(row, "The machine changed too and hid it"),
        Why::ItsControl => "Its control moved as much: the machine changed, or what every request costs.",
        Why::OnlyNet => "Only net of its control, which may have changed instead.",
        Why::NoControl => "The machine changed too, and no control ran beside it.",
        Why::OneOfMany => "More than noise by itself, but of so many comparisons a few are that by chance.",
        Why::TooWide => "As good as no difference, and as good as a large one: more blocks may tell.",
        Why::FewBlocks => return format!("No interval, which takes {FEWEST_BLOCKS} blocks."),
        Why::FromNothing if row.change == Change::Same => "Next to nothing in both.",
        Why::FromNothing => "One of them has none, so there is no ratio.",
        Why::NoneInABlock => "There was none in a whole block, so the means are compared and there is no interval.",
        Why::NothingCounts => "B measured it, and no sample of that counts.",
        Why::InsideNoise | Why::NotInBoth => "",
    };
    said.into()
}

fn by_machine(row: &Row, says: &str) -> String {
    format!("{says}: {} as it is.", effect(row.effect))
}

fn beyond(diff: &Diff, row: &Row) -> String {
    let noise = match row.noise {
        1.0 => String::new(),
        noise => format!("A server differs from itself by ±{}.", format::percent(noise - 1.0)),
    };
    let machine = diff.machine.filter(|machine| machine.is_certain());
    let more = match (row.net, machine) {
        (Some(_), _) => format!(" As it is: {}.", effect(row.effect)),
        (None, Some(_)) => " No control ran beside it, so the machine is in it.".into(),
        (None, None) => String::new(),
    };
    (noise + &more).trim_start().to_owned()
}

/// What is no change has no colour.
pub(crate) fn side(change: Change) -> &'static str {
    match change {
        Change::Worse => "side worse",
        Change::Better => "side better",
        _ => "side control",
    }
}

/// Which claim, what each recording says of it, and whether they agree.
pub(crate) fn verdicts<'a>(marked: impl IntoIterator<Item = &'a Marked>) -> Table {
    let told = |verdict: Option<Verdict>| verdict.map_or("not measured".into(), |verdict| verdict.to_string());
    let row = |one: &Marked| {
        let sign = if one.agrees() == Some(false) { "≠" } else { "" };
        vec![one.says.into(), told(one.a), told(one.b), sign.into(), one.experiment.name().into()]
    };
    let table = Table::new(["The textbook says", "A", "B", "", "Experiment"]).of(Cells::Words);
    table.with(marked.into_iter().map(row))
}
