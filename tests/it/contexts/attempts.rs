//! Attempts at quizzes: begun, answered, handed in and graded, within their limits, without a word of
//! what is right before they are closed.

use std::collections::BTreeSet;
use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AttemptCard, AttemptFilter, AttemptState, AuditFilter, Engine, ErrorKind, EventFilter,
    GradeState, Grading, NewAttempt, NewRole, Points, QueueFilter, QuizChange, Result,
};
use serde_json::{Map, Value as Json, json};

use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, learner, quizzes_and_trainings};
use crate::support::looks::{assert_sound, entries, events, head, newest};
use crate::support::raw::Raw;

on_both_engines! {
    somebody_fails_a_quiz_and_passes_the_next_time,
    beginning_again_gives_back_the_same_sheet,
    an_attempt_is_graded_by_what_it_asked,
    there_are_as_many_attempts_as_the_quiz_allows,
    a_time_limit_ends_an_attempt_whoever_looks,
    what_was_saved_in_time_counts,
    an_essay_waits_in_the_queue_and_is_graded_by_hand,
    what_cannot_be_graded_by_hand_is_refused,
    nothing_of_what_is_right_is_told_too_soon,
    whose_attempts_one_may_see_and_make,
    what_is_not_to_be_done_is_not_begun,
    fifty_submits_at_once_are_one,
    lists_page_without_gaps,
}

const MINUTE: Duration = Duration::from_mins(1);
/// And a little, because no two writes share an instant.
const DAY: Duration = Duration::from_mins(24 * 60 + 1);

async fn ready(engine: Engine) -> (TestLms, Actor) {
    let lms = TestLms::organisation(engine).await;
    quizzes_and_trainings(&lms).await;
    let ada = learner(&lms, "ada_l", "employee").await;
    for training in ["FIRE-101", "WAYS-101"] {
        assign(&lms, "ada_l", training).await;
    }
    (lms, ada)
}

async fn begin(lms: &TestLms, actor: &Actor, quiz: &str) -> Result<AttemptCard> {
    let new = NewAttempt::new(&format!("{quiz}-101"), quiz);
    lms.progress().begin_attempt(actor, new).await.map(|begun| begun.value)
}

async fn submit(lms: &TestLms, actor: &Actor, card: &AttemptCard, answers: Json) -> AttemptCard {
    let id = card.attempt.id.to_string();
    lms.progress().submit_attempt(actor, &id, Some(&answers)).await.unwrap().value
}

/// Answers that choose the option which says so, in all questions that have it.
pub(crate) fn choosing(card: &AttemptCard, text: &str) -> Json {
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    let chosen = questions.filter_map(|question| {
        let option = question.options.iter().find(|option| option.text == text)?;
        Some((question.key.clone(), Json::from(option.key.as_str())))
    });
    Json::Object(chosen.collect())
}

/// The same, with this text for what is not chosen.
fn with_essay(card: &AttemptCard, text: &str, essay: &str) -> Json {
    let Json::Object(mut answers) = choosing(card, text) else { unreachable!() };
    let questions = card.sheet.sections.iter().flat_map(|section| &section.questions);
    for question in questions.filter(|question| question.options.is_empty()) {
        answers.insert(question.key.clone(), essay.into());
    }
    Json::Object(answers)
}

fn points(text: &str) -> Points {
    Points::parse(text).unwrap()
}

