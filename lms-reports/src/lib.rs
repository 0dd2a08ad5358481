//! Reports over an organisation: asked of an [`Lms`], laid out once, written as a workbook, CSV or
//! JSON.
//!
//! ```no_run
//! # async fn run(lms: &lms_core::Lms) -> lms_core::Result<()> {
//! use lms_core::Actor;
//! use lms_reports::{Params, Report};
//!
//! let actor = Actor::os_user("ada");
//! let document =
//!     lms_reports::run(Report::Audit, lms, &actor, Params::new(), &mut |_, _| ()).await?;
//! document.save(std::path::Path::new("audit.xlsx"))?;
//! # Ok(())
//! # }
//! ```
//!
//! [`run`] reads one state of the data and says which: the head of the audit chain. `lms-core`
//! decides every figure and checks what the actor may see; nothing here reads a database itself.
//! A [`Document`] does not know its format, and a format knows no report: house style is in one
//! place. Nothing is printed, and no file is replaced before the new one is whole.

// In reading order.
mod activity;
mod asked;
mod audit;
mod bridge;
mod compliance;
mod departments;
mod document;
mod error;
mod exemptions;
mod expiring;
mod import_run;
mod language;
mod load;
mod onboarding;
mod overdue;
mod own;
mod people;
mod quiz_items;
mod report;
#[cfg(test)]
mod sample;
mod shape;
mod skills;
mod table;
mod tone;
mod trainings;
mod transcript;
mod trend;
mod verify;
#[cfg(feature = "warehouse")]
mod warehouse;
mod words;
mod write;

pub use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
pub use crate::error::error_codes;
pub use crate::language::Language;
pub use crate::report::{Params, Report};
pub use crate::table::{Cell, Column, Kind, Table};
pub use crate::tone::Tone;
pub use crate::verify::{Difference, Verified, verify};
#[cfg(feature = "warehouse")]
pub use crate::warehouse::{Warehouse, WarehouseTable};
pub use crate::words::Words;
pub use crate::write::{Format, ReportFile};

use lms_core::{Actor, Lms, Result};

/// Reads what a report needs and lays it out. `progress` hears how much of the reading is done,
/// and of how much.
pub async fn run(
    report: Report,
    lms: &Lms,
    actor: &Actor,
    params: Params,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Document> {
    params.check()?;
    let mut document = match report {
        Report::Activity => activity::run(lms, actor, &params).await?,
        Report::Audit => audit::run(lms, actor, &params, progress).await?,
        Report::Bridge => bridge::run(lms, actor, &params).await?,
        Report::Compliance => compliance::run(lms, actor, &params).await?,
        Report::Departments => departments::run(lms, actor, &params).await?,
        Report::Exemptions => exemptions::run(lms, actor, &params).await?,
        Report::Expiring => expiring::run(lms, actor, &params).await?,
        Report::ImportRun => import_run::run(lms, actor, &params).await?,
        Report::Load => load::run(lms, actor, &params).await?,
        Report::Onboarding => onboarding::run(lms, actor, &params).await?,
        Report::Overdue => overdue::run(lms, actor, &params).await?,
        Report::People => people::run(lms, actor, &params).await?,
        Report::QuizItems => quiz_items::run(lms, actor, &params).await?,
        Report::Skills => skills::run(lms, actor, &params).await?,
        Report::Trainings => trainings::run(lms, actor, &params).await?,
        Report::Transcript => transcript::run(lms, actor, &params).await?,
        Report::Trend => trend::run(lms, actor, &params).await?,
    };
    if let Some(language) = params.language {
        document.say_in(language);
    }
    Ok(document)
}
