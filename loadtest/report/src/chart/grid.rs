//! What came of each thing that was tried, on each side?

use maud::{Markup, html};

use crate::article::{Grid, Square, Standing};
use crate::chart::canvas::side;
use crate::recording::Workload;
use crate::words;

/// Rows and columns of marks: a sign and a word each, so that nothing is told by colour alone. In HTML and no picture of
/// lines, since its words must wrap on a phone.
pub(crate) fn draw(grid: &Grid) -> Markup {
    let lettered = grid.columns.iter().any(|(_, names)| names.len() > 1);
    html! {
        table.marks aria-hidden="true" {
            thead {
                tr {
                    th {}
                    @for (mode, names) in &grid.columns {
                        th colspan=(names.len()) class=(side(*mode, Workload::Whoami)) { (words::mode(*mode)) }
                    }
                }
                @if lettered {
                    tr.under {
                        th {}
                        @for (_, names) in &grid.columns { @for name in names { th { (name) } } }
                    }
                }
            }
            tbody {
                @for row in &grid.rows {
                    tr {
                        th scope="row" { (row.label) }
                        @for square in &row.squares { (one(square)) }
                    }
                }
            }
        }
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