async fn somebody_fails_a_quiz_and_passes_the_next_time(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    let attempt = &begun.attempt;
    assert_eq!((attempt.number, attempt.state, attempt.passed), (1, AttemptState::Open, None));
    assert_eq!((attempt.training.as_str(), attempt.module.as_str()), ("FIRE-101", "part-fire"));
    assert_eq!((attempt.person.as_str(), attempt.points_max), ("Kim ada_l", points("2")));
    assert_eq!((attempt.points, attempt.percent), (None, None));

    let failed = submit(&lms, &ada, &begun, choosing(&begun, "Lift")).await;
    let attempt = &failed.attempt;
    assert_eq!((attempt.state, attempt.passed), (AttemptState::Graded, Some(false)));
    assert_eq!((attempt.points, attempt.percent), (Some(Points::ZERO), Some(0)));
    assert_eq!(attempt.submitted_at.map(|at| at >= attempt.begun_at), Some(true));
    assert!(failed.graded.iter().all(|graded| graded.state == GradeState::Wrong));

    let second = begin(&lms, &ada, "FIRE").await.unwrap();
    assert_eq!(second.attempt.number, 2);
    assert_ne!(second.sheet, begun.sheet, "another attempt has other keys");
    let passed = submit(&lms, &ada, &second, choosing(&second, "Alarm")).await;
    assert_eq!((passed.attempt.passed, passed.attempt.percent), (Some(true), Some(100)));
    assert_eq!(passed.attempt.points, Some(points("2")));

    let again = begin(&lms, &ada, "FIRE").await.unwrap_err();
    assert_eq!(again.code(), "progress.not_assigned", "it is done");

    let all = progress.attempts(&ada, AttemptFilter::new().quiz("fire")).await.unwrap().items;
    let numbers: Vec<(i64, Option<bool>)> =
        all.iter().map(|attempt| (attempt.number, attempt.passed)).collect();
    assert_eq!(numbers, [(2, Some(true)), (1, Some(false))]);

    let told = events(&lms, EventFilter::new().event_type("quiz.submitted")).await;
    let told: Vec<&Json> = told.iter().map(|event| &event.body["data"]).collect();
    assert_eq!((told.len(), &told[1]["passed"]), (2, &json!(true)));
    assert_eq!(told[1]["quiz"], "FIRE");
    let kinds: Vec<String> =
        entries(&lms, AuditFilter::new()).await.into_iter().map(|entry| entry.kind).collect();
    assert_eq!(
        &kinds[..4],
        ["training.completed", "certificate.issued", "quiz.submitted", "quiz.begun"]
    );
    let names = newest(&lms).await;
    assert!(names.actor.starts_with("account:"), "{names:?}");
    assert_sound(&lms).await;
}

async fn beginning_again_gives_back_the_same_sheet(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    let id = begun.attempt.id.to_string();
    let Json::Object(all) = choosing(&begun, "Alarm") else { unreachable!() };
    let (first, answer) = all.iter().next().unwrap();
    let draft = Json::Object(Map::from_iter([(first.clone(), answer.clone())]));
    let before = head(&lms).await;
    let saved = progress.save_answers(&ada, &id, &draft).await.unwrap();
    assert_eq!((saved.state, saved.points), (AttemptState::Open, None));

    let again = progress.begin_attempt(&ada, NewAttempt::new("fire-101", "fire")).await.unwrap();
    assert_eq!((again.operation, &again.value.sheet), (None, &begun.sheet));
    assert_eq!(again.value.attempt.id, begun.attempt.id);
    assert_eq!(again.value.answers, *draft.as_object().unwrap());
    assert_eq!(again.value.graded, []);
    assert_eq!(head(&lms).await, before, "a draft is no operation");

    // What was saved is handed in with what comes along, and can be taken back.
    let back = json!({ first.as_str(): null });
    progress.save_answers(&ada, &id, &back).await.unwrap();
    assert_eq!(progress.attempt(&ada, &id).await.unwrap().answers, Map::new());
    progress.save_answers(&ada, &id, &draft).await.unwrap();
    let rest: Map<String, Json> = all.clone().into_iter().filter(|(key, _)| key != first).collect();
    let done = submit(&lms, &ada, &begun, Json::Object(rest)).await;
    assert_eq!((done.attempt.passed, done.answers), (Some(true), all));

    let closed = progress.save_answers(&ada, &id, &back).await.unwrap_err();
    assert_eq!((closed.code(), closed.kind()), ("progress.attempt_closed", ErrorKind::Refused));
    let before = head(&lms).await;
    let wrong = choosing(&begun, "Lift");
    let again = progress.submit_attempt(&ada, &id, Some(&wrong)).await.unwrap();
    assert_eq!((again.operation, again.value.attempt.passed), (None, Some(true)));
    assert_eq!(head(&lms).await, before);
}

