//! What does the report say, before anybody asks what it looks like?
//!
//! The same article becomes HTML and Markdown. A picture always comes with its figures as a table, so the words are
//! whole without the pictures.

use crate::diff::judge::Change;
use crate::evidence::claims::{Effect, LedgerRow};
use crate::evidence::interval::Estimate;
use crate::experiments::faults::summary::Timeline;
use crate::experiments::scale_out::findings::Curve;
use crate::recording::{Experiment, Mode, Workload};

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
    pub(crate) sections: Vec<Section>,
    pub(crate) appendix: Appendix,
}

/// One experiment.
pub(crate) struct Section {
    pub(crate) about: Experiment,
    pub(crate) figures: Vec<Figure>,
    /// Sentences that were noted while it ran.
    pub(crate) notes: Vec<String>,
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

pub(crate) enum Picture {
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
pub(crate) struct Frontier {
    pub(crate) upwards: &'static str,
    pub(crate) places: Vec<Place>,
    /// Where credentials lie that nobody measured, because their exposure follows from their lifetime: from one of so many
    /// seconds to one of so many.
    pub(crate) by_rule: Option<(f64, f64)>,
}

/// One mode. Seconds; zero where nothing was let in.
pub(crate) struct Place {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) store_calls: f64,
    pub(crate) shortest: f64,
    pub(crate) longest: f64,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Seen,
    /// Good only where a client stays with its replica.
    Sticky,
    /// Somebody stopped looking before it was over.
    NoEnd,
}

/// Marks in rows and columns.
pub(crate) struct Grid {
    /// Each mode, with the names of its columns; a single one needs none.
    pub(crate) columns: Vec<(Mode, Vec<&'static str>)>,
    pub(crate) rows: Vec<GridRow>,
}

pub(crate) struct GridRow {
    pub(crate) label: String,
    /// One for each column.
    pub(crate) squares: Vec<Square>,
}

pub(crate) struct Square {
    pub(crate) signs: String,
    pub(crate) word: String,
    pub(crate) standing: Standing,
}

/// What a square means to its side.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Standing {
    Well,
    Plain,
    Weak,
    /// Nobody may overlook it.
    Alarm,
}

/// How many times as much of something there is in the second recording.
#[derive(Clone)]
pub(crate) struct Mark {
    pub(crate) label: String,
    pub(crate) ratio: Estimate,
    /// The A/A band, as a factor.
    pub(crate) noise: f64,
    pub(crate) change: Change,
}

/// One metric, recording by recording.
pub(crate) struct Course {
    /// How a value is told, with its unit.
    pub(crate) told: fn(f64) -> String,
    pub(crate) lines: Vec<(Mode, Workload, Vec<Option<Estimate>>)>,
    /// The recordings that come from another machine than the one before, counted from 0.
    pub(crate) moved_house: Vec<usize>,
}

/// One fleet while something is broken.
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) mode: Mode,
    pub(crate) timeline: Timeline,
}

/// One metric against a quantity that grows by factors, and may be nothing.
pub(crate) struct Lines {
    /// What grows.
    pub(crate) along: &'static str,
    /// How much of it there is, as it is told.
    pub(crate) amount: fn(f64) -> String,
    /// How a value is told, with its unit.
    pub(crate) told: fn(f64) -> String,
    pub(crate) upwards: Upwards,
    pub(crate) lines: Vec<Line>,
    /// Where two of them meet.
    pub(crate) meetings: Vec<(f64, f64)>,
}

/// What is twice as high.
pub(crate) enum Upwards {
    /// Twice as much, from nothing on.
    Evenly,
    /// As much more as from one to ten, where the small ones are what it is about.
    ByFactors,
}

pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    /// Ascending.
    pub(crate) points: Vec<(f64, Estimate)>,
}

/// (share of requests, µs) for one mode.
pub(crate) struct Series {
    pub(crate) mode: Mode,
    pub(crate) workload: Workload,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Horizontal bars, each stacked from named parts.
pub(crate) struct Bars {
    /// How the length of a bar is told, with its unit.
    pub(crate) told: fn(f64) -> String,
    pub(crate) bars: Vec<Bar>,
}

pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) workload: Workload,
    pub(crate) parts: Vec<Part>,
}

pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) amount: f64,
    pub(crate) tone: Tone,
}

/// How much a part should stand out from its bar.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tone {
    Full,
    Light,
    Quiet,
    Quieter,
}

pub(crate) struct Table {
    /// The first column names the row; the others are figures.
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const COLUMNS: usize>(head: [&str; COLUMNS]) -> Table {
        Table { head: head.map(str::to_owned).to_vec(), rows: Vec::new() }
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
