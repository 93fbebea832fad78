//! Varnish, shared cache: what does a cache do that is careful with credentials as it is installed?

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::caching::{Credentials, Fields, Rules};
use crate::process::Process;

/// Usually it takes 300 ms, as it has a C compiler translate its rules; a machine under full load takes its time.
const READY: Duration = Duration::from_secs(20);

/// A private Varnish in front of one server.
pub struct Varnish {
    _process: Process,
    url: String,
    _folder: TempDir,
}

impl Varnish {
    /// # Errors
    /// It is not installed; the sentence says how.
    pub fn program() -> Result<PathBuf> {
        crate::program(&["varnishd"], &["/usr/sbin".into()], "varnish")
    }

    /// `upstream` is `http://ADDRESS:PORT`. Each answer says in `X-Cache` whether it was a `HIT`.
    ///
    /// # Errors
    /// Varnish or the C compiler that it needs is not installed, or it does not come up in time.
    pub async fn start(upstream: &str, rules: Rules) -> Result<Varnish> {
        let program = Varnish::program()?;
        let folder = crate::folder("varnish-")?;
        let port = crate::free_port()?; // Varnish cannot pick one itself.
        let written = folder.path().join("rules.vcl");
        fs::write(&written, vcl(upstream, rules)).context("cannot write a file into a temporary folder")?;
        let mut command = Command::new(program);
        // No jail, since another user could not enter the folder; no port and no secret for an administrator.
        command.args(["-j", "none", "-F", "-T", "none", "-S", "none", "-s", "malloc,16m", "-p", "vsl_space=1M"]);
        command.args(["-p", "cc_command=exec cc -O0 -fpic -shared -Wl,-x -o %o %s"]); // A tenth of a second, not half of one.
        command.arg("-a").arg(format!("127.0.0.1:{port}"));
        command.arg("-n").arg(folder.path().join("work")).arg("-f").arg(written);
        // The first process listens before it starts the second, which answers; and a polite end lets it end that one.
        let mut process = Process::start("varnishd", command, "said Child starts", Signal::TERM)?;
        process.announced(READY).await?;
        Ok(Varnish { _process: process, url: format!("http://127.0.0.1:{port}"), _folder: folder })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Varnish's own rules follow after each of these subroutines, unless it returns: they pass on whatever brings `Cookie`
/// or `Authorization`, and keep nothing of it.
fn vcl(upstream: &str, rules: Rules) -> String {
    let (host, port) = upstream.trim_start_matches("http://").split_once(':').unwrap_or((upstream, "80"));
    let receive = match rules.credentials {
        Credentials::AsInstalled => "",
        Credentials::AsTheRfc | Credentials::Overlooked => {
            "    if (req.method == \"GET\" || req.method == \"HEAD\") { return (hash); }\n"
        }
    };
    let keep = match (rules.credentials, rules.fields) {
        (Credentials::AsTheRfc, Fields::Kept) => {
            "    if (bereq.http.Authorization && beresp.http.Cache-Control !~ \"public|must-revalidate|s-maxage\") {\n        \
                 return (pass(10s));\n    }\n"
        }
        (Credentials::AsTheRfc, Fields::Dropped) => "    if (bereq.http.Authorization) { return (pass(10s)); }\n",
        _ => "",
    };
    let drop = match rules.fields {
        Fields::Kept => "",
        Fields::Dropped => {
            "    unset beresp.http.Cache-Control;\n    unset beresp.http.Expires;\n    unset beresp.http.Vary;\n    \
                 if (beresp.status == 200) { set beresp.ttl = 60s; return (deliver); }\n"
        }
    };
    format!(
        "vcl 4.1;

backend origin {{ .host = \"{host}\"; .port = \"{port}\"; }}

sub vcl_recv {{
{receive}}}

sub vcl_backend_response {{
{keep}{drop}}}

sub vcl_deliver {{
    if (obj.hits > 0) {{ set resp.http.X-Cache = \"HIT\"; }} else {{ set resp.http.X-Cache = \"MISS\"; }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    use super::*;

    /// What the second of two people gets, when the answer to the first says nothing of itself.
    async fn second(credential: &str, credentials: Credentials) -> Result<String> {
        let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let rules = Rules { fields: Fields::Dropped, credentials };
        let varnish = Varnish::start(&format!("http://{}", upstream.local_addr()?), rules).await?;
        std::thread::spawn(move || {
            for stream in upstream.incoming() {
                let mut asked = stream?;
                let _ = asked.read(&mut [0; 4096])?;
                asked.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")?;
            }
            std::io::Result::Ok(())
        });
        let mut answer = String::new();
        for secret in ["one", "another"] {
            let mut stream = TcpStream::connect(varnish.url().trim_start_matches("http://"))?;
            write!(stream, "GET / HTTP/1.1\r\nHost: x\r\n{credential}: {secret}\r\nConnection: close\r\n\r\n")?;
            answer.clear();
            stream.read_to_string(&mut answer)?;
        }
        Ok(answer)
    }

    #[tokio::test]
    async fn it_is_careful_with_credentials_until_it_is_told_not_to_be() -> Result<()> {
        for (credential, credentials, expected) in [
            ("Cookie", Credentials::AsInstalled, "X-Cache: MISS"),
            ("Authorization", Credentials::AsInstalled, "X-Cache: MISS"),
            ("Cookie", Credentials::AsTheRfc, "X-Cache: HIT"),
            ("Authorization", Credentials::AsTheRfc, "X-Cache: MISS"),
            ("Authorization", Credentials::Overlooked, "X-Cache: HIT"),
        ] {
            let answer = second(credential, credentials).await?;
            assert!(answer.contains(expected), "{credential}, {credentials:?}: {answer}");
        }
        Ok(())
    }
}
