//! `lmsctl path import`

use std::path::{Path, PathBuf};

use clap::Args;
use lms_core::{
    FieldChange, ImportAction, PathFile, PathImportPlan, PlannedPath, TrainingFile,
    TrainingProblem as Problem,
};
use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::documents::{Written, in_file, read};
use crate::commands::training::changes::excerpts;
use crate::commands::training::import::verb;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::{Cell, Column, Format, Row, counted, keep, shrink};

/// Make learning paths what files say; the same files again change nothing
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path import new-hire.toml --dry-run",
    "lmsctl path import new-hire.toml --publish",
    "lmsctl path export NEW-HIRE | sed s/NEW-HIRE/BACK-AGAIN/ | lmsctl path import -",
])]
pub(crate) struct ImportArgs {
    /// Files that `lmsctl path export` wrote or somebody else did, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Publish them as well
    #[arg(long)]
    publish: bool,
    /// How they are written; by their endings, unless said: toml or json
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Written>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What an import would do, as it is shown.
#[derive(Serialize)]
struct ShownPlan<'p> {
    dry_run: bool,
    #[serde(flatten)]
    plan: &'p PathImportPlan,
}

impl Row for PlannedPath {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        keep("action"),
        keep("publishes"),
        shrink("changed"),
        shrink("problems"),
        shrink("warnings"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let told = |problem: &Problem| format!("{}: {}", problem.path, problem.message);
        let fields = match self.action {
            ImportAction::Create => Vec::new(),
            _ => self.changed.iter().map(|change: &FieldChange| change.field.clone()).collect(),
        };
        vec![
            self.code.as_str().into(),
            verb(self.action).into(),
            self.publishes.map(i64::from).into(),
            Cell::List(fields),
            Cell::List(self.problems.iter().map(told).collect()),
            Cell::List(self.warnings.iter().map(told).collect()),
        ]
    }
}

pub(crate) async fn run(app: &App, args: ImportArgs) -> Result {
    let files = args
        .files
        .iter()
        .map(|file| document(file, args.format))
        .collect::<Result<Vec<PathFile>>>()?;
    let session = app.open().await?;
    let paths = session.lms.paths();
    let plan = paths.plan_import(&session.actor, files, args.publish).await?;
    let n_changes = plan.n_changes();
    let told = counted(n_changes, "path", "paths");
    if args.dry_run.dry_run || !plan.is_sound() {
        let shown = ShownPlan { dry_run: true, plan: &plan };
        app.output.present(&shown, &plan.paths, || page(app, &plan))?;
    }
    refuse_problems(&plan)?;
    if args.dry_run.dry_run {
        app.output.done(&format!("dry run: {told} would change; nothing was changed"));
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, n_changes > 0));
    }
    let is_asked = n_changes > 1;
    let was_shown = is_asked && app.prompt.asks();
    if was_shown {
        app.output.aside(&page(app, &plan));
    }
    if is_asked {
        app.prompt.confirm(&format!("Import {told}?"))?;
    }
    let texts = if was_shown { String::new() } else { page(app, &plan) };
    let outcome = paths.import(&session.actor, plan).await?;
    if !was_shown || app.output.format() != Format::Table {
        app.output.present(&outcome, &outcome.paths, || texts)?;
    }
    app.output.done_with(
        &if outcome.operation.is_none() {
            "nothing to import: all is as the files say".to_owned()
        } else {
            format!("imported {told}")
        },
        &[("changed", i64::try_from(n_changes).unwrap_or(i64::MAX))],
    );
    Ok(Exit::Done)
}

/// What would become of each, and below it what is different in those that are there already.
fn page(app: &App, plan: &PathImportPlan) -> String {
    let mut page = app.output.table(&plan.paths);
    for planned in plan.paths.iter().filter(|one| one.action == ImportAction::Change) {
        page.push('\n');
        page.push_str(&app.output.heading(&planned.code));
        page.push_str(&app.output.table(&excerpts(&planned.changed)));
    }
    page
}

fn refuse_problems(plan: &PathImportPlan) -> Result<()> {
    if plan.is_sound() {
        return Ok(());
    }
    let problems = plan.paths.iter().flat_map(|planned| {
        let of = &planned.code;
        planned.problems.iter().map(move |one| format!("{of}: {}: {}", one.path, one.message))
    });
    let problems: Vec<String> = problems.collect();
    let count = counted(problems.len(), "problem", "problems");
    Err(CHECK_FAILED
        .error(format!("what is to be imported has {count}; nothing was changed"))
        .with_hints(problems)
        .into())
}

/// Reads a file, and says which one it was that could not be.
fn document(path: &Path, written: Option<Written>) -> Result<PathFile> {
    let text = read(path, TrainingFile::BYTES_MAX)?;
    let written = written.unwrap_or_else(|| Written::of(path, &text));
    PathFile::read(&text, written.into()).map_err(|error| in_file(error, path))
}
