//! What became of each row, in words and figures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::decide::{Origin, Work};
use super::matching::Match;
use super::options::StagedPeople;
use crate::imports::plan::{ImportCounts, PlannedRow, RowEffect, RowProblem};
use crate::imports::row::FileRow;
use crate::imports::{MANAGER_CYCLE, PROTECTED_PERSON};
use crate::kernel::error::Result;
use crate::operations::{FieldChange, Write};
use crate::people::delivery::{Delivery, Landed};
use crate::people::{PersonField, PersonId, PersonStatus, names_in};

/// What is only said to the log: what a feed delivered, what is pinned, and by which key it knows them.
const ASIDE: [&str; 3] = ["delivered.", "pinned.", "source."];

/// What the guards count.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The departments of those who are deactivated.
    pub(super) deactivated: Vec<Option<String>>,
    pub(super) n_managers_blanked: u64,
    pub(super) n_departments_cleared: u64,
    pub(super) n_emails_changed: u64,
    /// How many left which department for another.
    pub(super) left: BTreeMap<String, u64>,
}

/// What there is to tell, and what is to be kept.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) rows: Vec<PlannedRow>,
    pub(super) counts: ImportCounts,
    pub(super) tally: Tally,
    pub(super) seen: Vec<(String, Uuid, Vec<u8>)>,
    pub(super) pending: Vec<(Uuid, String)>,
}

impl Told {
    pub(super) async fn of(
        write: &mut Write,
        work: &Work<'_>,
        staged: &StagedPeople,
        landed: Vec<Landed>,
    ) -> Result<Self> {
        let mut told = Self::default();
        told.counts.rows = staged.n_rows;
        told.counts.unchanged = staged.unchanged.len() as u64;
        told.counts.missing = work.n_missing;
        let names = names(write, work, &landed).await?;
        for row in &staged.rejected {
            let number = row.known_by.number;
            let label = row.known_by.label();
            told.put(put_aside(number, label, None, RowEffect::Rejected, row.problems.clone()));
        }
        for (at, (effect, problem)) in &work.wrong {
            let row = &work.rows[*at];
            let person = match &work.matches[*at] {
                Match::Person(id) => Some(*id),
                Match::Conflict { people, .. } if people.len() == 1 => Some(people[0]),
                _ => None,
            };
            told.put(put_aside(row.number, row.label(), person, *effect, vec![problem.clone()]));
        }
        for (at, one) in landed.into_iter().enumerate() {
            let (delivery, origin) = (&work.deliveries[at], work.origins[at]);
            told.take(Row { work, staged, at, delivery, origin, names: &names }, one);
        }
        told.rows.sort_by(|a, b| {
            let place = |row: &PlannedRow| row.row.unwrap_or(u64::MAX);
            place(a).cmp(&place(b)).then_with(|| a.name.cmp(&b.name))
        });
        Ok(told)
    }

    fn put(&mut self, row: PlannedRow) {
        self.counts.add(&row);
        let says_something = row.effect != RowEffect::Unchanged
            || !row.kept.is_empty()
            || !row.problems.is_empty()
            || row.pending_manager.is_some();
        if says_something {
            self.rows.push(row);
        }
    }

