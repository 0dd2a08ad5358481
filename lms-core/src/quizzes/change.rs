//! Making and changing single questions and quizzes.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::bank::tag;
use super::find;
use super::inputs::{
    BESIDE_QUESTION, BESIDE_QUIZ, NewQuestion, NewQuiz, QuestionChange, QuizChange,
};
use super::problems::{Problems, refusal};
use super::save::{self, Decision, ImportStep, Known, differences};
use super::types::{Question, Quiz};
use super::wanted::Wanted;
use super::{IN_USE, INVALID, QUESTION_EXISTS, QUIZ_EXISTS, Quizzes, STALE};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::operations::{Changed, OperationId, Write, refuse_changed};

pub(super) async fn add_questions(
    core: &Core,
    actor: &Actor,
    new: Vec<NewQuestion>,
) -> Result<Vec<Question>> {
    let documents: Vec<Json> = new.into_iter().map(|new| Json::Object(new.document)).collect();
    let wanted = read(|problems| Wanted::read(&documents, &[], problems))?;
    let mut write = Write::begin(core, actor).await?;
    let keys: Vec<String> = wanted.questions.keys().cloned().collect();
    let known = Known::load(&mut write.tx, keys.iter().cloned().collect()).await?;
    refuse_twice(&known)?;
    settle(&mut write, "question.created", &known, wanted).await?;
    let made = page_of(&mut write, &keys).await?;
    write.commit().await?;
    Ok(made)
}

/// The questions of these keys, as they are now.
async fn page_of(write: &mut Write, keys: &[String]) -> Result<Vec<Question>> {
    let bank = find::bank(&mut write.tx).await?;
    let ids: Vec<_> =
        keys.iter().filter_map(|key| bank.entries.get(key)).map(|entry| entry.id).collect();
    let rows = find::question_rows(&mut write.tx, &ids).await?;
    find::told_questions(&mut write.tx, rows).await
}

pub(super) async fn add_question(
    core: &Core,
    actor: &Actor,
    new: NewQuestion,
) -> Result<Changed<Question>> {
    let document = Json::Object(new.document);
    let wanted = read(|problems| Wanted::question(&document, problems))?;
    let mut write = Write::begin(core, actor).await?;
    let known = Known::load(&mut write.tx, wanted.questions.keys().cloned().collect()).await?;
    refuse_twice(&known)?;
    let (mut code, mut changed) = (String::new(), Vec::new());
    for question in wanted.questions.values() {
        code.clone_from(&question.code);
        changed = differences(&Map::new(), &question.document());
    }
    let (_, operation) = settle(&mut write, "question.created", &known, wanted).await?;
    let value = find::question_in(&mut write.tx, &code).await?;
    write.commit().await?;
    Ok(Changed { value, changed, operation })
}

/// Refuses questions that are there already.
fn refuse_twice(known: &Known) -> Result<()> {
    match known.questions.values().next() {
        None => Ok(()),
        Some(there) => Err(QUESTION_EXISTS
            .error(format!("there is a question `{}` already", there.row.code))
            .with_field("code")
            .with_hint("choose another code, or edit the one that is there")),
    }
}

pub(super) async fn edit_question(
    quizzes: &Quizzes<'_>,
    actor: &Actor,
    kind: &'static str,
    name: &str,
    change: QuestionChange,
) -> Result<Changed<Question>> {
    let mut write = Write::begin(quizzes.core, actor).await?;
    let key = find::question_key(&mut write.tx, name).await?;
    let known = Known::load(&mut write.tx, BTreeSet::from([key.clone()])).await?;
    let Some(there) = known.questions.get(&key) else {
        return Err(find::unknown_question(&known.bank, name));
    };
    refuse_changed(&STALE, "question", quizzes.unchanged_since, there.row.updated_at)?;
    let mut document = anew(there.is.document(), change.definition, BESIDE_QUESTION);
    keep_code(&change.fields, &there.row.code)?;
    patch(&mut document, change.fields);
    if !change.tags_added.is_empty() || !change.tags_removed.is_empty() {
        let mut tags = there.is.tags.clone();
        for text in &change.tags_added {
            tags.insert(tag(text)?);
        }
        for text in &change.tags_removed {
            tags.remove(&tag(text)?);
        }
        document.insert("tags".to_owned(), tags.into_iter().collect());
    }
    let document = Json::Object(document);
    let wanted = read(|problems| Wanted::question(&document, problems))?;
    let (mut steps, operation) = settle(&mut write, kind, &known, wanted).await?;
    let value = find::question_in(&mut write.tx, name).await?;
    write.commit().await?;
    let changed = steps.pop().map(|step| step.changed).unwrap_or_default();
    Ok(Changed { value, changed, operation })
}

