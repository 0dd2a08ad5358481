//! `lmsctl quiz import`

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use lms_core::{ImportStep, QuizFile, QuizFileFormat, QuizPlan, StepAction};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::error::{Exit, Result, USAGE, file_error};
use crate::output::{Cell, Column, Format, Row, counted, keep, shrink};

/// The library refuses more than eight mebibytes: enough is read to find that out, and no more.
const BYTES_MAX: u64 = 8 * 1024 * 1024 + 1;

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
    let text = read(&args.file)?;
    let file = QuizFile::parse(&text, format(&args.file, &text))?;
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

fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        if io::stdin().is_terminal() {
            return Err(USAGE
                .error("standard input is a terminal, and a file was expected from it")
                .with_hint("name the file, or send it in with `<` or `|`")
                .into());
        }
        io::stdin().take(BYTES_MAX).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes))
    };
    read.map_err(|cause| file_error("read", path, &cause))?;
    String::from_utf8(bytes).map_err(|_| {
        let what = format!("`{}` is not text in UTF-8", path.display());
        USAGE.error(what).with_hint("save it as UTF-8, which every editor can").into()
    })
}

/// By the name of the file, else by what it begins with.
fn format(path: &Path, text: &str) -> QuizFileFormat {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "json" => QuizFileFormat::Json,
        "toml" => QuizFileFormat::Toml,
        _ if text.trim_start().starts_with('{') => QuizFileFormat::Json,
        _ => QuizFileFormat::Toml,
    }
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
