//! `lmsctl settings`: the organisation.

use clap::Subcommand;
use lms_core::OrganisationSettings;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, keep, shrink};

pub(crate) mod set;
pub(crate) mod show;

/// Show or change the organisation's settings
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl settings show", "lmsctl settings set due_soon_days=14"])]
pub(crate) enum SettingsCommand {
    Show(show::ShowArgs),
    Set(set::SetArgs),
}

pub(crate) async fn run(app: &App, command: SettingsCommand) -> Result {
    match command {
        SettingsCommand::Show(args) => show::run(app, args).await,
        SettingsCommand::Set(args) => set::run(app, args).await,
    }
}

impl Row for OrganisationSettings {
    const COLUMNS: &'static [Column] = &[
        shrink("name"),
        keep("timezone"),
        keep("locale"),
        keep("grace_days"),
        keep("due_soon_days"),
        keep("quiet_hours"),
        shrink("base_url"),
        shrink("logo_url"),
        keep("version"),
        keep("recorded_at"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.name.as_str().into(),
            self.timezone.as_str().into(),
            self.locale.as_str().into(),
            self.grace_days.into(),
            self.due_soon_days.into(),
            self.quiet_hours.clone().into(),
            self.base_url.clone().into(),
            self.logo_url.clone().into(),
            self.version.into(),
            self.recorded_at.into(),
        ]
    }
}
