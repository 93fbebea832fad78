//! Where do the sessions live while we check?

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use super::process::Process;

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
    address: Address,
    folder: TempDir,
}

#[derive(Debug, Clone)]
enum Address {
    Socket(PathBuf),
    Port(u16),
}

impl Redis {
    /// Starts one, and returns when it answers a PING.
    ///
    /// # Errors
    /// Neither `redis-server` nor `valkey-server` is installed, or it does not come up in time.
    pub async fn start(options: Options) -> Result<Redis> {
        let program = super::program(&["redis-server", "valkey-server"], &[], "redis-server")?;
        let folder = super::folder("redis-")?;
        let address = match options.listen {
            Listen::Socket => Address::Socket(folder.path().join("socket")),
            Listen::Port => Address::Port(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port()),
        };
        let process = launch(&program, &folder, &address, &options.arguments).await?;
        Ok(Redis { process, program, arguments: options.arguments, address, folder })
    }

    /// As clients write it: `redis+unix:///…/socket` or `redis://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        match &self.address {
            Address::Socket(path) => format!("redis+unix://{}", path.display()),
            Address::Port(port) => format!("redis://127.0.0.1:{port}"),
        }
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
        self.process = launch(&self.program, &self.folder, &self.address, &self.arguments).await?;
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

    /// Commands that clients had answered since the start, connection set-up and our own questions left out.
    ///
    /// # Errors
    /// It does not answer.
    pub fn commands_answered(&self) -> Result<u64> {
        const NOT_WORK: &[&str] = &["info", "ping", "hello", "auth", "select", "client", "command", "config"];
        let statistics = ask(&self.address, "INFO commandstats")?;
        let calls = statistics.lines().filter_map(|line| {
            let (command, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            let counts = !NOT_WORK.contains(&command.split('|').next()?);
            counts.then(|| figures.split(',').next()?.parse::<u64>().ok())?
        });
        Ok(calls.sum())
    }
}

async fn launch(program: &PathBuf, folder: &TempDir, address: &Address, arguments: &[String]) -> Result<Process> {
    let mut command = Command::new(program);
    command.current_dir(folder.path()).args(["--save", "", "--appendonly", "no", "--dir", "."]);
    match address {
        Address::Socket(path) => command.args(["--port", "0", "--unixsocket"]).arg(path),
        Address::Port(port) => command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]),
    };
    command.args(arguments);
    let mut process = Process::start("redis-server", command, "eady to accept connections", Signal::KILL)?;
    process.announced(READY).await?;
    match ask(address, "PING")?.as_str() {
        "PONG" => Ok(process),
        other => bail!("redis-server answered PING with {other}"),
    }
}

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// One inline command on a connection of its own: enough of the protocol to need no client.
fn ask(address: &Address, command: &str) -> Result<String> {
    let mut stream = connect(address).with_context(|| format!("cannot reach Redis at {address:?}"))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    reader.read_line(&mut head)?;
    match head.trim_end().split_at_checked(1) {
        Some(("+" | ":", text)) => Ok(text.to_owned()),
        Some(("$", length)) => {
            let mut text = vec![0; length.parse()?];
            reader.read_exact(&mut text)?;
            Ok(String::from_utf8(text)?)
        }
        _ => bail!("Redis answered {command} with {head:?}"),
    }
}

fn connect(address: &Address) -> std::io::Result<Box<dyn Stream>> {
    match address {
        Address::Socket(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(REPLY))?;
            Ok(Box::new(stream))
        }
        Address::Port(port) => {
            let address = (Ipv4Addr::LOCALHOST, *port).into();
            let stream = TcpStream::connect_timeout(&address, REPLY).map_err(|_| ErrorKind::ConnectionRefused)?;
            stream.set_read_timeout(Some(REPLY))?;
            Ok(Box::new(stream))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_answers_on_either_address_and_forgets_everything_on_the_same_one() -> Result<()> {
        for listen in [Listen::Socket, Listen::Port] {
            let mut redis = Redis::start(Options { listen, ..Options::default() }).await?;
            let (url, pid) = (redis.url(), redis.pid());
            ask(&redis.address, "SET colour green")?;
            assert_eq!(redis.commands_answered()?, 1);
            assert_eq!(ask(&redis.address, "GET colour")?, "green");
            redis.kill();
            assert!(ask(&redis.address, "PING").is_err());
            redis.restart().await?;
            assert_eq!((redis.url(), ask(&redis.address, "DBSIZE")?), (url, "0".into()));
            assert_ne!(redis.pid(), pid);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_frozen_one_answers_once_it_is_thawed_and_its_folder_goes_with_it() -> Result<()> {
        let mut redis = Redis::start(Options::default()).await?;
        redis.freeze()?;
        assert!(ask(&redis.address, "PING").is_err());
        redis.thaw()?;
        assert_eq!(ask(&redis.address, "PING")?, "PONG");
        let folder = redis.folder.path().to_owned();
        drop(redis);
        assert!(!folder.exists());
        Ok(())
    }
}
