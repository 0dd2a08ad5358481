//! Taking back what an operation did to one person. Pure: what stands against it comes in as vetoes.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::super::draft::{Draft, told as told_leave};
use super::super::ownership::Claims;
use super::super::sql::IdentityRow;
use super::super::timeline::Period;
use super::super::types::{Employment, Leave, PersonStatus, Placement};
use super::history::{ATTRIBUTE, PersonHistory};
use super::merge::{Fact, Fields, Verdict, verdict};
use super::{Fate, Part, Vetoes};
use crate::kernel::clock::Timestamp;
use crate::kernel::text::Day;
use crate::operations::TakenBack;

/// The fields that are the same for all days.
pub(super) const IDENTITY: [&str; 8] = [
    "employee_number",
    "email",
    "username",
    "first_name",
    "last_name",
    "preferred_name",
    "locale",
    "timezone",
];
/// The whole of a record.
pub(super) const RECORD: &str = "record";
pub(super) const EMPLOYMENT: &str = "employment";
pub(super) const LEAVE: &str = "leave";
/// Why a record is closed that an undo took back.
const UNDONE: &str = "undone";

/// What becomes of a person.
pub(super) struct Decided {
    pub(super) draft: Draft,
    pub(super) parts: Vec<Part>,
    /// A record that comes or goes as a whole.
    pub(super) whole: Option<Whole>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Hidden,
    Reopened,
}

pub(super) fn decide(
    person: &PersonHistory,
    operation: &TakenBack,
    vetoes: &Vetoes,
    now: Timestamp,
) -> Decided {
    let identity = &person.identity;
    let at = operation.recorded_at;
    let closed = identity.closed_as.as_deref();
    if closed == Some(UNDONE) && identity.closed_at == Some(at) {
        return reopened(person, operation, vetoes);
    }
    let [before, after, _] = person.employments.versions(at);
    if let Some(closed) = closed {
        let why = match closed {
            "erased" => "the record was erased since",
            "merged" => "the record was merged into another since",
            _ => "the record was taken back since",
        };
        return with_record(person, Fate::Blocked(why.to_owned()), Some("closed"), None);
    }
    if before.is_empty() && !after.is_empty() {
        return hidden(person, operation, vetoes, now);
    }
    field_by_field(person, operation, vetoes)
}

/// Nothing but a word on the whole record.
fn with_record(
    person: &PersonHistory,
    fate: Fate,
    now: Option<&str>,
    back_to: Option<&str>,
) -> Decided {
    let text = |text: &str| Fact::Text(text.to_owned());
    let part = Part {
        field: RECORD.to_owned(),
        from: None,
        until: None,
        now: now.map(text),
        back_to: back_to.map(text),
        fate,
    };
    Decided { draft: present(person), parts: vec![part], whole: None }
}

/// A person whom the operation recorded and whom nobody touched since is not one any more.
fn hidden(
    person: &PersonHistory,
    operation: &TakenBack,
    vetoes: &Vetoes,
    now: Timestamp,
) -> Decided {
    let there = Some("recorded");
    if is_changed_since(person, operation) {
        let fate = Fate::Kept(person.told.blame(None, RECORD));
        return with_record(person, fate, there, None);
    }
    if let Some(why) = vetoes.of(person.identity.id, RECORD, None) {
        return with_record(person, Fate::Blocked(why), there, None);
    }
    let mut decided = with_record(person, Fate::Restored, there, None);
    let draft = &mut decided.draft;
    draft.employments.clear();
    draft.leaves.clear();
    draft.placements.clear();
    draft.identity.closed_as = Some(UNDONE.to_owned());
    draft.identity.closed_at = Some(now);
    draft.note("closed_as", None, Some(UNDONE.to_owned()));
    decided.whole = Some(Whole::Hidden);
    decided
}

fn is_changed_since(person: &PersonHistory, operation: &TakenBack) -> bool {
    fn differs<F: PartialEq>([_, after, now]: [F; 3]) -> bool {
        after != now
    }
    let at = operation.recorded_at;
    let told = |name: &str| person.told.after.get(name).and_then(|value| value.as_str());
    differs(person.employments.versions(at))
        || differs(person.leaves.versions(at))
        || differs(person.placements.versions(at))
        || IDENTITY.iter().any(|name| get(&person.identity, name).as_deref() != told(name))
}

