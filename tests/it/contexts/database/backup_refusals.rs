//! What is no backup, or has no place to go, is refused; nothing is half restored.

use lms_core::testkit::{TestDatabase, TestLms};
use lms_core::{BackupSummary, Engine, ErrorKind, SchemaState};

use super::{
    assert_well_put, backup, contents, open_to_restore, packed, packed_with_sum, restore, unpacked,
};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, os_admin};
use crate::support::raw::Raw;

on_both_engines! {
    a_database_with_data_is_left_alone,
    a_damaged_backup_restores_nothing,
    a_backup_that_was_cut_short_restores_nothing,
    a_forged_backup_restores_nothing,
    a_newer_backup_is_refused,
    a_backup_of_an_older_schema_is_migrated,
    a_full_disk_is_told_and_breaks_nothing,
}

async fn a_backup(engine: Engine) -> (Vec<u8>, BackupSummary) {
    let lms = TestLms::organisation(engine).await;
    backup(&lms).await
}

async fn a_database_with_data_is_left_alone(engine: Engine) {
    let (file, _) = a_backup(engine).await;
    let lms = TestLms::organisation(engine).await;
    let before = Raw::open(lms.place()).await.dump().await;
    let refused = restore(&lms, &file).await.unwrap_err();
    assert_eq!(refused.code(), "database.not_empty");
    assert_eq!(refused.kind(), ErrorKind::Precondition);
    assert_well_put(&refused);
    assert_eq!(Raw::open(lms.place()).await.dump().await, before);
    assert_sound(&lms).await;
}

/// Restores each into one and the same empty place, and at last a good one.
async fn none_restores(engine: Engine, files: Vec<(String, Vec<u8>)>, good: &[u8]) {
    let place = open_to_restore(TestDatabase::empty(engine)).await;
    let mut problems = Vec::new();
    for (what, file) in files {
        let looked_at = lms_core::read_backup(&mut file.as_slice(), &mut |_, _| ()).await;
        if !looked_at.is_err_and(|refused| refused.code() == "database.backup_unreadable") {
            problems.push(format!("{what} looks like a good one"));
        }
        match restore(&place, &file).await {
            Ok(_) => {
                problems.push(format!("{what} was restored"));
                break;
            }
            Err(refused) if refused.code() != "database.backup_unreadable" => {
                problems.push(format!("{what}: {refused:?}"));
            }
            Err(refused) => {
                assert_eq!(refused.kind(), ErrorKind::Invalid);
                assert_well_put(&refused);
            }
        }
        let status = place.database().status(&os_admin()).await.unwrap();
        assert_eq!(status.state, SchemaState::Empty, "{what} left something behind");
    }
    assert!(problems.is_empty(), "{problems:#?}");
    restore(&place, good).await.unwrap();
    assert_sound(&place).await;
}

async fn a_damaged_backup_restores_nothing(engine: Engine) {
    let (good, _) = a_backup(engine).await;
    // The first ten bytes tell nothing of the contents, such as on which system it was packed.
    let places = (10..good.len()).step_by(good.len() / 40);
    let flipped = places.map(|place| {
        let mut file = good.clone();
        file[place] ^= 0x04;
        (format!("byte {place} of {} flipped", good.len()), file)
    });
    // There are several ways to pack a text: what still unpacks to the same is no damage.
    let whole = contents(&good);
    let mut files: Vec<_> = flipped.filter(|(_, file)| contents(file) != whole).collect();
    assert!(files.len() > 35, "{} of 40 are damaged", files.len());
    files.push(("nothing".to_owned(), Vec::new()));
    files.push(("a text".to_owned(), b"accounts: ada, bob".to_vec()));
    files.push(("noise".to_owned(), (0_u32..5000).map(|n| (n * n % 251) as u8).collect()));
    files.push(("another gzip".to_owned(), packed(&["hello".to_owned()])));
    files.push(("an empty gzip".to_owned(), packed(&[])));
    let mut longer = good.clone();
    longer.extend_from_slice(b"and more");
    files.push(("something behind the end".to_owned(), longer));
    let twice = [good.as_slice(), good.as_slice()].concat();
    files.push(("the same twice".to_owned(), twice));
    none_restores(engine, files, &good).await;
}

async fn a_backup_that_was_cut_short_restores_nothing(engine: Engine) {
    let (good, _) = a_backup(engine).await;
    let lengths = (1..good.len()).step_by(good.len() / 20).chain(good.len() - 9..good.len());
    let cut = lengths
        .map(|length| (format!("{length} of {} bytes", good.len()), good[..length].to_vec()))
        .collect();
    none_restores(engine, cut, &good).await;
}

