//! `check` finds what is damaged, in the file, in the schema and in the rows.

use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{Engine, Lms, NewAccount, SchemaMode};

use crate::support::engines::{asked_for, on_both_engines};
use crate::support::looks::{os_admin, token};
use crate::support::raw::{Raw, per_engine, sqlite_path};

on_both_engines! {
    a_sound_database_holds,
    damage_to_the_schema_is_found,
    a_lost_key_is_found,
    damage_to_the_rows_is_found,
    rows_that_refer_to_what_is_not_there_are_found,
}

async fn a_sound_database_holds(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let check = lms.database().check(&lms.admin()).await.unwrap();
    assert!(check.ok, "{:#?}", check.checks);
    assert!(check.checks.len() >= 5);
    for one in &check.checks {
        assert!(one.ok && !one.detail.is_empty(), "{one:?}");
    }
}

/// Plants each in a database of its own.
async fn all_are_found(engine: Engine, damages: &[(&str, &str)]) {
    let mut unnoticed = Vec::new();
    for (what, statement) in damages {
        let lms = TestLms::organisation(engine).await;
        token(&lms, lms_core::NewToken::new("ada", "t")).await;
        lms.close().await;
        let mut raw = Raw::without_references(lms.place()).await;
        raw.run(*statement).await;
        let damaged = Lms::builder(lms.database_url()).schema_mode(SchemaMode::Any).open().await;
        match damaged.unwrap().database().check(&os_admin()).await {
            Ok(check) if check.ok => unnoticed.push(format!("{what}: everything holds")),
            Ok(check) => {
                let failed: Vec<_> = check.checks.iter().filter(|one| !one.ok).collect();
                assert!(!failed.is_empty() && !failed[0].detail.is_empty(), "{what}");
            }
            Err(error) => unnoticed.push(format!("{what}: it gave up: {error:?}")),
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

async fn damage_to_the_schema_is_found(engine: Engine) {
    let retyped = per_engine(
        engine,
        "ALTER TABLE api_tokens DROP COLUMN revoked_at; ALTER TABLE api_tokens ADD COLUMN revoked_at TEXT",
        "ALTER TABLE api_tokens ALTER COLUMN revoked_at TYPE TEXT",
    );
    let mut damages = vec![
        ("a column lost", "ALTER TABLE accounts DROP COLUMN display_name"),
        ("a column more", "ALTER TABLE accounts ADD COLUMN nickname TEXT"),
        ("a column of another type", retyped.as_str()),
        ("a table lost", "DROP TABLE job_leases"),
        ("a table more", "CREATE TABLE invoices (number TEXT)"),
    ];
    if engine == Engine::Postgres {
        damages.push((
            "a column that may be empty",
            "ALTER TABLE accounts ALTER COLUMN status DROP NOT NULL",
        ));
    }
    all_are_found(engine, &damages).await;
}

/// Without its keys a database is slow, or takes what must not be there twice.
async fn a_lost_key_is_found(engine: Engine) {
    let unique = per_engine(
        engine,
        "CREATE TABLE a2 (account_id BLOB NOT NULL, role TEXT NOT NULL) STRICT; DROP TABLE account_roles; ALTER TABLE a2 RENAME TO account_roles",
        "ALTER TABLE accounts DROP CONSTRAINT accounts_username_key_key",
    );
    let damages = [
        ("an index lost", "DROP INDEX api_tokens_by_account"),
        ("a unique key lost", unique.as_str()),
    ];
    all_are_found(engine, &damages).await;
}

async fn rows_that_refer_to_what_is_not_there_are_found(engine: Engine) {
    let damages = [
        ("a token of nobody", "DELETE FROM account_roles; DELETE FROM accounts"),
        ("a role of nobody", "DELETE FROM api_tokens; DELETE FROM accounts"),
    ];
    all_are_found(engine, &damages).await;
}

async fn damage_to_the_rows_is_found(engine: Engine) {
    let mut damages = vec![
        ("settings that cannot be read", "UPDATE settings_versions SET document = '{'"),
        ("no settings", "DELETE FROM settings_versions"),
        ("an entry that was edited", "UPDATE operations SET actor = 'os:eve'"),
        ("an entry that was lost", "DELETE FROM audit_chain WHERE seq = 2"),
        ("no head", "DELETE FROM audit_head"),
    ];
    if engine == Engine::Sqlite {
        // PostgreSQL has types that refuse these.
        damages.push(("an id that is none", "PRAGMA ignore_check_constraints = ON; UPDATE api_tokens SET id = x'00' WHERE name = 't'"));
        damages.push((
            "a text that is none",
            "UPDATE accounts SET display_name = CAST(x'ff41' AS TEXT)",
        ));
        damages.push(("a day that is none", "UPDATE operations SET day = 'someday'"));
        damages.push((
            "an instant beyond time",
            "UPDATE accounts SET created_at = 9223372036854775807",
        ));
    }
    all_are_found(engine, &damages).await;
}

/// A closed file with all that was written in it.
async fn a_file() -> (TestDatabase, Vec<u8>) {
    let place = TestDatabase::empty(Engine::Sqlite);
    let lms = Lms::builder(place.url()).schema_mode(SchemaMode::Apply).open().await.unwrap();
    let set_up = lms_core::SetUp::new("Acme", "ada");
    lms.access().set_up(&os_admin(), set_up).await.unwrap();
    for n in 0..30 {
        let new = NewAccount::new(&format!("person{n}")).role("hr");
        lms.access().add_account(&os_admin(), new).await.unwrap();
    }
    lms.close().await;
    let mut raw = Raw::open(&place).await;
    raw.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
    drop(raw);
    let bytes = std::fs::read(sqlite_path(&place)).unwrap();
    (place, bytes)
}

/// What `check` says of a file with these bytes; nothing where it finds nothing.
async fn what_is_found(place: &TestDatabase, bytes: &[u8]) -> Option<String> {
    let path = place.folder().join("damaged.db");
    std::fs::write(&path, bytes).unwrap();
    for beside in ["damaged.db-wal", "damaged.db-shm"] {
        let _ = std::fs::remove_file(place.folder().join(beside));
    }
    let url = format!("sqlite:{}", path.display());
    let lms = match Lms::builder(&url).schema_mode(SchemaMode::Any).open().await {
        Ok(lms) => lms,
        Err(error) => return Some(error.message().to_owned()),
    };
    let check = lms.database().check(&os_admin()).await;
    lms.close().await;
    match check {
        Ok(check) => check.checks.into_iter().find(|one| !one.ok).map(|one| one.detail),
        // Where not even the version of the schema can be read, there is nothing to check.
        Err(error) => Some(error.message().to_owned()),
    }
}

#[tokio::test]
async fn whichever_page_is_overwritten_it_is_found() {
    if !asked_for(Engine::Sqlite) {
        return;
    }
    let (place, bytes) = a_file().await;
    assert_eq!(what_is_found(&place, &bytes).await, None);
    let page_bytes = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let n_pages = bytes.len() / page_bytes;
    assert!(n_pages > 20, "{n_pages}");
    for page in 0..n_pages {
        let mut damaged = bytes.clone();
        damaged[page * page_bytes..(page + 1) * page_bytes].fill(0xa5);
        let found = what_is_found(&place, &damaged).await;
        assert!(found.is_some(), "page {} of {n_pages}", page + 1);
    }
    let middle = bytes.len() / 2;
    assert!(what_is_found(&place, &bytes[..middle]).await.is_some(), "the second half is gone");
}

/// One byte of a value: the file is sound, the chain is not.
#[tokio::test]
async fn a_byte_of_an_entry_is_found() {
    if !asked_for(Engine::Sqlite) {
        return;
    }
    let (place, mut bytes) = a_file().await;
    let actor = b"os:admin";
    // Pages may hold copies that count no longer: each is changed.
    let places: Vec<usize> =
        (0..bytes.len() - actor.len()).filter(|at| bytes[*at..].starts_with(actor)).collect();
    assert!(places.len() >= 30, "{}", places.len());
    for at in places {
        bytes[at] ^= 0x01;
    }
    assert!(what_is_found(&place, &bytes).await.is_some());
}
