//! The papers of attempts: drawn once, and laid out again from the versions and the seed that the
//! attempt keeps. Versions are never changed, so that a paper is the same for ever.

use std::collections::HashMap;

use uuid::Uuid;

use super::chance::Seed;
use super::definition::Definition;
use super::find;
use super::quiz_definition::QuizDefinition;
use super::sheet::{BankedQuestion, Paper};
use super::sql::{self, QuestionVersionRow, QuizRow, QuizVersionRow};
use super::wanted::{stored_definition, stored_quiz};
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::{Error, Result};

/// A question of a paper, by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    /// From 1.
    pub(crate) section: i64,
    /// Its number on the sheet, from 1.
    pub(crate) number: i64,
    pub(crate) question: Uuid,
    pub(crate) version: i64,
}

/// A new paper, with what it takes to lay it out again.
pub(crate) struct Drawn {
    pub(crate) paper: Paper,
    pub(crate) pins: Vec<Pin>,
}

/// All that a paper follows from.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) quiz: Uuid,
    pub(crate) version: i64,
    pub(crate) seed: Seed,
    /// In the order of their numbers.
    pub(crate) pins: Vec<Pin>,
}

/// What a quiz is made of now.
pub(crate) async fn newest(tx: &mut Tx, quiz: Uuid) -> Result<QuizDefinition> {
    let row = newest_row(tx, quiz).await?;
    stored_quiz(&row.code, &row.definition)
}

async fn newest_row(tx: &mut Tx, quiz: Uuid) -> Result<QuizRow> {
    Assembly::new(sql::QUIZZES_FROM).push("q.id = ?").bind(quiz).on(tx).one().await
}

/// Draws what a quiz asks now.
pub(crate) async fn draw(tx: &mut Tx, quiz: Uuid, seed: &Seed) -> Result<Drawn> {
    let row = newest_row(tx, quiz).await?;
    let quiz = stored_quiz(&row.code, &row.definition)?;
    let bank = find::bank(tx).await?;
    let keys = bank.draw(&quiz, seed);
    let asked = find::drawn_questions(tx, &bank, keys.clone()).await?;
    let mut pins = Vec::new();
    for (section, (keys, questions)) in (1..).zip(keys.iter().zip(&asked)) {
        for (key, question) in keys.iter().zip(questions) {
            let number = i64::try_from(pins.len()).unwrap_or(i64::MAX) + 1;
            let entry = bank.entries.get(key).ok_or_else(|| unknown(&row.code))?;
            pins.push(Pin { section, number, question: entry.id, version: question.version });
        }
    }
    let paper = Paper::new(row.code, row.version, quiz, asked, seed);
    Ok(Drawn { paper, pins })
}

/// Lays papers out again, in two statements however many they are.
pub(crate) async fn laid_out(tx: &mut Tx, all: &[Pinned]) -> Result<Vec<Paper>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let quizzes = IdList::new(unique(all.iter().map(|pinned| pinned.quiz)));
    let rows: Vec<QuizVersionRow> =
        Assembly::new(sql::QUIZ_VERSIONS_OF).bind_ids(&quizzes).on(tx).all().await?;
    let quizzes: HashMap<(Uuid, i64), QuizVersionRow> =
        rows.into_iter().map(|row| ((row.quiz_id, row.version), row)).collect();
    let pins = all.iter().flat_map(|pinned| &pinned.pins);
    let questions = IdList::new(unique(pins.map(|pin| pin.question)));
    let rows: Vec<QuestionVersionRow> =
        Assembly::new(sql::QUESTION_VERSIONS_OF).bind_ids(&questions).on(tx).all().await?;
    let questions: HashMap<(Uuid, i64), QuestionVersionRow> =
        rows.into_iter().map(|row| ((row.question_id, row.version), row)).collect();
    all.iter().map(|pinned| pinned.paper(&quizzes, &questions)).collect()
}

impl Pinned {
    fn paper(
        &self,
        quizzes: &HashMap<(Uuid, i64), QuizVersionRow>,
        questions: &HashMap<(Uuid, i64), QuestionVersionRow>,
    ) -> Result<Paper> {
        let row = quizzes.get(&(self.quiz, self.version)).ok_or_else(|| {
            Error::inconsistent("quiz_attempts.quiz_version", "there is no such version")
        })?;
        let quiz = stored_quiz(&row.code, &row.definition)?;
        let mut asked: Vec<Vec<BankedQuestion>> =
            quiz.sections.iter().map(|_| Vec::new()).collect();
        for pin in &self.pins {
            let found = questions.get(&(pin.question, pin.version));
            let section = usize::try_from(pin.section - 1).ok().and_then(|at| asked.get_mut(at));
            let (Some(found), Some(section)) = (found, section) else {
                return Err(unknown(&row.code));
            };
            let definition: Definition = stored_definition(&found.code, &found.definition)?;
            section.push(BankedQuestion {
                code: found.code.clone(),
                version: found.version,
                definition,
            });
        }
        Ok(Paper::new(row.code.clone(), row.version, quiz, asked, &self.seed))
    }
}

fn unique(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn unknown(quiz: &str) -> Error {
    Error::inconsistent("quiz_answers.question_id", format!("`{quiz}` asks what is not there"))
}
