//! Nginx, shared cache: what stands between a browser and a server, and keeps what it should not?

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::caching::{Credentials, Fields, Rules};
use crate::process::Process;

/// Usually it takes 20 ms; a machine under full load takes its time.
const READY: Duration = Duration::from_secs(10);

/// A private nginx with a shared cache in front of one server. As naive as they come: the key is the target alone, and
/// whatever does not say otherwise is kept for a minute, refusals among it.
pub struct Nginx {
    _process: Process,
    url: String,
    _folder: TempDir,
}

impl Nginx {
    /// # Errors
    /// It is not installed; the sentence says how.
    pub fn program() -> Result<PathBuf> {
        crate::program(&["nginx"], &["/usr/sbin".into()], "nginx-light")
    }

    /// `upstream` is `http://ADDRESS:PORT`. Each answer says in `X-Cache` whether it was a `HIT`.
    ///
    /// # Errors
    /// nginx is not installed, or does not come up in time.
    pub async fn start(upstream: &str, rules: Rules) -> Result<Nginx> {
        let program = Nginx::program()?;
        let folder = crate::folder("nginx-")?;
        let port = crate::free_port()?; // nginx cannot pick one itself.
        fs::write(folder.path().join("nginx.conf"), configuration(port, upstream, rules))
            .context("cannot write a file into a temporary folder")?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
        // By the time it says how it will wait for events, it listens.
        let mut process = Process::start("nginx", command, "using the", Signal::KILL)?;
        process.announced(READY).await?;
        Ok(Nginx { _process: process, url: format!("http://127.0.0.1:{port}"), _folder: folder })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// One process, which needs no other user, and everything it writes below the folder.
fn configuration(port: u16, upstream: &str, rules: Rules) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = temporary.iter().map(|name| format!("    {name}_temp_path {name};\n")).collect();
    let ignored = match rules.fields {
        Fields::Kept => "",
        Fields::Dropped => "            proxy_ignore_headers Cache-Control Expires Vary Set-Cookie;\n",
    };
    // As it is installed, nginx does not look at what a request brings.
    let unkept = match rules.credentials {
        Credentials::AsInstalled | Credentials::Overlooked => "",
        Credentials::AsTheRfc => "            proxy_no_cache $unkept;\n",
    };
    let allowing = match rules.fields {
        Fields::Kept => "~(public|must-revalidate|s-maxage) 1;",
        Fields::Dropped => "",
    };
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {{}}
http {{
    access_log off;
{temporary}    proxy_cache_path cache keys_zone=shared:1m;
    map $upstream_http_cache_control $allowed {{ default 0; {allowing} }}
    map $http_authorization:$allowed $unkept {{ default 0; ~^.+:0$ 1; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {upstream};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_cache shared;
            proxy_cache_key $request_uri;
            proxy_cache_valid 200 401 404 1m;
{ignored}{unkept}            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn it_listens_when_it_is_started_and_keeps_what_nobody_forbids() -> Result<()> {
        let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let nginx = Nginx::start(&format!("http://{}", upstream.local_addr()?), Rules::INSTALLED).await?;
        std::thread::spawn(move || {
            let (mut asked, _) = upstream.accept()?; // Once: the second answer must come from the cache.
            let _ = asked.read(&mut [0; 4096])?;
            asked.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        });
        for (secret, expected) in [("one", "X-Cache: MISS"), ("another", "X-Cache: HIT")] {
            let mut stream = TcpStream::connect(nginx.url().trim_start_matches("http://"))?;
            write!(stream, "GET / HTTP/1.1\r\nHost: x\r\nCookie: {secret}\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            assert!(answer.contains(expected), "{answer}");
        }
        Ok(())
    }
}
