//! What a feed says of many people at once: each row lands, or says why not, and none stands in the
//! way of the others.
//!
//! It is the way of `directory.rs`, with three differences. A row that cannot be carried out is put
//! aside with its errors, and the rest goes on. Fields follow their feed or stay as somebody set them
//! (`ownership.rs`), the employment among them. And rows that would make people report to themselves
//! lose their manager, all of them, whatever their order.

mod clashes;
mod departments;
mod employment;
mod known;
mod leaves;
mod rounds;
mod units;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

pub(crate) use self::departments::{DepartmentFate, SaidDepartment, deliver_departments};
pub(crate) use self::employment::Said;
pub(crate) use self::known::{Known, KnownPerson, Names, known};
pub(crate) use self::leaves::deliver_leaves;
use self::rounds::Former;
pub(crate) use self::units::make_units;
use super::PersonId;
use super::directory::Step;
use super::draft::Draft;
use super::fields::Work;
use super::ownership::{self, KeptField};
use super::save::{save_rows, with_changes, with_events};
use super::sql::{self, Facts, IdentityRow};
use super::types::{FieldValues, NewPerson, PersonChange, PersonField, PersonStatus};
use super::units::{UnitKind, Units};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::IdList;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::operations::{FieldChange, Operation, Write};
use crate::settings;

/// What is recorded of a delivery.
pub(crate) const IMPORTED: &str = "person.imported";

/// What a feed says of one person, of whom it is known who it is.
#[derive(Debug, Clone)]
#[expect(clippy::option_option, reason = "nothing is said, that there is none, or which it is")]
pub(crate) struct Delivery {
    pub(crate) person: Uuid,
    pub(crate) is_new: bool,
    /// By which key the feed knows them from now on.
    pub(crate) key: Option<String>,
    /// All but the manager; an empty text clears a field.
    pub(crate) fields: BTreeMap<PersonField, String>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) employment: Said,
    /// Nothing is said, nobody, or somebody who is there or is delivered as well.
    pub(crate) manager: Option<Option<Uuid>>,
}

/// Who delivers, and how.
#[derive(Debug)]
pub(crate) struct Feed<'a> {
    /// The code of the feed, in lower case.
    pub(crate) source: &'a str,
    /// Whether what somebody set by hand goes back to the feed.
    pub(crate) releases: bool,
    /// Whose employment no feed ends.
    pub(crate) protected: &'a HashSet<Uuid>,
}

/// What became of one delivery.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is told for itself")]
pub(crate) struct Landed {
    /// Why it did not land: what is wrong with it.
    pub(crate) errors: Vec<Error>,
    /// Why it did not land: somebody else has an address, name or number of it.
    pub(crate) clash: Option<Error>,
    pub(crate) changed: Vec<FieldChange>,
    /// What was delivered and stayed as it was, where the two differ.
    pub(crate) kept: Vec<KeptField>,
    /// Whether the feed would have ended the employment of somebody whom no feed may.
    pub(crate) is_protected: bool,
    /// Whether they would have reported to themselves, so that the manager stays as it was.
    pub(crate) goes_round: bool,
    /// Whether the manager is somebody who did not land.
    pub(crate) manager_is_missing: bool,
    pub(crate) is_touched: bool,
    /// How they stood before and stand now; nothing before for somebody new.
    pub(crate) status: (Option<PersonStatus>, Option<PersonStatus>),
    /// The codes of the departments before and now.
    pub(crate) department: (Option<String>, Option<String>),
    pub(crate) name: String,
    /// The first day of somebody new.
    pub(crate) hired_on: Option<Day>,
}

impl Landed {
    pub(crate) fn did_land(&self) -> bool {
        self.errors.is_empty() && self.clash.is_none()
    }
}

/// What became of all of them, in their order, and the operation that is to be recorded.
#[derive(Debug)]
pub(crate) struct Landing {
    pub(crate) landed: Vec<Landed>,
    pub(crate) operation: Option<Operation>,
}

