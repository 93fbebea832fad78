//! Tests of HAProxy: does the load balancer send each request where it should?

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use rig::haproxy::*;
use shared::api::paths;

/// Answers with its name, and says whether it is ready.
struct Replica {
    address: SocketAddr,
    ready: Arc<AtomicBool>,
}

impl Replica {
    fn named(name: &'static str) -> Result<Replica> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, ready) = (listener.local_addr()?, Arc::new(AtomicBool::new(true)));
        let is_ready = ready.clone();
        std::thread::spawn(move || listener.incoming().try_for_each(|stream| answer(&stream?, name, &is_ready)));
        Ok(Replica { address, ready })
    }
}

fn answer(mut stream: &TcpStream, name: &str, ready: &AtomicBool) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
    let not_ready = first.contains(paths::READY) && !ready.load(Ordering::Relaxed);
    let status = if not_ready { "503 Service Unavailable" } else { "200 OK" };
    let said = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{name}", name.len());
    std::io::Write::write_all(&mut stream, said.as_bytes())
}

/// Head and body of what is answered.
fn ask(haproxy: &HaProxy, cookie: &str) -> Result<String> {
    let mut stream = TcpStream::connect(haproxy.address())?;
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes())?;
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer)?;
    Ok(answer)
}

/// Who answered that many requests, in alphabetical order.
fn asked(haproxy: &HaProxy, times: usize) -> Result<String> {
    let answers = (0..times).map(|_| Ok(ask(haproxy, "none=")?.split("\r\n\r\n").nth(1).unwrap_or("?").to_owned()));
    let mut names = answers.collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names.concat())
}

#[tokio::test]
async fn each_has_its_turn_unless_it_is_drained_and_each_place_counts() -> Result<()> {
    let (a, b) = (Replica::named("a")?, Replica::named("b")?);
    let haproxy = HaProxy::start(&[a.address, b.address], Affinity::None).await?;
    assert_eq!(asked(&haproxy, 4)?, "aabb");
    haproxy.drain(0).await?;
    assert_eq!(asked(&haproxy, 2)?, "bb");
    haproxy.ready(0).await?;
    assert_eq!(asked(&haproxy, 2)?, "ab");
    let counted: Vec<_> = haproxy.places().await?.iter().map(|place| place.requests).collect();
    assert_eq!(counted, [3, 5, 0, 0, 0, 0, 0, 0]);
    assert!(haproxy.drain(PLACES).await.is_err(), "there is no such place");
    Ok(())
}

#[tokio::test]
async fn one_that_is_not_ready_is_left_alone_until_it_is() -> Result<()> {
    let (a, b) = (Replica::named("a")?, Replica::named("b")?);
    let haproxy = HaProxy::start(&[a.address, b.address], Affinity::None).await?;
    a.ready.store(false, Ordering::Relaxed);
    haproxy.becomes(0, "DOWN").await?;
    assert_eq!(asked(&haproxy, 2)?, "bb");
    a.ready.store(true, Ordering::Relaxed);
    haproxy.found_ready(0).await?;
    assert_eq!(asked(&haproxy, 2)?, "ab");
    Ok(())
}

#[tokio::test]
async fn another_replica_takes_a_place_that_nobody_had() -> Result<()> {
    let (a, b) = (Replica::named("a")?, Replica::named("b")?);
    let haproxy = HaProxy::start(&[a.address], Affinity::None).await?;
    assert_eq!(asked(&haproxy, 2)?, "aa");
    haproxy.move_to(1, b.address).await?;
    haproxy.ready(1).await?;
    assert_eq!(asked(&haproxy, 2)?, "ab");
    assert_eq!(haproxy.places().await?[1].address, b.address.to_string());
    Ok(())
}

#[tokio::test]
async fn a_cookie_leads_back_to_the_same_replica() -> Result<()> {
    let (a, b) = (Replica::named("a")?, Replica::named("b")?);
    let haproxy = HaProxy::start(&[a.address, b.address], Affinity::Cookie).await?;
    let first = ask(&haproxy, "none=")?.to_lowercase();
    let given = first.split("set-cookie: ").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_default();
    assert!(given.starts_with("server="), "{first}");
    let cookie = given.replace("server", "SERVER");
    let again = (0..4).map(|_| ask(&haproxy, &cookie)).collect::<Result<Vec<_>>>()?;
    let name = first.split("\r\n\r\n").nth(1).unwrap_or("?");
    assert!(again.iter().all(|answer| answer.ends_with(&format!("\r\n\r\n{name}"))), "{again:?}");
    Ok(())
}
