//! How does the article look as plain text?

use std::fmt::Write;

use crate::article::{Article, Figure, Section, Table};
use crate::evidence::claims::{Claim, ClaimOutcome, Decision, LedgerRow};
use crate::experiments;
use crate::page::html::SIDES;
use crate::words;

/// Markdown with the tables of GitHub; without pictures, whose figures are in the tables.
pub(crate) fn text(article: &Article) -> String {
    let mut text = format!("# {}\n\n{}\n\n", article.title, article.kicker);
    for warning in &article.warnings {
        push(&mut text, format_args!("> **{warning}**\n\n"));
    }
    for paragraph in [SIDES].into_iter().chain(article.answer.iter().map(String::as_str)) {
        push(&mut text, format_args!("{paragraph}\n\n"));
    }
    if let Some(figures) = &article.figures {
        push(&mut text, format_args!("{figures}\n\n"));
    }
    push(&mut text, format_args!("## The claims, re-marked\n\n{}\n", claims(&article.claims)));
    for section in &article.sections {
        text.push_str(&chapter(section, &article.claims));
    }
    text.push_str(&appendix(article));
    text
}

fn claims(rows: &[LedgerRow]) -> String {
    let mut table = Table::new(["Aspect", "Claim", "Verdict", "Effect (95 %)", "Experiment"]);
    for row in rows {
        table.rows.extend(row.claims.iter().map(|claim| claim_row(row.aspect, claim)));
    }
    render(&table).replace("---:", "---") // Words, not figures.
}

fn claim_row(aspect: &str, claim: &Claim) -> Vec<String> {
    let name = claim.experiment.name();
    let cells = match &claim.outcome {
        ClaimOutcome::NotMeasured => ["not measured in this run", "", &format!("`{name}`")].map(str::to_owned),
        ClaimOutcome::Decided(Decision { verdict, effect, .. }) => {
            let effect = effect.as_ref().map(words::strength);
            let verdict = format!("**{verdict}**");
            [verdict, effect.unwrap_or_default(), format!("[`{name}`](#{name})")]
        }
    };
    [aspect.to_owned(), claim.says.to_owned()].into_iter().chain(cells).collect()
}

fn chapter(section: &Section, rows: &[LedgerRow]) -> String {
    let (name, question) = (section.about.name(), experiments::question(section.about));
    let mut text =
        format!("\n## {name}\n\n**{question}** People predict: {}\n\n", experiments::prediction(section.about));
    for claim in rows.iter().flat_map(|row| &row.claims) {
        if let ClaimOutcome::Decided(Decision { verdict, because, .. }) = &claim.outcome
            && claim.experiment == section.about
        {
            push(&mut text, format_args!("- **{verdict}**: {}. {because}\n", claim.says));
        }
    }
    text.push('\n');
    for figure in &section.figures {
        text.push_str(&one(figure));
    }
    bullets(&mut text, "How it was measured", section.measured.iter().map(String::as_str));
    bullets(&mut text, "What it does not show", section.not_shown.iter().copied());
    bullets(&mut text, "Noted while it ran", section.notes.iter().map(String::as_str));
    text
}

fn one(figure: &Figure) -> String {
    format!("### {}\n\n{}\n\n{}\n", figure.title, figure.caption, render(&figure.table))
}

fn appendix(article: &Article) -> String {
    let appendix = &article.appendix;
    let mut text = String::from("## The machine\n\n");
    for (name, value) in &appendix.machine {
        push(&mut text, format_args!("- {name}: {value}\n"));
    }
    text.push('\n');
    bullets(&mut text, "The method", appendix.method.iter().copied());
    bullets(&mut text, "Caveats", appendix.caveats.iter().map(String::as_str));
    text.push_str("### Samples that do not count\n\n");
    text.push_str(&if appendix.excluded.rows.is_empty() { "None.\n".into() } else { render(&appendix.excluded) });
    push(&mut text, format_args!("\n### To run it again\n\n```\n{}\n```\n", appendix.command));
    text
}

pub(crate) fn bullets<'a>(text: &mut String, title: &str, items: impl Iterator<Item = &'a str>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    push(text, format_args!("### {title}\n\n"));
    for item in items {
        push(text, format_args!("- {item}\n"));
    }
    text.push('\n');
}

pub(crate) fn render(table: &Table) -> String {
    let line =
        |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" | "));
    let rule = format!("|---|{}\n", "---:|".repeat(table.head.len() - 1));
    line(&table.head) + &rule + &table.rows.iter().map(|row| line(row)).collect::<String>()
}

/// A bar inside a cell would begin another cell.
fn escape(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

pub(crate) fn push(text: &mut String, arguments: std::fmt::Arguments) {
    text.write_fmt(arguments).expect("a String takes whatever is written to it");
}
