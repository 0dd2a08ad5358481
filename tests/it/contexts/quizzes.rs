//! Questions and quizzes: written, changed, carried in files, and asked without giving anything away.

mod edits;

use lms_core::testkit::TestLms;
use lms_core::{
    AuditFilter, Engine, ErrorKind, EventFilter, GradeState, NewQuestion, NewQuiz, QuestionChange,
    QuestionFilter, QuestionKind, QuizChange, QuizFile, QuizFileFormat, QuizFilter, Seed,
    StepAction,
};
use serde_json::{Value as Json, json};

use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events, head, newest};

on_both_engines! {
    a_quiz_is_written_asked_and_graded,
    a_change_makes_a_version_and_the_same_again_none,
    a_question_in_use_stays,
    what_a_quiz_cannot_ask_is_told_at_once,
    questions_are_found_and_page_by_code,
    a_file_comes_back_as_it_went,
    the_same_file_twice_changes_nothing,
    a_plan_is_what_happens_or_nothing_is,
    a_file_with_mistakes_changes_nothing,
    a_large_file_is_one_operation,
}

fn fire(code: &str, right: &str) -> NewQuestion {
    let options = ["Alarm", "Lift", "Wait"];
    let new = NewQuestion::new(code, QuestionKind::Single, "What comes first?").tag("Fire");
    options.into_iter().fold(new, |new, option| new.option(option, option == right))
}

async fn with_questions(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let number = NewQuestion::new("SPEED-1", QuestionKind::Numeric, "How fast in town?");
    let number = number.value("50").set("unit", "km/h").points("2.5").tag("road");
    let all = vec![fire("FIRE-1", "Alarm"), fire("FIRE-2", "Wait"), fire("fire-3", "Lift"), number];
    let made = lms.quizzes().add_questions(&lms.admin(), all).await.unwrap();
    let codes: Vec<&str> = made.iter().map(|question| question.code.as_str()).collect();
    assert_eq!(codes, ["FIRE-1", "FIRE-2", "fire-3", "SPEED-1"]);
    lms
}

async fn codes(lms: &TestLms, filter: QuestionFilter) -> Vec<String> {
    let page = lms.quizzes().questions(&lms.admin(), filter).await.unwrap();
    page.items.into_iter().map(|question| question.code).collect()
}

async fn a_quiz_is_written_asked_and_graded(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let new = NewQuiz::new("SAFETY", "Safety").passing_percent(60).ask(&["speed-1"]);
    let made = quizzes.add_quiz(&admin, new.draw(2, "FIRE")).await.unwrap().value;
    assert_eq!((made.questions, made.version, made.passing_percent), (3, 1, 60));

    let seed = Seed::of_text("one");
    let preview = quizzes.preview(&admin, "safety", &seed).await.unwrap();
    let again = quizzes.preview(&admin, "SAFETY", &seed).await.unwrap();
    assert_eq!(again.sheet, preview.sheet, "the same seed gives the same sheet");
    let other = quizzes.preview(&admin, "SAFETY", &Seed::of_text("two")).await.unwrap();
    assert_ne!(other.sheet, preview.sheet);
    let sheet = serde_json::to_string(&preview.sheet).unwrap();
    for trace in ["FIRE-", "SPEED", "right", "50"] {
        assert!(!sheet.contains(trace), "`{trace}` in {sheet}");
    }

    let graded = preview.grade(&preview.right_answers()).unwrap();
    assert_eq!(graded.score.points.to_string(), "4.5");
    assert_eq!((graded.score.percent, graded.score.passed), (100, Some(true)));

    let speed = &preview.sheet.sections[0].questions[0];
    assert_eq!((speed.kind, speed.unit.as_deref()), (QuestionKind::Numeric, Some("km/h")));
    let graded = preview.grade(&json!({ speed.key.as_str(): "50,0 km/h" })).unwrap();
    assert_eq!(graded.questions[0].grade.state, GradeState::Right);
    assert_eq!((graded.score.percent, graded.score.passed), (55, Some(false)));

    let refused = preview.grade(&json!({ speed.key.as_str(): "fast", "x": 1 })).unwrap_err();
    assert_eq!(refused.code(), "quizzes.answers");
    assert_eq!(refused.message(), "question 1: `fast` is not a number of km/h");
    assert_eq!(refused.hints(), ["answers: no question of this sheet has the key `x`"]);
    let stale = preview.grade(&other.right_answers()).unwrap_err();
    assert_eq!(stale.code(), "quizzes.answers", "answers to another sheet are no answers to this");
    assert_sound(&lms).await;
}

