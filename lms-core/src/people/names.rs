//! From what people are called in files and commands to people: many names in one statement.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::directory::bare;
use crate::kernel::db::{Assembly, IdList, One, Tx, row, statements};
use crate::kernel::error::Result;

statements! {
    /// A branch for each key: an `OR` over three lists would read everybody.
    KEY_HOLDERS = {
        sqlite: "SELECT id, email_key, username_key, employee_number_key FROM persons
                 WHERE email_key IN (SELECT value FROM json_each($1))
                 UNION
                 SELECT id, email_key, username_key, employee_number_key FROM persons
                 WHERE username_key IN (SELECT value FROM json_each($2))
                 UNION
                 SELECT id, email_key, username_key, employee_number_key FROM persons
                 WHERE employee_number_key IN (SELECT value FROM json_each($3))",
        postgres: "SELECT id, email_key, username_key, employee_number_key FROM persons
                   WHERE email_key IN (SELECT json_array_elements_text(CAST($1 AS JSON)))
                   UNION
                   SELECT id, email_key, username_key, employee_number_key FROM persons
                   WHERE username_key IN (SELECT json_array_elements_text(CAST($2 AS JSON)))
                   UNION
                   SELECT id, email_key, username_key, employee_number_key FROM persons
                   WHERE employee_number_key IN (SELECT json_array_elements_text(CAST($3 AS JSON)))"
    };
}

row! {
    /// A person with what they alone are called.
    pub(super) struct KeyHolder {
        pub(super) id: Uuid,
        pub(super) email_key: Option<String>,
        pub(super) username_key: Option<String>,
        pub(super) employee_number_key: Option<String>,
    }
}

/// Those who have one of these keys.
pub(super) async fn holders<'a>(
    tx: &mut Tx,
    emails: impl Iterator<Item = &'a String>,
    usernames: impl Iterator<Item = &'a String>,
    numbers: impl Iterator<Item = &'a String>,
) -> Result<Vec<KeyHolder>> {
    let (emails, usernames, numbers) = (json(emails), json(usernames), json(numbers));
    tx.sql(&KEY_HOLDERS).bind(emails).bind(usernames).bind(numbers).all().await
}

row! {
    struct NumberRow {
        number: String,
        person: Uuid,
    }
}

/// The people with these employee numbers, given in lower case, however they are written. No index knows
/// them so: it is asked for those alone that are not there as they are written.
pub(super) async fn numbers_in_any_case(
    tx: &mut Tx,
    numbers: &BTreeSet<String>,
) -> Result<Vec<(String, Uuid)>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<NumberRow> = Assembly::new(
        "SELECT employee_number_key, id FROM persons
         WHERE employee_number_key IS NOT NULL AND LOWER(employee_number_key) IN (texts?)",
    )
    .bind_texts(&numbers.iter().collect::<Vec<_>>())
    .on(tx)
    .all()
    .await?;
    Ok(found.into_iter().map(|row| (row.number, row.person)).collect())
}

fn json<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    serde_json::to_string(&texts.collect::<Vec<_>>()).expect("names are plain text")
}

/// People by what they may be called: e-mail address, user name or employee number.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Without regard to case: addresses, user names and ids.
    by_key: HashMap<String, Vec<Uuid>>,
    /// As it is written: employee numbers.
    by_number: HashMap<String, Vec<Uuid>>,
}

impl Called {
    pub(super) fn add(
        &mut self,
        id: Uuid,
        email: Option<&str>,
        username: Option<&str>,
        employee_number: Option<&str>,
    ) {
        let keys = [email, username].into_iter().flatten().map(str::to_lowercase);
        for key in keys {
            insert(&mut self.by_key, key, id);
        }
        if let Some(number) = employee_number {
            insert(&mut self.by_number, number.to_owned(), id);
        }
    }

    /// Everybody who is called anything here.
    pub(super) fn people(&self) -> Vec<Uuid> {
        self.by_key.values().chain(self.by_number.values()).flatten().copied().collect()
    }

    /// Forgets all others.
    pub(super) fn retain(&mut self, keep: impl Fn(&Uuid) -> bool) {
        for ids in self.by_key.values_mut().chain(self.by_number.values_mut()) {
            ids.retain(&keep);
        }
    }

    /// The one who is called so; nobody where there are several.
    pub(super) fn only(&self, text: &str) -> Option<Uuid> {
        let mut meant = self.meant(text);
        let first = meant.next()?;
        meant.all(|other| other == first).then_some(first)
    }

    /// Everybody who is called so, each once.
    pub(super) fn all(&self, text: &str) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = self.meant(text).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn meant(&self, text: &str) -> impl Iterator<Item = Uuid> {
        let text = bare(text);
        let keyed = self.by_key.get(&text.to_lowercase()).into_iter();
        keyed.chain(self.by_number.get(text)).flatten().copied()
    }
}

fn insert(map: &mut HashMap<String, Vec<Uuid>>, key: String, id: Uuid) {
    map.entry(key).or_default().push(id);
}

/// Looks all of them up at once. Who is not found here, or not found alone, has to be asked for with
/// [`find`](super::directory::find), which says what is wrong.
pub(super) async fn find_all<'a>(
    tx: &mut Tx,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<Called> {
    let texts: BTreeSet<&str> = texts.into_iter().map(bare).collect();
    let mut called = Called::default();
    if texts.is_empty() {
        return Ok(called);
    }
    let ids: Vec<Uuid> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    if !ids.is_empty() {
        let there: Vec<One<Uuid>> =
            Assembly::new("SELECT id FROM persons WHERE closed_as IS NULL AND id IN (ids?)")
                .bind_ids(&IdList::new(ids))
                .on(tx)
                .all()
                .await?;
        let there: BTreeSet<Uuid> = there.into_iter().map(|One(id)| id).collect();
        for text in &texts {
            let id = text.parse().ok().filter(|id| there.contains(id));
            if let Some(id) = id {
                insert(&mut called.by_key, text.to_lowercase(), id);
            }
        }
    }
    let named = || texts.iter().filter(|text| text.parse::<Uuid>().is_err());
    let lower: Vec<String> = named().map(|text| text.to_lowercase()).collect();
    let exact: Vec<String> = named().map(|text| (*text).to_owned()).collect();
    for holder in holders(tx, lower.iter(), lower.iter(), exact.iter()).await? {
        called.add(
            holder.id,
            holder.email_key.as_deref(),
            holder.username_key.as_deref(),
            holder.employee_number_key.as_deref(),
        );
    }
    Ok(called)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_counts_in_numbers_only_and_two_are_nobody() {
        let (ada, bo) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut called = Called::default();
        called.add(ada, Some("Ada@example.com"), Some("ada"), Some("a1"));
        called.add(bo, None, Some("A1"), Some("00A1"));
        assert_eq!(called.only(" ada@EXAMPLE.com "), Some(ada));
        assert_eq!(called.only("00A1"), Some(bo));
        assert_eq!(called.only("00a1"), None);
        assert_eq!(called.only("a1"), None, "the number of one and the user name of another");
        assert_eq!(called.only("A1"), Some(bo));
    }
}
