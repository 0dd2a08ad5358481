//! Beginning a training: what comes first is done, and the version is fixed from then on.

use serde_json::{Value as Json, json};

use super::WRITE;
use super::course::{self, Course};
use super::report::{self, TrainingProgress};
use crate::assignments;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::operations::{Changed, Operation, OperationId, Write};
use crate::settings;

pub(super) async fn start(
    core: &Core,
    actor: &Actor,
    person: Option<&str>,
    training: &str,
) -> Result<Changed<TrainingProgress>> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let person = course::learner(&mut write.tx, actor, WRITE, person, now).await?;
    let mut course = course::open(&mut write.tx, actor, person, training).await?;
    let operation = ensure(&mut write, &mut course).await?;
    let value = report::of(&mut write.tx, person, course.training).await?;
    write.commit().await?;
    Ok(Changed { value, changed: Vec::new(), operation })
}

/// Begins a course, unless it was begun.
pub(super) async fn ensure(write: &mut Write, course: &mut Course) -> Result<Option<OperationId>> {
    if course.is_begun {
        return Ok(None);
    }
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let (person, training) = (course.person.uuid(), course.training.uuid());
    let missing =
        assignments::missing_prerequisites(&mut write.tx, person, training, today).await?;
    if !missing.is_empty() {
        return Err(assignments::prerequisites_missing(&course.code, &missing));
    }
    assignments::start(write, course.assignment, today, course.version.id).await?;
    course.is_begun = true;
    let started = json!({
        "assignment": course.assignment,
        "person": course.person,
        "training": course.code,
        "version": course.version.number,
    });
    let operation = Operation::new("training.started").count("assignments", 1);
    let operation =
        operation.change("assignment", Some(course.assignment), None::<&Json>, Some(&started));
    let subject = Some(course.training.to_string());
    Ok(Some(write.record(operation.event("training.started", subject, started))))
}
