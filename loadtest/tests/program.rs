//! The built program: is anything of a server in the instrument, however it was built?
//!
//! Cargo joins the features of what is built together, so that a tree of dependencies says less than the file that came out.

use std::path::{Path, PathBuf};

/// What every server holds and the load test must not: their allocator, which would make the generator faster in one build
/// than in another, and their frameworks: with its length before it, a crate's name stands in each of its symbols, and nowhere else.
const OF_SERVERS: [&str; 3] = ["mi_malloc", "9actix_web", "9sqlx_core"];

fn loadtest() -> PathBuf {
    env!("CARGO_BIN_EXE_loadtest").into()
}

/// Those of the words that stand in the file.
fn found_in(program: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(program).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo build --workspace --bins` makes it", program.display());
    });
    let holds = |word: &&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    OF_SERVERS.into_iter().filter(holds).collect()
}

#[test]
fn the_load_test_holds_nothing_of_a_server() {
    assert_eq!(found_in(&loadtest()), [""; 0]);
}

#[test]
fn what_is_looked_for_is_in_every_server() {
    for server in ["stateless-server", "stateful-server", "bare"] {
        let found = found_in(&loadtest().with_file_name(server));
        // The barest server has no database.
        let expected = OF_SERVERS.iter().filter(|word| server != "bare" || **word != "9sqlx_core");
        assert!(expected.clone().all(|word| found.contains(word)), "{server}: {found:?}");
    }
}
