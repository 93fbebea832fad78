//! Shared caches, tested: do they keep what nobody forbids?

use anyhow::Result;
use rig::caching::*;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// What two people get, one after the other, when the answer to the first says nothing of itself.
async fn answers(product: Product, credential: &str, rules: Rules) -> Result<[String; 2]> {
    let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let cache = Cache::start(product, &format!("http://{}", upstream.local_addr()?), rules).await?;
    std::thread::spawn(move || {
        for stream in upstream.incoming() {
            let mut asked = stream?;
            let _ = asked.read(&mut [0; 4096])?;
            asked.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")?;
        }
        std::io::Result::Ok(())
    });
    let mut answers = [const { String::new() }; 2];
    for (secret, answer) in ["one", "another"].into_iter().zip(&mut answers) {
        let mut stream = TcpStream::connect(cache.url().trim_start_matches("http://"))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: x\r\n{credential}: {secret}\r\nConnection: close\r\n\r\n")?;
        stream.read_to_string(answer)?;
    }
    Ok(answers)
}

async fn check(product: Product, credential: &str, rules: Rules, expected: &str) -> Result<()> {
    let [first, second] = answers(product, credential, rules).await?;
    assert!(first.contains("X-Cache: MISS"), "{product:?}, {credential}, {rules:?}: {first}");
    assert!(second.contains(expected), "{product:?}, {credential}, {rules:?}: {second}");
    Ok(())
}

#[tokio::test]
async fn nginx_listens_when_it_is_started_and_keeps_what_nobody_forbids() -> Result<()> {
    check(Product::Nginx, "Cookie", Rules::INSTALLED, "X-Cache: HIT").await
}

#[tokio::test]
async fn varnish_is_careful_with_credentials_until_it_is_told_not_to_be() -> Result<()> {
    for (credential, credentials, expected) in [
        ("Cookie", Credentials::AsInstalled, "X-Cache: MISS"),
        ("Authorization", Credentials::AsInstalled, "X-Cache: MISS"),
        ("Cookie", Credentials::AsTheRfc, "X-Cache: HIT"),
        ("Authorization", Credentials::AsTheRfc, "X-Cache: MISS"),
        ("Authorization", Credentials::Overlooked, "X-Cache: HIT"),
    ] {
        check(Product::Varnish, credential, Rules { fields: Fields::Dropped, credentials }, expected).await?;
    }
    Ok(())
}
