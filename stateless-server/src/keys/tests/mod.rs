//! Signing keys, tested: is exactly that believed which we signed, and for as long as it shall be?

mod files;

use std::slice;

use serde::{Deserialize, Serialize};

use super::*;
use crate::keys::terms::Terms;
use crate::keys::verifying::Verifying;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Es256, Algorithm::Eddsa];

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
}

impl Statement for Note {
    const KIND: Kind = Kind::AccessToken;

    fn terms(&self) -> Terms<'_> {
        let Note { iss, aud, iat, exp } = self;
        Terms { issuer: iss, audience: aud, issued: *iat, not_before: *iat, expires: *exp }
    }
}

/// The same words, for another purpose.
#[derive(Serialize, Deserialize)]
struct Other(Note);

impl Statement for Other {
    const KIND: Kind = Kind::Draft;

    fn terms(&self) -> Terms<'_> {
        self.0.terms()
    }
}

fn note(seconds_left: i64) -> Note {
    let now = Timestamp::now().as_second();
    Note { iss: "us".into(), aud: "them".into(), iat: now - 60, exp: now + seconds_left }
}

fn keys(keys: &[Key], algorithm: Algorithm, seen: &Seen) -> Keys {
    let parties = Parties { issuer: "us".into(), audience: "them".into() };
    Keys::of(keys.to_vec(), algorithm, parties, seen.clone()).unwrap()
}

/// One key, with and without a cache that has seen `token`.
fn with_and_without_cache(algorithm: Algorithm, test: impl Fn(&Keys, &Key, &str)) {
    for tokens in [0, 10] {
        let key = Key::generate(algorithm).unwrap();
        let keys = keys(slice::from_ref(&key), algorithm, &Seen::at_most(tokens));
        let token = keys.sign(&note(60)).unwrap();
        assert!(is_believed(&keys, &token) && is_believed(&keys, &token), "{algorithm}");
        assert_eq!(keys.seen.knows(&token), tokens > 0);
        test(&keys, &key, &token);
    }
}

fn is_believed(keys: &Keys, token: &str) -> bool {
    keys.verify::<Note>(token).is_ok()
}

/// A token with this head and the claims of a good one, signed the way that `algorithm` signs.
fn forged(head: &str, token: &str, algorithm: jsonwebtoken::Algorithm, with: &EncodingKey) -> String {
    let claims = token.split('.').nth(1).unwrap();
    let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(head));
    format!("{signed}.{}", crypto::sign(signed.as_bytes(), with, algorithm).unwrap())
}

#[test]
fn no_byte_of_a_token_can_be_another() {
    for algorithm in ALGORITHMS {
        with_and_without_cache(algorithm, |keys, _, token| {
            for at in 0..token.len() {
                for flip in [1, 2, 4, 8, 16, 32, 64] {
                    let mut bytes = token.as_bytes().to_vec();
                    bytes[at] ^= flip;
                    let other = String::from_utf8(bytes).unwrap();
                    assert!(!is_believed(keys, &other), "{other}");
                }
                assert!(!is_believed(keys, &token[..at]) && !is_believed(keys, &token[at + 1..]), "{at}");
            }
            for longer in [
                format!("{token}A"),
                format!("{token}="),
                format!("{token}."),
                format!("A{token}"),
                format!(" {token}"),
            ] {
                assert!(!is_believed(keys, &longer), "{longer}");
            }
        });
    }
}

