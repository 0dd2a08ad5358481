//! Trainings as JSON. What stands in a version is the document that files hold too: its schema is
//! that of the files, and the library reads and writes it.

use lms_core::{
    Category, Equivalent, Module, NewTraining, PublishPlan, Training, TrainingCard, TrainingChange,
    TrainingDefinition, TrainingProblem, TrainingVersion,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::ChangeBody;
use crate::definitions::refuse_field_of_file;
use crate::error::Problem;
use crate::openapi::documents::{TrainingDocument, is_document};

/// A training to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTraining)]
pub(super) struct NewTrainingBody {
    /// The short name that people type.
    code: String,
    /// There to be copied only; it is never published.
    #[serde(default)]
    template: bool,
    /// What stands in it.
    #[schema(value_type = TrainingDocument)]
    definition: TrainingDefinition,
}

/// What a training is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainingPut {
    /// Another code, as long as nobody was given the training under the old one.
    code: Option<String>,
    /// Whether it is there to be copied only.
    template: Option<bool>,
    /// What stands in it; what is left out here is not there afterwards.
    #[schema(value_type = TrainingDocument)]
    definition: TrainingDefinition,
}

/// A copy to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingClone)]
pub(super) struct CloneBody {
    /// The code of the copy.
    pub(super) code: String,
    /// There to be copied only; it is never published.
    #[serde(default)]
    pub(super) template: bool,
}

/// A module as it stands in files.
pub(super) struct ModuleDocument(pub(super) Module);

impl<'de> Deserialize<'de> for ModuleDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Module::deserialize(deserializer).map(Self)
    }
}

is_document!(ModuleDocument, "ModuleDocument");

/// A quiz to be passed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingQuiz)]
pub(super) struct QuizItemBody {
    /// The key of the module that it becomes the last item of.
    pub(super) module: String,
    /// What the item is called.
    pub(super) title: String,
    /// The code of the quiz.
    pub(super) quiz: String,
    /// Its name within the module, for good; made of the title, unless said.
    pub(super) key: Option<String>,
}

/// How to publish.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Publishing)]
pub(super) struct PublishBody {
    /// As a major version: what was done before is no longer the same.
    #[serde(default)]
    pub(super) major: bool,
    /// Those with an earlier major version do it again by this day; makes it a major version.
    #[schema(format = Date)]
    pub(super) require_retraining_by: Option<String>,
}

/// A training that counts for another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EquivalentNew {
    /// The code of the one that counts.
    pub(super) satisfied_by: String,
    /// From this day on; today, unless said.
    #[schema(format = Date)]
    pub(super) from: Option<String>,
    /// Before this day; for good, unless said.
    #[schema(format = Date)]
    pub(super) until: Option<String>,
}

/// Which training counts no longer, and from when on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EquivalentEnd {
    /// The code of the one that counts.
    #[param(example = "FIRE-WARDEN")]
    pub(super) satisfied_by: String,
    /// The first day on which it counts no longer.
    #[param(format = Date)]
    pub(super) until: String,
}

/// What counts in place of a training.
#[derive(Serialize, ToSchema)]
pub(super) struct Equivalents {
    /// The trainings, oldest first.
    pub(super) equivalents: Vec<EquivalentBody>,
}

/// A training.
#[derive(Serialize, ToSchema)]
#[schema(as = Training)]
pub(super) struct TrainingBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The short name that people type; unique without regard to case.
    code: String,
    /// What it is called.
    title: String,
    /// `draft`, `in_review`, `published` or `archived`.
    status: &'static str,
    /// The newest published version.
    version: Option<String>,
    /// The version that is being written.
    draft: Option<String>,
    /// Whether it is there to be copied only.
    template: bool,
    /// The heading that it stands under.
    category: Option<String>,
    /// Words to find it by.
    tags: Vec<String>,
    /// Languages that it can be taken in.
    languages: Vec<String>,
    /// `self_paced`, `classroom`, `virtual` or `external`.
    delivery: &'static str,
    /// `beginner`, `intermediate` or `advanced`.
    difficulty: Option<&'static str>,
    /// How long it takes.
    duration_minutes: Option<u32>,
    /// For how many months a completion holds; for good where there is none.
    validity_months: Option<u32>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A training with all that stands in one of its versions.
#[derive(Serialize, ToSchema)]
#[schema(as = TrainingCard)]
pub(super) struct CardBody {
    #[serde(flatten)]
    training: TrainingBody,
    /// The version that is shown.
    shown: VersionBody,
    /// What stands in it.
    #[schema(value_type = TrainingDocument)]
    definition: TrainingDefinition,
    /// What has to come before the published version, by code.
    prerequisites: Vec<String>,
    /// Published trainings that come after this one, by code.
    required_by: Vec<String>,
    /// What counts in place of it, oldest first.
    equivalents: Vec<EquivalentBody>,
    /// What stands in the way of publishing the draft.
    problems: Vec<ProblemBody>,
}

