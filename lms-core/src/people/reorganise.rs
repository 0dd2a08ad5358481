//! Moving, merging and removing departments with their people; locations and job roles likewise, but
//! that they hang nowhere. Planned first, then done as planned: one operation, which `batches` takes
//! back as a whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::directory::Step;
use super::draft::Draft;
use super::save::{save_rows, with_changes, with_events};
use super::sql::{self, Facts};
use super::timeline::{Period, change_from, end_before, map_from};
use super::types::{PersonChange, Placement};
use super::undo::names_in;
use super::unit_changes::{difference, period_values, refuse_cycle};
use super::units::{UnitFields, UnitKind, Units};
use super::{PersonId, UNIT_CLOSED, UNIT_IN_USE, UnitId};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::UNIT_PERIODS;
use crate::kernel::db::{Assembly, IdList, One, Tx, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::text::Day;
use crate::operations::{
    FieldChange, Operation, OperationId, Write, fingerprint, refuse_other, refuse_stale,
};
use crate::settings;

/// What is to become of units.
#[derive(Debug, Clone)]
pub struct Reorganisation {
    kind: UnitKind,
    act: Act,
    from: Option<Day>,
}

#[derive(Debug, Clone)]
enum Act {
    Move { department: String, parent: Option<String> },
    Merge { units: Vec<String>, into: String },
    Remove { unit: String, people_to: Option<String> },
}

impl Reorganisation {
    /// A department with all below it moves below another, or to the top.
    #[must_use]
    pub fn move_department(department: &str, parent: Option<&str>) -> Self {
        let (department, parent) = (department.to_owned(), parent.map(str::to_owned));
        Self { kind: UnitKind::Department, act: Act::Move { department, parent }, from: None }
    }

    /// Units close; their people and what lies below them go to another one.
    #[must_use]
    pub fn merge(kind: UnitKind, units: &[String], into: &str) -> Self {
        let act = Act::Merge { units: units.to_vec(), into: into.to_owned() };
        Self { kind, act, from: None }
    }

    /// A unit closes; what lies below it moves up to where it hung.
    #[must_use]
    pub fn remove(kind: UnitKind, unit: &str) -> Self {
        Self { kind, act: Act::Remove { unit: unit.to_owned(), people_to: None }, from: None }
    }

    /// Where the people of a removed unit go; without it, nobody may be in it.
    #[must_use]
    pub fn people_to(mut self, unit: &str) -> Self {
        if let Act::Remove { people_to, .. } = &mut self.act {
            *people_to = Some(unit.to_owned());
        }
        self
    }

    /// From this day on; today, unless said. What was before stays as it was.
    #[must_use]
    pub fn from(mut self, day: Day) -> Self {
        self.from = Some(day);
        self
    }
}

/// What a reorganisation would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct ReorganisationPlan {
    /// From this day on.
    pub from: Day,
    /// What becomes of units.
    pub units: Vec<PlannedUnit>,
    /// Who goes from which unit to which, by name.
    pub people: Vec<PlannedMove>,
    /// Who leads a unit that closes, and leads it no longer.
    pub leaders: Vec<PlannedLeader>,
    /// How many people are in departments that move with all that is in them.
    pub n_carried: i64,
    /// What [`super::People::reorganise`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    asked: Reorganisation,
}

impl ReorganisationPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What becomes of one unit.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The fields, before and after: `parent`, `open`.
    pub changed: Vec<FieldChange>,
}

/// A person who goes from one unit to another.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedMove {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The code of the unit that they leave.
    pub before: String,
    /// The code of the unit that they come to.
    pub after: String,
}

/// Somebody who leads a unit that closes.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlannedLeader {
    /// The code of the unit.
    pub unit: String,
    /// `head` or `deputy`.
    pub role: String,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
}

/// What a reorganisation did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReorganisationOutcome {
    /// How many units changed.
    pub n_units: usize,
    /// How many people went from one unit to another.
    pub n_people: usize,
    /// The operation; none where everything was so already.
    pub operation: Option<OperationId>,
}

/// A plan with what is needed to carry it out.
struct Decided {
    plan: ReorganisationPlan,
    stored: Units,
    changed: BTreeMap<Uuid, Vec<Period<UnitFields>>>,
    drafts: BTreeMap<Uuid, Draft>,
    facts: Facts,
}

