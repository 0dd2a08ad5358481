//! Compliance by department: of today, and as of a past day.
//!
//! Of today the database counts over boundary days; as of a past day the engine is asked about everybody. The
//! floor is one grouping over the table by the engine's own tool, which knows nothing of exemptions, leaves,
//! cycles or departments.

use lms_core::sample::Company;
use lms_core::testkit::{TestLms, engines};
use lms_core::{
    Audience, Clock, ComplianceQuery, Day, DueRule, Engine, GroupBy, Item, ItemContent, Module,
    NewAssignments, NewCompletions, NewTraining, Publishing, TrainingDefinition,
};
use tokio::runtime::Runtime;

use crate::engines::{file_of, psql, runtime, schema_of, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};
use crate::people::{SEED, founded};

const TRAININGS: usize = 10;

const FLOOR: &str = "SELECT training_id, closed_as, COUNT(*), COUNT(DISTINCT person_id) FROM assignments \
                     WHERE retracted_at IS NULL GROUP BY training_id, closed_as";

pub(crate) fn run(options: &Options) {
    let n_people = if options.quick { 2_000 } else { 100_000 };
    let rounds = options.rounds();
    let runtime = runtime();
    for engine in engines() {
        heading(&format!(
            "figures on {engine}: {n_people} people with {TRAININGS} trainings, seconds, median \
             (least–most) of {rounds} rounds"
        ));
        let lms = founded(&runtime, engine, &Company::new(n_people, SEED));
        runtime.block_on(assigned(&lms));
        let today = Day::parse(&lms.clock().now().to_string()[..10]).expect("a day");
        let past = lms_core::engine::plus_days(today, -1);
        let [of_today, of_past, floor] = measure(
            rounds,
            [
                Case::new("today", || seconds(|| asked(&runtime, &lms, None))),
                Case::new("past", || seconds(|| asked(&runtime, &lms, Some(past)))),
                Case::new("floor", || {
                    seconds(|| match engine {
                        Engine::Postgres => psql(schema_of(&lms), &[FLOOR]),
                        _ => sqlite3(&file_of(&lms), &[FLOOR]),
                    })
                }),
            ],
        );
        let ratio = |ours: f64| format!("ratio {:.1}", ours / floor.median());
        line("floor: one grouping", &floor.spread(3));
        line("today", &format!("{}, {}", of_today.spread(3), ratio(of_today.median())));
        line("as of a past day", &format!("{}, {}", of_past.spread(3), ratio(of_past.median())));
    }
}

/// Everybody is assigned all trainings; every other one is done.
async fn assigned(lms: &TestLms) {
    let (catalog, assignments, admin) = (lms.catalog(), lms.assignments(), lms.admin());
    for number in 0..TRAININGS {
        let code = format!("T-{number}");
        let mut module = Module::new("Text");
        let text = ItemContent::Text { text: "Read this.".to_owned() };
        module.items = vec![Item::new("Text", text)];
        let mut definition = TrainingDefinition::new(&code);
        definition.modules = vec![module];
        let new = NewTraining::new(&code, "").definition(definition);
        catalog.add(&admin, new).await.expect("it is sound");
        catalog.publish(&admin, &code, &Publishing::minor()).await.expect("it is whole");
        let new = NewAssignments::to(Audience::everybody()).training(&code);
        let new = new.due(DueRule::AfterAssignment(30));
        let plan = assignments.plan_assign(&admin, new).await.expect("it can be assigned");
        assignments.assign(&admin, plan).await.expect("it can be assigned");
        if number % 2 == 0 {
            let new = NewCompletions::of(&code, Audience::everybody());
            let plan = assignments.plan_complete(&admin, new).await.expect("it can be done");
            assignments.complete(&admin, plan).await.expect("it can be done");
        }
    }
}

fn asked(runtime: &Runtime, lms: &TestLms, as_of: Option<Day>) {
    let query = ComplianceQuery::new().by(GroupBy::Department).as_of(as_of);
    let report = runtime.block_on(lms.analytics().compliance(&lms.admin(), query));
    assert!(report.expect("it can be counted").total.people > 0);
}
