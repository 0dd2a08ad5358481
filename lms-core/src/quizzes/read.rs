//! From the document of a question to its definition, with all that is wrong with it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::decimal::Decimal;
use super::definition::{AnswerOption, Body, Definition, Gap, Pair, Part, QuestionKind, Tolerance};
use super::fields::{Fields, LINE_CHARS_MAX, TEXT_CHARS_MAX, cut};
use super::problems::Place;
use super::wording::Wording;
use crate::kernel::suggest::suggest;

const OPTIONS_MAX: usize = 50;
const ACCEPTED_MAX: usize = 100;
const GAPS_MAX: usize = 50;
const WORDS_MAX: i64 = 20_000;
const STARTER_CHARS_MAX: usize = 20_000;
const GAP_NAME_CHARS_MAX: usize = 40;

/// Reads what a question asks; what is wrong is told to the problems, and then there is none.
pub(crate) fn read_definition(fields: &mut Fields<'_>) -> Option<Definition> {
    let kind = read_kind(fields)?;
    read_of_kind(fields, kind)
}

/// The same where the kind was read.
pub(crate) fn read_of_kind(fields: &mut Fields<'_>, kind: QuestionKind) -> Option<Definition> {
    let before = fields.problems().count();
    let text = fields.text("text", TEXT_CHARS_MAX);
    let points = fields.points("points");
    let partial = if kind.has_parts() { fields.flag("partial_credit", true) } else { true };
    let feedback = fields.optional_text("feedback", TEXT_CHARS_MAX);
    let body = body(fields, kind, &text);
    let mut definition = Definition { text, points, partial, shuffle: true, feedback, body };
    if definition.can_keep_order() {
        definition.shuffle = fields.flag("shuffle", true);
    }
    (fields.problems().count() == before).then_some(definition)
}

/// Reads what kind of question it is.
pub(crate) fn read_kind(fields: &mut Fields<'_>) -> Option<QuestionKind> {
    let name = fields.text("kind", LINE_CHARS_MAX);
    if name.is_empty() {
        return None;
    }
    let kind = QuestionKind::of(&name);
    if kind.is_none() {
        let names = QuestionKind::ALL.iter().map(|kind| kind.as_str());
        let near = suggest(&name, names.clone())
            .unwrap_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")));
        fields.problem_of("kind", format!("there is no kind `{}`: {near}", cut(&name)));
    }
    kind
}

fn body(fields: &mut Fields<'_>, kind: QuestionKind, text: &str) -> Body {
    match kind {
        QuestionKind::Single => {
            let options = options(fields);
            let rights = options.iter().filter(|option| option.right).count();
            if rights != 1 && options.len() > 1 {
                fields.problem_of(
                    "options",
                    format!(
                        "{} right; expected one, marked with `right = true`",
                        if rights == 0 {
                            "no option is".to_owned()
                        } else {
                            format!("{rights} options are")
                        }
                    ),
                );
            }
            Body::Single(options)
        }
        QuestionKind::Multiple => {
            let options = options(fields);
            if options.len() > 1 && options.iter().all(|option| !option.right) {
                fields.problem_of(
                    "options",
                    "no option is right; expected one at least, marked with `right = true`",
                );
            }
            Body::Multiple(options)
        }
        QuestionKind::TrueFalse => Body::TrueFalse { answer: fields.decided("answer") },
        QuestionKind::ShortText => {
            let accepted = fields.texts("accepted", ACCEPTED_MAX, LINE_CHARS_MAX);
            let (exact, wildcards) = (fields.flag("exact", false), fields.flag("wildcards", false));
            Body::ShortText(wording(fields, "accepted", accepted, exact, wildcards))
        }
        QuestionKind::Numeric => numeric(fields),
        QuestionKind::Ordering => {
            let items = fields.texts("items", OPTIONS_MAX, LINE_CHARS_MAX);
            at_least_two(fields, "items", items.len());
            told_apart(fields, "items", &items);
            Body::Ordering(items)
        }
        QuestionKind::Matching => matching(fields),
        QuestionKind::FillIn => fill_in(fields, text),
        QuestionKind::Essay => Body::Essay {
            words_max: fields.whole("words_max", 1..=WORDS_MAX),
            guide: fields.optional_text("guide", TEXT_CHARS_MAX),
        },
        QuestionKind::Code => Body::Code {
            language: fields.optional_text("language", GAP_NAME_CHARS_MAX),
            starter: fields.optional_text("starter", STARTER_CHARS_MAX),
            guide: fields.optional_text("guide", TEXT_CHARS_MAX),
        },
    }
}