/// Carries out what can be carried out, as part of an operation that did something already, or of one of
/// its own. A person may be delivered once.
pub(crate) async fn deliver_in(
    write: &mut Write,
    feed: &Feed<'_>,
    deliveries: &[Delivery],
    begun: Option<Operation>,
) -> Result<Landing> {
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let units = Units::load(&mut write.tx).await?;
    let known = deliveries.iter().filter(|delivery| !delivery.is_new);
    let known = IdList::new(known.map(|delivery| delivery.person));
    let facts = sql::facts(&mut write.tx, &known).await?;

    let mut landed: Vec<Landed> = Vec::with_capacity(deliveries.len());
    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut places: HashMap<Uuid, usize> = HashMap::with_capacity(deliveries.len());
    let desk = Desk { feed, units: &units, facts: &facts, today, now };
    for (at, delivery) in deliveries.iter().enumerate() {
        let mut one = Landed::default();
        places.insert(delivery.person, at);
        match desk.draft(delivery, &mut one) {
            Ok(draft) => drop(drafts.insert(delivery.person, draft)),
            Err(error) => one.errors = error.into_parts(),
        }
        landed.push(one);
    }
    for (person, error) in clashes::clashing(&mut write.tx, &drafts, &facts).await? {
        drafts.remove(&person);
        landed[places[&person]].clash = Some(error);
    }
    let former = desk.set_managers(deliveries, &mut drafts, &mut landed);
    for person in rounds::take_back(&mut write.tx, &mut drafts, former, today).await? {
        landed[places[&person]].goes_round = true;
    }
    ownership::settle(write, &mut drafts, &facts).await?;
    let touched = save_rows(write, &drafts, &facts).await?;
    let operation = told(&drafts, &touched, begun);
    let touched: HashSet<Uuid> = touched.into_iter().collect();
    for (person, draft) in drafts {
        let one = &mut landed[places[&person]];
        desk.tell(&draft, one);
        one.is_touched = touched.contains(&person);
        one.name = draft.name();
        one.changed = draft.changed;
    }
    Ok(Landing { landed, operation })
}

fn told(
    drafts: &BTreeMap<Uuid, Draft>,
    touched: &[Uuid],
    begun: Option<Operation>,
) -> Option<Operation> {
    if touched.is_empty() {
        return begun;
    }
    let begun = begun.unwrap_or_else(|| Operation::new(IMPORTED));
    let mut operation = with_changes(begun, drafts, touched);
    let (made, changed): (Vec<Uuid>, Vec<Uuid>) = touched.iter().partition(|id| drafts[id].is_new);
    for (event, people) in [("user.created", made), ("user.changed", changed)] {
        operation = with_events(operation, event, &people);
    }
    Some(operation)
}

/// Where rows are worked on: all that each of them needs to know.
struct Desk<'a> {
    feed: &'a Feed<'a>,
    units: &'a Units,
    facts: &'a Facts,
    today: Day,
    now: Timestamp,
}

