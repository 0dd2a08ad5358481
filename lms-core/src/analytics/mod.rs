//! How things stand: compliance, what is overdue, and how much is learnt.
//!
//! Owns `compliance_snapshots`, what the nightly pass keeps of each day (`snapshots.rs`): a cache for trends,
//! and never a source. Writes nothing else. `compliance.rs` is the one place that counts obligations: commands,
//! gates, HTTP and reports ask it, so that no two of them can differ. For today it counts by a statement
//! over boundary days (`assignments/counting.rs`); as of another day, or as it was known at an instant, it
//! asks the engine, some thousand people at a time (`assignments/as_of.rs`). What a share is of, and what
//! was left out of it, stands beside it always (`figures.rs`).

mod figures;
mod types;
pub(crate) mod compliance;
mod groups;
mod gate;
mod overdue;
mod learning;
mod status;
mod item_analysis;
mod snapshots;
pub(crate) mod facts;

pub use crate::assignments::counting::Counted;
pub(crate) use facts::read_from;
pub use facts::{
    ActivityColumns, ActivityFacts, ActivityKind, ActivityOperation, BridgeColumns, BridgeFacts,
    BridgeStep, BridgeSum, CompletionColumns, DepartmentScore, ExemptionColumns, ExemptionFacts,
    FactsOrigin, FactsQuery, LoadCell, LoadFacts, LoadSum, ONBOARDING_DAYS, ObligationColumns,
    ObligationFacts, OnboardingBlocks, OnboardingCohort, OnboardingColumns, OnboardingFacts,
    OnboardingFigures, OverdueAge, OverdueColumns, OverdueFacts, PeopleColumns, PeopleFacts,
    QuizItem, QuizItemFacts, QuizOption, QuizScores, Scorecard, SkillFacts, SkillGapColumns,
    TrainingColumns, TrainingScore, TrainingScores, TranscriptFacts, Trend, TrendMonth,
    UnitColumns, WarehouseFacts,
};
pub use figures::ComplianceFigures;
pub use gate::{GateOutcome, MinPercent};
pub(crate) use snapshots::keep_snapshot;
pub use types::{
    ComplianceQuery, ComplianceReport, ComplianceRow, DueSoon, GroupBy, LearningFigures,
    LearningQuery, OrganisationStatus, OverdueFigures, OverdueQuery, OverdueReport, OverdueRow,
    PeopleByStatus, SnapshotFigures, StatusQuery, Tenths,
};

use crate::assignments;
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::{people, quizzes, readiness};

/// May see figures: of all people, or of those within a scope.
pub(crate) const READ: Permission = Permission::scoped(
    "analytics.read",
    "see figures: compliance, what is overdue, what is learnt",
);

/// Figures; made by [`crate::Lms::analytics`].
#[derive(Debug)]
pub struct Analytics<'a> {
    pub(crate) core: &'a Core,
}

