//! Looking at people: lists as of a day, search by the beginnings of words, a person's card.

use uuid::Uuid;

use super::audience::known::{Known, holding_on};
use super::audience::pattern::is_pattern;
use super::audience::resolved::Resolved;
use super::audience::{Audience, AudienceField};
use super::order::Key;
use super::person_filter::PersonFilter;
use super::reach::Reach;
use super::sql::{self, PlacedRow, parse_attributes, parse_status};
use super::types::{Person, PersonCard, Placed};
use super::units::Units;
use super::{PersonId, READ, directory, ownership};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::settings;

const SELECT: &str = "
SELECT x.id, x.employee_number, x.email, x.username, x.first_name, x.last_name, x.preferred_name,
       p.status, p.hired_on,
       (SELECT e.terminated_on FROM employments e
        WHERE e.person_id = x.id AND e.retracted_at IS NULL ORDER BY e.hired_on DESC LIMIT 1),
       p.department_id, p.location_id, p.job_role_id, p.job_title, p.country, p.employment_type,
       p.manager_id, COALESCE(m.preferred_name, m.first_name) || ' ' || m.last_name,
       x.locale, x.timezone, p.attributes, x.created_at, x.updated_at, x.sort_key";

/// So many people are few: finding them by an index and sorting them is quicker than reading people
/// in order until a page is full, which takes the longer the fewer there are.
const FEW_MAX: i64 = 4_000;

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

/// Most of all, in the order of something that lies in the placement.
const OF_MOST_BY_PLACEMENT: &str = "
FROM placements p
CROSS JOIN persons x
LEFT JOIN persons m ON m.id = p.manager_id
WHERE x.id = p.person_id AND";

const COUNT: &str = "
SELECT COUNT(*)
FROM placements p
JOIN persons x ON x.id = p.person_id
WHERE";

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
        terminated_on: Option<Day>,
        department_id: Option<Uuid>,
        location_id: Option<Uuid>,
        job_role_id: Option<Uuid>,
        job_title: Option<String>,
        country: Option<String>,
        employment_type: Option<String>,
        manager_id: Option<Uuid>,
        manager_name: Option<String>,
        locale: Option<String>,
        timezone: Option<String>,
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
            terminated_on: self.terminated_on,
            department: code(self.department_id),
            location: code(self.location_id),
            job_role: code(self.job_role_id),
            job_title: self.job_title,
            country: self.country,
            employment_type: self.employment_type,
            manager: self.manager_id.map(PersonId::new),
            manager_name: self.manager_name,
            locale: self.locale,
            timezone: self.timezone,
            attributes: parse_attributes(&self.attributes)?,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A person with the key behind which the next page begins.
struct Listed {
    person: Person,
    key: Key,
}

/// The placements that hold on a day, as far as is believed now or was at an instant.
fn holding(from: &'static str, day: Day, known_at: Option<Timestamp>) -> Assembly {
    holding_on(SELECT, from, day, known_at)
}

/// A list with its names resolved: what stays the same for all of its pages and parts.
struct Asked {
    day: Day,
    known_at: Option<Timestamp>,
    reach: Reach,
    units: Units,
    audience: Resolved,
    prefixes: Vec<(String, String)>,
}

impl Asked {
    async fn prepare(
        tx: &mut Tx,
        reach: Reach,
        now: Timestamp,
        filter: &PersonFilter,
    ) -> Result<Self> {
        let day = match filter.as_of {
            Some(day) => day,
            None => settings::today(tx, now).await?,
        };
        refuse_unseen(tx, &reach, &filter.audience).await?;
        let within = filter.within.as_deref().map(|group| {
            // Who has left is still on a list; whether they are shown is for the filter to say.
            Audience::everybody().with(AudienceField::Group, group).with(AudienceField::Status, "*")
        });
        let audiences = [Some(filter.audience.clone()), within.clone()];
        let audiences = audiences.into_iter().flatten().collect();
        let known = Known::load_for(tx, audiences, day, filter.known_at).await?;
        let mut audience = known.resolve(&filter.audience)?;
        if let Some(within) = &within {
            let within = known.resolve(within).map_err(|error| error.with_field("within"));
            audience = audience.and(within?);
        }
        let prefixes = filter.search.as_deref().map(prefixes).transpose()?.unwrap_or_default();
        Ok(Self { day, known_at: filter.known_at, reach, units: known.units, audience, prefixes })
    }

