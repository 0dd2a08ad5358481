//! The one way in which questions and quizzes are written: what is wanted is held against what is
//! there, and the difference is written in sets. One question and a file of thousands go the same
//! way.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::bank::{Bank, Entry};
use super::find;
use super::problems::{Place, Problem, Problems};
use super::sql::{self, AskedRow, QuestionRow, QuizRow};
use super::wanted::{Wanted, WantedQuestion, WantedQuiz, stored_definition, stored_quiz};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{
    QUESTION_TAGS, QUESTION_VERSIONS, QUESTIONS, QUIZ_VERSIONS, QUIZZES,
};
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::fold::words;
use crate::operations::{FieldChange, Operation, OperationId, Write};

/// More ids than these in one event nobody wants to receive.
const EVENT_IDS_MAX: usize = 1_000;

/// What happens to one question or quiz.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportStep {
    /// `question` or `quiz`.
    pub subject: &'static str,
    /// Its code.
    pub code: String,
    /// What happens to it.
    pub action: StepAction,
    /// The fields that change.
    pub changed: Vec<FieldChange>,
}

/// What happens to something.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAction {
    /// It is made.
    Create,
    /// It is changed.
    Change,
    /// It is as it shall be.
    Keep,
}

impl StepAction {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Keep => "keep",
        }
    }
}

/// What is there: the bank, the questions that are wanted, and all quizzes.
pub(crate) struct Known {
    pub(crate) bank: Bank,
    pub(crate) questions: BTreeMap<String, KnownQuestion>,
    pub(crate) quizzes: BTreeMap<String, KnownQuiz>,
    /// The trainings that ask a quiz, by its folded code.
    pub(crate) asked_by: BTreeMap<String, Vec<String>>,
}

pub(crate) struct KnownQuestion {
    pub(crate) row: QuestionRow,
    pub(crate) is: WantedQuestion,
}

pub(crate) struct KnownQuiz {
    pub(crate) row: QuizRow,
    pub(crate) is: WantedQuiz,
}

/// What to do, and what stands in the way.
pub(crate) struct Decision {
    pub(crate) steps: Vec<ImportStep>,
    /// What is wrong with what is wanted.
    pub(crate) problems: Vec<Problem>,
    /// What would be wrong with quizzes that nobody asked to change.
    pub(crate) conflicts: Vec<Problem>,
}

impl Known {
    /// Loads what a decision about these questions needs.
    pub(crate) async fn load(tx: &mut Tx, questions: BTreeSet<String>) -> Result<Self> {
        let bank = find::bank(tx).await?;
        let ids: Vec<Uuid> = questions
            .iter()
            .filter_map(|key| bank.entries.get(key))
            .map(|entry| entry.id)
            .collect();
        let mut known = Self {
            bank,
            questions: BTreeMap::new(),
            quizzes: BTreeMap::new(),
            asked_by: BTreeMap::new(),
        };
        for row in find::question_rows(tx, &ids).await? {
            let tags = known.bank.entries.get(&row.code_key).map(|entry| entry.tags.clone());
            let is = WantedQuestion {
                code: row.code.clone(),
                tags: tags.unwrap_or_default(),
                archived: row.archived_at.is_some(),
                definition: stored_definition(&row.code, &row.definition)?,
            };
            known.questions.insert(row.code_key.clone(), KnownQuestion { row, is });
        }
        let rows: Vec<QuizRow> = tx.sql(&sql::QUIZ_DEFINITIONS).all().await?;
        for row in rows {
            let is = WantedQuiz {
                code: row.code.clone(),
                archived: row.archived_at.is_some(),
                definition: stored_quiz(&row.code, &row.definition)?,
            };
            known.quizzes.insert(row.code_key.clone(), KnownQuiz { row, is });
        }
        let asked: Vec<AskedRow> = tx.sql(&sql::ASKED_BY).all().await?;
        for row in asked {
            known.asked_by.entry(row.code_key).or_default().push(row.training);
        }
        Ok(known)
    }

