//! Moodle's GIFT: a question is a paragraph, and its answers stand in braces. `//` begins a remark, which may hold
//! an id and tags; a backslash before a sign says that the sign is meant.

use serde_json::{Value as Json, json};

use super::choices::{Choice, accepted, number, options, share};
use super::{Called, Foreign, Said, Unfit, Written, html, lost_of, with_braces};
use crate::quizzes::decimal::{Decimal, Points};
use crate::quizzes::definition::{Body, Part, Tolerance};
use crate::quizzes::wanted::WantedQuestion;

/// Signs that steer, unless a backslash stands before them.
const SIGNS: [char; 6] = ['~', '=', '#', '{', '}', ':'];
/// What stands for a gap of a text whose answers are chosen below it.
const GAP: &str = "_____";
const FORMATS: [&str; 4] = ["html", "markdown", "plain", "moodle"];

/// A letter, and whether it was written as one that steers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    letter: char,
    is_meant: bool,
}

/// A paragraph.
#[derive(Debug, Default)]
struct Paragraph {
    first_line: Option<u64>,
    remarks: String,
    source: String,
    body: String,
}

pub(super) fn read(text: &str) -> Vec<Foreign> {
    let (mut found, mut category) = (Vec::new(), None);
    let mut paragraph = Paragraph::default();
    for (number, line) in (1_u64..).zip(text.trim_start_matches('\u{feff}').lines().chain([""])) {
        let trimmed = line.trim();
        let is_category =
            trimmed.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("$CATEGORY:"));
        if trimmed.is_empty() {
            found.extend(std::mem::take(&mut paragraph).question(category.as_deref()));
        } else if is_category {
            category = trimmed.get(10..).map(|path| path.trim().to_owned());
        } else {
            paragraph.take(number, line, trimmed);
        }
    }
    found
}

impl Paragraph {
    fn take(&mut self, number: u64, line: &str, trimmed: &str) {
        self.source.push_str(line);
        self.source.push('\n');
        let into = if trimmed.starts_with("//") {
            &mut self.remarks
        } else {
            self.first_line.get_or_insert(number);
            &mut self.body
        };
        into.push_str(line);
        into.push('\n');
    }

    fn question(self, category: Option<&str>) -> Option<Foreign> {
        let line = self.first_line?;
        let letters = letters(&self.body);
        let (name, rest) = named(&letters);
        let called = Called {
            id: marked(&self.remarks, "[id:").next(),
            name: &name,
            tags: marked(&self.remarks, "[tag:").map(str::to_owned).collect(),
            category,
        };
        let outcome = question(rest).and_then(|said| called.complete(said)).map(|mut said| {
            // A question that stands in such a file is one that is asked.
            said.put("archived", Json::Null);
            said
        });
        let shown = if name.is_empty() { super::super::fields::cut(&plain(rest)) } else { name };
        Some(Foreign { line, name: shown, source: self.source, outcome })
    }
}

/// What stands behind a mark in remarks, up to the bracket.
fn marked<'t>(remarks: &'t str, mark: &'static str) -> impl Iterator<Item = &'t str> {
    remarks.split(mark).skip(1).filter_map(|rest| Some(rest.split_once(']')?.0.trim()))
}

fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let meant = match (letter, rest.peek()) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some(next)) if SIGNS.contains(next) || ['\\', '*'].contains(next) => Some(*next),
            _ => None,
        };
        if meant.is_some() {
            rest.next();
        }
        letters.push(Letter { letter: meant.unwrap_or(letter), is_meant: meant.is_some() });
    }
    letters
}

fn steers(letter: Letter, sign: char) -> bool {
    letter.letter == sign && !letter.is_meant
}

fn find(letters: &[Letter], sign: char) -> Option<usize> {
    letters.iter().position(|letter| steers(*letter, sign))
}

/// The name between two pairs of colons, and what is behind it.
fn named(letters: &[Letter]) -> (String, &[Letter]) {
    let letters = trimmed(letters);
    let is_mark = |pair: &[Letter]| pair.iter().all(|letter| steers(*letter, ':'));
    if letters.len() >= 4 && is_mark(&letters[..2]) {
        let inside = &letters[2..];
        if let Some(end) = inside.windows(2).position(is_mark) {
            return (plain(&inside[..end]), &inside[end + 2..]);
        }
    }
    (String::new(), letters)
}

