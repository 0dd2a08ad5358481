//! What must be true of people and units after an undo as after every other change. Each rule says
//! what stands against a part, with the reason; it looks at the outcome as a whole, and at those
//! outside of it who depend on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::super::directory::{Key, holders, keys};
use super::super::managers::{find_round, stored_lines};
use super::super::timeline::{Period, clip};
use super::super::types::{PersonStatus, Placement};
use super::history::OPEN;
use super::merge::Fact;
use super::person::{EMPLOYMENT, LEAVE, RECORD, Whole};
use super::{Fate, Objection, Outcome, Part, names_of, person, unit};
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{ChangedSubject, TakenBack};

/// Everything that stands against what would go back.
pub(super) async fn objections(
    tx: &mut Tx,
    outcome: &Outcome,
    operation: &TakenBack,
    today: Day,
) -> Result<Vec<Objection>> {
    let mut found = Vec::new();
    for decided in outcome.people.values() {
        employment_in_order(decided, &mut found);
        units_are_there(outcome, decided, &mut found);
    }
    for (id, decided) in &outcome.changed_units {
        tree_holds(outcome, *id, decided, &mut found);
        code_is_free(outcome, *id, decided, &mut found);
    }
    keys_are_free(tx, outcome, &mut found).await?;
    nobody_depends(tx, outcome, &mut found).await?;
    no_feed_delivers_them(tx, outcome, operation, &mut found).await?;
    leaders_are_there(tx, outcome, &mut found).await?;
    nobody_leads_themselves(tx, outcome, today, &mut found).await?;
    units_are_empty(tx, outcome, &mut found).await?;
    Ok(found)
}

fn object(found: &mut Vec<Objection>, id: Uuid, part: &Part, why: impl Into<String>) {
    let part = Objection { id, field: part.field.clone(), from: part.from, why: why.into() };
    found.push(part);
}

fn restored_in<'a>(parts: &'a [Part], field: &'a str) -> impl Iterator<Item = &'a Part> {
    parts.iter().filter(move |part| part.fate == Fate::Restored && part.field == field)
}

/// Employments follow one another, and leaves do not overlap.
fn employment_in_order(decided: &person::Decided, found: &mut Vec<Objection>) {
    let draft = &decided.draft;
    for pair in draft.employments.windows(2) {
        if pair[0].terminated_on.is_none_or(|terminated_on| pair[1].hired_on <= terminated_on) {
            let why = format!("they are employed again from {}", pair[1].hired_on);
            for part in restored_in(&decided.parts, EMPLOYMENT) {
                object(found, draft.id, part, why.as_str());
            }
        }
    }
    for pair in draft.leaves.windows(2) {
        if pair[0].until_on.is_none_or(|until_on| pair[1].from_on <= until_on) {
            let why = format!("they are on leave from {}", pair[1].from_on);
            for part in restored_in(&decided.parts, LEAVE) {
                object(found, draft.id, part, why.as_str());
            }
        }
    }
}

/// Whoever is with the organisation is in units that are there.
fn units_are_there(outcome: &Outcome, decided: &person::Decided, found: &mut Vec<Objection>) {
    let there = |period: &&Period<Placement>| period.fields.status != PersonStatus::Inactive;
    for period in decided.draft.placements.iter().filter(there) {
        let Placement { department, location, job_role, .. } = &period.fields;
        let units = [("department", department), ("location", location), ("job_role", job_role)];
        for (field, unit) in units {
            let Some(unit) = *unit else { continue };
            if outcome.units.is_open_throughout(unit, period.from, period.until) {
                continue;
            }
            let code = outcome.units.code(unit).unwrap_or_default();
            let why = format!("`{code}` is not there on all of those days");
            let brings = |part: &&Part| {
                part.back_to == Some(Fact::Id(unit))
                    && clip(period, part.from.unwrap_or(Day::MIN), part.until).is_some()
            };
            let mut culprits: Vec<&Part> =
                restored_in(&decided.parts, field).filter(brings).collect();
            if culprits.is_empty() {
                culprits.extend(restored_in(&decided.parts, EMPLOYMENT));
                culprits.extend(restored_in(&decided.parts, RECORD));
            }
            for part in culprits {
                object(found, decided.id(), part, why.as_str());
            }
        }
    }
}

