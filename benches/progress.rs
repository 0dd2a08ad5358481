//! Updates of progress a second, from many people at once, each acknowledged when it is durable.
//!
//! Ours is the whole way: who may, which training and version, what was known of the module, what is
//! missing to the end, the answer, and a commit that those share who come together. The floors are
//! the bare engine, as durably: a commit for each row, as many people at once, and a commit for as
//! many rows as there are people.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lms_core::testkit::{TestLms, engines};
use lms_core::{
    Actor, Audience, AudienceField, Engine, Item, ItemContent, Lms, Module, ModuleUpdate,
    NewAccount, NewAssignments, NewPerson, NewToken, NewTraining, PersonField, Publishing,
    TrainingDefinition,
};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::engines::{connect, postgres, runtime};
use crate::harness::{Case, Options, heading, line, measure};

const SECONDS: i64 = 30;

pub(crate) fn run(options: &Options) {
    let learners = if options.quick { 50 } else { 500 };
    let how_long = Duration::from_millis(if options.quick { 300 } else { 3000 });
    heading(&format!(
        "progress: updates a second of {learners} people at once, acknowledged when durable, median \
         (least–most) of {} rounds",
        options.rounds()
    ));
    let runtime = runtime();
    for engine in engines() {
        let ours = runtime.block_on(Ours::new(engine, learners, learners));
        let grown = runtime.block_on(Ours::new(engine, learners, 10 * learners));
        let floor = Arc::new(runtime.block_on(Floor::new(engine, learners)));
        let [shared, of_ten_times, few, each, lots] = measure(
            options.rounds(),
            [
                Case::new("ours", || ours.update(&runtime, learners, how_long)),
                Case::new("ours, grown", || grown.update(&runtime, learners, how_long)),
                Case::new("ours, a tenth at once", || {
                    ours.update(&runtime, learners / 10, how_long)
                }),
                Case::new("a commit each", || floor.each(&runtime, learners, how_long)),
                Case::new("a commit for all", || floor.lots(&runtime, learners, how_long)),
            ],
        );
        line(&format!("{engine}: ours"), &shared.spread(0));
        line(&format!("{engine}: ours, ten times the people"), &of_ten_times.spread(0));
        line(&format!("{engine}: ours, a tenth at once"), &few.spread(0));
        line(&format!("{engine}: bare, a commit each"), &each.spread(0));
        line(&format!("{engine}: bare, {learners} a commit"), &lots.spread(0));
        let ratio = |floor: &crate::harness::Measured| shared.median() / floor.median();
        line(
            &format!("{engine}: ours to the floors"),
            &format!(
                "{:.2} of a commit each, {:.2} of {learners} a commit",
                ratio(&each),
                ratio(&lots)
            ),
        );
        line(&format!("{engine}: answered within"), &ours.answered_within());
        line(&format!("{engine}: afterwards"), &runtime.block_on(ours.verified()));
    }
}

struct Ours {
    lms: TestLms,
    learners: Vec<Actor>,
    acknowledged: Arc<AtomicU64>,
    /// Of each update with all people at once.
    milliseconds: Arc<Mutex<Vec<f64>>>,
}

impl Ours {
    /// So many people who have begun a training; as many as learn at once have an account.
    async fn new(engine: Engine, n_learners: usize, n_people: usize) -> Self {
        let lms = TestLms::organisation(engine).await;
        let admin = lms.admin();
        let name = |n: usize| format!("person_{n}");
        let person =
            |n: usize| NewPerson::new("Kim", &name(n)).set(PersonField::Username, &name(n));
        let people: Vec<NewPerson> = (0..n_people).map(person).collect();
        lms.people().add(&admin, people).await.expect("people can be added");
        let mut definition = TrainingDefinition::new("Course");
        definition.modules = (1..=10).map(module).collect();
        let catalog = lms.catalog();
        let training = NewTraining::new("COURSE", "").definition(definition);
        catalog.add(&admin, training).await.expect("the training is sound");
        catalog.publish(&admin, "COURSE", &Publishing::minor()).await.expect("it can be published");
        let everybody = Audience::everybody().with(AudienceField::Status, "*");
        let new = NewAssignments::to(everybody).training("COURSE");
        let plan = lms.assignments().plan_assign(&admin, new).await.expect("it can be planned");
        lms.assignments().assign(&admin, plan).await.expect("it can be assigned");
        let mut learners = Vec::new();
        for n in 0..n_people {
            // Everybody has begun, so that the tables hold something of all of them.
            let first = ModuleUpdate::new("COURSE", "part-1").person(&name(n)).percent(1);
            lms.progress().update(&admin, first).await.expect("it can be begun");
            if n < n_learners {
                learners.push(account(&lms, &name(n)).await);
            }
        }
        Self { lms, learners, acknowledged: Arc::default(), milliseconds: Arc::default() }
    }

    fn update(&self, runtime: &Runtime, n_learners: usize, how_long: Duration) -> f64 {
        let (begun, all) = (Instant::now(), n_learners == self.learners.len());
        let tasks: Vec<_> = self.learners[..n_learners]
            .iter()
            .map(|actor| {
                let (lms, actor) = (Lms::clone(&self.lms), actor.clone());
                runtime.spawn(async move { learn(&lms, &actor, begun + how_long).await })
            })
            .collect();
        let took: Vec<f64> = runtime.block_on(async {
            let mut took = Vec::new();
            for task in tasks {
                took.extend(task.await.expect("nobody panics"));
            }
            took
        });
        let seconds = begun.elapsed().as_secs_f64();
        self.acknowledged.fetch_add(took.len() as u64, Ordering::Relaxed);
        let count = number(took.len());
        if all {
            self.milliseconds.lock().expect("nobody panics").extend(took);
        }
        count / seconds
    }

