//! What jobs of the program did, run by run.
//!
//! Owns `job_runs`. Promises that a run is noted before it begins, so that one that died is found; and that
//! a run that failed is told to whoever runs the system, and to those who listen. Never runs anything:
//! that only one runs at a time is the affair of [leases](crate::Jobs).

mod types;
mod record;
mod find;

pub(crate) use find::last_good;
pub(crate) use record::{NewRun, begin, fail, finish, note_interrupted};
pub use types::{JobRun, JobRunId, JobState, JobStatus, JobStep};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};

/// May see what jobs did.
pub(crate) const READ: Permission = Permission::new("jobs.read", "see what jobs did");

/// What is recorded of a run that failed.
const FAILED: &str = "job.failed";

error_codes! {
    INTERRUPTED = "jobs.interrupted", Unavailable, "a run came to no end: it was killed, or the machine went down";
}

/// What jobs did; made by [`crate::Lms::job_runs`].
#[derive(Debug)]
pub struct JobRuns<'a> {
    pub(crate) core: &'a Core,
}

impl JobRuns<'_> {
    /// The last run of each job that ever ran, and the last one that came to its end.
    pub async fn last_runs(&self, actor: &Actor) -> Result<Vec<JobStatus>> {
        actor.require(READ)?;
        find::last_runs(self.core).await
    }
}
