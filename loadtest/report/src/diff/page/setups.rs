//! Differences between the recordings: what must be said before the figures?

use crate::article::{Cells, Table};
use crate::diff::setup::{Doubt, Kind, Setup};
use crate::diff::{Diff, Side};
use crate::format;
use crate::recording::FORMAT;

/// What stands between the reader and the figures.
pub(crate) fn warnings(diff: &Diff) -> Vec<String> {
    let otherwise = diff.other_failures().map(|(mode, failure)| {
        format!("The fleet “{}” broke its contract in A too, and not by this: {failure}", mode.label())
    });
    let sides = [("A".to_owned(), &*diff.a.doubts), ("B".to_owned(), &*diff.b.doubts)];
    let doubts = sides.iter().flat_map(|(letter, doubts)| sentences(letter, doubts));
    apart(&diff.setups, "A", "B").into_iter().chain(older(&sides)).chain(doubts).chain(otherwise).collect()
}

/// Not the same machine: processor X in A, Y in B; kernel 6.1 in A, 6.6 in B. Other versions are no warning: they are what
/// is compared.
pub(crate) fn apart(setups: &[Setup], a: &str, b: &str) -> Vec<String> {
    let kinds = [
        (Kind::Machine, "machine", " Only what is net of the machine can be compared."),
        (Kind::Plan, "plan", ""),
        (Kind::Options, "options", ""),
    ];
    let told = |setup: &Setup| format!("{} {} in {a}, {} in {b}", setup.what, quoted(&setup.a), quoted(&setup.b));
    let one = |(kind, name, so)| {
        let told: Vec<String> = setups.iter().filter(|setup| setup.kind == kind).map(told).collect();
        (!told.is_empty()).then(|| format!("Not the same {name}: {}.{so}", told.join("; ")))
    };
    kinds.into_iter().filter_map(one).collect()
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".into() } else { text.into() }
}

/// Once for all recordings of which it is true.
pub(crate) fn older(recordings: &[(String, &[Doubt])]) -> Option<String> {
    let format = |doubt: &Doubt| if let Doubt::OlderFormat { format } = doubt { Some(*format) } else { None };
    let older = recordings.iter().filter_map(|(who, doubts)| Some((who, doubts.iter().find_map(format)?)));
    let older: Vec<String> = older.map(|(who, format)| format!("{who} (format {format})")).collect();
    let told = format::list(&older);
    let missing = "What older runs did not measure is missing here.";
    (!older.is_empty()).then(|| format!("Older than format {FORMAT}, which this program writes: {told}. {missing}"))
}

pub(crate) fn sentences(who: &str, doubts: &[Doubt]) -> impl Iterator<Item = String> {
    doubts.iter().filter_map(|doubt| sentence(who, doubt))
}

/// None: it is said of all recordings together.
fn sentence(who: &str, doubt: &Doubt) -> Option<String> {
    let sentence = match doubt {
        Doubt::OlderFormat { .. } => return None,
        Doubt::Interrupted => format!("{who} was interrupted: what it measured until then is compared."),
        Doubt::CutOff => format!("{who} ends in mid-run: what it measured until then is compared."),
        Doubt::Broken { mode, failures } => format!(
            "In {who} the fleet “{}” broke its contract, so nothing it did is compared: {}",
            mode.label(),
            failures.join("; "),
        ),
        Doubt::Excluded { samples, of, why } => {
            format!("{samples} of the {of} samples of {who} do not count, most of them for this: {why}.")
        }
        Doubt::Skipped { sentence } => format!("Missing from {who}: {sentence}"),
    };
    Some(sentence)
}

/// The two recordings side by side.
pub(crate) fn sides(diff: &Diff) -> Table {
    let row = |name: &str, of: &dyn Fn(&Side) -> String| vec![name.into(), of(&diff.a), of(&diff.b)];
    let rows = [
        row("recording", &|side| side.name.clone()),
        row("started", &|side| side.started_at.strftime("%-d %B %Y, %H:%M UTC").to_string()),
        row("plan", &|side| format!("{}, seed {}", side.plan, side.seed)),
        row("samples", &|side| match side.excluded {
            0 => format::count(side.samples as u64),
            excluded => format!("{}, and {excluded} of them do not count", format::count(side.samples as u64)),
        }),
    ];
    let versions = diff.setups.iter().filter(|setup| setup.kind == Kind::Versions);
    let versions = versions.map(|setup| vec![setup.what.clone(), setup.a.clone(), setup.b.clone()]);
    Table::new(["", "A", "B"]).of(Cells::Words).with(rows.into_iter().chain(versions))
}

/// Everything that differs, one thing a row.
pub(crate) fn all(setups: &[Setup]) -> Table {
    let row = |setup: &Setup| vec![setup.what.clone(), quoted(&setup.a), quoted(&setup.b)];
    Table::new(["different", "A", "B"]).of(Cells::Words).with(setups.iter().map(row))
}
