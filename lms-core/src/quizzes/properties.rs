//! What holds for every quiz: grading is exact and fair, sheets tell nothing, garbage is refused.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value as Json, json};

use super::bank::{Bank, Entry};
use super::chance::Seed;
use super::decimal::{Decimal, Points};
use super::definition::{QuestionKind, Tolerance};
use super::grade::GradeState;
use super::preview::QuizPreview;
use super::problems::{Place, Problems};
use super::quiz_definition::{Draw, QuizDefinition, Section};
use super::sheet::{BankedQuestion, Paper, SheetQuestion};
use super::wanted::Wanted;

/// A word that stands in what nobody may see.
const SECRET: &str = "xyzzy";

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) }
}

/// A paper that asks these questions, by their documents.
fn paper(documents: &[Json], seed: &Seed) -> Paper {
    let coded: Vec<Json> = (0..)
        .zip(documents)
        .map(|(number, document)| {
            let mut document = document.clone();
            document["code"] = format!("Q-{number:03}").into();
            document
        })
        .collect();
    let problems = Problems::default();
    let wanted = Wanted::read(&coded, &[], &problems);
    assert_eq!(problems.into_vec(), [], "{coded:#?}");
    let questions = wanted.questions.into_values();
    let banked = questions.map(|question| BankedQuestion {
        code: question.code,
        version: 1,
        definition: question.definition,
    });
    let banked: Vec<BankedQuestion> = banked.collect();
    let codes = banked.iter().map(|question| question.code.clone()).collect();
    let quiz = quiz(vec![Section { title: None, questions: codes, draw: None }]);
    Paper::new("QUIZ".to_owned(), 1, quiz, vec![banked], seed)
}

fn quiz(sections: Vec<Section>) -> QuizDefinition {
    QuizDefinition {
        title: "Quiz".to_owned(),
        description: None,
        passing_percent: 80,
        time_limit_minutes: None,
        attempts_max: None,
        cool_down_hours: None,
        shuffle: true,
        sections,
    }
}

fn seeds() -> impl Strategy<Value = Seed> {
    any::<[u8; 32]>().prop_map(Seed::new)
}

/// A text that is no other of its list.
fn texts(at_least: usize) -> impl Strategy<Value = Vec<String>> {
    vec("[a-zé]{1,4}", at_least..7).prop_map(|texts| {
        (0..).zip(texts).map(|(number, text): (usize, _)| format!("{text} {number}")).collect()
    })
}

fn options(rights: &[bool], texts: &[String]) -> Json {
    let feedback = format!("because {SECRET}");
    texts
        .iter()
        .zip(rights.iter().cycle())
        .map(|(text, right)| json!({ "text": text, "right": right, "feedback": feedback }))
        .collect()
}

