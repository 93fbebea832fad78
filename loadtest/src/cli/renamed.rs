//! Renamed flags: are they known by their old names as well?

use clap::Parser;

use crate::cli::Cli;

#[track_caller]
fn check(subcommand: &str, old: &[&str], new: &[&str]) {
    let parsed = |flags: &[&str]| {
        let arguments = ["loadtest", subcommand, "http://localhost"].into_iter().chain(flags.iter().copied());
        format!("{:?}", Cli::try_parse_from(arguments).expect("it is understood"))
    };
    assert_eq!(parsed(old), parsed(new));
    assert_ne!(parsed(old), parsed(&[]));
}

#[test]
fn a_renamed_flag_is_known_by_both_names() {
    check("run", &["--bunch=1ms"], &["--batch-window=1ms"]);
    check("run", &["--spacing=poisson"], &["--arrivals=poisson"]);
    check("run", &["--deadline=3s"], &["--timeout=3s"]);
    check("report", &["--people=5"], &["--logged-in=5"]);
}
