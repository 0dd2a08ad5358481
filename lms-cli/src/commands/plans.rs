//! The way of every plan: shown and asked about, then carried out; or shown only.

use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::error::{Exit, Result};
use crate::output::{Format, Row};

/// Rows of one part of a plan that a table shows; the other formats have all.
const SHOWN_ROWS_MAX: usize = 20;

/// What comes before a plan is carried out.
pub(crate) struct Look<'a> {
    pub(crate) dry_run: DryRunArgs,
    /// How many records it would change.
    pub(crate) n_changes: usize,
    /// What somebody at a terminal is asked; nothing where the change is too small to ask.
    pub(crate) question: Option<&'a str>,
}

/// How it goes on.
pub(crate) enum Next {
    /// It was a dry run.
    Stop(Exit),
    /// It is to be carried out; whether the plan was shown already.
    GoOn { was_shown: bool },
}

/// Shows a plan where somebody wants to see it, and asks.
pub(crate) fn look<P: Serialize, R: Row>(
    app: &App,
    plan: &P,
    rows: &[R],
    page: &dyn Fn() -> String,
    look: &Look<'_>,
) -> Result<Next> {
    if look.dry_run.dry_run {
        app.output.present(plan, rows, page)?;
        app.output.done("dry run: nothing was changed");
        let found_changes = look.n_changes > 0;
        let exit = Exit::of_dry_run(look.dry_run.detailed_exitcode, found_changes);
        return Ok(Next::Stop(exit));
    }
    let Some(question) = look.question else { return Ok(Next::GoOn { was_shown: false }) };
    let was_shown = app.prompt.asks();
    if was_shown {
        app.output.aside(&page());
    }
    app.prompt.confirm(question)?;
    Ok(Next::GoOn { was_shown })
}

/// Shows what was done, unless it was just shown as a plan.
pub(crate) fn done<O: Serialize, R: Row>(
    app: &App,
    outcome: &O,
    rows: &[R],
    page: &dyn Fn() -> String,
    was_shown: bool,
) -> Result<()> {
    if was_shown && app.output.format() == Format::Table {
        return Ok(());
    }
    app.output.present(outcome, rows, page)
}

/// One part of a plan under its title; nothing where it is empty.
pub(crate) fn part<R: Row>(app: &App, title: &str, rows: &[R]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let shown = &rows[..rows.len().min(SHOWN_ROWS_MAX)];
    let heading = app.output.heading(&format!("{title}: {}", rows.len()));
    let rest = match rows.len() - shown.len() {
        0 => String::new(),
        more => format!("… and {more} more; `--output csv` has all\n"),
    };
    format!("{heading}{}{rest}", app.output.table(shown))
}

/// Parts one below the other, with a line between them.
pub(crate) fn parts(parts: &[String]) -> String {
    let filled: Vec<&str> =
        parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    filled.join("\n")
}
