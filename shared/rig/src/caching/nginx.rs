//! Nginx as a shared cache: how is it configured and started?

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::caching::{Credentials, Fields, Rules, Started};

pub(super) fn command(program: &Path, folder: &Path, port: u16, (upstream, rules): (&str, Rules)) -> Result<Started> {
    fs::write(folder.join("nginx.conf"), configuration(port, upstream, rules))
        .context("cannot write a file into a temporary folder")?;
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
    Ok((command, "using the", Signal::KILL)) // By the time it says how it will wait for events, it listens.
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
