//! Catalogue cases: what may be cached, and by whom?

use std::collections::BTreeSet;

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use shared::api::meta::CredentialKind;
use shared::api::paths;
use shared::api::problem::Code;
use shared::api::shop::{Catalogue, Page, Product};

/// A product that no case buys: its representation stays the same.
const UNSOLD: &str = "/api/products/123";

pub(super) async fn products_are_public_and_cacheable(client: &Client) -> Result<()> {
    for visitor in [client.nobody(), client.log_in(Person::Visitor(1)).await?] {
        for path in [paths::PRODUCTS, UNSOLD] {
            let answer = visitor.get(path).await?;
            answer.has_status(200)?.has_header("cache-control", "public, max-age=60")?;
            is_strong(&answer)?;
            holds(&answer.to, "no cookie", &answer.headers, !answer.headers.has("set-cookie"))?;
        }
    }
    Ok(())
}

pub(super) async fn an_unchanged_product_is_304(client: &Client) -> Result<()> {
    is_not_sent_twice(&client.nobody(), UNSOLD).await
}

pub(super) async fn an_absent_product_is_404(client: &Client) -> Result<()> {
    client.nobody().get("/api/products/999999999").await?.refused(Code::NotFound).map(drop)
}

pub(super) async fn every_product_is_on_one_page(client: &Client) -> Result<()> {
    let (mut ids, mut after) = (Vec::new(), 0);
    loop {
        let page: Page<Product> =
            client.nobody().get(&format!("/api/products?limit=60&after={after}")).await?.json(200)?;
        ids.extend(page.items.iter().map(|product| product.id));
        match page.next {
            Some(next) if next > after => after = next,
            Some(next) => return holds("GET /api/products", "a next page further on", next, false),
            None => break,
        }
    }
    let each: BTreeSet<_> = ids.iter().collect();
    same("GET /api/products page by page", &ids.len(), &each.len())?;
    holds("GET /api/products page by page", "at least the 200 products of the demo", ids.len(), ids.len() >= 200)
}

pub(super) async fn offers_are_private_and_cacheable(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    let answer = jane.get(paths::DATA).await?;
    answer.has_header("cache-control", "private, max-age=30")?;
    is_strong(&answer)?;
    let carrier = match client.promises.credential {
        CredentialKind::Bearer => "authorization",
        CredentialKind::Cookie => "cookie",
    };
    let vary = answer.header("vary").to_lowercase();
    holds(&answer.to, &format!("Vary: {carrier}"), &vary, vary.split(", ").any(|name| name == carrier))?;
    same(&answer.to, &456, &answer.json::<Catalogue>(200)?.user_id)?;
    is_not_sent_twice(&jane, paths::DATA).await
}

pub(super) async fn an_offer_is_never_somebody_elses(client: &Client) -> Result<()> {
    let (john, jane) = (client.log_in(Person::John).await?, client.log_in(Person::Jane).await?);
    let his = john.get(paths::DATA).await?;
    let hers = jane.request("GET", paths::DATA).header("if-none-match", his.header("etag")).send().await?;
    same(&hers.to, &456, &hers.json::<Catalogue>(200)?.user_id)
}

/// RFC 9110, section 8.8.3: a strong validator has no `W/` before its quotes.
fn is_strong(answer: &CheckedResponse) -> Result<()> {
    let tag = answer.header("etag");
    let is_strong = tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"');
    holds(&answer.to, "a strong ETag", tag, is_strong)
}

/// Whoever has it already gets 304 and no body, also when a cache on the way weakened the tag.
async fn is_not_sent_twice(visitor: &Visitor, path: &str) -> Result<()> {
    let tag = visitor.get(path).await?.header("etag").to_owned();
    for tags in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = visitor.request("GET", path).header("if-none-match", &tags).send().await?;
        answer.has_status(304)?.has_header("etag", &tag)?;
        same(&answer.to, "", answer.body.as_str())?;
    }
    let changed = visitor.request("GET", path).header("if-none-match", "\"other\"").send().await?;
    changed.has_status(200).map(drop)
}
