//! Writing trainings: making, copying, editing, handing in, archiving, taking away.

use uuid::Uuid;

use super::definition::{Module, TrainingDefinition};
use super::fields::TrainingField;
use super::lifecycle::{Standing, Step, Wish, step};
use super::modules::{ModuleStep, carry_out};
use super::problems::refuse;
use super::save::{Work, save};
use super::sql::{self, Stored, Version};
use super::types::{Training, TrainingStatus, VersionNumber};
use super::validation::{problems_of, tidy};
use super::{
    CODE_FIXED, Catalog, INVALID_DEFINITION, NOT_A_TEMPLATE, NOT_PUBLISHABLE, REQUIRED, STALE,
    TRAINING_EXISTS, TrainingId, find,
};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{One, Statement, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Code;
use crate::operations::{Changed, Write, refuse_changed};
use crate::quizzes;

/// A training to be made.
#[derive(Debug, Clone)]
pub struct NewTraining {
    code: String,
    definition: TrainingDefinition,
    template: bool,
    source: Option<Source>,
    change: TrainingChange,
}

/// What a new training begins as.
#[derive(Debug, Clone)]
enum Source {
    Copy(String),
    Template(String),
}

impl NewTraining {
    /// A draft of this code and title, with nothing in it yet.
    #[must_use]
    pub fn new(code: &str, title: &str) -> Self {
        Self::of(code, TrainingDefinition::new(title), None)
    }

    /// A draft that begins as a copy of another training, as its author has it now.
    #[must_use]
    pub fn copy_of(code: &str, training: &str) -> Self {
        let source = Some(Source::Copy(training.to_owned()));
        Self::of(code, TrainingDefinition::default(), source)
    }

    /// A draft that is made of a template.
    #[must_use]
    pub fn from_template(code: &str, template: &str) -> Self {
        let source = Some(Source::Template(template.to_owned()));
        Self::of(code, TrainingDefinition::default(), source)
    }

    fn of(code: &str, definition: TrainingDefinition, source: Option<Source>) -> Self {
        let change = TrainingChange::new();
        Self { code: code.to_owned(), definition, template: false, source, change }
    }

    /// With all this in it.
    #[must_use]
    pub fn definition(mut self, definition: TrainingDefinition) -> Self {
        self.definition = definition;
        self
    }

    /// There to be copied only: it is never published.
    #[must_use]
    pub fn template(mut self, template: bool) -> Self {
        self.template = template;
        self
    }

    /// With this field set.
    #[must_use]
    pub fn set(mut self, field: TrainingField, text: &str) -> Self {
        self.change = self.change.set(field, text);
        self
    }
}

/// What to change of a training; it becomes its draft.
#[derive(Debug, Clone, Default)]
pub struct TrainingChange {
    code: Option<String>,
    template: Option<bool>,
    definition: Option<TrainingDefinition>,
    fields: Vec<(TrainingField, String)>,
    steps: Vec<ModuleStep>,
}

impl TrainingChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another code, as long as nobody was given the training under the old one.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// Whether it is there to be copied only.
    #[must_use]
    pub fn template(mut self, template: bool) -> Self {
        self.template = Some(template);
        self
    }

    /// All of it anew.
    #[must_use]
    pub fn definition(mut self, definition: TrainingDefinition) -> Self {
        self.definition = Some(definition);
        self
    }

    /// One field; an empty text clears it.
    #[must_use]
    pub fn set(mut self, field: TrainingField, text: &str) -> Self {
        self.fields.push((field, text.to_owned()));
        self
    }

    /// A module put in, at the end.
    #[must_use]
    pub fn add_module(self, module: Module) -> Self {
        self.step(ModuleStep::Add { module, at: None })
    }

    /// Something done to the modules; steps are carried out in their order.
    #[must_use]
    pub fn step(mut self, step: ModuleStep) -> Self {
        self.steps.push(step);
        self
    }

    /// The definition with the change in it, tidied and found sound.
    fn applied_to(self, code: &str, definition: &TrainingDefinition) -> Result<TrainingDefinition> {
        let mut changed = self.definition.unwrap_or_else(|| definition.clone());
        for (field, text) in self.fields {
            field.set(&mut changed, &text)?;
        }
        for step in self.steps {
            carry_out(&mut changed, step)?;
            // What was put in has a key from then on, by which a later step can name it.
            tidy(&mut changed);
        }
        tidy(&mut changed);
        let problems = problems_of(&changed);
        if problems.is_empty() {
            return Ok(changed);
        }
        Err(refuse(&INVALID_DEFINITION, &format!("the training `{code}`"), &problems))
    }
}

