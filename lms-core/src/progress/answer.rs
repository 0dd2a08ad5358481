//! Answering an attempt: drafts, and handing it in.

use serde_json::Value as Json;

use super::find::card_of;
use super::sql::{self, AttemptRow};
use super::stored::{self, handed_in};
use super::types::{Attempt, AttemptCard};
use super::{ATTEMPT_CLOSED, WRITE, settling};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::operations::{Changed, Operation, Write};
use crate::people::Reach;

/// Keeps answers. No operation is recorded: what counts is what is handed in.
pub(super) async fn save(
    core: &Core,
    actor: &Actor,
    attempt: &str,
    answers: &Json,
) -> Result<Attempt> {
    let mut write = Write::begin(core, actor).await?;
    let row = find(&mut write, actor, attempt).await?;
    let now = write.ctx.now;
    if !row.is_open() || row.is_over(now) {
        return Err(closed(&row));
    }
    let mut open = stored::load_one(&mut write.tx, row).await?;
    let before = open.answers.clone();
    open.take(answers)?;
    if open.answers != before {
        open.row.updated_at = now;
        sql::store(&mut write.tx, vec![open.row.clone()], open.answers).await?;
        write.commit_unrecorded().await?;
    }
    open.row.told()
}

pub(super) async fn submit(
    core: &Core,
    actor: &Actor,
    attempt: &str,
    answers: Option<&Json>,
) -> Result<Changed<AttemptCard>> {
    let mut write = Write::begin(core, actor).await?;
    let row = find(&mut write, actor, attempt).await?;
    let now = write.ctx.now;
    let is_open = row.is_open();
    let mut attempt = stored::load_one(&mut write.tx, row).await?;
    if !is_open {
        let value = card_of(&mut write.tx, actor, attempt).await?;
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    let kind = match attempt.row.deadline_at {
        Some(deadline) if attempt.row.is_over(now) => {
            attempt.close(deadline, true)?;
            "quiz.expired"
        }
        _ => {
            if let Some(answers) = answers {
                attempt.take(answers)?;
            }
            attempt.close(now, false)?;
            "quiz.submitted"
        }
    };
    attempt.row.updated_at = now;
    let operation = handed_in(Operation::new(kind).count("attempts", 1), &attempt.row);
    let operation = Some(write.record(operation));
    sql::store(&mut write.tx, vec![attempt.row.clone()], attempt.answers.clone()).await?;
    settling::after_attempt(&mut write, &attempt.row).await?;
    let value = card_of(&mut write.tx, actor, attempt).await?;
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation })
}

async fn find(write: &mut Write, actor: &Actor, attempt: &str) -> Result<AttemptRow> {
    let reach = Reach::of(&mut write.tx, actor, WRITE, write.ctx.now).await?;
    stored::find(&mut write.tx, &reach, attempt).await
}

fn closed(row: &AttemptRow) -> Error {
    let message = match (row.submitted_at, row.deadline_at) {
        (Some(at), _) if !row.expired => format!("the attempt was handed in at {at}"),
        (_, Some(deadline)) => format!("the time of the attempt was over at {deadline}"),
        _ => "the attempt is closed".to_owned(),
    };
    ATTEMPT_CLOSED.error(message).with_hint("what was saved before that counts")
}
