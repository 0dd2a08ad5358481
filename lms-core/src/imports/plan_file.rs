//! A plan that somebody looks at before another carries it out: a file with the rows, what would become
//! of each, and what to compare.

use serde::{Deserialize, Serialize};

use super::PLAN_FILE;
use super::plan::ImportPlan;
use super::staged::StagedImport;
use crate::kernel::error::{Error, Result};
use crate::operations::fingerprint;

/// The shape of the file.
const FORMAT: u32 = 1;
const WHAT: &str = "lms import plan";

/// What stands in the file.
#[derive(Serialize)]
struct Written<'a> {
    what: &'a str,
    format: u32,
    /// For people to look at.
    plan: &'a ImportPlan,
    /// What is carried out: the rows as they were read.
    staged: &'a StagedImport,
    /// Whose effect it is, and which, to be compared.
    effects: Vec<(String, String)>,
    fingerprint: String,
}

#[derive(Deserialize)]
struct Read {
    what: String,
    format: u32,
    staged: StagedImport,
    effects: Vec<(String, String)>,
    fingerprint: String,
}

/// A plan out of a file.
#[derive(Debug)]
pub struct PlanFile {
    pub(crate) staged: StagedImport,
    pub(crate) effects: Vec<(String, String)>,
}

impl PlanFile {
    /// Writes a plan with all that is needed to carry it out. It holds what the file says of people: keep
    /// it as you keep the file.
    #[must_use]
    pub fn write(staged: &StagedImport, plan: &ImportPlan) -> String {
        let effects: Vec<(String, String)> = plan.effects().collect();
        let fingerprint = fingerprint(&(staged, &effects));
        let written = Written { what: WHAT, format: FORMAT, plan, staged, effects, fingerprint };
        let mut text = serde_json::to_string_pretty(&written).expect("a plan is plain data");
        text.push('\n');
        text
    }

    /// Reads one. What was changed in it by hand is refused.
    pub fn read(text: &str) -> Result<Self> {
        let read: Read =
            serde_json::from_str(text).map_err(|cause| not_a_plan(&cause.to_string()))?;
        if read.what != WHAT || read.format != FORMAT {
            return Err(not_a_plan("another program, or another version, wrote it"));
        }
        if read.fingerprint != fingerprint(&(&read.staged, &read.effects)) {
            return Err(not_a_plan("it is not as it was written"));
        }
        Ok(Self { staged: read.staged, effects: read.effects })
    }

    /// The source that it is about.
    #[must_use]
    pub fn source(&self) -> &str {
        self.staged.source()
    }

    /// The file that was read.
    #[must_use]
    pub fn file(&self) -> &str {
        self.staged.file()
    }
}

fn not_a_plan(why: &str) -> Error {
    PLAN_FILE.error(format!("it is no plan of an import: {why}")).with_hint(
        "`lmsctl import people FILE --plan-out PLAN` writes one, and so does every other kind",
    )
}
