//! How good trainings are, told of three people who take a quiz.

use lms_core::testkit::TestLms;
use lms_core::{Actor, Engine, FactsQuery, LearningQuery, NewAttempt};
use lms_reports::{Document, Params, Report};
use serde_json::json;

use super::figures::{asked, figure, on, opened, rows, run};
use crate::contexts::analytics::company::noon;
use crate::contexts::analytics::{account, assigned};
use crate::contexts::attempts::choosing;
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, quizzes_and_trainings};

on_both_engines! {
    a_training_is_as_good_as_what_came_of_it,
    a_training_counts_as_learning_does,
    a_period_ends_what_counts,
}

const HEADINGS: [&str; 12] = [
    "Training",
    "Assignments",
    "Completed %",
    "Begun",
    "Drop-off %",
    "Median days",
    "Quizzes taken",
    "Passed %",
    "First attempt %",
    "Completions",
    "Score %",
    "Hours",
];

async fn attempt(lms: &TestLms, actor: &Actor, answer: &str) {
    let progress = lms.progress();
    let begun = progress.begin_attempt(actor, NewAttempt::new("FIRE-101", "FIRE")).await.unwrap();
    let (id, answers) = (begun.value.attempt.id.to_string(), choosing(&begun.value, answer));
    progress.submit_attempt(actor, &id, Some(&answers)).await.unwrap();
}

/// On the first of April all three begin: Ada fails and passes three days later, Bo passes at once, and Cy
/// only looks at it.
async fn taken(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    quizzes_and_trainings(&lms).await;
    let mut people = Vec::new();
    for name in ["ada_l", "bo_l", "cy_l"] {
        people.push(learner(&lms, name, "employee").await);
        assign(&lms, name, "FIRE-101").await;
    }
    noon(&lms, "2026-04-01");
    attempt(&lms, &people[0], "Lift").await;
    attempt(&lms, &people[1], "Alarm").await;
    let look = NewAttempt::new("FIRE-101", "FIRE");
    lms.progress().begin_attempt(&people[2], look).await.unwrap();
    noon(&lms, "2026-04-04");
    attempt(&lms, &people[0], "Alarm").await;
    noon(&lms, "2026-05-20");
    lms
}

async fn a_training_is_as_good_as_what_came_of_it(engine: Engine) {
    let lms = taken(engine).await;

    let document = asked(&lms, Report::Trainings).await;

    let told = rows(&mut opened(&document), "Trainings", &HEADINGS);
    // It took Bo no day and Ada three, which is one and a half in the middle.
    let fire = "FIRE-101 | 3 | 0.666 | 3 | 0.333 | 1.500 | 2 | 1 | 0.500 | 2 | 100 | ";
    assert_eq!(told, [fire]);
    for (key, of) in [
        ("completion_percent", [2, 3]),
        ("drop_off_percent", [1, 3]),
        ("pass_percent", [2, 2]),
        ("first_pass_percent", [1, 2]),
    ] {
        assert_eq!(figure(&document, key), json!(of), "{key}");
    }
    assert_eq!(figure(&document, "median_days"), json!(1.5));
    assert_eq!(figure(&document, "completions"), 2);
}

async fn a_training_counts_as_learning_does(engine: Engine) {
    for lms in [taken(engine).await, assigned(engine).await] {
        let scores = lms.analytics().trainings(&lms.admin(), FactsQuery::new()).await.unwrap();
        assert!(!scores.scores.is_empty());
        let mut seen = Vec::new();
        for score in &scores.scores {
            let code = &scores.trainings.code[score.training.unwrap() as usize];
            let query = LearningQuery::new().training(code);
            let learning = lms.analytics().learning(&lms.admin(), query).await.unwrap();
            assert_eq!(learning.from, scores.from);
            assert_eq!(
                (score.enrolments, score.enrolments_completed, score.completions, score.timed),
                (
                    learning.enrolments,
                    learning.enrolments_completed,
                    learning.completions,
                    learning.timed
                ),
                "{code}"
            );
            assert_eq!(
                (score.scored, score.average_score),
                (learning.scored, learning.average_score)
            );
            seen.push(code.clone());
        }
        let all = lms.analytics().learning(&lms.admin(), LearningQuery::new()).await.unwrap();
        assert_eq!(scores.total.enrolments, all.enrolments, "{seen:?}");
        assert_eq!(scores.total.completions, all.completions);
        assert_eq!(scores.total.average_score, all.average_score);
    }
    let lms = assigned(engine).await;
    let ada = account(&lms, "ada", "manager").await;
    let own = run(&lms, &ada, Report::Trainings, Params::new()).await;
    assert_eq!(figure(&own, "completion_percent"), json!([1, 4]), "herself and her three");
}

async fn a_period_ends_what_counts(engine: Engine) {
    let lms = taken(engine).await;
    let told = async |from: &str, as_of: &str| {
        let days = Params::new().from(Some(on(from))).as_of(Some(on(as_of)));
        run(&lms, &lms.admin(), Report::Trainings, days).await
    };
    let listed = |document: Document| rows(&mut opened(&document), "Trainings", &HEADINGS);
    // Nobody had the time to drop out by then, and Ada had yet to try again.
    let early = "FIRE-101 | 3 | 0.333 | 0 |  | 0 | 2 | 0.500 | 0.500 | 1 | 100 | ";
    assert_eq!(listed(told("2026-03-01", "2026-04-02").await), [early]);
    // Her second attempt is no first one.
    let second = "FIRE-101 | 0 |  | 0 |  | 3 | 1 | 1 |  | 1 | 100 | ";
    assert_eq!(listed(told("2026-04-02", "2026-04-10").await), [second]);
    let nothing = told("2026-04-05", "2026-05-20").await;
    assert_eq!(nothing.row_count(), 0);
    let said = ["Nobody was given, began or completed anything in this time."];
    assert_eq!(nothing.notes().collect::<Vec<_>>(), said);
}
