//! Who is there already of those whom a feed names: many names in a few statements.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::super::{names, ownership};
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// What people are known by. Addresses and user names are in lower case.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) keys: BTreeSet<String>,
    pub(crate) numbers: BTreeSet<String>,
    pub(crate) emails: BTreeSet<String>,
    pub(crate) usernames: BTreeSet<String>,
}

impl Names {
    fn is_empty(&self) -> bool {
        let all = [&self.keys, &self.numbers, &self.emails, &self.usernames];
        all.iter().all(|names| names.is_empty())
    }
}

/// Somebody who is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownPerson {
    pub(crate) first_name: String,
    pub(crate) preferred_name: Option<String>,
    pub(crate) last_name: String,
    pub(crate) email: Option<String>,
    pub(crate) employee_number: Option<String>,
    /// The first day of the latest employment.
    pub(crate) hired_on: Option<Day>,
    /// By which keys the feed knows them.
    pub(crate) keys: Vec<String>,
}

/// Those who are there, by each of the names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) by_key: Spelt,
    pub(crate) by_number: Spelt,
    pub(crate) by_email: HashMap<String, Uuid>,
    pub(crate) by_username: HashMap<String, Uuid>,
    pub(crate) people: HashMap<Uuid, KnownPerson>,
}

/// People by what is shown as it was given: keys and employee numbers. How it is written counts first; then
/// its letters alone, so that `w2` is who `W2` is, unless both are there.
#[derive(Debug, Default)]
pub(crate) struct Spelt {
    exact: HashMap<String, Uuid>,
    folded: HashMap<String, Option<Uuid>>,
}

impl Spelt {
    pub(crate) fn insert(&mut self, name: String, person: Uuid) {
        if has_case(&name) {
            let known = self.folded.entry(name.to_lowercase()).or_insert(Some(person));
            if *known != Some(person) {
                *known = None;
            }
        }
        self.exact.insert(name, person);
    }

    pub(crate) fn get(&self, name: &str) -> Option<Uuid> {
        let exact = self.exact.get(name).copied();
        exact.or_else(|| self.folded.get(&name.to_lowercase()).copied().flatten())
    }

    fn people(&self) -> impl Iterator<Item = Uuid> {
        self.exact.values().copied()
    }

    /// The names of these that may be written otherwise where they are kept, in lower case. A database may
    /// know no case of letters beyond `a` to `z`: those are given in either.
    fn lacking(&self, wanted: &BTreeSet<String>) -> BTreeSet<String> {
        let lacks = |name: &&String| has_case(name) && !self.exact.contains_key(*name);
        let ways = |name: &String| [name.to_lowercase(), name.to_uppercase().to_ascii_lowercase()];
        wanted.iter().filter(lacks).flat_map(ways).collect()
    }
}

/// Whether a name can be written in another case. Most numbers cannot.
fn has_case(name: &str) -> bool {
    name.chars().any(|letter| letter.is_lowercase() || letter.is_uppercase())
}

row! {
    struct NameRow {
        id: Uuid,
        first_name: String,
        preferred_name: Option<String>,
        last_name: String,
        email: Option<String>,
        employee_number: Option<String>,
    }
}

row! {
    struct HiredRow {
        person: Uuid,
        hired_on: Day,
    }
}

/// Looks them up, in eight statements however many there are.
pub(crate) async fn known(tx: &mut Tx, source: &str, wanted: &Names) -> Result<Known> {
    let mut known = Known::default();
    if wanted.is_empty() {
        return Ok(known);
    }
    let keys = wanted.keys.iter().map(String::as_str);
    for (key, person) in ownership::known_keys(tx, source, keys).await? {
        known.by_key.insert(key, person);
    }
    let lacking = known.by_key.lacking(&wanted.keys);
    for (key, person) in ownership::keys_in_any_case(tx, source, &lacking).await? {
        known.by_key.insert(key, person);
    }
    let (emails, usernames) = (wanted.emails.iter(), wanted.usernames.iter());
    for holder in names::holders(tx, emails, usernames, wanted.numbers.iter()).await? {
        let id = holder.id;
        known.by_email.extend(holder.email_key.map(|key| (key, id)));
        known.by_username.extend(holder.username_key.map(|key| (key, id)));
        if let Some(number) = holder.employee_number_key {
            known.by_number.insert(number, id);
        }
    }
    let lacking = known.by_number.lacking(&wanted.numbers);
    for (number, person) in names::numbers_in_any_case(tx, &lacking).await? {
        known.by_number.insert(number, person);
    }
    let by = [&known.by_email, &known.by_username];
    let ids: BTreeSet<Uuid> = by
        .iter()
        .flat_map(|names| names.values().copied())
        .chain(known.by_key.people())
        .chain(known.by_number.people())
        .collect();
    if ids.is_empty() {
        return Ok(known);
    }
    let ids = IdList::new(ids);
    let rows: Vec<NameRow> = Assembly::new(
        "SELECT id, first_name, preferred_name, last_name, email, employee_number
         FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in rows {
        let NameRow { id, first_name, preferred_name, last_name, email, employee_number } = row;
        let (hired_on, keys) = (None, Vec::new());
        let person = KnownPerson {
            first_name,
            preferred_name,
            last_name,
            email,
            employee_number,
            hired_on,
            keys,
        };
        known.people.insert(id, person);
    }
    let rows: Vec<HiredRow> = Assembly::new(
        "SELECT person_id, MAX(hired_on) FROM employments
         WHERE retracted_at IS NULL AND person_id IN (ids?)",
    )
    .bind_ids(&ids)
    .push("GROUP BY person_id")
    .on(tx)
    .all()
    .await?;
    for HiredRow { person, hired_on } in rows {
        if let Some(person) = known.people.get_mut(&person) {
            person.hired_on = Some(hired_on);
        }
    }
    for (person, sources) in ownership::sources_of(tx, &ids).await? {
        if let Some(person) = known.people.get_mut(&person) {
            let own = sources.into_iter().filter(|link| link.source == source);
            person.keys = own.map(|link| link.key).collect();
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_nobody_new_and_tells_two_apart() {
        let (ada, bo) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut spelt = Spelt::default();
        spelt.insert("W2".to_owned(), ada);
        assert_eq!(
            (spelt.get("W2"), spelt.get("w2"), spelt.get("w3")),
            (Some(ada), Some(ada), None)
        );
        spelt.insert("w2".to_owned(), bo);
        assert_eq!((spelt.get("W2"), spelt.get("w2")), (Some(ada), Some(bo)));
        spelt.insert("Äb".to_owned(), ada);
        spelt.insert("äB".to_owned(), bo);
        assert_eq!(spelt.get("ÄB"), None, "it may be the one or the other");
    }
}
