//! What a database says when it fails, in words that help.

use crate::kernel::error::{Error, error_codes};

error_codes! {
    URL_INVALID = "database.url_invalid", Invalid, "the database URL cannot be used";
    ENGINE_MISSING = "database.engine_missing", Invalid, "this program was built without that database";
    ENGINE_TOO_OLD = "database.engine_too_old", Unavailable, "the database server is too old";
    NOT_SET_UP = "database.not_set_up", Precondition, "the database has not been set up";
    SCHEMA_OLDER = "database.schema_older", Precondition, "the database has an older schema than this program";
    SCHEMA_NEWER = "database.schema_newer", Precondition, "the database has a newer schema than this program";
    FOREIGN = "database.foreign", Precondition, "the database belongs to another program";
    NOT_A_DATABASE = "database.not_a_database", Invalid, "the file is no SQLite database";
    UNREACHABLE = "database.unreachable", Unavailable, "the database does not answer";
    CANNOT_OPEN = "database.cannot_open", Unavailable, "the database file cannot be opened";
    SIGN_IN = "database.sign_in", Unavailable, "the database server does not let us in";
    LOCKED = "database.locked", Unavailable, "others held the database for longer than the waiting time";
    DISK_FULL = "database.disk_full", Unavailable, "the disk of the database is full";
    READ_ONLY = "database.read_only", Unavailable, "the database cannot be written to";
    DAMAGED = "database.damaged", Internal, "the database file is damaged";
    CONFLICT = "database.conflict", Conflict, "something else has this name or key already";
    STATEMENT = "database.statement", Internal, "the database refused a statement";
}

/// Turns a driver's error into ours; the driver's own words go to the log, not to a user.
pub(crate) fn explain(error: sqlx::Error) -> Error {
    let explained = match &error {
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some(code) if code.len() == 5 && code.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                postgres(code, database.message())
            }
            code => sqlite(code.and_then(|code| code.parse().ok())),
        },
        sqlx::Error::Io(cause) => unreachable_server(&cause.to_string()),
        sqlx::Error::Tls(cause) => UNREACHABLE
            .error(format!("no secure connection to the database server: {cause}"))
            .with_hint("check `sslmode` and the certificates named in the database URL"),
        sqlx::Error::PoolTimedOut => LOCKED
            .error("the database was busy for longer than the waiting time")
            .with_hint("try again, or wait longer with `--wait`"),
        sqlx::Error::Configuration(cause) => {
            URL_INVALID.error(format!("the database URL cannot be used: {cause}"))
        }
        _ => {
            STATEMENT.error("the database refused a statement of this program").with_hint(BUG_HINT)
        }
    };
    explained.with_source(error)
}

const BUG_HINT: &str = "this is a defect; report it with the log of `-v`";

fn unreachable_server(cause: &str) -> Error {
    let cause = cause.split(" (os error").next().unwrap_or(cause).to_lowercase();
    UNREACHABLE
        .error(format!("the database server does not answer: {cause}"))
        .with_hint("check that the server runs, and host and port in the database URL")
}

fn locked() -> Error {
    LOCKED
        .error("another process held the database for longer than the waiting time")
        .with_hint("try again, or wait longer with `--wait`")
}

fn disk_full() -> Error {
    DISK_FULL
        .error("the disk of the database is full; nothing was changed")
        .with_hint("make room and run the same command again")
}

fn conflict() -> Error {
    CONFLICT.error("something else has this name or key already")
}

/// SQLite's primary result codes are the low byte of the extended ones.
fn sqlite(code: Option<i32>) -> Error {
    match code.map(|code| (code & 0xff, code)) {
        Some((5 | 6, _)) => locked(),
        // 4874: no room for the index of the write-ahead log.
        Some((13, _) | (_, 4874)) => disk_full(),
        Some((8, _)) => read_only(),
        Some((3 | 23, _)) => CANNOT_OPEN
            .error("the database file may not be read by this user")
            .with_hint("check the owner and the permissions of the file"),
        Some((14, _)) => CANNOT_OPEN
            .error("the database file cannot be opened")
            .with_hint("check that file and folder exist and may be read and written by this user"),
        Some((26, _)) => NOT_A_DATABASE
            .error("the file is not an SQLite database")
            .with_hint("check the path; nothing was changed"),
        Some((11, _)) => DAMAGED
            .error("the database file is damaged")
            .with_hint("restore a backup with `lmsctl db restore`; keep the damaged file"),
        // An I/O error while writing is most often a full disk or a quota.
        Some((10, _)) => DISK_FULL
            .error("the database file could not be read or written")
            .with_hint("check the disk: room, quota and health; nothing was changed"),
        Some((19, 1555 | 2067)) => conflict(),
        code => refused(code.map(|(_, code)| code.to_string()).as_deref()),
    }
}

/// What the driver says may hold SQL and values: it is for the log.
fn refused(code: Option<&str>) -> Error {
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    STATEMENT
        .error(format!("the database refused a statement of this program{code}"))
        .with_hint(BUG_HINT)
}

fn read_only() -> Error {
    READ_ONLY
        .error("the database cannot be written to: it is read-only for this user")
        .with_hint("check the owner and the permissions of the file and its folder")
}

fn postgres(code: &str, message: &str) -> Error {
    match code {
        "28P01" | "28000" => SIGN_IN
            .error(format!("the database server does not let this user in: {message}"))
            .with_hint("check the user in the database URL, and the password in `LMS_DATABASE_URL`, `database.password_file` or PGPASSFILE"),
        "3D000" => UNREACHABLE
            .error(format!("the server has no such database: {message}"))
            .with_hint("create it on the server, such as with `createdb`, or correct the database URL"),
        "53100" => disk_full(),
        "25006" => READ_ONLY
            .error("the database server takes no writes: it is a replica or in read-only mode")
            .with_hint("name the primary server in the database URL"),
        "42501" => SIGN_IN
            .error(format!("the database user lacks a right: {message}"))
            .with_hint("let it use and create in the schema: `GRANT USAGE, CREATE ON SCHEMA … TO …`"),
        "55P03" | "40001" | "40P01" | "57014" => locked(),
        "53300" => UNREACHABLE
            .error("the database server has no connection left")
            .with_hint("try again, or raise `max_connections` of the server"),
        "23505" => conflict(),
        // A message that the server does not understand is a mistake of ours, not of the network.
        "08P01" => refused(Some(code)),
        _ if code.starts_with("08") || code.starts_with("57P") => unreachable_server(message),
        code => refused(Some(code)),
    }
}
