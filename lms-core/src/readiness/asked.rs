//! A question about gaps with its names resolved.

use uuid::Uuid;

use super::READ;
use super::types::GapFilter;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Engine, IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, Audience, PersonFilter, Reach};
use crate::settings;
use crate::skills;

/// Which day, as known when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct On {
    pub(crate) day: Day,
    /// Nothing: now.
    pub(crate) known_at: Option<Timestamp>,
}

/// Whose gaps, in which skills, on which day.
pub(crate) struct Asked {
    pub(super) on: On,
    engine: Engine,
    /// Selects the people.
    people: Assembly,
    skills: Option<Vec<Uuid>>,
}

/// People `x` with their placements `p` on a day, the requirements `q` of their job roles `u`, and the
/// skills `k`. SQLite keeps to the order of a cross join: people are read in the order of their names, so
/// that a page stops when it is full.
const FROM: &str = "
FROM persons x
CROSS JOIN placements p
CROSS JOIN skill_requirements q
JOIN skills k ON k.id = q.skill_id
JOIN units u ON u.id = q.job_role_id
WHERE p.person_id = x.id AND q.job_role_id = p.job_role_id";

impl On {
    /// By what is known now.
    pub(super) fn day(day: Day) -> Self {
        Self { day, known_at: None }
    }
}

impl Asked {
    pub(super) async fn prepare(
        tx: &mut Tx,
        core: &Core,
        actor: &Actor,
        filter: &GapFilter,
    ) -> Result<Self> {
        let day = day(tx, core, filter.as_of).await?;
        let people = selected(tx, core, actor, &filter.audience, day).await?;
        let mut named = Vec::with_capacity(filter.skills.len());
        // Bounded by what somebody typed.
        for name in &filter.skills {
            named.push(skills::find(tx, name).await?.id);
        }
        let skills = (!named.is_empty()).then_some(named);
        Ok(Self { on: On::day(day), engine: tx.engine(), people, skills })
    }

    /// All skills of those that a statement selects.
    pub(crate) fn of(engine: Engine, people: Assembly, on: On) -> Self {
        Self { on, engine, people, skills: None }
    }

    /// A statement over what is required of these people.
    pub(super) fn required(&self, select: &'static str) -> Assembly {
        let day = self.on.day;
        let wanted = match self.on.known_at {
            None => Assembly::new(select)
                .push(FROM)
                .push("AND p.retracted_at IS NULL AND q.retracted_at IS NULL"),
            Some(instant) => Assembly::new(select)
                .push(FROM)
                .push("AND p.recorded_at <= ?")
                .bind(instant)
                .push("AND (p.retracted_at IS NULL OR p.retracted_at > ?")
                .bind(instant)
                .push(") AND q.recorded_at <= ?")
                .bind(instant)
                .push("AND (q.retracted_at IS NULL OR q.retracted_at > ?")
                .bind(instant)
                .push(")"),
        };
        let wanted = wanted
            .push("AND p.valid_from <= ?")
            .bind(day)
            .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
            .bind(day)
            .push("AND q.valid_from <= ?")
            .bind(day)
            .push("AND (q.valid_until > ? OR q.valid_until IS NULL)")
            .bind(day)
            .push("AND")
            .append(among(self.engine, self.people.clone()));
        match &self.skills {
            Some(skills) => {
                let skills = IdList::new(skills.iter().copied());
                wanted.push("AND q.skill_id IN (ids?)").bind_ids(&skills)
            }
            None => wanted,
        }
    }
}

/// Whether the person `x` is among these. SQLite goes by its index wherever it can; with a sign before it, the
/// column has none, and people are read in the order of their names until a page is full.
pub(super) fn among(engine: Engine, people: Assembly) -> Assembly {
    let among = match engine {
        Engine::Sqlite => "+x.id IN (",
        Engine::Postgres => "x.id IN (",
    };
    Assembly::new(among).append(people).push(")")
}

/// The day that is asked about; today, unless said.
pub(super) async fn day(tx: &mut Tx, core: &Core, as_of: Option<Day>) -> Result<Day> {
    match as_of {
        Some(day) => Ok(day),
        None => settings::today(tx, core.now()).await,
    }
}

/// Selects those of an audience on a day whose skills the actor may see.
pub(super) async fn selected(
    tx: &mut Tx,
    core: &Core,
    actor: &Actor,
    audience: &Audience,
    day: Day,
) -> Result<Assembly> {
    let now = core.now();
    let reach = Reach::of(tx, actor, READ, now).await?;
    let filter = PersonFilter::new().audience(audience.clone()).as_of(day);
    people::selecting(tx, reach, now, &filter).await
}
