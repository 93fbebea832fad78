//! Database migrations: which statements bring an older database up to date?
//!
//! The files lie in `migrations/`, a folder a database. What was released stays as it is: a database remembers the checksum of
//! each file, and refuses to open when one of them changed.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// A name is what the file's name says after its number, with spaces.
type File = (i64, &'static str, &'static str);

const SQLITE: [File; 4] = [
    (1, "shop", include_str!("../../migrations/sqlite/0001_shop.sql")),
    (2, "families", include_str!("../../migrations/sqlite/0002_families.sql")),
    (3, "guesses", include_str!("../../migrations/sqlite/0003_guesses.sql")),
    (4, "sessions", include_str!("../../migrations/sqlite/0004_sessions.sql")),
];
const POSTGRES: [File; 4] = [
    (1, "shop", include_str!("../../migrations/postgres/0001_shop.sql")),
    (2, "families", include_str!("../../migrations/postgres/0002_families.sql")),
    (3, "guesses", include_str!("../../migrations/postgres/0003_guesses.sql")),
    (4, "sessions", include_str!("../../migrations/postgres/0004_sessions.sql")),
];

pub(super) fn sqlite() -> Migrator {
    migrator(&SQLITE)
}

pub(super) fn postgres() -> Migrator {
    migrator(&POSTGRES)
}

fn migrator(files: &[File]) -> Migrator {
    let migration = |&(version, name, sql): &File| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// sqlx reads the folder itself, so version, name and checksum are what older databases remember.
    async fn check(listed: &Migrator, folder: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let all = |migrator: &Migrator| {
            let told = |migration: &Migration| {
                (migration.version, migration.description.clone(), migration.checksum.clone(), migration.no_tx)
            };
            migrator.iter().map(told).collect::<Vec<_>>()
        };
        let found = Migrator::new(folder.as_path()).await.expect("a folder");
        assert_eq!(all(listed), all(&found), "{}", folder.display());
    }

    #[tokio::test]
    async fn every_file_is_listed_in_its_order() {
        check(&sqlite(), "sqlite").await;
        check(&postgres(), "postgres").await;
    }
}
