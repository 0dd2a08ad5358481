//! Who did what, perhaps long ago and somewhere else.
//!
//! A completion lands as one that somebody records: rules and assignments settle in the same transaction, and
//! there is a certificate. What is recorded of that day stays as it is, also where somebody revoked it.
//!
//! A training of which nobody knows is made as a draft, where that is asked for, and so is what was done of a
//! draft kept: as the first version, which the draft becomes when it is published.

use std::collections::{BTreeMap, BTreeSet};

use super::about::{About, about};
use super::fates::{Aside, Fates};
use super::named::Trainings;
use super::options::StagedRecords;
use super::subjects::Subjects;
use super::twice::{Claim, Twice, clash, twice};
use super::{Landing, text_of};
use crate::assignments::delivery::{self, Achieved};
use crate::assignments::{CompletionSource, NEVER_PUBLISHED, NOT_DONE_YET};
use crate::catalog::{VersionNumber, check_draft};
use crate::imports::REVOKED;
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::settings;

/// In hundredths of a per cent.
const SCORE_MAX: u32 = 10_000;

/// What a row says beside whom and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    completed_on: Day,
    score: Option<u16>,
    version: Option<(u32, u32)>,
    valid_until: Option<Day>,
    evidence_link: Option<String>,
    note: Option<String>,
}

