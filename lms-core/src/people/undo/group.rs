//! Taking back what an operation did to one group: its names, whom it asks for, and who is on its
//! list. Pure, as for people.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::super::group_facts::GroupRow;
use super::super::timeline::Period;
use super::history::{Ever, OPEN, Told};
use super::merge::{Fact, Fields};
use super::{Fate, Part, Vetoes, fates};
use crate::kernel::clock::Timestamp;

/// Whom a saved audience is true of, as it is kept.
pub(super) const AUDIENCE: &str = "audience";

pub(super) struct GroupHistory {
    pub(super) row: GroupRow,
    pub(super) periods: Ever<Period<Fields>>,
    /// Those whom the operation put on the list or took off it.
    pub(super) members: BTreeMap<Uuid, Ever<Period<Fields>>>,
}

/// What becomes of a group.
pub(super) struct Decided {
    pub(super) row: GroupRow,
    /// When it is there, with the audience that it is then, if it is one.
    pub(super) periods: Vec<Period<Option<String>>>,
    pub(super) parts: Vec<Part>,
    pub(super) members: BTreeMap<Uuid, Member>,
}

/// What becomes of somebody on a list.
pub(super) struct Member {
    pub(super) periods: Vec<Period<()>>,
    pub(super) parts: Vec<Part>,
}

impl Decided {
    pub(super) fn goes_back(&self) -> bool {
        let members = self.members.values().flat_map(|member| &member.parts);
        self.parts.iter().chain(members).any(|part| part.fate == Fate::Restored)
    }
}

/// The field that says that somebody is on the list of a group.
pub(super) fn member_of(code: &str) -> String {
    format!("group.{code}")
}

pub(super) fn decide(
    group: &GroupHistory,
    told: &HashMap<Uuid, Told>,
    at: Timestamp,
    vetoes: &Vetoes,
) -> Decided {
    let (nothing, id) = (Told::default(), group.row.id);
    let of = |id: &Uuid| told.get(id).unwrap_or(&nothing);
    let mut row = group.row.clone();
    let names = [("code", row.code.as_str()), ("name", row.name.as_str())];
    let mut parts = fates::of_names(of(&id), id, names, vetoes);
    for part in parts.iter().filter(|part| part.fate == Fate::Restored) {
        let Some(Fact::Text(before)) = &part.back_to else { continue };
        let text = if part.field == "code" { &mut row.code } else { &mut row.name };
        text.clone_from(before);
    }
    let timelines = group.periods.timelines(at);
    let segments = timelines.segments();
    let (of_times, restored) = fates::of_segments(&segments, &group.periods, of(&id), id, vetoes);
    parts.extend(of_times);
    let there = timelines.with(&restored).into_iter();
    let periods = there.filter(|period| period.fields.contains_key(OPEN)).map(|period| {
        let audience = match period.fields.get(AUDIENCE) {
            Some(Fact::Text(text)) => Some(text.clone()),
            _ => None,
        };
        Period { from: period.from, until: period.until, fields: audience }
    });
    let periods = periods.collect();
    let members = group
        .members
        .iter()
        .map(|(person, ever)| (*person, member(ever, of(person), *person, at, vetoes)))
        .collect();
    Decided { row, periods, parts, members }
}

fn member(
    ever: &Ever<Period<Fields>>,
    told: &Told,
    person: Uuid,
    at: Timestamp,
    vetoes: &Vetoes,
) -> Member {
    let timelines = ever.timelines(at);
    let segments = timelines.segments();
    let (parts, restored) = fates::of_segments(&segments, ever, told, person, vetoes);
    let on_it = timelines.with(&restored).into_iter().filter(|period| !period.fields.is_empty());
    let periods = on_it.map(|period| Period { from: period.from, until: period.until, fields: () });
    Member { periods: periods.collect(), parts }
}
