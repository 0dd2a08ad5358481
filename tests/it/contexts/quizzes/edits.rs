//! Single questions and quizzes: written anew as a whole, only if nobody else did meanwhile, and with
//! the place of whatever is wrong.

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, Error, ErrorKind, NewQuestion, NewQuiz, Problem, QuestionChange, QuestionFilter,
    QuestionKind, QuizChange, QuizFile, QuizFilter, Seed,
};
use serde_json::{Map, Value as Json, json};

use super::{fire, with_questions};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head, newest};

on_both_engines! {
    a_definition_is_written_anew_and_the_rest_stays,
    what_somebody_changed_meanwhile_stays,
    a_question_and_a_quiz_are_found_by_their_ids,
    everything_wrong_with_a_question_has_its_path,
    everything_wrong_with_a_quiz_has_its_path,
    everything_wrong_with_a_file_has_its_path,
    a_list_is_counted_as_it_is_narrowed,
    a_plan_is_told_from_every_other_one,
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn paths(error: &Error) -> Vec<&str> {
    error.parts().iter().filter_map(Error::field).collect()
}

async fn a_definition_is_written_anew_and_the_rest_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let statement =
        |text: &str| object(json!({ "kind": "true_false", "text": text, "answer": true }));
    let new = NewQuestion::of_definition("DOOR", statement("Is it shut?")).unwrap().tag("fire");
    let made = quizzes.add_question(&admin, new).await.unwrap();
    assert_eq!((made.value.code.as_str(), made.value.version), ("DOOR", 1));
    assert_eq!(made.value.definition, Json::Object(statement("Is it shut?")));
    let fields: Vec<&str> = made.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["answer", "code", "kind", "tags", "text"]);
    assert_eq!(newest(&lms).await.kind, "question.created");

    // What a definition comes back as is what it can be written anew with.
    let same = QuestionChange::new().definition(object(made.value.definition)).unwrap();
    assert_eq!(quizzes.edit_question(&admin, "DOOR", same).await.unwrap().operation, None);
    let essay = object(json!({ "kind": "essay", "text": "Why is it shut?" }));
    let essay = QuestionChange::new().definition(essay).unwrap();
    let changed = quizzes.edit_question(&admin, "door", essay).await.unwrap();
    assert_eq!((changed.value.kind, changed.value.version), (QuestionKind::Essay, 2));
    assert_eq!(changed.value.tags, ["fire"], "tags are no part of it");
    let fields: Vec<&str> = changed.changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["answer", "kind", "text"]);

    let sections = json!([{ "questions": ["DOOR"] }]);
    let quiz = object(json!({ "title": "Doors", "attempts_max": 2, "sections": sections }));
    let made = quizzes.add_quiz(&admin, NewQuiz::of_definition("Q", quiz.clone()).unwrap()).await;
    let made = made.unwrap();
    assert!(made.operation.is_some() && made.changed.iter().any(|change| change.field == "title"));
    let archived = QuizChange::new().archived(true);
    quizzes.edit_quiz(&admin, "Q", archived).await.unwrap();
    let mut without = quiz;
    without.remove("attempts_max");
    let anew = QuizChange::new().definition(without).unwrap();
    let changed = quizzes.edit_quiz(&admin, "Q", anew).await.unwrap().value;
    assert_eq!((changed.attempts_max, changed.archived), (None, true));

    // What stands beside a definition is not passed over in silence when it stands in one.
    for (field, refused) in [
        ("tags", QuestionChange::new().definition(object(json!({ "tags": [] }))).err()),
        ("code", NewQuestion::of_definition("X", object(json!({ "code": "Y" }))).err()),
        ("archived", NewQuiz::of_definition("X", object(json!({ "archived": true }))).err()),
        ("code", QuizChange::new().definition(object(json!({ "code": "Y" }))).err()),
    ] {
        let refused = refused.unwrap();
        assert_eq!((refused.code(), refused.field()), ("quizzes.invalid", Some(field)));
    }
    assert_sound(&lms).await;
}

