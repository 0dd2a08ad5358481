//! Progress as JSON.

use lms_core::{Missing, ModuleProgress, ModuleUpdate, TrainingProgress};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A training, and who does it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingOfPerson)]
pub(super) struct OneBody {
    /// The training, by code or id.
    pub(super) training: String,
    /// Who does it; oneself, unless said.
    #[serde(default)]
    pub(super) person: Option<String>,
}

/// Somebody who has done a training.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingMark)]
pub(super) struct MarkBody {
    /// The training, by code or id.
    pub(super) training: String,
    /// Who has done it.
    pub(super) person: String,
}

/// How far somebody came since the last time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProgressUpdate)]
pub(super) struct UpdateBody {
    /// The training, by code or id.
    training: String,
    /// The module, by its key.
    module: String,
    /// Who does it; oneself, unless said.
    #[serde(default)]
    person: Option<String>,
    /// How much of it they have seen; less than before counts for nothing.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    percent: i64,
    /// How long they were in it since the last update; it adds up.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86400)]
    seconds: i64,
    /// Where they are, in the words of whatever shows the module.
    #[serde(default)]
    #[schema(max_length = 200)]
    position: Option<String>,
    /// By what this update is known: sent again, it is answered and counts for nothing.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    update_id: Option<String>,
}

/// How far a person is in a training, in the last cycle of what they have to do.
#[derive(Serialize, ToSchema)]
#[schema(as = TrainingProgress)]
pub(in crate::routes) struct ProgressBody {
    /// The person.
    #[schema(format = "uuid")]
    person_id: String,
    /// What they are called.
    person: String,
    /// The code of the training.
    training: String,
    /// What it is called.
    title: String,
    /// The version that was begun, or would be.
    version: String,
    /// When it was begun.
    #[schema(format = Date)]
    started_on: Option<String>,
    /// When the cycle was closed; null while it is open.
    #[schema(format = Date)]
    closed_on: Option<String>,
    /// How long they were in it.
    seconds: i64,
    /// When they acknowledged the text of this version.
    #[schema(format = DateTime)]
    signed_at: Option<String>,
    /// Its modules, in order.
    modules: Vec<ModuleBody>,
    /// What stands between them and the end; nothing where the cycle is closed.
    missing: Vec<MissingBody>,
}

/// How far a person is in a module.
#[derive(Serialize, ToSchema)]
#[schema(as = ModuleProgress)]
struct ModuleBody {
    /// Its key.
    module: String,
    /// What it is called.
    title: String,
    /// Whether the training is not done without it.
    required: bool,
    /// How much of it they have seen.
    percent: i64,
    /// How long they were in it.
    seconds: i64,
    /// Where they were last.
    position: Option<String>,
    /// Quizzes of it that are not passed yet, by code.
    quizzes_open: Vec<String>,
    /// Whether it is done.
    done: bool,
    /// When anything was reported last.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// What somebody has yet to do.
#[derive(Serialize, ToSchema)]
#[schema(as = MissingStep)]
struct MissingBody {
    /// `module`, `quiz`, `time`, `signature` or `instructor`.
    what: &'static str,
    /// The module to go through, by its key.
    module: Option<String>,
    /// The quiz to pass, by its code.
    quiz: Option<String>,
    /// The time still to spend.
    minutes: Option<i64>,
}

impl UpdateBody {
    pub(super) fn into_update(self) -> ModuleUpdate {
        let update = ModuleUpdate::new(&self.training, &self.module);
        let update = update.percent(self.percent).seconds(self.seconds);
        let update = self.person.iter().fold(update, |update, person| update.person(person));
        let update =
            self.position.iter().fold(update, |update, position| update.position(position));
        self.update_id.iter().fold(update, |update, id| update.update_id(id))
    }
}

impl OneBody {
    /// The module of the address, gone through to its end.
    pub(super) fn into_end_of(self, module: &str) -> ModuleUpdate {
        let update = ModuleUpdate::new(&self.training, module).percent(100);
        self.person.iter().fold(update, |update, person| update.person(person))
    }
}

impl From<TrainingProgress> for ProgressBody {
    fn from(progress: TrainingProgress) -> Self {
        Self {
            person_id: progress.person_id.to_string(),
            person: progress.person,
            training: progress.training,
            title: progress.title,
            version: progress.version.to_string(),
            started_on: progress.started_on.map(|day| day.to_string()),
            closed_on: progress.closed_on.map(|day| day.to_string()),
            seconds: progress.seconds,
            signed_at: progress.signed_at.map(|at| at.to_string()),
            modules: progress.modules.into_iter().map(ModuleBody::from).collect(),
            missing: progress.missing.into_iter().map(MissingBody::from).collect(),
        }
    }
}

impl From<ModuleProgress> for ModuleBody {
    fn from(module: ModuleProgress) -> Self {
        Self {
            module: module.module,
            title: module.title,
            required: module.required,
            percent: module.percent,
            seconds: module.seconds,
            position: module.position,
            quizzes_open: module.quizzes_open,
            done: module.done,
            updated_at: module.updated_at.map(|at| at.to_string()),
        }
    }
}

impl From<Missing> for MissingBody {
    fn from(missing: Missing) -> Self {
        let what = missing.what();
        let (mut module, mut quiz, mut minutes) = (None, None, None);
        match missing {
            Missing::Module { module: key } => module = Some(key),
            Missing::Quiz { quiz: code } => quiz = Some(code),
            Missing::Time { minutes: more } => minutes = Some(more),
            _ => {}
        }
        Self { what, module, quiz, minutes }
    }
}
