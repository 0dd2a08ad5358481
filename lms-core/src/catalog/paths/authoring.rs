//! Writing paths: making, editing, archiving, taking away.

use super::definition::{PathDefinition, PathStep};
use super::fields::PathField;
use super::publish::{refuse_problems, surroundings};
use super::publishing::problems;
use super::save::{Work, save};
use super::sql::{self, Stored, Version};
use super::steps::StepChanges;
use super::types::LearningPath;
use super::validation::{problems_of, tidy};
use super::{PathId, Paths, find};
use crate::catalog::authoring::refuse_asked_for;
use crate::catalog::lifecycle::{Standing, Step, Why, Wish, step};
use crate::catalog::problems::{Problem, refuse};
use crate::catalog::publishing::Known;
use crate::catalog::types::{PathStatus, TrainingStatus};
use crate::catalog::visibility::Visibility;
use crate::catalog::{
    ARCHIVED, CODE_FIXED, EVER_PUBLISHED, INVALID_DEFINITION, PATH_EXISTS, STALE,
};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Code;
use crate::operations::{Changed, Write, refuse_changed};

/// For so many unknown codes it is looked what could have been meant.
const SUGGESTIONS_MAX: usize = 5;

/// A path to be made.
#[derive(Debug, Clone)]
pub struct NewPath {
    code: String,
    change: PathChange,
}

impl NewPath {
    /// A draft of this code and title, without steps yet.
    #[must_use]
    pub fn new(code: &str, title: &str) -> Self {
        let change = PathChange::new().definition(PathDefinition::new(title));
        Self { code: code.to_owned(), change }
    }

    /// With all this in it.
    #[must_use]
    pub fn definition(mut self, definition: PathDefinition) -> Self {
        self.change = self.change.definition(definition);
        self
    }

    /// With this field set.
    #[must_use]
    pub fn set(mut self, field: PathField, text: &str) -> Self {
        self.change = self.change.set(field, text);
        self
    }

    /// With this step, behind those before.
    #[must_use]
    pub fn step(mut self, step: PathStep) -> Self {
        self.change = self.change.add_step(step, None);
        self
    }
}

/// What to change of a path; it becomes its draft. Steps are taken out first, then put in, then
/// moved.
#[derive(Debug, Clone, Default)]
pub struct PathChange {
    code: Option<String>,
    definition: Option<PathDefinition>,
    fields: Vec<(PathField, String)>,
    steps: StepChanges,
}

impl PathChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another code, as long as nobody was given the path under the old one.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// All of it anew.
    #[must_use]
    pub fn definition(mut self, definition: PathDefinition) -> Self {
        self.definition = Some(definition);
        self
    }

    /// One field; an empty text clears it.
    #[must_use]
    pub fn set(mut self, field: PathField, text: &str) -> Self {
        self.fields.push((field, text.to_owned()));
        self
    }

    /// All steps anew.
    #[must_use]
    pub fn steps(mut self, steps: Vec<PathStep>) -> Self {
        self.steps.all = Some(steps);
        self
    }

    /// A step put in at a place, counted from one; at the end, unless said.
    #[must_use]
    pub fn add_step(mut self, step: PathStep, at: Option<usize>) -> Self {
        self.steps.added.push((step, at));
        self
    }

    /// A step taken out, by its number or by the code of a training in it. Of several to choose
    /// from, a code takes out that one.
    #[must_use]
    pub fn remove_step(mut self, step: &str) -> Self {
        self.steps.removed.push(step.to_owned());
        self
    }

    /// A step moved to another place, counted from one.
    #[must_use]
    pub fn move_step(mut self, step: &str, to: usize) -> Self {
        self.steps.moved.push((step.to_owned(), to));
        self
    }

    /// The definition with the change in it.
    fn applied_to(self, definition: &PathDefinition) -> Result<PathDefinition> {
        let mut changed = self.definition.unwrap_or_else(|| definition.clone());
        for (field, text) in self.fields {
            field.set(&mut changed, &text);
        }
        self.steps.carry_out(&mut changed.steps)?;
        Ok(changed)
    }
}

