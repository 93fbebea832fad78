//! Articles: what does a page say, before anybody asks what it looks like?
//!
//! The same article becomes HTML and Markdown. A picture always comes with its figures as a table, so the words are
//! whole without the pictures.

use crate::chart::{Draw, Picture, boxed};
use crate::evidence::claims::{Claim, LedgerRow};

#[derive(Default)]
pub(crate) struct Article {
    pub(crate) kicker: String,
    pub(crate) title: String,
    /// Whom it is about, for somebody who does not know. Plain text, so that it can stand in Markdown as well.
    pub(crate) about: Option<&'static str>,
    /// The plain answer.
    pub(crate) answer: Vec<String>,
    /// The figures that everybody asks for first.
    pub(crate) figures: Option<String>,
    /// What a reader must know before anything else, such as a run that was interrupted.
    pub(crate) warnings: Vec<String>,
    pub(crate) claims: Vec<LedgerRow>,
    /// What is looked at before any chapter.
    pub(crate) opening: Vec<Figure>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) appendix: Appendix,
}

/// A part under a heading of its own.
#[derive(Default)]
pub(crate) struct Chapter {
    /// Where links lead.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) prediction: Option<&'static str>,
    /// The claims that are decided here.
    pub(crate) claims: Vec<Claim>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) notes: Vec<Notes>,
}

/// How it was done, for whoever wants to doubt it or to repeat it.
#[derive(Default)]
pub(crate) struct Appendix {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) notes: Vec<Notes>,
    pub(crate) list: Figure,
    /// What they are for, and the commands.
    pub(crate) commands: (&'static str, String),
}

/// Sentences, and what they are about.
pub(crate) type Notes = (&'static str, Vec<String>);

/// What it is called, and what stands in it.
pub(crate) type Column<T> = (&'static str, fn(&T) -> String);

pub(crate) struct Columns<'a, T>(pub(crate) &'a [Column<T>]);

impl<T> Columns<'_, T> {
    /// A row for each.
    pub(crate) fn of<'a>(self, rows: impl IntoIterator<Item = &'a T>) -> Table
    where
        T: 'a,
    {
        let row = |one| self.0.iter().map(|(_, cell)| cell(one)).collect();
        Table::new(self.0.iter().map(|(head, _)| *head)).with(rows.into_iter().map(row))
    }
}

/// A cell for what may not be there.
pub(crate) fn or_dash<T>(value: Option<T>, told: impl Fn(T) -> String) -> String {
    value.map_or("–".into(), told)
}

/// What is said whatever was measured.
pub(crate) fn sentences<const N: usize>(fixed: [&str; N]) -> Vec<String> {
    fixed.map(str::to_owned).into()
}

/// What one experiment has to say of itself.
pub(crate) struct Section {
    pub(crate) figures: Vec<Figure>,
    pub(crate) measured: Vec<String>,
    pub(crate) not_shown: Vec<&'static str>,
}

#[derive(Default)]
pub(crate) struct Figure {
    pub(crate) title: String,
    /// What to look for.
    pub(crate) caption: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) table: Table,
}

impl Figure {
    /// Figures, and what to look for in them.
    pub(crate) fn new(title: impl Into<String>, caption: impl Into<String>, table: Table) -> Figure {
        Figure { title: title.into(), caption: caption.into(), picture: None, table }
    }

    pub(crate) fn drawn(self, picture: impl Draw + 'static) -> Figure {
        self.drawn_if(true, picture)
    }

    /// An empty picture is none.
    pub(crate) fn drawn_if(self, has_something: bool, picture: impl Draw + 'static) -> Figure {
        Figure { picture: has_something.then(|| boxed(picture)), ..self }
    }

    /// None where the table has no row.
    pub(crate) fn unless_empty(self) -> Option<Figure> {
        (!self.table.rows.is_empty()).then_some(self)
    }

    /// A table under a title, or a word where it is empty.
    pub(crate) fn list(title: &str, none: &str, table: Table) -> Figure {
        let (caption, table) = if table.rows.is_empty() { (none, Table::default()) } else { ("", table) };
        Figure { title: title.into(), caption: caption.into(), picture: None, table }
    }
}

/// A table that needs no title.
impl From<Table> for Figure {
    fn from(table: Table) -> Figure {
        Figure { table, ..Figure::default() }
    }
}

#[derive(Default)]
pub(crate) struct Table {
    pub(crate) cells: Cells,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Cells {
    /// The first column names the row.
    #[default]
    Figures,
    Words,
    /// Words, the second of them a verdict.
    Verdicts,
}

impl Table {
    /// The first column names the row; the others are figures.
    pub(crate) fn new(head: impl IntoIterator<Item = impl Into<String>>) -> Table {
        Table { head: head.into_iter().map(Into::into).collect(), ..Table::default() }
    }

    pub(crate) fn of(self, cells: Cells) -> Table {
        Table { cells, ..self }
    }

    pub(crate) fn with(self, rows: impl IntoIterator<Item = Vec<String>>) -> Table {
        Table { rows: rows.into_iter().collect(), ..self }
    }

    /// How wide it is: in each column the longest cell, or word of its head, and a gap; the first column can break its
    /// lines.
    pub(crate) fn letters(&self) -> usize {
        let word = |head: &String| head.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        let cell = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let wide = |(column, head)| if column == 0 { cell(0).min(22) } else { cell(column).max(word(head)) + 2 };
        self.head.iter().enumerate().map(wide).sum()
    }
}
