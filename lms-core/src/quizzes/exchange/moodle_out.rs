//! Questions as Moodle's XML.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::choices::share;
use super::{Written, cloze, lost_of};
use crate::quizzes::definition::{AnswerOption, Body, Definition, Tolerance};
use crate::quizzes::wanted::WantedQuestion;
use crate::quizzes::wording::Wording;

pub(super) const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n";
pub(super) const END: &str = "</quiz>\n";

/// A question as an element, or why it cannot be one.
pub(super) fn write(question: &WantedQuestion) -> Result<Written<String>, &'static str> {
    let definition = &question.definition;
    let mut lost = lost_of(question);
    let mut xml = String::new();
    let mut text = definition.text.clone();
    let kind = body(&mut xml, definition, &mut text, &mut lost)?;
    let mut out = String::new();
    let code = escape(&question.code);
    let _ = writeln!(out, "  <question type=\"{kind}\">");
    let _ = writeln!(out, "    <name><text>{code}</text></name>");
    let _ = writeln!(out, "    {}", texted("questiontext", &text));
    let feedback = definition.feedback.as_deref().unwrap_or_default();
    let _ = writeln!(out, "    {}", texted("generalfeedback", feedback));
    // Moodle adds the points of such a question up itself.
    if kind != "cloze" {
        let _ = writeln!(out, "    <defaultgrade>{}</defaultgrade>", definition.points);
    } else if definition.points.hundredths() != 100 {
        lost.push("points");
    }
    let _ = writeln!(out, "    <hidden>{}</hidden>", u8::from(question.archived));
    let _ = writeln!(out, "    <idnumber>{code}</idnumber>");
    out.push_str(&xml);
    if !question.tags.is_empty() {
        out.push_str("    <tags>");
        for tag in &question.tags {
            let _ = write!(out, "<tag><text>{}</text></tag>", escape(tag));
        }
        out.push_str("</tags>\n");
    }
    out.push_str("  </question>\n");
    Ok(Written { text: out, lost })
}

/// What differs from kind to kind.
fn body(
    xml: &mut String,
    definition: &Definition,
    text: &mut String,
    lost: &mut Vec<&'static str>,
) -> Result<&'static str, &'static str> {
    let line = |xml: &mut String, line: &str| {
        let _ = writeln!(xml, "    {line}");
    };
    let shuffle = format!("<shuffleanswers>{}</shuffleanswers>", definition.shuffle);
    Ok(match &definition.body {
        Body::Single(all) => {
            line(xml, "<single>true</single>");
            line(xml, &shuffle);
            options(xml, all, "100", "0");
            "multichoice"
        }
        Body::Multiple(all) => {
            line(xml, "<single>false</single>");
            line(xml, &shuffle);
            let share = share(all.iter().filter(|option| option.right).count());
            options(xml, all, &share, &format!("-{share}"));
            "multichoice"
        }
        Body::TrueFalse { answer } => {
            for (name, is_right) in [("true", *answer), ("false", !answer)] {
                let worth = if is_right { "100" } else { "0" };
                line(xml, &format!("<answer fraction=\"{worth}\"><text>{name}</text></answer>"));
            }
            "truefalse"
        }
        Body::ShortText(wording) => {
            line(xml, &format!("<usecase>{}</usecase>", u8::from(wording.exact)));
            accepted(xml, wording);
            "shortanswer"
        }
        Body::Numeric { value, tolerance, unit } => {
            let Tolerance::Absolute(tolerance) = tolerance else {
                return Err("a tolerance in per cent");
            };
            let answer = format!(
                "<answer fraction=\"100\"><text>{value}</text><tolerance>{tolerance}</tolerance></answer>"
            );
            line(xml, &answer);
            if let Some(unit) = unit {
                let unit = escape(unit.as_str());
                let unit =
                    format!("<unit><multiplier>1</multiplier><unit_name>{unit}</unit_name></unit>");
                line(xml, &format!("<units>{unit}</units>"));
            }
            "numerical"
        }
        Body::Ordering(items) => {
            for (place, item) in (1..).zip(items) {
                line(xml, &texted(&format!("answer fraction=\"{place}\""), item));
            }
            "ordering"
        }
        Body::Matching { pairs, distractors } => {
            line(xml, &shuffle);
            let pairs = pairs.iter().map(|pair| (pair.left.as_str(), pair.right.as_str()));
            for (left, right) in pairs.chain(distractors.iter().map(|text| ("", text.as_str()))) {
                let (left, right) = (escape(left), escape(right));
                let right = format!("<answer><text>{right}</text></answer>");
                line(
                    xml,
                    &format!(
                        "<subquestion format=\"plain_text\"><text>{left}</text>{right}</subquestion>"
                    ),
                );
            }
            "matching"
        }
        Body::FillIn { parts, gaps } => {
            *text = cloze::write(parts, gaps)?;
            if gaps.iter().zip(1_usize..).any(|(gap, place)| gap.name != place.to_string()) {
                lost.push("names of gaps");
            }
            "cloze"
        }
        Body::Essay { words_max, guide } => {
            if let Some(guide) = guide {
                line(xml, &texted("graderinfo", guide));
            }
            if let Some(words_max) = words_max {
                line(xml, &format!("<maxwordlimit>{words_max}</maxwordlimit>"));
            }
            "essay"
        }
        Body::Code { .. } => return Err("a program as the answer"),
    })
}

fn options(xml: &mut String, options: &[AnswerOption], right: &str, wrong: &str) {
    for option in options {
        let worth = if option.right { right } else { wrong };
        let feedback = option.feedback.as_deref().map(|text| texted("feedback", text));
        let _ = writeln!(
            xml,
            "    <answer fraction=\"{worth}\" format=\"plain_text\"><text>{}</text>{}</answer>",
            escape(option.text.as_str()),
            feedback.unwrap_or_default()
        );
    }
}

/// Answers that are typed. A star that stands for itself says so.
fn accepted(xml: &mut String, wording: &Wording) {
    for answer in &wording.accepted {
        let answer = if wording.wildcards { answer.clone() } else { answer.replace('*', "\\*") };
        let answer = escape(answer.as_str());
        let _ = writeln!(xml, "    <answer fraction=\"100\"><text>{answer}</text></answer>");
    }
}

/// An element with a plain text in it.
fn texted(element: &str, text: &str) -> String {
    let name = element.split(' ').next().unwrap_or_default();
    let text = escape(text);
    format!("<{element} format=\"plain_text\"><text>{text}</text></{name}>")
}
