//! Paths out of files and into them: a plan that shows what would change, and the applying of
//! exactly that plan. The same files a second time change nothing, and a file never deletes.

use std::collections::HashSet;

use serde::Serialize;

use super::authoring::{settle, working};
use super::definition::PathDefinition;
use super::file::PathFile;
use super::publish::surroundings;
use super::publishing::{problems, warnings};
use super::save::{Work, save};
use super::sql;
use crate::catalog::exchange::ImportAction;
use crate::catalog::problems::{Problem, refuse};
use crate::catalog::{DUPLICATE, INVALID_DEFINITION, STALE_PLAN};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::IdList;
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::operations::{FieldChange, OperationId, Write};

/// What an import would do with one path, by field.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedPath {
    /// Its code.
    pub code: String,
    /// What would become of it.
    pub action: ImportAction,
    /// The version that would be published.
    pub publishes: Option<u32>,
    /// What would be different.
    pub changed: Vec<FieldChange>,
    /// What stands in the way.
    pub problems: Vec<Problem>,
    /// What is hard about the order of its steps.
    pub warnings: Vec<Problem>,
}

/// What an import would do. Applying it does exactly this, or nothing.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct PathImportPlan {
    /// A path for each file, in their order.
    pub paths: Vec<PlannedPath>,
    #[serde(skip)]
    files: Vec<PathFile>,
    #[serde(skip)]
    publish: bool,
}

impl PathImportPlan {
    /// How many would become something else.
    #[must_use]
    pub fn n_changes(&self) -> usize {
        self.paths.iter().filter(|planned| planned.action != ImportAction::Keep).count()
    }

    /// Whether what is imported is published as well.
    pub(super) fn publishes(&self) -> bool {
        self.publish
    }

    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.paths.iter().all(|planned| planned.problems.is_empty())
    }
}

/// What an import did.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct PathImportOutcome {
    /// A path for each file.
    pub paths: Vec<PlannedPath>,
    /// The operation, where there was anything to do.
    pub operation: Option<OperationId>,
}

pub(super) async fn plan(
    core: &Core,
    actor: &Actor,
    files: Vec<PathFile>,
    publish: bool,
) -> Result<PathImportPlan> {
    refuse_duplicates(&files)?;
    // Worked out as it will be applied, and rolled back: two ways of deciding would drift apart.
    let mut write = Write::begin(core, actor).await?;
    let (_, paths) = work_out(&mut write, &files, publish).await?;
    Ok(PathImportPlan { paths, files, publish })
}

pub(super) async fn apply(
    core: &Core,
    actor: &Actor,
    plan: PathImportPlan,
) -> Result<PathImportOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let (mut works, paths) = work_out(&mut write, &plan.files, plan.publish).await?;
    if let Some((now, _)) = paths.iter().zip(&plan.paths).find(|(now, then)| now != then) {
        return Err(STALE_PLAN
            .error(format!("`{}` was changed since the plan was made", now.code))
            .with_hint("plan again, and look at what is different; nothing was changed"));
    }
    let mut found = Vec::new();
    for planned in &paths {
        found.extend(planned.problems.iter().map(|problem| {
            Problem::new(format!("{}: {}", planned.code, problem.path), &*problem.message)
        }));
    }
    if !found.is_empty() {
        return Err(refuse(&INVALID_DEFINITION, "what is to be imported", &found));
    }
    let (_, operation) = save(&mut write, "path.imported", &mut works).await?;
    write.commit().await?;
    Ok(PathImportOutcome { paths, operation })
}

fn refuse_duplicates(files: &[PathFile]) -> Result<()> {
    let mut seen = HashSet::new();
    match files.iter().find(|file| !seen.insert(fold(&file.code))) {
        None => Ok(()),
        Some(twice) => Err(DUPLICATE
            .error(format!("two files hold the path `{}`", twice.code))
            .with_field("code")
            .with_hint("a path has one file; give the other a code of its own")),
    }
}

/// What the files make of what is there.
async fn work_out(
    write: &mut Write,
    files: &[PathFile],
    publish: bool,
) -> Result<(Vec<Work>, Vec<PlannedPath>)> {
    let mut wanted: Vec<PathDefinition> =
        files.iter().map(|file| file.definition.clone()).collect();
    let mut definitions: Vec<&mut PathDefinition> = wanted.iter_mut().collect();
    let settled = settle(&mut write.tx, &mut definitions).await?;
    let surrounding = surroundings(&mut write.tx, &wanted).await?;
    let codes: Vec<String> = files.iter().map(|file| file.code.clone()).collect();
    let ids = sql::ids_by_code(&mut write.tx, &codes).await?;
    let mut known = sql::load(&mut write.tx, &IdList::new(ids.values().copied())).await?;
    let (mut works, mut planned) = (Vec::new(), Vec::new());
    for ((file, definition), mut found) in files.iter().zip(wanted).zip(settled) {
        let warnings = warnings(&definition, &surrounding);
        let stored = ids.get(&fold(&file.code)).and_then(|id| known.remove(id));
        let mut work = match stored {
            Some(stored) => Work::on(stored),
            None => Work::new(write, &file.code, definition.clone()),
        };
        if let Err(error) = work.redefine(write, definition) {
            found.push(Problem::new("status", error.message()));
        }
        let draft = work.after.draft.as_ref();
        if let Some(draft) =
            draft.filter(|_| publish && found.is_empty() && work.can_be_published())
        {
            found.extend(problems(&draft.definition, &surrounding));
            if found.is_empty() {
                work.publish(write)?;
            }
        }
        planned.push(told(&work, found, warnings));
        works.push(work);
    }
    Ok((works, planned))
}

fn told(work: &Work, problems: Vec<Problem>, warnings: Vec<Problem>) -> PlannedPath {
    let changed = work.changed();
    let number = |stored: &sql::Stored| stored.published.as_ref().map(|version| version.number);
    let version = number(&work.after);
    PlannedPath {
        code: work.after.code.clone(),
        action: match changed.as_slice() {
            _ if work.is_new() => ImportAction::Create,
            [] => ImportAction::Keep,
            _ => ImportAction::Change,
        },
        publishes: version.filter(|_| version != work.before.as_ref().and_then(number)),
        problems,
        warnings,
        changed,
    }
}

pub(super) async fn export(core: &Core, name: &str) -> Result<PathFile> {
    let mut tx = core.db().begin_read().await?;
    let id = sql::find(&mut tx, name).await?;
    let stored = sql::load_one(&mut tx, id).await?;
    Ok(PathFile::new(&stored.code, working(&stored)?.definition.clone()))
}
