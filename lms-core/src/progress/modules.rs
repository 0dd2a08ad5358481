//! Going through modules: how far, for how long, and where somebody was last.

use super::course::{self, Course};
use super::report::{self, TrainingProgress};
use super::{PROGRESS_INVALID, UNKNOWN_MODULE, WRITE, settling, sql, starting};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::operations::Write;

/// Nobody reports more at once.
const SECONDS_MAX: i64 = 24 * 60 * 60;
const POSITION_CHARS_MAX: usize = 200;

/// How far somebody came in a module since the last time.
#[derive(Debug, Clone)]
pub struct ModuleUpdate {
    training: String,
    module: String,
    person: Option<String>,
    percent: i64,
    seconds: i64,
    position: Option<String>,
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
        if errors.is_empty() { Ok(()) } else { Err(Error::several(errors)) }
    }
}

pub(super) async fn update(
    core: &Core,
    actor: &Actor,
    update: ModuleUpdate,
) -> Result<TrainingProgress> {
    update.check()?;
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let named = update.person.as_deref();
    let person = course::learner(&mut write.tx, actor, WRITE, named, now).await?;
    let mut course = course::open(&mut write.tx, actor, person, &update.training).await?;
    let module = course.module(&update.module)?;
    let started = starting::ensure(&mut write, &mut course).await?;
    write
        .tx
        .sql(&sql::NOTE_PROGRESS)
        .bind(course.assignment)
        .bind(module)
        .bind(person)
        .bind(course.training)
        .bind(update.percent)
        .bind(update.seconds)
        .bind(update.position)
        .bind(now)
        .run_one()
        .await?;
    let done =
        settling::settle(&mut write, person.uuid(), course.training, course.assignment).await?;
    let value = report::of(&mut write.tx, person, course.training).await?;
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
