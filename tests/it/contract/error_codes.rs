//! Error codes are part of the contract: unique, well formed, listed in `docs/errors.md`, and each
//! kind has one exit code and one status.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lms_core::{ErrorKind, error_codes};
use lms_http::error::{HTTP_ERRORS, STATUS_BY_KIND};

use super::sources::{text, top};

const DOCUMENT: &str = "docs/errors.md";

/// What `lmsctl` ends with and what the API answers, for each kind.
const KINDS: &[(ErrorKind, u8, u16)] = &[
    (ErrorKind::Invalid, 2, 400),
    (ErrorKind::NotFound, 7, 404),
    (ErrorKind::Conflict, 1, 409),
    (ErrorKind::Unauthenticated, 4, 401),
    (ErrorKind::Forbidden, 4, 403),
    (ErrorKind::Refused, 4, 409),
    (ErrorKind::Stale, 5, 412),
    (ErrorKind::Precondition, 1, 409),
    (ErrorKind::CheckFailed, 6, 409),
    (ErrorKind::Busy, 75, 409),
    (ErrorKind::Unavailable, 1, 503),
    (ErrorKind::Internal, 1, 500),
];

/// Codes that scripts rely on already. Adding one is free, renaming or losing one is not.
const PROMISED: &[&str] = &[
    "access.account_disabled",
    "access.account_exists",
    "access.account_unknown",
    "access.forbidden",
    "access.last_super_admin",
    "access.permission_unknown",
    "access.role_unknown",
    "access.token_expiry",
    "access.token_unknown",
    "access.unauthenticated",
    "audit.export_failed",
    "audit.export_unreadable",
    "audit.unknown",
    "database.backup_failed",
    "database.backup_newer",
    "database.backup_unreadable",
    "database.busy",
    "database.cannot_open",
    "database.conflict",
    "database.damaged",
    "database.disk_full",
    "database.engine_missing",
    "database.foreign",
    "database.inconsistent",
    "database.locked",
    "database.not_a_database",
    "database.not_empty",
    "database.not_set_up",
    "database.read_only",
    "database.schema_newer",
    "database.schema_older",
    "database.sign_in",
    "database.statement",
    "database.unreachable",
    "database.url_invalid",
    "input.cursor",
    "input.invalid",
    "input.several",
    "internal",
    "job.busy",
    "job.lost",
    "settings.required",
    "settings.stale",
    "settings.unknown",
];

/// A code of the command line. Its program is no library, so that its source is read.
struct CliCode {
    code: String,
    kind: String,
    summary: String,
}

fn cli_codes() -> Vec<CliCode> {
    let source = text("lms-cli/src/error.rs");
    let declared = |line: &str| {
        let (_, declared) = line.trim().strip_suffix(';')?.split_once(" = \"cli.")?;
        let (code, rest) = declared.split_once("\", ")?;
        let (kind, summary) = rest.split_once(", \"")?;
        Some(CliCode {
            code: format!("cli.{code}"),
            kind: kind.to_owned(),
            summary: summary.strip_suffix('"')?.to_owned(),
        })
    };
    source.lines().filter_map(declared).collect()
}

fn row_of(kind: ErrorKind) -> (String, u8, String) {
    let (_, exit, status) = KINDS.iter().find(|(known, ..)| *known == kind).unwrap();
    let status = match kind {
        ErrorKind::Invalid | ErrorKind::NotFound => format!("{status}, 422 for a field"),
        _ => status.to_string(),
    };
    (words(&format!("{kind:?}")), *exit, status)
}

