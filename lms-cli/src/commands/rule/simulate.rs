//! `lmsctl rule simulate`

use clap::Args;
use lms_core::{Day, Forecast, SimulatedDepartment, SimulatedMonth, SimulatedRule, Simulation};

use super::acting::changes;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::assignments::number;
use crate::commands::plans::{part, parts};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, keep};

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

impl Row for SimulatedDepartment {
    const COLUMNS: &'static [Column] = &[
        keep("department"),
        keep("people"),
        keep("peak_month"),
        keep("peak_hours"),
        keep("overdue"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.department.clone().into(),
            number(self.people).into(),
            self.peak_month.clone().into(),
            hours(self.peak_minutes).into(),
            number(self.overdue).into(),
        ]
    }
}

fn page(app: &App, forecast: &Forecast) -> String {
    let people = forecast.people;
    let assumed = format!(
        "Of the {people} people who are there or are to come; {} of a hundred are taken to be in time.\n",
        forecast.on_time_percent
    );
    parts(&[
        part(app, "Rules", &forecast.rules),
        part(app, "Months", &forecast.months),
        part(app, "Departments", &forecast.departments),
        assumed,
    ])
}
