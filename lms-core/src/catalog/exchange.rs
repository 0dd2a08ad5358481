//! Trainings out of files and into them: a plan that shows what would change, and the applying of
//! exactly that plan. The same files a second time change nothing.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::authoring;
use super::file::TrainingFile;
use super::problems::{Problem, refuse};
use super::publish::{Publishing, publish_in};
use super::save::{Work, save};
use super::types::{TrainingStatus, VersionNumber};
use super::{DUPLICATE, INVALID_DEFINITION, STALE_PLAN, sql};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::IdList;
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::operations::{FieldChange, OperationId, Write};

/// What an import would do with one training.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportAction {
    /// It is not there yet.
    Create,
    /// It says something else.
    Change,
    /// It says the same.
    Keep,
}

/// What an import would do with one training, by field.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedTraining {
    /// Its code.
    pub code: String,
    /// What would become of it.
    pub action: ImportAction,
    /// The version that would be published.
    pub publishes: Option<VersionNumber>,
    /// What would be different.
    pub changed: Vec<FieldChange>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
}

/// What an import would do. Applying it does exactly this, or nothing.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ImportPlan {
    /// A training for each file, in their order.
    pub trainings: Vec<PlannedTraining>,
    #[serde(skip)]
    files: Vec<TrainingFile>,
    #[serde(skip)]
    publish: bool,
}

impl ImportPlan {
    /// How many would become something else.
    #[must_use]
    pub fn n_changes(&self) -> usize {
        let changes = self.trainings.iter();
        changes.filter(|planned| planned.action != ImportAction::Keep).count()
    }

    /// Whether what is imported is published as well.
    pub(super) fn publishes(&self) -> bool {
        self.publish
    }

    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.trainings.iter().all(|planned| planned.problems.is_empty())
    }
}

/// What an import did.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ImportOutcome {
    /// A training for each file.
    pub trainings: Vec<PlannedTraining>,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}

pub(super) async fn plan(
    core: &Core,
    actor: &Actor,
    files: Vec<TrainingFile>,
    publish: bool,
) -> Result<ImportPlan> {
    refuse_duplicates(&files)?;
    // Worked out as it will be applied, and rolled back: two ways of deciding would drift apart.
    let mut write = Write::begin(core, actor).await?;
    let (_, trainings) = work_out(&mut write, &files, publish).await?;
    Ok(ImportPlan { trainings, files, publish })
}

pub(super) async fn apply(core: &Core, actor: &Actor, plan: ImportPlan) -> Result<ImportOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let (mut works, trainings) = work_out(&mut write, &plan.files, plan.publish).await?;
    if trainings != plan.trainings {
        let moved = trainings.iter().zip(&plan.trainings).find(|(now, then)| now != then);
        let code = moved.map(|(now, _)| now.code.clone()).unwrap_or_default();
        return Err(STALE_PLAN
            .error(format!("`{code}` was changed since the plan was made"))
            .with_hint("plan again, and look at what is different; nothing was changed"));
    }
    let problems: Vec<Problem> = trainings
        .iter()
        .flat_map(|planned| {
            let at = |problem: &Problem| {
                Problem::new(format!("{}: {}", planned.code, problem.path), &*problem.message)
            };
            planned.problems.iter().map(at).collect::<Vec<_>>()
        })
        .collect();
    if !problems.is_empty() {
        return Err(refuse(&INVALID_DEFINITION, "what is to be imported", &problems));
    }
    let (_, operation) = save(&mut write, "training.imported", &mut works).await?;
    write.commit().await?;
    Ok(ImportOutcome { trainings, operation })
}

/// Carries out what can be, as part of a larger unit of work; what became of each, in their order. A code may
/// stand there once.
pub(crate) async fn deliver(
    write: &mut Write,
    files: Vec<TrainingFile>,
) -> Result<(Vec<PlannedTraining>, Option<OperationId>)> {
    let (works, planned) = work_out(write, &files, false).await?;
    let both = works.into_iter().zip(&planned);
    let mut sound: Vec<Work> =
        both.filter(|(_, planned)| planned.problems.is_empty()).map(|(work, _)| work).collect();
    let (_, operation) = save(write, "training.imported", &mut sound).await?;
    Ok((planned, operation))
}

