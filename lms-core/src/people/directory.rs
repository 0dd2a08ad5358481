//! Making and changing people: one, or many at once by the same way. What is believed of them is
//! loaded in bulk, changed in memory, and the difference is written in bulk.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::closed;
use super::draft::Draft;
use super::fields::Work;
use super::managers::{Named, refuse_cycles, resolve};
use super::names::{self, KeyHolder};
use super::ownership::{self, KeptField};
use super::reach::{Reach, Sight};
use super::save::save;
use super::sql::{self, IdentityRow};
use super::types::{Leave, NewPerson, PersonChange};
use super::units::Units;
use super::{PERSON_AMBIGUOUS, PERSON_EXISTS, PersonId, STALE, UNKNOWN_PERSON};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;
use crate::operations::{FieldChange, OperationId, Write, refuse_changed};
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
    pub(crate) kept: Vec<Vec<KeptField>>,
    pub(crate) operation: Option<OperationId>,
}

/// A person within reach by e-mail, employee number, user name or id, or as a feed knows them
/// (`SOURCE:KEY`). Anybody else is answered as a name that nobody has.
pub(crate) async fn find(tx: &mut Tx, reach: &Reach, text: &str) -> Result<PersonId> {
    let text = text.trim();
    let mut found: Vec<One<Uuid>> = if let Ok(id) = text.parse::<Uuid>() {
        tx.sql(&sql::PERSON_ID).bind(id).all().await?
    } else {
        let [email, username, employee_number] = keys_in(text);
        let by_key = tx.sql(&sql::PERSON_IDS_BY_KEY).bind(email).bind(username);
        by_key.bind(employee_number).all().await?
    };
    if found.is_empty()
        && let Some((source, key)) = text.split_once(':')
    {
        found.extend(ownership::find(tx, source, key).await?.map(One));
    }
    let found: Vec<Uuid> = found.into_iter().map(|One(id)| id).collect();
    let reached = reach.within(tx, &found).await?;
    let found: Vec<Uuid> = found.into_iter().filter(|id| reached.contains(id)).collect();
    match found.as_slice() {
        [id] => Ok(PersonId::new(*id)),
        [] => Err(unknown_person(tx, reach, text).await?),
        several => Err(ambiguous(text, several.len())),
    }
}

/// What a person may be known by: `email:…`, `username:…` or `employee_number:…` is that and nothing
/// else, and a text without such a word may be any of them.
fn keys_in(text: &str) -> [Option<String>; 3] {
    let (lower, exact) =
        (|text: &str| Some(text.trim().to_lowercase()), |text: &str| Some(text.trim().to_owned()));
    match text.split_once(':') {
        Some(("email", email)) => [lower(email), None, None],
        Some(("username", username)) => [None, lower(username), None],
        Some(("employee_number", number)) => [None, None, exact(number)],
        _ => [lower(text), lower(text), exact(text)],
    }
}

/// A name without the word that says what kind of name it is.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(':') {
        Some(("email" | "username" | "employee_number", name)) => name.trim(),
        _ => text,
    }
}

/// Refuses to go on where the person was changed since the caller looked.
pub(super) async fn refuse_stale(
    tx: &mut Tx,
    person: PersonId,
    expected: Option<Timestamp>,
) -> Result<()> {
    let Some(expected) = expected else { return Ok(()) };
    let One(updated_at): One<Timestamp> =
        tx.sql(&sql::PERSON_UPDATED_AT).bind(person).one().await?;
    refuse_changed(&STALE, "person", Some(expected), updated_at)
}

async fn unknown_person(tx: &mut Tx, reach: &Reach, text: &str) -> Result<Error> {
    if reach.is_everybody()
        && let Some(gone) = closed::refusal(tx, text).await?
    {
        return Ok(gone);
    }
    let near = near(tx, reach, text).await?;
    Ok(unknown(text, near))
}

