//! Making, changing and closing groups. Who is on a list, and whom an audience stands for, holds from
//! a day on and is never overwritten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::audience::{Audience, AudienceField, known::Known};
use super::group_facts::{Definition, GroupFacts, GroupPeriodRow, GroupRow};
use super::groups::{Group, GroupKind};
use super::named;
use super::timeline::{Period, change_from, clip, end_before, joined};
use super::unit_changes::SINCE_EVER;
use super::{GROUP_EXISTS, GROUP_IN_USE, GROUP_KIND, PersonId, STALE};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{GROUP_MEMBERS, GROUP_PERIODS, GROUPS};
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::{Code, Day, Name};
use crate::operations::{Changed, FieldChange, Operation, Write, refuse_changed};
use crate::settings;

/// A group to be made.
#[derive(Debug, Clone)]
pub struct NewGroup {
    code: String,
    name: String,
    audience: Option<Audience>,
    members: Vec<String>,
    from: Option<Day>,
}

impl NewGroup {
    /// A list of people, empty at first.
    #[must_use]
    pub fn fixed(code: &str, name: &str) -> Self {
        let (code, name) = (code.to_owned(), name.to_owned());
        Self { code, name, audience: None, members: Vec::new(), from: None }
    }

    /// An audience under a name: whoever it is true of on the day asked about.
    #[must_use]
    pub fn saved(code: &str, name: &str, audience: Audience) -> Self {
        Self { audience: Some(audience), ..Self::fixed(code, name) }
    }

    /// With these people on the list: by e-mail, employee number, user name or id.
    #[must_use]
    pub fn members(mut self, people: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.members.extend(people.into_iter().map(Into::into));
        self
    }

    /// From this day on. Unless said, the group is there since ever, and its list begins today.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }
}

/// What to change of a group.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    code: Option<String>,
    name: Option<String>,
    audience: Option<Audience>,
    add: Vec<String>,
    remove: Vec<String>,
    from: Option<Day>,
    unchanged_since: Option<Timestamp>,
}

impl GroupChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another code.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// Another name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Another audience, for a group that is one.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = Some(audience);
        self
    }

    /// These people come onto the list, for a group that is one.
    #[must_use]
    pub fn add_members(mut self, people: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.add.extend(people.into_iter().map(Into::into));
        self
    }

    /// These people leave the list; who is not on it is no mistake.
    #[must_use]
    pub fn remove_members(mut self, people: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.remove.extend(people.into_iter().map(Into::into));
        self
    }

    /// From this day on; today, unless said. Code and name are the same for all days.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }

    pub(super) fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }
}

pub(super) async fn add(core: &Core, actor: &Actor, new: NewGroup) -> Result<Changed<Group>> {
    let mut write = Write::begin(core, actor).await?;
    let code = Code::parse(&new.code)?;
    let name = Name::parse(&new.name)?;
    if new.audience.is_some() && !new.members.is_empty() {
        return Err(a_list_or_an_audience(code.as_str()));
    }
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let facts = GroupFacts::load(&mut write.tx, new.from.unwrap_or(today), None).await?;
    refuse_taken(&facts, code.as_str(), None)?;

    let now = write.ctx.now;
    let id = write.ctx.new_id();
    let row = vec![
        id.into_value(),
        code.as_str().into_value(),
        fold(code.as_str()).into_value(),
        name.as_str().into_value(),
        fold(name.as_str()).into_value(),
        now.into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &GROUPS, [row]).await?;
    let audience = new.audience.as_ref().map(text_of);
    let since = new.from.unwrap_or(SINCE_EVER);
    let period = Period { from: since, until: None, fields: audience };
    let period_id = write.ctx.new_id();
    let row = period_values(period_id, id, &period, now);
    bulk::insert(&mut write.tx, &GROUP_PERIODS, [row]).await?;

    let day = new.from.unwrap_or(today);
    if let Some(audience) = &new.audience {
        check(&mut write.tx, id, audience, day).await?;
    }
    let after = json!({ "code": code, "name": name, "audience": new.audience, "from": since });
    let operation = Operation::new("group.created")
        .count("created", 1)
        .change("group", Some(id), None::<&()>, Some(&after))
        .event("group.created", Some(id.to_string()), json!({ "group_id": id }));
    let members = Members { group: id, code: code.as_str(), day };
    let come = find(&mut write, &new.members, "members").await?;
    let (operation, n_members) =
        members.change(&mut write, operation, come, BTreeSet::new()).await?;
    let operation = write.record(operation);
    let group = GroupFacts::load(&mut write.tx, day, None).await?.group(id)?;
    write.commit().await?;
    let is_list = group.kind == GroupKind::Fixed;
    let changed = FieldChange::between([
        ("code", None, Some(group.code.clone())),
        ("name", None, Some(group.name.clone())),
        ("audience", None, told(&group)),
        ("members", None, is_list.then(|| n_members.to_string())),
    ]);
    Ok(Changed { value: group, changed, operation: Some(operation) })
}

