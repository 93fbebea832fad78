//! Which promises broke?

use std::fmt;

use anyhow::Result;

use super::expect::Mismatch;

/// What came of a check. Displayed, it is a table of what broke.
#[derive(Debug, Default)]
pub struct Report {
    pub kept: Vec<&'static str>,
    pub broken: Vec<Broken>,
    /// What could not be asked with the access that was given.
    pub not_asked: Vec<&'static str>,
}

/// A case in which the server did not do what the contract says.
#[derive(Debug)]
pub struct Broken {
    pub case: &'static str,
    pub asked: String,
    pub expected: String,
    pub seen: String,
}

impl Report {
    pub fn is_kept(&self) -> bool {
        self.broken.is_empty()
    }

    /// # Errors
    /// The table, when anything broke.
    pub fn into_result(self) -> Result<()> {
        if self.is_kept() { Ok(()) } else { Err(anyhow::Error::msg(self.to_string())) }
    }

    pub(super) fn add(&mut self, case: &'static str, outcome: Result<()>) {
        let Err(error) = outcome else { return self.kept.push(case) };
        self.broken.push(match error.downcast::<Mismatch>() {
            Ok(Mismatch { asked, expected, seen }) => Broken { case, asked, expected, seen },
            Err(error) => Broken { case, asked: String::new(), expected: "an answer".into(), seen: format!("{error:#}") },
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.kept.len() + self.broken.len();
        if self.is_kept() {
            return write!(f, "all {all} cases of the contract are kept");
        }
        writeln!(f, "{} of {all} cases of the contract are broken", self.broken.len())?;
        let heading = ["case", "asked", "expected", "seen"].map(str::to_owned);
        let rows = self.broken.iter().map(|Broken { case, asked, expected, seen }| {
            [case.replace('_', " "), asked.clone(), expected.clone(), seen.replace('\n', " ")]
        });
        let rows: Vec<_> = [heading].into_iter().chain(rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let (case, asked, expected) = (width(0), width(1), width(2));
        for row in &rows {
            writeln!(f, "  {:case$}  {:asked$}  {:expected$}  {}", row[0], row[1], row[2], row[3])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::expect::same;

    #[test]
    fn a_broken_case_is_a_line_that_says_what_was_expected_and_seen() {
        let mut report = Report::default();
        report.add("snow_is_white", Ok(()));
        assert_eq!(report.to_string(), "all 1 cases of the contract are kept");
        report.add("grass_is_green", same("GET /grass", &"green", &"brown"));
        let lines = [
            "1 of 2 cases of the contract are broken",
            "  case            asked       expected  seen",
            "  grass is green  GET /grass  \"green\"   \"brown\"",
            "",
        ];
        assert_eq!(report.to_string(), lines.join("\n"));
    }
}