    /// Decides what to do; codes that are there keep their spelling.
    pub(crate) fn decide(&self, wanted: &mut Wanted) -> Decision {
        let mut steps = Vec::with_capacity(wanted.questions.len() + wanted.quizzes.len());
        for (key, question) in &mut wanted.questions {
            let known = self.questions.get(key);
            if let Some(known) = known {
                question.code.clone_from(&known.row.code);
            }
            let before = known.map(|known| known.is.document());
            steps.push(step("question", &question.code, before, question.document()));
        }
        let bank = self.bank_with(wanted);
        for (key, quiz) in &mut wanted.quizzes {
            let known = self.quizzes.get(key);
            if let Some(known) = known {
                quiz.code.clone_from(&known.row.code);
            }
            let before = known.map(|known| known.is.document());
            steps.push(step("quiz", &quiz.code, before, quiz.document()));
        }
        let (problems, conflicts) = (Problems::default(), Problems::default());
        for (key, quiz) in wanted.quizzes.iter().filter(|(_, quiz)| !quiz.archived) {
            let told = format!("quiz {}", quiz.code);
            let place = match wanted.quiz_places.get(key) {
                Some(place) => place.clone().told(told),
                None => Place::elsewhere(told),
            };
            bank.check(&place, &quiz.definition, &problems);
        }
        let others = self.quizzes.iter().filter(|(key, _)| !wanted.quizzes.contains_key(*key));
        for (_, other) in others.filter(|(_, other)| !other.is.archived) {
            let place = Place::elsewhere(format!("quiz {}", other.is.code));
            bank.check(&place, &other.is.definition, &conflicts);
        }
        for (key, quiz) in wanted.quizzes.iter().filter(|(_, quiz)| quiz.archived) {
            if let Some(trainings) = self.asked_by.get(key) {
                let place = Place::elsewhere(format!("quiz {}", quiz.code));
                conflicts.add(&place, format!("it is asked in {}", trainings.join(", ")));
            }
        }
        Decision { steps, problems: problems.into_vec(), conflicts: conflicts.into_vec() }
    }

    /// The bank as it would be.
    pub(super) fn bank_with(&self, wanted: &Wanted) -> Bank {
        let mut bank = self.bank.clone();
        for (key, question) in &wanted.questions {
            let entry = Entry {
                id: self.questions.get(key).map_or(Uuid::nil(), |known| known.row.id),
                code: question.code.clone(),
                archived: question.archived,
                tags: question.tags.clone(),
            };
            bank.entries.insert(key.clone(), entry);
        }
        bank
    }
}

impl ImportStep {
    /// The same once more, which changes nothing.
    pub(super) fn as_kept(&self) -> Self {
        Self { action: StepAction::Keep, changed: Vec::new(), ..self.clone() }
    }
}

fn step(
    subject: &'static str,
    code: &str,
    before: Option<Map<String, Json>>,
    after: Map<String, Json>,
) -> ImportStep {
    let action = match &before {
        None => StepAction::Create,
        Some(before) if *before == after => StepAction::Keep,
        Some(_) => StepAction::Change,
    };
    let changed = match before {
        Some(before) => differences(&before, &after),
        None => Vec::new(),
    };
    ImportStep { subject, code: code.to_owned(), action, changed }
}

/// The fields in which two documents differ, as text.
pub(super) fn differences(
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |document: &Map<String, Json>, name: &str| match document.get(name) {
        None => None,
        Some(Json::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            before: text(before, name),
            after: text(after, name),
        })
        .collect()
}