fn options(fields: &mut Fields<'_>) -> Vec<AnswerOption> {
    let items = fields.list("options", OPTIONS_MAX);
    let mut options = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        let place = part(fields, "option", "options", number);
        let Some(mut option) = Fields::of(item, place, fields.problems()) else { continue };
        options.push(AnswerOption {
            text: option.text("text", LINE_CHARS_MAX),
            right: option.flag("right", false),
            feedback: option.optional_text("feedback", TEXT_CHARS_MAX),
        });
        option.done();
    }
    at_least_two(fields, "options", items.len());
    told_apart(fields, "options", options.iter().map(|option| &option.text));
    options
}

/// One entry of a list, counted from one.
fn part(fields: &Fields<'_>, told: &str, list: &str, number: usize) -> Place {
    fields.place().part(&format!("{told} {number}"), &format!("{list}[{}]", number - 1))
}

fn at_least_two(fields: &Fields<'_>, name: &str, count: usize) {
    if count < 2 {
        fields.problem_of(name, format!("`{name}` has {count} entries, expected two at least"));
    }
}

/// What looks the same on the page cannot be told apart by whoever answers.
fn told_apart<'t>(fields: &Fields<'_>, name: &str, texts: impl IntoIterator<Item = &'t String>) {
    let mut seen = BTreeSet::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !seen.insert(text.split_whitespace().collect::<Vec<_>>().join(" ")) {
            fields.problem_of(name, format!("`{name}` has `{}` twice", cut(text)));
        }
    }
}

fn wording(
    fields: &Fields<'_>,
    name: &str,
    accepted: Vec<String>,
    exact: bool,
    wildcards: bool,
) -> Wording {
    let wording = Wording { accepted, exact, wildcards };
    if wording.accepted.is_empty() {
        fields.problem_of(name, format!("`{name}` has no answer that counts as right"));
    }
    let mut seen = BTreeSet::new();
    for text in &wording.accepted {
        let plain = wording.plain(text);
        if plain.chars().all(|c| wildcards && c == '*') {
            fields.problem_of(
                name,
                format!("`{name}` accepts `{}`, which is any answer or none", cut(text)),
            );
        } else if !seen.insert(plain) {
            fields.problem_of(
                name,
                format!("`{name}` accepts `{}` already in another spelling", cut(text)),
            );
        }
    }
    wording
}

fn numeric(fields: &mut Fields<'_>) -> Body {
    if !fields.has("value") {
        fields.problem_of("value", "`value` is missing");
    }
    let value = fields.decimal("value").unwrap_or(Decimal::ZERO);
    let absolute = fields.decimal("tolerance");
    let percent = fields.decimal("tolerance_percent");
    let hundred = Decimal::parse("100").unwrap_or(Decimal::ZERO);
    if absolute.is_some() && percent.is_some() {
        fields.problem_of(
            "tolerance_percent",
            "`tolerance` and `tolerance_percent` are both there, expected one of them",
        );
    }
    if absolute.into_iter().chain(percent).any(Decimal::is_negative) {
        let name = if percent.is_some() { "tolerance_percent" } else { "tolerance" };
        fields.problem_of(name, "the tolerance is below 0");
    }
    if percent.is_some_and(|percent| percent > hundred) {
        fields.problem_of("tolerance_percent", "`tolerance_percent` is above 100");
    }
    let unit = fields.optional_text("unit", GAP_NAME_CHARS_MAX);
    if unit
        .as_ref()
        .is_some_and(|unit| unit.starts_with(|c: char| c.is_ascii_digit() || ".,".contains(c)))
    {
        fields.problem_of("unit", "`unit` begins like a number");
    }
    let tolerance = match percent {
        Some(percent) => Tolerance::Percent(percent),
        None => Tolerance::Absolute(absolute.unwrap_or(Decimal::ZERO)),
    };
    Body::Numeric { value, tolerance, unit }
}

