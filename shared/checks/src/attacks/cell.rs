//! Cell of the grid of attacks: what came of it, and what should?

use std::fmt;

/// A memory that is attacked: a column of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Tokens signed with HS256, and nobody is asked.
    StatelessNone,
    /// Tokens signed with ES256, and Redis is asked which of them were ended.
    StatelessDenylist,
    StatefulRedis,
    /// One process that remembers by itself.
    StatefulMemory,
    /// Sessions in Redis, and a copy of them in each process.
    StatefulNearCache,
}

impl Mode {
    pub const ALL: [Mode; 5] = [
        Mode::StatelessNone,
        Mode::StatelessDenylist,
        Mode::StatefulRedis,
        Mode::StatefulMemory,
        Mode::StatefulNearCache,
    ];

    /// The head of its column.
    pub fn name(self) -> &'static str {
        match self {
            Mode::StatelessNone => "stateless none",
            Mode::StatelessDenylist => "stateless denylist",
            Mode::StatefulRedis => "stateful redis",
            Mode::StatefulMemory => "stateful memory",
            Mode::StatefulNearCache => "stateful near-cache",
        }
    }

    pub fn is_stateless(self) -> bool {
        matches!(self, Mode::StatelessNone | Mode::StatelessDenylist)
    }

    /// The binary that its replicas run.
    pub fn server(self) -> &'static str {
        if self.is_stateless() { "stateless-server" } else { "stateful-server" }
    }
}

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

/// What is declared of each mode, in the order of [`Mode::ALL`].
#[derive(Debug, Clone)]
pub struct Expected([Cell; 5]);

impl Expected {
    pub fn of(&self, mode: Mode) -> &Cell {
        &self.0[mode as usize]
    }
}

pub fn everywhere(cell: Cell) -> Expected {
    Expected([(); 5].map(|()| cell.clone()))
}

/// The one where a token says who is calling, the other where a cookie does.
pub fn kinds(token: Cell, cookie: Cell) -> Expected {
    Expected(Mode::ALL.map(|mode| if mode.is_stateless() { token.clone() } else { cookie.clone() }))
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
    Expected(Mode::ALL.map(|mode| if mode == Mode::StatelessNone { nobody.clone() } else { somebody.clone() }))
}

/// In the order of [`Mode::ALL`].
pub fn each(cells: [Cell; 5]) -> Expected {
    Expected(cells)
}