/// Brings definitions into the form in which they are kept, with codes as the trainings have them;
/// and all that is wrong with each.
pub(super) async fn settle(
    tx: &mut Tx,
    definitions: &mut [&mut PathDefinition],
) -> Result<Vec<Vec<Problem>>> {
    let mut found = Vec::new();
    for definition in definitions.iter_mut() {
        tidy(definition);
        found.push(problems_of(definition));
    }
    let known = surroundings(tx, definitions.iter().map(|one| &**one)).await?;
    let mut n_unknown = 0;
    for (definition, problems) in definitions.iter_mut().zip(&mut found) {
        if !problems.is_empty() {
            continue;
        }
        for (place, code) in spell(definition, &known) {
            n_unknown += 1;
            let mut message = format!("there is no training `{code}`");
            if n_unknown <= SUGGESTIONS_MAX {
                let unknown =
                    crate::catalog::sql::unknown(tx, Visibility::Everything, &code).await?;
                let hint = unknown.hints().iter().find(|hint| hint.starts_with("did you mean"));
                message.extend(hint.iter().flat_map(|hint| ["; ", hint.as_str()]));
            }
            problems.push(Problem::new(place, message));
        }
    }
    Ok(found)
}

/// Writes codes as the trainings have them; those that no training has, with their places.
fn spell(definition: &mut PathDefinition, known: &Known) -> Vec<(String, String)> {
    let training = |code: &str| known.trainings.get(&fold(code));
    let unknown = definition
        .places()
        .filter(|(_, _, code)| training(code).is_none())
        .map(|(_, place, code)| (place, code.to_owned()))
        .collect();
    for code in definition.steps.iter_mut().flat_map(PathStep::codes_mut) {
        if let Some(training) = training(code) {
            code.clone_from(&training.code);
        }
    }
    unknown
}

async fn settled(
    tx: &mut Tx,
    code: &str,
    mut definition: PathDefinition,
) -> Result<PathDefinition> {
    let found = settle(tx, &mut [&mut definition]).await?.concat();
    if found.is_empty() {
        return Ok(definition);
    }
    Err(refuse(&INVALID_DEFINITION, &format!("the path `{code}`"), &found))
}

/// What stops a path is told as of a path.
fn told(why: Why, code: &str) -> Error {
    match why {
        Why::Archived => ARCHIVED
            .error(format!("the path `{code}` is archived"))
            .with_hint(format!("`lmsctl path archive {code} --undo` takes it back")),
        Why::EverPublished => EVER_PUBLISHED
            .error(format!("`{code}` was published, and what was done on it stays"))
            .with_hint(format!("archive it instead: `lmsctl path archive {code}`")),
        Why::Template | Why::NoDraft => Error::internal("a path is no template and has no review"),
    }
}

/// A path goes the ways of a training, but for the review.
fn as_of_training(status: PathStatus) -> TrainingStatus {
    match status {
        PathStatus::Draft => TrainingStatus::Draft,
        PathStatus::Published => TrainingStatus::Published,
        PathStatus::Archived => TrainingStatus::Archived,
    }
}

fn as_of_path(status: TrainingStatus) -> PathStatus {
    match status {
        TrainingStatus::Draft | TrainingStatus::InReview => PathStatus::Draft,
        TrainingStatus::Published => PathStatus::Published,
        TrainingStatus::Archived => PathStatus::Archived,
    }
}

impl Work {
    /// A path that is not there yet.
    pub(super) fn new(write: &Write, code: &str, definition: PathDefinition) -> Self {
        let now = write.ctx.now;
        let after = Stored {
            id: write.ctx.new_id(),
            code: code.to_owned(),
            status: PathStatus::Draft,
            created_at: now,
            updated_at: now,
            removed_at: None,
            draft: None,
            published: None,
        };
        let mut work = Self { before: None, after };
        work.begin_draft(write, definition);
        work
    }

    /// Takes a step, as far as status and draft go; whether there was one to take.
    pub(super) fn wish(&mut self, write: &Write, wish: Wish) -> Result<bool> {
        let after = &mut self.after;
        let standing = Standing {
            status: as_of_training(after.status),
            draft: after.draft.as_ref().map(|_| TrainingStatus::Draft),
            ever_published: after.published.is_some(),
            template: false,
        };
        match step(standing, wish).map_err(|why| told(why, &after.code))? {
            Step::Nothing => return Ok(false),
            Step::Gone => after.removed_at = Some(write.ctx.now),
            Step::To(status, _) => after.status = as_of_path(status),
        }
        Ok(true)
    }

    /// Makes this the draft; what says the same as what is published is no draft.
    pub(super) fn redefine(&mut self, write: &Write, definition: PathDefinition) -> Result<()> {
        if self.after.working().is_some_and(|version| version.definition == definition) {
            return Ok(());
        }
        self.wish(write, Wish::Edit)?;
        let now = write.ctx.now;
        if self.after.published.as_ref().is_some_and(|version| version.definition == definition) {
            self.after.draft = None;
            return Ok(());
        }
        match &mut self.after.draft {
            Some(draft) => (draft.definition, draft.updated_at) = (definition, now),
            None => self.begin_draft(write, definition),
        }
        Ok(())
    }

