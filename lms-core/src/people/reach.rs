//! Whose records an actor reaches, and the one way to a person by name.
//!
//! A verb that shows people takes a [`Reach`] for reading, finds persons with
//! [`directory::find`](super::directory::find) and narrows its statement with [`Reach::narrow`]. One
//! that changes people takes a [`Sight`], finds them with [`Sight::find_to_change`], and leaves the
//! rest to `apply_in`, which refuses what lies outside. Whoever is not reached does not exist for the
//! actor: the answer is the one for a name that nobody has.
//!
//! A scope is seen from today's organisation, whatever day is asked about: who moved away is no longer
//! shown to those whom they left, and takes their history along.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use uuid::Uuid;

use super::draft::Draft;
use super::sql::Facts;
use super::timeline::Period;
use super::types::Placement;
use super::units::{UnitKind, Units};
use super::{PersonId, READ, UNKNOWN_PERSON, WRITE, directory};
use crate::kernel::access::{Actor, Bound, Permission, Scope};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, FORBIDDEN, Result};
use crate::kernel::text::Day;
use crate::settings;

/// The people to whose records a permission reaches.
#[derive(Debug)]
pub(crate) struct Reach {
    day: Day,
    /// A person must be within every part; where there is none, everybody is reached.
    parts: Vec<Part>,
}

/// What one layer of an actor's rights reaches: any of these.
#[derive(Debug, Default)]
struct Part {
    /// The actor's own person, where that is reached.
    own: Option<Uuid>,
    /// Those to whom a person must report to be reached.
    managers: HashSet<Uuid>,
    /// Those who report to them today.
    reports: HashSet<Uuid>,
    departments: HashSet<Uuid>,
}

impl Reach {
    /// For verbs that need their permission for all records.
    pub(crate) fn everybody() -> Self {
        Self { day: Day::MIN, parts: Vec::new() }
    }

    /// What a permission reaches today. Whoever holds it for all costs no look-up.
    pub(crate) async fn of(
        tx: &mut Tx,
        actor: &Actor,
        permission: Permission,
        now: Timestamp,
    ) -> Result<Self> {
        let bounds = actor.bounds(permission);
        if bounds.is_empty() {
            return Ok(Self::everybody());
        }
        let day = settings::today(tx, now).await?;
        let mut parts = Vec::with_capacity(bounds.len());
        for bound in bounds {
            parts.push(Part::of(tx, &bound, day).await?);
        }
        Ok(Self { day, parts })
    }

    /// Whether nobody is left out.
    pub(crate) fn is_everybody(&self) -> bool {
        self.parts.is_empty()
    }

    /// Leaves of a statement, in which `x` is a person, what is within reach.
    pub(crate) fn narrow(&self, statement: Assembly) -> Assembly {
        self.parts.iter().fold(statement, |statement, part| {
            statement
                .push("AND (x.id IN (ids?)")
                .bind_ids(&part.people())
                .push(
                    "OR x.id IN (SELECT reached.person_id FROM placements reached
                                 WHERE reached.retracted_at IS NULL AND reached.valid_from <= ?",
                )
                .bind(self.day)
                .push("AND (reached.valid_until > ? OR reached.valid_until IS NULL)")
                .bind(self.day)
                .push("AND reached.department_id IN (ids?)))")
                .bind_ids(&IdList::new(part.departments.iter().copied()))
        })
    }

    /// Those of these people who are within reach.
    pub(crate) async fn within(&self, tx: &mut Tx, people: &[Uuid]) -> Result<HashSet<Uuid>> {
        if self.is_everybody() || people.is_empty() {
            return Ok(people.iter().copied().collect());
        }
        let asked = Assembly::new("SELECT x.id FROM persons x WHERE x.id IN (ids?)")
            .bind_ids(&IdList::new(people.iter().copied()));
        let found: Vec<One<Uuid>> = self.narrow(asked).on(tx).all().await?;
        Ok(found.into_iter().map(|One(id)| id).collect())
    }