    /// Everything that narrows the list, behind a condition, how far somebody may see included.
    fn narrow(&self, mut wanted: Assembly, engine: Engine) -> Assembly {
        wanted = self.reach.narrow(self.audience.push(wanted.push("AND"), engine));
        for (first, behind) in &self.prefixes {
            wanted = wanted
                .push("AND x.id IN (SELECT t.person_id FROM person_terms t WHERE t.term >= ?")
                .bind(first.as_str())
                .push("AND t.term < ?)")
                .bind(behind.as_str());
        }
        wanted
    }
}

/// Whom somebody may not see they may not ask for by name either: the answer is that for nobody.
async fn refuse_unseen(tx: &mut Tx, reach: &Reach, audience: &Audience) -> Result<()> {
    if reach.is_everybody() {
        return Ok(());
    }
    let fields = [AudienceField::Person, AudienceField::Manager].map(|field| field.key());
    // Bounded by what somebody typed.
    for (key, name) in audience.to_pairs() {
        let is_person = fields.iter().any(|field| key.trim_start_matches("not_") == field);
        if is_person && !is_pattern(&name) {
            let found = directory::find(tx, reach, &name).await;
            found.map_err(|error| error.with_field(key))?;
        }
    }
    Ok(())
}

pub(super) async fn list(core: &Core, actor: &Actor, filter: PersonFilter) -> Result<Page<Person>> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    let asked = Asked::prepare(&mut tx, reach, core.now(), &filter).await?;
    let sort = filter.sort;
    let from = if !asked.reach.is_everybody() || asked.audience.is_narrow(&mut tx, FEW_MAX).await? {
        OF_FEW
    } else if sort.is_of_placement() {
        OF_MOST_BY_PLACEMENT
    } else {
        OF_MOST
    };
    let after: Option<Key> = filter.paging.after()?;
    let rows_wanted = filter.paging.rows_wanted()?;
    let mut listed = Vec::new();
    for part in sort.parts_behind(after.as_ref())? {
        let missing = rows_wanted - i64::try_from(listed.len()).unwrap_or(rows_wanted);
        if missing == 0 {
            break;
        }
        let wanted = holding(from, asked.day, asked.known_at).push(part.only);
        let wanted = asked.narrow(wanted, tx.engine());
        let wanted = sort.behind(wanted, part, after.as_ref())?;
        let rows: Vec<PersonRow> =
            wanted.push(part.by).push("LIMIT ?").bind(missing).on(&mut tx).all().await?;
        for row in rows {
            let sort_key = row.sort_key.clone();
            let person = row.person(&asked.units)?;
            let key = sort.key(&person, &sort_key);
            listed.push(Listed { person, key });
        }
    }
    let page = filter.paging.page(listed, |listed| listed.key.clone())?;
    Ok(Page {
        items: page.items.into_iter().map(|listed| listed.person).collect(),
        next: page.next,
    })
}

/// Everybody whom a filter means on a day, in the order of their names and in one statement,
/// whatever a page would hold.
pub(super) async fn everybody(
    tx: &mut Tx,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<Vec<Uuid>> {
    let asked = Asked::prepare(tx, Reach::everybody(), now, filter).await?;
    let select = "SELECT x.id FROM placements p JOIN persons x ON x.id = p.person_id WHERE";
    let wanted = holding_on(select, "", asked.day, asked.known_at);
    let wanted = asked.narrow(wanted, tx.engine()).push("ORDER BY x.sort_key, x.id");
    let found: Vec<One<Uuid>> = wanted.on(tx).all().await?;
    Ok(found.into_iter().map(|One(id)| id).collect())
}

/// How many people there are on all pages of a list.
pub(super) async fn count(core: &Core, actor: &Actor, filter: PersonFilter) -> Result<i64> {
    let mut tx = core.db().begin_read().await?;
    let reach = Reach::of(&mut tx, actor, READ, core.now()).await?;
    count_in(&mut tx, reach, core.now(), &filter).await
}

pub(super) async fn count_in(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<i64> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let wanted = holding_on(COUNT, "", asked.day, asked.known_at);
    let One(count): One<i64> = asked.narrow(wanted, tx.engine()).on(tx).one().await?;
    Ok(count)
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
    let sources = ownership::sources_of(&mut tx, &IdList::new([id.uuid()])).await?;
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
        sources: sources.into_values().flatten().collect(),
        owned: ownership::shown(facts.owned.get(&id.uuid())),
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
