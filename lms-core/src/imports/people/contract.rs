//! What the files of a source look like, and in which ways the next one looks otherwise. Pure.
//!
//! A file that was exported in another way can be read without a word of complaint and be wrong all
//! over: days and months swapped, numbers without their zeros, a department under another name. So it
//! is remembered what the last one looked like, and what flipped stops the import before it is planned.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::imports::reading::{DateDecision, Layout};
use crate::imports::row::FileRow;

/// Fields with few values, which a file repeats.
const LISTED: [&str; 6] =
    ["department", "location", "job_role", "employment_type", "country", "status"];
/// A field with more values than this has no list of them.
const VALUES_MAX: usize = 500;
/// Fewer rows than this say nothing of a pattern.
const ROWS_MIN: u64 = 3;
/// Columns that a file of rejected rows has beside its own.
const OF_REJECTS: &str = "_row";

/// What a file looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contract {
    pub(crate) format: String,
    pub(crate) encoding: Option<String>,
    /// The headers, in lower case.
    pub(crate) columns: BTreeSet<String>,
    /// How days are written, by field.
    pub(crate) dates: BTreeMap<String, String>,
    pub(crate) n_rows: u64,
    /// In how many rows a field holds a value.
    pub(crate) filled: BTreeMap<String, u64>,
    pub(crate) keys: BTreeMap<String, Pattern>,
    /// How often which value stands, by field.
    pub(crate) values: BTreeMap<String, BTreeMap<String, u64>>,
    /// Whether it holds rows of another file that were rejected, to be corrected.
    #[serde(default)]
    pub(crate) is_correction: bool,
    /// Fields whose days somebody said how to read.
    #[serde(default)]
    pub(crate) dates_said: BTreeSet<String>,
    /// Of which system it comes, where its headers say so.
    #[serde(default)]
    pub(crate) system: Option<String>,
    /// What the last files of other systems looked like that the same source sends: who the people are in the
    /// one, where they work in the other. Files of no known system stand under an empty name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) others: BTreeMap<String, Contract>,
}

/// What keys look like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pattern {
    pub(crate) n_keys: u64,
    pub(crate) n_with_zero: u64,
    pub(crate) length_min: usize,
    pub(crate) length_max: usize,
}

impl Contract {
    pub(crate) fn of(layout: &Layout) -> Self {
        let headers = layout.columns.iter().map(|column| column.header.trim().to_lowercase());
        let (own, added): (BTreeSet<String>, BTreeSet<String>) =
            headers.filter(|header| !header.is_empty()).partition(|name| !name.starts_with('_'));
        let mut contract = Self {
            format: layout.format.as_str().to_owned(),
            encoding: layout.encoding.clone(),
            columns: own,
            is_correction: added.contains(OF_REJECTS),
            system: layout.system.map(str::to_owned),
            ..Self::default()
        };
        for column in &layout.columns {
            let (Some(field), Some(dates)) = (&column.field, &column.dates) else { continue };
            contract.dates.insert(field.name(), dates.format.clone());
            if dates.decided_by == DateDecision::Option {
                contract.dates_said.insert(field.name());
            }
        }
        contract
    }

    /// Of what is kept of a source, what the last file of the same system looked like.
    pub(crate) fn last_of(&self, kept: &Self) -> Option<Self> {
        if kept.system == self.system {
            return Some(kept.clone());
        }
        kept.others.get(&self.system_name()).cloned()
    }

    /// This one, and what is kept of other systems of the source.
    pub(crate) fn beside(mut self, kept: Option<Self>) -> Self {
        let Some(mut kept) = kept else { return self };
        self.others = std::mem::take(&mut kept.others);
        self.others.insert(kept.system_name(), kept);
        self.others.remove(&self.system_name());
        self
    }

    fn system_name(&self) -> String {
        self.system.clone().unwrap_or_default()
    }

    /// A row that could be read, or not.
    pub(crate) fn count(&mut self, row: Option<&FileRow>) {
        self.n_rows += 1;
        let Some(row) = row else { return };
        for (field, value) in &row.values {
            let Some(value) = value else { continue };
            *self.filled.entry(field.clone()).or_default() += 1;
            if ["source_key", "employee_number"].contains(&field.as_str()) {
                self.keys.entry(field.clone()).or_default().count(value);
            } else if LISTED.contains(&field.as_str()) {
                let values = self.values.entry(field.clone()).or_default();
                if values.len() <= VALUES_MAX {
                    *values.entry(value.clone()).or_default() += 1;
                }
            }
        }
    }

