//! One change for everybody whom a filter means: planned first, then done as planned, in sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::directory::{Missteps, Prepared, Step, prepare};
use super::draft::Draft;
use super::find::everybody;
use super::managers::{find_cycle, names};
use super::person_filter::PersonFilter;
use super::reach::Sight;
use super::save::save;
use super::sql::Facts;
use super::types::{PersonChange, PersonField};
use super::undo::names_in;
use super::units::Units;
use super::{ONE_PERSONS_FIELD, PersonId};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{FieldChange, OperationId, Write, fingerprint, refuse_other, refuse_stale};
use crate::settings;

/// What a change of many people would do.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct EditPlan {
    /// Who is meant is looked at on this day, and from it on the change holds.
    pub from: Day,
    /// How many are meant: the sum of the three that follow.
    pub n_people: usize,
    /// Whom it would change, by name, and how.
    pub changes: Vec<PlannedEdit>,
    /// Of how many it is so already.
    pub n_unchanged: usize,
    /// Whom it cannot change, and why.
    pub refused: Vec<RefusedEdit>,
    /// What [`super::People::edit_all`] compares.
    pub fingerprint: String,
    #[serde(skip)]
    who: PersonFilter,
    #[serde(skip)]
    change: PersonChange,
}

impl EditPlan {
    /// The plan, if it is still the one with this fingerprint, which somebody looked at.
    pub fn still(self, fingerprint: Option<&str>) -> Result<Self> {
        refuse_other(fingerprint, &self.fingerprint)?;
        Ok(self)
    }
}

/// What a plan would change of one person.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedEdit {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The fields, before and after.
    pub changed: Vec<FieldChange>,
}

/// Somebody whom a plan leaves out.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedEdit {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Why they cannot be changed so.
    pub why: String,
}

/// What a change of many people did.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditOutcome {
    /// How many were changed.
    pub n_changed: usize,
    /// Of how many it was so already.
    pub n_unchanged: usize,
    /// Who was left out, and why.
    pub refused: Vec<RefusedEdit>,
    /// The operation; none where there was nothing to do.
    pub operation: Option<OperationId>,
}

/// A plan with what is needed to carry it out.
struct Decided {
    plan: EditPlan,
    drafts: BTreeMap<Uuid, Draft>,
    facts: Facts,
}

pub(super) async fn plan(core: &Core, who: PersonFilter, change: PersonChange) -> Result<EditPlan> {
    let mut tx = core.db().begin_read().await?;
    Ok(decide(&mut tx, core.now(), who, change).await?.plan)
}

pub(super) async fn edit_all(core: &Core, actor: &Actor, plan: EditPlan) -> Result<EditOutcome> {
    let mut write = Write::begin(core, actor).await?;
    let (now, change) = (write.ctx.now, plan.change.clone().from(plan.from));
    let decided = decide(&mut write.tx, now, plan.who.clone(), change).await?;
    if decided.plan.fingerprint != plan.fingerprint {
        refuse_stale(effects(&plan), effects(&decided.plan))?;
    }
    let operation = save(&mut write, &decided.drafts, &decided.facts).await?;
    write.commit().await?;
    let EditPlan { changes, n_unchanged, refused, .. } = decided.plan;
    Ok(EditOutcome { n_changed: changes.len(), n_unchanged, refused, operation })
}

