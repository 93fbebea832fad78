//! Markdown: how does an article look as plain text?

use crate::article::{Appendix, Article, Cells, Chapter, Figure, Notes, Table};
use crate::evidence::claims::{Claim, Decision, LedgerRow};

/// Where the text is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Page,
    /// In a pull request: the answer in the open, and the chapters behind triangles.
    Folded,
}

/// Markdown with the tables of GitHub; without pictures, whose figures are in the tables.
pub(crate) fn text(article: &Article, form: Form) -> String {
    let level = if form == Form::Page { "#" } else { "##" };
    let mut text = format!("{level} {}\n\n{}\n\n", article.title, article.kicker);
    for warning in &article.warnings {
        text += &format!("> **{warning}**\n\n");
    }
    for paragraph in article.about.into_iter().chain(article.answer.iter().chain(&article.figures).map(String::as_str))
    {
        text += &format!("{paragraph}\n\n");
    }
    if !article.claims.is_empty() {
        text += &format!("## The claims, re-marked\n\n{}\n", claims(&article.claims));
    }
    article.opening.iter().for_each(|one| figure(&mut text, one));
    for one in &article.chapters {
        match form {
            Form::Page => text += &format!("\n## {}\n\n{}", one.name, chapter(one)),
            Form::Folded => fold(&mut text, &format!("{}: {}", one.name, one.title), &body(one)),
        }
    }
    match form {
        Form::Page => text += &format!("## The {}\n\n{}", article.appendix.name, appendix(&article.appendix)),
        Form::Folded => fold(&mut text, article.appendix.title, &appendix(&article.appendix)),
    }
    text
}

fn claims(rows: &[LedgerRow]) -> String {
    let mut table = Table::new(["Aspect", "Claim", "Verdict", "Effect (95 %)", "Experiment"]).of(Cells::Words);
    for row in rows {
        table.rows.extend(row.claims.iter().map(|claim| claim_row(row.aspect, claim)));
    }
    render(&table)
}

fn claim_row(aspect: &str, claim: &Claim) -> Vec<String> {
    let name = claim.experiment.name();
    let cells = match &claim.decision {
        None => ["not measured in this run", "", &format!("`{name}`")].map(str::to_owned),
        Some(Decision { verdict, effect, .. }) => {
            let effect = effect.as_ref().map(ToString::to_string);
            let verdict = format!("**{verdict}**");
            [verdict, effect.unwrap_or_default(), format!("[`{name}`](#{name})")]
        }
    };
    [aspect.to_owned(), claim.says.to_owned()].into_iter().chain(cells).collect()
}

fn chapter(chapter: &Chapter) -> String {
    let mut text = format!("**{}**", chapter.title);
    if let Some(prediction) = chapter.prediction {
        text += &format!(" People predict: {prediction}");
    }
    text.push_str("\n\n");
    for claim in &chapter.claims {
        if let Some(Decision { verdict, because, .. }) = &claim.decision {
            text += &format!("- **{verdict}**: {}. {because}\n", claim.says);
        }
    }
    text + "\n" + &body(chapter)
}

fn body(chapter: &Chapter) -> String {
    let mut text = String::new();
    chapter.figures.iter().for_each(|one| figure(&mut text, one));
    bullets(&mut text, &chapter.notes);
    text
}

fn figure(text: &mut String, Figure { title, caption, table, .. }: &Figure) {
    if !title.is_empty() {
        *text += &format!("### {title}\n\n");
    }
    if !caption.is_empty() {
        *text += &format!("{caption}\n\n");
    }
    if !table.head.is_empty() {
        *text += &format!("{}\n", render(table));
    }
}

fn appendix(appendix: &Appendix) -> String {
    let mut text = String::new();
    for (name, value) in &appendix.facts {
        text += &format!("- {name}: {value}\n");
    }
    if !appendix.facts.is_empty() {
        text.push('\n');
    }
    bullets(&mut text, &appendix.notes);
    figure(&mut text, &appendix.list);
    let (title, commands) = &appendix.commands;
    text += &format!("### {title}\n\n```\n{commands}\n```\n");
    text
}

fn bullets(text: &mut String, notes: &[Notes]) {
    for (title, sentences) in notes.iter().filter(|(_, sentences)| !sentences.is_empty()) {
        let bullets: String = sentences.iter().map(|sentence| format!("- {sentence}\n")).collect();
        *text += &format!("### {title}\n\n{bullets}\n");
    }
}

/// GitHub reads Markdown again behind an empty line.
fn fold(text: &mut String, title: &str, inside: &str) {
    *text += &format!("<details><summary>{title}</summary>\n\n{inside}\n</details>\n\n");
}

fn render(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let other = if table.cells == Cells::Figures { "---:|" } else { "---|" };
    let rule = format!("|---|{}\n", other.repeat(table.head.len() - 1));
    let cell = |(column, cell): (usize, &String)| match (table.cells, column) {
        (Cells::Verdicts, 1) => format!("**{}**", escape(cell)),
        _ => escape(cell),
    };
    let rows = table.rows.iter().map(|row| line(row.iter().enumerate().map(cell).collect()));
    line(table.head.iter().map(|cell| escape(cell)).collect()) + &rule + &rows.collect::<String>()
}

/// A bar inside a cell would begin another cell.
fn escape(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}
