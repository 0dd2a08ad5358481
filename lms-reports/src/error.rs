//! What can go wrong with a report, beyond what the library itself refuses.

use std::path::Path;

use lms_core::{Error, ErrorCode, ErrorKind};

pub(crate) static UNKNOWN: ErrorCode =
    ErrorCode::new("reports.unknown", ErrorKind::NotFound, "there is no such report");
pub(crate) static FORMAT: ErrorCode =
    ErrorCode::new("reports.format", ErrorKind::Invalid, "a report has no such format");
pub(crate) static LAYOUT: ErrorCode =
    ErrorCode::new("reports.layout", ErrorKind::Internal, "a report cannot be laid out");
pub(crate) static LANGUAGE: ErrorCode =
    ErrorCode::new("reports.language", ErrorKind::Invalid, "reports have no such language");
pub(crate) static PERIOD: ErrorCode =
    ErrorCode::new("reports.period", ErrorKind::Invalid, "a period ends before it begins");
pub(crate) static UNREADABLE: ErrorCode = ErrorCode::new(
    "reports.unreadable",
    ErrorKind::Invalid,
    "a file is no report that can be verified",
);
pub(crate) static UNWRITABLE: ErrorCode =
    ErrorCode::new("reports.unwritable", ErrorKind::Unavailable, "a report cannot be written");

/// Every error code of this crate, sorted.
#[must_use]
pub fn error_codes() -> Vec<&'static ErrorCode> {
    vec![&FORMAT, &LANGUAGE, &LAYOUT, &PERIOD, &UNKNOWN, &UNREADABLE, &UNWRITABLE]
}

/// What could not be done to a file or folder, and why.
pub(crate) fn unwritable(verb: &str, path: &Path, cause: std::io::Error) -> Error {
    UNWRITABLE
        .error(format!("cannot {verb} `{}`: {}", path.display(), io_reason(&cause)))
        .with_hint("nothing was replaced; name a file in a folder that is there and has room")
        .with_source(cause)
}

/// Why a file cannot be read.
pub(crate) fn unreadable(path: &Path, cause: &std::io::Error) -> Error {
    UNREADABLE
        .error(format!("cannot read `{}`: {}", path.display(), io_reason(cause)))
        .with_hint("name a file that `lmsctl report` wrote")
}

/// The reason in lower case, without the number of the operating system and what stands behind it.
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
    fn codes_are_sorted_and_in_one_family() {
        let codes: Vec<&str> = error_codes().iter().map(|code| code.code).collect();
        assert!(codes.is_sorted() && codes.iter().all(|code| code.starts_with("reports.")));
    }
}
