//! Everything that can be computed with, as of one day, for systems that compute elsewhere.

use super::{
    CompletionColumns, ExemptionColumns, FactsQuery, ObligationColumns, PeopleFacts, Reading,
    TrainingColumns, Whom,
};
use crate::assignments::READ;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;

/// People, also those who have left, with how they stand, what they have done, and what they need not do.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct WarehouseFacts {
    /// Which state of the data; everybody, and where they are.
    pub people: PeopleFacts,
    /// All trainings.
    pub trainings: TrainingColumns,
    /// How people stand to what they have to learn.
    pub obligations: ObligationColumns,
    /// What they have done, since the beginning.
    pub completions: CompletionColumns,
    /// What they need not do.
    pub exemptions: ExemptionColumns,
}

pub(in crate::analytics) async fn warehouse(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<WarehouseFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let described = reading.described(Whom::All, reading.moment.day).await?;
    let named = reading.named_of(&described).await?;
    let (obligations, _) = reading.obligations(&named).await?;
    let completions = reading.learnt(&named).await?;
    let exemptions = reading.excused(&named).await?;
    Ok(WarehouseFacts {
        people: PeopleFacts::of(reading.origin, described, named.people, named.units),
        trainings: named.trainings,
        obligations,
        completions,
        exemptions,
    })
}