/// A version of a training.
#[derive(Serialize, ToSchema)]
#[schema(as = TrainingVersion)]
pub(super) struct VersionBody {
    /// Its number.
    version: String,
    /// `draft`, `in_review` or `published`.
    state: &'static str,
    /// What the training is called in it.
    title: String,
    /// Since when it is being written.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was published.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// By when those with an earlier major version have to do it again.
    #[schema(format = Date)]
    require_retraining_by: Option<String>,
}

/// A training that counts for another, on the days of a period.
#[derive(Serialize, ToSchema)]
#[schema(as = Equivalent)]
pub(super) struct EquivalentBody {
    /// Whoever has done this one …
    satisfied_by: String,
    /// … from this day on …
    #[schema(format = Date)]
    from: String,
    /// … before this day.
    #[schema(format = Date)]
    until: Option<String>,
}

/// What is wrong with a version of a training or path.
#[derive(Serialize, ToSchema)]
#[schema(as = CatalogProblem)]
pub(in crate::routes) struct ProblemBody {
    /// Where in the definition.
    path: String,
    /// What it is.
    message: String,
}

/// What publishing would do.
#[derive(Serialize, ToSchema)]
#[schema(as = PublishPlan)]
pub(super) struct PublishPlanBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// The version that would be published; none where there is no draft.
    version: Option<String>,
    /// What is different from the version before.
    changed: Vec<ChangeBody>,
    /// What stands in the way.
    problems: Vec<ProblemBody>,
    /// How many people would have to do it again, where that is asked for.
    retrained: Option<u64>,
}

/// A heading of the catalog.
#[derive(Serialize, ToSchema)]
#[schema(as = Category)]
pub(super) struct CategoryBody {
    /// The heading.
    name: String,
    /// How many trainings stand under it.
    trainings: i64,
}

impl NewTrainingBody {
    pub(super) fn into_new(self) -> Result<NewTraining, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        let new = NewTraining::new(&self.code, "").definition(self.definition);
        Ok(new.template(self.template))
    }
}

impl TrainingPut {
    pub(super) fn into_change(self) -> Result<TrainingChange, Problem> {
        refuse_field_of_file(self.definition.field_of_file())?;
        let change = TrainingChange::new().definition(self.definition);
        let change = self.code.iter().fold(change, |change, code| change.code(code));
        Ok(self.template.into_iter().fold(change, TrainingChange::template))
    }
}

impl From<Training> for TrainingBody {
    fn from(training: Training) -> Self {
        Self {
            id: training.id.to_string(),
            code: training.code,
            title: training.title,
            status: training.status.as_str(),
            version: training.version.map(|number| number.to_string()),
            draft: training.draft.map(|number| number.to_string()),
            template: training.template,
            category: training.category,
            tags: training.tags,
            languages: training.languages,
            delivery: training.delivery.as_str(),
            difficulty: training.difficulty.map(lms_core::Difficulty::as_str),
            duration_minutes: training.duration_minutes,
            validity_months: training.validity_months,
            created_at: training.created_at.to_string(),
            updated_at: training.updated_at.to_string(),
        }
    }
}

impl From<TrainingCard> for CardBody {
    fn from(card: TrainingCard) -> Self {
        Self {
            training: card.training.into(),
            shown: card.shown.into(),
            definition: card.definition,
            prerequisites: card.prerequisites,
            required_by: card.required_by,
            equivalents: card.equivalents.into_iter().map(EquivalentBody::from).collect(),
            problems: ProblemBody::all(card.problems),
        }
    }
}

impl From<TrainingVersion> for VersionBody {
    fn from(version: TrainingVersion) -> Self {
        Self {
            version: version.version.to_string(),
            state: version.state.as_str(),
            title: version.title,
            created_at: version.created_at.to_string(),
            published_at: version.published_at.map(|instant| instant.to_string()),
            require_retraining_by: version.require_retraining_by.map(|day| day.to_string()),
        }
    }
}

impl From<Equivalent> for EquivalentBody {
    fn from(equivalent: Equivalent) -> Self {
        Self {
            satisfied_by: equivalent.satisfied_by,
            from: equivalent.from.to_string(),
            until: equivalent.until.map(|day| day.to_string()),
        }
    }
}

impl From<Vec<Equivalent>> for Equivalents {
    fn from(all: Vec<Equivalent>) -> Self {
        Self { equivalents: all.into_iter().map(EquivalentBody::from).collect() }
    }
}

impl ProblemBody {
    pub(in crate::routes) fn all(problems: Vec<TrainingProblem>) -> Vec<Self> {
        let told = |TrainingProblem { path, message, .. }| Self { path, message };
        problems.into_iter().map(told).collect()
    }
}

impl From<PublishPlan> for PublishPlanBody {
    fn from(plan: PublishPlan) -> Self {
        Self {
            dry_run: true,
            version: plan.version.map(|number| number.to_string()),
            changed: ChangeBody::all(plan.changed),
            problems: ProblemBody::all(plan.problems),
            retrained: plan.retrained,
        }
    }
}

impl From<Category> for CategoryBody {
    fn from(category: Category) -> Self {
        Self { name: category.name, trainings: category.trainings }
    }
}
