//! What must be said first?

use crate::article::Table;
use crate::diff::setup::{Doubt, Kind, Setup};
use crate::diff::{Diff, Side};
use crate::recording::FORMAT;
use crate::words;

/// What stands between the reader and the figures. Other versions are no warning: they are what is compared.
pub(crate) fn warnings(diff: &Diff) -> Vec<String> {
    let kinds = [
        (Kind::Machine, "Not the same machine", " Only what is net of the machine can be compared."),
        (Kind::Plan, "Not the same plan", ""),
        (Kind::Options, "Not the same options", ""),
    ];
    let names = ("A".to_owned(), "B".to_owned());
    let apart = kinds
        .into_iter()
        .filter_map(|(kind, says, so)| Some(format!("{says}: {}.{so}", listed(&diff.setups, kind, &names)?)));
    let otherwise = diff.other_failures().map(|(mode, failure)| {
        format!("The fleet “{}” broke its contract in A too, and not by this: {failure}", words::mode(mode))
    });
    let doubts = [&diff.a, &diff.b].into_iter().zip(["A", "B"]);
    apart
        .chain(doubts.flat_map(|(side, letter)| side.doubts.iter().map(move |doubt| sentence(letter, doubt))))
        .chain(otherwise)
        .collect()
}

/// processor X in A, Y in B; kernel 6.1 in A, 6.6 in B.
pub(crate) fn listed(setups: &[Setup], kind: Kind, (a, b): &(String, String)) -> Option<String> {
    let told = setups.iter().filter(|setup| setup.kind == kind);
    let told = told.map(|setup| format!("{} {} in {a}, {} in {b}", setup.what, quoted(&setup.a), quoted(&setup.b)));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".into() } else { text.into() }
}

pub(crate) fn sentence(who: &str, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Interrupted => format!("{who} was interrupted: what it measured until then is compared."),
        Doubt::CutOff => format!("{who} ends in mid-run: what it measured until then is compared."),
        Doubt::OlderFormat { format } => format!(
            "{who} was written in format {format} and this program writes {FORMAT}: what older runs did not measure is \
             missing here.",
        ),
        Doubt::Broken { mode, failures } => format!(
            "In {who} the fleet “{}” broke its contract, so nothing it did is compared: {}",
            words::mode(*mode),
            failures.join("; "),
        ),
        Doubt::Excluded { samples, of, why } => {
            format!("{samples} of the {of} samples of {who} do not count, most of them for this: {why}.")
        }
        Doubt::Skipped { sentence } => format!("Missing from {who}: {sentence}"),
    }
}

/// The two recordings side by side.
pub(crate) fn sides(diff: &Diff) -> Table {
    let mut table = Table::new(["", "A", "B"]);
    let mut row =
        |name: &str, of: &dyn Fn(&Side) -> String| table.rows.push(vec![name.into(), of(&diff.a), of(&diff.b)]);
    row("recording", &|side| side.name.clone());
    row("started", &|side| side.started_at.strftime("%-d %B %Y, %H:%M UTC").to_string());
    row("plan", &|side| format!("{}, seed {}", side.plan, side.seed));
    row("samples", &|side| match side.excluded {
        0 => words::count(side.samples as u64),
        excluded => format!("{}, and {excluded} of them do not count", words::count(side.samples as u64)),
    });
    let versions = diff.setups.iter().filter(|setup| setup.kind == Kind::Versions);
    table.rows.extend(versions.map(|setup| vec![setup.what.clone(), setup.a.clone(), setup.b.clone()]));
    table
}

/// Everything that differs, one thing a row.
pub(crate) fn all(setups: &[Setup]) -> Table {
    let mut table = Table::new(["different", "A", "B"]);
    let row = |setup: &Setup| vec![setup.what.clone(), quoted(&setup.a), quoted(&setup.b)];
    table.rows = setups.iter().map(row).collect();
    table
}
