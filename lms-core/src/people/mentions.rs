//! Audiences of groups that name somebody by an address, a number or a user name which will not find
//! them any more: the id takes its place.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;

row! {
    /// A period of a group that stands for an audience.
    pub(super) struct SavedAudience {
        pub(super) id: Uuid,
        pub(super) audience: String,
        pub(super) is_believed: bool,
    }
}

/// Every audience of a group that names one of these keys, with the id in its place.
pub(super) async fn renamed_in(
    tx: &mut Tx,
    keys: &[String],
    id: Uuid,
) -> Result<Vec<SavedAudience>> {
    let all: Vec<SavedAudience> = Assembly::new(
        "SELECT id, audience, retracted_at IS NULL FROM group_periods WHERE audience IS NOT NULL",
    )
    .on(tx)
    .all()
    .await?;
    let renamed = all.into_iter().filter_map(|saved| {
        let audience = renamed(&saved.audience, keys, id)?;
        Some(SavedAudience { audience, ..saved })
    });
    Ok(renamed.collect())
}

/// The text with the id in place of each text that is one of the keys; nothing where none is.
pub(crate) fn renamed(audience: &str, keys: &[String], id: Uuid) -> Option<String> {
    let mut document: Json = serde_json::from_str(audience).ok()?;
    replace(&mut document, keys, &id.to_string()).then(|| document.to_string())
}

fn replace(value: &mut Json, keys: &[String], id: &str) -> bool {
    match value {
        Json::String(text) => {
            let named = text.trim().to_lowercase();
            let is_key = keys.iter().any(|key| key.to_lowercase() == named);
            if is_key {
                id.clone_into(text);
            }
            is_key
        }
        Json::Array(items) => {
            // Each of them, also behind the first that is found.
            items.iter_mut().filter_map(|item| replace(item, keys, id).then_some(())).count() > 0
        }
        Json::Object(fields) => {
            let found =
                fields.iter_mut().filter_map(|(_, field)| replace(field, keys, id).then_some(()));
            found.count() > 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_takes_the_place_of_every_key() {
        let id = Uuid::from_u128(7);
        let keys = ["Ada@Example.com".to_owned(), "00123".to_owned()];
        let audience = r#"{"department":["ENG"],"not":{"person":["00123","bob"]},"person":["ada@example.COM"]}"#;
        let text = id.to_string();
        assert_eq!(
            renamed(audience, &keys, id),
            Some(format!(
                r#"{{"department":["ENG"],"not":{{"person":["{text}","bob"]}},"person":["{text}"]}}"#
            ))
        );
        assert_eq!(renamed(r#"{"person":["bob","001234"]}"#, &keys, id), None);
    }
}
