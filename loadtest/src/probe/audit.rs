//! Reconciliation with the database: was anything lost, done twice, or told to the wrong user?

use std::collections::BTreeSet;

use report::recording::Audit;

use crate::probe::log::Outcome;

/// What one client can swear to.
#[derive(Debug, Default)]
pub struct Diary {
    pub intents: Vec<Intent>,
    /// What the server listed before anything was ordered here, and when all was over. None: it did not say.
    pub listed_before: Vec<i64>,
    pub listed: Option<Vec<i64>>,
    /// Answers about somebody else.
    pub foreign: u64,
    pub held_draft: bool,
    pub holds_draft: bool,
    pub lost_draft: bool,
    /// The credential was refused, and renewed without a password.
    pub renewed: bool,
}

/// One order that somebody wants, under a key of its own.
#[derive(Debug, Clone)]
pub struct Intent {
    pub product: i64,
    pub key: u64,
    /// The orders that answers with 201 named; one, if all is well.
    pub placed: BTreeSet<i64>,
    /// An answer was missing, so nobody knew.
    pub was_unknown: bool,
}

impl Intent {
    pub fn of(product: i64, key: u64) -> Intent {
        Intent { product, key, placed: BTreeSet::new(), was_unknown: false }
    }

    pub fn is_settled(&self) -> bool {
        !self.placed.is_empty()
    }

    pub fn came_to(&mut self, outcome: Outcome, placed: Option<i64>) {
        self.placed.extend(placed);
        self.was_unknown |= outcome.is_unknown();
    }
}

/// What all diaries say together. Who was logged out is in the log, and a client that logged out before knows that.
pub fn audit(diaries: &[&Diary]) -> Audit {
    let mut audit = Audit::default();
    for diary in diaries {
        orders(diary, &mut audit);
        audit.foreign += diary.foreign;
        audit.drafts += u64::from(diary.held_draft);
        audit.drafts_lost += u64::from(diary.lost_draft);
        audit.renewed += u64::from(diary.renewed);
    }
    audit
}

fn orders(diary: &Diary, audit: &mut Audit) {
    audit.orders += diary.intents.len() as u64;
    audit.unknown += diary.intents.iter().filter(|intent| intent.was_unknown).count() as u64;
    let Some(listed) = &diary.listed else {
        audit.unsettled += diary.intents.len() as u64; // Who cannot read the books knows nothing.
        return;
    };
    audit.unsettled += diary.intents.iter().filter(|intent| !intent.is_settled()).count() as u64;
    let before: BTreeSet<_> = diary.listed_before.iter().collect();
    let there: BTreeSet<_> = listed.iter().filter(|id| !before.contains(id)).collect();
    for Intent { placed, .. } in &diary.intents {
        audit.orders_lost += placed.iter().filter(|id| !there.contains(id)).count() as u64;
        audit.orders_twice += (placed.len() as u64).saturating_sub(1);
    }
    let told: BTreeSet<_> = diary.intents.iter().flat_map(|intent| &intent.placed).collect();
    let unsettled = diary.intents.iter().filter(|intent| !intent.is_settled()).count();
    // An order that nobody was told of belongs to an unknown key, or was made twice.
    let untold = there.iter().filter(|id| !told.contains(**id)).count();
    audit.orders_twice += untold.saturating_sub(unsettled) as u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diary(answers: &[&[i64]], listed: &[i64]) -> Diary {
        let intent = |ids: &&[i64]| Intent { placed: ids.iter().copied().collect(), ..Intent::of(1, 1) };
        Diary { intents: answers.iter().map(intent).collect(), listed: Some(listed.to_vec()), ..Diary::default() }
    }

    #[track_caller]
    fn check(told: &str, diary: Diary, (lost, twice, unsettled): (u64, u64, u64)) {
        let Audit { orders_lost, orders_twice, unsettled: open, .. } = audit(&[&diary]);
        assert_eq!((orders_lost, orders_twice, open), (lost, twice, unsettled), "{told}");
    }

    #[test]
    fn each_order_is_there_once_or_lost_or_there_twice_or_nobody_knows() {
        check("each that was promised is there", diary(&[&[1], &[2]], &[2, 1]), (0, 0, 0));
        check("one that was promised is not", diary(&[&[1], &[2]], &[1]), (1, 0, 0));
        check("one key made two, and said so", diary(&[&[1, 2]], &[1, 2]), (0, 1, 0));
        check("one key made two", diary(&[&[1]], &[1, 2]), (0, 1, 0));
        check("one that nobody was told of may be an unknown key's", diary(&[&[1], &[]], &[1, 2]), (0, 0, 1));
        check("but only one", diary(&[&[1], &[]], &[1, 2, 3]), (0, 1, 1));
        check("from before", Diary { listed_before: vec![7], ..diary(&[&[8]], &[8, 7]) }, (0, 0, 0));
        check("books that cannot be read", Diary { listed: None, ..diary(&[&[1]], &[]) }, (0, 0, 1));
    }

    #[test]
    fn an_order_without_an_answer_is_unknown_until_one_comes() {
        let mut intent = Intent::of(1, 1);
        intent.came_to(Outcome::TimedOut, None);
        assert!(!intent.is_settled() && intent.was_unknown);
        intent.came_to(Outcome::Ok, Some(7));
        assert!(intent.is_settled() && intent.was_unknown);
    }

    #[test]
    fn what_somebody_else_was_told_is_counted() {
        let diary = Diary { foreign: 2, held_draft: true, lost_draft: true, ..Diary::default() };
        let Audit { foreign, drafts, drafts_lost, .. } = audit(&[&diary, &Diary::default()]);
        assert_eq!((foreign, drafts, drafts_lost), (2, 1, 1));
    }
}
