//! Help: the first page with the commands in groups, and the look of all pages.

use std::ffi::OsString;
use std::fmt::Write;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{ColorChoice, Command};

/// Headings bold, names to type in one colour; nothing depends on it.
pub(crate) const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(Style::new());

/// Commands, and what is said of them where they are several.
type Line = (&'static [&'static str], &'static str);

/// Which commands stand together on the first page, in the order a newcomer meets them. Several that
/// are alike share a line, with what is said of all of them.
pub(super) const GROUPS: &[(&str, &[Line])] = &[
    ("Begin", &[(&["init"], ""), (&["demo"], ""), (&["doctor"], "")]),
    (
        "People",
        &[
            (&["person"], ""),
            (&["department", "location", "job-role"], "The units people belong to"),
            (&["group"], ""),
            (&["import", "hris"], "People from files and from other systems"),
        ],
    ),
    (
        "Catalog",
        &[(&["training"], ""), (&["path"], ""), (&["quiz", "question"], "What is asked, and when")],
    ),
    (
        "Assignments",
        &[
            (&["rule"], ""),
            (&["assign", "unassign"], "Give people trainings, or take them back"),
            (&["assignment", "overdue", "waitlist"], "What people have to learn"),
            (&["complete"], ""),
            (&["exempt", "extend", "exception"], "Who need not, or not yet"),
        ],
    ),
    ("Learning", &[(&["progress"], ""), (&["certificate"], ""), (&["skill"], "")]),
    ("Undo", &[(&["batch"], "")]),
    ("Organisation", &[(&["settings"], ""), (&["access"], "")]),
    (
        "Evidence",
        &[
            (&["status", "gate"], "How things stand, and whether that is enough"),
            (&["explain", "history"], "Why it is so, and how it came to that"),
            (&["audit"], ""),
            (&["events"], ""),
            (&["report", "export"], "Workbooks and pages; tables for other systems"),
        ],
    ),
    (
        "Operation",
        &[
            (&["sweep", "schedule"], "The nightly pass, and lines for cron"),
            (&["notify"], ""),
            (&["serve"], ""),
            (&["db"], ""),
        ],
    ),
    ("This program", &[(&["config"], ""), (&["completions"], ""), (&["man"], "")]),
];

const OPTIONS: &str = "  -o, --output FORMAT  table, json, ndjson, csv    -q, --quiet    no remarks
      --database URL   sqlite:PATH, postgres://…   -v, --verbose  log more
      --config FILE    configuration file              --yes      do not ask
      --as ACCOUNT     with its rights at most     -h, --help     any command
";

const EXAMPLES: &[(&str, &str)] = &[
    ("lmsctl demo", "see it work on a made-up company"),
    ("lmsctl init \"Acme GmbH\" --admin ada", "begin with your own"),
    ("lmsctl audit verify", "prove that no record was touched"),
];

/// The first page: it fits 80 columns, and a window of 50 lines.
pub(crate) fn root_page(root: &Command) -> String {
    let (bold, name) = (STYLES.get_header(), STYLES.get_literal());
    let mut page = String::new();
    let about = root.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(page, "{about}\n");
    let _ = writeln!(page, "{bold}Usage:{bold:#} {name}lmsctl{name:#} [OPTIONS] COMMAND\n");
    for (group, commands) in GROUPS {
        let mut heading = *group;
        for (names, said) in *commands {
            let known: Vec<&Command> =
                names.iter().filter_map(|name| root.find_subcommand(name)).collect();
            let Some(first) = known.first() else { continue };
            let typed = known.iter().map(|one| one.get_name()).collect::<Vec<_>>().join(", ");
            let about = match known.as_slice() {
                [_] => first.get_about().map(ToString::to_string).unwrap_or_default(),
                _ => format!("  {said}"),
            };
            let _ = writeln!(page, "{bold}{heading:<14}{bold:#}{name}{typed:<13}{name:#}{about}");
            heading = "";
        }
    }
    let _ = write!(page, "\n{bold}Options{bold:#} (all of them: lmsctl COMMAND --help)\n{OPTIONS}");
    let _ = writeln!(page, "\n{bold}Examples{bold:#}");
    for (typed, what) in EXAMPLES {
        let _ = writeln!(page, "  {name}{typed:<38}{name:#}{what}");
    }
    page
}

/// The examples at the end of a command's help.
macro_rules! examples {
    ($($line:literal),+ $(,)?) => {
        concat!("\x1b[1mExamples:\x1b[0m", $("\n  ", $line),+)
    };
}
pub(crate) use examples;

/// `--color` as it stands in the arguments, because help is printed before they are understood.
pub(crate) fn color_choice(arguments: &[OsString]) -> ColorChoice {
    let mut choice = ColorChoice::Auto;
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        let value = match argument {
            "--" => break,
            "--color" => arguments.next(),
            _ => argument.strip_prefix("--color="),
        };
        match value {
            Some("always") => choice = ColorChoice::Always,
            Some("never") => choice = ColorChoice::Never,
            _ => {}
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn plain_page() -> String {
        let page = root_page(&Cli::command());
        clap::builder::StyledStr::from(page).to_string()
    }

    #[test]
    fn the_first_page_fits_a_window() {
        let page = plain_page();
        assert!(page.lines().count() < 50, "{} lines", page.lines().count());
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn no_command_is_missing_from_the_first_page() {
        let lines = GROUPS.iter().flat_map(|(_, lines)| *lines);
        let grouped: Vec<&str> = lines.flat_map(|(names, _)| *names).copied().collect();
        for command in Cli::command().get_subcommands() {
            assert!(grouped.contains(&command.get_name()), "{}", command.get_name());
        }
    }

    #[test]
    fn every_command_has_a_summary_and_examples() {
        fn check(path: &str, command: &Command) {
            let path = format!("{path} {}", command.get_name());
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{path}: {about:?}");
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("Examples:\n  lmsctl "), "{path} has no examples");
            for inner in command.get_subcommands() {
                check(&path, inner);
            }
        }
        for command in Cli::command().get_subcommands() {
            check("lmsctl", command);
        }
    }

    #[test]
    fn colour_is_obeyed_before_anything_is_printed() {
        let choice =
            |text: &str| color_choice(&text.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(choice("lmsctl --color never --help"), ColorChoice::Never);
        assert_eq!(choice("lmsctl --color=always db"), ColorChoice::Always);
        assert_eq!(choice("lmsctl db -- --color=always"), ColorChoice::Auto);
    }
}
