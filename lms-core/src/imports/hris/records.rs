//! From what a system answered to rows, as a file has them. Pure, but for where the answers are read from.
//!
//! A field has three states. What a record does not have is left alone: systems leave out what a credential
//! may not see. What it has and says to be nothing is cleared. Everything else is a value.

use std::collections::HashSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::feed::{Feed, FeedField};
use super::path::Path;
use super::{ANSWER, FEED};
use crate::imports::reading::feed::{FeedCell, FeedReader};
use crate::imports::reading::{Field, ReadRow};
use crate::kernel::error::Result;

/// The list of people in an answer.
pub(super) fn list_of<'v>(feed: &Feed, answer: &'v Value) -> Result<&'v [Value]> {
    let at = Path::parse(&feed.records()?.at)?;
    match at.find(answer) {
        Some(Value::Array(records)) => Ok(records),
        Some(_) => Err(ANSWER.error(format!("what stands at `{}` is no list", at.as_str()))),
        // A page behind the last of SCIM has a total, and need not have a list.
        None if total_of(feed, answer).is_some() => Ok(&[]),
        None => Err(ANSWER
            .error(format!("the answer has nothing at `{}`, where people should be", at.as_str()))
            .with_hint("the system may answer otherwise by now; `--dump` keeps what it said")),
    }
}

/// How many there are in all, where an answer says so.
pub(super) fn total_of(feed: &Feed, answer: &Value) -> Option<u64> {
    let at = Path::parse(feed.records().ok()?.total_at.as_ref()?).ok()?;
    super::paging::count(at.find(answer)?)
}

/// Reads records, one after the other.
#[derive(Debug)]
pub(super) struct Reading {
    fields: Vec<FeedField>,
    /// In how many records each field was.
    pub(super) n_there: Vec<u64>,
    skip: Vec<(Path, String)>,
    inactive_before_hire: bool,
    /// Who is hired later than this is still to begin.
    today: String,
    seen: HashSet<[u8; 16]>,
    pub(super) n_records: u64,
    pub(super) n_skipped: u64,
    pub(super) n_twice: u64,
}

impl Reading {
    pub(super) fn new(feed: &Feed, today: String) -> Result<Self> {
        let fields = feed.columns()?;
        let records = feed.records()?;
        let skip = records.skip.iter().map(|skip| Ok((Path::parse(&skip.at)?, skip.is.clone())));
        Ok(Self {
            n_there: vec![0; fields.len()],
            fields,
            skip: skip.collect::<Result<_>>()?,
            inactive_before_hire: records.inactive_before_hire,
            today,
            seen: HashSet::new(),
            n_records: 0,
            n_skipped: 0,
            n_twice: 0,
        })
    }

    /// Whether a record is about somebody, and was not there before: while somebody reads a list, others
    /// come to it, and its pages move.
    pub(super) fn is_wanted(&mut self, record: &Value) -> bool {
        let is_nobody = self.skip.iter().any(|(at, is)| match at.find(record) {
            Some(Value::String(text)) => text.eq_ignore_ascii_case(is),
            Some(Value::Null) | None => is.is_empty(),
            // `active: false`, `status: 3`.
            Some(other) => format!("{other}") == *is,
        });
        if is_nobody {
            self.n_skipped += 1;
            return false;
        }
        let digest = Sha256::digest(record.to_string().as_bytes());
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        if !self.seen.insert(short) {
            self.n_twice += 1;
            return false;
        }
        self.n_records += 1;
        true
    }

    /// Notes which fields a record has. A place with more than one value in it is an error of the
    /// description.
    pub(super) fn survey(&mut self, record: &Value) -> Result<()> {
        for (field, n_there) in self.fields.iter().zip(&mut self.n_there) {
            let mut is_there = field.absent_clears;
            for place in &field.places {
                match place.find(record) {
                    None => {}
                    Some(value) if has_parts(value) => {
                        return Err(FEED
                            .error(format!("what stands at `{}` has parts", place.as_str()))
                            .with_field(field.column.field.name())
                            .with_hint("name the part that is meant, such as `/name` behind it"));
                    }
                    Some(_) => is_there = true,
                }
            }
            *n_there += u64::from(is_there);
        }
        Ok(())
    }

    /// Names of fields that no record had, and where they were looked for.
    pub(super) fn never_delivered(&self) -> Vec<(String, String)> {
        let fields = self.fields.iter().zip(&self.n_there).filter(|(_, n)| **n == 0);
        fields.map(|(field, _)| (field.column.field.name(), field.column.header.clone())).collect()
    }

