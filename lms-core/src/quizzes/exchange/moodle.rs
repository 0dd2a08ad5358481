//! Questions out of Moodle's XML. Entities beyond those of XML itself and declarations of any are refused, and so is
//! whatever is deeper or has more parts than any question.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Value as Json, json};

use super::choices::{Choice, accepted, number, options, stars};
use super::{Called, Foreign, Said, Unfit, broken, cloze, html};
use crate::kernel;
use crate::quizzes::decimal::Decimal;
use crate::quizzes::fields::cut;

const DEPTH_MAX: usize = 12;
/// Parts of one question.
const NODES_MAX: usize = 5_000;
/// Bytes of one text; pictures, which have more, are not looked at.
const TEXT_BYTES_MAX: usize = 400_000;

/// A part of a question.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

pub(super) fn read(text: &str) -> kernel::error::Result<Vec<Foreign>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut xml = Reader::from_str(text);
    xml.config_mut().expand_empty_elements = true;
    let (mut line, mut counted) = (1_u64, 0);
    let (mut found, mut category) = (Vec::new(), None);
    let mut is_quiz = false;
    // The parts that are open, of the question outwards in.
    let mut open: Vec<Node> = Vec::new();
    let (mut begun, mut first_line, mut n_nodes) = (0, 1, 0);
    loop {
        let before = position(&xml);
        let event = xml.read_event();
        let passed = text.get(counted..before).unwrap_or_default();
        line += passed.bytes().filter(|byte| *byte == b'\n').count() as u64;
        counted = before;
        match event.map_err(|cause| broken(line, &cause.to_string()))? {
            Event::DocType(_) => return Err(broken(line, "it has a declaration of its own")),
            Event::Start(start) if !is_quiz => {
                if start.name().as_ref() != "quiz" {
                    return Err(broken(line, "it does not begin with `<quiz>`"));
                }
                is_quiz = true;
            }
            Event::Start(start) => {
                if open.is_empty() {
                    (begun, first_line, n_nodes) = (before, line, 0);
                }
                n_nodes += 1;
                if open.len() >= DEPTH_MAX || n_nodes > NODES_MAX {
                    return Err(broken(line, "it is deeper, or has more parts, than any question"));
                }
                open.push(node(&start));
            }
            Event::End(_) => {
                let Some(done) = open.pop() else { break };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None if done.kind() == "category" => {
                        category = done.child("category").map(|one| one.content().to_owned());
                    }
                    None => {
                        let source = text.get(begun..position(&xml)).unwrap_or_default();
                        found.push(foreign(&done, first_line, source, category.as_deref()));
                    }
                }
            }
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, text.as_ref()),
            Event::GeneralRef(entity) => {
                let letter = entity.resolve_char_ref().ok().flatten();
                match (letter, resolve_xml_entity(entity.as_ref())) {
                    (Some(letter), _) => push(&mut open, letter.encode_utf8(&mut [0; 4])),
                    (None, Some(known)) => push(&mut open, known),
                    (None, None) => {
                        return Err(broken(line, "it has an entity that nobody declared"));
                    }
                }
            }
            Event::Eof if is_quiz => return Err(broken(line, "it ends within the questions")),
            Event::Eof => return Err(broken(line, "it has no questions")),
            _ => {}
        }
    }
    Ok(found)
}

fn position(xml: &Reader<&[u8]>) -> usize {
    usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX)
}

fn node(start: &BytesStart<'_>) -> Node {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten().filter_map(|one| {
        let value = one.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
        Some((one.key.as_ref().to_owned(), value))
    });
    Node {
        name: start.name().as_ref().to_owned(),
        attributes: attributes.collect(),
        ..Node::default()
    }
}

fn push(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut()
        && node.text.len() < TEXT_BYTES_MAX
        && node.name != "file"
    {
        node.text.push_str(text);
    }
}

impl Node {
    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    fn kind(&self) -> &str {
        self.attribute("type").unwrap_or_default()
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its text, or that of the `<text>` in it.
    fn content(&self) -> &str {
        self.child("text").map_or(&self.text, |text| &text.text).trim()
    }

    fn content_of(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::content)
    }

