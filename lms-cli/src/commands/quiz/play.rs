//! Taking a quiz at a terminal: what is typed becomes the answers that the library reads.

use lms_core::{GradedSheet, QuestionKind, QuizPreview, SheetQuestion};
use serde_json::{Map, Value, json};

use super::preview::shown;
use crate::app::App;
use crate::error::{Result, USAGE};

/// Asks every question, and grades.
pub(super) fn play(app: &App, preview: &QuizPreview) -> Result<GradedSheet> {
    let mut answers = Map::new();
    for question in preview.sheet.sections.iter().flat_map(|section| &section.questions) {
        app.output.aside(&shown(question));
        // What is wrong is told at once, while it can be mended.
        let check = |text: &str| {
            let answer = answer(question, text)?;
            preview.grade(&json!({ question.key.as_str(): answer })).map(drop)
        };
        if let Some(text) = app.prompt.optional_text(wanted(question.kind), &check)? {
            answers.insert(question.key.clone(), answer(question, &text)?);
        }
    }
    Ok(preview.grade(&Value::Object(answers))?)
}

fn wanted(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Single => "Number of the option",
        QuestionKind::Multiple => "Numbers of the options, such as 1 3",
        QuestionKind::TrueFalse => "true or false",
        QuestionKind::Numeric => "Number",
        QuestionKind::Ordering => "Numbers in the right order, such as 2 1 3",
        QuestionKind::Matching => "Number and letter of each pair, such as 1b 2a",
        QuestionKind::FillIn => "Text of each gap in turn, with ; between them",
        _ => "Answer",
    }
}

/// What was typed, as it would be sent.
fn answer(question: &SheetQuestion, text: &str) -> lms_core::Result<Value> {
    let wrong = |what: &str| USAGE.error(format!("`{}` is {what}", text.trim()));
    let option = |word: &str| {
        let number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let option = number.and_then(|at| question.options.get(at));
        option.map(|option| option.key.clone())
    };
    let words = || text.split([' ', ',']).filter(|word| !word.is_empty());
    match question.kind {
        QuestionKind::Single => {
            option(text.trim()).map(Value::from).ok_or_else(|| wrong("not the number of an option"))
        }
        QuestionKind::Multiple | QuestionKind::Ordering => {
            let keys: Option<Vec<String>> = words().map(option).collect();
            keys.map(Value::from).ok_or_else(|| wrong("not a list of numbers of options"))
        }
        QuestionKind::TrueFalse => match text.trim().to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" => Ok(true.into()),
            "false" | "f" | "no" | "n" => Ok(false.into()),
            _ => Err(wrong("neither `true` nor `false`")),
        },
        QuestionKind::Matching => {
            let pair = |word: &str| {
                let letter = word.chars().last()?;
                let left = option(word.strip_suffix(letter)?)?;
                let at = ('a'..='z').position(|known| known == letter)?;
                Some((left, question.choices.get(at)?.key.clone().into()))
            };
            let pairs: Option<Map<String, Value>> = words().map(pair).collect();
            pairs.map(Value::Object).ok_or_else(|| wrong("not a list of pairs such as `1b 2a`"))
        }
        QuestionKind::FillIn => {
            let texts = text.split(';').map(|text| Value::from(text.trim()));
            Ok(Value::Object(question.gaps.iter().cloned().zip(texts).collect()))
        }
        _ => Ok(text.into()),
    }
}
