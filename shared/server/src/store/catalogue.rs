//! Product table: what is for sale?

use crate::error::Refused;
use crate::store::sql::Sql;
use crate::store::{Store, page};
use shared::api::shop::{Page, Product};

type ProductRow = (i64, String, i64, i64);

impl Store {
    /// Products by id, those behind `after`, `limit` at most.
    pub async fn products(&self, limit: i64, after: Option<i64>) -> Result<Page<Product>, Refused> {
        const PRODUCTS: &str = "SELECT id, name, price_cents, stock FROM products WHERE id > $1 ORDER BY id LIMIT $2";
        let sql = Sql::new(PRODUCTS).with(after.unwrap_or(0)).with(limit + 1);
        let products = self.read::<ProductRow>(sql).await?.into_iter().map(product).collect();
        Ok(page(products, limit, |product: &Product| product.id))
    }

    pub async fn product(&self, id: i64) -> Result<Option<Product>, Refused> {
        let sql = Sql::new("SELECT id, name, price_cents, stock FROM products WHERE id = $1").with(id);
        Ok(self.read::<ProductRow>(sql).await?.pop().map(product))
    }
}

fn product((id, name, price_cents, stock): ProductRow) -> Product {
    Product { id, name, price_cents, stock }
}
