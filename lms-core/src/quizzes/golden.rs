//! Golden cases: for each kind what earns how much, and what is wrong with a document.

use serde_json::{Value as Json, json};

use super::answers::GradedQuestion;
use super::chance::Seed;
use super::problems::Problems;
use super::quiz_definition::{QuizDefinition, Section};
use super::sheet::{BankedQuestion, Paper};
use super::wanted::Wanted;

/// A paper with one question.
fn paper(document: &Json) -> Paper {
    let mut document = document.clone();
    document["code"] = "Q".into();
    if document["text"].is_null() {
        document["text"] = "What is it?".into();
    }
    let problems = Problems::default();
    let wanted = Wanted::read(&[document], &[], &problems);
    assert_eq!(problems.into_vec(), []);
    let (_, question) = wanted.questions.into_iter().next().unwrap();
    let banked = BankedQuestion { code: "Q".into(), version: 1, definition: question.definition };
    let sections = vec![Section { title: None, questions: vec!["Q".into()], draw: None }];
    let quiz = QuizDefinition {
        title: "Quiz".into(),
        description: None,
        passing_percent: 80,
        time_limit_minutes: None,
        attempts_max: None,
        cool_down_hours: None,
        shuffle: false,
        sections,
    };
    Paper::new("QUIZ".into(), 1, quiz, vec![vec![banked]], &Seed::new([1; 32]))
}

/// Puts the keys of this sheet in the place of texts in an answer.
fn keyed(paper: &Paper, answer: &Json) -> Json {
    let question = paper.sheet().sections.remove(0).questions.remove(0);
    let key = |text: &str| {
        let mut all = question.options.iter().chain(&question.choices);
        all.find(|option| option.text == text).map_or(text.to_owned(), |option| option.key.clone())
    };
    match answer {
        Json::String(text) => key(text).into(),
        Json::Array(items) => items.iter().map(|item| keyed(paper, item)).collect(),
        Json::Object(fields) => Json::Object(
            fields.iter().map(|(name, text)| (key(name), keyed(paper, text))).collect(),
        ),
        other => other.clone(),
    }
}

fn graded(document: &Json, answer: &Json) -> GradedQuestion {
    let paper = paper(document);
    let answers = json!({ paper.asked[0][0].key.as_str(): keyed(&paper, answer) });
    paper.grade(&paper.read_answers(&answers).unwrap()).questions.remove(0)
}

/// Asserts what answers earn: points and state.
#[track_caller]
fn earns(document: Json, cases: &[(Json, &str)]) {
    for (answer, expected) in cases {
        let grade = graded(&document, answer).grade;
        assert_eq!(format!("{} {}", grade.points, grade.state.as_str()), *expected, "{answer}");
    }
}

fn option(text: &str, right: bool) -> Json {
    json!({ "text": text, "right": right, "feedback": format!("about {text}") })
}

#[test]
fn single() {
    let options = [option("alarm", true), option("lift", false), option("wait", false)];
    earns(
        json!({ "kind": "single", "points": 2, "options": options }),
        &[(json!("alarm"), "2 right"), (json!("lift"), "0 wrong"), (json!(null), "0 wrong")],
    );
}

#[test]
fn multiple_takes_wrong_ones_off_and_never_goes_below_nothing() {
    let options = [
        option("a", true),
        option("b", true),
        option("c", true),
        option("d", false),
        option("e", false),
    ];
    let mut document = json!({ "kind": "multiple", "options": options });
    earns(
        document.clone(),
        &[
            (json!(["c", "a", "b"]), "1 right"),
            (json!(["a", "b"]), "0.67 partly"),
            (json!(["a"]), "0.33 partly"),
            (json!(["a", "b", "d"]), "0.33 partly"),
            (json!(["a", "d"]), "0 wrong"),
            (json!(["d", "e"]), "0 wrong"),
            (json!(["a", "b", "c", "d", "e"]), "0.33 partly"),
            (json!([]), "0 wrong"),
        ],
    );
    document["partial_credit"] = false.into();
    earns(document, &[(json!(["a", "b", "c"]), "1 right"), (json!(["a", "b"]), "0 wrong")]);
}

#[test]
fn true_or_false() {
    let document = json!({ "kind": "true_false", "answer": false });
    earns(
        document,
        &[(json!(false), "1 right"), (json!(true), "0 wrong"), (json!(null), "0 wrong")],
    );
}

