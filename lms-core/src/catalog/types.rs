//! Trainings as they are shown.

use serde::Serialize;

use super::TrainingId;
use super::definition::TrainingDefinition;
use super::problems::Problem;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::kernel::words::words;
use crate::operations::FieldChange;

words! {
    /// Where a training stands.
    TrainingStatus, "status" {
        /// Being written; nobody can be given it yet.
        Draft = "draft",
        /// Handed over to be looked at.
        InReview = "in_review",
        /// In the catalog.
        Published = "published",
        /// No longer given; what was done in it stays.
        Archived = "archived",
    }

    /// Where a learning path stands.
    PathStatus, "status" {
        /// Being written; nobody can be given it yet.
        Draft = "draft",
        /// In the catalog.
        Published = "published",
        /// No longer given; what was done in it stays.
        Archived = "archived",
    }

    /// How much a training takes for granted.
    Difficulty, "difficulty" {
        /// Nothing.
        Beginner = "beginner",
        /// Some of the subject.
        Intermediate = "intermediate",
        /// Most of it.
        Advanced = "advanced",
    }

    /// How a training is given.
    Delivery, "delivery" {
        /// Each by themselves.
        SelfPaced = "self_paced",
        /// Together in a room.
        Classroom = "classroom",
        /// Together in a call.
        Virtual = "virtual",
        /// By somebody else, somewhere else.
        External = "external",
    }
}

#[expect(clippy::derivable_impls, reason = "the variants come out of a macro")]
impl Default for Delivery {
    fn default() -> Self {
        Self::SelfPaced
    }
}

/// The number of a version: of a major one, which may ask for retraining, and a minor one, which
/// keeps validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionNumber {
    /// Counts from one.
    pub major: u32,
    /// Counts from nought.
    pub minor: u32,
}

impl VersionNumber {
    /// The first one of a training.
    pub(crate) const FIRST: Self = Self { major: 1, minor: 0 };

    pub(crate) fn next_minor(self) -> Self {
        Self { minor: self.minor + 1, ..self }
    }

    pub(crate) fn next_major(self) -> Self {
        Self { major: self.major + 1, minor: 0 }
    }

    /// Reads `2.1`.
    pub fn parse(text: &str) -> Result<Self> {
        let number = |part: &str| part.parse::<u32>().ok().filter(|_| !part.starts_with('+'));
        let parts = text.trim().split_once('.');
        parts
            .and_then(|(major, minor)| Some(Self { major: number(major)?, minor: number(minor)? }))
            .ok_or_else(|| {
                Error::invalid("version", format!("`{}` is not a version", text.trim()))
                    .with_hint("write it like `2.1`")
            })
    }
}

impl std::fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for VersionNumber {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A training as a list shows it: as it was published last, or as its draft is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Training {
    /// Its id.
    pub id: TrainingId,
    /// The short name that people type.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: TrainingStatus,
    /// The newest published version.
    pub version: Option<VersionNumber>,
    /// The version that is being written.
    pub draft: Option<VersionNumber>,
    /// Whether it is there to be copied only.
    pub template: bool,
    /// Under which heading it stands.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// In which languages it can be taken.
    pub languages: Vec<String>,
    /// How it is given.
    pub delivery: Delivery,
    /// How much it takes for granted.
    pub difficulty: Option<Difficulty>,
    /// How long it takes.
    pub duration_minutes: Option<u32>,
    /// For how many months a completion holds.
    pub validity_months: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A heading of the catalog.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category {
    /// The heading.
    pub name: String,
    /// How many trainings stand under it that are not archived, templates left out.
    pub trainings: i64,
}

/// A training with one of its versions, whole.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingCard {
    /// The training.
    #[serde(flatten)]
    pub training: Training,
    /// Which version is shown.
    pub shown: TrainingVersion,
    /// What stands in it.
    pub definition: TrainingDefinition,
    /// What has to come before the published version, by code.
    pub prerequisites: Vec<String>,
    /// Published trainings that come after this one, by code.
    pub required_by: Vec<String>,
    /// What counts in place of it, oldest first.
    pub equivalents: Vec<Equivalent>,
    /// What stands in the way of publishing the draft.
    pub problems: Vec<Problem>,
}

/// A version of a training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingVersion {
    /// Its number.
    pub version: VersionNumber,
    /// Whether it is a draft, in review, or published.
    pub state: TrainingStatus,
    /// What it is called in this version.
    pub title: String,
    /// Since when it is being written.
    pub created_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// By when those with an earlier major version have to do it again.
    pub require_retraining_by: Option<Day>,
}

/// Another training that satisfies this one, on the days of a period.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Equivalent {
    /// Whoever has done this one, by code …
    pub satisfied_by: String,
    /// … from this day on …
    pub from: Day,
    /// … before this day.
    pub until: Option<Day>,
}

/// Which version to show.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// The newest published one, or the draft where there is none.
    #[default]
    Current,
    /// The draft.
    Draft,
    /// The one of this number.
    Version(VersionNumber),
    /// The one that was in the catalog at the end of this day.
    AsOf(Day),
}

/// What publishing would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishPlan {
    /// Of which training.
    pub code: String,
    /// The version that would be published; none where there is no draft.
    pub version: Option<VersionNumber>,
    /// What is different from the version before.
    pub changed: Vec<FieldChange>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// How many people would have to do it again, where that is asked for.
    pub retrained: Option<u64>,
}