/// Departments are below departments that are there, and never below themselves.
fn tree_holds(outcome: &Outcome, id: Uuid, decided: &unit::Decided, found: &mut Vec<Objection>) {
    let culprits = |period_from: Day| {
        let parent = restored_in(&decided.parts, "parent");
        let parent = parent.filter(move |part| part.covers(period_from));
        let open = restored_in(&decided.parts, OPEN).filter(move |part| part.covers(period_from));
        parent.chain(open).chain(restored_in(&decided.parts, RECORD))
    };
    for period in &decided.periods {
        let Some(parent) = period.fields.parent else { continue };
        if !outcome.units.is_open_throughout(parent, period.from, period.until) {
            let code = outcome.units.code(parent).unwrap_or_default();
            let why = format!("`{code}`, above it, is not there on all of those days");
            for part in culprits(period.from) {
                object(found, id, part, why.as_str());
            }
        }
        let way = outcome.units.way_up(id, period.from);
        if way.split_last().is_some_and(|(last, before)| before.contains(last)) {
            let codes: Vec<&str> = way.iter().filter_map(|id| outcome.units.code(*id)).collect();
            let why = format!("it would be below itself: {}", codes.join(" → "));
            for part in culprits(period.from) {
                object(found, id, part, why.as_str());
            }
        }
    }
}

fn code_is_free(outcome: &Outcome, id: Uuid, decided: &unit::Decided, found: &mut Vec<Objection>) {
    let row = &decided.row;
    let taken = outcome.units.units.iter().any(|(other, _)| {
        other.id != id && other.kind == row.kind && other.code_key == row.code_key
    });
    if taken {
        let parts = restored_in(&decided.parts, "code").chain(restored_in(&decided.parts, RECORD));
        for part in parts {
            object(found, id, part, format!("the code `{}` is taken since", row.code));
        }
    }
}

/// E-mail address, user name and employee number belong to one person each.
async fn keys_are_free(tx: &mut Tx, outcome: &Outcome, found: &mut Vec<Objection>) -> Result<()> {
    let people = || {
        let all = outcome.people.values().map(|decided| (decided, &decided.draft.identity));
        all.filter(|(_, identity)| identity.closed_at.is_none())
    };
    let mut holding: BTreeMap<Key, BTreeSet<Uuid>> = BTreeMap::new();
    let mut wanted: Vec<(Key, Uuid, &Part)> = Vec::new();
    for (decided, identity) in people() {
        for key in keys(identity) {
            holding.entry(key.clone()).or_default().insert(identity.id);
            let parts =
                restored_in(&decided.parts, key.0).chain(restored_in(&decided.parts, RECORD));
            wanted.extend(parts.map(|part| (key.clone(), identity.id, part)));
        }
    }
    let keys: BTreeSet<Key> = wanted.iter().map(|(key, ..)| key.clone()).collect();
    for row in holders(tx, keys.iter()).await? {
        let id = row.id;
        if !outcome.people.contains_key(&id) {
            for key in row.keys() {
                holding.entry(key).or_default().insert(id);
            }
        }
    }
    for (key, id, part) in wanted {
        if holding[&key].len() > 1 {
            object(found, id, part, format!("`{}` belongs to somebody else now", key.1));
        }
    }
    Ok(())
}

row! {
    struct DependentRow {
        on: Uuid,
        person: Option<Uuid>,
        what: String,
    }
}