impl Analytics<'_> {
    /// How people comply with what they have to do: all together, and by what was asked.
    pub async fn compliance(
        &self,
        actor: &Actor,
        query: ComplianceQuery,
    ) -> Result<ComplianceReport> {
        actor.require(READ)?;
        compliance::compliance(self.core, actor, &query).await
    }

    /// Whether at least so many of a hundred obligations are met: all together, and in every group.
    pub async fn gate(
        &self,
        actor: &Actor,
        query: ComplianceQuery,
        min: MinPercent,
    ) -> Result<GateOutcome> {
        actor.require(READ)?;
        Ok(gate::judged(compliance::compliance(self.core, actor, &query).await?, min))
    }

    /// What is overdue, by whose it is.
    pub async fn overdue(&self, actor: &Actor, query: OverdueQuery) -> Result<OverdueReport> {
        actor.require(READ)?;
        overdue::overdue(self.core, actor, &query).await
    }

    /// How much was learnt in a time.
    pub async fn learning(&self, actor: &Actor, query: LearningQuery) -> Result<LearningFigures> {
        actor.require(READ)?;
        learning::learning(self.core, actor, &query).await
    }

    /// How things stand, on one page.
    pub async fn status(&self, actor: &Actor, query: StatusQuery) -> Result<OrganisationStatus> {
        actor.require(READ)?;
        status::status(self.core, actor, &query).await
    }

    /// How people stand to what they have to learn, one by one, with what it adds up to.
    pub async fn obligations(&self, actor: &Actor, query: FactsQuery) -> Result<ObligationFacts> {
        actor.require(assignments::READ)?;
        facts::obligations(self.core, actor, &query).await
    }

    /// What is overdue, one by one, with how far it went up.
    pub async fn overdue_facts(&self, actor: &Actor, query: FactsQuery) -> Result<OverdueFacts> {
        actor.require(assignments::READ)?;
        facts::overdue(self.core, actor, &query).await
    }

    /// How departments do, one beside the other.
    pub async fn scorecard(&self, actor: &Actor, query: FactsQuery) -> Result<Scorecard> {
        actor.require(READ)?;
        facts::scorecard(self.core, actor, &query).await
    }

    /// How compliance developed, month by month.
    pub async fn trend(&self, actor: &Actor, query: FactsQuery) -> Result<Trend> {
        actor.require(READ)?;
        facts::trend(self.core, actor, &query).await
    }

    /// How good questions are, by what first attempts at quizzes earned.
    pub async fn quiz_items(&self, actor: &Actor, query: FactsQuery) -> Result<QuizItemFacts> {
        actor.require(quizzes::READ)?;
        actor.require(READ)?;
        facts::quiz_items(self.core, actor, &query).await
    }

    /// Why compliance is another one than before a period: each obligation that counts otherwise.
    pub async fn bridge(&self, actor: &Actor, query: FactsQuery) -> Result<BridgeFacts> {
        actor.require(assignments::READ)?;
        facts::bridge(self.core, actor, &query).await
    }

    /// What people have done, one by one.
    pub async fn transcript(&self, actor: &Actor, query: FactsQuery) -> Result<TranscriptFacts> {
        actor.require(assignments::READ)?;
        facts::transcript(self.core, actor, &query).await
    }

    /// Who need not do what.
    pub async fn exemptions(&self, actor: &Actor, query: FactsQuery) -> Result<ExemptionFacts> {
        actor.require(assignments::READ)?;
        facts::exemptions(self.core, actor, &query).await
    }

    /// What happened to people's learning, one thing after the other.
    pub async fn activity(&self, actor: &Actor, query: FactsQuery) -> Result<ActivityFacts> {
        actor.require(assignments::READ)?;
        facts::activity(self.core, actor, &query).await
    }

    /// How good trainings are: whether people end them, how long that takes, and how quizzes turn out.
    pub async fn trainings(&self, actor: &Actor, query: FactsQuery) -> Result<TrainingScores> {
        actor.require(READ)?;
        facts::trainings(self.core, actor, &query).await
    }

    /// What people have yet to learn, month by month.
    pub async fn load(&self, actor: &Actor, query: FactsQuery) -> Result<LoadFacts> {
        actor.require(READ)?;
        facts::load(self.core, actor, &query).await
    }

    /// How new people settle in.
    pub async fn onboarding(&self, actor: &Actor, query: FactsQuery) -> Result<OnboardingFacts> {
        actor.require(assignments::READ)?;
        facts::onboarding(self.core, actor, &query).await
    }

    /// Who has the skills that their job roles require, and who lacks them.
    pub async fn skills(&self, actor: &Actor, query: FactsQuery) -> Result<SkillFacts> {
        actor.require(readiness::READ)?;
        facts::skills(self.core, actor, &query).await
    }

    /// People, and where they are.
    pub async fn people(&self, actor: &Actor, query: FactsQuery) -> Result<PeopleFacts> {
        actor.require(people::READ)?;
        facts::people(self.core, actor, &query).await
    }

    /// All of it as of one day, in one read: for systems that compute elsewhere.
    pub async fn warehouse(&self, actor: &Actor, query: FactsQuery) -> Result<WarehouseFacts> {
        actor.require(assignments::READ)?;
        actor.require(people::READ)?;
        facts::warehouse(self.core, actor, &query).await
    }
}
