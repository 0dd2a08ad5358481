//! `lmsctl path show`

use std::collections::HashMap;
use std::fmt::Write;

use clap::Args;
use lms_core::{PathCard, PathShown, PathStatus, PathStep, PathTraining, PathVersion};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::training::show::{LINE_CHARS_MAX, minutes, wrapped};
use crate::error::{Exit, Result};

/// Show a learning path with its steps
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path show NEW-HIRE",
    "lmsctl path show NEW-HIRE --version 1 --output json",
])]
pub(crate) struct ShowArgs {
    /// Code
    path: Option<String>,
    /// The draft, in place of what is published
    #[arg(long, conflicts_with = "version")]
    draft: bool,
    /// The version of this number
    #[arg(long, value_name = "N")]
    version: Option<u32>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let shown = match (args.draft, args.version) {
        (true, _) => PathShown::Draft,
        (_, Some(version)) => PathShown::Version(version),
        _ => PathShown::Current,
    };
    let card = session.lms.paths().show(&session.actor, &path, shown).await?;
    let rows = std::slice::from_ref(&card.path);
    app.output.present(&card, rows, || page(app, &card))?;
    Ok(Exit::Done)
}

/// The card as people read it: what it is, what is done, and what stands in the way.
fn page(app: &App, card: &PathCard) -> String {
    let width = app.output.width().unwrap_or(LINE_CHARS_MAX).min(LINE_CHARS_MAX);
    let listed = |problems: &[lms_core::TrainingProblem]| -> String {
        let lines = problems.iter().map(|one| format!("{}: {}", one.path, one.message));
        lines.map(|line| wrapped(&line, width, "  ")).collect()
    };
    let title = format!("{}  {}", card.path.code, card.definition.title);
    let parts = [
        (title, app.output.pairs(&facts(card))),
        ("About".to_owned(), wrapped(&card.definition.description, width, "  ")),
        ("Steps".to_owned(), steps(card)),
        ("Worth a look".to_owned(), listed(&card.warnings)),
        ("Before the draft can be published".to_owned(), listed(&card.problems)),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{}{text}", app.output.heading(&title)))
        .collect();
    told.join("\n")
}

/// What there is to say in a line each; what is not said is left out.
fn facts(card: &PathCard) -> Vec<(&'static str, String)> {
    let (path, shown) = (&card.path, &card.shown);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let draft = path.draft.filter(|draft| *draft != shown.version);
    let earlier = card.versions.iter().filter(|version| {
        version.version != shown.version && version.state == PathStatus::Published
    });
    let earlier: Vec<String> = earlier.map(told).collect();
    let takes = match (card.minutes_min, card.minutes_max) {
        (Some(least), Some(most)) if least == most => Some(minutes(least)),
        (Some(least), Some(most)) => Some(format!("{} to {}", minutes(least), minutes(most))),
        _ => None,
    };
    let all = [
        ("status", some(path.status.as_str().to_owned())),
        ("version", Some(told(shown))),
        ("draft", draft.map(|draft| format!("{draft} is being written"))),
        ("others", some(earlier.join("; "))),
        ("category", card.definition.category.clone()),
        ("tags", some(card.definition.tags.join(", "))),
        ("takes", takes),
    ];
    all.into_iter().filter_map(|(label, text)| text.map(|text| (label, text))).collect()
}

fn told(version: &PathVersion) -> String {
    match version.published_at {
        Some(at) => {
            let day = at.to_string();
            format!("{}, published {}", version.version, day.get(..10).unwrap_or(&day))
        }
        None => format!("{}, not published", version.version),
    }
}

/// The steps, numbered; of a choice, what there is to choose from.
fn steps(card: &PathCard) -> String {
    let named: HashMap<&str, &PathTraining> =
        card.named.iter().map(|training| (&*training.code, training)).collect();
    let codes = card.definition.trainings().map(|code| code.chars().count());
    let width = codes.max().unwrap_or_default();
    let line = |code: &str| {
        let training = named.get(code);
        let title = training.map(|training| training.title.as_str()).unwrap_or_default();
        let time = training.and_then(|training| training.duration_minutes).map(minutes);
        let time = time.map(|time| format!("  {time}")).unwrap_or_default();
        format!("{code:<width$}  {title}{time}").trim_end().to_owned()
    };
    let mut page = String::new();
    for (number, step) in (1..).zip(&card.definition.steps) {
        match step {
            PathStep::Elective { title, any, of } => {
                let title = title.as_deref().map(|title| format!("{title}: ")).unwrap_or_default();
                let _ = writeln!(page, "{number:>3}  {title}any {any} of {}", of.len());
                for code in of {
                    let _ = writeln!(page, "       {}", line(code));
                }
            }
            step => {
                for code in step.trainings() {
                    let _ = writeln!(page, "{number:>3}  {}", line(code));
                }
            }
        }
    }
    page
}