async fn an_attempt_is_graded_by_what_it_asked(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    // The quiz asks something else now, and what was right is not any more.
    let change = json!({ "kind": "single", "text": "What comes first?", "options": [
        { "text": "Alarm" }, { "text": "Lift", "right": true }
    ] });
    let change = lms_core::QuestionChange::new().definition(change.as_object().unwrap().clone());
    quizzes.edit_question(&admin, "FIRE-1", change.unwrap()).await.unwrap();
    let sections = json!([{ "questions": ["FIRE-3"] }]);
    let change = QuizChange::new().set("sections", sections).set("passing_percent", 10);
    quizzes.edit_quiz(&admin, "FIRE", change).await.unwrap();

    let again = begin(&lms, &ada, "FIRE").await.unwrap();
    assert_eq!(again.sheet, begun.sheet);
    let done = submit(&lms, &ada, &begun, choosing(&begun, "Alarm")).await;
    assert_eq!((done.attempt.passed, done.attempt.quiz_version), (Some(true), 1));
    assert_eq!(done.sheet, begun.sheet);
    let asked: Vec<(&str, i64)> =
        done.graded.iter().map(|graded| (graded.question.as_str(), graded.version)).collect();
    assert_eq!(asked, [("FIRE-1", 1), ("FIRE-2", 1)]);
}

async fn there_are_as_many_attempts_as_the_quiz_allows(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let change = QuizChange::new().set("attempts_max", 2).set("cool_down_hours", 24);
    quizzes.edit_quiz(&admin, "FIRE", change).await.unwrap();
    let fail = async || {
        let begun = begin(&lms, &ada, "FIRE").await?;
        Ok::<_, lms_core::Error>(submit(&lms, &ada, &begun, json!({})).await)
    };
    let first = fail().await.unwrap();
    assert_eq!(first.key, None, "another attempt is left");
    let soon = fail().await.unwrap_err();
    assert_eq!(soon.code(), "progress.cooling_down");
    assert!(soon.message().contains("may begin at 2026-04-01T12:00:"), "{soon}");
    lms.clock().advance(DAY);
    let second = fail().await.unwrap();
    assert_eq!((second.attempt.number, second.attempt.passed), (2, Some(false)));
    assert_eq!(second.key.map(|key| key.len()), Some(2), "it helps no more to know it");
    lms.clock().advance(DAY);
    let over = fail().await.unwrap_err();
    assert_eq!(over.code(), "progress.no_attempt_left");
    assert_eq!(over.message(), "all 2 attempts at `FIRE` were made, and none passed");
    quizzes.edit_quiz(&admin, "FIRE", QuizChange::new().set("attempts_max", 3)).await.unwrap();
    assert_eq!(fail().await.unwrap().attempt.number, 3);
}

/// A quiz of which there are ten minutes, with an answer saved in the first.
async fn begun_with_a_limit(engine: Engine) -> (TestLms, Actor, AttemptCard) {
    let (lms, ada) = ready(engine).await;
    let change = QuizChange::new().set("time_limit_minutes", 10);
    lms.quizzes().edit_quiz(&lms.admin(), "FIRE", change).await.unwrap();
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    assert_eq!(begun.attempt.deadline_at, Some(begun.attempt.begun_at.plus(10 * MINUTE)));
    let id = begun.attempt.id.to_string();
    let right = choosing(&begun, "Alarm");
    lms.clock().advance(MINUTE);
    lms.progress().save_answers(&ada, &id, &right).await.unwrap();
    (lms, ada, begun)
}

async fn a_time_limit_ends_an_attempt_whoever_looks(engine: Engine) {
    let (lms, ada, begun) = begun_with_a_limit(engine).await;
    let (progress, id) = (lms.progress(), begun.attempt.id.to_string());
    let deadline = begun.attempt.deadline_at.unwrap();
    lms.clock().set(deadline.plus(Duration::ZERO));
    let late = progress.save_answers(&ada, &id, &json!({})).await.unwrap_err();
    assert_eq!(late.code(), "progress.attempt_closed");
    assert_eq!(late.message(), format!("the time of the attempt was over at {deadline}"));

    lms.clock().advance(24 * 60 * MINUTE);
    let seen = progress.attempts(&lms.admin(), AttemptFilter::new()).await.unwrap().items.remove(0);
    assert_eq!((seen.state, seen.expired), (AttemptState::Graded, true));
    assert_eq!((seen.submitted_at, seen.passed), (Some(deadline), Some(true)));
    let expired = entries(&lms, AuditFilter::new().kind("quiz.expired")).await;
    assert_eq!((expired.len(), expired[0].actor.as_str()), (1, "system:quiz clock"));
    assert_eq!(events(&lms, EventFilter::new().event_type("quiz.submitted")).await.len(), 1);
    let before = head(&lms).await;
    progress.attempt(&ada, &id).await.unwrap();
    assert_eq!(head(&lms).await, before, "it is closed once");
    assert_sound(&lms).await;
}

