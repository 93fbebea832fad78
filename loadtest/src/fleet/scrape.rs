//! How much work did the servers cause behind them?
//!
//! Redis counts what it was asked, and each server counts the SQL that it runs.

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use shared::api::paths;
use tokio::net::TcpStream;

/// Calls to the store since it started, and how many of them wrote.
///
/// Counted are reads: each call of the session store begins with one, be it a command or a script, and what a script
/// does behind it is no further call over the network. What writes to a session in use is a script.
pub async fn store_calls(redis: &mut redis::aio::MultiplexedConnection) -> anyhow::Result<(u64, u64)> {
    const READS: [&str; 4] = ["get", "getex", "mget", "exists"];
    const WRITES: [&str; 2] = ["eval", "evalsha"];
    let text: String =
        redis::cmd("INFO").arg("commandstats").query_async(redis).await.context("Redis does not answer")?;
    let calls = |counted: &[&str]| {
        let calls = text.lines().filter_map(|line| {
            let (command, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            counted.contains(&command).then(|| figures.split(',').next()?.parse::<u64>().ok())?
        });
        calls.sum()
    };
    Ok((calls(&READS), calls(&WRITES)))
}

/// One of the counters at `/metrics`; absent means never counted.
pub async fn counter(url: &str, name: &str) -> anyhow::Result<u64> {
    let page = get(url, paths::METRICS).await?;
    let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<f64>().ok());
    Ok(value.unwrap_or(0.0) as u64)
}

/// # Errors
/// No answer, or not 200.
pub async fn get(url: &str, path: &str) -> anyhow::Result<String> {
    let host = url.trim_start_matches("http://");
    let stream = TcpStream::connect(host).await.with_context(|| format!("{url} does not answer"))?;
    let (mut requests, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::get(path).header(HOST, host).body(Empty::<Bytes>::new())?;
    let answer = requests.send_request(request).await?;
    if answer.status() != StatusCode::OK {
        bail!("GET {url}{path} answered {}", answer.status());
    }
    let body = answer.into_body().collect().await?.to_bytes();
    driver.abort();
    Ok(String::from_utf8_lossy(&body).into_owned())
}