/// Documents of questions of every kind.
pub(crate) fn documents() -> impl Strategy<Value = Json> {
    let single = (texts(2), any::<Index>()).prop_map(|(texts, right)| {
        let rights: Vec<bool> = (0..texts.len()).map(|at| at == right.index(texts.len())).collect();
        json!({ "kind": "single", "options": options(&rights, &texts) })
    });
    let multiple = (texts(2), vec(any::<bool>(), 6)).prop_map(|(texts, mut rights)| {
        rights[0] = true;
        json!({ "kind": "multiple", "options": options(&rights, &texts) })
    });
    let true_false =
        any::<bool>().prop_map(|answer| json!({ "kind": "true_false", "answer": answer }));
    let short_text = texts(1).prop_map(|texts| {
        let accepted: Vec<String> = texts.iter().map(|text| format!("{SECRET} {text}")).collect();
        json!({ "kind": "short_text", "accepted": accepted })
    });
    let numeric = (-1_000_000_i64..1_000_000, 0_i64..100).prop_map(|(value, tolerance)| {
        json!({ "kind": "numeric", "value": value, "tolerance": tolerance, "unit": "km/h" })
    });
    let ordering = texts(2).prop_map(|texts| json!({ "kind": "ordering", "items": texts }));
    let matching = (texts(2), texts(1)).prop_map(|(lefts, others)| {
        let pairs: Vec<Json> = lefts
            .iter()
            .map(|left| json!({ "left": left, "right": format!("to {left}") }))
            .collect();
        json!({ "kind": "matching", "pairs": pairs, "distractors": others })
    });
    let fill_in = texts(1).prop_map(|texts| {
        let gap = |at: usize| format!("{SECRET}{at}");
        let words: Vec<String> =
            (0..texts.len()).map(|at| format!("word {{{}}}", gap(at))).collect();
        let text = words.join(" ");
        let gaps = texts.iter().enumerate();
        let gaps: Map<String, Json> = gaps.map(|(at, text)| (gap(at), json!([text]))).collect();
        json!({ "kind": "fill_in", "text": text, "gaps": gaps })
    });
    let essay = Just(json!({ "kind": "essay", "guide": SECRET, "words_max": 100 }));
    let code = Just(json!({ "kind": "code", "guide": SECRET, "language": "rust" }));
    let body = prop_oneof![
        single, multiple, true_false, short_text, numeric, ordering, matching, fill_in, essay, code
    ];
    (body, 1_i64..=2_000, any::<bool>()).prop_map(|(mut document, hundredths, partial)| {
        let kind = QuestionKind::of(document["kind"].as_str().unwrap()).unwrap();
        if document["text"].is_null() {
            document["text"] = "What is it?".into();
        }
        document["points"] = format!("{}.{:02}", hundredths / 100, hundredths % 100).into();
        document["feedback"] = format!("it is {SECRET}").into();
        if kind.has_parts() {
            document["partial_credit"] = partial.into();
        }
        document
    })
}

/// The same question with another key: what is shown of it is the same.
fn with_another_key(document: &Json) -> Json {
    let mut other = document.clone();
    match document["kind"].as_str().unwrap() {
        "single" => {
            let options = other["options"].as_array_mut().unwrap();
            let right = options.iter().position(|option| option["right"] == true).unwrap();
            let next = (right + 1) % options.len();
            options[right]["right"] = false.into();
            options[next]["right"] = true.into();
        }
        "multiple" => {
            let options = other["options"].as_array_mut().unwrap();
            for option in options.iter_mut() {
                option["right"] = (option["right"] != true).into();
            }
            if options.iter().all(|option| option["right"] == false) {
                options[0]["right"] = true.into();
            }
        }
        "true_false" => other["answer"] = (other["answer"] != true).into(),
        "short_text" => other["accepted"] = json!(["something else"]),
        "numeric" => {
            other["value"] = 7.25.into();
            other["tolerance"] = 3.into();
        }
        "ordering" => other["items"].as_array_mut().unwrap().reverse(),
        "matching" => {
            let pairs = other["pairs"].as_array_mut().unwrap();
            let first = pairs[0]["right"].clone();
            for at in 1..pairs.len() {
                pairs[at - 1]["right"] = pairs[at]["right"].clone();
            }
            pairs.last_mut().unwrap()["right"] = first;
        }
        "fill_in" => {
            for gap in other["gaps"].as_object_mut().unwrap().values_mut() {
                *gap = json!(["something", "else"]);
            }
        }
        _ => other["guide"] = "another guide".into(),
    }
    other["feedback"] = Json::Null;
    other["partial_credit"] = Json::Null;
    other
}

