//! Private Redis: where do the sessions live while we check?

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::certificates::Certificates;
use crate::process::Process;

/// Usually it takes 20 ms; a machine under full load takes its time.
const READY: Duration = Duration::from_secs(10);
/// For one command of ours.
const REPLY: Duration = Duration::from_secs(1);

/// How clients reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listen {
    /// A unix socket in its own folder: no port to collide on.
    #[default]
    Socket,
    /// A free port on loopback, for what must stand between: proxies, other address families.
    Port,
    /// The same with TLS, by a certificate of its own authority.
    Tls,
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    pub listen: Listen,
    /// As on the command line, after ours: `["--appendonly", "yes"]` makes it remember.
    pub arguments: Vec<String>,
}

/// A private Redis (or Valkey) that keeps nothing on disk, on an address that outlives its death.
pub struct Redis {
    process: Process,
    program: PathBuf,
    arguments: Vec<String>,
    url: String,
    port: u16,
    folder: TempDir,
}

impl Redis {
    /// Starts one, and returns when it answers a PING.
    ///
    /// # Errors
    /// Neither `redis-server` nor `valkey-server` is installed, or it does not come up in time.
    pub async fn start(options: Options) -> Result<Redis> {
        let program = crate::program(&["redis-server", "valkey-server"], &[], "redis-server")?;
        let folder = crate::folder("redis-")?;
        let port = if options.listen == Listen::Socket { 0 } else { crate::free_port()? };
        let (url, listen) = match options.listen {
            Listen::Socket => (format!("redis+unix://{}", socket(folder.path()).display()), vec![]),
            Listen::Port => (format!("redis://127.0.0.1:{port}"), vec!["--port".into(), port.to_string()]),
            Listen::Tls => {
                let certificates = Certificates::make(folder.path())?;
                (
                    format!("rediss://127.0.0.1:{port}?ca={}", certificates.authority.display()),
                    certificates.arguments(port),
                )
            }
        };
        let arguments = [listen, options.arguments].concat();
        let process = launch(&program, folder.path(), &arguments).await?;
        Ok(Redis { process, program, arguments, url, port, folder })
    }

    /// As clients write it: `redis+unix:///…/socket`, `redis://127.0.0.1:PORT` or `rediss://127.0.0.1:PORT?ca=…`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Zero on a socket.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// SIGKILL: from now on connections are refused.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same address: empty, unless its arguments say otherwise. Kills it first if it still runs.
    ///
    /// # Errors
    /// It does not come up in time.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill();
        self.process = launch(&self.program, self.folder.path(), &self.arguments).await?;
        Ok(())
    }

    /// SIGSTOP: connections are accepted (by the kernel), and nobody answers.
    ///
    /// # Errors
    /// It has ended.
    pub fn freeze(&mut self) -> Result<()> {
        self.process.signal(Signal::STOP)
    }

    /// SIGCONT.
    ///
    /// # Errors
    /// It has ended.
    pub fn thaw(&mut self) -> Result<()> {
        self.process.signal(Signal::CONT)
    }

    /// Asks it one command, past all clients: words without spaces, and an answer that is no list.
    ///
    /// # Errors
    /// It does not answer, or with an error.
    pub fn ask(&self, command: &str) -> Result<String> {
        ask(self.folder.path(), command)
    }

    /// Does it say so of its replication?
    pub(super) fn replicates(&self, words: &str) -> Result<bool> {
        Ok(self.ask("INFO replication")?.contains(words))
    }

    /// Commands that clients had answered since the start, connection set-up and our own questions left out.
    ///
    /// # Errors
    /// It does not answer.
    pub fn commands_answered(&self) -> Result<u64> {
        const NOT_WORK: &[&str] = &["info", "ping", "hello", "auth", "select", "client", "command", "config", "role"];
        let [answered] = self.calls([&|command| !NOT_WORK.contains(&command)])?;
        Ok(answered)
    }

    /// Since the start, of the commands that count for each, by their names in lower case; all of the same moment.
    ///
    /// # Errors
    /// It does not answer.
    pub fn calls<const N: usize>(&self, counts: [&dyn Fn(&str) -> bool; N]) -> Result<[u64; N]> {
        let statistics = self.ask("INFO commandstats")?;
        let calls = |counts: &dyn Fn(&str) -> bool| {
            let calls = statistics.lines().filter_map(|line| {
                let (command, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
                counts(command.split('|').next()?).then(|| figures.split(',').next()?.parse::<u64>().ok())?
            });
            calls.sum()
        };
        Ok(counts.map(calls))
    }
}

async fn launch(program: &Path, folder: &Path, arguments: &[String]) -> Result<Process> {
    let mut command = Command::new(program);
    command.current_dir(folder).args(["--save", "", "--appendonly", "no", "--dir", ".", "--bind", "127.0.0.1"]);
    command.args(["--port", "0", "--unixsocket"]).arg(socket(folder)).args(arguments);
    let mut process = Process::start("redis-server", command, "eady to accept connections", Signal::KILL)?;
    process.announced(READY).await?;
    match ask(folder, "PING")?.as_str() {
        "PONG" => Ok(process),
        other => bail!("redis-server answered PING with {other}"),
    }
}

/// Where it always listens as well: our own questions need neither TLS nor a password.
pub(super) fn socket(folder: &Path) -> PathBuf {
    folder.join("socket")
}

/// One inline command on a connection of its own: enough of the protocol to need no client.
pub(super) fn ask(folder: &Path, command: &str) -> Result<String> {
    let mut stream = UnixStream::connect(socket(folder)).context("cannot reach Redis on its socket")?;
    stream.set_read_timeout(Some(REPLY))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    reader.read_line(&mut head).with_context(|| format!("Redis does not answer {command}"))?;
    match head.trim_end().split_at_checked(1) {
        Some(("+" | ":", text)) => Ok(text.to_owned()),
        Some(("$", length)) => {
            let mut text = vec![0; length.parse()?];
            reader.read_exact(&mut text).with_context(|| format!("Redis does not answer {command}"))?;
            Ok(String::from_utf8(text)?)
        }
        _ => bail!("Redis answered {command} with {head:?}"),
    }
}
