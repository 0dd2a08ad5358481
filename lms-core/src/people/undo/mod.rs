//! Taking back what an operation did to people, units and groups.
//!
//! Three versions of each record are merged (`merge.rs`): before the operation, right after it, and
//! now. What could go back is held against what must be true of people and units (`guard.rs`); what
//! does not hold is vetoed with its reason and decided again, until nothing stands against the rest.
//! The former facts are recorded anew and the present ones retracted, so that what was known at any
//! instant stays as it was.

mod merge;
mod history;
mod person;
mod unit;
mod fates;
mod guard;
mod group;
mod groups;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use self::merge::{Fact, Segment};
use self::person::Whole;
use super::draft::Draft;
use super::ownership::{self, Claims};
use super::save::{save_rows, with_changes, with_events};
use super::sql::{self, Facts};
use super::unit_changes::{difference, period_values};
use super::units::Units;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::UNIT_PERIODS;
use crate::kernel::db::{Assembly, IdList, Tx, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::{LaterChange, Operation, TakenBack, UndoItem, UndoParts, Write};
use crate::settings;

/// What becomes of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Restored,
    Kept(Option<LaterChange>),
    Blocked(String),
}

/// One field of one record that the operation changed.
#[derive(Debug, Clone)]
struct Part {
    field: String,
    from: Option<Day>,
    until: Option<Day>,
    now: Option<Fact>,
    back_to: Option<Fact>,
    fate: Fate,
}

impl Part {
    fn of_record(now: Option<Fact>, back_to: Option<Fact>, fate: Fate) -> Self {
        let field = person::RECORD.to_owned();
        Self { field, from: None, until: None, now, back_to, fate }
    }

    fn of_segment(segment: &Segment, fate: Fate) -> Self {
        Self {
            field: segment.field.clone(),
            from: Some(segment.from),
            until: segment.until,
            now: segment.now.clone(),
            back_to: segment.before.clone(),
            fate,
        }
    }

    fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// What may not go back: which field of which record, from which day on, and why.
#[derive(Debug, Default)]
struct Vetoes(BTreeMap<(Uuid, String, Option<Day>), String>);

impl Vetoes {
    fn of(&self, id: Uuid, field: &str, from: Option<Day>) -> Option<String> {
        self.0.get(&(id, field.to_owned(), from)).cloned()
    }