/// The fields of a document that the other has not or has otherwise.
fn beyond(document: &Map<String, Json>, other: &Map<String, Json>) -> Map<String, Json> {
    let fields = document.iter().filter(|(name, value)| other.get(*name) != Some(value));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Rows on their way into the tables.
#[derive(Default)]
struct Rows {
    heads: Vec<Vec<Value>>,
    versions: Vec<Vec<Value>>,
    tags: Vec<Vec<Value>>,
    created: Vec<Uuid>,
    changed: Vec<Uuid>,
}

/// Writes what differs, and records it as one operation; nothing where nothing differs.
pub(crate) async fn write(
    write: &mut Write,
    kind: &'static str,
    known: &Known,
    wanted: &Wanted,
) -> Result<Option<OperationId>> {
    let is_question = |(key, question): (&String, &WantedQuestion)| {
        known.questions.get(key).is_some_and(|known| known.is == *question)
    };
    let is_quiz = |(key, quiz): (&String, &WantedQuiz)| {
        known.quizzes.get(key).is_some_and(|known| known.is == *quiz)
    };
    if wanted.questions.iter().all(is_question) && wanted.quizzes.iter().all(is_quiz) {
        return Ok(None);
    }
    let operation = write_into(write, Operation::new(kind), known, wanted).await?;
    Ok(Some(write.record(operation)))
}

/// Writes what differs, as part of an operation that somebody else records.
pub(super) async fn write_into(
    write: &mut Write,
    mut operation: Operation,
    known: &Known,
    wanted: &Wanted,
) -> Result<Operation> {
    let (mut questions, mut quizzes) = (Rows::default(), Rows::default());
    for (key, question) in &wanted.questions {
        let before = known.questions.get(key);
        let (was, after) = (before.map(|before| before.is.document()), question.document());
        if was.as_ref() == Some(&after) {
            continue;
        }
        let id = questions.note(write, before.map(|before| before.row.id));
        operation = changed(operation, "question", id, was.as_ref(), &after);
        question_rows(write, &mut questions, key, id, before, question);
    }
    for (key, quiz) in &wanted.quizzes {
        let before = known.quizzes.get(key);
        let (was, after) = (before.map(|before| before.is.document()), quiz.document());
        if was.as_ref() == Some(&after) {
            continue;
        }
        let id = quizzes.note(write, before.map(|before| before.row.id));
        operation = changed(operation, "quiz", id, was.as_ref(), &after);
        quiz_rows(write, &mut quizzes, key, id, before, quiz);
    }
    let both = |one: &Vec<Uuid>, other: &Vec<Uuid>| one.len() + other.len();
    let operation = counted(operation, "created", both(&questions.created, &quizzes.created));
    let operation = counted(operation, "changed", both(&questions.changed, &quizzes.changed));
    let operation = events(operation, "question.created", "question_ids", &questions.created);
    let operation = events(operation, "question.changed", "question_ids", &questions.changed);
    let operation = events(operation, "quiz.created", "quiz_ids", &quizzes.created);
    let operation = events(operation, "quiz.changed", "quiz_ids", &quizzes.changed);

    let tx = &mut write.tx;
    bulk::upsert(tx, &QUESTIONS, questions.heads).await?;
    bulk::insert(tx, &QUESTION_VERSIONS, questions.versions).await?;
    if !questions.changed.is_empty() {
        let changed = IdList::new(questions.changed);
        Assembly::new(sql::DELETE_TAGS_OF).bind_ids(&changed).on(tx).run().await?;
    }
    bulk::insert(tx, &QUESTION_TAGS, questions.tags).await?;
    bulk::upsert(tx, &QUIZZES, quizzes.heads).await?;
    bulk::insert(tx, &QUIZ_VERSIONS, quizzes.versions).await?;
    Ok(operation)
}

impl Rows {
    /// The id of what is made or changed.
    fn note(&mut self, write: &Write, known: Option<Uuid>) -> Uuid {
        let id = known.unwrap_or_else(|| write.ctx.new_id());
        if known.is_some() {
            self.changed.push(id);
        } else {
            self.created.push(id);
        }
        id
    }
}

/// A count, where there is anything to count.
fn counted(operation: Operation, name: &str, count: usize) -> Operation {
    match i64::try_from(count).unwrap_or(i64::MAX) {
        0 => operation,
        count => operation.count(name, count),
    }
}

fn changed(
    operation: Operation,
    subject: &'static str,
    id: Uuid,
    before: Option<&Map<String, Json>>,
    after: &Map<String, Json>,
) -> Operation {
    let nothing = Map::new();
    let was = before.map(|before| beyond(before, after));
    let is = beyond(after, before.unwrap_or(&nothing));
    operation.change(subject, Some(id), was.as_ref(), Some(&is))
}

fn events(operation: Operation, name: &'static str, field: &str, ids: &[Uuid]) -> Operation {
    ids.chunks(EVENT_IDS_MAX)
        .fold(operation, |operation, ids| operation.event(name, None, json!({ field: ids })))
}

/// Since when it is archived, where it is.
fn archived_at(archived: bool, before: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    archived.then(|| before.unwrap_or(now))
}

/// The version that comes next, or stays.
fn version(known: Option<(i64, &str)>, definition: &str) -> (i64, bool) {
    match known {
        Some((version, same)) if same == definition => (version, false),
        Some((version, _)) => (version + 1, true),
        None => (1, true),
    }
}

/// Words in front of which a blank stands, so that their beginnings can be found.
fn search_key(texts: &[&str]) -> String {
    let words = texts.iter().flat_map(|text| words(text)).collect::<BTreeSet<_>>();
    words.into_iter().fold(String::new(), |key, word| key + " " + &word)
}

fn question_rows(
    write: &Write,
    rows: &mut Rows,
    key: &str,
    id: Uuid,
    before: Option<&KnownQuestion>,
    question: &WantedQuestion,
) {
    let now = write.ctx.now;
    let row = before.map(|before| &before.row);
    let definition = Json::Object(question.definition.document()).to_string();
    let known = row.map(|row| (row.version, row.definition.as_str()));
    let (version, is_new) = version(known, &definition);
    rows.heads.push(vec![
        id.into_value(),
        question.code.as_str().into_value(),
        key.into_value(),
        question.definition.kind().as_str().into_value(),
        version.into_value(),
        search_key(&[&question.code, &question.definition.text]).into_value(),
        archived_at(question.archived, row.and_then(|row| row.archived_at), now).into_value(),
        row.map_or(now, |row| row.created_at).into_value(),
        now.into_value(),
    ]);
    if is_new {
        rows.versions.push(version_row(write, id, version, definition));
    }
    let tags = question.tags.iter();
    rows.tags.extend(tags.map(|tag| vec![tag.as_str().into_value(), id.into_value()]));
}

fn quiz_rows(
    write: &Write,
    rows: &mut Rows,
    key: &str,
    id: Uuid,
    before: Option<&KnownQuiz>,
    quiz: &WantedQuiz,
) {
    let now = write.ctx.now;
    let row = before.map(|before| &before.row);
    let definition = Json::Object(quiz.definition.document()).to_string();
    let known = row.map(|row| (row.version, row.definition.as_str()));
    let (version, is_new) = version(known, &definition);
    rows.heads.push(vec![
        id.into_value(),
        quiz.code.as_str().into_value(),
        key.into_value(),
        version.into_value(),
        search_key(&[&quiz.code, &quiz.definition.title]).into_value(),
        archived_at(quiz.archived, row.and_then(|row| row.archived_at), now).into_value(),
        row.map_or(now, |row| row.created_at).into_value(),
        now.into_value(),
    ]);
    if is_new {
        rows.versions.push(version_row(write, id, version, definition));
    }
}

fn version_row(write: &Write, of: Uuid, version: i64, definition: String) -> Vec<Value> {
    vec![
        write.ctx.new_id().into_value(),
        of.into_value(),
        version.into_value(),
        definition.into_value(),
        write.ctx.now.into_value(),
    ]
}