fn trimmed(letters: &[Letter]) -> &[Letter] {
    let is_space = |letter: &Letter| letter.letter.is_whitespace() && !letter.is_meant;
    let Some(first) = letters.iter().position(|letter| !is_space(letter)) else { return &[] };
    let last = letters.iter().rposition(|letter| !is_space(letter)).unwrap_or(first);
    &letters[first..=last]
}

/// The text; where its lines were broken to be read does not count.
fn raw(letters: &[Letter]) -> String {
    let letter = |letter: &Letter| match letter.letter {
        '\n' | '\r' if !letter.is_meant => ' ',
        other => other,
    };
    letters.iter().map(letter).collect()
}

fn plain(letters: &[Letter]) -> String {
    raw(letters).trim().to_owned()
}

/// What a text says in the format that stands before it.
fn worded(text: &str, is_html: bool) -> Result<String, Unfit> {
    if !is_html {
        return Ok(text.to_owned());
    }
    html::text_of(text).map_err(|tag| {
        Unfit::new(format!("it shows something that is no text, `<{tag}>`"), "ask it in words")
    })
}

fn question(letters: &[Letter]) -> Result<Said, Unfit> {
    let mut letters = trimmed(letters);
    let mut is_html = false;
    if let (Some(first), Some(end)) = (letters.first(), find(letters, ']'))
        && steers(*first, '[')
    {
        let format = plain(&letters[1..end]).to_lowercase();
        if FORMATS.contains(&format.as_str()) {
            is_html = format == "html";
            letters = &letters[end + 1..];
        }
    }
    let unclosed = || {
        Unfit::new(
            "a brace is opened and not closed, or the other way round",
            "write `\\{` where a brace is meant",
        )
    };
    let (Some(open), Some(close)) = (find(letters, '{'), find(letters, '}')) else {
        if find(letters, '{').is_some() || find(letters, '}').is_some() {
            return Err(unclosed());
        }
        return Err(Unfit::new(
            "it has no answers in braces: it is a text, and no question",
            "leave it out, or write what is right in braces behind it",
        ));
    };
    if open > close {
        return Err(unclosed());
    }
    let (before, inside, after) =
        (&letters[..open], &letters[open + 1..close], &letters[close + 1..]);
    if find(inside, '{').is_some() || find(after, '{').is_some() || find(after, '}').is_some() {
        return Err(Unfit::new(
            "it has braces in several places",
            "one question has one pair of them; write `\\{` where a brace is meant",
        ));
    }
    let (inside, feedback) = general_feedback(inside);
    let has_tail = !trimmed(after).is_empty();
    let mut said = answers(inside, is_html, has_tail)?;
    let text = if said.document["kind"] == "fill_in" {
        let [before, after] = [before, after].map(|words| worded(&raw(words), is_html));
        format!("{}{{1}}{}", with_braces(&before?), with_braces(&after?)).trim().to_owned()
    } else if has_tail {
        worded(&format!("{} {GAP} {}", plain(before), plain(after)), is_html)?.trim().to_owned()
    } else {
        worded(&plain(before), is_html)?
    };
    said.put("text", text);
    if let Some(feedback) = feedback {
        said.put("feedback", worded(&feedback, is_html)?);
    }
    Ok(said)
}

/// What is said whatever the answer was, behind four hashes.
fn general_feedback(letters: &[Letter]) -> (&[Letter], Option<String>) {
    let is_mark = |four: &[Letter]| four.iter().all(|letter| steers(*letter, '#'));
    match letters.windows(4).position(is_mark) {
        Some(at) => {
            let text = plain(&letters[at + 4..]);
            (&letters[..at], (!text.is_empty()).then_some(text))
        }
        None => (letters, None),
    }
}

