//! Who need not do what, why, and who approved it.

use uuid::Uuid;

use super::{
    CHUNK, FactsOrigin, FactsQuery, Named, PeopleColumns, Reading, TrainingColumns, UnitColumns,
    Whom,
};
use crate::assignments::READ;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// Exemptions that hold on the day, or on any day of the period where one is given. By person, then by
/// their first day.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct ExemptionColumns {
    /// The place of the person among the people.
    pub person: Vec<u32>,
    /// The place of the training among the trainings.
    pub training: Vec<u32>,
    /// The first day.
    pub from: Vec<Day>,
    /// The last day; nothing where it holds until further notice.
    pub until: Vec<Option<Day>>,
    /// Whether it holds on the day.
    pub holds: Vec<bool>,
    /// Why.
    pub reason: Vec<String>,
    /// Who approved it.
    pub approved_by: Vec<Option<String>>,
    /// Where the evidence lies.
    pub evidence: Vec<Option<String>>,
}

/// Who need not do what.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct ExemptionFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// Everybody who was asked about.
    pub people: PeopleColumns,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// All units.
    pub units: UnitColumns,
    /// What they need not do.
    pub exemptions: ExemptionColumns,
}

row! {
    struct ExemptionRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        from_on: Day,
        until_on: Option<Day>,
        reason: String,
        approved_by: Option<String>,
        evidence: Option<String>,
    }
}

impl ExemptionColumns {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

pub(in crate::analytics) async fn exemptions(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<ExemptionFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let named = reading.named(Whom::Named).await?;
    let columns = reading.excused(&named).await?;
    Ok(ExemptionFacts {
        origin: reading.origin,
        people: named.people,
        trainings: named.trainings,
        units: named.units,
        exemptions: columns,
    })
}

impl Reading<'_> {
    /// What they need not do.
    pub(super) async fn excused(&mut self, named: &Named) -> Result<ExemptionColumns> {
        let day = self.moment.day;
        let first = self.origin.from.unwrap_or(day);
        let mut columns = ExemptionColumns::default();
        for chunk in named.ids.chunks(CHUNK) {
            let wanted = Assembly::new(
                "SELECT id, person_id, training_id, from_on, until_on, reason, approved_by, evidence
                 FROM exemptions WHERE from_on <= ?",
            )
            .bind(day)
            .push("AND (until_on IS NULL OR until_on >= ?")
            .bind(first)
            .push(")");
            let wanted = self.of(self.believed(wanted), chunk);
            let mut rows: Vec<ExemptionRow> = wanted.on(&mut self.tx).all().await?;
            rows.sort_by_cached_key(|row| {
                (named.of_person.get(&row.person_id).copied(), row.from_on, row.id)
            });
            for row in rows {
                let person = named.of_person.get(&row.person_id);
                let Some(places) = person.zip(named.of_training.get(&row.training_id)) else {
                    continue;
                };
                columns.person.push(*places.0);
                columns.training.push(*places.1);
                columns.from.push(row.from_on);
                columns.until.push(row.until_on);
                columns.holds.push(row.until_on.is_none_or(|until| until >= day));
                columns.reason.push(row.reason);
                columns.approved_by.push(row.approved_by);
                columns.evidence.push(row.evidence);
            }
        }
        Ok(columns)
    }
}
