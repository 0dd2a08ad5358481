//! `lmsctl rule check`

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use lms_core::{RuleDefinition, RuleSeverity, RulesChecked};

use super::fields::document;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::counted;

/// Look rules over: names, audiences, overlaps, due days; it changes nothing
///
/// What is kept is looked over with drafts as they would be. Errors end it with 6; warnings do not.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule check",
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule check FIRE",
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule export FIRE | lmsctl rule check -",
])]
pub(crate) struct CheckArgs {
    /// Codes of rules, or files in TOML or JSON, or - for standard input; all that is kept, unless said
    #[arg(value_name = "RULE|FILE")]
    rules: Vec<String>,
}

/// Whether something that was typed is a file rather than a code.
pub(super) fn is_file(text: &str) -> bool {
    let path = std::path::Path::new(text);
    let ends_as_one = path.extension().is_some_and(|ending| ending == "toml" || ending == "json");
    text == "-" || ends_as_one || text.contains(['/', '\\']) || path.is_file()
}

pub(crate) async fn run(app: &App, args: CheckArgs) -> Result {
    let (files, codes): (Vec<String>, Vec<String>) =
        args.rules.into_iter().partition(|text| is_file(text));
    let files = files.iter().map(|file| document(&PathBuf::from(file)));
    let mut given = files.collect::<Result<Vec<RuleDefinition>>>()?;
    let session = app.open().await?;
    let rules = session.lms.rules();
    if !codes.is_empty() {
        given.extend(rules.export(&session.actor, &codes, true).await?);
    }
    let given = Some(given).filter(|given| !given.is_empty());
    let checked = rules.check(&session.actor, given).await?;
    app.output.present(&checked, &checked.findings, || page(app, &checked))?;
    let count = |severity: RuleSeverity| {
        checked.findings.iter().filter(|finding| finding.severity == severity).count()
    };
    let (errors, warnings) = (count(RuleSeverity::Error), count(RuleSeverity::Warning));
    let told = format!(
        "looked over {}: {}, {}",
        counted(checked.rules, "rule", "rules"),
        counted(errors, "error", "errors"),
        counted(warnings, "warning", "warnings")
    );
    if !checked.holds() {
        return Err(CHECK_FAILED.error(told).into());
    }
    app.output.done(&told);
    Ok(Exit::Done)
}

/// The findings, and below them what can be done about each.
fn page(app: &App, checked: &RulesChecked) -> String {
    if checked.findings.is_empty() {
        return String::new();
    }
    let mut page = app.output.table(&checked.findings);
    let mut seen = Vec::new();
    for finding in &checked.findings {
        if let Some(hint) = finding.hint.as_ref().filter(|hint| !seen.contains(hint)) {
            let _ = writeln!(page, "  {}: {hint}", finding.code.replace('_', " "));
            seen.push(hint);
        }
    }
    page
}