    fn begin_draft(&mut self, write: &Write, definition: PathDefinition) {
        self.after.draft = Some(Version {
            id: write.ctx.new_id(),
            number: self.after.next_number(),
            state: PathStatus::Draft,
            definition,
            created_at: write.ctx.now,
            updated_at: write.ctx.now,
            published_at: None,
        });
    }
}

pub(super) async fn add(core: &Core, actor: &Actor, new: NewPath) -> Result<Changed<LearningPath>> {
    let code = Code::parse(&new.code)?.to_string();
    let mut write = Write::begin(core, actor).await?;
    refuse_taken(&mut write.tx, &code).await?;
    let definition = new.change.applied_to(&PathDefinition::default())?;
    let definition = settled(&mut write.tx, &code, definition).await?;
    let work = Work::new(&write, &code, definition);
    finish(write, "path.created", work).await
}

async fn refuse_taken(tx: &mut Tx, code: &str) -> Result<()> {
    let taken: Option<One<uuid::Uuid>> =
        tx.sql(&sql::PATH_ID_BY_CODE).bind(fold(code)).bind(true).opt().await?;
    match taken {
        None => Ok(()),
        Some(_) => Err(PATH_EXISTS
            .error(format!("there is a path `{code}` already"))
            .with_field("code")
            .with_hint(format!("look at it with `lmsctl path show {code}`, or use another code"))),
    }
}

pub(super) async fn edit(
    paths: &Paths<'_>,
    actor: &Actor,
    name: &str,
    mut change: PathChange,
) -> Result<Changed<LearningPath>> {
    let (mut write, mut work) = begin(paths, actor, name).await?;
    if let Some(code) = change.code.take() {
        let code = Code::parse(&code)?.to_string();
        if fold(&code) != fold(&work.after.code) {
            if work.after.published.is_some() {
                return Err(CODE_FIXED
                    .error(format!("`{}` was published under this code", work.after.code))
                    .with_field("code")
                    .with_hint("export it, import it under the other code, and archive this one"));
            }
            refuse_taken(&mut write.tx, &code).await?;
        }
        if code != work.after.code {
            work.wish(&write, Wish::Edit)?;
            work.after.code = code;
        }
    }
    let definition = change.applied_to(&working(&work.after)?.definition)?;
    let definition = settled(&mut write.tx, &work.after.code, definition).await?;
    work.redefine(&write, definition)?;
    finish(write, "path.changed", work).await
}

/// The version that an author works on.
pub(super) fn working(path: &Stored) -> Result<&Version> {
    path.working().ok_or_else(|| Error::internal("a path without a version"))
}

/// Takes one step with one path.
pub(super) async fn move_on(
    paths: &Paths<'_>,
    actor: &Actor,
    name: &str,
    wish: Wish,
) -> Result<Changed<LearningPath>> {
    let (mut write, mut work) = begin(paths, actor, name).await?;
    let moved = work.wish(&write, wish)?;
    if moved && wish == Wish::Archive {
        refuse_asked_for(&mut write, work.after.id, &work.after.code).await?;
    }
    if let Some(version) = work.after.published.as_ref().filter(|_| moved && wish == Wish::Reopen) {
        // Its trainings may have been archived while it was.
        let known = surroundings(&mut write.tx, [&version.definition]).await?;
        let found = problems(&version.definition, &known);
        refuse_problems(&format!("the path `{}`", work.after.code), &found)?;
    }
    let kind = match wish {
        Wish::Archive => "path.archived",
        Wish::Remove => "path.removed",
        Wish::Reopen => "path.reopened",
        Wish::Edit | Wish::Submit | Wish::Publish => "path.changed",
    };
    finish(write, kind, work).await
}

/// Begins to write a path, unless somebody changed it since the caller looked.
pub(super) async fn begin(paths: &Paths<'_>, actor: &Actor, name: &str) -> Result<(Write, Work)> {
    let mut write = Write::begin(paths.core, actor).await?;
    let id = sql::find(&mut write.tx, name).await?;
    let stored = sql::load_one(&mut write.tx, id).await?;
    refuse_changed(&STALE, "path", paths.unchanged_since, stored.updated_at)?;
    Ok((write, Work::on(stored)))
}

/// Writes one path and says what became of it.
pub(super) async fn finish(
    mut write: Write,
    kind: &'static str,
    work: Work,
) -> Result<Changed<LearningPath>> {
    let mut works = [work];
    let (mut changed, operation) = save(&mut write, kind, &mut works).await?;
    let value = find::path(&mut write.tx, PathId::new(works[0].after.id)).await?;
    write.commit().await?;
    Ok(Changed { value, changed: changed.pop().unwrap_or_default(), operation })
}
