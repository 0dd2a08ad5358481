//! Paths as they are shown.

use serde::Serialize;

use super::PathId;
use super::definition::PathDefinition;
use crate::catalog::problems::Problem;
use crate::catalog::types::{PathStatus, TrainingStatus};
use crate::kernel::clock::Timestamp;
use crate::operations::FieldChange;

/// A path as a list shows it: as it was published last, or as its draft is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearningPath {
    /// Its id.
    pub id: PathId,
    /// The short name that people type.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: PathStatus,
    /// The newest published version.
    pub version: Option<u32>,
    /// The version that is being written.
    pub draft: Option<u32>,
    /// Under which heading it stands.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// How many steps it has.
    pub steps: u32,
    /// How many trainings there are in its steps.
    pub trainings: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A path with one of its versions, whole.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathCard {
    /// The path.
    #[serde(flatten)]
    pub path: LearningPath,
    /// Which version is shown.
    pub shown: PathVersion,
    /// What stands in it.
    pub definition: PathDefinition,
    /// The trainings that it names, in their order.
    pub named: Vec<PathTraining>,
    /// How long it takes at least, where all its trainings say how long they take.
    pub minutes_min: Option<u32>,
    /// How long it takes at most.
    pub minutes_max: Option<u32>,
    /// All its versions, the newest first.
    pub versions: Vec<PathVersion>,
    /// What stands in the way of publishing the draft.
    pub problems: Vec<Problem>,
    /// What is hard about the order of the steps that are shown.
    pub warnings: Vec<Problem>,
}

/// A training as a path sees it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathTraining {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: TrainingStatus,
    /// How long it takes.
    pub duration_minutes: Option<u32>,
}

/// A version of a path.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathVersion {
    /// Its number.
    pub version: u32,
    /// Whether it is a draft or published.
    pub state: PathStatus,
    /// What it is called in this version.
    pub title: String,
    /// Since when it is being written.
    pub created_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}

/// Which version of a path to show.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathShown {
    /// The newest published one, or the draft where there is none.
    #[default]
    Current,
    /// The draft.
    Draft,
    /// The one of this number.
    Version(u32),
}

/// What publishing would do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathPublishPlan {
    /// Of which path.
    pub code: String,
    /// The version that would be published; none where there is no draft.
    pub version: Option<u32>,
    /// What is different from the version before.
    pub changed: Vec<FieldChange>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// What is hard about the order of the steps.
    pub warnings: Vec<Problem>,
}
