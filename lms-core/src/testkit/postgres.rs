//! A throwaway PostgreSQL server for tests.
//!
//! One cluster per process, made on first use from the installed server programs (1–2 s) without
//! any durability, in a private folder under the system's folder for temporary files. A small
//! shell script keeps it: the script waits on a pipe that this process holds, and the pipe closes
//! however the process ends, `kill -9` included. Then the server is stopped and the folder removed.
//!
//! Programs connect through the socket in that folder, without a password. Over TCP, on a free
//! port of 127.0.0.1, a password is needed; [`Postgres::ROLE`] has one, so that tests can send a
//! wrong one.
//!
//! If `LMS_TEST_POSTGRES_URL` is set, that server is used and none is made. Runners that start a
//! process for each test need this: `scripts/with-postgres cargo nextest run`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const KEEPER: &str = include_str!("postgres.sh");
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];
const MAJOR_VERSION_MIN: u32 = 14;
const URL_VARIABLE: &str = "LMS_TEST_POSTGRES_URL";

/// A PostgreSQL server that tests may do anything to.
#[derive(Debug)]
pub struct Postgres {
    /// URL of a superuser up to the query.
    base: String,
    query: String,
    /// `host:port/database`.
    tcp_address: String,
    bin_dir: PathBuf,
    /// Holds the pipe; `None` for a server that somebody else runs.
    _keeper: Option<Child>,
}

impl Postgres {
    /// A role that may log in over TCP and create schemas, and nothing else.
    pub const ROLE: &str = "lms_password";
    /// The password of [`Self::ROLE`].
    pub const PASSWORD: &str = "open sesame";

    /// The server of this process; the first call starts it.
    pub fn shared() -> Result<&'static Self, String> {
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        SHARED.get_or_init(Self::find_or_start).as_ref().map_err(Clone::clone)
    }

    /// URL of the test database with `schema` as the organisation's schema.
    pub fn url(&self, schema: &str) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{and}schema={}", self.base, self.query, percent_encode(schema))
    }

    /// URL of the test database for a superuser.
    pub fn superuser_url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.base, self.query)
    }

    /// URL of the test database over TCP, where the password counts.
    pub fn tcp_url(&self, user: &str, password: &str) -> String {
        let (user, password) = (percent_encode(user), percent_encode(password));
        format!("postgres://{user}:{password}@{}", self.tcp_address)
    }

    /// The folder of `psql` and its like. It is empty, which leaves the search to `PATH`, when the
    /// server is somebody else's and none is installed here.
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    fn find_or_start() -> Result<Self, String> {
        match environment(URL_VARIABLE) {
            Some(url) => Self::given(&url.to_string_lossy()),
            None => Self::start(&server_programs()?),
        }
    }

    fn given(url: &str) -> Result<Self, String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let rest = base
            .strip_prefix("postgres://")
            .or_else(|| base.strip_prefix("postgresql://"))
            .filter(|rest| rest.contains('/'))
            .ok_or_else(|| {
                format!("`{URL_VARIABLE}` must look like `postgres://user:password@host/database`")
            })?;
        let tcp_address = rest.rsplit_once('@').map_or(rest, |(_, address)| address);
        Ok(Self {
            base: base.to_owned(),
            query: query.to_owned(),
            tcp_address: tcp_address.to_owned(),
            bin_dir: server_programs().unwrap_or_default(),
            _keeper: None,
        })
    }

    fn start(bin_dir: &Path) -> Result<Self, String> {
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "lms-test-postgres"])
            .arg(bin_dir)
            .arg(std::env::temp_dir())
            .args(free_ports()?)
            // `PG…` variables of the caller would lead the programs astray.
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // In a process group of its own, Ctrl-C does not reach the server before the tests end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);

        let failed = |why: &dyn std::fmt::Display| {
            format!("cannot start PostgreSQL for tests from `{}`: {why}", bin_dir.display())
        };
        let mut keeper = command.spawn().map_err(|error| failed(&error))?;
        let answers = BufReader::new(keeper.stdout.take().expect("standard output is piped"));
        let mut complaints = String::new();
        for answer in answers.lines().map_while(Result::ok) {
            if let Some((port, folder)) =
                answer.strip_prefix("ready ").and_then(|place| place.split_once(' '))
            {
                return Ok(Self {
                    base: format!("postgres://postgres@localhost:{port}/lms_test"),
                    query: format!("host={}", percent_encode(folder).replace("%2F", "/")),
                    tcp_address: format!("127.0.0.1:{port}/lms_test"),
                    bin_dir: bin_dir.to_owned(),
                    _keeper: Some(keeper),
                });
            }
            complaints.push_str(&answer);
            complaints.push('\n');
        }
        let _ = keeper.wait();
        Err(failed(&complaints.trim_end()))
    }
}

