//! The one function behind every figure of compliance.

use std::collections::HashMap;

use uuid::Uuid;

use super::READ;
use super::figures::Tally;
use super::groups;
use super::types::{ComplianceQuery, ComplianceReport, GroupBy};
use crate::assignments::as_of::{Moment, Standing, each_standing};
use crate::assignments::counting::{Counted, counted};
use crate::catalog;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, PersonFilter, Place, Reach};
use crate::settings;

/// By department, training, … ; nothing for those who have none.
pub(super) type Tallies = HashMap<Option<Uuid>, Tally>;

/// Who counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The database where it can: as things stand today.
    Quickest,
    /// The engine, whatever the day.
    #[cfg_attr(not(feature = "testkit"), expect(dead_code, reason = "tests hold the ways equal"))]
    Engine,
}

pub(super) async fn compliance(
    core: &Core,
    actor: &Actor,
    query: &ComplianceQuery,
) -> Result<ComplianceReport> {
    counted_by(core, actor, query, Way::Quickest).await
}

pub(crate) async fn counted_by(
    core: &Core,
    actor: &Actor,
    query: &ComplianceQuery,
    way: Way,
) -> Result<ComplianceReport> {
    let mut tx = core.db().begin_read().await?;
    let now = core.now();
    let organisation = settings::current(&mut tx).await?;
    let zone = organisation.timezone.zone();
    let today = Day::today(now, &zone);
    let known_at = query.known_at.filter(|instant| *instant < now);
    let day = query.as_of.unwrap_or_else(|| known_at.map_or(today, |at| at.day_in(&zone)));
    let trainings = catalog::sql::find_all(&mut tx, &query.trainings).await?;
    let filter = PersonFilter::new().audience(query.audience.clone()).as_of(day);
    let asked = Asked {
        core,
        actor,
        filter: known_at.into_iter().fold(filter, PersonFilter::known_at),
        is_narrow: !query.audience.is_everybody(),
        trainings: (!trainings.is_empty()).then_some(trainings),
        by: query.by,
        moment: Moment { day, known_at, due_soon_days: 0 },
    };
    let is_today = day == today && known_at.is_none() && way == Way::Quickest;
    let (total, tallies) =
        if is_today { asked.in_sql(&mut tx).await? } else { asked.in_memory(&mut tx).await? };
    let rows = match query.by {
        Some(by) => groups::rows(&mut tx, by, tallies, &asked.moment).await?,
        None => Vec::new(),
    };
    Ok(ComplianceReport { as_of: day, known_at, by: query.by, total: total.figures(), rows })
}

/// How departments comply on a day, each without those below it, by what is known now.
pub(super) async fn of_departments(core: &Core, tx: &mut Tx, day: Day) -> Result<Tallies> {
    let asked = Asked {
        core,
        actor: &Actor::system("analytics"),
        filter: PersonFilter::new().as_of(day),
        is_narrow: false,
        trainings: None,
        by: Some(GroupBy::Department),
        moment: Moment { day, known_at: None, due_soon_days: 0 },
    };
    let is_today = day == settings::today(tx, core.now()).await?;
    let (_, tallies) = if is_today { asked.in_sql(tx).await? } else { asked.in_memory(tx).await? };
    Ok(tallies)
}

/// What is asked, with its names resolved.
struct Asked<'a> {
    core: &'a Core,
    actor: &'a Actor,
    filter: PersonFilter,
    is_narrow: bool,
    trainings: Option<Vec<Uuid>>,
    by: Option<GroupBy>,
    moment: Moment,
}

row! {
    struct PlaceRow {
        person: Uuid,
        place: Option<Uuid>,
    }
}

row! {
    struct TallyRow {
        group: Option<Uuid>,
        met: i64,
        open: i64,
        in_grace: i64,
        overdue: i64,
        expired: i64,
        exempt: i64,
        on_leave: i64,
        cancelled: i64,
        measured: i64,
        missing: i64,
    }
}

row! {
    struct PeopleRow {
        place: Option<Uuid>,
        people: i64,
    }
}

impl TallyRow {
    fn tally(&self) -> Tally {
        Tally {
            counts: [
                self.met,
                self.open,
                self.in_grace,
                self.overdue,
                self.expired,
                self.exempt,
                self.on_leave,
                self.cancelled,
            ],
            measured: self.measured,
            missing: self.missing,
            people: 0,
        }
    }
}

/// Of each person `s`: how many of their obligations count how.
const COUNTS: &str = ",
    COUNT(*) FILTER (WHERE c.counted = 1) AS met, COUNT(*) FILTER (WHERE c.counted = 2) AS open,
    COUNT(*) FILTER (WHERE c.counted = 3) AS in_grace, COUNT(*) FILTER (WHERE c.counted = 4) AS overdue,
    COUNT(*) FILTER (WHERE c.counted = 5) AS expired, COUNT(*) FILTER (WHERE c.counted = 6) AS exempt,
    COUNT(*) FILTER (WHERE c.counted = 7) AS on_leave, COUNT(*) FILTER (WHERE c.counted = 8) AS cancelled
