//! Making and updating the schema, also by many at once.

use std::time::Duration;

use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{AuditFilter, Engine, Lms, SchemaMode, SchemaState};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, os_admin};
use crate::support::raw::Raw;

on_both_engines! {
    the_second_time_there_is_nothing_to_do,
    of_sixteen_at_once_one_migrates,
    sixteen_more_at_once_find_nothing_to_do,
    the_state_of_a_database_is_told,
    looking_at_an_empty_place_leaves_it_empty,
    it_is_ready_with_the_schema_of_this_program_only,
}

async fn the_second_time_there_is_nothing_to_do(engine: Engine) {
    let lms = TestLms::open(TestDatabase::empty(engine), SchemaMode::Create).await;
    let first = lms.database().migrate(&lms.admin()).await.unwrap();
    assert_eq!(first.from, 0);
    let newest = first.applied.last().unwrap();
    assert!(newest.starts_with(&format!("{:04}_", first.to)), "{newest}");
    assert_eq!(first.applied[0], "0001_kernel");
    let before = Raw::open(lms.place()).await.dump().await;

    let second = lms.database().migrate(&lms.admin()).await.unwrap();
    assert_eq!((second.from, second.to), (first.to, first.to));
    assert!(second.applied.is_empty());
    assert_eq!(Raw::open(lms.place()).await.dump().await, before);
    assert_eq!(entries(&lms, AuditFilter::new().kind("database.migrated")).await.len(), 1);
    assert_sound(&lms).await;
}

/// Opens the place sixteen times at the same instant, each as a process of its own would.
async fn open_sixteen_times(place: &TestDatabase) -> Vec<Lms> {
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(16));
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let (url, barrier) = (place.url().to_owned(), barrier.clone());
        tasks.push(tokio::spawn(async move {
            barrier.wait().await;
            Lms::builder(&url)
                .schema_mode(SchemaMode::Apply)
                .max_connections(2)
                .wait(Duration::from_mins(1))
                .open()
                .await
        }));
    }
    let mut opened = Vec::new();
    for task in tasks {
        opened.push(task.await.unwrap().unwrap());
    }
    opened
}

async fn of_sixteen_at_once_one_migrates(engine: Engine) {
    for _ in 0..3 {
        let place = TestDatabase::empty(engine);
        let opened = open_sixteen_times(&place).await;
        let lms = &opened[0];
        assert_eq!(entries(lms, AuditFilter::new().kind("database.migrated")).await.len(), 1);
        assert_sound(lms).await;
        let status = opened[15].database().status(&os_admin()).await.unwrap();
        assert_eq!(status.state, SchemaState::Current);
        for lms in opened {
            lms.close().await;
        }
    }
}

async fn sixteen_more_at_once_find_nothing_to_do(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let before = Raw::open(lms.place()).await.dump().await;
    for lms in open_sixteen_times(lms.place()).await {
        lms.close().await;
    }
    assert_eq!(Raw::open(lms.place()).await.dump().await, before);
}

async fn the_state_of_a_database_is_told(engine: Engine) {
    let place = TestDatabase::empty(engine);
    let lms = TestLms::open(place, SchemaMode::Create).await;
    let status = lms.database().status(&lms.admin()).await.unwrap();
    assert_eq!(status.state, SchemaState::Empty);
    assert_eq!((status.schema_version, status.head_seq), (0, None));
    let newest = status.pending.last().unwrap();
    assert!(newest.starts_with(&format!("{:04}_", status.program_schema_version)), "{newest}");

    lms.database().migrate(&lms.admin()).await.unwrap();
    let status = lms.database().status(&lms.admin()).await.unwrap();
    assert_eq!(status.state, SchemaState::Current);
    assert_eq!(status.schema_version, status.program_schema_version);
    assert!(status.pending.is_empty());
    assert_eq!(status.head_seq, Some(1));
    assert_eq!(status.engine, engine.as_str());
    assert!(status.size_bytes.unwrap() > 0);
    assert!(status.server_version.starts_with(|c: char| c.is_ascii_digit()));
    let rows = |name: &str| status.tables.iter().find(|table| table.name == name).unwrap().rows;
    assert_eq!((rows("operations"), rows("accounts")), (1, 0));
    let dump = Raw::open(lms.place()).await.dump().await;
    for table in &status.tables {
        assert_eq!(usize::try_from(table.rows).unwrap(), dump[&table.name].len(), "{}", table.name);
    }
    assert_eq!(status.tables.len(), dump.len(), "every table is told");

    let mut raw = Raw::open(lms.place()).await;
    let newest = status.schema_version;
    raw.run_one(format!("DELETE FROM schema_migrations WHERE version = {newest}")).await;
    let older = lms.database().status(&lms.admin()).await.unwrap();
    assert_eq!(older.state, SchemaState::Older);
    assert!(older.schema_version < status.schema_version, "{older:?}");
    assert_eq!(older.pending.len(), 1);
    assert!(older.pending[0].starts_with(&format!("{newest:04}_")), "{older:?}");
    raw.run_one("UPDATE schema_migrations SET version = 999 WHERE version = 3").await;
    let newer = lms.database().status(&lms.admin()).await.unwrap();
    assert_eq!((newer.state, newer.schema_version), (SchemaState::Newer, 999));
}

async fn looking_at_an_empty_place_leaves_it_empty(engine: Engine) {
    let lms = TestLms::open(TestDatabase::empty(engine), SchemaMode::Create).await;
    lms.database().status(&lms.admin()).await.unwrap();
    assert_eq!(lms.database().check(&lms.admin()).await.unwrap_err().code(), "database.not_set_up");
    let tables = crate::support::raw::per_engine(
        engine,
        "SELECT name FROM sqlite_master",
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
    );
    assert!(Raw::open(lms.place()).await.texts(tables).await.is_empty());
}

async fn it_is_ready_with_the_schema_of_this_program_only(engine: Engine) {
    let lms = TestLms::open(TestDatabase::empty(engine), SchemaMode::Create).await;
    assert_eq!(lms.database().ready().await.unwrap_err().code(), "database.not_set_up");
    lms.database().migrate(&lms.admin()).await.unwrap();
    let set_up = lms_core::SetUp::new("Acme", "ada");
    lms.access().set_up(&lms.admin(), set_up).await.unwrap();
    lms.database().ready().await.unwrap();
    let mut raw = Raw::open(lms.place()).await;
    raw.run_one("UPDATE schema_migrations SET version = 999 WHERE version = 3").await;
    assert_eq!(lms.database().ready().await.unwrap_err().code(), "database.schema_newer");
    raw.run_one("DELETE FROM schema_migrations WHERE version = 999").await;
    assert_eq!(lms.database().ready().await.unwrap_err().code(), "database.schema_older");
}