    /// Refuses to change anybody who is not within reach today.
    pub(super) fn require<'a>(
        &self,
        mut people: impl Iterator<Item = &'a Uuid>,
        facts: &Facts,
    ) -> Result<()> {
        let placed_today = |person: &Uuid| {
            let periods = facts.placements.get(person).into_iter().flatten();
            periods.map(|(_, period)| period).find(|period| period.covers(self.day))
        };
        let reached = |person: &Uuid| {
            let department = placed_today(person).and_then(|period| period.fields.department);
            self.parts.iter().all(|part| part.has(*person, department))
        };
        if self.is_everybody() || people.all(reached) { Ok(()) } else { Err(may_not_change()) }
    }

    /// Refuses to move anybody in from outside or out of reach, on any day, and to make people
    /// elsewhere than in a department within reach.
    pub(super) fn refuse_moves(&self, drafts: &BTreeMap<Uuid, Draft>, facts: &Facts) -> Result<()> {
        if self.is_everybody() {
            return Ok(());
        }
        for draft in drafts.values() {
            let stored = facts.placements.get(&draft.id).into_iter().flatten();
            let before: Vec<&Period<Placement>> = stored.map(|(_, period)| period).collect();
            let after: Vec<&Period<Placement>> = draft.placements.iter().collect();
            let stays = self.parts.iter().all(|part| {
                if draft.is_new {
                    after.iter().all(|period| part.leads(period.fields.department))
                } else {
                    moved(&before, &after).all(|placement| part.keeps(draft.id, placement))
                }
            });
            if !stays {
                return Err(FORBIDDEN
                    .error("a person would come from or go to where you may not change people")
                    .with_hint(HINT));
            }
        }
        Ok(())
    }
}

const HINT: &str = "ask an administrator for the permission `people.write` with a wider scope";

fn may_not_change() -> Error {
    FORBIDDEN.error("you may not change this person").with_hint(HINT)
}

/// The placements, before and after, of the days on which department or manager differ.
fn moved<'a>(
    before: &'a [&Period<Placement>],
    after: &'a [&Period<Placement>],
) -> impl Iterator<Item = &'a Placement> {
    let days: BTreeSet<Day> = before.iter().chain(after).map(|period| period.from).collect();
    let on = |periods: &[&'a Period<Placement>], day: Day| {
        periods.iter().find(|period| period.covers(day)).map(|period| &period.fields)
    };
    let place = |placement: Option<&Placement>| {
        placement.map(|placement| (placement.department, placement.manager))
    };
    days.into_iter()
        .map(move |day| (on(before, day), on(after, day)))
        .filter(move |(before, after)| place(*before) != place(*after))
        .flat_map(|(before, after)| before.into_iter().chain(after))
}

impl Part {
    async fn of(tx: &mut Tx, bound: &Bound, day: Day) -> Result<Self> {
        let mut part = Self::default();
        // An account that belongs to nobody has neither a record of its own nor reports.
        let Some(person) = bound.person else {
            return Ok(part);
        };
        if bound.scopes.contains(&Scope::Self_) {
            part.own = Some(person);
        }
        if bound.scopes.contains(&Scope::Reports) {
            let below = directory::all_below(tx, &[person], day).await?;
            part.reports = below.iter().copied().filter(|id| *id != person).collect();
            part.managers = below.into_iter().collect();
        }
        if bound.scopes.contains(&Scope::Department) {
            let departments = Units::load_on(tx, &[UnitKind::Department], day, None).await?;
            part.departments = departments.led_by(person, day);
        }
        Ok(part)
    }

    fn people(&self) -> IdList {
        IdList::new(self.own.iter().chain(&self.reports).copied())
    }

    fn leads(&self, department: Option<Uuid>) -> bool {
        department.is_some_and(|department| self.departments.contains(&department))
    }

    fn has(&self, person: Uuid, department: Option<Uuid>) -> bool {
        self.own == Some(person) || self.reports.contains(&person) || self.leads(department)
    }

