//! Renamed flags: are they known by their old names as well?

use clap::Parser;

use crate::cli::Cli;

#[track_caller]
fn check(subcommand: &[&str], old: &[&str], new: &[&str]) {
    let parsed = |flags: &[&str]| {
        let arguments = ["loadtest"].iter().chain(subcommand).chain(flags);
        format!("{:?}", Cli::try_parse_from(arguments).expect("it is understood"))
    };
    assert_eq!(parsed(old), parsed(new));
    assert_ne!(parsed(old), parsed(&[]));
}

#[test]
fn a_renamed_flag_is_known_by_both_names() {
    check(&["run", "http://localhost"], &["--bunch=1ms"], &["--batch-window=1ms"]);
    check(&["run", "http://localhost"], &["--spacing=poisson"], &["--arrivals=poisson"]);
    check(&["run", "http://localhost"], &["--deadline=3s"], &["--timeout=3s"]);
    check(&["report", "http://localhost"], &["--people=5"], &["--logged-in=5"]);
    check(&["compare"], &["--only=wire,cost"], &["--only=request-size,sizing"]);
}