#[test]
fn short_text() {
    let document = json!({ "kind": "short_text", "accepted": ["Zürich", "Zurigo"] });
    earns(
        document,
        &[
            (json!(" zurich "), "1 right"),
            (json!("ZURIGO"), "1 right"),
            (json!("Bern"), "0 wrong"),
            (json!("  "), "0 wrong"),
        ],
    );
    let document =
        json!({ "kind": "short_text", "accepted": ["fn main*"], "exact": true, "wildcards": true });
    earns(document, &[(json!("fn main() {}"), "1 right"), (json!("FN main()"), "0 wrong")]);
}

#[test]
fn numeric() {
    let document = json!({ "kind": "numeric", "value": 9.81, "tolerance": 0.01, "unit": "m/s²" });
    earns(
        document,
        &[
            (json!(9.8), "1 right"),
            (json!("9,82"), "1 right"),
            (json!("9.81 m/s²"), "1 right"),
            (json!("9.820000001"), "0 wrong"),
            (json!(9.79), "0 wrong"),
            (json!(-9.81), "0 wrong"),
        ],
    );
    let document = json!({ "kind": "numeric", "value": 1500, "tolerance_percent": 10 });
    earns(
        document,
        &[
            (json!("1.350"), "1 right"),
            (json!("1 650"), "1 right"),
            (json!("1,650.01"), "0 wrong"),
            (json!("1.5"), "0 wrong"),
        ],
    );
    earns(
        json!({ "kind": "numeric", "value": 0.1 }),
        &[(json!(0.1), "1 right"), (json!("0,10"), "1 right")],
    );
}

#[test]
fn ordering_counts_pairs() {
    let document = json!({ "kind": "ordering", "points": 6, "items": ["a", "b", "c", "d"] });
    earns(
        document,
        &[
            (json!(["a", "b", "c", "d"]), "6 right"),
            (json!(["b", "a", "c", "d"]), "4 partly"),
            (json!(["b", "a", "d", "c"]), "2 partly"),
            (json!(["b", "d", "a", "c"]), "0 wrong"),
            (json!(["d", "c", "b", "a"]), "0 wrong"),
            (json!([]), "0 wrong"),
        ],
    );
}

#[test]
fn matching_counts_left_sides() {
    let pair = |left: &str, right: &str| json!({ "left": left, "right": right });
    let pairs = [pair("water", "paper"), pair("foam", "petrol"), pair("CO2", "petrol")];
    let document =
        json!({ "kind": "matching", "points": 3, "pairs": pairs, "distractors": ["people"] });
    earns(
        document,
        &[
            (json!({ "water": "paper", "foam": "petrol", "CO2": "petrol" }), "3 right"),
            (json!({ "water": "petrol", "foam": "petrol" }), "1 partly"),
            (json!({ "water": "people", "foam": null }), "0 wrong"),
            (json!({}), "0 wrong"),
        ],
    );
}

#[test]
fn fill_in_counts_gaps() {
    let document = json!({
        "kind": "fill_in", "text": "Call {number} {{now}}, leave by the {way}.",
        "gaps": { "number": ["112"], "way": ["stairs", "staircase"] },
    });
    let question = paper(&document).sheet().sections.remove(0).questions.remove(0);
    assert_eq!(question.text, "Call {1} {now}, leave by the {2}.");
    earns(
        document,
        &[
            (json!({ "1": "112", "2": "Staircase" }), "1 right"),
            (json!({ "2": "stairs" }), "0.5 partly"),
            (json!({ "1": "911", "2": "lift" }), "0 wrong"),
        ],
    );
}

#[test]
fn essay_and_code_wait_for_a_person() {
    for document in [json!({ "kind": "essay", "words_max": 200 }), json!({ "kind": "code" })] {
        earns(document, &[(json!("because"), "0 waiting"), (json!(" \n"), "0 wrong")]);
    }
}

#[test]
fn feedback_is_that_of_the_chosen_options_and_of_the_question() {
    let options = [option("alarm", true), option("lift", false)];
    let document = json!({ "kind": "single", "options": options, "feedback": "People first." });
    assert_eq!(graded(&document, &json!("lift")).feedback, ["about lift", "People first."]);
    assert_eq!(graded(&document, &json!(null)).feedback, ["People first."]);
}

