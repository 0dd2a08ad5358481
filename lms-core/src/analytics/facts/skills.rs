//! Who has what their job roles require, and who lacks it: as readiness has it, beside the rows.

use std::collections::HashMap;

use uuid::Uuid;

use super::{FactsOrigin, FactsQuery, PeopleColumns, Reading, UnitColumns, Whom};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people;
use crate::readiness::asked::{Asked, On};
use crate::readiness::{READ, RoleReadiness, gaps, roles};
use crate::skills::SkillLevel;

/// What people lack, by person and then by skill.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct SkillGapColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The code of the skill.
    pub skill: Vec<String>,
    /// What it is called.
    pub skill_name: Vec<String>,
    /// The level that the job role requires.
    pub required: Vec<SkillLevel>,
    /// The level that they have, where they have any.
    pub held: Vec<Option<SkillLevel>>,
    /// The last day on which they have that; nothing where it is for good.
    pub held_until: Vec<Option<Day>>,
    /// How many levels are missing.
    pub missing: Vec<u8>,
}

/// Who has what their job roles require.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct SkillFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// Everybody who was asked about.
    pub people: PeopleColumns,
    /// All units.
    pub units: UnitColumns,
    /// Each job role with each skill that it requires, by code and then by skill.
    pub roles: Vec<RoleReadiness>,
    /// What people lack.
    pub gaps: SkillGapColumns,
    /// People whose job role requires anything.
    pub required_people: i64,
    /// Those of them who lack nothing.
    pub ready_people: i64,
}

impl SkillGapColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

pub(in crate::analytics) async fn skills(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<SkillFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let moment = reading.moment;
    let described = reading.described(Whom::Present, moment.day).await?;
    let units = reading.units().await?;
    let filter = reading.filter(Whom::Present, moment);
    let reach = reading.reach().await?;
    let tx = &mut reading.tx;
    let selected = people::selecting(tx, reach, core.now(), &filter).await?;
    let on = On { day: moment.day, known_at: moment.known_at };
    let asked = Asked::of(tx.engine(), selected, on);
    let roles = roles::all(tx, &asked).await?;
    let places: HashMap<Uuid, u32> = super::places_of(&described);
    let mut columns = SkillGapColumns::default();
    for gap in gaps::all(tx, &asked).await? {
        let Some(place) = places.get(&gap.person_id.uuid()) else { continue };
        columns.person.push(*place);
        columns.skill.push(gap.skill);
        columns.skill_name.push(gap.name);
        columns.required.push(gap.required);
        columns.held.push(gap.held.as_ref().map(|held| held.level));
        columns.held_until.push(gap.held.and_then(|held| held.valid_until));
        columns.missing.push(gap.missing);
    }
    // Everybody in a job role has all that it requires asked of them.
    let mut in_role: HashMap<&str, i64> = HashMap::new();
    for role in &roles {
        in_role.insert(&role.job_role, role.people);
    }
    let required_people = in_role.into_values().sum();
    let mut lacking = columns.person.clone();
    lacking.dedup();
    let n_lacking = i64::try_from(lacking.len()).unwrap_or(i64::MAX);
    Ok(SkillFacts {
        origin: reading.origin,
        people: PeopleColumns::of(&described, &units)?,
        units,
        roles,
        gaps: columns,
        required_people,
        ready_people: required_people - n_lacking,
    })
}