fn matching(fields: &mut Fields<'_>) -> Body {
    let items = fields.list("pairs", OPTIONS_MAX);
    let mut pairs = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        let place = part(fields, "pair", "pairs", number);
        let Some(mut pair) = Fields::of(item, place, fields.problems()) else { continue };
        let left = pair.text("left", LINE_CHARS_MAX);
        let right = pair.text("right", LINE_CHARS_MAX);
        pair.done();
        pairs.push(Pair { left, right });
    }
    at_least_two(fields, "pairs", items.len());
    told_apart(fields, "pairs", pairs.iter().map(|pair| &pair.left));
    let distractors = fields.texts("distractors", OPTIONS_MAX, LINE_CHARS_MAX);
    told_apart(fields, "distractors", &distractors);
    for text in distractors.iter().filter(|text| pairs.iter().any(|pair| pair.right == **text)) {
        fields.problem_of(
            "distractors",
            format!("`distractors` has `{}`, which is right for a pair", cut(text)),
        );
    }
    let first = pairs.first().map(|pair| &pair.right);
    let same = pairs.len() > 1 && pairs.iter().all(|pair| Some(&pair.right) == first);
    if same && distractors.is_empty() {
        fields.problem_of(
            "pairs",
            "all pairs have the same right side, so that there is nothing to choose",
        );
    }
    Body::Matching { pairs, distractors }
}

fn fill_in(fields: &mut Fields<'_>, text: &str) -> Body {
    let (exact, wildcards) = (fields.flag("exact", false), fields.flag("wildcards", false));
    let entries: Vec<(&str, &Json)> = fields.table("gaps");
    let mut gaps = Vec::new();
    let parts = match parts(text, &mut gaps) {
        Ok(parts) => parts,
        Err(problem) => {
            fields.problem_of("text", problem);
            Vec::new()
        }
    };
    if gaps.is_empty() && !text.is_empty() {
        fields.problem_of(
            "text",
            "the text has no gap; write one as `{name}`, and its answers as `gaps.name`",
        );
    }
    if gaps.len() > GAPS_MAX {
        fields.problem_of(
            "text",
            format!("the text has {} gaps, expected at most {GAPS_MAX}", gaps.len()),
        );
        gaps.truncate(GAPS_MAX);
    }
    for (name, _) in entries.iter().filter(|(name, _)| !gaps.iter().any(|gap| gap == name)) {
        let near =
            suggest(name, &gaps).unwrap_or_else(|| "write it there, or remove it".to_owned());
        let name = cut(name);
        fields.problem_of(
            &format!("gaps.{name}"),
            format!("the text has no gap `{{{name}}}`: {near}"),
        );
    }
    let gaps = gaps
        .into_iter()
        .map(|name| {
            let label = format!("gaps.{name}");
            let accepted = match entries.iter().find(|(key, _)| *key == name).map(|(_, json)| *json)
            {
                Some(Json::Array(items)) if items.len() <= ACCEPTED_MAX => {
                    fields.texts_of(&label, items, LINE_CHARS_MAX)
                }
                Some(_) => {
                    fields.problem_of(
                        &label,
                        format!("`{label}` is not a list of at most {ACCEPTED_MAX} texts"),
                    );
                    Vec::new()
                }
                None => Vec::new(),
            };
            let wording = wording(fields, &label, accepted, exact, wildcards);
            Gap { name, wording }
        })
        .collect();
    Body::FillIn { parts, gaps }
}

/// The names of the gaps of a text, in their order, as far as it can be taken apart.
pub(crate) fn names_of_gaps(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let _ = parts(text, &mut names);
    names
}

/// Takes a text apart at its `{gaps}`; `{{` and `}}` are braces.
fn parts(text: &str, gaps: &mut Vec<String>) -> Result<Vec<Part>, String> {
    let (mut parts, mut words) = (Vec::new(), String::new());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                words.push(c);
            }
            '{' => {
                let (mut name, mut closed) = (String::new(), false);
                for c in rest.by_ref() {
                    closed = c == '}';
                    if closed {
                        break;
                    }
                    name.push(c);
                }
                let sound = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
                let length_fits = (1..=GAP_NAME_CHARS_MAX).contains(&name.chars().count());
                if !closed || !length_fits || !name.chars().all(sound) {
                    return Err(format!(
                        "`{{{}` begins no gap; a gap has a name of letters and digits, such as `{{1}}`, and a brace is written twice",
                        cut(&name)
                    ));
                }
                if gaps.contains(&name) {
                    return Err(format!("the gap `{{{name}}}` is there twice"));
                }
                if !words.is_empty() {
                    parts.push(Part::Words(std::mem::take(&mut words)));
                }
                parts.push(Part::Gap(gaps.len()));
                gaps.push(name);
            }
            '}' => return Err("a `}` stands alone; a brace is written twice".to_owned()),
            c => words.push(c),
        }
    }
    if !words.is_empty() {
        parts.push(Part::Words(words));
    }
    Ok(parts)
}
