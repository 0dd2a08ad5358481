//! Many rows in one operation, beside the engine's own way to fill a table: `.import` of
//! `sqlite3`, `\copy` of `psql`.
//!
//! Both write the same rows into a table with the same keys, index and foreign key, and are durable
//! when they return. Ours also draws the salts, hashes every value, and writes the entry of the
//! audit chain; the tools start a process and read the rows from a file of comma-separated values.
//! `.import` makes no BLOBs, so that its table holds ids and digests as hexadecimal text.

use std::path::{Path, PathBuf};

use lms_core::Engine;
use lms_core::testkit::{TestLms, engines};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::engines::{file_of, psql, runtime, schema_of, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};

pub(crate) fn run(options: &Options) {
    let n_rows = if options.quick { 10_000 } else { 100_000 };
    heading(&format!(
        "bulk: {n_rows} changes in one operation, seconds, median (least–most) of {} rounds",
        options.rounds()
    ));
    let runtime = runtime();
    for engine in engines() {
        let rows = Rows::made(&runtime, engine, n_rows);
        let (tool, floor) = match engine {
            Engine::Sqlite => (".import", sqlite_floor as fn(&Runtime, &Rows) -> f64),
            Engine::Postgres => ("\\copy", postgres_floor as fn(&Runtime, &Rows) -> f64),
            other => panic!("nobody wrote a floor for {other}"),
        };
        let [ours, floor, tenth] = measure(
            options.rounds(),
            [
                Case::new("ours", || load(&runtime, engine, n_rows).0),
                Case::new(tool, || floor(&runtime, &rows)),
                Case::new("a tenth", || load(&runtime, engine, n_rows / 10).0),
            ],
        );
        line(&format!("{engine}: ours"), &ours.spread(3));
        line(&format!("{engine}: {tool}"), &floor.spread(3));
        line(&format!("{engine}: ratio"), &format!("{:.2}", ours.median() / floor.median()));
        line(
            &format!("{engine}: {} rows", n_rows / 10),
            &format!("{}, growth {:.1}", tenth.spread(3), ours.median() / tenth.median()),
        );
    }
}

/// The time that an operation takes from its first to its last step.
fn load(runtime: &Runtime, engine: Engine, n_rows: u32) -> (f64, TestLms) {
    let lms = runtime.block_on(TestLms::fresh(engine));
    let took = seconds(|| {
        runtime.block_on(lms.record_changes(n_rows)).expect("the changes can be recorded");
    });
    (took, lms)
}

/// The rows that ours writes, as files for the tools.
struct Rows {
    _folder: TempDir,
    operations: PathBuf,
    changes: PathBuf,
}

impl Rows {
    fn made(runtime: &Runtime, engine: Engine, n_rows: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let rows = Self {
            operations: folder.path().join("operations.csv"),
            changes: folder.path().join("changes.csv"),
            _folder: folder,
        };
        let (_, lms) = load(runtime, engine, n_rows);
        match engine {
            Engine::Postgres => psql(
                schema_of(&lms),
                &[
                    &format!(
                        "\\copy (SELECT * FROM operations WHERE kind = 'test.loaded') TO '{}' CSV",
                        rows.operations.display()
                    ),
                    &format!(
                        "\\copy (SELECT c.* FROM operation_changes c JOIN operations o \
                         ON o.id = c.operation_id WHERE o.kind = 'test.loaded') TO '{}' CSV",
                        rows.changes.display()
                    ),
                ],
            ),
            _ => sqlite3(
                &file_of(&lms),
                &[
                    ".mode csv",
                    &format!(".once {}", rows.changes.display()),
                    "SELECT hex(operation_id), position, subject_type, hex(subject_id), \
                            hex(digest), hex(salt), value_before, value_after \
                     FROM operation_changes c JOIN operations o ON o.id = c.operation_id \
                     WHERE o.kind = 'test.loaded' ORDER BY position",
                ],
            ),
        }
        rows
    }
}

fn sqlite_floor(_: &Runtime, rows: &Rows) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("floor.db");
    sqlite3(
        &file,
        &[
            ".output /dev/null",
            "PRAGMA journal_mode = WAL",
            "CREATE TABLE operations (id TEXT NOT NULL PRIMARY KEY)",
            "CREATE TABLE operation_changes (
                 operation_id TEXT    NOT NULL REFERENCES operations (id),
                 position     INTEGER NOT NULL CHECK (position > 0),
                 subject_type TEXT    NOT NULL,
                 subject_id   TEXT    CHECK (length(subject_id) = 32),
                 digest       TEXT    NOT NULL CHECK (length(digest) = 64),
                 salt         TEXT,
                 value_before TEXT,
                 value_after  TEXT,
                 PRIMARY KEY (operation_id, position)
             ) STRICT, WITHOUT ROWID",
            "CREATE INDEX operation_changes_by_subject
                 ON operation_changes (subject_id, operation_id)",
            &format!("INSERT INTO operations VALUES ('{}')", first_field(&rows.changes)),
        ],
    );
    seconds(|| {
        sqlite3(
            &file,
            &[
                "PRAGMA foreign_keys = ON",
                "PRAGMA synchronous = FULL",
                ".mode csv",
                &format!(".import {} operation_changes", rows.changes.display()),
            ],
        );
    })
}

fn postgres_floor(runtime: &Runtime, rows: &Rows) -> f64 {
    let lms = runtime.block_on(TestLms::fresh(Engine::Postgres));
    let copy = |table: &str, file: &Path| format!("\\copy {table} FROM '{}' CSV", file.display());
    psql(schema_of(&lms), &[&copy("operations", &rows.operations)]);
    seconds(|| psql(schema_of(&lms), &[&copy("operation_changes", &rows.changes)]))
}

fn first_field(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the rows were written");
    text.split(',').next().expect("there is a first field").trim_matches('"').to_owned()
}
