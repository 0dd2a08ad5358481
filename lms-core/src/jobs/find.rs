//! Looking at runs.

use super::types::{JobRun, JobRunId, JobState, JobStatus};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, One, Tx, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

const SELECT: &str = "
SELECT id, job, day, day_named, only_step, started_at, finished_at, state, actor, error, counts, steps
FROM job_runs WHERE job = ?";

row! {
    struct RunRow {
        id: JobRunId,
        job: String,
        day: Day,
        day_named: bool,
        only_step: Option<String>,
        started_at: Timestamp,
        finished_at: Option<Timestamp>,
        state: String,
        actor: String,
        error: Option<String>,
        counts: String,
        steps: String,
    }
}

impl RunRow {
    fn run(self) -> Result<JobRun> {
        let wrong = |cause: serde_json::Error| Error::inconsistent("job_runs.counts", cause);
        Ok(JobRun {
            id: self.id,
            job: self.job,
            state: JobState::stored(&self.state)?,
            day: self.day,
            day_named: self.day_named,
            only_step: self.only_step,
            started_at: self.started_at,
            finished_at: self.finished_at,
            actor: self.actor,
            error: self.error,
            counts: serde_json::from_str(&self.counts).map_err(wrong)?,
            steps: serde_json::from_str(&self.steps).map_err(wrong)?,
        })
    }
}

pub(super) async fn last_runs(core: &Core) -> Result<Vec<JobStatus>> {
    let mut tx = core.db().begin_read().await?;
    let jobs: Vec<One<String>> =
        Assembly::new("SELECT DISTINCT job FROM job_runs ORDER BY job").on(&mut tx).all().await?;
    let mut statuses = Vec::with_capacity(jobs.len());
    // As many as there are kinds of jobs.
    for One(job) in jobs {
        let last = Assembly::new(SELECT).bind(job.as_str());
        let last = last.push("ORDER BY started_at DESC, id DESC LIMIT 1");
        let last: RunRow = last.on(&mut tx).one().await?;
        let last_good = last_good(&mut tx, &job).await?;
        statuses.push(JobStatus { job, last: last.run()?, last_good });
    }
    Ok(statuses)
}

/// The last run of a job that came to its end, and was kept to no single step.
pub(crate) async fn last_good(tx: &mut Tx, job: &str) -> Result<Option<JobRun>> {
    let wanted = Assembly::new(SELECT).bind(job);
    let row: Option<RunRow> = wanted
        .push("AND state = 'done' AND only_step IS NULL ORDER BY started_at DESC, id DESC LIMIT 1")
        .on(tx)
        .opt()
        .await?;
    row.map(RunRow::run).transpose()
}
