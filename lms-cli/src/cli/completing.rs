//! What a shell offers when somebody presses Tab: commands, options, and names from the database.
//!
//! The script of `lmsctl completions` calls the program again with [`VARIABLE`] set and the words typed
//! so far. Names are looked up for the words that stand for them in `--help`, such as PERSON; whatever
//! goes wrong on the way, there is just nothing to offer.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::{Arg, Command, FromArgMatches};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use lms_core::{Person, PersonFilter, UnitKind};

use super::GlobalArgs;
use crate::app::{App, Session};
use crate::commands::picking::{self, Coded};
use crate::config::{Config, Environment};
use crate::error::Result;
use crate::output::Output;
use crate::running::briefly;

/// Set by the scripts to the name of the shell.
pub(crate) const VARIABLE: &str = "LMSCTL_COMPLETE";
/// Somebody is waiting with a finger on the key.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// More than this nobody reads.
const OFFERED_MAX: usize = 100;

/// Answers a shell, where it is one that asks.
pub(crate) fn answer() -> Option<ExitCode> {
    std::env::var_os(VARIABLE)?;
    let asking = CompleteEnv::with_factory(with_names).var(VARIABLE);
    match asking.try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref()) {
        Ok(true) => Some(ExitCode::SUCCESS),
        Ok(false) => None,
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// What the words of a command stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Person,
    Unit(UnitKind),
    Group,
    Role,
    Account,
    Training,
    Path,
    Rule,
    Quiz,
    Question,
    Skill,
    #[cfg(feature = "hris")]
    Connection,
}

impl Named {
    /// By the word for it in `--help`, and the first word of the command.
    fn of(topic: &str, argument: &Arg) -> Option<Self> {
        let [word] = argument.get_value_names()? else { return None };
        let long = argument.get_long().unwrap_or_default();
        Some(match word.as_str() {
            "PERSON" | "KEEP" | "OTHER" => Self::Person,
            "DEPARTMENT" => Self::Unit(UnitKind::Department),
            "LOCATION" => Self::Unit(UnitKind::Location),
            "UNIT" => Self::Unit(match topic {
                "department" => UnitKind::Department,
                "location" => UnitKind::Location,
                "job-role" => UnitKind::JobRole,
                _ => return None,
            }),
            "ROLE" if long.ends_with("job-role") => Self::Unit(UnitKind::JobRole),
            "ROLE" => Self::Role,
            "GROUP" => Self::Group,
            "ACCOUNT" => Self::Account,
            "TRAINING" | "BY" => Self::Training,
            "PATH" if topic == "path" => Self::Path,
            "RULE" | "RULES" | "RULE|FILE" => Self::Rule,
            "QUIZ" | "QUIZZES" => Self::Quiz,
            "QUESTION" => Self::Question,
            "SKILL" => Self::Skill,
            "JOB_ROLE" => Self::Unit(UnitKind::JobRole),
            #[cfg(feature = "hris")]
            "NAME" if topic == "hris" && argument.is_positional() => Self::Connection,
            #[cfg(feature = "hris")]
            "CONNECTION" => Self::Connection,
            _ => return None,
        })
    }

    async fn look_up(self, session: &Session, typed: &str) -> Result<Vec<Coded>> {
        match self {
            Self::Person => people(session, typed).await,
            Self::Unit(kind) => picking::units(session, kind).await,
            Self::Group => picking::groups(session).await,
            Self::Role => picking::roles(session, |_| true).await,
            Self::Account => picking::accounts(session).await,
            Self::Training => picking::trainings(session).await,
            Self::Path => picking::paths(session).await,
            Self::Rule => picking::rules(session).await,
            Self::Quiz => picking::quizzes(session).await,
            Self::Question => picking::questions(session).await,
            Self::Skill => picking::skills(session).await,
            #[cfg(feature = "hris")]
            Self::Connection => {
                let all = session.lms.hris().list(&session.actor).await?;
                let coded = |one: lms_core::Connection| {
                    let about = one.vendor.as_str().to_owned();
                    Coded { code: one.name, about }
                };
                Ok(all.into_iter().map(coded).collect())
            }
        }
    }
}

