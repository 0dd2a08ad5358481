//! A training is assigned, and done: to a small and a large department, and to everybody.
//!
//! Ours is the whole way, twice: the plan that somebody looks at, and what is done behind the writing
//! lock with orders, reasons, log and events. The floor is the rows alone, copied inside the same database
//! by the engine's own tool, a statement for each table: assignments and their reasons; and, once they are
//! done, completions, certificates, and new versions of both.

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
/// The columns of a completion beside its id and its training.
const COMPLETION: &str = "recorded_at, retracted_at, person_id, completed_on, source, score, major, minor, \
    valid_until, department_id, manager_id, evidence_link, evidence_id, note, revoked_on";
/// The columns of a certificate beside what is its own alone.
const CERTIFICATE: &str = "recorded_at, retracted_at, year, person_id, major, minor, holder, title, \
    organisation, language, completed_on, issued_on, valid_until, revoked_on, revoked_because";

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
        let done = rest.first().expect("a training for each round");
        let mut open = rest.iter().skip(1).step_by(2);
        let mut round = 0;
        let [completed, recorded] = measure(
            rounds,
            [
                Case::new("completed", || {
                    self.complete(given.next().expect("it was assigned"), audience)
                }),
                Case::new("floor", || {
                    round += 1;
                    self.settle(done, open.next().expect("it was poured"), round)
                }),
            ],
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
        line(
            "  their completions",
            &format!(
                "ours {}, floor {}, ratio {:.1}",
                completed.spread(3),
                recorded.spread(3),
                completed.median() / recorded.median()
            ),
        );
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
        let rows = format!(
            "INSERT INTO assignments (id, training_id, {ASSIGNMENT}) SELECT {}, {}, {ASSIGNMENT} \
             FROM assignments WHERE training_id = {}",
            self.id("id", round),
            training(to),
            training(from)
        );
        let reasons = format!(
            "INSERT INTO assignment_reasons (assignment_id, {REASON}) SELECT {}, {REASON} \
             FROM assignment_reasons WHERE assignment_id IN \
             (SELECT id FROM assignments WHERE training_id = {})",
            self.id("assignment_id", round),
            training(from)
        );
        self.pass(&[&rows, &reasons])
    }

    /// What was done of one training once more for another that was poured.
    fn settle(&self, done: &str, open: &str, round: usize) -> f64 {
        let (from, to) = (training(done), training(open));
        let when = format!(
            "(SELECT MAX(recorded_at) FROM assignments WHERE training_id = {from} AND retracted_at IS NULL)"
        );
        let completions = format!(
            "INSERT INTO completions (id, training_id, {COMPLETION}) SELECT {}, {to}, {COMPLETION} \
             FROM completions WHERE training_id = {from}",
            self.id("id", round)
        );
        let certificates = format!(
            "INSERT INTO certificates (id, completion_id, training_id, sequence, code, {CERTIFICATE}) \
             SELECT {}, {}, {to}, sequence + {round}00000000, code || '-{round}', {CERTIFICATE} \
             FROM certificates WHERE training_id = {from}",
            self.id("id", round),
            self.id("completion_id", round)
        );
        let assignments = format!(
            "UPDATE assignments SET retracted_at = {when} WHERE training_id = {to} AND retracted_at IS NULL"
        );
        let settled = format!(
            "INSERT INTO assignments (id, training_id, {ASSIGNMENT}) SELECT o.id, o.training_id, {} \
             FROM assignments a JOIN assignments o ON o.training_id = {to} AND o.person_id = a.person_id \
             WHERE a.training_id = {from} AND a.retracted_at IS NULL",
            columns_of("a", ASSIGNMENT)
        );
        let of_open = format!("SELECT id FROM assignments WHERE training_id = {to}");
        let reasons = format!(
            "UPDATE assignment_reasons SET retracted_at = {when} WHERE retracted_at IS NULL \
             AND assignment_id IN ({of_open})"
        );
        let met = format!(
            "INSERT INTO assignment_reasons (assignment_id, {REASON}) SELECT o.id, {} \
             FROM assignments a JOIN assignment_reasons r ON r.assignment_id = a.id AND r.retracted_at IS NULL \
             JOIN assignments o ON o.training_id = {to} AND o.person_id = a.person_id \
                               AND o.retracted_at IS NULL \
             WHERE a.training_id = {from} AND a.retracted_at IS NULL",
            columns_of("r", REASON)
        );
        self.pass(&[&completions, &certificates, &assignments, &settled, &reasons, &met])
    }

    /// An id that is another one in each round.
    fn id(&self, column: &str, round: usize) -> String {
        match self.engine {
            Engine::Postgres => {
                format!("overlay({column}::text placing 'ff{round:02}' from 1)::uuid")
            }
            _ => format!("CAST(x'ff{round:02}' || substr({column}, 3) AS BLOB)"),
        }
    }

    /// Passes statements in one transaction with the engine's own tool.
    fn pass(&self, statements: &[&str]) -> f64 {
        let before: &[&str] = match self.engine {
            Engine::Postgres => &["BEGIN"],
            _ => &["PRAGMA foreign_keys = ON", "BEGIN"],
        };
        let all = [before, statements, &["COMMIT"]].concat();
        seconds(|| match self.engine {
            Engine::Postgres => psql(schema_of(&self.lms), &all),
            _ => sqlite3(&file_of(&self.lms), &all),
        })
    }
}

fn training(code: &str) -> String {
    format!("(SELECT id FROM trainings WHERE code = '{code}')")
}

/// Each column as that of a table.
fn columns_of(table: &str, columns: &str) -> String {
    columns.split(',').map(|one| format!("{table}.{}", one.trim())).collect::<Vec<_>>().join(", ")
}
