//! Whom people report to: from names to people, and never round in a circle.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::MANAGER_CYCLE;
use super::directory::find;
use super::draft::Draft;
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
            let found = find(&mut write.tx, &text).await;
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
    struct CycleRow {
        start: Uuid,
        person_id: Uuid,
        name: String,
        depth: i64,
    }
}

/// Nobody may be their own manager, not even by way of others. Looked at after the change, on each
/// day from which on a manager of this act holds.
pub(super) async fn refuse_cycles(
    write: &mut Write,
    drafts: &BTreeMap<Uuid, Draft>,
    today: Day,
) -> Result<()> {
    let changed: Vec<&Draft> = drafts
        .values()
        .filter(|draft| draft.changed.iter().any(|change| change.field == "manager"))
        .collect();
    let mut days: HashSet<Day> = changed
        .iter()
        .flat_map(|draft| &draft.placements)
        .map(|period| period.from)
        .filter(|day| *day > today)
        .collect();
    days.insert(today);
    let people = IdList::new(changed.iter().map(|draft| draft.id));
    if changed.is_empty() {
        return Ok(());
    }
    for day in days {
        let round: Vec<CycleRow> = Assembly::new(
            "WITH RECURSIVE up (start, person_id, depth) AS (
                 SELECT person_id, manager_id, CAST(1 AS BIGINT) FROM placements
                 WHERE retracted_at IS NULL AND person_id IN (ids?)",
        )
        .bind_ids(&people)
        .push("AND valid_from <= ? AND (valid_until IS NULL OR valid_until >")
        .bind(day)
        .push("?) AND manager_id IS NOT NULL")
        .bind(day)
        .push(
            "UNION ALL
                 SELECT up.start, p.manager_id, up.depth + 1
                 FROM up JOIN placements p ON p.person_id = up.person_id
                 WHERE p.retracted_at IS NULL AND p.manager_id IS NOT NULL
                   AND up.person_id <> up.start AND up.depth < 100",
        )
        .push("AND p.valid_from <= ?")
        .bind(day)
        .push("AND (p.valid_until IS NULL OR p.valid_until > ?)")
        .bind(day)
        .push(
            ")
             SELECT up.start, up.person_id, x.first_name || ' ' || x.last_name, up.depth
             FROM up JOIN persons x ON x.id = up.person_id
             WHERE up.start = (SELECT start FROM up WHERE person_id = start OR depth >= 100 LIMIT 1)
             ORDER BY up.depth
             LIMIT 20",
        )
        .on(&mut write.tx)
        .all()
        .await?;
        if let Some(last) = round.iter().rev().find(|row| row.person_id == row.start) {
            let way: Vec<&str> = std::iter::once(last.name.as_str())
                .chain(
                    round.iter().filter(|row| row.depth <= last.depth).map(|row| row.name.as_str()),
                )
                .collect();
            return Err(MANAGER_CYCLE
                .error(format!("they would report to themselves: {}", way.join(" → ")))
                .with_field("manager")
                .with_hint("name another manager, or change the one above first"));
        }
    }
    Ok(())
}