/// The command line, in which names of the database are looked up.
fn with_names() -> Command {
    looked_up(super::command(), "")
}

fn looked_up(command: Command, topic: &str) -> Command {
    let topic = topic.to_owned();
    let command = command.mut_args(|argument| match Named::of(&topic, &argument) {
        Some(named) => argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
            typed.to_str().map(|typed| offered(named, typed)).unwrap_or_default()
        })),
        None => argument,
    });
    command.mut_subcommands(|part| {
        let topic = if topic.is_empty() { part.get_name().to_owned() } else { topic.clone() };
        looked_up(part, &topic)
    })
}

fn offered(named: Named, typed: &str) -> Vec<CompletionCandidate> {
    let begun = typed.to_owned();
    let found = briefly(PATIENCE, async move || {
        let mut globals = typed_so_far()?;
        // Whose name is being typed is nobody yet.
        globals.as_account.take_if(|account| *account == begun);
        let config = Config::load(&globals, &Environment::of_process());
        let output = Output::new(&globals, config.as_ref().ok());
        let app = App::new(globals, config, output);
        let session = app.open().await?;
        let found = named.look_up(&session, &begun).await;
        app.close().await;
        found
    });
    let typed = typed.to_lowercase();
    let is_meant = |coded: &Coded| coded.code.to_lowercase().starts_with(&typed);
    let found = found.into_iter().flatten().filter(is_meant).take(OFFERED_MAX);
    found
        .map(|coded| {
            let about = Some(coded.about).filter(|about| !about.is_empty());
            CompletionCandidate::new(coded.code).help(about.map(StyledStr::from))
        })
        .collect()
}

/// The options that say which database, as far as the line goes.
fn typed_so_far() -> Result<GlobalArgs> {
    let words: Vec<OsString> =
        std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let matches = super::command().ignore_errors(true).try_get_matches_from(words);
    let globals = matches.and_then(|matches| GlobalArgs::from_arg_matches(&matches));
    globals.map_err(|error| crate::error::CONFIG.error(error.to_string()).into())
}

/// People by what was typed: of all that they are known by, what begins so.
async fn people(session: &Session, typed: &str) -> Result<Vec<Coded>> {
    let all = PersonFilter::new().limit(u32::try_from(OFFERED_MAX).unwrap_or(u32::MAX));
    let all = if typed.is_empty() { all } else { all.search(typed) };
    let found = session.lms.people().list(&session.actor, all).await?;
    let begun = typed.to_lowercase();
    let coded = |person: Person| {
        let about = person.name();
        let names = [person.email, person.employee_number, person.username].into_iter().flatten();
        let code = names.into_iter().find(|name| name.to_lowercase().starts_with(&begun))?;
        Some(Coded { code, about })
    };
    Ok(found.items.into_iter().filter_map(coded).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words in `--help` for which something is looked up, each with what that is.
    #[test]
    fn words_of_the_help_stand_for_names() {
        let mut found: Vec<String> = Vec::new();
        note("", &super::super::command(), &mut found);
        for expected in [
            "person PERSON: Person",
            "person DEPARTMENT: Unit(Department)",
            "person ROLE: Unit(JobRole)",
            "person ROLE: Role",
            "location UNIT: Unit(Location)",
            "training TRAINING: Training",
            "rule RULE: Rule",
            "access ACCOUNT: Account",
            " ACCOUNT: Account",
        ] {
            assert!(found.iter().any(|line| line == expected), "{expected}: {found:#?}");
        }
    }

    fn note(topic: &str, command: &Command, found: &mut Vec<String>) {
        for argument in command.get_arguments() {
            if let Some(named) = Named::of(topic, argument) {
                let word = argument.get_value_names().and_then(<[_]>::first);
                found.push(format!("{topic} {}: {named:?}", word.map_or("", |word| word.as_str())));
            }
        }
        for part in command.get_subcommands() {
            note(if topic.is_empty() { part.get_name() } else { topic }, part, found);
        }
    }
}