/// `CheckFailed` as `check failed`.
fn words(kind: &str) -> String {
    let mut words = String::new();
    for c in kind.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

fn document() -> String {
    let mut text = "\
# Error codes

A code is stable: scripts and translations may rely on it. New ones come, none is renamed. The
message beside it is for people and may change. This page is written by a test; to write it anew:
`UPDATE_DOCS=1 cargo test -p lms-tests error_codes`.

## From the library, wherever it is used
The status is that of the HTTP API, the exit code that of `lmsctl`.

| code | kind | status | exit code | meaning |
| --- | --- | --- | --- | --- |
"
    .to_owned();
    for code in error_codes() {
        let (kind, exit, status) = row_of(code.kind);
        writeln!(text, "| `{}` | {kind} | {status} | {exit} | {} |", code.code, code.summary)
            .unwrap();
    }
    text.push_str(
        "
## From the HTTP API only

| code | status | meaning |
| --- | --- | --- |
",
    );
    for error in HTTP_ERRORS {
        let status = error.status.as_u16();
        writeln!(text, "| `{}` | {status} | {} |", error.code, error.summary).unwrap();
    }
    text.push_str(
        "
## From the command line only

| code | kind | exit code | meaning |
| --- | --- | --- | --- |
",
    );
    for cli in cli_codes() {
        let kind = ErrorKind::ALL.iter().find(|kind| format!("{kind:?}") == cli.kind).unwrap();
        let (kind, exit, _) = row_of(*kind);
        writeln!(text, "| `{}` | {kind} | {exit} | {} |", cli.code, cli.summary).unwrap();
    }
    text
}

#[test]
fn the_reference_lists_what_there_is() {
    let wanted = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(top().join(DOCUMENT), &wanted).unwrap();
    }
    let found = std::fs::read_to_string(top().join(DOCUMENT)).unwrap_or_default();
    let different = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
    assert!(
        found == wanted,
        "{DOCUMENT} is out of date, first at {different:?}; \
         write it anew with `UPDATE_DOCS=1 cargo test -p lms-tests error_codes` and read the change"
    );
}

#[test]
fn codes_are_unique_and_well_formed() {
    let core =
        error_codes().into_iter().map(|code| (code.code.to_owned(), code.summary.to_owned()));
    let http = HTTP_ERRORS.iter().map(|error| (error.code.to_owned(), error.summary.to_owned()));
    let cli = cli_codes().into_iter().map(|code| (code.code, code.summary));
    let all: Vec<(String, String)> = core.chain(http).chain(cli).collect();
    let distinct: BTreeSet<&String> = all.iter().map(|(code, _)| code).collect();
    assert_eq!(distinct.len(), all.len(), "a code twice");
    for (code, summary) in &all {
        let parts: Vec<&str> = code.split('.').collect();
        assert!(parts.len() == 2 || code == "internal", "{code}");
        let sound = |part: &&str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        assert!(parts.iter().all(sound), "{code}");
        assert!(
            summary.len() > 5 && !summary.ends_with('.') && !summary.contains('|'),
            "{code}: {summary}"
        );
        assert!(
            summary.starts_with(|c: char| !c.is_uppercase()) || summary.starts_with("SQL"),
            "{code}"
        );
    }
    assert!(cli_codes().len() >= 10, "the codes of lms-cli are written in another way now");
}

#[test]
fn codes_are_sorted_and_none_is_lost() {
    let codes: Vec<&str> = error_codes().into_iter().map(|code| code.code).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    let lost: Vec<_> = PROMISED.iter().filter(|code| !codes.contains(code)).collect();
    assert!(lost.is_empty(), "these were promised: {lost:?}");
}

#[test]
fn every_kind_has_its_status_and_its_exit_code() {
    for kind in ErrorKind::ALL {
        let rows: Vec<_> = KINDS.iter().filter(|(known, ..)| known == kind).collect();
        assert_eq!(rows.len(), 1, "{kind:?}");
        let statuses: Vec<u16> = STATUS_BY_KIND
            .iter()
            .filter(|(known, _)| known == kind)
            .map(|(_, status)| status.as_u16())
            .collect();
        assert_eq!(statuses, [rows[0].2], "{kind:?}");
    }
    assert_eq!(KINDS.len(), ErrorKind::ALL.len());
    let field = lms_core::SettingsChange::new().set("grace_days", "x").unwrap_err();
    assert_eq!(lms_http::error::status(&field).as_u16(), 422);
}

#[test]
fn every_code_is_declared_where_it_is_raised() {
    let mut declared = 0;
    for path in super::sources::files("lms-core/src", ".rs") {
        let source = super::sources::without_comments(&text(&path));
        let Some((_, block)) = source.split_once("error_codes! {") else { continue };
        let block = block.split("\n}").next().unwrap();
        for line in block.lines().filter(|line| line.contains(" = \"")) {
            let constant = line.split_whitespace().next().unwrap();
            declared += 1;
            let used = super::sources::files("lms-core/src", ".rs").into_iter().any(|path| {
                let source = super::sources::without_comments(&text(&path));
                source
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| *word == constant)
                    .count()
                    > usize::from(source.contains(line))
            });
            assert!(used, "`{constant}` of {path} is never raised");
        }
    }
    assert_eq!(declared, error_codes().len(), "a list of codes is missing in `error_codes`");
}
