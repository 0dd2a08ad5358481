//! Nobody reports to themselves: rows that would make it so lose their manager, all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::super::draft::Draft;
use super::super::managers::{find_cycle, stored_lines};
use super::super::timeline::Period;
use super::super::types::{PersonField, Placement};
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// What was so before a manager was set.
#[derive(Debug)]
pub(super) struct Former {
    pub(super) manager: Option<Uuid>,
    pub(super) placements: Vec<Period<Placement>>,
}

/// Takes the manager back from everybody who would report to themselves because of it; who they are.
pub(super) async fn take_back(
    tx: &mut Tx,
    drafts: &mut BTreeMap<Uuid, Draft>,
    mut former: HashMap<Uuid, Former>,
    today: Day,
) -> Result<BTreeSet<Uuid>> {
    let mut lost = BTreeSet::new();
    if former.is_empty() {
        return Ok(lost);
    }
    let mut above: HashMap<Uuid, Option<Uuid>> = HashMap::with_capacity(former.len());
    for person in former.keys() {
        above.insert(*person, drafts[person].on(today).and_then(|on| on.manager));
    }
    // Nobody who was there before reports to somebody new, unless they are changed too.
    let is_known = |id: &Uuid| drafts.get(id).is_none_or(|draft| !draft.is_new);
    let before = former.iter().flat_map(|(id, former)| [Some(*id), former.manager]);
    let ends: BTreeSet<Uuid> =
        before.chain(above.values().copied()).flatten().filter(is_known).collect();
    let stored = stored_lines(tx, ends.into_iter().collect(), today).await?;
    loop {
        let begin: Vec<Uuid> = above.keys().copied().collect();
        let next = |id: Uuid| match above.get(&id) {
            Some(manager) => *manager,
            None => stored.get(&id).copied(),
        };
        let round = going_round(begin, next);
        let found: Vec<Uuid> = round.into_iter().filter(|id| former.contains_key(id)).collect();
        if found.is_empty() {
            break;
        }
        for person in found {
            give_back(drafts, &mut former, person);
            let manager = drafts[&person].on(today).and_then(|on| on.manager);
            above.insert(person, manager);
            lost.insert(person);
        }
    }
    // Days to come are rarely other than today.
    while let Some(round) = find_cycle(tx, drafts, today).await? {
        let found: Vec<Uuid> = round.into_iter().filter(|id| former.contains_key(id)).collect();
        if found.is_empty() {
            break;
        }
        for person in found {
            give_back(drafts, &mut former, person);
            lost.insert(person);
        }
    }
    Ok(lost)
}

fn give_back(drafts: &mut BTreeMap<Uuid, Draft>, former: &mut HashMap<Uuid, Former>, person: Uuid) {
    let (Some(draft), Some(former)) = (drafts.get_mut(&person), former.remove(&person)) else {
        return;
    };
    draft.placements = former.placements;
    draft.changed.retain(|change| change.field != PersonField::Manager.as_str());
}

/// Everybody on a way up that comes back to where it began. Pure; each person is passed once.
fn going_round(
    people: impl IntoIterator<Item = Uuid>,
    above: impl Fn(Uuid) -> Option<Uuid>,
) -> BTreeSet<Uuid> {
    let mut passed_by: HashMap<Uuid, usize> = HashMap::new();
    let mut round = BTreeSet::new();
    for (walk, start) in people.into_iter().enumerate() {
        let mut at = Some(start);
        while let Some(id) = at {
            match passed_by.insert(id, walk) {
                None => at = above(id),
                Some(earlier) => {
                    if earlier == walk {
                        // Once more around, and everybody on the way is in it.
                        let mut next = Some(id);
                        while let Some(on_way) = next.filter(|on_way| round.insert(*on_way)) {
                            next = above(on_way);
                        }
                    } else {
                        passed_by.insert(id, earlier);
                    }
                    break;
                }
            }
        }
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(people: &[u128], lines: &[(u128, u128)]) -> Vec<u128> {
        let id = Uuid::from_u128;
        let above = |of: Uuid| {
            lines.iter().find(|(person, _)| id(*person) == of).map(|(_, manager)| id(*manager))
        };
        let found = going_round(people.iter().copied().map(id), above);
        found.into_iter().map(|id| id.as_u128()).collect()
    }

    #[test]
    fn all_rounds_are_found_and_nobody_who_only_leads_into_one() {
        let lines = [(1, 2), (2, 3), (3, 2), (4, 5), (5, 4), (6, 6), (7, 1), (8, 9)];
        assert_eq!(round(&[1, 2, 3, 4, 5, 6, 7, 8], &lines), [2, 3, 4, 5, 6]);
        assert_eq!(round(&[8, 7, 6, 5, 4, 3, 2, 1], &lines), [2, 3, 4, 5, 6]);
        assert_eq!(round(&[7], &lines), [2, 3]);
        assert_eq!(round(&[8], &lines), [] as [u128; 0]);
    }
}
