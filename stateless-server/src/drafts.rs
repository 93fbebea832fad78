//! Where does an unfinished checkout wait? With the client, sealed, and sent back at each step.

use actix_web::HttpRequest;
use async_trait::async_trait;
use server::backend::{Caller, Drafts};
use server::error::Refused;
use shared::api::problem::Code;
use shared::checkout::Draft;

use crate::claims::Sealed;
use crate::keys::Keys;

/// Drafts that the client holds. Signed, not secret: it may read them, and nobody may change them.
pub(crate) struct SealedDrafts(pub(crate) Keys);

#[async_trait(?Send)]
impl Drafts for SealedDrafts {
    async fn save(&self, _: &HttpRequest, caller: &Caller, draft: &Draft) -> Result<Option<String>, Refused> {
        let sealed = self.0.sign(&Sealed::of(caller, draft, &self.0))?;
        Ok(Some(sealed))
    }

    async fn load(&self, _: &HttpRequest, caller: &Caller, carried: Option<&str>) -> Result<Option<Draft>, Refused> {
        let Some(carried) = carried else { return Ok(None) };
        let opened = self.0.verify(carried).and_then(|sealed: Sealed| sealed.opened_by(caller));
        Ok(Some(opened.map_err(|_| Refused::about(Code::DraftRejected, "draft"))?))
    }
}
