//! `lmsctl person merge`

use clap::Args;
use lms_core::{MergePlan, MergedField, MergedPlacement, PersonStatus};
use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, drop_first, keep, shrink};

/// Make one of two records that are one human
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person duplicates",
    "lmsctl person merge 00112 112 --dry-run",
    "lmsctl person merge 00112 112 --yes",
])]
pub(crate) struct MergeArgs {
    /// The record that stays: e-mail, employee number, user name or id
    keep: Option<String>,
    /// The record that goes into it
    other: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What a merge would do, and that nothing was done.
#[derive(Serialize)]
struct Planned<'a> {
    dry_run: bool,
    #[serde(flatten)]
    plan: &'a MergePlan,
}

pub(crate) async fn run(app: &App, args: MergeArgs) -> Result {
    let session = app.open().await?;
    let people = session.lms.people();
    let pick = async |named, asked| {
        picking::person_who(app, &session, named, PersonStatus::ALL, asked).await
    };
    let keep = pick(args.keep, "Which record stays?").await?;
    let other = pick(args.other, "Which record goes into it?").await?;
    let plan = people.plan_merge(&session.actor, &keep, &other).await?;
    if args.dry_run.dry_run {
        let planned = Planned { dry_run: true, plan: &plan };
        app.output.present(&planned, &plan.fields, || page(app, &plan))?;
        app.output.done("dry run: the two records would become one; nothing was changed");
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, true));
    }
    if app.prompt.asks() {
        app.output.aside(&page(app, &plan));
    }
    let (kept, gone) = (&plan.keep.name, &plan.other.name);
    app.prompt.confirm(&format!("Merge {gone} into {kept}? This cannot be undone."))?;
    // What somebody has looked at is what is done, or nothing is.
    let fingerprint = Some(plan.fingerprint.as_str());
    let outcome = people.merge(&session.actor, &keep, &other, fingerprint).await?;
    app.output.present(&outcome, &outcome.changed, || app.output.table(&outcome.changed))?;
    app.output.done(&format!("merged {gone} into {kept}"));
    Ok(Exit::Done)
}

fn page(app: &App, plan: &MergePlan) -> String {
    let title = format!("{} becomes part of {}", plan.other.name, plan.keep.name);
    let employments: Vec<String> = plan
        .employments
        .iter()
        .map(|one| {
            let terminated_on = one.terminated_on.map_or("now".to_owned(), |day| day.to_string());
            format!("  {} to {terminated_on}\n", one.hired_on)
        })
        .collect();
    let along: Vec<String> = along(plan).into_iter().map(|line| format!("  {line}\n")).collect();
    let parts = [
        (title, app.output.table(&plan.fields)),
        ("Employments afterwards".to_owned(), employments.concat()),
        ("Placements afterwards".to_owned(), app.output.table(&plan.placements)),
        ("What comes along".to_owned(), along.concat()),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{}{text}", app.output.heading(&title)))
        .collect();
    told.join("\n")
}

/// What else changes hands, a line each.
fn along(plan: &MergePlan) -> Vec<String> {
    let mut lines = Vec::new();
    let reports = usize::try_from(plan.reports).unwrap_or_default();
    if reports > 0 {
        lines.push(format!("reports: {}", counted(reports, "person", "people")));
    }
    let mut listed = |what: &str, names: &[String]| {
        if !names.is_empty() {
            lines.push(format!("{what}: {}", names.join(", ")));
        }
    };
    listed("departments led", &plan.leads);
    listed("groups", &plan.groups);
    let sources = plan.sources.iter().map(|known| format!("{}:{}", known.source, known.key));
    listed("known to feeds as", &sources.collect::<Vec<_>>());
    listed("account", plan.account.as_slice());
    listed("finds nobody any more", &plan.lost);
    lines
}

impl Row for MergedField {
    const COLUMNS: &'static [Column] =
        &[keep("field"), shrink("keep"), shrink("other"), shrink("result")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.field.as_str().into(),
            self.keep.clone().into(),
            self.other.clone().into(),
            self.result.clone().into(),
        ]
    }
}

impl Row for MergedPlacement {
    const COLUMNS: &'static [Column] = &[
        keep("from"),
        keep("until"),
        keep("status"),
        shrink("department"),
        drop_first("location"),
        shrink("job_role"),
        drop_first("manager"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.from.to_string().into(),
            self.until.map(|day| day.to_string()).into(),
            self.status.as_str().into(),
            self.department.clone().into(),
            self.location.clone().into(),
            self.job_role.clone().into(),
            self.manager.clone().into(),
        ]
    }
}