async fn what_was_saved_in_time_counts(engine: Engine) {
    let (lms, ada, begun) = begun_with_a_limit(engine).await;
    let progress = lms.progress();
    lms.clock().advance(10 * MINUTE);
    let wrong = choosing(&begun, "Lift");
    let done = submit(&lms, &ada, &begun, wrong).await;
    assert_eq!((done.attempt.expired, done.attempt.passed), (true, Some(true)));
    assert_eq!(done.attempt.submitted_at, begun.attempt.deadline_at);
    assert_eq!(Json::Object(done.answers), choosing(&begun, "Alarm"));

    // Another quiz, left open until its time is over: whoever begins again begins anew.
    let change = QuizChange::new().set("time_limit_minutes", 10);
    lms.quizzes().edit_quiz(&lms.admin(), "WAYS", change).await.unwrap();
    let left = begin(&lms, &ada, "WAYS").await.unwrap();
    lms.clock().advance(11 * MINUTE);
    let next = begin(&lms, &ada, "WAYS").await.unwrap();
    assert_eq!((next.attempt.number, next.attempt.state), (2, AttemptState::Open));
    let left = progress.attempt(&ada, &left.attempt.id.to_string()).await.unwrap();
    assert_eq!((left.attempt.expired, left.attempt.passed), (true, Some(false)));
    assert_sound(&lms).await;
}

async fn an_essay_waits_in_the_queue_and_is_graded_by_hand(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let ines = learner(&lms, "ines", "instructor").await;
    let begun = begin(&lms, &ada, "WAYS").await.unwrap();
    let answers = with_essay(&begun, "Alarm", "The stairs, and the ladder.");
    let handed_in = submit(&lms, &ada, &begun, answers).await;
    let attempt = &handed_in.attempt;
    assert_eq!((attempt.state, attempt.passed), (AttemptState::Waiting, None));
    assert_eq!((attempt.points, attempt.points_open), (Some(points("1")), points("3")));
    let again = begin(&lms, &ada, "WAYS").await.unwrap_err();
    assert_eq!(again.code(), "progress.ungraded");

    let queue = progress.grading_queue(&ines, QueueFilter::new().quiz("WAYS")).await.unwrap().items;
    assert_eq!(queue.len(), 1);
    assert_eq!((queue[0].attempt.id, queue[0].questions.as_slice()), (attempt.id, &[2][..]));
    assert_eq!(queue[0].attempt.person, "Kim ada_l");
    let other = progress.grading_queue(&ines, QueueFilter::new().quiz("FIRE")).await.unwrap();
    assert!(other.items.is_empty());

    let id = attempt.id.to_string();
    let card = progress.attempt(&ines, &id).await.unwrap();
    assert_eq!(card.answers[&card.graded[1].key], "The stairs, and the ladder.");
    let guide = card.key.unwrap()[1].guide.clone();
    assert_eq!(guide.as_deref(), Some("Two ways: two points."));
    assert_eq!(progress.attempt(&ada, &id).await.unwrap().key, None);

    // Three of four points do not wait any more; 75 % pass.
    let grading = Grading::new().points(2, points("1.5"), Some("Where is the ladder?"));
    let graded = progress.grade_attempt(&ines, &id, grading.clone()).await.unwrap();
    assert_eq!((graded.value.state, graded.value.passed), (AttemptState::Graded, Some(false)));
    assert_eq!((graded.value.points, graded.value.percent), (Some(points("2.5")), Some(62)));
    let changed: Vec<&str> = graded.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["question_2", "comment_2"]);
    let before = head(&lms).await;
    let same = progress.grade_attempt(&ines, &id, grading).await.unwrap();
    assert_eq!((same.operation, same.changed.len()), (None, 0));
    assert_eq!(head(&lms).await, before);

    // It was a slip of the pen: half a point more passes, and stays.
    let more = Grading::new().points(2, points("2"), None);
    let graded = progress.grade_attempt(&ines, &id, more).await.unwrap();
    assert_eq!(graded.value.passed, Some(true));
    let less = Grading::new().points(2, points("1.5"), None);
    let refused = progress.grade_attempt(&ines, &id, less).await.unwrap_err();
    assert_eq!(refused.code(), "progress.decided");

    let card = progress.attempt(&ada, &id).await.unwrap();
    let essay = &card.graded[1];
    assert_eq!((essay.state, essay.points), (GradeState::Partly, points("2")));
    assert_eq!(
        essay.comment.as_deref(),
        Some("Where is the ladder?"),
        "it stays until it is changed"
    );
    assert_eq!(essay.graded_by, Some(ines.label()));
    assert!(progress.grading_queue(&ines, QueueFilter::new()).await.unwrap().items.is_empty());
    let told = events(&lms, EventFilter::new().event_type("quiz.graded")).await;
    assert_eq!((told.len(), &told[1].body["data"]["passed"]), (2, &json!(true)));
    // What was said is not in the log.
    let mut raw = Raw::open(lms.place()).await;
    let values = raw
        .texts(
            "SELECT COALESCE(value_before, '') || COALESCE(value_after, '') FROM operation_changes",
        )
        .await;
    assert!(!values.iter().any(|value| value.contains("ladder")), "{values:?}");
    assert_sound(&lms).await;
}