async fn decide(
    tx: &mut Tx,
    now: Timestamp,
    who: PersonFilter,
    change: PersonChange,
) -> Result<Decided> {
    refuse_personal(&change)?;
    let today = settings::today(tx, now).await?;
    let from = change.from.unwrap_or(today);
    let units = Units::load(tx).await?;
    // The one place that says who is meant.
    let who_then = PersonFilter { as_of: who.as_of.or(Some(from)), ..who.clone() };
    let people = everybody(tx, now, &who_then).await.map_err(in_condition)?;
    let step = |id: &Uuid| Step::Change(PersonId::new(*id), change.clone().from(from));
    let steps: Vec<Step> = people.iter().map(step).collect();
    let Prepared { mut drafts, facts, .. } =
        prepare(tx, &Sight::everybody(), &units, (today, now), steps).await.map_err(told_once)?;
    drafts.retain(|_, draft| !draft.changed.is_empty());

    let mut refused = Vec::new();
    while let Some(round) = find_cycle(tx, &drafts, today).await? {
        let told = names(tx, &round, |_| true).await?;
        let before = drafts.len();
        for id in round.iter().collect::<BTreeSet<_>>() {
            if let Some(draft) = drafts.remove(id) {
                let why = format!("they would report to themselves: {told}");
                refused.push(RefusedEdit { person: PersonId::new(*id), name: draft.name(), why });
            }
        }
        if drafts.len() == before {
            return Err(Error::internal("a circle of managers that nobody of this change is in"));
        }
    }
    refused.sort_by(|a, b| a.name.cmp(&b.name));
    let changes = told(tx, &people, &drafts).await?;
    let n_unchanged = people.len() - changes.len() - refused.len();
    let fingerprint = fingerprint(&(from, &changes, n_unchanged, &refused));
    let n_people = people.len();
    let plan = EditPlan { from, n_people, changes, n_unchanged, refused, fingerprint, who, change };
    Ok(Decided { plan, drafts, facts })
}

/// What is wrong with the change is wrong for each of them, and is said once.
fn told_once(missteps: Missteps) -> Error {
    let mut told: Vec<Error> = Vec::new();
    for error in Error::from(missteps).into_parts() {
        let says =
            |known: &Error| known.field() == error.field() && known.message() == error.message();
        if !told.iter().any(says) {
            told.push(error);
        }
    }
    Error::several(told)
}

/// What is wrong with whom it means, and not with the change: `where.department`.
fn in_condition(error: Error) -> Error {
    match error.field().map(|field| format!("where.{field}")) {
        Some(field) => error.with_field(field),
        None => error,
    }
}

/// What tells one person from another is not the same for many.
fn refuse_personal(change: &PersonChange) -> Result<()> {
    let personal = [
        PersonField::EmployeeNumber,
        PersonField::Email,
        PersonField::Username,
        PersonField::FirstName,
        PersonField::LastName,
        PersonField::PreferredName,
    ];
    let fields = &change.values.fields;
    if let Some(field) = personal.iter().find(|field| fields.contains_key(field)) {
        return Err(ONE_PERSONS_FIELD
            .error(format!("`{}` cannot be the same for many people", field.as_str()))
            .with_field(field.as_str())
            .with_hint("change it person by person"));
    }
    if fields.is_empty() && change.values.attributes.is_empty() {
        return Err(Error::invalid("change", "nothing is to be changed")
            .with_hint("name a field and its new value, such as a location"));
    }
    Ok(())
}

/// The changes in the order of names, with managers by name too.
async fn told(
    tx: &mut Tx,
    people: &[Uuid],
    drafts: &BTreeMap<Uuid, Draft>,
) -> Result<Vec<PlannedEdit>> {
    let manager = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Uuid>().ok());
    let of_manager = drafts
        .values()
        .flat_map(|draft| &draft.changed)
        .filter(|change| change.field == PersonField::Manager.as_str());
    let managers: BTreeSet<Uuid> = of_manager
        .flat_map(|change| [manager(&change.before), manager(&change.after)])
        .flatten()
        .collect();
    let known: HashMap<Uuid, String> =
        if managers.is_empty() { HashMap::new() } else { names_in(tx, managers).await? };
    let named = |text: &Option<String>| {
        manager(text).and_then(|id| known.get(&id).cloned()).or_else(|| text.clone())
    };
    let planned = people.iter().filter_map(|id| drafts.get(id)).map(|draft| {
        let mut changed = draft.changed.clone();
        for change in &mut changed {
            if change.field == PersonField::Manager.as_str() {
                (change.before, change.after) = (named(&change.before), named(&change.after));
            }
        }
        PlannedEdit { person: PersonId::new(draft.id), name: draft.name(), changed }
    });
    Ok(planned.collect())
}

/// Whose effect it is, and which, for naming what changed since.
fn effects(plan: &EditPlan) -> Vec<(String, String)> {
    let changes =
        plan.changes.iter().map(|edit| (edit.name.clone(), format!("{:?}", edit.changed)));
    let refused = plan.refused.iter().map(|edit| (edit.name.clone(), edit.why.clone()));
    let unchanged = ("those of whom it is so already".to_owned(), plan.n_unchanged.to_string());
    changes.chain(refused).chain([unchanged]).collect()
}
