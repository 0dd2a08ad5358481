//! Departments, locations and job roles that a feed names and nobody made yet.

use std::collections::{BTreeMap, BTreeSet};

use super::super::UNKNOWN_UNIT;
use super::super::types::PersonField;
use super::super::unit_changes::{NewUnit, make};
use super::super::units::{UnitKind, Units};
use super::{Delivery, IMPORTED};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::text::Code;
use crate::operations::{Operation, Write};

/// A code is at most so long.
const CODE_CHARS_MAX: usize = 64;

/// Makes those that are named and not there: what they are, in words, and the operation in which it
/// was done, which goes on with the people.
pub(crate) async fn make_units(
    write: &mut Write,
    deliveries: &[Delivery],
) -> Result<(Vec<String>, Option<Operation>)> {
    let units = Units::load(&mut write.tx).await?;
    let mut wanted: BTreeMap<(&str, String), (UnitKind, &str)> = BTreeMap::new();
    for delivery in deliveries {
        for (field, kind) in [
            (PersonField::Department, UnitKind::Department),
            (PersonField::Location, UnitKind::Location),
            (PersonField::JobRole, UnitKind::JobRole),
        ] {
            let Some(text) = delivery.fields.get(&field) else { continue };
            let text = text.trim();
            if !text.is_empty() {
                wanted.entry((kind.as_str(), fold(text))).or_insert((kind, text));
            }
        }
    }
    let (mut told, mut new) = (Vec::new(), Vec::new());
    let mut codes: BTreeSet<(&str, String)> = BTreeSet::new();
    for (kind, text) in wanted.into_values() {
        match units.find(kind, text) {
            Err(error) if error.is(&UNKNOWN_UNIT) => {}
            _ => continue,
        }
        let is_free = |code: &str, codes: &BTreeSet<(&str, String)>| {
            units.find(kind, code).is_err() && !codes.contains(&(kind.as_str(), fold(code)))
        };
        let first = code_of(text);
        let numbered = (2..).map(|n| {
            let cut: String = first.chars().take(CODE_CHARS_MAX - 8).collect();
            format!("{cut}-{n}")
        });
        let mut tried = std::iter::once(first.clone()).chain(numbered);
        let Some(code) = tried.find(|code| is_free(code, &codes)) else { continue };
        codes.insert((kind.as_str(), fold(&code)));
        told.push(format!("{} {text}", kind.noun()));
        new.push(NewUnit::new(kind, &code, text));
    }
    if new.is_empty() {
        return Ok((told, None));
    }
    let (_, operation) = make(write, new, Operation::new(IMPORTED)).await?;
    Ok((told, Some(operation)))
}

/// The text where it can be a code, else what of it can: `Human Resources` becomes `HUMAN-RESOURCES`.
pub(super) fn code_of(text: &str) -> String {
    if Code::parse(text).is_ok() {
        return text.to_owned();
    }
    let folded = fold(text).to_uppercase();
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let code: String = words.join("-").chars().take(CODE_CHARS_MAX).collect();
    if code.is_empty() { "UNIT".to_owned() } else { code }
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn a_code_is_what_of_a_name_can_be_one() {
        assert_eq!(code_of("ENG"), "ENG");
        assert_eq!(code_of("Forschung & Entwicklung"), "FORSCHUNG-ENTWICKLUNG");
        assert_eq!(code_of("研究"), "研究");
        assert_eq!(code_of("研究 (東京)"), "研究-東京");
        assert_eq!(code_of("★ ★"), "UNIT");
    }
}
