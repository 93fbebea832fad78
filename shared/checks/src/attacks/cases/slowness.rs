//! Slow clients: can one that is slow on purpose make others wait?

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::net::TcpStream;
use tokio::time::interval;

use crate::attacks::case::{Company, Group, rule};
use crate::attacks::cell::{Cell, refused};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use crate::attacks::together::together;
use shared::api::paths;
use wire::connection::Connection;
use wire::login::{Login, credentials};
use wire::request::Request;
use wire::response::Response;

/// Half of them never finish a head, half a body.
const SLOW: usize = 2000;
const BYTE: Duration = Duration::from_secs(1);
/// The bytes of a second are spread over so many moments: thousands at once would be a crowd, and not slow.
const MOMENTS: usize = 20;
/// By then a first head must have been cut off: 5 s, and the machine does much else.
const CUT: Duration = Duration::from_secs(9);
/// A body that stalls is waited for 10 s.
const STALLED: Duration = Duration::from_secs(16);

/// Between two requests of somebody well-behaved.
const PACE: Duration = Duration::from_millis(5);
/// How long we look at those before anybody is slow.
const BEFORE: Duration = Duration::from_secs(1);
/// What somebody well-behaved may wait, 99 times of 100; or so many times as long as before, on a machine that is slow itself.
const BOUND: (Duration, u32) = (Duration::from_millis(250), 5);

const SOURCE: &str = "RFC 9110 15.5.9; OWASP ASVS 15.2.2; CWE-400";

pub(super) fn group() -> Group {
    let cases = [
        rule(SOURCE, Cell::Held)
            .case("2,000 connections at a byte a second: first heads are cut off, others do not wait", dripping),
        rule(SOURCE, refused(408)).case("a body that stalls", stalling),
        rule(SOURCE, Cell::Accepted).case("a later head on a kept connection, at a byte a second for 10 s", later),
    ];
    Group {
        company: Company::Crowd,
        ..Group::new("slowness", "Can somebody who is slow on purpose make others wait?", cases)
    }
}

async fn dripping(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let before = p99(target, &login, tokio::time::sleep(BEFORE)).await?;
    let mut slow = Vec::new();
    for at in 0..SLOW {
        slow.push(Drip::begin(target.url(), at % 2 == 0).await?);
    }
    let during = p99(target, &login, drip(&mut slow, CUT)).await?;
    let kept = slow.iter().filter(|drip| drip.is_head && !drip.ended).count();
    ensure!(kept == 0, "{kept} heads were still waited for after {CUT:?}");
    let cut = slow.iter().filter(|drip| !drip.is_head && drip.ended).count();
    ensure!(cut == 0, "{cut} bodies were cut off before their time");
    let held = during <= BOUND.0 || during <= before.saturating_mul(BOUND.1);
    ensure!(held, "others waited {during:?} (p99), and {before:?} before");
    Ok(Cell::Held)
}

/// Of a well-behaved client's requests, as long as the other future runs.
async fn p99(target: &Target, login: &Login, meanwhile: impl Future<Output = ()>) -> Result<Duration> {
    let mut connection = Connection::open(target.url()).await?;
    let (mut pace, mut waits) = (interval(PACE), Vec::new());
    let mut meanwhile = std::pin::pin!(meanwhile);
    loop {
        tokio::select! {
            () = &mut meanwhile => break,
            _ = pace.tick() => {
                let begun = Instant::now();
                let answer = connection.send(&login.whoami()).await?;
                // Redis may be out of reach for a moment while thousands are accepted: that counts as waiting for ever.
                ensure!([200, 503].contains(&answer.status), "somebody well-behaved was refused: {}", answer.status);
                waits.push(if answer.status == 200 { begun.elapsed() } else { Duration::MAX });
            }
        }
    }
    waits.sort_unstable();
    waits.get(waits.len() * 99 / 100).copied().context("nobody asked")
}

/// A connection that writes one byte at a time.
struct Drip {
    stream: TcpStream,
    is_head: bool,
    /// The server hung up, or said something.
    ended: bool,
}

impl Drip {
    async fn begin(url: &str, is_head: bool) -> Result<Drip> {
        let mut connection = Connection::open(url).await?;
        let host = connection.host().to_owned();
        let begun = if is_head {
            "GET /api/anonymous HTTP/1.1\r\nX-Slow: ".into()
        } else {
            format!(
                "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{"
            )
        };
        connection.write(begun).await;
        Ok(Drip { stream: connection.into_stream(), is_head, ended: false })
    }

    fn write(&mut self) {
        let _ = self.stream.try_write(b" "); // It fails on a connection that is closed, which reading tells, too.
        let said = self.stream.try_read(&mut [0; 1024]);
        self.ended |= !said.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    }
}

/// Until every head has ended, or the time has.
async fn drip(slow: &mut [Drip], limit: Duration) {
    let (begun, mut pace) = (Instant::now(), interval(BYTE / MOMENTS as u32));
    let mut moments = (0..MOMENTS).cycle();
    while begun.elapsed() < limit && slow.iter().any(|drip| drip.is_head && !drip.ended) {
        pace.tick().await;
        let due = slow.iter_mut().skip(moments.next().unwrap_or_default()).step_by(MOMENTS);
        due.filter(|drip| !drip.ended).for_each(Drip::write);
    }
}

async fn stalling(target: &Target) -> Result<Cell> {
    /// On each path: where anybody may write, and where a credential is looked up first.
    const EACH: usize = 20;
    let login = target.newcomer().await?;
    let request = |at| {
        if at % 2 == 0 {
            credentials("x", "x")
        } else {
            Request::post(paths::ORDERS).by(&login).body("application/json", "{   }")
        }
    };
    let stalled = (0..2 * EACH).map(|at| stalled(target, request(at)));
    let answers = together(stalled).await.into_iter().collect::<Result<Vec<_>>>()?;
    verdict(&answers)
}

async fn stalled(target: &Target, request: Request) -> Result<Response> {
    let mut connection = Connection::open(target.url()).await?;
    let (head, body) = request.written(connection.host());
    connection.write([head.as_bytes(), &body[..body.len() / 2]].concat()).await;
    connection.patience = STALLED;
    Ok(connection.receive().await?)
}

/// The server times no head but the first: it keeps a connection, and no worker, busy. Whoever minds puts a proxy in front.
async fn later(target: &Target) -> Result<Cell> {
    let mut connection = Connection::open(target.url()).await?;
    ensure!(connection.send(&Request::get(paths::ANONYMOUS)).await?.status == 200, "no first answer");
    let head = format!("GET {} HTTP/1.1\r\nHost: {}\r\nX: ", paths::ANONYMOUS, connection.host());
    connection.write(head).await;
    let mut pace = interval(BYTE);
    for _ in 0..10 {
        pace.tick().await;
        connection.write(" ").await;
    }
    connection.write("x\r\n\r\n").await;
    verdict(&[connection.receive().await?])
}
