//! Signed drafts: where does an unfinished checkout wait, if the client carries it?

use actix_web::HttpRequest;
use async_trait::async_trait;
use server::backend::{Caller, Drafts};
use server::error::Refused;
use shared::api::problem::Code;
use shared::checkout::Draft;

use crate::claims::SignedDraft;
use crate::keys::Keys;

/// Drafts that the client holds. Signed, not secret: it may read them, and nobody may change them.
pub(crate) struct SignedDrafts(pub(crate) Keys);

#[async_trait(?Send)]
impl Drafts for SignedDrafts {
    async fn save(&self, _: &HttpRequest, caller: &Caller, draft: &Draft) -> Result<Option<String>, Refused> {
        let signed = self.0.sign(&SignedDraft::of(caller, draft, &self.0))?;
        Ok(Some(signed))
    }

    async fn load(&self, _: &HttpRequest, caller: &Caller, carried: Option<&str>) -> Result<Option<Draft>, Refused> {
        let Some(carried) = carried else { return Ok(None) };
        let draft = self.0.verify(carried).and_then(|signed: SignedDraft| signed.draft_of(caller));
        Ok(Some(draft.map_err(|_| Refused::about(Code::DraftRejected, "draft"))?))
    }
}
