//! Questions as rows of a table, for those who write them in a spreadsheet.
//!
//! What is chosen, ordered or matched stands in `option_1` and so on: the options; the items in their right order;
//! pairs as `left -> right`, of which one without a left side is right for none; what is accepted in each gap.
//! `correct` says what is right: letters, numbers or texts of options, `true` or `false`, a number, accepted texts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::{Called, Said, Unfit, Written};
use crate::kernel::fold::fold;
use crate::quizzes::decimal::{Decimal, Points};
use crate::quizzes::definition::{AnswerOption, Body, QuestionKind, Tolerance};
use crate::quizzes::fields::cut;
use crate::quizzes::read::names_of_gaps;
use crate::quizzes::wanted::WantedQuestion;

const OPTIONS_MAX: usize = 8;
pub(super) const HEADER: &[&str] = &[
    "code",
    "kind",
    "text",
    "option_1",
    "option_2",
    "option_3",
    "option_4",
    "option_5",
    "option_6",
    "option_7",
    "option_8",
    "correct",
    "points",
    "tags",
    "explanation",
    "tolerance",
    "tolerance_percent",
    "unit",
    "partial_credit",
    "shuffle",
    "exact",
    "wildcards",
    "words_max",
    "guide",
    "language",
    "starter",
    "archived",
];
/// Fields of the document under the same name in the table.
const TEXTS: [&str; 4] = ["unit", "guide", "language", "starter"];
const FLAGS: [&str; 5] = ["partial_credit", "shuffle", "exact", "wildcards", "archived"];
const NUMBERS: [&str; 2] = ["points", "tolerance_percent"];
const SEPARATOR: char = '|';
/// What a cell may have that is no long text.
const CELL_CHARS_MAX: usize = 1_000;

/// What stands between a pair.
const ARROW: &str = "->";

type Values = BTreeMap<String, Option<String>>;

/// What a row says. A field that was emptied is none any more.
pub(crate) fn of_row(values: &Values) -> Result<Said, Vec<(&'static str, Unfit)>> {
    let text = |field: &str| values.get(field).and_then(Option::as_deref).map(str::trim);
    let options: Vec<&str> =
        (1..=OPTIONS_MAX).map(|n| text(&format!("option_{n}")).unwrap_or_default()).collect();
    let options =
        options.iter().rposition(|text| !text.is_empty()).map_or(&[][..], |last| &options[..=last]);
    let correct: Vec<&str> =
        text("correct").map(|text| text.split(SEPARATOR).collect()).unwrap_or_default();
    let question = text("text").unwrap_or_default();
    let kind = kind(text("kind"), options, &correct).map_err(|unfit| vec![("kind", unfit)])?;
    let mut said = Said::of_kind(kind.as_str());
    let mut wrong = Vec::new();
    let mut tell = |field: &'static str, outcome: Result<(), Unfit>| {
        wrong.extend(outcome.err().map(|unfit| (field, unfit)));
    };
    if !question.is_empty() {
        said.put("text", question);
    }
    tell("correct", body(&mut said, kind, options, &correct, text("tolerance")));
    if let Some(value) = values.get("explanation") {
        said.put("feedback", value.as_deref().map_or(Json::Null, Json::from));
    }
    for field in TEXTS.iter().filter(|field| values.contains_key(**field)) {
        said.put(field, text(field).map_or(Json::Null, Json::from));
    }
    for field in FLAGS.iter().filter(|field| values.contains_key(**field)) {
        said.put(field, text(field).map_or(Json::Null, |text| (text == "yes").into()));
    }
    for field in NUMBERS.iter().filter(|field| values.contains_key(**field)) {
        said.put(field, text(field).map_or(Json::Null, number));
    }
    if values.contains_key("tolerance_percent") && !values.contains_key("tolerance") {
        said.put("tolerance", Json::Null);
    }
    if values.contains_key("words_max") {
        let number = text("words_max").and_then(|text| text.parse::<i64>().ok());
        said.put("words_max", number.map_or(Json::Null, Json::from));
    }
    let tags = text("tags").map(|text| text.split(SEPARATOR).map(str::to_owned).collect());
    let called = Called { id: text("code"), tags: tags.unwrap_or_default(), ..Called::default() };
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let clears_tags = values.get("tags") == Some(&None);
    let mut said = called.complete(said).map_err(|unfit| vec![("code", unfit)])?;
    if clears_tags {
        said.put("tags", Json::Null);
    }
    // A question in a file is one that is asked.
    if !values.contains_key("archived") {
        said.put("archived", Json::Null);
    }
    Ok(said)
}

