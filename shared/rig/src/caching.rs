//! Shared cache: what stands between browsers and a server, and keeps what it should not?

mod nginx;
mod varnish;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::Process;

/// Usually it takes 300 ms for Varnish, which has a C compiler translate its rules, and 20 ms for nginx; a machine under full
/// load takes its time.
const READY: Duration = Duration::from_secs(20);

/// A private cache in front of one server. Each answer says in `X-Cache` whether it was a `HIT`.
pub struct Cache {
    _process: Process,
    url: String,
    _folder: TempDir,
}

/// Which program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// As naive as they come: the key is the target alone, and whatever does not say otherwise is kept for a minute, refusals
    /// among it.
    Nginx,
    /// Careful with credentials as it is installed.
    Varnish,
}

impl Product {
    /// # Errors
    /// It is not installed; the sentence says how.
    pub fn program(self) -> Result<PathBuf> {
        let (program, package) = match self {
            Product::Nginx => ("nginx", "nginx-light"),
            Product::Varnish => ("varnishd", "varnish"),
        };
        crate::program(&[program], &["/usr/sbin".into()], package)
    }
}

impl Cache {
    /// `upstream` is `http://ADDRESS:PORT`.
    ///
    /// # Errors
    /// The program, or the C compiler that Varnish needs, is not installed, or it does not come up in time.
    pub async fn start(product: Product, upstream: &str, rules: Rules) -> Result<Cache> {
        let program = product.program()?;
        let folder = crate::folder("cache-")?;
        let port = crate::free_port()?; // Neither can pick one itself.
        let (command, awaited, ends_by) = match product {
            Product::Nginx => nginx::command(&program, folder.path(), port, (upstream, rules))?,
            Product::Varnish => varnish::command(&program, folder.path(), port, (upstream, rules))?,
        };
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let mut process = Process::start(&name, command, awaited, ends_by)?;
        process.announced(READY).await?;
        Ok(Cache { _process: process, url: format!("http://127.0.0.1:{port}"), _folder: folder })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// How a program is started, what it says when it listens, and how it ends.
pub(super) type Started = (Command, &'static str, Signal);

/// What an operator writes into a cache's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub fields: Fields,
    pub credentials: Credentials,
}

/// `Cache-Control`, `Expires` and `Vary` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// They are obeyed.
    Kept,
    /// They are ignored, and what was answered with 200 is kept for a minute.
    Dropped,
}

/// What a request with a credential means to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// Whatever the cache does when nobody tells it anything.
    AsInstalled,
    /// An answer to `Authorization` is not kept unless it says that it may be (RFC 9111, section 3.5). No rule of HTTP
    /// speaks of `Cookie`.
    AsTheRfc,
    /// Nothing: the target alone is the key.
    Overlooked,
}

impl Rules {
    /// Nobody told it anything.
    pub const INSTALLED: Rules = Rules { fields: Fields::Kept, credentials: Credentials::AsInstalled };
}
