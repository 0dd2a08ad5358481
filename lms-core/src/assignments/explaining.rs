//! One person and one training: every cycle, who wants it, what was done, and the chain of facts that
//! led there.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::READ;
use super::engine::{Names, Source, SourceKind, explain, sentences};
use super::list::{Assignment, cycles};
use super::load::{Asked, Loaded, Today};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, PersonId, Reach};
use crate::settings;

/// Why somebody has to do a training, or why not.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// The code of the training.
    pub training: String,
    /// What it is called.
    pub title: String,
    /// The day asked about.
    pub day: Day,
    /// The chain of facts, a sentence each.
    pub because: Vec<String>,
    /// All cycles, the newest last.
    pub cycles: Vec<Assignment>,
}

/// What trainings and orders are called.
struct Called<'a> {
    loaded: &'a Loaded,
    codes: BTreeMap<Uuid, String>,
    orders: BTreeMap<Uuid, String>,
}

impl Names for Called<'_> {
    fn training(&self, training: u32) -> String {
        let id = self.loaded.trainings.id(training);
        self.codes.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn source(&self, source: Source) -> String {
        let id = self.loaded.sources.id(source.number);
        let what = match source.kind {
            SourceKind::Rule => "a rule",
            SourceKind::Import => "an import",
            SourceKind::Path => "a learning path",
            SourceKind::Learner => "the learner",
            SourceKind::Person => "an assignment",
        };
        match self.orders.get(&id) {
            Some(by) => format!("{what} {by}"),
            None => what.to_owned(),
        }
    }
}

row! {
    struct OrderedRow {
        id: Uuid,
        ordered_on: Day,
        actor: Option<String>,
        path: Option<String>,
    }
}

row! {
    struct CodeRow {
        id: Uuid,
        code: String,
    }
}

pub(super) async fn explained(
    core: &Core,
    actor: &Actor,
    person: &str,
    training: &str,
    day: Option<Day>,
) -> Result<Explained> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let reach = Reach::of(&mut tx, actor, READ, now).await?;
    let person = people::find_person(&mut tx, &reach, person).await?;
    let training = catalog::sql::find(&mut tx, training).await?;
    let stored = catalog::sql::load_one(&mut tx, training).await?;
    let day = match day {
        Some(day) => day,
        None => settings::today(&mut tx, now).await?,
    };
    let (people, trainings) = ([person.uuid()], [training.uuid()]);
    let asked = Asked {
        today: Today::One(day),
        people: &people,
        spells: None,
        trainings: &trainings,
        fresh: &[],
        taken_back: None,
    };
    let loaded = asked.load(&mut tx).await?;
    let number = loaded.trainings.get(training.uuid()).unwrap_or_default();
    let told = explain(&loaded.book, &loaded.facts.person(0), number, day);
    let called = called(&mut tx, &loaded).await?;
    let because = sentences(&told, &called);
    let names = people::names_in(&mut tx, [person.uuid()].into_iter().collect()).await?;
    let cycles = cycles(&mut tx, now, person.uuid(), Some(training.uuid())).await?;
    Ok(Explained {
        person_id: person,
        person: names.get(&person.uuid()).cloned().unwrap_or_default(),
        title: stored.shown().map(|one| one.definition.title.clone()).unwrap_or_default(),
        training: stored.code,
        day,
        because,
        cycles,
    })
}

async fn called<'a>(tx: &mut Tx, loaded: &'a Loaded) -> Result<Called<'a>> {
    let rows: Vec<CodeRow> = Assembly::new("SELECT id, code FROM trainings WHERE id IN (ids?)")
        .bind_ids(&IdList::new(loaded.trainings.ids().iter().copied()))
        .on(tx)
        .all()
        .await?;
    let codes = rows.into_iter().map(|row| (row.id, row.code)).collect();
    let rows: Vec<OrderedRow> = Assembly::new(
        "SELECT o.id, o.ordered_on, p.actor, w.code
         FROM assignment_orders o
         LEFT JOIN operations p ON p.recorded_at = o.recorded_at AND p.kind IN ('training.assigned', 'training.enrolled')
         LEFT JOIN paths w ON w.id = o.path_id
         WHERE o.id IN (ids?)",
    )
    .bind_ids(&IdList::new(loaded.sources.ids().iter().copied()))
    .on(tx)
    .all()
    .await?;
    let orders = rows.into_iter().map(|row| {
        let by = row.actor.map(|actor| format!(" by {actor}")).unwrap_or_default();
        let path = row.path.map(|path| format!("`{path}` ")).unwrap_or_default();
        (row.id, format!("{path}of {}{by}", row.ordered_on))
    });
    Ok(Called { loaded, codes, orders: orders.collect() })
}
