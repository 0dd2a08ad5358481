//! Runs of jobs as they are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::id;
use crate::kernel::text::Day;

id! {
    /// A run of a job.
    JobRunId;
}

/// How a run stands.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It has begun and not come to an end; it may have died.
    Running,
    /// It came to its end.
    Done,
    /// It did not.
    Failed,
}

impl JobState {
    /// The name in JSON and as a value of a column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub(super) fn stored(text: &str) -> Result<Self> {
        let known = [Self::Running, Self::Done, Self::Failed];
        let known = known.into_iter().find(|known| known.as_str() == text);
        known.ok_or_else(|| Error::inconsistent("job_runs.state", format!("`{text}`")))
    }
}

/// One step of a run.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStep {
    /// Its name.
    pub step: String,
    /// How long it took. Steps that are one pass over the same people took that long together, and
    /// each says so.
    pub duration_ms: i64,
    /// Whether it was carried out in one pass with others.
    pub one_pass: bool,
    /// What it did.
    pub counts: BTreeMap<String, i64>,
}

/// One run of a job.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRun {
    /// Its id.
    pub id: JobRunId,
    /// The name of the job, such as `sweep`.
    pub job: String,
    /// How it stands.
    pub state: JobState,
    /// The day it ran for.
    pub day: Day,
    /// Whether that day was named, and so the same for everybody.
    pub day_named: bool,
    /// The one step it was kept to.
    pub only_step: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Who ran it.
    pub actor: String,
    /// Why it failed.
    pub error: Option<String>,
    /// What it did.
    pub counts: BTreeMap<String, i64>,
    /// What it did step by step.
    pub steps: Vec<JobStep>,
}

/// How a job stands: its last run, and the last one that came to its end.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobStatus {
    /// The name of the job.
    pub job: String,
    /// The last run, whatever became of it.
    pub last: JobRun,
    /// The last one that came to its end and was kept to no single step.
    pub last_good: Option<JobRun>,
}

impl JobStatus {
    /// Whether no run came to its end within this time.
    #[must_use]
    pub fn is_older_than(&self, max_age: Duration, now: Timestamp) -> bool {
        let finished_at = self.last_good.as_ref().and_then(|run| run.finished_at);
        finished_at.is_none_or(|at| at.plus(max_age) < now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(finished_at: &str) -> JobRun {
        JobRun {
            id: JobRunId::new(uuid::Uuid::nil()),
            job: "sweep".to_owned(),
            state: JobState::Done,
            day: Day::parse("2026-03-01").unwrap(),
            day_named: false,
            only_step: None,
            started_at: Timestamp::parse(finished_at).unwrap(),
            finished_at: Some(Timestamp::parse(finished_at).unwrap()),
            actor: "os:ada".to_owned(),
            error: None,
            counts: BTreeMap::new(),
            steps: Vec::new(),
        }
    }

    #[test]
    fn a_job_is_too_old_when_its_last_good_run_is() {
        let now = Timestamp::parse("2026-03-02T04:00:00Z").unwrap();
        let hours = |n: u64| Duration::from_hours(n);
        let last = run("2026-03-01T02:00:00Z");
        let status =
            JobStatus { job: "sweep".to_owned(), last: last.clone(), last_good: Some(last) };
        assert!(!status.is_older_than(hours(26), now));
        assert!(status.is_older_than(hours(25), now));
        let never = JobStatus { last_good: None, ..status };
        assert!(never.is_older_than(hours(10_000), now));
    }
}