async fn what_cannot_be_graded_by_hand_is_refused(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let admin = lms.admin();
    let begun = begin(&lms, &ada, "WAYS").await.unwrap();
    let id = begun.attempt.id.to_string();
    let grade = |number: i64, of: &str| Grading::new().points(number, points(of), None);
    let early = progress.grade_attempt(&admin, &id, grade(2, "1")).await.unwrap_err();
    assert_eq!(early.code(), "progress.attempt_open");
    submit(&lms, &ada, &begun, with_essay(&begun, "Lift", "By the stairs.")).await;
    for (number, of, why) in [
        (1, "1", "question 1: it was graded by what is right"),
        (2, "3.01", "question 2: 3.01 points are more than 3"),
        (3, "1", "question 3: the sheet has no such question"),
    ] {
        let refused = progress.grade_attempt(&admin, &id, grade(number, of)).await.unwrap_err();
        assert_eq!((refused.code(), refused.message()), ("progress.not_by_hand", why));
        assert_eq!(refused.field(), Some(format!("questions[{number}]").as_str()));
    }
    let nothing = progress.grade_attempt(&admin, &id, Grading::new()).await.unwrap_err();
    assert_eq!(nothing.field(), Some("questions"));

    // Nobody grades themselves, whatever they may do otherwise.
    let ines = learner(&lms, "ines", "instructor").await;
    assign(&lms, "ines", "WAYS-101").await;
    let own = begin(&lms, &ines, "WAYS").await.unwrap();
    submit(&lms, &ines, &own, with_essay(&own, "Alarm", "All of them.")).await;
    let own = own.attempt.id.to_string();
    let refused = progress.grade_attempt(&ines, &own, grade(2, "3")).await.unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("progress.own_attempt", ErrorKind::Refused));
    let omar = learner(&lms, "omar", "instructor").await;
    assert!(progress.grade_attempt(&omar, &own, grade(2, "3")).await.is_ok());

    // Who answered nothing waits for nobody.
    let bo = learner(&lms, "bo", "employee").await;
    assign(&lms, "bo", "WAYS-101").await;
    let empty = begin(&lms, &bo, "WAYS").await.unwrap();
    let empty = submit(&lms, &bo, &empty, json!({})).await;
    assert_eq!((empty.attempt.state, empty.attempt.passed), (AttemptState::Graded, Some(false)));
    let empty = empty.attempt.id.to_string();
    let refused = progress.grade_attempt(&omar, &empty, grade(2, "3")).await.unwrap_err();
    assert_eq!(refused.message(), "question 2: there is no answer to it");
}

async fn nothing_of_what_is_right_is_told_too_soon(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    let id = begun.attempt.id.to_string();
    progress.save_answers(&ada, &id, &choosing(&begun, "Alarm")).await.unwrap();
    let ines = learner(&lms, "ines", "instructor").await;
    for actor in [&ada, &ines, &lms.admin()] {
        let card = progress.attempt(actor, &id).await.unwrap();
        assert_eq!((card.graded.len(), &card.key, card.attempt.points), (0, &None, None));
        let told = serde_json::to_string(&card).unwrap();
        for trace in ["FIRE-1\"", "right", "feedback"] {
            assert!(!told.contains(trace), "`{trace}` in {told}");
        }
    }
    let failed = submit(&lms, &ada, &begun, choosing(&begun, "Lift")).await;
    assert_eq!((failed.key, failed.graded.len()), (None, 2), "there may be another attempt");
    let seen = progress.attempt(&ines, &id).await.unwrap();
    assert_eq!(seen.key.unwrap()[0].right, ["Alarm"], "she may see it in the bank as well");
    let second = begin(&lms, &ada, "FIRE").await.unwrap();
    let passed = submit(&lms, &ada, &second, choosing(&second, "Alarm")).await;
    assert_eq!(passed.key.unwrap()[0].right, ["Alarm"]);
}

