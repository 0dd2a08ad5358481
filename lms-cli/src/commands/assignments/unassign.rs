//! `lmsctl unassign`

use clap::Args;
use lms_core::{PlannedUnassignment, Unassigning};
use serde::Serialize;

use super::{WhoArgs, because, names, number, way_back};
use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep, prose};

/// Take assignments back; what was begun stays
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl unassign GDPR-101 --department Sales --dry-run",
    "lmsctl unassign GDPR-101 --person ada@demo.example --started",
    "lmsctl unassign --batch 8 --dry-run      # exit 7: that operation assigned nothing",
])]
pub(crate) struct UnassignArgs {
    /// Trainings by code
    #[arg(conflicts_with = "batch")]
    trainings: Vec<String>,
    /// All that one operation assigned, by its number
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    /// Also where somebody has begun
    #[arg(long)]
    started: bool,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    who: WhoArgs,
}

pub(crate) async fn run(app: &App, args: UnassignArgs) -> Result {
    let session;
    let asked = if let Some(batch) = &args.batch {
        session = app.open().await?;
        let shown = session.lms.batches().find(&session.actor, batch).await?;
        Unassigning::batch(shown.recorded_at)
    } else {
        let audience = args.who.audience()?;
        session = app.open().await?;
        let mut trainings = args.trainings;
        if trainings.is_empty() {
            trainings.push(picking::training(app, &session, None).await?);
        }
        Unassigning::of(trainings, audience)
    };
    let asked = asked.even_started(args.started);
    let actor = because(&session, args.reason.as_deref());
    let assignments = session.lms.assignments();
    let plan = assignments.plan_unassign(&actor, asked).await?;
    let rows = lines(&plan.trainings);
    let n_changes = plan.count("cancelled") + plan.count("weakened");
    let question = format!("Take {n_changes} assignments back?");
    let looked = Look {
        dry_run: args.dry_run,
        n_changes: usize::try_from(n_changes).unwrap_or(usize::MAX),
        question: (n_changes > 1).then_some(question.as_str()),
    };
    let page = || {
        if rows.is_empty() {
            "Nothing is assigned so.\n".to_owned()
        } else {
            app.output.table(&rows)
        }
    };
    let was_shown = match look(app, &plan, &rows, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = assignments.unassign(&actor, plan.clone()).await?;
    done(app, &outcome, &rows, &page, was_shown)?;
    let counts = ["cancelled", "weakened", "exempted", "kept_started"]
        .map(|fate| (fate, number(plan.count(fate))));
    let told = if outcome.operation.is_none() {
        "nothing to take back".to_owned()
    } else {
        let [(_, cancelled), (_, weakened), (_, exempted), (_, kept)] = counts;
        let back = way_back(&session, outcome.operation).await;
        let of_rules = match plan.count("exempted") {
            0 => String::new(),
            _ => format!("{exempted} exempt from what a rule wants, "),
        };
        format!(
            "{cancelled} cancelled, {weakened} kept by another reason, {of_rules}{kept} kept because begun{back}"
        )
    };
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// How many come to one thing for one training.
#[derive(Serialize)]
struct Line {
    training: String,
    what: String,
    people: u64,
    for_instance: String,
}

impl Row for Line {
    const COLUMNS: &'static [Column] =
        &[keep("training"), keep("what"), keep("people"), prose("for_instance")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.training.as_str().into(),
            self.what.as_str().into(),
            number(self.people).into(),
            self.for_instance.as_str().into(),
        ]
    }
}

fn lines(trainings: &[PlannedUnassignment]) -> Vec<Line> {
    let told = [
        ("cancelled", "cancelled"),
        ("weakened", "kept by another reason"),
        ("exempted", "exempt from what a rule wants"),
        ("kept_started", "kept because begun"),
    ];
    let mut lines = Vec::new();
    for one in trainings {
        for (fate, what) in told {
            let count = one.counts.get(fate).copied().unwrap_or_default();
            if count > 0 {
                let sample = one.samples.iter().find(|sample| sample.fate == fate);
                lines.push(Line {
                    training: one.training.clone(),
                    what: what.to_owned(),
                    people: count,
                    for_instance: names(sample.map_or(&[][..], |one| &one.people), count),
                });
            }
        }
    }
    lines
}