async fn what_somebody_changed_meanwhile_stays(engine: Engine) {
    let lms = with_questions(engine).await;
    let admin = lms.admin();
    let asked = NewQuiz::new("Q", "Quiz").ask(&["SPEED-1"]);
    let quiz = lms.quizzes().add_quiz(&admin, asked).await.unwrap().value;
    let question = lms.quizzes().question(&admin, "FIRE-1").await.unwrap();
    let text = |text: &str| QuestionChange::new().text(text);
    let title = |title: &str| QuizChange::new().title(title);

    let of_question = || lms.quizzes().unchanged_since(Some(question.updated_at));
    let first = of_question().edit_question(&admin, "FIRE-1", text("First?")).await.unwrap();
    let of_quiz = || lms.quizzes().unchanged_since(Some(quiz.updated_at));
    of_quiz().edit_quiz(&admin, "Q", title("First")).await.unwrap();
    let seal = head(&lms).await;
    for refused in [
        of_question().edit_question(&admin, "FIRE-1", text("Second?")).await.unwrap_err(),
        of_question().archive_question(&admin, "FIRE-1").await.unwrap_err(),
        of_question().restore_question(&admin, "FIRE-1").await.unwrap_err(),
        of_quiz().edit_quiz(&admin, "Q", title("Second")).await.unwrap_err(),
    ] {
        assert_eq!((refused.code(), refused.kind()), ("quizzes.stale", ErrorKind::Stale));
    }
    assert_eq!(head(&lms).await, seal, "nothing happened");

    let now = lms.quizzes().unchanged_since(Some(first.value.updated_at));
    assert!(now.archive_question(&admin, "FIRE-1").await.unwrap().value.archived);
}

async fn a_question_and_a_quiz_are_found_by_their_ids(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let asked = NewQuiz::new("Q", "Quiz").ask(&["SPEED-1"]);
    let quiz = quizzes.add_quiz(&admin, asked).await.unwrap().value.id.to_string();
    let question = quizzes.question(&admin, "FIRE-1").await.unwrap().id.to_string();

    assert_eq!(quizzes.question(&admin, &question).await.unwrap().code, "FIRE-1");
    let change = QuestionChange::new().text("Which?");
    let changed = quizzes.edit_question(&admin, &question, change).await.unwrap();
    assert_eq!(changed.value.text, "Which?");
    assert!(quizzes.archive_question(&admin, &question).await.unwrap().value.archived);
    assert_eq!(quizzes.quiz(&admin, &quiz).await.unwrap().code, "Q");
    let change = QuizChange::new().title("Title");
    assert_eq!(quizzes.edit_quiz(&admin, &quiz, change).await.unwrap().value.title, "Title");
    let preview = quizzes.preview(&admin, &quiz, &Seed::of_text("1")).await.unwrap();
    assert_eq!(preview.sheet.quiz, "Q");
    let exported = quizzes.export(&admin, std::slice::from_ref(&quiz)).await.unwrap();
    assert_eq!(exported.counts(), (1, 1));

    // One is not taken for the other.
    let unknown = quizzes.question(&admin, &quiz).await.unwrap_err();
    assert_eq!(unknown.code(), "quizzes.question_unknown");
    let unknown = quizzes.quiz(&admin, &question).await.unwrap_err();
    assert_eq!(unknown.code(), "quizzes.quiz_unknown");
}