fn number(text: &str) -> Json {
    Decimal::parse(text).map_or_else(|| text.into(), Decimal::to_json)
}

/// Of which kind a row is: as it says, or as its options and answers look.
fn kind(named: Option<&str>, options: &[&str], correct: &[&str]) -> Result<QuestionKind, Unfit> {
    let by_look = || match (options.is_empty(), correct) {
        (false, [_]) => Some(QuestionKind::Single),
        (false, [_, _, ..]) => Some(QuestionKind::Multiple),
        (true, [one]) if truth(one).is_some() => Some(QuestionKind::TrueFalse),
        (true, [one]) if Decimal::parse(one).is_some() => Some(QuestionKind::Numeric),
        (true, [_, ..]) => Some(QuestionKind::ShortText),
        _ => None,
    };
    let kinds = || {
        let names: Vec<&str> = QuestionKind::ALL.iter().map(|kind| kind.as_str()).collect();
        names.join(", ")
    };
    let Some(named) = named else {
        return by_look().ok_or_else(|| {
            Unfit::new(
                format!(
                    "it says neither of which kind it is, one of {}, nor what is right",
                    kinds()
                ),
                "fill in the column `kind`",
            )
        });
    };
    let plain: String = fold(named).chars().filter(|c| c.is_alphanumeric()).collect();
    let found = QuestionKind::of(named).or(match plain.as_str() {
        "multiplechoice" | "multichoice" | "mc" | "choice" => {
            by_look().filter(|kind| matches!(kind, QuestionKind::Single | QuestionKind::Multiple))
        }
        "singlechoice" | "sc" | "radio" => Some(QuestionKind::Single),
        "multipleresponse" | "multipleanswer" | "multipleanswers" | "checkbox" => {
            Some(QuestionKind::Multiple)
        }
        "truefalse" | "tf" | "yesno" => Some(QuestionKind::TrueFalse),
        "shortanswer" | "shorttext" | "text" => Some(QuestionKind::ShortText),
        "numerical" | "number" => Some(QuestionKind::Numeric),
        "order" | "sequence" => Some(QuestionKind::Ordering),
        "match" | "pairs" => Some(QuestionKind::Matching),
        "fillin" | "fillintheblank" | "cloze" | "gaps" => Some(QuestionKind::FillIn),
        "open" | "longanswer" | "freetext" => Some(QuestionKind::Essay),
        _ => None,
    });
    found.ok_or_else(|| {
        Unfit::new(
            format!("there is no kind of question `{}`: there are {}", cut(named), kinds()),
            "write one of them",
        )
    })
}

fn truth(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "true" | "t" | "yes" | "1" | "wahr" | "richtig" | "ja" | "vrai" | "oui" | "verdadero" => {
            Some(true)
        }
        "false" | "f" | "no" | "0" | "falsch" | "nein" | "faux" | "non" | "falso" => Some(false),
        _ => None,
    }
}

