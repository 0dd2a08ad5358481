//! An audience whose names have become ids and stored values, as of a day. It is asked in two ways
//! that must agree: over plain facts, and as conditions of a statement over `placements p`.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::bounds::Bound;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::PersonStatus;

/// What an audience asks of a person on a day: what lies in the placement that holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AudienceFacts<'a> {
    pub(crate) person: Uuid,
    /// The day that it is, where that is another one than the audience was resolved for.
    pub(crate) today: Option<Day>,
    pub(crate) status: PersonStatus,
    pub(crate) hired_on: Option<Day>,
    pub(crate) department: Option<Uuid>,
    pub(crate) location: Option<Uuid>,
    pub(crate) job_role: Option<Uuid>,
    pub(crate) manager: Option<Uuid>,
    pub(crate) country: Option<&'a str>,
    /// Folded, as it is stored beside the title.
    pub(crate) job_title_key: Option<&'a str>,
    pub(crate) employment_type: Option<&'a str>,
    pub(crate) attributes: &'a BTreeMap<String, String>,
}

impl AudienceFacts<'_> {
    fn held_against(&self, bound: &Bound) -> Day {
        self.today.map_or(bound.day, |today| bound.on(today))
    }
}

/// How a statement comes to the people whom it asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// By what they must meet, through whatever index finds them.
    Sought,
    /// One after the other, until a page is full. SQLite is kept from looking each of them up in an
    /// index by the conditions, as often as a list has ids: with a sign before it, a column has none.
    InOrder,
}

impl Reading {
    /// What stands before a column.
    fn sign(self, engine: Engine) -> &'static str {
        match (engine, self) {
            (Engine::Sqlite, Self::InOrder) => "+",
            _ => "",
        }
    }
}

/// Ids in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdSet(Vec<Uuid>);

impl FromIterator<Uuid> for IdSet {
    fn from_iter<I: IntoIterator<Item = Uuid>>(ids: I) -> Self {
        let mut ids: Vec<Uuid> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

impl IdSet {
    fn has(&self, id: Option<Uuid>) -> bool {
        id.is_some_and(|id| self.0.binary_search(&id).is_ok())
    }

    fn list(&self) -> IdList {
        IdList::new(self.0.iter().copied())
    }
}

/// One condition; a person without a value never meets it.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Department(IdSet),
    Location(IdSet),
    JobRole(IdSet),
    Manager(IdSet),
    Person(IdSet),
    /// Stored values, without wildcards.
    Country(Vec<String>),
    JobTitle(Vec<String>),
    EmploymentType(Vec<String>),
    Attribute(String, Vec<String>),
    Status(Vec<PersonStatus>),
    HiredBefore(Bound),
    HiredAfter(Bound),
    /// Whoever is in one of these.
    Any(Vec<Resolved>),
}

/// All of the first must hold, and none of the second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resolved {
    pub(in crate::people) all: Vec<Test>,
    pub(in crate::people) none: Vec<Test>,
}

impl Resolved {
    /// Whether somebody is in it.
    pub(crate) fn matches(&self, facts: &AudienceFacts<'_>) -> bool {
        self.all.iter().all(|test| test.holds(facts))
            && !self.none.iter().any(|test| test.holds(facts))
    }

    /// The days on which somebody who was hired on a day can come to be in it, or not to be, because days
    /// that are told from today pass that day.
    pub(in crate::people) fn turns(&self, hired_on: Day) -> Vec<Day> {
        let mut turns = Vec::new();
        self.bounds(&mut |bound| bound.turns(hired_on, &mut turns));
        turns.sort_unstable();
        turns.dedup();
        turns
    }

    /// The hire days that days told from today go over from one day to another.
    pub(in crate::people) fn passed(&self, since: Day, until: Day) -> Vec<(Day, Day)> {
        let mut passed = Vec::new();
        self.bounds(&mut |bound| passed.extend(bound.passed(since, until)));
        passed
    }

