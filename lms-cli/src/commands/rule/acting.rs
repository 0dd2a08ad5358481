//! Changes of rules that people notice: planned, looked at, and done exactly so.

use std::time::Duration;

use clap::Args;
use lms_core::{PlannedRule, PlannedTurn, RuleChange, RuleEffect, RulePlan};
use serde::Serialize;

use super::check::is_file;
use super::fields::document;
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::commands::assignments::{because, number, way_back};
use crate::commands::plans::{Look, Next, done, look, part, parts};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep, prose, shrink};

/// The job of which only one runs at a time, and how long its place is kept for one that died.
const JOB: &str = "rule apply";
const LEASE: Duration = Duration::from_mins(2);

/// How a change is carried out.
#[derive(Debug, Args)]
pub(super) struct ActingArgs {
    /// Do what this plan was, by the fingerprint that it was shown with, or nothing
    #[arg(long, value_name = "HASH")]
    plan: Option<String>,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

impl ActingArgs {
    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run.dry_run
    }
}

/// What codes and files ask for: of a code its draft, of a file what it says.
pub(super) fn changes(named: &[String]) -> Result<Vec<RuleChange>> {
    let change = |text: &String| {
        Ok(if is_file(text) {
            RuleChange::Apply(Box::new(document(std::path::Path::new(text))?))
        } else {
            RuleChange::ApplyDraft(text.clone())
        })
    };
    named.iter().map(change).collect()
}

/// Plans, shows, asks, and does it.
pub(super) async fn act(
    app: &App,
    session: &Session,
    args: &ActingArgs,
    changes: Vec<RuleChange>,
    verb: &str,
) -> Result {
    let actor = because(session, args.reason.as_deref());
    let rules = session.lms.rules();
    let plan = rules.plan(&actor, changes).await?.still(args.plan.as_deref())?;
    let codes: Vec<&str> = plan.rules.iter().map(|rule| rule.code.as_str()).collect();
    let n_people = plan.effects.len();
    let question = format!("{verb} {}, which changes something for {}?", codes.join(", "), {
        counted(n_people, "obligation", "obligations")
    });
    let n_changes = if plan.changes_anything() { n_people.max(1) } else { 0 };
    let looked = Look {
        dry_run: args.dry_run,
        n_changes,
        question: (n_changes > 0).then_some(question.as_str()),
    };
    let page = || page(app, &plan);
    let was_shown = match look(app, &plan, &plan.effects, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let holder = format!("{}, process {}", actor.label(), std::process::id());
    let lease = session.lms.jobs().acquire(JOB, &holder, LEASE).await?;
    let outcome = rules.apply(&actor, plan.clone()).await;
    lease.release().await?;
    let outcome = outcome?;
    done(app, &outcome, &plan.effects, &page, was_shown)?;
    let counts: Vec<(&str, i64)> =
        outcome.counts.iter().map(|(name, count)| (name.as_str(), number(*count))).collect();
    let told = if outcome.operation.is_none() {
        "nothing to change: all is as asked".to_owned()
    } else {
        let some = counts.iter().map(|(name, count)| format!("{count} {}", name.replace('_', " ")));
        let some: Vec<String> = some.collect();
        let what = if some.is_empty() { "changed for nobody".to_owned() } else { some.join(", ") };
        format!("{}: {what}{}", codes.join(", "), way_back(session, outcome.operation).await)
    };
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// Shows a plan, and how it is applied.
pub(super) fn show(app: &App, plan: &RulePlan) -> Result<()> {
    app.output.present(plan, &plan.effects, || page(app, plan))
}

impl Row for RuleEffect {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        keep("training"),
        keep("effect"),
        keep("due_on_before"),
        keep("due_on"),
        prose("because"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.name.as_str().into(),
            self.training.as_str().into(),
            self.effect.replace('_', " ").into(),
            self.due_on_before.map(|day| day.to_string()).into(),
            self.due_on.map(|day| day.to_string()).into(),
            self.because.as_str().into(),
        ]
    }
}

/// What becomes of one rule.
#[derive(Serialize)]
struct Line {
    rule: String,
    title: String,
    becomes: String,
    people: usize,
    comes_to: String,
}

impl Row for Line {
    const COLUMNS: &'static [Column] =
        &[keep("rule"), shrink("title"), keep("becomes"), keep("people"), prose("comes_to")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.rule.as_str().into(),
            self.title.as_str().into(),
            self.becomes.as_str().into(),
            number(self.people as u64).into(),
            self.comes_to.as_str().into(),
        ]
    }
}

fn line(rule: &PlannedRule) -> Line {
    let now = format!("{} {}", rule.status.as_str(), rule.version);
    let before = rule
        .status_before
        .map(|status| format!("{} {}", status.as_str(), rule.version_before.unwrap_or_default()));
    let becomes = match before {
        Some(before) if before == now => format!("{now}, as it is"),
        Some(before) => format!("{before} → {now}"),
        None => format!("{now}, new"),
    };
    let comes_to = rule.trainings.iter().map(|training| {
        let some = training.counts.iter().filter(|(_, count)| **count > 0);
        let some = some.map(|(what, count)| format!("{count} {}", what.replace('_', " ")));
        let some: Vec<String> = some.collect();
        format!("{}: {}", training.training, some.join(", "))
    });
    let comes_to: Vec<String> = comes_to.collect();
    Line {
        rule: rule.code.clone(),
        title: rule.title.clone(),
        becomes,
        people: rule.n_people,
        comes_to: comes_to.join("; "),
    }
}

/// People of a rule whose turn is still to come.
#[derive(Serialize)]
struct Turn<'a> {
    rule: &'a str,
    training: &'a str,
    on: String,
    people: u64,
}

impl Row for Turn<'_> {
    const COLUMNS: &'static [Column] =
        &[keep("rule"), keep("training"), keep("on"), keep("people")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.rule.into(),
            self.training.into(),
            self.on.as_str().into(),
            number(self.people).into(),
        ]
    }
}

fn turns(rule: &PlannedRule) -> impl Iterator<Item = Turn<'_>> {
    rule.trainings.iter().flat_map(move |training| {
        let turn = move |turn: &PlannedTurn| Turn {
            rule: &rule.code,
            training: &training.training,
            on: turn.on.to_string(),
            people: turn.n_people,
        };
        training.later.iter().map(turn)
    })
}

fn page(app: &App, plan: &RulePlan) -> String {
    let lines: Vec<Line> = plan.rules.iter().map(line).collect();
    let turns: Vec<Turn<'_>> = plan.rules.iter().flat_map(turns).collect();
    let last = if plan.changes_anything() {
        format!("Plan {}\n", plan.fingerprint)
    } else {
        "Nothing would be different.\n".to_owned()
    };
    parts(&[
        app.output.table(&lines),
        part(app, "Later", &turns),
        part(app, "Changes", &plan.effects),
        last,
    ])
}
