//! Attack matrix: is what an attacker sees what the book says?

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result};
use checks::attacks::fleet::{Fleet, modes};
use checks::attacks::grid::Grid;
use load::connection::allow_as_many_as_possible;

/// Set to anything, it has the table in the book written anew.
const WRITE: &str = "WRITE_SECURITY_TABLE";
/// The table stands between these two lines.
const MARKS: (&str, &str) = ("<!-- what was seen -->\n", "<!-- the end of what was seen -->\n");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_attacker_sees_is_what_the_book_says() -> Result<()> {
    allow_as_many_as_possible()?; // The servers inherit it, and thousands of slow connections need it.
    let (mut fleets, mut targets) = (Vec::new(), Vec::new());
    for mode in modes() {
        let (fleet, target) = Fleet::start(mode, rig::binary(mode.entry().side.program())?).await?;
        fleets.push(fleet);
        targets.push(target);
    }
    let grid = Grid::fill(&targets).await;
    println!("{grid}");
    let surprises = grid.surprises();
    assert!(surprises.is_empty(), "{} cells are not as declared:\n{}", surprises.len(), surprises.join("\n"));
    compare(&grid)
}

fn compare(grid: &Grid) -> Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/security.md");
    let text = fs::read_to_string(&page)?;
    let (before, rest) = text.split_once(MARKS.0).context("the page has no place for the table")?;
    let (told, after) = rest.split_once(MARKS.1).context("the page does not say where its table ends")?;
    let seen = format!("\n{grid}");
    if env::var_os(WRITE).is_some() {
        return Ok(fs::write(&page, [before, MARKS.0, &seen, MARKS.1, after].concat())?);
    }
    let differing = |these: &str, those: &str, sign: &str| {
        let known: BTreeSet<_> = those.lines().collect();
        these.lines().filter(|line| !known.contains(line)).map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    let (gone, new) = (differing(told, &seen, "-"), differing(&seen, told, "+"));
    assert!(told == seen, "the page (-) tells something else than was seen (+); {WRITE}=1 writes it anew\n{gone}{new}");
    Ok(())
}
