//! For tests, here and at integrators': a fresh database on either engine, a clock that stands
//! still, ids that repeat.
//!
//! ```no_run
//! # async fn run() {
//! use lms_core::testkit::TestLms;
//! use lms_core::{Engine, SettingsChange};
//!
//! let lms = TestLms::organisation(Engine::Sqlite).await;
//! let change = SettingsChange::new().set("grace_days", "7").unwrap();
//! lms.settings().set(&lms.admin(), change).await.unwrap();
//! # }
//! ```
//!
//! Functions here panic where a test could only fail.

mod audience;
mod certificates;
mod inspect;
mod load;
mod notices;
mod postgres;
mod rules;
mod statuses;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

pub use audience::BothWays;
pub use certificates::GivenCertificate;
pub use inspect::{
    CataloguedColumn, RegisteredColumn, StatementPlan, StatementText, columns, plans_of, statements,
};
pub use postgres::Postgres;
pub use rules::RuleThen;

use crate::{
    Actor, Clock, Engine, FileStore, Lms, LmsBuilder, ManualClock, SchemaMode, SeededIds, SetUp,
    SystemClock,
};

/// When every test begins, unless it says otherwise: a Tuesday at noon.
pub const NOON: &str = "2026-03-31T12:00:00Z";

/// A fresh database with a clock that is moved by hand. It is gone when this is dropped.
#[derive(Debug)]
pub struct TestLms {
    lms: Lms,
    clock: Arc<ManualClock>,
    place: TestDatabase,
}

/// An empty place for a database.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    engine: Engine,
    /// Removes the SQLite file at the end.
    folder: TempDir,
}

/// The engines that tests are to run on: `LMS_TEST_ENGINES`, both unless said. An engine that is
/// asked for and missing fails its tests.
#[must_use]
pub fn engines() -> Vec<Engine> {
    #[expect(clippy::disallowed_methods, reason = "tests are told by their environment")]
    let asked = std::env::var("LMS_TEST_ENGINES").unwrap_or_else(|_| "sqlite,postgres".to_owned());
    asked
        .split(',')
        .map(|name| match name.trim() {
            "sqlite" => Engine::Sqlite,
            "postgres" => Engine::Postgres,
            other => panic!("LMS_TEST_ENGINES knows `sqlite` and `postgres`, not `{other}`"),
        })
        .collect()
}

impl TestDatabase {
    /// A place where nothing is yet.
    #[must_use]
    pub fn empty(engine: Engine) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("lms.db").display()),
            Engine::Postgres => {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let server = Postgres::shared().unwrap_or_else(|error| panic!("{error}"));
                // A server that lasts may know this process id from an earlier run.
                let run = SystemClock.now().as_micros();
                server.url(&format!("test_{run}_{}_{count}", std::process::id()))
            }
        };
        Self { url, engine, folder }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// On which engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A folder of its own, for files of the test.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl TestLms {
    /// A migrated database without an organisation.
    pub async fn fresh(engine: Engine) -> Self {
        Self::open(TestDatabase::empty(engine), SchemaMode::Apply).await
    }

    /// A database with the organisation `Acme`, whose super admin is `ada`.
    pub async fn organisation(engine: Engine) -> Self {
        let test = Self::fresh(engine).await;
        let set_up = SetUp::new("Acme", "ada").email("ada@example.com");
        test.access().set_up(&test.admin(), set_up).await.expect("a fresh database can be set up");
        test
    }

    /// `organisation` on SQLite.
    pub async fn sqlite() -> Self {
        Self::organisation(Engine::Sqlite).await
    }

    /// `organisation` on PostgreSQL.
    pub async fn postgres() -> Self {
        Self::organisation(Engine::Postgres).await
    }

    /// Opens a place with manual clock and seeded ids.
    pub async fn open(place: TestDatabase, mode: SchemaMode) -> Self {
        let clock = Arc::new(ManualClock::at(NOON).expect("noon is an instant"));
        let lms = builder(&place, &clock)
            .schema_mode(mode)
            .open()
            .await
            .unwrap_or_else(|error| panic!("{} cannot be opened: {error:?}", place.url));
        Self { lms, clock, place }
    }

    /// The clock, to move it.
    #[must_use]
    pub fn clock(&self) -> &Arc<ManualClock> {
        &self.clock
    }

    /// Someone with full rights.
    #[must_use]
    pub fn admin(&self) -> Actor {
        Actor::os_user("admin").with_origin("test")
    }

    /// Where the database is, for other programs.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.place.url
    }

    /// The place, for other handles on the same database and files of the test.
    #[must_use]
    pub fn place(&self) -> &TestDatabase {
        &self.place
    }

    /// On which engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.place.engine
    }
}

fn builder(place: &TestDatabase, clock: &Arc<ManualClock>) -> LmsBuilder {
    let clock: Arc<ManualClock> = Arc::clone(clock);
    let files = FileStore::folder(&place.folder.path().join("files"))
        .expect("a folder for files can be made");
    Lms::builder(&place.url)
        .file_store(files)
        .clock(clock)
        .ids(Arc::new(SeededIds::new(1)))
        .max_connections(4)
}

impl Deref for TestLms {
    type Target = Lms;

    fn deref(&self) -> &Lms {
        &self.lms
    }
}
