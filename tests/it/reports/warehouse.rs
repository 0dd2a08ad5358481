//! Tables for other systems, opened as those systems open them.

use std::collections::BTreeMap;
use std::path::Path;

use lms_core::testkit::TestLms;
use lms_core::{Actor, ComplianceQuery, Day, Engine, FileStore};
use lms_reports::{Format, Params, Report, Warehouse};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;

use crate::contexts::analytics::company::noon;
use crate::contexts::analytics::{account, assigned};
use crate::support::engines::on_both_engines;

on_both_engines! {
    what_is_exported_adds_up_to_the_figures,
    a_day_is_exported_again_in_place_of_itself,
    a_manager_exports_their_own_people,
    a_report_by_columns_has_the_rows_of_the_report,
}

/// Exports as `lmsctl` does, and says which day it was.
async fn export(lms: &TestLms, actor: &Actor, place: &Path, as_of: Option<&str>) -> String {
    let store = FileStore::folder(place).unwrap();
    let day = as_of.map(|day| Day::parse(day).unwrap());
    let warehouse = Warehouse::read(lms, actor, day, None).await.unwrap();
    let day = warehouse.day().to_string();
    let (tables, (note, said)) = warehouse.into_parts();
    for table in tables {
        store.put(table.name(), table.to_parquet().unwrap()).await.unwrap();
    }
    store.put(&note, said).await.unwrap();
    day
}

/// The rows of a file, each as JSON.
fn rows(file: &Path) -> Vec<Value> {
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let value = |field: &Field| match field {
        Field::Null => Value::Null,
        Field::Str(text) => text.as_str().into(),
        Field::Long(number) => (*number).into(),
        Field::Double(number) => (*number).into(),
        other => other.to_string().into(),
    };
    let object = |row: Row| -> Value {
        row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
    };
    reader.get_row_iter(None).unwrap().map(|row| object(row.unwrap())).collect()
}

fn table(place: &Path, name: &str, day: &str) -> Vec<Value> {
    rows(&place.join(format!("{name}/day={day}/{name}.parquet")))
}

/// The people of a table by id.
fn names(place: &Path, day: &str) -> BTreeMap<String, String> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let people = table(place, "people", day);
    people.iter().map(|row| (text(row, "person_id"), text(row, "name"))).collect()
}

async fn what_is_exported_adds_up_to_the_figures(engine: Engine) {
    let lms = assigned(engine).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();

    let day = export(&lms, &lms.admin(), place, None).await;

    let people = table(place, "people", &day);
    assert_eq!(people.len(), 10);
    let present: Vec<&str> = people
        .iter()
        .filter(|row| ["active", "on_leave"].contains(&row["status"].as_str().unwrap()))
        .map(|row| row["person_id"].as_str().unwrap())
        .collect();
    let obligations = table(place, "obligations", &day);
    let counted = |as_what: &str| {
        let counts = |row: &&Value| row["counted"] == as_what;
        let of_present = |row: &&Value| present.contains(&row["person_id"].as_str().unwrap());
        i64::try_from(obligations.iter().filter(counts).filter(of_present).count()).unwrap()
    };
    let query = ComplianceQuery::new();
    let figures = lms.analytics().compliance(&lms.admin(), query).await.unwrap().total;
    assert_eq!(counted("met"), figures.met);
    assert_eq!(counted("overdue") + counted("expired"), figures.missed);
    assert_eq!(counted("open"), figures.open);
    assert_eq!(counted("exempt"), figures.exempt);
    assert!(figures.met > 0 && figures.missed > 0, "something is counted");

    let units = table(place, "units", &day);
    let web = units.iter().find(|row| row["code"] == "WEB").unwrap();
    let eng = units.iter().find(|row| row["code"] == "ENG").unwrap();
    assert_eq!((&web["parent_id"], &web["depth"]), (&eng["unit_id"], &Value::from(1)));
    assert_eq!(table(place, "trainings", &day).len(), 2);
    let names = names(place, &day);
    let excused = table(place, "exemptions", &day);
    assert_eq!(names[excused[0]["person_id"].as_str().unwrap()], "Ed Example");
    let completions = table(place, "completions", &day);
    assert!(completions.iter().all(|row| names.contains_key(row["person_id"].as_str().unwrap())));

    let note = std::fs::read(place.join(format!("_exports/day={day}.json"))).unwrap();
    let note: Value = serde_json::from_slice(&note).unwrap();
    let noted = |file: &str| {
        let all = note["tables"].as_array().unwrap();
        all.iter().find(|one| one["file"].as_str().unwrap().starts_with(file)).unwrap()["rows"]
            .clone()
    };
    assert_eq!(noted("people/"), 10);
    assert_eq!(noted("obligations/"), obligations.len());
    let head = lms.audit().seal(&lms.admin()).await.unwrap();
    assert_eq!((&note["audit_entry"], &note["audit_hash"]), (&head.seq.into(), &head.hash.into()));
}

async fn a_day_is_exported_again_in_place_of_itself(engine: Engine) {
    let lms = assigned(engine).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    export(&lms, &lms.admin(), place, Some("2027-03-01")).await;
    let before = table(place, "obligations", "2027-03-01");
    noon(&lms, "2027-05-01");

    export(&lms, &lms.admin(), place, Some("2027-03-01")).await;
    export(&lms, &lms.admin(), place, None).await;

    assert_eq!(table(place, "obligations", "2027-03-01"), before, "nobody changed that day");
    assert_ne!(table(place, "obligations", "2027-05-01"), before);
    let days: Vec<_> = std::fs::read_dir(place.join("people")).unwrap().collect();
    assert_eq!(days.len(), 2, "a folder a day");
}

async fn a_manager_exports_their_own_people(engine: Engine) {
    let lms = assigned(engine).await;
    let manager = account(&lms, "ada", "manager").await;
    let folder = tempfile::tempdir().unwrap();

    let day = export(&lms, &manager, folder.path(), None).await;

    let names: Vec<String> = names(folder.path(), &day).into_values().collect();
    assert!(names.contains(&"Bo Example".to_owned()), "{names:?}");
    assert!(!names.contains(&"Ed Example".to_owned()), "{names:?}");
}

async fn a_report_by_columns_has_the_rows_of_the_report(engine: Engine) {
    let lms = assigned(engine).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("overdue.parquet");
    let (admin, params) = (lms.admin(), Params::new());
    let document =
        lms_reports::run(Report::Overdue, &lms, &admin, params, &mut |_, _| ()).await.unwrap();

    document.save(&file).unwrap();

    let mut lines = Vec::new();
    document.write(Format::Ndjson, &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let told: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stored = rows(&file);
    let name = |row: &Value| (row["person"].clone(), row["training"].clone());
    assert_eq!(
        stored.iter().map(name).collect::<Vec<_>>(),
        told.iter().map(name).collect::<Vec<_>>()
    );
    assert!(!stored.is_empty());
}
