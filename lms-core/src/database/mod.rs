//! The database itself: its schema, its health, and copies of it.
//!
//! Owns `schema_migrations` through the kernel. A backup is one portable file, the same for both
//! engines, read in one snapshot while others write; it restores into an empty database of either.

mod backup;
mod check;
mod restore;
mod status;

use serde::Serialize;
use serde_json::{Value as Json, json};

pub use crate::kernel::db::migrate::SchemaState;
pub use restore::read_backup;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::failure::LOCKED;
use crate::kernel::db::{Target, migrate};
use crate::kernel::error::{Error, Result, error_codes};
use crate::operations::{Operation, Write};

/// May look at the state of the database.
pub(crate) const READ: Permission =
    Permission::new("database.read", "look at the state of the database");
/// May migrate, back up and restore: whoever holds a backup holds everything.
pub(crate) const MANAGE: Permission =
    Permission::new("database.manage", "migrate, back up or restore the database");

error_codes! {
    BUSY = "database.busy", Busy, "another migration or restore is under way";
    NOT_EMPTY = "database.not_empty", Precondition, "the database to restore into holds data";
    BACKUP_UNREADABLE = "database.backup_unreadable", Invalid, "a backup is not one, or is damaged";
    BACKUP_NEWER = "database.backup_newer", Invalid, "a backup was made by a newer program";
    BACKUP_FAILED = "database.backup_failed", Unavailable, "a backup could not be written";
}

pub(crate) use status::STATEMENTS;
#[cfg(feature = "testkit")]
pub(crate) use status::catalogue;

/// The database; made by [`crate::Lms::database`].
#[derive(Debug)]
pub struct Database<'a> {
    pub(crate) core: &'a Core,
}

/// What a migration did.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct MigrationOutcome {
    /// The schema before.
    pub from: i64,
    /// The schema now.
    pub to: i64,
    /// The migrations that were applied; none where there was nothing to do.
    pub applied: Vec<String>,
}

/// How a database stands.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct DatabaseStatus {
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The version of the engine.
    pub server_version: String,
    /// Where it is, without its password.
    pub location: String,
    /// The schema that it has.
    pub schema_version: i64,
    /// The schema that this program wants.
    pub program_schema_version: i64,
    /// How the two stand to each other.
    pub state: SchemaState,
    /// The migrations that `db migrate` would apply.
    pub pending: Vec<String>,
    /// How large it is on disk.
    pub size_bytes: Option<i64>,
    /// The last entry of the audit chain.
    pub head_seq: Option<i64>,
    /// The rows of each table.
    pub tables: Vec<TableStatus>,
}

/// The rows of a table.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableStatus {
    /// The table.
    pub name: String,
    /// Its rows.
    pub rows: i64,
}

/// What a check of the database found.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct DatabaseCheck {
    /// Whether everything holds.
    pub ok: bool,
    /// Each check.
    pub checks: Vec<Check>,
}

/// One check.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// What a backup or a restore carried over.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct BackupSummary {
    /// The schema of the backup.
    pub schema_version: i64,
    /// The rows of each table.
    pub tables: Vec<TableStatus>,
    /// All rows.
    pub rows: u64,
    /// The last entry of the audit chain at that moment.
    pub head_seq: i64,
    /// The moment that the backup shows.
    pub created_at: Timestamp,
}

impl Database<'_> {
    /// Creates the schema or brings it up to date. Of several at once, one does it.
    pub async fn migrate(&self, actor: &Actor) -> Result<MigrationOutcome> {
        actor.require(MANAGE)?;
        // A look first: the file of another program is not to be touched.
        let found = migrate::inspect(&mut self.core.db().begin_read().await?).await?;
        self.core.db().prepare_file().await.map_err(busy)?;
        if found.state == SchemaState::Current {
            return Ok(MigrationOutcome {
                from: found.version,
                to: found.version,
                applied: Vec::new(),
            });
        }
        let mut write = Write::begin_without_schema(self.core, actor).await.map_err(busy)?;
        // Another may have been faster; what counts is what is found behind the lock.
        let from = migrate::inspect(&mut write.tx).await?.version;
        let now = write.ctx.now;
        let applied =
            migrate::apply(&mut write.tx, schema(self.core), migrate::newest(), now).await?;
        if !applied.is_empty() {
            write.follow_the_last().await?;
            let after = json!({ "from": from, "to": migrate::newest(), "applied": applied });
            write.record(
                Operation::new("database.migrated")
                    .count("applied", i64::try_from(applied.len()).unwrap_or(i64::MAX))
                    .change("database", None, None::<&Json>, Some(&after)),
            );
        }
        write.commit().await?;
        Ok(MigrationOutcome { from, to: migrate::newest(), applied })
    }

    /// Whether the database answers and has the schema of this program: cheap enough to be asked
    /// every second, and it reveals nothing, so that nobody needs a permission.
    pub async fn ready(&self) -> Result<()> {
        let mut tx = self.core.db().begin_read().await?;
        migrate::inspect(&mut tx).await?.require_current()
    }

    /// Says how the database stands.
    pub async fn status(&self, actor: &Actor) -> Result<DatabaseStatus> {
        actor.require(READ)?;
        status::status(self.core).await
    }

    /// Looks for damage: in the file, in the schema, in every row, in the audit chain.
    pub async fn check(&self, actor: &Actor) -> Result<DatabaseCheck> {
        actor.require(READ)?;
        check::check(self.core).await
    }

    /// Writes everything, as of one moment, while others go on writing.
    pub async fn backup(
        &self,
        actor: &Actor,
        out: &mut (dyn std::io::Write + Send),
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<BackupSummary> {
        actor.require(MANAGE)?;
        backup::backup(self.core, out, progress).await
    }

    /// Restores a backup of either engine into an empty database: all of it or nothing.
    pub async fn restore(
        &self,
        actor: &Actor,
        input: &mut (dyn std::io::Read + Send),
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<BackupSummary> {
        actor.require(MANAGE)?;
        restore::restore(self.core, actor, input, progress).await
    }
}

/// The schema that may have to be made first.
fn schema(core: &Core) -> Option<&str> {
    match core.url().target() {
        Target::Sqlite { .. } => None,
        Target::Postgres { schema, .. } => Some(schema),
    }
}

/// To those who migrate or restore, a lock means that another does so.
fn busy(error: Error) -> Error {
    if !error.is(&LOCKED) {
        return error;
    }
    BUSY.error("another migration or restore, or a long write, holds the database")
        .with_hint("try again when it is done, or wait longer with `--wait`")
        .with_source(error)
}