pub(super) async fn plan(core: &Core, asked: Reorganisation) -> Result<ReorganisationPlan> {
    let mut tx = core.db().begin_read().await?;
    Ok(decide(&mut tx, core.now(), asked).await?.plan)
}

pub(super) async fn reorganise(
    core: &Core,
    actor: &Actor,
    plan: ReorganisationPlan,
) -> Result<ReorganisationOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let now = write.ctx.now;
    let asked = plan.asked.clone().from(plan.from);
    let decided = decide(&mut write.tx, now, asked).await?;
    if decided.plan.fingerprint != plan.fingerprint {
        refuse_stale(effects(&plan), effects(&decided.plan))?;
    }
    let Decided { plan, stored, changed, drafts, facts } = decided;
    let (n_units, n_people) = (plan.units.len(), drafts.len());
    if n_units == 0 && n_people == 0 {
        return Ok(ReorganisationOutcome { n_units, n_people, operation: None });
    }
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for (id, periods) in changed {
        let (gone_here, new_here) = difference(&mut write, stored.periods(id), periods);
        gone.extend(gone_here);
        new.extend(new_here.iter().map(|(row, period)| period_values(*row, id, period, now)));
    }
    sql::retract_unit_periods(&mut write.tx, &gone, now).await?;
    bulk::insert(&mut write.tx, &UNIT_PERIODS, new).await?;
    let touched = save_rows(&mut write, &drafts, &facts).await?;

    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut operation = Operation::new("organisation.changed")
        .count("units", count(n_units))
        .count("people", count(touched.len()));
    for unit in &plan.units {
        let side = |of: fn(&FieldChange) -> &Option<String>| -> BTreeMap<&str, Option<String>> {
            let fields = unit.changed.iter();
            fields.map(|change| (change.field.as_str(), of(change).clone())).collect()
        };
        let mut after = side(|change| &change.after);
        after.insert("from", Some(plan.from.to_string()));
        let id = Some(unit.unit.uuid());
        operation =
            operation.change("unit", id, Some(&side(|change| &change.before)), Some(&after));
    }
    operation = with_changes(operation, &drafts, &touched);
    if n_units > 0 {
        let ids: Vec<UnitId> = plan.units.iter().map(|unit| unit.unit).collect();
        let subject = (n_units == 1).then(|| ids[0].to_string());
        let data = json!({ "unit_ids": ids, "from": plan.from });
        operation = operation.event("unit.changed", subject, data);
    }
    operation = with_events(operation, "user.changed", &touched);
    let operation = write.record(operation);
    write.commit().await?;
    Ok(ReorganisationOutcome { n_units, n_people, operation: Some(operation) })
}

/// Which units close, and where their people and what lies below them go.
struct Closing {
    units: Vec<Uuid>,
    people_to: Option<Uuid>,
    below_to: Option<Uuid>,
}

