//! `lmsctl extend`

use clap::Args;
use lms_core::{Extend, NewExtension, PlannedExtension};

use super::{WhoArgs, because, way_back};
use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look, part, parts};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, counted, keep};

/// Give people more time for a training, this time only
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl extend GDPR-101 --person ada@demo.example --until +30d",
    "lmsctl extend GDPR-101 --department Sales --by 14 --reason \"trade fair\" --dry-run",
])]
pub(crate) struct ExtendArgs {
    /// Training by code
    training: Option<String>,
    /// New due day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Days more; from today, where the due day is past
    #[arg(long, value_name = "DAYS", conflicts_with = "until")]
    by: Option<u32>,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    who: WhoArgs,
}

pub(crate) async fn run(app: &App, args: ExtendArgs) -> Result {
    let audience = args.who.audience()?;
    if args.until.is_none() && args.by.is_none() {
        return Err(USAGE
            .error("it is not said until when")
            .with_hint("name a day with `--until`, or days more with `--by`")
            .into());
    }
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let to = match (session.optional_day(args.until.as_deref()).await?, args.by) {
        (Some(day), _) => Extend::Until(day),
        (None, by) => Extend::By(by.unwrap_or_default()),
    };
    let actor = because(&session, args.reason.as_deref());
    let assignments = session.lms.assignments();
    let new = NewExtension::of(&training, audience, to);
    let plan = assignments.plan_extend(&actor, new).await?;
    let n_changes = plan.n_extended;
    let what = counted(n_changes, "assignment", "assignments");
    let question = format!("Extend {what} of {}?", plan.training);
    let looked = Look {
        dry_run: args.dry_run,
        n_changes,
        question: (n_changes > 1).then_some(question.as_str()),
    };
    let page = || {
        let sum = format!(
            "Of {}: {} due later, {} without anything due, {} due as late already\n",
            counted(plan.n_people, "person", "people"),
            plan.n_extended,
            plan.n_without,
            plan.n_later
        );
        parts(&[part(app, "For instance", &plan.samples), sum])
    };
    let was_shown = match look(app, &plan, &plan.samples, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = assignments.extend(&actor, plan.clone()).await?;
    done(app, &outcome, &plan.samples, &page, was_shown)?;
    let told = if outcome.operation.is_some() {
        format!("extended {what}{}", way_back(&session, outcome.operation).await)
    } else {
        "nothing to extend".to_owned()
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let counts = [
        ("extended", count(outcome.n_extended)),
        ("without", count(plan.n_without)),
        ("later", count(plan.n_later)),
    ];
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

impl Row for PlannedExtension {
    const COLUMNS: &'static [Column] = &[keep("person"), keep("due_on"), keep("extended_to")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.name.as_str().into(),
            self.due_on.to_string().into(),
            self.extended_to.to_string().into(),
        ]
    }
}
