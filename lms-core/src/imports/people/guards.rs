//! What stops an import until somebody says the very number. Pure: figures in, findings out.
//!
//! A feed that goes wrong goes wrong for many: half a file, a column that moved, a department that was
//! renamed elsewhere. Each kind of effect has its bound; whoever knows that it is meant says how many,
//! and no other number will do.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A kind of effect that is guarded.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardKind {
    /// How many rows there are.
    Rows,
    /// How many people are deactivated.
    Deactivate,
    /// How many lose their manager.
    Managers,
    /// How many lose their department, or move with all others of it.
    Departments,
    /// How many get another e-mail address.
    Emails,
    /// How many columns came or went.
    Columns,
    /// In how many ways the file looks other than the last one.
    Contract,
}

impl GuardKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Rows,
        Self::Deactivate,
        Self::Managers,
        Self::Departments,
        Self::Emails,
        Self::Columns,
        Self::Contract,
    ];

    /// The name in flags and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Deactivate => "deactivate",
            Self::Managers => "managers",
            Self::Departments => "departments",
            Self::Emails => "emails",
            Self::Columns => "columns",
            Self::Contract => "contract",
        }
    }
}

/// That somebody means a number: `deactivate=37`, `deactivate@SALES=12`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    kind: GuardKind,
    department: Option<String>,
    number: u64,
}

impl Acceptance {
    /// Reads `KIND=N` or `KIND@DEPARTMENT=N`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid("accept", format!("`{text}` accepts nothing"))
                .with_hint("write the kind and its exact number, such as `deactivate=37`, or with a department `deactivate@SALES=12`")
        };
        let (what, number) = text.trim().split_once('=').ok_or_else(wrong)?;
        let number = number.trim().parse().map_err(|_| wrong())?;
        let (kind, department) = match what.split_once('@') {
            Some((kind, department)) => (kind, Some(department.trim().to_owned())),
            None => (what, None),
        };
        let kind = kind.trim().to_lowercase();
        let found = GuardKind::ALL.iter().copied().find(|known| known.as_str() == kind);
        let kind = found.ok_or_else(|| {
            let names = GuardKind::ALL.iter().map(|kind| kind.as_str());
            let all: Vec<&str> = names.clone().collect();
            Error::invalid("accept", format!("`{kind}` is nothing that is guarded"))
                .with_hints(suggest(&kind, names))
                .with_hint(format!("it is one of: {}", all.join(", ")))
        })?;
        if department.is_some() && kind != GuardKind::Deactivate {
            return Err(Error::invalid(
                "accept",
                format!("`{}` is not counted by department", kind.as_str()),
            )
            .with_hint(format!("write `{}={number}`", kind.as_str())));
        }
        Ok(Self { kind, department, number })
    }
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if let Some(department) = &self.department {
            write!(f, "@{department}")?;
        }
        write!(f, "={}", self.number)
    }
}

/// What stops an import.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardFinding {
    /// The kind of effect.
    pub kind: GuardKind,
    /// The department, where it is about one.
    pub department: Option<String>,
    /// How many.
    pub number: u64,
    /// What it would be, and what the bound is.
    pub message: String,
    /// What lets it through: `--accept` with this.
    pub accept: String,
}

/// The figures of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Rows of the file, rejected ones as well.
    pub(crate) n_rows: u64,
    /// Rows of the last file of the source; nothing where there was none, or where this one holds
    /// corrected rows of the last.
    pub(crate) n_rows_last: Option<u64>,
    pub(crate) is_correction: bool,
    /// People of the source who are there.
    pub(crate) n_people: u64,
    pub(crate) n_deactivated: u64,
    /// By department, how many are deactivated, and of how many.
    pub(crate) by_department: BTreeMap<String, (u64, u64)>,
    pub(crate) n_managers_blanked: u64,
    pub(crate) n_departments_left: u64,
    pub(crate) n_emails_changed: u64,
    /// Columns that came and went since the last file.
    pub(crate) columns_changed: Vec<String>,
}

/// Fewer than so many records are nobody's accident.
const FEW: u64 = 2;
/// A last file of fewer rows says nothing about the next.
const LAST_ROWS_MIN: u64 = 5;
const ROWS_MIN_PERCENT: u64 = 70;
const DEACTIVATED_FEW: u64 = 5;
const DEACTIVATED_PERCENT: u64 = 5;
const DEACTIVATED_MAX: u64 = 200;
const MANAGERS_PERCENT: u64 = 10;
const DEPARTMENTS_PERCENT: u64 = 20;
const EMAILS_PERCENT: u64 = 25;

