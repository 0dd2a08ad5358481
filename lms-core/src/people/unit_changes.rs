//! Making, renaming, moving, staffing and closing units.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::reach::Sight;
use super::sql::{self, UnitRow};
use super::timeline::{Period, change_from, end_before};
use super::units::{Unit, UnitFields, UnitKind, Units};
use super::{DEPARTMENT_CYCLE, STALE, UNIT_EXISTS, UNIT_IN_USE};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{UNIT_PERIODS, UNITS};
use crate::kernel::db::{Field, One, Value, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::{Code, Day, Name};
use crate::operations::{Changed, FieldChange, Operation, OperationId, Write, refuse_changed};
use crate::settings;

/// A unit to be made.
#[derive(Debug, Clone)]
pub struct NewUnit {
    kind: UnitKind,
    code: String,
    name: String,
    parent: Option<String>,
    from: Option<Day>,
}

impl NewUnit {
    /// Of this kind, with code and name.
    #[must_use]
    pub fn new(kind: UnitKind, code: &str, name: &str) -> Self {
        Self { kind, code: code.to_owned(), name: name.to_owned(), parent: None, from: None }
    }

    /// Below this department.
    #[must_use]
    pub fn parent(mut self, department: &str) -> Self {
        self.parent = Some(department.to_owned());
        self
    }

    /// From this day on; since ever, unless said.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }
}

/// What to change of a unit.
#[derive(Debug, Clone, Default)]
#[expect(clippy::option_option, reason = "no change, a change to a value, or a change to none")]
pub struct UnitChange {
    code: Option<String>,
    name: Option<String>,
    parent: Option<Option<String>>,
    head: Option<Option<String>>,
    deputy: Option<Option<String>>,
    from: Option<Day>,
    close: bool,
    unchanged_since: Option<Timestamp>,
}

impl UnitChange {
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

    /// Below another department, or at the top.
    #[must_use]
    pub fn parent(mut self, department: Option<&str>) -> Self {
        self.parent = Some(department.map(str::to_owned));
        self
    }

    /// Led by another person, or by nobody.
    #[must_use]
    pub fn head(mut self, person: Option<&str>) -> Self {
        self.head = Some(person.map(str::to_owned));
        self
    }

    /// With another deputy, or none.
    #[must_use]
    pub fn deputy(mut self, person: Option<&str>) -> Self {
        self.deputy = Some(person.map(str::to_owned));
        self
    }

    /// No longer there, from the day of the change on.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.close = true;
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

pub(super) async fn add(
    core: &Core,
    actor: &Actor,
    new: Vec<NewUnit>,
) -> Result<(Vec<Unit>, Option<OperationId>)> {
    let mut write = Write::begin(core, actor).await?;
    let made = add_in(&mut write, new).await?;
    write.commit().await?;
    Ok(made)
}

pub(super) async fn add_one(core: &Core, actor: &Actor, new: NewUnit) -> Result<Changed<Unit>> {
    let (mut made, operation) = add(core, actor, vec![new]).await?;
    let value = made.pop().ok_or_else(|| Error::internal("a unit was not made"))?;
    let changed = FieldChange::between([
        ("code", None, Some(value.code.clone())),
        ("name", None, Some(value.name.clone())),
        ("parent", None, value.parent.clone()),
    ]);
    Ok(Changed { value, changed, operation })
}

/// Makes units; one may hang below another that is made with it.
async fn add_in(write: &mut Write, new: Vec<NewUnit>) -> Result<(Vec<Unit>, Option<OperationId>)> {
    let (made, operation) = make(write, new, Operation::new("unit.created")).await?;
    let n_made = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let recorded = (n_made > 0).then(|| write.record(operation.count("created", n_made)));
    Ok((made, recorded))
}

/// The same as part of a larger operation, which says that it was done.
pub(super) async fn make(
    write: &mut Write,
    new: Vec<NewUnit>,
    mut operation: Operation,
) -> Result<(Vec<Unit>, Operation)> {
    let mut units = Units::load(&mut write.tx).await?;
    let now = write.ctx.now;
    let (mut rows, mut periods, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for new in &new {
        let code = Code::parse(&new.code)?;
        let name = Name::parse(&new.name)?;
        let kind = new.kind;
        let code_key = fold(code.as_str());
        if let Some((row, _)) = units
            .units
            .iter()
            .find(|(row, _)| row.kind == kind.as_str() && row.code_key == code_key)
        {
            return Err(exists(kind, &row.code));
        }
        let from = new.from.unwrap_or(SINCE_EVER);
        let parent = match &new.parent {
            Some(text) if kind == UnitKind::Department => Some(parent_in(&units, text, from)?),
            Some(_) => return Err(no_tree(kind)),
            None => None,
        };
        let id = write.ctx.new_id();
        let row = UnitRow {
            id,
            kind: kind.as_str().to_owned(),
            code: code.to_string(),
            code_key,
            name: name.to_string(),
            name_key: fold(name.as_str()),
            updated_at: now,
        };
        let period =
            Period { from, until: None, fields: UnitFields { parent, ..UnitFields::default() } };
        let period_id = write.ctx.new_id();
        rows.push(row.values(now));
        periods.push(period_values(period_id, id, &period, now));
        let after = json!({ "kind": kind, "code": row.code, "name": row.name, "parent": parent, "from": from });
        operation = operation.change("unit", Some(id), None::<&()>, Some(&after));
        units.add(row, vec![(period_id, period)]);
        made.push((id, from));
    }
    bulk::insert(&mut write.tx, &UNITS, rows).await?;
    bulk::insert(&mut write.tx, &UNIT_PERIODS, periods).await?;
    if !made.is_empty() {
        let ids: Vec<Uuid> = made.iter().map(|(id, _)| *id).collect();
        operation = operation.event("unit.created", None, json!({ "unit_ids": ids }));
    }
    let made = made.into_iter().map(|(id, from)| units.get(id, from)).collect::<Result<_>>()?;
    Ok((made, operation))
}

/// Units that were there before anybody counted days.
pub(super) const SINCE_EVER: Day = Day::new(jiff::civil::date(1900, 1, 1));

fn exists(kind: UnitKind, code: &str) -> Error {
    UNIT_EXISTS
        .error(format!("there is a {} with the code `{code}` already", kind.noun()))
        .with_field("code")
        .with_hint("choose another code, or edit the one that is there")
}

fn no_tree(kind: UnitKind) -> Error {
    Error::invalid(
        "parent",
        format!("a {} has no parent: only departments form a tree", kind.noun()),
    )
}

impl UnitRow {
    pub(super) fn values(&self, now: Timestamp) -> Vec<Value> {
        vec![
            self.id.into_value(),
            self.kind.as_str().into_value(),
            self.code.as_str().into_value(),
            self.code_key.as_str().into_value(),
            self.name.as_str().into_value(),
            self.name_key.as_str().into_value(),
            now.into_value(),
            now.into_value(),
        ]
    }
}

pub(super) fn period_values(
    id: Uuid,
    unit_id: Uuid,
    period: &Period<UnitFields>,
    now: Timestamp,
) -> Vec<Value> {
    vec![
        id.into_value(),
        unit_id.into_value(),
        period.from.into_value(),
        period.until.into_value(),
        now.into_value(),
        None::<Timestamp>.into_value(),
        period.fields.parent.into_value(),
        period.fields.head.into_value(),
        period.fields.deputy.into_value(),
    ]
}

pub(super) async fn edit(
    core: &Core,
    actor: &Actor,
    kind: UnitKind,
    text: &str,
    change: UnitChange,
) -> Result<Changed<Unit>> {
    let mut write = Write::begin(core, actor).await?;
    let mut units = Units::load(&mut write.tx).await?;
    let id = units.find(kind, text)?;
    let day = match change.from {
        Some(day) => day,
        None => settings::today(&mut write.tx, write.ctx.now).await?,
    };
    let before = units.get(id, day)?;
    refuse_changed(&STALE, kind.noun(), change.unchanged_since, before.updated_at)?;
    let at = units.by_id[&id];

    if let Some(code) = &change.code {
        let code = Code::parse(code)?;
        let key = fold(code.as_str());
        let taken = units
            .units
            .iter()
            .find(|(row, _)| row.id != id && row.kind == kind.as_str() && row.code_key == key);
        if let Some((row, _)) = taken {
            return Err(exists(kind, &row.code));
        }
        (units.units[at].0.code, units.units[at].0.code_key) = (code.to_string(), key);
    }
    if let Some(name) = &change.name {
        let name = Name::parse(name)?;
        (units.units[at].0.name, units.units[at].0.name_key) =
            (name.to_string(), fold(name.as_str()));
    }
    let patch = patch(&mut write, &units, kind, &change, day).await?;
    let stored = units.units[at].1.clone();
    let periods: Vec<Period<UnitFields>> =
        stored.iter().map(|(_, period)| period.clone()).collect();
    let mut wanted = change_from(&periods, day, |base, later| patch.applied(base, later));
    if change.close {
        refuse_use(&mut write, &units, id, day).await?;
        wanted = end_before(&wanted, day);
    }
    let (gone, new) = difference(&mut write, &stored, wanted.clone());
    units.units[at].1 = wanted.into_iter().map(|period| (Uuid::nil(), period)).collect();
    refuse_cycle(&units, id, day)?;

    units.units[at].0.updated_at = write.ctx.now;
    let after = units.get(id, day)?;
    let changed = FieldChange::between([
        ("code", Some(before.code.clone()), Some(after.code.clone())),
        ("name", Some(before.name.clone()), Some(after.name.clone())),
        ("parent", before.parent.clone(), after.parent.clone()),
        ("head", before.head.map(|id| id.to_string()), after.head.map(|id| id.to_string())),
        ("deputy", before.deputy.map(|id| id.to_string()), after.deputy.map(|id| id.to_string())),
        ("open", Some(before.open.to_string()), Some(after.open.to_string())),
    ]);
    if changed.is_empty() && gone.is_empty() && new.is_empty() {
        return Ok(Changed { value: before, changed, operation: None });
    }
    let now = write.ctx.now;
    sql::update_unit(&mut write.tx, &units.units[at].0, now).await?;
    sql::retract_unit_periods(&mut write.tx, &gone, now).await?;
    let rows: Vec<_> =
        new.iter().map(|(period_id, period)| period_values(*period_id, id, period, now)).collect();
    bulk::insert(&mut write.tx, &UNIT_PERIODS, rows).await?;
    let values = |of: fn(&FieldChange) -> &Option<String>| -> BTreeMap<String, Option<String>> {
        changed.iter().map(|change| (change.field.clone(), of(change).clone())).collect()
    };
    let mut after_values = values(|change| &change.after);
    after_values.insert("from".to_owned(), Some(day.to_string()));
    let operation = write.record(
        Operation::new("unit.changed")
            .count("changed", 1)
            .change("unit", Some(id), Some(&values(|change| &change.before)), Some(&after_values))
            .event("unit.changed", Some(id.to_string()), json!({ "unit_id": id, "from": day })),
    );
    write.commit().await?;
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

/// The fields that a change sets from its day on.
#[derive(Default)]
#[expect(clippy::option_option, reason = "no change, a change to a value, or a change to none")]
pub(super) struct UnitPatch {
    pub(super) parent: Option<Option<Uuid>>,
    pub(super) head: Option<Option<Uuid>>,
    pub(super) deputy: Option<Option<Uuid>>,
}

impl UnitPatch {
    pub(super) fn applied(&self, base: &UnitFields, later: &UnitFields) -> UnitFields {
        let pick = |to: Option<Option<Uuid>>, base: Option<Uuid>, later: Option<Uuid>| match to {
            Some(to) if later == base => to,
            _ => later,
        };
        UnitFields {
            parent: pick(self.parent, base.parent, later.parent),
            head: pick(self.head, base.head, later.head),
            deputy: pick(self.deputy, base.deputy, later.deputy),
        }
    }
}

async fn patch(
    write: &mut Write,
    units: &Units,
    kind: UnitKind,
    change: &UnitChange,
    day: Day,
) -> Result<UnitPatch> {
    let mut patch = UnitPatch::default();
    let in_tree = change.parent.is_some() || change.head.is_some() || change.deputy.is_some();
    if in_tree && kind != UnitKind::Department {
        return Err(no_tree(kind));
    }
    if let Some(parent) = &change.parent {
        let parent = parent.as_deref().map(|text| parent_in(units, text, day));
        patch.parent = Some(parent.transpose()?);
    }
    let sight = Sight::of(&mut write.tx, &write.ctx.actor, write.ctx.now).await?;
    for (wanted, name, field) in
        [(&change.head, "head", &mut patch.head), (&change.deputy, "deputy", &mut patch.deputy)]
    {
        *field = match wanted {
            None => None,
            Some(None) => Some(None),
            Some(Some(person)) => {
                let found = sight.find(&mut write.tx, person).await;
                Some(Some(found.map_err(|error| error.with_field(name))?.uuid()))
            }
        };
    }
    Ok(patch)
}

pub(super) fn parent_in(units: &Units, text: &str, day: Day) -> Result<Uuid> {
    let parent = units.find_open(UnitKind::Department, text, day);
    parent.map_err(|error| error.with_field("parent"))
}

/// Which stored periods are no longer believed, and which are new.
pub(super) fn difference(
    write: &mut Write,
    stored: &[(Uuid, Period<UnitFields>)],
    wanted: Vec<Period<UnitFields>>,
) -> (Vec<Uuid>, Vec<(Uuid, Period<UnitFields>)>) {
    let gone =
        stored.iter().filter(|(_, period)| !wanted.contains(period)).map(|(id, _)| *id).collect();
    let new = wanted
        .into_iter()
        .filter(|period| !stored.iter().any(|(_, known)| known == period))
        .map(|period| (write.ctx.new_id(), period))
        .collect();
    (gone, new)
}

/// On no day from this one on may the way up come round.
pub(super) fn refuse_cycle(units: &Units, id: Uuid, day: Day) -> Result<()> {
    let later_days =
        units.units.iter().flat_map(|(_, periods)| periods).map(|(_, period)| period.from);
    let mut days: Vec<Day> = later_days.filter(|later| *later > day).collect();
    days.push(day);
    for day in days {
        let way = units.way_up(id, day);
        let comes_round = way.split_last().is_some_and(|(last, before)| before.contains(last));
        if comes_round {
            let codes: Vec<&str> = way.iter().filter_map(|id| units.code(*id)).collect();
            return Err(DEPARTMENT_CYCLE
                .error(format!("the department would be below itself: {}", codes.join(" → ")))
                .with_field("parent")
                .with_hint("move it below another department, or move the one below it first"));
        }
    }
    Ok(())
}

/// A unit can only go when nobody and nothing is left in it.
async fn refuse_use(write: &mut Write, units: &Units, id: Uuid, day: Day) -> Result<()> {
    let children: Vec<&str> = units
        .units
        .iter()
        .filter(|(_, periods)| {
            periods.iter().any(|(_, period)| {
                period.fields.parent == Some(id) && period.until.is_none_or(|until| until > day)
            })
        })
        .map(|(row, _)| row.code.as_str())
        .collect();
    let One(people): One<i64> =
        write.tx.sql(&sql::COUNT_PLACED_FROM).bind(id).bind(day).one().await?;
    if children.is_empty() && people == 0 {
        return Ok(());
    }
    let code = units.code(id).unwrap_or_default();
    let people = match people {
        0 => None,
        1 => Some("1 person is in it".to_owned()),
        n => Some(format!("{n} people are in it")),
    };
    let below = (!children.is_empty()).then(|| format!("below it are: {}", children.join(", ")));
    let what = [people, below].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Err(UNIT_IN_USE
        .error(format!("`{code}` cannot be closed from {day} on: {what}"))
        .with_hint("move them first; on a later day they may be gone"))
}
