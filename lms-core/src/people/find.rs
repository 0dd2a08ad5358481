//! Looking at people: lists as of a day, search by the beginnings of words, a person's card.

use uuid::Uuid;

use super::reach::Reach;
use super::sql::{self, PlacedRow, parse_attributes, parse_status};
use super::types::{Person, PersonCard, PersonStatus, Placed};
use super::units::{UnitKind, Units};
use super::{PersonId, READ, directory};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::{Country, Day};
use crate::settings;

/// Which people, as of which day. Several values of one field: any of them; several fields: all.
#[derive(Debug, Clone, Default)]
pub struct PersonFilter {
    search: Option<String>,
    departments: Vec<String>,
    exact: bool,
    locations: Vec<String>,
    job_roles: Vec<String>,
    managers: Vec<String>,
    all_reports: bool,
    countries: Vec<String>,
    employment_types: Vec<String>,
    statuses: Vec<PersonStatus>,
    hired_after: Option<Day>,
    hired_before: Option<Day>,
    as_of: Option<Day>,
    known_at: Option<Timestamp>,
    paging: Paging,
}

paged!(PersonFilter);

impl PersonFilter {
    /// Everybody who is active or on leave, today, by name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with words that begin so, in names, address, user name or employee number.
    #[must_use]
    pub fn search(mut self, text: &str) -> Self {
        self.search = Some(text.to_owned());
        self
    }

    /// Only those in this department or below it.
    #[must_use]
    pub fn department(mut self, department: &str) -> Self {
        self.departments.push(department.to_owned());
        self
    }

    /// The departments themselves, without those below.
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }

    /// Only those at this location.
    #[must_use]
    pub fn location(mut self, location: &str) -> Self {
        self.locations.push(location.to_owned());
        self
    }

    /// Only those with this job role.
    #[must_use]
    pub fn job_role(mut self, job_role: &str) -> Self {
        self.job_roles.push(job_role.to_owned());
        self
    }

    /// Only those who report to this person.
    #[must_use]
    pub fn manager(mut self, person: &str) -> Self {
        self.managers.push(person.to_owned());
        self
    }

    /// Also those who report to the reports, all the way down.
    #[must_use]
    pub fn all_reports(mut self, all: bool) -> Self {
        self.all_reports = all;
        self
    }

    /// Only those in this country.
    #[must_use]
    pub fn country(mut self, country: &str) -> Self {
        self.countries.push(country.to_owned());
        self
    }

    /// Only those employed in this way.
    #[must_use]
    pub fn employment_type(mut self, employment_type: &str) -> Self {
        self.employment_types.push(employment_type.to_owned());
        self
    }

    /// Those with this status, in place of active and on leave.
    #[must_use]
    pub fn status(mut self, status: PersonStatus) -> Self {
        self.statuses.push(status);
        self
    }

    /// Only those hired after this day.
    #[must_use]
    pub fn hired_after(mut self, day: Day) -> Self {
        self.hired_after = Some(day);
        self
    }

    /// Only those hired before this day.
    #[must_use]
    pub fn hired_before(mut self, day: Day) -> Self {
        self.hired_before = Some(day);
        self
    }

    /// As it was on this day, as far as is known now.
    #[must_use]
    pub fn as_of(mut self, day: Day) -> Self {
        self.as_of = Some(day);
        self
    }

    /// With what had been recorded by this instant; nothing recorded later changes the answer.
    #[must_use]
    pub fn known_at(mut self, instant: Timestamp) -> Self {
        self.known_at = Some(instant);
        self
    }
}

const SELECT: &str = "
SELECT x.id, x.employee_number, x.email, x.username, x.first_name, x.last_name, x.preferred_name,
       p.status, p.hired_on,
       (SELECT e.ended_on FROM employments e
        WHERE e.person_id = x.id AND e.retracted_at IS NULL ORDER BY e.hired_on DESC LIMIT 1),
       p.department_id, p.location_id, p.job_role_id, p.job_title, p.country, p.employment_type,
       p.manager_id, COALESCE(m.preferred_name, m.first_name) || ' ' || m.last_name,
       x.locale, x.time_zone, p.attributes, x.created_at, x.updated_at, x.sort_key";

/// Less than one unit in so many is few.
const SHARE_OF_FEW: usize = 20;

/// Few of all: their placements are found by an index, and sorted afterwards.
const OF_FEW: &str = "
FROM placements p
JOIN persons x ON x.id = p.person_id
LEFT JOIN persons m ON m.id = p.manager_id
WHERE";

/// Most of all: people are read in the order of their names, until the page is full. SQLite keeps to
/// the order of a cross join; without it, it would read and sort everybody for the first fifty.
const OF_MOST: &str = "
FROM persons x
CROSS JOIN placements p
LEFT JOIN persons m ON m.id = p.manager_id
WHERE x.id = p.person_id AND";

