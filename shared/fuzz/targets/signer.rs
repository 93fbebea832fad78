//! Forged signatures: how is something signed that our server would never sign?

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::keys::Keys;
use crate::keys::files::{self, Algorithm, KeyFile};
use crate::keys::seen::Seen;
use crate::keys::terms::{Kind, Parties};

const KID: &str = "k1";
const SECRET: [u8; 32] = [7; 32];

/// Has the server's own key.
pub(crate) struct Signer {
    pub(crate) keys: Keys,
    head: String,
}

impl Signer {
    pub(crate) fn new(kind: Kind) -> Signer {
        let file = std::env::temp_dir().join(format!("fuzz-key-{}", std::process::id()));
        std::fs::write(&file, SECRET).expect("a file");
        let file_of_kid: KeyFile = format!("{KID}={}", file.display()).parse().expect("a name and a path");
        let keys = files::read(&[file_of_kid], Algorithm::Hs256).expect("a key");
        std::fs::remove_file(&file).expect("it was there");
        let parties = Parties { issuer: "us".into(), audience: "us".into() };
        let keys = Keys::of(keys, Algorithm::Hs256, parties, Seen::at_most(100)).expect("keys");
        let head = format!(r#"{{"typ":"{}","alg":"HS256","kid":"{KID}"}}"#, kind.name());
        Signer { keys, head: URL_SAFE_NO_PAD.encode(head) }
    }

    /// A good signature over any claims, or over what are none.
    pub(crate) fn sign(&self, claims: &[u8]) -> String {
        let signed = format!("{}.{}", self.head, URL_SAFE_NO_PAD.encode(claims));
        let signature = hmac::sign(&hmac::Key::new(HMAC_SHA256, &SECRET), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A file of claims cannot know when it is read: these two dates in it become now, and in a quarter of an hour.
pub(crate) fn dated(input: &[u8]) -> Vec<u8> {
    let now = jiff::Timestamp::now().as_second();
    let Ok(text) = std::str::from_utf8(input) else { return input.to_vec() };
    text.replace("1111111111", &now.to_string()).replace("2222222222", &(now + 900).to_string()).into_bytes()
}