    /// The columns that came, `+`, and went, `-`, since the last file.
    pub(crate) fn columns_changed(&self, last: &Self) -> Vec<String> {
        let came = self.columns.difference(&last.columns).map(|name| format!("+{name}"));
        let went = last.columns.difference(&self.columns).map(|name| format!("-{name}"));
        came.chain(went).collect()
    }

    /// In which ways it looks other than the last file, in words.
    pub(crate) fn breaches(&self, last: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.is_correction {
            return found;
        }
        if let (Some(now), Some(then)) = (&self.encoding, &last.encoding)
            && self.format == last.format
            && !is_same_encoding(now, then)
        {
            found.push(format!("the encoding was {then} and is {now}"));
        }
        for (field, now) in &self.dates {
            let then = last.dates.get(field).filter(|then| *then != now);
            if let Some(then) = then
                && self.format == last.format
                && !self.dates_said.contains(field)
            {
                found.push(format!("days of `{field}` were written {then} and are {now}"));
            }
        }
        for (field, now) in &self.keys {
            if last.keys.get(field).is_some_and(|then| now.lost_zeros(then)) {
                found.push(format!("`{field}` had leading zeros and has none any more"));
            }
        }
        for (field, now) in &self.values {
            let Some(then) = last.values.get(field).filter(|then| then.len() <= VALUES_MAX) else {
                continue;
            };
            if now.len() <= VALUES_MAX {
                found.extend(renamed(field, then, now));
            }
        }
        for (field, n_then) in &last.filled {
            let n_now = self.filled.get(field).copied().unwrap_or_default();
            let was_full = n_then * 10 >= last.n_rows * 9;
            let is_empty = n_now * 10 <= self.n_rows;
            if was_full && is_empty && last.n_rows >= ROWS_MIN && self.n_rows >= ROWS_MIN {
                // A column that is gone is told among the columns.
                let is_there = self.filled.contains_key(field) || self.columns == last.columns;
                if is_there {
                    found.push(format!("`{field}` was full and is empty"));
                }
            }
        }
        found
    }
}

impl Pattern {
    fn count(&mut self, key: &str) {
        let length = key.chars().count();
        if self.n_keys == 0 {
            (self.length_min, self.length_max) = (length, length);
        }
        self.n_keys += 1;
        self.n_with_zero += u64::from(length > 1 && key.starts_with('0'));
        self.length_min = self.length_min.min(length);
        self.length_max = self.length_max.max(length);
    }

    /// Many began with a zero, and none does; and some are shorter than any was.
    fn lost_zeros(&self, then: &Self) -> bool {
        let had_some = then.n_with_zero > 0 && self.n_keys > 0;
        had_some && self.n_with_zero == 0 && self.length_min < then.length_min
    }
}

fn is_same_encoding(now: &str, then: &str) -> bool {
    // Plain ASCII is a part of them all, and a mark at the beginning changes no letter.
    let plain = |name: &str| {
        let name = name.to_lowercase();
        name.trim_end_matches(" with bom").trim_end_matches("-bom").to_owned()
    };
    let (now, then) = (plain(now), plain(then));
    now == then || now == "ascii" || then == "ascii"
}