async fn a_change_makes_a_version_and_the_same_again_none(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let change = || QuestionChange::new().text("Wie schnell?").points("3").add_tag("stadt");
    let changed = quizzes.edit_question(&admin, "speed-1", change()).await.unwrap();
    assert_eq!((changed.value.version, changed.value.text.as_str()), (2, "Wie schnell?"));
    let fields: Vec<&str> = changed.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["points", "tags", "text"]);
    assert!(changed.operation.is_some());

    let seal = head(&lms).await;
    let again = quizzes.edit_question(&admin, "speed-1", change()).await.unwrap();
    assert_eq!((again.value.version, again.changed.len(), again.operation), (2, 0, None));
    assert_eq!(head(&lms).await, seal);

    let tags = QuestionChange::new().remove_tag("stadt").remove_tag("never");
    let tagged = quizzes.edit_question(&admin, "SPEED-1", tags).await.unwrap();
    assert_eq!((tagged.value.version, tagged.value.tags), (2, vec!["road".to_owned()]));

    quizzes.add_quiz(&admin, NewQuiz::new("ROAD", "Quiz").ask(&["speed-1"])).await.unwrap();
    let change = || QuizChange::new().title("Test").set("attempts_max", 3);
    let changed = quizzes.edit_quiz(&admin, "road", change()).await.unwrap();
    assert_eq!((changed.value.version, changed.value.attempts_max), (2, Some(3)));
    assert_eq!(quizzes.edit_quiz(&admin, "road", change()).await.unwrap().operation, None);
    let cleared = QuizChange::new().set("attempts_max", Json::Null);
    assert_eq!(quizzes.edit_quiz(&admin, "road", cleared).await.unwrap().value.attempts_max, None);

    let moved = QuizChange::new().set("code", "OTHER");
    let refused = quizzes.edit_quiz(&admin, "road", moved).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("code")));
    let twice = quizzes.add_questions(&admin, vec![fire("Fire-1", "Lift")]).await.unwrap_err();
    assert_eq!(twice.code(), "quizzes.question_exists");
    let twice = quizzes.add_quiz(&admin, NewQuiz::new("road", "Q").ask(&["fire-1"])).await;
    assert_eq!(twice.unwrap_err().code(), "quizzes.quiz_exists");
    let unknown = quizzes.question(&admin, "FIRE1").await.unwrap_err();
    assert_eq!(unknown.code(), "quizzes.question_unknown");
    assert!(unknown.hints()[0].contains("`FIRE-1`"), "{unknown:?}");
    let unknown = quizzes.quiz(&admin, "RAOD").await.unwrap_err();
    assert_eq!(unknown.hints()[0], "did you mean `ROAD`?");

    let kinds: Vec<String> =
        entries(&lms, AuditFilter::new()).await.into_iter().map(|entry| entry.kind).collect();
    assert!(kinds.contains(&"question.changed".to_owned()), "{kinds:?}");
    let told = events(&lms, EventFilter::new().event_type("quiz.changed")).await;
    assert_eq!(told.len(), 2);
    assert_sound(&lms).await;
}

