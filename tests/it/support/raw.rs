//! The database behind the library's back: for planting damage, and for looking at every row.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lms_core::Engine;
use lms_core::testkit::{Postgres, TestDatabase, columns};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// A connection that nothing holds back: on SQLite foreign keys are not enforced, on PostgreSQL
/// [`Raw::drop_references`] does away with them.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What differs between the engines in a statement that tests write.
pub fn per_engine(engine: Engine, sqlite: &str, postgres: &str) -> String {
    if engine == Engine::Sqlite { sqlite.to_owned() } else { postgres.to_owned() }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The file of an SQLite place.
pub fn sqlite_path(place: &TestDatabase) -> PathBuf {
    PathBuf::from(place.url().strip_prefix("sqlite:").unwrap())
}

impl Raw {
    pub async fn open(place: &TestDatabase) -> Self {
        if place.engine() == Engine::Sqlite {
            return Self::file(&sqlite_path(place)).await;
        }
        let schema = place.url().rsplit_once("schema=").unwrap().1;
        let url = Postgres::shared().unwrap().superuser_url();
        let mut raw = Self::Postgres(PgConnection::connect(&url).await.unwrap());
        raw.run(format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await;
        raw.run(format!("SET search_path TO {schema}")).await;
        raw
    }

    /// An SQLite file, made if it is not there.
    pub async fn file(path: &std::path::Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(false)
            .busy_timeout(std::time::Duration::from_secs(20));
        Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
    }

    /// Connects, and makes rows deletable that others refer to.
    pub async fn without_references(place: &TestDatabase) -> Self {
        let mut raw = Self::open(place).await;
        if let Self::Postgres(_) = raw {
            raw.run(
                "DO $$ DECLARE r record; BEGIN
                   FOR r IN SELECT conrelid::regclass AS referrer, conname FROM pg_constraint
                            WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
                   LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.referrer, r.conname);
                   END LOOP;
                 END $$",
            )
            .await;
        }
        raw
    }

    /// Runs one or several statements; the number of rows touched.
    pub async fn run(&mut self, sql: impl Into<String>) -> u64 {
        let sql = sql.into();
        let statement = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
        match self {
            Self::Sqlite(raw) => statement.execute(raw).await.map(|done| done.rows_affected()),
            Self::Postgres(raw) => statement.execute(raw).await.map(|done| done.rows_affected()),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a statement that must touch exactly one row: a tampering that hits nothing proves
    /// nothing.
    pub async fn run_one(&mut self, sql: impl Into<String>) {
        let sql = sql.into();
        assert_eq!(self.run(sql.clone()).await, 1, "{sql}");
    }

    /// The one text column of a query.
    pub async fn texts(&mut self, sql: impl Into<String>) -> Vec<String> {
        let sql = sql.into();
        let text = AssertSqlSafe(sql.clone());
        match self {
            Self::Sqlite(raw) => sqlx::query_scalar(text).fetch_all(raw).await,
            Self::Postgres(raw) => sqlx::query_scalar(text).fetch_all(raw).await,
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Every row of every table that the library declares, in a form that is the same on both
    /// engines: ids and bytes as hexadecimal, instants as microseconds.
    pub async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let engine = match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in columns(engine) {
            let column = column.catalogued;
            let text = canonical(engine, &column.column, &column.type_name);
            tables.entry(column.table).or_default().push(format!("COALESCE({text}, '<null>')"));
        }
        let mut dump = BTreeMap::new();
        for (table, columns) in tables {
            let mut rows =
                self.texts(format!("SELECT {} FROM {table}", columns.join(" || '|' || "))).await;
            rows.sort();
            dump.insert(table, rows);
        }
        dump
    }
}

fn canonical(engine: Engine, column: &str, type_name: &str) -> String {
    match (engine, type_name) {
        // `hex` makes an empty text of nothing.
        (Engine::Sqlite, "BLOB") => {
            format!("CASE WHEN {column} IS NOT NULL THEN lower(hex({column})) END")
        }
        (Engine::Sqlite, "INTEGER") => format!("CAST({column} AS TEXT)"),
        (Engine::Postgres, "uuid") => format!("replace(CAST({column} AS TEXT), '-', '')"),
        (Engine::Postgres, "bytea") => format!("encode({column}, 'hex')"),
        (Engine::Postgres, "timestamp with time zone") => {
            format!("CAST(CAST(EXTRACT(EPOCH FROM {column}) * 1000000 AS BIGINT) AS TEXT)")
        }
        (Engine::Postgres, "boolean") => format!("CAST(CAST({column} AS INTEGER) AS TEXT)"),
        (Engine::Postgres, "bigint" | "date") => format!("CAST({column} AS TEXT)"),
        (_, "TEXT" | "text") => column.to_owned(),
        (_, other) => panic!("say how to compare a column of type `{other}`"),
    }
}
