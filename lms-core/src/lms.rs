//! The front door: opens a database and hands out the contexts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::access::Access;
use crate::analytics::{self, Analytics};
use crate::assignments::{self, Assignments, Rules};
use crate::audit::Audit;
use crate::batches::Batches;
use crate::catalog::{Catalog, Paths};
use crate::certificates::{self, Certificates};
use crate::content::Content;
use crate::database::Database;
use crate::events::Events;
#[cfg(feature = "hris")]
use crate::imports::hris::Hris;
use crate::imports::{self, Imports};
use crate::jobs::JobRuns;
use crate::kernel::access::Actor;
use crate::kernel::clock::{Clock, SystemClock, Timestamp};
use crate::kernel::core::{Core, Inner};
use crate::kernel::db::failure::NOT_A_DATABASE;
use crate::kernel::db::schema;
use crate::kernel::db::{DatabaseUrl, Db, OpenOptions, Target, migrate};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{Ids, RandomIds};
use crate::kernel::lease::Jobs;
use crate::kernel::store::FileStore;
use crate::notifications::{self, Notifications};
use crate::operations::{Reactions, Requests};
use crate::people::People;
use crate::progress::{self, Progress};
use crate::quizzes::Quizzes;
use crate::readiness::Readiness;
use crate::settings::Settings;
use crate::skills::Skills;
use crate::sweep::{self, Sweep};

const READERS_DEFAULT: u32 = 8;
const FILE_BYTES_MAX_DEFAULT: u64 = 2 << 30;
const WAIT_DEFAULT: Duration = Duration::from_secs(30);

/// What follows above from what is done below.
const REACTIONS: Reactions = Reactions {
    // Who arrives becomes the manager of those who waited for them, before rules look at anybody.
    changed: &[imports::people_arrived, assignments::people_changed],
    regrouped: &[assignments::regrouped],
    erased: &[
        notifications::people_erased,
        certificates::people_erased,
        assignments::people_erased,
        progress::people_erased,
        sweep::people_erased,
        imports::people_erased,
    ],
    merged: &[
        notifications::people_merged,
        certificates::people_merged,
        assignments::people_merged,
        progress::people_merged,
        sweep::people_merged,
        imports::people_merged,
    ],
    retaught: &[assignments::trainings_changed],
    retrained: assignments::retrained,
    asked_for: assignments::rules_asking_for,
    swept: analytics::keep_snapshot,
    held: &[
        (&schema::NOTICES, PERSON),
        (&schema::ESCALATIONS, PERSON),
        (&schema::CERTIFICATES, PERSON),
        (&schema::ASSIGNMENTS, PERSON),
        (&schema::ASSIGNMENT_EXCEPTIONS, PERSON),
        (&schema::EXEMPTIONS, PERSON),
        (&schema::COMPLETIONS, PERSON),
        (&schema::QUIZ_ATTEMPTS, PERSON),
        (
            &schema::QUIZ_ANSWERS,
            "attempt_id IN (SELECT a.id FROM quiz_attempts a WHERE a.person_id = $1)",
        ),
        (&schema::MODULE_PROGRESS, PERSON),
        (&schema::ACKNOWLEDGEMENTS, PERSON),
        (&schema::IMPORT_SIGHTINGS, PERSON),
        (&schema::IMPORT_PENDING, PERSON),
        (&schema::IMPORT_ROWS, PERSON),
    ],
};

const PERSON: &str = "person_id = $1";

/// An open database of one organisation. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Lms(Core);

/// What to do with a database whose schema is not the one of this program.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaMode {
    /// Refuse it, in one line that says what to do.
    #[default]
    Refuse,
    /// Create what is missing and migrate what is older.
    Apply,
    /// Open it as it is, to look at it.
    Any,
    /// Open it as it is and make a file that is missing, to restore into it.
    Create,
}

/// How to open a database.
#[derive(Debug)]
pub struct LmsBuilder {
    url: String,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    actor: Actor,
    options: OpenOptions,
    schema_mode: SchemaMode,
    store: Option<FileStore>,
    file_bytes_max: u64,
}

impl LmsBuilder {
    /// Tells the time by this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes ids and secrets from here.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Who migrates, where there is something to migrate.
    #[must_use]
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// The password of the database user, where it does not stand in the URL.
    #[must_use]
    pub fn password(mut self, password: String) -> Self {
        self.options.password = Some(password);
        self
    }

    /// At most this many connections for reading; a few more are kept for writing.
    #[must_use]
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.options.readers = connections.max(1);
        self
    }

    /// How long to wait for others who hold the database.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.options.wait = wait;
        self
    }

    /// What to do with a database whose schema is not the one of this program.
    #[must_use]
    pub fn schema_mode(mut self, mode: SchemaMode) -> Self {
        self.schema_mode = mode;
        self
    }

    /// Keeps files here.
    #[must_use]
    pub fn file_store(mut self, store: FileStore) -> Self {
        self.store = Some(store);
        self
    }

    /// Takes files of up to so many bytes; 2 GiB unless said.
    #[must_use]
    pub fn file_bytes_max(mut self, bytes: u64) -> Self {
        self.file_bytes_max = bytes;
        self
    }

    /// Opens the database.
    pub async fn open(mut self) -> Result<Lms> {
        let url = DatabaseUrl::parse(&self.url)?;
        self.options.create = matches!(self.schema_mode, SchemaMode::Apply | SchemaMode::Create);
        let named = |error: Error| match url.target() {
            // SQLite does not say which file it could not open.
            Target::Sqlite { .. } if !error.message().contains('`') => {
                error.with_hint(format!("the database is {url}"))
            }
            _ => error,
        };
        let db = Db::open(&url, &self.options).await.map_err(named)?;
        let lms = Lms(Core::new(Inner {
            db,
            url: url.clone(),
            clock: self.clock,
            ids: self.ids,
            store: self.store,
            file_bytes_max: self.file_bytes_max,
            extension: Some(Arc::new(REACTIONS)),
            shared: Mutex::default(),
        }));
        match self.schema_mode {
            SchemaMode::Refuse => {
                let mut tx = lms.0.db().begin_read().await.map_err(named)?;
                migrate::inspect(&mut tx)
                    .await
                    .and_then(|found| found.require_current())
                    .map_err(named)?;
            }
            SchemaMode::Apply => {
                lms.database().migrate(&self.actor).await.map_err(named)?;
            }
            SchemaMode::Create => {
                // What is no database at all is told with its name, not by the first that reads.
                let mut tx = lms.0.db().begin_read().await.map_err(named)?;
                if let Err(error) = migrate::inspect(&mut tx).await
                    && error.is(&NOT_A_DATABASE)
                {
                    return Err(named(error));
                }
            }
            SchemaMode::Any => {}
        }
        Ok(lms)
    }
}

