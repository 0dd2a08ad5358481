//! Attempts as JSON.

use lms_core::{
    Attempt, AttemptCard, Error, GradedAnswer, Grading, KeyEntry, NewAttempt, Points, QueueEntry,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

use crate::error::Problem;
use crate::routes::quizzes::SheetBody;

/// An attempt to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAttempt)]
pub(super) struct NewAttemptBody {
    /// The training that asks the quiz, by code or id.
    training: String,
    /// The quiz, by code or id.
    quiz: String,
    /// Whose attempt it is; one's own, unless said.
    #[serde(default)]
    person: Option<String>,
}

/// Answers to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttemptAnswers)]
pub(super) struct AnswersBody {
    /// An answer for each question that is answered anew, by its key; null takes one back.
    #[schema(value_type = Object)]
    pub(super) answers: Map<String, Value>,
}

/// An attempt to be handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttemptSubmission)]
pub(super) struct SubmissionBody {
    /// Its id.
    pub(super) attempt: String,
    /// Answers beside those that were saved, by the keys of their questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(super) answers: Option<Map<String, Value>>,
}

/// Points given by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttemptGrading)]
pub(super) struct GradingBody {
    /// A part for each answer that is graded.
    questions: Vec<PointsBody>,
}

/// Points for one answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerGrading)]
struct PointsBody {
    /// The number of its question on the sheet.
    number: i64,
    /// What it earned; two decimals at most.
    #[schema(value_type = f64)]
    points: Number,
    /// What there is to say to whoever gave it.
    #[serde(default)]
    comment: Option<String>,
}

/// An attempt at a quiz.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(super) struct AttemptBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    person_id: String,
    /// What they are called.
    person: String,
    /// The code of the training.
    training: String,
    /// The key of the module in which the quiz is asked.
    module: String,
    /// The code of the quiz.
    quiz: String,
    /// Which version of it.
    quiz_version: i64,
    /// Which attempt it is, from 1, in this cycle of the obligation.
    number: i64,
    /// `open`, `waiting` for somebody who grades, or `graded`.
    state: &'static str,
    /// When it was begun.
    #[schema(format = DateTime)]
    begun_at: String,
    /// Until when it can be answered; as long as it takes where there is none.
    #[schema(format = DateTime)]
    deadline_at: Option<String>,
    /// When it was handed in, or its time was over.
    #[schema(format = DateTime)]
    submitted_at: Option<String>,
    /// Whether its time was over before it was handed in.
    expired: bool,
    /// What its answers earned; null while it is open.
    #[schema(value_type = Option<f64>)]
    points: Option<Points>,
    /// What they could earn.
    #[schema(value_type = f64)]
    points_max: Points,
    /// What a person has yet to decide about.
    #[schema(value_type = f64)]
    points_open: Points,
    /// Whole per cent, rounded down; null while it is open.
    percent: Option<i64>,
    /// Whether that passes; null where it is open, or depends on what waits.
    passed: Option<bool>,
    /// When anything about it changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// An attempt with all that may be told of it.
#[derive(Serialize, ToSchema)]
#[schema(as = AttemptCard)]
pub(super) struct AttemptCardBody {
    #[serde(flatten)]
    attempt: AttemptBody,
    /// What is asked, and nothing of what is right.
    sheet: SheetBody,
    /// What was answered, by the keys of the questions.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
    /// What each answer earned; empty while the attempt is open.
    graded: Vec<GradedBody>,
    /// What is right, where that may be told: to whom it helps no more, and to those who read quizzes.
    key: Option<Vec<KeyBody>>,
}

/// What an answer earned.
#[derive(Serialize, ToSchema)]
#[schema(as = GradedAnswer)]
struct GradedBody {
    /// The number of its question on the sheet.
    number: i64,
    /// The key of its question on the sheet.
    key: String,
    /// The code of the question.
    question: String,
    /// Which version of it.
    version: i64,
    /// What kind of answer it wants.
    kind: &'static str,
    /// `right`, `partly`, `wrong`, or `waiting` for somebody who grades.
    state: &'static str,
    /// What it earned.
    #[schema(value_type = f64)]
    points: Points,
    /// What it could earn.
    #[schema(value_type = f64)]
    points_max: Points,
    /// What the author has to say to this answer.
    feedback: Vec<String>,
    /// What whoever graded it has to say.
    comment: Option<String>,
    /// Who graded it, where a person did.
    graded_by: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    graded_at: Option<String>,
}

/// What is right for one question of a sheet.
#[derive(Serialize, ToSchema)]
#[schema(as = AttemptKey)]
struct KeyBody {
    /// Its number on the sheet.
    number: usize,
    /// What is right, for people.
    right: Vec<String>,
    /// What is told afterwards.
    feedback: Option<String>,
    /// What those who grade go by.
    guide: Option<String>,
}

/// An attempt that waits for somebody who grades.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuedAttempt)]
pub(super) struct QueuedBody {
    #[serde(flatten)]
    attempt: AttemptBody,
    /// The numbers of the questions whose answers wait.
    questions: Vec<i64>,
}

impl NewAttemptBody {
    pub(super) fn into_new(self) -> NewAttempt {
        let new = NewAttempt::new(&self.training, &self.quiz);
        self.person.iter().fold(new, |new, person| new.person(person))
    }
}

impl GradingBody {
    pub(super) fn into_grading(self) -> Result<Grading, Problem> {
        let mut grading = Grading::new();
        for (at, given) in self.questions.into_iter().enumerate() {
            let field = format!("questions[{at}].points");
            let points = Points::parse(&given.points.to_string());
            let points = points.map_err(|error: Error| error.with_field(field))?;
            grading = grading.points(given.number, points, given.comment.as_deref());
        }
        Ok(grading)
    }
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.id.to_string(),
            person_id: attempt.person_id.to_string(),
            person: attempt.person,
            training: attempt.training,
            module: attempt.module,
            quiz: attempt.quiz,
            quiz_version: attempt.quiz_version,
            number: attempt.number,
            state: attempt.state.as_str(),
            begun_at: attempt.begun_at.to_string(),
            deadline_at: attempt.deadline_at.map(|at| at.to_string()),
            submitted_at: attempt.submitted_at.map(|at| at.to_string()),
            expired: attempt.expired,
            points: attempt.points,
            points_max: attempt.points_max,
            points_open: attempt.points_open,
            percent: attempt.percent,
            passed: attempt.passed,
            updated_at: attempt.updated_at.to_string(),
        }
    }
}

