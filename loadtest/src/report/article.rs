//! What does the report say, before anybody asks what it looks like?
//!
//! The same article becomes HTML and Markdown. A picture always comes with its figures as a table, so the words are
//! whole without the pictures.

use crate::analyse::claims::{Effect, Row};
use crate::analyse::diff::judge::Change;
use crate::analyse::drill::Timeline;
use crate::analyse::interval::Estimate;
use crate::analyse::scale_out::Curve;
use crate::recording::{Experiment, Mode, Workload};

pub(super) struct Article {
    pub(super) kicker: String,
    pub(super) title: &'static str,
    /// The plain answer.
    pub(super) answer: Vec<String>,
    /// The figures that everybody asks for first.
    pub(super) figures: Option<String>,
    /// What a reader must know before anything else, such as a run that was interrupted.
    pub(super) warnings: Vec<String>,
    pub(super) claims: Vec<Row>,
    pub(super) sections: Vec<Section>,
    pub(super) appendix: Appendix,
}

/// One experiment.
pub(super) struct Section {
    pub(super) about: Experiment,
    pub(super) figures: Vec<Figure>,
    /// Sentences that were noted while it ran.
    pub(super) notes: Vec<String>,
    pub(super) measured: Vec<String>,
    pub(super) not_shown: Vec<&'static str>,
}

pub(super) struct Figure {
    pub(super) title: String,
    /// What to look for.
    pub(super) caption: String,
    pub(super) picture: Option<Picture>,
    pub(super) table: Table,
}

pub(super) enum Picture {
    Spectrum(Vec<Series>),
    Bars(Bars),
    Curves(Vec<Curve>),
    Intervals(Vec<(String, Effect)>),
    Changes(Vec<Mark>),
    Course(Course),
    Timeline(Vec<Lane>),
    Lines(Lines),
    Frontier(Frontier),
    Grid(Grid),
}

/// What one pays, against what one gets for it: how long a credential is let in that should not be.
pub(super) struct Frontier {
    pub(super) upwards: &'static str,
    pub(super) places: Vec<Place>,
    /// Where credentials lie that nobody measured, because their exposure follows from their lifetime: from one of so many
    /// seconds to one of so many.
    pub(super) by_rule: Option<(f64, f64)>,
}

/// One mode. Seconds; zero where nothing was let in.
pub(super) struct Place {
    pub(super) label: String,
    pub(super) mode: Mode,
    pub(super) store_calls: f64,
    pub(super) shortest: f64,
    pub(super) longest: f64,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Seen,
    /// Good only where a client stays with its replica.
    Sticky,
    /// Somebody stopped looking before it was over.
    NoEnd,
}

/// Marks in rows and columns.
pub(super) struct Grid {
    /// Each mode, with the names of its columns; a single one needs none.
    pub(super) columns: Vec<(Mode, Vec<&'static str>)>,
    pub(super) rows: Vec<GridRow>,
}

pub(super) struct GridRow {
    pub(super) label: String,
    /// One for each column.
    pub(super) squares: Vec<Square>,
}

pub(super) struct Square {
    pub(super) signs: String,
    pub(super) word: String,
    pub(super) standing: Standing,
}

/// What a square means to its side.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Standing {
    Well,
    Plain,
    Weak,
    /// Nobody may overlook it.
    Alarm,
}

/// How many times as much of something there is in the second recording.
#[derive(Clone)]
pub(super) struct Mark {
    pub(super) label: String,
    pub(super) ratio: Estimate,
    /// The A/A band, as a factor.
    pub(super) noise: f64,
    pub(super) change: Change,
}

/// One metric, recording by recording.
pub(super) struct Course {
    /// How a value is told, with its unit.
    pub(super) told: fn(f64) -> String,
    pub(super) lines: Vec<(Mode, Workload, Vec<Option<Estimate>>)>,
    /// The recordings that come from another machine than the one before, counted from 0.
    pub(super) moved_house: Vec<usize>,
}

/// One fleet while something is broken.
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) mode: Mode,
    pub(super) timeline: Timeline,
}

/// One metric against a quantity that grows by factors, and may be nothing.
pub(super) struct Lines {
    /// What grows.
    pub(super) along: &'static str,
    /// How much of it there is, as it is told.
    pub(super) amount: fn(f64) -> String,
    /// How a value is told, with its unit.
    pub(super) told: fn(f64) -> String,
    pub(super) upwards: Upwards,
    pub(super) lines: Vec<Line>,
    /// Where two of them meet.
    pub(super) meetings: Vec<(f64, f64)>,
}

/// What is twice as high.
pub(super) enum Upwards {
    /// Twice as much, from nothing on.
    Evenly,
    /// As much more as from one to ten, where the small ones are what it is about.
    ByFactors,
}

pub(super) struct Line {
    pub(super) label: String,
    pub(super) mode: Mode,
    /// Ascending.
    pub(super) points: Vec<(f64, Estimate)>,
}

/// (share of requests, µs) for one mode.
pub(super) struct Series {
    pub(super) mode: Mode,
    pub(super) workload: Workload,
    pub(super) points: Vec<(f64, f64)>,
}

/// Horizontal bars, each stacked from named parts.
pub(super) struct Bars {
    /// How the length of a bar is told, with its unit.
    pub(super) told: fn(f64) -> String,
    pub(super) bars: Vec<Bar>,
}

pub(super) struct Bar {
    pub(super) label: String,
    pub(super) mode: Mode,
    pub(super) workload: Workload,
    pub(super) parts: Vec<Part>,
}

pub(super) struct Part {
    pub(super) name: String,
    pub(super) amount: f64,
    pub(super) tone: Tone,
}

/// How much a part should stand out from its bar.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tone {
    Full,
    Light,
    Quiet,
    Quieter,
}

pub(super) struct Table {
    /// The first column names the row; the others are figures.
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<const COLUMNS: usize>(head: [&str; COLUMNS]) -> Table {
        Table { head: head.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// How wide it is: in each column the longest cell, or word of its head, and a gap; the first column can break its
    /// lines.
    pub(super) fn letters(&self) -> usize {
        let word = |head: &String| head.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        let cell = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let wide = |(column, head)| if column == 0 { cell(0).min(22) } else { cell(column).max(word(head)) + 2 };
        self.head.iter().enumerate().map(wide).sum()
    }
}

pub(super) struct Appendix {
    pub(super) machine: Vec<(String, String)>,
    pub(super) method: &'static [&'static str],
    pub(super) caveats: Vec<String>,
    pub(super) excluded: Table,
    pub(super) command: String,
}
