//! Texts with gaps as Moodle embeds them: `The capital is {1:SHORTANSWER:=Paris}.`

use serde_json::{Map, Value as Json, json};

use super::choices::{Choice, accepted, stars};
use super::{Said, Unfit, with_braces};
use crate::quizzes::decimal::Decimal;
use crate::quizzes::definition::{Gap, Part};

/// Signs that steer within a gap, unless a backslash stands before them.
const SIGNS: [char; 6] = ['}', '#', '~', '/', '"', '\\'];

/// What a text with gaps says.
pub(super) fn read(text: &str) -> Result<Said, Unfit> {
    let mut said = Said::of_kind("fill_in");
    let (mut worded, mut gaps) = (String::new(), Map::new());
    let (mut weights, mut exacts) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        worded.push_str(&with_braces(&rest[..at]));
        let Some(embedded) = embedded(&rest[at + 1..]) else {
            worded.push_str("{{");
            rest = &rest[at + 1..];
            continue;
        };
        let Embedded { weight, kind, inside, behind } = embedded;
        exacts.push(match kind.as_str() {
            "SHORTANSWER" | "SA" | "MW" => false,
            "SHORTANSWER_C" | "SAC" | "MWC" => true,
            _ => {
                return Err(Unfit::new(
                    format!("it has a gap of the kind {kind}"),
                    "a gap is filled in with words here; ask what is chosen or reckoned by questions of its own",
                ));
            }
        });
        weights.push(weight);
        let answers = alternatives(inside);
        let texts = accepted(&mut said, &answers)?;
        let name = (gaps.len() + 1).to_string();
        worded.extend(["{", &name, "}"]);
        gaps.insert(name, json!(texts));
        rest = behind;
    }
    worded.push_str(&with_braces(rest));
    if gaps.is_empty() {
        return Err(Unfit::new("its text has no gap", "write one as `{1:SHORTANSWER:=answer}`"));
    }
    if weights.iter().any(|weight| weight != &weights[0]) {
        return Err(Unfit::new(
            "its gaps are worth different points",
            "every gap counts the same here",
        ));
    }
    if exacts.iter().any(|exact| exact != &exacts[0]) {
        return Err(Unfit::new(
            "case counts in some of its gaps and in others not",
            "it counts in all gaps of a question here, or in none",
        ));
    }
    said.put("text", worded.trim());
    said.put("exact", exacts[0]);
    said.put("gaps", Json::Object(gaps));
    Ok(said)
}

struct Embedded<'t> {
    weight: &'t str,
    kind: String,
    inside: &'t str,
    behind: &'t str,
}

/// What is embedded behind a brace, if anything is.
fn embedded(text: &str) -> Option<Embedded<'_>> {
    let (weight, rest) = text.split_once(':')?;
    let (kind, rest) = rest.split_once(':')?;
    let is_kind =
        !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if !is_kind || !weight.trim().bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let end = unmeant(rest, '}')?;
    let weight = match weight.trim() {
        "" => "1",
        weight => weight,
    };
    Some(Embedded { weight, kind: kind.to_owned(), inside: &rest[..end], behind: &rest[end + 1..] })
}

/// Where a sign stands that has no backslash before it.
fn unmeant(text: &str, sign: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices() {
        if letter == sign && !is_escaped {
            return Some(at);
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    None
}

fn alternatives(inside: &str) -> Vec<Choice> {
    let mut pieces = Vec::new();
    let mut rest = inside;
    while let Some(at) = unmeant(rest, '~') {
        pieces.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    pieces.push(rest);
    let pieces = pieces.into_iter().filter(|piece| !piece.trim().is_empty());
    pieces
        .map(|piece| {
            let (worth, piece) = match (piece.strip_prefix('='), piece.strip_prefix('%')) {
                (Some(piece), _) => (Decimal::parse("100"), piece),
                (None, Some(shared)) => match shared.split_once('%') {
                    Some((share, piece)) => (Decimal::parse(share), piece),
                    None => (None, piece),
                },
                (None, None) => (None, piece),
            };
            let (answer, feedback) = match unmeant(piece, '#') {
                Some(at) => (&piece[..at], plain(&piece[at + 1..])),
                None => (piece, String::new()),
            };
            let (text, stars) = stars(&plain(answer));
            Choice {
                text: text.trim().to_owned(),
                worth: worth.unwrap_or(Decimal::ZERO),
                feedback: (!feedback.trim().is_empty()).then_some(feedback),
                stars,
            }
        })
        .collect()
}

/// Without the backslashes before signs.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next) if letter == '\\' && SIGNS.contains(next) => plain.extend(letters.next()),
            _ => plain.push(letter),
        }
    }
    plain
}

/// A text with its gaps embedded, or why that cannot be.
pub(super) fn write(parts: &[Part], gaps: &[Gap]) -> Result<String, &'static str> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Words(words) if words.contains('{') => return Err("a brace in a text with gaps"),
            Part::Words(words) => text.push_str(words),
            Part::Gap(at) => {
                let Some(Gap { wording, .. }) = gaps.get(*at) else { continue };
                let kind = if wording.exact { "SHORTANSWER_C" } else { "SHORTANSWER" };
                let mut answers = Vec::with_capacity(wording.accepted.len());
                for answer in &wording.accepted {
                    if answer.contains('\\') {
                        return Err("a backslash in the answer of a gap");
                    }
                    let mut written = String::from("=");
                    for letter in answer.chars() {
                        if SIGNS.contains(&letter) || (letter == '*' && !wording.wildcards) {
                            written.push('\\');
                        }
                        written.push(letter);
                    }
                    answers.push(written);
                }
                text.extend(["{1:", kind, ":", &answers.join("~"), "}"]);
            }
        }
    }
    Ok(text)
}