fn answers(inside: &[Letter], is_html: bool, has_tail: bool) -> Result<Said, Unfit> {
    let inside = trimmed(inside);
    let Some(first) = inside.first() else { return Ok(Said::of_kind("essay")) };
    if steers(*first, '#') {
        return numeric(trimmed(&inside[1..]));
    }
    let word = find(inside, '#').map_or(inside, |at| &inside[..at]);
    let answer = match plain(word).to_uppercase().as_str() {
        "T" | "TRUE" => Some(true),
        "F" | "FALSE" => Some(false),
        _ => None,
    };
    if let Some(answer) = answer {
        let mut said = Said::of_kind("true_false");
        said.put("answer", answer);
        if word.len() < inside.len() {
            said.note("what it says to right and wrong answers");
        }
        return Ok(said);
    }
    let pieces = pieces(inside)?;
    if pieces.iter().any(|(sign, _)| *sign == '~') {
        let is_single = pieces.iter().any(|(sign, _)| *sign == '=');
        let choices = pieces.iter().map(|(sign, piece)| choice(*sign, piece, is_html));
        return options(is_single, &choices.collect::<Result<Vec<_>, _>>()?);
    }
    let texts: Vec<String> = pieces.iter().map(|(_, piece)| plain(piece)).collect();
    if texts.iter().all(|text| text.contains("->")) {
        return matching(&texts, is_html);
    }
    let mut said = Said::of_kind(if has_tail { "fill_in" } else { "short_text" });
    let answers = pieces.iter().map(|(sign, piece)| choice(*sign, piece, false));
    let texts = accepted(&mut said, &answers.collect::<Result<Vec<_>, _>>()?)?;
    if has_tail {
        said.put("gaps", json!({ "1": texts }));
    } else {
        said.put("accepted", texts);
    }
    Ok(said)
}

/// The answers, each with the sign before it.
fn pieces(inside: &[Letter]) -> Result<Vec<(char, Vec<Letter>)>, Unfit> {
    let mut pieces: Vec<(char, Vec<Letter>)> = Vec::new();
    for letter in inside {
        if steers(*letter, '=') || steers(*letter, '~') {
            pieces.push((letter.letter, Vec::new()));
        } else if let Some((_, piece)) = pieces.last_mut() {
            piece.push(*letter);
        } else if !letter.letter.is_whitespace() {
            return Err(Unfit::new(
                "its answers begin with none of `=`, `~` and `#`",
                "write `=` before what is right, `~` before what is wrong and `#` before a number",
            ));
        }
    }
    // `~=` is what some write before what is right.
    let is_blank = |piece: &[Letter]| trimmed(piece).is_empty();
    let mut kept: Vec<(char, Vec<Letter>)> = Vec::new();
    for (sign, piece) in pieces {
        let is_doubled =
            sign == '=' && kept.last().is_some_and(|(last, piece)| *last == '~' && is_blank(piece));
        if is_doubled {
            kept.pop();
        }
        kept.push((sign, piece));
    }
    Ok(kept)
}

/// The share that stands before an answer between two signs of per cent, and the answer.
fn share_of(letters: &[Letter]) -> (Option<Decimal>, &[Letter]) {
    let letters = trimmed(letters);
    if !letters.first().is_some_and(|first| steers(*first, '%')) {
        return (None, letters);
    }
    let Some(end) = find(&letters[1..], '%') else { return (None, letters) };
    match Decimal::parse(plain(&letters[1..=end]).as_str()) {
        Some(share) => (Some(share), &letters[end + 2..]),
        None => (None, letters),
    }
}

fn choice(sign: char, piece: &[Letter], is_html: bool) -> Result<Choice, Unfit> {
    let (share, piece) = share_of(piece);
    let (answer, feedback) = match find(piece, '#') {
        Some(at) => (&piece[..at], plain(&piece[at + 1..])),
        None => (piece, String::new()),
    };
    let worth = share.or_else(|| Decimal::parse(if sign == '=' { "100" } else { "0" }));
    let star =
        |is_meant| answer.iter().any(|letter| letter.letter == '*' && letter.is_meant == is_meant);
    Ok(Choice {
        text: worded(&plain(answer), is_html)?,
        worth: worth.unwrap_or(Decimal::ZERO),
        feedback: (!feedback.is_empty()).then_some(worded(&feedback, is_html)?),
        stars: (star(false), star(true)),
    })
}

