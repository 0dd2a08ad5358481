//! `lmsctl sweep`

use clap::Args;
use lms_core::{JobStep, StoppedRule, SweepOptions, SweepOutcome, SweepSample, SweepStep};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Format, Row, keep, prose, shrink};

/// Bring everything up to today: what is due, overdue or run out, and who is told
///
/// It never asks, and can be run as often as one likes: nights on which it did not run are caught up, and
/// each thing happens and is told once. While another run is under way it says whose, and exits with 75.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl sweep --dry-run",
    "lmsctl sweep",
    "lmsctl sweep --full --output json",
    "lmsctl --quiet sweep        # from cron: see lmsctl schedule print",
])]
pub(crate) struct SweepArgs {
    /// Act for this day, the same for everybody; today, as it is for each person, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    date: Option<String>,
    /// Keep to one step: rules, renewals, expiries, overdue, reminders,
    /// escalations or snapshots
    ///
    /// The first four are decided together, so that any of them carries out all four and tells nobody;
    /// whoever was to be told is told on the next day. The last two change no assignment.
    #[arg(long, value_name = "STEP")]
    only: Option<String>,
    /// Look at everybody, also where nothing can have happened
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: SweepArgs) -> Result {
    let mut options = SweepOptions::new().full(args.full);
    if let Some(step) = &args.only {
        options = options.only(SweepStep::parse(step)?);
    }
    let session = app.open().await?;
    if let Some(day) = session.optional_day(args.date.as_deref()).await? {
        options = options.date(day);
    }
    let holder = format!("{}, process {}", session.actor.label(), std::process::id());
    let options = options.holder(&holder);
    let sweep = session.lms.sweep();
    if args.dry_run.dry_run {
        let outcome = {
            let mut progress = app.output.progress("looking");
            sweep
                .preview(&session.actor, options, &mut |done, total| progress.at(done, total))
                .await?
        };
        app.output.present(&outcome, &outcome.steps, || page(app, &outcome))?;
        app.output.done("dry run: nothing was changed");
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, !outcome.is_empty()));
    }
    let outcome = {
        let mut progress = app.output.progress("sweeping");
        sweep.run(&session.actor, options, &mut |done, total| progress.at(done, total)).await?
    };
    // From cron it says one line, and nothing if it is to be quiet.
    if app.output.format() != Format::Table {
        app.output.present(&outcome, &outcome.steps, String::new)?;
    }
    let counts: Vec<(&str, i64)> =
        outcome.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    for rule in &outcome.stopped_rules {
        app.output.note(&stands_still(rule));
    }
    app.output.done_with(&summary(&outcome), &counts);
    Ok(Exit::Done)
}

/// The rule R stands still since 2026-04-21: there is no group AIDERS.
fn stands_still(rule: &StoppedRule) -> String {
    format!("the rule `{}` stands still since {}: {}", rule.code, rule.since, rule.because)
}

/// `swept 2026-04-21: late 2, reminded 2 (2 looked at, 0.1 s)`.
fn summary(outcome: &SweepOutcome) -> String {
    let looked_at = outcome.counts.get("looked_at").copied().unwrap_or_default();
    let told = told(outcome.counts.iter().filter(|(name, _)| *name != "looked_at"));
    let tenths = (outcome.duration_ms + 50) / 100;
    let (seconds, tenths) = (tenths / 10, tenths % 10);
    let told = if told.is_empty() { "nothing to do".to_owned() } else { told };
    format!("swept {}: {told} ({looked_at} looked at, {seconds}.{tenths} s)", outcome.day)
}

/// What is not nought: `late 2, window opened 1`.
fn told<'a>(counts: impl Iterator<Item = (&'a String, &'a i64)>) -> String {
    let some = counts.filter(|(_, count)| **count != 0);
    let some = some.map(|(name, count)| format!("{} {count}", name.replace('_', " ")));
    some.collect::<Vec<_>>().join(", ")
}

fn page(app: &App, outcome: &SweepOutcome) -> String {
    let looked_at = outcome.counts.get("looked_at").copied().unwrap_or_default();
    let heading = app.output.heading(&format!("{}: {looked_at} looked at", outcome.day));
    let mut page = format!("{heading}{}", app.output.table(&outcome.steps));
    if !outcome.samples.is_empty() {
        page.push('\n');
        page.push_str(&app.output.heading("Some of it"));
        page.push_str(&app.output.table(&outcome.samples));
    }
    if !outcome.stopped_rules.is_empty() {
        page.push('\n');
        page.push_str(&app.output.heading("Rules that stand still"));
        page.push_str(&app.output.table(&outcome.stopped_rules));
    }
    page
}

impl Row for JobStep {
    const COLUMNS: &'static [Column] = &[keep("step"), prose("counts")];
    fn cells(&self) -> Vec<Cell> {
        let told = told(self.counts.iter());
        let told = if told.is_empty() { "nothing".to_owned() } else { told };
        vec![self.step.as_str().into(), told.into()]
    }
}

impl Row for StoppedRule {
    const COLUMNS: &'static [Column] =
        &[keep("code"), shrink("title"), keep("since"), prose("because")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.title.as_str().into(),
            self.since.to_string().into(),
            self.because.as_str().into(),
        ]
    }
}

impl Row for SweepSample {
    const COLUMNS: &'static [Column] =
        &[shrink("person"), keep("training"), keep("what"), keep("day")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.as_str().into(),
            self.training.as_str().into(),
            self.what.replace('_', " ").into(),
            self.day.to_string().into(),
        ]
    }
}
