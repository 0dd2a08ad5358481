//! What options and answers are worth elsewhere, and whether that can be said here, where each is right or wrong.

use serde_json::{Value as Json, json};

use super::{Said, Unfit};
use crate::quizzes::decimal::Decimal;
use crate::quizzes::fields::cut;

const PERCENT: i128 = 1_000_000_000;
/// Shares of a hundred are rounded.
const ROUNDED: i128 = PERCENT / 10;

/// An option or an accepted answer, with the share of the points that it earns.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) text: String,
    /// In per cent.
    pub(super) worth: Decimal,
    pub(super) feedback: Option<String>,
    /// Whether it has a star that stands for anything, and one that stands for itself.
    pub(super) stars: (bool, bool),
}

impl Choice {
    fn is_right(&self) -> bool {
        self.worth > Decimal::ZERO
    }

    fn is_whole(&self) -> bool {
        (self.worth.billionths() - 100 * PERCENT).abs() <= ROUNDED
    }
}

/// Options, of which one is right, or any.
pub(super) fn options(is_single: bool, choices: &[Choice]) -> Result<Said, Unfit> {
    let rights: Vec<&Choice> = choices.iter().filter(|choice| choice.is_right()).collect();
    if is_single {
        if let Some(half) = rights.iter().find(|choice| !choice.is_whole()) {
            return Err(Unfit::new(
                format!("`{}` is worth {} % of the points", cut(&half.text), half.worth),
                "where one option is chosen, each is right or wrong here",
            ));
        }
    } else {
        let first = rights.first().map_or(0, |choice| choice.worth.billionths());
        let sum: i128 = rights.iter().map(|choice| choice.worth.billionths()).sum();
        let is_even = |choice: &&Choice| (choice.worth.billionths() - first).abs() <= ROUNDED;
        if !rights.iter().all(is_even) || (sum - 100 * PERCENT).abs() > 10 * ROUNDED {
            return Err(Unfit::new(
                "its right options are worth different parts of the points, or not all of them together",
                "each right option counts the same here: write 50 % for each of two, or 33.33333 % of three",
            ));
        }
    }
    let option = |choice: &Choice| {
        let mut option = json!({ "text": choice.text });
        if choice.is_right() {
            option["right"] = true.into();
        }
        if let Some(feedback) = &choice.feedback {
            option["feedback"] = feedback.as_str().into();
        }
        option
    };
    let mut said = Said::of_kind(if is_single { "single" } else { "multiple" });
    said.put("options", choices.iter().map(option).collect::<Vec<Json>>());
    Ok(said)
}

/// Answers that count as right; what other ones would be told is noted.
pub(super) fn accepted(said: &mut Said, answers: &[Choice]) -> Result<Vec<String>, Unfit> {
    if let Some(half) = answers.iter().find(|answer| answer.is_right() && !answer.is_whole()) {
        return Err(Unfit::new(
            format!("the answer `{}` is worth {} % of the points", cut(&half.text), half.worth),
            "an answer that is typed is right or wrong here",
        ));
    }
    for answer in answers {
        if answer.feedback.is_some() {
            said.note(format!("what it says to the answer `{}`", cut(&answer.text)));
        } else if !answer.is_right() && answer.text != "*" {
            said.note(format!("that the answer `{}` is wrong", cut(&answer.text)));
        }
    }
    let rights: Vec<&Choice> = answers.iter().filter(|answer| answer.is_right()).collect();
    let (any, itself) = rights.iter().fold((false, false), |(any, itself), right| {
        (any || right.stars.0, itself || right.stars.1)
    });
    if any && itself {
        return Err(Unfit::new(
            "one `*` stands for anything and another for itself",
            "either all stars of a question stand for anything here, or none does",
        ));
    }
    if any || itself {
        said.put("wildcards", any);
    }
    Ok(rights.into_iter().map(|right| right.text.clone()).collect())
}

/// The one number that is right, with what it may differ.
pub(super) fn number(
    said: &mut Said,
    answers: &[(Option<Decimal>, Decimal, Decimal)],
) -> Result<(), Unfit> {
    let mut rights = answers.iter().filter(|(_, _, worth)| *worth > Decimal::ZERO);
    match (rights.next(), rights.next()) {
        (Some((Some(value), tolerance, worth)), None)
            if (worth.billionths() - 100 * PERCENT).abs() <= ROUNDED =>
        {
            said.put("value", value.to_json());
            said.put("tolerance", tolerance.to_json());
            said.put("tolerance_percent", Json::Null);
            Ok(())
        }
        (Some((None, ..)), None) => Err(Unfit::new(
            "its answer is no number",
            "write digits, with a point before the decimals",
        )),
        (None, _) => Err(Unfit::new("no number is right", "say which one is")),
        _ => Err(Unfit::new(
            "several numbers earn points",
            "one number with a tolerance is right here, and earns all of them",
        )),
    }
}

/// Takes `\*`, a star that stands for itself, out of a text; whether there was any star of either kind.
pub(super) fn stars(text: &str) -> (String, (bool, bool)) {
    let (mut plain, mut found) = (String::with_capacity(text.len()), (false, false));
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'*') => {
                letters.next();
                plain.push('*');
                found.1 = true;
            }
            other => {
                found.0 |= other == '*';
                plain.push(other);
            }
        }
    }
    (plain, found)
}

/// The share of each of so many right options, as it is written.
pub(super) fn share(n_rights: usize) -> String {
    let hundred_thousandths = 10_000_000 / n_rights.max(1);
    let (whole, places) = (hundred_thousandths / 100_000, hundred_thousandths % 100_000);
    let text = format!("{whole}.{places:05}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
