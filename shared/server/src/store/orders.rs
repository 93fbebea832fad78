//! Order table: what was bought, exactly once and never more than there was?

use crate::error::Refused;
use crate::store::failure::Failure;
use crate::store::sql::{Sql, Transaction, from_row};
use crate::store::{Store, now_ms, page, rfc3339};
use shared::api::problem::Code;
use shared::api::shop::{Order, Page, PlaceOrder};

pub(super) struct OrderRow {
    id: i64,
    user_id: i64,
    product_id: i64,
    quantity: i64,
    unit_price_cents: i64,
    created_at_ms: i64,
}

from_row!(OrderRow { id, user_id, product_id, quantity, unit_price_cents, created_at_ms });

/// A product that leaves the shop, and what makes that count once.
pub(super) struct Purchase<'a> {
    pub(super) buyer: i64,
    pub(super) product: i64,
    pub(super) quantity: i64,
    /// The client's `Idempotency-Key`.
    pub(super) key: Option<&'a str>,
    /// The checkout it belongs to.
    pub(super) draft: Option<&'a str>,
}

impl Store {
    /// Places an order. With a key, again and again: the first one counts, and every later call gets its order. A refusal is
    /// not remembered.
    ///
    /// # Errors
    /// `NotFound` without such a product, `OutOfStock`, `IdempotencyMismatch` when the key came with another order,
    /// `IdempotencyInFlight` when its first order is taking too long.
    pub async fn place_order(&self, buyer: i64, order: &PlaceOrder, key: Option<&str>) -> Result<Order, Refused> {
        let purchase = Purchase { buyer, product: order.product_id, quantity: order.quantity, key, draft: None };
        let mut transaction = self.begin().await?;
        match transaction.buy(&purchase).await? {
            Some(order) => {
                transaction.commit().await?;
                Ok(order)
            }
            None => transaction.first_order(&purchase).await,
        }
    }

    /// The buyer's orders, newest first, those older than `after`, `limit` at most.
    pub async fn orders(&self, buyer: i64, limit: i64, after: Option<i64>) -> Result<Page<Order>, Refused> {
        const ORDERS: &str = "SELECT id, user_id, product_id, quantity, unit_price_cents, created_at_ms
            FROM orders WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let sql = Sql::new(ORDERS).with(buyer).with(after.unwrap_or(i64::MAX)).with(limit + 1);
        let orders = self.read::<OrderRow>(sql).await?.into_iter().map(Order::from).collect();
        Ok(page(orders, limit, |order: &Order| order.id))
    }

    /// One order of this buyer. Somebody else's reads like an absent one.
    pub async fn order(&self, buyer: i64, id: i64) -> Result<Option<Order>, Refused> {
        const ORDER: &str = "SELECT id, user_id, product_id, quantity, unit_price_cents, created_at_ms
            FROM orders WHERE user_id = $1 AND id = $2";
        Ok(self.read::<OrderRow>(Sql::new(ORDER).with(buyer).with(id)).await?.pop().map(Order::from))
    }
}

impl Transaction {
    /// Writes the order and takes its pieces from the stock; `None` when there is no such product, or the key came before.
    ///
    /// The order goes first: a twin with the same key waits for it here, and so never sees the stock that the first one took.
    pub(super) async fn buy(&mut self, purchase: &Purchase<'_>) -> Result<Option<Order>, Refused> {
        const ORDER: &str = "INSERT INTO orders
            (user_id, product_id, quantity, unit_price_cents, created_at_ms, idempotency_key, draft_id)
            SELECT $1, id, $3, price_cents, $4, $5, $6 FROM products WHERE id = $2
            ON CONFLICT (user_id, idempotency_key) DO NOTHING
            RETURNING id, user_id, product_id, quantity, unit_price_cents, created_at_ms";
        let sql = Sql::new(ORDER).with(purchase.buyer).with(purchase.product).with(purchase.quantity);
        let sql = sql.with(now_ms()).with(purchase.key).with(purchase.draft);
        let placed = self.run::<OrderRow>(sql).await.map_err(|failure| match failure {
            Failure::Locked(_) if purchase.key.is_some() => Refused::because(Code::IdempotencyInFlight),
            failure => failure.into(),
        })?;
        if !placed.is_empty() {
            self.take(purchase.product, purchase.quantity).await?;
        }
        Ok(placed.into_iter().next().map(Order::from))
    }

    /// Check and change in one statement, so that nobody comes between them.
    async fn take(&mut self, product: i64, quantity: i64) -> Result<(), Refused> {
        const STOCK: &str = "UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING stock";
        match self.run::<(i64,)>(Sql::new(STOCK).with(product).with(quantity)).await?.pop() {
            Some(_) => Ok(()),
            None => {
                let detail = format!("Product {product} has fewer than {quantity} pieces left. Order fewer.");
                Err(Refused::saying(Code::OutOfStock, detail))
            }
        }
    }

    /// Nothing was inserted: because the key came before, or because there is no such product.
    async fn first_order(&mut self, purchase: &Purchase<'_>) -> Result<Order, Refused> {
        const FIRST: &str = "SELECT id, user_id, product_id, quantity, unit_price_cents, created_at_ms
            FROM orders WHERE user_id = $1 AND idempotency_key = $2";
        let sql = Sql::new(FIRST).with(purchase.buyer).with(purchase.key);
        match self.run::<OrderRow>(sql).await?.pop() {
            None => Err(Refused::because(Code::NotFound)),
            Some(first) if (first.product_id, first.quantity) == (purchase.product, purchase.quantity) => {
                Ok(first.into())
            }
            Some(_) => Err(Refused::about(Code::IdempotencyMismatch, "Idempotency-Key")),
        }
    }
}

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Order {
        Order {
            id: row.id,
            user_id: row.user_id,
            product_id: row.product_id,
            quantity: row.quantity,
            unit_price_cents: row.unit_price_cents,
            total_cents: row.unit_price_cents * row.quantity,
            created_at: rfc3339(row.created_at_ms),
        }
    }
}
