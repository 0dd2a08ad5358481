//! A training is assigned, and done: to a small and a large department, and to everybody.
//!
//! Ours is the whole way, twice: the plan that somebody looks at, and what is done behind the writing
//! lock with orders, reasons, log and events. The floor is the rows of the assignments and their reasons
//! alone, copied inside the same database by the engine's own tool, a statement for each table.

use lms_core::sample::Company;
use lms_core::testkit::{TestLms, engines};
use lms_core::{
    Audience, AudienceField, DueRule, Engine, Item, ItemContent, Module, NewAssignments,
    NewCompletions, NewTraining, Publishing, TrainingDefinition,
};
use tokio::runtime::Runtime;

use crate::engines::{file_of, psql, runtime, schema_of, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};
use crate::people::{SEED, founded};

/// The columns of an assignment beside its id and its training.
const ASSIGNMENT: &str = "recorded_at, retracted_at, person_id, cycle, kind, assigned_on, started_on, due_on, \
    overdue_on, baseline_due_on, window_on, expires_on, closed_on, closed_as, pauses, waiting_from, \
    waiting_until, extended_to, extended_on, version_id, completion_id, wake_on";
/// The columns of a reason beside its assignment.
const REASON: &str = "source_id, recorded_at, retracted_at, source, version, kind, added_on, due_on, \
    baseline_due_on, grace_days, pauses, left_on, counts_from, renews_on, chain_anchor_on, \
    chain_expires_on, chain_completed_on, settled_on, removed_on";

pub(crate) fn run(options: &Options) {
    let (n_people, sizes) =
        if options.quick { (2_000, [50, 200]) } else { (100_000, [500, 5_000]) };
    let rounds = if options.quick { 2 } else { 5 };
    let runtime = runtime();
    for engine in engines() {
        heading(&format!(
            "assign on {engine}: in a company of {n_people}, seconds, median (least–most) of {rounds} \
             rounds"
        ));
        let mut company = School {
            lms: founded(&runtime, engine, &Company::new(n_people, SEED)),
            runtime: &runtime,
            engine,
            n_trainings: 0,
        };
        let mut last = None;
        for size in sizes {
            let audience = company.department_of(size);
            last = Some(company.measure(&audience, rounds, last));
        }
        company.measure(&Audience::everybody(), rounds, last);
    }
}

struct School<'a> {
    lms: TestLms,
    runtime: &'a Runtime,
    engine: Engine,
    n_trainings: usize,
}