    fn take(&mut self, of: Row<'_>, one: Landed) {
        let Row { work, staged, at, delivery, origin, names } = of;
        let row = match origin {
            Origin::Row(at) => Some(&work.rows[at]),
            Origin::Missing | Origin::Pending => None,
        };
        let person = (!delivery.is_new).then(|| PersonId::new(delivery.person));
        let did_land = one.did_land();
        let problems = problems(row, &one, staged.options.creates_units);
        let effect = effect(delivery, &one);
        let name = if one.name.is_empty() {
            row.map(FileRow::label).unwrap_or_default()
        } else {
            one.name.clone()
        };
        self.tally.count(effect, &one);
        let in_words = |text: Option<String>| {
            let id = text.as_deref().and_then(|text| text.parse::<Uuid>().ok());
            id.and_then(|id| names.get(&id).cloned()).or(text)
        };
        let is_manager = |field: &str| field == PersonField::Manager.as_str();
        let begun = (effect == RowEffect::Create).then(|| begun(&one));
        let changed = one.changed.into_iter().filter(|change| !is_aside(&change.field));
        let changed: Vec<FieldChange> = changed
            .map(|change| {
                if is_manager(&change.field) {
                    let (before, after) = (in_words(change.before), in_words(change.after));
                    return FieldChange { field: change.field, before, after };
                }
                change
            })
            .chain(begun.into_iter().flatten())
            .collect();
        let hired_on = "hired_on";
        let is_assumed = delivery.employment.hired_on.is_none()
            && changed.iter().any(|change| change.field == hired_on);
        let mut kept = one.kept;
        for field in kept.iter_mut().filter(|kept| is_manager(&kept.field)) {
            field.delivered = in_words(field.delivered.take());
        }
        let manager = work.managers.get(&at);
        let is_pending =
            did_land && manager.is_some() && (delivery.manager.is_none() || one.manager_is_missing);
        let pending_manager = manager.filter(|_| is_pending).map(|name| name.text().to_owned());
        if let Some(manager) = manager.filter(|_| is_pending) {
            self.pending.push((delivery.person, manager.kept()));
        }
        let is_settled =
            did_land && kept.is_empty() && !is_pending && !one.goes_round && !one.is_protected;
        let is_there = did_land || !delivery.is_new;
        if let Some((row, key)) = row.and_then(|row| Some((row, row.row_key()?)))
            && is_there
        {
            let digest = if is_settled { row.digest() } else { Vec::new() };
            self.seen.push((key, delivery.person, digest));
        }
        self.put(PlannedRow {
            row: row.map(|row| row.number),
            person,
            name,
            effect,
            changed,
            assumed: is_assumed.then(|| hired_on.to_owned()).into_iter().collect(),
            kept,
            pending_manager,
            problems,
            id: is_there.then_some(delivery.person),
        });
    }
}

/// A delivery, and all that is needed to tell of it.
struct Row<'a> {
    work: &'a Work<'a>,
    staged: &'a StagedPeople,
    at: usize,
    delivery: &'a Delivery,
    origin: Origin,
    names: &'a HashMap<Uuid, String>,
}

fn put_aside(
    number: u64,
    name: String,
    person: Option<Uuid>,
    effect: RowEffect,
    problems: Vec<RowProblem>,
) -> PlannedRow {
    PlannedRow {
        row: Some(number),
        person: person.map(PersonId::new),
        name,
        effect,
        changed: Vec::new(),
        assumed: Vec::new(),
        kept: Vec::new(),
        pending_manager: None,
        problems,
        id: person,
    }
}

/// Since when somebody new is there, and as what, where they do not simply work.
fn begun(one: &Landed) -> impl Iterator<Item = FieldChange> + use<> {
    let status = one.status.1.filter(|status| *status != PersonStatus::Active);
    let told = [
        ("hired_on", one.hired_on.map(|day| day.to_string())),
        ("status", status.map(|status| status.as_str().to_owned())),
    ];
    told.into_iter().filter(|(_, after)| after.is_some()).map(|(field, after)| FieldChange {
        field: field.to_owned(),
        before: None,
        after,
    })
}

fn is_aside(field: &str) -> bool {
    ASIDE.iter().any(|prefix| field.starts_with(prefix))
}

fn effect(delivery: &Delivery, one: &Landed) -> RowEffect {
    if !one.errors.is_empty() {
        return RowEffect::Rejected;
    }
    if one.clash.is_some() {
        return RowEffect::Conflict;
    }
    if delivery.is_new {
        return RowEffect::Create;
    }
    let change = |field: &str| one.changed.iter().find(|change| change.field == field);
    let was_gone = one.status.0 == Some(PersonStatus::Inactive);
    let is_gone = one.status.1 == Some(PersonStatus::Inactive);
    let last_day = change("terminated_on");
    let is_back = was_gone && (!is_gone || change("hired_on").is_some());
    if is_back || last_day.is_some_and(|last_day| last_day.after.is_none()) {
        RowEffect::Reactivate
    } else if last_day.is_some_and(|last_day| last_day.before.is_none()) || (is_gone && !was_gone) {
        RowEffect::Deactivate
    } else if change(PersonField::Department.as_str()).is_some() {
        RowEffect::Move
    } else if one.changed.iter().any(|change| !is_aside(&change.field)) {
        RowEffect::Update
    } else if one.is_touched {
        RowEffect::Link
    } else {
        RowEffect::Unchanged
    }
}

