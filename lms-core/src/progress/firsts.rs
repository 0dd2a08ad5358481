//! What people did when they met a quiz for the first time: for those who judge questions.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::sql::{self, AttemptRow};
use super::stored::{self, Loaded};
use super::types::AttemptState;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;
use crate::quizzes::{Offered, QuestionKind};

/// So many attempts are laid out at a time.
const CHUNK: usize = 500;

/// The first attempt that somebody handed in at a quiz.
#[derive(Debug)]
pub(crate) struct FirstAttempt {
    pub(crate) quiz: Uuid,
    pub(crate) passed: Option<bool>,
    /// In the order of the sheet; nothing while a person has yet to grade some of it.
    pub(crate) answers: Option<Vec<FirstAnswer>>,
}

/// An answer of it.
#[derive(Debug)]
pub(crate) struct FirstAnswer {
    /// The question, in the version that was asked.
    pub(crate) question: (Uuid, i64),
    pub(crate) points: i64,
    pub(crate) points_max: i64,
    /// Whether there was one that is still kept.
    pub(crate) is_given: bool,
    /// The places of the options that were chosen.
    pub(crate) chosen: Vec<usize>,
}

/// A question as it was asked.
#[derive(Debug)]
pub(crate) struct AskedQuestion {
    pub(crate) code: String,
    pub(crate) kind: QuestionKind,
    pub(crate) text: String,
    pub(crate) offered: Offered,
}

/// Questions by what was asked, in which version.
pub(crate) type AskedQuestions = HashMap<(Uuid, i64), AskedQuestion>;

/// Which attempts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstsWanted<'a> {
    pub(crate) trainings: Option<&'a [Uuid]>,
    pub(crate) quizzes: Option<&'a [Uuid]>,
    /// Handed in from this instant on; one that is earlier still is the first, and not wanted.
    pub(crate) from: Option<Timestamp>,
    /// Handed in before this instant.
    pub(crate) before: Timestamp,
    /// What was graded after this instant was waiting.
    pub(crate) known_at: Option<Timestamp>,
}

/// Of each of these people and each quiz, the first attempt that was handed in; what was asked is noted.
pub(crate) async fn firsts(
    tx: &mut Tx,
    people: &[Uuid],
    wanted: FirstsWanted<'_>,
    asked: &mut AskedQuestions,
) -> Result<Vec<FirstAttempt>> {
    let assembly = Assembly::new(sql::ATTEMPTS_FROM)
        .push("a.person_id IN (ids?)")
        .bind_ids(&IdList::new(people.iter().copied()))
        .push("AND a.submitted_at < ?")
        .bind(wanted.before)
        .push_some("AND a.submitted_at <= ?", wanted.known_at)
        .push("ORDER BY a.person_id, a.quiz_id, a.submitted_at, a.id");
    let mut rows: Vec<AttemptRow> = assembly.on(tx).all().await?;
    let mut met = HashSet::new();
    rows.retain(|row| met.insert((row.person_id, row.quiz_id)) && wanted.is_met_by(row));
    let mut firsts = Vec::with_capacity(rows.len());
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        for loaded in stored::load(tx, std::mem::replace(&mut rows, rest)).await? {
            firsts.push(loaded.first(wanted.known_at, asked)?);
        }
    }
    Ok(firsts)
}

impl FirstsWanted<'_> {
    fn is_met_by(&self, row: &AttemptRow) -> bool {
        let is_among = |ids: Option<&[Uuid]>, id| ids.is_none_or(|ids| ids.contains(&id));
        is_among(self.trainings, row.training_id)
            && is_among(self.quizzes, row.quiz_id)
            && self.from.is_none_or(|from| row.submitted_at.is_some_and(|at| at >= from))
    }
}

impl Loaded {
    fn first(
        &self,
        known_at: Option<Timestamp>,
        asked: &mut AskedQuestions,
    ) -> Result<FirstAttempt> {
        for (row, question) in self.answers.iter().zip(self.paper.all()) {
            asked.entry((row.question_id, row.question_version)).or_insert_with(|| {
                let definition = &question.question.definition;
                AskedQuestion {
                    code: question.question.code.clone(),
                    kind: definition.kind(),
                    text: definition.text.clone(),
                    offered: definition.offered(),
                }
            });
        }
        let later = |at: Option<Timestamp>| known_at.zip(at).is_some_and(|(known, at)| at > known);
        let is_graded = self.row.state == AttemptState::Graded.as_str()
            && !self.answers.iter().any(|row| later(row.graded_at));
        let answers = if is_graded { Some(self.first_answers()?) } else { None };
        let passed = self.row.passed.filter(|_| is_graded);
        Ok(FirstAttempt { quiz: self.row.quiz_id, passed, answers })
    }

    fn first_answers(&self) -> Result<Vec<FirstAnswer>> {
        let chosen = self.paper.chosen(&self.read()?);
        let answers = self.answers.iter().zip(chosen).map(|(row, chosen)| FirstAnswer {
            question: (row.question_id, row.question_version),
            points: row.points,
            points_max: row.points_max,
            is_given: row.answer.is_some(),
            chosen,
        });
        Ok(answers.collect())
    }
}