/// Nobody and nothing depends on a record that goes.
async fn nobody_depends(tx: &mut Tx, outcome: &Outcome, found: &mut Vec<Objection>) -> Result<()> {
    let hidden = outcome.people.values().filter(|decided| decided.whole == Some(Whole::Hidden));
    let hidden: BTreeMap<Uuid, &person::Decided> =
        hidden.map(|decided| (decided.id(), decided)).collect();
    if hidden.is_empty() {
        return Ok(());
    }
    let ids = IdList::new(hidden.keys().copied());
    let dependents: Vec<DependentRow> = Assembly::new(
        "SELECT p.manager_id, p.person_id, x.first_name || ' ' || x.last_name || ' reports to them'
         FROM placements p JOIN persons x ON x.id = p.person_id
         WHERE p.retracted_at IS NULL AND p.manager_id IN (ids?)",
    )
    .bind_ids(&ids)
    .push(
        "UNION ALL
         SELECT person_id, NULL, 'an account belongs to them'
         FROM account_links WHERE person_id IN (ids?)",
    )
    .bind_ids(&ids)
    .push(
        "UNION ALL
         SELECT m.person_id, NULL, 'they are in the group ' || g.code
         FROM group_members m JOIN groups g ON g.id = m.group_id
         WHERE m.retracted_at IS NULL AND m.person_id IN (ids?)",
    )
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    for row in dependents {
        let person = row.person.and_then(|id| outcome.people.get(&id));
        let is_free = person.is_some_and(|decided| {
            let mut managers =
                decided.draft.placements.iter().filter_map(|period| period.fields.manager);
            !managers.any(|manager| manager == row.on)
        });
        if !is_free {
            object_to_record(found, hidden.get(&row.on).copied(), row.what);
        }
    }
    for (unit, periods) in &outcome.units.units {
        for (_, period) in periods {
            for leader in [period.fields.head, period.fields.deputy].into_iter().flatten() {
                let why = format!("they lead `{}`", unit.code);
                object_to_record(found, hidden.get(&leader).copied(), why);
            }
        }
    }
    Ok(())
}

row! {
    struct LinkRow {
        person: Uuid,
        source: String,
    }
}

/// Whoever was made by hand, and is delivered by a feed since, would come back with the next file. Whom the
/// operation itself linked to the feed, it may unlink.
async fn no_feed_delivers_them(
    tx: &mut Tx,
    outcome: &Outcome,
    operation: &TakenBack,
    found: &mut Vec<Objection>,
) -> Result<()> {
    let hidden = outcome.people.values().filter(|decided| decided.whole == Some(Whole::Hidden));
    let hidden: BTreeMap<Uuid, &person::Decided> =
        hidden.map(|decided| (decided.id(), decided)).collect();
    if hidden.is_empty() {
        return Ok(());
    }
    let of_operation: BTreeMap<Uuid, &ChangedSubject> =
        operation.changes.iter().filter_map(|change| Some((change.subject_id?, change))).collect();
    let links: Vec<LinkRow> =
        Assembly::new("SELECT person_id, source FROM person_sources WHERE person_id IN (ids?)")
            .bind_ids(&IdList::new(hidden.keys().copied()))
            .on(tx)
            .all()
            .await?;
    for LinkRow { person, source } in links {
        let change = of_operation.get(&person);
        if change.is_some_and(|change| change.after.contains_key(&format!("source.{source}"))) {
            continue;
        }
        object_to_record(
            found,
            hidden.get(&person).copied(),
            format!("the feed {source} delivers them"),
        );
    }
    Ok(())
}

fn object_to_record(found: &mut Vec<Objection>, decided: Option<&person::Decided>, why: String) {
    if let Some(decided) = decided {
        for part in restored_in(&decided.parts, RECORD) {
            object(found, decided.id(), part, why.as_str());
        }
    }
}

