//! `lmsctl quiz add`

use clap::Args;
use lms_core::NewQuiz;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Make a quiz of questions of the bank
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz add EXITS \"Ways out\" --ask FIRE-03 --ask FIRE-04 --draw 1:alarm",
    "lmsctl quiz add ALARM Alarm --draw 2:alarm --passing 100 --attempts 3 --time-limit 10",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: String,
    /// Title to show
    title: String,
    /// Question that everybody gets, by code; repeat for several
    #[arg(long = "ask", value_name = "QUESTION")]
    questions: Vec<String>,
    /// How many of which tag are drawn by chance; repeat for several
    #[arg(long = "draw", value_name = "N:TAG", value_parser = draw)]
    draws: Vec<(u32, String)>,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    limits: LimitArgs,
}

/// When it is passed, and how often it may be tried.
#[derive(Debug, Args)]
pub(super) struct LimitArgs {
    /// Share of the points that passes; 80, unless said
    #[arg(long = "passing", value_name = "PERCENT")]
    passing_percent: Option<i64>,
    /// How long an attempt may take
    #[arg(long = "time-limit", value_name = "MINUTES")]
    time_limit_minutes: Option<i64>,
    /// How many attempts there are
    #[arg(long = "attempts", value_name = "N")]
    attempts_max: Option<i64>,
    /// How long to wait before the next attempt
    #[arg(long = "cool-down", value_name = "HOURS")]
    cool_down_hours: Option<i64>,
    /// Whether questions come in any order
    #[arg(long, value_name = "TRUE|FALSE", num_args = 0..=1, default_missing_value = "true")]
    shuffle: Option<bool>,
}

impl LimitArgs {
    /// The fields that were given, by their names in files.
    pub(super) fn fields(&self) -> Vec<(&'static str, serde_json::Value)> {
        let numbers = [
            ("passing_percent", self.passing_percent),
            ("time_limit_minutes", self.time_limit_minutes),
            ("attempts_max", self.attempts_max),
            ("cool_down_hours", self.cool_down_hours),
        ];
        let given = numbers.into_iter().filter_map(|(name, value)| Some((name, value?.into())));
        given.chain(self.shuffle.map(|shuffle| ("shuffle", shuffle.into()))).collect()
    }
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let mut new = NewQuiz::new(&args.code, &args.title);
    if let Some(description) = &args.description {
        new = new.set("description", description.as_str());
    }
    new = args.limits.fields().into_iter().fold(new, |new, (name, value)| new.set(name, value));
    if !args.questions.is_empty() {
        new = new.ask(&args.questions.iter().map(String::as_str).collect::<Vec<_>>());
    }
    new = args.draws.iter().fold(new, |new, (count, tag)| new.draw(*count, tag));
    let session = app.open().await?;
    let quiz = session.lms.quizzes().add_quiz(&session.actor, new).await?.value;
    app.output.record(&quiz)?;
    app.output.done(&format!("added quiz `{}`", quiz.code));
    Ok(Exit::Done)
}

fn draw(text: &str) -> std::result::Result<(u32, String), String> {
    text.split_once(':')
        .and_then(|(count, tag)| Some((count.trim().parse().ok()?, tag.trim().to_owned())))
        .ok_or_else(|| "expected a number and a tag, such as `3:fire-safety`".to_owned())
}
