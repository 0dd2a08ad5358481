//! Making and changing single questions and quizzes.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::bank::tag;
use super::find;
use super::inputs::{NewQuestion, NewQuiz, QuestionChange, QuizChange};
use super::problems::{Problems, refusal};
use super::save::{self, Decision, ImportStep, Known};
use super::types::{Question, Quiz};
use super::wanted::Wanted;
use super::{IN_USE, INVALID, QUESTION_EXISTS, QUIZ_EXISTS};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::operations::{Changed, OperationId, Write};

pub(super) async fn add_questions(
    core: &Core,
    actor: &Actor,
    new: Vec<NewQuestion>,
) -> Result<Vec<Question>> {
    let documents: Vec<Json> = new.into_iter().map(|new| Json::Object(new.document)).collect();
    let wanted = read(&documents, &[])?;
    let mut write = Write::begin(core, actor).await?;
    let keys: Vec<String> = wanted.questions.keys().cloned().collect();
    let known = Known::load(&mut write.tx, keys.iter().cloned().collect()).await?;
    if let Some(there) = known.questions.values().next() {
        return Err(QUESTION_EXISTS
            .error(format!("there is a question `{}` already", there.row.code))
            .with_field("code")
            .with_hint("choose another code, or edit the one that is there"));
    }
    settle(&mut write, "question.created", &known, wanted).await?;
    let mut made = Vec::with_capacity(keys.len());
    for question in page_of(&mut write, &keys).await? {
        made.push(question);
    }
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

pub(super) async fn edit_question(
    core: &Core,
    actor: &Actor,
    kind: &'static str,
    code: &str,
    change: QuestionChange,
) -> Result<Changed<Question>> {
    let mut write = Write::begin(core, actor).await?;
    let key = fold(code);
    let known = Known::load(&mut write.tx, BTreeSet::from([key.clone()])).await?;
    let Some(there) = known.questions.get(&key) else {
        return Err(find::unknown_question(&known.bank, code));
    };
    let mut document = there.is.document();
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
    let wanted = read(&[Json::Object(document)], &[])?;
    let (mut steps, operation) = settle(&mut write, kind, &known, wanted).await?;
    let value = find::question_in(&mut write.tx, code).await?;
    write.commit().await?;
    let changed = steps.pop().map(|step| step.changed).unwrap_or_default();
    Ok(Changed { value, changed, operation })
}

pub(super) async fn add_quiz(core: &Core, actor: &Actor, new: NewQuiz) -> Result<Quiz> {
    let wanted = read(&[], &[Json::Object(new.document)])?;
    let mut write = Write::begin(core, actor).await?;
    let known = Known::load(&mut write.tx, BTreeSet::new()).await?;
    let mut code = String::new();
    for (key, quiz) in &wanted.quizzes {
        if let Some(there) = known.quizzes.get(key) {
            return Err(QUIZ_EXISTS
                .error(format!("there is a quiz `{}` already", there.row.code))
                .with_field("code")
                .with_hint("choose another code, or edit the one that is there"));
        }
        code.clone_from(&quiz.code);
    }
    settle(&mut write, "quiz.created", &known, wanted).await?;
    let made = find::told_quiz(find::quiz_row(&mut write.tx, &code).await?)?;
    write.commit().await?;
    Ok(made)
}

pub(super) async fn edit_quiz(
    core: &Core,
    actor: &Actor,
    code: &str,
    change: QuizChange,
) -> Result<Changed<Quiz>> {
    let mut write = Write::begin(core, actor).await?;
    let known = Known::load(&mut write.tx, BTreeSet::new()).await?;
    let Some(there) = known.quizzes.get(&fold(code)) else {
        let all = known.quizzes.values().map(|quiz| quiz.row.code.as_str());
        return Err(find::unknown_quiz(code, all));
    };
    let mut document = there.is.document();
    keep_code(&change.fields, &there.row.code)?;
    patch(&mut document, change.fields);
    let wanted = read(&[], &[Json::Object(document)])?;
    let (mut steps, operation) = settle(&mut write, "quiz.changed", &known, wanted).await?;
    let value = find::told_quiz(find::quiz_row(&mut write.tx, code).await?)?;
    write.commit().await?;
    let changed = steps.pop().map(|step| step.changed).unwrap_or_default();
    Ok(Changed { value, changed, operation })
}

/// Reads documents, or tells all that is wrong with them.
fn read(questions: &[Json], quizzes: &[Json]) -> Result<Wanted> {
    let problems = Problems::default();
    let wanted = Wanted::read(questions, quizzes, &problems);
    refusal(&INVALID, &problems.into_vec()).map_or(Ok(wanted), Err)
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