#[test]
fn answers_that_do_not_fit_are_refused_and_say_why() {
    let ab = [option("a", true), option("b", false)];
    let pairs = [json!({ "left": "l", "right": "r" }), json!({ "left": "m", "right": "s" })];
    for (document, answer, told) in [
        (json!({ "kind": "single", "options": ab }), json!("x"), "no option has the key `x`"),
        (
            json!({ "kind": "single", "options": ab }),
            json!(["a"]),
            "expected the key of one option, found a list",
        ),
        (
            json!({ "kind": "multiple", "options": ab }),
            json!("a"),
            "expected a list with several options",
        ),
        (json!({ "kind": "multiple", "options": ab }), json!(["a", "a"]), "is there twice"),
        (
            json!({ "kind": "multiple", "options": ab }),
            json!(["a", "a", "a"]),
            "3 keys for 2 options",
        ),
        (
            json!({ "kind": "true_false", "answer": true }),
            json!("true"),
            "expected `true` or `false`, found `true`",
        ),
        (
            json!({ "kind": "short_text", "accepted": ["a"] }),
            json!(1),
            "expected a text, found `1`",
        ),
        (
            json!({ "kind": "short_text", "accepted": ["a"] }),
            json!("a".repeat(1_001)),
            "longer than 1000",
        ),
        (
            json!({ "kind": "numeric", "value": 1, "unit": "kg" }),
            json!("a lot"),
            "`a lot` is not a number of kg",
        ),
        (json!({ "kind": "ordering", "items": ["a", "b"] }), json!(["a"]), "1 of 2 items"),
        (
            json!({ "kind": "matching", "pairs": pairs }),
            json!({ "l": "m" }),
            "no choice has the key",
        ),
        (
            json!({ "kind": "matching", "pairs": pairs }),
            json!({ "x": "r" }),
            "no left side has the key `x`",
        ),
        (
            json!({ "kind": "fill_in", "text": "{g}", "gaps": { "g": ["a"] } }),
            json!({ "2": "a" }),
            "no gap `2`",
        ),
        (
            json!({ "kind": "fill_in", "text": "{g}", "gaps": { "g": ["a"] } }),
            json!({ "01": "a" }),
            "no gap `01`",
        ),
        (json!({ "kind": "essay" }), json!("a".repeat(50_001)), "longer than 50000"),
    ] {
        let paper = paper(&document);
        let answers = json!({ paper.asked[0][0].key.as_str(): keyed(&paper, &answer) });
        let error = paper.read_answers(&answers).unwrap_err();
        assert!(error.message().starts_with("question 1: "), "{error:?}");
        assert!(error.message().contains(told), "{error:?}, not {told}");
    }
    let error =
        paper(&json!({ "kind": "essay" })).read_answers(&json!({ "stale": 1 })).unwrap_err();
    assert_eq!(error.message(), "answers: no question of this sheet has the key `stale`");
}

/// What is wrong with a document, line by line.
fn problems(questions: &Json, quizzes: &Json) -> String {
    let problems = Problems::default();
    Wanted::read(questions.as_array().unwrap(), quizzes.as_array().unwrap(), &problems);
    let told = problems.into_vec().into_iter();
    let lines = told.map(|problem| format!("{}: {}", problem.place, problem.message));
    lines.fold(String::new(), |text, line| text + &line + "\n")
}

