//! `lmsctl rule simulate`

use std::fmt::Write as _;

use clap::Args;
use lms_core::{
    Day, Forecast, Load, SimulatedDepartment, SimulatedMonth, SimulatedRule, Simulation,
};

use super::acting::changes;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::assignments::number;
use crate::commands::plans::parts;
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Look ahead: people, assignments and hours of a time to come, as the rules are and as they would be
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody --due \"after joining + 30d\" && lmsctl rule simulate FIRE --over 2027-01-01..2027-12-31",
    "lmsctl rule simulate --over 2027-01-01..2027-03-31 --output csv",
])]
pub(crate) struct SimulateArgs {
    /// Codes of rules with a draft, or files in TOML or JSON; the rules as they are, unless said
    #[arg(value_name = "RULE|FILE")]
    rules: Vec<String>,
    /// The first and the last day
    #[arg(long, value_name = "DAY..DAY")]
    over: String,
}

pub(crate) async fn run(app: &App, args: SimulateArgs) -> Result {
    let asked = changes(&args.rules)?;
    let days = args.over.split_once("..");
    let (from, until) = days.ok_or_else(|| {
        USAGE
            .error(format!("`--over {}` is not from one day to another", args.over))
            .with_hint("write it like `--over 2027-01-01..2027-12-31`")
    })?;
    let session = app.open().await?;
    let today = session.day("today").await?;
    let day = |text: &str| Day::parse_relative(text, today);
    let simulation = Simulation::over(day(from)?, day(until)?);
    let simulation = asked.into_iter().fold(simulation, Simulation::with);
    let forecast = session.lms.rules().simulate(&session.actor, simulation).await?;
    app.output.present(&forecast, &forecast.months, || page(app, &forecast))?;
    Ok(Exit::Done)
}

/// Minutes as hours, of which a half counts as one.
fn hours(minutes: u64) -> i64 {
    number(minutes.saturating_add(30) / 60)
}

impl Row for SimulatedMonth {
    const COLUMNS: &'static [Column] = &[
        keep("month"),
        keep("assigned_now"),
        keep("assigned"),
        keep("completed_now"),
        keep("completed"),
        keep("overdue_now"),
        keep("overdue"),
        keep("hours_now"),
        keep("hours"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (now, then) = (&self.now, &self.then);
        vec![
            self.month.as_str().into(),
            number(now.assigned).into(),
            number(then.assigned).into(),
            number(now.completed).into(),
            number(then.completed).into(),
            number(now.overdue).into(),
            number(then.overdue).into(),
            hours(now.minutes).into(),
            hours(then.minutes).into(),
        ]
    }
}

impl Row for SimulatedRule {
    const COLUMNS: &'static [Column] =
        &[keep("rule"), keep("people_now"), keep("people"), keep("gained"), keep("lost")];

    fn cells(&self) -> Vec<Cell> {
        let counts = [self.people_now, self.people_then, self.gained, self.lost];
        let counts = counts.into_iter().map(|count| number(count as u64).into());
        std::iter::once(self.code.as_str().into()).chain(counts).collect()
    }
}

/// A month, or all of them, as it would be; with what the change makes of it, where there is one.
#[derive(serde::Serialize)]
struct Line {
    month: String,
    cells: [String; 4],
}

impl Line {
    fn of(month: &str, now: &Load, then: &Load, is_change: bool) -> Self {
        let counted = |load: &Load| {
            [load.assigned, load.completed, load.overdue]
                .map(number)
                .into_iter()
                .chain([hours(load.minutes)])
        };
        let mut cells = counted(now).zip(counted(then)).map(|(now, then)| match then - now {
            _ if !is_change => then.to_string(),
            0 => format!("{then}     ·"),
            more => format!("{then} {:>5}", format!("{more:+}")),
        });
        Self {
            month: month.to_owned(),
            cells: std::array::from_fn(|_| cells.next().unwrap_or_default()),
        }
    }
}

