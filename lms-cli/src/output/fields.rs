//! The columns that somebody chose for a list, in the order in which they were named.

use lms_core::suggest;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::cell::Row;
use crate::error::{Result, UNKNOWN_NAME};

/// The places of the chosen columns; all of them where none was named.
pub(super) fn places<T: Row>(names: &[String]) -> Result<Vec<usize>> {
    if names.is_empty() {
        return Ok((0..T::COLUMNS.len()).collect());
    }
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let wanted = name.trim().to_lowercase().replace([' ', '-'], "_");
        let Some(place) = T::COLUMNS.iter().position(|column| column.key == wanted) else {
            let known: Vec<&str> = T::COLUMNS.iter().map(|column| column.key).collect();
            return Err(UNKNOWN_NAME
                .error(format!("the list has no field `{}`", name.trim()))
                .with_field("fields")
                .with_hints(suggest(&wanted, &known))
                .with_hint(format!("its fields are: {}", known.join(", ")))
                .into());
        };
        places.push(place);
    }
    Ok(places)
}

/// A record with the chosen fields only, as JSON has them.
pub(super) struct Chosen<'a, T> {
    pub(super) record: &'a T,
    pub(super) places: &'a [usize],
}

impl<T: Row> Serialize for Chosen<'_, T> {
    fn serialize<S: Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        let whole = serde_json::to_value(self.record).map_err(serde::ser::Error::custom)?;
        let cells = self.record.cells();
        let mut map = output.serialize_map(Some(self.places.len()))?;
        for place in self.places {
            let key = T::COLUMNS[*place].key;
            match whole.get(key) {
                Some(value) => map.serialize_entry(key, value)?,
                // A column that is made from several fields of the record.
                None => map.serialize_entry(key, &Value::from(cells[*place].exact()))?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{Fruit, fruits};
    use super::*;

    #[test]
    fn fields_are_chosen_by_name_in_any_order() {
        let names = ["seen-in", "name"].map(str::to_owned);
        let places = places::<Fruit>(&names).expect("both are there");
        let chosen = Chosen { record: &fruits()[1], places: &places };
        assert_eq!(
            serde_json::to_string(&chosen).expect("plain"),
            r#"{"seen_in":null,"name":"=1+1"}"#
        );
        assert!(super::places::<Fruit>(&["nmae".to_owned()]).is_err());
    }
}