async fn everything_wrong_with_a_question_has_its_path(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes.add_question(&admin, fire("FIRE-1", "Lift")).await.unwrap();
    let seal = head(&lms).await;
    let long = "x".repeat(5_000);
    let option = |text: &str| json!({ "text": text });
    let right = json!({ "text": "a", "right": true });
    let cases = [
        (json!({ "text": "?" }), vec!["kind"]),
        (json!({ "kind": "poem", "text": "?" }), vec!["kind"]),
        (json!({ "kind": "essay" }), vec!["text"]),
        (json!({ "kind": "essay", "text": long }), vec!["text"]),
        (json!({ "kind": "essay", "text": "?", "points": 0, "txt": 1 }), vec!["points", "txt"]),
        (json!({ "kind": "essay", "text": "?", "words_max": "many" }), vec!["words_max"]),
        (json!({ "kind": "true_false", "text": "?" }), vec!["answer"]),
        (
            json!({ "kind": "single", "text": "?", "options": [right, {}, { "text": "b", "x": 1 }] }),
            vec!["options[1].text", "options[2].x"],
        ),
        (json!({ "kind": "single", "text": "?", "options": [option("a"), 3] }), vec!["options[1]"]),
        (
            json!({ "kind": "multiple", "text": "?", "options": [option("a"), option("b")] }),
            vec!["options"],
        ),
        (json!({ "kind": "short_text", "text": "?" }), vec!["accepted"]),
        (json!({ "kind": "short_text", "text": "?", "accepted": ["a", " "] }), vec!["accepted[1]"]),
        (
            json!({ "kind": "numeric", "text": "?", "tolerance": -1, "unit": "1 m" }),
            vec!["value", "tolerance", "unit"],
        ),
        (
            json!({ "kind": "numeric", "text": "?", "value": 1, "tolerance_percent": 101 }),
            vec!["tolerance_percent"],
        ),
        (json!({ "kind": "ordering", "text": "?", "items": ["a", "a"] }), vec!["items"]),
        (
            json!({ "kind": "matching", "text": "?", "pairs": [{ "left": "a", "right": "b" }, { "left": "c" }] }),
            vec!["pairs[1].right"],
        ),
        (
            json!({ "kind": "fill_in", "text": "no gap", "gaps": { "1": ["a"] } }),
            vec!["text", "gaps.1"],
        ),
        (
            json!({ "kind": "fill_in", "text": "a {1}", "gaps": { "1": 3 } }),
            vec!["gaps.1", "gaps.1"],
        ),
    ];
    for (definition, wanted) in cases {
        let definition = object(definition);
        let new = NewQuestion::of_definition("NEW", definition.clone()).unwrap();
        let refused = quizzes.add_question(&admin, new).await.unwrap_err();
        assert_eq!((refused.code(), paths(&refused)), ("quizzes.invalid", wanted.clone()));
        let change = QuestionChange::new().definition(definition).unwrap();
        let refused = quizzes.edit_question(&admin, "FIRE-1", change).await.unwrap_err();
        assert_eq!((refused.code(), paths(&refused)), ("quizzes.invalid", wanted));
    }
    let bad = fire("no code", "Lift").tag("no tag");
    let refused = quizzes.add_question(&admin, bad).await.unwrap_err();
    assert_eq!(paths(&refused), ["code", "tags"]);
    let twice = quizzes.add_question(&admin, fire("fire-1", "Lift")).await.unwrap_err();
    assert_eq!((twice.code(), twice.field()), ("quizzes.question_exists", Some("code")));
    assert_eq!(head(&lms).await, seal, "nothing happened");
}

async fn everything_wrong_with_a_quiz_has_its_path(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes.add_quiz(&admin, NewQuiz::new("Q", "Quiz").ask(&["SPEED-1"])).await.unwrap();
    let sections = |sections: Json| json!({ "title": "T", "sections": sections });
    for (definition, wanted) in [
        (json!({ "sections": [{ "questions": ["FIRE-1"] }] }), vec!["title"]),
        (json!({ "title": "T", "passing_percent": 101 }), vec!["passing_percent", "sections"]),
        (sections(json!([{ "questions": ["FIRE-1"] }, {}])), vec!["sections[1]"]),
        (sections(json!([{ "draw": 2 }])), vec!["sections[0].tag"]),
        (sections(json!([{ "tag": "fire" }])), vec!["sections[0].draw"]),
        (sections(json!([{ "draw": 900, "tag": "fire" }])), vec!["sections[0].draw"]),
        // What the bank does not have is told as what cannot be read is.
        (
            sections(json!([{ "questions": ["FIRE-1", "FIRE-9"] }, { "draw": 4, "tag": "fire" }])),
            vec!["sections[0].questions[1]", "sections[1].draw"],
        ),
    ] {
        let definition = object(definition);
        let new = NewQuiz::of_definition("NEW", definition.clone()).unwrap();
        let refused = quizzes.add_quiz(&admin, new).await.unwrap_err();
        assert_eq!((refused.code(), paths(&refused)), ("quizzes.invalid", wanted.clone()));
        let change = QuizChange::new().definition(definition).unwrap();
        let refused = quizzes.edit_quiz(&admin, "Q", change).await.unwrap_err();
        assert_eq!((refused.code(), paths(&refused)), ("quizzes.invalid", wanted));
    }
    // What stands against it elsewhere is at no place of what was written.
    let refused = quizzes.archive_question(&admin, "SPEED-1").await.unwrap_err();
    assert_eq!((refused.code(), refused.field()), ("quizzes.in_use", None));
    assert!(refused.parts().is_empty(), "{refused:?}");
}