row! {
    struct PersonRow {
        id: Uuid,
        employee_number: Option<String>,
        email: Option<String>,
        username: Option<String>,
        first_name: String,
        last_name: String,
        preferred_name: Option<String>,
        status: String,
        hired_on: Option<Day>,
        ended_on: Option<Day>,
        department_id: Option<Uuid>,
        location_id: Option<Uuid>,
        job_role_id: Option<Uuid>,
        job_title: Option<String>,
        country: Option<String>,
        employment_type: Option<String>,
        manager_id: Option<Uuid>,
        manager_name: Option<String>,
        locale: Option<String>,
        time_zone: Option<String>,
        attributes: String,
        created_at: Timestamp,
        updated_at: Timestamp,
        sort_key: String,
    }
}

impl PersonRow {
    fn person(self, units: &Units) -> Result<Person> {
        let code = |id: Option<Uuid>| id.and_then(|id| units.code(id)).map(str::to_owned);
        Ok(Person {
            id: PersonId::new(self.id),
            employee_number: self.employee_number,
            email: self.email,
            username: self.username,
            first_name: self.first_name,
            last_name: self.last_name,
            preferred_name: self.preferred_name,
            status: parse_status(&self.status)?,
            hired_on: self.hired_on,
            ended_on: self.ended_on,
            department: code(self.department_id),
            location: code(self.location_id),
            job_role: code(self.job_role_id),
            job_title: self.job_title,
            country: self.country,
            employment_type: self.employment_type,
            manager: self.manager_id.map(PersonId::new),
            manager_name: self.manager_name,
            locale: self.locale,
            time_zone: self.time_zone,
            attributes: parse_attributes(&self.attributes)?,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A person with the key behind which the next page begins.
struct Listed {
    person: Person,
    key: (String, Uuid),
}

/// The placements that hold on a day, as far as is believed now or was at an instant.
fn holding(from: &'static str, day: Day, known_at: Option<Timestamp>) -> Assembly {
    let assembly = Assembly::new(SELECT)
        .push(from)
        .push("p.valid_from <= ?")
        .bind(day)
        .push("AND (p.valid_until > ? OR p.valid_until IS NULL)")
        .bind(day);
    match known_at {
        None => assembly.push("AND p.retracted_at IS NULL"),
        Some(instant) => assembly
            .push("AND p.recorded_at <= ?")
            .bind(instant)
            .push("AND (p.retracted_at > ? OR p.retracted_at IS NULL)")
            .bind(instant),
    }
}

pub(super) async fn list(core: &Core, actor: &Actor, filter: PersonFilter) -> Result<Page<Person>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let day = match filter.as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let units = Units::load(&mut tx).await?;
    let ids = |kind: UnitKind, names: &[String]| -> Result<Option<IdList>> {
        if names.is_empty() {
            return Ok(None);
        }
        let found = names.iter().map(|name| units.find(kind, name)).collect::<Result<Vec<_>>>()?;
        let within = kind == UnitKind::Department && !filter.exact;
        let all =
            found.into_iter().flat_map(|id| if within { units.subtree(id, day) } else { vec![id] });
        Ok(Some(IdList::new(all)))
    };
    let placed = [
        (UnitKind::Department, "AND p.department_id IN (ids?)", &filter.departments),
        (UnitKind::Location, "AND p.location_id IN (ids?)", &filter.locations),
        (UnitKind::JobRole, "AND p.job_role_id IN (ids?)", &filter.job_roles),
    ];
    let mut asked = Vec::new();
    let rare = !filter.statuses.is_empty() && !filter.statuses.contains(&PersonStatus::Active);
    let mut few = rare || !filter.managers.is_empty() || !reach.is_everybody();
    for (kind, condition, names) in placed {
        if let Some(list) = ids(kind, names)? {
            few |= list.len() * SHARE_OF_FEW < units.count(kind);
            asked.push((condition, list));
        }
    }
    let mut wanted = holding(if few { OF_FEW } else { OF_MOST }, day, filter.known_at);
    wanted = reach.narrow(wanted);
    for (condition, list) in &asked {
        wanted = wanted.push(condition).bind_ids(list);
    }
    if !filter.managers.is_empty() {
        let list = managers(&mut tx, &reach, &filter, day).await?;
        wanted = wanted.push("AND p.manager_id IN (ids?)").bind_ids(&list);
    }
    wanted = any_of(wanted, "AND (p.country = ?", " OR p.country = ?", countries(&filter)?);
    let types = filter.employment_types.iter().map(|text| text.trim().to_lowercase()).collect();
    wanted = any_of(wanted, "AND (p.employment_type = ?", " OR p.employment_type = ?", types);
    let statuses = match filter.statuses.as_slice() {
        [] => &[PersonStatus::Active, PersonStatus::OnLeave][..],
        asked => asked,
    };
    let statuses = statuses.iter().map(|status| status.as_str().to_owned()).collect();
    wanted = any_of(wanted, "AND (p.status = ?", " OR p.status = ?", statuses);
    wanted = wanted
        .push_some("AND p.hired_on > ?", filter.hired_after)
        .push_some("AND p.hired_on < ?", filter.hired_before);
    for (first, behind) in filter.search.as_deref().map(prefixes).transpose()?.unwrap_or_default() {
        wanted = wanted
            .push("AND x.id IN (SELECT t.person_id FROM person_terms t WHERE t.term >= ?")
            .bind(first)
            .push("AND t.term < ?)")
            .bind(behind);
    }
    if let Some((sort_key, id)) = filter.paging.after::<(String, Uuid)>()? {
        wanted = wanted.push("AND (x.sort_key, x.id) > (?, ?)").bind(sort_key).bind(id);
    }
    let rows: Vec<PersonRow> = wanted
        .push("ORDER BY x.sort_key, x.id LIMIT ?")
        .bind(filter.paging.rows_wanted()?)
        .on(&mut tx)
        .all()
        .await?;
    let listed = rows
        .into_iter()
        .map(|row| {
            let key = (row.sort_key.clone(), row.id);
            row.person(&units).map(|person| Listed { person, key })
        })
        .collect::<Result<Vec<_>>>()?;
    let page = filter.paging.page(listed, |listed| listed.key.clone())?;
    Ok(Page {
        items: page.items.into_iter().map(|listed| listed.person).collect(),
        next: page.next,
    })
}

/// `AND (a = ? OR a = ? …)`, for few values.
fn any_of(
    mut wanted: Assembly,
    first: &'static str,
    next: &'static str,
    values: Vec<String>,
) -> Assembly {
    let some = !values.is_empty();
    for (at, value) in values.into_iter().enumerate() {
        wanted = wanted.push(if at == 0 { first } else { next }).bind(value);
    }
    if some { wanted.push(")") } else { wanted }
}

fn countries(filter: &PersonFilter) -> Result<Vec<String>> {
    filter
        .countries
        .iter()
        .map(|text| Country::parse(text).map(|country| country.to_string()))
        .collect()
}

/// For each word the span of terms that begin with it.
fn prefixes(search: &str) -> Result<Vec<(String, String)>> {
    let whole = fold(search);
    // An address or a number is a term as it is; anything else is words.
    let words = if whole.contains('@') { vec![whole] } else { words(search) };
    if words.is_empty() {
        return Err(Error::invalid("search", format!("`{search}` has no letter and no digit")));
    }
    Ok(words.into_iter().map(|word| (word.clone(), format!("{word}\u{10FFFF}"))).collect())
}

/// The people whose reports are asked for: those named, and with `all_reports` everybody below.
async fn managers(tx: &mut Tx, reach: &Reach, filter: &PersonFilter, day: Day) -> Result<IdList> {
    let mut named = Vec::with_capacity(filter.managers.len());
    for manager in &filter.managers {
        named.push(directory::find(tx, reach, manager).await?.uuid());
    }
    if filter.all_reports {
        named = directory::all_below(tx, &named, day).await?;
    }
    Ok(IdList::new(named))
}

pub(super) async fn card(
    core: &Core,
    actor: &Actor,
    text: &str,
    as_of: Option<Day>,
) -> Result<PersonCard> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let day = match as_of {
        Some(day) => day,
        None => settings::today(&mut tx, core.now()).await?,
    };
    let id = directory::find(&mut tx, &reach, text).await?;
    let units = Units::load(&mut tx).await?;
    let person = person_in(&mut tx, &units, id, day).await?;
    let facts = sql::facts(&mut tx, &IdList::new([id.uuid()])).await?;
    let code = |id: Option<Uuid>| id.and_then(|id| units.code(id)).map(str::to_owned);
    let rows: Vec<PlacedRow> = tx.sql(&sql::PLACED_OF).bind(id).all().await?;
    let placements = rows
        .into_iter()
        .map(|row| {
            Ok(Placed {
                from: row.from,
                until: row.until,
                status: parse_status(&row.status)?,
                department: code(row.department_id),
                location: code(row.location_id),
                job_role: code(row.job_role_id),
                job_title: row.job_title,
                manager: row.manager_id.map(PersonId::new),
                recorded_at: row.recorded_at,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let One(reports): One<i64> = tx.sql(&sql::COUNT_REPORTS).bind(id).bind(day).one().await?;
    Ok(PersonCard {
        person,
        employments: facts
            .employments
            .get(&id.uuid())
            .into_iter()
            .flatten()
            .map(|(_, fact)| fact.clone())
            .collect(),
        leaves: facts
            .leaves
            .get(&id.uuid())
            .into_iter()
            .flatten()
            .map(|(_, fact)| fact.clone())
            .collect(),
        placements,
        reports,
    })
}

/// A person on a day; before their first day, as they are on it, and after everything as they were.
pub(super) async fn person_in(
    tx: &mut Tx,
    units: &Units,
    id: PersonId,
    day: Day,
) -> Result<Person> {
    let on_day: Option<PersonRow> =
        holding(OF_FEW, day, None).push("AND p.person_id = ?").bind(id).on(tx).opt().await?;
    let row = match on_day {
        Some(row) => row,
        None => {
            Assembly::new(SELECT)
                .push(OF_FEW)
                .push("p.retracted_at IS NULL AND p.person_id = ?")
                .bind(id)
                .push("ORDER BY p.valid_from LIMIT 1")
                .on(tx)
                .one()
                .await?
        }
    };
    row.person(units)
}
