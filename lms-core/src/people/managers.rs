//! Whom people report to: from names to people, and never round in a circle.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::MANAGER_CYCLE;
use super::draft::Draft;
use super::reach::Sight;
use crate::kernel::db::{Assembly, IdList, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Write;

/// A manager as somebody wrote them down. Who it is can be said when all people of an act are there.
pub(super) struct Named {
    pub(super) person: Uuid,
    pub(super) from: Day,
    pub(super) manager: String,
}

/// Turns the managers' names into people: first among those of this act, then among all others.
pub(super) async fn resolve(
    write: &mut Write,
    sight: &Sight,
    mut drafts: BTreeMap<Uuid, Draft>,
    managers: Vec<Named>,
) -> Result<BTreeMap<Uuid, Draft>> {
    if managers.is_empty() {
        return Ok(drafts);
    }
    let mut known: HashMap<String, Uuid> = HashMap::new();
    for draft in drafts.values() {
        let identity = &draft.identity;
        let keys = [
            identity.email.as_ref().map(|email| email.to_lowercase()),
            identity.username.as_ref().map(|username| username.to_lowercase()),
            identity.employee_number.clone(),
            Some(draft.id.to_string()),
        ];
        known.extend(keys.into_iter().flatten().map(|key| (key, draft.id)));
    }
    for Named { person, from, manager: text } in managers {
        let key = text.trim().to_lowercase();
        let found = known.get(&key).or_else(|| known.get(text.trim())).copied();
        let manager = if let Some(id) = found {
            id
        } else {
            // Bounded by the number of distinct managers: each is looked up once.
            let found = sight.find(&mut write.tx, &text).await;
            let id = found.map_err(|error| error.with_field("manager"))?.uuid();
            known.insert(key, id);
            id
        };
        if let Some(draft) = drafts.get_mut(&person) {
            draft.place_manager(from, Some(manager));
            draft.restate();
        }
    }
    Ok(drafts)
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

/// Nobody may be their own manager, not even by way of others. Looked at after the change, on each
/// day from which on a manager of this act holds.
pub(super) async fn refuse_cycles(
    write: &mut Write,
    sight: &Sight,
    drafts: &BTreeMap<Uuid, Draft>,
    today: Day,
) -> Result<()> {
    let changed: Vec<&Draft> = drafts
        .values()
        .filter(|draft| draft.changed.iter().any(|change| change.field == "manager"))
        .collect();
    let later = changed.iter().flat_map(|draft| &draft.placements).map(|period| period.from);
    let mut days: HashSet<Day> = later.filter(|day| *day > today).collect();
    days.insert(today);
    for day in days {
        let above = reporting_lines(write, &changed, day).await?;
        if let Some(round) = find_round(changed.iter().map(|draft| draft.id), &above) {
            let chain = names(write, sight, &round).await?;
            return Err(MANAGER_CYCLE
                .error(format!("they would report to themselves: {chain}"))
                .with_field("manager")
                .with_hint("name another manager, or change the one above first"));
        }
    }
    Ok(())
}

/// Who reports to whom on a day, as far up as a circle through the changed people could lead.
///
/// Nobody who was there before reports to somebody new, unless they were changed too: so the way
/// up has to be read for those who were there, and for a thousand new people not at all.
async fn reporting_lines(
    write: &mut Write,
    changed: &[&Draft],
    day: Day,
) -> Result<HashMap<Uuid, Uuid>> {
    let manager = |draft: &&Draft| Some((draft.id, draft.on(day)?.manager?));
    let mut above: HashMap<Uuid, Uuid> = changed.iter().filter_map(manager).collect();
    let known = changed.iter().filter(|draft| !draft.is_new).map(|draft| draft.id);
    let known: Vec<Uuid> = known.collect();
    if known.is_empty() {
        return Ok(above);
    }
    let edges: Vec<Edge> = Assembly::new(
        "WITH RECURSIVE up (person_id, manager_id) AS (
             SELECT person_id, manager_id FROM placements
             WHERE retracted_at IS NULL AND person_id IN (ids?)",
    )
    .bind_ids(&IdList::new(known))
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
    .on(&mut write.tx)
    .all()
    .await?;
    above.extend(edges.into_iter().filter_map(|edge| Some((edge.person, edge.manager?))));
    Ok(above)
}

/// A way up that comes back to where it began. Pure; each person is passed once.
fn find_round(
    people: impl IntoIterator<Item = Uuid>,
    above: &HashMap<Uuid, Uuid>,
) -> Option<Vec<Uuid>> {
    let mut safe: HashSet<Uuid> = HashSet::new();
    for start in people {
        let mut way = vec![start];
        let mut on_way = HashSet::from([start]);
        while let Some(next) = way.last().and_then(|id| above.get(id)).copied() {
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
async fn names(write: &mut Write, sight: &Sight, people: &[Uuid]) -> Result<String> {
    let rows: Vec<NameRow> =
        Assembly::new("SELECT id, first_name || ' ' || last_name FROM persons WHERE id IN (ids?)")
            .bind_ids(&IdList::new(people.iter().copied()))
            .on(&mut write.tx)
            .all()
            .await?;
    let names: HashMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    let known = sight.known(&mut write.tx, people).await?;
    let name = |id: &Uuid| names.get(id).filter(|_| known.contains(id)).map_or("…", String::as_str);
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
        let above = HashMap::from([(id(1), id(2)), (id(2), id(3)), (id(3), id(4)), (id(4), id(2))]);
        assert_eq!(find_round([id(1)], &above), Some(vec![id(2), id(3), id(4), id(2)]));
        let forest = HashMap::from([(id(1), id(2)), (id(2), id(3)), (id(5), id(3))]);
        assert_eq!(find_round([id(1), id(5), id(2), id(9)], &forest), None);
        assert_eq!(find_round([id(1)], &HashMap::from([(id(1), id(1))])), Some(vec![id(1), id(1)]));
    }
}
