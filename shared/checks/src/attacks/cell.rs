//! Cell of the grid of attacks: what came of it, and what should?

use std::fmt;

use shared::modes::Mode;

/// What one mode did about one stimulus. Tries that belong together agree, or the cell says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Every try was, with one of these statuses, each of which was seen; with none of them when the server hung up.
    Refused(Vec<u16>),
    /// It got through, as if nothing was odd about it.
    Accepted,
    /// It got through, and what was odd about it changed nothing.
    Ignored,
    /// It got through where one of these words stands in the request, and was refused with 403 everywhere else.
    OnlyWith(Vec<&'static str>),
    /// What was measured kept within its bound.
    Held,
    /// There is no such thing on this mode.
    NotApplicable,
    /// What no mode may do: a sentence for whoever repairs it.
    Broken(String),
}

pub fn refused(status: u16) -> Cell {
    Cell::Refused(vec![status])
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Refused(statuses) if statuses.is_empty() => f.write_str("hung up"),
            Cell::Refused(statuses) => {
                let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
                write!(f, "refused {}", statuses.join(", "))
            }
            Cell::Accepted => f.write_str("accepted"),
            Cell::Ignored => f.write_str("ignored"),
            Cell::OnlyWith(words) => write!(f, "passes with {}", words.join(", ")),
            Cell::Held => f.write_str("held"),
            Cell::NotApplicable => f.write_str("—"),
            Cell::Broken(sentence) => write!(f, "BROKEN: {sentence}"),
        }
    }
}

/// What is declared, by how much a mode can know of a credential.
#[derive(Debug, Clone)]
pub struct Expected {
    /// A token about which nobody is asked.
    pub token: Cell,
    /// A token about which a store is asked.
    pub asked_token: Cell,
    pub cookie: Cell,
}

impl Expected {
    pub fn of(&self, mode: Mode) -> &Cell {
        match mode.is_stateless() {
            true if mode.outlives_logout() => &self.token,
            true => &self.asked_token,
            false => &self.cookie,
        }
    }
}

/// Everywhere the same.
impl From<Cell> for Expected {
    fn from(cell: Cell) -> Expected {
        kinds(cell.clone(), cell)
    }
}

/// The one where a token says who is calling, the other where a cookie does.
pub fn kinds(token: Cell, cookie: Cell) -> Expected {
    Expected { token: token.clone(), asked_token: token, cookie }
}

/// Where there are tokens.
pub fn tokens(cell: Cell) -> Expected {
    kinds(cell, Cell::NotApplicable)
}

/// Where there are cookies.
pub fn cookies(cell: Cell) -> Expected {
    kinds(Cell::NotApplicable, cell)
}

/// Where nobody is asked about a token, and where somebody is asked about whatever comes.
pub fn asked(nobody: Cell, somebody: Cell) -> Expected {
    Expected { token: nobody, asked_token: somebody.clone(), cookie: somebody }
}
