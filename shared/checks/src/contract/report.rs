//! Contract report: which promises broke?

use std::fmt;

use anyhow::Result;

use crate::contract::expect::Mismatch;

/// What came of a check. Displayed, it lists what broke.
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
    /// What broke, if anything did.
    pub fn into_result(self) -> Result<()> {
        if self.is_kept() { Ok(()) } else { Err(anyhow::Error::msg(self.to_string())) }
    }

    pub(super) fn add(&mut self, case: &'static str, outcome: Result<()>) {
        let Err(error) = outcome else { return self.kept.push(case) };
        let no_answer =
            |error| Mismatch { asked: String::new(), expected: "an answer".into(), seen: format!("{error:#}") };
        let Mismatch { asked, expected, seen } = error.downcast().unwrap_or_else(no_answer);
        self.broken.push(Broken { case, asked, expected, seen });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.kept.len() + self.broken.len();
        if self.is_kept() {
            write!(f, "all {all} cases of the contract are kept")?;
            return if self.not_asked.is_empty() {
                Ok(())
            } else {
                write!(f, "; not asked: {}", self.not_asked.join(", "))
            };
        }
        writeln!(f, "{} of {all} cases of the contract are broken", self.broken.len())?;
        for Broken { case, asked, expected, seen } in &self.broken {
            writeln!(f, "  {} · {asked}", case.replace('_', " "))?;
            writeln!(f, "    expected  {expected}")?;
            writeln!(f, "    seen      {}", seen.replace('\n', " "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::expect::same;

    #[test]
    fn a_broken_case_says_what_was_expected_and_what_was_seen() {
        let mut report = Report::default();
        report.add("snow_is_white", Ok(()));
        report.not_asked.push("coal");
        assert_eq!(report.to_string(), "all 1 cases of the contract are kept; not asked: coal");
        report.add("grass_is_green", same("GET /grass", &"green", &"brown"));
        let lines = [
            "1 of 2 cases of the contract are broken",
            "  grass is green · GET /grass",
            "    expected  \"green\"",
            "    seen      \"brown\"",
            "",
        ];
        assert_eq!(report.to_string(), lines.join("\n"));
    }
}
