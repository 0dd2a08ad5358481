//! Imports: files and feeds of other systems, read, planned, applied and taken back.
//!
//! Owns `import_sources`, `import_runs`, `import_rows`, `import_sightings` and `import_pending`. Promises that
//! an import is one transaction, all or nothing; that a plan is the import itself, rolled back; that the
//! same file again changes nothing; and that what looks like an accident stops until somebody says its
//! very number. Whom a row is about and what stops it are pure (`people/matching.rs`, `people/guards.rs`,
//! `people/contract.rs`); what rows say lands by the ways of the contexts that own it.
//!
//! The kinds differ in their rows, in how these land (`people/`, `records/`) and in nothing else: the plan, the
//! run, the plan file, the rejected rows and the way back are one (`plan.rs`, `carrying.rs`).
//!
//! What is pulled out of other systems over the network (`hris/`) comes in as a file does.
//!
//! Writes through `people::delivery` and `assignments::delivery` alone. Never keeps a file: what a run changed
//! stands in its operation, where it can be erased and taken back (`batches`).

pub mod reading;
mod row;
mod plan;
pub(crate) mod people;
mod records;
mod staged;
mod carrying;
mod plan_file;
#[cfg(feature = "hris")]
pub mod hris;
mod types;
mod runs;
mod facts;
mod reactions;
pub(crate) mod sql;

pub(crate) use carrying::note_undone;
pub use facts::{ImportFacts, ImportedField};
pub use people::{Acceptance, GuardFinding, GuardKind, PeopleImport};
pub use plan::{ImportCounts, ImportOutcome, ImportPlan, PlannedRow, RowEffect, RowProblem};
pub use plan_file::PlanFile;
pub(crate) use reactions::{people_arrived, people_erased, people_merged};
pub use records::RecordsImport;
pub use staged::StagedImport;
pub use types::{ImportLine, ImportRun, ImportRunCard, ImportRunFilter, ImportRunId, Mode};

use self::people::stage::FileFacts;
use self::reading::{Layout, ReadRow};
use self::staged::StagedRows;
use crate::analytics::FactsQuery;
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::page::Page;
use crate::kernel::text::Code;
use crate::operations::OperationId;

const READ: Permission = crate::people::READ;
/// Taking back is changing, as with every batch.
const WRITE: Permission = crate::people::WRITE;

error_codes! {
    UNKNOWN_RUN = "import.unknown", NotFound, "there is no such import";
    GUARDED = "import.guarded", Refused, "an import would do something to many that looks like an accident";
    CONTRACT = "import.contract", Refused, "a file looks other than the last one of its source";
    REJECTED = "import.rows_rejected", Refused, "rows cannot be imported, and all of them were to be";
    TOO_MANY = "import.too_many", Refused, "a file changes more than one transaction holds";
    NOT_APPLIED = "import.nothing_to_undo", Refused, "an import changed nothing, so that nothing goes back";
    PLAN_FILE = "import.plan_file", Invalid, "a file is no plan of an import";
    CONFLICT_ROWS = "import.conflict_several_rows", Conflict, "several rows are about one person";
    CONFLICT_PEOPLE = "import.conflict_several_people", Conflict, "one row is about several people";
    CONFLICT_KEY = "import.conflict_other_key", Conflict, "the source knows the person by another key";
    CONFLICT_EMAIL = "import.conflict_email_alone", Conflict, "only the e-mail address says who it is";
    CONFLICT_NUMBER = "import.conflict_number_reused", Conflict, "an employee number was given to somebody else";
    MANAGER_CYCLE = "import.manager_cycle", Invalid, "somebody would report to themselves";
    REVOKED = "import.revoked_before", Refused, "a completion was recorded and revoked, and stays so";
    OVERLAPS = "import.overlaps", Conflict, "something else is said of a part of that time";
    OTHER_ROW = "import.other_row", Invalid, "another row of the same thing is wrong";
    NOT_KEPT = "import.not_kept", Invalid, "a file says something that is not kept";
    NO_LEARNER = "import.no_learner", Refused, "somebody is in a course who does not learn in it";
    NOT_OPEN = "import.not_open", Refused, "an assignment has come to its end elsewhere";
    NOT_EMPLOYED = "import.not_employed", Refused, "somebody who is not employed is given nothing";
    PROTECTED_PERSON = "import.protected_person", Refused, "no feed ends the employment of those who run the system";
}

/// Imports; made by [`crate::Lms::imports`].
#[derive(Debug)]
pub struct Imports<'a> {
    pub(crate) core: &'a Core,
}

