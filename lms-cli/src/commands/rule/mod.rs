//! `lmsctl rule`: who has to learn what without anybody assigning it.

use clap::Subcommand;
use lms_core::{PersonId, RecordHistoryEntry, Rule, RuleFinding};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

mod acting;
mod add;
mod apply;
mod check;
mod edit;
mod export;
mod fields;
mod history;
mod list;
mod plan;
mod schema;
mod show;
mod simulate;
mod status;
mod test;

/// Write mandatory rules and put them into force
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl rule add GDPR \"Data protection\" --training GDPR-101 --department Sales --due \"after joining + 30d\"",
    "lmsctl rule plan GDPR      # exit 7",
    "lmsctl rule check",
    "lmsctl rule list --training GDPR-101",
])]
pub(crate) enum RuleCommand {
    Add(Box<add::AddArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(Box<edit::EditArgs>),
    Plan(plan::PlanArgs),
    Apply(apply::ApplyArgs),
    Activate(status::ActivateArgs),
    Pause(status::PauseArgs),
    Remove(status::RemoveArgs),
    Simulate(simulate::SimulateArgs),
    Check(check::CheckArgs),
    Test(test::TestArgs),
    Export(export::ExportArgs),
    History(history::HistoryArgs),
    Schema(schema::SchemaArgs),
}

pub(crate) async fn run(app: &App, command: RuleCommand) -> Result {
    match command {
        RuleCommand::Add(args) => add::run(app, *args).await,
        RuleCommand::List(args) => list::run(app, args).await,
        RuleCommand::Show(args) => show::run(app, args).await,
        RuleCommand::Edit(args) => edit::run(app, *args).await,
        RuleCommand::Plan(args) => plan::run(app, args).await,
        RuleCommand::Apply(args) => apply::run(app, args).await,
        RuleCommand::Activate(args) => status::activate(app, args).await,
        RuleCommand::Pause(args) => status::pause(app, args).await,
        RuleCommand::Remove(args) => status::remove(app, args).await,
        RuleCommand::Simulate(args) => simulate::run(app, args).await,
        RuleCommand::Check(args) => check::run(app, args).await,
        RuleCommand::Test(args) => test::run(app, args).await,
        RuleCommand::Export(args) => export::run(app, args).await,
        RuleCommand::History(args) => history::run(app, args).await,
        RuleCommand::Schema(args) => schema::run(&args),
    }
}

impl Row for Rule {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("title"),
        keep("status"),
        keep("version"),
        drop_first("draft"),
        drop_first("since"),
        shrink("asks_for"),
        shrink("audience"),
        keep("due"),
        drop_first("renews_after_months"),
        apart("kind"),
        apart("until"),
        apart("created_at"),
        apart("updated_at"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.title.as_str().into(),
            self.status.as_str().into(),
            self.version.map(i64::from).into(),
            self.draft.map(i64::from).into(),
            self.since.map(|day| day.to_string()).into(),
            Cell::List([self.trainings.clone(), self.paths.clone()].concat()),
            self.audience.to_string().into(),
            self.due.to_string().into(),
            self.renews_after_months.map(i64::from).into(),
            self.kind.as_str().into(),
            self.until.map(|day| day.to_string()).into(),
            self.created_at.into(),
            self.updated_at.into(),
            self.id.to_string().into(),
        ]
    }
}

impl Row for RuleFinding {
    const COLUMNS: &'static [Column] = &[
        keep("severity"),
        keep("rule"),
        keep("place"),
        prose("message"),
        drop_first("code"),
        apart("hint"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.severity.as_str().into(),
            self.rule.as_str().into(),
            self.place.as_str().into(),
            self.message.as_str().into(),
            self.code.as_str().into(),
            self.hint.clone().into(),
        ]
    }
}

/// Of how many a text names nothing but the ids: whoever reads it wants to know how many.
fn n_ids(text: &str) -> usize {
    let ids = text.split(", ");
    if ids.clone().all(|id| id.parse::<PersonId>().is_ok()) { ids.count() } else { 0 }
}

impl Row for RecordHistoryEntry {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        keep("recorded_at"),
        keep("kind"),
        prose("changed"),
        drop_first("actor"),
        drop_first("reason"),
        apart("operation_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let told = |change: &lms_core::FieldChange| match (&change.before, &change.after) {
            (None, Some(people)) if n_ids(people) > 0 => {
                format!("{}: {}", change.field, n_ids(people))
            }
            (before, after) => {
                let part =
                    |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
                format!("{}: {} → {}", change.field, part(before), part(after))
            }
        };
        vec![
            self.seq.into(),
            self.recorded_at.into(),
            self.kind.as_str().into(),
            Cell::List(self.changed.iter().map(told).collect()),
            self.actor.as_str().into(),
            self.reason.clone().into(),
            self.operation_id.to_string().into(),
        ]
    }
}