fn matching(texts: &[String], is_html: bool) -> Result<Said, Unfit> {
    let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
    for text in texts {
        let (left, right) = text.split_once("->").unwrap_or_default();
        let [left, right] = [left, right].map(|side| worded(side.trim(), is_html));
        match (left?, right?) {
            (left, right) if left.is_empty() => distractors.push(right),
            (left, right) => pairs.push(json!({ "left": left, "right": right })),
        }
    }
    let mut said = Said::of_kind("matching");
    said.put("pairs", pairs);
    said.put("distractors", if distractors.is_empty() { Json::Null } else { json!(distractors) });
    Ok(said)
}

fn numeric(letters: &[Letter]) -> Result<Said, Unfit> {
    let mut said = Said::of_kind("numeric");
    let pieces = match letters.first() {
        Some(first) if steers(*first, '=') || steers(*first, '~') => pieces(letters)?,
        _ => vec![('=', letters.to_vec())],
    };
    let mut answers = Vec::with_capacity(pieces.len());
    for (sign, piece) in pieces {
        let (share, piece) = share_of(&piece);
        let answer = find(piece, '#').map_or(piece, |at| &piece[..at]);
        if answer.len() < piece.len() {
            said.note("what it says to single answers");
        }
        let worth = share.or_else(|| Decimal::parse(if sign == '=' { "100" } else { "0" }));
        let (value, tolerance) = span(&plain(answer));
        answers.push((value, tolerance, worth.unwrap_or(Decimal::ZERO)));
    }
    number(&mut said, &answers)?;
    Ok(said)
}

/// `3:0.5` is a number and what it may differ, `2.5..3.5` the same from end to end.
fn span(text: &str) -> (Option<Decimal>, Decimal) {
    let read = |text: &str| Decimal::parse(text.trim());
    if let Some((from, to)) = text.split_once("..") {
        let (Some(from), Some(to)) = (read(from), read(to)) else { return (None, Decimal::ZERO) };
        let (from, to) = (from.billionths(), to.billionths());
        let half = |sum: i128| (sum % 2 == 0).then(|| Decimal::of_billionths(sum / 2)).flatten();
        return match (half(from + to), half(to - from)) {
            (Some(value), Some(tolerance)) => (Some(value), tolerance),
            _ => (None, Decimal::ZERO),
        };
    }
    match text.split_once(':') {
        Some((value, tolerance)) => match read(tolerance) {
            Some(tolerance) => (read(value), tolerance),
            None => (None, Decimal::ZERO),
        },
        None => (read(text), Decimal::ZERO),
    }
}

