//! Making and changing people: one, or many at once by the same way. What is believed of them is
//! loaded in bulk, changed in memory, and the difference is written in bulk.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::draft::Draft;
use super::fields::Work;
use super::managers::{Named, refuse_cycles, resolve};
use super::save::save;
use super::sql::{self, IdentityRow};
use super::types::{Leave, NewPerson, PersonChange};
use super::units::Units;
use super::{PERSON_AMBIGUOUS, PERSON_EXISTS, PersonId, UNKNOWN_PERSON};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::operations::{FieldChange, OperationId, Write};
use crate::settings;

/// What is to become of one person.
#[derive(Debug)]
pub(crate) enum Step {
    Make(NewPerson),
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
        several => Err(ambiguous(text, several.len())),
    }
}

async fn unknown_person(tx: &mut Tx, text: &str) -> Result<Error> {
    let near = near(tx, text).await?;
    Ok(unknown(text, near))
}

/// Who may have been meant, as a hint.
pub(super) async fn near(tx: &mut Tx, text: &str) -> Result<Option<String>> {
    let start: String = fold(text).chars().take(2).collect();
    let near: Vec<sql::NearName> = tx.sql(&sql::NEAR_NAMES).bind(start).all().await?;
    let known: Vec<&String> =
        near.iter().map(|near| &near.key).filter(|key| !key.is_empty()).collect();
    let by_name = near.iter().find(|near| fold(&near.name) == fold(text));
    Ok(by_name.map(|near| format!("did you mean `{}`?", near.key)).or_else(|| suggest(text, known)))
}

pub(super) fn unknown(text: &str, near: Option<String>) -> Error {
    UNKNOWN_PERSON
        .error(format!("there is no person `{text}`"))
        .with_field("person")
        .with_hints(near)
        .with_hint("name a person by e-mail, employee number, user name or id; `lmsctl person list --search` finds them")
}

pub(super) fn ambiguous(text: &str, n_people: usize) -> Error {
    PERSON_AMBIGUOUS
        .error(format!("`{text}` could be {n_people} people"))
        .with_field("person")
        .with_hint("name one by e-mail, or by id")
}

/// People as they would be, beside what is believed of them.
pub(super) struct Prepared {
    pub(super) drafts: BTreeMap<Uuid, Draft>,
    pub(super) facts: sql::Facts,
    order: Vec<Uuid>,
}

/// Carries out the steps, all or nothing, as part of a larger unit of work.
pub(crate) async fn apply_in(write: &mut Write, steps: Vec<Step>) -> Result<Done> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let units = Units::load(&mut write.tx).await?;
    let ctx = &write.ctx;
    let Prepared { drafts, facts, order } =
        prepare(&mut write.tx, &units, (today, ctx.now), || ctx.new_id(), steps).await?;
    refuse_taken(&mut write.tx, &drafts, &facts).await?;
    let operation = save(write, &drafts, &facts).await?;
    refuse_cycles(&mut write.tx, &drafts, today).await?;
    let changed = order.iter().map(|id| drafts[id].changed.clone()).collect();
    Ok(Done { people: order.into_iter().map(PersonId::new).collect(), changed, operation })
}

/// Carries out the steps in memory.
pub(super) async fn prepare(
    tx: &mut Tx,
    units: &Units,
    (today, now): (Day, Timestamp),
    new_id: impl Fn() -> Uuid + Send,
    steps: Vec<Step>,
) -> Result<Prepared> {
    let known: Vec<Uuid> = steps.iter().filter_map(Step::person).collect();
    let facts = sql::facts(tx, &IdList::new(known.iter().copied())).await?;
    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut order = Vec::with_capacity(steps.len());
    let mut managers: Vec<Named> = Vec::new();
    for step in steps {
        let id = step.person().unwrap_or_else(&new_id);
        order.push(id);
        let draft = match drafts.remove(&id) {
            Some(draft) => draft,
            None => Draft::begin(id, &step, &facts, today, now)?,
        };
        let work = Work { units, today };
        let draft = work.carry_out(draft, step, &mut managers)?;
        drafts.insert(id, draft);
    }
    let drafts = resolve(tx, drafts, managers).await?;
    Ok(Prepared { drafts, facts, order })
}