async fn a_question_in_use_stays(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes
        .add_quiz(&admin, NewQuiz::new("Q", "Quiz").ask(&["SPEED-1"]).draw(3, "fire"))
        .await
        .unwrap();
    let seal = head(&lms).await;
    let named = quizzes.archive_question(&admin, "SPEED-1").await.unwrap_err();
    assert_eq!((named.code(), named.kind()), ("quizzes.in_use", ErrorKind::Refused));
    assert_eq!(named.message(), "quiz Q, section 1: the question `SPEED-1` is archived");
    let drawn = quizzes.archive_question(&admin, "FIRE-1").await.unwrap_err();
    assert_eq!(
        drawn.message(),
        "quiz Q, section 2: it draws 3 of `fire`, which has 2 to draw from"
    );
    let untagged = QuestionChange::new().remove_tag("fire");
    let untagged = quizzes.edit_question(&admin, "FIRE-1", untagged).await.unwrap_err();
    assert_eq!(untagged.code(), "quizzes.in_use");
    assert_eq!(head(&lms).await, seal, "nothing happened");

    quizzes.edit_quiz(&admin, "Q", QuizChange::new().archived(true)).await.unwrap();
    let archived = quizzes.archive_question(&admin, "FIRE-1").await.unwrap();
    assert!(archived.value.archived && archived.operation.is_some());
    assert_eq!(newest(&lms).await.kind, "question.archived");
    assert_eq!(quizzes.archive_question(&admin, "FIRE-1").await.unwrap().operation, None);
    let back = quizzes.edit_quiz(&admin, "Q", QuizChange::new().archived(false)).await;
    assert_eq!(back.unwrap_err().code(), "quizzes.invalid", "it could not be asked any more");
    let restored = quizzes.restore_question(&admin, "FIRE-1").await.unwrap();
    assert_eq!((restored.value.archived, restored.value.version), (false, 1));
    quizzes.edit_quiz(&admin, "Q", QuizChange::new().archived(false)).await.unwrap();
    assert_eq!(quizzes.quizzes(&admin, QuizFilter::new()).await.unwrap().items.len(), 1);
}

async fn what_a_quiz_cannot_ask_is_told_at_once(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes.archive_question(&admin, "SPEED-1").await.unwrap();
    let new = NewQuiz::new("Q", "Quiz")
        .ask(&["FIRE-1", "FIRE-9", "fire-1", "speed-1"])
        .draw(1, "fire")
        .draw(2, "fire")
        .draw(1, "nothing");
    let refused = quizzes.add_quiz(&admin, new).await.unwrap_err();
    assert_eq!(refused.code(), "quizzes.invalid");
    assert!(refused.message().starts_with("quiz Q, section 1: there is no question `FIRE-9`"));
    assert_eq!(
        refused.hints(),
        [
            "quiz Q, section 1: the question `fire-1` is asked twice",
            "quiz Q, section 1: the question `SPEED-1` is archived",
            "quiz Q, section 3: it draws 2 of `fire`, which has 2 to draw from, and sections before may draw 1 of them",
            "quiz Q, section 4: it draws 1 of `nothing`, which has 0 to draw from",
        ]
    );
    let bad = NewQuestion::new("X", QuestionKind::Multiple, " ").option("a", false);
    let refused = quizzes.add_questions(&admin, vec![fire("GOOD", "Lift"), bad]).await.unwrap_err();
    assert_eq!(refused.message(), "question X: `text` is missing");
    assert_eq!(refused.field(), Some("questions[1].text"));
    assert_eq!(codes(&lms, QuestionFilter::new()).await.len(), 3, "all or none");
}

