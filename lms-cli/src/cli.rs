//! The root of the command line: global options, the list of commands, and the way from
//! arguments to an exit code. Nothing asynchronous happens before the arguments are understood.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use lms_core::UnitKind;
use tracing_subscriber::filter::LevelFilter;

use crate::app::App;
#[cfg(feature = "warehouse")]
use crate::commands::export;
#[cfg(feature = "hris")]
use crate::commands::hris;
#[cfg(feature = "reports")]
use crate::commands::report;
#[cfg(feature = "serve")]
use crate::commands::serve;
use crate::commands::{
    access, assignments, audit, batch, certificate, completions, config, db, demo, doctor, events,
    figures, group, history, import, init, man, notify, path, person, progress, question, quiz,
    rule, schedule, settings, skill, sweep, training, unit,
};
use crate::config::{Config, Environment};
use crate::logging;
use crate::output::{Format, Output};
#[cfg(feature = "serve")]
use crate::running;
use crate::running::interruptibly;

pub(crate) mod completing;
pub(crate) mod help;
pub(crate) mod names;
#[cfg(all(test, feature = "reports", feature = "serve"))]
mod reference;

/// Training compliance that can be planned, explained, undone and proven
#[derive(Debug, Parser)]
#[command(name = "lmsctl", version, subcommand_required = true, arg_required_else_help = true)]
#[command(styles = help::STYLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Which database
    #[arg(long, global = true, value_name = "URL", display_order = 900)]
    #[arg(help = "Database: sqlite:PATH or postgres://USER@HOST/NAME?schema=ORG")]
    pub(crate) database: Option<String>,
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", display_order = 901)]
    pub(crate) config: Option<PathBuf>,
    /// Shape of the data on standard output
    #[arg(short, long, global = true, value_name = "FORMAT", display_order = 902)]
    #[arg(hide_possible_values = true, help = "Format of the data: table, json, ndjson or csv")]
    pub(crate) output: Option<Format>,
    /// Act with no more than this account's rights
    #[arg(long = "as", global = true, value_name = "ACCOUNT", display_order = 903)]
    pub(crate) as_account: Option<String>,
    /// Answer every question with yes
    #[arg(long, global = true, display_order = 904)]
    pub(crate) yes: bool,
    /// How long to wait for others who hold the database
    #[arg(long, global = true, value_name = "TIME", default_value = "30s", display_order = 905)]
    #[arg(value_parser = duration)]
    pub(crate) wait: Duration,
    /// Say nothing but data and errors
    #[arg(short, long, global = true, display_order = 906)]
    pub(crate) quiet: bool,
    /// Log more; repeat for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, display_order = 907)]
    pub(crate) verbose: u8,
    /// Shape of what goes to standard error: text or json
    #[arg(long, global = true, value_name = "SHAPE", default_value = "text", display_order = 908)]
    #[arg(hide_possible_values = true)]
    pub(crate) log_format: LogFormat,
    /// Show no progress
    #[arg(long, global = true, display_order = 909)]
    pub(crate) no_progress: bool,
    /// Colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", hide_possible_values = true)]
    #[arg(display_order = 910)]
    pub(crate) color: Option<ColorWhen>,
}

/// For a command that changes things: look first.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DryRunArgs {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with 10 when the dry run found changes
    #[arg(long, requires = "dry_run")]
    pub(crate) detailed_exitcode: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The shape of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Sentences
    Text,
    /// A JSON object a line
    Json,
}

