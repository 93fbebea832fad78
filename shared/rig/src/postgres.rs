//! Postgres: where do the orders live while we check the other database?

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use crate::process::Process;

/// Usually it takes 0.2 s; a machine under full load takes its time.
const READY: Duration = Duration::from_secs(30);
/// `initdb` usually takes 0.7 s.
const MADE: Duration = Duration::from_secs(60);

/// A private Postgres on a unix socket, with one user, `postgres`, who needs no password.
pub struct Postgres {
    _process: Process,
    folder: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it; returns when it accepts connections.
    ///
    /// # Errors
    /// Postgres is not installed, or does not come up in time.
    pub async fn start() -> Result<Postgres> {
        let folder = crate::folder("postgres-")?;
        let owner = owner()?;
        if let Some((uid, gid)) = owner {
            chown(folder.path(), Some(uid), Some(gid)).context("cannot give a folder to the user of Postgres")?;
        }
        initialize(folder.path(), owner).await?;
        let mut command = run_as(&installed("postgres")?, folder.path(), owner);
        command.args(["-D", "data", "-k", ".."]); // The socket is beside `data`, which Postgres makes its own place.
        // What makes a database survive a power cut makes tests slow, and these live as long as a test.
        for setting in ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
            command.args(["-c", setting]);
        }
        // SIGQUIT: else its shared memory would stay behind.
        let mut process = Process::start("postgres", command, "ready to accept connections", Signal::QUIT)?;
        process.announced(READY).await?;
        Ok(Postgres { _process: process, folder })
    }

    /// As sqlx wants it. The database `postgres` is empty; make others there with `CREATE DATABASE`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }
}

async fn initialize(folder: &Path, owner: Option<(u32, u32)>) -> Result<()> {
    let mut command = run_as(&installed("initdb")?, folder, owner);
    command.args(["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
    let mut process = Process::start("initdb", command, "Success", Signal::KILL)?;
    process.announced(MADE).await?;
    let status = process.ended(MADE).await?;
    if !status.success() {
        bail!("initdb ended with {status}; it said:\n{}", process.last_words());
    }
    Ok(())
}

/// Postgres refuses to run as root, for whom it therefore runs as somebody else.
fn run_as(program: &Path, folder: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// User and group to become, when we are root: Debian's `postgres`, or else `nobody`.
fn owner() -> Result<Option<(u32, u32)>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot tell which users there are")?;
    let ids_of = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    let owner = ids_of("postgres").or_else(|| ids_of("nobody"));
    Ok(Some(owner.context("Postgres refuses root, and there is neither a user `postgres` nor `nobody`")?))
}

/// Debian keeps Postgres off the path, in a folder for each version.
fn installed(program: &str) -> Result<PathBuf> {
    crate::program(&[program], &crate::versions(Path::new("/usr/lib/postgresql"), "bin"), "postgresql")
}