fn body(
    said: &mut Said,
    kind: QuestionKind,
    options: &[&str],
    correct: &[&str],
    tolerance: Option<&str>,
) -> Result<(), Unfit> {
    if options.is_empty() && correct.is_empty() {
        return Ok(());
    }
    match kind {
        QuestionKind::Single | QuestionKind::Multiple => {
            let Some(rights) = rights(options, correct) else {
                return Err(Unfit::new(
                    format!("`{}` names none of the options", cut(&correct.join(", "))),
                    "write letters such as `A` or `A|C`, numbers, or the texts of options",
                ));
            };
            let n_options = options.iter().filter(|text| !text.is_empty()).count();
            let n_rights = rights.iter().collect::<BTreeSet<_>>().len();
            let is_one = kind == QuestionKind::Single;
            if n_options > 1 && (n_rights == 0 || (is_one && n_rights > 1)) {
                let has = if n_rights == 0 {
                    "no option is right".to_owned()
                } else {
                    format!("{n_rights} options are right")
                };
                return Err(Unfit::new(
                    format!("{has}; expected one{}", if is_one { "" } else { " at least" }),
                    "name it in the column `correct`: by its letter, such as `A`, its number or its text",
                ));
            }
            let all = options.iter().enumerate().filter(|(_, text)| !text.is_empty());
            let all = all.map(|(at, text)| {
                if rights.contains(&at) {
                    json!({ "text": text, "right": true })
                } else {
                    json!({ "text": text })
                }
            });
            said.put("options", all.collect::<Vec<Json>>());
        }
        QuestionKind::TrueFalse => {
            let answer = correct.first().and_then(|text| truth(text));
            let Some(answer) = answer.filter(|_| correct.len() == 1) else {
                return Err(Unfit::new(
                    "it says neither true nor false",
                    "write `true` or `false`",
                ));
            };
            said.put("answer", answer);
        }
        QuestionKind::ShortText => said.put("accepted", json!(correct)),
        QuestionKind::Numeric => {
            said.put("value", number(&correct.join(",")));
            if let Some(tolerance) = tolerance {
                said.put("tolerance", number(tolerance));
                said.put("tolerance_percent", Json::Null);
            }
        }
        QuestionKind::Ordering => said.put("items", json!(options)),
        QuestionKind::Matching => {
            let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
            for text in options.iter().filter(|text| !text.is_empty()) {
                let Some((left, right)) = text.split_once(ARROW) else {
                    return Err(Unfit::new(
                        format!("`{}` is no pair", cut(text)),
                        "write what belongs together as `left -> right`",
                    ));
                };
                match left.trim() {
                    "" => distractors.push(right.trim()),
                    left => pairs.push(json!({ "left": left, "right": right.trim() })),
                }
            }
            said.put("pairs", pairs);
            let none = distractors.is_empty();
            said.put("distractors", if none { Json::Null } else { json!(distractors) });
        }
        QuestionKind::FillIn => {
            let names =
                names_of_gaps(said.document.get("text").and_then(Json::as_str).unwrap_or_default());
            let gaps = options.iter().enumerate().map(|(at, text)| {
                let texts = text.split(SEPARATOR).map(str::trim).filter(|one| !one.is_empty());
                let name = names.get(at).cloned().unwrap_or_else(|| (at + 1).to_string());
                (name, json!(texts.collect::<Vec<_>>()))
            });
            said.put("gaps", Json::Object(gaps.collect::<Map<String, Json>>()));
        }
        QuestionKind::Essay | QuestionKind::Code => {}
    }
    Ok(())
}

/// Which options are meant: by their texts, else by their letters or numbers.
fn rights(options: &[&str], named: &[&str]) -> Option<Vec<usize>> {
    let by_text =
        |named: &str| options.iter().position(|text| fold(text) == fold(named) && !text.is_empty());
    let by_place = |named: &str| {
        let place = match (named.parse::<usize>(), named.as_bytes()) {
            (Ok(number), _) => number.checked_sub(1)?,
            (Err(_), [letter]) if letter.is_ascii_alphabetic() => {
                usize::from(letter.to_ascii_uppercase() - b'A')
            }
            _ => return None,
        };
        options.get(place).filter(|text| !text.is_empty()).map(|_| place)
    };
    let named: Vec<&str> =
        named.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    named.iter().map(|text| by_text(text).or_else(|| by_place(text))).collect()
}