/// Values that went while another came in nearly as many rows.
fn renamed(field: &str, then: &BTreeMap<String, u64>, now: &BTreeMap<String, u64>) -> Vec<String> {
    let went = then.iter().filter(|(value, n)| !now.contains_key(*value) && **n >= ROWS_MIN);
    let mut came: Vec<(&String, u64)> = now
        .iter()
        .filter(|(value, n)| !then.contains_key(*value) && **n >= ROWS_MIN)
        .map(|(value, n)| (value, *n))
        .collect();
    let mut found = Vec::new();
    for (value, n_then) in went {
        let is_alike = |n_now: u64| n_now.abs_diff(*n_then) * 5 <= *n_then;
        if let Some(at) = came.iter().position(|(_, n_now)| is_alike(*n_now)) {
            let (name, n_now) = came.remove(at);
            found.push(format!(
                "`{field}` has no `{value}` any more, of which there were {n_then}, and {n_now} of \
                 `{name}` instead: was it renamed?"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(rows: &[&[(&str, &str)]]) -> Contract {
        let mut contract = Contract::default();
        for values in rows {
            let value = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let values =
                values.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
            contract.count(Some(&FileRow { number: 2, values }));
        }
        contract
    }

    fn of(field: &str, values: &[&str]) -> Contract {
        let rows: Vec<Vec<(&str, &str)>> =
            values.iter().map(|value| vec![(field, *value)]).collect();
        let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
        contract(&rows)
    }

    #[test]
    fn zeros_that_vanished_are_a_breach_and_other_numbers_are_not() {
        let last = of("employee_number", &["00123", "00124", "10001"]);
        let breaches = |values: &[&str]| of("employee_number", values).breaches(&last);
        assert_eq!(breaches(&["123", "124", "10001"]).len(), 1);
        assert_eq!(breaches(&["00123", "00200"]), [] as [&str; 0]);
        assert_eq!(breaches(&["10001", "10002"]), [] as [&str; 0]);
    }

    #[test]
    fn a_department_under_another_name_is_a_breach_and_a_new_one_is_not() {
        let last = of("department", &["Eng", "Eng", "Eng", "Eng", "HR"]);
        let breaches = |values: &[&str]| of("department", values).breaches(&last);
        let told = breaches(&["Engineering", "Engineering", "Engineering", "Engineering", "HR"]);
        assert!(told[0].contains("was it renamed?"), "{told:?}");
        assert_eq!(breaches(&["Eng", "Eng", "Eng", "Eng", "Ops", "Ops", "Ops"]), [] as [&str; 0]);
    }

    #[test]
    fn another_way_to_write_days_is_a_breach_unless_somebody_said_so() {
        let with = |format: &str, said: bool| {
            let mut contract = Contract::default();
            contract.dates.insert("hired_on".to_owned(), format.to_owned());
            if said {
                contract.dates_said.insert("hired_on".to_owned());
            }
            contract
        };
        let last = with("DD/MM/YYYY", false);
        assert_eq!(with("MM/DD/YYYY", false).breaches(&last).len(), 1);
        assert_eq!(with("MM/DD/YYYY", true).breaches(&last), [] as [&str; 0]);
        assert_eq!(with("DD/MM/YYYY", false).breaches(&last), [] as [&str; 0]);
    }

    #[test]
    fn a_column_that_is_empty_all_at_once_is_a_breach() {
        let last = of("email", &["a@x", "b@x", "c@x"]);
        assert_eq!(of("email", &["", "", ""]).breaches(&last).len(), 1);
        assert_eq!(of("email", &["a@x", "", "c@x"]).breaches(&last), [] as [&str; 0]);
    }

    #[test]
    fn each_system_of_a_source_is_held_against_itself() {
        let of = |system: Option<&str>, column: &str| Contract {
            system: system.map(str::to_owned),
            columns: BTreeSet::from([column.to_owned()]),
            ..Contract::default()
        };
        let (users, jobs, plain) = (of(Some("users"), "a"), of(Some("jobs"), "b"), of(None, "c"));
        let kept = jobs.clone().beside(Some(users.clone()));
        assert_eq!(of(Some("users"), "x").last_of(&kept).as_ref(), Some(&users));
        assert_eq!(of(None, "x").last_of(&kept), None);
        let kept = plain.beside(Some(kept));
        let kept = of(Some("jobs"), "d").beside(Some(kept));
        assert_eq!(of(None, "x").last_of(&kept).unwrap().columns, BTreeSet::from(["c".to_owned()]));
        assert_eq!(of(Some("users"), "x").last_of(&kept), Some(users));
        assert_eq!(kept.others.len(), 2, "none is kept of itself");
    }

    #[test]
    fn another_encoding_is_a_breach_but_for_its_mark() {
        let with = |name: &str| Contract { encoding: Some(name.to_owned()), ..Contract::default() };
        assert_eq!(with("windows-1252").breaches(&with("UTF-8")).len(), 1);
        assert_eq!(with("UTF-8 with BOM").breaches(&with("UTF-8")), [] as [&str; 0]);
    }
}