async fn whose_attempts_one_may_see_and_make(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let (progress, people, admin) = (lms.progress(), lms.people(), lms.admin());
    let mia = learner(&lms, "mia", "manager").await;
    let bo = learner(&lms, "bo", "employee").await;
    let reports = lms_core::PersonChange::new().set(lms_core::PersonField::Manager, "mia");
    people.edit(&admin, "ada_l", reports).await.unwrap();
    assign(&lms, "bo", "WAYS-101").await;
    let role = NewRole::new("grades_reports").grant("quizzes.grade@reports");
    lms.access().add_role(&admin, role.grant("progress.read@reports")).await.unwrap();
    let grader = lms_core::AccountChange::new().add_role("grades_reports");
    lms.access().edit_account(&admin, "mia", grader).await.unwrap();
    let mia = {
        drop(mia);
        let token = lms_core::NewToken::new("mia", "again");
        let secret = crate::support::looks::token(&lms, token).await;
        lms.access().authenticate(&secret).await.unwrap()
    };
    let mut ids = Vec::new();
    for who in [&ada, &bo] {
        let begun = begin(&lms, who, "WAYS").await.unwrap();
        submit(&lms, who, &begun, with_essay(&begun, "Alarm", "Out.")).await;
        ids.push(begun.attempt.id);
    }
    let seen = async |actor: &Actor| -> BTreeSet<_> {
        let all = progress.attempts(actor, AttemptFilter::new()).await.unwrap().items;
        all.into_iter().map(|attempt| attempt.id).collect()
    };
    assert_eq!(seen(&ada).await, BTreeSet::from([ids[0]]));
    assert_eq!(seen(&mia).await, BTreeSet::from([ids[0]]), "ada reports to her");
    assert_eq!(seen(&bo).await, BTreeSet::from([ids[1]]));
    assert_eq!(seen(&admin).await, BTreeSet::from([ids[0], ids[1]]));
    let queue = progress.grading_queue(&mia, QueueFilter::new()).await.unwrap().items;
    assert_eq!(queue.iter().map(|entry| entry.attempt.id).collect::<Vec<_>>(), [ids[0]]);

    // Who is out of reach is not there, and neither is what they did.
    let (of_ada, of_bo) = (ids[0].to_string(), ids[1].to_string());
    let grading = || Grading::new().points(2, points("1"), None);
    let new = |person: &str| NewAttempt::new("WAYS-101", "WAYS").person(person);
    let nothing = json!({});
    for (what, refused) in [
        ("show", progress.attempt(&ada, &of_bo).await.map(drop)),
        ("save", progress.save_answers(&ada, &of_bo, &nothing).await.map(drop)),
        ("submit", progress.submit_attempt(&ada, &of_bo, None).await.map(drop)),
        ("grade", progress.grade_attempt(&mia, &of_bo, grading()).await.map(drop)),
        ("submit as a manager", progress.submit_attempt(&mia, &of_ada, None).await.map(drop)),
    ] {
        assert_eq!(refused.unwrap_err().code(), "progress.attempt_unknown", "{what}");
    }
    let foreign = progress.begin_attempt(&ada, new("bo")).await.unwrap_err();
    assert_eq!(foreign.code(), "people.person_unknown");
    let filter = AttemptFilter::new().person("bo");
    let foreign = progress.attempts(&ada, filter).await.unwrap_err();
    assert_eq!(foreign.code(), "people.person_unknown");
    assert!(progress.grade_attempt(&mia, &of_ada, grading()).await.is_ok());
}