/// Numbers end below each other.
fn align(lines: &mut [Line]) {
    for at in 0..4 {
        let width = lines.iter().map(|line| line.cells[at].chars().count()).max().unwrap_or(0);
        for line in &mut *lines {
            line.cells[at] = format!("{:>width$}", line.cells[at]);
        }
    }
}

impl Row for Line {
    const COLUMNS: &'static [Column] = &[
        keep("month"),
        keep("assigned"),
        keep("completed"),
        keep("becoming_overdue"),
        keep("hours"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let cells = self.cells.iter().map(|cell| cell.as_str().into());
        std::iter::once(self.month.as_str().into()).chain(cells).collect()
    }
}

impl Row for SimulatedDepartment {
    const COLUMNS: &'static [Column] = &[
        shrink("department"),
        keep("people"),
        keep("hours"),
        keep("peak_month"),
        keep("peak_hours"),
        keep("becoming_overdue"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.name.as_deref().unwrap_or("without a department").into(),
            number(self.people).into(),
            hours(self.minutes).into(),
            self.peak_month.clone().into(),
            hours(self.peak_minutes).into(),
            number(self.overdue).into(),
        ]
    }
}

/// A year on a page: what it comes to, what the change makes of it, month by month, and by department as far
/// as the first level on which there are several.
fn page(app: &App, forecast: &Forecast) -> String {
    let is_change = !forecast.rules.is_empty();
    let (now, then) = (&forecast.now, &forecast.then);
    let mut said = format!(
        "From {} to {}, of {} people: {} assignments begin, {} are done in {} hours of learning, {} \
         become overdue.\n",
        forecast.from,
        forecast.until,
        forecast.people,
        then.assigned,
        then.completed,
        hours(then.minutes),
        then.overdue
    );
    if is_change {
        let more = |now: u64, then: u64| number(then) - number(now);
        let _ = writeln!(
            said,
            "The change makes that {:+} assignments, {:+} hours and {:+} overdue; small numbers say so month \
             by month.",
            more(now.assigned, then.assigned),
            hours(then.minutes) - hours(now.minutes),
            more(now.overdue, then.overdue)
        );
    }
    let mut months: Vec<Line> = forecast
        .months
        .iter()
        .map(|month| Line::of(&month.month, &month.now, &month.then, is_change))
        .collect();
    months.push(Line::of("all", now, then, is_change));
    align(&mut months);
    let deepest = forecast.departments.iter().map(|one| one.depth).max().unwrap_or(0);
    let has_several = |depth: &usize| at_depth(forecast, *depth).count() > 1;
    let level = (0..=deepest).find(has_several).unwrap_or(0);
    let mut departments: Vec<SimulatedDepartment> = at_depth(forecast, level).cloned().collect();
    let without = forecast.departments.iter().filter(|one| one.department.is_none());
    departments.extend(without.cloned());
    departments.sort_by_key(|one| std::cmp::Reverse((one.minutes, one.overdue)));
    let table = |title: &str, table: String| format!("{}{table}", app.output.heading(title));
    let (n_shown, n_all) = (departments.len(), forecast.departments.len());
    let mut told = table("Departments", app.output.table(&departments));
    if n_shown < n_all {
        let _ = writeln!(told, "… each with all below it; `--output json` has all {n_all}");
    }
    let assumed = format!(
        "Taken as given: nobody comes who is not recorded yet, and {} of a hundred are in time.\n",
        forecast.on_time_percent
    );
    let rules =
        if is_change { table("Rules", app.output.table(&forecast.rules)) } else { String::new() };
    parts(&[said, rules, table("Months", app.output.table(&months)), told, assumed])
}

/// The departments with so many above them.
fn at_depth(forecast: &Forecast, depth: usize) -> impl Iterator<Item = &SimulatedDepartment> {
    let all = forecast.departments.iter().filter(|one| one.department.is_some());
    all.filter(move |one| one.depth == depth)
}
