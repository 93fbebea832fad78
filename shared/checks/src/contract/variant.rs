//! Variant of a mode: what is said on top of it?

use anyhow::{Context, Result};

use rig::fleet::{Database, Fleet};
use shared::modes::Mode;
use shared::modes::entry::Side;
use shared::modes::promises::Promises;

/// A mode, and what is said on top of it.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    pub mode: Mode,
    /// More flags for its server.
    pub flags: &'static [&'static str],
    pub promises: Promises,
}

impl Variant {
    /// Nothing is said on top.
    ///
    /// # Errors
    /// The mode promises nothing.
    pub fn plain(mode: Mode) -> Result<Variant> {
        let promises = mode.entry().promises.with_context(|| format!("{} promises nothing", mode.name()))?;
        Ok(Variant { mode, flags: &[], promises })
    }

    /// One mode for each set of promises of a side.
    ///
    /// # Errors
    /// One of its modes promises nothing.
    pub fn with_different_promises(side: Side) -> Result<Vec<Variant>> {
        let mut different: Vec<Variant> = Vec::new();
        for mode in Mode::of(side) {
            let variant = Variant::plain(mode)?;
            if different.iter().all(|known| known.promises != variant.promises) {
                different.push(variant);
            }
        }
        Ok(different)
    }

    /// A fleet of it without any replica so far.
    pub(super) async fn fleet(&self, database: Database) -> Result<Fleet> {
        let mut fleet = Fleet::of(self.mode, database).await?;
        fleet.more = self.flags.iter().map(|flag| (*flag).to_owned()).collect();
        Ok(fleet)
    }
}
