//! Departments that a file brings: all of them at once, so that one may hang below another that stands further
//! down in the file. A row that cannot be carried out is put aside with its errors, and with it those that
//! hang below what it would have made; rows that would hang below themselves are put aside together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use super::super::DEPARTMENT_CYCLE;
use super::super::sql::{self, UnitRow};
use super::super::timeline::{Period, change_from};
use super::super::unit_changes::{SINCE_EVER, UnitPatch, difference, parent_in, period_values};
use super::super::units::{UnitFields, UnitKind, Units};
use super::super::{UNIT_AMBIGUOUS, UNIT_EXISTS};
use super::IMPORTED;
use super::units::code_of;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{UNIT_PERIODS, UNITS};
use crate::kernel::db::{Assembly, IdList, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::{Code, Day, Name};
use crate::operations::{FieldChange, Operation, Write};
use crate::settings;

/// What a file says of a department.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::option_option, reason = "nothing is said, that there is none, or which it is")]
pub(crate) struct SaidDepartment {
    pub(crate) code: Option<String>,
    pub(crate) name: Option<String>,
    /// By code or name.
    pub(crate) parent: Option<Option<String>>,
    /// Who leads it.
    pub(crate) head: Option<Option<Uuid>>,
    /// From which day on; since ever for what is new, and from today for what changes, unless said.
    pub(crate) from: Option<Day>,
}

/// What became of a row about a department.
#[derive(Debug, Default)]
pub(crate) struct DepartmentFate {
    /// Why it did not land.
    pub(crate) errors: Vec<Error>,
    pub(crate) is_new: bool,
    pub(crate) changed: Vec<FieldChange>,
    /// Code and name, where they are known.
    pub(crate) name: String,
    /// The rows that are about the same one, where there are several, by their places.
    pub(crate) same_as: Vec<usize>,
}

/// Which one a row is about.
#[derive(Debug, Clone)]
struct Meant {
    id: Uuid,
    is_new: bool,
    code: String,
    name: String,
}

/// Carries out what can be. What became of each row, in their order, and the operation that is to be
/// recorded, where anything is different.
pub(crate) async fn deliver_departments(
    write: &mut Write,
    said: &[SaidDepartment],
) -> Result<(Vec<DepartmentFate>, Option<Operation>)> {
    let units = Units::load(&mut write.tx).await?;
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let mut fates: Vec<DepartmentFate> = said.iter().map(|_| DepartmentFate::default()).collect();
    let meant = meant(write, &units, said, &mut fates);
    let desk = Desk { units: &units, said, meant: &meant, today, now: write.ctx.now };
    let after = desk.settle(write, &mut fates);
    let mut operation = Operation::new(IMPORTED);
    let (mut made, mut changed) = (Rows::default(), Rows::default());
    for (at, one) in &meant {
        if !fates[*at].errors.is_empty() {
            continue;
        }
        let day = desk.day(*at);
        if one.is_new {
            operation = Desk::tell_new(&after, one, day, &mut fates[*at], operation)?;
            made.take_new(write, &after, one.id);
        } else {
            operation = desk.tell_change(&after, one, day, &mut fates[*at], operation)?;
            changed.take_change(write, &units, &after, one.id);
        }
    }
    let is_anything = !made.units.is_empty() || !changed.touched.is_empty();
    made.write(write).await?;
    changed.write(write).await?;
    if !is_anything {
        return Ok((fates, None));
    }
    for (event, ids) in [("unit.created", &made.touched), ("unit.changed", &changed.touched)] {
        if !ids.is_empty() {
            operation = operation.event(event, None, json!({ "unit_ids": ids }));
        }
    }
    Ok((fates, Some(operation)))
}

/// Which department each row is about; what cannot be said is told.
fn meant(
    write: &Write,
    units: &Units,
    said: &[SaidDepartment],
    fates: &mut [DepartmentFate],
) -> BTreeMap<usize, Meant> {
    let (mut by_code, mut by_name) = (HashMap::new(), HashMap::<&str, Vec<&UnitRow>>::new());
    let departments = units.units.iter().map(|(row, _)| row);
    let departments =
        departments.filter(|row| row.kind == UnitKind::Department.as_str() && !row.is_hidden());
    for row in departments {
        by_code.insert(row.code_key.as_str(), row);
        by_name.entry(row.name_key.as_str()).or_default().push(row);
    }
    let mut new: HashMap<String, Uuid> = HashMap::new();
    let mut meant = BTreeMap::new();
    for (at, said) in said.iter().enumerate() {
        let known = match (&said.code, &said.name) {
            (Some(code), _) => Ok(by_code.get(fold(code).as_str()).copied()),
            (None, Some(name)) => only(by_name.get(fold(name).as_str()), name),
            (None, None) => Err(Error::invalid("code", "it has neither a code nor a name")),
        };
        let checked = known.and_then(|known| said.checked(known));
        let checked = checked.and_then(|(code, name, known)| match known {
            None if by_code.contains_key(fold(&code).as_str()) => Err(UNIT_EXISTS
                .error(format!("another department has the code `{code}` already"))
                .with_field("code")
                .with_hint("give it a code of its own")),
            _ => Ok((code, name, known)),
        });
        let one = match checked {
            Ok((code, name, known)) => {
                let key = fold(&code);
                let id =
                    known.unwrap_or_else(|| *new.entry(key).or_insert_with(|| write.ctx.new_id()));
                Meant { id, is_new: known.is_none(), code, name }
            }
            Err(error) => {
                let called = said.code.as_ref().or(said.name.as_ref());
                fates[at].name = called.cloned().unwrap_or_default();
                fates[at].errors = error.into_parts();
                continue;
            }
        };
        fates[at].name = format!("{} {}", one.code, one.name);
        meant.insert(at, one);
    }
    let mut rows: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (at, one) in &meant {
        rows.entry(one.id).or_default().push(*at);
    }
    for rows in rows.into_values().filter(|rows| rows.len() > 1) {
        // The same twice is once; what differs is nothing, whatever its order.
        let is_same = rows.iter().all(|at| said[*at] == said[rows[0]]);
        for at in &rows[usize::from(is_same)..] {
            meant.remove(at);
            fates[*at].same_as.clone_from(&rows);
        }
        if is_same {
            for at in &rows[1..] {
                fates[*at].same_as.clear();
            }
        }
    }
    meant
}

fn only<'a>(rows: Option<&Vec<&'a UnitRow>>, name: &str) -> Result<Option<&'a UnitRow>> {
    match rows.map_or(&[][..], Vec::as_slice) {
        [] => Ok(None),
        [row] => Ok(Some(row)),
        several => {
            let codes: Vec<&str> = several.iter().map(|row| row.code.as_str()).collect();
            Err(UNIT_AMBIGUOUS
                .error(format!("several have the name `{name}`: {}", codes.join(", ")))
                .with_field("name")
                .with_hint("give the code as well"))
        }
    }
}

