//! Beside which sources is the program built?
//!
//! They become part of it, so that `simplicity` can count them wherever it runs. What lies in the folders is found here;
//! nobody has to keep a list.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Whose they are, and where they are: a folder and all that is below it, or one file in a folder.
const ROOTS: [(&str, &str, &str); 5] = [
    ("Stateless", "../stateless-server/src", ""),
    // Its own as well: nobody else has refresh tokens. It lies there because that is where all SQL is, as do sessions in SQL.
    ("Stateless", "../shared/server/src", "store/families.rs"),
    ("Stateful", "../stateful-server/src", ""),
    ("Stateful", "../shared/server/src", "store/sessions.rs"),
    ("RedisLink", "../shared/server/src", "redis"),
];

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut text = String::from("&[\n");
    for (owner, folder, below) in ROOTS {
        let folder = here.join(folder).canonicalize()?;
        println!("cargo::rerun-if-changed={}", folder.join(below).display());
        for file in files(&folder.join(below))? {
            let name = file.strip_prefix(&folder).map_err(io::Error::other)?;
            let _ = writeln!(text, "    (Owner::{owner}, {:?}, include_str!({:?})),", name, file);
        }
    }
    text.push(']');
    let to = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(to.join("sources.rs"), text)
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