async fn questions_are_found_and_page_by_code(engine: Engine) {
    let lms = with_questions(engine).await;
    let filter = QuestionFilter::new;
    assert_eq!(codes(&lms, filter()).await, ["FIRE-1", "FIRE-2", "fire-3", "SPEED-1"]);
    assert_eq!(codes(&lms, filter().tag("FIRE")).await, ["FIRE-1", "FIRE-2", "fire-3"]);
    assert_eq!(codes(&lms, filter().tag("fire").tag("road")).await, [""; 0]);
    assert_eq!(codes(&lms, filter().kind(QuestionKind::Numeric)).await, ["SPEED-1"]);
    assert_eq!(codes(&lms, filter().search("TÖWN fas")).await, ["SPEED-1"]);
    assert_eq!(codes(&lms, filter().search("irst")).await, [""; 0], "beginnings of words");
    assert_eq!(codes(&lms, filter().search("speed 1")).await, ["SPEED-1"]);
    let error = lms.quizzes().questions(&lms.admin(), filter().search("%_")).await.unwrap_err();
    assert_eq!(error.field(), Some("search"));
    lms.quizzes().archive_question(&lms.admin(), "fire-2").await.unwrap();
    assert_eq!(codes(&lms, filter().tag("fire")).await, ["FIRE-1", "fire-3"]);
    assert_eq!(codes(&lms, filter().tag("fire").archived(true)).await.len(), 3);

    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = filter().page(2, cursor.as_deref());
        let page = lms.quizzes().questions(&lms.admin(), page).await.unwrap();
        all.extend(page.items.into_iter().map(|question| question.code));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(all, ["FIRE-1", "fire-3", "SPEED-1"]);
}

/// A file with a question of each kind and a quiz.
const FILE: &str = include_str!("../../../lms-cli/src/commands/demo/quizzes.toml");

fn parsed(text: &str) -> QuizFile {
    QuizFile::parse(text, QuizFileFormat::Toml).unwrap()
}

async fn import(lms: &TestLms, file: QuizFile) -> lms_core::Result<lms_core::QuizImported> {
    let plan = lms.quizzes().plan_import(&lms.admin(), file).await?;
    lms.quizzes().import(&lms.admin(), plan).await
}

async fn a_file_comes_back_as_it_went(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let done = import(&lms, parsed(FILE)).await.unwrap();
    assert_eq!((done.changed, done.kept), (0, 0));
    let kinds: Vec<QuestionKind> = lms
        .quizzes()
        .questions(&lms.admin(), QuestionFilter::new())
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|question| question.kind)
        .collect();
    for kind in QuestionKind::ALL {
        assert!(kinds.contains(kind), "{kind:?}");
    }
    let exported = lms.quizzes().export(&lms.admin(), &[]).await.unwrap();
    for format in [QuizFileFormat::Toml, QuizFileFormat::Json] {
        let copy = TestLms::organisation(engine).await;
        let file = QuizFile::parse(&exported.to_text(format), format).unwrap();
        import(&copy, file).await.unwrap();
        let again = copy.quizzes().export(&copy.admin(), &[]).await.unwrap();
        assert_eq!(again, exported);
        assert_eq!(again.to_text(format), exported.to_text(format));
    }
    let some = with_questions(engine).await;
    let quiz = NewQuiz::new("Q", "Quiz").draw(1, "fire");
    some.quizzes().add_quiz(&some.admin(), quiz).await.unwrap();
    let one = some.quizzes().export(&some.admin(), &["q".to_owned()]).await.unwrap();
    assert_eq!(one.counts(), (3, 1), "a quiz comes with all that it can ask");
    let unknown = some.quizzes().export(&some.admin(), &["QU".to_owned()]).await.unwrap_err();
    assert_eq!(unknown.code(), "quizzes.quiz_unknown");
}

async fn the_same_file_twice_changes_nothing(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let first = import(&lms, parsed(FILE)).await.unwrap();
    let seal = head(&lms).await;
    let again = import(&lms, parsed(FILE)).await.unwrap();
    assert_eq!((again.created, again.changed, again.operation), (0, 0, None));
    assert_eq!(again.kept, first.created);
    assert_eq!(head(&lms).await, seal);
    let plan = lms.quizzes().plan_import(&lms.admin(), parsed(FILE)).await.unwrap();
    assert!(!plan.changes_anything());
    assert_eq!(plan.problems, []);
}

