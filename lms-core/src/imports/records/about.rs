//! Whom and what a row is about, for the kinds that have both.

use uuid::Uuid;

use super::fates::{Aside, Known};
use super::named::Trainings;
use super::subjects::Subjects;
use crate::assignments::delivery::Pair;
use crate::catalog::sql::Stored;
use crate::imports::row::FileRow;

/// Somebody and a training.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    /// The person; in lists with the code of the training.
    pub(super) known: Known,
    pub(super) training: &'a Stored,
}

impl About<'_> {
    pub(super) fn pair(&self) -> Pair {
        (self.known.person, self.training.id)
    }

    pub(super) fn training_id(&self) -> Uuid {
        self.training.id
    }
}

/// Whom and what, or everything that is wrong with either.
pub(super) fn about<'a>(
    subjects: &Subjects,
    trainings: &'a Trainings,
    row: &FileRow,
) -> Result<About<'a>, (Option<Known>, Aside)> {
    match (subjects.of(row), trainings.of(row)) {
        (Ok(known), Ok(training)) => {
            let name = format!("{}, {}", known.name, training.code);
            Ok(About { known: Known { name, ..known }, training })
        }
        (Ok(known), Err(aside)) => {
            let named = row.text("training").unwrap_or_default();
            let name = format!("{}, {named}", known.name);
            Err((Some(Known { name, ..known }), aside))
        }
        (Err(aside), Ok(_)) => Err((None, aside)),
        (Err(aside), Err(other)) => Err((None, aside.join(other))),
    }
}
