//! A company is recorded, and how that grows.
//!
//! Ours is the whole way: names to people, rules, periods, words for the search, the audit log with
//! its hashes, events, statistics for the planner. The floor is the same rows, changes of the audit
//! log included, poured into the same tables with the same indexes by the engine's own tool:
//! `INSERT … SELECT` from another file with `sqlite3`, `\copy` with `psql`.

use std::path::Path;

use lms_core::sample::{Company, found};
use lms_core::testkit::{TestLms, engines};
use lms_core::{Engine, PersonAct};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::engines::{file_of, psql, runtime, schema_of, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};

pub(crate) const SEED: u64 = 1;
const CHUNK_PEOPLE: usize = 5_000;
/// The tables that hold a company, each after those that it refers to.
const TABLES: [&str; 9] = [
    "units",
    "persons",
    "unit_periods",
    "person_terms",
    "employments",
    "leaves",
    "placements",
    "operations",
    "operation_changes",
];

pub(crate) fn run(options: &Options) {
    let n_people = if options.quick { 2_000 } else { 100_000 };
    let rounds = if options.quick { 1 } else { 3 };
    let runtime = runtime();
    for engine in engines() {
        heading(&format!(
            "people on {engine}: a company of {n_people} recorded, seconds, median (least–most) of \
             {rounds} rounds"
        ));
        let (whole, tenth) = (Company::new(n_people, SEED), Company::new(n_people / 10, SEED));
        let twentieth = Company::new(n_people / 20, SEED);
        let rows = Rows::of(&runtime, engine, &whole);
        let [ours, floor, a_tenth, a_twentieth] = measure(
            rounds,
            [
                Case::new("ours", || record(&runtime, engine, &whole)),
                Case::new("floor", || rows.pour(&runtime)),
                Case::new("a tenth", || record(&runtime, engine, &tenth)),
                Case::new("a twentieth", || record(&runtime, engine, &twentieth)),
            ],
        );
        line("ours", &ours.spread(2));
        line("floor", &floor.spread(2));
        line("ratio", &format!("{:.2}", ours.median() / floor.median()));
        line(
            &format!("{} people", n_people / 10),
            &format!("{}, growth {:.1}", a_tenth.spread(2), ours.median() / a_tenth.median()),
        );
        line(&format!("{} people", n_people / 20), &a_twentieth.spread(2));
    }
}

/// The time that it takes to record a company that is on paper already.
fn record(runtime: &Runtime, engine: Engine, company: &Company) -> f64 {
    let lms = runtime.block_on(TestLms::organisation(engine));
    let chunks: Vec<Vec<PersonAct>> = company.acts(CHUNK_PEOPLE).collect();
    let (units, appointments) = (company.units(), company.appointments());
    seconds(|| {
        runtime.block_on(async {
            let (people, admin) = (lms.people(), lms.admin());
            people.add_units(&admin, units).await.expect("there are none yet");
            for acts in chunks {
                people.apply(&admin, acts).await.expect("a company can be recorded");
            }
            people.appoint(&admin, appointments).await.expect("heads are there");
        });
    })
}

pub(crate) fn founded(runtime: &Runtime, engine: Engine, company: &Company) -> TestLms {
    runtime.block_on(async {
        let lms = TestLms::organisation(engine).await;
        let founding = found(&lms, &lms.admin(), company, &mut |_, _| ()).await;
        founding.expect("a company can be recorded");
        lms
    })
}

/// What a company is in tables, for the tools.
struct Rows {
    engine: Engine,
    folder: TempDir,
    _source: TestLms,
}

impl Rows {
    fn of(runtime: &Runtime, engine: Engine, company: &Company) -> Self {
        let source = founded(runtime, engine, company);
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        match engine {
            Engine::Postgres => {
                let copies = TABLES.map(|table| {
                    let file = folder.path().join(table);
                    format!("\\copy {table} TO '{}' (FORMAT binary)", file.display())
                });
                psql(schema_of(&source), &copies.each_ref().map(String::as_str));
            }
            _ => sqlite3(
                &file_of(&source),
                &[&format!("VACUUM INTO '{}'", folder.path().join("source.db").display())],
            ),
        }
        Self { engine, folder, _source: source }
    }

    fn pour(&self, runtime: &Runtime) -> f64 {
        let lms = runtime.block_on(TestLms::fresh(self.engine));
        let file = |name: &str| self.folder.path().join(name);
        match self.engine {
            Engine::Postgres => {
                psql(schema_of(&lms), &["TRUNCATE operations, operation_changes CASCADE"]);
                let copies = TABLES.map(|table| {
                    format!("\\copy {table} FROM '{}' (FORMAT binary)", file(table).display())
                });
                seconds(|| psql(schema_of(&lms), &copies.each_ref().map(String::as_str)))
            }
            _ => seconds(|| pour_sqlite(&file_of(&lms), &file("source.db"))),
        }
    }
}

fn pour_sqlite(into: &Path, from: &Path) {
    let attach = format!("ATTACH '{}' AS source", from.display());
    let inserts = TABLES.map(|table| {
        let known = if table.starts_with("operation") { "OR IGNORE" } else { "" };
        format!("INSERT {known} INTO {table} SELECT * FROM source.{table}")
    });
    let mut commands = vec!["PRAGMA foreign_keys = ON", ".output /dev/null", &attach, "BEGIN"];
    commands.extend(inserts.each_ref().map(String::as_str));
    commands.push("COMMIT");
    sqlite3(into, &commands);
}
