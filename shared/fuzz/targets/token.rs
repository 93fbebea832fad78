//! Fuzz target, access tokens: is one accepted that we did not sign, or that says what it must not?

#![no_main]
#![allow(dead_code, reason = "only what reads tokens is used of the server")]

#[path = "../../../stateless-server/src/claims.rs"]
mod claims;
#[path = "../../../stateless-server/src/families/mod.rs"]
mod families;
#[path = "../../../stateless-server/src/keys/mod.rs"]
mod keys;
#[path = "../../../stateless-server/src/families/refresh_token.rs"]
mod refresh_token;
mod signer;

use claims::Access;
use keys::terms::Kind;
use libfuzzer_sys::fuzz_target;
use refresh_token::RefreshToken;
use serde_json::Value;
use signer::{Signer, dated};

thread_local! {
    static SIGNER: Signer = {
        let signer = Signer::new(Kind::AccessToken);
        let genuine = signer.sign(&dated(include_bytes!("../seeds/token/claims")));
        assert!(signer.keys.verify::<Access>(&genuine).is_ok(), "a forger without the key proves nothing");
        signer
    };
}

fuzz_target!(|input: &[u8]| {
    SIGNER.with(|signer| {
        if let Ok(text) = std::str::from_utf8(input) {
            assert!(signer.keys.recognise::<Access>(text).is_err(), "nobody signed this");
            if let Some(token) = RefreshToken::parse(text) {
                assert_eq!(token.to_string(), text, "two texts are one token");
            }
        }
        let input = &*dated(input);
        let signed = signer.sign(input);
        if let Ok(access) = signer.keys.verify::<Access>(&signed) {
            let claims: Value = serde_json::from_slice(input).expect("only JSON is believed");
            says_all_that_it_must(&claims);
            let _ = access.caller(); // A subject that is no number is refused, and nothing worse.
        }
        assert!(signer.keys.verify::<claims::SignedDraft>(&signed).is_err(), "an access token is no draft");
    });
});

fn says_all_that_it_must(claims: &Value) {
    for text in ["iss", "aud", "sub", "jti", "sid", "username"] {
        assert!(claims[text].is_string(), "{text} in {claims}");
    }
    let [exp, iat, nbf] = ["exp", "iat", "nbf"].map(|date| claims[date].as_i64().expect("a whole number"));
    let now = jiff::Timestamp::now().as_second();
    let (early, late) = (now - 6, now + 6);
    assert!(exp > early && iat < late && nbf < late, "dates in {claims}");
    assert!((0..=24 * 60 * 60).contains(&(exp - iat)), "too long a life in {claims}");
}