/// Managers, heads and deputies that come back are still people.
async fn leaders_are_there(
    tx: &mut Tx,
    outcome: &Outcome,
    found: &mut Vec<Objection>,
) -> Result<()> {
    let mut wanted: Vec<(Uuid, &Part, Uuid)> = Vec::new();
    let leader = |part: &Part| match part.back_to {
        Some(Fact::Id(leader)) => Some(leader),
        _ => None,
    };
    for decided in outcome.people.values() {
        let parts = restored_in(&decided.parts, "manager");
        wanted.extend(parts.filter_map(|part| Some((decided.id(), part, leader(part)?))));
        if decided.whole == Some(Whole::Reopened) {
            for part in restored_in(&decided.parts, RECORD) {
                let managers = decided.draft.placements.iter().filter_map(|of| of.fields.manager);
                wanted.extend(managers.map(|manager| (decided.id(), part, manager)));
            }
        }
    }
    for (id, decided) in &outcome.changed_units {
        for field in ["head", "deputy"] {
            let parts = restored_in(&decided.parts, field);
            wanted.extend(parts.filter_map(|part| Some((*id, part, leader(part)?))));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let leaders: BTreeSet<Uuid> = wanted.iter().map(|(.., leader)| *leader).collect();
    let closed: Vec<One<Uuid>> =
        Assembly::new("SELECT id FROM persons WHERE closed_at IS NOT NULL AND id IN (ids?)")
            .bind_ids(&IdList::new(leaders))
            .on(tx)
            .all()
            .await?;
    let mut gone: BTreeSet<Uuid> = closed.into_iter().map(|One(id)| id).collect();
    for decided in outcome.people.values() {
        match decided.whole {
            Some(Whole::Hidden) => gone.insert(decided.id()),
            Some(Whole::Reopened) => gone.remove(&decided.id()),
            None => continue,
        };
    }
    let names = names_of(tx, gone.clone()).await?;
    for (id, part, leader) in wanted {
        if gone.contains(&leader) {
            let name = names.get(&leader).map(String::as_str).unwrap_or_default();
            object(found, id, part, format!("{name} is not in the directory any more"));
        }
    }
    Ok(())
}

/// Nobody reports to themselves, not even by way of others.
async fn nobody_leads_themselves(
    tx: &mut Tx,
    outcome: &Outcome,
    today: Day,
    found: &mut Vec<Objection>,
) -> Result<()> {
    let reopened = |decided: &person::Decided| decided.whole == Some(Whole::Reopened);
    let mut days: BTreeSet<Day> = BTreeSet::new();
    let mut people: Vec<&person::Decided> = Vec::new();
    for decided in outcome.people.values() {
        let mut starts = restored_in(&decided.parts, "manager").filter_map(|part| part.from);
        if let Some(first) = starts.next() {
            days.extend([first, first.max(today)]);
            days.extend(starts);
            people.push(decided);
        } else if reopened(decided) {
            days.insert(today);
            people.push(decided);
        }
    }
    for day in days {
        let manager = |decided: &person::Decided| {
            let covering = decided.draft.placements.iter().find(|period| period.covers(day));
            covering.and_then(|period| period.fields.manager)
        };
        let ends = people.iter().flat_map(|decided| [Some(decided.id()), manager(decided)]);
        let mut above: HashMap<Uuid, Uuid> =
            stored_lines(tx, ends.flatten().collect(), day).await?;
        for decided in outcome.people.values() {
            match manager(decided) {
                Some(manager) => above.insert(decided.id(), manager),
                None => above.remove(&decided.id()),
            };
        }
        let line = |id: Uuid| above.get(&id).copied();
        let Some(round) = find_round(people.iter().map(|decided| decided.id()), line) else {
            continue;
        };
        let names = names_of(tx, round.iter().copied().collect()).await?;
        let names: Vec<&str> =
            round.iter().filter_map(|id| names.get(id)).map(String::as_str).collect();
        let why = format!("they would report to themselves: {}", names.join(" → "));
        for decided in people.iter().filter(|decided| round.contains(&decided.id())) {
            let manager = restored_in(&decided.parts, "manager").filter(|part| part.covers(day));
            for part in manager.chain(restored_in(&decided.parts, RECORD)) {
                object(found, decided.id(), part, why.as_str());
            }
        }
    }
    Ok(())
}

row! {
    struct PlacedRow {
        person: Uuid,
        name: String,
        from: Day,
        until: Option<Day>,
        status: String,
        department: Option<Uuid>,
        location: Option<Uuid>,
        job_role: Option<Uuid>,
    }
}

/// Nobody is in a unit that goes, or on the days on which it closes again, and nothing below it.
async fn units_are_empty(tx: &mut Tx, outcome: &Outcome, found: &mut Vec<Objection>) -> Result<()> {
    // The unit, the part that goes back, and whether also those who have left stand in its way.
    let mut closing: Vec<(Uuid, &Part, bool)> = Vec::new();
    for (id, decided) in &outcome.changed_units {
        let shuts = restored_in(&decided.parts, OPEN).filter(|part| part.back_to.is_none());
        closing.extend(shuts.map(|part| (*id, part, false)));
        if decided.whole == Some(Whole::Hidden) {
            closing.extend(restored_in(&decided.parts, RECORD).map(|part| (*id, part, true)));
        }
    }
    if closing.is_empty() {
        return Ok(());
    }
    let ids = IdList::new(closing.iter().map(|(id, ..)| *id));
    let placed: Vec<PlacedRow> = Assembly::new(
        "SELECT p.person_id, x.first_name || ' ' || x.last_name, p.valid_from, p.valid_until,
                p.status, p.department_id, p.location_id, p.job_role_id
         FROM placements p JOIN persons x ON x.id = p.person_id
         WHERE p.retracted_at IS NULL AND (p.department_id IN (ids?)",
    )
    .bind_ids(&ids)
    .push("OR p.location_id IN (ids?)")
    .bind_ids(&ids)
    .push("OR p.job_role_id IN (ids?))")
    .bind_ids(&ids)
    .on(tx)
    .all()
    .await?;
    // Each stay: who, in which unit, when, and whether they were with the organisation.
    let mut stays: Vec<(Uuid, String, Period<bool>)> = Vec::new();
    for row in placed.into_iter().filter(|row| !outcome.people.contains_key(&row.person)) {
        let there = row.status != PersonStatus::Inactive.as_str();
        let stay = Period { from: row.from, until: row.until, fields: there };
        for unit in [row.department, row.location, row.job_role].into_iter().flatten() {
            stays.push((unit, row.name.clone(), stay.clone()));
        }
    }
    for decided in outcome.people.values() {
        for period in &decided.draft.placements {
            let Placement { department, location, job_role, status, .. } = &period.fields;
            let there = *status != PersonStatus::Inactive;
            let stay = Period { from: period.from, until: period.until, fields: there };
            for unit in [department, location, job_role].into_iter().copied().flatten() {
                stays.push((unit, decided.draft.name(), stay.clone()));
            }
        }
    }
    for (id, part, also_gone) in closing {
        let meets = |period: &Period<bool>| {
            (also_gone || period.fields)
                && clip(period, part.from.unwrap_or(Day::MIN), part.until).is_some()
        };
        let inside = stays.iter().find(|(unit, _, stay)| *unit == id && meets(stay));
        let below = outcome.units.units.iter().find(|(_, periods)| {
            periods.iter().any(|(_, period)| {
                let days = Period { from: period.from, until: period.until, fields: true };
                period.fields.parent == Some(id) && meets(&days)
            })
        });
        if let Some((_, name, _)) = inside {
            object(found, id, part, format!("{name} is in it"));
        } else if let Some((row, _)) = below {
            object(found, id, part, format!("`{}` is below it", row.code));
        }
    }
    Ok(())
}