    /// The fields, with in how many records they were.
    pub(super) fn delivered(&self) -> impl Iterator<Item = (String, String, u64)> {
        self.fields
            .iter()
            .zip(&self.n_there)
            .map(|(field, n)| (field.column.field.name(), field.column.header.clone(), *n))
    }

    /// What reads its records as rows, once all were surveyed.
    pub(super) fn finish(self, feed: &Feed, name: &str) -> Result<Rows> {
        let Self { fields, n_there, n_records, inactive_before_hire, today, .. } = self;
        let (there, never): (Vec<_>, Vec<_>) =
            fields.into_iter().zip(n_there).partition(|(_, n)| *n > 0);
        let mut columns = Vec::with_capacity(there.len());
        let mut places = Vec::with_capacity(there.len());
        for (FeedField { places: at, column, absent_clears }, _) in there {
            places.push(Cells { at, is_day: column.is_day(), absent_clears });
            columns.push(column);
        }
        let at = |name: &str| {
            columns
                .iter()
                .position(|column| matches!(&column.field, Field::Known(spec) if spec.name == name))
        };
        let of_hire = match (at("status"), at("hired_on")) {
            (Some(status), Some(hired_on)) if inactive_before_hire => {
                Some(OfHire { status, hired_on, terminated_on: at("terminated_on"), today })
            }
            _ => None,
        };
        let never: Vec<_> = never.into_iter().map(|(field, _)| field.column).collect();
        let reader = FeedReader::new(name, n_records, columns, &never, &feed.constants)?;
        Ok(Rows { reader, places, of_hire, n_read: 0 })
    }
}

/// Where the cells of a column stand.
#[derive(Debug)]
struct Cells {
    at: Vec<Path>,
    is_day: bool,
    absent_clears: bool,
}

/// The columns that tell of people who are still to begin.
#[derive(Debug)]
struct OfHire {
    status: usize,
    hired_on: usize,
    terminated_on: Option<usize>,
    today: String,
}

/// Rows of records.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) reader: FeedReader,
    places: Vec<Cells>,
    of_hire: Option<OfHire>,
    n_read: u64,
}

impl Rows {
    pub(super) fn read(&mut self, record: &Value) -> ReadRow {
        self.n_read += 1;
        let mut cells: Vec<FeedCell> = self.places.iter().map(|cells| cells.find(record)).collect();
        if let Some(of_hire) = &self.of_hire {
            of_hire.correct(&mut cells);
        }
        self.reader.read(self.n_read, cells)
    }
}

