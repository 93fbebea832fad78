//! Articles: what does a page say, before anybody asks what it looks like?
//!
//! The same article becomes HTML and Markdown. A picture always comes with its figures as a table, so the words are
//! whole without the pictures.

use crate::chart::Picture;
use crate::evidence::claims::{Claim, LedgerRow};

pub(crate) struct Article {
    pub(crate) kicker: String,
    pub(crate) title: &'static str,
    /// The plain answer.
    pub(crate) answer: Vec<String>,
    /// The figures that everybody asks for first.
    pub(crate) figures: Option<String>,
    /// What a reader must know before anything else, such as a run that was interrupted.
    pub(crate) warnings: Vec<String>,
    pub(crate) claims: Vec<LedgerRow>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) appendix: Appendix,
}

/// A part under a heading of its own.
pub(crate) struct Chapter {
    /// Where links lead.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) prediction: &'static str,
    /// The claims that are decided here.
    pub(crate) claims: Vec<Claim>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) notes: Vec<Notes>,
}

/// Sentences, and what they are about.
pub(crate) type Notes = (&'static str, Vec<String>);

/// What one experiment has to say of itself.
pub(crate) struct Section {
    pub(crate) figures: Vec<Figure>,
    pub(crate) measured: Vec<String>,
    pub(crate) not_shown: Vec<&'static str>,
}

pub(crate) struct Figure {
    pub(crate) title: String,
    /// What to look for.
    pub(crate) caption: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) table: Table,
}

pub(crate) struct Table {
    /// The first column names the row; the others are figures.
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: impl IntoIterator<Item = impl Into<String>>) -> Table {
        Table { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
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

pub(crate) struct Appendix {
    pub(crate) machine: Vec<(String, String)>,
    pub(crate) method: &'static [&'static str],
    pub(crate) caveats: Vec<String>,
    pub(crate) excluded: Table,
    pub(crate) command: String,
}
