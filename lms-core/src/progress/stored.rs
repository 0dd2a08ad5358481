//! Attempts as they are kept: found within reach, with their papers laid out, told, and closed.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::outcome::{add_up, note_grades};
use super::sql::{self, AnswerRow, AttemptRow};
use super::types::{Attempt, AttemptState};
use super::{ATTEMPT_UNKNOWN, AttemptId};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::{Error, Result};
use crate::operations::Operation;
use crate::people::{PersonId, Reach};
use crate::quizzes::{Answers, Paper, Pin, Pinned, Points, Seed, laid_out};

/// An attempt with its answers and its paper.
pub(super) struct Loaded {
    pub(super) row: AttemptRow,
    /// In the order of their numbers.
    pub(super) answers: Vec<AnswerRow>,
    pub(super) paper: Paper,
}

/// An attempt by its id, of somebody within reach.
pub(super) async fn find(tx: &mut Tx, reach: &Reach, id: &str) -> Result<AttemptRow> {
    let found: Option<AttemptRow> = match id.trim().parse::<Uuid>() {
        Ok(id) => {
            let wanted = Assembly::new(sql::ATTEMPTS_FROM).push("a.id = ?").bind(id);
            reach.narrow(wanted).on(tx).opt().await?
        }
        Err(_) => None,
    };
    found.ok_or_else(|| {
        ATTEMPT_UNKNOWN
            .error(format!("there is no attempt `{}`", id.trim()))
            .with_field("attempt")
            .with_hint("name an attempt by its id; `lmsctl quiz attempts` lists them")
    })
}

/// Loads what belongs to attempts, in three statements however many they are.
pub(super) async fn load(tx: &mut Tx, rows: Vec<AttemptRow>) -> Result<Vec<Loaded>> {
    let ids = IdList::new(rows.iter().map(|row| row.id));
    let all: Vec<AnswerRow> = Assembly::new(sql::ANSWERS_OF).bind_ids(&ids).on(tx).all().await?;
    let mut answers: HashMap<Uuid, Vec<AnswerRow>> = HashMap::new();
    for answer in all {
        answers.entry(answer.attempt_id).or_default().push(answer);
    }
    let pinned = rows
        .iter()
        .map(|row| row.pinned(answers.get(&row.id).map_or(&[][..], Vec::as_slice)))
        .collect::<Result<Vec<Pinned>>>()?;
    let papers = laid_out(tx, &pinned).await?;
    let loaded = rows.into_iter().zip(papers).map(|(row, paper)| Loaded {
        answers: answers.remove(&row.id).unwrap_or_default(),
        row,
        paper,
    });
    Ok(loaded.collect())
}

/// The same for one.
pub(super) async fn load_one(tx: &mut Tx, row: AttemptRow) -> Result<Loaded> {
    let mut loaded = load(tx, vec![row]).await?;
    loaded.pop().ok_or_else(|| Error::internal("an attempt is gone"))
}

impl AttemptRow {
    fn pinned(&self, answers: &[AnswerRow]) -> Result<Pinned> {
        let seed: [u8; 32] = self
            .seed
            .as_slice()
            .try_into()
            .map_err(|_| Error::inconsistent("quiz_attempts.seed", "it is not 32 bytes"))?;
        let pin = |row: &AnswerRow| Pin {
            section: row.section,
            number: row.number,
            question: row.question_id,
            version: row.question_version,
        };
        Ok(Pinned {
            quiz: self.quiz_id,
            version: self.quiz_version,
            seed: Seed::new(seed),
            pins: answers.iter().map(pin).collect(),
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == AttemptState::Open.as_str()
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.deadline_at.is_some_and(|deadline| deadline <= now)
    }

    pub(super) fn told(self) -> Result<Attempt> {
        let state = AttemptState::parse(&self.state)
            .map_err(|cause| Error::inconsistent("quiz_attempts.state", cause))?;
        let closed = state != AttemptState::Open;
        let percent = (self.points * 100).checked_div(self.points_max).unwrap_or(0);
        Ok(Attempt {
            id: AttemptId::new(self.id),
            person_id: PersonId::new(self.person_id),
            person: self.person,
            training: self.training,
            module: self.module,
            quiz: self.quiz,
            quiz_version: self.quiz_version,
            number: self.number,
            state,
            begun_at: self.begun_at,
            deadline_at: self.deadline_at,
            submitted_at: self.submitted_at,
            expired: self.expired,
            points: closed.then_some(Points::of_hundredths(self.points)),
            points_max: Points::of_hundredths(self.points_max),
            points_open: Points::of_hundredths(self.points_open),
            percent: closed.then_some(percent),
            passed: self.passed,
            updated_at: self.updated_at,
        })
    }

    /// What the audit log and those who listen are told of an attempt: ids, codes and figures.
    pub(super) fn facts(&self) -> Json {
        json!({
            "attempt": self.id,
            "person": self.person_id,
            "training": self.training,
            "quiz": self.quiz,
            "quiz_version": self.quiz_version,
            "number": self.number,
            "state": self.state,
            "expired": self.expired,
            "points": Points::of_hundredths(self.points),
            "points_max": Points::of_hundredths(self.points_max),
            "passed": self.passed,
        })
    }
}

impl Loaded {
    /// The stored answers, by the keys of their questions.
    pub(super) fn by_key(&self) -> Result<Map<String, Json>> {
        let mut answers = Map::new();
        for (row, asked) in self.answers.iter().zip(self.paper.all()) {
            if let Some(text) = &row.answer {
                let answer = serde_json::from_str(text)
                    .map_err(|cause| Error::inconsistent("quiz_answers.answer", cause))?;
                answers.insert(asked.key.clone(), answer);
            }
        }
        Ok(answers)
    }

    /// The stored answers, as they can be graded.
    pub(super) fn read(&self) -> Result<Answers> {
        self.paper.read_answers(&Json::Object(self.by_key()?))
    }

    /// Takes new answers beside the stored ones; `null` takes one back.
    pub(super) fn take(&mut self, given: &Json) -> Result<()> {
        let Json::Object(given) = given else {
            return self.paper.read_answers(given).map(drop);
        };
        let mut all = self.by_key()?;
        all.extend(given.clone());
        all.retain(|_, answer| !answer.is_null());
        let all = Json::Object(all);
        self.paper.read_answers(&all)?;
        for (row, asked) in self.answers.iter_mut().zip(self.paper.all()) {
            row.answer = all.get(&asked.key).map(Json::to_string);
        }
        Ok(())
    }

    /// Closes the attempt as of an instant and grades what a machine can grade.
    pub(super) fn close(&mut self, at: Timestamp, expired: bool) -> Result<()> {
        let graded = self.paper.grade(&self.read()?);
        note_grades(&mut self.answers, &graded);
        add_up(&mut self.row, &self.answers, self.paper.quiz.passing_percent)?;
        self.row.submitted_at = Some(at);
        self.row.expired = expired;
        Ok(())
    }
}

/// An attempt that was handed in, told to the audit log and to those who listen.
pub(super) fn handed_in(operation: Operation, row: &AttemptRow) -> Operation {
    let facts = row.facts();
    operation
        .change("quiz_attempt", Some(row.id), Some(&json!({ "state": "open" })), Some(&facts))
        .event("quiz.submitted", Some(row.id.to_string()), facts)
}