fn refuse_duplicates(files: &[TrainingFile]) -> Result<()> {
    let mut seen = HashSet::new();
    match files.iter().find(|file| !seen.insert(fold(&file.code))) {
        None => Ok(()),
        Some(twice) => Err(DUPLICATE
            .error(format!("two files hold the training `{}`", twice.code))
            .with_field("code")
            .with_hint("a training has one file; give the other a code of its own")),
    }
}

/// What the files make of what is there.
async fn work_out(
    write: &mut Write,
    files: &[TrainingFile],
    publish: bool,
) -> Result<(Vec<Work>, Vec<PlannedTraining>)> {
    let codes: Vec<String> = files.iter().map(|file| file.code.clone()).collect();
    let ids = sql::ids_by_code(&mut write.tx, &codes).await?;
    let mut known = sql::load(&mut write.tx, &IdList::new(ids.values().copied())).await?;
    let (mut works, mut problems) = (Vec::new(), HashMap::new());
    for file in files {
        let stored = ids.get(&fold(&file.code)).and_then(|id| known.remove(id));
        let mut work = match stored {
            Some(stored) => Work::on(stored),
            None => Work::new(write, &file.code, file.definition.clone()),
        };
        if let Err(error) = change(write, &mut work, file) {
            problems.insert(fold(&file.code), vec![Problem::new("status", error.message())]);
        }
        works.push(work);
    }
    if publish {
        // Those that cannot be changed keep the others from being published as well: a set of
        // files is all or nothing. Templates are no trainings, and what is archived stays so.
        let (mut meant, mut rest) = (Vec::new(), Vec::new());
        for (place, work) in works.into_iter().enumerate() {
            let is_meant = !work.after.template
                && work.after.status != TrainingStatus::Archived
                && !problems.contains_key(&fold(&work.after.code));
            if is_meant {
                meant.push((place, work));
            } else {
                rest.push((place, work));
            }
        }
        let (places, mut drafts): (Vec<usize>, Vec<Work>) = meant.into_iter().unzip();
        let found = publish_in(write, &mut drafts, &Publishing::minor()).await?;
        for (code, found) in found.into_iter().filter(|(_, found)| !found.is_empty()) {
            problems.insert(fold(&code), found);
        }
        rest.extend(places.into_iter().zip(drafts));
        rest.sort_by_key(|(place, _)| *place);
        works = rest.into_iter().map(|(_, work)| work).collect();
    }
    let planned = works
        .iter()
        .map(|work| {
            let changed = work.changed();
            let number = |stored: &sql::Stored| stored.published.as_ref().map(|v| v.number);
            let version = number(&work.after);
            PlannedTraining {
                code: work.after.code.clone(),
                action: match changed.as_slice() {
                    _ if work.is_new() => ImportAction::Create,
                    [] => ImportAction::Keep,
                    _ => ImportAction::Change,
                },
                publishes: version.filter(|_| version != work.before.as_ref().and_then(number)),
                problems: problems.remove(&fold(&work.after.code)).unwrap_or_default(),
                changed,
            }
        })
        .collect();
    Ok((works, planned))
}

fn change(write: &Write, work: &mut Work, file: &TrainingFile) -> Result<()> {
    if file.template != work.after.template {
        work.set_template(file.template)?;
    }
    work.redefine(write, file.definition.clone())
}

pub(super) async fn export(core: &Core, name: &str) -> Result<TrainingFile> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find(&mut tx, name).await?;
    let stored = sql::load_one(&mut tx, id).await?;
    let working = authoring::working(&stored)?;
    Ok(TrainingFile {
        code: stored.code.clone(),
        template: stored.template,
        definition: working.definition.clone(),
    })
}
