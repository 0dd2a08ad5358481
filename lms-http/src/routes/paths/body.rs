//! Learning paths as JSON. What stands in a version is the document that files hold too.

use lms_core::{
    LearningPath, NewPath, PathCard, PathChange, PathDefinition, PathPublishPlan, PathStep,
    PathTraining, PathVersion,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::answer::ChangeBody;
use crate::definitions::refuse_field_of_file;
use crate::error::Problem;
use crate::openapi::documents::{PathDocument, is_document};
use crate::routes::trainings::ProblemBody;

/// A path to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPath)]
pub(super) struct NewPathBody {
    /// The short name that people type.
    code: String,
    /// What stands in it.
    #[schema(value_type = PathDocument)]
    definition: PathDefinition,
}

/// What a path is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PathPut {
    /// Another code, as long as nobody was given the path under the old one.
    code: Option<String>,
    /// What stands in it; what is left out here is not there afterwards.
    #[schema(value_type = PathDocument)]
    definition: PathDefinition,
}

/// A step as it stands in files.
pub(super) struct StepDocument(PathStep);

impl<'de> Deserialize<'de> for StepDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PathStep::deserialize(deserializer).map(Self)
    }
}

is_document!(StepDocument, "PathStepDocument");

/// A step to be put in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPathStep {
    /// The step.
    step: StepDocument,
    /// Its place, counted from one; at the end, unless said.
    #[schema(minimum = 1)]
    at: Option<u32>,
}

/// Where a step goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PathStepMove {
    /// Its new place, counted from one.
    #[schema(minimum = 1)]
    pub(super) to: u32,
}

/// A learning path.
#[derive(Serialize, ToSchema)]
#[schema(as = LearningPath)]
pub(super) struct PathBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that people type; unique without regard to case.
    code: String,
    /// What it is called.
    title: String,
    /// `draft`, `published` or `archived`.
    status: &'static str,
    /// The newest published version.
    version: Option<u32>,
    /// The version that is being written.
    draft: Option<u32>,
    /// The heading that it stands under.
    category: Option<String>,
    /// Words to find it by.
    tags: Vec<String>,
    /// How many steps it has.
    steps: u32,
    /// How many trainings there are in its steps.
    trainings: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A path with all that stands in one of its versions.
#[derive(Serialize, ToSchema)]
#[schema(as = PathCard)]
pub(super) struct CardBody {
    #[serde(flatten)]
    path: PathBody,
    /// The version that is shown.
    shown: VersionBody,
    /// What stands in it.
    #[schema(value_type = PathDocument)]
    definition: PathDefinition,
    /// The trainings that it names, in their order.
    named: Vec<NamedBody>,
    /// How long it takes at least, where all its trainings say how long they take.
    minutes_min: Option<u32>,
    /// How long it takes at most.
    minutes_max: Option<u32>,
    /// What stands in the way of publishing the draft.
    problems: Vec<ProblemBody>,
    /// What is hard about the order of the steps that are shown.
    warnings: Vec<ProblemBody>,
}

/// A training that a path names.
#[derive(Serialize, ToSchema)]
#[schema(as = PathTraining)]
struct NamedBody {
    /// Its code.
    code: String,
    /// What it is called.
    title: String,
    /// `draft`, `in_review`, `published` or `archived`.
    status: &'static str,
    /// How long it takes.
    duration_minutes: Option<u32>,
}

/// A version of a path.
#[derive(Serialize, ToSchema)]
#[schema(as = PathVersion)]
pub(super) struct VersionBody {
    /// Its number.
    version: u32,
    /// `draft` or `published`.
    state: &'static str,
    /// What the path is called in it.
    title: String,
    /// Since when it is being written.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was published.
    #[schema(format = DateTime)]
    published_at: Option<String>,
}

/// What publishing would do.
#[derive(Serialize, ToSchema)]
#[schema(as = PathPublishPlan)]
pub(super) struct PublishPlanBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// The version that would be published; none where there is no draft.
    version: Option<u32>,
    /// What is different from the version before.
    changed: Vec<ChangeBody>,
    /// What stands in the way.
    problems: Vec<ProblemBody>,
    /// What is hard about the order of the steps.
    warnings: Vec<ProblemBody>,
}

impl NewPathBody {
    pub(super) fn into_new(self) -> Result<NewPath, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        Ok(NewPath::new(&self.code, "").definition(self.definition))
    }
}

impl PathPut {
    pub(super) fn into_change(self) -> Result<PathChange, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        let change = PathChange::new().definition(self.definition);
        Ok(self.code.iter().fold(change, |change, code| change.code(code)))
    }
}

impl NewPathStep {
    pub(super) fn into_change(self) -> PathChange {
        PathChange::new().add_step(self.step.0, self.at.map(place))
    }
}

/// A number of a place; what no list reaches is told as such.
pub(super) fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl From<LearningPath> for PathBody {
    fn from(path: LearningPath) -> Self {
        Self {
            id: path.id.to_string(),
            code: path.code,
            title: path.title,
            status: path.status.as_str(),
            version: path.version,
            draft: path.draft,
            category: path.category,
            tags: path.tags,
            steps: path.steps,
            trainings: path.trainings,
            created_at: path.created_at.to_string(),
            updated_at: path.updated_at.to_string(),
        }
    }
}

impl From<PathCard> for CardBody {
    fn from(card: PathCard) -> Self {
        Self {
            path: card.path.into(),
            shown: card.shown.into(),
            definition: card.definition,
            named: card.named.into_iter().map(NamedBody::from).collect(),
            minutes_min: card.minutes_min,
            minutes_max: card.minutes_max,
            problems: ProblemBody::all(card.problems),
            warnings: ProblemBody::all(card.warnings),
        }
    }
}

impl From<PathTraining> for NamedBody {
    fn from(training: PathTraining) -> Self {
        Self {
            code: training.code,
            title: training.title,
            status: training.status.as_str(),
            duration_minutes: training.duration_minutes,
        }
    }
}

impl From<PathVersion> for VersionBody {
    fn from(version: PathVersion) -> Self {
        Self {
            version: version.version,
            state: version.state.as_str(),
            title: version.title,
            created_at: version.created_at.to_string(),
            published_at: version.published_at.map(|instant| instant.to_string()),
        }
    }
}

impl From<PathPublishPlan> for PublishPlanBody {
    fn from(plan: PathPublishPlan) -> Self {
        Self {
            dry_run: true,
            version: plan.version,
            changed: ChangeBody::all(plan.changed),
            problems: ProblemBody::all(plan.problems),
            warnings: ProblemBody::all(plan.warnings),
        }
    }
}
