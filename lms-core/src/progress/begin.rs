//! Beginning an attempt.

use serde_json::Value as Json;

use super::course::{self, AskedQuiz, Course};
use super::find::card_of;
use super::limits::{self, Past};
use super::sql::{self, AnswerRow, AttemptRow, BeforeRow};
use super::stored::{self, Loaded};
use super::types::{AttemptCard, AttemptState, NewAttempt};
use super::{WRITE, overdue, starting};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::operations::{Changed, Operation, Write};
use crate::people::Reach;
use crate::quizzes::{Seed, draw};

pub(super) async fn begin(
    core: &Core,
    actor: &Actor,
    new: NewAttempt,
) -> Result<Changed<AttemptCard>> {
    overdue::close(core).await?;
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let person = course::learner(&mut write.tx, actor, WRITE, new.person.as_deref(), now).await?;
    let mut course = course::open(&mut write.tx, actor, person, &new.training).await?;
    let quiz = course.quiz(&mut write.tx, &new.quiz).await?;
    let before = before(&mut write, &course, &quiz).await?;
    if let Some(open) = before.iter().find(|row| row.state == AttemptState::Open.as_str()) {
        let id = open.id.to_string();
        let row = stored::find(&mut write.tx, &Reach::everybody(), &id).await?;
        let open = stored::load_one(&mut write.tx, row).await?;
        let value = card_of(&mut write.tx, actor, open).await?;
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    starting::ensure(&mut write, &mut course).await?;
    let begun = draw_new(&mut write, &course, &quiz, &before).await?;
    let operation = Operation::new("quiz.begun").count("attempts", 1);
    let facts = begun.row.facts();
    let operation =
        operation.change("quiz_attempt", Some(begun.row.id), None::<&Json>, Some(&facts));
    let operation = Some(write.record(operation));
    sql::store(&mut write.tx, vec![begun.row.clone()], begun.answers.clone()).await?;
    let value = card_of(&mut write.tx, actor, begun).await?;
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation })
}

async fn before(write: &mut Write, course: &Course, quiz: &AskedQuiz) -> Result<Vec<BeforeRow>> {
    write.tx.sql(&sql::ATTEMPTS_BEFORE).bind(course.assignment).bind(quiz.id).all().await
}

/// A new attempt, if the quiz allows one.
async fn draw_new(
    write: &mut Write,
    course: &Course,
    quiz: &AskedQuiz,
    before: &[BeforeRow],
) -> Result<Loaded> {
    let now = write.ctx.now;
    let secret = write.ctx.ids.secret();
    let drawn = draw(&mut write.tx, quiz.id, &Seed::new(secret)).await?;
    let past: Vec<Past> = before
        .iter()
        .filter_map(|row| Some(Past { submitted_at: row.submitted_at?, passed: row.passed }))
        .collect();
    let number = limits::next_number(&quiz.code, &drawn.paper.quiz, &past, now)?;
    let id = write.ctx.new_id();
    let answers: Vec<AnswerRow> = drawn
        .pins
        .iter()
        .zip(drawn.paper.all())
        .map(|(pin, asked)| AnswerRow {
            attempt_id: id,
            number: pin.number,
            section: pin.section,
            question_id: pin.question,
            question_version: pin.version,
            answer: None,
            state: None,
            points: 0,
            points_max: asked.question.definition.points.hundredths(),
            graded_by: None,
            graded_at: None,
            comment: None,
        })
        .collect();
    let row = AttemptRow {
        id,
        person_id: course.person.uuid(),
        assignment_id: course.assignment,
        training_id: course.training.uuid(),
        version_id: course.version.id,
        module: quiz.module.clone(),
        quiz_id: quiz.id,
        quiz_version: drawn.paper.version,
        number,
        seed: secret.to_vec(),
        begun_at: now,
        deadline_at: limits::deadline(&drawn.paper.quiz, now),
        submitted_at: None,
        expired: false,
        state: AttemptState::Open.as_str().to_owned(),
        points: 0,
        points_max: answers.iter().map(|row| row.points_max).sum(),
        points_open: 0,
        passed: None,
        updated_at: now,
        person: course.name.clone(),
        training: course.code.clone(),
        quiz: drawn.paper.code.clone(),
    };
    Ok(Loaded { row, answers, paper: drawn.paper })
}
