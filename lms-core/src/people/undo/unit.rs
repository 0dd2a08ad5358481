//! Taking back what an operation did to one unit. Pure, as for people.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use uuid::Uuid;

use super::super::sql::UnitRow;
use super::super::timeline::Period;
use super::super::units::{UnitFields, Units};
use super::history::{OPEN, UnitHistory};
use super::merge::{Fact, Fields};
use super::person::{RECORD, Whole};
use super::{Fate, Part, Vetoes, fates};
use crate::kernel::fold::fold;
use crate::operations::TakenBack;

/// What becomes of a unit.
pub(super) struct Decided {
    pub(super) row: UnitRow,
    pub(super) periods: Vec<Period<UnitFields>>,
    pub(super) parts: Vec<Part>,
    pub(super) whole: Option<Whole>,
}

pub(super) fn decide(unit: &UnitHistory, operation: &TakenBack, vetoes: &Vetoes) -> Decided {
    let timelines = unit.periods.timelines(operation.recorded_at);
    let mut decided = Decided {
        row: unit.row.clone(),
        periods: periods(timelines.now.clone()),
        parts: Vec::new(),
        whole: None,
    };
    let (no_before, no_after) = (timelines.before.is_empty(), timelines.after.is_empty());
    let there = || Some(Fact::Text("recorded".to_owned()));
    if no_before && !no_after {
        // Made by the operation.
        let told = |name: &str| unit.told.after.get(name).and_then(|value| value.as_str());
        let is_changed = timelines.now != timelines.after
            || told("code") != Some(unit.row.code.as_str())
            || told("name") != Some(unit.row.name.as_str());
        let fate = match vetoes.of(unit.row.id, RECORD, None) {
            _ if is_changed => Fate::Kept(unit.told.blame(None, RECORD)),
            Some(why) => Fate::Blocked(why),
            None => Fate::Restored,
        };
        if fate == Fate::Restored {
            decided.periods.clear();
            decided.row.hide();
            decided.whole = Some(Whole::Hidden);
        }
        decided.parts.push(Part::of_record(there(), None, fate));
        return decided;
    }
    if no_after && !no_before && unit.row.is_hidden() {
        // Hidden by the operation, which was itself an undo.
        let fate = match vetoes.of(unit.row.id, RECORD, None) {
            Some(why) => Fate::Blocked(why),
            None => Fate::Restored,
        };
        if fate == Fate::Restored {
            decided.periods = periods(timelines.before);
            decided.row.code_key = fold(&unit.row.code);
            decided.whole = Some(Whole::Reopened);
        }
        decided.parts.push(Part::of_record(None, there(), fate));
        return decided;
    }

    let names = [("code", unit.row.code.as_str()), ("name", unit.row.name.as_str())];
    decided.parts = fates::of_names(&unit.told, unit.row.id, names, vetoes);
    for part in decided.parts.iter().filter(|part| part.fate == Fate::Restored) {
        let Some(Fact::Text(before)) = &part.back_to else { continue };
        let row = &mut decided.row;
        let (text, key) = match part.field.as_str() {
            "code" => (&mut row.code, &mut row.code_key),
            _ => (&mut row.name, &mut row.name_key),
        };
        (*text, *key) = (before.clone(), fold(before));
    }

    let segments = timelines.segments();
    let (parts, restored) =
        fates::of_segments(&segments, &unit.periods, &unit.told, unit.row.id, vetoes);
    decided.parts.extend(parts);
    decided.periods = periods(timelines.with(&restored));
    decided
}

/// The periods on which the unit is there.
fn periods(periods: Vec<Period<Fields>>) -> Vec<Period<UnitFields>> {
    periods
        .into_iter()
        .filter(|period| period.fields.contains_key(OPEN))
        .map(|period| {
            let id = |name: &str| match period.fields.get(name) {
                Some(Fact::Id(id)) => Some(*id),
                _ => None,
            };
            let fields =
                UnitFields { parent: id("parent"), head: id("head"), deputy: id("deputy") };
            Period { from: period.from, until: period.until, fields }
        })
        .collect()
}

impl Decided {
    /// The fields that go back, as they were (`after` the undo) or as they are: what a later undo of
    /// this undo compares with.
    pub(super) fn told(&self, stored: &Units, id: Uuid, after: bool) -> BTreeMap<String, Json> {
        let row = if after { Some(&self.row) } else { stored.row(id) };
        let restored = self.parts.iter().filter(|part| part.fate == Fate::Restored);
        let mut told: BTreeMap<String, Json> = BTreeMap::new();
        for part in restored {
            let value = match part.field.as_str() {
                "code" => row.map(|row| row.code.clone()),
                "name" => row.map(|row| row.name.clone()),
                field => {
                    let fact = if after { &part.back_to } else { &part.now };
                    let text = match fact {
                        None => None,
                        Some(Fact::There) => Some("true".to_owned()),
                        Some(Fact::Text(text)) => Some(text.clone()),
                        Some(Fact::Id(id)) => stored
                            .code(*id)
                            .map_or(Some(id.to_string()), |code| Some(code.to_owned())),
                    };
                    if field == RECORD && text.is_some() {
                        // Comes as a whole: with all that makes it up.
                        told.insert("code".to_owned(), self.row.code.clone().into());
                        told.insert("name".to_owned(), self.row.name.clone().into());
                    }
                    text
                }
            };
            told.entry(part.field.clone()).or_insert(value.into());
        }
        told
    }
}