impl SaidDepartment {
    /// Code, name and id of the one that is meant; without an id it is new.
    fn checked(&self, known: Option<&UnitRow>) -> Result<(String, String, Option<Uuid>)> {
        let tag = |field: &'static str| move |error: Error| error.with_field(field);
        let name = self.name.as_deref().map(Name::parse).transpose().map_err(tag("name"))?;
        let name = name.map(|name| name.to_string());
        if let Some(row) = known {
            // How a code is written is not changed by a file that only refers to it.
            return Ok((row.code.clone(), name.unwrap_or_else(|| row.name.clone()), Some(row.id)));
        }
        let code = match (&self.code, &name) {
            (Some(code), _) => Code::parse(code).map_err(tag("code"))?.to_string(),
            (None, Some(name)) => code_of(name),
            (None, None) => return Err(Error::invalid("code", "it has neither a code nor a name")),
        };
        let name = name.unwrap_or_else(|| code.clone());
        Ok((code, name, None))
    }
}

/// Where rows are worked on.
struct Desk<'a> {
    units: &'a Units,
    said: &'a [SaidDepartment],
    meant: &'a BTreeMap<usize, Meant>,
    today: Day,
    now: Timestamp,
}

impl Desk<'_> {
    fn day(&self, at: usize) -> Day {
        let is_new = self.meant.get(&at).is_some_and(|one| one.is_new);
        self.said[at].from.unwrap_or(if is_new { SINCE_EVER } else { self.today })
    }

    /// The departments as they would be. Rows that stand against it are put aside, until none does.
    fn settle(&self, write: &Write, fates: &mut [DepartmentFate]) -> Units {
        loop {
            let (after, wrong) = self.attempt(write, fates);
            let wrong = if wrong.is_empty() { self.rounds(&after, fates) } else { wrong };
            if wrong.is_empty() {
                return after;
            }
            for (at, error) in wrong {
                fates[at].errors.push(error);
            }
        }
    }

    /// All rows that nothing stands against, carried out in memory; and what is wrong with them.
    fn attempt(&self, write: &Write, fates: &[DepartmentFate]) -> (Units, Vec<(usize, Error)>) {
        let mut after = self.units.clone();
        let sound = || self.meant.iter().filter(|(at, _)| fates[**at].errors.is_empty());
        for (at, one) in sound().filter(|(_, one)| one.is_new) {
            let fields =
                UnitFields { head: self.said[*at].head.flatten(), ..UnitFields::default() };
            let period = Period { from: self.day(*at), until: None, fields };
            let row = UnitRow {
                id: one.id,
                kind: UnitKind::Department.as_str().to_owned(),
                code: one.code.clone(),
                code_key: fold(&one.code),
                name: one.name.clone(),
                name_key: fold(&one.name),
                updated_at: self.now,
            };
            after.add(row, vec![(write.ctx.new_id(), period)]);
        }
        let mut wrong = Vec::new();
        for (at, one) in sound() {
            let (said, day) = (&self.said[*at], self.day(*at));
            let parent = match &said.parent {
                None => None,
                Some(None) => Some(None),
                Some(Some(text)) => match parent_in(&after, text, day) {
                    Ok(parent) => Some(Some(parent)),
                    Err(error) => {
                        wrong.push((*at, error));
                        continue;
                    }
                },
            };
            let head = if one.is_new { None } else { said.head };
            let patch = UnitPatch { parent, head, deputy: None };
            let Some(row) = after.row(one.id).cloned() else { continue };
            let periods: Vec<Period<UnitFields>> =
                after.periods(one.id).iter().map(|(_, period)| period.clone()).collect();
            let wanted = change_from(&periods, day, |base, later| patch.applied(base, later));
            let row = UnitRow { name: one.name.clone(), name_key: fold(&one.name), ..row };
            after.replace(one.id, row, &wanted);
        }
        (after, wrong)
    }

    /// Rows of departments that would be below themselves, on any day.
    fn rounds(&self, after: &Units, fates: &[DepartmentFate]) -> Vec<(usize, Error)> {
        let first = self.meant.keys().map(|at| self.day(*at)).min().unwrap_or(self.today);
        let days: BTreeSet<Day> = after
            .units
            .iter()
            .flat_map(|(_, periods)| periods.iter().map(|(_, period)| period.from))
            .chain(self.meant.keys().map(|at| self.day(*at)))
            .filter(|day| *day >= first)
            .collect();
        let mut wrong = Vec::new();
        for (at, one) in self.meant.iter().filter(|(at, _)| fates[**at].errors.is_empty()) {
            let goes_round = |day: &&Day| {
                let way = after.way_up(one.id, **day);
                way.len() > 1 && way.last() == Some(&one.id)
            };
            let Some(day) = days.iter().find(goes_round) else { continue };
            let way = after.way_up(one.id, *day);
            let codes: Vec<&str> = way.iter().filter_map(|id| after.code(*id)).collect();
            wrong.push((
                *at,
                DEPARTMENT_CYCLE
                    .error(format!("the department would be below itself: {}", codes.join(" → ")))
                    .with_field("parent")
                    .with_hint("correct the parent of one of those that are listed with this"),
            ));
        }
        wrong
    }

    fn tell_new(
        after: &Units,
        one: &Meant,
        day: Day,
        fate: &mut DepartmentFate,
        operation: Operation,
    ) -> Result<Operation> {
        let unit = after.get(one.id, day)?;
        let parent = after.periods(one.id).first().and_then(|(_, period)| period.fields.parent);
        fate.is_new = true;
        fate.changed = FieldChange::between([
            ("code", None, Some(unit.code.clone())),
            ("name", None, Some(unit.name.clone())),
            ("parent", None, unit.parent.clone()),
            ("head", None, unit.head.map(|id| id.to_string())),
        ]);
        let told = json!({
            "kind": UnitKind::Department, "code": unit.code, "name": unit.name, "parent": parent,
            "from": day,
        });
        Ok(operation.change("unit", Some(one.id), None::<&()>, Some(&told)))
    }

    fn tell_change(
        &self,
        after: &Units,
        one: &Meant,
        day: Day,
        fate: &mut DepartmentFate,
        operation: Operation,
    ) -> Result<Operation> {
        let (before, after) = (self.units.get(one.id, day)?, after.get(one.id, day)?);
        fate.changed = FieldChange::between([
            ("name", Some(before.name), Some(after.name)),
            ("parent", before.parent, after.parent),
            ("head", before.head.map(|id| id.to_string()), after.head.map(|id| id.to_string())),
        ]);
        if fate.changed.is_empty() {
            return Ok(operation);
        }
        let values = |of: fn(&FieldChange) -> &Option<String>| -> BTreeMap<String, Option<String>> {
            fate.changed.iter().map(|change| (change.field.clone(), of(change).clone())).collect()
        };
        let mut told = values(|change| &change.after);
        told.insert("from".to_owned(), Some(day.to_string()));
        let before = values(|change| &change.before);
        Ok(operation.change("unit", Some(one.id), Some(&before), Some(&told)))
    }
}

