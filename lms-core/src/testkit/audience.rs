//! An audience asked in both of its ways, so that a test can hold one to the other.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::kernel::db::{One, row};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;
use crate::people::above::Above;
use crate::people::audience::known::{holding_on, people_of, people_of_as_known, resolve};
use crate::people::audience::resolved::AudienceFacts;
use crate::people::sql::{parse_attributes, parse_status};
use crate::testkit::TestLms;
use crate::{Audience, Day, PersonId, Timestamp};

/// The people of an audience, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BothWays {
    /// As the conditions of a statement find them.
    pub by_statement: Vec<PersonId>,
    /// As the decision in memory finds them, person by person.
    pub in_memory: Vec<PersonId>,
}

row! {
    struct FactsRow {
        person: Uuid,
        status: String,
        hired_on: Option<Day>,
        department: Option<Uuid>,
        location: Option<Uuid>,
        job_role: Option<Uuid>,
        manager: Option<Uuid>,
        country: Option<String>,
        job_title: Option<String>,
        employment_type: Option<String>,
        attributes: String,
    }
}

impl TestLms {
    /// Asks for an audience as of a day, and as known at an instant, in both ways.
    pub async fn both_ways(
        &self,
        audience: &Audience,
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<BothWays> {
        let mut tx = self.core().db().begin_read().await?;
        let by_statement = match known_at {
            None => people_of(&mut tx, audience, day).await?,
            Some(_) => people_of_as_known(&mut tx, audience, day, known_at).await?,
        };
        let resolved = resolve(&mut tx, audience, day, known_at).await?;
        let select = "SELECT p.person_id, p.status, p.hired_on, p.department_id, p.location_id,
                             p.job_role_id, p.manager_id, p.country, p.job_title, p.employment_type,
                             p.attributes
                      FROM placements p WHERE";
        let rows: Vec<FactsRow> = holding_on(select, "", day, known_at)
            .push("ORDER BY p.person_id")
            .on(&mut tx)
            .all()
            .await?;
        let mut in_memory = Vec::new();
        for row in rows {
            let attributes: BTreeMap<String, String> = parse_attributes(&row.attributes)?;
            let job_title_key = row.job_title.as_deref().map(fold);
            let facts = AudienceFacts {
                person: row.person,
                today: None,
                status: parse_status(&row.status)?,
                hired_on: row.hired_on,
                department: row.department,
                location: row.location,
                job_role: row.job_role,
                manager: row.manager,
                country: row.country.as_deref(),
                job_title_key: job_title_key.as_deref(),
                employment_type: row.employment_type.as_deref(),
                attributes: &attributes,
            };
            if resolved.matches(&facts) {
                in_memory.push(PersonId::new(row.person));
            }
        }
        Ok(BothWays {
            by_statement: by_statement.into_iter().map(PersonId::new).collect(),
            in_memory,
        })
    }

    /// Everybody below some managers, asked upwards of each person, as a page of many does; in the
    /// order of their ids.
    pub async fn asked_upwards(
        &self,
        managers: &[PersonId],
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<Vec<PersonId>> {
        let mut tx = self.core().db().begin_read().await?;
        let managers = managers.iter().map(|id| id.uuid()).collect();
        let above = Above { managers, day, known_at };
        let wanted = holding_on("SELECT p.person_id FROM placements p WHERE", "", day, known_at);
        let wanted = above.push(wanted.push("AND")).push("ORDER BY p.person_id");
        let found: Vec<One<Uuid>> = wanted.on(&mut tx).all().await?;
        Ok(found.into_iter().map(|One(id)| PersonId::new(id)).collect())
    }
}
