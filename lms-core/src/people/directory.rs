//! Making and changing people: one, or many at once by the same way. What is believed of them is
//! loaded in bulk, changed in memory, and the difference is written in bulk.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::draft::Draft;
use super::fields::Work;
use super::managers::{Named, refuse_cycles, resolve};
use super::names::{self, KeyHolder};
use super::save::save;
use super::sql;
use super::types::{Leave, NewPerson, PersonChange};
use super::units::Units;
use super::{PERSON_AMBIGUOUS, PERSON_EXISTS, PersonId, UNKNOWN_PERSON};
use crate::kernel::db::{IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::operations::{FieldChange, OperationId, Write};
use crate::settings;

/// What is to become of one person.
#[derive(Debug)]
pub(crate) enum Step {
    Make(PersonId, NewPerson),
    Change(PersonId, PersonChange),
    End { person: PersonId, last_day: Day, reason: Option<String> },
    TakeBack { person: PersonId, hired_on: Day },
    AddLeave { person: PersonId, leave: Leave },
    EndLeave { person: PersonId, last_day: Day },
}

/// What became of the people, in the order of the steps.
pub(crate) struct Done {
    pub(crate) people: Vec<PersonId>,
    pub(crate) changed: Vec<Vec<FieldChange>>,
    pub(crate) operation: Option<OperationId>,
}

/// A person by e-mail, employee number, user name or id.
pub(crate) async fn find(tx: &mut Tx, text: &str) -> Result<PersonId> {
    let text = text.trim();
    let found: Vec<One<Uuid>> = match text.parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::PERSON_ID).bind(id).all().await?,
        Err(_) => {
            tx.sql(&sql::PERSON_IDS_BY_KEY).bind(text.to_lowercase()).bind(text).all().await?
        }
    };
    match found.as_slice() {
        [One(id)] => Ok(PersonId::new(*id)),
        [] => Err(unknown_person(tx, text).await?),
        several => Err(PERSON_AMBIGUOUS
            .error(format!("`{text}` could be {} people", several.len()))
            .with_field("person")
            .with_hint("name one by e-mail, or by id")),
    }
}

async fn unknown_person(tx: &mut Tx, text: &str) -> Result<Error> {
    let start: String = fold(text).chars().take(2).collect();
    let near: Vec<sql::NearName> = tx.sql(&sql::NEAR_NAMES).bind(start).all().await?;
    let known: Vec<&String> =
        near.iter().map(|near| &near.key).filter(|key| !key.is_empty()).collect();
    let by_name = near.iter().find(|near| fold(&near.name) == fold(text));
    let hint = by_name
        .map(|near| format!("did you mean `{}`?", near.key))
        .or_else(|| suggest(text, known));
    Ok(UNKNOWN_PERSON
        .error(format!("there is no person `{text}`"))
        .with_field("person")
        .with_hints(hint)
        .with_hint("name a person by e-mail, employee number, user name or id; `lmsctl person list --search` finds them"))
}

/// What went wrong, and in which step, where it can be said of one.
pub(crate) struct Misstep {
    pub(crate) step: Option<usize>,
    pub(crate) error: Error,
}

impl From<Error> for Misstep {
    fn from(error: Error) -> Self {
        Self { step: None, error }
    }
}

impl Misstep {
    pub(super) fn at(step: usize) -> impl Fn(Error) -> Self {
        move |error| Self { step: Some(step), error }
    }

    /// In the last step that was about one of these people.
    pub(super) fn of(people: &[Uuid], order: &[Uuid], error: Error) -> Self {
        Self { step: order.iter().rposition(|id| people.contains(id)), error }
    }
}

/// Carries out the steps, all or nothing, as part of a larger unit of work.
pub(crate) async fn apply_in(write: &mut Write, steps: Vec<Step>) -> Result<Done> {
    carry_out(write, steps).await.map_err(|misstep| misstep.error)
}

/// As [`apply_in`]; where it fails, it says in which step.
pub(crate) async fn carry_out(
    write: &mut Write,
    steps: Vec<Step>,
) -> std::result::Result<Done, Misstep> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let units = Units::load(&mut write.tx).await?;
    let known: BTreeSet<Uuid> =
        steps.iter().filter(|step| !step.makes()).map(|step| step.person().uuid()).collect();
    let facts = sql::facts(&mut write.tx, &IdList::new(known)).await?;

    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut order = Vec::with_capacity(steps.len());
    let mut managers: Vec<Named> = Vec::new();
    for (at, step) in steps.into_iter().enumerate() {
        let id = step.person().uuid();
        order.push(id);
        let draft = match drafts.remove(&id) {
            Some(draft) => draft,
            None => Draft::begin(id, &step, &facts, today, write.ctx.now)?,
        };
        let work = Work { units: &units, today, step: at };
        let draft = work.carry_out(draft, step, &mut managers).map_err(Misstep::at(at))?;
        drafts.insert(id, draft);
    }
    let drafts = resolve(write, drafts, managers).await?;
    refuse_taken(&mut write.tx, &drafts, &order).await?;
    let operation = save(write, &drafts, &facts).await?;
    refuse_cycles(write, &drafts, &order, today).await?;
    let changed = order.iter().map(|id| drafts[id].changed.clone()).collect();
    Ok(Done { people: order.into_iter().map(PersonId::new).collect(), changed, operation })
}

impl Step {
    fn person(&self) -> PersonId {
        match self {
            Self::Make(person, _)
            | Self::Change(person, _)
            | Self::End { person, .. }
            | Self::TakeBack { person, .. }
            | Self::AddLeave { person, .. }
            | Self::EndLeave { person, .. } => *person,
        }
    }

    fn makes(&self) -> bool {
        matches!(self, Self::Make(..))
    }
}

/// E-mail address, user name and employee number belong to one person each.
async fn refuse_taken(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    order: &[Uuid],
) -> std::result::Result<(), Misstep> {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let mut wanted: [HashMap<String, Uuid>; 3] = Default::default();
    for draft in drafts.values() {
        let identity = &draft.identity;
        let keys =
            [lower(&identity.email), lower(&identity.username), identity.employee_number.clone()];
        for ((field, key), wanted) in KEY_FIELDS.iter().zip(keys).zip(&mut wanted) {
            let Some(key) = key else { continue };
            match wanted.entry(key) {
                Entry::Vacant(free) => drop(free.insert(draft.id)),
                Entry::Occupied(known) => {
                    let both = [*known.get(), draft.id];
                    return Err(Misstep::of(&both, order, taken(field, known.key())));
                }
            }
        }
    }
    let [emails, usernames, numbers] = &wanted;
    let holders = names::holders(tx, emails.keys(), usernames.keys(), numbers.keys()).await?;
    for KeyHolder { id, email_key, username_key, employee_number_key } in holders {
        let keys = [email_key, username_key, employee_number_key];
        for ((field, key), wanted) in KEY_FIELDS.iter().zip(keys).zip(&wanted) {
            let Some(key) = key else { continue };
            if let Some(other) = wanted.get(&key).filter(|other| **other != id) {
                return Err(Misstep::of(&[*other], order, taken(field, &key)));
            }
        }
    }
    Ok(())
}

/// The fields of which each value is one person's.
const KEY_FIELDS: [&str; 3] = ["email", "username", "employee_number"];

fn taken(field: &str, key: &str) -> Error {
    let noun = match field {
        "email" => "e-mail address",
        "username" => "user name",
        _ => "employee number",
    };
    PERSON_EXISTS
        .error(format!("another person has the {noun} `{key}`"))
        .with_field(field)
        .with_hint(
            "case does not tell two people apart; if they are one, edit the one that is there",
        )
}
