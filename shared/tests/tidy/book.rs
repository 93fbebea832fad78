//! Book listings: does the book show what is there?
//!
//! A fence's first word says what holds it true: `rust`, `sql`, `toml` and `lua` are lines of the file that a comment above
//! names; `diff` is what `diff` says; `sh` is a line of the Makefile; `console` is run by `scripts/docs.py`, outputs and
//! all; `text` is a drawing.

use std::collections::BTreeMap;
use std::process::Command;

use crate::source::{Source, below, none, root};
use crate::twins::CORE;

const LISTINGS: [&str; 4] = ["rust", "sql", "toml", "lua"];
const OTHERS: [&str; 4] = ["diff", "sh", "console", "text"];

const FILES: [&str; 4] = [".rs", ".toml", ".sql", ".py"];

/// What stands between three backticks and three backticks.
struct Fence {
    place: String,
    kind: String,
    /// What the comment right above says: `<!-- shared/src/checkout.rs -->`.
    above: Option<String>,
    text: String,
}

#[test]
fn every_fence_says_what_holds_it_true() {
    let unknown = fences().into_iter().filter(|fence| !LISTINGS.iter().chain(&OTHERS).any(|kind| *kind == fence.kind));
    none(&unknown.map(|fence| format!("{}: {:?}", fence.place, fence.kind)).collect::<Vec<_>>(), "of no known kind");
}

#[test]
fn every_listing_is_in_its_file() {
    let mut wrong = Vec::new();
    for fence in fences().iter().filter(|fence| LISTINGS.contains(&fence.kind.as_str())) {
        match &fence.above {
            None => wrong.push(format!("{}: no comment above names the file", fence.place)),
            Some(file) if fence.text.trim().is_empty() || !Source::read(file).text.contains(&fence.text) => {
                wrong.push(format!("{}: not in {file}", fence.place))
            }
            Some(_) => {}
        }
    }
    none(&wrong, "these show what is not there");
}

#[test]
fn every_plain_command_is_a_line_of_the_makefile() {
    let makefile =
        Source::read("Makefile").text.replace("$(PLAN)", "workshop").replace("$(RUNNER)", "cargo nextest run");
    // The tests build the programs by the way, and `scripts/docs.py` uses them: for a reader that is a command of its own.
    let built = |line: &str| line == "cargo build --workspace --bins";
    let known = |line: &str| makefile.lines().any(|recipe| recipe.strip_prefix('\t') == Some(line));
    let target = |line: &str| line.strip_prefix("make ").is_some_and(|name| makefile.contains(&format!("\n{name}:")));
    let mut wrong = Vec::new();
    for fence in fences().iter().filter(|fence| fence.kind == "sh") {
        let lines = fence.text.lines().filter(|line| !known(line) && !target(line) && !built(line));
        wrong.extend(lines.map(|line| format!("{}: {line}", fence.place)));
    }
    none(&wrong, "nothing runs these");
}

#[test]
fn the_diff_is_quoted_whole() {
    let mut quoted = BTreeMap::<String, String>::new();
    for fence in fences().into_iter().filter(|fence| fence.kind == "diff") {
        let file = fence.above.unwrap_or_else(|| panic!("{}: no comment above names the file", fence.place));
        quoted.entry(file).or_default().push_str(&fence.text);
    }
    assert_eq!(
        quoted.keys().map(String::as_str).collect::<Vec<_>>(),
        ["config.rs", "credentials.rs", "drafts.rs", "main.rs"]
    );
    for file in CORE {
        assert_eq!(
            quoted[file],
            diff(file),
            "the book's diff of {file} (left) is not the real one (right): scripts/quote.py quotes it anew"
        );
    }
}

/// The hunks, without the two lines that name the files and their dates.
fn diff(file: &str) -> String {
    let pair = ["stateless-server", "stateful-server"].map(|server| format!("{server}/src/{file}"));
    let output = Command::new("diff").arg("-u").args(pair).current_dir(root()).output().expect("`diff` is installed");
    let text = String::from_utf8(output.stdout).expect("sources are UTF-8");
    text.split_inclusive('\n').skip(2).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let folder = root().join(&page.path);
        let targets = page.text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        let pictures = ["src=\"", "srcset=\""].into_iter().flat_map(|name| page.text.split(name).skip(1));
        let pictures = pictures.filter_map(|rest| rest.split('"').next());
        let targets = targets.chain(pictures);
        for target in targets.filter(|target| !target.starts_with("http") && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or(target);
            if !folder.with_file_name(file).exists() {
                broken.push(format!("{}: {target}", page.path));
            }
        }
    }
    none(&broken, "these links lead nowhere");
}

#[test]
fn every_file_that_is_named_is_there() {
    let mut missing = Vec::new();
    for page in pages() {
        let spans = page.text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
        let files = spans.filter(|span| span.contains('/') && FILES.iter().any(|ending| span.ends_with(ending)));
        missing.extend(files.filter(|file| !root().join(file).exists()).map(|file| format!("{}: {file}", page.path)));
    }
    none(&missing, "these files are named and not there");
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = Source::read("docs/src/SUMMARY.md").text;
    let pages = below("docs/src", ".md").into_iter().map(|page| page.path.replace("docs/src/", ""));
    let missing: Vec<_> =
        pages.filter(|page| page != "SUMMARY.md" && !summary.contains(&format!("({page})"))).collect();
    none(&missing, "no reader finds these");
}

#[test]
fn every_term_is_defined_once() {
    let glossary = Source::read("docs/src/glossary.md").text;
    let rows = glossary.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let mut terms: Vec<&str> = rows.map(|(term, _)| term).filter(|term| *term != "term").collect();
    let all = terms.len();
    terms.sort_unstable();
    terms.dedup();
    assert!(all > 40 && terms.len() == all, "{all} terms, of which {} differ", terms.len());
}

fn pages() -> Vec<Source> {
    let fixed =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "stateless-server/README.md", "stateful-server/README.md"];
    fixed.iter().map(|path| Source::read(path)).chain(below("docs/src", ".md")).collect()
}

fn fences() -> Vec<Fence> {
    pages().iter().flat_map(fences_of).collect()
}

fn fences_of(page: &Source) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    let mut above = None;
    for (number, line) in page.text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                let place = format!("{}:{}", page.path, number + 1);
                open = Some(Fence { place, kind: kind.into(), above: above.take(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(fence), None) => fence.text.extend([line, "\n"]),
            (None, None) => {
                above = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")).map(str::to_owned)
            }
        }
    }
    assert!(open.is_none(), "{}: a fence stays open", page.path);
    found
}
