//! Whole files with questions and quizzes: out as they come in, and in as they were looked at.

use axum::Json as Answer;
use lms_core::{ImportStep, OperationId, QuizFile, QuizPlan, StepAction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::answer::ChangeBody;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Json;
use crate::openapi::documents::{QuestionEntry, QuizEntry};
use crate::plans::{Counts, first};
use crate::query::Query;

/// Which quizzes to write.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// The codes of quizzes; the whole bank and all quizzes, unless said.
    #[serde(default)]
    #[param(required = false)]
    quiz: Vec<String>,
}

/// How a file is imported.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Say what would change and what is wrong, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

/// A file with questions and quizzes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuizFile)]
pub(super) struct FileBody {
    /// The questions, by code.
    #[serde(default)]
    #[schema(value_type = Vec<QuestionEntry>)]
    questions: Vec<Value>,
    /// The quizzes, by code.
    #[serde(default)]
    #[schema(value_type = Vec<QuizEntry>)]
    quizzes: Vec<Value>,
}

/// What importing a file did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = QuizImport)]
pub(super) struct ImportBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// How many questions and quizzes are made, changed, and so already.
    counts: Counts,
    /// What is made and what is changed: the first 500.
    steps: Vec<StepBody>,
    /// What is wrong; a file with problems is not imported.
    problems: Vec<FileProblem>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// What happens to a question or quiz.
#[derive(Serialize, ToSchema)]
#[schema(as = QuizImportStep)]
struct StepBody {
    /// `question` or `quiz`.
    subject: &'static str,
    /// Its code.
    code: String,
    /// `create` or `change`.
    action: &'static str,
    /// The fields of one that is changed, before and after.
    changed: Vec<ChangeBody>,
}

/// What is wrong with a file.
#[derive(Serialize, ToSchema)]
#[schema(as = QuizFileProblem)]
struct FileProblem {
    /// Where in the body; null where a quiz that is there already stands against it.
    path: Option<String>,
    /// Where, for people.
    place: String,
    /// What it is.
    message: String,
}

/// `GET /quizzes/export`.
pub(super) async fn export(
    call: Call,
    Query(query): Query<ExportQuery>,
) -> Result<Answer<FileBody>, Problem> {
    let file = call.lms.quizzes().export(&call.actor, &query.quiz).await;
    let file = file.map_err(Problem::in_query)?;
    Ok(Answer(FileBody { questions: file.questions().to_vec(), quizzes: file.quizzes().to_vec() }))
}

/// `POST /quizzes/import`.
pub(super) async fn import(
    call: Call,
    Query(query): Query<ImportQuery>,
    Json(body): Json<FileBody>,
) -> Result<Answer<ImportBody>, Problem> {
    let file = QuizFile::of_documents(body.questions, body.quizzes)?;
    let quizzes = call.lms.quizzes();
    let plan = quizzes.plan_import(&call.actor, file).await?.still(query.plan.as_deref())?;
    if query.dry_run.unwrap_or_default() {
        return Ok(Answer(ImportBody::of(plan, true, None)));
    }
    let done = quizzes.import(&call.actor, plan.clone()).await?;
    Ok(Answer(ImportBody::of(plan, false, done.operation)))
}

impl ImportBody {
    fn of(plan: QuizPlan, dry_run: bool, operation: Option<OperationId>) -> Self {
        let count = |name, action| (name, plan.count(action));
        let counts = [
            count("created", StepAction::Create),
            count("changed", StepAction::Change),
            count("unchanged", StepAction::Keep),
        ];
        let steps = plan.steps.into_iter().filter(|step| step.action != StepAction::Keep);
        Self {
            dry_run,
            plan: plan.fingerprint,
            counts: counts.into_iter().collect(),
            steps: first(steps.collect(), StepBody::from),
            problems: plan.problems.into_iter().map(FileProblem::from).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<ImportStep> for StepBody {
    fn from(step: ImportStep) -> Self {
        let (action, changed) = (step.action.as_str(), ChangeBody::all(step.changed));
        Self { subject: step.subject, code: step.code, action, changed }
    }
}

impl From<lms_core::Problem> for FileProblem {
    fn from(problem: lms_core::Problem) -> Self {
        Self { path: problem.path, place: problem.place, message: problem.message }
    }
}
