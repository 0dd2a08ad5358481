//! Questions out of files of other programs, held against those that are there. What a file does not say of a
//! question stays as it is; a question that a quiz needs as it is stays as well, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::bank::Bank;
use super::definition::{Body, Definition};
use super::problems::{Place, Problem, Problems};
use super::save::{self, ImportStep, Known};
use super::wanted::{Wanted, WantedQuestion};
use super::{IN_USE, INVALID};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::operations::{OperationId, Write};

/// What is recorded of an import of questions.
pub(crate) const IMPORTED: &str = "question.imported";
/// What a question may say whatever its kind.
const OF_EVERY_KIND: [&str; 5] = ["code", "tags", "archived", "points", "feedback"];

/// Fields of a document, with nothing for what is no longer so; there is a code.
pub(crate) type SaidQuestion = Map<String, Json>;

/// What becomes of one.
#[derive(Debug)]
pub(crate) enum QuestionFate {
    /// It is made, changed, or as it was.
    Lands(ImportStep),
    /// These say something else of the same question.
    Clashes(Vec<usize>),
    /// It is wrong, or a quiz needs what is there.
    Refused(Vec<Error>),
}

/// Makes and changes questions, as far as that can be: what becomes of each, and what was done.
pub(crate) async fn deliver(
    write: &mut Write,
    said: &[SaidQuestion],
) -> Result<(Vec<QuestionFate>, Option<OperationId>)> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, question) in said.iter().enumerate() {
        let code = question.get("code").and_then(Json::as_str).unwrap_or_default();
        places.entry(fold(code)).or_default().push(at);
    }
    let known = Known::load(&mut write.tx, places.keys().cloned().collect()).await?;
    let mut fates: Vec<Option<QuestionFate>> = said.iter().map(|_| None).collect();
    let mut wanted = Wanted::default();
    for (key, at) in &places {
        let first = &said[at[0]];
        if at.iter().any(|at| said[*at] != *first) {
            for one in at {
                fates[*one] = Some(QuestionFate::Clashes(at.clone()));
            }
            continue;
        }
        let there = known.questions.get(key).map(|known| &known.is);
        let problems = match landed(there, first) {
            Ok(question) => {
                wanted.questions.insert(key.clone(), question);
                continue;
            }
            Err(problems) => problems,
        };
        for one in at {
            let errors = problems.iter().map(|problem| {
                let error = INVALID.error(problem.message.clone());
                problem.path.iter().fold(error, Error::with_field)
            });
            fates[*one] = Some(QuestionFate::Refused(errors.collect()));
        }
    }
    for (key, why) in known.hold_back(&mut wanted) {
        for at in places.get(&key).into_iter().flatten() {
            let error = IN_USE
                .error(why.clone())
                .with_field("tags")
                .with_hint("change or archive first what asks for it");
            fates[*at] = Some(QuestionFate::Refused(vec![error]));
        }
    }
    let mut steps: BTreeMap<String, ImportStep> = BTreeMap::new();
    for step in known.decide(&mut wanted).steps {
        steps.insert(fold(&step.code), step);
    }
    for (key, at) in &places {
        let Some(step) = steps.remove(key) else { continue };
        // The same row once more says nothing new.
        for later in at.iter().skip(1) {
            fates[*later] = Some(QuestionFate::Lands(step.as_kept()));
        }
        fates[at[0]] = Some(QuestionFate::Lands(step));
    }
    let operation = save::write(write, IMPORTED, &known, &wanted).await?;
    Ok((fates.into_iter().flatten().collect(), operation))
}

/// The question that comes of what is said, over what is there; or all that is wrong with it.
pub(crate) fn landed(
    there: Option<&WantedQuestion>,
    said: &SaidQuestion,
) -> std::result::Result<WantedQuestion, Vec<Problem>> {
    let document = over(there.map(WantedQuestion::document), said.clone());
    let problems = Problems::default();
    let read = Wanted::question(&Json::Object(document), &problems).questions;
    let problems = problems.into_vec();
    let Some(mut question) = read.into_values().next().filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    if let Some(there) = there {
        keep_names_of_gaps(&there.definition, &mut question.definition);
    }
    Ok(question)
}