    fn bounds(&self, look: &mut dyn FnMut(&Bound)) {
        for test in self.all.iter().chain(&self.none) {
            match test {
                Test::HiredBefore(bound) | Test::HiredAfter(bound) => look(bound),
                Test::Any(members) => members.iter().for_each(|member| member.bounds(look)),
                _ => {}
            }
        }
    }

    /// Those who are in both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.all.extend(other.all);
        self.none.extend(other.none);
        self
    }

    /// Takes the managers out, whose direct reports are asked for.
    pub(crate) fn take_managers(&mut self) -> Vec<Uuid> {
        let mut managers = Vec::new();
        self.all.retain(|test| match test {
            Test::Manager(set) => {
                managers.extend_from_slice(&set.0);
                false
            }
            _ => true,
        });
        managers
    }

    /// Only those who report directly to one of these.
    pub(crate) fn ask_managers(&mut self, managers: Vec<Uuid>) {
        self.all.push(Test::Manager(managers.into_iter().collect()));
    }

    /// Puts the conditions into a statement, as one that is never unknown.
    pub(crate) fn push(&self, mut wanted: Assembly, engine: Engine, reading: Reading) -> Assembly {
        wanted = wanted.push("(TRUE");
        for test in &self.all {
            wanted = test.push(wanted.push("AND"), engine, reading);
        }
        for test in &self.none {
            wanted = test.push(wanted.push("AND NOT"), engine, reading);
        }
        wanted.push(")")
    }

    /// Whether so few people meet one of the conditions that it is the way to find them. Looks no
    /// further than `few_max` entries of an index.
    pub(crate) async fn is_narrow(&self, tx: &mut Tx, few_max: i64) -> Result<bool> {
        let mut tests: Vec<&Test> = self.all.iter().collect();
        while let Some(test) = tests.pop() {
            if let Test::Any(members) = test {
                // One group is a filter like any other; of several, none is the only way.
                if let [only] = members.as_slice() {
                    tests.extend(&only.all);
                }
                continue;
            }
            if test.has_index() && test.count(tx, few_max).await? < few_max {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Test {
    pub(in crate::people) fn holds(&self, facts: &AudienceFacts<'_>) -> bool {
        let has = |values: &[String], value: Option<&str>| {
            value.is_some_and(|value| values.iter().any(|known| known == value))
        };
        match self {
            Self::Department(ids) => ids.has(facts.department),
            Self::Location(ids) => ids.has(facts.location),
            Self::JobRole(ids) => ids.has(facts.job_role),
            Self::Manager(ids) => ids.has(facts.manager),
            Self::Person(ids) => ids.has(Some(facts.person)),
            Self::Country(values) => has(values, facts.country),
            Self::JobTitle(values) => has(values, facts.job_title_key),
            Self::EmploymentType(values) => has(values, facts.employment_type),
            Self::Attribute(name, values) => {
                has(values, facts.attributes.get(name).map(String::as_str))
            }
            Self::Status(statuses) => statuses.contains(&facts.status),
            Self::HiredBefore(bound) => {
                facts.hired_on.is_some_and(|hired_on| hired_on < facts.held_against(bound))
            }
            Self::HiredAfter(bound) => {
                facts.hired_on.is_some_and(|hired_on| hired_on > facts.held_against(bound))
            }
            Self::Any(members) => members.iter().any(|audience| {
                audience.all.iter().all(|test| test.holds(facts))
                    && !audience.none.iter().any(|test| test.holds(facts))
            }),
        }
    }

    /// The condition, never unknown. Values that may be missing are asked for first, so that `NOT`
    /// turns "has none" into "is not excluded".
    fn push(&self, wanted: Assembly, engine: Engine, reading: Reading) -> Assembly {
        let sign = reading.sign(engine);
        let ids = |wanted: Assembly, is_there: &'static str, text: &'static str, set: &IdSet| {
            wanted.push(is_there).push(sign).push(text).bind_ids(&set.list())
        };
        let texts =
            |wanted: Assembly, is_there: &'static str, text: &'static str, values: &[String]| {
                wanted.push(is_there).push(sign).push(text).bind_texts(values)
            };
        match self {
            Self::Department(set) => {
                ids(wanted, "(p.department_id IS NOT NULL AND", "p.department_id IN (ids?))", set)
            }
            Self::Location(set) => {
                ids(wanted, "(p.location_id IS NOT NULL AND", "p.location_id IN (ids?))", set)
            }
            Self::JobRole(set) => {
                ids(wanted, "(p.job_role_id IS NOT NULL AND", "p.job_role_id IN (ids?))", set)
            }
            Self::Manager(set) => {
                ids(wanted, "(p.manager_id IS NOT NULL AND", "p.manager_id IN (ids?))", set)
            }
            Self::Person(set) => ids(wanted, "(", "p.person_id IN (ids?))", set),
            Self::Country(values) => {
                texts(wanted, "(p.country IS NOT NULL AND", "p.country IN (texts?))", values)
            }
            Self::JobTitle(values) => texts(
                wanted,
                "(p.job_title_key IS NOT NULL AND",
                "p.job_title_key IN (texts?))",
                values,
            ),
            Self::EmploymentType(values) => texts(
                wanted,
                "(p.employment_type IS NOT NULL AND",
                "p.employment_type IN (texts?))",
                values,
            ),
            Self::Attribute(name, values) => {
                let value = match engine {
                    Engine::Sqlite => "(p.attributes <> '{}' AND COALESCE((p.attributes ->> ?)",
                    Engine::Postgres => {
                        "(p.attributes <> '{}' AND COALESCE((CAST(p.attributes AS JSON) ->> ?)"
                    }
                };
                let wanted = wanted.push(value).bind(name.as_str());
                wanted.push("IN (texts?), FALSE))").bind_texts(values)
            }
            Self::Status(statuses) => {
                let one = |wanted: Assembly, status: &PersonStatus| {
                    wanted.push(", ?").bind(status.as_str())
                };
                match statuses.split_first() {
                    None => wanted.push("FALSE"),
                    Some((first, others)) => {
                        // Of a status that most have, SQLite would take the index for a way to few.
                        let among = match engine {
                            Engine::Sqlite if !self.has_index() => "+p.status IN (?",
                            _ => "p.status IN (?",
                        };
                        let wanted = wanted.push(among).bind(first.as_str());
                        others.iter().fold(wanted, one).push(")")
                    }
                }
            }
            Self::HiredBefore(bound) => {
                wanted.push("(p.hired_on IS NOT NULL AND p.hired_on < ?)").bind(bound.day)
            }
            Self::HiredAfter(bound) => {
                wanted.push("(p.hired_on IS NOT NULL AND p.hired_on > ?)").bind(bound.day)
            }
            Self::Any(members) => {
                let wanted = wanted.push("(FALSE");
                let one = |wanted: Assembly, audience: &Resolved| {
                    audience.push(wanted.push("OR"), engine, reading)
                };
                members.iter().fold(wanted, one).push(")")
            }
        }
    }

    /// Whether an index finds those who meet it.
    fn has_index(&self) -> bool {
        match self {
            Self::Attribute(..) | Self::Any(_) => false,
            // Most are active.
            Self::Status(statuses) => !statuses.contains(&PersonStatus::Active),
            _ => true,
        }
    }

    async fn count(&self, tx: &mut Tx, few_max: i64) -> Result<i64> {
        if let Self::Person(set) = self {
            return Ok(i64::try_from(set.0.len()).unwrap_or(i64::MAX));
        }
        let wanted = Assembly::new(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM placements p WHERE p.retracted_at IS NULL AND",
        );
        let One(count): One<i64> = self
            .push(wanted, tx.engine(), Reading::Sought)
            .push("LIMIT ?) n")
            .bind(few_max)
            .on(tx)
            .one()
            .await?;
        Ok(count)
    }
}