async fn decide(tx: &mut Tx, now: Timestamp, asked: Reorganisation) -> Result<Decided> {
    let today = settings::today(tx, now).await?;
    let day = asked.from.unwrap_or(today);
    let stored = Units::load(tx).await?;
    let kind = asked.kind;
    let mut changed: BTreeMap<Uuid, Vec<Period<UnitFields>>> = BTreeMap::new();
    let mut closing = Closing { units: Vec::new(), people_to: None, below_to: None };
    let mut n_carried = 0;
    match &asked.act {
        Act::Move { department, parent } => {
            let id = stored.find_open(kind, department, day)?;
            let parent = parent.as_deref().map(|text| find_lasting(&stored, kind, text, day));
            let parent = parent.transpose().map_err(|error| error.with_field("parent"))?;
            let periods = change_from(&plain(&stored, id), day, |base, later| {
                let parent = if later.parent == base.parent { parent } else { later.parent };
                UnitFields { parent, ..later.clone() }
            });
            changed.insert(id, periods);
            n_carried = count_within(tx, &stored.subtrees(vec![id], day), day).await?;
        }
        Act::Merge { units, into } => {
            let into = find_lasting(&stored, kind, into, day);
            let into = into.map_err(|error| error.with_field("into"))?;
            for text in units {
                let id = stored.find_open(kind, text, day);
                let id = id.map_err(|error| error.with_field("units"))?;
                if id == into {
                    return Err(Error::invalid(
                        "units",
                        format!("`{text}` cannot be merged into itself"),
                    ));
                }
                closing.units.push(id);
            }
            (closing.people_to, closing.below_to) = (Some(into), Some(into));
        }
        Act::Remove { unit, people_to } => {
            let id = stored.find_open(kind, unit, day)?;
            closing.units.push(id);
            let to = people_to.as_deref().map(|text| find_lasting(&stored, kind, text, day));
            closing.people_to = to.transpose().map_err(|error| error.with_field("people_to"))?;
            if closing.people_to == Some(id) {
                return Err(Error::invalid(
                    "people_to",
                    "the unit that goes cannot take its people",
                ));
            }
        }
    }
    close(&stored, &closing, day, &mut changed)?;
    let target = with(&stored, &changed);
    for id in changed.keys() {
        refuse_cycle(&target, *id, day)?;
    }
    let (drafts, facts) = move_people(tx, (today, now), &stored, kind, &closing, day).await?;
    let planned = planned_units(&stored, &target, &changed, day)?;
    changed.retain(|id, _| planned.iter().any(|unit| unit.unit.uuid() == *id));
    let people = planned_moves(&drafts);
    let leaders = leaders(tx, &stored, &closing.units, day).await?;
    let fingerprint = fingerprint(&(day, &planned, &people, &leaders));
    let plan = ReorganisationPlan {
        from: day,
        units: planned,
        people,
        leaders,
        n_carried,
        fingerprint,
        asked,
    };
    Ok(Decided { plan, stored, changed, drafts, facts })
}

fn plain(units: &Units, id: Uuid) -> Vec<Period<UnitFields>> {
    units.periods(id).iter().map(|(_, period)| period.clone()).collect()
}

/// A unit that is there from a day on for good: people and departments can go there.
fn find_lasting(units: &Units, kind: UnitKind, text: &str, day: Day) -> Result<Uuid> {
    let id = units.find_open(kind, text, day)?;
    if units.is_open_throughout(id, day, None) {
        return Ok(id);
    }
    Err(UNIT_CLOSED
        .error(format!("the {} `{}` closes after {day}", kind.noun(), text.trim()))
        .with_field(kind.as_str())
        .with_hint("name one that stays"))
}

/// Closes units, and hangs what lies below them elsewhere.
fn close(
    stored: &Units,
    closing: &Closing,
    day: Day,
    changed: &mut BTreeMap<Uuid, Vec<Period<UnitFields>>>,
) -> Result<()> {
    // The first above that stays.
    let above = |id: Uuid| {
        let way = stored.way_up(id, day);
        way.into_iter().find(|id| !closing.units.contains(id))
    };
    for (row, _) in &stored.units {
        let periods = plain(stored, row.id);
        if closing.units.contains(&row.id) {
            changed.insert(row.id, end_before(&periods, day));
            continue;
        }
        let hangs_below = |period: &Period<UnitFields>| {
            period.until.is_none_or(|until| day < until)
                && period.fields.parent.is_some_and(|parent| closing.units.contains(&parent))
        };
        if !periods.iter().any(hangs_below) {
            continue;
        }
        // What the target itself lies in cannot go below the target.
        let holds_target = closing
            .below_to
            .is_some_and(|target| stored.subtrees(vec![row.id], day).contains(&target));
        let hung = map_from(&periods, day, |fields| match fields.parent {
            Some(parent) if closing.units.contains(&parent) => {
                let target = closing.below_to.filter(|_| !holds_target);
                UnitFields { parent: target.or_else(|| above(parent)), ..fields.clone() }
            }
            _ => fields.clone(),
        });
        for period in hung.iter().filter(|period| day <= period.from) {
            let Some(parent) = period.fields.parent else { continue };
            if !stored.is_open_throughout(parent, period.from, period.until) {
                let code = stored.code(parent).unwrap_or_default();
                return Err(UNIT_CLOSED
                    .error(format!("`{}` would come below `{code}`, which closes", row.code))
                    .with_field("parent")
                    .with_hint("move it elsewhere first"));
            }
        }
        changed.insert(row.id, hung);
    }
    Ok(())
}

