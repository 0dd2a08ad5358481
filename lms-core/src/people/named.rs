//! Many people by name at once: by e-mail, employee number, user name or id, or by wildcards in
//! them.

use std::collections::HashMap;

use uuid::Uuid;

use super::audience::pattern::Pattern;
use super::reach::Reach;
use super::{PersonId, directory, names};
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;

row! {
    struct KeysRow {
        id: Uuid,
        email_key: Option<String>,
        username_key: Option<String>,
        employee_number_key: Option<String>,
    }
}

/// For each name the people it can mean: one, where all is well.
pub(super) async fn look_up(tx: &mut Tx, names: &[&str]) -> Result<HashMap<String, Vec<Uuid>>> {
    let called = names::find_all(tx, names.iter().copied()).await?;
    Ok(names.iter().map(|name| ((*name).to_owned(), called.all(name))).collect())
}

/// The people of these names, in their order; the first that is not known, or not one, is an error.
pub(super) async fn find_all(tx: &mut Tx, names: &[String]) -> Result<Vec<PersonId>> {
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = look_up(tx, &texts).await?;
    let mut people = Vec::with_capacity(names.len());
    for name in names {
        match found.get(name).map(Vec::as_slice).unwrap_or_default() {
            [id] => people.push(PersonId::new(*id)),
            [] => {
                let near = directory::near(tx, &Reach::everybody(), name).await?;
                return Err(directory::unknown(name.trim(), near));
            }
            several => return Err(directory::ambiguous(name.trim(), several.len())),
        }
    }
    Ok(people)
}

/// For each pattern the people with an address, user name or employee number that it stands for.
/// Reads the keys of everybody, once.
pub(super) async fn look_up_patterns(
    tx: &mut Tx,
    patterns: &[&str],
) -> Result<HashMap<String, Vec<Uuid>>> {
    let mut found: HashMap<String, Vec<Uuid>> = HashMap::new();
    if patterns.is_empty() {
        return Ok(found);
    }
    let compiled: Vec<(&str, Pattern)> =
        patterns.iter().map(|pattern| (*pattern, Pattern::new(pattern))).collect();
    let rows: Vec<KeysRow> =
        Assembly::new("SELECT id, email_key, username_key, employee_number_key FROM persons")
            .on(tx)
            .all()
            .await?;
    for row in rows {
        let keys = [row.email_key, row.username_key, row.employee_number_key];
        for (text, pattern) in &compiled {
            if keys.iter().flatten().any(|key| pattern.matches(key)) {
                found.entry((*text).to_owned()).or_default().push(row.id);
            }
        }
    }
    Ok(found)
}