/// What of it has to be said to be meant, and was not.
pub(crate) fn findings(figures: &Figures, accepted: &[Acceptance]) -> Vec<GuardFinding> {
    let mut found = Vec::new();
    let mut find = |kind, department: Option<&str>, number, message: String| {
        let accept = Acceptance { kind, department: department.map(str::to_owned), number };
        if is_accepted(&accept, accepted) {
            return;
        }
        let other = accepted.iter().find(|other| other.is_about(&accept));
        let message = match other {
            Some(other) => format!("{message}; {} was accepted", other.number),
            None => message,
        };
        let department = accept.department.clone();
        found.push(GuardFinding { kind, department, number, message, accept: accept.to_string() });
    };
    let Figures { n_rows, n_people, n_deactivated, .. } = *figures;
    if n_rows == 0 {
        find(GuardKind::Rows, None, 0, "the file has no rows".to_owned());
    } else if let Some(last) = figures.n_rows_last
        && !figures.is_correction
        && last >= LAST_ROWS_MIN
        && n_rows * 100 < last * ROWS_MIN_PERCENT
    {
        let message =
            format!("{n_rows} rows, and the last file of this source had {last}: is it cut off?");
        find(GuardKind::Rows, None, n_rows, message);
    }
    let is_many = |n: u64, of: u64| {
        n > DEACTIVATED_MAX || (n > DEACTIVATED_FEW && n * 100 > of * DEACTIVATED_PERCENT)
    };
    if is_many(n_deactivated, n_people) {
        let message = format!("{n_deactivated} of {n_people} people would be deactivated");
        find(GuardKind::Deactivate, None, n_deactivated, message);
    }
    // Whoever means all of them means those of each department.
    let all = Acceptance { kind: GuardKind::Deactivate, department: None, number: n_deactivated };
    if !accepted.contains(&all) {
        for (department, (n, of)) in &figures.by_department {
            if is_many(*n, *of) {
                let message = format!("{n} of {of} people of {department} would be deactivated");
                find(GuardKind::Deactivate, Some(department), *n, message);
            }
        }
    }
    for (kind, n, percent, what) in [
        (GuardKind::Managers, figures.n_managers_blanked, MANAGERS_PERCENT, "lose their manager"),
        (
            GuardKind::Departments,
            figures.n_departments_left,
            DEPARTMENTS_PERCENT,
            "lose their department, or move with all others of it: was it renamed?",
        ),
        (GuardKind::Emails, figures.n_emails_changed, EMAILS_PERCENT, "get another e-mail address"),
    ] {
        if n > FEW && n * 100 > n_rows * percent {
            find(kind, None, n, format!("{n} of {n_rows} rows would {what}"));
        }
    }
    if !figures.columns_changed.is_empty() && !figures.is_correction {
        let n = figures.columns_changed.len() as u64;
        let message = format!("the columns are others: {}", figures.columns_changed.join(", "));
        find(GuardKind::Columns, None, n, message);
    }
    found
}

impl Acceptance {
    fn is_about(&self, other: &Self) -> bool {
        let folded = |one: &Self| one.department.as_ref().map(|name| name.to_lowercase());
        self.kind == other.kind && folded(self) == folded(other)
    }
}

/// The number itself, and no other.
pub(crate) fn is_accepted(wanted: &Acceptance, accepted: &[Acceptance]) -> bool {
    accepted.iter().any(|one| one.is_about(wanted) && one.number == wanted.number)
}

/// What has to be said of a number of a kind.
pub(crate) fn of(kind: GuardKind, number: u64) -> Acceptance {
    Acceptance { kind, department: None, number }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        Figures { n_rows: 100, n_people: 100, ..Figures::default() }
    }

    fn kinds(figures: &Figures, accepted: &[&str]) -> Vec<String> {
        let accepted: Vec<Acceptance> =
            accepted.iter().map(|text| Acceptance::parse(text).unwrap()).collect();
        findings(figures, &accepted).into_iter().map(|found| found.accept).collect()
    }

    #[test]
    fn a_usual_file_goes_through() {
        let usual = Figures {
            n_rows_last: Some(140),
            n_deactivated: 5,
            n_managers_blanked: 10,
            n_departments_left: 20,
            n_emails_changed: 25,
            ..figures()
        };
        assert_eq!(kinds(&usual, &[]), [] as [&str; 0]);
    }

    #[test]
    fn each_bound_stops_and_its_exact_number_lets_through() {
        let cases = [
            (Figures { n_rows: 0, ..figures() }, "rows=0"),
            (Figures { n_rows_last: Some(143), ..figures() }, "rows=100"),
            (Figures { n_deactivated: 6, ..figures() }, "deactivate=6"),
            (Figures { n_deactivated: 201, n_people: 90_000, ..figures() }, "deactivate=201"),
            (Figures { n_managers_blanked: 11, ..figures() }, "managers=11"),
            (Figures { n_departments_left: 21, ..figures() }, "departments=21"),
            (Figures { n_emails_changed: 26, ..figures() }, "emails=26"),
            (Figures { columns_changed: vec!["-email".to_owned()], ..figures() }, "columns=1"),
        ];
        for (figures, accept) in cases {
            assert_eq!(kinds(&figures, &[]), [accept]);
            assert_eq!(kinds(&figures, &[accept]), [] as [&str; 0]);
            let (kind, number) = accept.split_once('=').unwrap();
            let other = format!("{kind}={}", number.parse::<u64>().unwrap() + 1);
            assert_eq!(kinds(&figures, &[&other]), [accept], "another number");
        }
    }

    #[test]
    fn departments_are_looked_at_one_by_one() {
        let by_department =
            BTreeMap::from([("SALES".to_owned(), (6, 20)), ("ENG".to_owned(), (3, 4))]);
        let figures = Figures { n_people: 1_000, n_deactivated: 9, by_department, ..figures() };
        assert_eq!(kinds(&figures, &[]), ["deactivate@SALES=6"]);
        assert_eq!(kinds(&figures, &["deactivate@sales=6"]), [] as [&str; 0]);
        assert_eq!(kinds(&figures, &["deactivate@SALES=5"]), ["deactivate@SALES=6"]);
        assert_eq!(kinds(&figures, &["deactivate=9"]), [] as [&str; 0], "all of them are meant");
    }

    #[test]
    fn corrected_rows_are_few() {
        let few = Figures { n_rows: 3, n_rows_last: Some(5_000), is_correction: true, ..figures() };
        assert_eq!(kinds(&few, &[]), [] as [&str; 0]);
    }

    #[test]
    fn nothing_but_a_kind_and_a_number_is_accepted() {
        for text in ["all", "deactivate", "deactivate=many", "everything=1", "emails@ENG=1"] {
            assert!(Acceptance::parse(text).is_err(), "{text}");
        }
    }
}