    fn is_set(&self, name: &str) -> Option<bool> {
        match self.content_of(name) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// What it says in words, whatever format it is in.
    fn worded(&self) -> Result<String, Unfit> {
        if self.child("file").is_some() {
            return Err(Unfit::new("it shows a file", "ask it in words"));
        }
        let text = self.content();
        let is_html = match self.attribute("format") {
            Some("html") => true,
            Some("plain_text" | "markdown") => false,
            _ => text.contains("</") || text.contains("<br"),
        };
        if !is_html {
            return Ok(text.to_owned());
        }
        html::text_of(text).map_err(|tag| {
            Unfit::new(format!("it shows something that is no text, `<{tag}>`"), "ask it in words")
        })
    }

    /// The same of a part of it, where that says anything.
    fn worded_of(&self, name: &str) -> Result<Option<String>, Unfit> {
        let text = self.child(name).map(Self::worded).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    fn worth(&self) -> Decimal {
        self.attribute("fraction").and_then(Decimal::parse).unwrap_or(Decimal::ZERO)
    }
}

fn foreign(node: &Node, line: u64, source: &str, category: Option<&str>) -> Foreign {
    let name = node.content_of("name");
    let tags = node.child("tags").into_iter().flat_map(|tags| tags.all("tag"));
    let called = Called {
        id: Some(node.content_of("idnumber")).filter(|id| !id.is_empty()),
        name,
        tags: tags.map(|tag| tag.content().to_owned()).collect(),
        category,
    };
    let outcome = question(node).and_then(|said| called.complete(said));
    let name = if name.is_empty() { cut(node.content_of("questiontext")) } else { cut(name) };
    Foreign { line, name, source: source.to_owned(), outcome }
}

fn question(node: &Node) -> Result<Said, Unfit> {
    if node.name != "question" {
        return Err(Unfit::new(format!("`<{}>` is no question", cut(&node.name)), "leave it out"));
    }
    let text = node.worded_of("questiontext")?.unwrap_or_default();
    let mut said = match node.kind() {
        "multichoice" => {
            let is_single = node.is_set("single").unwrap_or(true);
            let choices = node.all("answer").map(|answer| choice(answer, true));
            options(is_single, &choices.collect::<Result<Vec<_>, _>>()?)?
        }
        "truefalse" => true_false(node)?,
        "shortanswer" => {
            let mut said = Said::of_kind("short_text");
            let answers = node.all("answer").map(|answer| choice(answer, false));
            let texts = accepted(&mut said, &answers.collect::<Result<Vec<_>, _>>()?)?;
            said.put("accepted", texts);
            if let Some(exact) = node.is_set("usecase") {
                said.put("exact", exact);
            }
            said
        }
        "numerical" => numerical(node)?,
        "matching" => matching(node)?,
        "ordering" => {
            let mut said = Said::of_kind("ordering");
            let items = node.all("answer").map(Node::worded);
            said.put("items", items.collect::<Result<Vec<_>, _>>()?);
            said
        }
        "cloze" => cloze::read(&text)?,
        "essay" => essay(node)?,
        other => return Err(of_another_kind(other)),
    };
    if !said.document.contains_key("text") {
        said.put("text", text);
    }
    if let Some(points) = Decimal::parse(node.content_of("defaultgrade")) {
        said.put("points", points.to_json());
    }
    if let Some(feedback) = node.worded_of("generalfeedback")? {
        said.put("feedback", feedback);
    }
    if ["single", "multiple", "matching"].iter().any(|kind| said.document["kind"] == *kind)
        && let Some(shuffle) = node.is_set("shuffleanswers")
    {
        said.put("shuffle", shuffle);
    }
    // What is hidden in Moodle is out of use, and kept for those who answered it.
    said.put("archived", node.is_set("hidden").unwrap_or(false));
    Ok(said)
}

fn of_another_kind(kind: &str) -> Unfit {
    let what = match kind {
        "calculated" | "calculatedsimple" | "calculatedmulti" => {
            "it reckons with other numbers each time"
        }
        "ddimageortext" | "ddmarker" | "ddwtos" => "something is dragged to its place",
        "gapselect" => "words are chosen for the gaps of a text",
        "randomsamatch" | "random" => "it is put together of others each time",
        "description" => "it is a text, and no question",
        _ => {
            return Unfit::new(
                format!("it is of the kind `{}`, which is unknown here", cut(kind)),
                "ask it as one of those that `lmsctl question add --help` names",
            );
        }
    };
    let message = format!("it is of the kind `{kind}`: {what}, which no question here can do");
    Unfit::new(message, "ask it in another way, or leave it out")
}

/// An option; or, where it is typed, a text in which stars may stand for anything.
fn choice(answer: &Node, is_option: bool) -> Result<Choice, Unfit> {
    let (text, stars) =
        if is_option { (answer.worded()?, (false, false)) } else { stars(answer.content()) };
    let feedback = answer.worded_of("feedback")?;
    Ok(Choice { text, worth: answer.worth(), feedback, stars })
}

fn true_false(node: &Node) -> Result<Said, Unfit> {
    let mut said = Said::of_kind("true_false");
    let right = node.all("answer").find(|answer| answer.worth() > Decimal::ZERO);
    let answer = match right.map(|answer| answer.content().to_lowercase()).as_deref() {
        Some("true") => true,
        Some("false") => false,
        _ => return Err(Unfit::new("neither true nor false is right", "say which one is")),
    };
    said.put("answer", answer);
    for answer in node.all("answer") {
        if answer.worded_of("feedback")?.is_some() {
            said.note(format!("what it says to `{}`", cut(answer.content())));
        }
    }
    Ok(said)
}

fn numerical(node: &Node) -> Result<Said, Unfit> {
    let mut said = Said::of_kind("numeric");
    let mut answers = Vec::new();
    for answer in node.all("answer") {
        let tolerance = answer.child("tolerance").map_or("0", Node::content);
        let Some(tolerance) = Decimal::parse(if tolerance.is_empty() { "0" } else { tolerance })
        else {
            return Err(Unfit::new(
                format!("the tolerance `{}` is no number", cut(tolerance)),
                "write digits, with a point before the decimals",
            ));
        };
        if answer.worded_of("feedback")?.is_some() {
            said.note(format!("what it says to the answer `{}`", cut(answer.content())));
        }
        answers.push((Decimal::parse(answer.content()), tolerance, answer.worth()));
    }
    number(&mut said, &answers)?;
    let units = node.child("units").into_iter().flat_map(|units| units.all("unit"));
    let units: Vec<&str> = units.map(|unit| unit.content_of("unit_name")).collect();
    match units.as_slice() {
        [] => {}
        [unit] => said.put("unit", *unit),
        _ => {
            return Err(Unfit::new(
                "its number may have several units",
                "a number has one unit here: leave the others out",
            ));
        }
    }
    Ok(said)
}

fn matching(node: &Node) -> Result<Said, Unfit> {
    let (mut pairs, mut distractors) = (Vec::new(), Vec::new());
    for pair in node.all("subquestion") {
        let left = pair.worded()?;
        // What is chosen from is plain text, whatever stands on the left.
        let right = pair.content_of("answer").to_owned();
        if left.is_empty() {
            distractors.push(right);
        } else {
            pairs.push(json!({ "left": left, "right": right }));
        }
    }
    let mut said = Said::of_kind("matching");
    said.put("pairs", pairs);
    said.put("distractors", if distractors.is_empty() { Json::Null } else { json!(distractors) });
    Ok(said)
}

fn essay(node: &Node) -> Result<Said, Unfit> {
    let mut said = Said::of_kind("essay");
    if let Some(guide) = node.worded_of("graderinfo")? {
        said.put("guide", guide);
    }
    match node.content_of("maxwordlimit").parse::<i64>() {
        Ok(words_max) if words_max > 0 => said.put("words_max", words_max),
        _ => {}
    }
    if node.worded_of("responsetemplate")?.is_some() {
        said.note("the text with which an answer begins");
    }
    Ok(said)
}