/// A question as a row, or why it cannot be one.
pub(super) fn write(question: &WantedQuestion) -> Result<Written<String>, &'static str> {
    let definition = &question.definition;
    let mut cells: BTreeMap<&str, String> = BTreeMap::new();
    let mut lost = Vec::new();
    cells.insert("code", question.code.clone());
    cells.insert("kind", definition.kind().as_str().to_owned());
    cells.insert("text", definition.text.clone());
    if definition.points != Points::ONE {
        cells.insert("points", definition.points.to_string());
    }
    cells.insert("tags", listed(question.tags.iter().map(String::as_str))?);
    cells.extend(definition.feedback.clone().map(|text| ("explanation", text)));
    let mut flags = vec![
        ("partial_credit", definition.partial, true),
        ("shuffle", definition.shuffle, true),
        ("archived", question.archived, false),
    ];
    let mut options: Vec<String> = Vec::new();
    match &definition.body {
        Body::Single(all) | Body::Multiple(all) => {
            if all.iter().any(|option| option.feedback.is_some()) {
                lost.push("feedback of options");
            }
            options.extend(all.iter().map(|option| option.text.clone()));
            cells.insert("correct", named(all)?);
        }
        Body::TrueFalse { answer } => {
            cells.insert("correct", answer.to_string());
        }
        Body::ShortText(wording) => {
            flags.push(("exact", wording.exact, false));
            flags.push(("wildcards", wording.wildcards, false));
            cells.insert("correct", listed(wording.accepted.iter().map(String::as_str))?);
        }
        Body::Numeric { value, tolerance, unit } => {
            cells.insert("correct", value.to_string());
            match tolerance {
                Tolerance::Absolute(Decimal::ZERO) => {}
                Tolerance::Absolute(tolerance) => {
                    drop(cells.insert("tolerance", tolerance.to_string()));
                }
                Tolerance::Percent(percent) => {
                    drop(cells.insert("tolerance_percent", percent.to_string()));
                }
            }
            cells.extend(unit.clone().map(|unit| ("unit", unit)));
        }
        Body::Ordering(items) => options.clone_from(items),
        Body::Matching { pairs, distractors } => {
            let pairs = pairs.iter().map(|pair| (pair.left.as_str(), pair.right.as_str()));
            for (left, right) in pairs.chain(distractors.iter().map(|text| ("", text.as_str()))) {
                if left.contains(ARROW) {
                    return Err("`->` within what belongs together");
                }
                options.push(format!("{left} {ARROW} {right}").trim().to_owned());
            }
        }
        Body::FillIn { gaps, .. } => {
            for gap in gaps {
                options.push(listed(gap.wording.accepted.iter().map(String::as_str))?);
            }
            let first = gaps.first().map(|gap| &gap.wording);
            flags.push(("exact", first.is_some_and(|wording| wording.exact), false));
            flags.push(("wildcards", first.is_some_and(|wording| wording.wildcards), false));
        }
        Body::Essay { words_max, guide } => {
            cells.extend(words_max.map(|words| ("words_max", words.to_string())));
            cells.extend(guide.clone().map(|text| ("guide", text)));
        }
        Body::Code { language, starter, guide } => {
            let texts = [("language", language), ("starter", starter), ("guide", guide)];
            cells.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
        }
    }
    if options.len() > OPTIONS_MAX {
        return Err("more than eight options, items, pairs or gaps");
    }
    let unusual = flags.into_iter().filter(|(_, is, usual)| is != usual);
    cells.extend(unusual.map(|(name, is, _)| (name, if is { "yes" } else { "no" }.to_owned())));
    cells.extend(HEADER[3..3 + OPTIONS_MAX].iter().copied().zip(options));
    let line: Vec<String> =
        HEADER.iter().map(|name| quoted(cells.get(name).map_or("", String::as_str))).collect();
    Ok(Written { text: line.join(",") + "\r\n", lost })
}

/// Which options are right, in letters; in numbers, where an option is itself a letter.
fn named(options: &[AnswerOption]) -> Result<String, &'static str> {
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    let meant: Vec<usize> = (0..options.len()).filter(|at| options[*at].right).collect();
    let letter =
        |at: &usize| char::from(b'A' + u8::try_from(*at).unwrap_or(u8::MAX - b'A')).to_string();
    let number = |at: &usize| (at + 1).to_string();
    let ways: [&dyn Fn(&usize) -> String; 2] = [&letter, &number];
    for way in ways {
        let named: Vec<String> = meant.iter().map(way).collect();
        let read: Vec<&str> = named.iter().map(String::as_str).collect();
        if rights(&texts, &read).as_ref() == Some(&meant) {
            return Ok(named.join(&SEPARATOR.to_string()));
        }
    }
    Err("options that are letters and numbers themselves")
}

/// Texts with a sign between them; behind a single one as well, where it could be taken for several.
fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> Result<String, &'static str> {
    let texts: Vec<&str> = texts.collect();
    if texts.iter().any(|text| text.contains([SEPARATOR, '\n'])) {
        return Err("`|` or a line break within an answer");
    }
    if texts.iter().map(|text| text.chars().count() + 1).sum::<usize>() > CELL_CHARS_MAX {
        return Err("more answers than a cell holds");
    }
    let ends = texts.len() == 1 && texts[0].contains([',', ';']);
    let mut list = texts.join(&SEPARATOR.to_string());
    if ends {
        list.push(SEPARATOR);
    }
    Ok(list)
}

fn quoted(cell: &str) -> String {
    let is_plain = !cell.contains(['"', ',', '\n', '\r', ';', '\t', '|'])
        && !cell.starts_with(char::is_whitespace);
    if is_plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
