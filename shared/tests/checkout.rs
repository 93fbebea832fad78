//! Checkout properties: does the state machine keep its promises, whatever a client does and in whatever order?

use proptest::prelude::*;
use shared::api::checkout::{Address, Item, Payment, PaymentMethod};
use shared::checkout::{Draft, Refusal, Step, advance};

fn an_item() -> impl Strategy<Value = Item> {
    (1..200_i64, 1..100_i64).prop_map(|(product_id, quantity)| Item { product_id, quantity })
}

fn an_address() -> impl Strategy<Value = Address> {
    ("[A-Z][a-z]{1,9}", "[A-Z]{2}").prop_map(|(name, country)| Address {
        street: format!("1 {name} Street"),
        city: name.clone(),
        postal_code: "12345".into(),
        name,
        country,
    })
}

fn a_payment() -> impl Strategy<Value = Payment> {
    let method = prop_oneof![Just(PaymentMethod::Card), Just(PaymentMethod::Invoice)];
    (method, "[a-z]{1,9}").prop_map(|(method, reference)| Payment { method, reference })
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        ("[0-9a-f]{32}", prop::collection::vec(an_item(), 1..5)).prop_map(|(id, items)| Step::Start { id, items }),
        an_address().prop_map(Step::Address),
        a_payment().prop_map(Step::Payment),
        Just(Step::Confirm),
    ]
}

/// Walks through all the steps; a refused one leaves the draft as it was.
fn walk(steps: &[Step]) -> Option<Draft> {
    steps.iter().cloned().fold(None, |draft, step| advance(draft.clone(), step).ok().or(draft))
}

proptest! {
    #[test]
    fn a_draft_is_what_the_last_step_of_each_kind_made_it(steps in prop::collection::vec(a_step(), 0..12)) {
        let begun = steps.iter().rposition(|step| matches!(step, Step::Start { .. }));
        let draft = walk(&steps);
        prop_assert_eq!(draft.is_some(), begun.is_some());
        let (Some(draft), Some(begun)) = (draft, begun) else { return Ok(()) };
        let since = &steps[begun..];
        let address = since.iter().rev().find_map(|step| if let Step::Address(it) = step { Some(it) } else { None });
        let payment = since.iter().rev().find_map(|step| if let Step::Payment(it) = step { Some(it) } else { None });
        prop_assert_eq!(draft.address.as_ref(), address);
        prop_assert_eq!(draft.payment.as_ref(), payment);
        let start = Step::Start { id: draft.id, items: draft.items };
        prop_assert_eq!(&since[0], &start);
    }

    #[test]
    fn only_a_complete_draft_is_confirmed_and_confirming_changes_nothing(steps in prop::collection::vec(a_step(), 0..12)) {
        match walk(&steps) {
            None => prop_assert_eq!(advance(None, Step::Confirm), Err(Refusal::NotStarted)),
            Some(draft) if draft.missing().is_empty() => {
                prop_assert_eq!(advance(Some(draft.clone()), Step::Confirm), Ok(draft));
            }
            Some(draft) => {
                let missing = draft.missing();
                prop_assert_eq!(advance(Some(draft), Step::Confirm), Err(Refusal::Incomplete(missing)));
            }
        }
    }

    #[test]
    fn address_and_payment_come_in_any_order_and_again(start in a_step(), address in an_address(), payment in a_payment()) {
        prop_assume!(matches!(start, Step::Start { .. }));
        let [address, payment] = [Step::Address(address), Step::Payment(payment)];
        let one = walk(&[start.clone(), address.clone(), payment.clone()]);
        let other = walk(&[start, payment.clone(), address.clone(), address, payment]);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_draft_survives_the_way_to_the_client_and_back(steps in prop::collection::vec(a_step(), 0..12)) {
        let draft = walk(&steps);
        let text = serde_json::to_string(&draft).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Option<Draft>>(&text).expect("our own JSON"), draft);
    }
}
