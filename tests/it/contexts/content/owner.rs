//! A store belongs to one database: two in one would sweep away each other's files.

use std::path::Path;
use std::sync::Arc;

use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{
    Actor, ContentFile, Engine, FileStore, Lms, ManualClock, NewContent, Result, SchemaMode, SetUp,
    Timestamp,
};

use super::shelf::{Shelf, read};
use crate::support::engines::on_both_engines;

on_both_engines! {
    two_databases_do_not_share_a_folder,
    two_databases_do_not_share_a_bucket,
    of_many_that_come_first_one_wins,
    files_without_a_mark_are_nobodys,
    a_restored_database_reads_on_and_takes_the_store_over_when_told,
    the_store_is_taken_along_to_the_other_engine,
}

/// Another organisation, with ids that nobody else has, in a store that may be another one's.
async fn other(place: &TestDatabase, store: FileStore, name: &str) -> Lms {
    let noon = ManualClock::at("2026-04-01T12:00:00Z").unwrap();
    let lms = Lms::builder(place.url())
        .file_store(store)
        .clock(Arc::new(noon))
        .schema_mode(SchemaMode::Apply)
        .open()
        .await
        .unwrap();
    lms.access().set_up(&admin(), SetUp::new(name, "zoe")).await.unwrap();
    lms
}

fn admin() -> Actor {
    Actor::os_user("admin").with_origin("test")
}

async fn add(lms: &Lms, name: &str) -> Result<ContentFile> {
    let added = lms.content().add(&admin(), NewContent::new(name), &mut name.as_bytes()).await;
    added.map(|added| added.value)
}

async fn refused(lms: &Lms) -> String {
    let content = lms.content();
    let added = add(lms, "more.txt").await.unwrap_err();
    for error in [
        content.plan_sweep(&admin()).await.unwrap_err(),
        content.sweep(&admin()).await.unwrap_err(),
    ] {
        assert_eq!((error.code(), error.message()), (added.code(), added.message()));
    }
    assert_eq!(added.code(), "store.foreign", "{added:?}");
    assert!(added.hints().iter().any(|hint| hint.contains("content adopt")), "{added:?}");
    added.message().to_owned()
}

async fn stays_apart(shelf: Shelf) {
    let ours = shelf.add("ours.txt", b"ours").await.unwrap().value;
    let place = TestDatabase::empty(shelf.test.engine());
    let globex = other(&place, shelf.store(), "Globex").await;
    let message = refused(&globex).await;
    assert!(message.contains("another database, of `Acme`"), "{message}");
    // However old the files are: nothing of them is swept.
    shelf.test.clock().set(Timestamp::parse("2199-01-01T00:00:00Z").unwrap());
    refused(&globex).await;
    assert_eq!(shelf.read(&ours).await.unwrap(), b"ours");
    assert_eq!(shelf.content().sweep(&shelf.test.admin()).await.unwrap().orphans, 0);
    assert_eq!(shelf.objects().len(), 1);

    let owner = globex.content().plan_adopt(&admin()).await.unwrap();
    assert_eq!((owner.organisation.as_deref(), owner.is_own), (Some("Acme"), false));
    assert!(shelf.content().plan_adopt(&admin()).await.unwrap().is_own);
}

async fn two_databases_do_not_share_a_folder(engine: Engine) {
    stays_apart(Shelf::folder(engine).await).await;
}

async fn two_databases_do_not_share_a_bucket(engine: Engine) {
    stays_apart(Shelf::bucket(engine).await).await;
}

async fn of_many_that_come_first_one_wins(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let places: Vec<TestDatabase> = (0..4).map(|_| TestDatabase::empty(engine)).collect();
    let mut all = Vec::new();
    for place in &places {
        all.push(other(place, FileStore::folder(folder.path()).unwrap(), "Acme").await);
    }
    let tasks: Vec<_> = all
        .iter()
        .map(|lms| {
            let lms = lms.clone();
            tokio::spawn(async move { add(&lms, "first.txt").await.is_ok() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += u32::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    let mut owners = Vec::new();
    for lms in &all {
        owners.push(lms.content().plan_adopt(&admin()).await.unwrap().is_own);
    }
    assert_eq!(owners.iter().filter(|is_own| **is_own).count(), 1);
}

async fn files_without_a_mark_are_nobodys(engine: Engine) {
    let shelf = Shelf::folder(engine).await;
    let file = shelf.add("ours.txt", b"ours").await.unwrap().value;
    let mark = shelf.test.place().folder().join("files/lms-owner.json");
    for broken in ["", "{}", &" ".repeat(100_000)] {
        std::fs::write(&mark, broken).unwrap();
        assert!(refused(&shelf.lms).await.contains("lms-owner.json"));
    }
    std::fs::remove_file(&mark).unwrap();
    assert!(refused(&shelf.lms).await.contains("nothing says to which database they belong"));
    assert_eq!(shelf.read(&file).await.unwrap(), b"ours");

    let adopted = shelf.content().adopt(&shelf.test.admin()).await.unwrap();
    assert!(adopted.operation.is_some() && adopted.value.is_own);
    shelf.add("more.txt", b"more").await.unwrap();
    let again = shelf.content().adopt(&shelf.test.admin()).await.unwrap();
    assert!(again.operation.is_none() && again.changed.is_empty());
}

/// Restores what a database holds into an empty place, beside the same files.
async fn restored(from: &Lms, into: &TestDatabase, files: &Path) -> Lms {
    let mut backup = Vec::new();
    from.database().backup(&admin(), &mut backup, &mut |_, _| ()).await.unwrap();
    let lms = Lms::builder(into.url())
        .file_store(FileStore::folder(files).unwrap())
        .schema_mode(SchemaMode::Create)
        .open()
        .await
        .unwrap();
    lms.database().restore(&admin(), &mut &*backup, &mut |_, _| ()).await.unwrap();
    lms
}

async fn goes_on(test: &TestLms, engine: Engine) {
    let files = test.place().folder().join("files");
    let file = add(test, "ours.txt").await.unwrap();
    let place = TestDatabase::empty(engine);
    let copy = restored(test, &place, &files).await;

    // A copy for trying things out reads, and takes nothing away from the one at work.
    assert_eq!(read(&copy, &file).await.unwrap(), b"ours.txt");
    assert!(refused(&copy).await.contains("the database that this one was restored from"));
    add(test, "since.txt").await.unwrap();

    // It takes the place of the other one.
    let adopted = copy.content().adopt(&admin()).await.unwrap();
    assert!(adopted.operation.is_some(), "{adopted:?}");
    add(&copy, "after.txt").await.unwrap();
    copy.content().sweep(&admin()).await.unwrap();
    assert_eq!(read(&copy, &file).await.unwrap(), b"ours.txt");
    // The other one learns of it, also where it has been open all the time.
    assert!(refused(test).await.contains("a database that was restored from this one"));
}

async fn a_restored_database_reads_on_and_takes_the_store_over_when_told(engine: Engine) {
    goes_on(&TestLms::organisation(engine).await, engine).await;
}

async fn the_store_is_taken_along_to_the_other_engine(engine: Engine) {
    let test = TestLms::organisation(engine).await;
    let to = if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite };
    if crate::support::engines::asked_for(to) {
        goes_on(&test, to).await;
    }
}
