//! Tables of marks: what came of each thing that was tried, on each side?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::chart::canvas::side;
use crate::recording::{Mode, Workload};

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

/// Rows and columns of marks: a sign and a word each, so that nothing is told by colour alone. In HTML and no picture of
/// lines, since its words must wrap on a phone.
impl Draw for Grid {
    fn draw(&self) -> Markup {
        let lettered = self.columns.iter().any(|(_, names)| names.len() > 1);
        html! {
            table.marks aria-hidden="true" {
                thead {
                    tr {
                        th {}
                        @for (mode, names) in &self.columns {
                            th colspan=(names.len()) class=(side(*mode, Workload::Whoami)) { (mode.label()) }
                        }
                    }
                    @if lettered {
                        tr.under {
                            th {}
                            @for (_, names) in &self.columns { @for name in names { th { (name) } } }
                        }
                    }
                }
                tbody {
                    @for row in &self.rows {
                        tr {
                            th scope="row" { (row.label) }
                            @for square in &row.squares { (one(square)) }
                        }
                    }
                }
            }
        }
    }

    fn is_wide(&self) -> bool {
        true
    }
}

fn one(square: &Square) -> Markup {
    html! {
        td class=(class(square.standing)) { b { (square.signs) } " " small { (square.word) } }
    }
}

fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Well => "well",
        Standing::Plain => "plain",
        Standing::Weak => "weak",
        Standing::Alarm => "alarm",
    }
}