impl Stored {
    fn standing(&self) -> Standing {
        Standing {
            status: self.status,
            draft: self.draft.as_ref().map(|draft| draft.state),
            ever_published: self.published.is_some(),
            template: self.template,
        }
    }
}

impl Work {
    /// A training that is not there yet.
    pub(super) fn new(write: &Write, code: &str, definition: TrainingDefinition) -> Self {
        let now = write.ctx.now;
        let after = Stored {
            id: write.ctx.new_id(),
            code: code.to_owned(),
            status: TrainingStatus::Draft,
            template: false,
            created_at: now,
            updated_at: now,
            removed_at: None,
            draft: None,
            published: None,
        };
        let mut work = Self {
            before: None,
            after,
            prerequisites: None,
            quizzes: Vec::new(),
            skills: Vec::new(),
        };
        work.begin_draft(write, definition);
        work
    }

    /// Takes a step, as far as status and draft go; whether there was one to take.
    pub(super) fn wish(&mut self, write: &Write, wish: Wish) -> Result<bool> {
        let after = &mut self.after;
        match step(after.standing(), wish).map_err(|why| why.error(&after.code))? {
            Step::Nothing => return Ok(false),
            Step::Gone => after.removed_at = Some(write.ctx.now),
            Step::To(status, draft) => {
                after.status = status;
                if let (Some(version), Some(state)) = (&mut after.draft, draft)
                    && version.state != state
                {
                    version.state = state;
                    version.updated_at = write.ctx.now;
                }
            }
        }
        Ok(true)
    }