#[test]
fn all_that_is_wrong_with_a_question_is_told_at_once() {
    let question = |body: Json| {
        let mut document = json!({ "code": "Q", "text": "Which?" });
        document.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        problems(&json!([document]), &json!([]))
    };
    let same = json!([{ "text": "a" }, { "text": "a ", "rigth": true }, { "right": true }, 7]);
    assert_eq!(
        question(json!({ "kind": "single", "options": same, "points": 0.001, "tags": ["a b", 1] })),
        "question Q: `tags` is `1`, expected a list of texts\n\
         question Q: `tags`: `a b` cannot be a tag; use letters, digits, `-`, `_` and `.`, such as `fire-safety`\n\
         question Q: `points` is `0.001`, expected a number from 0.01 to 1000 with at most two decimals\n\
         question Q, option 2: there is no field `rigth` here: did you mean `right`?\n\
         question Q, option 3: `text` is missing\n\
         question Q, option 4: expected a table with fields, found `7`\n\
         question Q: `options` has `a` twice\n"
    );
    for (body, told) in [
        (json!({}), "`kind` is missing"),
        (json!({ "kind": "singel" }), "there is no kind `singel`: did you mean `single`?"),
        (json!({ "kind": "single" }), "`options` has 0 entries, expected two at least"),
        (
            json!({ "kind": "single", "options": [option("a", false), option("b", false)] }),
            "no option is right",
        ),
        (
            json!({ "kind": "single", "options": [option("a", true), option("b", true)] }),
            "2 options are right",
        ),
        (
            json!({ "kind": "multiple", "options": [option("a", false), option("b", false)] }),
            "no option is right",
        ),
        (json!({ "kind": "true_false" }), "`answer` is missing"),
        (
            json!({ "kind": "true_false", "answer": "yes" }),
            "`answer` is `yes`, expected `true` or `false`",
        ),
        (json!({ "kind": "short_text" }), "`accepted` has no answer that counts as right"),
        (
            json!({ "kind": "short_text", "accepted": ["Zurich", "ZÜRICH"] }),
            "already in another spelling",
        ),
        (
            json!({ "kind": "short_text", "accepted": ["**"], "wildcards": true }),
            "any answer or none",
        ),
        (json!({ "kind": "numeric" }), "`value` is missing"),
        (json!({ "kind": "numeric", "value": "1e3" }), "`value` is `1e3`, expected a number"),
        (json!({ "kind": "numeric", "value": 1e300 }), "expected a number with at most 15 digits"),
        (json!({ "kind": "numeric", "value": 1, "tolerance": -1 }), "below 0"),
        (
            json!({ "kind": "numeric", "value": 1, "tolerance": 1, "tolerance_percent": 1 }),
            "expected one of them",
        ),
        (json!({ "kind": "ordering", "items": ["a", "a"] }), "`items` has `a` twice"),
        (
            json!({ "kind": "matching", "pairs": [{ "left": "a", "right": "c" }, { "left": "b", "right": "c" }] }),
            "nothing to choose",
        ),
        (
            json!({ "kind": "matching", "pairs": [{ "left": "a", "right": "c" }, { "left": "b", "right": "d" }], "distractors": ["c"] }),
            "right for a pair",
        ),
        (json!({ "kind": "fill_in" }), "the text has no gap"),
        (json!({ "kind": "fill_in", "text": "A {a} and {a}" }), "the gap `{a}` is there twice"),
        (json!({ "kind": "fill_in", "text": "An {open" }), "begins no gap"),
        (
            json!({ "kind": "fill_in", "text": "A {town}", "gaps": { "twon": ["x"] } }),
            "did you mean `town`?",
        ),
        (json!({ "kind": "fill_in", "text": "A {town}" }), "`gaps.town` has no answer"),
        (json!({ "kind": "essay", "words_max": 0 }), "a whole number from 1 to 20000"),
        (json!({ "kind": "essay", "text": "a\u{1b}[31m" }), "control character"),
        (json!({ "kind": "essay", "text": "a".repeat(4_001) }), "longer than 4000"),
        (
            json!({ "kind": "essay", "colour": 1 }),
            "there is no field `colour` here: there are archived, code",
        ),
        (json!({ "kind": "essay", "code": "no spaces" }), "cannot be a code"),
    ] {
        let all = question(body);
        assert!(all.contains(told), "{all}not {told}");
    }
    let twice = json!([{ "code": "Q", "kind": "essay", "text": "a" }, { "code": "q", "kind": "essay", "text": "b" }]);
    assert_eq!(problems(&twice, &json!([])), "question q: the code is there twice\n");
    let many: Vec<Json> = (0..500).map(Json::from).collect();
    assert_eq!(problems(&Json::from(many), &json!([])).lines().count(), 100);
}

#[test]
fn all_that_is_wrong_with_a_quiz_is_told_at_once() {
    let quiz = json!([{
        "code": "FIRE", "title": "a\nb", "passing_percent": 101, "time_limit": 5, "sections": [
            { "draw": 2 }, { "tag": "fire" }, {}, { "draw": 0, "tag": "fire" }, { "questions": ["no code", 4] },
        ],
    }]);
    assert_eq!(
        problems(&json!([]), &quiz),
        "quiz FIRE: `title`: the name has a line break or a control character\n\
         quiz FIRE: `passing_percent` is `101`, expected a whole number from 0 to 100\n\
         quiz FIRE, section 1: it draws questions and does not say of which `tag`\n\
         quiz FIRE, section 2: it has a `tag` and does not say how many to `draw`\n\
         quiz FIRE, section 3: it asks nothing; give it `questions`, or `draw` and `tag`\n\
         quiz FIRE, section 4: `draw` is `0`, expected a whole number from 1 to 500\n\
         quiz FIRE, section 5: `questions` is `4`, expected a list of texts\n\
         quiz FIRE, section 5: `questions`: `no code` cannot be a code; use letters, digits, `-`, `_` and `.`, 1 to 64 of them, such as `GDPR-101`\n\
         quiz FIRE: there is no field `time_limit` here: did you mean `time_limit_minutes`?\n"
    );
    let empty = json!([{ "code": "E", "title": "Empty" }]);
    assert!(problems(&json!([]), &empty).contains("it has no section"));
}
