//! Fuzz target, signed drafts: is one accepted that we did not sign, or that belongs to another user?

#![no_main]
#![allow(dead_code, reason = "only what reads drafts is used of the server")]

#[path = "../../../stateless-server/src/claims.rs"]
mod claims;
#[path = "../../../stateless-server/src/families/mod.rs"]
mod families;
#[path = "../../../stateless-server/src/keys/mod.rs"]
mod keys;
mod signer;

use claims::{Access, SignedDraft};
use keys::terms::Kind;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::api::account::User;
use shared::checkout::{Step, advance};
use server::backend::Caller;
use signer::{Signer, dated};

thread_local! {
    static SIGNER: Signer = {
        let signer = Signer::new(Kind::Draft);
        let genuine = signer.sign(&dated(include_bytes!("../seeds/draft/begun")));
        assert!(signer.keys.verify::<SignedDraft>(&genuine).is_ok(), "a forger without the key proves nothing");
        signer
    };
}

fuzz_target!(|input: &[u8]| {
    let user = User { id: 123, username: "john".into(), roles: Vec::new() };
    let caller = Caller { user, login: String::new(), expires_at: jiff::Timestamp::UNIX_EPOCH };
    SIGNER.with(|signer| {
        if let Ok(text) = std::str::from_utf8(input) {
            assert!(signer.keys.recognise::<SignedDraft>(text).is_err(), "nobody signed this");
        }
        let input = &*dated(input);
        let signed = signer.sign(input);
        assert!(signer.keys.verify::<Access>(&signed).is_err(), "a draft is no access token");
        let opened = signer.keys.verify::<SignedDraft>(&signed).and_then(|signed| signed.draft_of(&caller));
        if let Ok(draft) = opened {
            let claims: Value = serde_json::from_slice(input).expect("only JSON is believed");
            assert_eq!(claims["sub"], "123", "somebody else's");
            let complete = draft.address.is_some() && draft.payment.is_some();
            assert_eq!(advance(Some(draft), Step::Confirm).is_ok(), complete);
        }
    });
});