    /// Makes this the draft; what says the same as what is published is no draft.
    pub(super) fn redefine(&mut self, write: &Write, definition: TrainingDefinition) -> Result<()> {
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

    fn begin_draft(&mut self, write: &Write, definition: TrainingDefinition) {
        let published = self.after.published.as_ref();
        let number = published.map_or(VersionNumber::FIRST, |version| version.number.next_minor());
        self.after.draft = Some(Version {
            id: write.ctx.new_id(),
            number,
            state: TrainingStatus::Draft,
            definition,
            require_retraining_by: None,
            created_at: write.ctx.now,
            updated_at: write.ctx.now,
            published_at: None,
        });
    }
}

pub(super) async fn add(core: &Core, actor: &Actor, new: NewTraining) -> Result<Changed<Training>> {
    let code = Code::parse(&new.code)?.to_string();
    let mut write = Write::begin(core, actor).await?;
    refuse_taken(&mut write.tx, &code).await?;
    let definition = match &new.source {
        None => new.definition,
        Some(Source::Copy(name) | Source::Template(name)) => {
            let id = sql::find(&mut write.tx, name).await?;
            let source = sql::load_one(&mut write.tx, id).await?;
            if matches!(new.source, Some(Source::Template(_))) && !source.template {
                return Err(NOT_A_TEMPLATE
                    .error(format!("`{}` is not a template", source.code))
                    .with_hint(format!("copy it: `lmsctl training clone {} CODE`", source.code)));
            }
            source.working().map(|version| version.definition.clone()).unwrap_or_default()
        }
    };
    let definition = new.change.applied_to(&code, &definition)?;
    let mut work = Work::new(&write, &code, definition);
    work.after.template = new.template;
    finish(write, "training.created", work).await
}

/// Refuses a code or a title that no draft could have.
pub(crate) fn check_draft(code: &str, title: &str) -> Result<()> {
    Code::parse(code).map_err(|error| error.with_field("training"))?;
    checked(code, TrainingDefinition::new(title)).map(drop)
}

/// A definition tidied and found sound.
pub(crate) fn checked(code: &str, definition: TrainingDefinition) -> Result<TrainingDefinition> {
    TrainingChange::new().definition(definition).applied_to(code, &TrainingDefinition::default())
}

/// Makes drafts of which nothing is known but code and title, as part of a larger unit of work. None of the
/// codes may be taken, and each has to be one.
pub(crate) async fn add_drafts(
    write: &mut Write,
    new: Vec<(String, String)>,
) -> Result<Vec<Stored>> {
    let mut works = Vec::with_capacity(new.len());
    for (code, title) in new {
        let definition = checked(&code, TrainingDefinition::new(&title))?;
        works.push(Work::new(write, &code, definition));
    }
    save(write, "training.created", &mut works).await?;
    Ok(works.into_iter().map(|work| work.after).collect())
}

async fn refuse_taken(tx: &mut Tx, code: &str) -> Result<()> {
    let taken: Option<One<Uuid>> =
        tx.sql(&sql::TRAINING_ID_BY_CODE).bind(fold(code)).bind(true).opt().await?;
    match taken {
        None => Ok(()),
        Some(_) => Err(TRAINING_EXISTS
            .error(format!("there is a training `{code}` already"))
            .with_field("code")
            .with_hint(format!(
                "look at it with `lmsctl training show {code}`, or use another code"
            ))),
    }
}

pub(super) async fn edit(
    catalog: &Catalog<'_>,
    actor: &Actor,
    name: &str,
    mut change: TrainingChange,
) -> Result<Changed<Training>> {
    let (mut write, mut work) = begin(catalog, actor, name).await?;
    if let Some(code) = change.code.take() {
        let code = Code::parse(&code)?.to_string();
        if fold(&code) != fold(&work.after.code) {
            if work.after.published.is_some() {
                return Err(CODE_FIXED
                    .error(format!("`{}` was published under this code", work.after.code))
                    .with_field("code")
                    .with_hint("clone it under the other code, and archive it"));
            }
            refuse_taken(&mut write.tx, &code).await?;
        }
        if code != work.after.code {
            work.wish(&write, Wish::Edit)?;
            work.after.code = code;
        }
    }
    if let Some(template) = change.template
        && template != work.after.template
    {
        work.set_template(template)?;
    }
    let working = working(&work.after)?;
    let definition = change.applied_to(&work.after.code, &working.definition)?;
    work.redefine(&write, definition)?;
    finish(write, "training.changed", work).await
}

impl Work {
    pub(super) fn set_template(&mut self, template: bool) -> Result<()> {
        if self.after.published.is_some() {
            return Err(NOT_A_TEMPLATE
                .error(format!("`{}` was published, and cannot become a template", self.after.code))
                .with_hint(format!(
                    "make one of it: `lmsctl training clone {} CODE --as-template`",
                    self.after.code
                )));
        }
        self.after.template = template;
        Ok(())
    }
}

/// The version that an author works on.
pub(super) fn working(training: &Stored) -> Result<&Version> {
    training.working().ok_or_else(|| Error::internal("a training without a version"))
}

/// Takes one step with one training.
pub(super) async fn move_on(
    catalog: &Catalog<'_>,
    actor: &Actor,
    name: &str,
    wish: Wish,
) -> Result<Changed<Training>> {
    let (mut write, mut work) = begin(catalog, actor, name).await?;
    let moved = work.wish(&write, wish)?;
    match wish {
        Wish::Archive if moved => {
            refuse_required(&mut write.tx, &work.after).await?;
            refuse_named(&mut write.tx, &work.after, &sql::PATHS_WITH).await?;
            refuse_asked_for(&mut write, work.after.id, &work.after.code).await?;
        }
        Wish::Remove => refuse_named(&mut write.tx, &work.after, &sql::PATHS_NAMING).await?,
        Wish::Reopen if moved => refuse_without_quizzes(&mut write.tx, &work.after).await?,
        _ => {}
    }
    let kind = match wish {
        Wish::Submit => "training.submitted",
        Wish::Archive => "training.archived",
        Wish::Remove => "training.removed",
        Wish::Reopen => "training.reopened",
        Wish::Edit | Wish::Publish => "training.changed",
    };
    finish(write, kind, work).await
}

/// Nobody could begin what comes after a training that is no longer given.
async fn refuse_required(tx: &mut Tx, training: &Stored) -> Result<()> {
    let after: Vec<One<String>> = tx.sql(&sql::REQUIRED_BY).bind(training.id).all().await?;
    if after.is_empty() {
        return Ok(());
    }
    let codes: Vec<String> = after.into_iter().map(|One(code)| code).collect();
    Err(REQUIRED
        .error(format!("`{}` has to come before {}", training.code, codes.join(", ")))
        .with_hint("publish those without it, or archive them first"))
}

/// A path whose training is no longer given could not be gone to its end.
async fn refuse_named(tx: &mut Tx, training: &Stored, paths: &'static Statement) -> Result<()> {
    let paths: Vec<One<String>> = tx.sql(paths).bind(training.id).all().await?;
    let codes: Vec<String> = paths.into_iter().map(|One(code)| format!("`{code}`")).collect();
    let (what, all) = match codes.as_slice() {
        [] => return Ok(()),
        [one] => ("the learning path", one.clone()),
        several => ("the learning paths", several.join(", ")),
    };
    Err(REQUIRED
        .error(format!("`{}` is a step of {what} {all}", training.code))
        .with_hint("take it out of there first: `lmsctl path edit PATH --remove-step TRAINING`"))
}

/// Nobody could be given any more what a rule goes on asking for.
pub(in crate::catalog) async fn refuse_asked_for(
    write: &mut Write,
    id: Uuid,
    code: &str,
) -> Result<()> {
    let rules = write.asked_for_by(id).await?;
    let codes: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
    let (what, first) = match (codes.as_slice(), rules.first()) {
        (_, None) => return Ok(()),
        ([one], Some(first)) => (format!("the rule {one} asks"), first),
        (several, Some(first)) => (format!("the rules {} ask", several.join(", ")), first),
    };
    Err(REQUIRED.error(format!("{what} people for `{code}`")).with_hint(format!(
        "change the rule first, or take it out of force: `lmsctl rule remove {first}`"
    )))
}

/// A quiz may have been archived while nobody was given the training.
async fn refuse_without_quizzes(tx: &mut Tx, training: &Stored) -> Result<()> {
    let Some(version) = &training.published else { return Ok(()) };
    let given = quizzes::given(tx, version.definition.quizzes()).await?;
    let gone = version.definition.quizzes().find(|code| !given.contains_key(&fold(code)));
    match gone {
        None => Ok(()),
        Some(code) => Err(NOT_PUBLISHABLE
            .error(format!("`{}` asks the quiz `{code}`, which is not given", training.code))
            .with_hint(format!("`lmsctl quiz edit {code} --restore` gives it again"))),
    }
}

/// Begins to write a training, unless it was changed since the caller looked.
pub(super) async fn begin(
    catalog: &Catalog<'_>,
    actor: &Actor,
    name: &str,
) -> Result<(Write, Work)> {
    let mut write = Write::begin(catalog.core, actor).await?;
    let id = sql::find(&mut write.tx, name).await?;
    let stored = sql::load_one(&mut write.tx, id).await?;
    refuse_changed(&STALE, "training", catalog.unchanged_since, stored.updated_at)?;
    Ok((write, Work::on(stored)))
}

/// Writes one training and says what became of it.
pub(super) async fn finish(
    mut write: Write,
    kind: &'static str,
    work: Work,
) -> Result<Changed<Training>> {
    let mut works = [work];
    let (mut changed, operation) = save(&mut write, kind, &mut works).await?;
    let value = find::training(&mut write.tx, TrainingId::new(works[0].after.id)).await?;
    write.commit().await?;
    Ok(Changed { value, changed: changed.pop().unwrap_or_default(), operation })
}
