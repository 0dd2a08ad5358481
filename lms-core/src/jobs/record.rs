//! Noting that a run began, and how it ended.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::types::{JobRunId, JobState, JobStep};
use super::{FAILED, INTERRUPTED};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::JOB_RUNS;
use crate::kernel::db::{Assembly, Field, Tx, bulk, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use crate::notifications::{self, NoticeType, Told};
use crate::operations::{Operation, Write};

/// A run that is about to begin.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub(crate) job: &'static str,
    pub(crate) day: Day,
    pub(crate) day_named: bool,
    pub(crate) only_step: Option<&'static str>,
    pub(crate) started_at: Timestamp,
}

/// Notes that a run begins.
pub(crate) async fn begin(write: &mut Write, new: &NewRun) -> Result<JobRunId> {
    let id = JobRunId::new(write.ctx.new_id());
    let row = vec![
        id.into_value(),
        new.job.into_value(),
        new.day.into_value(),
        new.day_named.into_value(),
        new.only_step.into_value(),
        new.started_at.into_value(),
        None::<Timestamp>.into_value(),
        JobState::Running.as_str().into_value(),
        write.ctx.actor.label().into_value(),
        None::<String>.into_value(),
        "{}".into_value(),
        "[]".into_value(),
    ];
    bulk::insert(&mut write.tx, &JOB_RUNS, [row]).await?;
    Ok(id)
}

/// Notes what a run did that came to its end.
pub(crate) async fn finish(
    tx: &mut Tx,
    id: JobRunId,
    finished_at: Timestamp,
    counts: &BTreeMap<String, i64>,
    steps: &[JobStep],
) -> Result<()> {
    Assembly::new("UPDATE job_runs SET state = 'done', finished_at = ?")
        .bind(finished_at)
        .push(", counts = ?")
        .bind(json!(counts).to_string())
        .push(", steps = ?")
        .bind(json!(steps).to_string())
        .push("WHERE state = 'running' AND id = ?")
        .bind(id)
        .on(tx)
        .run()
        .await
        .map(drop)
}

/// Notes that a run failed; tells those who run the system, and those who listen.
pub(crate) async fn fail(
    write: &mut Write,
    run: &NewRun,
    id: JobRunId,
    error: &Error,
) -> Result<()> {
    let failed = set_failed(write, error.message());
    failed.push("WHERE state = 'running' AND id = ?").bind(id).on(&mut write.tx).run().await?;
    tell(write, run.job, id, run.day, error).await
}

/// Tells those who run the system, and those who listen, that a run failed.
async fn tell(
    write: &mut Write,
    job: &'static str,
    id: JobRunId,
    day: Day,
    error: &Error,
) -> Result<()> {
    let now = write.ctx.now;
    let data = json!({
        "job": job,
        "job_run_id": id,
        "day": day,
        "code": error.code(),
        "error": error.message(),
    });
    let ids = std::sync::Arc::clone(&write.ctx.ids);
    let notice = |to| Told {
        id: ids.id(now),
        to,
        notice_type: NoticeType::JobFailed,
        once: id.to_string(),
        training: None,
        assignment: None,
        n_people: 0,
        data: data.clone(),
        day: Day::today(now, &jiff::tz::TimeZone::UTC),
    };
    let notices: Vec<Told> =
        notifications::admins(&mut write.tx).await?.into_iter().map(notice).collect();
    notifications::queue(write, &notices).await?;
    let told = json!({ "job": job, "job_run_id": id, "day": day, "code": error.code() });
    let operation = Operation::new(FAILED)
        .change("job_run", Some(id.uuid()), None::<&()>, Some(&told))
        .event(FAILED, Some(job.to_owned()), told.clone());
    write.record(operation);
    Ok(())
}

/// Notes of runs that are said to be running that they are not, and tells of them: whoever holds the lease
/// knows. Says how many there were.
pub(crate) async fn note_interrupted(write: &mut Write, job: &'static str) -> Result<usize> {
    let wanted = Assembly::new("SELECT id, day FROM job_runs WHERE state = 'running' AND job = ?");
    let runs: Vec<InterruptedRow> = wanted.bind(job).on(&mut write.tx).all().await?;
    let error = INTERRUPTED.error("it was interrupted");
    let failed = set_failed(write, error.message());
    failed.push("WHERE state = 'running' AND job = ?").bind(job).on(&mut write.tx).run().await?;
    // One, but for those that were killed one after the other before anybody could note it.
    for run in &runs {
        tell(write, job, JobRunId::new(run.id), run.day, &error).await?;
    }
    Ok(runs.len())
}

row! {
    struct InterruptedRow {
        id: Uuid,
        day: Day,
    }
}

fn set_failed(write: &Write, error: &str) -> Assembly {
    Assembly::new("UPDATE job_runs SET state = 'failed', finished_at = ?")
        .bind(write.ctx.now)
        .push(", error = ?")
        .bind(error)
}