impl Desk<'_> {
    /// The person as they would be, but for the manager.
    fn draft(&self, delivery: &Delivery, one: &mut Landed) -> Result<Draft> {
        let id = PersonId::new(delivery.person);
        let step = if delivery.is_new {
            let mut new =
                NewPerson { values: FieldValues::default(), hired_on: None, source: None };
            new.hired_on = delivery.employment.begins_on(self.today);
            Step::Make(id, new)
        } else {
            Step::Change(id, PersonChange::new())
        };
        let mut draft = Draft::begin(delivery.person, &step, self.facts, self.today, self.now)?;
        let from = if draft.is_new { draft.known_from } else { self.today };
        let before = draft.on(self.today).cloned();
        one.status.0 = before.as_ref().filter(|_| !draft.is_new).map(|on| on.status);
        one.department.0 = before.and_then(|on| on.department).and_then(|id| self.code(id));
        let mut wrong = Vec::new();
        let values = FieldValues {
            fields: self.in_codes(&delivery.fields, from),
            attributes: delivery.attributes.clone(),
            replaces_attributes: false,
        };
        let (source, key) = (self.feed.source, delivery.key.as_deref());
        let values = draft.claims.admit_feed(values, source, key, self.feed.releases)?;
        let work = Work { units: self.units, today: self.today, step: 0 };
        if let Err(error) = work.set(&mut draft, values, from, &mut Vec::new()) {
            wrong.extend(error.into_parts());
        }
        if draft.identity.first_name.is_empty() || draft.identity.last_name.is_empty() {
            let has_told = wrong.iter().any(|error| error.field() == Some("first_name"));
            if !has_told {
                let missing = "a person has a first and a last name";
                wrong.push(Error::invalid("first_name", missing));
            }
        }
        match employment::follow(&mut draft, &delivery.employment, self.feed, self.today) {
            Ok(is_protected) => one.is_protected = is_protected,
            Err(error) => wrong.extend(error.into_parts()),
        }
        if !wrong.is_empty() {
            return Err(Error::several(wrong));
        }
        draft.restate();
        Ok(draft)
    }

    fn code(&self, unit: Uuid) -> Option<String> {
        self.units.code(unit).map(str::to_owned)
    }

    /// Departments, locations and job roles by their codes, so that what is kept of a delivery does
    /// not depend on which of their names a file used.
    fn in_codes(
        &self,
        fields: &BTreeMap<PersonField, String>,
        from: Day,
    ) -> BTreeMap<PersonField, String> {
        let coded = |(field, text): (&PersonField, &String)| {
            let kind = match field {
                PersonField::Department => UnitKind::Department,
                PersonField::Location => UnitKind::Location,
                PersonField::JobRole => UnitKind::JobRole,
                _ => return (*field, text.clone()),
            };
            let found = self.units.find_open(kind, text, from).ok();
            (*field, found.and_then(|id| self.code(id)).unwrap_or_else(|| text.clone()))
        };
        fields.iter().map(coded).collect()
    }

    /// Sets the managers of those who are there; what was so before is given back, so that it can be
    /// so again.
    fn set_managers(
        &self,
        deliveries: &[Delivery],
        drafts: &mut BTreeMap<Uuid, Draft>,
        landed: &mut [Landed],
    ) -> HashMap<Uuid, Former> {
        let new: BTreeSet<Uuid> =
            deliveries.iter().filter(|one| one.is_new).map(|one| one.person).collect();
        let gone: HashSet<Uuid> =
            new.into_iter().filter(|person| !drafts.contains_key(person)).collect();
        let mut former = HashMap::new();
        for (delivery, one) in deliveries.iter().zip(landed) {
            let Some(manager) = delivery.manager else { continue };
            let Some(draft) = drafts.get_mut(&delivery.person) else { continue };
            if manager.is_some_and(|manager| gone.contains(&manager)) {
                one.manager_is_missing = true;
                continue;
            }
            let name = PersonField::Manager.as_str();
            let text = manager.map(|id| id.to_string()).unwrap_or_default();
            if !draft.claims.hear(name, &text, self.feed.source, self.feed.releases) {
                continue;
            }
            let from = if draft.is_new { draft.known_from } else { self.today };
            let known = draft.on(from).and_then(|on| on.manager);
            if known == manager {
                continue;
            }
            former.insert(
                delivery.person,
                Former { manager: known, placements: draft.placements.clone() },
            );
            draft.place_manager(from, manager);
            draft.restate();
        }
        former
    }

    /// How they stand now, and what was delivered and did not come to be.
    fn tell(&self, draft: &Draft, one: &mut Landed) {
        let on = draft.on(self.today);
        one.status.1 = on.map(|on| on.status);
        one.hired_on = draft.employments.last().filter(|_| draft.is_new).map(|last| last.hired_on);
        one.department.1 = on.and_then(|on| on.department).and_then(|id| self.code(id));
        let same = |kept: &&KeptField| {
            let (is, said) = (self.present(draft, &kept.field), kept.delivered.as_deref());
            let fold = |text: Option<&str>| text.map(str::to_lowercase);
            kept.field != ownership::EMPLOYMENT && fold(is.as_deref()) == fold(said)
        };
        one.kept = draft.claims.kept.iter().filter(|kept| !same(kept)).cloned().collect();
    }

    /// A field as a feed would deliver it.
    fn present(&self, draft: &Draft, field: &str) -> Option<String> {
        let IdentityRow {
            employee_number,
            email,
            username,
            first_name,
            last_name,
            preferred_name,
            locale,
            timezone,
            ..
        } = &draft.identity;
        let on = draft.on(self.today)?;
        if let Some(key) = field.strip_prefix("attribute.") {
            return on.attributes.get(key).cloned();
        }
        match PersonField::named(field)? {
            PersonField::EmployeeNumber => employee_number.clone(),
            PersonField::Email => email.clone(),
            PersonField::Username => username.clone(),
            PersonField::FirstName => Some(first_name.clone()),
            PersonField::LastName => Some(last_name.clone()),
            PersonField::PreferredName => preferred_name.clone(),
            PersonField::Locale => locale.clone(),
            PersonField::TimeZone => timezone.clone(),
            PersonField::Department => self.code(on.department?),
            PersonField::Location => self.code(on.location?),
            PersonField::JobRole => self.code(on.job_role?),
            PersonField::JobTitle => on.job_title.clone(),
            PersonField::Country => on.country.clone(),
            PersonField::EmploymentType => on.employment_type.clone(),
            PersonField::Manager => on.manager.map(|id| id.to_string()),
        }
    }
}
