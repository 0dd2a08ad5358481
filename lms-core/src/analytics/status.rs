//! How an organisation stands, on one page.

use uuid::Uuid;

use super::READ;
use super::compliance::compliance;
use super::types::{
    ComplianceQuery, DueSoon, GroupBy, OrganisationStatus, PeopleByStatus, StatusQuery,
};
use crate::assignments::AssignmentFilter;
use crate::assignments::as_of::{Moment, Standing, each_standing};
use crate::assignments::engine::{Status, plus_days};
use crate::assignments::list::asked;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::{self, Audience, AudienceField, PersonFilter, Reach};
use crate::settings;

/// What is open and in time.
const TO_COME: [Status; 3] = [Status::Assigned, Status::InProgress, Status::DueSoon];

row! {
    struct StatusRow {
        status: String,
        people: i64,
    }
}

pub(super) async fn status(
    core: &Core,
    actor: &Actor,
    query: &StatusQuery,
) -> Result<OrganisationStatus> {
    let asked = ComplianceQuery {
        audience: query.audience.clone(),
        trainings: Vec::new(),
        by: Some(GroupBy::Department),
        as_of: query.as_of,
        known_at: query.known_at,
    };
    let compliance = compliance(core, actor, &asked).await?;
    let mut tx = core.db().begin_read().await?;
    let organisation = settings::current(&mut tx).await?;
    let today = Day::today(core.now(), &organisation.timezone.zone());
    let (day, known_at) = (compliance.as_of, compliance.known_at);
    let who = Who { core, actor, audience: &query.audience, day, known_at };
    let due = if day == today && known_at.is_none() {
        who.due_in_sql(&mut tx).await?
    } else {
        who.due_in_memory(&mut tx).await?
    };
    Ok(OrganisationStatus {
        organisation: organisation.name.to_string(),
        as_of: day,
        known_at,
        people: who.by_status(&mut tx).await?,
        compliance,
        due,
        exceptions: who.exceptions(&mut tx).await?,
        waitlisted: who.waitlisted(&mut tx).await?,
    })
}

/// About whom, on which day.
struct Who<'a> {
    core: &'a Core,
    actor: &'a Actor,
    audience: &'a Audience,
    day: Day,
    known_at: Option<Timestamp>,
}

impl Who<'_> {
    async fn selected(&self, tx: &mut Tx, audience: Audience) -> Result<Assembly> {
        let reach = Reach::of(tx, self.actor, READ, self.core.now()).await?;
        let filter = PersonFilter::new().audience(audience).as_of(self.day);
        let filter = self.known_at.into_iter().fold(filter, PersonFilter::known_at);
        people::selecting(tx, reach, self.core.now(), &filter).await
    }

    async fn by_status(&self, tx: &mut Tx) -> Result<PeopleByStatus> {
        let mut counts = PeopleByStatus::default();
        let reach = Reach::of(tx, self.actor, READ, self.core.now()).await?;
        let audience = self.audience.clone().with(AudienceField::Status, "*");
        let filter = PersonFilter::new().audience(audience).as_of(self.day);
        let filter = self.known_at.into_iter().fold(filter, PersonFilter::known_at);
        let rows: Vec<StatusRow> = people::counting_by_status(tx, reach, self.core.now(), &filter)
            .await?
            .on(tx)
            .all()
            .await?;
        for row in rows {
            match row.status.as_str() {
                "active" => counts.active = row.people,
                "on_leave" => counts.on_leave = row.people,
                "pre_hire" => counts.pre_hire = row.people,
                _ => counts.inactive = row.people,
            }
        }
        Ok(counts)
    }

    async fn due_in_sql(&self, tx: &mut Tx) -> Result<DueSoon> {
        let mut due = DueSoon::default();
        for (days, count) in [(7, &mut due.within_7_days), (30, &mut due.within_30_days)] {
            let until = plus_days(self.day, days).next();
            let filter =
                TO_COME.into_iter().fold(AssignmentFilter::new(), AssignmentFilter::status);
            let filter = filter.audience(self.audience.clone()).due_before(Some(until));
            let select = "SELECT COUNT(*)";
            let counted = asked(tx, self.core, self.actor, READ, &filter, select).await?;
            let One(counted): One<i64> = counted.on(tx).one().await?;
            *count = counted;
        }
        Ok(due)
    }

    async fn due_in_memory(&self, tx: &mut Tx) -> Result<DueSoon> {
        let people: Vec<One<Uuid>> =
            self.selected(tx, self.audience.clone()).await?.on(tx).all().await?;
        let mut people: Vec<Uuid> = people.into_iter().map(|One(id)| id).collect();
        people.sort_unstable();
        let (week, month) = (plus_days(self.day, 7), plus_days(self.day, 30));
        let moment = Moment { day: self.day, known_at: self.known_at, due_soon_days: 0 };
        let is_to_come = |standing: &&Standing| {
            standing.cycles.last().is_some_and(|status| TO_COME.contains(status))
        };
        let mut due = DueSoon::default();
        each_standing(tx, moment, &people, None, |_, found| {
            for due_on in found.iter().filter(is_to_come).filter_map(|one| one.days.due_on) {
                due.within_7_days += i64::from(due_on <= week);
                due.within_30_days += i64::from(due_on <= month);
            }
        })
        .await?;
        Ok(due)
    }

    /// What was believed of rows `e` of this table at the instant.
    fn believed(&self, wanted: Assembly) -> Assembly {
        match self.known_at {
            None => wanted.push("AND e.retracted_at IS NULL"),
            Some(instant) => wanted
                .push("AND e.recorded_at <= ?")
                .bind(instant)
                .push("AND (e.retracted_at IS NULL OR e.retracted_at > ?")
                .bind(instant)
                .push(")"),
        }
    }

    async fn exceptions(&self, tx: &mut Tx) -> Result<i64> {
        let people = self.selected(tx, self.audience.clone()).await?;
        let wanted =
            Assembly::new("SELECT COUNT(*) FROM assignment_exceptions e WHERE e.parked_on <= ?")
                .bind(self.day)
                .push("AND (e.resolved_on IS NULL OR e.resolved_on > ?")
                .bind(self.day)
                .push(") AND e.person_id IN (")
                .append(people)
                .push(")");
        let One(count): One<i64> = self.believed(wanted).on(tx).one().await?;
        Ok(count)
    }

    async fn waitlisted(&self, tx: &mut Tx) -> Result<i64> {
        let people = self.selected(tx, self.audience.clone()).await?;
        let wanted = Assembly::new("SELECT COUNT(*) FROM assignments e WHERE e.waiting_from <= ?")
            .bind(self.day)
            .push("AND (e.waiting_until IS NULL OR e.waiting_until > ?")
            .bind(self.day)
            .push(") AND (e.closed_on IS NULL OR e.closed_on > ?")
            .bind(self.day)
            .push(") AND e.person_id IN (")
            .append(people)
            .push(")");
        let One(count): One<i64> = self.believed(wanted).on(tx).one().await?;
        Ok(count)
    }
}
