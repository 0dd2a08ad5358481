//! Acknowledging a text, in the version that was read.

use serde_json::{Value as Json, json};

use super::course;
use super::report::{self, TrainingProgress};
use super::{NOTHING_TO_SIGN, WRITE, settling, sql, starting};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::One;
use crate::kernel::error::Result;
use crate::operations::{Changed, Operation, Write};

pub(super) async fn sign(
    core: &Core,
    actor: &Actor,
    person: Option<&str>,
    training: &str,
) -> Result<Changed<TrainingProgress>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let person = course::learner(&mut write.tx, actor, WRITE, person, now).await?;
    let mut course = course::open(&mut write.tx, actor, person, training).await?;
    if course.version.definition.read_and_sign.is_none() {
        return Err(NOTHING_TO_SIGN
            .error(format!("there is no text to be acknowledged in `{}`", course.code))
            .with_hint("`lmsctl training show` shows what it consists of"));
    }
    let (assignment, version) = (course.assignment, course.version.id);
    let signed: Option<One<Timestamp>> =
        write.tx.sql(&sql::SIGNED_AT).bind(assignment).bind(version).opt().await?;
    if signed.is_some() {
        let value = report::of(&mut write.tx, person, course.training).await?;
        return Ok(Changed { value, changed: Vec::new(), operation: None });
    }
    starting::ensure(&mut write, &mut course).await?;
    let sign = write.tx.sql(&sql::SIGN).bind(assignment).bind(version).bind(person);
    sign.bind(course.training).bind(now).run_one().await?;
    let facts = json!({
        "assignment": assignment,
        "person": person,
        "training": course.code,
        "version": course.version.number,
    });
    let operation = Operation::new("training.signed").count("assignments", 1);
    let operation = operation.change("assignment", Some(assignment), None::<&Json>, Some(&facts));
    let subject = Some(course.training.to_string());
    let operation = Some(write.record(operation.event("training.signed", subject, facts)));
    settling::settle(&mut write, person.uuid(), course.training, assignment).await?;
    let value = report::of(&mut write.tx, person, course.training).await?;
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation })
}