/// A person whom the operation hid, which was itself an undo, is one again.
fn reopened(person: &PersonHistory, operation: &TakenBack, vetoes: &Vetoes) -> Decided {
    let there = Some("recorded");
    if let Some(why) = vetoes.of(person.identity.id, RECORD, None) {
        return with_record(person, Fate::Blocked(why), None, there);
    }
    let mut decided = with_record(person, Fate::Restored, None, there);
    let at = operation.recorded_at;
    let [employments, ..] = person.employments.versions(at);
    let [leaves, ..] = person.leaves.versions(at);
    let timelines = person.placements.timelines(at);
    let draft = &mut decided.draft;
    (draft.employments, draft.leaves) = (employments, leaves);
    draft.known_from = timelines.before.first().map_or(draft.known_from, |first| first.from);
    draft.placements = placements(timelines.before);
    draft.identity.closed_as = None;
    draft.identity.closed_at = None;
    draft.note("closed_as", Some(UNDONE.to_owned()), None);
    for name in IDENTITY {
        let value = get(&draft.identity, name);
        draft.note(name, None, value);
    }
    draft.restate();
    decided.whole = Some(Whole::Reopened);
    decided
}

fn field_by_field(person: &PersonHistory, operation: &TakenBack, vetoes: &Vetoes) -> Decided {
    let id = person.identity.id;
    let at = operation.recorded_at;
    let mut draft = present(person);
    let mut parts = Vec::new();

    for name in IDENTITY {
        let of = |values: &serde_json::Map<String, serde_json::Value>| {
            values.get(name).map(|value| value.as_str().map(str::to_owned))
        };
        let (Some(before), Some(after)) = (of(&person.told.before), of(&person.told.after)) else {
            continue;
        };
        let now = get(&draft.identity, name);
        let fate = match verdict(&before, &after, &now) {
            Verdict::Untouched => continue,
            Verdict::Kept => Fate::Kept(person.told.blame(None, name)),
            Verdict::Restored => match vetoes.of(id, name, None) {
                Some(why) => Fate::Blocked(why),
                None => Fate::Restored,
            },
        };
        if fate == Fate::Restored {
            set(&mut draft.identity, name, before.clone());
            draft.note(name, now.clone(), before.clone());
        }
        let (now, back_to) = (now.map(Fact::Text), before.map(Fact::Text));
        let field = name.to_owned();
        parts.push(Part { field, from: None, until: None, now, back_to, fate });
    }

    let [before, after, now] = person.employments.versions(at);
    let spells = Keyed { before, after, now, key: |fact: &Employment| fact.hired_on };
    draft.employments = spells.merged(EMPLOYMENT, person, vetoes, told_employment, &mut parts);
    let [before, after, now] = person.leaves.versions(at);
    let leaves = Keyed { before, after, now, key: |fact: &Leave| fact.from_on };
    draft.leaves = leaves.merged(LEAVE, person, vetoes, told_leave, &mut parts);

    let timelines = person.placements.timelines(at).reaching_back();
    let segments = timelines.segments();
    let mut restored = Vec::new();
    for segment in &segments {
        let fate = match segment.verdict {
            Verdict::Untouched => continue,
            Verdict::Kept => {
                let changed_at = person.placements.changed_at(&segment.field, segment.from);
                Fate::Kept(person.told.blame(changed_at, &segment.field))
            }
            Verdict::Restored => {
                if let Some(why) = vetoes.of(id, &segment.field, Some(segment.from)) {
                    Fate::Blocked(why)
                } else {
                    restored.push(segment);
                    Fate::Restored
                }
            }
        };
        parts.push(Part::of_segment(segment, fate));
    }
    draft.placements = placements(timelines.with(&restored));
    draft.restate();
    Decided { draft, parts, whole: None }
}

/// Facts that are told apart by a day: employments by the first one, leaves likewise.
struct Keyed<F, K> {
    before: Vec<F>,
    after: Vec<F>,
    now: Vec<F>,
    key: K,
}