/// A question as a paragraph, or why it cannot be one.
pub(super) fn write(question: &WantedQuestion) -> Result<Written<String>, &'static str> {
    if question.archived {
        return Err("that it is archived");
    }
    let definition = &question.definition;
    let mut lost = lost_of(question);
    if definition.points != Points::ONE {
        lost.push("points");
    }
    if !definition.shuffle {
        lost.push("shuffle");
    }
    let (mut before, mut after) = (meant(&definition.text), String::new());
    let mut lines: Vec<String> = Vec::new();
    match &definition.body {
        Body::Single(all) => {
            for option in all {
                let sign = if option.right { "=" } else { "~" };
                lines.push(line(sign, None, &option.text, option.feedback.as_deref()));
            }
        }
        Body::Multiple(all) => {
            let share = share(all.iter().filter(|option| option.right).count());
            for option in all {
                let share = if option.right { share.clone() } else { format!("-{share}") };
                lines.push(line("~", Some(&share), &option.text, option.feedback.as_deref()));
            }
        }
        Body::TrueFalse { answer } => lines.push(if *answer { "TRUE" } else { "FALSE" }.to_owned()),
        Body::ShortText(wording) => lines = typed(&wording.accepted, wording.wildcards)?,
        Body::Numeric { value, tolerance, unit } => {
            if unit.is_some() {
                lost.push("unit");
            }
            match tolerance {
                Tolerance::Absolute(tolerance) => lines.push(format!("#{value}:{tolerance}")),
                Tolerance::Percent(_) => return Err("a tolerance in per cent"),
            }
        }
        Body::Ordering(_) => return Err("items that are brought into their order"),
        Body::Matching { pairs, distractors } => {
            let pairs = pairs.iter().map(|pair| (pair.left.as_str(), pair.right.as_str()));
            for (left, right) in pairs.chain(distractors.iter().map(|text| ("", text.as_str()))) {
                if left.contains("->") || right.contains("->") {
                    return Err("`->` within what belongs together");
                }
                lines.push(format!("={} -> {}", meant(left), meant(right)));
            }
        }
        Body::FillIn { parts, gaps } => {
            let words = |part: &Part| match part {
                Part::Words(words) => words.clone(),
                Part::Gap(_) => String::new(),
            };
            let (first, second, gap) = match (parts.as_slice(), gaps.as_slice()) {
                ([gap @ Part::Gap(_), behind], [one]) => (words(gap), words(behind), one),
                ([first, Part::Gap(_), behind], [one]) => (words(first), words(behind), one),
                _ => return Err("several gaps, or one at the end of the text"),
            };
            if second.trim().is_empty() {
                return Err("several gaps, or one at the end of the text");
            }
            (before, after) = (meant(&first), meant(&second));
            lines = typed(&gap.wording.accepted, gap.wording.wildcards)?;
        }
        Body::Essay { words_max, guide } => {
            lost.extend(words_max.map(|_| "words_max"));
            lost.extend(guide.as_ref().map(|_| "guide"));
        }
        Body::Code { .. } => return Err("a program as the answer"),
    }
    let is_exact = match &definition.body {
        Body::ShortText(wording) => wording.exact,
        Body::FillIn { gaps, .. } => gaps.iter().any(|gap| gap.wording.exact),
        _ => false,
    };
    if is_exact {
        lost.push("exact");
    }
    if let Some(feedback) = &definition.feedback {
        lines.push(format!("####{}", meant(feedback)));
    }
    let code = &question.code;
    let tags: String = question.tags.iter().flat_map(|tag| [" [tag:", tag, "]"]).collect();
    let text = &definition.text;
    let format = if text.starts_with('[') || text.contains(['<', '&']) { "[plain]" } else { "" };
    let inside = match lines.as_slice() {
        [] => String::new(),
        [one] if after.is_empty() && !one.starts_with(['=', '~']) => one.clone(),
        _ if after.is_empty() => format!("\n\t{}\n", lines.join("\n\t")),
        _ => lines.join(" "),
    };
    let space = if after.is_empty() { " " } else { "" };
    let text = format!(
        "// [id:{code}]{tags}\n::{}::{format}{before}{space}{{{inside}}}{after}\n\n",
        meant(code)
    );
    Ok(Written { text, lost })
}

/// An answer behind its sign.
fn line(sign: &str, share: Option<&str>, text: &str, feedback: Option<&str>) -> String {
    let share =
        share.or_else(|| text.starts_with('%').then_some(if sign == "=" { "100" } else { "0" }));
    let share = share.map(|share| format!("%{share}%")).unwrap_or_default();
    let feedback = feedback.map(|text| format!("#{}", meant(text))).unwrap_or_default();
    format!("{sign}{share}{}{feedback}", meant(text))
}

/// Answers that are typed. A star that stands for itself says so.
fn typed(accepted: &[String], wildcards: bool) -> Result<Vec<String>, &'static str> {
    if accepted.iter().any(|text| text.contains("->")) {
        return Err("`->` within an answer");
    }
    let answer = |text: &String| {
        let text = line("=", None, text, None);
        if wildcards { text } else { text.replace('*', "\\*") }
    };
    Ok(accepted.iter().map(answer).collect())
}

/// A text of which no sign steers anything.
fn meant(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => written.push_str("\\n"),
            letter if letter == '\\' || SIGNS.contains(&letter) => written.extend(['\\', letter]),
            letter => written.push(letter),
        }
    }
    written
}
