//! Grid of attacks: what was seen, all of it on one page?

use std::fmt::{self, Write as _};

use crate::attacks::case::{Case, Company, Group};
use crate::attacks::cases;
use crate::attacks::cell::Cell;
use crate::attacks::target::Target;
use crate::attacks::together::{one_by_one, together};
use shared::modes::Mode;

/// Rows are stimuli, columns are modes. Displayed, it is Markdown.
#[derive(Debug, Default)]
pub struct Grid {
    /// The columns.
    modes: Vec<Mode>,
    tables: Vec<Table>,
}

/// One question, asked on every target.
#[derive(Debug)]
pub struct Table {
    pub question: &'static str,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub struct Row {
    pub stimulus: String,
    pub source: &'static str,
    pub weakness: Option<&'static str>,
    /// In the order of the targets.
    pub seen: Vec<Cell>,
    pub expected: Vec<Cell>,
}

impl Table {
    /// Tries every case of the group on every target.
    pub async fn fill(group: &Group, targets: &[Target]) -> Table {
        let columns = targets.iter().map(|target| column(group, target));
        let columns = match group.company {
            Company::Welcome | Company::Crowd => together(columns).await,
            Company::Alone => one_by_one(columns).await,
        };
        let row = |(at, case): (usize, &Case)| Row {
            stimulus: case.stimulus.clone(),
            source: case.source,
            weakness: case.weakness,
            seen: columns.iter().map(|column| column[at].clone()).collect(),
            expected: targets.iter().map(|target| case.expected.of(target.mode).clone()).collect(),
        };
        Table { question: group.question, rows: group.cases.iter().enumerate().map(row).collect() }
    }
}

impl Grid {
    /// Tries every case on every target: one a column.
    pub async fn fill(targets: &[Target]) -> Grid {
        let modes = targets.iter().map(|target| target.mode).collect();
        let mut grid = Grid { modes, tables: Vec::new() };
        for group in cases::all() {
            let begun = std::time::Instant::now();
            let table = Table::fill(&group, targets).await;
            eprintln!("{:6.1?}  {}", begun.elapsed(), group.question);
            grid.tables.push(table);
        }
        grid
    }

    /// A sentence for each cell that is not as declared.
    pub fn surprises(&self) -> Vec<String> {
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        let cells =
            rows.flat_map(|row| self.modes.iter().zip(row.seen.iter().zip(&row.expected)).map(move |cell| (row, cell)));
        let surprising = cells.filter(|(_, (_, (seen, expected)))| seen != expected);
        surprising
            .map(|(row, (mode, (seen, expected)))| {
                format!("{} · {}: expected {expected}, seen {seen} ({})", mode.name(), row.stimulus, row.source)
            })
            .collect()
    }
}

async fn column(group: &Group, target: &Target) -> Vec<Cell> {
    let cells = group.cases.iter().map(|case| case.seen(target));
    if group.company == Company::Crowd { together(cells).await } else { one_by_one(cells).await }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Vec<_> = self.modes.iter().map(|mode| format!("`{}`", mode.name())).collect();
        for Table { question, rows } in &self.tables {
            writeln!(f, "### {question}\n")?;
            writeln!(f, "| attack | {} | source |", heads.join(" | "))?;
            writeln!(f, "|---|{}---|", "---|".repeat(heads.len()))?;
            for row in rows {
                let mut cells = String::new();
                for cell in &row.seen {
                    write!(cells, " {cell} |")?;
                }
                writeln!(f, "| {} |{cells} {} |", row.named(), row.source)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Row {
    /// Bold where the modes differ, for that is what a reader looks for.
    fn named(&self) -> String {
        let mut told = self.seen.iter().filter(|cell| **cell != Cell::NotApplicable);
        let first = told.next();
        let agree = told.all(|cell| Some(cell) == first);
        if agree { self.stimulus.clone() } else { format!("**{}**", self.stimulus) }
    }
}
