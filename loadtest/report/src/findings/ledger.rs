//! Claim ledger: what did the textbook claim, and what became of it?
//!
//! The comparison table of the textbook, row by row, and some lines of its lists, where only one side is spoken of. Each
//! row names the claims that it comes to, in words that a measurement can contradict.

use crate::evidence::claims::{Claim, LedgerRow};

/// What the textbook says of both sides, and the keys of the claims in it.
type TextbookRow = (LedgerRow, &'static [&'static str]);

const fn row(aspect: &'static str, stateless: &'static str, stateful: &'static str) -> LedgerRow {
    LedgerRow { aspect, stateless, stateful, claims: Vec::new() }
}

impl LedgerRow {
    const fn means(self, claims: &'static [&'static str]) -> TextbookRow {
        (self, claims)
    }
}

const TEXTBOOK: [TextbookRow; 10] = [
    row("Scalability", "Excellent horizontal scaling", "Limited by session storage").means(&[
        "stateless-fleet-grows",
        "stateful-fleet-is-limited-by-its-store",
        "any-replica-answers-a-token",
        "session-needs-a-sticky-client",
    ]),
    row("Performance", "Fast, no session lookup", "May be slower due to session overhead").means(&[
        "token-needs-no-lookup",
        "token-costs-less-cpu",
        "session-p99-is-later",
        "token-is-faster-wherever-redis-is",
    ]),
    row("Reliability", "High fault tolerance", "Session data can be lost").means(&[
        "killed-replica-takes-no-stateless-state",
        "killed-replica-takes-sessions",
        "session-data-can-be-lost",
        "stateless-fleet-survives-redis",
    ]),
    row("Memory usage", "Low server memory", "Higher due to session storage")
        .means(&["login-takes-no-memory-without-a-session", "session-takes-memory-while-it-lasts"]),
    row("Development", "Simpler server logic", "Complex session management").means(&[
        "stateless-server-is-simpler",
        "stateless-deploy-goes-unnoticed",
        "stateful-deploy-logs-people-out",
    ]),
    row("Security", "Token-based, can be secure", "Session fixation vulnerabilities").means(&[
        "forged-token-is-refused",
        "session-can-be-fixed",
        "stolen-token-works-longer",
        "token-outlives-logout",
        "ending-a-token-at-once-costs-a-session",
    ]),
    row("Caching", "Easy to cache responses", "Difficult due to user-specific data")
        .means(&["shared-cache-answers-for-stateless", "shared-cache-cannot-answer-for-stateful"]),
    row("Request size", "Increased request size", "–").means(&["token-makes-requests-larger"]),
    row("Token management", "Token management and renewal", "–").means(&["new-key-burdens-tokens"]),
    row("Workflows", "–", "For complex user workflows with multiple steps")
        .means(&["work-in-steps-is-safer-in-a-session"]),
];

/// The table, with what became of each claim.
pub(crate) fn rows(mut claims: Vec<Claim>) -> Vec<LedgerRow> {
    let mut take = |key: &&str| {
        let at = claims.iter().position(|claim| claim.key == *key).expect("each key is that of one claim: a test asks");
        claims.swap_remove(at)
    };
    TEXTBOOK.map(|(row, keys)| LedgerRow { claims: keys.iter().map(&mut take).collect(), ..row }).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::validity::Evidence;
    use crate::experiments::ALL;
    use crate::recording::Recording;
    use crate::wanted::Wanted;

    const COMPLETE: &str = include_str!("../../tests/fixtures/complete.jsonl");

    #[test]
    fn every_claim_of_an_experiment_stands_in_one_row() {
        let recording = Recording::parse(COMPLETE).expect("it is one");
        let evidence = Evidence::partition_valid(&recording);
        let studies = ALL.iter().map(|experiment| experiment.study(&evidence, &Wanted::default()));
        let mut claimed: Vec<&str> = studies.flat_map(|study| study.claims).map(|claim| claim.key).collect();
        let mut listed: Vec<&str> = TEXTBOOK.iter().flat_map(|(_, keys)| *keys).copied().collect();
        claimed.sort_unstable();
        listed.sort_unstable();
        assert_eq!(claimed, listed);
        assert!(listed.windows(2).all(|two| two[0] != two[1]), "a key is that of one claim");
    }
}