async fn what_is_not_to_be_done_is_not_begun(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let progress = lms.progress();
    let refused = async |training: &str, quiz: &str| {
        let new = NewAttempt::new(training, quiz);
        progress.begin_attempt(&ada, new).await.unwrap_err()
    };
    let error = refused("ALL-101", "FIRE").await;
    assert_eq!((error.code(), error.kind()), ("progress.not_assigned", ErrorKind::Precondition));
    let error = refused("FIRE-101", "WAYS").await;
    assert_eq!((error.code(), error.field()), ("progress.not_asked", Some("quiz")));
    assert_eq!(error.hints().last().map(String::as_str), Some("it asks `FIRE`"));
    assert_eq!(refused("NOWHERE", "FIRE").await.code(), "catalog.training_unknown");
    let nobody = progress.begin_attempt(&lms.admin(), NewAttempt::new("FIRE-101", "FIRE")).await;
    let nobody = nobody.unwrap_err();
    assert_eq!((nobody.code(), nobody.field()), ("progress.nobody", Some("person")));
    let unknown = progress.attempt(&ada, "nonsense").await.unwrap_err();
    assert_eq!(unknown.code(), "progress.attempt_unknown");
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    let id = begun.attempt.id.to_string();
    let wrong = progress.save_answers(&ada, &id, &json!({ "x": "y" })).await.unwrap_err();
    assert_eq!(wrong.code(), "quizzes.answers");
    let wrong = progress.submit_attempt(&ada, &id, Some(&json!([]))).await.unwrap_err();
    assert_eq!(wrong.code(), "quizzes.answers");
    let card = progress.attempt(&ada, &id).await.unwrap();
    assert_eq!(card.attempt.state, AttemptState::Open, "what is not understood is not handed in");
    // An admin may take part for somebody who sits beside them.
    let new = NewAttempt::new("WAYS-101", "WAYS").person("ada_l");
    assert!(progress.begin_attempt(&lms.admin(), new).await.is_ok());
}

async fn fifty_submits_at_once_are_one(engine: Engine) {
    let (lms, ada) = ready(engine).await;
    let begun = begin(&lms, &ada, "FIRE").await.unwrap();
    let id = begun.attempt.id.to_string();
    let before = head(&lms).await.seq;
    let (right, wrong) = (choosing(&begun, "Alarm"), choosing(&begun, "Lift"));
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..50 {
        let (lms, ada, id) = (lms_core::Lms::clone(&lms), ada.clone(), id.clone());
        let answers = if nth % 2 == 0 { right.clone() } else { wrong.clone() };
        tasks.spawn(async move {
            lms.progress().submit_attempt(&ada, &id, Some(&answers)).await.unwrap()
        });
    }
    let outcomes = tasks.join_all().await;
    let done: Vec<_> = outcomes.iter().filter(|outcome| outcome.operation.is_some()).collect();
    assert_eq!(done.len(), 1);
    assert!(outcomes.iter().all(|outcome| outcome.value == done[0].value));
    // The completion, and its certificate.
    let follow = if done[0].value.attempt.passed == Some(true) { 2 } else { 0 };
    assert_eq!(head(&lms).await.seq, before + 1 + follow, "one was handed in");
    assert_eq!(events(&lms, EventFilter::new().event_type("quiz.submitted")).await.len(), 1);
    assert_sound(&lms).await;
}

async fn lists_page_without_gaps(engine: Engine) {
    let (lms, _) = ready(engine).await;
    let (progress, admin) = (lms.progress(), lms.admin());
    for name in ["a", "b", "c"] {
        let actor = learner(&lms, name, "employee").await;
        assign(&lms, name, "WAYS-101").await;
        let begun = begin(&lms, &actor, "WAYS").await.unwrap();
        lms.clock().advance(MINUTE);
        submit(&lms, &actor, &begun, with_essay(&begun, "Alarm", "Out.")).await;
    }
    let mut people = Vec::new();
    let mut filter = AttemptFilter::new().state(AttemptState::Waiting).limit(2);
    loop {
        let page = progress.attempts(&admin, filter.clone()).await.unwrap();
        people.extend(page.items.into_iter().map(|attempt| attempt.person));
        let Some(next) = page.next else { break };
        filter = filter.cursor(&next);
    }
    assert_eq!(people, ["Kim c", "Kim b", "Kim a"], "the newest first");
    let mut people = Vec::new();
    let mut filter = QueueFilter::new().training("ways-101").limit(2);
    loop {
        let page = progress.grading_queue(&admin, filter.clone()).await.unwrap();
        people.extend(page.items.into_iter().map(|entry| entry.attempt.person));
        let Some(next) = page.next else { break };
        filter = filter.cursor(&next);
    }
    assert_eq!(people, ["Kim a", "Kim b", "Kim c"], "the oldest first");
}
