//! Verdict on one case: what do the answers to tries that belong together amount to?

use anyhow::{Result, bail};

use crate::attacks::cell::Cell;
use wire::response::Response;

/// All accepted or all refused: else whoever tries often enough gets through.
///
/// # Errors
/// They differ, or a refusal is not as it must be.
pub(super) fn verdict(answers: &[Response]) -> Result<Cell> {
    let mut statuses: Vec<u16> = Vec::new();
    for answer in answers.iter().filter(|answer| !answer.is_success()) {
        answer.check_refusal()?;
        statuses.push(answer.status);
    }
    let refused = statuses.len();
    statuses.sort_unstable();
    statuses.dedup();
    match answers.len() - refused {
        0 if refused == 0 => bail!("nothing was tried"),
        0 => Ok(Cell::Refused(statuses)),
        accepted if refused == 0 && accepted > 0 => Ok(Cell::Accepted),
        accepted => {
            let first = answers.iter().position(Response::is_success).unwrap_or_default();
            bail!(
                "{accepted} of {} tries were accepted, try {first} among them; the others {statuses:?}",
                answers.len()
            )
        }
    }
}
