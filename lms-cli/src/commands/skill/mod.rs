//! `lmsctl skill`: what people can, what job roles require, and who lacks what.

use clap::Subcommand;
use lms_core::{
    ClosingTraining, HeldBy, PersonSkill, RequiredSkill, RoleReadiness, Skill, SkillGap,
};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

mod add;
mod edit;
mod gaps;
mod holders;
mod list;
mod of;
mod readiness;
mod require;
mod requirements;
mod show;
mod status;

/// Name and require skills, and see who lacks what
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl skill list",
    "lmsctl skill require SECURITY --job-role DEV --level 4",
    "lmsctl training edit SEC-200 --skills SECURITY=5",
    "lmsctl skill gaps --department Engineering",
    "lmsctl skill of ada@demo.example",
])]
pub(crate) enum SkillCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Archive(status::ArchiveArgs),
    Reopen(status::ReopenArgs),
    Require(require::RequireArgs),
    Release(require::ReleaseArgs),
    Requirements(requirements::RequirementsArgs),
    Of(of::OfArgs),
    Holders(Box<holders::HoldersArgs>),
    Gaps(Box<gaps::GapsArgs>),
    Readiness(Box<readiness::ReadinessArgs>),
}

pub(crate) async fn run(app: &App, command: SkillCommand) -> Result {
    match command {
        SkillCommand::Add(args) => add::run(app, args).await,
        SkillCommand::List(args) => list::run(app, args).await,
        SkillCommand::Show(args) => show::run(app, args).await,
        SkillCommand::Edit(args) => edit::run(app, args).await,
        SkillCommand::Archive(args) => status::archive(app, args).await,
        SkillCommand::Reopen(args) => status::reopen(app, args).await,
        SkillCommand::Require(args) => require::require(app, args).await,
        SkillCommand::Release(args) => require::release(app, args).await,
        SkillCommand::Requirements(args) => requirements::run(app, args).await,
        SkillCommand::Of(args) => of::run(app, args).await,
        SkillCommand::Holders(args) => holders::run(app, *args).await,
        SkillCommand::Gaps(args) => gaps::run(app, *args).await,
        SkillCommand::Readiness(args) => readiness::run(app, *args).await,
    }
}

/// The codes of the trainings that would help, the cheapest first.
fn codes(trainings: &[ClosingTraining]) -> Cell {
    Cell::List(trainings.iter().map(|one| one.training.clone()).collect())
}

impl Row for Skill {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        drop_first("category"),
        keep("archived"),
        apart("description"),
        apart("created_at"),
        apart("updated_at"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.category.clone().into(),
            if self.archived { "yes" } else { "no" }.into(),
            self.description.clone().into(),
            self.created_at.into(),
            self.updated_at.into(),
            self.id.to_string().into(),
        ]
    }
}

impl Row for RequiredSkill {
    const COLUMNS: &'static [Column] =
        &[keep("skill"), shrink("name"), keep("level"), keep("from"), keep("until")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.skill.as_str().into(),
            self.name.as_str().into(),
            i64::from(self.level.number()).into(),
            self.from.to_string().into(),
            self.until.map(|day| day.to_string()).into(),
        ]
    }
}

impl Row for PersonSkill {
    const COLUMNS: &'static [Column] = &[
        keep("skill"),
        shrink("name"),
        keep("required"),
        keep("held"),
        keep("missing"),
        drop_first("valid_until"),
        prose("closed_by"),
        apart("training"),
        apart("completed_on"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let held = self.held.as_ref();
        vec![
            self.skill.as_str().into(),
            self.name.as_str().into(),
            self.required.map(|level| level.to_string()).into(),
            held.map(|held| held.level.to_string()).into(),
            i64::from(self.missing).into(),
            held.and_then(|held| held.valid_until).map(|day| day.to_string()).into(),
            codes(&self.closed_by),
            held.map(|held| held.training.clone()).into(),
            held.map(|held| held.completed_on.to_string()).into(),
        ]
    }
}

impl Row for SkillGap {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        drop_first("employee_number"),
        keep("job_role"),
        keep("skill"),
        keep("required"),
        keep("held"),
        prose("closed_by"),
        apart("missing"),
        apart("name"),
        apart("valid_until"),
        apart("person_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let held = self.held.as_ref();
        vec![
            self.person.as_str().into(),
            self.employee_number.clone().into(),
            self.job_role.as_str().into(),
            self.skill.as_str().into(),
            i64::from(self.required.number()).into(),
            held.map(|held| held.level.to_string()).into(),
            codes(&self.closed_by),
            i64::from(self.missing).into(),
            self.name.as_str().into(),
            held.and_then(|held| held.valid_until).map(|day| day.to_string()).into(),
            self.person_id.to_string().into(),
        ]
    }
}

impl Row for HeldBy {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        drop_first("employee_number"),
        keep("level"),
        keep("training"),
        drop_first("completed_on"),
        keep("valid_until"),
        apart("completion_id"),
        apart("person_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.as_str().into(),
            self.employee_number.clone().into(),
            i64::from(self.held.level.number()).into(),
            self.held.training.as_str().into(),
            self.held.completed_on.to_string().into(),
            self.held.valid_until.map(|day| day.to_string()).into(),
            self.held.completion_id.to_string().into(),
            self.person_id.to_string().into(),
        ]
    }
}

impl Row for RoleReadiness {
    const COLUMNS: &'static [Column] = &[
        keep("job_role"),
        keep("skill"),
        drop_first("name"),
        keep("required"),
        keep("people"),
        keep("met"),
        keep("missed"),
        keep("met_percent"),
        apart("job_role_name"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.job_role.as_str().into(),
            self.skill.as_str().into(),
            self.name.as_str().into(),
            i64::from(self.required.number()).into(),
            self.people.into(),
            self.met.into(),
            self.missed.into(),
            self.met_percent.to_string().into(),
            self.job_role_name.as_str().into(),
        ]
    }
}
