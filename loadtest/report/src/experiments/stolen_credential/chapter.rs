//! Chapter of `stolen-credential`: how is it told?

use crate::article::{Columns, Figure, Section, Table, sentences};
use crate::chart::grid::{Grid, GridRow, Square, Standing};
use crate::experiments::each_once;
use crate::experiments::stolen_credential::{Cell, Meaning, Question, Row, StolenCredential};
use crate::format;
use crate::labels;
use crate::recording::{Mode, Reaction};

pub(crate) fn section(found: &StolenCredential) -> Section {
    let figures = surprises(found).into_iter().chain([overview(found)]).chain(weaknesses(found));
    Section {
        figures: figures.chain(found.questions.iter().map(|question| tried(found, question))).collect(),
        measured: sentences([
            "Fleets of their own, of two replicas each but for the session in memory; what concerns a login is tried on each \
             replica.",
            "The forger has the real signing key, so that what is refused is refused for what it says and not for a bad \
             signature. Checks beside the attacks show that such a token is accepted when nothing is wrong with it.",
            "What must come of each stimulus is declared in the code, with its source; what is seen is compared with that, \
             and a difference is a surprise.",
        ]),
        not_shown: vec![
            "A stolen password or signing key, against which neither side can do anything.",
            "A script on the page: it can take a token away, and use an HttpOnly cookie only in place.",
            "How long a copied token works: until it expires, which is a setting (see revocation).",
        ],
    }
}

/// What nobody declared comes before anything else. None: all is as declared.
fn surprises(found: &StolenCredential) -> Option<Figure> {
    Figure::new(
        format!("NOT AS DECLARED: {}", format::count(found.surprises.len() as u64)),
        "Either a server changed, or what the code says of it is wrong. Believe no verdict of this section before each \
         line is explained.",
        Columns::<String>(&[("what was seen", String::clone)]).of(&found.surprises),
    )
    .unless_empty()
}

/// A sign for each stimulus, a row for each question.
fn overview(found: &StolenCredential) -> Figure {
    let square = |question: &Question, mode: Mode| {
        let cells: Vec<&Cell> = question.rows.iter().filter_map(|row| row.cell(mode)).collect();
        summed(&cells)
    };
    let row = |question: &Question| GridRow {
        label: question.question.clone(),
        squares: found.modes.iter().map(|mode| square(question, *mode)).collect(),
    };
    grid(
        found,
        "What gets through",
        "A sign for each thing that was tried: · did no harm, ✓ was let through as it should be, ▲ was let through and is \
         a weakness, ✖ is not as declared. Below them, how many of those that were tried are weak.",
        "",
        found.questions.iter().map(row).collect(),
    )
}

/// The squares, and their words as a table under this head.
fn grid(found: &StolenCredential, title: &str, caption: impl Into<String>, first: &str, rows: Vec<GridRow>) -> Figure {
    let words = |row: &GridRow| {
        let words = row.squares.iter().map(|square| square.word.clone());
        [row.label.clone()].into_iter().chain(words).collect()
    };
    let table = Table::new(head(found, first)).with(rows.iter().map(words));
    let columns = found.modes.iter().map(|mode| (*mode, vec![""])).collect();
    Figure::new(title, caption, table).drawn(Grid { columns, rows })
}

fn summed(cells: &[&Cell]) -> Square {
    let signs: String = cells.iter().map(|cell| sign(cell.means)).collect();
    let number = |wanted: Meaning| cells.iter().filter(|cell| cell.means == wanted).count();
    let tried = cells.len() - number(Meaning::Absent);
    let (word, standing) = match (number(Meaning::Surprise), number(Meaning::Weak)) {
        (surprises @ 1.., _) => (format!("{surprises} of {tried} NOT AS DECLARED"), Standing::Alarm),
        (0, weak @ 1..) => (format!("{weak} of {tried} weak"), Standing::Weak),
        _ if tried == 0 => ("no such thing".into(), Standing::Plain),
        _ => (format!("0 of {tried}"), Standing::Well),
    };
    Square { signs, word, standing }
}

fn sign(means: Meaning) -> &'static str {
    match means {
        Meaning::Harmless => "·",
        Meaning::Allowed => "✓",
        Meaning::Weak => "▲",
        Meaning::Absent => "",
        Meaning::Surprise => "✖",
    }
}

/// What each side cannot defend against. None: nothing of the kind was tried.
fn weaknesses(found: &StolenCredential) -> Option<Figure> {
    let rows = found.questions.iter().flat_map(|question| &question.rows);
    let weak: Vec<&Row> = rows.filter(|row| row.cells.iter().any(|cell| cell.means == Meaning::Weak)).collect();
    let gains = each_once(weak.iter().filter_map(|row| row.weakness.as_deref())).join(" ");
    let squares = |row: &Row| found.modes.iter().map(|mode| square(row.cell(*mode))).collect();
    let rows = weak.iter().map(|row| GridRow { label: row.stimulus.clone(), squares: squares(row) }).collect();
    let caption =
        format!("Nobody can repair these in the server: they follow from where each side keeps its memory. {gains}");
    grid(found, "Each side's own weaknesses", caption, "what somebody does", rows).unless_empty()
}

fn square(cell: Option<&Cell>) -> Square {
    let Some(cell) = cell else {
        return Square { signs: "–".into(), word: "not tried".into(), standing: Standing::Plain };
    };
    let standing = match cell.means {
        Meaning::Harmless | Meaning::Allowed => Standing::Well,
        Meaning::Weak => Standing::Weak,
        Meaning::Absent => Standing::Plain,
        Meaning::Surprise => Standing::Alarm,
    };
    let word = match cell.seen {
        Reaction::NotApplicable => "no such thing".into(),
        Reaction::Broken { .. } => "broken".into(),
        ref seen => labels::reaction(seen),
    };
    Square { signs: sign(cell.means).into(), word, standing }
}

/// Everything that belongs to one question, with its source.
fn tried(found: &StolenCredential, question: &Question) -> Figure {
    let head = head(found, "what somebody does").into_iter().chain(["source".into()]);
    let row = |row: &Row| {
        let cells = found.modes.iter().map(|mode| row.cell(*mode).map_or("not tried".into(), exactly));
        [row.stimulus.clone()].into_iter().chain(cells).chain([row.source.clone()]).collect()
    };
    let caption = format!("Question “{}” of the suite: what came of each try, with its status.", question.topic);
    Figure::new(&question.question, caption, Table::new(head).with(question.rows.iter().map(row)))
}

fn head(found: &StolenCredential, first: &str) -> Vec<String> {
    [first.to_owned()].into_iter().chain(found.modes.iter().map(|mode| mode.label().to_owned())).collect()
}

fn exactly(cell: &Cell) -> String {
    let seen = labels::reaction(&cell.seen);
    match cell.means {
        Meaning::Surprise => format!("✖ {seen}, NOT “{}”", labels::reaction(&cell.declared)),
        Meaning::Weak => format!("▲ {seen}"),
        _ => seen,
    }
}
