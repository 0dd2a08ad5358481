//! Writes `docs/cli-reference.md` from the definition of the command line, so that it cannot lie.
//! A difference fails the test below; `UPDATE_DOCS=1` writes the document anew.

use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::StyledStr;
use clap::{Arg, Command};
use lms_core::ErrorKind;

use super::{command, help};
use crate::config::KEYS;
use crate::error::exit_code;

const BEGINNING: &str = "# `lmsctl`

<!-- A test writes this document from the definition of the command line: change that, then run
     `UPDATE_DOCS=1 cargo test -p lms-cli reference`. -->

Every command has what stands here as its `--help`. The examples work on the database that
`lmsctl demo` makes; names in capitals, and hosts and folders, are yours to choose.
";

const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done, also when nothing had to change"),
    (1, "failed; what was committed before, if anything, is said"),
    (2, "wrong usage, or an answer is needed and there is no terminal to ask"),
    (3, "done, but some rows of the input were rejected"),
    (4, "refused: by a guard, for want of a permission, or by a no at the prompt"),
    (5, "the data changed since it was read"),
    (6, "a check did not hold"),
    (7, "a named thing does not exist"),
    (10, "a dry run found changes, and `--detailed-exitcode` asked to be told so"),
    (75, "another run of the same kind holds the database"),
    (130, "interrupted by Ctrl-C (143: by a request to terminate)"),
];

#[test]
fn the_reference_is_the_command_line() {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "docs", "cli-reference.md"].iter().collect();
    let wanted = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &wanted).expect("the document can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/cli-reference.md is out of date: UPDATE_DOCS=1 writes it anew");
}

#[test]
fn every_kind_of_failure_has_an_exit_code_that_is_explained() {
    for kind in ErrorKind::ALL {
        let code = exit_code(*kind);
        assert!(EXIT_CODES.iter().any(|(known, _)| *known == code), "{code}");
    }
}

fn document() -> String {
    let mut root = command();
    root.build();
    let mut page = BEGINNING.to_owned();
    section(&mut page, 2, "Everywhere");
    arguments(&mut page, root.get_arguments().filter(|argument| argument.is_global_set()));
    let mut with_dry_run = Vec::new();
    find_dry_runs(&root, &mut with_dry_run);
    let _ = writeln!(
        page,
        "\n`--dry-run` shows what would change: {}. A command that changes one record has none.",
        with_dry_run.join(", ")
    );
    section(&mut page, 2, "Configuration file");
    page.push_str("\nEach key stands below its section: `[database]`, then `url = \"…\"`.\n\n");
    page.push_str("| key | default |\n| --- | --- |\n");
    for key in KEYS {
        let _ = writeln!(page, "| `{}` | {} |", key.name, key.default.unwrap_or_default());
    }
    for (group, lines) in help::GROUPS {
        section(&mut page, 2, group);
        let names = lines.iter().flat_map(|(names, _)| *names);
        for command in names.filter_map(|name| root.find_subcommand(name)) {
            describe(&mut page, 3, command);
        }
    }
    section(&mut page, 2, "Exit codes");
    page.push_str("\n| code | |\n| --- | --- |\n");
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(page, "| {code} | {meaning} |");
    }
    page.push_str(
        "\nWith `--log-format json` an error has a `code` as well: [errors.md](errors.md).\n",
    );
    page
}

fn describe(page: &mut String, level: usize, command: &Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    section(page, level, &format!("`{name}`"));
    let _ = writeln!(page, "\n{}.", text(command.get_about()));
    let after = text(command.get_after_help());
    let (remark, examples) = after.split_once("Examples:\n").unwrap_or_default();
    if !remark.is_empty() {
        let _ = writeln!(page, "{}", remark.trim_end());
    }
    if !command.has_subcommands() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").replace(" [OPTIONS]", "");
        let _ = writeln!(page, "\n```\n{usage}\n```");
        let everywhere = ["help", "version"];
        let own = command.get_arguments().filter(|argument| {
            !argument.is_global_set() && !everywhere.contains(&argument.get_id().as_str())
        });
        arguments(page, own);
    }
    page.push_str("\n```sh\n");
    for line in examples.lines() {
        let _ = writeln!(page, "{}", line.trim_start());
    }
    page.push_str("```\n");
    for inner in command.get_subcommands() {
        describe(page, (level + 1).min(5), inner);
    }
}

fn find_dry_runs(command: &Command, found: &mut Vec<String>) {
    if command.get_arguments().any(|argument| argument.get_id() == "dry_run") {
        found.push(format!("`{}`", command.get_bin_name().unwrap_or(command.get_name())));
    }
    command.get_subcommands().for_each(|inner| find_dry_runs(inner, found));
}

fn arguments<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let mut heading = "\n| | |\n| --- | --- |\n";
    for argument in arguments {
        let meaning = meaning(argument).replace('|', "\\|");
        let _ = writeln!(page, "{heading}| `{}` | {meaning} |", spelling(argument));
        heading = "";
    }
}

/// The help, with names and a default where it does not tell them itself.
fn meaning(argument: &Arg) -> String {
    let mut meaning = text(argument.get_help());
    if !argument.get_action().takes_values() {
        return meaning;
    }
    let names = argument.get_possible_values();
    if names.first().is_some_and(|first| !meaning.contains(first.get_name())) {
        let names: Vec<String> =
            names.iter().map(|value| format!("`{}`", value.get_name())).collect();
        let _ = write!(meaning, ": {}", names.join(", "));
    }
    let default = argument.get_default_values().first();
    if let Some(default) = default.filter(|_| !argument.is_hide_default_value_set()) {
        let _ = write!(meaning, " (default: {})", default.to_string_lossy());
    }
    meaning
}

fn spelling(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .map(|names| names.join(" "));
    let flags: Vec<String> = [
        argument.get_short().map(|short| format!("-{short}")),
        argument.get_long().map(|long| format!("--{long}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let parts: Vec<String> = [Some(flags.join(", ")), value]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

fn section(page: &mut String, level: usize, title: &str) {
    let _ = writeln!(page, "\n{} {title}", "#".repeat(level));
}

fn text(styled: Option<&StyledStr>) -> String {
    styled.map(ToString::to_string).unwrap_or_default()
}