/// Changes a group as part of a larger unit of work.
pub(super) async fn edit_in(
    write: &mut Write,
    name: &str,
    change: GroupChange,
) -> Result<Changed<Group>> {
    let day = match change.from {
        Some(day) => day,
        None => settings::today(&mut write.tx, write.ctx.now).await?,
    };
    let mut facts = GroupFacts::load(&mut write.tx, day, None).await?;
    let id = facts.find(name)?;
    let before = facts.group(id)?;
    refuse_changed(&STALE, "group", change.unchanged_since, before.updated_at)?;
    let has_members = !change.add.is_empty() || !change.remove.is_empty();
    if change.audience.is_some() || has_members {
        facts.find_open(name, day)?;
    }
    let is_list = before.kind == GroupKind::Fixed;
    if (change.audience.is_some() && is_list) || (has_members && !is_list) {
        return Err(a_list_or_an_audience(&before.code));
    }
    facts.load_members(&mut write.tx, &[id], day, None).await?;
    let n_before = facts.members(id).count();

    rename(write, &facts, id, &change).await?;
    let stored = stored_periods(&facts, id);
    let mut n_periods = 0;
    if let Some(audience) = &change.audience {
        let to = Some(text_of(audience));
        let periods: Vec<_> = stored.iter().map(|(_, period)| period.clone()).collect();
        let wanted =
            change_from(
                &periods,
                day,
                |base, later| {
                    if later == base { to.clone() } else { later.clone() }
                },
            );
        n_periods = save_periods(write, id, &stored, wanted).await?;
        if n_periods > 0 {
            check(&mut write.tx, id, audience, day).await?;
        }
    }
    let members = Members { group: id, code: &before.code, day };
    let operation = Operation::new("group.changed");
    let come = find(write, &change.add, "add").await?;
    let go = find(write, &change.remove, "remove").await?;
    let (operation, n_members) = members.change(write, operation, come, go).await?;
    if n_periods > 0 || n_members > 0 {
        touch(write, id).await?;
    }

    let mut facts = GroupFacts::load(&mut write.tx, day, None).await?;
    facts.load_members(&mut write.tx, &[id], day, None).await?;
    let after = facts.group(id)?;
    let counted = |count: usize| is_list.then(|| count.to_string());
    let changed = FieldChange::between([
        ("code", Some(before.code.clone()), Some(after.code.clone())),
        ("name", Some(before.name.clone()), Some(after.name.clone())),
        ("audience", told(&before), told(&after)),
        ("members", counted(n_before), counted(facts.members(id).count())),
    ]);
    if changed.is_empty() && n_periods == 0 && n_members == 0 {
        return Ok(Changed { value: before, changed, operation: None });
    }
    let operation = write.record(with_group(operation.count("changed", 1), day, [&before, &after]));
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

pub(super) async fn close(
    core: &Core,
    actor: &Actor,
    name: &str,
    from: Option<Day>,
    unchanged_since: Option<Timestamp>,
) -> Result<Changed<Group>> {
    let mut write = Write::begin(core, actor).await?;
    let day = match from {
        Some(day) => day,
        None => settings::today(&mut write.tx, write.ctx.now).await?,
    };
    let facts = GroupFacts::load(&mut write.tx, day, None).await?;
    let id = facts.find(name)?;
    let before = facts.group(id)?;
    refuse_changed(&STALE, "group", unchanged_since, before.updated_at)?;
    refuse_use(&facts, id, day)?;
    let stored = stored_periods(&facts, id);
    let periods: Vec<_> = stored.iter().map(|(_, period)| period.clone()).collect();
    let n_periods = save_periods(&mut write, id, &stored, end_before(&periods, day)).await?;
    if n_periods == 0 {
        return Ok(Changed { value: before, changed: Vec::new(), operation: None });
    }
    touch(&mut write, id).await?;
    let after = Group { open: false, updated_at: write.ctx.now, ..before.clone() };
    let changed = FieldChange::between([(
        "open",
        Some(before.open.to_string()),
        Some(after.open.to_string()),
    )]);
    let operation = Operation::new("group.changed");
    let operation = write.record(with_group(operation.count("changed", 1), day, [&before, &after]));
    write.commit().await?;
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

/// Notes when the group was changed last.
pub(super) async fn touch(write: &mut Write, id: Uuid) -> Result<()> {
    let touched = Assembly::new("UPDATE groups SET updated_at = ?").bind(write.ctx.now);
    touched.push("WHERE id = ?").bind(id).on(&mut write.tx).run().await.map(|_| ())
}

/// Adds to an operation what of the group changed, beside who is on its list.
pub(super) fn with_group(
    operation: Operation,
    day: Day,
    [before, after]: [&Group; 2],
) -> Operation {
    let values = |group: &Group| {
        json!({
            "code": group.code,
            "name": group.name,
            "audience": group.audience,
            "open": group.open,
        })
    };
    let mut now = values(after);
    now["from"] = json!(day);
    let id = after.id.uuid();
    operation.change("group", Some(id), Some(&values(before)), Some(&now)).event(
        "group.changed",
        Some(id.to_string()),
        json!({ "group_id": id, "from": day }),
    )
}

/// Adds to an operation that somebody came onto a list, or left it.
pub(super) fn with_member(
    operation: Operation,
    code: &str,
    person: Uuid,
    day: Day,
    comes: bool,
) -> Operation {
    let value = |member: bool| json!({ "group": code, "member": member, "from": day });
    operation.change("group_member", Some(person), Some(&value(!comes)), Some(&value(comes)))
}

fn told(group: &Group) -> Option<String> {
    group.audience.as_ref().map(ToString::to_string)
}

/// As it is kept: the same audience is the same text.
fn text_of(audience: &Audience) -> String {
    serde_json::to_string(audience).expect("an audience is plain data")
}

/// Every name in it exists, and it does not come round to the group itself.
pub(super) async fn check(tx: &mut Tx, group: Uuid, audience: &Audience, day: Day) -> Result<()> {
    let known = Known::load(tx, audience, day, None).await?;
    let resolved = known.resolve_group(group, audience);
    resolved.map(|_| ()).map_err(|error| match error.field().map(str::to_owned) {
        Some(field) => error.with_field(format!("audience.{field}")),
        None => error,
    })
}

fn refuse_taken(facts: &GroupFacts, code: &str, but: Option<Uuid>) -> Result<()> {
    let key = fold(code);
    match facts.rows.iter().find(|row| row.code_key == key && Some(row.id) != but) {
        None => Ok(()),
        Some(row) => Err(GROUP_EXISTS
            .error(format!("there is a group with the code `{}` already", row.code))
            .with_field("code")
            .with_hint("choose another code, or edit the one that is there")),
    }
}

fn a_list_or_an_audience(code: &str) -> Error {
    GROUP_KIND
        .error(format!("`{code}` is either a list of people or an audience, not both"))
        .with_field("group")
        .with_hint("people come onto a fixed list; of a saved audience, change whom it asks for")
}

/// A group can only go when no other asks for it.
pub(super) fn refuse_use(facts: &GroupFacts, id: Uuid, day: Day) -> Result<()> {
    let mut users = BTreeSet::new();
    let later = facts
        .periods
        .iter()
        .filter(|period| period.group_id != id && period.until.is_none_or(|until| until > day));
    for period in later {
        let Some(text) = &period.audience else { continue };
        let audience = GroupFacts::read(period.group_id, text)?;
        let names_it = audience
            .to_pairs()
            .iter()
            .filter(|(key, _)| key.trim_start_matches("not_") == AudienceField::Group.key())
            .any(|(_, value)| facts.find(value).is_ok_and(|named| named == id));
        if names_it {
            users.insert(facts.code(period.group_id));
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    let users: Vec<&str> = users.into_iter().collect();
    Err(GROUP_IN_USE
        .error(format!("`{}` cannot be removed: {} asks for it", facts.code(id), users.join(", ")))
        .with_hint("change the audience of the other group first"))
}

async fn rename(
    write: &mut Write,
    facts: &GroupFacts,
    id: Uuid,
    change: &GroupChange,
) -> Result<()> {
    let Some(row) = facts.rows.iter().find(|row| row.id == id) else {
        return Err(Error::internal("a group is gone"));
    };
    let code = change.code.as_deref().map(Code::parse).transpose()?;
    let name = change.name.as_deref().map(Name::parse).transpose()?;
    let code = code.map_or_else(|| row.code.clone(), |code| code.to_string());
    let name = name.map_or_else(|| row.name.clone(), |name| name.to_string());
    if code == row.code && name == row.name {
        return Ok(());
    }
    refuse_taken(facts, &code, Some(id))?;
    save_names(write, &GroupRow { code, name, ..row.clone() }).await
}

/// Writes code and name.
pub(super) async fn save_names(write: &mut Write, row: &GroupRow) -> Result<()> {
    let row = vec![
        row.id.into_value(),
        row.code.as_str().into_value(),
        fold(&row.code).into_value(),
        row.name.as_str().into_value(),
        fold(&row.name).into_value(),
        row.created_at.into_value(),
        write.ctx.now.into_value(),
    ];
    bulk::upsert(&mut write.tx, &GROUPS, vec![row]).await.map(|_| ())
}

/// A stored period of what a group stands for.
pub(super) type StoredPeriod = (Uuid, Period<Option<String>>);

pub(super) fn stored_periods(facts: &GroupFacts, id: Uuid) -> Vec<StoredPeriod> {
    let period = |row: &GroupPeriodRow| {
        let fields = Definition::of(row.audience.clone()).text().map(str::to_owned);
        (row.id, Period { from: row.from, until: row.until, fields })
    };
    facts.periods.iter().filter(|row| row.group_id == id).map(period).collect()
}

fn period_values(
    id: Uuid,
    group: Uuid,
    period: &Period<Option<String>>,
    now: Timestamp,
) -> Vec<Value> {
    vec![
        id.into_value(),
        group.into_value(),
        period.from.into_value(),
        period.until.into_value(),
        now.into_value(),
        None::<Timestamp>.into_value(),
        period.fields.clone().into_value(),
    ]
}

/// Writes the difference; how many rows it is.
pub(super) async fn save_periods(
    write: &mut Write,
    group: Uuid,
    stored: &[StoredPeriod],
    wanted: Vec<Period<Option<String>>>,
) -> Result<usize> {
    let now = write.ctx.now;
    let gone = stored.iter().filter(|(_, period)| !wanted.contains(period)).map(|(id, _)| *id);
    let gone: Vec<Uuid> = gone.collect();
    let new = wanted.iter().filter(|period| stored.iter().all(|(_, known)| known != *period));
    let rows: Vec<_> =
        new.map(|period| period_values(write.ctx.new_id(), group, period, now)).collect();
    let n_rows = gone.len() + rows.len();
    retract(write, "UPDATE group_periods SET retracted_at = ? WHERE id IN (ids?)", gone).await?;
    bulk::insert(&mut write.tx, &GROUP_PERIODS, rows).await?;
    Ok(n_rows)
}

/// From now on these rows are no longer believed.
async fn retract(write: &mut Write, update: &'static str, ids: Vec<Uuid>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let now = write.ctx.now;
    let ids = IdList::new(ids);
    Assembly::new(update).bind(now).bind_ids(&ids).on(&mut write.tx).run().await.map(|_| ())
}

row! {
    struct MemberRow {
        id: Uuid,
        person_id: Uuid,
        from: Day,
        until: Option<Day>,
    }
}

/// When people are on the list of a group, by person, with the rows that say so.
pub(super) type StoredMembers = BTreeMap<Uuid, Vec<(Uuid, Period<()>)>>;

pub(super) async fn stored_members(
    tx: &mut Tx,
    group: Uuid,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<StoredMembers> {
    let rows: Vec<MemberRow> = Assembly::new(
        "SELECT id, person_id, valid_from, valid_until FROM group_members
         WHERE retracted_at IS NULL AND group_id = ?",
    )
    .bind(group)
    .push("AND person_id IN (ids?) ORDER BY person_id, valid_from")
    .bind_ids(&IdList::new(people))
    .on(tx)
    .all()
    .await?;
    let mut stored = StoredMembers::new();
    for row in rows {
        let period = Period { from: row.from, until: row.until, fields: () };
        stored.entry(row.person_id).or_default().push((row.id, period));
    }
    Ok(stored)
}

/// Writes the difference between the lists as they are and as they are to be, by person.
pub(super) async fn save_members(
    write: &mut Write,
    group: Uuid,
    stored: &StoredMembers,
    wanted: &BTreeMap<Uuid, Vec<Period<()>>>,
) -> Result<()> {
    let now = write.ctx.now;
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for (person, wanted) in wanted {
        let known = stored.get(person).map(Vec::as_slice).unwrap_or_default();
        gone.extend(known.iter().filter(|(_, period)| !wanted.contains(period)).map(|(id, _)| *id));
        let comes = wanted.iter().filter(|period| known.iter().all(|(_, known)| known != *period));
        new.extend(comes.map(|period| {
            vec![
                write.ctx.new_id().into_value(),
                group.into_value(),
                (*person).into_value(),
                period.from.into_value(),
                period.until.into_value(),
                now.into_value(),
                None::<Timestamp>.into_value(),
            ]
        }));
    }
    retract(write, "UPDATE group_members SET retracted_at = ? WHERE id IN (ids?)", gone).await?;
    bulk::insert(&mut write.tx, &GROUP_MEMBERS, new).await.map(|_| ())
}

/// The list of a group, from a day on.
struct Members<'a> {
    group: Uuid,
    code: &'a str,
    day: Day,
}

impl Members<'_> {
    /// Puts people on the list and takes people off it; notes who it concerns, and how many.
    async fn change(
        &self,
        write: &mut Write,
        mut operation: Operation,
        come: BTreeSet<Uuid>,
        go: BTreeSet<Uuid>,
    ) -> Result<(Operation, usize)> {
        if come.is_empty() && go.is_empty() {
            return Ok((operation, 0));
        }
        if come.intersection(&go).next().is_some() {
            return Err(Error::invalid("add", "somebody is to come onto the list and to leave it"));
        }
        let touched: Vec<Uuid> = come.union(&go).copied().collect();
        let stored = stored_members(&mut write.tx, self.group, touched.iter().copied()).await?;
        let mut changed: BTreeMap<Uuid, Vec<Period<()>>> = BTreeMap::new();
        let (mut n_added, mut n_removed) = (0_i64, 0_i64);
        for person in touched {
            let known = stored.get(&person).map(Vec::as_slice).unwrap_or_default();
            let periods: Vec<Period<()>> = known.iter().map(|(_, period)| period.clone()).collect();
            let comes = come.contains(&person);
            let wanted = on_list(&periods, self.day, comes);
            if wanted == periods {
                continue;
            }
            *(if comes { &mut n_added } else { &mut n_removed }) += 1;
            changed.insert(person, wanted);
            operation = with_member(operation, self.code, person, self.day, comes);
        }
        save_members(write, self.group, &stored, &changed).await?;
        for (name, count) in [("added", n_added), ("removed", n_removed)] {
            if count > 0 {
                operation = operation.count(name, count);
            }
        }
        Ok((operation, usize::try_from(n_added + n_removed).unwrap_or(usize::MAX)))
    }
}

/// The people whom a field of the input names.
async fn find(write: &mut Write, names: &[String], field: &str) -> Result<BTreeSet<Uuid>> {
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    let people = named::find_all(&mut write.tx, names).await;
    let people = people.map_err(|error| error.with_field(field))?;
    Ok(people.into_iter().map(PersonId::uuid).collect())
}

/// When somebody is on a list, after they came onto it or left it on a day. Pure.
fn on_list(periods: &[Period<()>], day: Day, is_on_it: bool) -> Vec<Period<()>> {
    let mut wanted: Vec<Period<()>> =
        periods.iter().filter_map(|period| clip(period, Day::MIN, Some(day))).collect();
    if is_on_it {
        wanted.push(Period { from: day, until: None, fields: () });
    }
    joined(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, until: Option<&str>) -> Period<()> {
        let day = |text: &str| Day::parse(text).unwrap();
        Period { from: day(from), until: until.map(day), fields: () }
    }

    #[test]
    fn a_list_has_people_from_a_day_until_a_day() {
        let day = |text: &str| Day::parse(text).unwrap();
        let since = [period("2026-01-01", None)];
        assert_eq!(on_list(&[], day("2026-01-01"), true), since);
        assert_eq!(on_list(&since, day("2026-05-01"), true), since);
        let left = [period("2026-01-01", Some("2026-05-01"))];
        assert_eq!(on_list(&since, day("2026-05-01"), false), left);
        assert_eq!(on_list(&since, day("2025-05-01"), false), []);
        let back = on_list(&left, day("2026-07-01"), true);
        assert_eq!(back, [left[0].clone(), period("2026-07-01", None)]);
        assert_eq!(on_list(&back, day("2026-03-01"), true), since, "from then on, for good");
    }
}
