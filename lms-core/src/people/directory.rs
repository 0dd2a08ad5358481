//! Making and changing people: one, or many at once by the same way. What is believed of them is
//! loaded in bulk, changed in memory, and the difference is written in bulk.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::draft::Draft;
use super::fields::Work;
use super::managers::{Named, refuse_cycles, resolve};
use super::reach::{Reach, Sight};
use super::save::save;
use super::sql;
use super::types::{Leave, NewPerson, PersonChange};
use super::units::Units;
use super::{PERSON_AMBIGUOUS, PERSON_EXISTS, PersonId, UNKNOWN_PERSON};
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

/// A person within reach by e-mail, employee number, user name or id. Anybody else is answered as a
/// name that nobody has.
pub(crate) async fn find(tx: &mut Tx, reach: &Reach, text: &str) -> Result<PersonId> {
    let text = text.trim();
    let found: Vec<One<Uuid>> = match text.parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::PERSON_ID).bind(id).all().await?,
        Err(_) => {
            tx.sql(&sql::PERSON_IDS_BY_KEY).bind(text.to_lowercase()).bind(text).all().await?
        }
    };
    let found: Vec<Uuid> = found.into_iter().map(|One(id)| id).collect();
    let reached = reach.within(tx, &found).await?;
    let found: Vec<Uuid> = found.into_iter().filter(|id| reached.contains(id)).collect();
    match found.as_slice() {
        [id] => Ok(PersonId::new(*id)),
        [] => Err(unknown_person(tx, reach, text).await?),
        several => Err(PERSON_AMBIGUOUS
            .error(format!("`{text}` could be {} people", several.len()))
            .with_field("person")
            .with_hint("name one by e-mail, or by id")),
    }
}

/// Suggests only who is within reach: what is not there and what may not be seen look the same.
async fn unknown_person(tx: &mut Tx, reach: &Reach, text: &str) -> Result<Error> {
    let start: String = fold(text).chars().take(2).collect();
    // Those whose sort key is near in the alphabet.
    let nearby = Assembly::new(
        "SELECT COALESCE(x.email, x.employee_number, x.username, ''),
                x.first_name || ' ' || x.last_name
         FROM persons x WHERE x.sort_key >= ?",
    )
    .bind(start);
    let nearby = reach.narrow(nearby).push("ORDER BY x.sort_key LIMIT 200");
    let near: Vec<sql::NearName> = nearby.on(tx).all().await?;
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
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let units = Units::load(&mut write.tx).await?;
    let known: Vec<Uuid> = steps.iter().filter_map(Step::person).collect();
    let facts = sql::facts(&mut write.tx, &IdList::new(known.iter().copied())).await?;
    let sight = Sight::of(&mut write.tx, &write.ctx.actor, write.ctx.now).await?;
    sight.write.require(&known, &facts)?;

    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut order = Vec::with_capacity(steps.len());
    let mut managers: Vec<Named> = Vec::new();
    for step in steps {
        let id = step.person().unwrap_or_else(|| write.ctx.new_id());
        order.push(id);
        let draft = match drafts.remove(&id) {
            Some(draft) => draft,
            None => Draft::begin(id, &step, &facts, today, write.ctx.now)?,
        };
        let work = Work { units: &units, today };
        let draft = work.carry_out(draft, step, &mut managers)?;
        drafts.insert(id, draft);
    }
    let drafts = resolve(write, &sight, drafts, managers).await?;
    sight.write.refuse_moves(&drafts, &facts)?;
    refuse_taken(&mut write.tx, &drafts).await?;
    let operation = save(write, &drafts, &facts).await?;
    refuse_cycles(write, &sight, &drafts, today).await?;
    let changed = order.iter().map(|id| drafts[id].changed.clone()).collect();
    Ok(Done { people: order.into_iter().map(PersonId::new).collect(), changed, operation })
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
    struct KeyRow {
        id: Uuid,
        email_key: Option<String>,
        username_key: Option<String>,
        employee_number_key: Option<String>,
    }
}

/// E-mail address, user name and employee number belong to one person each.
async fn refuse_taken(tx: &mut Tx, drafts: &BTreeMap<Uuid, Draft>) -> Result<()> {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let mut wanted: HashMap<(&str, String), Uuid> = HashMap::new();
    for draft in drafts.values() {
        let identity = &draft.identity;
        let keys = [
            ("email", lower(&identity.email)),
            ("username", lower(&identity.username)),
            ("employee_number", identity.employee_number.clone()),
        ];
        for (field, key) in keys {
            let Some(key) = key else { continue };
            if wanted.insert((field, key.clone()), draft.id).is_some_and(|other| other != draft.id)
            {
                return Err(taken(field, &key));
            }
        }
    }
    let of = |field: &str| -> String {
        let keys: Vec<&str> =
            wanted.keys().filter(|(of, _)| *of == field).map(|(_, key)| key.as_str()).collect();
        serde_json::to_string(&keys).expect("keys are plain text")
    };
    let rows: Vec<KeyRow> = match tx.engine() {
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
    .await?;
    for row in rows {
        let keys = [
            ("email", row.email_key),
            ("username", row.username_key),
            ("employee_number", row.employee_number_key),
        ];
        for (field, key) in keys {
            let Some(key) = key else { continue };
            if wanted.get(&(field, key.clone())).is_some_and(|id| *id != row.id) {
                return Err(taken(field, &key));
            }
        }
    }
    Ok(())
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