async fn a_plan_is_what_happens_or_nothing_is(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let file = || {
        parsed(
            r#"
            questions = [
              { code = "speed-1", kind = "numeric", text = "How fast?", value = 50, unit = "km/h" },
              { code = "NEW", kind = "true_false", text = "Is it?", answer = true },
            ]
            quizzes = [{ code = "Q", title = "Quiz", sections = [{ questions = ["NEW"] }] }]
            "#,
        )
    };
    let seal = head(&lms).await;
    let plan = quizzes.plan_import(&admin, file()).await.unwrap();
    let steps: Vec<(&str, StepAction)> =
        plan.steps.iter().map(|step| (step.code.as_str(), step.action)).collect();
    assert_eq!(
        steps,
        [("NEW", StepAction::Create), ("SPEED-1", StepAction::Change), ("Q", StepAction::Create)]
    );
    let fields: Vec<&str> =
        plan.steps[1].changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["points", "tags", "text"]);
    assert_eq!(head(&lms).await, seal, "planning changes nothing");

    let change = QuestionChange::new().text("How slow?");
    quizzes.edit_question(&admin, "SPEED-1", change).await.unwrap();
    let seal = head(&lms).await;
    let stale = quizzes.import(&admin, plan).await.unwrap_err();
    assert_eq!((stale.code(), stale.kind()), ("plan.stale", ErrorKind::Stale));
    assert_eq!(head(&lms).await, seal);

    let plan = quizzes.plan_import(&admin, file()).await.unwrap();
    let done = quizzes.import(&admin, plan).await.unwrap();
    assert_eq!((done.created, done.changed, done.kept), (2, 1, 0));
    assert_eq!(quizzes.question(&admin, "SPEED-1").await.unwrap().version, 3);
    let entry = newest(&lms).await;
    assert_eq!(entry.kind, "quiz.imported");
    let counts: Vec<(&str, i64)> =
        entry.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(counts, [("changed", 1), ("created", 2)]);
}

async fn a_file_with_mistakes_changes_nothing(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes.add_quiz(&admin, NewQuiz::new("Q", "Quiz").draw(3, "fire")).await.unwrap();
    let seal = head(&lms).await;
    let file = parsed(
        r#"
        [[questions]]
        code = "FIRE-1"
        kind = "essay"
        text = "Why?"
        [[questions]]
        code = "NEW"
        kind = "single"
        text = "Which?"
        options = [{ text = "a", right = true }, { text = "a" }]
        "#,
    );
    let plan = quizzes.plan_import(&admin, file).await.unwrap();
    let told: Vec<String> = plan
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.message))
        .collect();
    assert_eq!(
        told,
        [
            "question NEW: `options` has `a` twice",
            "quiz Q, section 1: it draws 3 of `fire`, which has 2 to draw from",
        ]
    );
    assert_eq!(quizzes.import(&admin, plan).await.unwrap_err().code(), "quizzes.invalid");
    assert_eq!(head(&lms).await, seal);
}

async fn a_large_file_is_one_operation(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let question = |number: usize| {
        json!({
            "code": format!("N-{number:05}"), "kind": "numeric", "text": format!("What is {number}?"),
            "value": number, "tags": ["numbers", format!("t{}", number % 7)],
        })
    };
    let questions: Vec<Json> = (0..3_000).map(question).collect();
    let sections = json!([{ "draw": 400, "tag": "numbers" }]);
    let quiz = json!({ "code": "MANY", "title": "Many", "sections": sections });
    let text = json!({ "questions": questions, "quizzes": [quiz] }).to_string();
    let file = || QuizFile::parse(&text, QuizFileFormat::Json).unwrap();
    let before = head(&lms).await.seq;
    assert_eq!(import(&lms, file()).await.unwrap().created, 3_001);
    assert_eq!(head(&lms).await.seq, before + 1);
    assert_eq!(import(&lms, file()).await.unwrap().operation, None);
    let told = events(&lms, EventFilter::new().event_type("question.created")).await;
    assert_eq!(told.len(), 3, "one for each thousand");
    let preview = lms.quizzes().preview(&lms.admin(), "many", &Seed::of_text("x")).await.unwrap();
    let graded = preview.grade(&preview.right_answers()).unwrap();
    assert_eq!((graded.questions.len(), graded.score.percent), (400, 100));
}
