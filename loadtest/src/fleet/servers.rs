//! Server binaries: where are the programs that are measured?

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

#[derive(Debug, Clone, Default, Args)]
pub struct Servers {
    /// Folder with the binaries stateless-server and stateful-server. [default: where this program is]
    #[arg(long, value_name = "DIR")]
    pub servers: Option<PathBuf>,
}

impl Servers {
    /// # Errors
    /// It was not built; the sentence says how.
    pub fn find(&self, name: &str) -> anyhow::Result<PathBuf> {
        match &self.servers {
            None => rig::binary(name),
            Some(folder) if folder.join(name).is_file() => Ok(folder.join(name)),
            Some(folder) => bail!("{name} is not in {}: build it with `cargo build -p {name}`", folder.display()),
        }
    }
}