/// What can be done. A new command is added here, to `run` below, and to a group in `help`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::InitArgs),
    Demo(demo::DemoArgs),
    Doctor(doctor::DoctorArgs),
    #[command(subcommand)]
    Person(Box<person::PersonCommand>),
    #[command(subcommand)]
    Department(unit::DepartmentCommand),
    #[command(subcommand, about = "Add, show, merge and close locations")]
    Location(unit::ListedCommand),
    #[command(subcommand, about = "Add, show, merge and close job roles")]
    JobRole(unit::ListedCommand),
    #[command(subcommand)]
    Import(Box<import::ImportCommand>),
    #[cfg(feature = "hris")]
    #[command(subcommand)]
    Hris(Box<hris::HrisCommand>),
    #[command(subcommand)]
    Training(Box<training::TrainingCommand>),
    #[command(subcommand)]
    Path(path::PathCommand),
    #[command(subcommand)]
    Quiz(quiz::QuizCommand),
    #[command(subcommand)]
    Question(question::QuestionCommand),
    #[command(subcommand)]
    Rule(rule::RuleCommand),
    Assign(Box<assignments::assign::AssignArgs>),
    Unassign(Box<assignments::unassign::UnassignArgs>),
    #[command(subcommand)]
    Assignment(Box<assignments::assignment::AssignmentCommand>),
    Overdue(Box<assignments::overdue::OverdueArgs>),
    #[command(subcommand)]
    Complete(Box<assignments::complete::CompleteCommand>),
    #[command(subcommand)]
    Exempt(Box<assignments::exempt::ExemptCommand>),
    Extend(Box<assignments::extend::ExtendArgs>),
    #[command(subcommand)]
    Exception(Box<assignments::exception::ExceptionCommand>),
    #[command(subcommand)]
    Waitlist(Box<assignments::waitlist::WaitlistCommand>),
    Status(Box<figures::status::StatusArgs>),
    #[command(subcommand)]
    Gate(Box<figures::gate::GateCommand>),
    Explain(assignments::explain::ExplainArgs),
    Progress(progress::ProgressArgs),
    #[command(subcommand)]
    Certificate(certificate::CertificateCommand),
    #[command(subcommand)]
    Skill(skill::SkillCommand),
    #[command(subcommand)]
    Group(Box<group::GroupCommand>),
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    #[command(subcommand)]
    Access(access::AccessCommand),
    History(history::HistoryArgs),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    #[command(subcommand)]
    Events(events::EventsCommand),
    #[cfg(feature = "reports")]
    #[command(subcommand)]
    Report(report::ReportCommand),
    #[cfg(feature = "warehouse")]
    #[command(subcommand)]
    Export(export::ExportCommand),
    Sweep(sweep::SweepArgs),
    #[command(subcommand)]
    Notify(notify::NotifyCommand),
    #[command(subcommand)]
    Schedule(schedule::ScheduleCommand),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    #[command(subcommand)]
    Db(db::DbCommand),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl ColorWhen {
    /// Whether to use colour on a stream.
    pub(crate) fn applies_to(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let forbidden = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                is_terminal && !forbidden && !dumb
            }
        }
    }
}

