//! Opening a database and beginning transactions.
//!
//! Each engine has a pool for reading and a small one for writing: SQLite has one writer at a time
//! anyway, and on PostgreSQL the decisions of an organisation follow one another, so that writers
//! waiting for their turn must not use up the connections of readers.

use std::time::Duration;

use sqlx::pool::PoolOptions;
#[cfg(feature = "sqlite")]
use tokio::sync::Mutex;
#[cfg(feature = "sqlite")]
use tokio::time::{Instant, timeout_at};

#[cfg(feature = "postgres")]
use super::One;
#[cfg(feature = "sqlite")]
use super::failure::{CANNOT_OPEN, LOCKED};
#[cfg(feature = "postgres")]
use super::failure::{ENGINE_TOO_OLD, UNREACHABLE};
use super::failure::{NOT_SET_UP, explain};
use super::statement::statements;
use super::url::Target;
use super::{DatabaseUrl, Engine, Tx};
use crate::kernel::error::{Error, Result};

statements! {
    /// One decision at a time per organisation; SQLite's `BEGIN IMMEDIATE` is that already.
    LOCK_ORGANISATION = {
        sqlite: "SELECT $1 IS NOT NULL",
        postgres: "SELECT pg_advisory_xact_lock(hashtextextended('lms/' || current_database() || '/' || $1, 0)) IS NULL"
    };
}

/// So many rows may wait for whoever reads them: the thread that runs the statement goes on meanwhile, and
/// the two seldom wait for each other.
#[cfg(feature = "sqlite")]
const ROWS_AHEAD: usize = 1_000;

/// How long SQLite itself looks for the place of a writer, at growing intervals of 1, 2 and 2 ms.
#[cfg(feature = "sqlite")]
const LOOK_FOR: Duration = Duration::from_millis(5);
/// Pages that a connection keeps, as SQLite says it: 64 MiB, used as far as there is need. Its own
/// two are fewer than one thousand people take, and large writes would spill again and again.
#[cfg(feature = "sqlite")]
const CACHE_SIZE: &str = "-65536";
/// After this it is asked to look again.
#[cfg(feature = "sqlite")]
const LOOK_AGAIN: Duration = Duration::from_millis(1);
#[cfg(feature = "postgres")]
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
#[cfg(feature = "postgres")]
const POSTGRES_VERSION_MIN: i64 = 140_000;
/// One that works and one that waits for its turn.
#[cfg(feature = "postgres")]
const POSTGRES_WRITERS: u32 = 2;

/// How to open.
#[derive(Debug, Clone)]
pub(crate) struct OpenOptions {
    pub(crate) readers: u32,
    pub(crate) wait: Duration,
    pub(crate) password: Option<String>,
    /// Whether a missing SQLite file may be made.
    pub(crate) create: bool,
}

/// An open database.
#[derive(Debug)]
pub(crate) enum Db {
    #[cfg(feature = "sqlite")]
    Sqlite { read: sqlx::SqlitePool, write: sqlx::SqlitePool, turn: Mutex<()>, wait: Duration },
    #[cfg(feature = "postgres")]
    Postgres { read: sqlx::PgPool, write: sqlx::PgPool, schema: String },
}

impl Db {
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_async, reason = "a server has to be asked")
    )]
    pub(crate) async fn open(url: &DatabaseUrl, options: &OpenOptions) -> Result<Self> {
        match url.target() {
            #[cfg(feature = "sqlite")]
            Target::Sqlite { path } => open_sqlite(path, options),
            #[cfg(feature = "postgres")]
            Target::Postgres { url, schema } => open_postgres(url, schema, options).await,
            #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
            _ => Err(super::failure::ENGINE_MISSING
                .error(format!("this program was built without {}", url.engine()))
                .with_hint("use a program that was built with both databases")),
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { .. } => Engine::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A consistent view of one moment. Promises not to write.
    pub(crate) async fn begin_read(&self) -> Result<Tx> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { read, .. } => read.begin().await.map(Tx::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres { read, .. } => read
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(Tx::Postgres),
        }
        .map_err(explain)
    }

    /// A transaction that reads, decides and writes; no other decides for the organisation
    /// meanwhile, in this process or another.
    pub(crate) async fn begin_write(&self) -> Result<Tx> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { write, turn, wait, .. } => begin_sqlite(write, turn, *wait).await,
            #[cfg(feature = "postgres")]
            Self::Postgres { write, schema, .. } => {
                let mut tx = write.begin().await.map(Tx::Postgres).map_err(explain)?;
                tx.sql(&LOCK_ORGANISATION).bind(schema.as_str()).one::<One<bool>>().await?;
                Ok(tx)
            }
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            #[cfg(feature = "postgres")]
            Self::Postgres { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
        }
    }

    /// Makes an SQLite file one in which readers and a writer do not wait for each other. The mode
    /// stays with the file, so that only those who create or migrate come here.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(clippy::unused_async, reason = "SQLite has to wait")
    )]
    pub(crate) async fn prepare_file(&self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite { write, wait, .. } => enable_wal(write, *wait).await,
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => Ok(()),
        }
    }
}