impl Step {
    fn person(&self) -> Option<Uuid> {
        match self {
            Self::Make(_) => None,
            Self::Change(person, _)
            | Self::End { person, .. }
            | Self::TakeBack { person, .. }
            | Self::AddLeave { person, .. }
            | Self::EndLeave { person, .. } => Some(person.uuid()),
        }
    }
}

row! {
    pub(super) struct KeyRow {
        pub(super) id: Uuid,
        email: Option<String>,
        username: Option<String>,
        employee_number: Option<String>,
    }
}

impl KeyRow {
    pub(super) fn keys(self) -> impl Iterator<Item = Key> {
        let keys = [
            ("email", self.email),
            ("username", self.username),
            ("employee_number", self.employee_number),
        ];
        keys.into_iter().filter_map(|(field, key)| Some((field, key?)))
    }
}

/// What belongs to one person: the field, and its value as it is compared.
pub(super) type Key = (&'static str, String);

/// The keys of a person.
pub(super) fn keys(identity: &IdentityRow) -> impl Iterator<Item = Key> + use<> {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let keys = [
        ("email", lower(&identity.email)),
        ("username", lower(&identity.username)),
        ("employee_number", identity.employee_number.clone()),
    ];
    keys.into_iter().filter_map(|(field, key)| Some((field, key?)))
}

/// E-mail address, user name and employee number belong to one person each.
async fn refuse_taken(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &sql::Facts,
) -> Result<()> {
    let mut wanted: HashMap<Key, Uuid> = HashMap::new();
    let renamed =
        drafts.values().filter(|draft| facts.identities.get(&draft.id) != Some(&draft.identity));
    for draft in renamed {
        for key in keys(&draft.identity) {
            if wanted.insert(key.clone(), draft.id).is_some_and(|other| other != draft.id) {
                return Err(taken(key.0, &key.1));
            }
        }
    }
    for row in holders(tx, wanted.keys()).await? {
        let id = row.id;
        for key in row.keys() {
            if wanted.get(&key).is_some_and(|wanting| *wanting != id) {
                return Err(taken(key.0, &key.1));
            }
        }
    }
    Ok(())
}

/// Who has one of these keys now, with all keys that they have.
pub(super) async fn holders(
    tx: &mut Tx,
    wanted: impl Iterator<Item = &Key> + Clone,
) -> Result<Vec<KeyRow>> {
    if wanted.clone().next().is_none() {
        return Ok(Vec::new());
    }
    let of = |field: &str| -> String {
        let keys = wanted.clone().filter(|(of, _)| *of == field).map(|(_, key)| key.as_str());
        serde_json::to_string(&keys.collect::<Vec<_>>()).expect("keys are plain text")
    };
    match tx.engine() {
        Engine::Sqlite => Assembly::new(
            "SELECT id, email_key, username_key, employee_number_key FROM persons
             WHERE email_key IN (SELECT value FROM json_each(?))
                OR username_key IN (SELECT value FROM json_each(?))
                OR employee_number_key IN (SELECT value FROM json_each(?))",
        ),
        Engine::Postgres => Assembly::new(
            "SELECT id, email_key, username_key, employee_number_key FROM persons
             WHERE email_key IN (SELECT json_array_elements_text(CAST(? AS JSON)))
                OR username_key IN (SELECT json_array_elements_text(CAST(? AS JSON)))
                OR employee_number_key IN (SELECT json_array_elements_text(CAST(? AS JSON)))",
        ),
    }
    .bind(of("email"))
    .bind(of("username"))
    .bind(of("employee_number"))
    .on(tx)
    .all()
    .await
}

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