/// The units as they would be.
fn with(stored: &Units, changed: &BTreeMap<Uuid, Vec<Period<UnitFields>>>) -> Units {
    let mut target = stored.clone();
    for (id, periods) in changed {
        if let Some(row) = stored.row(*id) {
            target.replace(*id, row.clone(), periods);
        }
    }
    target
}

/// Everybody who is in a closing unit on the day or later, and has not left, goes to the target.
async fn move_people(
    tx: &mut Tx,
    (today, now): (Day, Timestamp),
    units: &Units,
    kind: UnitKind,
    closing: &Closing,
    day: Day,
) -> Result<(BTreeMap<Uuid, Draft>, Facts)> {
    let mut drafts = BTreeMap::new();
    if closing.units.is_empty() {
        return Ok((drafts, Facts::default()));
    }
    let select = match kind {
        UnitKind::Department => {
            "SELECT DISTINCT person_id FROM placements
             WHERE retracted_at IS NULL AND status <> 'inactive' AND department_id IN (ids?)"
        }
        UnitKind::Location => {
            "SELECT DISTINCT person_id FROM placements
             WHERE retracted_at IS NULL AND status <> 'inactive' AND location_id IN (ids?)"
        }
        UnitKind::JobRole => {
            "SELECT DISTINCT person_id FROM placements
             WHERE retracted_at IS NULL AND status <> 'inactive' AND job_role_id IN (ids?)"
        }
    };
    let people: Vec<One<Uuid>> = Assembly::new(select)
        .bind_ids(&IdList::new(closing.units.iter().copied()))
        .push("AND (valid_until > ? OR valid_until IS NULL)")
        .bind(day)
        .on(tx)
        .all()
        .await?;
    let people: Vec<Uuid> = people.into_iter().map(|One(id)| id).collect();
    let Some(to) = closing.people_to else {
        return match people.len() {
            0 => Ok((drafts, Facts::default())),
            n => Err(in_use(units, closing, day, n)),
        };
    };
    let facts = sql::facts(tx, &IdList::new(people.iter().copied())).await?;
    for id in people {
        let step = Step::Change(PersonId::new(id), PersonChange::new());
        let mut draft = Draft::begin(id, &step, &facts, today, now)?;
        let leaves = |placement: &Placement| {
            let unit = *of(kind, &mut placement.clone());
            unit.filter(|unit| closing.units.contains(unit))
        };
        let first = draft
            .placements
            .iter()
            .filter(|period| period.until.is_none_or(|until| day < until))
            .find_map(|period| leaves(&period.fields));
        draft.placements = map_from(&draft.placements, day, |placement| {
            let mut placement = placement.clone();
            if leaves(&placement).is_some() {
                *of(kind, &mut placement) = Some(to);
            }
            placement
        });
        draft.restate();
        let code = |id: Option<Uuid>| id.and_then(|id| units.code(id)).map(str::to_owned);
        draft.note(kind.as_str(), code(first), code(Some(to)));
        drafts.insert(id, draft);
    }
    Ok((drafts, facts))
}

fn of(kind: UnitKind, placement: &mut Placement) -> &mut Option<Uuid> {
    match kind {
        UnitKind::Department => &mut placement.department,
        UnitKind::Location => &mut placement.location,
        UnitKind::JobRole => &mut placement.job_role,
    }
}

fn in_use(units: &Units, closing: &Closing, day: Day, n_people: usize) -> Error {
    let codes: Vec<&str> = closing.units.iter().filter_map(|id| units.code(*id)).collect();
    let people = if n_people == 1 {
        "1 person is in it".to_owned()
    } else {
        format!("{n_people} people are in it")
    };
    UNIT_IN_USE
        .error(format!("`{}` cannot be removed from {day} on: {people}", codes.join(", ")))
        .with_hint("say where they go with `--people-to`, or merge it into another")
}

