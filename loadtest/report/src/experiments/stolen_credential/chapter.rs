//! Chapter of `stolen-credential`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::boxed;
use crate::chart::grid::{Grid, GridRow, Square, Standing};
use crate::experiments::stolen_credential::findings::{Cell, Meaning, Question, Row, StolenCredential};
use crate::recording::{Mode, Reaction};
use crate::words;

pub(crate) fn section(found: &StolenCredential) -> Section {
    let figures = surprises(found).into_iter().chain([overview(found)]).chain(weaknesses(found));
    Section {
        figures: figures.chain(found.questions.iter().map(|question| tried(found, question))).collect(),
        measured: vec![
            "Fleets of their own, of two replicas each but for the session in memory; what concerns a login is tried on each \
             replica. The token of the fleet with a denylist is signed with ES256, the other with HS256."
                .into(),
            "The forger has the real signing key, so that what is refused is refused for what it says and not for a bad \
             signature. Checks beside the attacks show that such a token is accepted when nothing is wrong with it."
                .into(),
            "What must come of each stimulus is declared in the code, with its source; what is seen is compared with that, \
             and a difference is a surprise."
                .into(),
        ],
        not_shown: vec![
            "A stolen password or signing key, against which neither side can do anything.",
            "A script on the page: it can take a token away, and use an HttpOnly cookie only in place.",
            "How long a copied token works: until it expires, which is a setting (see revocation).",
        ],
    }
}

/// What nobody declared comes before anything else. None: all is as declared.
fn surprises(found: &StolenCredential) -> Option<Figure> {
    let rows = found.surprises.iter().map(|sentence| vec![sentence.clone()]).collect();
    (!found.surprises.is_empty()).then(|| Figure {
        title: format!("NOT AS DECLARED: {}", words::count(found.surprises.len() as u64)),
        caption: "Either a server changed, or what the code says of it is wrong. Believe no verdict of this section before each \
                  line is explained."
            .into(),
        picture: None,
        table: Table { rows, ..Table::new(["what was seen"]) },
    })
}

/// A sign for each stimulus, a row for each question.
fn overview(found: &StolenCredential) -> Figure {
    let columns = found.modes.iter().map(|mode| (*mode, vec![""])).collect();
    let square = |question: &Question, mode: Mode| {
        let cells: Vec<&Cell> = question.rows.iter().filter_map(|row| row.cell(mode)).collect();
        summed(&cells)
    };
    let squares = |question: &Question| found.modes.iter().map(|mode| square(question, *mode)).collect::<Vec<_>>();
    let rows = found.questions.iter();
    let rows = rows.map(|question| GridRow { label: question.question.clone(), squares: squares(question) }).collect();
    let mut table = Table::new(head(found, ""));
    table.rows.extend(found.questions.iter().map(|question| {
        let words = squares(question).into_iter().map(|square| square.word);
        [question.question.clone()].into_iter().chain(words).collect()
    }));
    Figure {
        title: "What gets through".into(),
        caption: "A sign for each thing that was tried: · did no harm, ✓ was let through as it should be, ▲ was let through and is \
                  a weakness, ✖ is not as declared. Below them, how many of those that were tried are weak."
            .into(),
        picture: Some(boxed(Grid { columns, rows })),
        table,
    }
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
    let weak: Vec<&Row> =
        found.questions.iter().flat_map(|question| &question.rows).filter(|row| is_weak(row)).collect();
    let rows = weak.iter().map(|row| GridRow { label: row.stimulus.clone(), squares: squares(found, row) }).collect();
    let mut gains: Vec<&str> = Vec::new();
    for gain in weak.iter().filter_map(|row| row.weakness.as_deref()) {
        if !gains.contains(&gain) {
            gains.push(gain);
        }
    }
    let mut table = Table::new(head(found, "what somebody does"));
    table.rows.extend(weak.iter().map(|row| {
        let cells = squares(found, row).into_iter().map(|square| square.word);
        [row.stimulus.clone()].into_iter().chain(cells).collect()
    }));
    let columns = found.modes.iter().map(|mode| (*mode, vec![""])).collect();
    (!weak.is_empty()).then(|| Figure {
        title: "Each side's own weaknesses".into(),
        caption: format!(
            "Nobody can repair these in the server: they follow from where each side keeps its memory. {}",
            gains.join(" "),
        ),
        picture: Some(boxed(Grid { columns, rows })),
        table,
    })
}

fn is_weak(row: &Row) -> bool {
    row.cells.iter().any(|cell| cell.means == Meaning::Weak)
}

fn squares(found: &StolenCredential, row: &Row) -> Vec<Square> {
    found.modes.iter().map(|mode| square(row.cell(*mode))).collect()
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
        ref seen => words::reaction(seen),
    };
    Square { signs: sign(cell.means).into(), word, standing }
}

/// Everything that belongs to one question, with its source.
fn tried(found: &StolenCredential, question: &Question) -> Figure {
    let mut table = Table::new(head(found, "what somebody does"));
    table.head.push("source".into());
    for row in &question.rows {
        let cells = found.modes.iter().map(|mode| row.cell(*mode).map_or_else(|| "not tried".into(), exactly));
        table.rows.push([row.stimulus.clone()].into_iter().chain(cells).chain([row.source.clone()]).collect());
    }
    let caption = format!("Question “{}” of the suite: what came of each try, with its status.", question.topic);
    Figure { title: question.question.clone(), caption, picture: None, table }
}

fn head(found: &StolenCredential, first: &str) -> Vec<String> {
    [first.to_owned()].into_iter().chain(found.modes.iter().map(|mode| words::mode(*mode).to_owned())).collect()
}

fn exactly(cell: &Cell) -> String {
    let seen = words::reaction(&cell.seen);
    match cell.means {
        Meaning::Surprise => format!("✖ {seen}, NOT “{}”", words::reaction(&cell.declared)),
        Meaning::Weak => format!("▲ {seen}"),
        _ => seen,
    }
}