    fn answered_within(&self) -> String {
        let mut all = self.milliseconds.lock().expect("nobody panics");
        all.sort_by(f64::total_cmp);
        let at = |hundredths: usize| all[(all.len() - 1) * hundredths / 100];
        format!("p50 {:.1} ms, p99 {:.1} ms, all {:.1} ms", at(50), at(99), at(100))
    }

    /// Whatever was acknowledged is there, and nothing else.
    async fn verified(&self) -> String {
        let mut seconds = 0;
        for actor in &self.learners {
            let shown = self.lms.progress().show(actor, None, "COURSE").await;
            seconds += shown.expect("it was begun").seconds;
        }
        let acknowledged = self.acknowledged.load(Ordering::Relaxed);
        assert_eq!(seconds, acknowledged.cast_signed() * SECONDS, "an update was lost");
        format!("all {acknowledged} acknowledged updates are there")
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("it is no more than was done in some seconds"))
}

/// Updates until the time has come, each with its milliseconds.
async fn learn(lms: &Lms, actor: &Actor, until: Instant) -> Vec<f64> {
    let mut took = Vec::new();
    while Instant::now() < until {
        let number = took.len();
        let update = ModuleUpdate::new("COURSE", &format!("part-{}", 1 + number % 10))
            .percent(50)
            .seconds(SECONDS)
            .position("00:12:30");
        let begun = Instant::now();
        lms.progress().update(actor, update).await.expect("it can be noted");
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    took
}

fn module(number: usize) -> Module {
    let mut module = Module::new(&format!("Part {number}"));
    let text = ItemContent::Text { text: "What everybody should know. ".repeat(40) };
    module.items = vec![Item::new("Text", text)];
    module
}

async fn account(lms: &TestLms, name: &str) -> Actor {
    let (admin, access) = (lms.admin(), lms.access());
    let account = NewAccount::new(name).role("employee");
    lms.people().add_account_for(&admin, name, account).await.expect("it can be added");
    let token = access.create_token(&admin, NewToken::new(name, "bench")).await;
    access.authenticate(&token.expect("it can be made").secret).await.expect("it is known")
}

/// A table with a row for each person, through the same driver.
enum Floor {
    Sqlite { pool: SqlitePool, _folder: TempDir },
    Postgres(PgPool),
}

const TABLE: &str = "(id BIGINT PRIMARY KEY, percent BIGINT, seconds BIGINT, place TEXT)";
const SET: &str = "SET percent = 50, seconds = seconds + 30, place = '00:12:30'";

impl Floor {
    async fn new(engine: Engine, rows: usize) -> Self {
        let values: Vec<String> = (0..rows).map(|n| format!("({n}, 0, 0, '')")).collect();
        let values = values.join(", ");
        if engine == Engine::Postgres {
            let mut connection = connect().await;
            let make = format!(
                "DROP TABLE IF EXISTS public.steps; CREATE TABLE public.steps {TABLE}; INSERT INTO public.steps VALUES {values}"
            );
            let made = sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&mut connection).await;
            made.expect("a table can be made");
            let pool = PgPoolOptions::new().max_connections(16);
            let pool = pool.connect(&postgres().superuser_url()).await;
            return Self::Postgres(pool.expect("the server answers"));
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_mins(1))
            .connect_with(options)
            .await
            .expect("a file can be made");
        let make = format!("CREATE TABLE steps {TABLE}; INSERT INTO steps VALUES {values}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&pool).await.expect("it can be made");
        Self::Sqlite { pool, _folder: folder }
    }

    /// Rows a second, a commit for each.
    fn each(self: &Arc<Self>, runtime: &Runtime, tasks: usize, how_long: Duration) -> f64 {
        let begun = Instant::now();
        let tasks: Vec<_> = (0..tasks)
            .map(|n| {
                let (floor, n) = (Arc::clone(self), i64::try_from(n).expect("there are few"));
                runtime.spawn(async move {
                    let mut count = 0.0;
                    while begun.elapsed() < how_long {
                        floor.commit(n, n).await;
                        count += 1.0;
                    }
                    count
                })
            })
            .collect();
        let count: f64 = runtime.block_on(async {
            let mut count = 0.0;
            for task in tasks {
                count += task.await.expect("nobody panics");
            }
            count
        });
        count / begun.elapsed().as_secs_f64()
    }

    /// Rows a second, all of them in each commit.
    fn lots(&self, runtime: &Runtime, rows: usize, how_long: Duration) -> f64 {
        let (begun, mut count) = (Instant::now(), 0.0);
        let last = i64::try_from(rows).expect("there are few") - 1;
        while begun.elapsed() < how_long {
            runtime.block_on(self.commit(0, last));
            count += number(rows);
        }
        count / begun.elapsed().as_secs_f64()
    }

    async fn commit(&self, first: i64, last: i64) {
        let committed = match self {
            Self::Sqlite { pool, .. } => commit_sqlite(pool, first, last).await,
            Self::Postgres(pool) => commit_postgres(pool, first, last).await,
        };
        committed.expect("rows can be written");
    }
}

async fn commit_sqlite(pool: &SqlitePool, first: i64, last: i64) -> sqlx::Result<()> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let update = format!("UPDATE steps {SET} WHERE id BETWEEN $1 AND $2");
    let update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(first).bind(last);
    update.execute(&mut *tx).await?;
    tx.commit().await
}

async fn commit_postgres(pool: &PgPool, first: i64, last: i64) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    let update = format!("UPDATE public.steps {SET} WHERE id BETWEEN $1 AND $2");
    let update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(first).bind(last);
    update.execute(&mut *tx).await?;
    tx.commit().await
}
