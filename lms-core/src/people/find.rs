//! Looking at people: lists as of a day, search by the beginnings of words, a person's card.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::above::{self, Above, Below};
use super::audience::known::{Known, holding_on};
use super::audience::pattern::is_pattern;
use super::audience::resolved::{Reading, Resolved};
use super::audience::{Audience, AudienceField};
use super::order::Key;
use super::person_filter::{PersonFilter, PersonSort};
use super::reach::Reach;
use super::sql::{self, PlacedRow, parse_attributes, parse_status};
use super::types::{Person, PersonCard, PersonStatus, Placed};
use super::{PersonId, READ, directory, ownership};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Engine, IdList, One, Tx, narrow, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};
use crate::kernel::page::Page;
use crate::kernel::text::Day;
use crate::settings;

/// What is shown of people, by their placements. What a page shows is read for the few who are on it,
/// once they are known: whoever is looked at on the way there costs as little as can be.
const SELECT: &str = "
SELECT p.id, x.id, x.employee_number, x.email, x.username, x.first_name, x.last_name,
       x.preferred_name, p.status, p.hired_on,
       (SELECT e.terminated_on FROM employments e
        WHERE e.person_id = x.id AND e.retracted_at IS NULL ORDER BY e.hired_on DESC LIMIT 1),
       d.code, l.code, r.code, p.job_title, p.country, p.employment_type,
       p.manager_id, COALESCE(m.preferred_name, m.first_name) || ' ' || m.last_name,
       x.locale, x.timezone, p.attributes, x.created_at, x.updated_at, x.sort_key
FROM placements p
JOIN persons x ON x.id = p.person_id
LEFT JOIN persons m ON m.id = p.manager_id
LEFT JOIN units d ON d.id = p.department_id
LEFT JOIN units l ON l.id = p.location_id
LEFT JOIN units r ON r.id = p.job_role_id
WHERE";

/// Who is on a page.
const SELECT_IDS: &str = "SELECT p.id";

/// So many people are few: finding them by an index and sorting them is quicker than reading people
/// in order until a page is full, which takes the longer the fewer there are.
const FEW_MAX: i64 = 4_000;

/// Few of all: their placements are found by an index, and sorted afterwards.
const OF_FEW: &str = "
FROM placements p
JOIN persons x ON x.id = p.person_id
WHERE";

/// Most of all: people are read in the order of their names, until the page is full. SQLite keeps to
/// the order of a cross join; without it, it would read and sort everybody for the first fifty.
const OF_MOST: &str = "
FROM persons x
CROSS JOIN placements p
WHERE x.id = p.person_id AND";

/// Most of all, in the order of something that lies in the placement.
const OF_MOST_BY_PLACEMENT: &str = "
FROM placements p
CROSS JOIN persons x
WHERE x.id = p.person_id AND";

const COUNT: &str = "
SELECT COUNT(*)
FROM placements p
JOIN persons x ON x.id = p.person_id
WHERE";