#[cfg(feature = "sqlite")]
fn open_sqlite(path: &std::path::Path, options: &OpenOptions) -> Result<Db> {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

    if path.is_dir() {
        return Err(CANNOT_OPEN
            .error(format!("`{}` is a folder, not a database file", path.display()))
            .with_hint("name a file in it, such as `lms.db`"));
    }
    if !path.exists() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(CANNOT_OPEN
                .error(format!("the folder `{}` does not exist", folder.display()))
                .with_hint("create it, or correct the path of the database"));
        }
        if !options.create {
            return Err(not_set_up(&format!("`{}` does not exist", path.display())));
        }
    }
    if options.create {
        make_private(path)?;
    }
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(options.create)
        .foreign_keys(true)
        .busy_timeout(options.wait)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", CACHE_SIZE)
        .row_buffer_size(ROWS_AHEAD)
        .optimize_on_close(false, None);
    let pool = |connections| {
        PoolOptions::<sqlx::Sqlite>::new()
            .max_connections(connections)
            .acquire_timeout(options.wait)
            // The file does not go away between two statements.
            .test_before_acquire(false)
    };
    let read = pool(options.readers).connect_lazy_with(connect.clone().pragma("query_only", "ON"));
    // `BEGIN IMMEDIATE` needs no reader's snapshot: the one writer is a pool of one.
    let write = pool(1).connect_lazy_with(connect.busy_timeout(LOOK_FOR));
    Ok(Db::Sqlite { read, write, turn: Mutex::new(()), wait: options.wait })
}

/// Makes a missing file, readable by its owner only: it will hold personal data. Of several
/// processes one makes it.
#[cfg(feature = "sqlite")]
fn make_private(path: &std::path::Path) -> Result<()> {
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(CANNOT_OPEN
            .error(format!("`{}` cannot be made: {}", path.display(), error.kind()))
            .with_hint("check that its folder may be written to, or name another place")),
    }
}

/// Waits for the one place of a writer.
///
/// By itself SQLite looks whether it is free at longer and longer intervals, in the end ten times a
/// second. A process that has always a next writer ready leaves it free for a fraction of a
/// millisecond only, so that others would meet that moment after seconds, and the slower the disk
/// the later. Looking every millisecond or two gives each process its turn after a few commits of
/// the others. Within this process writers follow in the order in which they came, and only the
/// first of them looks.
#[cfg(feature = "sqlite")]
async fn begin_sqlite(pool: &sqlx::SqlitePool, turn: &Mutex<()>, wait: Duration) -> Result<Tx> {
    let deadline = Instant::now() + wait;
    let ours_are_busy = || explain(sqlx::Error::PoolTimedOut);
    let _turn = timeout_at(deadline, turn.lock()).await.map_err(|_| ours_are_busy())?;
    let mut others_are_busy = None;
    loop {
        // Not a deferred transaction: one that reads first and writes later fails at once when
        // another process wrote in between, and no waiting helps.
        match timeout_at(deadline, pool.begin_with("BEGIN IMMEDIATE")).await {
            Ok(Ok(tx)) => return Ok(Tx::Sqlite(tx)),
            Ok(Err(error)) => {
                let error = explain(error);
                if !error.is(&LOCKED) {
                    return Err(error);
                }
                others_are_busy = Some(error);
            }
            Err(_) => return Err(others_are_busy.unwrap_or_else(ours_are_busy)),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Changing the mode needs the file for itself, and SQLite does not wait for that by itself.
#[cfg(feature = "sqlite")]
async fn enable_wal(pool: &sqlx::SqlitePool, wait: Duration) -> Result<()> {
    let deadline = Instant::now() + wait;
    loop {
        let enabled = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(pool).await;
        match enabled.map_err(explain) {
            Ok(_) => return Ok(()),
            Err(error) if error.is(&LOCKED) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str, schema: &str, options: &OpenOptions) -> Result<Db> {
    use sqlx::Connection;
    use sqlx::postgres::{PgConnectOptions, PgConnection};

    let mut connect: PgConnectOptions = url.parse().map_err(explain)?;
    if let Some(password) = &options.password {
        connect = connect.password(password);
    }
    let connect = connect.application_name("lms").options([
        ("search_path", schema.to_owned()),
        ("lock_timeout", options.wait.as_millis().to_string()),
        ("timezone", "UTC".to_owned()),
        // What people wait for is a page of fifty, from tables that are mostly in memory: a step to
        // another place costs hardly more than one to the next, and starting helpers or compiling a
        // statement takes longer than it saves.
        ("random_page_cost", "1.1".to_owned()),
        ("max_parallel_workers_per_gather", "0".to_owned()),
        ("jit", "off".to_owned()),
    ]);

    // A pool would try for as long as it may wait; whether there is a server is known at once.
    let connecting = PgConnection::connect_with(&connect);
    let mut connection = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| {
            UNREACHABLE
                .error("the database server does not answer within 10 seconds")
                .with_hint("check host and port in the database URL, and the firewall between")
        })?
        .map_err(explain)?;
    let version: i32 =
        sqlx::query_scalar("SELECT CAST(current_setting('server_version_num') AS INT)")
            .fetch_one(&mut connection)
            .await
            .map_err(explain)?;
    connection.close().await.map_err(explain)?;
    if i64::from(version) < POSTGRES_VERSION_MIN {
        return Err(ENGINE_TOO_OLD
            .error(format!("PostgreSQL {} is too old", version / 10_000))
            .with_hint("use PostgreSQL 14 or newer"));
    }

    let pool = |connections, connect| {
        PoolOptions::<sqlx::Postgres>::new()
            .max_connections(connections)
            .acquire_timeout(options.wait)
            .connect_lazy_with(connect)
    };
    // The same question is about many one time and about few the next: each is planned for itself.
    let reading = connect.clone().options([("plan_cache_mode", "force_custom_plan")]);
    Ok(Db::Postgres {
        read: pool(options.readers, reading),
        write: pool(POSTGRES_WRITERS, connect),
        schema: schema.to_owned(),
    })
}

/// What every command says of a database that nobody has set up.
pub(crate) fn not_set_up(why: &str) -> Error {
    NOT_SET_UP
        .error(format!("the database has not been set up: {why}"))
        .with_hint("run `lmsctl init`")
}
