//! SQL statements: how does one text run on two databases?
//!
//! A [`Sql`] is a text that both understand (`$1` works in both) and its values; [`Store::read`], [`Store::write`] and
//! [`Transaction::run`] are the only places that know which database is there. Each of them is measured.

use std::future::Future;
use std::time::{Duration, Instant};

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Arguments, Database as Driver, Encode, Executor, FromRow, IntoArguments, Postgres, Sqlite, Type};

use crate::context::{Part, timed};
use crate::store::failure::{Failure, is_busy};
use crate::store::{Database, Store};

/// A statement with its values, in the order of `$1`, `$2`, ….
#[derive(Clone)]
pub(super) struct Sql {
    text: &'static str,
    values: Vec<Value>,
}

/// The two types that both databases store alike.
#[derive(Clone)]
pub(super) enum Value {
    Integer(i64),
    Text(Option<String>),
}

impl Sql {
    pub(super) fn new(text: &'static str) -> Sql {
        Sql { text, values: Vec::new() }
    }

    pub(super) fn with(mut self, value: impl Into<Value>) -> Sql {
        self.values.push(value.into());
        self
    }
}

/// What a row can be read into: tuples, and the structs of [`from_row`].
pub(super) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Reads a struct from the columns that have its fields' names.
macro_rules! from_row {
    ($row:ident { $($field:ident),* }) => {
        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $row
        where
            &'static str: sqlx::ColumnIndex<R>,
            i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        {
            fn from_row(row: &'r R) -> sqlx::Result<$row> {
                Ok($row { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}
pub(super) use from_row;

impl Store {
    /// A statement that changes nothing.
    pub(super) async fn read<T: Row>(&self, sql: Sql) -> Result<Vec<T>, Failure> {
        match &self.database {
            Database::Sqlite { readers, .. } => measured(self.patience.statement, rows(readers, sql)).await,
            Database::Postgres(pool) => measured(self.patience.statement, rows(pool, sql)).await,
        }
    }

    /// A statement that changes something, all by itself. `RETURNING` tells what.
    pub(super) async fn write<T: Row>(&self, sql: Sql) -> Result<Vec<T>, Failure> {
        match &self.database {
            Database::Sqlite { writer, .. } => {
                let written = when_unlocked(self.patience.lock, || rows(writer, sql.clone()));
                measured(self.patience.statement, written).await
            }
            Database::Postgres(pool) => measured(self.patience.statement, rows(pool, sql)).await,
        }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, Failure> {
        let limit = self.patience.statement;
        match &self.database {
            // IMMEDIATE takes the write lock now, where SQLite waits for it; a later upgrade would fail at once.
            Database::Sqlite { writer, .. } => {
                let begun = when_unlocked(self.patience.lock, || writer.begin_with("BEGIN IMMEDIATE"));
                let transaction = measured(limit, begun).await?;
                Ok(Transaction { limit, inner: Inner::Sqlite(transaction) })
            }
            Database::Postgres(pool) => {
                let transaction = measured(limit, pool.begin()).await?;
                Ok(Transaction { limit, inner: Inner::Postgres(transaction) })
            }
        }
    }
}

/// Several statements that happen together. Dropped before [`Transaction::commit`], none of them happened.
pub(super) struct Transaction {
    limit: Duration,
    inner: Inner,
}

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(super) async fn run<T: Row>(&mut self, sql: Sql) -> Result<Vec<T>, Failure> {
        match &mut self.inner {
            Inner::Sqlite(transaction) => measured(self.limit, rows(&mut **transaction, sql)).await,
            Inner::Postgres(transaction) => measured(self.limit, rows(&mut **transaction, sql)).await,
        }
    }

    pub(super) async fn commit(self) -> Result<(), Failure> {
        match self.inner {
            Inner::Sqlite(transaction) => measured(self.limit, transaction.commit()).await,
            Inner::Postgres(transaction) => measured(self.limit, transaction.commit()).await,
        }
    }
}

/// Fetches all rows: a page, or the logins of one user.
async fn rows<'c, D, E, T>(executor: E, sql: Sql) -> sqlx::Result<Vec<T>>
where
    D: Driver,
    E: Executor<'c, Database = D>,
    T: for<'r> FromRow<'r, D::Row> + Send + Unpin,
    D::Arguments: IntoArguments<D>,
    i64: for<'q> Encode<'q, D> + Type<D>,
    Option<String>: for<'q> Encode<'q, D> + Type<D>,
{
    let mut values = D::Arguments::default();
    for value in sql.values {
        match value {
            Value::Integer(integer) => values.add(integer),
            Value::Text(text) => values.add(text),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    sqlx::query_as_with(sql.text, values).fetch_all(executor).await
}

/// SQLite waits for other processes in steps that grow to 100 ms, so the one that waited longest asks least often. Hence it
/// is told to wait a few milliseconds only, and asked again.
async fn when_unlocked<T, F>(limit: Duration, ask: impl Fn() -> F) -> sqlx::Result<T>
where
    F: Future<Output = sqlx::Result<T>>,
{
    let deadline = Instant::now() + limit;
    loop {
        match ask().await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {}
            outcome => return outcome,
        }
    }
}

async fn measured<T>(limit: Duration, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, Failure> {
    match timed(Part::Sql, tokio::time::timeout(limit, work)).await {
        Ok(outcome) => outcome.map_err(Failure::from),
        Err(_) => Err(Failure::Unavailable(format!("no answer within {limit:?}"))),
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Value {
        Value::Integer(integer)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        Value::Text(text.map(str::to_owned))
    }
}
