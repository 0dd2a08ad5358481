//! `lmsctl report quiz-items`

use clap::Args;
use lms_reports::Report;

use super::{AboutArgs, OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write how good the questions of quizzes are
///
/// By the first attempts of people: how easy each question is, how well it tells who knows the rest from who
/// does not, and who chose which option. What a person has yet to grade is left out.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report quiz-items --out questions.xlsx",
    "lmsctl report quiz-items --out questions.xlsx --quiz FIRE --from 2026-01-01",
])]
pub(crate) struct QuizItemsArgs {
    /// Only this quiz, by code; repeat for several
    #[arg(long = "quiz", value_name = "QUIZ")]
    quizzes: Vec<String>,
    /// Only first attempts that were handed in since this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    about: AboutArgs,
}

pub(crate) async fn run(app: &App, args: QuizItemsArgs) -> Result {
    let audience = args.about.audience()?;
    produce(app, Report::QuizItems, args.out, async |session, params| {
        let params = args.about.ask(session, params, audience).await?;
        let params = args.quizzes.iter().fold(params, |params, one| params.quiz(one));
        Ok(params.from(session.optional_day(args.from.as_deref()).await?))
    })
    .await
}
