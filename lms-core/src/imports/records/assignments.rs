//! Who has to learn what: enrolments of other systems, and lists that somebody keeps.
//!
//! Every training with its due day is an order, as if somebody had given it on the day of the import. Whoever
//! has, did or is exempt from what it asks for is left alone.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Landing;
use super::about::{About, about};
use super::fates::{Aside, Fates};
use super::named::Trainings;
use super::options::StagedRecords;
use super::subjects::Subjects;
use super::twice::{Claim, Twice, clash, twice};
use crate::assignments::delivery::{self, Wanted};
use crate::assignments::engine::Outcome;
use crate::assignments::{NOT_GIVEN, PAST_DUE};
use crate::catalog::TrainingStatus;
use crate::imports::plan::RowEffect;
use crate::imports::row::FileRow;
use crate::imports::{NO_LEARNER, NOT_EMPLOYED, NOT_OPEN};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::settings;

/// Words for what is to be learnt still.
const OPEN: [&str; 10] = [
    "active",
    "assigned",
    "enrolled",
    "open",
    "in progress",
    "in_progress",
    "not started",
    "not_started",
    "invited",
    "pending",
];
/// Words for what is over, or never was.
const OVER: [&str; 11] = [
    "deleted",
    "tobedeleted",
    "inactive",
    "completed",
    "concluded",
    "cancelled",
    "withdrawn",
    "dropped",
    "suspended",
    "expired",
    "deleted_last_completed",
];
/// Roles of those who learn; nobody else in a course is assigned it.
const LEARNERS: [&str; 4] = ["student", "learner", "participant", "studentenrollment"];

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
        let about = match about(&subjects, &trainings, row) {
            Ok(about) => about,
            Err((known, aside)) => {
                fates.aside(at, known.as_ref(), aside);
                continue;
            }
        };
        match is_asked(row) {
            Ok(None) => {}
            Ok(Some(why)) => {
                fates.unchanged(at, &about.known, Some(why));
                continue;
            }
            Err(error) => {
                fates.aside(at, Some(&about.known), Aside::rejected(error));
                continue;
            }
        }
        match due(&about, row, today) {
            Ok(due_on) => {
                claims.push(Claim { at, key: about.pair(), from: today, until: None });
                sound.insert(at, (about, due_on));
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
    let mut orders: BTreeMap<(Uuid, Option<Day>), Vec<Uuid>> = BTreeMap::new();
    for (about, due_on) in sound.values() {
        let people = orders.entry((about.training_id(), *due_on)).or_default();
        people.push(about.known.person);
    }
    let wanted =
        orders.into_iter().map(|((training, due_on), people)| Wanted { training, due_on, people });
    let (outcomes, operation) = delivery::assign(write, wanted.collect()).await?;
    for (at, (about, _)) in sound {
        tell(fates, at, &about, outcomes.get(&about.pair()).copied());
    }
    let mut landing = Landing { operation, ..Landing::default() };
    if rows.iter().any(|row| row.text("assigned_on").is_some()) {
        let told =
            "`assigned_on` is not kept: what a file assigns is assigned on the day of the import";
        landing.warnings.push(told.to_owned());
    }
    Ok(landing)
}

fn tell(fates: &mut Fates<'_>, at: usize, about: &About<'_>, outcome: Option<Outcome>) {
    match outcome {
        Some(Outcome::Assigned | Outcome::Waitlisted | Outcome::Parked) => {
            fates.landed(at, &about.known, RowEffect::Create);
        }
        Some(Outcome::Strengthened) => fates.landed(at, &about.known, RowEffect::Update),
        Some(Outcome::AlreadyAssigned | Outcome::AlreadyComplete | Outcome::Exempt) => {
            fates.unchanged(at, &about.known, None);
        }
        Some(Outcome::NotEligible) | None => {
            let error = NOT_EMPLOYED
                .error("they are not employed, so that they are given nothing")
                .with_hint("take the row out, or employ them again first");
            fates.aside(at, Some(&about.known), Aside::rejected(error));
        }
    }
}

/// Whether the file means that it is to be learnt still, by somebody who learns; if not, why.
fn is_asked(row: &FileRow) -> Result<Option<Error>> {
    if let Some(role) = row.text("role")
        && !LEARNERS.contains(&fold(role).as_str())
    {
        let told = NO_LEARNER.error(format!("`{role}` is not the role of somebody who learns"));
        return Ok(Some(told.with_field("role")));
    }
    let Some(status) = row.text("status") else { return Ok(None) };
    let folded = fold(status);
    if OPEN.contains(&folded.as_str()) {
        return Ok(None);
    }
    if OVER.contains(&folded.as_str()) {
        let told = NOT_OPEN.error(format!("`{status}`: there is nothing to learn any more"));
        return Ok(Some(
            told.with_field("status")
                .with_hint("what was done is imported as completions: `lmsctl import completions`"),
        ));
    }
    Err(Error::invalid("status", format!("`{status}` is not the status of an assignment"))
        .with_hints(suggest(&folded, OPEN.iter().chain(&OVER)))
        .with_hint("translate it in a mapping file, as `active` or `deleted`"))
}

/// By when it is due, if it can be given at all.
fn due(about: &About<'_>, row: &FileRow, today: Day) -> Result<Option<Day>> {
    let training = about.training;
    if training.published.is_none() || training.status != TrainingStatus::Published {
        let how = training.status.as_str().replace('_', " ");
        return Err(NOT_GIVEN
            .error(format!("`{}` is not given to anybody: it is {how}", training.code))
            .with_field("training")
            .with_hint("publish it first, or take the row out"));
    }
    let due_on = row.day("due_on")?;
    if let Some(due_on) = due_on.filter(|due_on| *due_on < today) {
        return Err(PAST_DUE
            .error(format!("{due_on} is past: it is {today}"))
            .with_field("due_on")
            .with_hint("give a day to come, or leave the cell empty"));
    }
    Ok(due_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(values: &[(&str, &str)]) -> Result<Option<&'static str>> {
        let values =
            values.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned())));
        let row = FileRow { number: 2, values: values.collect() };
        is_asked(&row).map(|why| why.map(|why| why.code()))
    }

    #[test]
    fn only_those_who_learn_and_have_not_done_it_are_asked() {
        assert_eq!(asked(&[]).unwrap(), None);
        assert_eq!(asked(&[("status", "Active"), ("role", "student")]).unwrap(), None);
        assert_eq!(asked(&[("role", "teacher")]).unwrap(), Some("import.no_learner"));
        assert_eq!(asked(&[("status", "Completed")]).unwrap(), Some("import.not_open"));
        let unknown = asked(&[("status", "actve")]).unwrap_err();
        assert_eq!(unknown.field(), Some("status"));
        assert!(unknown.hints()[0].contains("active"), "{unknown:?}");
    }
}
