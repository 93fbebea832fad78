//! Test certificates: who signs for a server with TLS while we check?

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// An authority that nobody trusts unless told to, and a server's certificate that it signed, for `127.0.0.1` and
/// `localhost`. Both are good for a day.
pub struct Certificates {
    /// The authority's own certificate, in PEM.
    pub authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificates {
    /// Makes them in this folder, with `openssl`.
    ///
    /// # Errors
    /// It is not installed, or fails; with what it said.
    pub fn make(folder: &Path) -> Result<Certificates> {
        let program = crate::program(&["openssl"], &[], "openssl")?;
        let made = |name: &str, constraints: &str, signed: &[&str]| {
            let mut command = Command::new(&program);
            command
                .current_dir(folder)
                .args(["req", "-x509", "-days", "1", "-nodes", "-subj"])
                .arg(format!("/CN={name}"));
            command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-addext", constraints]);
            command.arg("-keyout").arg(format!("{name}.key")).arg("-out").arg(format!("{name}.crt")).args(signed);
            let output = command.output().context("cannot start openssl")?;
            ensure!(output.status.success(), "openssl failed; it said:\n{}", String::from_utf8_lossy(&output.stderr));
            anyhow::Ok(())
        };
        made("authority", "basicConstraints=critical,CA:TRUE", &[])?;
        let names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
        let signed = [&["-CA", "authority.crt", "-CAkey", "authority.key"], &names[..]].concat();
        made("server", "basicConstraints=critical,CA:FALSE", &signed)?;
        let path = |name: &str| folder.join(name);
        Ok(Certificates { authority: path("authority.crt"), certificate: path("server.crt"), key: path("server.key") })
    }

    /// What tells a Redis to show them on this port, and to ask its clients for none.
    pub(super) fn arguments(&self, port: u16) -> Vec<String> {
        let text = |path: &Path| path.display().to_string();
        let port = ["--tls-port".into(), port.to_string(), "--tls-auth-clients".into(), "no".into()];
        let cert = ["--tls-cert-file".into(), text(&self.certificate), "--tls-key-file".into(), text(&self.key)];
        [&port[..], &cert, &["--tls-ca-cert-file".into(), text(&self.authority)]].concat()
    }
}
