//! The same for whoever knows an assignment by its id: begin it, and see how far it is.

use super::report::TrainingProgress;
use super::{READ, WRITE, report, starting};
use crate::assignments::{self, Assignment, AssignmentId};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::operations::Changed;
use crate::people::Reach;

pub(super) async fn start(
    core: &Core,
    actor: &Actor,
    assignment: AssignmentId,
) -> Result<Changed<Assignment>> {
    let found = async || {
        let mut tx = core.db().begin_read().await?;
        let reach = Reach::of(&mut tx, actor, WRITE, core.now()).await?;
        assignments::find(&mut tx, &reach, core.now(), assignment).await
    };
    let open = assignments::still_open(found().await?)?;
    let (person, training) = (open.person_id.to_string(), open.training_id.to_string());
    let started = starting::start(core, actor, Some(&person), &training).await?;
    Ok(Changed { value: found().await?, changed: Vec::new(), operation: started.operation })
}

pub(super) async fn show(
    core: &Core,
    actor: &Actor,
    assignment: AssignmentId,
) -> Result<TrainingProgress> {
    let found = {
        let mut tx = core.db().begin_read().await?;
        let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
        assignments::find(&mut tx, &reach, core.now(), assignment).await?
    };
    let (person, training) = (found.person_id.to_string(), found.training_id.to_string());
    report::show(core, actor, Some(&person), &training).await
}
