//! `lmsctl quiz show`

use clap::Args;
use lms_core::Quiz;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, shrink};

/// Show a quiz with what it asks
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl quiz show FIRE", "lmsctl quiz show FIRE --output json"])]
pub(crate) struct ShowArgs {
    /// Code of the quiz
    quiz: Option<String>,
}

/// A section of a quiz.
#[derive(Debug, Serialize)]
struct SectionLine {
    section: Option<String>,
    asks: Vec<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let quiz = picking::quiz(app, &session, args.quiz).await?;
    let quiz = session.lms.quizzes().quiz(&session.actor, &quiz).await?;
    app.output.present(&quiz, std::slice::from_ref(&quiz), || {
        format!("{}\n{}", app.output.card(&quiz), app.output.table(&sections(&quiz)))
    })?;
    Ok(Exit::Done)
}

fn sections(quiz: &Quiz) -> Vec<SectionLine> {
    let sections = quiz.definition["sections"].as_array().into_iter().flatten();
    sections
        .map(|section| {
            let questions = section["questions"].as_array().into_iter().flatten();
            let drawn = section["draw"].as_i64().zip(section["tag"].as_str());
            SectionLine {
                section: section["title"].as_str().map(str::to_owned),
                asks: questions
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .chain(drawn.map(|(count, tag)| format!("{count} of `{tag}` by chance")))
                    .collect(),
            }
        })
        .collect()
}

impl Row for SectionLine {
    const COLUMNS: &'static [Column] = &[shrink("section"), shrink("asks")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.section.clone().into(), (&self.asks).into()]
    }
}