/// What is said, over what is there. Of another kind of question nothing is left but what every kind has.
fn over(there: Option<Map<String, Json>>, mut said: SaidQuestion) -> Map<String, Json> {
    let mut document = there.unwrap_or_default();
    if document.get("kind") == said.get("kind") {
        keep_feedback(&document, &mut said);
    } else {
        document.retain(|name, _| OF_EVERY_KIND.contains(&name.as_str()));
    }
    for (name, value) in said {
        if value.is_null() {
            document.remove(&name);
        } else {
            document.insert(name, value);
        }
    }
    document
}

/// What an option says to those who choose it stays, where a file says nothing of any.
fn keep_feedback(there: &Map<String, Json>, said: &mut SaidQuestion) {
    let Some(Json::Array(options)) = said.get_mut("options") else { return };
    if options.iter().any(|option| option.get("feedback").is_some()) {
        return;
    }
    let before = there.get("options").and_then(Json::as_array);
    for option in options {
        let same = before.into_iter().flatten().find(|one| one.get("text") == option.get("text"));
        let feedback = same.and_then(|same| same.get("feedback")).cloned();
        if let (Some(feedback), Json::Object(option)) = (feedback, option) {
            option.insert("feedback".to_owned(), feedback);
        }
    }
}

/// Files count gaps, which have names here: where nothing but those is different, they stay.
fn keep_names_of_gaps(there: &Definition, read: &mut Definition) {
    let (Body::FillIn { parts: before, gaps: named }, Body::FillIn { parts, gaps }) =
        (&there.body, &mut read.body)
    else {
        return;
    };
    let are_counted = gaps.iter().zip(1_usize..).all(|(gap, n)| gap.name == n.to_string());
    if are_counted && before == parts {
        for (gap, named) in gaps.iter_mut().zip(named) {
            gap.name.clone_from(&named.name);
        }
        read.text.clone_from(&there.text);
    }
}

impl Known {
    /// Takes out of what is wanted what some quiz could not be asked in full with; why, by the key of the question.
    pub(super) fn hold_back(&self, wanted: &mut Wanted) -> BTreeMap<String, String> {
        let mut held = BTreeMap::new();
        loop {
            let found = self.needed(wanted);
            if found.is_empty() {
                return held;
            }
            for (key, why) in found {
                wanted.questions.remove(&key);
                held.insert(key, why);
            }
        }
    }

    /// Questions that quizzes need as they are.
    fn needed(&self, wanted: &Wanted) -> BTreeMap<String, String> {
        let bank = self.bank_with(wanted);
        let mut needed = BTreeMap::new();
        for quiz in self.quizzes.values().filter(|quiz| !quiz.is.archived) {
            let told = format!("quiz {}", quiz.is.code);
            let problems = |bank: &Bank| {
                let problems = Problems::default();
                let place = Place::elsewhere(told.clone());
                bank.check(&place, &quiz.is.definition, &problems);
                problems.into_vec()
            };
            let Some(first) = problems(&bank).into_iter().next() else { continue };
            if !problems(&self.bank).is_empty() {
                continue;
            }
            let sections = &quiz.is.definition.sections;
            let named: BTreeSet<String> = sections
                .iter()
                .flat_map(|section| &section.questions)
                .map(|code| fold(code))
                .collect();
            let drawn: BTreeSet<&String> =
                sections.iter().filter_map(|section| Some(&section.draw.as_ref()?.tag)).collect();
            for (key, question) in &wanted.questions {
                let Some(entry) = self.bank.entries.get(key) else { continue };
                let goes = question.archived && !entry.archived;
                let untagged = entry
                    .tags
                    .iter()
                    .any(|tag| drawn.contains(tag) && !question.tags.contains(tag));
                let is_drawn = entry.tags.iter().any(|tag| drawn.contains(tag));
                if untagged || (goes && (is_drawn || named.contains(key))) {
                    needed.insert(key.clone(), format!("{}: {}", first.place, first.message));
                }
            }
        }
        needed
    }
}
