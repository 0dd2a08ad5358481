//! People from files and feeds: matched, planned, guarded, applied.

mod row;
mod options;
mod matching;
mod resolve;
mod contract;
pub(crate) mod guards;
pub(crate) mod stage;
mod there;
pub(crate) mod decide;
mod tell;
mod keep;
mod waiting;

pub use guards::{Acceptance, GuardFinding, GuardKind};
pub use options::PeopleImport;
pub(crate) use options::StagedPeople;
pub(crate) use waiting::settle;
