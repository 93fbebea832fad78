//! Markdown: how does an article look as plain text?

use std::fmt::Write;

use crate::article::{Article, Chapter, Figure, Table};
use crate::evidence::claims::{Claim, ClaimOutcome, Decision, LedgerRow};
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
    for one in &article.chapters {
        text.push_str(&chapter(one));
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

fn chapter(chapter: &Chapter) -> String {
    let mut text = format!("\n## {}\n\n**{}** People predict: {}\n\n", chapter.name, chapter.title, chapter.prediction);
    for claim in &chapter.claims {
        if let Some(Decision { verdict, because, .. }) = claim.decision() {
            push(&mut text, format_args!("- **{verdict}**: {}. {because}\n", claim.says));
        }
    }
    text.push('\n');
    for figure in &chapter.figures {
        text.push_str(&one(figure));
    }
    for (title, sentences) in &chapter.notes {
        bullets(&mut text, title, sentences.iter().map(String::as_str));
    }
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
