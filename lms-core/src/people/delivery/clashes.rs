//! Whom an address, user name or number belongs to, where several want it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::super::directory::{Key, holders, keys, taken};
use super::super::draft::Draft;
use super::super::sql::Facts;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};

/// Those who would have what is somebody else's, with what it is. Of several who want the same nobody
/// gets it: which of them comes first in a file says nothing.
pub(super) async fn clashing(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &Facts,
) -> Result<BTreeMap<Uuid, Error>> {
    let is_renamed = |draft: &&Draft| facts.identities.get(&draft.id) != Some(&draft.identity);
    let mut wanted: HashMap<Key, Vec<Uuid>> = HashMap::new();
    for draft in drafts.values().filter(is_renamed) {
        for key in keys(&draft.identity) {
            wanted.entry(key).or_default().push(draft.id);
        }
    }
    let mut held: HashMap<Key, Uuid> = HashMap::new();
    for holder in holders(tx, wanted.keys()).await? {
        let id = holder.id;
        held.extend(holder.keys().map(|key| (key, id)));
    }
    Ok(decide(&wanted, &held, |holder, key| {
        drafts.get(&holder).is_some_and(|draft| !keys(&draft.identity).any(|own| own == *key))
    }))
}

/// Pure. `gives_up` says whether the holder of a key would no longer have it, if the holder is one of
/// those who are changed at all.
fn decide(
    wanted: &HashMap<Key, Vec<Uuid>>,
    held: &HashMap<Key, Uuid>,
    gives_up: impl Fn(Uuid, &Key) -> bool,
) -> BTreeMap<Uuid, Error> {
    let mut out: BTreeMap<Uuid, Error> = BTreeMap::new();
    // What one person wants and nobody has is in nobody's way.
    let contested =
        |(key, people): &(&Key, &Vec<Uuid>)| people.len() > 1 || held.contains_key(*key);
    let wanted: Vec<(&Key, &Vec<Uuid>)> = wanted.iter().filter(contested).collect();
    loop {
        // Whoever stays as they are keeps what they have, so that others may clash with it: until
        // nobody else does. Each round is about all at once, so that no order counts.
        let mut found: BTreeMap<Uuid, &Key> = BTreeMap::new();
        for (key, people) in &wanted {
            let people: BTreeSet<Uuid> =
                people.iter().copied().filter(|id| !out.contains_key(id)).collect();
            let stays = |holder: &Uuid| out.contains_key(holder) || !gives_up(*holder, key);
            let other = held.get(*key).filter(|holder| stays(holder));
            let is_shared = people.len() > 1;
            for person in people {
                let has_other = other.is_some_and(|holder| *holder != person);
                if is_shared || has_other {
                    let told = found.entry(person).or_insert(key);
                    *told = (*told).min(key);
                }
            }
        }
        if found.is_empty() {
            return out;
        }
        out.extend(found.into_iter().map(|(person, key)| (person, taken(key.0, &key.1))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn email(text: &str) -> Key {
        ("email", text.to_owned())
    }

    fn out(
        wanted: &[(&str, &[u128])],
        held: &[(&str, u128)],
        gives_up: &[(u128, &str)],
    ) -> Vec<u128> {
        let wanted = wanted
            .iter()
            .map(|(key, people)| (email(key), people.iter().copied().map(id).collect()))
            .collect();
        let held = held.iter().map(|(key, holder)| (email(key), id(*holder))).collect();
        let found = decide(&wanted, &held, |holder, key| {
            gives_up.iter().any(|(who, what)| id(*who) == holder && email(what) == *key)
        });
        found.keys().map(Uuid::as_u128).collect()
    }

    #[test]
    fn two_who_swap_their_addresses_both_get_them() {
        let wanted: &[(&str, &[u128])] = &[("a", &[2]), ("b", &[1])];
        assert_eq!(out(wanted, &[("a", 1), ("b", 2)], &[(1, "a"), (2, "b")]), [] as [u128; 0]);
    }

    #[test]
    fn of_two_who_want_one_nobody_gets_it() {
        assert_eq!(out(&[("a", &[1, 2])], &[], &[]), [1, 2]);
    }

    #[test]
    fn who_does_not_get_theirs_keeps_what_they_have_from_others() {
        // 1 wants c, which is 9's; so 1 keeps a, which 2 wants; so 2 keeps b, which 3 wants.
        let wanted: &[(&str, &[u128])] = &[("c", &[1]), ("a", &[2]), ("b", &[3])];
        let held = [("c", 9), ("a", 1), ("b", 2)];
        assert_eq!(out(wanted, &held, &[(1, "a"), (2, "b")]), [1, 2, 3]);
    }
}
