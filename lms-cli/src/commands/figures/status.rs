//! `lmsctl status`

use std::fmt::Write;
use std::time::Duration;

use clap::Args;
use lms_core::{ComplianceRow, JobStatus, OrganisationStatus, StatusQuery, Timestamp};
use serde::Serialize;

use super::{MomentArgs, as_known, met};
use crate::app::{App, Session};
use crate::cli::duration;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::{Cell, harmless};

/// So many departments are shown on the page; the other formats have all.
const ROWS_MAX: usize = 16;
/// So many departments are named as those with the most that is overdue.
const WORST_MAX: usize = 3;
const BAR: usize = 20;
const NAME: usize = 28;
/// The job that must have run, whatever else there is.
const SWEEP: &str = "sweep";

/// Show how things stand, on one screen
///
/// Compliance counts mandatory obligations: met are those with a completion that is valid, missed those
/// that are overdue or expired. Departments count with all below them. With --max-age it fails (exit 6)
/// when the last good run of a job is older, or the nightly pass never ran: `--max-age 26h` for a pass
/// that runs every night.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl status",
    "lmsctl status --as-of 2026-03-31",
    "lmsctl status --department Engineering --output json",
    "lmsctl status --as-of 2026-03-31 --known-at 2026-04-01T00:00:00Z",
])]
pub(crate) struct StatusArgs {
    /// Fail when the last good run of a job is older, such as 26h
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_age: Option<Duration>,
    #[command(flatten)]
    moment: MomentArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

/// The page, for programs.
#[derive(Debug, Serialize)]
struct Status {
    #[serde(flatten)]
    organisation: OrganisationStatus,
    /// Nothing where the actor does not see what jobs did.
    jobs: Option<Vec<JobStatus>>,
}

pub(crate) async fn run(app: &App, args: StatusArgs) -> Result {
    let query = StatusQuery::new().audience(args.audience.audience()?);
    let session = app.open().await?;
    let (day, known_at) = args.moment.read(&session).await?;
    let query = query.as_of(day).known_at(known_at);
    let organisation = session.lms.analytics().status(&session.actor, query).await?;
    let jobs = jobs(&session, args.max_age.is_some()).await?;
    let status = Status { organisation, jobs };
    app.output.present(&status, &status.organisation.compliance.rows, || {
        let mut page = page(app, &status.organisation);
        page.push_str(&runs(app, status.jobs.as_deref().unwrap_or_default()));
        page
    })?;
    match args.max_age {
        Some(max_age) => young_enough(&status, max_age, session.lms.now()),
        None => Ok(Exit::Done),
    }
}

/// Where they are asked for, whoever may not see them is told so.
async fn jobs(session: &Session, is_needed: bool) -> Result<Option<Vec<JobStatus>>> {
    if !is_needed && !session.actor.may("jobs.read") {
        return Ok(None);
    }
    Ok(Some(session.lms.job_runs().last_runs(&session.actor).await?))
}

fn young_enough(status: &Status, max_age: Duration, now: Timestamp) -> Result {
    let jobs = status.jobs.as_deref().unwrap_or_default();
    let mut old: Vec<String> = jobs
        .iter()
        .filter(|job| job.is_older_than(max_age, now))
        .map(|job| match job.last_good.as_ref().and_then(|run| run.finished_at) {
            Some(at) => format!("{} (last good run {})", job.job, Cell::from(at).shown()),
            None => format!("{} (no good run)", job.job),
        })
        .collect();
    if !jobs.iter().any(|job| job.job == SWEEP) {
        old.push(format!("{SWEEP} (never ran)"));
    }
    if old.is_empty() {
        return Ok(Exit::Done);
    }
    Err(CHECK_FAILED
        .error(format!("too long ago: {}", old.join(", ")))
        .with_hint("`lmsctl schedule print` has the lines that run them every night")
        .into())
}

/// `sweep        done 2026-03-31 02:00:04Z, for 2026-03-31`
fn runs(app: &App, jobs: &[JobStatus]) -> String {
    if jobs.is_empty() {
        return String::new();
    }
    let mut page = format!("\n{}", app.output.heading("Last runs"));
    for job in jobs {
        let at = job.last.finished_at.unwrap_or(job.last.started_at);
        let mut told =
            format!("{} {}, for {}", job.last.state.as_str(), Cell::from(at).shown(), job.last.day);
        let good = job.last_good.as_ref().filter(|good| good.id != job.last.id);
        if let Some(at) = good.and_then(|good| good.finished_at) {
            let _ = write!(told, "; last good {}", Cell::from(at).shown());
        }
        page.push_str(&app.output.pairs(&[(job.job.as_str(), told)]));
    }
    page
}

/// How things stand, for people.
pub(crate) fn page(app: &App, status: &OrganisationStatus) -> String {
    let people = &status.people;
    let figures = &status.compliance.total;
    let heading = format!(
        "{} on {}{}",
        harmless(&status.organisation),
        status.as_of,
        as_known(status.known_at)
    );
    let mut page = app.output.heading(&heading);
    let people_share = match figures.compliant_people_percent {
        Some(share) => format!(
            "{} of {} have missed nothing, {share} %",
            figures.compliant_people, figures.measured_people
        ),
        None => "nobody has anything mandatory to do".to_owned(),
    };
    page.push_str(&app.output.pairs(&[
        (
            "people",
            format!(
                "{} active, {} on leave, {} yet to begin, {} gone",
                people.active, people.on_leave, people.pre_hire, people.inactive
            ),
        ),
        ("compliance", format!("{}; {people_share}", met(figures))),
        (
            "not measured",
            format!(
                "{} open and in time, {} late within the grace",
                figures.open, figures.in_grace
            ),
        ),
        (
            "left out",
            format!(
                "{} exempt, {} on leave, {} cancelled; {} people without obligations",
                figures.exempt,
                figures.on_leave,
                figures.cancelled,
                figures.people_without_obligations
            ),
        ),
        (
            "missed",
            format!("{} overdue, {} expired{}", figures.overdue, figures.expired, worst(status)),
        ),
        (
            "due",
            format!(
                "{} within 7 days, {} within 30 days",
                status.due.within_7_days, status.due.within_30_days
            ),
        ),
        (
            "waiting",
            format!("{} for a decision, {} for a seat", status.exceptions, status.waitlisted),
        ),
    ]));
    let rows: Vec<&ComplianceRow> =
        status.compliance.rows.iter().filter(|row| row.depth < 2).collect();
    if !rows.is_empty() {
        page.push('\n');
        page.push_str(&app.output.heading("Compliance by department"));
    }
    for row in rows.iter().take(ROWS_MAX) {
        bar(&mut page, row);
    }
    let hidden = status.compliance.rows.len() - rows.len().min(ROWS_MAX);
    if hidden > 0 {
        let _ = writeln!(page, "… and {hidden} more: `lmsctl status --output csv` has all");
    }
    page
}

/// `Engineering                 ████████████████████   812 of   900  90.2 %`
fn bar(page: &mut String, row: &ComplianceRow) {
    let name = format!("{}{}", "  ".repeat(row.depth), harmless(&row.name));
    let name: String = match name.chars().count() {
        length if length > NAME => name.chars().take(NAME - 1).chain(['…']).collect(),
        length => name + &" ".repeat(NAME - length),
    };
    let figures = &row.figures;
    let Some(share) = figures.met_percent else {
        let _ = writeln!(page, "{name}  nothing to measure");
        return;
    };
    // Rounded down as the share is: only a full bar is all of them.
    let whole = usize::try_from(figures.measured).unwrap_or(usize::MAX).max(1);
    let filled = usize::try_from(figures.met).unwrap_or(0).saturating_mul(BAR) / whole;
    let _ = writeln!(
        page,
        "{name}  {}{}  {:>5} of {:>5}  {:>5} %",
        "█".repeat(filled),
        "░".repeat(BAR - filled),
        figures.met,
        figures.measured,
        share.to_string(),
    );
}

/// `; most in Sales (12), Web (3)`
fn worst(status: &OrganisationStatus) -> String {
    let own = |row: &ComplianceRow| row.own.as_ref().unwrap_or(&row.figures).overdue;
    let mut rows: Vec<(i64, &str)> = status
        .compliance
        .rows
        .iter()
        .map(|row| (own(row), row.name.as_str()))
        .filter(|(overdue, _)| *overdue > 0)
        .collect();
    rows.sort_by_key(|(overdue, _)| -overdue);
    let named: Vec<String> = rows
        .iter()
        .take(WORST_MAX)
        .map(|(overdue, name)| format!("{} ({overdue})", harmless(name)))
        .collect();
    if named.is_empty() { String::new() } else { format!("; most overdue in {}", named.join(", ")) }
}
