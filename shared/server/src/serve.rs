//! Server lifecycle: how does a server begin, and how does it end?
//!
//! It begins with one line on standard output. It ends in order: first it says that it is not ready, then it accepts no
//! more, then it finishes what it began.

use std::io::{Write, stdout};
use std::net::TcpListener;
use std::process::ExitCode;

use actix_web::dev::Server;
use anyhow::{Context, Result, bail};
use tokio::net::TcpSocket;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

use crate::health::Health;
use crate::settings::{Invalid, Settings};

/// Connections that may wait to be accepted: a load test opens thousands at once, and a refused one tries again only
/// after a second.
const BACKLOG: u32 = 4096;

/// Binds the address and prints `listening on http://ADDRESS:PORT`, with the real port, as the first line of output.
/// Clients may connect from then on.
///
/// # Errors
/// The address cannot be had.
pub fn listener(settings: &Settings) -> Result<TcpListener> {
    let address = settings.listen;
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    let listener = bind().with_context(|| Invalid(format!("--listen {address} cannot be used")))?;
    let mut out = stdout().lock();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    out.flush()?; // Whoever reads this through a pipe waits for the line.
    drop(out);
    Ok(listener)
}

/// Runs until SIGTERM, SIGINT or SIGQUIT, and then until every request is answered, which takes
/// [`DRAIN_SECONDS`](crate::limits::DRAIN_SECONDS) at most. A second signal ends it at once.
///
/// # Errors
/// The server broke, or was ended before every request was answered.
pub async fn until_signalled(mut server: Server, health: Health, settings: &Settings) -> Result<()> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        broken = &mut server => return broken.context("the server stopped by itself"),
        () = signals.next() => {}
    }
    tracing::info!("shutting down: not ready any more");
    health.begin_shutdown();
    let handle = server.handle();
    let drain = async {
        sleep(settings.drain_delay).await;
        let gracefully = true;
        // The server itself carries the order out, so both must run.
        tokio::join!(handle.stop(gracefully), server).1
    };
    tokio::select! {
        drained = drain => drained.context("the server broke while it was shutting down"),
        () = signals.next() => bail!("a second signal ended the server before every request was answered"),
    }
}

/// The three ways in which a server is asked to end: by a supervisor, by Ctrl-C, by Ctrl-\.
struct Signals([Signal; 3]);

impl Signals {
    fn listen() -> Result<Signals> {
        let [term, int, quit] = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::quit()].map(signal);
        Ok(Signals([term?, int?, quit?]))
    }

    async fn next(&mut self) {
        let [term, int, quit] = &mut self.0;
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = quit.recv() => {}
        }
    }
}

/// Tells a person why the server ended, in one sentence, and a script by the exit code: 2 when a setting is at fault.
pub fn exit(result: Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("error: {error:#}");
    if error.downcast_ref::<Invalid>().is_some() { ExitCode::from(2) } else { ExitCode::FAILURE }
}
