//! Audited commits a second, beside bare ones: one row inserted and committed, as durably.
//!
//! An audited commit reads the settings, writes a version of them, an operation with its change, an
//! entry of the chain and an event, moves the head, and commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lms_core::testkit::{TestLms, engines};
use lms_core::{Engine, SettingsChange};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::SqliteSynchronous;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::engines::{connect, postgres, runtime};
use crate::harness::{Case, Options, heading, line, measure, per_second};

const WRITERS: [usize; 2] = [1, 16];

pub(crate) fn run(options: &Options) {
    let how_long = Duration::from_millis(if options.quick { 300 } else { 2000 });
    heading(&format!(
        "commits: a second, one setting changed in each, median (least–most) of {} rounds",
        options.rounds()
    ));
    let runtime = runtime();
    for engine in engines() {
        let ours = Arc::new(Ours::new(runtime.block_on(TestLms::organisation(engine))));
        let floor = Arc::new(runtime.block_on(Floor::new(engine)));
        for writers in WRITERS {
            let [audited, bare] = measure(
                options.rounds(),
                [
                    Case::new("audited", || {
                        together(&runtime, writers, || {
                            let ours = Arc::clone(&ours);
                            async move { per_second(how_long, || ours.change_a_setting()).await }
                        })
                    }),
                    Case::new("bare", || {
                        together(&runtime, writers, || {
                            let floor = Arc::clone(&floor);
                            async move { per_second(how_long, || floor.commit()).await }
                        })
                    }),
                ],
            );
            let who = format!("{engine}, {writers} at once");
            line(&format!("{who}: audited"), &audited.spread(0));
            line(&format!("{who}: bare"), &bare.spread(0));
            line(&format!("{who}: ratio"), &format!("{:.2}", bare.median() / audited.median()));
        }
        line(&format!("{engine}: chain afterwards"), &runtime.block_on(ours.verified()));
    }
}

/// The sum of what several tasks reach at the same time.
fn together<F>(runtime: &Runtime, writers: usize, one: impl Fn() -> F) -> f64
where
    F: Future<Output = f64> + Send + 'static,
{
    let tasks: Vec<_> = (0..writers).map(|_| runtime.spawn(one())).collect();
    let sum = async {
        let mut sum = 0.0;
        for task in tasks {
            sum += task.await.expect("no writer panics");
        }
        sum
    };
    runtime.block_on(sum)
}

struct Ours {
    lms: TestLms,
    changes: AtomicU64,
}

impl Ours {
    fn new(lms: TestLms) -> Self {
        Self { lms, changes: AtomicU64::new(0) }
    }

    async fn change_a_setting(&self) {
        // Every name is new, so that every call is a change.
        let number = self.changes.fetch_add(1, Ordering::Relaxed);
        let change = SettingsChange::new().set("name", &format!("Acme {number}"));
        let change = change.expect("it is a name");
        let outcome = self.lms.settings().set(&self.lms.admin(), change).await;
        assert!(outcome.expect("it can be changed").operation.is_some());
    }

    /// The chain must hold, and have an entry for each acknowledged commit.
    async fn verified(&self) -> String {
        let before_changes = 5;
        let verified = self.lms.audit().verify(&self.lms.admin(), None, &mut |_, _| ()).await;
        let verified = verified.expect("the chain can be read");
        assert!(verified.ok, "{:?}", verified.findings);
        let changes = self.changes.load(Ordering::Relaxed);
        assert_eq!(verified.entries.cast_unsigned(), before_changes + changes);
        format!("holds, {} entries", verified.entries)
    }
}

/// A table with a row for each commit, through the same driver.
enum Floor {
    Sqlite { pool: SqlitePool, _folder: TempDir },
    Postgres(PgPool),
}

impl Floor {
    async fn new(engine: Engine) -> Self {
        if engine == Engine::Postgres {
            let mut connection = connect().await;
            sqlx::raw_sql("CREATE TABLE public.floor (id BIGSERIAL PRIMARY KEY, name TEXT)")
                .execute(&mut connection)
                .await
                .expect("a table can be made");
            let pool = PgPoolOptions::new().max_connections(16);
            return Self::Postgres(
                pool.connect(&postgres().superuser_url()).await.expect("the server answers"),
            );
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        // More connections would only wait for each other.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.expect("a file can be made");
        sqlx::raw_sql("CREATE TABLE floor (id INTEGER PRIMARY KEY, name TEXT)")
            .execute(&pool)
            .await
            .expect("a table can be made");
        Self::Sqlite { pool, _folder: folder }
    }

    async fn commit(&self) {
        let committed = match self {
            Self::Sqlite { pool, .. } => commit_sqlite(pool).await,
            Self::Postgres(pool) => commit_postgres(pool).await,
        };
        committed.expect("a row can be inserted");
    }
}

async fn commit_sqlite(pool: &SqlitePool) -> sqlx::Result<()> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("INSERT INTO floor (name) VALUES ('Acme')").execute(&mut *tx).await?;
    tx.commit().await
}

async fn commit_postgres(pool: &PgPool) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query("INSERT INTO public.floor (name) VALUES ('Acme')").execute(&mut *tx).await?;
    tx.commit().await
}
