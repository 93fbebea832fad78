//! The trend command: where did it go, and what does the exit code say?

#[path = "../report/tests/synthetic/mod.rs"]
mod synthetic;

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use report::diff::Named;
use report::diff::judge::Change;
use report::diff::page::follow;
use report::diff::trend::{Trend, trend};
use report::evidence::metric::Metric;
use report::recording::{Ending, Event, Footer, Grounds, Mode, Recording, Writer};
use synthetic::Run;

/// A run of this day in March.
fn run(day: u64, heavier: f64, machine: fn(u32) -> f64) -> Recording {
    let mut recording = Run { seed: 20 + day, heavier, machine, ..Run::default() }.recording();
    recording.header.started_at = format!("2026-03-0{day}T09:26:05Z").parse().expect("it is RFC 3339");
    recording
}

/// On another machine from the second day on, and heavier by a tenth from the fourth.
fn five() -> Vec<(String, Recording)> {
    let days = (1..=5).map(|day| {
        let mut recording = run(day, if day < 4 { 1.0 } else { 1.1 }, if day < 2 { |_| 1.0 } else { |_| 1.1 });
        if day > 1 {
            recording.header.machine.kernel = "6.8.0-invented".into();
        }
        if day > 3 {
            recording.header.versions.insert("stateless-server".into(), "0.2.0".into());
        }
        (format!("march-{day}"), recording)
    });
    days.collect()
}

fn followed(days: &[(String, Recording)]) -> Trend {
    trend(&days.iter().map(|(name, recording)| Named { name, recording }).collect::<Vec<_>>())
}

#[test]
fn the_step_with_the_largest_change_is_named() {
    let trend = followed(&five());
    let line = trend.lines.iter().find(|line| (line.arm.mode, line.metric) == (Mode::Jwt, Metric::ServerCpu));
    let line = line.expect("all recordings have it");
    assert_eq!(line.whole.as_ref().map(|row| (row.change, row.regression)), Some((Change::Worse, true)));
    assert_eq!(
        line.largest.as_ref().map(|step| step.from),
        Some(2),
        "from the third to the fourth, not to another machine"
    );
    insta::assert_snapshot!("trend", follow(&trend).markdown);
}

#[test]
fn recordings_are_told_in_the_order_in_which_they_were_made() {
    let mut days = five();
    days.reverse();
    let names: Vec<String> = followed(&days).stops.into_iter().map(|stop| stop.name).collect();
    assert_eq!(names, ["march-1", "march-2", "march-3", "march-4", "march-5"]);
}

#[test]
fn a_trend_that_went_nowhere_says_so() {
    let days: Vec<(String, Recording)> = (1..=3).map(|day| (format!("march-{day}"), run(day, 1.0, |_| 1.0))).collect();
    let told = follow(&followed(&days));
    assert_eq!(told.title, "No difference seen", "{}", told.answer);
    for text in [told.html, told.markdown, told.json] {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

/// As `loadtest compare` leaves it.
fn write(folder: &Path, recording: &Recording) {
    std::fs::create_dir_all(folder).expect("there is room");
    let file = File::create(folder.join("recording.jsonl")).expect("there is room");
    let mut writer = Writer::new(file, &recording.header).expect("there is room");
    recording.events.iter().for_each(|event| writer.write(event).expect("there is room"));
    let Footer { ended_at, .. } = recording.footer.clone().expect("it is complete");
    writer.finish(ended_at, Ending::Complete).expect("there is room");
}

fn loadtest(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loadtest")).args(arguments).current_dir(folder).output().expect("it is built")
}

#[track_caller]
fn check(output: &Output, code: i32, said: &str) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(said), "{said} is not in:\n{text}");
}

#[test]
fn the_exit_code_tells_a_regression_from_none_and_both_from_a_mistake() {
    let folder = tempfile::tempdir().expect("there is room");
    let at = folder.path();
    write(&at.join("before"), &run(1, 1.0, |_| 1.0));
    write(&at.join("after"), &run(2, 1.1, |_| 1.0));
    std::fs::write(at.join("empty.jsonl"), "").expect("there is room");

    check(&loadtest(at, &["diff", "before", "after"]), 1, "worse by more than 5\u{a0}%");
    check(
        &loadtest(at, &["diff", "before", "after/recording.jsonl", "--threshold", "20%"]),
        0,
        "worse, and by no more than 20\u{a0}%",
    );
    check(&loadtest(at, &["diff", "after", "before"]), 0, "are better");
    let mut void = run(2, 1.0, |_| 1.0);
    for event in &mut void.events {
        if let Event::Sample(sample) = event {
            sample.grounds = Grounds::Judged(vec!["the generator saturated".into()]);
        }
    }
    write(&at.join("void"), &void);
    check(&loadtest(at, &["diff", "before", "void"]), 1, "Part of B cannot be told");
    check(&loadtest(at, &["diff", "before", "nowhere"]), 2, "nowhere: cannot read the recording");
    check(&loadtest(at, &["diff", "before", "empty.jsonl"]), 2, "the recording is empty");
    check(&loadtest(at, &["diff", "before", "after", "--threshold", "much"]), 2, "a number of per cent");
}

#[test]
fn markdown_alone_goes_into_a_pull_request_and_pages_go_into_a_folder() {
    let folder = tempfile::tempdir().expect("there is room");
    let at = folder.path();
    let days = five();
    days.iter().for_each(|(name, recording)| write(&at.join(name), recording));

    let piped =
        loadtest(at, &["diff", "march-1", "march-4", "--markdown", "-", "--json", "diff.json", "--out", "pages"]);
    assert!(String::from_utf8_lossy(&piped.stdout).starts_with("## B is worse\n"), "nothing but Markdown");
    for file in ["diff.json", "pages/diff.html", "pages/diff.md", "pages/diff.json"] {
        assert!(at.join(file).is_file(), "{file}");
    }
    check(&loadtest(at, &["diff", "march-1", "march-4", "--markdown", "-", "--json", "-"]), 2, "only one of");
    check(&loadtest(at, &["report", "march-1", "march-2"]), 0, "march-2/diff.html");
    let all: Vec<&str> = ["report"].into_iter().chain(days.iter().map(|(name, _)| name.as_str())).collect();
    check(&loadtest(at, &all), 0, "march-5/trend.html");
    check(&loadtest(at, &["trend", "march-1", "march-5", "--out", "pages"]), 0, "pages/trend.html");
    check(&loadtest(at, &["trend", "march-1"]), 2, "loadtest help");
}
