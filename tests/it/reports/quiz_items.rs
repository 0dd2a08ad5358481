//! How good questions are: the workbook, opened again, against figures that were computed apart.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AttemptCard, Clock, Engine, ErrorKind, Grading, NewAttempt, NewQuiz, NewRole, Points,
};
use lms_reports::{Params, Report};
use serde_json::{Map, Value, json};

use super::figures::{figure, on, opened, rows, run};
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, publish, quizzes_and_trainings};

on_both_engines! {
    questions_are_told_by_what_first_attempts_earned,
    what_waits_for_somebody_is_left_out,
    a_quiz_a_period_and_a_reader_narrow_it,
}

/// What six people answered to three questions; nothing where they did not.
const ANSWERS: [(&str, [&str; 3]); 6] = [
    ("one", ["Alarm", "Alarm", "Alarm"]),
    ("two", ["Alarm", "Alarm", "Lift"]),
    ("three", ["Alarm", "Lift", "Lift"]),
    ("four", ["Alarm", "Lift", ""]),
    ("five", ["Lift", "Lift", "Wait"]),
    ("six", ["Wait", "Alarm", "Lift"]),
];

async fn begin(lms: &TestLms, actor: &Actor, training: &str, quiz: &str) -> AttemptCard {
    lms.progress().begin_attempt(actor, NewAttempt::new(training, quiz)).await.unwrap().value
}

async fn hand_in(lms: &TestLms, actor: &Actor, card: &AttemptCard, texts: &[&str]) -> AttemptCard {
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    let mut answers = Map::new();
    for (question, text) in questions.zip(texts) {
        let option = question.options.iter().find(|option| option.text == *text);
        match option {
            Some(option) => drop(answers.insert(question.key.clone(), json!(option.key))),
            None if question.options.is_empty() => {
                answers.insert(question.key.clone(), json!(text));
            }
            None => {}
        }
    }
    let id = card.attempt.id.to_string();
    let answers = Value::Object(answers);
    lms.progress().submit_attempt(actor, &id, Some(&answers)).await.unwrap().value
}

async fn taken(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    quizzes_and_trainings(&lms).await;
    let bank = NewQuiz::new("BANK", "All of them").passing_percent(60);
    let bank = bank.set("shuffle", false).ask(&["FIRE-1", "FIRE-2", "FIRE-3"]);
    lms.quizzes().add_quiz(&lms.admin(), bank).await.unwrap();
    publish(&lms, "BANK-101", &["BANK"]).await;
    for (name, answers) in ANSWERS {
        let actor = learner(&lms, name, "employee").await;
        assign(&lms, name, "BANK-101").await;
        let card = begin(&lms, &actor, "BANK-101", "BANK").await;
        hand_in(&lms, &actor, &card, &answers).await;
        if name == "three" {
            // Whoever comes back knows better, and does not count again.
            let card = begin(&lms, &actor, "BANK-101", "BANK").await;
            hand_in(&lms, &actor, &card, &["Alarm", "Alarm", "Alarm"]).await;
        }
    }
    lms
}

async fn questions_are_told_by_what_first_attempts_earned(engine: Engine) {
    let lms = taken(engine).await;

    let document = run(&lms, &lms.admin(), Report::QuizItems, Params::new()).await;

    let mut book = opened(&document);
    let headings = ["Quiz", "Question", "Asked", "Answered", "Facility", "Discrimination"];
    assert_eq!(
        rows(&mut book, "Questions", &headings),
        [
            "BANK | FIRE-1 | 6 | 6 | 0.666 | 0.158",
            "BANK | FIRE-2 | 6 | 6 | 0.500 | 0.243",
            "BANK | FIRE-3 | 6 | 5 | 0.166 | 0.542",
        ]
    );
    let headings = ["Question", "Option", "Right", "Chosen %", "Mean score %", "Finding"];
    assert_eq!(
        rows(&mut book, "Distractors", &headings),
        [
            "FIRE-1 | Alarm | yes | 0.666 | 58.333 | ",
            "FIRE-1 | Lift | no | 0.166 | 0 | ",
            "FIRE-1 | Wait | no | 0.166 | 33.333 | ",
            "FIRE-2 | Alarm | yes | 0.500 | 66.667 | ",
            "FIRE-2 | Lift | no | 0.500 | 22.222 | ",
            "FIRE-2 | Wait | no | 0 |  | never chosen",
            "FIRE-3 | Alarm | yes | 0.166 | 100 | ",
            "FIRE-3 | Lift | no | 0.500 | 44.444 | ",
            "FIRE-3 | Wait | no | 0.166 | 0 | ",
        ]
    );
    let headings = [
        "Quiz",
        "First attempts",
        "Waiting",
        "Passed at once %",
        "Questions",
        "Mean score %",
        "Median %",
        "Standard deviation",
        "Cronbach's alpha",
    ];
    assert_eq!(
        rows(&mut book, "By quiz", &headings),
        ["BANK | 6 | 0 | 0.333 | 3 | 44.444 | 33.333 | 34.427 | 0.469"]
    );
    assert_eq!(figure(&document, "attempts"), 6);
    assert_eq!(figure(&document, "passed"), json!([2, 6]));
    assert_eq!(figure(&document, "hard"), 1);
    assert_eq!(figure(&document, "weak"), 1);
}

