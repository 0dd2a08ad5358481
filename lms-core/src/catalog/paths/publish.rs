//! Publishing: the draft becomes a version that never changes again.

use super::Paths;
use super::authoring::{begin, finish};
use super::definition::PathDefinition;
use super::publishing::{problems, warnings};
use super::save::{Work, difference};
use super::sql;
use super::types::{LearningPath, PathPublishPlan};
use crate::catalog::lifecycle::Wish;
use crate::catalog::problems::{Problem, refuse};
use crate::catalog::publishing::Known;
use crate::catalog::sql::{ids_by_code, known};
use crate::catalog::types::PathStatus;
use crate::catalog::{NOT_PUBLISHABLE, STALE};
use crate::kernel::access::Actor;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::operations::{Changed, Write, refuse_changed};

/// What is known of the trainings that these paths name, and of what comes before them.
pub(super) async fn surroundings<'d>(
    tx: &mut Tx,
    definitions: impl IntoIterator<Item = &'d PathDefinition>,
) -> Result<Known> {
    let codes: Vec<String> =
        definitions.into_iter().flat_map(PathDefinition::trainings).map(str::to_owned).collect();
    let ids = ids_by_code(tx, &codes).await?;
    known(tx, &ids).await
}

pub(super) fn refuse_problems(what: &str, found: &[Problem]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    Err(refuse(&NOT_PUBLISHABLE, what, found))
}

pub(super) async fn plan(paths: &Paths<'_>, name: &str) -> Result<PathPublishPlan> {
    let mut tx = paths.core.db().begin_read().await?;
    let id = sql::find(&mut tx, name).await?;
    let path = sql::load_one(&mut tx, id).await?;
    refuse_changed(&STALE, "path", paths.unchanged_since, path.updated_at)?;
    let Some(draft) = &path.draft else {
        let (changed, problems, warnings) = Default::default();
        return Ok(PathPublishPlan { code: path.code, version: None, changed, problems, warnings });
    };
    let known = surroundings(&mut tx, [&draft.definition]).await?;
    let published = path.published.as_ref().map(|version| &version.definition);
    Ok(PathPublishPlan {
        version: Some(draft.number),
        changed: difference(published, &draft.definition),
        problems: problems(&draft.definition, &known),
        warnings: warnings(&draft.definition, &known),
        code: path.code,
    })
}

pub(super) async fn publish(
    paths: &Paths<'_>,
    actor: &Actor,
    name: &str,
) -> Result<Changed<LearningPath>> {
    let (mut write, mut work) = begin(paths, actor, name).await?;
    if let Some(draft) = work.after.draft.as_ref().filter(|_| work.can_be_published()) {
        let known = surroundings(&mut write.tx, [&draft.definition]).await?;
        let found = problems(&draft.definition, &known);
        refuse_problems(&format!("the draft of `{}`", work.after.code), &found)?;
    }
    work.publish(&write)?;
    finish(write, "path.published", work).await
}

impl Work {
    /// Whether there is a draft that can be looked at; the wish itself says why not.
    pub(super) fn can_be_published(&self) -> bool {
        self.after.draft.is_some() && self.after.status != PathStatus::Archived
    }

    /// Makes the draft, in which nothing is wrong, the published version.
    pub(super) fn publish(&mut self, write: &Write) -> Result<()> {
        if !self.wish(write, Wish::Publish)? {
            return Ok(());
        }
        let draft = self.after.draft.take();
        let mut version = draft.ok_or_else(|| Error::internal("a draft is gone"))?;
        version.state = PathStatus::Published;
        (version.published_at, version.updated_at) = (Some(write.ctx.now), write.ctx.now);
        self.after.published = Some(version);
        Ok(())
    }
}
