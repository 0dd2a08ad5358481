//! From an error to what a user sees: the exit codes that scripts rely on, and the error lines.
//!
//! The command line raises the library's own [`lms_core::Error`], with the codes listed here, so
//! that there is one kind of message, one kind of hint and one table of exit codes.

use std::process::ExitCode;

use lms_core::{Error, ErrorCode, ErrorKind};

/// The result of a command.
pub(crate) type Result<T = Exit> = std::result::Result<T, Stop>;

/// How a command that did not fail ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing had to be done.
    Done,
    /// A dry run found changes and was asked to say so by `--detailed-exitcode`.
    ChangesFound,
    /// Done, but for rows of the input, which are listed.
    RowsRejected,
}

/// Why a command ended before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It failed, was refused, or found something wrong.
    Failed(Error),
    /// Ctrl-C at a question, before anything was done.
    LeftPrompt,
    /// Ctrl-C or a request to terminate, with the exit code shells expect for it.
    Interrupted(u8),
    /// A defect, which the panic hook has reported.
    Panicked,
    /// Whoever read standard output went away, as `head` does: no failure.
    ReaderGone,
}

/// Declares codes, a line each; `docs/errors.md` lists them.
macro_rules! codes {
    ($($(#[$condition:meta])? $name:ident = $code:literal, $kind:ident, $summary:literal;)+) => {
        $($(#[$condition])?
        pub(crate) static $name: ErrorCode =
            ErrorCode::new($code, ErrorKind::$kind, $summary);)+
    };
}

codes! {
    CHECK_FAILED = "cli.check_failed", CheckFailed, "a check did not hold";
    CONFIG = "cli.config", Invalid, "the configuration cannot be used";
    DECLINED = "cli.declined", Refused, "the answer at the prompt was no";
    FILE = "cli.file", Unavailable, "a file cannot be read or written";
    FILE_EXISTS = "cli.file_exists", Refused, "a file would be overwritten";
    #[cfg(feature = "serve")]
    LISTEN = "cli.listen", Unavailable, "an address cannot be listened on";
    NOT_A_DEMO = "cli.not_a_demo", Refused, "the database is a real organisation's";
    NOT_EMPTY = "cli.not_empty", Precondition, "the database to restore into holds data";
    NO_DATABASE = "cli.no_database", Precondition, "the user has no database yet";
    NO_FILE = "cli.no_file", NotFound, "a named file does not exist";
    NO_TERMINAL = "cli.no_terminal", Invalid, "an answer is needed and there is no terminal to ask";
    PASSWORD = "cli.password", Invalid, "a password stands where others can read it";
    #[cfg(feature = "hris")]
    SECRET = "cli.secret", Precondition, "a credential is missing or cannot be read";
    UNKNOWN_NAME = "cli.unknown_name", NotFound, "a named thing does not exist";
    USAGE = "cli.usage", Invalid, "an argument is missing or does not fit";
}

/// Whether it is about a database that nobody has set up.
pub(crate) fn is_not_set_up(error: &Error) -> bool {
    [NO_DATABASE.code, "database.not_set_up"].contains(&error.code())
}

/// What the library says of a database that an older program made.
pub(crate) const SCHEMA_OLDER: &str = "database.schema_older";

impl Exit {
    /// How a dry run ends.
    pub(crate) fn of_dry_run(detailed_exitcode: bool, found_changes: bool) -> Self {
        if detailed_exitcode && found_changes { Self::ChangesFound } else { Self::Done }
    }
}

/// The exit code of a kind of failure.
pub(crate) fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Invalid => 2,
        ErrorKind::Unauthenticated | ErrorKind::Forbidden | ErrorKind::Refused => 4,
        ErrorKind::Stale => 5,
        ErrorKind::CheckFailed => 6,
        ErrorKind::NotFound => 7,
        ErrorKind::Busy => 75,
        // Conflict, Precondition, Unavailable, Internal, and whatever kind comes later.
        _ => 1,
    }
}

impl Stop {
    /// The same again, for whoever only looks at it.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(again(error)),
            Self::Interrupted(code) => Self::Interrupted(*code),
            Self::LeftPrompt => Self::LeftPrompt,
            Self::Panicked => Self::Panicked,
            Self::ReaderGone => Self::ReaderGone,
        }
    }
}

/// An error with the words of another, for showing.
pub(crate) fn again(error: &Error) -> Error {
    CONFIG.error(error.message()).with_hints(error.hints().iter().cloned())
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::ChangesFound => Self::from(10),
            Exit::RowsRejected => Self::from(3),
        }
    }
}

/// A file that cannot be read or written, in words that name it.
pub(crate) fn file_error(verb: &str, path: &std::path::Path, cause: &std::io::Error) -> Error {
    let code = if cause.kind() == std::io::ErrorKind::NotFound { &NO_FILE } else { &FILE };
    code.error(format!("cannot {verb} `{}`: {}", path.display(), io_reason(cause)))
}

/// The reason of an I/O error in lower case and without the number of the operating system.
pub(crate) fn io_reason(cause: &std::io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_exit_code_of_the_contract() {
        let table: Vec<String> =
            ErrorKind::ALL.iter().map(|kind| format!("{kind:?} {}", exit_code(*kind))).collect();
        assert_eq!(
            table,
            [
                "Invalid 2",
                "NotFound 7",
                "Conflict 1",
                "Unauthenticated 4",
                "Forbidden 4",
                "Refused 4",
                "Stale 5",
                "Precondition 1",
                "CheckFailed 6",
                "Busy 75",
                "Unavailable 1",
                "Internal 1",
            ]
        );
    }

    #[test]
    fn an_io_error_is_told_without_its_number() {
        let missing = std::fs::read("/no/such/file").expect_err("there is no such file");
        assert_eq!(io_reason(&missing), "no such file or directory");
    }
}
