//! What is opened and what is refused, each in one line, with nothing half made.
//!
//! A file that may only be read is not tried here: tests often run as root, whom permissions do
//! not stop.

use std::time::{Duration, Instant};

use lms_core::testkit::{Postgres, TestDatabase, TestLms};
use lms_core::{Engine, Error, ErrorKind, Lms, SchemaMode};

use super::assert_well_put;
use crate::support::engines::{asked_for, on_both_engines};
use crate::support::raw::{Raw, per_engine, sqlite_path};

on_both_engines! {
    a_place_where_nothing_is_says_how_to_begin,
    the_tables_of_another_program_are_left_alone,
    a_newer_schema_is_refused_and_left_alone,
    an_older_schema_is_refused_until_it_is_migrated,
    a_migration_that_was_altered_is_refused,
}

/// Opens in the usual way and asserts that it is refused with this code.
async fn refused(url: &str, code: &str) -> Error {
    refused_in(url, SchemaMode::Refuse, code).await
}

async fn refused_in(url: &str, mode: SchemaMode, code: &str) -> Error {
    let opened = Lms::builder(url).schema_mode(mode).wait(Duration::from_secs(5)).open().await;
    let error = opened.err().unwrap_or_else(|| panic!("`{url}` was opened"));
    assert_eq!(error.code(), code, "{url}: {error:?}");
    assert_well_put(&error);
    error
}

async fn a_place_where_nothing_is_says_how_to_begin(engine: Engine) {
    let place = TestDatabase::empty(engine);
    let error = refused(place.url(), "database.not_set_up").await;
    assert_eq!(error.kind(), ErrorKind::Precondition);
    assert!(error.hints()[0].contains("lmsctl init"), "{error:?}");
    if engine == Engine::Sqlite {
        assert!(!sqlite_path(&place).exists(), "looking does not make a file");
        assert!(error.message().contains("lms.db"), "{error}");
    }
}

async fn the_tables_of_another_program_are_left_alone(engine: Engine) {
    let place = TestDatabase::empty(engine);
    let mut raw = Raw::open(&place).await;
    raw.run("CREATE TABLE invoices (number TEXT)").await;
    raw.run_one("INSERT INTO invoices (number) VALUES ('2026-001')").await;
    drop(raw);
    let bytes = |place: &TestDatabase| match engine {
        Engine::Sqlite => std::fs::read(sqlite_path(place)).unwrap(),
        _ => Vec::new(),
    };
    let before = bytes(&place);

    for mode in [SchemaMode::Refuse, SchemaMode::Apply] {
        let error = refused_in(place.url(), mode, "database.foreign").await;
        assert_eq!(error.kind(), ErrorKind::Precondition);
    }
    let lms = Lms::builder(place.url()).schema_mode(SchemaMode::Create).open().await.unwrap();
    let donor = TestLms::organisation(engine).await;
    let (file, _) = super::backup(&donor).await;
    let error = super::restore(&lms, &file).await.unwrap_err();
    assert_eq!(error.code(), "database.foreign");
    lms.close().await;

    let mut raw = Raw::open(&place).await;
    assert_eq!(raw.texts("SELECT number FROM invoices").await, ["2026-001"]);
    let tables = per_engine(
        engine,
        "SELECT name FROM sqlite_master",
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
    );
    assert_eq!(raw.texts(tables).await, ["invoices"]);
    drop(raw);
    assert!(bytes(&place) == before, "the message promises that nothing was changed");
}