impl School<'_> {
    /// The department that has about so many people.
    fn department_of(&self, n_people: i64) -> Audience {
        let counts = self.runtime.block_on(self.lms.people().headcounts(&self.lms.admin(), None));
        let counts = counts.expect("they can be counted");
        let nearest = counts.iter().min_by_key(|count| (count.people - n_people).abs());
        let code = &nearest.expect("there are departments").code;
        Audience::everybody().with(AudienceField::Department, code)
    }

    /// Assigns new trainings to an audience, and records that they were done.
    fn measure(
        &mut self,
        audience: &Audience,
        rounds: usize,
        last: Option<(u64, f64)>,
    ) -> (u64, f64) {
        let codes: Vec<String> = (0..=2 * rounds).map(|_| self.publish()).collect();
        let (sample, rest) = codes.split_first().expect("there is one at least");
        let (mut ours, mut poured) = (rest.iter().step_by(2), rest.iter().skip(1).step_by(2));
        let mut n_people = 0;
        self.assign(sample, audience);
        let mut round = 0;
        let [assigned, floor] = measure(
            rounds,
            [
                Case::new("ours", || {
                    let code = ours.next().expect("a training for each round");
                    seconds(|| n_people = self.assign(code, audience))
                }),
                Case::new("floor", || {
                    round += 1;
                    self.pour(sample, poured.next().expect("a training for each round"), round)
                }),
            ],
        );
        let mut given = rest.iter().step_by(2);
        let [completed] = measure(
            rounds,
            [Case::new("completed", || {
                self.complete(given.next().expect("it was assigned"), audience)
            })],
        );
        #[expect(clippy::cast_precision_loss, reason = "people are few")]
        let growth = last.map_or_else(String::new, |(fewer, took)| {
            let (people, time) = (n_people as f64 / fewer as f64, assigned.median() / took);
            format!(", {people:.1} times the people in {time:.1} times the time")
        });
        line(
            &format!("{n_people} people"),
            &format!(
                "ours {}, floor {}, ratio {:.1}{growth}",
                assigned.spread(3),
                floor.spread(3),
                assigned.median() / floor.median()
            ),
        );
        line("  their completions", &completed.spread(3));
        (n_people, assigned.median())
    }

    fn publish(&mut self) -> String {
        let code = format!("T-{}", self.n_trainings);
        self.n_trainings += 1;
        let mut module = Module::new("Text");
        let text = ItemContent::Text { text: "Read this.".to_owned() };
        module.items = vec![Item::new("Text", text)];
        let mut definition = TrainingDefinition::new(&code);
        definition.modules = vec![module];
        self.runtime.block_on(async {
            let (catalog, admin) = (self.lms.catalog(), self.lms.admin());
            let new = NewTraining::new(&code, "").definition(definition);
            catalog.add(&admin, new).await.expect("it is sound");
            catalog.publish(&admin, &code, &Publishing::minor()).await.expect("it is whole");
        });
        code
    }

    /// Says how many have it afterwards.
    fn assign(&self, code: &str, audience: &Audience) -> u64 {
        self.runtime.block_on(async {
            let (assignments, admin) = (self.lms.assignments(), self.lms.admin());
            let due = DueRule::AfterAssignment(30);
            let new = NewAssignments::to(audience.clone()).training(code).due(due);
            let plan = assignments.plan_assign(&admin, new).await.expect("it can be assigned");
            let outcome = assignments.assign(&admin, plan).await.expect("it can be assigned");
            outcome.trainings[0].counts["assigned"]
        })
    }

    fn complete(&self, code: &str, audience: &Audience) -> f64 {
        seconds(|| {
            self.runtime.block_on(async {
                let (assignments, admin) = (self.lms.assignments(), self.lms.admin());
                let new = NewCompletions::of(code, audience.clone());
                let plan = assignments.plan_complete(&admin, new).await.expect("it can be done");
                assignments.complete(&admin, plan).await.expect("it can be done");
            });
        })
    }

    /// The assignments of one training once more for another, under ids of their own.
    fn pour(&self, from: &str, to: &str, round: usize) -> f64 {
        let id = |column: &str| match self.engine {
            Engine::Postgres => {
                format!("overlay({column}::text placing 'ff{round:02}' from 1)::uuid")
            }
            _ => format!("CAST(x'ff{round:02}' || substr({column}, 3) AS BLOB)"),
        };
        let training = |code: &str| format!("(SELECT id FROM trainings WHERE code = '{code}')");
        let rows = format!(
            "INSERT INTO assignments (id, training_id, {ASSIGNMENT}) SELECT {}, {}, {ASSIGNMENT} \
             FROM assignments WHERE training_id = {}",
            id("id"),
            training(to),
            training(from)
        );
        let reasons = format!(
            "INSERT INTO assignment_reasons (assignment_id, {REASON}) SELECT {}, {REASON} \
             FROM assignment_reasons WHERE assignment_id IN \
             (SELECT id FROM assignments WHERE training_id = {})",
            id("assignment_id"),
            training(from)
        );
        seconds(|| match self.engine {
            Engine::Postgres => {
                psql(schema_of(&self.lms), &["BEGIN", &rows, &reasons, "COMMIT"]);
            }
            _ => sqlite3(
                &file_of(&self.lms),
                &["PRAGMA foreign_keys = ON", "BEGIN", &rows, &reasons, "COMMIT"],
            ),
        })
    }
}
