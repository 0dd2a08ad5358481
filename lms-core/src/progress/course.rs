//! Who learns what: the person, what they have to do, and where a quiz is asked in it.

use uuid::Uuid;

use super::sql;
use super::{NOBODY, NOT_ASKED, NOT_ASSIGNED, WAITLISTED};
use crate::assignments;
use crate::catalog::sql::Version;
use crate::catalog::{self, ItemContent, TrainingId};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::people::{PersonId, Reach, find_person};
use crate::quizzes;

/// A training that a person does, in the version that they are in.
pub(super) struct Course {
    pub(super) person: PersonId,
    /// What they are called.
    pub(super) name: String,
    pub(super) training: TrainingId,
    /// The code of the training.
    pub(super) code: String,
    pub(super) assignment: Uuid,
    pub(super) is_begun: bool,
    pub(super) version: Version,
}

/// A quiz of a course.
pub(super) struct AskedQuiz {
    pub(super) id: Uuid,
    pub(super) code: String,
    /// The key of the first module that asks it.
    pub(super) module: String,
}

/// The person who is named, or else whoever asks.
pub(super) async fn learner(
    tx: &mut Tx,
    actor: &Actor,
    permission: Permission,
    named: Option<&str>,
    now: Timestamp,
) -> Result<PersonId> {
    let reach = Reach::of(tx, actor, permission, now).await?;
    match (named, actor.own_person()) {
        (Some(text), _) => find_person(tx, &reach, text).await,
        (None, Some(own)) => find_person(tx, &reach, &own.to_string()).await,
        (None, None) => Err(NOBODY
            .error("nobody is named, and you act for no person of your own")
            .with_field("person")
            .with_hint("say whom it is about, by e-mail, employee number, user name or id")),
    }
}

/// What a person has to do, or does, of a training.
pub(super) async fn open(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    training: &str,
) -> Result<Course> {
    let id = catalog::find_for(tx, actor, training).await?;
    let names: sql::NamesRow = tx.sql(&sql::NAMES).bind(person).bind(id).one().await?;
    let code = names.training;
    let Some(open) = assignments::open_of(tx, person.uuid(), id.uuid()).await? else {
        return Err(NOT_ASSIGNED
            .error(format!("`{code}` is not assigned"))
            .with_hint("it has to be assigned, or one has to enrol in it, before it is begun"));
    };
    if open.waiting {
        return Err(WAITLISTED
            .error(format!("there is no seat in `{code}` yet"))
            .with_hint("whoever waits moves up when a seat is free"));
    }
    let version = catalog::version_in(tx, id, open.version).await?;
    let (assignment, is_begun) = (open.id, open.started_on.is_some());
    Ok(Course { person, name: names.person, training: id, code, assignment, is_begun, version })
}

impl Course {
    /// A quiz that the course asks, by code or id.
    pub(super) async fn quiz(&self, tx: &mut Tx, name: &str) -> Result<AskedQuiz> {
        let definition = &self.version.definition;
        let asked: Vec<(&str, &str)> = definition
            .modules
            .iter()
            .flat_map(|module| module.items.iter().map(move |item| (module, item)))
            .filter_map(|(module, item)| match &item.content {
                ItemContent::Quiz { quiz } => Some((quiz.as_str(), module.key.as_str())),
                _ => None,
            })
            .collect();
        let codes: Vec<&str> = asked.iter().map(|(code, _)| *code).collect();
        let ids = quizzes::given(tx, codes.iter().copied()).await?;
        let wanted = name.trim().parse::<Uuid>().ok();
        let found = asked.iter().find_map(|(code, module)| {
            let id = *ids.get(&fold(code))?;
            (Some(id) == wanted || fold(code) == fold(name)).then(|| AskedQuiz {
                id,
                code: (*code).to_owned(),
                module: (*module).to_owned(),
            })
        });
        found.ok_or_else(|| not_asked(name, &codes))
    }
}

fn not_asked(name: &str, codes: &[&str]) -> Error {
    let all = match codes {
        [] => "it asks no quiz".to_owned(),
        codes => format!("it asks `{}`", codes.join("`, `")),
    };
    NOT_ASKED
        .error(format!("the training does not ask the quiz `{}`", name.trim()))
        .with_field("quiz")
        .with_hints(suggest(name, codes))
        .with_hint(all)
}
