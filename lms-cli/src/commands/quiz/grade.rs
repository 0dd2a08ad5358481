//! `lmsctl quiz grade`

use clap::Args;
use lms_core::{AttemptCard, GradeState, Grading, Points, QueueFilter};

use super::attempt::of_question;
use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking::{Choice, Question, named_or_picked};
use crate::error::{Exit, Result};

/// How many attempts a picker offers.
const PICKED_FROM_MAX: u32 = 200;

/// Give points for answers that wait for a person
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz grade 01990000-0000-7000-8000-000000000000 9=2.5    # exit 7",
    "lmsctl quiz queue    # shows which attempts and questions wait",
])]
pub(crate) struct GradeArgs {
    /// Its id, as `quiz queue` shows it
    #[arg(value_name = "ATTEMPT")]
    attempt: Option<String>,
    /// Number of a question and the points for its answer; several for several
    #[arg(value_name = "QUESTION=POINTS", value_parser = points)]
    points: Vec<(i64, Points)>,
    /// What there is to say about these answers
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

pub(crate) async fn run(app: &App, args: GradeArgs) -> Result {
    let session = app.open().await?;
    let attempt = pick(app, &session, args.attempt).await?;
    let comment = args.comment.as_deref();
    let grading = if args.points.is_empty() {
        asked(app, &session, &attempt, comment).await?
    } else {
        args.points.into_iter().fold(Grading::new(), |grading, (question, points)| {
            grading.points(question, points, comment)
        })
    };
    let progress = session.lms.progress();
    let outcome = progress.grade_attempt(&session.actor, &attempt, grading).await?;
    changed(app, &outcome, &format!("attempt `{}`", outcome.value.id))?;
    if outcome.operation.is_some() {
        let verdict = match outcome.value.passed {
            Some(true) => "passed",
            Some(false) => "not passed",
            None => "not decided yet",
        };
        let percent = outcome.value.percent.unwrap_or_default();
        app.output.note(&format!("{} has {percent} %: {verdict}", outcome.value.person));
    }
    Ok(Exit::Done)
}

async fn pick(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which attempt?",
        answered_by: "its id, as `lmsctl quiz queue` shows it",
        none: "nothing waits to be graded",
    };
    named_or_picked(app, named, &question, async || {
        let all = QueueFilter::new().limit(PICKED_FROM_MAX);
        let page = session.lms.progress().grading_queue(&session.actor, all).await?;
        let choice = |entry: &lms_core::QueueEntry| {
            let attempt = &entry.attempt;
            let shown = format!("{:<26} {:<16} {}", attempt.person, attempt.quiz, attempt.training);
            Choice { shown, typed: attempt.id.to_string() }
        };
        Ok(page.items.iter().map(choice).collect())
    })
    .await
}

/// Asks for the points of every answer that waits.
async fn asked(
    app: &App,
    session: &Session,
    attempt: &str,
    comment: Option<&str>,
) -> Result<Grading> {
    app.prompt.need_terminal("how many points?", "QUESTION=POINTS, such as 9=2.5")?;
    let card = session.lms.progress().attempt(&session.actor, attempt).await?;
    let mut grading = Grading::new();
    for (number, shown, max) in waiting(&card) {
        app.output.aside(&shown);
        let check = |text: &str| Points::parse(text).map(drop);
        let asked = format!("Points, at most {max}");
        if let Some(text) = app.prompt.optional_text(&asked, &check)? {
            grading = grading.points(number, Points::parse(&text)?, comment);
        }
    }
    Ok(grading)
}

fn waiting(card: &AttemptCard) -> Vec<(i64, String, Points)> {
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    let graded = questions.zip(&card.graded);
    graded
        .filter(|(_, graded)| graded.state == GradeState::Waiting)
        .map(|(question, graded)| (graded.number, of_question(card, question), graded.points_max))
        .collect()
}

fn points(text: &str) -> std::result::Result<(i64, Points), String> {
    let wrong = || "expected the number of a question and its points, such as 9=2.5".to_owned();
    let (question, points) = text.split_once('=').ok_or_else(wrong)?;
    let question = question.trim().parse().map_err(|_| wrong())?;
    let points = Points::parse(points).map_err(|error| error.message().to_owned())?;
    Ok((question, points))
}
