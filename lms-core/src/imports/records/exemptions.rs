//! Who need not do a training for a time.
//!
//! An exemption that holds already stays as it is. One that overlaps with another and says more is shown, and
//! not applied: somebody decides which of the two it is.

use std::collections::{BTreeMap, BTreeSet};

use super::about::{About, about};
use super::fates::{Aside, Fates};
use super::named::Trainings;
use super::options::StagedRecords;
use super::subjects::Subjects;
use super::twice::{Claim, Twice, clash, twice};
use super::{Landing, text_of};
use crate::assignments::delivery::{self, Granted};
use crate::imports::OVERLAPS;
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::settings;

/// What a row says beside whom and what it is about.
#[derive(Debug, Clone)]
struct Said {
    from: Day,
    until: Option<Day>,
    reason: String,
    approved_by: Option<String>,
    evidence: Option<String>,
}

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let subjects = Subjects::load(write, &staged.options.source, rows).await?;
    let trainings = Trainings::load(write, rows).await?;
    let (mut sound, mut claims) = (BTreeMap::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        match (about(&subjects, &trainings, row), Said::read(row, today)) {
            (Ok(about), Ok(said)) => {
                claims.push(Claim { at, key: about.pair(), from: said.from, until: said.until });
                sound.insert(at, (about, said));
            }
            (Ok(about), Err(error)) => {
                fates.aside(at, Some(&about.known), Aside::rejected(error));
            }
            (Err((known, aside)), said) => {
                let wrong = said.err().map(Aside::rejected);
                fates.aside(at, known.as_ref(), wrong.into_iter().fold(aside, Aside::join));
            }
        }
    }
    for (at, what) in twice(rows, claims) {
        let Some((about, _)) = sound.remove(&at) else { continue };
        match what {
            Twice::Same => fates.unchanged(at, &about.known, None),
            Twice::Clash(numbers) => fates.aside(at, Some(&about.known), clash(&numbers)),
        }
    }
    let pairs: BTreeSet<_> = sound.values().map(|(about, _)| about.pair()).collect();
    let covered = delivery::covered(&mut write.tx, &pairs).await?;
    let mut granted = Vec::with_capacity(sound.len());
    for (at, (about, said)) in sound {
        let spans = covered.get(&about.pair()).map_or(&[][..], Vec::as_slice);
        match said.beside(spans) {
            Beside::Holds => fates.unchanged(at, &about.known, None),
            Beside::Overlaps(from, until) => {
                let until = until.map_or("for good".to_owned(), |until| format!("to {until}"));
                let error = OVERLAPS
                    .error(format!("an exemption from {from} {until} is there already"))
                    .with_field("from")
                    .with_hint(
                        "end that one first with `lmsctl exempt revoke`, or take the row out",
                    );
                fates.aside(at, Some(&about.known), Aside::conflict(error));
            }
            Beside::Free => {
                fates.landed(at, &about.known, RowEffect::Create);
                granted.push(said.granted(write, &about));
            }
        }
    }
    let mut landing = Landing::default();
    if !granted.is_empty() {
        let operation = delivery::exempt(write, granted).await?;
        landing.consequences.clone_from(operation.counts());
        landing.operation = Some(operation);
    }
    Ok(landing)
}

/// How an exemption stands to those that are there.
#[derive(Debug, PartialEq, Eq)]
enum Beside {
    Free,
    /// One that is there covers all of it.
    Holds,
    Overlaps(Day, Option<Day>),
}

impl Said {
    fn read(row: &FileRow, today: Day) -> Result<Self> {
        let mut wrong = Vec::new();
        let from = row.day("from").map(|day| day.unwrap_or(today));
        let from = from.map_err(|error| wrong.push(error)).unwrap_or(today);
        let until = row.day("until").map_err(|error| wrong.push(error)).ok().flatten();
        if until.is_some_and(|until| until < from) {
            let told = format!("it would end before {from}, when it begins");
            wrong.push(Error::invalid("until", told));
        }
        let mut text =
            |field| text_of(row, field).map_err(|error| wrong.push(error)).ok().flatten();
        let (reason, approved_by) = (text("reason"), text("approved_by"));
        let evidence = text("evidence_link");
        if reason.is_none() {
            let error = Error::invalid("reason", "an exemption needs a reason");
            wrong.push(error.with_hint("say why, such as `certified elsewhere`"));
        }
        match reason {
            Some(reason) if wrong.is_empty() => {
                Ok(Self { from, until, reason, approved_by, evidence })
            }
            _ => Err(Error::several(wrong)),
        }
    }

    fn beside(&self, spans: &[(Day, Option<Day>)]) -> Beside {
        let ends_within = |until: Option<Day>| match (self.until, until) {
            (_, None) => true,
            (Some(mine), Some(theirs)) => mine <= theirs,
            (None, Some(_)) => false,
        };
        if spans.iter().any(|(from, until)| *from <= self.from && ends_within(*until)) {
            return Beside::Holds;
        }
        let overlaps = |(from, until): &&(Day, Option<Day>)| {
            until.is_none_or(|until| self.from <= until)
                && self.until.is_none_or(|until| *from <= until)
        };
        spans
            .iter()
            .find(overlaps)
            .map_or(Beside::Free, |(from, until)| Beside::Overlaps(*from, *until))
    }

    fn granted(self, write: &Write, about: &About<'_>) -> Granted {
        Granted {
            id: write.ctx.new_id(),
            person: about.known.person,
            training: about.training_id(),
            from: self.from,
            until: self.until,
            reason: self.reason,
            approved_by: self.approved_by,
            evidence: self.evidence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn what_holds_already_is_told_from_what_overlaps() {
        let said = |from: &str, until: &str| Said {
            from: day(from),
            until: (!until.is_empty()).then(|| day(until)),
            reason: "x".to_owned(),
            approved_by: None,
            evidence: None,
        };
        let january = (day("2026-01-01"), Some(day("2026-01-31")));
        let spans = [january, (day("2026-06-01"), None)];
        for (from, until, expected) in [
            ("2026-01-01", "2026-01-31", Beside::Holds),
            ("2026-01-10", "2026-01-20", Beside::Holds),
            ("2026-07-01", "", Beside::Holds),
            ("2026-02-01", "2026-05-31", Beside::Free),
            ("2026-01-31", "2026-02-01", Beside::Overlaps(january.0, january.1)),
            ("2026-05-01", "", Beside::Overlaps(day("2026-06-01"), None)),
        ] {
            assert_eq!(said(from, until).beside(&spans), expected, "{from} {until}");
        }
    }
}
