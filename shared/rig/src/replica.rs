//! Replica: what does one running server look like from outside?

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::process::Process;

/// From the start of a server to its first line: it opens its database and may fill it with demo data.
const READY: Duration = Duration::from_secs(30);
/// From SIGTERM to the end: requests under way may finish.
const DRAIN: Duration = Duration::from_secs(20);
/// What a server may learn from our environment. Any more, and a stray `REDIS_URL` would change what is checked.
const INHERITED: &[&str] = &["PATH", "HOME", "TMPDIR", "RUST_LOG", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"];

/// A server of either kind, as a child process.
pub struct Replica {
    process: Process,
    url: String,
}

impl Replica {
    /// Starts the binary, and returns when it says where it listens.
    ///
    /// # Errors
    /// It ends or stays silent; with its last words.
    pub async fn start(binary: &Path, arguments: &[String], environment: &[(String, String)]) -> Result<Replica> {
        Replica::overheard(binary, arguments, environment, |_| {}).await
    }

    /// The same, and each line that it says is heard as well.
    ///
    /// # Errors
    /// As [`Replica::start`].
    pub async fn overheard(
        binary: &Path,
        arguments: &[String],
        environment: &[(String, String)],
        hear: impl Fn(&str) + Clone + Send + 'static,
    ) -> Result<Replica> {
        let name = binary.file_name().unwrap_or(binary.as_os_str()).to_string_lossy().into_owned();
        let mut command = Command::new(binary);
        command.args(arguments).env_clear();
        command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.envs(environment.iter().cloned());
        let mut process = Process::overheard(&name, command, "listening on http", Signal::KILL, hear)?;
        let line = process.announced(READY).await?;
        let url = line.split_once("listening on ").with_context(|| format!("{name} said {line:?}"))?.1;
        Ok(Replica { process, url: url.trim().to_owned() })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// SIGTERM; returns when it has ended by itself.
    ///
    /// # Errors
    /// It has ended before, or does not end; with its last words.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        self.process.signal(Signal::TERM)?;
        self.process.ended(DRAIN).await
    }

    /// SIGKILL: what `kill -9` and a machine's death look like.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// SIGUSR1: a server with `--demo-logins` logs so many more visitors in.
    ///
    /// # Errors
    /// It has ended.
    pub fn log_in_more(&mut self) -> Result<()> {
        self.process.signal(Signal::USR1)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;
    use crate::log::Log;

    async fn start(script: &str) -> Result<Replica> {
        Replica::start(Path::new("/bin/sh"), &["-c".into(), script.into()], &[("GIVEN".into(), "yes".into())]).await
    }

    #[tokio::test]
    async fn it_is_found_by_its_first_line_and_stops_when_told() -> Result<()> {
        let mut replica = start("echo listening on http://127.0.0.1:1; read -r forever < /dev/zero").await?;
        assert_eq!(replica.url(), "http://127.0.0.1:1");
        replica.process.signal(Signal::STOP)?;
        replica.process.signal(Signal::CONT)?;
        assert_eq!(replica.stop().await?.signal(), Some(Signal::TERM.as_raw()));
        assert!(replica.process.signal(Signal::STOP).is_err(), "its number may be somebody else's by now");
        Ok(())
    }

    #[tokio::test]
    async fn all_that_it_says_can_be_heard() -> Result<()> {
        let script = "echo listening on http://127.0.0.1:1; seq 1000; seq 1000 >&2; echo end; exec sleep 60";
        let log = Log::default();
        let heard = log.clone();
        let hear = move |line: &str| heard.hear(line);
        let _replica = Replica::overheard(Path::new("/bin/sh"), &["-c".into(), script.into()], &[], hear).await?;
        let says = |words: &str| log.lines().iter().any(|line| line.contains(words));
        crate::until("both ends are heard", || async { Ok(says("end") && says("1000")) }).await
    }

    #[tokio::test]
    async fn one_that_fails_to_start_leaves_its_last_words() {
        let refused = start("echo 'no such setting: --x' >&2; exit 2").await.err().expect("it has ended").to_string();
        assert!(refused.contains("no such setting: --x"), "{refused}");
    }

    #[tokio::test]
    async fn it_sees_the_environment_it_is_given_and_no_more() -> Result<()> {
        let replica = start("echo listening on http://$GIVEN:$CARGO_MANIFEST_DIR; exec sleep 60").await?;
        assert_eq!(replica.url(), "http://yes:");
        Ok(())
    }
}
