//! Where does an unfinished checkout wait? With the client, sealed, and sent back at each step.

use actix_web::HttpRequest;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::api::problem::Code;
use shared::checkout::Draft;
use shared::server::error::Refused;
use shared::server::memory::{Caller, Drafts};

use crate::keys::{DRAFT, Keys};

/// How long a sealed draft is taken back: as long as people leave a checkout open.
const SEAL_SECONDS: i64 = 12 * 60 * 60;

/// Drafts that the client holds. Signed, not secret: the client may read them, and nobody may change them.
pub(crate) struct SealedDrafts {
    keys: Keys,
}

/// What the seal vouches for: whose draft it is, and since when.
#[derive(Serialize, Deserialize)]
struct Sealed {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    draft: Draft,
}

impl SealedDrafts {
    pub(crate) fn new(keys: Keys) -> SealedDrafts {
        SealedDrafts { keys }
    }
}

#[async_trait(?Send)]
impl Drafts for SealedDrafts {
    async fn save(&self, _: &HttpRequest, caller: &Caller, draft: &Draft) -> Result<Option<String>, Refused> {
        let now = Timestamp::now().as_second();
        let sub = caller.user.id.to_string();
        let (iss, aud) = self.keys.parties();
        let sealed = Sealed { iss, aud, sub, exp: now + SEAL_SECONDS, iat: now, draft: draft.clone() };
        self.keys.sign(DRAFT, &sealed).map(Some)
    }

    async fn load(&self, _: &HttpRequest, caller: &Caller, carried: Option<&str>) -> Result<Option<Draft>, Refused> {
        let Some(carried) = carried else { return Ok(None) };
        let sealed: Sealed = self.keys.verify(DRAFT, carried).map_err(|_| Refused::because(Code::DraftRejected))?;
        if sealed.sub != caller.user.id.to_string() {
            return Err(Refused::because(Code::DraftRejected)); // Else a draft could be passed on to somebody else.
        }
        Ok(Some(sealed.draft))
    }
}
