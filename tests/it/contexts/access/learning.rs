//! Who may do what: the verbs over how far people are.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AssignmentFilter, AttemptFilter, Audience, AudienceField, Grading, ModuleUpdate,
    NewAttempt, Points, QueueFilter, ROLES, Result,
};

use crate::support::learning::{assign, learner, quizzes_and_trainings, to_be_signed};

/// Every verb that takes an actor, and the permission that it needs.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("progress.start", "progress.write"),
    ("progress.update", "progress.write"),
    ("progress.sign", "progress.write"),
    ("progress.mark", "progress.mark"),
    ("progress.show", "progress.read"),
    ("progress.start_assignment", "progress.write"),
    ("progress.show_assignment", "progress.read"),
    ("progress.begin_attempt", "progress.write"),
    ("progress.save_answers", "progress.write"),
    ("progress.submit_attempt", "progress.write"),
    ("progress.attempts", "progress.read"),
    ("progress.attempt", "progress.read"),
    ("progress.grading_queue", "quizzes.grade"),
    ("progress.grade_attempt", "quizzes.grade"),
];

/// Lists, which are empty for whoever sees nobody.
pub(super) const LISTS: &[&str] = &["progress.attempts"];

/// Somebody with an attempt that is open, one that waits, and one to be handed in.
pub(super) async fn to_try_on(lms: &TestLms) {
    quizzes_and_trainings(lms).await;
    let kim = learner(lms, "kim", "employee").await;
    to_be_signed(lms, "SIGN-101").await;
    for role in ROLES {
        for training in ["SIGN-101", "FIRE-101"] {
            assign(lms, &format!("for_{}", role.name), training).await;
        }
    }
    for (training, quiz) in [("FIRE-101", "FIRE"), ("ALL-101", "FIRE"), ("WAYS-101", "WAYS")] {
        assign(lms, "kim", training).await;
        let new = NewAttempt::new(training, quiz);
        let begun = lms.progress().begin_attempt(&kim, new).await.unwrap().value;
        if quiz == "WAYS" {
            let essay = &begun.sheet.sections[0].questions[1].key;
            let answers = serde_json::json!({ essay.as_str(): "By the stairs." });
            let id = begun.attempt.id.to_string();
            lms.progress().submit_attempt(&kim, &id, Some(&answers)).await.unwrap();
        }
    }
}

pub(super) async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let progress = lms.progress();
    // What can be done once is done to another one by each role.
    let person = format!("for_{}", tag.split('-').next().unwrap());
    let of = async |training: &str| -> Result<String> {
        let all = AttemptFilter::new().training(training);
        Ok(progress.attempts(&lms.admin(), all).await?.items[0].id.to_string())
    };
    match verb {
        "progress.start" => progress.start(actor, Some("kim"), "FIRE-101").await.map(drop),
        "progress.update" => {
            let update = ModuleUpdate::new("FIRE-101", "part-fire").person("kim").seconds(1);
            progress.update(actor, update).await.map(drop)
        }
        "progress.sign" => progress.sign(actor, Some(&person), "SIGN-101").await.map(drop),
        "progress.mark" => progress.mark(actor, &person, "FIRE-101").await.map(drop),
        "progress.show" => progress.show(actor, Some("kim"), "FIRE-101").await.map(drop),
        "progress.start_assignment" | "progress.show_assignment" => {
            let kim = Audience::everybody().with(AudienceField::Person, "kim");
            let of = AssignmentFilter::new().audience(kim).training("FIRE-101");
            let id = lms.assignments().list(&lms.admin(), of).await?.items[0].id;
            match verb {
                "progress.start_assignment" => progress.start_assignment(actor, id).await.map(drop),
                _ => progress.show_assignment(actor, id).await.map(drop),
            }
        }
        "progress.begin_attempt" => {
            let new = NewAttempt::new("FIRE-101", "FIRE").person("kim");
            progress.begin_attempt(actor, new).await.map(drop)
        }
        "progress.save_answers" => {
            let nothing = serde_json::json!({});
            progress.save_answers(actor, &of("FIRE-101").await?, &nothing).await.map(drop)
        }
        "progress.submit_attempt" => {
            progress.submit_attempt(actor, &of("ALL-101").await?, None).await.map(drop)
        }
        "progress.attempts" => progress.attempts(actor, AttemptFilter::new()).await.map(drop),
        "progress.attempt" => progress.attempt(actor, &of("FIRE-101").await?).await.map(drop),
        "progress.grading_queue" => {
            progress.grading_queue(actor, QueueFilter::new()).await.map(drop)
        }
        "progress.grade_attempt" => {
            let grading = Grading::new().points(2, Points::ONE, None);
            progress.grade_attempt(actor, &of("WAYS-101").await?, grading).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}