async fn everything_wrong_with_a_file_has_its_path(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    quizzes.add_quiz(&admin, NewQuiz::new("Q", "Quiz").draw(3, "fire")).await.unwrap();
    let fine = json!({ "code": "A", "kind": "essay", "text": "Why?" });
    let untagged = json!({ "code": "FIRE-1", "kind": "essay", "text": "Why?" });
    let planned = async |questions: Vec<Json>, made: Vec<Json>| {
        let file = QuizFile::of_documents(questions, made).unwrap();
        quizzes.plan_import(&admin, file).await.unwrap()
    };
    let paths = |problems: &[Problem]| -> Vec<Option<String>> {
        problems.iter().map(|problem| problem.path.clone()).collect()
    };
    let at = |path: &str| Some(path.to_owned());

    let unread = json!({ "code": "B", "kind": "essay", "text": 3, "tags": ["no tag"] });
    let plan = planned(vec![fine.clone(), unread, fine.clone()], vec![json!("x")]).await;
    assert_eq!(
        paths(&plan.problems),
        [
            at("questions[1].tags"),
            at("questions[1].text"),
            at("questions[2].code"),
            at("quizzes[0]")
        ]
    );
    assert_eq!(plan.require_sound().unwrap_err().field(), Some("questions[1].tags"));

    let quiz =
        json!({ "code": "NEW", "title": "T", "sections": [{ "questions": ["A", "NOWHERE"] }] });
    let plan = planned(vec![fine.clone(), untagged.clone()], vec![quiz]).await;
    assert_eq!(paths(&plan.problems), [at("quizzes[0].sections[0].questions[1]"), None]);
    assert_eq!(plan.require_sound().unwrap_err().code(), "quizzes.invalid");

    // A file that is right in itself, but that what is there cannot bear.
    let plan = planned(vec![fine, untagged], Vec::new()).await;
    assert_eq!(paths(&plan.problems), [None]);
    let refused = plan.require_sound().unwrap_err();
    assert_eq!((refused.code(), refused.kind()), ("quizzes.in_use", ErrorKind::Refused));
    assert_eq!(quizzes.import(&admin, plan).await.unwrap_err().code(), "quizzes.in_use");
    let many = QuizFile::of_documents(Vec::new(), vec![Json::Null; 10_001]).unwrap_err();
    assert_eq!((many.code(), many.field()), ("quizzes.file", Some("quizzes")));
}

async fn a_list_is_counted_as_it_is_narrowed(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    for code in ["A", "B"] {
        quizzes.add_quiz(&admin, NewQuiz::new(code, code).ask(&["SPEED-1"])).await.unwrap();
    }
    quizzes.archive_question(&admin, "FIRE-1").await.unwrap();
    quizzes.edit_quiz(&admin, "A", QuizChange::new().archived(true)).await.unwrap();
    let all = QuestionFilter::new;
    for (filter, count) in [
        (all(), 3),
        (all().limit(1), 3),
        (all().archived(true), 4),
        (all().tag("fire"), 2),
        (all().tag("fire").archived(true), 3),
        (all().kind(QuestionKind::Numeric), 1),
        (all().search("spe"), 1),
        (all().search("speech"), 0),
    ] {
        assert_eq!(quizzes.count_questions(&admin, &filter).await.unwrap(), count, "{filter:?}");
    }
    let all = QuizFilter::new;
    for (filter, count) in [(all(), 1), (all().archived(true), 2), (all().search("b"), 1)] {
        assert_eq!(quizzes.count_quizzes(&admin, &filter).await.unwrap(), count, "{filter:?}");
    }
    let wrong = quizzes.count_questions(&admin, &QuestionFilter::new().search("%")).await;
    assert_eq!(wrong.unwrap_err().field(), Some("search"));
}

async fn a_plan_is_told_from_every_other_one(engine: Engine) {
    let lms = with_questions(engine).await;
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let file = |text: &str| {
        let question = json!({ "code": "NEW", "kind": "essay", "text": text });
        let there = json!({ "code": "SPEED-1", "kind": "essay", "text": "How fast?" });
        QuizFile::of_documents(vec![question, there], Vec::new()).unwrap()
    };
    let plan = async |text: &str| quizzes.plan_import(&admin, file(text)).await.unwrap();
    let seen = plan("Why?").await.fingerprint;
    assert_eq!(plan("Why?").await.fingerprint, seen);
    assert_ne!(plan("How?").await.fingerprint, seen, "another file is another plan");
    assert!(plan("Why?").await.still(Some(&seen)).is_ok());
    assert!(plan("Why?").await.still(None).is_ok());
    let other = plan("How?").await.still(Some(&seen)).unwrap_err();
    assert_eq!((other.code(), other.kind()), ("plan.stale", ErrorKind::Stale));

    // The same file is another plan when something else would come of it.
    let change = QuestionChange::new().text("How slow?");
    quizzes.edit_question(&admin, "SPEED-1", change).await.unwrap();
    assert_eq!(plan("Why?").await.still(Some(&seen)).unwrap_err().code(), "plan.stale");
}
