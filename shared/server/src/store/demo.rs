//! Demo data: who lives in a database that nobody filled?

use crate::error::Refused;
use crate::passwords::{Cost, hash};
use crate::store::sql::{Sql, Transaction};
use crate::store::{Store, now_ms};
use shared::api::account::{Role, User};

const JOHN: i64 = 123;
const JANE: i64 = 456;
/// Visitor `i` has the id `VISITORS + i`.
const VISITORS: i64 = 1000;

/// What is sold, and its price in cents; each in every material.
const THINGS: [(&str, i64); 20] = [
    ("bookend", 1_290),
    ("bowl", 1_890),
    ("candlestick", 2_250),
    ("chair", 12_900),
    ("clock", 4_990),
    ("coaster", 690),
    ("desk", 34_900),
    ("desk lamp", 7_490),
    ("doorstop", 1_590),
    ("key rack", 1_990),
    ("letter tray", 2_490),
    ("mirror", 8_900),
    ("paper knife", 1_190),
    ("pen holder", 1_490),
    ("picture frame", 2_190),
    ("shelf", 9_900),
    ("side table", 14_900),
    ("stool", 6_900),
    ("umbrella stand", 5_490),
    ("vase", 3_290),
];
/// And what that does to the price, in per cent.
const MATERIALS: [(&str, i64); 10] = [
    ("Oak", 100),
    ("Walnut", 130),
    ("Beech", 90),
    ("Bamboo", 75),
    ("Cork", 60),
    ("Steel", 95),
    ("Brass", 150),
    ("Slate", 120),
    ("Glass", 110),
    ("Clay", 80),
];

/// A load test must not run dry,
const STOCK: i64 = 1_000_000;
/// and one product is scarce, to show what happens then.
const SCARCE: (i64, i64) = (200, 10);

/// A user for a load test, from 1.
pub fn visitor(number: u32) -> User {
    let id = VISITORS + i64::from(number);
    User { id, username: format!("visitor-{number}"), roles: vec![Role::User] }
}

impl Store {
    /// Adds the cast and the shelves, and `visitors` users for a load test, where they are missing. Again is harmless, also
    /// by several servers at once.
    ///
    /// # Errors
    /// One sentence for whoever starts the server.
    pub async fn add_demo_data(&self, visitors: u32) -> anyhow::Result<()> {
        let patient = self.patient();
        let outcome = patient.fill(i64::from(visitors)).await;
        patient.close().await;
        outcome.map_err(|refused| anyhow::anyhow!("cannot add the demo data: {refused} --demo-data false goes without"))
    }

    async fn fill(&self, visitors: i64) -> Result<(), Refused> {
        // All is added together, so the last one stands for all. A replica that starts again must not take the write lock.
        let last = if visitors > 0 { VISITORS + visitors } else { JOHN };
        if !self.read::<(i64,)>(Sql::new("SELECT id FROM users WHERE id = $1").with(last)).await?.is_empty() {
            return Ok(());
        }
        let secret = hash("secret", Cost::Full)?;
        let mut transaction = self.begin().await?;
        transaction.add_user(JOHN, "john", "user,admin", &secret).await?;
        transaction.add_user(JANE, "jane", "user", &secret).await?;
        transaction.add_products().await?;
        transaction.add_visitors(visitors).await?;
        Ok(transaction.commit().await?)
    }
}

impl Transaction {
    async fn add_user(&mut self, id: i64, username: &str, roles: &str, hash: &str) -> Result<(), Refused> {
        const USER: &str = "INSERT INTO users (id, username, password_hash, roles, member_since_ms)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id";
        let sql = Sql::new(USER).with(id).with(username).with(hash).with(roles).with(now_ms());
        self.run::<(i64,)>(sql).await?;
        Ok(())
    }

    async fn add_products(&mut self) -> Result<(), Refused> {
        const PRODUCT: &str = "INSERT INTO products (id, name, price_cents, stock)
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id";
        for (id, (name, price_cents)) in (1..).zip(shelves()) {
            let stock = if id == SCARCE.0 { SCARCE.1 } else { STOCK };
            let sql = Sql::new(PRODUCT).with(id).with(&*name).with(price_cents).with(stock);
            self.run::<(i64,)>(sql).await?;
        }
        Ok(())
    }

    /// One statement with one hash: a hundred thousand take a second, not half an hour. Its cost is Argon2's least, for the
    /// password is public, and logging in a load test's population should not measure Argon2.
    async fn add_visitors(&mut self, visitors: i64) -> Result<(), Refused> {
        const ALL: &str = "WITH RECURSIVE visitors (number) AS
            (SELECT CAST(1 AS BIGINT) UNION ALL SELECT number + 1 FROM visitors WHERE number < $1)
            INSERT INTO users (id, username, password_hash, roles, member_since_ms)
            SELECT $2 + number, 'visitor-' || number, $3, 'user', $4 FROM visitors WHERE number <= $1
            ON CONFLICT DO NOTHING";
        let sql = Sql::new(ALL).with(visitors).with(VISITORS).with(&*hash("visitor", Cost::Minimal)?).with(now_ms());
        self.run::<(i64,)>(sql).await?;
        Ok(())
    }
}

/// Names and prices in cents.
fn shelves() -> Vec<(String, i64)> {
    let all = THINGS.iter().flat_map(|thing| MATERIALS.iter().map(move |material| (thing, material)));
    all.map(|((thing, cents), (material, percent))| (format!("{material} {thing}"), cents * percent / 100)).collect()
}
