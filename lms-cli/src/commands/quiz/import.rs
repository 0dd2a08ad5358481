//! `lmsctl quiz import`

use std::path::PathBuf;

use clap::Args;
use lms_core::{ImportStep, QuizFile, QuizPlan, StepAction};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::documents::{Written, read};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Format, Row, counted, keep, shrink};

/// The library refuses more.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Make and change the questions and quizzes of a file, TOML or JSON
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl quiz import fire.toml --dry-run",
    "lmsctl quiz import fire.toml",
    "lmsctl quiz export --format json | lmsctl quiz import - --yes",
])]
pub(crate) struct ImportArgs {
    /// File as `lmsctl quiz export` writes it, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: ImportArgs) -> Result {
    let text = read(&args.file, BYTES_MAX)?;
    let file = QuizFile::parse(&text, Written::of(&args.file, &text).into())?;
    let session = app.open().await?;
    let quizzes = session.lms.quizzes();
    let plan = quizzes.plan_import(&session.actor, file).await?;
    plan.require_sound()?;
    let steps: Vec<ImportStep> =
        plan.steps.iter().filter(|step| step.action != StepAction::Keep).cloned().collect();
    let told = told(&plan);
    if args.dry_run.dry_run {
        app.output.present(&plan, &steps, || app.output.table(&steps))?;
        app.output.done(&format!("dry run: would {told}; nothing was changed"));
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, plan.changes_anything()));
    }
    let was_shown = steps.len() > 1 && app.prompt.asks();
    if was_shown {
        app.output.aside(&app.output.table(&steps));
    }
    if steps.len() > 1 {
        app.prompt.confirm(&format!("Go on and {told}?"))?;
    }
    let done = quizzes.import(&session.actor, plan).await?;
    if !was_shown || app.output.format() != Format::Table {
        app.output.present(&done, &steps, || app.output.table(&steps))?;
    }
    if done.operation.is_none() {
        app.output.done("nothing to change: all is as the file has it");
    } else {
        let counts = [("created", done.created), ("changed", done.changed), ("kept", done.kept)];
        let [created, changed, kept] = counts.map(|(_, count)| count);
        app.output
            .done_with(&format!("created {created}, changed {changed}, kept {kept}"), &counts);
    }
    Ok(Exit::Done)
}

fn told(plan: &QuizPlan) -> String {
    let entries = |action| {
        let count = usize::try_from(plan.count(action)).unwrap_or(usize::MAX);
        counted(count, "entry", "entries")
    };
    format!("create {} and change {}", entries(StepAction::Create), entries(StepAction::Change))
}

impl Row for ImportStep {
    const COLUMNS: &'static [Column] =
        &[keep("action"), keep("subject"), keep("code"), shrink("changed")];
    fn cells(&self) -> Vec<Cell> {
        let fields: Vec<String> = self.changed.iter().map(|change| change.field.clone()).collect();
        vec![
            self.action.as_str().into(),
            self.subject.into(),
            self.code.as_str().into(),
            (&fields).into(),
        ]
    }
}
