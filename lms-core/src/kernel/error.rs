//! The one error of the library: a kind for programs, a stable code for scripts and translators,
//! a message and hints for people.
//!
//! Every code is declared with `error_codes!` in the context that raises it, so that the list in
//! `docs/errors.md` can be checked against the code.

use std::fmt;

/// The result of every verb.
pub type Result<T> = std::result::Result<T, Error>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What kind of failure it is. Shells map it to an exit code or a status, and to nothing else.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The input is wrong; the same input will fail again.
    Invalid,
    /// A named thing does not exist, or the actor may not know that it does.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// Nobody knows who is asking.
    Unauthenticated,
    /// The actor lacks a permission.
    Forbidden,
    /// A guard said no.
    Refused,
    /// The data changed since the caller looked.
    Stale,
    /// Something has to be done first.
    Precondition,
    /// A check was carried out and did not hold.
    CheckFailed,
    /// Another run of the same job is under way.
    Busy,
    /// The database or another service does not answer; trying again may help.
    Unavailable,
    /// A defect of this program or a damaged database.
    Internal,
}

impl ErrorKind {
    /// All kinds, for tables that must have a row for each.
    pub const ALL: &'static [Self] = &[
        Self::Invalid,
        Self::NotFound,
        Self::Conflict,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::Refused,
        Self::Stale,
        Self::Precondition,
        Self::CheckFailed,
        Self::Busy,
        Self::Unavailable,
        Self::Internal,
    ];
}

/// A stable error code: adding one is free, renaming one breaks scripts.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The dotted name, such as `settings.unknown`.
    pub code: &'static str,
    /// Its kind.
    pub kind: ErrorKind,
    /// What it means, for the reference.
    pub summary: &'static str,
}

impl ErrorCode {
    /// Declares a code.
    #[must_use]
    pub const fn new(code: &'static str, kind: ErrorKind, summary: &'static str) -> Self {
        Self { code, kind, summary }
    }

    /// Makes an error of this code.
    pub fn error(&'static self, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code: self,
            message: message.into(),
            hints: Vec::new(),
            field: None,
            parts: Vec::new(),
            cause: None,
        }))
    }
}

/// Declares the error codes of a context, and lists them in `CODES`.
macro_rules! error_codes {
    ($($name:ident = $code:literal, $kind:ident, $summary:literal;)+) => {
        $(pub(crate) static $name: $crate::kernel::error::ErrorCode =
            $crate::kernel::error::ErrorCode::new(
                $code, $crate::kernel::error::ErrorKind::$kind, $summary);)+
        /// Every code of this module, for the reference.
        pub(crate) static CODES: &[&$crate::kernel::error::ErrorCode] = &[$(&$name),+];
    };
}
pub(crate) use error_codes;

error_codes! {
    INVALID_VALUE = "input.invalid", Invalid, "a value has the wrong form";
    SEVERAL = "input.several", Invalid, "several values are wrong";
    INVALID_CURSOR = "input.cursor", Invalid, "a paging cursor was not made by this list";
    FORBIDDEN = "access.forbidden", Forbidden, "the actor lacks the permission for this";
    NO_PERSON = "access.no_person", Refused, "the actor's account belongs to no person";
    INCONSISTENT = "database.inconsistent", Internal, "a stored value cannot be what it should be";
    INTERNAL = "internal", Internal, "a defect of this program";
}

/// What went wrong, and what to do about it.
pub struct Error(Box<Inner>);

struct Inner {
    code: &'static ErrorCode,
    message: String,
    hints: Vec<String>,
    field: Option<String>,
    parts: Vec<Error>,
    cause: Option<Cause>,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code.code
    }

    /// What was wrong, for people: lower case, no full stop, values in backticks.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, a sentence each.
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// The input field at fault, where there is one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The errors that this one tells together; none where it is about one thing.
    pub fn parts(&self) -> &[Error] {
        &self.0.parts
    }

    /// The same error for another of those whom it met; its cause stays with the first.
    pub(crate) fn for_another(&self) -> Self {
        let Inner { code, message, hints, field, parts, cause: _ } = &*self.0;
        Self(Box::new(Inner {
            code,
            message: message.clone(),
            hints: hints.clone(),
            field: field.clone(),
            parts: parts.iter().map(Self::for_another).collect(),
            cause: None,
        }))
    }

    /// The error as its parts, itself where it has none.
    pub(crate) fn into_parts(mut self) -> Vec<Self> {
        let parts = std::mem::take(&mut self.0.parts);
        if parts.is_empty() { vec![self] } else { parts }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds a hint where there is one.
    #[must_use]
    pub fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.0.hints.extend(hints);
        self
    }

    /// Names the input field at fault.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Tells everything that it is about, a field and what is wrong with it each.
    #[must_use]
    pub(crate) fn with_parts(mut self, parts: impl IntoIterator<Item = (String, String)>) -> Self {
        let code = self.0.code;
        let part = |(field, message): (String, String)| code.error(message).with_field(field);
        self.0.parts = parts.into_iter().map(part).collect();
        self
    }

    /// Says within what it went wrong, such as the line of a file.
    #[must_use]
    pub(crate) fn within(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// Keeps the cause for the log; it is never shown to a user.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Everything that is wrong, told at once. What is no fault of the input outranks the rest.
    pub(crate) fn several(mut errors: Vec<Self>) -> Self {
        let kinds = [ErrorKind::Internal, ErrorKind::Unavailable];
        let grave = errors.iter().position(|error| kinds.contains(&error.kind()));
        if let Some(at) = grave.or((errors.len() == 1).then_some(0)) {
            return errors.swap_remove(at);
        }
        let told: Vec<&str> = errors.iter().map(Self::message).collect();
        let message = format!("{} values are wrong: {}", errors.len(), told.join("; "));
        let hints = errors.iter().flat_map(|error| error.hints().to_vec());
        let hints = hints.fold(Vec::new(), |mut hints, hint| {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
            hints
        });
        let mut several = SEVERAL.error(message).with_hints(hints);
        several.0.parts = errors;
        several
    }

    /// The same error, told of one of many records.
    pub(crate) fn of_record(mut self, at: usize, noun: &str) -> Self {
        self.0.message = format!("{noun} {}: {}", at + 1, self.0.message);
        let field = self.0.field.take();
        self.0.field = Some(field.map_or(format!("[{at}]"), |field| format!("[{at}].{field}")));
        self
    }

    pub(crate) fn is(&self, code: &'static ErrorCode) -> bool {
        self.0.code.code == code.code
    }

    /// A value of the wrong form in the named field.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        INVALID_VALUE.error(message).with_field(field)
    }

    /// A defect: something that cannot be.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        INTERNAL.error(message)
    }

    /// A stored value that does not parse.
    pub(crate) fn inconsistent(what: &str, cause: impl fmt::Display) -> Self {
        INCONSISTENT
            .error(format!("the database holds a value that cannot be read: {what}: {cause}"))
            .with_hint("run `lmsctl db check`, and restore a backup if it finds damage")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code.code)
            .field("message", &self.0.message)
            .field("hints", &self.0.hints)
            .field("field", &self.0.field)
            .field("cause", &self.0.cause)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| &**cause as _)
    }
}
