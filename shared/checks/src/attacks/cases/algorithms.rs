//! Token algorithms: does a token choose how it is verified?

use std::fmt::Display;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused, tokens};
use crate::attacks::checkout::{pay, start};
use crate::attacks::forge::{Parts, Signer, encode, hs256};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::request::Request;

/// What a forger has: a genuine token, and the key that it was signed with.
struct Bench<'a> {
    parts: Parts,
    signer: &'a Signer,
    /// Two forms of one public key, where there is one.
    published: Vec<Vec<u8>>,
    /// A signed draft of the same user.
    draft: String,
}

type Forge = fn(&Bench) -> Vec<String>;

/// What is forged, why it must be refused, and how it is made.
const FORGERIES: &[(&str, &str, Forge)] = &[
    ("`alg: none` in any spelling, without a signature and with one", "RFC 8725 3.1; RFC 7518 3.6", unsigned),
    ("`alg` missing, empty, `null`, a number, a list of two", "RFC 7515 4.1.1", |bench| {
        bench.heads("alg", [json!(""), json!(null), json!(256), json!(["HS256", "none"]), json!(["HS256", "ES256"])])
    }),
    ("HS256, signed with the public key (PEM, DER, point, JWK)", "RFC 8725 2.1, 3.1", confused),
    ("another algorithm in the head, signed with the key as it is", "RFC 8725 3.1; OWASP ASVS 9.1.2", |bench| {
        bench.heads("alg", ["HS384", "HS512", "RS256", "PS256", "ES384", "EdDSA", "hs256", "es256"].map(Value::from))
    }),
    ("two `alg` in one head", "RFC 7515 4", |bench| {
        let head = &bench.parts.head_text;
        let twice = |alg: &str| head.replacen('{', &format!("{{\"alg\":\"{alg}\","), 1);
        let after = |alg: &str| format!("{},\"alg\":\"{alg}\"}}", head.trim_end_matches('}'));
        ["none", "HS256", "ES256"].iter().flat_map(|alg| [bench.signed(twice(alg)), bench.signed(after(alg))]).collect()
    }),
    ("`kid` unknown, empty, a number, a path, SQL, a URL, a command", "RFC 8725 3.10; RFC 7515 4.1.4", |bench| {
        let kids = ["unknown", "", "../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'key' --"];
        let others = ["http://127.0.0.1:1/key", "file:///etc/passwd", "$(id)", "key\u{0}", "%00", "*"];
        bench.heads("kid", kids.into_iter().chain(others).map(Value::from).chain([json!(1), json!(["a"])]))
    }),
    ("a key of one's own in the head: `jwk`, `jku`, `x5u`, `x5c`", "RFC 8725 2.9, 3.10; OWASP ASVS 9.1.3", own_keys),
    ("`crit` with a known or an unknown word, `b64: false`", "RFC 7515 4.1.11; RFC 7797 6", |bench| {
        let crit = |words: Value| bench.more("crit", words);
        let unencoded = bench.parts.head.with("b64", false);
        let heads = [&unencoded, &unencoded.with("crit", ["b64"])].map(|head| bench.signed(head));
        [json!(["exp"]), json!(["http://example.com/x"]), json!([])].map(crit).into_iter().chain(heads).collect()
    }),
    ("`typ` missing, `JWT`, that of a draft, another case", "RFC 9068 4; RFC 8725 3.11", |bench| {
        let mut forged = bench.heads("typ", ["JWT", "draft+jwt", "", "jwt+at"].map(Value::from));
        forged.push(bench.signed(bench.parts.head.without("typ")));
        forged
    }),
    ("a signed draft as an access token", "RFC 8725 3.11, 3.12; OWASP ASVS 9.2.2", |bench| vec![bench.draft.clone()]),
    ("five parts, as of an encrypted token; a token within a token", "RFC 7516 3.1; RFC 8725 3.3", nested),
    ("a detached payload", "RFC 7515 appendix F", |bench| {
        let token = bench.genuine();
        let parts: Vec<_> = token.split('.').collect();
        vec![format!("{}..{}", parts[0], parts[2])]
    }),
    ("no token at all: one part, two, a hundred, a thousand dots", "RFC 7515 7.1", |bench| {
        let token = bench.genuine();
        vec!["x".into(), "x.y".into(), ".".into(), "..".into(), ".".repeat(1000), vec![token; 12].join(".")]
    }),
    ("a head that is not JSON, not an object, or nested without end", "RFC 7515 5.2", |bench| {
        ["", "x", "[]", "null", "\"HS256\"", &"[".repeat(2000)].map(|head| bench.signed(head)).into()
    }),
];