pub(super) async fn add_quiz(core: &Core, actor: &Actor, new: NewQuiz) -> Result<Changed<Quiz>> {
    let document = Json::Object(new.document);
    let wanted = read(|problems| Wanted::quiz(&document, problems))?;
    let mut write = Write::begin(core, actor).await?;
    let known = Known::load(&mut write.tx, BTreeSet::new()).await?;
    let (mut code, mut changed) = (String::new(), Vec::new());
    for (key, quiz) in &wanted.quizzes {
        if let Some(there) = known.quizzes.get(key) {
            return Err(QUIZ_EXISTS
                .error(format!("there is a quiz `{}` already", there.row.code))
                .with_field("code")
                .with_hint("choose another code, or edit the one that is there"));
        }
        code.clone_from(&quiz.code);
        changed = differences(&Map::new(), &quiz.document());
    }
    let (_, operation) = settle(&mut write, "quiz.created", &known, wanted).await?;
    let value = find::told_quiz(find::quiz_row(&mut write.tx, &code).await?)?;
    write.commit().await?;
    Ok(Changed { value, changed, operation })
}

pub(super) async fn edit_quiz(
    quizzes: &Quizzes<'_>,
    actor: &Actor,
    name: &str,
    change: QuizChange,
) -> Result<Changed<Quiz>> {
    let mut write = Write::begin(quizzes.core, actor).await?;
    let key = find::quiz_key(&mut write.tx, name).await?;
    let known = Known::load(&mut write.tx, BTreeSet::new()).await?;
    let Some(there) = known.quizzes.get(&key) else {
        let all = known.quizzes.values().map(|quiz| quiz.row.code.as_str());
        return Err(find::unknown_quiz(name, all));
    };
    refuse_changed(&STALE, "quiz", quizzes.unchanged_since, there.row.updated_at)?;
    let mut document = anew(there.is.document(), change.definition, BESIDE_QUIZ);
    keep_code(&change.fields, &there.row.code)?;
    patch(&mut document, change.fields);
    let document = Json::Object(document);
    let wanted = read(|problems| Wanted::quiz(&document, problems))?;
    let (mut steps, operation) = settle(&mut write, "quiz.changed", &known, wanted).await?;
    let value = find::told_quiz(find::quiz_row(&mut write.tx, name).await?)?;
    write.commit().await?;
    let changed = steps.pop().map(|step| step.changed).unwrap_or_default();
    Ok(Changed { value, changed, operation })
}

/// Reads documents, or tells all that is wrong with them.
fn read(documents: impl FnOnce(&Problems) -> Wanted) -> Result<Wanted> {
    let problems = Problems::default();
    let wanted = documents(&problems);
    refusal(&INVALID, &problems.into_vec()).map_or(Ok(wanted), Err)
}

/// What is there, or another definition with what stands beside the one that is there.
fn anew(
    mut there: Map<String, Json>,
    definition: Option<Map<String, Json>>,
    beside: &[&str],
) -> Map<String, Json> {
    let Some(mut definition) = definition else { return there };
    definition.extend(beside.iter().filter_map(|name| there.remove_entry(*name)));
    definition
}

/// Codes stay: files, quizzes and trainings call by them.
fn keep_code(fields: &Map<String, Json>, code: &str) -> Result<()> {
    match fields.get("code").and_then(Json::as_str) {
        Some(other) if fold(other) != fold(code) => {
            Err(Error::invalid("code", format!("the code of `{code}` cannot be changed"))
                .with_hint("files and quizzes call it so; make another one, and archive this one"))
        }
        _ => Ok(()),
    }
}

fn patch(document: &mut Map<String, Json>, fields: Map<String, Json>) {
    for (name, value) in fields {
        if value.is_null() {
            document.remove(&name);
        } else {
            document.insert(name, value);
        }
    }
}

/// Decides, refuses or writes.
async fn settle(
    write: &mut Write,
    kind: &'static str,
    known: &Known,
    mut wanted: Wanted,
) -> Result<(Vec<ImportStep>, Option<OperationId>)> {
    let decision = known.decide(&mut wanted);
    decision.refuse()?;
    let operation = save::write(write, kind, known, &wanted).await?;
    Ok((decision.steps, operation))
}

impl Decision {
    /// Fails where anything is wrong with what is wanted, or would be with what is there.
    pub(super) fn refuse(&self) -> Result<()> {
        if let Some(error) = refusal(&INVALID, &self.problems) {
            return Err(error);
        }
        match refusal(&IN_USE, &self.conflicts) {
            Some(error) => Err(error.with_hint("change or archive first what asks for it")),
            None => Ok(()),
        }
    }
}