/// Who may have been meant, as a hint. Suggests only who is within reach: what is not there and what
/// may not be seen look the same.
pub(super) async fn near(tx: &mut Tx, reach: &Reach, text: &str) -> Result<Option<String>> {
    let start: String = fold(text).chars().take(2).collect();
    // Those who are near in the alphabet, by their names; else by their addresses, which are far apart.
    for (condition, order) in [
        ("AND x.sort_key >= ?", "ORDER BY x.sort_key LIMIT 200"),
        ("AND x.email_key >= ?", "ORDER BY x.email_key LIMIT 200"),
    ] {
        let nearby = Assembly::new(
            "SELECT COALESCE(x.email, x.employee_number, x.username, ''),
                    x.first_name || ' ' || x.last_name
             FROM persons x WHERE x.closed_as IS NULL",
        );
        let nearby = nearby.push(condition).bind(start.clone());
        let near: Vec<sql::NearName> = reach.narrow(nearby).push(order).on(tx).all().await?;
        let by_name = near.iter().find(|near| fold(&near.name) == fold(text));
        let known = near.iter().map(|near| &near.key).filter(|key| !key.is_empty());
        let hint = by_name.map(|near| format!("did you mean `{}`?", near.key));
        if let Some(hint) = hint.or_else(|| suggest(text, known)) {
            return Ok(Some(hint));
        }
    }
    Ok(None)
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

/// What went wrong, and in which steps, where it can be said of one.
pub(crate) struct Missteps(Vec<(Option<usize>, Error)>);

impl From<Error> for Missteps {
    fn from(error: Error) -> Self {
        Self(vec![(None, error)])
    }
}

impl From<Missteps> for Error {
    fn from(missteps: Missteps) -> Self {
        missteps.told(|_, error| vec![error])
    }
}

impl Missteps {
    pub(super) fn at(step: usize) -> impl Fn(Error) -> Self {
        move |error| Self(vec![(Some(step), error)])
    }

    /// In the last step that was about one of these people.
    pub(super) fn of(people: &[Uuid], order: &[Uuid], error: Error) -> Self {
        Self(vec![(order.iter().rposition(|id| people.contains(id)), error)])
    }

    /// All of it as one error; what went wrong in a step is told by the caller's words.
    pub(super) fn told(self, of_step: impl Fn(usize, Error) -> Vec<Error>) -> Error {
        let told = self.0.into_iter().flat_map(|(step, error)| match step {
            Some(step) => of_step(step, error),
            None => vec![error],
        });
        Error::several(told.collect())
    }
}

/// More than so many errors are told to nobody at once.
const WRONG_MAX: usize = 100;

/// People as they would be, beside what is believed of them.
pub(super) struct Prepared {
    pub(super) drafts: BTreeMap<Uuid, Draft>,
    pub(super) facts: sql::Facts,
    order: Vec<Uuid>,
}

/// These people and everybody who reports to them on a day, all the way down.
pub(crate) async fn all_below(tx: &mut Tx, people: &[Uuid], day: Day) -> Result<Vec<Uuid>> {
    let below: Vec<One<Uuid>> = Assembly::new(
        "WITH RECURSIVE below (person_id) AS (
             SELECT id FROM persons WHERE id IN (ids?)",
    )
    .bind_ids(&IdList::new(people.iter().copied()))
    .push(
        "UNION
             SELECT p.person_id FROM below b JOIN placements p ON p.manager_id = b.person_id
             WHERE p.retracted_at IS NULL AND p.valid_from <= ?",
    )
    .bind(day)
    .push("AND (p.valid_until > ? OR p.valid_until IS NULL))")
    .bind(day)
    .push("SELECT person_id FROM below")
    .on(tx)
    .all()
    .await?;
    Ok(below.into_iter().map(|One(id)| id).collect())
}

/// Carries out the steps, all or nothing, as part of a larger unit of work; refuses whom the actor
/// may not change.
pub(crate) async fn apply_in(write: &mut Write, steps: Vec<Step>) -> Result<Done> {
    let many = steps.len() > 1;
    carry_out(write, steps).await.map_err(|missteps| {
        missteps.told(|at, error| {
            let parts = error.into_parts().into_iter();
            parts.map(|part| if many { part.of_record(at, "person") } else { part }).collect()
        })
    })
}

/// As [`apply_in`]; where it fails, it says in which step.
pub(crate) async fn carry_out(
    write: &mut Write,
    steps: Vec<Step>,
) -> std::result::Result<Done, Missteps> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let units = Units::load(&mut write.tx).await?;
    let sight = Sight::of(&mut write.tx, &write.ctx.actor, write.ctx.now).await?;
    let Prepared { mut drafts, facts, order } =
        prepare(&mut write.tx, &sight, &units, (today, write.ctx.now), steps).await?;
    sight.write.refuse_moves(&drafts, &facts)?;
    refuse_taken(&mut write.tx, &drafts, &facts, &order).await?;
    ownership::settle(write, &mut drafts, &facts).await?;
    let operation = save(write, &drafts, &facts).await?;
    refuse_cycles(&mut write.tx, &sight, &drafts, &order, today).await?;
    let changed = order.iter().map(|id| drafts[id].changed.clone()).collect();
    let kept = order.iter().map(|id| drafts[id].claims.kept.clone()).collect();
    Ok(Done { people: order.into_iter().map(PersonId::new).collect(), changed, kept, operation })
}

