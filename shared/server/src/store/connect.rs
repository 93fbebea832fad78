//! Database connections: how is a database reached, and who waits how long for it?

use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};

use crate::store::failure::is_busy;
use crate::store::{Database, Patience, Store, migrations};

/// While somebody waits for an answer.
const SERVING: Patience = Patience {
    connection: Duration::from_secs(1),
    lock: Duration::from_secs(1),
    statement: Duration::from_millis(1500),
};
/// For what is done in passing, and again if it is not: a read does not wait for another writer.
const IN_PASSING: Patience =
    Patience { lock: Duration::from_millis(250), statement: Duration::from_millis(250), ..SERVING };
/// While a server starts, perhaps together with others that all want to set up the same database.
const SETTING_UP: Patience =
    Patience { connection: Duration::from_secs(30), lock: Duration::from_secs(60), statement: Duration::from_secs(60) };

/// How long SQLite waits for the write lock before it is asked anew; all in all that is [`Patience::lock`].
const SQLITE_STEP: Duration = Duration::from_millis(8);
/// SQLite reads on a thread for each connection; more threads than this gain nothing on one file.
const SQLITE_READERS: u32 = 4;
/// Eight replicas of both servers stay below Postgres' default limit of 100.
const POSTGRES_CONNECTIONS: u32 = 6;

const ADVICE: &str =
    "give --database-url sqlite://FILE, with a folder that can be written, or postgres://USER@HOST/DATABASE";

impl Store {
    /// Connects to the database of `--database-url` and brings its tables up to date; a missing SQLite file is made, with its
    /// folders. Several servers may do so at once.
    ///
    /// # Errors
    /// One sentence that names the setting and what to do, without the URL: it may hold a password.
    pub async fn open(url: &str) -> anyhow::Result<Store> {
        let database = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => {
                open_sqlite(url).await.with_context(|| format!("cannot open the SQLite file: {ADVICE}"))?
            }
            Some("postgres" | "postgresql") => {
                open_postgres(url).await.with_context(|| format!("cannot open the Postgres database: {ADVICE}"))?
            }
            _ => bail!("the database URL has an unknown kind: {ADVICE}"),
        };
        Ok(Store { database, patience: SERVING })
    }

    /// The same database, for what may fail because another has it at the moment: no statement takes longer than 250 ms.
    pub fn in_passing(&self) -> Store {
        Store { database: self.database.clone(), patience: IN_PASSING }
    }

    /// The same database over one connection of its own, for work that may take its time.
    pub(super) fn patient(&self) -> Store {
        let database = match &self.database {
            Database::Sqlite { writer, .. } => {
                let options = SqliteConnectOptions::clone(&writer.connect_options()).busy_timeout(SETTING_UP.lock);
                let writer = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
                Database::Sqlite { readers: writer.clone(), writer }
            }
            Database::Postgres(pool) => {
                let options = limited(PgConnectOptions::clone(&pool.connect_options()), SETTING_UP);
                Database::Postgres(PgPoolOptions::new().max_connections(1).connect_lazy_with(options))
            }
        };
        Store { database, patience: SETTING_UP }
    }

    pub(super) async fn close(self) {
        match self.database {
            Database::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(url: &str) -> anyhow::Result<Database> {
    let options = SqliteConnectOptions::from_str(url)?;
    // Every connection to `:memory:` has a database of its own, so a pool would forget at random.
    anyhow::ensure!(!url.contains(":memory:") && !url.contains("mode=memory"), "a database in memory cannot be shared");
    if let Some(folder) = options.get_filename().parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let options = options
        .create_if_missing(true)
        .foreign_keys(true)
        // In WAL mode this may lose the last commits when the power fails, and never tears one apart.
        .synchronous(SqliteSynchronous::Normal)
        .disable_statement_logging();
    migrate_sqlite(options.clone().busy_timeout(SETTING_UP.lock)).await?;

    let options = options.create_if_missing(false).busy_timeout(SERVING.lock);
    let pool =
        || SqlitePoolOptions::new().acquire_timeout(SERVING.connection).test_before_acquire(false).idle_timeout(None);
    let writer: SqlitePool = pool().max_connections(1).connect_with(options.clone().busy_timeout(SQLITE_STEP)).await?;
    // A reader that tried to write would not wait in the writer's queue: let it fail in the tests.
    let readers = pool().max_connections(SQLITE_READERS).connect_with(options.pragma("query_only", "on")).await?;
    Ok(Database::Sqlite { readers, writer })
}

/// All migrations in one transaction: sqlx takes no lock on SQLite, and processes that start together would race.
async fn migrate_sqlite(options: SqliteConnectOptions) -> anyhow::Result<()> {
    let mut connection = in_wal_mode(options).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    migrations::sqlite().run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// Switching a fresh file to WAL mode does not wait for other processes as everything else does; so ask again.
async fn in_wal_mode(options: SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let deadline = Instant::now() + SETTING_UP.connection;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(5..25))).await;
            }
            outcome => return outcome,
        }
    }
}

async fn open_postgres(url: &str) -> anyhow::Result<Database> {
    let options = PgConnectOptions::from_str(url)?.application_name("servers-compared").disable_statement_logging();
    let mut connection = limited(options.clone(), SETTING_UP).connect().await?;
    migrations::postgres().run_direct(None, &mut connection, false).await?; // It takes an advisory lock, so processes that start together queue.
    connection.close().await?;

    let pool: PgPool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(SERVING.connection)
        .test_before_acquire(false)
        .before_acquire(|connection, usage| Box::pin(still_there(connection, usage.idle_for)))
        .connect_with(limited(options, SERVING))
        .await?;
    Ok(Database::Postgres(pool))
}

/// Asks a connection that nobody used for a while; to ask each time would be a round trip for every statement. One that is
/// gone, as after a restart of Postgres, is an error here and replaced by the pool.
async fn still_there(connection: &mut PgConnection, idle_for: Duration) -> sqlx::Result<bool> {
    if idle_for > Duration::from_secs(1) {
        connection.ping().await?;
    }
    Ok(true)
}

/// The waits that Postgres itself cuts short, so that a session never keeps a lock for a client that gave up.
fn limited(options: PgConnectOptions, patience: Patience) -> PgConnectOptions {
    let milliseconds = |limit: Duration| format!("{}ms", limit.as_millis());
    options.options([
        ("lock_timeout", milliseconds(patience.lock)),
        ("statement_timeout", milliseconds(patience.statement)),
        ("idle_in_transaction_session_timeout", milliseconds(patience.statement)),
    ])
}