/// Runs the program: arguments in, exit code out.
#[expect(
    clippy::too_many_lines,
    reason = "each command has its line: this is the page on which they stand"
)]
pub(crate) fn run() -> ExitCode {
    if let Some(answered) = completing::answer() {
        return answered;
    }
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that nobody reads to its end is no failure either.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let config = Config::load(&cli.globals, &Environment::of_process());
    let output = Output::new(&cli.globals, config.as_ref().ok());
    logging::start(&cli.globals, output.talks_in_colour(), cli.command.usual_log_level());
    let app = Arc::new(App::new(cli.globals, config, output));
    let outcome = match cli.command {
        Command::Init(args) => interruptibly(&app, async |app| init::run(app, args).await),
        Command::Demo(args) => interruptibly(&app, async |app| demo::run(app, args).await),
        Command::Doctor(args) => interruptibly(&app, async |app| doctor::run(app, args).await),
        Command::Person(command) => {
            interruptibly(&app, async |app| person::run(app, *command).await)
        }
        Command::Department(command) => {
            interruptibly(&app, async |app| unit::department(app, command).await)
        }
        Command::Location(command) => {
            interruptibly(&app, async |app| unit::listed(app, UnitKind::Location, command).await)
        }
        Command::JobRole(command) => {
            interruptibly(&app, async |app| unit::listed(app, UnitKind::JobRole, command).await)
        }
        Command::Assign(args) => {
            interruptibly(&app, async |app| assignments::assign::run(app, *args).await)
        }
        Command::Unassign(args) => {
            interruptibly(&app, async |app| assignments::unassign::run(app, *args).await)
        }
        Command::Assignment(command) => {
            interruptibly(&app, async |app| assignments::assignment::run(app, *command).await)
        }
        Command::Overdue(args) => {
            interruptibly(&app, async |app| assignments::overdue::run(app, *args).await)
        }
        Command::Complete(command) => {
            interruptibly(&app, async |app| assignments::complete::run(app, *command).await)
        }
        Command::Exempt(command) => {
            interruptibly(&app, async |app| assignments::exempt::run(app, *command).await)
        }
        Command::Extend(args) => {
            interruptibly(&app, async |app| assignments::extend::run(app, *args).await)
        }
        Command::Exception(command) => {
            interruptibly(&app, async |app| assignments::exception::run(app, *command).await)
        }
        Command::Waitlist(command) => {
            interruptibly(&app, async |app| assignments::waitlist::run(app, *command).await)
        }
        Command::Status(args) => {
            interruptibly(&app, async |app| figures::status::run(app, *args).await)
        }
        Command::Gate(command) => {
            interruptibly(&app, async |app| figures::gate::run(app, *command).await)
        }
        Command::Explain(args) => {
            interruptibly(&app, async |app| assignments::explain::run(app, args).await)
        }
        Command::Quiz(command) => interruptibly(&app, async |app| quiz::run(app, command).await),
        Command::Question(command) => {
            interruptibly(&app, async |app| question::run(app, command).await)
        }
        Command::Certificate(command) => {
            interruptibly(&app, async |app| certificate::run(app, command).await)
        }
        Command::Skill(command) => interruptibly(&app, async |app| skill::run(app, command).await),
        Command::Progress(args) => interruptibly(&app, async |app| progress::run(app, args).await),
        Command::Group(command) => interruptibly(&app, async |app| group::run(app, *command).await),
        Command::Batch(command) => interruptibly(&app, async |app| batch::run(app, command).await),
        Command::Import(command) => {
            interruptibly(&app, async |app| import::run(app, *command).await)
        }
        #[cfg(feature = "hris")]
        Command::Hris(command) => interruptibly(&app, async |app| hris::run(app, *command).await),
        Command::Training(command) => {
            interruptibly(&app, async |app| training::run(app, *command).await)
        }
        Command::Path(command) => interruptibly(&app, async |app| path::run(app, command).await),
        Command::Rule(command) => interruptibly(&app, async |app| rule::run(app, command).await),
        Command::Settings(command) => {
            interruptibly(&app, async |app| settings::run(app, command).await)
        }
        Command::Access(command) => {
            interruptibly(&app, async |app| access::run(app, command).await)
        }
        Command::History(args) => interruptibly(&app, async |app| history::run(app, args).await),
        Command::Audit(command) => interruptibly(&app, async |app| audit::run(app, command).await),
        Command::Events(command) => {
            interruptibly(&app, async |app| events::run(app, command).await)
        }
        #[cfg(feature = "reports")]
        Command::Report(command) => {
            interruptibly(&app, async |app| report::run(app, command).await)
        }
        #[cfg(feature = "warehouse")]
        Command::Export(command) => {
            interruptibly(&app, async |app| export::run(app, command).await)
        }
        Command::Sweep(args) => interruptibly(&app, async |app| sweep::run(app, args).await),
        Command::Notify(command) => {
            interruptibly(&app, async |app| notify::run(app, command).await)
        }
        Command::Schedule(command) => schedule::run(&app, command),
        #[cfg(feature = "serve")]
        Command::Serve(args) => running::serving(&app, async |app| serve::run(app, args).await),
        Command::Db(command) => interruptibly(&app, async |app| db::run(app, command).await),
        Command::Config(command) => config::run(&app, command),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&app, &args),
    };
    app.output.finish(outcome)
}

/// The command with its help as a user sees it.
pub(crate) fn command() -> clap::Command {
    let command = Cli::command();
    let page = help::root_page(&command);
    command.override_help(page)
}

fn parse() -> Result<Cli, clap::Error> {
    let arguments: Vec<_> = std::env::args_os().collect();
    let mut command = command().color(help::color_choice(&arguments));
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

impl Command {
    /// A server reports its requests without being asked; a command speaks for itself.
    fn usual_log_level(&self) -> LevelFilter {
        match self {
            #[cfg(feature = "serve")]
            Self::Serve(_) => LevelFilter::INFO,
            _ => LevelFilter::WARN,
        }
    }
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time such as `30s`, `2m` or `500ms`".to_owned();
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    span.try_into().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_waiting_time_has_a_unit_or_is_in_seconds() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        assert!(duration("-5s").is_err());
        assert!(duration("soon").is_err());
    }
}
