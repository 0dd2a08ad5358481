//! What assignments are, asked in both ways.

use std::collections::{BTreeMap, BTreeSet};

use super::TestLms;
use crate::analytics::compliance::{Way, counted_by};
use crate::kernel::db::{Assembly, One};
use crate::operations::Write;
use crate::{AssignmentId, ComplianceQuery, ComplianceReport, Day, Result};

impl TestLms {
    /// What every assignment is on a day, as the statement of the lists has it and as the engine has
    /// it; empty where it was not assigned yet.
    pub async fn statuses_both_ways(
        &self,
        day: Day,
    ) -> Result<BTreeMap<AssignmentId, (String, String)>> {
        let told = crate::assignments::both_ways::statuses(self.core(), day).await?;
        Ok(told.into_iter().map(|(id, pair)| (AssignmentId::new(id), pair)).collect())
    }

    /// What is open is looked at again for everybody, as of now.
    pub async fn look_again(&self) -> Result<()> {
        let mut write = Write::begin(self.core(), &self.admin()).await?;
        let people: Vec<One<uuid::Uuid>> =
            Assembly::new("SELECT id FROM persons").on(&mut write.tx).all().await?;
        let people: BTreeSet<uuid::Uuid> = people.into_iter().map(|One(id)| id).collect();
        crate::assignments::people_changed(&mut write, &people).await?;
        write.commit().await
    }

    /// Compliance as the database counts it where it can, and as the engine does.
    pub async fn compliance_both_ways(
        &self,
        query: &ComplianceQuery,
    ) -> Result<[ComplianceReport; 2]> {
        let admin = self.admin();
        let quickest = counted_by(self.core(), &admin, query, Way::Quickest).await?;
        Ok([quickest, counted_by(self.core(), &admin, query, Way::Engine).await?])
    }
}
