//! Going through modules: how far, for how long, and where somebody was last.

use super::course::{self, Course};
use super::joined::{self, Joining, Noted};
use super::report::{self, TrainingProgress};
use super::sql::ModuleRow;
use super::steps::{Step, UpdateId};
use super::{PROGRESS_INVALID, UNKNOWN_MODULE, WRITE, settling, sql, starting};
use crate::catalog;
use crate::kernel::access::{Actor, Bound, Scope};
use crate::kernel::core::Core;
use crate::kernel::db::One;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::operations::Write;
use crate::people::PersonId;

/// Nobody reports more at once.
const SECONDS_MAX: i64 = 24 * 60 * 60;
const POSITION_CHARS_MAX: usize = 200;
const UPDATE_ID_CHARS_MAX: usize = 64;

/// How far somebody came in a module since the last time.
#[derive(Debug, Clone)]
pub struct ModuleUpdate {
    training: String,
    module: String,
    person: Option<String>,
    percent: i64,
    seconds: i64,
    position: Option<String>,
    update_id: Option<String>,
}

impl ModuleUpdate {
    /// Somebody, oneself unless said, is in a module of a training.
    #[must_use]
    pub fn new(training: &str, module: &str) -> Self {
        Self {
            training: training.to_owned(),
            module: module.to_owned(),
            person: None,
            percent: 0,
            seconds: 0,
            position: None,
            update_id: None,
        }
    }

    /// Of this person.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }

    /// How much of it they have seen: less than before counts for nothing.
    #[must_use]
    pub fn percent(mut self, percent: i64) -> Self {
        self.percent = percent;
        self
    }

    /// How long they were in it since the last update.
    #[must_use]
    pub fn seconds(mut self, seconds: i64) -> Self {
        self.seconds = seconds;
        self
    }

    /// Where they are, in the words of whatever shows the module.
    #[must_use]
    pub fn position(mut self, position: &str) -> Self {
        self.position = Some(position.to_owned());
        self
    }

    /// What this update is known by. When it is sent again, because no answer came, it is answered and
    /// counts for nothing; the last sixteen of a module are remembered.
    #[must_use]
    pub fn update_id(mut self, id: &str) -> Self {
        self.update_id = Some(id.to_owned());
        self
    }

    fn step(&self) -> Step {
        Step {
            module: self.module.trim().to_owned(),
            percent: self.percent,
            seconds: self.seconds,
            position: self.position.clone(),
            id: self.update_id.as_deref().map(UpdateId::of),
        }
    }

    fn check(&self) -> Result<()> {
        let wrong =
            |field: &str, message: String| PROGRESS_INVALID.error(message).with_field(field);
        let mut errors = Vec::new();
        if !(0..=100).contains(&self.percent) {
            errors.push(wrong("percent", format!("`{}` is not from 0 to 100", self.percent)));
        }
        if !(0..=SECONDS_MAX).contains(&self.seconds) {
            let told = format!("`{}` is not from 0 to {SECONDS_MAX} seconds", self.seconds);
            errors.push(wrong("seconds", told));
        }
        let length = self.position.as_ref().map_or(0, |text| text.chars().count());
        if length > POSITION_CHARS_MAX {
            let told = format!("the position is longer than {POSITION_CHARS_MAX} characters");
            errors.push(wrong("position", told));
        }
        if self.position.as_ref().is_some_and(|text| text.chars().any(char::is_control)) {
            errors.push(wrong("position", "the position has a control character".to_owned()));
        }
        let length = self.update_id.as_ref().map_or(1, |id| id.chars().count());
        if !(1..=UPDATE_ID_CHARS_MAX).contains(&length) {
            let told = format!("the id of an update has 1 to {UPDATE_ID_CHARS_MAX} characters");
            errors.push(wrong("update_id", told));
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::several(errors)) }
    }
}

pub(super) async fn update(
    core: &Core,
    actor: &Actor,
    update: ModuleUpdate,
) -> Result<TrainingProgress> {
    update.check()?;
    if actor.request_key().is_some() {
        // The key is noted with what it did, and with nothing of others.
        return alone(core, actor, &update).await;
    }
    let named = update.person.as_deref();
    let person = if let Some(person) = known(actor, named) {
        person
    } else {
        let mut tx = core.db().begin_read().await?;
        course::learner(&mut tx, actor, WRITE, named, core.now()).await?
    };
    let step = update.step();
    let joining = Joining { person, training: update.training.clone(), step };
    match joined::note(core, joining).await? {
        Noted::Kept(progress) => Ok(*progress),
        Noted::Alone => alone(core, actor, &update).await,
        Noted::Failed(error) => Err(error),
    }
}

/// Who is meant, where nothing has to be looked up for it: oneself, or a person by id for those who
/// reach everybody. Whether there is anything that they have begun is seen later.
fn known(actor: &Actor, named: Option<&str>) -> Option<PersonId> {
    let bounds = actor.bounds(WRITE);
    let (person, is_reached) = match named {
        None => {
            let own = actor.own_person()?;
            let reaches =
                |bound: &Bound| bound.person == Some(own) && bound.scopes.contains(&Scope::Self_);
            (own, bounds.iter().all(reaches))
        }
        Some(text) => (text.trim().parse().ok()?, bounds.is_empty()),
    };
    is_reached.then(|| PersonId::new(person))
}

/// An update that is the beginning or the end of something, or cannot be.
async fn alone(core: &Core, actor: &Actor, update: &ModuleUpdate) -> Result<TrainingProgress> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let named = update.person.as_deref();
    let person = course::learner(&mut write.tx, actor, WRITE, named, now).await?;
    let mut step = update.step();
    if let Some(id) = step.id {
        let training = catalog::find_for(&mut write.tx, actor, &update.training).await?;
        let remembered = write.tx.sql(&sql::REMEMBERED).bind(person).bind(training);
        let remembered: Vec<One<Vec<u8>>> = remembered.bind(step.module.as_str()).all().await?;
        if remembered.iter().any(|One(all)| id.is_in(Some(all))) {
            return report::of(&mut write.tx, person, training).await;
        }
    }
    let mut course = course::open(&mut write.tx, actor, person, &update.training).await?;
    step.module = course.module(&update.module)?;
    let started = starting::ensure(&mut write, &mut course).await?;
    let (assignment, training) = (course.assignment, course.training);
    let modules: Vec<ModuleRow> = write.tx.sql(&sql::MODULES_OF).bind(assignment).all().await?;
    let row = modules.into_iter().find(|row| row.module == step.module);
    let mut row = row.unwrap_or_else(|| ModuleRow::unseen(&step.module, now));
    row.take(&step, now);
    let values = row.values(assignment, person.uuid(), training.uuid());
    sql::keep_modules(&mut write.tx, vec![values]).await?;
    let done = settling::settle(&mut write, person.uuid(), training, assignment).await?;
    let value = report::of(&mut write.tx, person, training).await?;
    if done || started.is_some() {
        write.commit().await?;
    } else {
        // A step on the way is no operation of the audit log; the beginning and the end are.
        write.commit_unrecorded().await?;
    }
    Ok(value)
}

impl Course {
    /// The key of a module of the course.
    fn module(&self, name: &str) -> Result<String> {
        let keys = || self.version.definition.modules.iter().map(|module| &module.key);
        let found = keys().find(|key| key.as_str() == name.trim());
        found.cloned().ok_or_else(|| {
            UNKNOWN_MODULE
                .error(format!("`{}` has no module `{}`", self.code, name.trim()))
                .with_field("module")
                .with_hints(suggest(name, keys()))
                .with_hint("name a module by its key, as `lmsctl training show` has it")
        })
    }
}