async fn what_waits_for_somebody_is_left_out(engine: Engine) {
    let lms = taken(engine).await;
    let writer = learner(&lms, "writer", "employee").await;
    assign(&lms, "writer", "WAYS-101").await;
    let card = begin(&lms, &writer, "WAYS-101", "WAYS").await;
    let card = hand_in(&lms, &writer, &card, &["Alarm", "By the door"]).await;
    let ways = || Params::new().quiz("ways");

    let before = run(&lms, &lms.admin(), Report::QuizItems, ways()).await;
    let headings = ["Quiz", "First attempts", "Waiting", "Questions"];
    assert_eq!(rows(&mut opened(&before), "By quiz", &headings), ["WAYS | 0 | 1 | 0"]);
    assert_eq!(before.row_count(), 0);
    lms.clock().advance(Duration::from_mins(1));
    let known = lms.clock().now();
    lms.clock().advance(Duration::from_mins(1));

    let id = card.attempt.id.to_string();
    let grading = Grading::new().points(2, Points::parse("1.5").unwrap(), None);
    lms.progress().grade_attempt(&lms.admin(), &id, grading).await.unwrap();
    let after = run(&lms, &lms.admin(), Report::QuizItems, ways()).await;
    assert_eq!(rows(&mut opened(&after), "By quiz", &headings), ["WAYS | 1 | 0 | 2"]);
    let headings = ["Question", "Facility", "Mean points", "Points"];
    assert_eq!(
        rows(&mut opened(&after), "Questions", &headings),
        ["FIRE-1 | 1 | 1 | 1", "WAY-1 | 0.500 | 1.500 | 3"]
    );
    let then = run(&lms, &lms.admin(), Report::QuizItems, ways().known_at(Some(known))).await;
    let headings = ["Quiz", "First attempts", "Waiting", "Questions"];
    let told = rows(&mut opened(&then), "By quiz", &headings);
    assert_eq!(told, ["WAYS | 0 | 1 | 0"], "it was graded later");
}

async fn a_quiz_a_period_and_a_reader_narrow_it(engine: Engine) {
    let lms = taken(engine).await;
    let count = async |params: Params| {
        figure(&run(&lms, &lms.admin(), Report::QuizItems, params).await, "attempts")
    };
    assert_eq!(count(Params::new().quiz("BANK").training("BANK-101")).await, 6);
    assert_eq!(count(Params::new().training("FIRE-101")).await, 0);
    assert_eq!(count(Params::new().as_of(Some(on("2020-01-01")))).await, 0);
    let one = Params::new().audience(Some("--person six".to_owned()));
    assert_eq!(count(one).await, 1);

    let admin = lms.admin();
    let unknown = Params::new().quiz("BANKS");
    let refused = lms_reports::run(Report::QuizItems, &lms, &admin, unknown, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    let employee = learner(&lms, "seven", "employee").await;
    let params = Params::new();
    let refused =
        lms_reports::run(Report::QuizItems, &lms, &employee, params, &mut |_, _| ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
    // Who may see questions, and only their own figures, sees their own first attempts.
    let role = NewRole::new("author").grant("quizzes.read").grant("analytics.read@self");
    lms.access().add_role(&admin, role).await.unwrap();
    let author = learner(&lms, "eight", "author").await;
    let document = run(&lms, &author, Report::QuizItems, Params::new()).await;
    assert_eq!(figure(&document, "attempts"), 0);
}
