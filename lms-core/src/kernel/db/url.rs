//! Which database: `sqlite:PATH` or `postgres://…`, with `?schema=` for one of several organisations.

use std::fmt;
use std::path::PathBuf;

use super::failure::URL_INVALID;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// The kinds of database that the product runs on.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// An embedded file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// The name in URLs and machine formats.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A checked database URL. It prints without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Target);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Sqlite {
        path: PathBuf,
    },
    /// `url` is without the `schema` parameter, which is ours.
    Postgres {
        url: String,
        schema: String,
    },
}

const SCHEMA_DEFAULT: &str = "public";

/// What may stand behind the `?`, beside `schema` and `options[NAME]`.
const PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…?schema=acme`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').ok_or_else(|| unknown_scheme(text))?;
        match scheme {
            "sqlite" => sqlite(rest),
            "postgres" | "postgresql" => postgres(text),
            _ => Err(unknown_scheme(text)),
        }
        .map(Self)
    }

    /// The kind of database.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0 {
            Target::Sqlite { .. } => Engine::Sqlite,
            Target::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Whether a password stands in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        match &self.0 {
            Target::Sqlite { .. } => false,
            Target::Postgres { url, .. } => redact(url) != *url,
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.0
    }
}

fn unknown_scheme(text: &str) -> Error {
    // What looks like a URL may hold a password, so that only its scheme is repeated.
    let shown = text.split_once("://").map_or(text, |(scheme, _)| scheme);
    URL_INVALID
        .error(format!("`{shown}` is not a database that can be used"))
        .with_hint("write `sqlite:PATH` for an embedded file, or `postgres://USER@HOST/DATABASE`")
}

fn sqlite(rest: &str) -> Result<Target> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path == ":memory:" || path.contains('?') {
        return Err(URL_INVALID
            .error(format!("`sqlite:{rest}` does not name a file"))
            .with_hint("write `sqlite:PATH`, such as `sqlite:/var/lib/lms/lms.db`"));
    }
    Ok(Target::Sqlite { path: PathBuf::from(path) })
}

fn postgres(text: &str) -> Result<Target> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    if !base.contains("://") {
        return Err(URL_INVALID
            .error("the PostgreSQL URL has no `//`")
            .with_hint("write `postgres://USER@HOST/DATABASE`"));
    }
    let mut schema = SCHEMA_DEFAULT.to_owned();
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key == "schema" {
            value.clone_into(&mut schema);
        } else if PARAMETERS.contains(&key) || key.starts_with("options[") {
            others.push(pair);
        } else {
            // The driver would ignore it, and write its value into the log.
            return Err(URL_INVALID
                .error(format!("the PostgreSQL URL has a parameter `{key}` that does not exist"))
                .with_hints(suggest(key, PARAMETERS.iter().copied().chain(["schema"])))
                .with_hint(format!("the parameters are: schema, {}", PARAMETERS.join(", "))));
        }
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts_well = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if !starts_well || schema.len() > 63 || !schema.chars().all(plain) || schema.starts_with("pg_")
    {
        return Err(URL_INVALID
            .error(format!("`{schema}` cannot be the schema of an organisation"))
            .with_hint(
                "use a lower-case letter, then letters, digits and `_`, such as `?schema=acme`",
            ));
    }
    let joint = if others.is_empty() { "" } else { "?" };
    Ok(Target::Postgres { url: format!("{base}{joint}{}", others.join("&")), schema })
}

/// Hides a password, wherever it stands in the URL.
fn redact(url: &str) -> String {
    let (base, query) =
        url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let mut shown = base.to_owned();
    // Up to the last `@`: a password that was not escaped may hold any character.
    if let Some((scheme, rest)) = base.split_once("://")
        && let Some((user, host)) = rest.rsplit_once('@')
        && let Some((user, _)) = user.split_once(':')
    {
        shown = format!("{scheme}://{user}:***@{host}");
    }
    if let Some(query) = query {
        let pairs: Vec<&str> = query
            .split('&')
            .map(|pair| if pair.starts_with("password=") { "password=***" } else { pair })
            .collect();
        shown = format!("{shown}?{}", pairs.join("&"));
    }
    shown
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Sqlite { path } => write!(f, "sqlite:{}", path.display()),
            Target::Postgres { url, schema } if schema == SCHEMA_DEFAULT => {
                f.write_str(&redact(url))
            }
            Target::Postgres { url, schema } => {
                let joint = if url.contains('?') { '&' } else { '?' };
                write!(f, "{}{joint}schema={schema}", redact(url))
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        for url in [
            "postgres://ada:s3cret@db.example.com:5432/lms?sslmode=require&schema=acme",
            "postgres://ada:s3:cret@db/lms",
            "postgres://ada:s3/c@cret@db/lms",
            "postgresql://ada@db/lms?password=s3cret",
        ] {
            let url = DatabaseUrl::parse(url).unwrap();
            assert!(url.has_password());
            assert!(!format!("{url} {url:?}").contains("cret"), "{url}");
        }
        let url = DatabaseUrl::parse("postgres://ada@db/lms?schema=acme").unwrap();
        assert!(!url.has_password());
        assert_eq!(url.to_string(), "postgres://ada@db/lms?schema=acme");
    }

    #[test]
    fn what_is_no_database_is_refused_without_repeating_secrets() {
        for bad in ["", "lms.db", "mysql://ada:s3cret@db/lms", "sqlite:", "sqlite::memory:"] {
            let error = DatabaseUrl::parse(bad).unwrap_err();
            assert!(!error.message().contains("s3cret"), "{error}");
            assert!(!error.hints().is_empty());
        }
        let error = DatabaseUrl::parse("postgres://ada@db/lms?PASSWORD=s3cret").unwrap_err();
        assert!(!format!("{error:?}").contains("s3cret"));
        assert!(DatabaseUrl::parse("postgres://db/lms?schema=Robert'); --").is_err());
        assert!(DatabaseUrl::parse("postgres://db/lms?schema=pg_catalog").is_err());
    }
}