/// An answer that fits the question, by chance right or wrong.
fn some_answer(question: &SheetQuestion, seed: &Seed, picks: &[bool]) -> Json {
    let mut keys: Vec<&str> = question.options.iter().map(|option| option.key.as_str()).collect();
    seed.shuffle("answer", &question.key, &mut keys);
    let picked = || keys.iter().zip(picks.iter().cycle()).filter(|(_, picked)| **picked);
    match question.kind {
        QuestionKind::Single => keys[0].into(),
        QuestionKind::Multiple => picked().map(|(key, _)| *key).collect(),
        QuestionKind::TrueFalse => picks[0].into(),
        QuestionKind::Ordering => keys.into_iter().collect(),
        QuestionKind::Matching => {
            let choices = question.choices.iter().map(|choice| Json::from(choice.key.as_str()));
            Json::Object(keys.iter().map(ToString::to_string).zip(choices).collect())
        }
        QuestionKind::FillIn => {
            Json::Object(question.gaps.iter().map(|gap| (gap.clone(), "é 0".into())).collect())
        }
        QuestionKind::Numeric => 42.into(),
        _ => "something".into(),
    }
}

fn some_answers(paper: &Paper, seed: &Seed, picks: &[bool]) -> Json {
    let questions = paper.sheet().sections.remove(0).questions;
    let answer =
        |question: &SheetQuestion| (question.key.clone(), some_answer(question, seed, picks));
    Json::Object(questions.iter().map(answer).collect())
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
        "[0-9., '−-]{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::from),
            vec((".{0,6}", inner), 0..6)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_key_earns_all_points(documents in vec(documents(), 1..8), seed in seeds()) {
        let preview = QuizPreview::of(paper(&documents, &seed));
        let graded = preview.grade(&preview.right_answers()).unwrap();
        for (graded, asked) in graded.questions.iter().zip(&preview.sheet.sections[0].questions) {
            if matches!(asked.kind, QuestionKind::Essay | QuestionKind::Code) {
                prop_assert_eq!(graded.grade.points, Points::ZERO);
            } else {
                prop_assert_eq!(graded.grade.state, GradeState::Right);
                prop_assert_eq!(graded.grade.points, asked.points);
            }
        }
    }

    #[test]
    fn credit_is_within_bounds_adds_up_and_repeats(
        documents in vec(documents(), 1..8), seed in seeds(), picks in vec(any::<bool>(), 5),
    ) {
        let paper = paper(&documents, &seed);
        let read = paper.read_answers(&some_answers(&paper, &seed, &picks)).unwrap();
        let graded = paper.grade(&read);
        for question in &graded.questions {
            let grade = question.grade;
            prop_assert!((Points::ZERO..=grade.max).contains(&grade.points));
            match grade.state {
                GradeState::Right => prop_assert_eq!(grade.points, grade.max),
                GradeState::Wrong | GradeState::Waiting => prop_assert_eq!(grade.points, Points::ZERO),
                GradeState::Partly => {}
            }
        }
        let sum: Points = graded.questions.iter().map(|question| question.grade.points).sum();
        prop_assert_eq!(graded.score.points, sum);
        prop_assert_eq!(graded.score.max, paper.sheet().max);
        prop_assert_eq!(paper.grade(&read), graded);
    }

    /// The order of options in the bank, on the sheet and in the answer makes no difference.
    #[test]
    fn no_order_makes_a_difference(
        document in documents(), one in seeds(), two in seeds(), picks in vec(any::<bool>(), 5),
    ) {
        let first = paper(std::slice::from_ref(&document), &one);
        let answer = some_answers(&first, &one, &picks);
        let graded = first.grade(&first.read_answers(&answer).unwrap());

        let mut reordered = document.clone();
        for list in ["options", "pairs", "distractors", "accepted"] {
            if let Some(items) = reordered[list].as_array_mut() {
                two.shuffle("items", list, items);
            }
        }
        for field in ["options", "pairs", "distractors", "accepted"] {
            if reordered[field].is_null() {
                reordered.as_object_mut().unwrap().remove(field);
            }
        }
        let second = paper(&[reordered], &two);
        let text_of = |paper: &Paper, key: &str| {
            let question = paper.sheet().sections.remove(0).questions.remove(0);
            let all = question.options.into_iter().chain(question.choices);
            all.into_iter().find(|option| option.key == key).map(|option| option.text)
        };
        let key_of = |paper: &Paper, text: &str, choice: bool| {
            let question = paper.sheet().sections.remove(0).questions.remove(0);
            let all = if choice { question.choices } else { question.options };
            all.into_iter().find(|option| option.text == text).map(|option| option.key).unwrap()
        };
        let moved = |key: &str, choice: bool| match text_of(&first, key) {
            Some(text) => key_of(&second, &text, choice),
            None => key.to_owned(),
        };
        let given = answer.as_object().unwrap().values().next().unwrap();
        let same = match given {
            Json::String(key) => moved(key, false).into(),
            Json::Array(keys) if document["kind"] == "ordering" => {
                keys.iter().map(|key| moved(key.as_str().unwrap(), false)).collect()
            }
            Json::Array(keys) => {
                keys.iter().rev().map(|key| moved(key.as_str().unwrap(), false)).collect()
            }
            Json::Object(fields) if document["kind"] == "matching" => Json::Object(
                fields
                    .iter()
                    .map(|(left, right)| {
                        (moved(left, false), moved(right.as_str().unwrap(), true).into())
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        let question_key = &second.asked[0][0].key;
        let again = second.read_answers(&json!({ question_key.as_str(): same })).unwrap();
        let again = second.grade(&again);
        prop_assert_eq!(again.questions[0].grade, graded.questions[0].grade);
    }

    /// Two questions that differ in nothing but what is right have the same sheet.
    #[test]
    fn a_sheet_does_not_depend_on_what_is_right(document in documents(), seed in seeds()) {
        let mut other = with_another_key(&document);
        other.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        prop_assert_ne!(&other, &document);
        let (one, two) = (paper(&[document], &seed), paper(&[other], &seed));
        prop_assert_eq!(one.sheet(), two.sheet());
    }

    #[test]
    fn nothing_of_the_key_is_written_on_a_sheet(documents in vec(documents(), 1..8), seed in seeds()) {
        let paper = paper(&documents, &seed);
        let written = serde_json::to_string(&paper.sheet()).unwrap();
        for trace in [SECRET, "\"right\"", "feedback", "guide", "accepted", "tolerance", "Q-0"] {
            prop_assert!(!written.contains(trace), "{} in {}", trace, written);
        }
        prop_assert_eq!(paper.sheet(), Paper::clone(&paper).sheet());
    }

    #[test]
    fn the_same_seed_gives_the_same_sheet(documents in vec(documents(), 1..8), seed in seeds()) {
        prop_assert_eq!(paper(&documents, &seed).sheet(), paper(&documents, &seed).sheet());
        let sheet = paper(&documents, &seed).sheet();
        let keys: Vec<&String> = sheet.sections[0].questions.iter().map(|q| &q.key).collect();
        prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), documents.len());
    }

    #[test]
    fn garbage_is_refused_or_graded_and_never_panics(
        documents in vec(documents(), 1..6), seed in seeds(), garbage in vec(any_json(), 6), whole in any_json(),
    ) {
        let paper = paper(&documents, &seed);
        drop(paper.read_answers(&whole));
        for (asked, garbage) in paper.all().zip(garbage) {
            match paper.read_answers(&json!({ asked.key.as_str(): garbage })) {
                Ok(answers) => {
                    let grade = paper.grade(&answers).questions[asked.number - 1].grade;
                    prop_assert!((Points::ZERO..=grade.max).contains(&grade.points));
                }
                Err(error) => {
                    let named = format!("question {}:", asked.number);
                    prop_assert!(error.message().starts_with(&named), "{:?}", error);
                }
            }
        }
    }

    /// The edge itself is within; the next number that can be told apart is not.
    #[test]
    fn a_tolerance_ends_where_it_says(value in -1_000_000_i64..1_000_000, tolerance in 0_i64..1_000_000) {
        let thousandth = |n: i64| Decimal::parse(&format!("{}{}.{:03}",
            if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000)).unwrap();
        let (at, within) = (thousandth(value), Tolerance::Absolute(thousandth(tolerance)));
        for sign in [-1, 1] {
            prop_assert!(within.accepts(thousandth(value + sign * tolerance), at));
            prop_assert!(!within.accepts(thousandth(value + sign * (tolerance + 1)), at));
        }
    }

    #[test]
    fn a_relative_tolerance_ends_where_it_says(hundreds in 1_i64..1_000_000, percent in 0_i64..=100) {
        let whole = |n: i64| Decimal::parse(&n.to_string()).unwrap();
        let within = Tolerance::Percent(whole(percent));
        for sign in [-1, 1] {
            let value = whole(sign * hundreds * 100);
            prop_assert!(within.accepts(whole(sign * hundreds * (100 + percent)), value));
            prop_assert!(within.accepts(whole(sign * hundreds * (100 - percent)), value));
            prop_assert!(!within.accepts(whole(sign * (hundreds * (100 + percent) + 1)), value));
            prop_assert!(!within.accepts(whole(sign * (hundreds * (100 - percent) - 1)), value));
        }
    }

    /// A quiz that passes its check never runs dry and never asks twice, whatever is drawn.
    #[test]
    fn a_sound_quiz_is_always_asked_in_full(
        tags in vec(vec(any::<bool>(), 3), 4..20), counts in vec(1_usize..6, 1..5), seed in seeds(),
    ) {
        let entries = tags.iter().enumerate().map(|(at, tagged)| {
            let tags = (0..3).filter(|tag| tagged[*tag]).map(|tag| format!("t{tag}")).collect();
            let code = format!("q-{at:02}");
            (code.clone(), Entry { id: uuid::Uuid::nil(), code, archived: at % 7 == 6, tags })
        });
        let bank = Bank { entries: entries.collect() };
        let sections = counts.iter().enumerate().map(|(at, count)| Section {
            title: None,
            questions: if at == 0 { vec!["Q-00".to_owned()] } else { Vec::new() },
            draw: Some(Draw { count: *count, tag: format!("t{}", at % 3) }),
        });
        let quiz = quiz(sections.collect());
        let problems = Problems::default();
        bank.check(&Place::new("quiz", ""), &quiz, &problems);
        prop_assume!(problems.count() == 0);
        let drawn = bank.draw(&quiz, &seed);
        prop_assert_eq!(&bank.draw(&quiz, &seed), &drawn);
        for (section, drawn) in quiz.sections.iter().zip(&drawn) {
            prop_assert_eq!(drawn.len(), section.n_questions());
            for key in drawn.iter().filter(|key| *key != "q-00") {
                let entry = &bank.entries[key];
                prop_assert!(!entry.archived);
                prop_assert!(entry.tags.contains(&section.draw.as_ref().unwrap().tag));
            }
        }
        let all: Vec<&String> = drawn.iter().flatten().collect();
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}

/// Everything that can be drawn comes up about as often as the next.
#[test]
fn draws_are_fair() {
    let entry = |at: usize| {
        let code = format!("q-{at}");
        let tags = BTreeSet::from(["t".to_owned()]);
        (code.clone(), Entry { id: uuid::Uuid::nil(), code, archived: false, tags })
    };
    let bank = Bank { entries: (0..10).map(entry).collect() };
    let draw = Some(Draw { count: 3, tag: "t".to_owned() });
    let quiz = quiz(vec![Section { title: None, questions: Vec::new(), draw }]);
    let mut counts = std::collections::BTreeMap::new();
    for round in 0..5_000 {
        for key in bank.draw(&quiz, &Seed::of_text(&round.to_string())).concat() {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    assert_eq!(counts.len(), 10);
    for (key, count) in counts {
        // 1,500 each, with a deviation of 32.
        assert!((1_370..=1_630).contains(&count), "{key}: {count}");
    }
}
