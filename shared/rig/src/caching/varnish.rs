//! Varnish as a shared cache: how is it configured and started, careful with credentials or not?

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::caching::{Credentials, Fields, Rules, Started};

pub(super) fn command(program: &Path, folder: &Path, port: u16, (upstream, rules): (&str, Rules)) -> Result<Started> {
    let written = folder.join("rules.vcl");
    fs::write(&written, vcl(upstream, rules)).context("cannot write a file into a temporary folder")?;
    let mut command = Command::new(program);
    // No jail, since another user could not enter the folder; no port and no secret for an administrator.
    command.args(["-j", "none", "-F", "-T", "none", "-S", "none", "-s", "malloc,16m", "-p", "vsl_space=1M"]);
    command.args(["-p", "cc_command=exec cc -O0 -fpic -shared -Wl,-x -o %o %s"]); // A tenth of a second, not half of one.
    command.arg("-a").arg(format!("127.0.0.1:{port}"));
    command.arg("-n").arg(folder.join("work")).arg("-f").arg(written);
    // The first process listens before it starts the second, which answers; and a polite end lets it end that one.
    Ok((command, "said Child starts", Signal::TERM))
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