    /// Whether a person who is placed so is one that is reached.
    fn keeps(&self, person: Uuid, placement: &Placement) -> bool {
        self.own == Some(person)
            || placement.manager.is_some_and(|manager| self.managers.contains(&manager))
            || self.leads(placement.department)
    }
}

/// What an actor who changes people may know of, and what they may change.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(crate) read: Reach,
    pub(crate) write: Reach,
}

impl Sight {
    /// For verbs that need their permission for all records.
    pub(crate) fn everybody() -> Self {
        Self { read: Reach::everybody(), write: Reach::everybody() }
    }

    pub(crate) async fn of(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<Self> {
        Ok(Self {
            read: Reach::of(tx, actor, READ, now).await?,
            write: Reach::of(tx, actor, WRITE, now).await?,
        })
    }

    /// A person to be changed. Who may be seen and not changed is refused; anybody else is unknown.
    pub(crate) async fn find_to_change(&self, tx: &mut Tx, text: &str) -> Result<PersonId> {
        let id = self.find(tx, text).await?;
        if self.write.within(tx, &[id.uuid()]).await?.contains(&id.uuid()) {
            return Ok(id);
        }
        Err(may_not_change())
    }

    /// A person to be named in a change, as a manager is: one who may be seen or changed.
    pub(crate) async fn find(&self, tx: &mut Tx, text: &str) -> Result<PersonId> {
        if self.write.is_everybody() {
            return directory::find(tx, &self.write, text).await;
        }
        match directory::find(tx, &self.read, text).await {
            Err(error) if error.is(&UNKNOWN_PERSON) => {
                // Whoever may change a person may know of them; what is told is that of `read`.
                directory::find(tx, &self.write, text).await.map_err(|_| error)
            }
            found => found,
        }
    }

    /// Those of these people of whom the actor may know.
    pub(crate) async fn known(&self, tx: &mut Tx, people: &[Uuid]) -> Result<HashSet<Uuid>> {
        let mut known = self.read.within(tx, people).await?;
        known.extend(self.write.within(tx, people).await?);
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::types::PersonStatus;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn placed(
        from: &str,
        until: Option<&str>,
        department: u128,
        manager: u128,
    ) -> Period<Placement> {
        let fields = Placement {
            status: PersonStatus::Active,
            hired_on: None,
            department: Some(id(department)),
            location: None,
            job_role: None,
            manager: Some(id(manager)),
            country: None,
            job_title: None,
            employment_type: None,
            attributes: BTreeMap::new(),
        };
        Period { from: day(from), until: until.map(day), fields }
    }

    fn told(before: &[Period<Placement>], after: &[Period<Placement>]) -> Vec<(Uuid, Uuid)> {
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        moved(&before, &after)
            .filter_map(|placement| Some((placement.department?, placement.manager?)))
            .collect()
    }

    #[test]
    fn a_move_is_where_department_or_manager_differ() {
        let stays = [placed("2025-01-01", None, 1, 9)];
        let goes =
            [placed("2025-01-01", Some("2026-06-01"), 1, 9), placed("2026-06-01", None, 2, 9)];
        assert_eq!(told(&stays, &goes), [(id(1), id(9)), (id(2), id(9))]);
        assert_eq!(told(&goes, &goes), []);
        let mut renamed = stays.clone();
        renamed[0].fields.job_title = Some("Lead".to_owned());
        assert_eq!(told(&stays, &renamed), []);
    }

    #[test]
    fn a_part_keeps_whoever_still_reports_or_is_in_a_department_of_it() {
        let part = Part {
            own: Some(id(7)),
            managers: HashSet::from([id(7), id(8)]),
            reports: HashSet::from([id(8)]),
            departments: HashSet::from([id(1)]),
        };
        let keeps = |person, department, manager| {
            part.keeps(id(person), &placed("2025-01-01", None, department, manager).fields)
        };
        assert!(keeps(7, 99, 99) && keeps(50, 1, 99) && keeps(50, 99, 8) && keeps(50, 99, 7));
        assert!(!keeps(50, 99, 99));
        assert!(part.has(id(8), None) && part.has(id(50), Some(id(1))) && !part.has(id(50), None));
    }
}
