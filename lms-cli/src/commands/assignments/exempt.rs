//! `lmsctl exempt`: who need not.

use clap::{Args, Subcommand};
use lms_core::{ExemptPlan, Exemption, ExemptionFilter, NewExemptions};

use super::{WhoArgs, because, names, way_back};
use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, apart, counted, keep, prose, shrink};

/// Exempt people from a training for a time
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl exempt add FIRST-AID --person ada@demo.example --until +6m --reason \"certified elsewhere\"",
    "lmsctl exempt list",
])]
pub(crate) enum ExemptCommand {
    Add(AddArgs),
    List(ListArgs),
    Revoke(RevokeArgs),
}

pub(crate) async fn run(app: &App, command: ExemptCommand) -> Result {
    match command {
        ExemptCommand::Add(args) => add(app, args).await,
        ExemptCommand::List(args) => list(app, args).await,
        ExemptCommand::Revoke(args) => revoke(app, args).await,
    }
}

/// Exempt one person or many; the clock of what is open stands still meanwhile
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl exempt add FIRST-AID --person ada@demo.example --reason \"is a doctor\" --approved-by \"Bo Berg\"",
    "lmsctl exempt add GDPR-101 --department Sales --until +30d --reason \"trade fair\" --dry-run",
])]
pub(crate) struct AddArgs {
    /// Training by code
    training: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// First day; today, unless said
    #[arg(long = "since", value_name = "DAY", allow_hyphen_values = true)]
    from_on: Option<String>,
    /// Last day; for good, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Who approved it
    #[arg(long, value_name = "NAME")]
    approved_by: Option<String>,
    /// Where the evidence lies: a link
    #[arg(long, value_name = "LINK")]
    evidence: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn add(app: &App, args: AddArgs) -> Result {
    let audience = args.who.audience()?;
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let mut new = NewExemptions::from_training(&training, audience, &args.reason);
    if let Some(day) = session.optional_day(args.from_on.as_deref()).await? {
        new = new.from(day);
    }
    if let Some(day) = session.optional_day(args.until.as_deref()).await? {
        new = new.until(day);
    }
    new = args.approved_by.iter().fold(new, |new, name| new.approved_by(name));
    new = args.evidence.iter().fold(new, |new, link| new.evidence(link));
    let assignments = session.lms.assignments();
    let plan = assignments.plan_exempt(&session.actor, new).await?;
    let n_changes = plan.n_people - plan.n_already;
    let people = counted(n_changes, "person", "people");
    let question = format!("Exempt {people} from {}?", plan.training);
    let looked = Look {
        dry_run: args.dry_run,
        n_changes,
        question: (n_changes > 1).then_some(question.as_str()),
    };
    let rows = [Planned(plan.clone())];
    let page = || app.output.card(&rows[0]);
    let was_shown = match look(app, &plan, &rows, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = assignments.exempt(&session.actor, plan).await?;
    done(app, &outcome, &rows, &page, was_shown)?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let told = if outcome.operation.is_some() {
        let back = way_back(&session, outcome.operation).await;
        format!("exempted {people}{back}")
    } else {
        "nothing to do: they are exempt already".to_owned()
    };
    let counts = [("exempted", count(outcome.n_exempted)), ("already", count(outcome.n_already))];
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

#[derive(serde::Serialize)]
struct Planned(ExemptPlan);

impl Row for Planned {
    const COLUMNS: &'static [Column] = &[
        keep("training"),
        keep("from"),
        keep("until"),
        keep("people"),
        keep("exempt_already"),
        keep("with_an_assignment"),
        shrink("for_instance"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let Self(plan) = self;
        let count = |n: usize| Cell::from(i64::try_from(n).unwrap_or(i64::MAX));
        vec![
            plan.training.as_str().into(),
            plan.from.to_string().into(),
            plan.until.map(|day| day.to_string()).into(),
            count(plan.n_people),
            count(plan.n_already),
            count(plan.n_assigned),
            names(&plan.samples, (plan.n_people - plan.n_already) as u64).into(),
        ]
    }
}

/// List exemptions that hold, or will
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl exempt list --department Sales",
    "lmsctl exempt list --training FIRST-AID --ended",
])]
pub(crate) struct ListArgs {
    /// Training by code
    #[arg(long, value_name = "TRAINING")]
    training: Option<String>,
    /// Also those that have ended
    #[arg(long)]
    ended: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn list(app: &App, args: ListArgs) -> Result {
    let mut filter = ExemptionFilter::new().ended(args.ended);
    filter = args.training.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, ExemptionFilter::audience);
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.assignments().exemptions(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "exemption", "exemptions")?;
    Ok(Exit::Done)
}

impl Row for Exemption {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        keep("training"),
        keep("from"),
        keep("until"),
        prose("reason"),
        keep("id"),
        apart("approved_by"),
        apart("evidence"),
        apart("person_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.as_str().into(),
            self.training.as_str().into(),
            self.from.to_string().into(),
            self.until.map(|day| day.to_string()).into(),
            self.reason.as_str().into(),
            self.id.to_string().into(),
            self.approved_by.clone().into(),
            self.evidence.clone().into(),
            self.person_id.to_string().into(),
        ]
    }
}

/// End an exemption: from today, or a day on, it holds no longer
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl exempt revoke 01900000-0000-7000-8000-000000000000 --since +7d      # exit 7: there is none",
])]
pub(crate) struct RevokeArgs {
    /// Its id, as `exempt list` shows it
    exemption: String,
    /// First day on which it no longer holds; today, unless said
    #[arg(long = "since", value_name = "DAY", allow_hyphen_values = true)]
    from_on: Option<String>,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

async fn revoke(app: &App, args: RevokeArgs) -> Result {
    let id = args.exemption.trim().parse().map_err(|_| {
        USAGE
            .error(format!("`{}` is not the id of an exemption", args.exemption))
            .with_hint("`lmsctl exempt list` shows the ids")
    })?;
    let session = app.open().await?;
    let from = session.optional_day(args.from_on.as_deref()).await?;
    let actor = because(&session, args.reason.as_deref());
    let operation = session.lms.assignments().revoke_exemption(&actor, id, from).await?;
    app.output.done(if operation.is_some() {
        "the exemption ends"
    } else {
        "it has ended already"
    });
    Ok(Exit::Done)
}
