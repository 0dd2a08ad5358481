//! `lmsctl assign`

use clap::Args;
use lms_core::engine::{Kind, OnPastDue};
use lms_core::{DueRule, NewAssignments, PlannedTrainingAssignment};
use serde::Serialize;

use super::{WhoArgs, because, names, number, way_back};
use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, counted, keep, prose};

/// Assign trainings to people, shown as a plan first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl assign GDPR-101 --department Engineering --due +30d --dry-run",
    "lmsctl assign GDPR-101 FIRE-SAFETY --department Sales --not-job-role LEAD --due +60d --kind mandatory",
    "lmsctl assign GDPR-101 --person ada@demo.example --due \"after hire + 14d\" --on-past-due park",
    "lmsctl assign --path NEW-HIRE --person ada@demo.example --reason \"joined late\"",
])]
pub(crate) struct AssignArgs {
    /// Trainings by code
    trainings: Vec<String>,
    /// Learning path by code; repeat for several
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<String>,
    /// 2026-12-31, +30d, "after hire + 14d", "after completing CODE + 7d", "every 12-01" or never
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    due: Option<String>,
    /// Mandatory, recommended or optional
    #[arg(long, value_name = "KIND", default_value = "mandatory")]
    kind: String,
    /// Days of grace after the due day; those of the organisation, unless said
    #[arg(long, value_name = "DAYS")]
    grace: Option<u32>,
    /// What would be past due: extend, extend:DAYS, assign or park
    #[arg(long, value_name = "HOW", default_value = "extend")]
    on_past_due: String,
    /// Also to those who have done it
    #[arg(long)]
    again: bool,
    /// With what has to come first
    #[arg(long)]
    with_prerequisites: bool,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    who: WhoArgs,
}

pub(crate) async fn run(app: &App, args: AssignArgs) -> Result {
    let on_past_due = on_past_due(&args.on_past_due, "today")?;
    let kind = Kind::parse(&args.kind)?;
    let audience = args.who.audience()?;
    let session = app.open().await?;
    let named = if args.trainings.is_empty() && args.paths.is_empty() {
        vec![picking::given_training(app, &session).await?]
    } else {
        args.trainings
    };
    let mut new = NewAssignments::to(audience)
        .kind(kind)
        .on_past_due(on_past_due)
        .again(args.again)
        .with_prerequisites(args.with_prerequisites);
    new = named.iter().fold(new, |new, training| new.training(training));
    new = args.paths.iter().fold(new, |new, path| new.path(path));
    if let Some(due) = &args.due {
        let today = session.day("today").await?;
        new = new.due(DueRule::parse(due, today)?);
    }
    if let Some(days) = args.grace {
        new = new.grace_days(days);
    }
    let actor = because(&session, args.reason.as_deref());
    let assignments = session.lms.assignments();
    let plan = assignments.plan_assign(&actor, new).await?;
    let rows = lines(&plan.trainings);
    let codes: Vec<&str> = plan.trainings.iter().map(|one| one.training.as_str()).collect();
    let question =
        format!("Assign {} to {}?", codes.join(", "), counted(plan.n_people, "person", "people"));
    let n_changes = if plan.changes_anything() { plan.n_people } else { 0 };
    let looked = Look {
        dry_run: args.dry_run,
        n_changes,
        question: (n_changes > 1).then_some(question.as_str()),
    };
    let page = || page(app, &rows, plan.n_people);
    let was_shown = match look(app, &plan, &rows, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = assignments.assign(&actor, plan.clone()).await?;
    done(app, &outcome, &rows, &page, was_shown)?;
    let count = |outcome| number(plan.count(outcome));
    let counts = lms_core::engine::Outcome::ALL.map(|outcome| (outcome.as_str(), count(outcome)));
    let told = if outcome.operation.is_none() {
        "nothing to assign: everybody has it, or cannot be given it".to_owned()
    } else {
        let some = counts.iter().filter(|(_, count)| *count > 0);
        let some: Vec<String> =
            some.map(|(name, count)| format!("{count} {}", name.replace('_', " "))).collect();
        format!("{}{}", some.join(", "), way_back(&session, outcome.operation).await)
    };
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// Reads `--on-past-due`; days are counted from `when`.
pub(crate) fn on_past_due(text: &str, when: &str) -> Result<OnPastDue> {
    let text = text.trim().to_lowercase();
    let days = text.strip_prefix("extend:").and_then(|days| days.trim().parse().ok());
    match (text.as_str(), days) {
        ("extend", _) => Ok(OnPastDue::default()),
        (_, Some(days)) => Ok(OnPastDue::Extend(days)),
        ("assign", _) => Ok(OnPastDue::AssignAnyway),
        ("park", _) => Ok(OnPastDue::Park),
        _ => Err(USAGE
            .error(format!("`--on-past-due {text}` is none of extend, extend:DAYS, assign, park"))
            .with_hint(format!("`extend` gives 14 days from {when}, `park` lets somebody decide"))
            .into()),
    }
}

/// How many come to one thing for one training.
#[derive(Serialize)]
pub(super) struct Line {
    training: String,
    title: String,
    due: String,
    what: String,
    people: u64,
    for_instance: String,
}

impl Row for Line {
    const COLUMNS: &'static [Column] =
        &[keep("training"), keep("due"), keep("what"), keep("people"), prose("for_instance")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.training.as_str().into(),
            self.due.as_str().into(),
            self.what.as_str().into(),
            number(self.people).into(),
            self.for_instance.as_str().into(),
        ]
    }
}

pub(super) fn lines(trainings: &[PlannedTrainingAssignment]) -> Vec<Line> {
    let mut lines = Vec::new();
    for one in trainings {
        for outcome in lms_core::engine::Outcome::ALL {
            let count = one.counts.get(outcome.as_str()).copied().unwrap_or_default();
            if count == 0 {
                continue;
            }
            let sample = one.samples.iter().find(|sample| sample.outcome == outcome.as_str());
            lines.push(Line {
                training: one.training.clone(),
                title: one.title.clone(),
                due: one.due.clone(),
                what: outcome.as_str().replace('_', " "),
                people: count,
                for_instance: names(sample.map_or(&[][..], |one| &one.people), count),
            });
        }
    }
    lines
}

fn page(app: &App, rows: &[Line], n_people: usize) -> String {
    if rows.is_empty() {
        return "Nobody is meant.\n".to_owned();
    }
    let sum = format!("Of {}.\n", counted(n_people, "person", "people"));
    format!("{}\n{sum}", app.output.table(rows))
}
