//! `lmsctl rule test`

use std::path::PathBuf;

use clap::Args;
use lms_core::{RuleExamples, RuleTested};
use serde::Serialize;

use super::fields::document;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::{Written, in_file, read};
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep, prose};

/// Try a rule out on people who are made up; nobody real is touched
///
/// The file says who they are and what should become of them; the rule is the one that it names. What
/// comes out as another thing is listed, and ends it with 6.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule test gdpr-examples.toml --rule gdpr.toml      # exit 7",
])]
pub(crate) struct TestArgs {
    /// File with examples, or - for standard input
    file: PathBuf,
    /// File with the rule itself; the rule as it is kept, with its draft, unless said
    #[arg(long, value_name = "FILE")]
    rule: Option<PathBuf>,
}

/// One thing that came out otherwise.
#[derive(Serialize)]
struct Line {
    example: String,
    on: String,
    training: String,
    field: String,
    expected: String,
    came_out: String,
}

impl Row for Line {
    const COLUMNS: &'static [Column] = &[
        prose("example"),
        keep("on"),
        keep("training"),
        keep("field"),
        keep("expected"),
        keep("came_out"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let texts =
            [&self.example, &self.on, &self.training, &self.field, &self.expected, &self.came_out];
        texts.into_iter().map(|text| text.as_str().into()).collect()
    }
}

pub(crate) async fn run(app: &App, args: TestArgs) -> Result {
    let text = read(&args.file, RuleExamples::BYTES_MAX)?;
    let written = Written::of(&args.file, &text);
    let examples = RuleExamples::read(&text, written.into());
    let examples = examples.map_err(|error| in_file(error, &args.file))?;
    let rules = args.rule.as_deref().map(document).transpose()?;
    let session = app.open().await?;
    let rules = rules.into_iter().collect();
    let tested = session.lms.rules().test(&session.actor, rules, examples).await?;
    let lines = lines(&tested);
    app.output.present(&tested, &lines, || {
        if lines.is_empty() { String::new() } else { app.output.table(&lines) }
    })?;
    let (all, failed) = (tested.examples.len(), tested.n_failed());
    if failed > 0 {
        let told = counted(all, "example", "examples");
        let message = format!("{failed} of {told} of `{}` came out otherwise", tested.rule);
        return Err(CHECK_FAILED.error(message).into());
    }
    let told = counted(all, "example", "examples");
    app.output.done(&format!("{told} of `{}` came out as expected", tested.rule));
    Ok(Exit::Done)
}

fn lines(tested: &RuleTested) -> Vec<Line> {
    let mut lines = Vec::new();
    for example in &tested.examples {
        lines.extend(example.differences.iter().map(|one| Line {
            example: example.name.clone(),
            on: example.on.to_string(),
            training: example.training.clone(),
            field: one.field.clone(),
            expected: one.expected.clone(),
            came_out: one.came_out.clone(),
        }));
    }
    lines
}