    fn add(&mut self, objection: Objection) -> bool {
        let Objection { id, field, from, why } = objection;
        self.0.insert((id, field, from), why).is_none()
    }
}

/// Something that stands against taking a part back.
struct Objection {
    id: Uuid,
    field: String,
    from: Option<Day>,
    why: String,
}

/// Everything as it would be.
struct Outcome {
    people: BTreeMap<Uuid, person::Decided>,
    changed_units: BTreeMap<Uuid, unit::Decided>,
    units: Units,
}

/// What taking an operation back would do here, and what is needed to do it.
pub(crate) struct Undo {
    pub(crate) parts: UndoParts,
    outcome: Outcome,
    groups: Vec<group::Decided>,
    facts: Facts,
    stored: Units,
}

/// Decides what of an operation can go back. Nothing is written.
pub(crate) async fn decide(tx: &mut Tx, operation: &TakenBack, now: Timestamp) -> Result<Undo> {
    let today = settings::today(tx, now).await?;
    let stored = Units::load(tx).await?;
    let subjects = |subject_type: &str| -> BTreeSet<Uuid> {
        let of_type = operation.changes.iter().filter(|change| change.subject_type == subject_type);
        of_type.filter_map(|change| change.subject_id).collect()
    };
    let facts = sql::facts(tx, &IdList::new(subjects("person"))).await?;
    let people = history::people(tx, operation, &facts.identities).await?;
    let rows = subjects("unit").into_iter().filter_map(|id| stored.row(id).cloned()).collect();
    let units = history::units(tx, operation, rows).await?;

    let mut vetoes = Vetoes::default();
    let outcome = loop {
        let outcome = Outcome::new(&people, &units, &stored, operation, &vetoes, now);
        let objections = guard::objections(tx, &outcome, operation, today).await?;
        let mut is_settled = true;
        for objection in objections {
            is_settled &= !vetoes.add(objection);
        }
        if is_settled {
            break outcome;
        }
    };
    let groups = groups::decide(tx, operation, today).await?;
    let parts = told(tx, &outcome, &groups, operation).await?;
    Ok(Undo { parts, outcome, groups, facts, stored })
}

impl Outcome {
    fn new(
        people: &BTreeMap<Uuid, history::PersonHistory>,
        units: &BTreeMap<Uuid, history::UnitHistory>,
        stored: &Units,
        operation: &TakenBack,
        vetoes: &Vetoes,
        now: Timestamp,
    ) -> Self {
        let people = people
            .iter()
            .map(|(id, history)| (*id, person::decide(history, operation, vetoes, now)))
            .collect();
        let changed_units: BTreeMap<Uuid, unit::Decided> = units
            .iter()
            .map(|(id, history)| (*id, unit::decide(history, operation, vetoes)))
            .collect();
        let mut target = stored.clone();
        for (id, decided) in &changed_units {
            target.replace(*id, decided.row.clone(), &decided.periods);
        }
        Self { people, changed_units, units: target }
    }
}

row! {
    struct NameRow {
        id: Uuid,
        name: String,
    }
}

/// The parts in words: with the names of people and the codes of units.
async fn told(
    tx: &mut Tx,
    outcome: &Outcome,
    groups: &[group::Decided],
    operation: &TakenBack,
) -> Result<UndoParts> {
    let people = outcome.people.values().flat_map(|decided| &decided.parts);
    let units = outcome.changed_units.values().flat_map(|decided| &decided.parts);
    let facts = people.chain(units).flat_map(|part| [&part.now, &part.back_to]);
    let members = groups.iter().flat_map(|group| group.members.keys().copied());
    let named: BTreeSet<Uuid> = facts
        .filter_map(|fact| match fact {
            Some(Fact::Id(id)) if outcome.units.code(*id).is_none() => Some(*id),
            _ => None,
        })
        .chain(members)
        .collect();
    let names = names_of(tx, named).await?;
    let text = |fact: &Option<Fact>| match fact {
        None => None,
        Some(Fact::There) => Some("open".to_owned()),
        Some(Fact::Text(text)) => Some(text.clone()),
        Some(Fact::Id(id)) => {
            let code = outcome.units.code(*id).map(str::to_owned);
            code.or_else(|| names.get(id).cloned()).or_else(|| Some(id.to_string()))
        }
    };
    let mut parts = UndoParts::default();
    let mut put = |subject_type: &str, subject_id: Uuid, subject: String, part: &Part| {
        let (list, why, changed_by) = match &part.fate {
            Fate::Restored => (&mut parts.restored, None, None),
            Fate::Kept(by) => {
                let why = match by {
                    Some(by) => format!("changed since by {} in #{}", by.actor, by.seq),
                    None => "changed since".to_owned(),
                };
                (&mut parts.kept, Some(why), by.clone())
            }
            Fate::Blocked(why) => (&mut parts.blocked, Some(why.clone()), None),
        };
        list.push(UndoItem {
            subject_type: subject_type.to_owned(),
            subject_id,
            subject,
            field: part.field.clone(),
            from: part.from,
            until: part.until,
            now: text(&part.now),
            back_to: text(&part.back_to),
            why,
            changed_by,
        });
    };
    for (id, decided) in &outcome.changed_units {
        for part in &decided.parts {
            put(&decided.row.kind, *id, decided.row.code.clone(), part);
        }
    }
    let mut people: Vec<&person::Decided> = outcome.people.values().collect();
    people.sort_by_cached_key(|decided| {
        let identity = &decided.draft.identity;
        (fold(&identity.last_name), fold(&identity.first_name), identity.id)
    });
    for decided in people {
        for part in &decided.parts {
            put("person", decided.id(), decided.draft.name(), part);
        }
    }
    for group in groups {
        let in_words = |part: &Part| -> Result<Part> {
            let of = |fact: &Option<Fact>| groups::in_words(group.row.id, part, fact.as_ref());
            Ok(Part { now: of(&part.now)?, back_to: of(&part.back_to)?, ..part.clone() })
        };
        for part in &group.parts {
            put("group", group.row.id, group.row.code.clone(), &in_words(part)?);
        }
        let name = |person: &Uuid| names.get(person).cloned().unwrap_or_default();
        let mut members: Vec<_> = group.members.iter().collect();
        members.sort_by_cached_key(|(person, _)| (fold(&name(person)), **person));
        for (person, member) in members {
            for part in &member.parts {
                put("person", *person, name(person), &in_words(part)?);
            }
        }
    }
    let ours = ["person", "unit", "operation"].iter().chain(&groups::SUBJECTS);
    let ours: Vec<&str> = ours.copied().collect();
    let foreign =
        operation.changes.iter().filter(|change| !ours.contains(&change.subject_type.as_str()));
    for change in foreign {
        let why = format!("a {} is not taken back with people", change.subject_type);
        let id = change.subject_id.unwrap_or_default();
        let part = Part::of_record(None, None, Fate::Blocked(why));
        put(&change.subject_type, id, id.to_string(), &part);
    }
    Ok(parts)
}

/// The names of people and the codes of units and groups among these ids.
pub(crate) async fn names_in(tx: &mut Tx, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    let units = Units::load(tx).await?;
    let codes = ids.iter().filter_map(|id| Some((*id, units.code(*id)?.to_owned())));
    let mut codes: HashMap<Uuid, String> = codes.collect();
    let groups: Vec<NameRow> = Assembly::new("SELECT id, code FROM groups WHERE id IN (ids?)")
        .bind_ids(&IdList::new(ids.iter().copied()))
        .on(tx)
        .all()
        .await?;
    codes.extend(groups.into_iter().map(|row| (row.id, row.name)));
    let mut names = names_of(tx, ids).await?;
    names.extend(codes);
    Ok(names)
}

async fn names_of(tx: &mut Tx, people: BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<NameRow> =
        Assembly::new("SELECT id, first_name || ' ' || last_name FROM persons WHERE id IN (ids?)")
            .bind_ids(&IdList::new(people))
            .on(tx)
            .all()
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Writes what was decided in this very transaction, and adds to the operation what was done.
pub(crate) async fn carry_out(
    write: &mut Write,
    undo: Undo,
    mut operation: Operation,
) -> Result<Operation> {
    let Undo { outcome, groups, facts, stored, .. } = undo;
    let Outcome { people, changed_units, .. } = outcome;
    operation = groups::carry_out(write, groups, operation).await?;
    operation = write_units(write, &changed_units, &stored, operation).await?;

    let goes_back = |decided: &person::Decided| decided.restored().next().is_some();
    let people: Vec<person::Decided> = people.into_values().filter(goes_back).collect();
    // Ids and codes, not names: what is said of one person can be erased with that person alone.
    let code = |fact: &Option<Fact>| match fact {
        None => None,
        Some(Fact::There) => Some("open".to_owned()),
        Some(Fact::Text(text)) => Some(text.clone()),
        Some(Fact::Id(id)) => Some(stored.code(*id).map_or(id.to_string(), str::to_owned)),
    };
    let parts =
        people.iter().flat_map(|decided| decided.restored().map(|part| (decided.id(), part)));
    let plain: Vec<_> = parts
        .filter(|(_, part)| part.field != person::RECORD)
        .map(|(id, part)| (id, part.field.clone(), code(&part.now), code(&part.back_to)))
        .collect();
    let whole: HashMap<Uuid, Whole> =
        people.iter().filter_map(|decided| Some((decided.id(), decided.whole?))).collect();
    let drafts = people.into_iter().map(|decided| (decided.id(), decided.draft)).collect();
    let mut drafts: BTreeMap<Uuid, Draft> = drafts;
    for (id, field, now, back_to) in plain {
        if let Some(draft) = drafts.get_mut(&id)
            && draft.changed.iter().all(|change| change.field != field)
        {
            draft.note(&field, now, back_to);
        }
    }
    let hidden = |id: &Uuid| whole.get(id) == Some(&Whole::Hidden);
    for (id, draft) in drafts.iter_mut().filter(|(id, _)| !hidden(id)) {
        // What belongs to a feed is none of the operation's doing.
        draft.claims = Claims::of(facts.owned.get(id));
    }
    ownership::unlink(&mut write.tx, drafts.keys().copied().filter(hidden)).await?;
    let touched = save_rows(write, &drafts, &facts).await?;
    operation = with_changes(operation, &drafts, &touched);
    for (event, fate) in [
        ("user.removed", Some(Whole::Hidden)),
        ("user.created", Some(Whole::Reopened)),
        ("user.changed", None),
    ] {
        let of_fate = touched.iter().filter(|id| whole.get(id).copied() == fate);
        operation = with_events(operation, event, &of_fate.copied().collect::<Vec<_>>());
    }
    Ok(operation)
}

async fn write_units(
    write: &mut Write,
    units: &BTreeMap<Uuid, unit::Decided>,
    stored: &Units,
    mut operation: Operation,
) -> Result<Operation> {
    let now = write.ctx.now;
    let (mut gone, mut new, mut touched) = (Vec::new(), Vec::new(), Vec::new());
    for (id, decided) in units {
        if decided.parts.iter().all(|part| part.fate != Fate::Restored) {
            continue;
        }
        let (gone_here, new_here) = difference(write, stored.periods(*id), decided.periods.clone());
        gone.extend(gone_here);
        new.extend(new_here.iter().map(|(row, period)| period_values(*row, *id, period, now)));
        touched.push(*id);
        if stored.row(*id) != Some(&decided.row) {
            // As many as were renamed: a handful.
            sql::update_unit(&mut write.tx, &decided.row, now).await?;
        }
        operation = operation.change(
            "unit",
            Some(*id),
            Some(&decided.told(stored, *id, false)),
            Some(&decided.told(stored, *id, true)),
        );
    }
    if touched.is_empty() {
        return Ok(operation);
    }
    sql::retract_unit_periods(&mut write.tx, &gone, now).await?;
    bulk::insert(&mut write.tx, &UNIT_PERIODS, new).await?;
    let subject = (touched.len() == 1).then(|| touched[0].to_string());
    Ok(operation.event("unit.changed", subject, json!({ "unit_ids": touched })))
}
