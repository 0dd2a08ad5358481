//! An instructor says that somebody has done a training.

use super::course;
use super::report::{self, TrainingProgress};
use super::{MARK, OWN_MARK, settling};
use crate::assignments::CompletionSource;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::operations::Write;

pub(super) async fn mark(
    core: &Core,
    actor: &Actor,
    person: &str,
    training: &str,
) -> Result<TrainingProgress> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let person = course::learner(&mut write.tx, actor, MARK, Some(person), now).await?;
    if actor.is_person(person.uuid()) {
        return Err(OWN_MARK
            .error("you cannot say of yourself that you have done it")
            .with_hint("ask somebody else who teaches it"));
    }
    let course = course::open(&mut write.tx, actor, person, training).await?;
    let source = CompletionSource::Instructor;
    let (id, version) = (course.training, &course.version);
    settling::complete(&mut write, person.uuid(), id, version, source, None, now).await?;
    let value = report::of(&mut write.tx, person, course.training).await?;
    write.commit().await?;
    Ok(value)
}
