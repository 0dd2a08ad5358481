//! Verbs that change what people have to learn.

use super::{RuleChange, Rules};
use crate::assignments::{Forecast, RuleOutcome, RulePlan, Simulation, ruling, simulating};
use crate::kernel::access::Actor;
use crate::kernel::error::Result;

impl Rules<'_> {
    /// Says what changes of rules would mean, for whom and why, and does nothing.
    pub async fn plan(&self, actor: &Actor, changes: Vec<RuleChange>) -> Result<RulePlan> {
        ruling::plan(self.core, actor, changes).await
    }

    /// Changes rules exactly as planned, and all that follows for people; refuses where something else
    /// would happen by now.
    pub async fn apply(&self, actor: &Actor, plan: RulePlan) -> Result<RuleOutcome> {
        ruling::apply(self.core, actor, plan).await
    }

    /// Says what would happen over a time to come, and does nothing.
    pub async fn simulate(&self, actor: &Actor, asked: Simulation) -> Result<Forecast> {
        simulating::simulate(self.core, actor, asked).await
    }
}