impl Lms {
    /// Opens a database that has been set up: `sqlite:PATH` or `postgres://…?schema=acme`.
    pub async fn open(url: &str) -> Result<Self> {
        Self::builder(url).open().await
    }

    /// Opens a database in another way.
    #[must_use]
    pub fn builder(url: &str) -> LmsBuilder {
        LmsBuilder {
            url: url.to_owned(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            actor: Actor::system("migrate"),
            options: OpenOptions {
                readers: READERS_DEFAULT,
                wait: WAIT_DEFAULT,
                password: None,
                create: false,
            },
            schema_mode: SchemaMode::default(),
            store: None,
            file_bytes_max: FILE_BYTES_MAX_DEFAULT,
        }
    }

    /// The settings of the organisation.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings { core: &self.0 }
    }

    /// Accounts, roles and tokens.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access { core: &self.0 }
    }

    /// Files and feeds of other systems.
    #[must_use]
    pub fn imports(&self) -> Imports<'_> {
        Imports { core: &self.0 }
    }

    /// Systems that keep people, and what they have.
    #[cfg(feature = "hris")]
    #[must_use]
    pub fn hris(&self) -> Hris<'_> {
        Hris { core: &self.0, first_wait: None }
    }

    /// People, departments, locations and job roles.
    #[must_use]
    pub fn people(&self) -> People<'_> {
        People { core: &self.0, unchanged_since: None }
    }

    /// Operations that can be taken back.
    #[must_use]
    pub fn batches(&self) -> Batches<'_> {
        Batches { core: &self.0 }
    }

    /// Questions and quizzes.
    #[must_use]
    pub fn quizzes(&self) -> Quizzes<'_> {
        Quizzes { core: &self.0, unchanged_since: None }
    }

    /// Trainings.
    #[must_use]
    pub fn catalog(&self) -> Catalog<'_> {
        Catalog { core: &self.0, unchanged_since: None }
    }

    /// Learning paths over trainings.
    #[must_use]
    pub fn paths(&self) -> Paths<'_> {
        Paths { core: &self.0, unchanged_since: None }
    }

    /// What people have to learn, and what they have done.
    #[must_use]
    pub fn assignments(&self) -> Assignments<'_> {
        Assignments { core: &self.0 }
    }

    /// Rules: who has to learn what without anybody assigning it.
    #[must_use]
    pub fn rules(&self) -> Rules<'_> {
        Rules { core: &self.0, unchanged_since: None }
    }

    /// How far people are: attempts at quizzes, and what waits to be graded.
    #[must_use]
    pub fn progress(&self) -> Progress<'_> {
        Progress { core: &self.0 }
    }

    /// Skills, and which job roles require them.
    #[must_use]
    pub fn skills(&self) -> Skills<'_> {
        Skills { core: &self.0, unchanged_since: None }
    }

    /// Who has which skills, and who lacks what their job role requires.
    #[must_use]
    pub fn readiness(&self) -> Readiness<'_> {
        Readiness { core: &self.0 }
    }

    /// Figures: compliance, what is overdue, what is learnt.
    #[must_use]
    pub fn analytics(&self) -> Analytics<'_> {
        Analytics { core: &self.0 }
    }

    /// Files that people learn from.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        Content { core: &self.0 }
    }

    /// Certificates.
    #[must_use]
    pub fn certificates(&self) -> Certificates<'_> {
        Certificates { core: &self.0 }
    }

    /// What people are told.
    #[must_use]
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications { core: &self.0 }
    }

    /// The nightly pass.
    #[must_use]
    pub fn sweep(&self) -> Sweep<'_> {
        Sweep { core: &self.0 }
    }

    /// What jobs did, run by run.
    #[must_use]
    pub fn job_runs(&self) -> JobRuns<'_> {
        JobRuns { core: &self.0 }
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> Audit<'_> {
        Audit { core: &self.0 }
    }

    /// The event feed.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { core: &self.0 }
    }

    /// Requests with keys, each of which is carried out once.
    #[must_use]
    pub fn requests(&self) -> Requests<'_> {
        Requests { core: &self.0 }
    }

    /// Named jobs of which only one may run.
    #[must_use]
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs { core: &self.0 }
    }

    /// The database itself: schema, health, backup.
    #[must_use]
    pub fn database(&self) -> Database<'_> {
        Database { core: &self.0 }
    }

    /// Where the database is, without its password.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        self.0.url()
    }

    /// What time it is for this system.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    #[cfg(feature = "testkit")]
    pub(crate) fn core(&self) -> &Core {
        &self.0
    }

    /// Gives all connections back, after what is running on them and what waits to be written together.
    pub async fn close(&self) {
        progress::drained(&self.0).await;
        self.0.db().close().await;
    }
}