/// Carries out the steps in memory.
pub(super) async fn prepare(
    tx: &mut Tx,
    sight: &Sight,
    units: &Units,
    (today, now): (Day, Timestamp),
    steps: Vec<Step>,
) -> std::result::Result<Prepared, Missteps> {
    let known: BTreeSet<Uuid> =
        steps.iter().filter(|step| !step.makes()).map(|step| step.person().uuid()).collect();
    let facts = sql::facts(tx, &IdList::new(known.iter().copied())).await?;
    sight.write.require(known.iter(), &facts)?;
    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut order = Vec::with_capacity(steps.len());
    let mut managers: Vec<Named> = Vec::new();
    let mut wrong = Missteps(Vec::new());
    for (at, step) in steps.into_iter().enumerate() {
        let id = step.person().uuid();
        order.push(id);
        let draft = match drafts.remove(&id) {
            Some(draft) => draft,
            None => Draft::begin(id, &step, &facts, today, now)?,
        };
        let work = Work { units, today, step: at };
        match work.carry_out(draft, step, &mut managers) {
            Ok(draft) => drop(drafts.insert(id, draft)),
            Err(error) => wrong.0.push((Some(at), error)),
        }
        if wrong.0.len() >= WRONG_MAX {
            break;
        }
    }
    if !wrong.0.is_empty() {
        return Err(wrong);
    }
    let drafts = resolve(tx, sight, drafts, managers).await?;
    Ok(Prepared { drafts, facts, order })
}

impl Step {
    /// Makes somebody who gets an id of this unit of work.
    pub(super) fn make(write: &Write, new: NewPerson) -> Self {
        Self::Make(PersonId::new(write.ctx.new_id()), new)
    }

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

/// What belongs to one person: the field, and its value as it is compared.
pub(super) type Key = (&'static str, String);

/// The keys of a person.
pub(super) fn keys(identity: &IdentityRow) -> impl Iterator<Item = Key> + use<> {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    named([lower(&identity.email), lower(&identity.username), identity.employee_number.clone()])
}

impl KeyHolder {
    pub(super) fn keys(self) -> impl Iterator<Item = Key> {
        named([self.email_key, self.username_key, self.employee_number_key])
    }
}

fn named(keys: [Option<String>; 3]) -> impl Iterator<Item = Key> {
    let fields = ["email", "username", "employee_number"];
    fields.into_iter().zip(keys).filter_map(|(field, key)| Some((field, key?)))
}

/// Who has one of these keys now, with all keys that they have.
pub(super) async fn holders(
    tx: &mut Tx,
    wanted: impl Iterator<Item = &Key> + Clone,
) -> Result<Vec<KeyHolder>> {
    if wanted.clone().next().is_none() {
        return Ok(Vec::new());
    }
    let of = |field: &'static str| {
        wanted.clone().filter(move |(of, _)| *of == field).map(|(_, key)| key).collect::<Vec<_>>()
    };
    let (emails, usernames, numbers) = (of("email"), of("username"), of("employee_number"));
    names::holders(tx, emails.into_iter(), usernames.into_iter(), numbers.into_iter()).await
}

/// E-mail address, user name and employee number belong to one person each. Looked at for those
/// whose identity changes.
async fn refuse_taken(
    tx: &mut Tx,
    drafts: &BTreeMap<Uuid, Draft>,
    facts: &sql::Facts,
    order: &[Uuid],
) -> std::result::Result<(), Missteps> {
    let mut wanted: HashMap<Key, Uuid> = HashMap::new();
    let renamed =
        drafts.values().filter(|draft| facts.identities.get(&draft.id) != Some(&draft.identity));
    for draft in renamed {
        for key in keys(&draft.identity) {
            match wanted.insert(key.clone(), draft.id) {
                Some(other) if other != draft.id => {
                    return Err(Missteps::of(&[other, draft.id], order, taken(key.0, &key.1)));
                }
                _ => {}
            }
        }
    }
    for holder in holders(tx, wanted.keys()).await? {
        let id = holder.id;
        for key in holder.keys() {
            if let Some(other) = wanted.get(&key).filter(|other| **other != id) {
                return Err(Missteps::of(&[*other], order, taken(key.0, &key.1)));
            }
        }
    }
    Ok(())
}

pub(super) fn taken(field: &str, key: &str) -> Error {
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