FROM (";

const SUMS: &str = ",
    CAST(SUM(s.met) AS BIGINT), CAST(SUM(s.open) AS BIGINT), CAST(SUM(s.in_grace) AS BIGINT),
    CAST(SUM(s.overdue) AS BIGINT), CAST(SUM(s.expired) AS BIGINT), CAST(SUM(s.exempt) AS BIGINT),
    CAST(SUM(s.on_leave) AS BIGINT), CAST(SUM(s.cancelled) AS BIGINT),
    COUNT(*) FILTER (WHERE s.met + s.open + s.in_grace + s.overdue + s.expired > 0),
    COUNT(*) FILTER (WHERE s.overdue + s.expired > 0)
FROM (";

impl Asked<'_> {
    async fn reach(&self, tx: &mut Tx) -> Result<Reach> {
        Reach::of(tx, self.actor, READ, self.core.now()).await
    }

    /// Where people are, as far as they are told apart by it.
    fn place(&self) -> Place {
        match self.by {
            Some(GroupBy::Location) => Place::Location,
            Some(GroupBy::JobRole) => Place::JobRole,
            Some(GroupBy::Manager) => Place::Manager,
            Some(GroupBy::Department | GroupBy::Training) | None => Place::Department,
        }
    }

    async fn placed(&self, tx: &mut Tx) -> Result<Assembly> {
        let reach = self.reach(tx).await?;
        people::placing(tx, reach, self.core.now(), &self.filter, self.place()).await
    }

    /// As things stand today: counted by the database.
    async fn in_sql(&self, tx: &mut Tx) -> Result<(Tally, Tallies)> {
        let placed = self.placed(tx).await?;
        let reach = self.reach(tx).await?;
        let people = if self.is_narrow || !reach.is_everybody() {
            Some(people::selecting(tx, reach, self.core.now(), &self.filter).await?)
        } else {
            None
        };
        let people_rows: Vec<PeopleRow> = Assembly::new("SELECT g.place_id, COUNT(*) FROM (")
            .append(placed.clone())
            .push(") g GROUP BY g.place_id")
            .on(tx)
            .all()
            .await?;
        let obligations = counted(tx.engine(), self.moment.day, self.trainings.as_deref(), people);
        let rows: Vec<TallyRow> = Assembly::new("SELECT g.place_id")
            .push(SUMS)
            .push("SELECT c.person_id")
            .push(COUNTS)
            .append(obligations.clone())
            .push(") c GROUP BY c.person_id) s JOIN (")
            .append(placed.clone())
            .push(") g ON g.person_id = s.person_id GROUP BY g.place_id")
            .on(tx)
            .all()
            .await?;
        let mut by_place: Tallies = rows.into_iter().map(|row| (row.group, row.tally())).collect();
        for row in people_rows {
            by_place.entry(row.place).or_default().people = row.people;
        }
        let total = summed(&by_place);
        if self.by != Some(GroupBy::Training) {
            return Ok((total, by_place));
        }
        let rows: Vec<TallyRow> = Assembly::new("SELECT s.training_id")
            .push(SUMS)
            .push("SELECT c.person_id, c.training_id")
            .push(COUNTS)
            .append(obligations)
            .push(") c GROUP BY c.person_id, c.training_id) s JOIN (")
            .append(placed)
            .push(") g ON g.person_id = s.person_id GROUP BY s.training_id")
            .on(tx)
            .all()
            .await?;
        let by_training = rows.into_iter().map(|row| (row.group, row.tally())).collect();
        Ok((total, with_people(by_training, total.people)))
    }

    /// As of any day, and as it was known at an instant: asked of the engine, a chunk at a time.
    async fn in_memory(&self, tx: &mut Tx) -> Result<(Tally, Tallies)> {
        let people: Vec<PlaceRow> = self.placed(tx).await?.on(tx).all().await?;
        let places: HashMap<Uuid, Option<Uuid>> =
            people.iter().map(|row| (row.person, row.place)).collect();
        let mut people: Vec<Uuid> = people.into_iter().map(|row| row.person).collect();
        people.sort_unstable();
        let mut sums = Sums::default();
        let trainings = self.trainings.as_deref();
        each_standing(tx, self.moment, &people, trainings, |chunk, found| {
            sums.add(chunk, &found, |person| places.get(&person).copied().flatten());
        })
        .await?;
        let Sums { total, by_place, by_training } = sums;
        match self.by {
            Some(GroupBy::Training) => Ok((total, with_people(by_training, total.people))),
            _ => Ok((total, by_place)),
        }
    }
}

/// What the engine tells, in the making: all together, by place and by training.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) total: Tally,
    pub(super) by_place: Tallies,
    pub(super) by_training: Tallies,
}

impl Sums {
    /// Adds some people, each with all that they have to do.
    pub(super) fn add(
        &mut self,
        people: &[Uuid],
        found: &[Standing],
        place: impl Fn(Uuid) -> Option<Uuid>,
    ) {
        let mut own: HashMap<Uuid, Vec<Counted>> = HashMap::new();
        for standing in found {
            if let Some(counted) = Counted::of(standing) {
                own.entry(standing.person).or_default().push(counted);
                let training = self.by_training.entry(Some(standing.training)).or_default();
                training.add_obligations(&[counted]);
            }
        }
        for person in people {
            let mut tally = Tally { people: 1, ..Tally::default() };
            tally.add_obligations(own.get(person).map_or(&[], Vec::as_slice));
            self.total.join(&tally);
            self.by_place.entry(place(*person)).or_default().join(&tally);
        }
    }
}

/// By training everybody who was asked about counts as asked.
pub(super) fn with_people(mut by_training: Tallies, people: i64) -> Tallies {
    for tally in by_training.values_mut() {
        tally.people = people;
    }
    by_training
}

pub(super) fn summed(tallies: &Tallies) -> Tally {
    let mut total = Tally::default();
    for tally in tallies.values() {
        total.join(tally);
    }
    total
}
