//! Shop visits: does every visitor get through on both servers, each with its own credential?

mod instrument;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use instrument::{count, figures_of};
use rustix::process::{Pid, Signal, kill_process};

/// A fleet of two replicas, gone when dropped.
struct Up {
    child: Child,
    urls: Vec<String>,
}

impl Up {
    fn start(mode: &str) -> Up {
        let arguments = ["up", "--mode", mode, "--replicas", "2", "--demo-visitors", "40"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().expect("it is built");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let urls = lines
            .take_while(|line| !line.contains("Ctrl-C"))
            .filter_map(|line| Some(line.trim().strip_suffix("/docs")?.to_owned()));
        let urls = urls.collect();
        Up { child, urls }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::INT);
        let _ = self.child.wait();
    }
}

#[track_caller]
fn check(mode: &str, credential: &str, how: &[&str]) {
    let fleet = Up::start(mode);
    assert_eq!(fleet.urls.len(), 2, "two replicas tell where they are");
    let arguments = [&[fleet.urls[1].as_str(), "--credential", credential, "--timeout", "10s"], how].concat();
    let figures = figures_of(&fleet.urls[0], &arguments);
    assert_eq!(count(&figures, "ok"), count(&figures, "sent"), "{mode}: {figures}");
    assert!(count(&figures, "ok") > 100, "{mode}: {figures}");
}

/// Everything that a visitor does, logging out and in again among it.
const ALL: &str = "browse=20,profile=20,order=10,checkout=30,refresh=15,logout=5";

#[test]
fn every_kind_of_visit_succeeds_with_a_token_on_any_replica() {
    check("jwt", "bearer", &["--users", "20", "--duration", "2s", "--journey", ALL]);
}

#[test]
fn every_kind_of_visit_succeeds_with_a_cookie_on_any_replica() {
    check("session-redis", "cookie", &["--users", "20", "--duration", "2s", "--journey", ALL]);
}

#[test]
fn visitors_of_one_replica_stay_with_it_where_only_it_remembers_them() {
    check("session-memory", "cookie", &["--users", "20", "--duration", "1s", "--journey", ALL, "--balance", "sticky"]);
}

#[test]
fn some_visitors_come_more_often_than_others_and_all_are_known() {
    let zipf = ["--rate", "200", "--arrivals", "poisson", "--duration", "1s", "--visitors", "40", "--zipf", "1"];
    check("session-redis", "cookie", &[&zipf[..], &["--path", "/api/whoami"]].concat());
}
