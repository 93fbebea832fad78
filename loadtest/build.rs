//! Build script: what are the servers written in, beside which the program is built?
//!
//! They are counted here, so that `simplicity` can tell of them wherever it runs. What lies in the folders is found; nobody
//! has to keep a list.

#[path = "build/count.rs"]
mod count;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use count::Counted;

/// Whose they are, and where they are: a folder and all that is below it, or one file in a folder.
const ROOTS: [(&str, &str, &str); 5] = [
    ("Stateless", "../stateless-server/src", ""),
    // Its own as well: nobody else has refresh tokens. It lies there because that is where all SQL is, as do sessions in SQL.
    ("Stateless", "../shared/server/src", "store/families.rs"),
    ("Stateful", "../stateful-server/src", ""),
    ("Stateful", "../shared/server/src", "store/sessions.rs"),
    ("RedisConnection", "../shared/server/src", "redis"),
];

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut counted = Vec::new();
    for (owner, folder, below) in ROOTS {
        let folder = here.join(folder).canonicalize()?;
        println!("cargo::rerun-if-changed={}", folder.join(below).display());
        for file in files(&folder.join(below))? {
            let name = file.strip_prefix(&folder).map_err(io::Error::other)?.display().to_string();
            let of = count::count(&name, &fs::read_to_string(&file)?);
            counted.push((owner, name, of));
        }
    }
    let to = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(to.join("sources.rs"), sources(&counted))
}

/// As an expression of Rust.
fn sources(counted: &[(&str, String, Counted)]) -> String {
    let files = counted.iter().map(|(owner, file, of)| {
        let Counted { code, comments, tests, types, traits, settings, tasks } = of;
        format!(
            "Source {{ owner: Owner::{owner}, file: {file:?}.into(), code: {}, comments: {comments}, tests: {tests}, \
             types: {types}, traits: {traits}, settings: {settings}, tasks: {tasks} }},\n",
            code.len()
        )
    });
    let of = |whose: &'static str| counted.iter().filter(move |(owner, ..)| *owner == whose);
    let pairs = of("Stateless")
        .filter_map(|(_, file, a)| of("Stateful").find(|(_, other, _)| other == file).map(|(.., b)| (file, a, b)));
    let twins = pairs.map(|(file, a, b)| {
        let same = count::same(&a.code, &b.code);
        let (only_a, only_b) = (a.code.len() - same, b.code.len() - same);
        format!("Twin {{ file: {file:?}.into(), same: {same}, only_stateless: {only_a}, only_stateful: {only_b} }},\n")
    });
    format!("Sources {{ files: vec![{}], twins: vec![{}] }}", files.collect::<String>(), twins.collect::<String>())
}

/// The Rust files in here, in the order of their names.
fn files(place: &Path) -> io::Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|ending| ending == "rs") {
            found.extend(files(&path)?);
        }
    }
    found.sort();
    Ok(found)
}
