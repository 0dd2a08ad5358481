//! Taking back what an operation did to groups: what was believed of them, what stands against it,
//! and writing what goes back. An operation that edits groups does nothing else, so that they are
//! decided apart from people and units.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::super::group_changes::{
    check, refuse_use, save_members, save_names, save_periods, stored_members, stored_periods,
    touch, with_group, with_member,
};
use super::super::group_facts::{GroupFacts, GroupRow};
use super::super::timeline::Period;
use super::group::{AUDIENCE, Decided, GroupHistory, decide as decide_one, member_of};
use super::history::{Believed, Ever, OPEN, told};
use super::merge::{Fact, Fields};
use super::{Fate, Objection, Part, Vetoes};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::{Operation, TakenBack, Write};
use crate::settings;

/// What an operation that edits groups says that it changed.
pub(super) const SUBJECTS: [&str; 2] = ["group", "group_member"];

/// Decides what of an operation can go back.
pub(super) async fn decide(tx: &mut Tx, operation: &TakenBack, today: Day) -> Result<Vec<Decided>> {
    let subjects = |subject_type: &str| -> BTreeSet<Uuid> {
        let of_type = operation.changes.iter().filter(|change| change.subject_type == subject_type);
        of_type.filter_map(|change| change.subject_id).collect()
    };
    let (ids, people) = (subjects(SUBJECTS[0]), subjects(SUBJECTS[1]));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let facts = GroupFacts::load(tx, today, None).await?;
    let said = told(tx, operation, &IdList::new(ids.iter().chain(&people).copied())).await?;
    let histories = histories(tx, &facts, &ids, &people).await?;
    let gone = closed(tx, people).await?;
    let mut vetoes = Vetoes::default();
    loop {
        let at = operation.recorded_at;
        let decided: Vec<Decided> =
            histories.iter().map(|group| decide_one(group, &said, at, &vetoes)).collect();
        let mut is_settled = true;
        for group in &decided {
            for objection in objections(tx, group, &facts, &gone, today).await? {
                is_settled &= !vetoes.add(objection);
            }
        }
        if is_settled {
            return Ok(decided);
        }
    }
}

row! {
    struct PeriodRow {
        group_id: Uuid,
        from: Day,
        until: Option<Day>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
        audience: Option<String>,
    }
}

row! {
    struct MemberRow {
        group_id: Uuid,
        person_id: Uuid,
        from: Day,
        until: Option<Day>,
        recorded_at: Timestamp,
        retracted_at: Option<Timestamp>,
    }
}

/// Loads groups with all that was ever believed of them and of these people on their lists.
async fn histories(
    tx: &mut Tx,
    facts: &GroupFacts,
    ids: &BTreeSet<Uuid>,
    people: &BTreeSet<Uuid>,
) -> Result<Vec<GroupHistory>> {
    let row = |id: &Uuid| facts.rows.iter().find(|row| row.id == *id).cloned();
    let history =
        |row: GroupRow| GroupHistory { row, periods: Ever::default(), members: BTreeMap::new() };
    let mut groups: HashMap<Uuid, GroupHistory> =
        ids.iter().filter_map(|id| Some((*id, history(row(id)?)))).collect();
    let listed = IdList::new(ids.iter().copied());
    let periods: Vec<PeriodRow> = Assembly::new(
        "SELECT group_id, valid_from, valid_until, recorded_at, retracted_at, audience
         FROM group_periods WHERE group_id IN (ids?) ORDER BY group_id, valid_from, recorded_at",
    )
    .bind_ids(&listed)
    .on(tx)
    .all()
    .await?;
    for PeriodRow { group_id, from, until, recorded_at, retracted_at, audience } in periods {
        let audience = audience.map(|text| (AUDIENCE.to_owned(), Fact::Text(text)));
        let fields = audience.into_iter().chain([(OPEN.to_owned(), Fact::There)]).collect();
        let fact = Period { from, until, fields };
        if let Some(group) = groups.get_mut(&group_id) {
            group.periods.0.push(Believed { recorded_at, retracted_at, fact });
        }
    }
    if people.is_empty() {
        return Ok(groups.into_values().collect());
    }
    let members: Vec<MemberRow> = Assembly::new(
        "SELECT group_id, person_id, valid_from, valid_until, recorded_at, retracted_at
         FROM group_members WHERE group_id IN (ids?)",
    )
    .bind_ids(&listed)
    .push("AND person_id IN (ids?) ORDER BY group_id, person_id, valid_from, recorded_at")
    .bind_ids(&IdList::new(people.iter().copied()))
    .on(tx)
    .all()
    .await?;
    for MemberRow { group_id, person_id, from, until, recorded_at, retracted_at } in members {
        if let Some(group) = groups.get_mut(&group_id) {
            let fields: Fields = [(member_of(&group.row.code), Fact::There)].into();
            let fact = Period { from, until, fields };
            let believed = Believed { recorded_at, retracted_at, fact };
            group.members.entry(person_id).or_default().0.push(believed);
        }
    }
    Ok(groups.into_values().collect())
}

