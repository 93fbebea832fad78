//! Session drafts: where does an unfinished checkout wait, if the server remembers it?

use actix_session::SessionExt;
use actix_web::HttpRequest;
use async_trait::async_trait;
use server::backend::{Caller, Drafts};
use server::error::Refused;
use shared::checkout::Draft;

/// Drafts that the session holds: the client carries nothing.
pub(crate) struct SessionDrafts;

#[async_trait(?Send)]
impl Drafts for SessionDrafts {
    async fn save(&self, request: &HttpRequest, _: &Caller, draft: &Draft) -> Result<Option<String>, Refused> {
        request.get_session().insert("draft", draft).map_err(Refused::internal)?;
        Ok(None)
    }

    async fn load(&self, request: &HttpRequest, _: &Caller, _: Option<&str>) -> Result<Option<Draft>, Refused> {
        request.get_session().get("draft").map_err(Refused::internal)
    }
}
