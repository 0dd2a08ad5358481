//! How far somebody is in a training.

use serde::Serialize;

use super::course;
use super::criteria::{Missing, missing, quizzes};
use super::settling::Counted;
use super::sql::{self, CycleRow};
use super::{NOT_ASSIGNED, READ};
use crate::catalog::sql::Version;
use crate::catalog::{self, TrainingId, VersionNumber};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::people::PersonId;

/// How far a person is in a training, in the last cycle of what they have to do.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingProgress {
    /// The person.
    pub person_id: PersonId,
    /// What they are called.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The version that was begun, or would be.
    pub version: VersionNumber,
    /// When it was begun.
    pub started_on: Option<Day>,
    /// When the cycle was closed; nothing while it is open.
    pub closed_on: Option<Day>,
    /// How long they were in it, in seconds.
    pub seconds: i64,
    /// When they acknowledged the text of this version.
    pub signed_at: Option<Timestamp>,
    /// Its modules, in order.
    pub modules: Vec<ModuleProgress>,
    /// What stands between them and the end; nothing where the cycle is closed.
    pub missing: Vec<Missing>,
}

/// How far a person is in a module.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModuleProgress {
    /// Its key.
    pub module: String,
    /// What it is called.
    pub title: String,
    /// Whether the training is not done without it.
    pub required: bool,
    /// How much of it they have seen.
    pub percent: i64,
    /// How long they were in it.
    pub seconds: i64,
    /// Where they were last, in the words of whatever shows it.
    pub position: Option<String>,
    /// Quizzes of it that are not passed yet, by code.
    pub quizzes_open: Vec<String>,
    /// Whether it is done.
    pub done: bool,
    /// When anything was reported last.
    pub updated_at: Option<Timestamp>,
}

pub(super) async fn show(
    core: &Core,
    actor: &Actor,
    person: Option<&str>,
    training: &str,
) -> Result<TrainingProgress> {
    super::overdue::close(core).await?;
    let mut tx = core.db().begin_read().await?;
    let person = course::learner(&mut tx, actor, READ, person, core.now()).await?;
    let training = catalog::find_for(&mut tx, actor, training).await?;
    of(&mut tx, person, training).await
}

/// How far somebody is, as of this transaction.
pub(super) async fn of(
    tx: &mut Tx,
    person: PersonId,
    training: TrainingId,
) -> Result<TrainingProgress> {
    let names: sql::NamesRow = tx.sql(&sql::NAMES).bind(person).bind(training).one().await?;
    let cycle: Option<CycleRow> =
        tx.sql(&sql::LAST_CYCLE).bind(person).bind(training).opt().await?;
    let Some(cycle) = cycle else {
        return Err(NOT_ASSIGNED
            .error(format!("`{}` is not assigned, and never was", names.training))
            .with_hint("there is nothing to be done, and so no progress"));
    };
    let version = catalog::version_in(tx, training, cycle.version_id).await?;
    let counted = Counted::load(tx, cycle.id, version.id).await?;
    let cycle = Cycle {
        person_id: person,
        person: names.person,
        training: names.training,
        started_on: cycle.started_on,
        closed_on: cycle.closed_on,
    };
    Ok(told(cycle, &version, &counted))
}

/// A cycle, and whose it is.
pub(super) struct Cycle {
    pub(super) person_id: PersonId,
    pub(super) person: String,
    pub(super) training: String,
    pub(super) started_on: Option<Day>,
    pub(super) closed_on: Option<Day>,
}

/// How far somebody is, by what counts.
pub(super) fn told(cycle: Cycle, version: &Version, counted: &Counted) -> TrainingProgress {
    let standing = counted.standing();
    let definition = &version.definition;
    let modules = definition.modules.iter().map(|module| {
        let row = counted.modules.iter().find(|row| row.module == module.key);
        let open = quizzes(module).filter(|quiz| !standing.passed.contains(&fold(quiz)));
        let quizzes_open: Vec<String> = open.map(str::to_owned).collect();
        ModuleProgress {
            module: module.key.clone(),
            title: module.title.clone(),
            required: module.required,
            percent: row.map_or(0, |row| row.percent),
            seconds: row.map_or(0, |row| row.seconds),
            position: row.and_then(|row| row.position.clone()),
            done: standing.has_seen(module) && quizzes_open.is_empty(),
            quizzes_open,
            updated_at: row.map(|row| row.updated_at),
        }
    });
    let modules = modules.collect();
    let missing =
        if cycle.closed_on.is_some() { Vec::new() } else { missing(definition, &standing) };
    TrainingProgress {
        person_id: cycle.person_id,
        person: cycle.person,
        training: cycle.training,
        title: definition.title.clone(),
        version: version.number,
        started_on: cycle.started_on,
        closed_on: cycle.closed_on,
        seconds: counted.modules.iter().map(|row| row.seconds).sum(),
        signed_at: counted.signed_at,
        modules,
        missing,
    }
}