/// The check sum fits, as after an edit by hand; the contents do not.
async fn a_forged_backup_restores_nothing(engine: Engine) {
    let (good, _) = a_backup(engine).await;
    let lines = unpacked(&good);
    let accounts = lines.iter().position(|line| line.contains("\"table\":\"accounts\"")).unwrap();
    assert!(lines[accounts + 1].contains("\"ada\""));
    let forge = |what: &str, edit: &dyn Fn(&mut Vec<String>)| {
        let mut forged = lines.clone();
        edit(&mut forged);
        assert_ne!(forged, lines, "{what}");
        (what.to_owned(), packed_with_sum(forged))
    };
    let put = |line: usize, text: &'static str| {
        move |lines: &mut Vec<String>| text.clone_into(&mut lines[line])
    };
    let mut files = vec![
        forge("a row with too few values", &put(accounts + 1, "[\"x\"]")),
        forge("a number in the place of a text", &|lines| {
            lines[accounts + 1] = lines[accounts + 1].replace("\"ada\"", "7");
        }),
        forge("an id that is none", &|lines| {
            let id = lines[accounts + 1][2..38].to_owned();
            lines[accounts + 1] = lines[accounts + 1].replacen(&id, "ada", 1);
        }),
        forge("a table that would be a statement", &|lines| {
            lines[accounts] =
                lines[accounts].replace("\"accounts\"", "\"accounts; drop table operations\"");
        }),
        forge("a column that would be a statement", &|lines| {
            lines[accounts] = lines[accounts].replace("\"display_name\"", "\"email) select 1 --\"");
        }),
        forge("a row before any table", &|lines| {
            let row = lines[accounts + 1].clone();
            lines.insert(1, row);
        }),
        forge("a line that is nothing", &put(accounts + 1, "")),
    ];
    let mut without_sum = lines.clone();
    let last = without_sum.len() - 1;
    without_sum[last] = "{\"end\":true,\"rows\":0,\"sha256\":\"\"}".to_owned();
    files.push(("without a check sum".to_owned(), packed(&without_sum)));
    let mut edited = lines.clone();
    edited[accounts + 1] = edited[accounts + 1].replace("ada", "eve");
    files.push(("edited without a new check sum".to_owned(), packed(&edited)));
    let mut no_end = lines.clone();
    no_end.pop();
    files.push(("without an end".to_owned(), packed(&no_end)));
    none_restores(engine, files, &good).await;
}

async fn a_newer_backup_is_refused(engine: Engine) {
    let (good, summary) = a_backup(engine).await;
    let place = open_to_restore(TestDatabase::empty(engine)).await;
    let schema = format!("\"schema_version\":{}", summary.schema_version);
    for (old, new) in
        [(schema.as_str(), "\"schema_version\":999"), ("\"lms_backup\":1", "\"lms_backup\":2")]
    {
        let mut lines = unpacked(&good);
        assert!(lines[0].contains(old), "{}", lines[0]);
        lines[0] = lines[0].replace(old, new);
        let refused = restore(&place, &packed_with_sum(lines)).await.unwrap_err();
        assert_eq!(refused.code(), "database.backup_newer", "{new}");
        assert_well_put(&refused);
    }
    let status = place.database().status(&os_admin()).await.unwrap();
    assert_eq!(status.state, SchemaState::Empty);
    restore(&place, &good).await.unwrap();
}

/// The backup that a program before the last migration would have made.
async fn a_backup_of_an_older_schema_is_migrated(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let (file, summary) = backup(&lms).await;
    let mut lines = unpacked(&file);
    let newer = lines.iter().position(|line| line.contains("\"table\":\"settings_versions\""));
    let end = lines.pop().unwrap();
    lines.truncate(newer.unwrap());
    lines.push(end);
    let schema = format!("\"schema_version\":{}", summary.schema_version);
    lines[0] = lines[0].replace(&schema, "\"schema_version\":2");
    let older = packed_with_sum(lines);

    let place = open_to_restore(TestDatabase::empty(engine)).await;
    let restored = restore(&place, &older).await.unwrap();
    assert_eq!(restored.schema_version, 2);
    let status = place.database().status(&os_admin()).await.unwrap();
    assert_eq!(status.state, SchemaState::Current);
    assert_eq!(head(&place).await.seq, summary.head_seq + 1);
    assert_sound(&place).await;

    // Where the newer schema is there already, its migrations cannot work on the older rows.
    let migrated = TestLms::fresh(engine).await;
    let before = Raw::open(migrated.place()).await.dump().await;
    let refused = restore(&migrated, &older).await.unwrap_err();
    assert_eq!(refused.code(), "database.not_empty");
    assert_well_put(&refused);
    assert_eq!(Raw::open(migrated.place()).await.dump().await, before);
}

/// A place for bytes that has room for some only.
struct FullDisk(usize);

impl std::io::Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn a_full_disk_is_told_and_breaks_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (good, _) = backup(&lms).await;
    for room in [0, 20, good.len() / 3, good.len() - 1] {
        let told = lms.database().backup(&lms.admin(), &mut FullDisk(room), &mut |_, _| ()).await;
        let told = told.unwrap_err();
        assert_eq!(told.code(), "database.backup_failed", "room for {room}");
        assert_eq!(told.kind(), ErrorKind::Unavailable);
        assert_well_put(&told);
    }
    let told = lms.audit().export(&lms.admin(), &mut FullDisk(700)).await.unwrap_err();
    assert_eq!(told.code(), "audit.export_failed");
    assert_well_put(&told);
    let (again, _) = backup(&lms).await;
    assert_eq!(unpacked(&again), unpacked(&good));
}
