//! People from files and feeds: matched, planned, guarded, applied.

mod row;
mod matching;
mod resolve;
mod contract;
pub(crate) mod guards;
mod plan;
pub(crate) mod stage;
mod there;
mod decide;
mod tell;
pub(crate) mod apply;
mod plan_file;

pub use guards::{Acceptance, GuardFinding, GuardKind};
pub use plan::{
    ImportCounts, ImportOutcome, ImportPlan, PeopleImport, PlannedRow, RowEffect, RowProblem,
    StagedPeople,
};
pub use plan_file::PlanFile;
