//! Who is in which audience since when: asked over all that is believed of people's placements, so that
//! what goes by an audience looks at the state and not at the moment of joining.
//!
//! An audience names departments, groups, roles and managers, and what these stand for changes as
//! well. Each such change since the audience matters begins a stretch of its own, in which names mean
//! what they meant then. A stretch before the earliest of many changes goes by the earliest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::audience::known::{Known, holding_on};
use super::audience::resolved::{AudienceFacts, Resolved};
use super::audience::{Audience, AudienceField};
use super::sql::{parse_attributes, parse_status};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, ErrorKind, Result};
use crate::kernel::text::Day;

/// More changes of what names stand for than this are not gone back to.
const STRETCHES_MAX: usize = 32;

/// More people than this are not named in a statement: reading everybody is quicker.
const NAMED_MAX: usize = 20_000;

/// A time in which somebody is in an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Belonging {
    /// Which of the audiences that were asked about.
    pub(crate) audience: usize,
    pub(crate) from: Day,
    /// The first day after it.
    pub(crate) until: Option<Day>,
}

/// Who is in which of the audiences.
#[derive(Debug, Default)]
pub(crate) struct Belongings {
    /// For each of the people, in their order.
    pub(crate) of: Vec<Vec<Belonging>>,
    /// The audiences with a name that means nothing any more, and what is wrong. Nobody is in them.
    pub(crate) unclear: BTreeMap<usize, Error>,
}

/// An audience, and the day from which on it matters.
pub(crate) type Mattering<'a> = (&'a Audience, Day);

row! {
    struct PlacementRow {
        person_id: Uuid,
        valid_from: Day,
        valid_until: Option<Day>,
        status: String,
        hired_on: Option<Day>,
        department_id: Option<Uuid>,
        location_id: Option<Uuid>,
        job_role_id: Option<Uuid>,
        manager_id: Option<Uuid>,
        country: Option<String>,
        job_title_key: Option<String>,
        employment_type: Option<String>,
        attributes: String,
    }
}

impl PlacementRow {
    fn facts<'a>(&'a self, attributes: &'a BTreeMap<String, String>) -> Result<AudienceFacts<'a>> {
        Ok(AudienceFacts {
            person: self.person_id,
            today: None,
            status: parse_status(&self.status)?,
            hired_on: self.hired_on,
            department: self.department_id,
            location: self.location_id,
            job_role: self.job_role_id,
            manager: self.manager_id,
            country: self.country.as_deref(),
            job_title_key: self.job_title_key.as_deref(),
            employment_type: self.employment_type.as_deref(),
            attributes,
        })
    }
}

/// A time in which the names of an audience mean the same; nothing where one of them meant nothing.
#[derive(Debug)]
struct Stretch {
    /// None for the first, which reaches back for ever.
    from: Option<Day>,
    until: Option<Day>,
    meaning: Option<Resolved>,
}