pub(super) fn group() -> Group {
    let forged =
        FORGERIES.iter().map(|(name, source, forge)| rule(source, tokens(refused(401))).by(tried).case(*name, *forge));
    let draft = rule("RFC 8725 3.11, 3.12; OWASP ASVS 9.2.2", tokens(refused(422)))
        .case("an access token as a signed draft", as_draft);
    let genuine = rule("RFC 9068", tokens(Cell::Accepted))
        .by(tried)
        .case("as a check: the genuine token, signed anew by the forger", |bench| vec![bench.genuine()]);
    Group::new("algorithms", "Does a token choose how it is verified?", forged.chain([draft, genuine]))
}

async fn tried(target: &Target, forge: Forge) -> Result<Cell> {
    let login = target.newcomer().await?;
    let state = target.send(&start(&login, 1)).await?.json(201)?;
    let signer = target.signer.as_ref().context("the rig knows no key of this mode")?;
    let mut published = signer.published();
    if !published.is_empty() {
        let keys = target.send(&Request::get(paths::JWKS)).await?;
        let first = keys.json(200)?["keys"][0].to_string();
        published.extend([keys.body, first.into_bytes()]);
    }
    let draft = state["draft"].as_str().unwrap_or_default().to_owned();
    let bench = Bench { parts: Parts::of(login.secret())?, signer, published, draft };
    let requests: Vec<_> = forge(&bench).iter().map(|token| login.forged(token).whoami()).collect();
    verdict(&target.send_all(&requests).await?)
}

async fn as_draft(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    verdict(&[target.send(&pay(&login, login.secret())).await?])
}

fn unsigned(bench: &Bench) -> Vec<String> {
    let claims = encode(bench.parts.claims.to_string());
    let spelled = ["none", "None", "NONE", "nOnE", "none "].into_iter().flat_map(|alg| {
        let head = encode(bench.parts.head.with("alg", alg).to_string());
        [format!("{head}.{claims}."), format!("{head}.{claims}"), format!("{head}.{claims}.{}", bench.parts.signature)]
    });
    spelled.collect()
}

/// Where no key is public, with what an attacker might guess instead.
fn confused(bench: &Bench) -> Vec<String> {
    let guesses = ["", "secret", "key", "\0", "null"].map(|guess| guess.as_bytes().to_vec());
    let keys = bench.published.iter().chain(&guesses);
    let head = bench.parts.head.with("alg", "HS256");
    keys.map(|key| hs256(key, &head, &bench.parts.claims)).collect()
}

/// Signed by a key that the head itself brings.
fn own_keys(bench: &Bench) -> Vec<String> {
    let own = [7; 32];
    let jwk = json!({ "kty": "oct", "alg": "HS256", "k": encode(own) });
    let brought = [
        ("jwk", jwk),
        ("jku", json!("http://127.0.0.1:1/jwks.json")),
        ("x5u", json!("http://127.0.0.1:1/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ];
    let forged = brought.into_iter().flat_map(|(name, value)| {
        let head = bench.parts.head.with(name, value);
        [hs256(&own, head.with("alg", "HS256"), &bench.parts.claims), bench.signed(&head)]
    });
    forged.collect()
}

fn nested(bench: &Bench) -> Vec<String> {
    let token = bench.genuine();
    let within = bench.signer.sign(bench.parts.head.with("cty", "JWT"), &token);
    let encrypted = encode(json!({ "alg": "dir", "enc": "A256GCM", "typ": "at+jwt" }).to_string());
    vec![within, format!("{encrypted}..AAAA.{}.AAAA", encode(&token)), format!("{token}.AAAA.AAAA")]
}

impl Bench<'_> {
    fn genuine(&self) -> String {
        self.signed(&self.parts.head_text)
    }

    fn signed(&self, head: impl Display) -> String {
        self.signer.sign(head, &self.parts.claims)
    }

    fn more(&self, name: &str, value: Value) -> String {
        self.signed(self.parts.head.with(name, value))
    }

    /// One token for each value of a field in the head that is not the genuine one, and one without the field.
    fn heads(&self, name: &str, values: impl IntoIterator<Item = Value>) -> Vec<String> {
        let head = &self.parts.head;
        let others = values.into_iter().filter(|value| head.get(name) != Some(value));
        others.map(|value| self.more(name, value)).chain([self.signed(head.without(name))]).collect()
    }
}
