//! TLS trust: whom does a connection with TLS believe?

use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Read once: a redis of ours with TLS would read this system's certificates again for each connection, which takes longer
/// than many a request.
#[derive(Clone)]
pub(super) struct Trust(TlsConnector);

impl Trust {
    /// In those whose certificates stand in this file, in PEM, and in nobody else.
    ///
    /// # Errors
    /// It cannot be read, or holds none.
    pub(super) fn in_those_of(file: &str) -> Result<Trust> {
        let text = fs::read(file).with_context(|| format!("{file} cannot be read"))?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        Trust::of(certificates.unwrap_or_default()).with_context(|| format!("{file} holds no certificate in PEM"))
    }

    /// In whomever this system trusts.
    ///
    /// # Errors
    /// That is nobody.
    pub(super) fn as_the_system() -> Result<Trust> {
        Trust::of(rustls_native_certs::load_native_certs().certs)
            .context("this system trusts nobody, so ca must say whom")
    }

    fn of(certificates: Vec<CertificateDer<'static>>) -> Result<Trust> {
        let mut roots = RootCertStore::empty();
        let (usable, _) = roots.add_parsable_certificates(certificates);
        ensure!(usable > 0, "no certificate can be read");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Trust(TlsConnector::from(Arc::new(config))))
    }

    /// # Errors
    /// Nobody answers there, or not with a certificate for this host by somebody trusted.
    pub(super) async fn connect(&self, host: &str, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
        self.0.connect(name, TcpStream::connect((host, port)).await?).await
    }
}
