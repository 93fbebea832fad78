//! Verdict on one case: what do the answers to tries that belong together amount to?

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::attacks::cell::Cell;
use wire::response::Response;

/// All accepted or all refused: else whoever tries often enough gets through.
///
/// # Errors
/// They differ, or a refusal is not as it must be.
pub(super) fn verdict(answers: &[Response]) -> Result<Cell> {
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_success());
    refused.iter().try_for_each(|answer| answer.check_refusal())?;
    let statuses: BTreeSet<u16> = refused.iter().map(|answer| answer.status).collect();
    match (accepted.len(), statuses.is_empty()) {
        (0, true) => bail!("nothing was tried"),
        (0, false) => Ok(Cell::Refused(statuses.into_iter().collect())),
        (_, true) => Ok(Cell::Accepted),
        (accepted, false) => {
            let (first, all) = (answers.iter().position(Response::is_success).unwrap_or_default(), answers.len());
            bail!("{accepted} of {all} tries were accepted, try {first} among them; the others {statuses:?}")
        }
    }
}
