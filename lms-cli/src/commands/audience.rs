//! Whom a command is about: the same options wherever an audience is asked for.
//!
//! They are made from one table, so that `--department` and `--not-department` cannot come apart, and
//! are read by the library's own parser, which files, JSON and queries go through as well.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use lms_core::Audience;

use crate::error::Result;

/// The option, what its value is called, and what it asks for.
const FIELDS: &[(&str, &str, &str)] = &[
    ("department", "DEPARTMENT", "Department and all below it, by code or name"),
    ("location", "LOCATION", "Location, by code or name"),
    ("country", "CODE", "Country of work, by its two-letter code"),
    ("job-role", "ROLE", "Job role, by code or name"),
    ("job-title", "TITLE", "What stands on the door"),
    ("employment-type", "TYPE", "Such as permanent"),
    ("manager", "PERSON", "Those who report to this person"),
    ("group", "GROUP", "The people of a group, by code or name"),
    ("access-role", "ROLE", "Those with an account that has this access role"),
    ("person", "PERSON", "E-mail, employee number, user name or id"),
    (
        "status",
        "STATUS",
        "Active, on-leave, inactive or pre-hire; active and on-leave, unless said",
    ),
    ("hired-before", "DAY", "Hired before this day, such as 2026-01-01 or -90d"),
    ("hired-after", "DAY", "Hired after this day"),
    ("attribute", "KEY=VALUE", "A free attribute"),
];

const FLAGS: &[(&str, &str)] = &[
    ("exact", "The departments themselves, without those below"),
    ("all-reports", "Also those who report to the reports"),
];

const HEADING: &str = "Audience (repeat for any of several; * and ? stand for text)";
const HEADING_NOT: &str = "Audience: leave out";

/// The audience that was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct AudienceArgs {
    pairs: Vec<(String, String)>,
}

impl AudienceArgs {
    /// Reads it; what is wrong with it is told before a database is needed.
    pub(crate) fn audience(&self) -> Result<Audience> {
        Ok(Audience::from_pairs(self.pairs.iter().map(|(key, value)| (key, value)))?)
    }

    /// Whether nothing was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// A command may have arguments of its own that are called like a field.
fn id(name: &str) -> String {
    format!("audience-{name}")
}

fn excluded(name: &str) -> String {
    format!("not-{name}")
}

impl Args for AudienceArgs {
    fn augment_args(mut command: Command) -> Command {
        let option = |name: String, value: &'static str| {
            Arg::new(id(&name))
                .long(name)
                .value_name(value)
                .value_parser(ValueParser::string())
                .action(ArgAction::Append)
                // A day may be told from today: `-90d`.
                .allow_hyphen_values(value == "DAY")
        };
        for (name, value, help) in FIELDS {
            let included = option((*name).to_owned(), value).help(*help);
            command = command.arg(included.help_heading(HEADING));
        }
        for (name, help) in FLAGS {
            let flag = Arg::new(id(name)).long(*name).action(ArgAction::SetTrue).help(*help);
            command = command.arg(flag.help_heading(HEADING));
        }
        for (name, value, _) in FIELDS {
            let help = format!("Nobody with this {}", name.replace('-', " "));
            let left_out = option(excluded(name), value).help(help);
            command = command.arg(left_out.help_heading(HEADING_NOT).hide_short_help(true));
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for AudienceArgs {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), Error> {
        for (name, _, _) in FIELDS {
            for name in [(*name).to_owned(), excluded(name)] {
                let values = matches.get_many::<String>(&id(&name)).into_iter().flatten();
                self.pairs.extend(values.map(|value| (name.clone(), value.clone())));
            }
        }
        let flags = FLAGS.iter().filter(|(name, _)| matches.get_flag(&id(name)));
        self.pairs.extend(flags.map(|(name, _)| ((*name).to_owned(), String::new())));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use lms_core::AudienceField;

    use super::*;

    #[test]
    fn every_field_of_an_audience_is_an_option() {
        let known: Vec<String> =
            AudienceField::plain().map(|field| field.key().replace('_', "-")).collect();
        let options: Vec<&str> = FIELDS.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(
            options,
            known.iter().map(String::as_str).chain(["attribute"]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn options_are_read_as_the_library_reads_a_line() {
        let line = "--department Sales --not-job-role Intern --attribute grade=E5 --hired-after -90d \
                    --exact";
        let command = AudienceArgs::augment_args(Command::new("list").no_binary_name(true));
        let matches =
            command.try_get_matches_from(line.split_whitespace()).expect("they are options");
        let args = AudienceArgs::from_arg_matches(&matches).expect("they can be read");
        assert_eq!(args.audience().expect("an audience"), Audience::parse(line).expect("the same"));
    }
}