/// Finds out who of these people is, was and will be in which audience, as of a day and as known at
/// an instant.
pub(crate) async fn belongings(
    tx: &mut Tx,
    audiences: &[Mattering<'_>],
    people: &[Uuid],
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Belongings> {
    let mut belongings = Belongings { of: vec![Vec::new(); people.len()], ..Belongings::default() };
    if audiences.is_empty() || people.is_empty() {
        return Ok(belongings);
    }
    let meanings = meanings(tx, audiences, day, known_at, &mut belongings.unclear).await?;
    let places: HashMap<Uuid, usize> = people.iter().copied().zip(0..).collect();
    let mut rows = placements(tx, people, known_at).await?;
    rows.retain(|row| places.contains_key(&row.person_id));
    rows.sort_by_key(|row| (places[&row.person_id], row.valid_from));
    for row in &rows {
        let attributes = match row.attributes.as_str() {
            "{}" => BTreeMap::new(),
            text => parse_attributes(text)?,
        };
        let facts = row.facts(&attributes)?;
        let own = &mut belongings.of[places[&row.person_id]];
        for (audience, stretches) in meanings.iter().enumerate() {
            for stretch in stretches {
                let from = stretch.from.map_or(row.valid_from, |from| from.max(row.valid_from));
                let until = earlier(stretch.until, row.valid_until);
                let Some(meaning) = &stretch.meaning else { continue };
                if until.is_some_and(|until| until <= from) {
                    continue;
                }
                for (from, until) in as_days_pass(meaning, row.hired_on, from, until) {
                    if meaning.matches(&AudienceFacts { today: Some(from), ..facts }) {
                        go_on(own, Belonging { audience, from, until });
                    }
                }
            }
        }
    }
    Ok(belongings)
}

/// A time in parts in which days that are told from today lie on one side of the hire day.
fn as_days_pass(
    meaning: &Resolved,
    hired_on: Option<Day>,
    from: Day,
    until: Option<Day>,
) -> Vec<(Day, Option<Day>)> {
    let mut turns = hired_on.map(|hired_on| meaning.turns(hired_on)).unwrap_or_default();
    turns.retain(|day| *day > from && until.is_none_or(|until| *day < until));
    let begins = std::iter::once(from).chain(turns.iter().copied());
    let ends = turns.iter().copied().map(Some).chain([until]);
    begins.zip(ends).collect()
}

fn earlier(one: Option<Day>, other: Option<Day>) -> Option<Day> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Adds a time to those before: one that begins where another ends goes on with it.
fn go_on(own: &mut Vec<Belonging>, time: Belonging) {
    let before = own
        .iter_mut()
        .rev()
        .find(|one| one.audience == time.audience && one.until == Some(time.from));
    match before {
        Some(before) => before.until = time.until,
        None => own.push(time),
    }
}

/// What the names of each audience mean, stretch by stretch.
async fn meanings(
    tx: &mut Tx,
    audiences: &[Mattering<'_>],
    day: Day,
    known_at: Option<Timestamp>,
    unclear: &mut BTreeMap<usize, Error>,
) -> Result<Vec<Vec<Stretch>>> {
    let named: Vec<Audience> = audiences.iter().map(|(audience, _)| (*audience).clone()).collect();
    let today = Known::load_for(tx, named.clone(), day, known_at).await?.forgiving();
    let mut meanings: Vec<Vec<Stretch>> = Vec::with_capacity(audiences.len());
    for (at, (audience, _)) in audiences.iter().enumerate() {
        let meaning = match today.resolve(audience) {
            Ok(meaning) => Some(meaning),
            Err(error) if error.kind() == ErrorKind::Internal => {
                return Err(error);
            }
            Err(error) => {
                unclear.insert(at, error);
                None
            }
        };
        meanings.push(vec![Stretch { from: None, until: None, meaning }]);
    }
    let moving: Vec<usize> = (0..audiences.len())
        .filter(|at| !unclear.contains_key(at) && audiences[*at].0.can_come_to_mean_others())
        .collect();
    let Some(since) = moving.iter().map(|at| audiences[*at].1).min() else {
        return Ok(meanings);
    };
    let moving_audiences: Vec<Audience> = moving.iter().map(|at| named[*at].clone()).collect();
    let days = changes(tx, &moving_audiences, since, day, known_at).await?;
    // From the last change backwards: what is there already is how it is by now.
    for (earlier, change) in
        days.iter().enumerate().rev().map(|(at, change)| (at.checked_sub(1), *change))
    {
        // Before the first change it was as on the day before it.
        let asked_on = earlier.map_or(change.previous(), |at| days[at]);
        let known = Known::load_for(tx, moving_audiences.clone(), asked_on, known_at).await?;
        let known = known.forgiving();
        for at in &moving {
            let (audience, since) = audiences[*at];
            if change <= since {
                continue;
            }
            let stretches = &mut meanings[*at];
            if let Some(first) = stretches.first_mut() {
                first.from = Some(change);
            }
            let meaning = known.resolve(audience).ok();
            stretches.insert(0, Stretch { from: None, until: Some(change), meaning });
        }
    }
    Ok(meanings)
}

/// Whether what any of these audiences names stands for others on any day after one and until another.
pub(crate) async fn names_changed(
    tx: &mut Tx,
    audiences: &[&Audience],
    since: Day,
    until: Day,
) -> Result<bool> {
    let moving: Vec<Audience> = audiences
        .iter()
        .filter(|audience| audience.can_come_to_mean_others())
        .map(|audience| (*audience).clone())
        .collect();
    Ok(!changes(tx, &moving, since, until, None).await?.is_empty())
}

/// Whoever can have come into an audience or out of it by the passing of days alone, after one and until
/// another.
pub(crate) async fn moved_with_days(
    tx: &mut Tx,
    audience: &Audience,
    since: Day,
    until: Day,
) -> Result<BTreeSet<Uuid>> {
    let mut moved = BTreeSet::new();
    if !audience.can_move_with_days() {
        return Ok(moved);
    }
    let known = Known::load(tx, audience, until, None).await?.forgiving();
    let Ok(meaning) = known.resolve(audience) else { return Ok(moved) };
    // As many as somebody wrote down.
    for (first, last) in meaning.passed(since, until) {
        let rows: Vec<One<Uuid>> = Assembly::new(
            "SELECT DISTINCT person_id FROM placements WHERE retracted_at IS NULL AND hired_on >= ?",
        )
        .bind(first)
        .push("AND hired_on <= ?")
        .bind(last)
        .on(tx)
        .all()
        .await?;
        moved.extend(rows.into_iter().map(|One(id)| id));
    }
    Ok(moved)
}

/// The days after one and until another on which what these audiences name changed, in order.
async fn changes(
    tx: &mut Tx,
    audiences: &[Audience],
    since: Day,
    day: Day,
    known_at: Option<Timestamp>,
) -> Result<Vec<Day>> {
    let names = |field| audiences.iter().any(|one| one.values_of(&field).next().is_some());
    let has_groups = names(AudienceField::Group);
    let mut tables: Vec<[&'static str; 2]> = Vec::new();
    // A group may stand for an audience that names any of them.
    if has_groups || names(AudienceField::Department) {
        tables.push([
            "SELECT DISTINCT valid_from FROM unit_periods WHERE valid_from > ?",
            "SELECT DISTINCT valid_until FROM unit_periods WHERE valid_until > ?",
        ]);
    }
    if has_groups {
        tables.push([
            "SELECT DISTINCT valid_from FROM group_periods WHERE valid_from > ?",
            "SELECT DISTINCT valid_until FROM group_periods WHERE valid_until > ?",
        ]);
        tables.push([
            "SELECT DISTINCT valid_from FROM group_members WHERE valid_from > ?",
            "SELECT DISTINCT valid_until FROM group_members WHERE valid_until > ?",
        ]);
    }
    if has_groups || names(AudienceField::AccessRole) {
        tables.push([
            "SELECT DISTINCT valid_from FROM account_roles WHERE valid_from > ?",
            "SELECT DISTINCT valid_until FROM account_roles WHERE valid_until > ?",
        ]);
    }
    if audiences.iter().any(Audience::asks_all_reports) {
        tables.push([
            "SELECT DISTINCT valid_from FROM placements WHERE manager_id IS NOT NULL AND valid_from > ?",
            "SELECT DISTINCT valid_until FROM placements WHERE manager_id IS NOT NULL AND valid_until > ?",
        ]);
    }
    let mut days: Vec<Day> = Vec::new();
    for [begin, end] in tables {
        for (select, until) in [(begin, "AND valid_from <= ?"), (end, "AND valid_until <= ?")] {
            let found: Vec<One<Day>> = as_known(
                Assembly::new(select).bind(since).push(until).bind(day).push("AND"),
                known_at,
            )
            .on(tx)
            .all()
            .await?;
            days.extend(found.into_iter().map(|One(day)| day));
        }
    }
    days.sort_unstable();
    days.dedup();
    let dropped = days.len().saturating_sub(STRETCHES_MAX);
    Ok(days.split_off(dropped))
}

/// What is believed now, or was at an instant.
fn as_known(wanted: Assembly, known_at: Option<Timestamp>) -> Assembly {
    match known_at {
        None => wanted.push("retracted_at IS NULL"),
        Some(instant) => wanted
            .push("recorded_at <= ?")
            .bind(instant)
            .push("AND (retracted_at > ? OR retracted_at IS NULL)")
            .bind(instant),
    }
}

async fn placements(
    tx: &mut Tx,
    people: &[Uuid],
    known_at: Option<Timestamp>,
) -> Result<Vec<PlacementRow>> {
    let wanted = as_known(
        Assembly::new(
            "SELECT person_id, valid_from, valid_until, status, hired_on, department_id, location_id,
                    job_role_id, manager_id, country, job_title_key, employment_type, attributes
             FROM placements WHERE",
        ),
        known_at,
    );
    let wanted = if people.len() > NAMED_MAX {
        wanted
    } else {
        wanted.push("AND person_id IN (ids?)").bind_ids(&IdList::new(people.iter().copied()))
    };
    wanted.on(tx).all().await
}

row! {
    struct TraitRow {
        person_id: Uuid,
        status: String,
        hired_on: Option<Day>,
        department: Option<String>,
        location: Option<String>,
        job_role: Option<String>,
        manager: Option<String>,
        country: Option<String>,
        job_title: Option<String>,
        employment_type: Option<String>,
        attributes: String,
    }
}

/// What these audiences go by, of each of these people on a day: `department ENG, location BER`. It tells
/// both why somebody is in one, and why not.
pub(crate) async fn traits_of(
    tx: &mut Tx,
    audiences: &[&Audience],
    people: &BTreeSet<Uuid>,
    day: Day,
) -> Result<HashMap<Uuid, String>> {
    let fields: BTreeSet<&AudienceField> =
        audiences.iter().flat_map(|one| one.sides()).flat_map(BTreeMap::keys).collect();
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = trait_rows(tx, people, day).await?;
    let mut traits = HashMap::with_capacity(people.len());
    for row in rows {
        if people.contains(&row.person_id) {
            traits.insert(row.person_id, row.told(&fields)?);
        }
    }
    Ok(traits)
}

async fn trait_rows(tx: &mut Tx, people: &BTreeSet<Uuid>, day: Day) -> Result<Vec<TraitRow>> {
    let select = "SELECT p.person_id, p.status, p.hired_on, d.code, l.code, j.code,
                         m.first_name || ' ' || m.last_name, p.country, p.job_title, p.employment_type,
                         p.attributes
                  FROM placements p
                  LEFT JOIN units d ON d.id = p.department_id
                  LEFT JOIN units l ON l.id = p.location_id
                  LEFT JOIN units j ON j.id = p.job_role_id
                  LEFT JOIN persons m ON m.id = p.manager_id
                  WHERE";
    let wanted = holding_on(select, "", day, None);
    let wanted = if people.len() > NAMED_MAX {
        wanted
    } else {
        wanted.push("AND p.person_id IN (ids?)").bind_ids(&IdList::new(people.iter().copied()))
    };
    wanted.on(tx).all().await
}

/// A condition of an audience, and what somebody has of it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceCondition {
    /// The field, by the name that audiences have for it.
    pub field: String,
    /// Whether whoever has any of the values is left out.
    pub excluded: bool,
    /// The values.
    pub values: Vec<String>,
    /// What the person has there, where that is a single thing.
    pub has: Option<String>,
    /// Whether the person may be in the audience for all that.
    pub met: bool,
}

/// How somebody stands to each condition of an audience on a day; nothing where they are not on record
/// then, or a name means nothing.
pub(crate) async fn conditions_of(
    tx: &mut Tx,
    audience: &Audience,
    person: Uuid,
    day: Day,
) -> Result<Vec<AudienceCondition>> {
    let known = Known::load(tx, audience, day, None).await?.forgiving();
    let Ok(meaning) = known.resolve(audience) else { return Ok(Vec::new()) };
    let holds = |row: &PlacementRow| {
        row.valid_from <= day && row.valid_until.is_none_or(|until| day < until)
    };
    let Some(row) = placements(tx, &[person], None).await?.into_iter().find(holds) else {
        return Ok(Vec::new());
    };
    let attributes = parse_attributes(&row.attributes)?;
    let facts = row.facts(&attributes)?;
    let traits = trait_rows(tx, &BTreeSet::from([person]), day).await?;
    let Some(traits) = traits.first() else { return Ok(Vec::new()) };
    let mut conditions = Vec::new();
    for ((terms, tests), excluded) in
        audience.sides().into_iter().zip([&meaning.all, &meaning.none]).zip([false, true])
    {
        // A test for each field, in their order; that of the usual status stands behind them.
        for ((field, values), test) in terms.iter().zip(tests) {
            conditions.push(AudienceCondition {
                field: field.key(),
                excluded,
                values: values.iter().cloned().collect(),
                has: traits.value(field)?,
                met: test.holds(&facts) != excluded,
            });
        }
    }
    if let Some(test) = meaning.all.get(audience.sides()[0].len()) {
        conditions.push(AudienceCondition {
            field: AudienceField::Status.key(),
            excluded: false,
            values: vec!["active".to_owned(), "on_leave".to_owned()],
            has: Some(traits.status.clone()),
            met: test.holds(&facts),
        });
    }
    Ok(conditions)
}

impl TraitRow {
    fn value(&self, field: &AudienceField) -> Result<Option<String>> {
        Ok(match field {
            AudienceField::Department => self.department.clone(),
            AudienceField::Location => self.location.clone(),
            AudienceField::JobRole => self.job_role.clone(),
            AudienceField::Manager => self.manager.clone(),
            AudienceField::Country => self.country.clone(),
            AudienceField::JobTitle => self.job_title.clone(),
            AudienceField::EmploymentType => self.employment_type.clone(),
            AudienceField::Status => Some(self.status.clone()),
            AudienceField::HiredBefore | AudienceField::HiredAfter => {
                self.hired_on.map(|day| day.to_string())
            }
            AudienceField::Attribute(name) => parse_attributes(&self.attributes)?.remove(name),
            // Who is in them is a list, and nothing about the person.
            AudienceField::Group | AudienceField::AccessRole | AudienceField::Person => None,
        })
    }

    fn told(&self, fields: &BTreeSet<&AudienceField>) -> Result<String> {
        let mut told = Vec::with_capacity(fields.len());
        for field in fields {
            if let AudienceField::Group | AudienceField::AccessRole | AudienceField::Person = field
            {
                continue;
            }
            let value = self.value(field)?;
            let noun = match field {
                AudienceField::HiredBefore | AudienceField::HiredAfter => "hired".to_owned(),
                field => field.noun(),
            };
            let one = match value {
                Some(value) => format!("{noun} {value}"),
                None => format!("no {noun}"),
            };
            if !told.contains(&one) {
                told.push(one);
            }
        }
        Ok(told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(from: &str, until: Option<&str>) -> Belonging {
        let day = |text| Day::parse(text).expect("a day");
        Belonging { audience: 0, from: day(from), until: until.map(day) }
    }

    #[test]
    fn times_that_touch_are_one() {
        let mut own = Vec::new();
        go_on(&mut own, time("2026-01-01", Some("2026-02-01")));
        go_on(&mut own, Belonging { audience: 1, ..time("2026-01-01", None) });
        go_on(&mut own, time("2026-02-01", Some("2026-03-01")));
        go_on(&mut own, time("2026-04-01", None));
        assert_eq!(
            own,
            [
                time("2026-01-01", Some("2026-03-01")),
                Belonging { audience: 1, ..time("2026-01-01", None) },
                time("2026-04-01", None),
            ]
        );
    }
}