#[test]
fn no_header_but_ours_is_looked_at() {
    for algorithm in ALGORITHMS {
        with_and_without_cache(algorithm, |keys, key, token| {
            let (kid, signing, jws) = (&key.kid, key.signing.as_ref().unwrap(), algorithm.jws());
            let own = serde_json::to_value(jws).unwrap();
            let check = |head: String, believed: bool| {
                assert_eq!(is_believed(keys, &forged(&head, token, jws, signing)), believed, "{head}");
            };
            check(format!(r#"{{"typ":"at+jwt","alg":{own},"kid":"{kid}"}}"#), true);
            check(format!(r#"{{"alg":{own},"typ":"at+jwt","kid":"{kid}"}}"#), false);
            check(format!(r#"{{"typ":"at+jwt","alg":{own}}}"#), false);
            check(format!(r#"{{"typ":"JWT","alg":{own},"kid":"{kid}"}}"#), false);
            check(format!(r#"{{"typ":"draft+jwt","alg":{own},"kid":"{kid}"}}"#), false);
            check(format!(r#"{{"typ":"at+jwt","alg":{own},"kid":"other"}}"#), false);
            check(format!(r#"{{"typ":"at+jwt","alg":{own},"kid":"../{kid}"}}"#), false);
            for extra in
                [r#""crit":["exp"]"#, r#""jku":"http://localhost/""#, r#""b64":false"#, r#""jwk":{}"#, r#""zip":"DEF""#]
            {
                check(format!(r#"{{"typ":"at+jwt","alg":{own},"kid":"{kid}",{extra}}}"#), false);
            }
            for alg in ["none", "None", "NONE", "HS256", "HS384", "ES256", "EdDSA", "RS256"]
                .into_iter()
                .filter(|alg| own != *alg)
            {
                check(format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}"}}"#), false);
            }
        });
    }
}

/// RFC 8725, section 2.1: everybody knows the public key, and a careless server takes it for the secret of an HMAC.
#[test]
fn a_public_key_is_nobodys_secret() {
    for algorithm in [Algorithm::Es256, Algorithm::Eddsa] {
        with_and_without_cache(algorithm, |keys, key, token| {
            let Verifying::Public(public) = &key.verifying else { panic!("a public key") };
            let public = EncodingKey::from_secret(public.as_ref());
            for alg in ["HS256".into(), serde_json::to_value(algorithm.jws()).unwrap()] {
                let head = serde_json::json!({ "typ": "at+jwt", "alg": alg, "kid": key.kid }).to_string();
                assert!(!is_believed(keys, &forged(&head, token, jsonwebtoken::Algorithm::HS256, &public)));
            }
            let unsigned = &token[..=token.rfind('.').unwrap()];
            assert!(!is_believed(keys, unsigned));
        });
    }
}

#[test]
fn what_is_past_is_recognised_and_not_believed_and_no_cache_changes_that() {
    for seen in [Seen::at_most(0), Seen::at_most(10)] {
        let keys = keys(&[Key::generate(Algorithm::Hs256).unwrap()], Algorithm::Hs256, &seen);
        let check = |note: Note, recognised: bool, believed: bool| {
            let token = keys.sign(&note).unwrap();
            for _ in 0..2 {
                let found = (keys.recognise::<Note>(&token).is_ok(), keys.verify::<Note>(&token).is_ok());
                assert_eq!(found, (recognised, believed), "{note:?}");
            }
        };
        check(note(60), true, true);
        check(note(-60), true, false);
        check(Note { iss: "them".into(), ..note(60) }, false, false);
        check(Note { aud: "us".into(), ..note(60) }, false, false);
        assert!(keys.verify::<Other>(&keys.sign(&note(60)).unwrap()).is_err());
        assert!(keys.verify::<Note>(&keys.sign(&Other(note(60))).unwrap()).is_err());
    }
}

#[test]
fn a_key_is_rotated_without_a_logout_and_believed_until_it_is_left_out() {
    for algorithm in ALGORITHMS {
        let [old, new] = ["old", "new"].map(|kid| Key { kid: kid.into(), ..Key::generate(algorithm).unwrap() });
        // One cache for all of them, as if a process could change its keys: it must not matter.
        let seen = Seen::at_most(10);
        let all =
            [slice::from_ref(&old), &[old.clone(), new.clone()], &[new.clone(), old.clone()], slice::from_ref(&new)];
        let [before, announced, rotated, after] = all.map(|given| keys(given, algorithm, &seen));
        let (by_old, by_new) = (announced.sign(&note(60)).unwrap(), rotated.sign(&note(60)).unwrap());
        let believed = |keys: &Keys| (is_believed(keys, &by_old), is_believed(keys, &by_new));
        assert_eq!(believed(&announced), (true, true));
        assert_eq!(believed(&rotated), (true, true));
        assert_eq!(believed(&before), (true, false));
        assert_eq!(believed(&after), (false, true));

        // Another key under the old one's name believes nothing of it.
        let impostor = Key { kid: "old".into(), ..Key::generate(algorithm).unwrap() };
        assert!(!is_believed(&keys(&[impostor], algorithm, &Seen::at_most(10)), &by_old));
        let retired = Key { signing: None, ..old };
        assert!(Keys::of(vec![retired], algorithm, after.parties(), seen.clone()).is_err());
    }
}

#[test]
fn a_token_of_more_than_8_kib_is_not_looked_at() {
    let key = Key::generate(Algorithm::Hs256).unwrap();
    let check = |issuer: String, believed: bool| {
        let parties = Parties { issuer: issuer.clone(), audience: "them".into() };
        let keys = Keys::of(vec![key.clone()], Algorithm::Hs256, parties, Seen::at_most(10)).unwrap();
        let token = keys.sign(&Note { iss: issuer, ..note(60) }).unwrap();
        assert_eq!((is_believed(&keys, &token), is_believed(&keys, &token)), (believed, believed), "{}", token.len());
    };
    check("u".repeat(5900), true);
    check("u".repeat(6100), false);
}

#[test]
fn what_everybody_may_see_is_enough_to_check_and_no_secret() {
    for algorithm in ALGORITHMS {
        let [first, second] =
            ["first", "second"].map(|kid| Key { kid: kid.into(), ..Key::generate(algorithm).unwrap() });
        let keys = keys(&[first, second], algorithm, &Seen::at_most(0));
        let shown = keys.public();
        let names: Vec<_> = shown["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        let member = |name: &str| shown["keys"][0][name].as_str().unwrap_or_default().to_owned();
        match algorithm {
            Algorithm::Hs256 => assert_eq!(shown, serde_json::json!({ "keys": [] })),
            Algorithm::Es256 => {
                assert_eq!(names, ["first", "second"]);
                assert_eq!(["kty", "crv", "alg", "use"].map(member), ["EC", "P-256", "ES256", "sig"]);
                assert_eq!((member("x").len(), member("y").len(), member("d").len()), (43, 43, 0));
            }
            Algorithm::Eddsa => {
                assert_eq!(names, ["first", "second"]);
                assert_eq!(["kty", "crv", "alg", "use"].map(member), ["OKP", "Ed25519", "EdDSA", "sig"]);
                assert_eq!((member("x").len(), member("y").len(), member("d").len()), (43, 0, 0));
            }
        }
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(shown.clone()).unwrap();
        if let Some(jwk) = set.find("first") {
            let token = keys.sign(&note(60)).unwrap();
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let public = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
            assert!(crypto::verify(signature, signed.as_bytes(), &public, algorithm.jws()).unwrap());
        }
    }
}
