//! Who decides which replica answers a request?

use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Balancer {
    /// The client itself, which knows all replicas: no extra process, and nothing to pass through.
    Client,
    /// A HAProxy, which asks each replica whether it is ready.
    Haproxy,
}

impl Balancer {
    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Balancer::Client => "client",
            Balancer::Haproxy => "haproxy",
        }
    }
}
