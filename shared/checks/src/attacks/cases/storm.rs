//! Login storm: what does a password cost, when hundreds are tried at once, and does the time tell anything?

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::attacks::case::{Company, Group, rule};
use crate::attacks::cell::Cell;
use crate::attacks::target::Target;
use crate::attacks::together::together;
use shared::api::paths;
use wire::connection::Connection;
use wire::login::credentials;
use wire::request::Request;

/// Of each kind: visitors, whose passwords are cheap to check; john, whose is not; and names that nobody has.
const EACH: usize = 100;
/// For all of them to be answered, on a machine that does much else.
const ANSWERED: Duration = Duration::from_secs(20);
/// What one password takes while it is checked (OWASP Password Storage), in MiB, one a core at a time.
const HASH_MIB: u64 = 19;
/// And what three hundred connections and their answers may take besides, in MiB.
const REST_MIB: u64 = 64;

/// Accounts that are guessed at, at first and at most: more of them while the machine does too much else to tell.
const ACCOUNTS: [usize; 2] = [4, 16];
/// At each: fewer than the limit.
const GUESSES: usize = 4;
/// How far the medians of known and unknown names may be apart.
const APART: f64 = 1.5;

pub(super) fn group() -> Group {
    let cases = [
        rule("OWASP ASVS 15.2.2; CWE-400", Cell::Held)
            .case("300 logins at once: each is answered, memory is bounded, all is well after", storm),
        rule("OWASP ASVS 6.3.8; CWE-208", Cell::Held)
            .case("a name that nobody has, against one that somebody has: the time it takes", timing),
    ];
    Group {
        company: Company::Alone,
        ..Group::new("storm", "What do many passwords cost, and does the time tell anything?", cases)
    }
}

async fn storm(target: &Target) -> Result<Cell> {
    let pid = target.replicas[0].pid;
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the peak of the memory cannot be forgotten")?;
    let before = memory(pid, "VmRSS")?;
    let logins = (0..EACH).flat_map(|at| {
        let unknown = credentials(&format!("nobody-{at}"), "wrong");
        [credentials(&target.stranger(), "visitor"), credentials("john", "secret"), unknown]
    });
    let begun = Instant::now();
    let answers =
        together(logins.map(|request| async move { target.send_from(target.elsewhere(), &request).await })).await;
    let took = begun.elapsed();
    for answer in answers {
        let answer = answer?;
        if !answer.is_success() {
            answer.check_refusal()?;
            ensure!([401, 429, 503].contains(&answer.status), "{} {}", answer.status, answer.text());
        }
    }
    ensure!(took <= ANSWERED, "the last was answered after {took:?}");
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (grown, bound) = (memory(pid, "VmHWM")?.saturating_sub(before), cores * HASH_MIB + REST_MIB);
    ensure!(grown <= bound, "the memory grew by {grown} MiB, and {bound} are right");
    let after = target.log_in("jane", "secret").await?;
    ensure!(target.send(&after.whoami()).await?.status == 200, "the server is not well afterwards");
    Ok(Cell::Held)
}

/// MiB of a process, as the kernel tells them.
fn memory(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    Ok(kib.with_context(|| format!("the kernel does not tell {name}"))? / 1024)
}

/// Known and unknown in turn, so that whatever else the machine does falls on both.
async fn timing(target: &Target) -> Result<Cell> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for account in 0..ACCOUNTS[1] {
        let mut connection = Connection::open_from(target.elsewhere(), target.url()).await?;
        let somebody = with_a_password_of_full_cost(target).await?;
        for _ in 0..GUESSES {
            for (name, waits) in [(&somebody, &mut known), (&format!("nobody-at-all-{account}"), &mut unknown)] {
                let begun = Instant::now();
                let answer = connection.send(&credentials(name, "wrong")).await?;
                waits.push(begun.elapsed());
                ensure!(answer.status == 401, "{name}: {} {}", answer.status, answer.text());
            }
        }
        let ratio = median(&mut known).as_secs_f64() / median(&mut unknown).as_secs_f64();
        if account + 1 >= ACCOUNTS[0] && (1.0 / APART..=APART).contains(&ratio) {
            return Ok(Cell::Held);
        }
    }
    bail!("{:?} for known names, {:?} for unknown ones", median(&mut known), median(&mut unknown))
}

/// The visitors' own are cheap on purpose.
async fn with_a_password_of_full_cost(target: &Target) -> Result<String> {
    let login = target.newcomer().await?;
    let change = json!({ "current": "visitor", "new": "seven horses and one battery" });
    let answer = target.send(&Request::put(paths::PASSWORD).by(&login).json(&change)).await?;
    ensure!(answer.status == 204, "the password could not be changed: {} {}", answer.status, answer.text());
    Ok(login.username)
}

fn median(waits: &mut [Duration]) -> Duration {
    waits.sort_unstable();
    waits[waits.len() / 2]
}
