//! `lmsctl department move·merge·remove`, `location merge·remove`, `job-role merge·remove`

use clap::Args;
use lms_core::{
    FieldChange, PlannedLeader, PlannedMove, PlannedUnit, Reorganisation, ReorganisationPlan,
    UnitKind,
};
use serde::Serialize;

use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look, part, parts};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, counted, keep, shrink};

/// Move a department with all below it below another, or to the top
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department move ENG-WEB --parent SALES",
    "lmsctl department move ENG-WEB --top --from 2027-01-01 --dry-run",
])]
pub(crate) struct MoveArgs {
    /// Code or name
    department: Option<String>,
    /// Department above, by code or name
    #[arg(
        long,
        value_name = "DEPARTMENT",
        conflicts_with = "top",
        required_unless_present = "top"
    )]
    parent: Option<String>,
    /// To the top of the tree
    #[arg(long)]
    top: bool,
    /// From this day on; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Merge some into another one, with their people and all below them
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department merge ENG-WEB ENG-PLAT --into ENG --dry-run",
    "lmsctl location merge LIS --into Berlin --from 2027-01-01",
])]
pub(crate) struct MergeArgs {
    /// Those that close, by code or name
    #[arg(value_name = "UNIT")]
    units: Vec<String>,
    /// The one that takes their people
    #[arg(long, value_name = "UNIT")]
    into: String,
    /// From this day on; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Close one, and send its people to another; what is below it moves up
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department remove ENG-WEB --people-to ENG-PLAT",
    "lmsctl job-role remove PARTNER      # exit 4: people have it",
])]
pub(crate) struct RemoveArgs {
    /// Code or name
    unit: Option<String>,
    /// Where its people go; without it, nobody may be in it
    #[arg(long, value_name = "UNIT")]
    people_to: Option<String>,
    /// First day on which it is no longer there; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn r#move(app: &App, args: MoveArgs) -> Result {
    let session = app.open().await?;
    let department = picking::unit(app, &session, UnitKind::Department, args.department).await?;
    let moved = Reorganisation::move_department(&department, args.parent.as_deref());
    reorganise(app, &session, moved, args.from.as_deref(), args.dry_run).await
}

pub(crate) async fn merge(app: &App, kind: UnitKind, args: MergeArgs) -> Result {
    let session = app.open().await?;
    let mut units = args.units;
    if units.is_empty() {
        units.push(picking::unit(app, &session, kind, None).await?);
    }
    let merged = Reorganisation::merge(kind, &units, &args.into);
    reorganise(app, &session, merged, args.from.as_deref(), args.dry_run).await
}

pub(crate) async fn remove(app: &App, kind: UnitKind, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let unit = picking::unit(app, &session, kind, args.unit).await?;
    let mut removed = Reorganisation::remove(kind, &unit);
    if let Some(to) = &args.people_to {
        removed = removed.people_to(to);
    }
    reorganise(app, &session, removed, args.from.as_deref(), args.dry_run).await
}

async fn reorganise(
    app: &App,
    session: &Session,
    mut asked: Reorganisation,
    from: Option<&str>,
    dry_run: DryRunArgs,
) -> Result {
    if let Some(day) = session.optional_day(from).await? {
        asked = asked.from(day);
    }
    let people = session.lms.people();
    let plan = people.plan_reorganisation(&session.actor, asked).await?;
    let n_changes = plan.units.len() + plan.people.len();
    let units = counted(plan.units.len(), "unit", "units");
    let persons = counted(plan.people.len(), "person", "people");
    let question = format!("Change {units} and {persons}?");
    let question = (n_changes > 1).then_some(question.as_str());
    let looked = Look { dry_run, n_changes, question };
    let rows = lines(&plan);
    let was_shown = match look(app, &plan, &rows, &|| page(app, &plan), &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = people.reorganise(&session.actor, plan.clone()).await?;
    done(app, &outcome, &rows, &|| page(app, &plan), was_shown)?;
    let told = if outcome.operation.is_some() {
        format!("changed {units} and {persons}")
    } else {
        "nothing to change: all is as asked".to_owned()
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let counts = [("units", count(outcome.n_units)), ("people", count(outcome.n_people))];
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// A line of the plan: a field of a unit, or a person who goes elsewhere.
#[derive(Serialize)]
struct Line {
    what: String,
    name: String,
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Row for Line {
    const COLUMNS: &'static [Column] =
        &[keep("what"), shrink("name"), keep("field"), keep("before"), keep("after")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.what.as_str().into(),
            self.name.as_str().into(),
            self.field.as_str().into(),
            self.before.clone().into(),
            self.after.clone().into(),
        ]
    }
}

fn lines(plan: &ReorganisationPlan) -> Vec<Line> {
    let units = plan.units.iter().flat_map(|unit| unit_lines(unit).collect::<Vec<_>>());
    let people = plan.people.iter().map(|person| Line {
        what: "person".to_owned(),
        name: person.name.clone(),
        field: "unit".to_owned(),
        before: Some(person.before.clone()),
        after: Some(person.after.clone()),
    });
    let leaders = plan.leaders.iter().map(|leader| Line {
        what: "leader".to_owned(),
        name: leader.name.clone(),
        field: leader.role.clone(),
        before: Some(leader.unit.clone()),
        after: None,
    });
    units.chain(people).chain(leaders).collect()
}

fn unit_lines(unit: &PlannedUnit) -> impl Iterator<Item = Line> + '_ {
    let line = |change: &FieldChange| Line {
        what: unit.code.clone(),
        name: unit.name.clone(),
        field: change.field.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    };
    unit.changed.iter().map(line)
}

impl Row for PlannedMove {
    const COLUMNS: &'static [Column] =
        &[shrink("name"), keep("before"), keep("after"), apart("person")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.name.as_str().into(),
            self.before.as_str().into(),
            self.after.as_str().into(),
            self.person.to_string().into(),
        ]
    }
}

impl Row for PlannedLeader {
    const COLUMNS: &'static [Column] =
        &[shrink("name"), keep("role"), keep("unit"), apart("person")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.name.as_str().into(),
            self.role.as_str().into(),
            self.unit.as_str().into(),
            self.person.to_string().into(),
        ]
    }
}

/// A field of a unit.
#[derive(Serialize)]
struct UnitLine(Line);

impl Row for UnitLine {
    const COLUMNS: &'static [Column] =
        &[keep("code"), shrink("name"), keep("field"), keep("before"), keep("after")];
    fn cells(&self) -> Vec<Cell> {
        self.0.cells()
    }
}

fn page(app: &App, plan: &ReorganisationPlan) -> String {
    let units: Vec<UnitLine> = plan
        .units
        .iter()
        .flat_map(|unit| unit_lines(unit).collect::<Vec<_>>())
        .map(UnitLine)
        .collect();
    let carried = match usize::try_from(plan.n_carried) {
        Ok(0) | Err(_) => String::new(),
        Ok(n) => format!("With {} in it and below it\n", counted(n, "person", "people")),
    };
    let all = [
        part(app, &format!("Units, from {} on", plan.from), &units),
        part(app, "People who go elsewhere", &plan.people),
        part(app, "Who leads it no longer", &plan.leaders),
        carried,
    ];
    if all.iter().all(String::is_empty) {
        return "Everything is as asked already.\n".to_owned();
    }
    parts(&all)
}