async fn a_newer_schema_is_refused_and_left_alone(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let instant = per_engine(engine, "0", "CAST('2026-01-01T00:00:00Z' AS TIMESTAMPTZ)");
    let mut raw = Raw::open(lms.place()).await;
    raw.run_one(format!("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (999, '0999_later', 'x', {instant})")).await;
    let before = raw.dump().await;
    for mode in [SchemaMode::Refuse, SchemaMode::Apply] {
        let error = refused_in(lms.database_url(), mode, "database.schema_newer").await;
        assert_eq!(error.kind(), ErrorKind::Precondition);
        assert!(error.message().contains("999"), "{error}");
    }
    let any = Lms::builder(lms.database_url()).schema_mode(SchemaMode::Any).open().await.unwrap();
    let migrate = any.database().migrate(&lms.admin()).await.unwrap_err();
    let check = any.database().check(&lms.admin()).await.unwrap_err();
    let mut nowhere = std::io::sink();
    let backup = any.database().backup(&lms.admin(), &mut nowhere, &mut |_, _| ()).await;
    for error in [migrate, check, backup.unwrap_err()] {
        assert_eq!(error.code(), "database.schema_newer");
    }
    assert_eq!(raw.dump().await, before);
}

/// Takes the tables of the newest migration away, and the note that it was applied.
async fn undo_the_newest_migration(raw: &mut Raw) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite");
    let scripts = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let newest = scripts.max().unwrap();
    let name = newest.file_name().unwrap().to_str().unwrap();
    let script = std::fs::read_to_string(&newest).unwrap();
    let made = script.split("CREATE TABLE ").skip(1);
    let tables: Vec<&str> = made.map(|rest| rest.split(' ').next().unwrap()).collect();
    assert!(!tables.is_empty(), "{name} makes no table: undo what it does here");
    for table in tables.iter().rev() {
        raw.run(format!("DROP TABLE {table}")).await;
    }
    let version: i64 = name.split('_').next().unwrap().parse().unwrap();
    raw.run_one(format!("DELETE FROM schema_migrations WHERE version = {version}")).await;
}

async fn an_older_schema_is_refused_until_it_is_migrated(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let mut raw = Raw::open(lms.place()).await;
    undo_the_newest_migration(&mut raw).await;

    let error = refused(lms.database_url(), "database.schema_older").await;
    assert_eq!(error.kind(), ErrorKind::Precondition);
    assert!(error.hints()[0].contains("lmsctl db migrate"), "{error:?}");

    let migrated =
        Lms::builder(lms.database_url()).schema_mode(SchemaMode::Apply).open().await.unwrap();
    let newest = crate::support::looks::newest(&migrated).await;
    assert_eq!(newest.kind, "database.migrated");
    assert_eq!(newest.seq, 2);
    let set_up = lms_core::SetUp::new("Acme", "ada");
    assert!(migrated.access().set_up(&lms.admin(), set_up).await.unwrap().created);
    crate::support::looks::assert_sound(&migrated).await;
}

