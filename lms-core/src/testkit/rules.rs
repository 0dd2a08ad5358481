//! Rules as they are in force, and put into force without anything that follows for people.

use super::TestLms;
use crate::assignments::rules::testing;
use crate::{Day, Result, RuleDefinition, RuleStatus, Timestamp};

/// A rule as it was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleThen {
    /// Its code.
    pub code: String,
    /// Where it stood.
    pub status: RuleStatus,
    /// Which version held.
    pub version: u32,
    /// What that was called.
    pub title: String,
    /// How many other versions had been applied.
    pub others: usize,
}

impl TestLms {
    /// Puts a rule into force from a day on, or lets it stand otherwise from then on.
    pub async fn put_rule(
        &self,
        from: Day,
        rule: RuleDefinition,
        status: RuleStatus,
    ) -> Result<()> {
        testing::apply(self.core(), &self.admin(), from, rule, status).await
    }

    /// Rules as of a day and as known at an instant; only those about these trainings, where any are
    /// named. By code.
    pub async fn rules_in_force(
        &self,
        day: Day,
        known_at: Option<Timestamp>,
        trainings: &[&str],
    ) -> Result<Vec<RuleThen>> {
        let mut rules: Vec<RuleThen> = testing::then(self.core(), day, known_at, trainings)
            .await?
            .into_iter()
            .map(|(code, status, version, title, others)| RuleThen {
                code,
                status,
                version,
                title,
                others,
            })
            .collect();
        rules.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(rules)
    }
}
