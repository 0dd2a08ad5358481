//! Migrations: the same numbers and names for both engines, embedded, applied in one transaction
//! behind the lock that every writer takes. Sixteen processes at once apply them once; one that is
//! killed half way leaves nothing.

use sha2::{Digest, Sha256};

use super::failure::{FOREIGN, SCHEMA_NEWER, SCHEMA_OLDER};
use super::open::not_set_up;
use super::schema::SCHEMA_MIGRATIONS;
use super::statement::statements;
use super::value::{Field, row};
use super::{Engine, Tx, bulk};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};

statements! {
    COUNT_TABLES = {
        sqlite: "SELECT COUNT(*), COUNT(*) FILTER (WHERE name = 'schema_migrations')
                 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        postgres: "SELECT COUNT(*), COUNT(*) FILTER (WHERE tablename = 'schema_migrations')
                   FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
    };
}

/// Not among the prepared ones: its table is not there before the first migration.
static APPLIED: super::Statement = super::statement!(
    APPLIED,
    "SELECT version, name, checksum FROM schema_migrations ORDER BY version"
);

#[derive(Debug)]
struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal,)+) => {
        static MIGRATIONS: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/postgres/", $name, ".sql")),
        }),+];
    };
}

migrations! {
    1 "0001_kernel",
    2 "0002_operations",
    3 "0003_settings_access",
    4 "0004_people",
    5 "0005_quizzes",
    6 "0006_catalog",
    7 "0007_content",
    8 "0008_paths",
    9 "0009_assignments",
    10 "0010_progress",
    11 "0011_certificates",
    12 "0012_skills",
    13 "0013_idempotency",
    14 "0014_rules",
    15 "0015_notifications",
    16 "0016_jobs",
    17 "0017_imports",
    18 "0018_hris",
    19 "0019_snapshots",
}

impl Migration {
    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    fn checksum(&self, engine: Engine) -> String {
        hex(&Sha256::digest(self.text(engine)))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// How the schema of a database stands to this program.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaState {
    /// Nothing is there yet.
    Empty,
    /// Migrations are pending.
    Older,
    /// It is what this program wants.
    Current,
    /// A newer program has been here.
    Newer,
}

row! {
    struct AppliedRow {
        version: i64,
        name: String,
        checksum: String,
    }
}

row! {
    struct TableCounts {
        tables: i64,
        ours: i64,
    }
}

/// What was found in a database.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) version: i64,
    pub(crate) state: SchemaState,
    pending: Vec<&'static Migration>,
}

/// The newest schema that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

pub(crate) async fn inspect(tx: &mut Tx) -> Result<Found> {
    let engine = tx.engine();
    let counts: TableCounts = tx.sql(&COUNT_TABLES).one().await?;
    if counts.ours == 0 && counts.tables > 0 {
        let place = match engine {
            Engine::Sqlite => "file",
            Engine::Postgres => "schema",
        };
        return Err(FOREIGN
            .error(format!(
                "the database {place} holds {} tables of another program",
                counts.tables
            ))
            .with_hint(match engine {
                Engine::Sqlite => "name another file; nothing was changed",
                Engine::Postgres => {
                    "name a schema of its own, such as `?schema=lms`; nothing was changed"
                }
            }));
    }
    let applied: Vec<AppliedRow> =
        if counts.ours == 0 { Vec::new() } else { tx.sql(&APPLIED).all().await? };
    for row in &applied {
        let known = MIGRATIONS.iter().find(|migration| migration.version == row.version);
        if known.is_some_and(|migration| migration.checksum(engine) != row.checksum) {
            return Err(Error::inconsistent(
                &format!("migration `{}`", row.name),
                "it is not the one that this program has",
            ));
        }
    }
    let version = applied.last().map_or(0, |row| row.version);
    let pending: Vec<&'static Migration> = MIGRATIONS
        .iter()
        .filter(|migration| applied.iter().all(|row| row.version != migration.version))
        .collect();
    let state = match version {
        0 => SchemaState::Empty,
        _ if version > newest() => SchemaState::Newer,
        _ if pending.is_empty() => SchemaState::Current,
        _ => SchemaState::Older,
    };
    Ok(Found { version, state, pending })
}

impl Found {
    /// The names of what would be applied.
    pub(crate) fn pending(&self) -> Vec<String> {
        self.pending.iter().map(|migration| migration.name.to_owned()).collect()
    }

    /// Refuses all but the schema of this program, in one line.
    pub(crate) fn require_current(&self) -> Result<()> {
        match self.state {
            SchemaState::Current => Ok(()),
            SchemaState::Empty => Err(not_set_up("it is empty")),
            SchemaState::Older => Err(SCHEMA_OLDER
                .error(format!(
                    "the database has schema {}, this program needs {}",
                    self.version,
                    newest()
                ))
                .with_hint("make a backup with the older program, then run `lmsctl db migrate`")),
            SchemaState::Newer => Err(self.newer()),
        }
    }

    fn newer(&self) -> Error {
        SCHEMA_NEWER
            .error(format!(
                "the database has schema {}, this program knows schemas up to {}",
                self.version,
                newest()
            ))
            .with_hint("use the newer program that migrated it; nothing was changed")
    }
}

/// Applies what is pending, up to a version where one is named; the names of what was applied.
///
/// The transaction must be one of `begin_write`: its lock is the guard.
pub(crate) async fn apply(
    tx: &mut Tx,
    schema: Option<&str>,
    up_to: i64,
    now: Timestamp,
) -> Result<Vec<String>> {
    if let Some(schema) = schema {
        tx.assembled(format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"")).run().await?;
    }
    let found = inspect(tx).await?;
    if found.state == SchemaState::Newer {
        return Err(found.newer());
    }
    let engine = tx.engine();
    let pending: Vec<&Migration> =
        found.pending.into_iter().filter(|migration| migration.version <= up_to).collect();
    for migration in &pending {
        tx.script(migration.text(engine)).await?;
    }
    let row = |migration: &&Migration| {
        vec![
            migration.version.into_value(),
            migration.name.into_value(),
            migration.checksum(engine).into_value(),
            now.into_value(),
        ]
    };
    let rows: Vec<_> = pending.iter().map(row).collect();
    bulk::insert(tx, &SCHEMA_MIGRATIONS, rows).await?;
    Ok(pending.iter().map(|migration| migration.name.to_owned()).collect())
}