pub(super) async fn land(
    write: &mut Write,
    staged: &StagedRecords,
    fates: &mut Fates<'_>,
) -> Result<Landing> {
    let rows = staged.rows.as_slice();
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let subjects = Subjects::load(write, &staged.options.source, rows).await?;
    let mut trainings = Trainings::load(write, rows).await?;
    let read: Vec<Result<Said>> = rows.iter().map(|row| Said::read(row, today)).collect();
    let mut made = Vec::new();
    if staged.options.creates_trainings {
        let sound = rows.iter().zip(&read).filter(|(_, said)| said.is_ok()).map(|(row, _)| row);
        let new = unknown(sound.filter(|row| subjects.of(row).is_ok()), &trainings);
        made = trainings.make(write, new).await?;
    }
    let (mut sound, mut claims) = (BTreeMap::new(), Vec::new());
    for (at, (row, said)) in rows.iter().zip(read).enumerate() {
        let about = about(&subjects, &trainings, row);
        let (about, said) = match (about, said) {
            (Ok(about), Ok(said)) => (about, said),
            (Ok(about), Err(error)) => {
                fates.aside(at, Some(&about.known), Aside::rejected(error));
                continue;
            }
            (Err((known, aside)), said) => {
                let wrong = said.err().map(Aside::rejected);
                let aside = wrong.into_iter().fold(aside, Aside::join);
                fates.aside(at, known.as_ref(), hinted(aside, staged));
                continue;
            }
        };
        match version(&about, &said, staged.options.creates_trainings) {
            Ok(version) => {
                let day = said.completed_on;
                claims.push(Claim { at, key: about.pair(), from: day, until: Some(day) });
                sound.insert(at, (about, Said { version, ..said }));
            }
            Err(error) => fates.aside(at, Some(&about.known), Aside::rejected(error)),
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
    let recorded = delivery::recorded(&mut write.tx, &pairs).await?;
    let mut achieved = Vec::with_capacity(sound.len());
    for (at, (about, said)) in sound {
        match recorded.get(&(about.pair(), said.completed_on)) {
            Some(None) => fates.unchanged(at, &about.known, None),
            Some(Some(revoked_on)) => {
                let why = REVOKED
                    .error(format!("it was recorded, and revoked on {revoked_on}; it stays so"))
                    .with_field("completed_on")
                    .with_hint("`lmsctl complete` records it again, by hand");
                fates.unchanged(at, &about.known, Some(why));
            }
            None => {
                fates.landed(at, &about.known, RowEffect::Create);
                achieved.push(said.achieved(&about));
            }
        }
    }
    let mut landing = Landing { made, ..Landing::default() };
    if !achieved.is_empty() {
        let operation = delivery::complete(write, achieved).await?;
        landing.consequences.clone_from(operation.counts());
        landing.operation = Some(operation);
    }
    Ok(landing)
}

/// Trainings that nobody knows and that can be made, by what they are known by: code and title.
fn unknown<'a>(
    rows: impl Iterator<Item = &'a FileRow>,
    trainings: &Trainings,
) -> BTreeMap<String, (String, String)> {
    let mut new: BTreeMap<String, (String, String)> = BTreeMap::new();
    for row in rows.filter(|row| trainings.of(row).is_err()) {
        let Some(code) = row.text("training") else { continue };
        let title = row.text("training_title").unwrap_or(code);
        if !new.contains_key(&fold(code)) && check_draft(code, title).is_ok() {
            new.insert(fold(code), (code.to_owned(), title.to_owned()));
        }
    }
    new
}

/// With how trainings that are not there are made; or why this one cannot be.
fn hinted(mut aside: Aside, staged: &StagedRecords) -> Aside {
    aside.errors = aside
        .errors
        .into_iter()
        .map(|error| {
            if !error.is(&crate::catalog::UNKNOWN_TRAINING) {
                return error;
            }
            error.with_hint(if staged.options.creates_trainings {
                "a draft is made of it where its code has letters, digits, `.`, `-` and `_` and the rest of the row is right"
            } else {
                "`--create-trainings` makes a draft of it, so that what was done is kept"
            })
        })
        .collect();
    aside
}

/// Of which version it is: the one of that day where nothing is said.
fn version(about: &About<'_>, said: &Said, creates_trainings: bool) -> Result<Option<(u32, u32)>> {
    let training = about.training;
    if said.version.is_some() || training.published.is_some() {
        return Ok(said.version);
    }
    if creates_trainings && !training.template {
        let first = VersionNumber::FIRST;
        return Ok(Some((first.major, first.minor)));
    }
    Err(NEVER_PUBLISHED
        .error(format!("`{}` was never published: nobody can have done it", training.code))
        .with_field("training")
        .with_hint("publish it first, or import with `--create-trainings`, which keeps what was done of drafts"))
}

impl Said {
    fn read(row: &FileRow, today: Day) -> Result<Self> {
        let mut wrong = Vec::new();
        let completed_on = row.day("completed_on").and_then(|day| {
            let day = day.ok_or_else(|| Error::invalid("completed_on", "it has no day"))?;
            if day > today {
                return Err(NOT_DONE_YET
                    .error(format!("{day} is a day to come: it is {today}"))
                    .with_field("completed_on")
                    .with_hint("correct the day, or import the row when it is done"));
            }
            Ok(day)
        });
        let completed_on = completed_on.map_err(|error| wrong.push(error)).unwrap_or(today);
        let score = row.text("score").map(score).transpose();
        let score = score.unwrap_or_else(|error| note(&mut wrong, error));
        let version = row.text("version").map(number).transpose();
        let version = version.unwrap_or_else(|error| note(&mut wrong, error));
        let valid_until = row.day("valid_until").unwrap_or_else(|error| note(&mut wrong, error));
        if valid_until.is_some_and(|until| until < completed_on) && wrong.is_empty() {
            let told = format!("it would end before it was done on {completed_on}");
            wrong.push(Error::invalid("valid_until", told));
        }
        let mut text = |field| text_of(row, field).unwrap_or_else(|error| note(&mut wrong, error));
        let (evidence_link, note) = (text("evidence_link"), text("note"));
        if wrong.is_empty() {
            return Ok(Self { completed_on, score, version, valid_until, evidence_link, note });
        }
        Err(Error::several(wrong))
    }

    fn achieved(self, about: &About<'_>) -> Achieved {
        Achieved {
            person: about.known.person,
            training: about.training_id(),
            completed_on: self.completed_on,
            source: CompletionSource::Import,
            score: self.score,
            version: self.version,
            valid_until: self.valid_until,
            evidence_link: self.evidence_link,
            evidence: None,
            note: self.note,
        }
    }
}

fn note<T>(wrong: &mut Vec<Error>, error: Error) -> Option<T> {
    wrong.push(error);
    None
}

/// A score in per cent, as hundredths of one: `87.5` is 8750.
fn score(text: &str) -> Result<u16> {
    let refuse = || {
        Error::invalid("score", format!("`{text}` is no score")).with_hint(
            "a score is in per cent, from 0 to 100, with two digits behind the point at most",
        )
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 2 || !part.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(refuse());
    }
    let whole: u32 = whole.parse().map_err(|_| refuse())?;
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| refuse())?;
    let hundredths = whole.checked_mul(100).and_then(|whole| whole.checked_add(part));
    let hundredths = hundredths.filter(|score| *score <= SCORE_MAX).ok_or_else(refuse)?;
    u16::try_from(hundredths).map_err(|_| refuse())
}

/// A version: `2.1`, or `2` for the first of it.
fn number(text: &str) -> Result<(u32, u32)> {
    let whole = if text.contains('.') { text.to_owned() } else { format!("{text}.0") };
    let version = VersionNumber::parse(&whole).map_err(|_| {
        Error::invalid("version", format!("`{text}` is not a version")).with_hint(
            "write it like `2` or `2.1`; leave the cell empty for the version of that day",
        )
    })?;
    Ok((version.major, version.minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_exact_hundredths() {
        for (text, expected) in
            [("0", 0), ("87.5", 8_750), ("87.50", 8_750), ("100", 10_000), ("0.05", 5)]
        {
            assert_eq!(score(text).unwrap(), expected, "{text}");
        }
        for text in ["100.01", "-1", "87.555", "4294967296", "", "."] {
            assert_eq!(score(text).unwrap_err().field(), Some("score"), "{text}");
        }
    }

    #[test]
    fn versions_may_leave_the_minor_number_out() {
        assert_eq!(number("2").unwrap(), (2, 0));
        assert_eq!(number("2.1").unwrap(), (2, 1));
        assert_eq!(number("2019A").unwrap_err().field(), Some("version"));
    }
}