impl OfHire {
    /// Who is called inactive and begins later has not left: their first day says how they stand.
    fn correct(&self, cells: &mut [FeedCell]) {
        let text = |at: usize| match cells.get(at) {
            Some(FeedCell::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let is_to_begin = text(self.hired_on).is_some_and(|day| day > self.today.as_str());
        let has_last_day =
            self.terminated_on.and_then(text).is_some_and(|day| !day.starts_with("0000"));
        if is_to_begin
            && !has_last_day
            && let Some(status) = cells.get_mut(self.status)
        {
            *status = FeedCell::Absent;
        }
    }
}

impl Cells {
    /// The first of its places that holds something; else that there is nothing, where one of them says so.
    fn find(&self, record: &Value) -> FeedCell {
        let mut found = if self.absent_clears { FeedCell::Empty } else { FeedCell::Absent };
        for place in &self.at {
            match place.find(record).map(|value| cell(value, self.is_day)) {
                None | Some(FeedCell::Absent) => {}
                Some(FeedCell::Empty) => found = FeedCell::Empty,
                Some(value) => return value,
            }
        }
        found
    }
}

fn has_parts(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    }
}

fn cell(value: &Value, is_day: bool) -> FeedCell {
    match value {
        Value::Null => FeedCell::Empty,
        Value::Bool(is) => FeedCell::Bool(*is),
        Value::Number(number) => FeedCell::Text(number.to_string()),
        Value::String(text) if text.trim().is_empty() => FeedCell::Empty,
        Value::String(text) if is_day => FeedCell::Text(day_of(text.trim()).to_owned()),
        Value::String(text) => FeedCell::Text(text.clone()),
        Value::Array(items) => {
            let texts: Vec<String> = items
                .iter()
                .filter_map(|item| match item {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                })
                .collect();
            if texts.is_empty() { FeedCell::Empty } else { FeedCell::Text(texts.join("|")) }
        }
        Value::Object(_) => FeedCell::Absent,
    }
}

/// The day of an instant, as it is written there: `2026-03-31T00:00:00+0100`, `2026-03-31-08:00`. A first day at
/// work is the one of the calendar on the wall.
fn day_of(text: &str) -> &str {
    let is_day = |day: &str| {
        let mut parts = day.split('-').map(str::len);
        (parts.next(), parts.next(), parts.next()) == (Some(4), Some(2), Some(2))
            && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    match text.split_at_checked(10) {
        Some((day, rest)) if is_day(day) && rest.starts_with(['T', 't', ' ', 'Z', '+', '-']) => day,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::imports::hris::vendors::Vendor;

    fn rows(feed: &Feed, records: &[Value]) -> Vec<ReadRow> {
        let mut reading = Reading::new(feed, "2026-03-30".to_owned()).unwrap();
        let wanted: Vec<&Value> =
            records.iter().filter(|record| reading.is_wanted(record)).collect();
        for record in &wanted {
            reading.survey(record).unwrap();
        }
        let mut rows = reading.finish(feed, "test").unwrap();
        wanted.iter().map(|record| rows.read(record)).collect()
    }

    fn told(row: &ReadRow, field: &str) -> String {
        let record = row.outcome.as_ref().unwrap();
        format!("{:?}", record.get(field))
    }

    #[test]
    fn absent_and_nothing_and_a_value_are_three_things() {
        let feed = Vendor::BambooHr.feed().unwrap();
        let names = json!({"firstName": "A", "lastName": "B"});
        let with = |more: Value| {
            let mut record = names.clone();
            record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            record
        };
        let read = rows(
            &feed,
            &[
                with(json!({"id": "1", "department": "ENG", "terminationDate": "0000-00-00"})),
                with(json!({"id": "2", "department": null, "hireDate": "2020-02-03"})),
                with(json!({"id": "3", "workEmail": ""})),
            ],
        );
        assert!(told(&read[0], "department").contains("ENG"));
        assert_eq!(told(&read[0], "terminated_on"), "Empty", "no last day");
        assert_eq!(told(&read[1], "department"), "Empty");
        assert_eq!(told(&read[2], "department"), "Absent");
        assert_eq!(told(&read[2], "email"), "Empty");
        assert_eq!(told(&read[0], "location"), "Absent", "no record has it");
    }

    #[test]
    fn who_is_still_to_begin_has_not_left() {
        let feed = Vendor::BambooHr.feed().unwrap();
        let record = |id: u8, hired: &str, terminated: &str| {
            json!({"id": id, "firstName": "A", "lastName": "B", "status": "Inactive",
                   "hireDate": hired, "terminationDate": terminated})
        };
        let read = rows(
            &feed,
            &[
                record(1, "2026-05-01", "0000-00-00"),
                record(2, "2020-05-01", "2026-01-01"),
                record(3, "2020-05-01", "0000-00-00"),
            ],
        );
        assert_eq!(told(&read[0], "status"), "Absent");
        assert!(told(&read[1], "status").contains("inactive"));
        assert!(told(&read[2], "status").contains("inactive"));
    }

    #[test]
    fn the_same_record_on_two_pages_is_one_and_guests_are_nobody() {
        let feed = Vendor::MicrosoftGraph.feed().unwrap();
        let record = |id: &str, kind: &str| json!({"id": id, "userType": kind, "givenName": "A", "surname": "B", "accountEnabled": false});
        let records = [record("1", "Member"), record("2", "Guest"), record("1", "Member")];
        let read = rows(&feed, &records);
        assert_eq!(read.len(), 1);
        assert!(told(&read[0], "status").contains("suspended"));
        assert_eq!(told(&read[0], "manager_key"), "Empty", "nobody, as Graph says it");
    }

    #[test]
    fn the_day_of_an_instant_is_the_one_that_is_written() {
        assert_eq!(day_of("2017-01-16T00:00:00+0100"), "2017-01-16");
        assert_eq!(day_of("2025-03-17-08:00"), "2025-03-17");
        assert_eq!(day_of("2025-03-17"), "2025-03-17");
        assert_eq!(day_of("17/03/2025 10:00"), "17/03/2025 10:00");
    }

    #[test]
    fn a_place_with_parts_is_an_error_of_the_description() {
        let feed = Vendor::BambooHr.feed().unwrap();
        let mut reading = Reading::new(&feed, String::new()).unwrap();
        let error = reading.survey(&json!({"department": {"name": "ENG"}})).unwrap_err();
        assert!(error.message().contains("/department"), "{error}");
    }
}
