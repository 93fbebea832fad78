//! What happens to two tabs of one person?

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use super::bench::{Bench, Halt};
use super::section::Section;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TwoTabs {}

#[async_trait(?Send)]
impl Section for TwoTabs {
    fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }

    fn takes(&self) -> Duration {
        Duration::ZERO
    }

    async fn run(&self, _bench: &mut Bench<'_>) -> Result<(), Halt> {
        Ok(())
    }
}