/// Rows on their way into the tables.
#[derive(Default)]
struct Rows {
    touched: Vec<Uuid>,
    units: Vec<Vec<crate::kernel::db::Value>>,
    renamed: Vec<UnitRow>,
    gone: Vec<Uuid>,
    periods: Vec<Vec<crate::kernel::db::Value>>,
}

impl Rows {
    fn take_new(&mut self, write: &Write, after: &Units, id: Uuid) {
        let now = write.ctx.now;
        let Some(row) = after.row(id) else { return };
        self.touched.push(id);
        self.units.push(row.values(now));
        let periods = after.periods(id).iter();
        self.periods
            .extend(periods.map(|(_, period)| period_values(write.ctx.new_id(), id, period, now)));
    }

    fn take_change(&mut self, write: &mut Write, before: &Units, after: &Units, id: Uuid) {
        let now = write.ctx.now;
        let (Some(was), Some(row)) = (before.row(id), after.row(id)) else { return };
        let wanted: Vec<Period<UnitFields>> =
            after.periods(id).iter().map(|(_, period)| period.clone()).collect();
        let (gone, new) = difference(write, before.periods(id), wanted);
        if was.name == row.name && gone.is_empty() && new.is_empty() {
            return;
        }
        self.touched.push(id);
        if was.name != row.name {
            self.renamed.push(row.clone());
        }
        self.gone.extend(gone);
        self.periods.extend(
            new.iter().map(|(period_id, period)| period_values(*period_id, id, period, now)),
        );
    }

    async fn write(&self, write: &mut Write) -> Result<()> {
        let now = write.ctx.now;
        bulk::insert(&mut write.tx, &UNITS, self.units.clone()).await?;
        if self.units.is_empty() && !self.touched.is_empty() {
            Assembly::new("UPDATE units SET updated_at = ? WHERE id IN (ids?)")
                .bind(now)
                .bind_ids(&IdList::new(self.touched.iter().copied()))
                .on(&mut write.tx)
                .run()
                .await?;
        }
        // As many as the file calls by another name.
        for row in &self.renamed {
            sql::update_unit(&mut write.tx, row, now).await?;
        }
        sql::retract_unit_periods(&mut write.tx, &self.gone, now).await?;
        bulk::insert(&mut write.tx, &UNIT_PERIODS, self.periods.clone()).await.map(drop)
    }
}