impl Imports<'_> {
    /// Reads people out of a file that was surveyed, and puts those aside of whom it says what it said last.
    /// `progress` is told how many rows were read, and of how many.
    pub async fn stage_people(
        &self,
        actor: &Actor,
        options: PeopleImport,
        file: ImportFile<'_>,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<StagedImport> {
        options.require(actor)?;
        let ImportFile { layout, fingerprint, notes, rows } = file;
        let facts = FileFacts { layout, fingerprint, notes };
        let staged = people::stage::stage(self.core, options, facts, rows, progress).await?;
        Ok(StagedImport(StagedRows::People(Box::new(staged))))
    }

    /// Reads everything but people out of a file that was surveyed. `progress` is
    /// told how many rows were read, and of how many.
    pub async fn stage_records(
        &self,
        actor: &Actor,
        options: RecordsImport,
        file: ImportFile<'_>,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<StagedImport> {
        options.require(actor)?;
        let ImportFile { layout, fingerprint, notes, rows } = file;
        let facts = FileFacts { layout, fingerprint, notes };
        let staged = records::stage(options, facts, rows, progress).await?;
        Ok(StagedImport(StagedRows::Records(staged)))
    }

    /// Says what importing would do, and does nothing.
    pub async fn plan(&self, actor: &Actor, staged: &StagedImport) -> Result<ImportPlan> {
        staged.require(actor)?;
        carrying::plan(self.core, actor, staged).await
    }

    /// Imports all that can be, in one transaction: exactly as planned, where there is a plan; what changed
    /// since is named. Another import of the source that is under way is told.
    pub async fn apply(
        &self,
        actor: &Actor,
        staged: &StagedImport,
        plan: Option<&ImportPlan>,
    ) -> Result<ImportOutcome> {
        staged.require(actor)?;
        let effects: Option<Vec<_>> = plan.map(|plan| plan.effects().collect());
        carrying::apply(self.core, actor, staged, effects.as_deref()).await
    }

    /// Carries out a plan out of a file, or refuses where it would be another one now.
    pub async fn apply_plan(&self, actor: &Actor, plan: &PlanFile) -> Result<ImportOutcome> {
        plan.staged.require(actor)?;
        carrying::apply(self.core, actor, &plan.staged, Some(&plan.effects)).await
    }

    /// Which imports there were, newest first.
    pub async fn list(&self, actor: &Actor, filter: ImportRunFilter) -> Result<Page<ImportRun>> {
        actor.require_for_all(READ)?;
        runs::list(self.core, filter).await
    }

    /// What an import is among the operations that can be taken back; refused where it changed nothing.
    pub async fn operation(&self, actor: &Actor, run: &str) -> Result<OperationId> {
        actor.require_for_all(WRITE)?;
        let run = runs::find(&mut self.core.db().begin_read().await?, run).await?;
        run.operation.ok_or_else(|| {
            NOT_APPLIED
                .error(format!("the import {} changed nothing", run.id))
                .with_hint("`lmsctl import list` shows what each of them did")
        })
    }

    /// What an import did, by its id or the last one, with each field that it changed.
    pub async fn facts(
        &self,
        actor: &Actor,
        run: Option<&str>,
        query: FactsQuery,
    ) -> Result<ImportFacts> {
        actor.require_for_all(READ)?;
        facts::facts(self.core, actor, run, &query).await
    }

    /// One import by its id, or `last`, with the rows that did not simply land.
    pub async fn show(&self, actor: &Actor, run: &str) -> Result<ImportRunCard> {
        actor.require_for_all(READ)?;
        runs::show(self.core, run).await
    }
}

/// The name of a source: a feed, or whoever sends the files.
fn source_named(name: &str) -> Result<String> {
    let source = Code::parse(name).map_err(|error| error.with_field("source"))?;
    Ok(source.as_str().to_lowercase())
}

/// A file that was surveyed, and its rows.
pub struct ImportFile<'a> {
    layout: &'a Layout,
    fingerprint: String,
    notes: Vec<String>,
    rows: Box<dyn Iterator<Item = Result<ReadRow>> + Send + 'a>,
}

impl<'a> ImportFile<'a> {
    /// What was found of the file, and its rows, once.
    #[must_use]
    pub fn new(
        layout: &'a Layout,
        rows: impl Iterator<Item = Result<ReadRow>> + Send + 'a,
    ) -> Self {
        let notes = layout.remarks();
        Self { layout, fingerprint: String::new(), notes, rows: Box::new(rows) }
    }

    /// The SHA-256 of its bytes, by which the run is told from another.
    #[must_use]
    pub fn fingerprint(mut self, sha256: &str) -> Self {
        sha256.clone_into(&mut self.fingerprint);
        self
    }

    /// What else somebody should know of it, told with the plan.
    #[must_use]
    pub fn notes(mut self, notes: Vec<String>) -> Self {
        self.notes.extend(notes);
        self
    }
}

impl std::fmt::Debug for ImportFile<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportFile").field("name", &self.layout.name).finish_non_exhaustive()
    }
}