async fn a_migration_that_was_altered_is_refused(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let mut raw = Raw::open(lms.place()).await;
    raw.run_one("UPDATE schema_migrations SET checksum = 'altered' WHERE version = 2").await;
    for mode in [SchemaMode::Refuse, SchemaMode::Apply] {
        let error = refused_in(lms.database_url(), mode, "database.inconsistent").await;
        assert!(error.message().contains("0002_operations"), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_scheme_is_refused() {
    for url in ["mysql://ada:secret@db/lms", "lms.db", "", "sqlite:", "oracle", "postgres:db/lms"] {
        let error = refused(url, "database.url_invalid").await;
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn files_that_are_no_databases_are_refused_and_left_alone() {
    let folder = TestDatabase::empty(Engine::Sqlite);
    let folder = folder.folder();
    let long = "not a database, but somebody's notes\n".repeat(500);
    for (name, text) in
        [("long.txt", long.as_str()), ("short.txt", "notes"), ("header.txt", "SQLite format 4\0…")]
    {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let url = format!("sqlite:{}", path.display());
        for mode in [SchemaMode::Refuse, SchemaMode::Apply] {
            let error = refused_in(&url, mode, "database.not_a_database").await;
            assert_eq!(error.kind(), ErrorKind::Invalid);
            let told = format!("{} {:?}", error.message(), error.hints());
            assert!(told.contains(name), "which file? {told}");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing was put beside them: {names:?}");

    let path = folder.join("empty.db");
    std::fs::write(&path, "").unwrap();
    let url = format!("sqlite:{}", path.display());
    refused(&url, "database.not_set_up").await;
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    // An empty file is a place for a database.
    Lms::builder(&url).schema_mode(SchemaMode::Apply).open().await.unwrap();
}

#[tokio::test]
async fn folders_that_do_not_fit_are_refused() {
    let place = TestDatabase::empty(Engine::Sqlite);
    let folder = place.folder();
    let missing = folder.join("no/such/folder/lms.db");
    std::fs::write(folder.join("file"), "x").unwrap();
    let below_a_file = folder.join("file/lms.db");
    for mode in [SchemaMode::Refuse, SchemaMode::Apply] {
        let url = format!("sqlite:{}", missing.display());
        let error = refused_in(&url, mode, "database.cannot_open").await;
        assert!(error.message().contains("no/such/folder"), "{error}");
        let url = format!("sqlite:{}", folder.display());
        let error = refused_in(&url, mode, "database.cannot_open").await;
        assert!(error.message().contains("is a folder"), "{error}");
        let url = format!("sqlite:{}", below_a_file.display());
        refused_in(&url, mode, "database.cannot_open").await;
    }
    assert!(!folder.join("no").exists());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_soon() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let begun = Instant::now();
    let url = format!("postgres://lms:hush@127.0.0.1:{port}/lms");
    let error = refused(&url, "database.unreachable").await;
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    let url = "postgres://lms@no-such-host.invalid/lms";
    refused(url, "database.unreachable").await;
    let url = "postgres://lms@localhost/lms?host=/no/such/folder";
    refused(url, "database.unreachable").await;
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_says_why() {
    if !asked_for(Engine::Postgres) {
        return;
    }
    let server = Postgres::shared().unwrap();
    let error = refused(&server.tcp_url(Postgres::ROLE, "let me in"), "database.sign_in").await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!format!("{error:?}").contains("let me in"), "{error:?}");
    assert!(error.hints()[0].contains("LMS_DATABASE_URL"), "{error:?}");
    refused(&server.tcp_url("no_such_role", "x"), "database.sign_in").await;

    let url = server.superuser_url();
    let (base, query) = url.split_once('?').unwrap_or((&url, ""));
    let server_part = base.rsplit_once('/').unwrap().0;
    let url = format!("{server_part}/no_such_database?{query}");
    let error = refused(&url, "database.unreachable").await;
    assert!(error.message().contains("no_such_database"), "{error}");
}

#[tokio::test]
async fn the_password_may_come_apart_from_the_url() {
    // A server that somebody else runs need not have the role.
    if !asked_for(Engine::Postgres) || std::env::var_os("LMS_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let url = Postgres::shared().unwrap().tcp_url(Postgres::ROLE, Postgres::PASSWORD);
    let url = url.replace(":open%20sesame@", "@");
    assert!(!url.contains("sesame"));
    let url = format!("{url}?schema=test_password_{}", std::process::id());
    let lms = Lms::builder(&url)
        .password(Postgres::PASSWORD.to_owned())
        .schema_mode(SchemaMode::Apply)
        .open()
        .await
        .unwrap();
    let status = lms.database().status(&crate::support::looks::os_admin()).await.unwrap();
    assert!(!status.location.contains("sesame"), "{}", status.location);
}

#[tokio::test]
async fn a_password_in_the_url_is_never_shown() {
    if !asked_for(Engine::Postgres) || std::env::var_os("LMS_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let url = Postgres::shared().unwrap().tcp_url(Postgres::ROLE, Postgres::PASSWORD);
    let url = format!("{url}?schema=test_shown_{}", std::process::id());
    let lms = Lms::builder(&url).schema_mode(SchemaMode::Apply).open().await.unwrap();
    let status = lms.database().status(&crate::support::looks::os_admin()).await.unwrap();
    assert!(status.location.contains("***"), "{}", status.location);
    let shown = format!("{} {} {:?} {lms:?}", status.location, lms.url(), lms.url());
    assert!(!shown.contains("sesame"), "{shown}");
}
