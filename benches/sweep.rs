//! The nightly pass over a million open assignments: one of a hundred becomes overdue, nothing happens,
//! and everybody is looked at.
//!
//! Ours is the whole way: who is to be looked at, what became of them, events, reminders, log, and when
//! each is looked at again. The floors are the engine's own tools in the same database: one statement
//! that updates as many rows, and one that reads assignments and their reasons.

use lms_core::engine::plus_days;
use lms_core::sample::Company;
use lms_core::testkit::{TestLms, engines};
use lms_core::{
    Audience, AudienceField, Clock, Day, DueRule, Engine, Item, ItemContent, Module,
    NewAssignments, NewTraining, Publishing, SweepOptions, SweepOutcome, Timestamp,
    TrainingDefinition,
};
use tokio::runtime::Runtime;

use crate::engines::{file_of, psql, runtime, schema_of, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};
use crate::people::{SEED, founded};

/// So many trainings does everybody have.
const TRAININGS: i32 = 10;
/// So many days lie between two that are measured: no reminder of the one falls on the other.
const APART: i32 = 11;

pub(crate) fn run(options: &Options) {
    let n_people = if options.quick { 5_000 } else { 100_000 };
    let runtime = runtime();
    for engine in engines() {
        let night = Night::new(&runtime, engine, n_people);
        heading(&format!(
            "sweep on {engine}: {} open assignments, seconds, median (least–most) of {} rounds",
            night.n_open,
            options.rounds()
        ));
        let (mut ours_round, mut floor_round) = (0, 0);
        let mut n_overdue = 0;
        let [overdue, update] = measure(
            options.rounds(),
            [
                Case::new("newly overdue", || {
                    let (took, outcome) = night.newly_overdue(ours_round);
                    ours_round += 1;
                    n_overdue = outcome.counts["overdue"];
                    took
                }),
                Case::new("one UPDATE", || {
                    floor_round += 1;
                    night.update(floor_round - 1)
                }),
            ],
        );
        // What the floor did to them is mended.
        night.sweep(SweepOptions::new().full(true));
        let [nothing, full, read] = measure(
            options.rounds(),
            [
                Case::new("nothing to do", || seconds(|| drop(night.sweep(SweepOptions::new())))),
                Case::new("--full", || {
                    seconds(|| drop(night.sweep(SweepOptions::new().full(true))))
                }),
                Case::new("reading the facts", || night.read()),
            ],
        );
        let ratio = |ours: &crate::harness::Measured, floor: &crate::harness::Measured| {
            format!(
                "ours {}, floor {}, ratio {:.1}",
                ours.spread(3),
                floor.spread(3),
                ours.median() / floor.median()
            )
        };
        line(&format!("{n_overdue} newly overdue"), &ratio(&overdue, &update));
        line("nothing to do", &nothing.spread(3));
        line("--full", &ratio(&full, &read));
    }
}

struct Night<'a> {
    lms: TestLms,
    runtime: &'a Runtime,
    engine: Engine,
    first: Day,
    n_open: u64,
}

impl<'a> Night<'a> {
    /// Everybody has all trainings; of each, a tenth of the people by a day of its own.
    fn new(runtime: &'a Runtime, engine: Engine, n_people: usize) -> Self {
        let lms = founded(runtime, engine, &Company::new(n_people, SEED));
        let first =
            Day::parse(&lms.clock().now().to_string()[..10]).expect("it begins with its day");
        let mut night = Self { lms, runtime, engine, first, n_open: 0 };
        let tenth = night.department_of(i64::try_from(n_people).unwrap_or(i64::MAX) / 10);
        for n in 0..TRAININGS {
            night.publish(n);
            night.assign(n, tenth.clone(), plus_days(first, due_after(n)));
            night.n_open += night.assign(n, Audience::everybody(), plus_days(first, 1_000));
        }
        night
    }

    fn department_of(&self, n_people: i64) -> Audience {
        let counts = self.runtime.block_on(self.lms.people().headcounts(&self.lms.admin(), None));
        let counts = counts.expect("they can be counted");
        let nearest = counts.iter().min_by_key(|count| (count.people - n_people).abs());
        let code = &nearest.expect("there are departments").code;
        Audience::everybody().with(AudienceField::Department, code)
    }

    fn publish(&self, n: i32) {
        let mut module = Module::new("Text");
        let text = ItemContent::Text { text: "Read this.".to_owned() };
        module.items = vec![Item::new("Text", text)];
        let mut definition = TrainingDefinition::new("Text");
        definition.modules = vec![module];
        self.runtime.block_on(async {
            let (catalog, admin) = (self.lms.catalog(), self.lms.admin());
            let new = NewTraining::new(&code(n), "").definition(definition);
            catalog.add(&admin, new).await.expect("it is sound");
            catalog.publish(&admin, &code(n), &Publishing::minor()).await.expect("it is whole");
        });
    }

    /// Says how many people there are.
    fn assign(&self, n: i32, audience: Audience, due_on: Day) -> u64 {
        self.runtime.block_on(async {
            let (assignments, admin) = (self.lms.assignments(), self.lms.admin());
            let new = NewAssignments::to(audience).training(&code(n)).due(DueRule::On(due_on));
            let plan = assignments.plan_assign(&admin, new.grace_days(0)).await;
            let outcome = assignments.assign(&admin, plan.expect("it can be assigned")).await;
            outcome.expect("it can be assigned").n_people as u64
        })
    }

    fn sweep(&self, options: SweepOptions) -> SweepOutcome {
        let sweep = self.lms.sweep();
        let run = async { sweep.run(&self.lms.admin(), options, &mut |_, _| ()).await };
        self.runtime.block_on(run).expect("it runs")
    }

    /// What became overdue with one night, all before it having been looked at.
    fn newly_overdue(&self, round: i32) -> (f64, SweepOutcome) {
        let due_on = plus_days(self.first, due_after(round));
        self.at(due_on);
        self.sweep(SweepOptions::new());
        self.at(due_on.next());
        let mut outcome = None;
        let took = seconds(|| outcome = Some(self.sweep(SweepOptions::new())));
        (took, outcome.expect("it ran"))
    }

    fn at(&self, day: Day) {
        let two_in_the_morning = format!("{day}T02:00:00Z");
        self.lms.clock().set(Timestamp::parse(&two_in_the_morning).expect("an instant"));
    }

    fn update(&self, round: i32) -> f64 {
        let due_on = plus_days(self.first, due_after(round));
        self.tool(&format!(
            "UPDATE assignments SET wake_on = '2999-01-01' WHERE retracted_at IS NULL AND due_on = '{due_on}' \
             AND training_id = (SELECT id FROM trainings WHERE code = '{}')",
            code(round)
        ))
    }

    fn read(&self) -> f64 {
        self.tool(
            "SELECT SUM(length(a.kind) + a.cycle), MAX(a.due_on), MAX(a.wake_on), SUM(length(r.source)), \
             MAX(r.due_on) FROM assignments a JOIN assignment_reasons r ON r.assignment_id = a.id \
             AND r.retracted_at IS NULL WHERE a.retracted_at IS NULL",
        )
    }

    fn tool(&self, statement: &str) -> f64 {
        seconds(|| match self.engine {
            Engine::Postgres => psql(schema_of(&self.lms), &[statement]),
            _ => sqlite3(&file_of(&self.lms), &[statement]),
        })
    }
}

fn due_after(round: i32) -> i32 {
    40 + round * APART
}

fn code(n: i32) -> String {
    format!("T-{n}")
}