/// The folder of the newest installed server.
fn server_programs() -> Result<PathBuf, String> {
    let (major, folder) = candidate_folders()
        .into_iter()
        .filter_map(|folder| Some((major_version(&folder)?, folder)))
        .max()
        .ok_or("no PostgreSQL server programs (`initdb`, `postgres`) on `PATH` or under `/usr/lib/postgresql`\nhint: `scripts/test` installs them; by hand on Debian: `apt-get install postgresql`")?;
    if major < MAJOR_VERSION_MIN {
        return Err(format!(
            "PostgreSQL {major} in `{}` is too old for the tests, which need {MAJOR_VERSION_MIN} or newer",
            folder.display()
        ));
    }
    Ok(folder)
}

/// Folders with all the programs. Links are followed: `initdb` on `PATH` is often one into the
/// folder that also has the rest.
fn candidate_folders() -> Vec<PathBuf> {
    let path = environment("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .filter_map(|folder| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned()));
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")));
    on_path
        .chain(packaged)
        .filter(|folder| PROGRAMS.iter().all(|program| folder.join(program).is_file()))
        .collect()
}

/// `15` of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split("(PostgreSQL) ").nth(1)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Some free ports. They are all held until the last is found, so that they differ.
fn free_ports() -> Result<Vec<String>, String> {
    let listeners: Vec<TcpListener> = (0..5)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))?;
    Ok(listeners.iter().filter_map(|it| Some(it.local_addr().ok()?.port().to_string())).collect())
}

#[expect(clippy::disallowed_methods, reason = "the harness finds a server where the tests run")]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("writing to a string does not fail"),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_server_keeps_its_options() {
        let server =
            Postgres::given("postgres://ada:secret@db.example/lms?sslmode=disable").unwrap();
        assert_eq!(
            server.url("acme"),
            "postgres://ada:secret@db.example/lms?sslmode=disable&schema=acme"
        );
        assert_eq!(server.superuser_url(), "postgres://ada:secret@db.example/lms?sslmode=disable");
        assert_eq!(server.tcp_url("eve", "a b@c"), "postgres://eve:a%20b%40c@db.example/lms");
    }

    #[test]
    fn a_given_server_without_options_works_too() {
        let server = Postgres::given("postgresql://localhost:5433/lms").unwrap();
        assert_eq!(server.url("acme"), "postgresql://localhost:5433/lms?schema=acme");
        assert_eq!(server.superuser_url(), "postgresql://localhost:5433/lms");
    }

    #[test]
    #[cfg(feature = "postgres")]
    fn the_driver_understands_the_url() {
        let server = Postgres {
            base: "postgres://postgres@localhost:5433/lms_test".to_owned(),
            query: "host=/tmp/lms-postgres-x".to_owned(),
            tcp_address: "127.0.0.1:5433/lms_test".to_owned(),
            bin_dir: PathBuf::new(),
            _keeper: None,
        };
        let options: sqlx::postgres::PgConnectOptions = server.superuser_url().parse().unwrap();
        assert_eq!(options.get_socket(), Some(&PathBuf::from("/tmp/lms-postgres-x")));
        assert_eq!(options.get_port(), 5433);
        assert_eq!(options.get_username(), "postgres");
        assert_eq!(options.get_database(), Some("lms_test"));

        let options: sqlx::postgres::PgConnectOptions =
            server.tcp_url(Postgres::ROLE, Postgres::PASSWORD).parse().unwrap();
        assert_eq!((options.get_host(), options.get_port()), ("127.0.0.1", 5433));
    }

    #[test]
    fn a_given_url_of_another_kind_is_refused() {
        for url in ["sqlite:lms.db", "postgres://localhost", "localhost/lms"] {
            let error = Postgres::given(url).unwrap_err();
            assert!(error.contains("LMS_TEST_POSTGRES_URL"), "{error}");
        }
    }
}