fn problems(row: Option<&FileRow>, one: &Landed, creates_units: bool) -> Vec<RowProblem> {
    let nothing = FileRow::default();
    let row = row.unwrap_or(&nothing);
    let mut problems: Vec<RowProblem> = one
        .errors
        .iter()
        .chain(&one.clash)
        .map(|error| {
            let mut problem = RowProblem::of(error, row);
            if problem.code == crate::people::UNKNOWN_UNIT.code && !creates_units {
                let more = "`--create-departments` makes those that do not exist";
                let hint = problem.hint.take().map(|hint| format!("{hint}; {more}"));
                problem.hint = Some(hint.unwrap_or_else(|| more.to_owned()));
            }
            problem
        })
        .collect();
    if one.goes_round {
        let error = MANAGER_CYCLE
            .error("they would report to themselves, by way of others; the manager stays as it was")
            .with_field(PersonField::Manager.as_str())
            .with_hint("correct the manager of one of those who are listed with this");
        problems.push(RowProblem::of(&error, row));
    }
    if one.is_protected {
        let error = PROTECTED_PERSON
            .error("they run this system, and no feed ends their employment")
            .with_field("terminated_on")
            .with_hint("`lmsctl person leave` or `lmsctl person deactivate` does, by hand");
        problems.push(RowProblem::of(&error, row));
    }
    problems
}

impl Tally {
    fn count(&mut self, effect: RowEffect, one: &Landed) {
        if effect.is_put_aside() || effect == RowEffect::Create {
            return;
        }
        if effect == RowEffect::Deactivate {
            self.deactivated.push(one.department.0.clone());
        }
        for change in &one.changed {
            let (before, after) = (change.before.as_ref(), change.after.as_ref());
            match (change.field.as_str(), before, after) {
                ("manager", Some(_), None) => self.n_managers_blanked += 1,
                ("email", Some(before), after) => {
                    let lower = |text: &String| text.to_lowercase();
                    let is_other = after.map(lower) != Some(lower(before));
                    self.n_emails_changed += u64::from(is_other);
                }
                ("department", Some(_), None) => self.n_departments_cleared += 1,
                ("department", Some(before), Some(_)) => {
                    *self.left.entry(before.clone()).or_default() += 1;
                }
                _ => {}
            }
        }
    }
}

/// The names of the managers that came and went.
async fn names(
    write: &mut Write,
    work: &Work<'_>,
    landed: &[Landed],
) -> Result<HashMap<Uuid, String>> {
    let manager = PersonField::Manager.as_str();
    let mut wanted: BTreeSet<Uuid> = BTreeSet::new();
    for one in landed {
        let changed = one.changed.iter().filter(|change| change.field == manager);
        let changed = changed.flat_map(|change| [change.before.as_ref(), change.after.as_ref()]);
        let kept = one.kept.iter().filter(|kept| kept.field == manager);
        let texts = changed.flatten().chain(kept.filter_map(|kept| kept.delivered.as_ref()));
        wanted.extend(texts.filter_map(|text| text.parse::<Uuid>().ok()));
    }
    let mut names: HashMap<Uuid, String> = HashMap::new();
    for (delivery, one) in work.deliveries.iter().zip(landed) {
        if !one.name.is_empty() && wanted.remove(&delivery.person) {
            names.insert(delivery.person, one.name.clone());
        }
    }
    if !wanted.is_empty() {
        names.extend(names_in(&mut write.tx, wanted).await?);
    }
    Ok(names)
}
