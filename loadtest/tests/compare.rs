//! The compare command: does it measure what it promises, and leave nothing but its report?

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use report::recording::{Ending, Mode, Recording, Workload};
use rustix::process::{Pid, Signal, kill_process};

const DEADLINE: Duration = Duration::from_secs(60);

/// Half a second for each block: long enough to be interrupted in.
const LONG: &str = r#"
[auth-cost]
rate = 100
journey-rate = 50
visitors = 4
stretches = { blocks = 1000, measured = "50ms", warm-up = "0s" }
flat-out = { users = 4, measured = "20ms", warm-up = "0s" }
"#;

/// With a folder of its own for everything temporary, so that we see what is left there.
fn compare(folder: &Path, plan: &str) -> Child {
    let (temporary, out) = (folder.join("tmp"), folder.join("out"));
    std::fs::create_dir(&temporary).expect("a new folder is empty");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    command.args(["compare", "--seed", "7", "--plan", plan, "--out"]).arg(out).env("TMPDIR", temporary);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it is built")
}

fn wait_for_line(child: &mut Child, words: &str) {
    let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    let mut lines = lines.map_while(Result::ok).inspect(|line| eprintln!("{line}"));
    assert!(lines.any(|line| line.contains(words)), "it ended without saying {words:?}");
}

/// Their folders in /proc.
fn children(parent: u32) -> Vec<PathBuf> {
    let ours = |folder: &PathBuf| {
        let status = std::fs::read_to_string(folder.join("status")).unwrap_or_default();
        status.lines().any(|line| line.strip_prefix("PPid:\t") == Some(&*parent.to_string()))
    };
    let all = std::fs::read_dir("/proc").expect("it can be read").flatten().map(|entry| entry.path());
    all.filter(ours).collect()
}

fn wait_until(state: impl Fn() -> bool, what: &str) {
    let deadline = Instant::now() + DEADLINE;
    while !state() {
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        std::thread::yield_now();
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn recording(folder: &Path) -> Recording {
    let bytes = std::fs::read(folder.join("out/recording.jsonl")).expect("it was written");
    Recording::read(&bytes).expect("it is readable")
}

#[test]
fn a_tiny_run_counts_no_store_call_on_one_side_and_one_a_request_on_the_other() {
    let folder = tempfile::tempdir().expect("there is room");
    let output = compare(folder.path(), "tiny").wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let recording = recording(folder.path());
    assert_eq!(recording.footer.as_ref().map(|footer| footer.ending), Some(Ending::Complete));
    let calls = |mode| {
        let samples = recording.samples().filter(|sample| (sample.mode, sample.workload) == (mode, Workload::Whoami));
        samples.fold((0, 0), |(calls, ok), sample| (calls + sample.store_calls.seen, ok + sample.outcomes.ok))
    };
    let ((stateless, asked), (stateful, answered)) = (calls(Mode::Jwt), calls(Mode::SessionRedis));
    assert_eq!((stateless, asked > 0), (0, true));
    assert_eq!((stateful, answered > 0), (answered, true));
    for report in ["report.html", "report.md", "summary.json"] {
        assert!(folder.path().join("out").join(report).is_file(), "{report}");
    }
    assert!(is_empty(&folder.path().join("tmp")));
}

#[test]
fn ctrl_c_ends_everything_and_keeps_what_was_measured() {
    let folder = tempfile::tempdir().expect("there is room");
    let plan = folder.path().join("long.toml");
    std::fs::write(&plan, LONG).expect("there is room");
    let mut child = compare(folder.path(), &plan.display().to_string());
    wait_for_line(&mut child, "block 2 of 1000");
    let started = children(child.id());
    assert!(started.len() >= 3, "two servers and a Redis at least: {started:?}");

    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(2));
    wait_until(|| started.iter().all(|child| !child.exists()), "its children are gone");
    let recording = recording(folder.path());
    assert_eq!(recording.footer.as_ref().map(|footer| footer.ending), Some(Ending::Interrupted));
    assert!(recording.samples().count() >= 10, "the first block was measured");
    assert!(folder.path().join("out/report.html").is_file());
    assert!(is_empty(&folder.path().join("tmp")));
}

#[test]
fn a_plan_that_does_not_exist_is_one_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().expect("there is room");
    let output = compare(folder.path(), "no-such-plan").wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("there is no plan no-such-plan: use smoke, workshop, full"), "{said}");
}