impl<F: Clone + PartialEq, K: Fn(&F) -> Day> Keyed<F, K> {
    fn merged(
        &self,
        field: &str,
        person: &PersonHistory,
        vetoes: &Vetoes,
        told: fn(&F) -> String,
        parts: &mut Vec<Part>,
    ) -> Vec<F> {
        let days: BTreeSet<Day> = self.before.iter().chain(&self.after).map(&self.key).collect();
        let mut merged: BTreeMap<Day, F> =
            self.now.iter().map(|fact| ((self.key)(fact), fact.clone())).collect();
        for day in days {
            let [before, after, now] = [&self.before, &self.after, &self.now]
                .map(|facts| facts.iter().find(|fact| (self.key)(fact) == day));
            let fate = match verdict(&before, &after, &now) {
                Verdict::Untouched => continue,
                Verdict::Kept => Fate::Kept(person.told.blame(None, field)),
                Verdict::Restored => match vetoes.of(person.identity.id, field, Some(day)) {
                    Some(why) => Fate::Blocked(why),
                    None => Fate::Restored,
                },
            };
            if fate == Fate::Restored {
                match before {
                    Some(fact) => merged.insert(day, fact.clone()),
                    None => merged.remove(&day),
                };
            }
            let text = |fact: Option<&F>| fact.map(|fact| Fact::Text(told(fact)));
            parts.push(Part {
                field: field.to_owned(),
                from: Some(day),
                until: None,
                now: text(now),
                back_to: text(before),
                fate,
            });
        }
        merged.into_values().collect()
    }
}

fn told_employment(employment: &Employment) -> String {
    match employment.terminated_on {
        Some(terminated_on) => format!("{} to {terminated_on}", employment.hired_on),
        None => format!("from {}", employment.hired_on),
    }
}

/// The person as they are now.
fn present(person: &PersonHistory) -> Draft {
    let now = |row: &Option<Timestamp>| row.is_none();
    let placed: Vec<Period<Fields>> = person
        .placements
        .0
        .iter()
        .filter(|row| now(&row.retracted_at))
        .map(|row| row.fact.clone())
        .collect();
    let known_from = placed.first().map_or(Day::MIN, |first| first.from);
    let mut draft = Draft {
        id: person.identity.id,
        is_new: false,
        identity: person.identity.clone(),
        employments: Vec::new(),
        leaves: Vec::new(),
        placements: placements(placed),
        known_from,
        changed: Vec::new(),
        claims: Claims::default(),
    };
    let employments = person.employments.0.iter().filter(|row| now(&row.retracted_at));
    draft.employments = employments.map(|row| row.fact.clone()).collect();
    let leaves = person.leaves.0.iter().filter(|row| now(&row.retracted_at));
    draft.leaves = leaves.map(|row| row.fact.clone()).collect();
    draft.restate();
    draft
}

/// Placements without their status, which follows from employments and leaves.
fn placements(periods: Vec<Period<Fields>>) -> Vec<Period<Placement>> {
    periods
        .into_iter()
        .map(|period| {
            let id = |name: &str| match period.fields.get(name) {
                Some(Fact::Id(id)) => Some(*id),
                _ => None,
            };
            let text = |name: &str| match period.fields.get(name) {
                Some(Fact::Text(text)) => Some(text.clone()),
                _ => None,
            };
            let attributes = period.fields.iter().filter_map(|(name, fact)| match fact {
                Fact::Text(text) => Some((name.strip_prefix(ATTRIBUTE)?.to_owned(), text.clone())),
                _ => None,
            });
            let fields = Placement {
                status: PersonStatus::Active,
                hired_on: None,
                department: id("department"),
                location: id("location"),
                job_role: id("job_role"),
                manager: id("manager"),
                country: text("country"),
                job_title: text("job_title"),
                employment_type: text("employment_type"),
                attributes: attributes.collect(),
            };
            Period { from: period.from, until: period.until, fields }
        })
        .collect()
}

pub(super) fn get(identity: &IdentityRow, field: &str) -> Option<String> {
    match field {
        "employee_number" => identity.employee_number.clone(),
        "email" => identity.email.clone(),
        "username" => identity.username.clone(),
        "first_name" => Some(identity.first_name.clone()),
        "last_name" => Some(identity.last_name.clone()),
        "preferred_name" => identity.preferred_name.clone(),
        "locale" => identity.locale.clone(),
        _ => identity.timezone.clone(),
    }
}

fn set(identity: &mut IdentityRow, field: &str, value: Option<String>) {
    match field {
        "employee_number" => identity.employee_number = value,
        "email" => identity.email = value,
        "username" => identity.username = value,
        "first_name" => identity.first_name = value.unwrap_or_default(),
        "last_name" => identity.last_name = value.unwrap_or_default(),
        "preferred_name" => identity.preferred_name = value,
        "locale" => identity.locale = value,
        _ => identity.timezone = value,
    }
}

impl Decided {
    /// Whom the record is of, for telling what cannot be.
    pub(super) fn id(&self) -> Uuid {
        self.draft.id
    }

    /// The parts that go back, for whoever has something against it.
    pub(super) fn restored(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.fate == Fate::Restored)
    }
}
