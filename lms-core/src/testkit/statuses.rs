//! What assignments are, asked in both ways.

use std::collections::BTreeMap;

use super::TestLms;
use crate::{AssignmentId, Day, Result};

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
}
