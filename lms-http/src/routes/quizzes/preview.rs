//! A sheet as a learner gets it. The key that the library lays beside it for authors stays there: what
//! is right is shown with the questions, and nothing that looks like a sheet ever has it.

use axum::Json as Answer;
use lms_core::{Points, Seed, Sheet, SheetOption, SheetQuestion, SheetSection};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem;
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Segment;
use crate::query::Query;

/// What chance follows from.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PreviewQuery {
    /// The same text gives the same sheet; `1`, unless said.
    #[param(example = "2")]
    seed: Option<String>,
}

/// The questions of one attempt, and nothing of what is right.
#[derive(Serialize, ToSchema)]
#[schema(as = Sheet)]
pub(in crate::routes) struct SheetBody {
    /// The code of the quiz.
    quiz: String,
    /// Which version of it.
    version: i64,
    /// What it is called.
    title: String,
    /// What it is about.
    description: Option<String>,
    /// The share of the points that passes.
    passing_percent: i64,
    /// How long there is.
    time_limit_minutes: Option<i64>,
    /// What all answers together can earn.
    #[schema(value_type = f64)]
    max: Points,
    /// The questions, in order.
    sections: Vec<SectionBody>,
}

/// Questions that stand together.
#[derive(Serialize, ToSchema)]
#[schema(as = SheetSection)]
struct SectionBody {
    /// What stands above them.
    title: Option<String>,
    /// The questions, in order.
    questions: Vec<AskedBody>,
}

/// A question as it is asked. Lists are empty where the kind has none.
#[derive(Serialize, ToSchema)]
#[schema(as = SheetQuestion)]
struct AskedBody {
    /// Its number on the sheet, from 1.
    number: usize,
    /// What its answer is given under.
    key: String,
    /// What kind of answer it wants.
    kind: &'static str,
    /// The question; gaps stand in it as `{1}`, `{2}` …, which are also their keys.
    text: String,
    /// What it can earn.
    #[schema(value_type = f64)]
    points: Points,
    /// Options to choose, items to bring into order, or left sides to match.
    options: Vec<OptionBody>,
    /// What can be put beside the left sides.
    choices: Vec<OptionBody>,
    /// The keys of the gaps.
    gaps: Vec<String>,
    /// The unit of the number.
    unit: Option<String>,
    /// At most so many words.
    words_max: Option<i64>,
    /// The language of the program.
    language: Option<String>,
    /// What the program begins with.
    starter: Option<String>,
}

/// Something to choose.
#[derive(Serialize, ToSchema)]
#[schema(as = SheetOption)]
struct OptionBody {
    /// What it is chosen by.
    key: String,
    /// What it says.
    text: String,
}

/// `GET /quizzes/{code}/preview`.
pub(super) async fn preview(
    call: Call,
    Segment(code): Segment,
    Query(query): Query<PreviewQuery>,
) -> Result<Answer<SheetBody>, Problem> {
    let seed = Seed::of_text(query.seed.as_deref().unwrap_or("1"));
    let preview = call.lms.quizzes().preview(&call.actor, &code, &seed).await.map_err(problem)?;
    Ok(Answer(preview.sheet.into()))
}

impl From<Sheet> for SheetBody {
    fn from(sheet: Sheet) -> Self {
        Self {
            quiz: sheet.quiz,
            version: sheet.version,
            title: sheet.title,
            description: sheet.description,
            passing_percent: sheet.passing_percent,
            time_limit_minutes: sheet.time_limit_minutes,
            max: sheet.max,
            sections: sheet.sections.into_iter().map(SectionBody::from).collect(),
        }
    }
}

impl From<SheetSection> for SectionBody {
    fn from(section: SheetSection) -> Self {
        let questions = section.questions.into_iter().map(AskedBody::from).collect();
        Self { title: section.title, questions }
    }
}

impl From<SheetQuestion> for AskedBody {
    fn from(question: SheetQuestion) -> Self {
        let all = |options: Vec<SheetOption>| options.into_iter().map(OptionBody::from).collect();
        Self {
            number: question.number,
            key: question.key,
            kind: question.kind.as_str(),
            text: question.text,
            points: question.points,
            options: all(question.options),
            choices: all(question.choices),
            gaps: question.gaps,
            unit: question.unit,
            words_max: question.words_max,
            language: question.language,
            starter: question.starter,
        }
    }
}

impl From<SheetOption> for OptionBody {
    fn from(option: SheetOption) -> Self {
        Self { key: option.key, text: option.text }
    }
}