/// People in these departments on a day, who are active, on leave or still to come.
async fn count_within(tx: &mut Tx, departments: &[Uuid], day: Day) -> Result<i64> {
    let One(n) = Assembly::new(
        "SELECT COUNT(*) FROM placements
         WHERE retracted_at IS NULL AND status <> 'inactive' AND department_id IN (ids?)",
    )
    .bind_ids(&IdList::new(departments.iter().copied()))
    .push("AND valid_from <= ?")
    .bind(day)
    .push("AND (valid_until > ? OR valid_until IS NULL)")
    .bind(day)
    .on(tx)
    .one()
    .await?;
    Ok(n)
}

fn planned_units(
    stored: &Units,
    target: &Units,
    changed: &BTreeMap<Uuid, Vec<Period<UnitFields>>>,
    day: Day,
) -> Result<Vec<PlannedUnit>> {
    let mut planned = Vec::new();
    for (id, periods) in changed {
        if plain(stored, *id) == *periods {
            continue;
        }
        // What hangs below only later is told by its first day there.
        let later = periods.iter().map(|period| period.from).filter(|from| day <= *from);
        let days: BTreeSet<Day> = later.chain([day]).collect();
        let mut all = Vec::new();
        for day in days {
            let (before, after) = (stored.get(*id, day)?, target.get(*id, day)?);
            all = FieldChange::between([
                ("parent", before.parent.clone(), after.parent.filter(|_| after.open)),
                ("open", Some(before.open.to_string()), Some(after.open.to_string())),
            ]);
            if !all.is_empty() {
                break;
            }
        }
        if all.iter().any(|change| change.field == "open") {
            all.retain(|change| change.field == "open");
        }
        let row = stored.row(*id).ok_or_else(|| Error::internal("a unit is gone"))?;
        planned.push(PlannedUnit {
            unit: UnitId::new(*id),
            code: row.code.clone(),
            name: row.name.clone(),
            changed: all,
        });
    }
    planned.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(planned)
}

fn planned_moves(drafts: &BTreeMap<Uuid, Draft>) -> Vec<PlannedMove> {
    let mut drafts: Vec<&Draft> = drafts.values().collect();
    drafts.sort_by_cached_key(|draft| {
        (fold(&draft.identity.last_name), fold(&draft.identity.first_name), draft.id)
    });
    drafts
        .into_iter()
        .map(|draft| {
            let change = draft.changed.first().cloned();
            let (before, after) =
                change.map_or((None, None), |change| (change.before, change.after));
            PlannedMove {
                person: PersonId::new(draft.id),
                name: draft.name(),
                before: before.unwrap_or_default(),
                after: after.unwrap_or_default(),
            }
        })
        .collect()
}

async fn leaders(
    tx: &mut Tx,
    stored: &Units,
    closing: &[Uuid],
    day: Day,
) -> Result<Vec<PlannedLeader>> {
    let mut leading: BTreeSet<(Uuid, &str, Uuid)> = BTreeSet::new();
    for unit in closing {
        let later = stored.periods(*unit).iter().map(|(_, period)| period);
        for period in later.filter(|period| period.until.is_none_or(|until| day < until)) {
            let UnitFields { head, deputy, .. } = &period.fields;
            leading.extend(head.map(|person| (*unit, "head", person)));
            leading.extend(deputy.map(|person| (*unit, "deputy", person)));
        }
    }
    if leading.is_empty() {
        return Ok(Vec::new());
    }
    let names = names_in(tx, leading.iter().map(|(.., person)| *person).collect()).await?;
    let mut leaders: Vec<PlannedLeader> = leading
        .into_iter()
        .map(|(unit, role, person)| PlannedLeader {
            unit: stored.code(unit).unwrap_or_default().to_owned(),
            role: role.to_owned(),
            person: PersonId::new(person),
            name: names.get(&person).cloned().unwrap_or_default(),
        })
        .collect();
    leaders.sort();
    Ok(leaders)
}

/// Whose effect it is, and which, for naming what changed since.
fn effects(plan: &ReorganisationPlan) -> Vec<(String, String)> {
    let units = plan.units.iter().map(|unit| (unit.code.clone(), format!("{:?}", unit.changed)));
    let people = plan
        .people
        .iter()
        .map(|person| (person.name.clone(), format!("{} {}", person.before, person.after)));
    let leaders = plan
        .leaders
        .iter()
        .map(|leader| (leader.unit.clone(), format!("{} {}", leader.role, leader.name)));
    units.chain(people).chain(leaders).collect()
}
