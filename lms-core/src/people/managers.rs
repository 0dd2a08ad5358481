//! Whom people report to: from names to people, and never round in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::directory::Missteps;
use super::draft::Draft;
use super::names::{Called, find_all};
use super::reach::Sight;
use super::{MANAGER_CYCLE, PersonId};
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// A manager as somebody wrote them down, or none from then on. Who it is can be said when all people
/// of an act are there; who had none in between is said in the order in which it was asked for.
pub(super) struct Named {
    pub(super) step: usize,
    pub(super) person: Uuid,
    pub(super) from: Day,
    pub(super) manager: Option<String>,
}

/// Turns the managers' names into people: first among those of this act, then among all others.
pub(super) async fn resolve(
    tx: &mut Tx,
    sight: &Sight,
    mut drafts: BTreeMap<Uuid, Draft>,
    managers: Vec<Named>,
) -> std::result::Result<BTreeMap<Uuid, Draft>, Missteps> {
    if managers.is_empty() {
        return Ok(drafts);
    }
    let mut here = Called::default();
    for draft in drafts.values() {
        let identity = &draft.identity;
        here.add(
            draft.id,
            identity.email.as_deref(),
            identity.username.as_deref(),
            identity.employee_number.as_deref(),
        );
    }
    let elsewhere: Vec<&str> = managers
        .iter()
        .filter_map(|named| named.manager.as_deref())
        .filter(|text| here.only(text).is_none())
        .collect();
    let mut there = find_all(tx, elsewhere).await?;
    if !sight.write.is_everybody() {
        let may_be_named = sight.known(tx, &there.people()).await?;
        there.retain(|id| may_be_named.contains(id));
    }
    let mut restated = BTreeSet::new();
    for Named { step, person, from, manager: text } in managers {
        let manager = match text.as_deref() {
            None => None,
            Some(text) => {
                let known = here.only(text).or_else(|| there.only(text));
                Some(match known {
                    Some(id) => id,
                    None => named(tx, sight, text).await.map_err(Missteps::at(step))?,
                })
            }
        };
        if let Some(draft) = drafts.get_mut(&person) {
            draft.place_manager(from, manager);
            restated.insert(person);
        }
    }
    for person in restated {
        if let Some(draft) = drafts.get_mut(&person) {
            draft.restate();
        }
    }
    Ok(drafts)
}

/// Somebody whom no key tells alone: it says what is wrong.
async fn named(tx: &mut Tx, sight: &Sight, manager: &str) -> Result<Uuid> {
    let found = sight.find(tx, manager).await;
    found.map(PersonId::uuid).map_err(|error: Error| error.with_field("manager"))
}

row! {
    struct Edge {
        person: Uuid,
        manager: Option<Uuid>,
    }
}

row! {
    struct NameRow {
        id: Uuid,
        name: String,
    }
}

/// Nobody may be their own manager, not even by way of others. Looked at on each day from which on a
/// manager of this act holds.
pub(super) async fn refuse_cycles(
    tx: &mut Tx,
    sight: &Sight,
    drafts: &BTreeMap<Uuid, Draft>,
    order: &[Uuid],
    today: Day,
) -> std::result::Result<(), Missteps> {
    let Some(round) = find_cycle(tx, drafts, today).await? else { return Ok(()) };
    let known = sight.known(tx, &round).await?;
    let error = cycle(tx, &round, |id| known.contains(id)).await?;
    Err(Missteps::of(&round, order, error))
}

/// The same for these people, whatever of them was changed.
pub(super) async fn refuse_cycles_of(tx: &mut Tx, people: &[&Draft], today: Day) -> Result<()> {
    match find_cycle_among(tx, people, today).await? {
        Some(round) => Err(cycle(tx, &round, |_| true).await?),
        None => Ok(()),
    }
}

async fn cycle(tx: &mut Tx, round: &[Uuid], may_be_named: impl Fn(&Uuid) -> bool) -> Result<Error> {
    Ok(MANAGER_CYCLE
        .error(format!(
            "they would report to themselves: {}",
            names(tx, round, may_be_named).await?
        ))
        .with_field("manager")
        .with_hint("name another manager, or change the one above first"))
}

/// People who would report to themselves, in a circle.
pub(super) async fn find_cycle(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    today: Day,
) -> Result<Option<Vec<Uuid>>> {
    let changed: Vec<&Draft> = drafts
        .values()
        .filter(|draft| draft.changed.iter().any(|change| change.field == "manager"))
        .collect();
    find_cycle_among(tx, &changed, today).await
}

