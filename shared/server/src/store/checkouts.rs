//! Confirmed checkouts: which drafts became orders?

use std::collections::BTreeMap;

use crate::error::Refused;
use crate::store::orders::{OrderRow, Purchase};
use crate::store::sql::{Sql, Transaction};
use crate::store::{Store, now_ms};
use shared::api::checkout::Item;
use shared::api::problem::Code;
use shared::api::shop::Order;
use shared::checkout::Draft;

impl Store {
    /// Turns a draft into orders, one for each product, in the order of the products' ids: all of them or none, and once.
    /// The same draft again gets the same orders.
    ///
    /// # Errors
    /// `OutOfStock` and `NotFound` name the product; `CheckoutConfirmed` when this draft was confirmed with other content.
    pub async fn confirm_checkout(&self, buyer: i64, draft: &Draft) -> Result<Vec<Order>, Refused> {
        let content = serde_json::to_string(draft).map_err(Refused::internal)?;
        let mut transaction = self.begin().await?;
        if !transaction.claim(buyer, &draft.id, &content).await? {
            return transaction.confirmed(buyer, &draft.id, &content).await;
        }
        let mut orders = Vec::new();
        for (product, quantity) in by_product(&draft.items) {
            let purchase = Purchase { buyer, product, quantity, key: None, draft: Some(&draft.id) };
            let order = transaction.buy(&purchase).await?;
            orders
                .push(order.ok_or_else(|| Refused::saying(Code::NotFound, format!("There is no product {product}.")))?);
        }
        transaction.commit().await?;
        Ok(orders)
    }
}

impl Transaction {
    /// True for the first to come; whoever comes at the same time waits here until the first is done.
    async fn claim(&mut self, buyer: i64, draft: &str, content: &str) -> Result<bool, Refused> {
        const CLAIM: &str = "INSERT INTO checkouts (draft_id, user_id, draft, confirmed_at_ms) VALUES ($1, $2, $3, $4)
            ON CONFLICT (draft_id) DO NOTHING RETURNING draft_id";
        let sql = Sql::new(CLAIM).with(draft).with(buyer).with(content).with(now_ms());
        Ok(!self.run::<(String,)>(sql).await?.is_empty())
    }

    async fn confirmed(&mut self, buyer: i64, draft: &str, content: &str) -> Result<Vec<Order>, Refused> {
        const CONFIRMED: &str =
            "SELECT orders.id, orders.user_id, product_id, quantity, unit_price_cents, created_at_ms
            FROM orders JOIN checkouts ON checkouts.draft_id = orders.draft_id
            WHERE checkouts.draft_id = $1 AND checkouts.user_id = $2 AND draft = $3 ORDER BY product_id";
        let sql = Sql::new(CONFIRMED).with(draft).with(buyer).with(content);
        match self.run::<OrderRow>(sql).await? {
            orders if orders.is_empty() => Err(Refused::because(Code::CheckoutConfirmed)),
            orders => Ok(orders.into_iter().map(Order::from).collect()),
        }
    }
}

/// A product named twice is one line. Ascending, so that two checkouts never wait for each other in a circle.
fn by_product(items: &[Item]) -> BTreeMap<i64, i64> {
    items.iter().fold(BTreeMap::new(), |mut lines, item| {
        *lines.entry(item.product_id).or_default() += item.quantity;
        lines
    })
}