row! {
    struct PersonRow {
        placement_id: Uuid,
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
        department: Option<String>,
        location: Option<String>,
        job_role: Option<String>,
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
    fn person(self) -> Result<Person> {
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
            department: self.department,
            location: self.location,
            job_role: self.job_role,
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

/// A list with its names resolved: what stays the same for all of its pages and parts.
struct Asked {
    day: Day,
    known_at: Option<Timestamp>,
    reach: Reach,
    audience: Resolved,
    /// Those who have all of the words that few have.
    few: Option<BTreeSet<Uuid>>,
    /// The words that many have.
    words: Vec<Word>,
    /// Managers below whom there are many.
    above: Option<Above>,
    reading: Reading,
}

/// A word that is searched for: the span of terms that begin with it.
struct Word {
    first: String,
    behind: String,
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
        let searched = filter.search.as_deref().map(searched).transpose()?.unwrap_or_default();
        let (mut few, mut words) = (None, Vec::new());
        // As many as somebody typed. Neither engine knows how many people have a word.
        for word in searched {
            match narrow::few(tx, &word.had(), FEW_MAX).await? {
                Some(found) => few = Some(narrow::intersected(few, found)),
                None => words.push(word),
            }
        }
        Ok(Self {
            day,
            known_at: filter.known_at,
            reach,
            audience,
            few,
            words,
            above: None,
            reading: Reading::Sought,
        })
    }

    /// As [`prepare`](Self::prepare), for no more than a page.
    async fn prepare_page(
        tx: &mut Tx,
        reach: Reach,
        now: Timestamp,
        filter: &PersonFilter,
    ) -> Result<Self> {
        if !above::is_alone(filter, &reach)? {
            return Self::prepare(tx, reach, now, filter).await;
        }
        let mut asked = Self::prepare(tx, reach, now, &filter.clone().all_reports(false)).await?;
        let managers = asked.audience.take_managers();
        let above = Above { managers, day: asked.day, known_at: asked.known_at };
        match above.look_below(tx).await? {
            Below::Few(managers) => asked.audience.ask_managers(managers),
            Below::Many(above) => asked.above = Some(above),
        }
        Ok(asked)
    }

    /// How to come to a page: whether there is something of which so few have it that it is the way to
    /// find them. PostgreSQL knows by its statistics.
    async fn way(&mut self, tx: &mut Tx, sort: PersonSort) -> Result<&'static str> {
        if tx.engine() == Engine::Postgres {
            return Ok(OF_FEW);
        }
        let are_few = !self.reach.is_everybody()
            || self.few.is_some()
            || self.audience.is_narrow(tx, FEW_MAX).await?;
        if are_few {
            return Ok(OF_FEW);
        }
        self.reading = Reading::InOrder;
        Ok(if sort.is_of_placement() { OF_MOST_BY_PLACEMENT } else { OF_MOST })
    }

    /// Everything that narrows the list, behind a condition, how far somebody may see included.
    fn narrow(&self, mut wanted: Assembly, engine: Engine) -> Assembly {
        wanted = self.reach.narrow(self.audience.push(wanted.push("AND"), engine, self.reading));
        if let Some(few) = &self.few {
            wanted = wanted.push("AND x.id IN (ids?)").bind_ids(&IdList::new(few.iter().copied()));
        }
        if let Some(above) = &self.above {
            wanted = above.push(wanted.push("AND"));
        }
        for word in &self.words {
            // SQLite goes by its index wherever it can; with a sign before it, the column has none, and
            // people are read in order.
            let among = match engine {
                Engine::Sqlite => "AND +x.id IN (",
                Engine::Postgres => "AND x.id IN (",
            };
            wanted = wanted.push(among).append(word.had()).push(")");
        }
        wanted
    }
}

impl Word {
    /// Selects who has it.
    fn had(&self) -> Assembly {
        Assembly::new("SELECT t.person_id FROM person_terms t WHERE t.term >= ?")
            .bind(self.first.as_str())
            .push("AND t.term < ?")
            .bind(self.behind.as_str())
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
    let mut asked = Asked::prepare_page(&mut tx, reach, core.now(), &filter).await?;
    let sort = filter.sort;
    let from = asked.way(&mut tx, sort).await?;
    let after: Option<Key> = filter.paging.after()?;
    let rows_wanted = filter.paging.rows_wanted()?;
    let mut found: Vec<Uuid> = Vec::new();
    for part in sort.parts_behind(after.as_ref())? {
        let missing = rows_wanted - i64::try_from(found.len()).unwrap_or(rows_wanted);
        if missing == 0 {
            break;
        }
        let wanted = holding_on(SELECT_IDS, from, asked.day, asked.known_at).push(part.only);
        let wanted = asked.narrow(wanted, tx.engine());
        let wanted = sort.behind(wanted, part, after.as_ref())?;
        let rows: Vec<One<Uuid>> =
            wanted.push(part.by).push("LIMIT ?").bind(missing).on(&mut tx).all().await?;
        found.extend(rows.into_iter().map(|One(id)| id));
    }
    let mut shown = shown(&mut tx, &found).await?;
    let mut listed = Vec::with_capacity(found.len());
    for row in found.iter().filter_map(|id| shown.remove(id)) {
        let sort_key = row.sort_key.clone();
        let person = row.person()?;
        let key = sort.key(&person, &sort_key);
        listed.push(Listed { person, key });
    }
    let page = filter.paging.page(listed, |listed| listed.key.clone())?;
    Ok(Page {
        items: page.items.into_iter().map(|listed| listed.person).collect(),
        next: page.next,
    })
}

/// What is shown of people, by their placements.
async fn shown(tx: &mut Tx, placements: &[Uuid]) -> Result<HashMap<Uuid, PersonRow>> {
    if placements.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = Assembly::new(SELECT).push("p.id IN (ids?)");
    let ids = IdList::new(placements.iter().copied());
    let rows: Vec<PersonRow> = wanted.bind_ids(&ids).on(tx).all().await?;
    Ok(rows.into_iter().map(|row| (row.placement_id, row)).collect())
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

row! {
    /// One of those whom a filter means, with what matters of them to whoever asks for many.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Member {
        pub(crate) person: Uuid,
        pub(crate) status: String,
        pub(crate) hired_on: Option<Day>,
    }
}

/// Everybody within reach whom a filter means, in the order of their names.
pub(crate) async fn members_in(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<Vec<Member>> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let select = "SELECT x.id, p.status, p.hired_on
                  FROM placements p JOIN persons x ON x.id = p.person_id WHERE";
    let wanted = holding_on(select, "", asked.day, asked.known_at);
    let wanted = asked.narrow(wanted, tx.engine()).push("ORDER BY x.sort_key, x.id");
    wanted.on(tx).all().await
}

row! {
    /// One of those whom a filter means, as reports tell of them.
    #[derive(Debug, Clone)]
    pub(crate) struct Described {
        pub(crate) person: Uuid,
        pub(crate) name: String,
        pub(crate) employee_number: Option<String>,
        pub(crate) email: Option<String>,
        pub(crate) status: String,
        pub(crate) hired_on: Option<Day>,
        pub(crate) department: Option<Uuid>,
        pub(crate) location: Option<Uuid>,
        pub(crate) job_role: Option<Uuid>,
        pub(crate) manager: Option<Uuid>,
        pub(crate) manager_name: Option<String>,
        pub(crate) job_title: Option<String>,
        pub(crate) country: Option<String>,
        pub(crate) employment_type: Option<String>,
    }
}

/// Everybody within reach whom a filter means, in the order of their names and in one statement.
pub(crate) async fn described_in(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<Vec<Described>> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let select = "SELECT x.id, COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name,
                         x.employee_number, x.email, p.status, p.hired_on, p.department_id, p.location_id,
                         p.job_role_id, p.manager_id,
                         COALESCE(m.preferred_name, m.first_name) || ' ' || m.last_name,
                         p.job_title, p.country, p.employment_type
                  FROM placements p JOIN persons x ON x.id = p.person_id
                  LEFT JOIN persons m ON m.id = p.manager_id WHERE";
    let wanted = holding_on(select, "", asked.day, asked.known_at);
    let wanted = asked.narrow(wanted, tx.engine()).push("ORDER BY x.sort_key, x.id");
    wanted.on(tx).all().await
}

impl Described {
    pub(crate) fn status(&self) -> Result<PersonStatus> {
        parse_status(&self.status)
    }
}

/// Selects everybody within reach whom a filter means, for a statement of another context.
pub(crate) async fn selecting(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<Assembly> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let select = "SELECT x.id FROM placements p JOIN persons x ON x.id = p.person_id WHERE";
    Ok(asked.narrow(holding_on(select, "", asked.day, asked.known_at), tx.engine()))
}

/// Where somebody is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Department,
    Location,
    JobRole,
    Manager,
}

/// Selects everybody within reach whom a filter means, as `person_id`, with one of their places on the day
/// as `place_id`, for a statement of another context.
pub(crate) async fn placing(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
    place: Place,
) -> Result<Assembly> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let select = match place {
        Place::Department => "SELECT x.id AS person_id, p.department_id AS place_id",
        Place::Location => "SELECT x.id AS person_id, p.location_id AS place_id",
        Place::JobRole => "SELECT x.id AS person_id, p.job_role_id AS place_id",
        Place::Manager => "SELECT x.id AS person_id, p.manager_id AS place_id",
    };
    Ok(asked.narrow(holding_on(select, OF_FEW, asked.day, asked.known_at), tx.engine()))
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

/// The words of a search.
fn searched(search: &str) -> Result<Vec<Word>> {
    let whole = fold(search);
    // An address or a number is a term as it is; anything else is words.
    let words = if whole.contains('@') { vec![whole] } else { words(search) };
    if words.is_empty() {
        return Err(Error::invalid("search", format!("`{search}` has no letter and no digit")));
    }
    let word = |first: String| {
        let behind = format!("{first}\u{10FFFF}");
        Word { first, behind }
    };
    Ok(words.into_iter().map(word).collect())
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
    let person = person_in(&mut tx, id, day).await?;
    let facts = sql::facts(&mut tx, &IdList::new([id.uuid()])).await?;
    let rows: Vec<PlacedRow> = tx.sql(&sql::PLACED_OF).bind(id).all().await?;
    let placements = rows
        .into_iter()
        .map(|row| {
            Ok(Placed {
                from: row.from,
                until: row.until,
                status: parse_status(&row.status)?,
                department: row.department,
                location: row.location,
                job_role: row.job_role,
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
pub(super) async fn person_in(tx: &mut Tx, id: PersonId, day: Day) -> Result<Person> {
    let on_day: Option<PersonRow> =
        holding_on(SELECT, "", day, None).push("AND p.person_id = ?").bind(id).on(tx).opt().await?;
    let row = match on_day {
        Some(row) => row,
        None => {
            Assembly::new(SELECT)
                .push("p.retracted_at IS NULL AND p.person_id = ?")
                .bind(id)
                .push("ORDER BY p.valid_from LIMIT 1")
                .on(tx)
                .one()
                .await?
        }
    };
    row.person()
}

/// Counts everybody within reach whom a filter means by their status on the day.
pub(crate) async fn counting_by_status(
    tx: &mut Tx,
    reach: Reach,
    now: Timestamp,
    filter: &PersonFilter,
) -> Result<Assembly> {
    let asked = Asked::prepare(tx, reach, now, filter).await?;
    let wanted = holding_on("SELECT p.status, COUNT(*)", OF_FEW, asked.day, asked.known_at);
    Ok(asked.narrow(wanted, tx.engine()).push("GROUP BY p.status"))
}

row! {
    struct PlaceRow {
        person_id: Uuid,
        place_id: Option<Uuid>,
    }
}

/// Where these people are on a day; those who are nowhere are left out.
pub(crate) async fn places_of(
    tx: &mut Tx,
    place: Place,
    day: Day,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Uuid>> {
    let select = match place {
        Place::Department => "SELECT p.person_id, p.department_id FROM placements p WHERE",
        Place::Location => "SELECT p.person_id, p.location_id FROM placements p WHERE",
        Place::JobRole => "SELECT p.person_id, p.job_role_id FROM placements p WHERE",
        Place::Manager => "SELECT p.person_id, p.manager_id FROM placements p WHERE",
    };
    let rows: Vec<PlaceRow> = holding_on(select, "", day, None)
        .push("AND p.person_id IN (ids?)")
        .bind_ids(&IdList::new(people))
        .on(tx)
        .all()
        .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.person_id, row.place_id?))).collect())
}