async fn find_cycle_among(
    tx: &mut Tx,
    changed: &[&Draft],
    today: Day,
) -> Result<Option<Vec<Uuid>>> {
    if changed.is_empty() {
        return Ok(None);
    }
    // Who begins to report to somebody, or may, by day; on the first of them everybody.
    let mut moves: BTreeMap<Day, Vec<&Draft>> = BTreeMap::from([(today, changed.to_vec())]);
    for draft in changed {
        let later = draft.placements.iter().map(|period| period.from).filter(|day| *day > today);
        later.for_each(|day| moves.entry(day).or_default().push(draft));
    }
    let known: Vec<&Draft> = changed.iter().copied().filter(|draft| !draft.is_new).collect();
    let mut drafted: HashMap<Uuid, Option<Uuid>> = HashMap::with_capacity(changed.len());
    for (day, moved) in moves {
        for draft in &moved {
            drafted.insert(draft.id, manager_on(draft, day));
        }
        // Nobody who was there before reports to somebody new, unless they were changed too: so the
        // way up has to be read for those who were there, and for a thousand new people not at all.
        let ends = known.iter().flat_map(|draft| [Some(draft.id), manager_on(draft, day)]);
        let stored = stored_lines(tx, ends.flatten().collect(), day).await?;
        let above = |id: Uuid| match drafted.get(&id) {
            Some(manager) => *manager,
            None => stored.get(&id).copied(),
        };
        // Where nobody else comes into it, a circle that was not there the day before has somebody in
        // it who moved.
        let begin = if stored.is_empty() { &moved } else { changed };
        let round = find_round(begin.iter().map(|draft| draft.id), above);
        if round.is_some() {
            return Ok(round);
        }
    }
    Ok(None)
}

fn manager_on(draft: &Draft, day: Day) -> Option<Uuid> {
    draft.on(day).and_then(|on| on.manager)
}

/// The way up from these people on a day, as it is stored.
pub(super) async fn stored_lines(
    tx: &mut Tx,
    people: Vec<Uuid>,
    day: Day,
) -> Result<HashMap<Uuid, Uuid>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let edges: Vec<Edge> = Assembly::new(
        "WITH RECURSIVE up (person_id, manager_id) AS (
             SELECT person_id, manager_id FROM placements
             WHERE retracted_at IS NULL AND person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(people))
    .push("AND valid_from <= ?")
    .bind(day)
    .push("AND (valid_until > ? OR valid_until IS NULL)")
    .bind(day)
    .push(
        "UNION
             SELECT p.person_id, p.manager_id
             FROM up JOIN placements p ON p.person_id = up.manager_id
             WHERE p.retracted_at IS NULL",
    )
    .push("AND p.valid_from <= ?")
    .bind(day)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL))")
    .bind(day)
    .push("SELECT person_id, manager_id FROM up")
    .on(tx)
    .all()
    .await?;
    Ok(edges.into_iter().filter_map(|edge| Some((edge.person, edge.manager?))).collect())
}

/// A way up that comes back to where it began. Pure; each person is passed once.
pub(super) fn find_round(
    people: impl IntoIterator<Item = Uuid>,
    above: impl Fn(Uuid) -> Option<Uuid>,
) -> Option<Vec<Uuid>> {
    let mut safe: HashSet<Uuid> = HashSet::new();
    for start in people {
        let mut way = vec![start];
        let mut on_way = HashSet::from([start]);
        while let Some(next) = way.last().and_then(|id| above(*id)) {
            if safe.contains(&next) {
                break;
            }
            way.push(next);
            if !on_way.insert(next) {
                let first = way.iter().position(|id| *id == next).unwrap_or_default();
                return Some(way.split_off(first));
            }
        }
        safe.extend(way);
    }
    None
}

/// `Ada Lovelace → Bo Baker → Ada Lovelace`; whom the actor may not know of is not named.
pub(super) async fn names(
    tx: &mut Tx,
    people: &[Uuid],
    may_be_named: impl Fn(&Uuid) -> bool,
) -> Result<String> {
    let rows: Vec<NameRow> =
        Assembly::new("SELECT id, first_name || ' ' || last_name FROM persons WHERE id IN (ids?)")
            .bind_ids(&IdList::new(people.iter().copied()))
            .on(tx)
            .all()
            .await?;
    let names: HashMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    let name = |id: &Uuid| names.get(id).filter(|_| may_be_named(id)).map_or("…", String::as_str);
    let names: Vec<&str> = people.iter().map(name).collect();
    Ok(names.join(" → "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_round_is_found_wherever_the_way_enters_it() {
        let round = |people: &[u128], lines: &[(u128, u128)]| {
            let above =
                |of| lines.iter().find(|(person, _)| id(*person) == of).map(|(_, to)| id(*to));
            find_round(people.iter().copied().map(id), above)
        };
        let lines = [(1, 2), (2, 3), (3, 4), (4, 2)];
        assert_eq!(round(&[1], &lines), Some(vec![id(2), id(3), id(4), id(2)]));
        assert_eq!(round(&[1, 5, 2, 9], &[(1, 2), (2, 3), (5, 3)]), None);
        assert_eq!(round(&[1], &[(1, 1)]), Some(vec![id(1), id(1)]));
    }
}
