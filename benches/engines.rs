//! The databases that are measured, and their own tools.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use lms_core::testkit::{Postgres, TestLms};
use sqlx::{Connection, PgConnection};

use crate::harness::{Case, heading, line, measure, seconds};

/// A runtime as `lmsctl` has it.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be made")
}

/// Says what is measured on, and makes PostgreSQL durable.
pub(crate) fn introduce() {
    heading("machine");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    line("cores", &cores.to_string());
    line("4 KiB written and synced", &format!("{} ms", synced_write().spread(2)));
    if lms_core::testkit::engines().contains(&lms_core::Engine::Postgres) {
        line("PostgreSQL", &runtime().block_on(make_durable()));
    }
}

/// What every commit waits for at least, where the disk keeps its promises.
fn synced_write() -> crate::harness::Measured {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut file = File::create(folder.path().join("synced")).expect("a file can be made");
    let write = || {
        1000.0
            * seconds(|| {
                file.write_all(&[7; 4096]).expect("there is room");
                file.sync_data().expect("it can be synced");
            })
    };
    let [measured] = measure(50, [Case::new("synced write", write)]);
    measured
}

/// The throwaway cluster of the tests promises nothing; for a comparison it must. A server that
/// somebody else runs stays as it is. Says what holds.
async fn make_durable() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test kit is told by its environment")]
    let is_given = std::env::var_os("LMS_TEST_POSTGRES_URL").is_some();
    let mut connection = connect().await;
    if !is_given {
        for statement in [
            "ALTER SYSTEM SET fsync = on",
            "ALTER SYSTEM SET full_page_writes = on",
            "ALTER SYSTEM SET synchronous_commit = on",
            "SELECT pg_reload_conf()",
        ] {
            sqlx::raw_sql(statement).execute(&mut connection).await.expect("a superuser may");
        }
        // The server takes it up at the next moment it has.
        while setting(&mut connection, "fsync").await != "on" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        drop(connection);
        connection = connect().await;
    }
    let mut settings = Vec::new();
    for name in ["server_version", "fsync", "full_page_writes", "synchronous_commit"] {
        settings.push(format!("{name} {}", setting(&mut connection, name).await));
    }
    settings.join(", ")
}

async fn setting(connection: &mut PgConnection, name: &str) -> String {
    sqlx::query_scalar("SELECT current_setting($1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .expect("there is such a setting")
}

pub(crate) async fn connect() -> PgConnection {
    PgConnection::connect(&postgres().superuser_url()).await.expect("the server answers")
}

pub(crate) fn postgres() -> &'static Postgres {
    Postgres::shared().unwrap_or_else(|error| panic!("{error}"))
}

/// The shell of PostgreSQL, in a schema. The call must succeed.
pub(crate) fn psql(schema: &str, commands: &[&str]) {
    let mut psql = Command::new(postgres().bin_dir().join("psql"));
    psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]);
    for command in commands {
        psql.args(["--command", command]);
    }
    psql.arg(postgres().superuser_url());
    psql.env("PGOPTIONS", format!("-c search_path={schema}"));
    run(psql);
}

/// The shell of SQLite, on a file. The call must succeed.
pub(crate) fn sqlite3(file: &Path, commands: &[&str]) {
    let mut sqlite3 = Command::new("sqlite3");
    sqlite3.arg("-bail").arg(file).args(commands);
    run(sqlite3);
}

fn run(mut command: Command) {
    let output = command
        .output()
        .unwrap_or_else(|cause| panic!("{}: {cause}", command.get_program().display()));
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The schema of a database on PostgreSQL.
pub(crate) fn schema_of(lms: &TestLms) -> &str {
    lms.database_url().split_once("schema=").expect("a test has a schema of its own").1
}

/// The file of a database on SQLite.
pub(crate) fn file_of(lms: &TestLms) -> PathBuf {
    lms.place().folder().join("lms.db")
}
