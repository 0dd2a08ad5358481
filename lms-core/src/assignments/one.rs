//! One assignment by its id: shown, cancelled, and the certificate of what it came to.

use uuid::Uuid;

use super::engine::Status;
use super::list::{Assignment, cycles, row_of};
use super::unassign::{self, Unassigning};
use super::{AssignmentId, CLOSED, ENROL, NOT_DONE, READ, UNKNOWN_ASSIGNMENT, WRITE};
use crate::certificates::{self, Certificate, Issue};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{Changed, Write};
use crate::people::{Audience, AudienceField, Reach};

pub(super) async fn show(core: &Core, actor: &Actor, id: AssignmentId) -> Result<Assignment> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    find(&mut tx, &reach, core.now(), id).await
}

/// Takes all reasons of an assignment away, also where it was begun. One that is cancelled stays so.
pub(super) async fn cancel(
    core: &Core,
    actor: &Actor,
    id: AssignmentId,
) -> Result<Changed<Assignment>> {
    let found = async || {
        let mut tx = core.db().begin_read().await?;
        let reach = Reach::of(&mut tx, actor, WRITE, core.now()).await?;
        find(&mut tx, &reach, core.now(), id).await
    };
    let before = found().await?;
    if before.status == Status::Cancelled {
        return Ok(Changed { value: before, changed: Vec::new(), operation: None });
    }
    let before = still_open(before)?;
    let person = before.person_id.to_string();
    let whose = Audience::everybody().with(AudienceField::Person, &person);
    let all = Unassigning::of([before.training_id.to_string()], whose).even_started(true);
    let plan = unassign::plan(core, actor, all).await?;
    let done = unassign::unassign(core, actor, plan).await?;
    Ok(Changed { value: found().await?, changed: Vec::new(), operation: done.operation })
}

row! {
    struct DoneRow {
        person_id: Uuid,
        training_id: Uuid,
        completed_on: Day,
        valid_until: Option<Day>,
        major: i64,
        minor: i64,
    }
}

/// The certificate of what closed an assignment; issued, where there never was one.
pub(super) async fn certify(
    core: &Core,
    actor: &Actor,
    id: AssignmentId,
) -> Result<Changed<Certificate>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let reach = Reach::of(&mut write.tx, actor, ENROL, now).await?;
    let row = row_of(&mut write.tx, &reach, id.uuid()).await?.ok_or_else(|| unknown(id))?;
    let Some(completion) = row.completion_id else {
        return Err(NOT_DONE
            .error("it is not done, so that there is no certificate")
            .with_hint("a certificate is issued when a training is completed"));
    };
    let known = certificates::of_completion(&mut write.tx, completion, now).await?;
    if let Some(value) = known {
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    let done: DoneRow = Assembly::new(
        "SELECT person_id, training_id, completed_on, valid_until, major, minor FROM completions
         WHERE retracted_at IS NULL AND id = ?",
    )
    .bind(completion)
    .on(&mut write.tx)
    .one()
    .await?;
    let part =
        |n: i64| u32::try_from(n).map_err(|cause| Error::inconsistent("completions.major", cause));
    let issue = Issue {
        completion,
        person: done.person_id,
        training: done.training_id,
        completed_on: done.completed_on,
        valid_until: done.valid_until,
        version: (part(done.major)?, part(done.minor)?),
    };
    certificates::issue(&mut write, vec![issue]).await?;
    let value = certificates::of_completion(&mut write.tx, completion, now).await?;
    let value =
        value.ok_or_else(|| Error::internal("a certificate was issued and is not there"))?;
    let operation = write.last_recorded();
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation })
}

/// An assignment as it is today, if it is within reach. Any other is answered as one that is not there.
pub(crate) async fn find(
    tx: &mut Tx,
    reach: &Reach,
    now: Timestamp,
    id: AssignmentId,
) -> Result<Assignment> {
    let row = row_of(tx, reach, id.uuid()).await?.ok_or_else(|| unknown(id))?;
    let all = cycles(tx, now, row.person_id, Some(row.training_id)).await?;
    all.into_iter().find(|one| one.id == id).ok_or_else(|| unknown(id))
}

/// Refuses one that has come to its end.
pub(crate) fn still_open(assignment: Assignment) -> Result<Assignment> {
    let Some(closed_on) = assignment.closed_on else { return Ok(assignment) };
    let how = assignment.closed_as.as_deref().unwrap_or("closed").replace('_', " ");
    Err(CLOSED
        .error(format!("it is {how} since {closed_on}"))
        .with_hint("assign it again, or revoke the completion that closed it"))
}

fn unknown(id: AssignmentId) -> Error {
    UNKNOWN_ASSIGNMENT
        .error(format!("there is no assignment `{id}`"))
        .with_field("assignment")
        .with_hint("`lmsctl assignment list` shows them with their ids")
}