/// Whose records were closed.
async fn closed(tx: &mut Tx, people: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>> {
    if people.is_empty() {
        return Ok(people);
    }
    let closed: Vec<One<Uuid>> =
        Assembly::new("SELECT id FROM persons WHERE closed_at IS NOT NULL AND id IN (ids?)")
            .bind_ids(&IdList::new(people))
            .on(tx)
            .all()
            .await?;
    Ok(closed.into_iter().map(|One(id)| id).collect())
}

/// Everything that stands against what would go back.
async fn objections(
    tx: &mut Tx,
    group: &Decided,
    facts: &GroupFacts,
    gone: &BTreeSet<Uuid>,
    today: Day,
) -> Result<Vec<Objection>> {
    let mut found = Vec::new();
    let mut object = |id: Uuid, part: &Part, why: &str| {
        let (field, why) = (part.field.clone(), why.to_owned());
        found.push(Objection { id, field, from: part.from, why });
    };
    let restored = |part: &&Part| part.fate == Fate::Restored;
    for (person, member) in &group.members {
        let comes_back = |part: &&Part| part.back_to.is_some() && gone.contains(person);
        for part in member.parts.iter().filter(restored).filter(comes_back) {
            object(*person, part, "they are not in the directory any more");
        }
    }
    let (id, key) = (group.row.id, fold(&group.row.code));
    for part in group.parts.iter().filter(restored) {
        if part.field == "code" && facts.rows.iter().any(|row| row.id != id && row.code_key == key)
        {
            object(id, part, &format!("the code `{}` is taken since", group.row.code));
        }
        let Some(from) = part.from else { continue };
        let day = if part.covers(today) { today } else { from };
        let held = match group.periods.iter().find(|period| period.covers(day)) {
            None => refuse_use(facts, id, from),
            Some(Period { fields: Some(text), .. }) => {
                check(tx, id, &GroupFacts::read(id, text)?, day).await
            }
            Some(_) => Ok(()),
        };
        match held {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Internal => return Err(error),
            Err(error) => object(id, part, error.message()),
        }
    }
    Ok(found)
}

/// How a fact of a group is told: an audience as people write it.
pub(super) fn in_words(group: Uuid, part: &Part, fact: Option<&Fact>) -> Result<Option<Fact>> {
    let told = match fact {
        Some(Fact::Text(text)) if part.field == AUDIENCE => {
            Some(Fact::Text(GroupFacts::read(group, text)?.to_string()))
        }
        Some(Fact::There) if part.field != OPEN => Some(Fact::Text("member".to_owned())),
        other => other.cloned(),
    };
    Ok(told)
}

/// Writes what was decided, and adds to the operation what was done.
pub(super) async fn carry_out(
    write: &mut Write,
    groups: Vec<Decided>,
    mut operation: Operation,
) -> Result<Operation> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    // As many as one operation edited: one.
    for group in groups.into_iter().filter(Decided::goes_back) {
        let id = group.row.id;
        let facts = GroupFacts::load(&mut write.tx, today, None).await?;
        let before = facts.group(id)?;
        let row = facts.rows.iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| Error::internal("a group is gone"))?;
        if (&row.code, &row.name) != (&group.row.code, &group.row.name) {
            save_names(write, &group.row).await?;
        }
        touch(write, id).await?;
        save_periods(write, id, &stored_periods(&facts, id), group.periods).await?;
        let stored = stored_members(&mut write.tx, id, group.members.keys().copied()).await?;
        for (person, member) in &group.members {
            let mut restored = member.parts.iter().filter(|part| part.fate == Fate::Restored);
            if let Some(Part { from: Some(from), back_to, .. }) = restored.next() {
                let comes = back_to.is_some();
                operation = with_member(operation, &group.row.code, *person, *from, comes);
            }
        }
        let wanted = group.members.into_iter().map(|(person, member)| (person, member.periods));
        save_members(write, id, &stored, &wanted.collect()).await?;
        let after = GroupFacts::load(&mut write.tx, today, None).await?.group(id)?;
        let from = group.parts.iter().filter_map(|part| part.from).min().unwrap_or(today);
        operation = with_group(operation, from, [&before, &after]);
    }
    Ok(operation)
}