impl From<AttemptCard> for AttemptCardBody {
    fn from(card: AttemptCard) -> Self {
        Self {
            attempt: card.attempt.into(),
            sheet: card.sheet.into(),
            answers: card.answers,
            graded: card.graded.into_iter().map(GradedBody::from).collect(),
            key: card.key.map(|key| key.into_iter().map(KeyBody::from).collect()),
        }
    }
}

impl From<GradedAnswer> for GradedBody {
    fn from(graded: GradedAnswer) -> Self {
        Self {
            number: graded.number,
            key: graded.key,
            question: graded.question,
            version: graded.version,
            kind: graded.kind.as_str(),
            state: graded.state.as_str(),
            points: graded.points,
            points_max: graded.points_max,
            feedback: graded.feedback,
            comment: graded.comment,
            graded_by: graded.graded_by,
            graded_at: graded.graded_at.map(|at| at.to_string()),
        }
    }
}

impl From<KeyEntry> for KeyBody {
    fn from(entry: KeyEntry) -> Self {
        let KeyEntry { number, right, feedback, guide, .. } = entry;
        Self { number, right, feedback, guide }
    }
}

impl From<QueueEntry> for QueuedBody {
    fn from(entry: QueueEntry) -> Self {
        Self { attempt: entry.attempt.into(), questions: entry.questions }
    }
}
