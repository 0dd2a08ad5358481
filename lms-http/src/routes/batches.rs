//! `/batches`: operations that changed people and units, and the way back.

use axum::Json as Answer;
use lms_core::{
    Batch, BatchDetail, BatchFilter, BatchSample, Error, LaterChange, OperationId, UndoItem,
    UndoParts,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{ChangeBody, PageBody};
use crate::auth::Call;
use crate::error::Problem;
use crate::extract::Segment;
use crate::openapi::{About, Resource};
use crate::plans::{Counts, counts, first};
use crate::query::{NoParameters, Query};

const READ: &str = "people.read";
const WRITE: &str = "people.write";

pub(super) fn resource() -> Resource {
    Resource::new("Batches", "Operations that changed people and units, and the way back.")
        .get(
            "/api/v1/batches",
            list,
            About::new("list_batches", "List what can be taken back, or was")
                .text("Newest first.")
                .permission(READ)
                .query::<BatchesQuery>()
                .page::<BatchBody>(),
        )
        .get(
            "/api/v1/batches/{id}",
            show,
            of_one("show_batch", "Show a batch")
                .text("With the first of the records that it changed.")
                .permission(READ)
                .answers::<BatchDetailBody>(200, "the batch")
                .conflicts(),
        )
        .post(
            "/api/v1/batches/{id}/undo",
            undo,
            of_one("undo_batch", "Take a batch back")
                .text(
                    "What nobody changed since goes back to what it was; the rest stays, and it is said \
                     why. This is an operation of its own, which can be taken back in its turn.",
                )
                .permission(WRITE)
                .query::<UndoQuery>()
                .answers::<UndoBody>(200, "what went back, or with `dry_run` what would")
                .conflicts()
                .fails_with(412),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "The number of the operation, or its id", "8")
}

/// Which batches.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BatchesQuery {
    /// Only operations of this kind.
    #[param(example = "person.changed")]
    kind: Option<String>,
    /// Only what this actor did.
    actor: Option<String>,
    /// Only what changed more than one record.
    many: Option<bool>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// How a batch is taken back.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UndoQuery {
    /// Say what would go back, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run: do exactly what it said, or nothing.
    plan: Option<String>,
}

/// An operation that can be taken back, or was.
#[derive(Serialize, ToSchema)]
#[schema(as = Batch)]
struct BatchBody {
    /// Its place in the audit log, by which it is named.
    seq: i64,
    /// The operation.
    #[schema(format = "uuid")]
    operation_id: String,
    /// What was done, such as `person.changed`.
    kind: String,
    /// By whom.
    actor: String,
    /// When.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Why, in the actor's words.
    reason: Option<String>,
    /// How many records it changed.
    n_records: i64,
    /// How many of what.
    counts: BTreeMap<String, i64>,
    /// The place of the operation that this one took back.
    undoes: Option<i64>,
    /// The place of the operation that took this one back.
    undone_by: Option<i64>,
}

/// A batch with some of what it changed.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchDetail)]
struct BatchDetailBody {
    /// The batch.
    #[serde(flatten)]
    batch: BatchBody,
    /// The first of the records.
    samples: Vec<SampleBody>,
}

/// One record that a batch changed.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchSample)]
struct SampleBody {
    /// What kind of record, such as `person`.
    subject_type: String,
    /// Which one.
    #[schema(format = "uuid")]
    subject_id: Option<String>,
    /// Its name.
    subject: String,
    /// What the batch changed of it.
    changed: Vec<ChangeBody>,
}

/// What taking a batch back did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = Undo)]
pub(super) struct UndoBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The batch as it is now.
    batch: BatchBody,
    /// How many fields go back, stay and cannot go back.
    counts: Counts,
    /// What goes back to what it was: the first 500 of it.
    restored: Vec<UndoItemBody>,
    /// What stays, because somebody changed it since.
    kept: Vec<UndoItemBody>,
    /// What cannot go back as things are, and why.
    blocked: Vec<UndoItemBody>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// One field of one record.
#[derive(Serialize, ToSchema)]
#[schema(as = UndoItem)]
struct UndoItemBody {
    /// What kind of record: `person`, `department`, `location`, `job_role`.
    subject_type: String,
    /// Which one.
    #[schema(format = "uuid")]
    subject_id: String,
    /// Its name.
    subject: String,
    /// The field; `record` for the whole of it.
    field: String,
    /// The first day on which it is so, where the field has days.
    #[schema(format = Date)]
    from: Option<String>,
    /// The first day on which it is no longer so.
    #[schema(format = Date)]
    until: Option<String>,
    /// What it is now.
    now: Option<String>,
    /// What it was before the operation.
    back_to: Option<String>,
    /// Why it stays as it is.
    why: Option<String>,
    /// Who changed it since.
    changed_by: Option<LaterChangeBody>,
}

/// A later operation that changed the same.
#[derive(Serialize, ToSchema)]
#[schema(as = LaterChange)]
struct LaterChangeBody {
    /// Its place in the audit log.
    seq: i64,
    /// What was done.
    kind: String,
    /// By whom.
    actor: String,
    /// When.
    #[schema(format = DateTime)]
    recorded_at: String,
}

async fn list(
    call: Call,
    Query(query): Query<BatchesQuery>,
) -> Result<Answer<PageBody<BatchBody>>, Problem> {
    let page = call.lms.batches().list(&call.actor, query.into_filter()).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, BatchBody::from)))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<BatchDetailBody>, Problem> {
    let detail = call.lms.batches().show(&call.actor, &id).await.map_err(problem)?;
    Ok(Answer(detail.into()))
}

async fn undo(
    call: Call,
    Segment(id): Segment,
    Query(query): Query<UndoQuery>,
) -> Result<Answer<UndoBody>, Problem> {
    undo_of(&call, &id, query).await
}

/// Takes back an operation, by its number or id, or says what that would do.
pub(super) async fn undo_of(
    call: &Call,
    id: &str,
    query: UndoQuery,
) -> Result<Answer<UndoBody>, Problem> {
    let batches = call.lms.batches();
    let plan = batches.plan_undo(&call.actor, id).await.map_err(problem)?;
    let plan = plan.still(query.plan.as_deref())?;
    let fingerprint = plan.fingerprint.clone();
    if query.dry_run.unwrap_or_default() {
        return Ok(Answer(UndoBody::of(true, fingerprint, plan.batch, plan.parts, None)));
    }
    let done = batches.undo(&call.actor, plan).await.map_err(problem)?;
    Ok(Answer(UndoBody::of(false, fingerprint, done.batch, done.parts, done.operation)))
}

fn problem(error: Error) -> Problem {
    Problem::at_address(error, "batch")
}

impl BatchesQuery {
    fn into_filter(self) -> BatchFilter {
        let filter = BatchFilter::new().many(self.many.unwrap_or_default());
        let filter = self.limit.into_iter().fold(filter, BatchFilter::limit);
        let filter = self.kind.iter().fold(filter, |filter, kind| filter.kind(kind));
        let filter = self.actor.iter().fold(filter, |filter, actor| filter.actor(actor));
        self.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor))
    }
}

impl UndoBody {
    fn of(
        dry_run: bool,
        plan: String,
        batch: Batch,
        parts: UndoParts,
        operation: Option<OperationId>,
    ) -> Self {
        let UndoParts { restored, kept, blocked, .. } = parts;
        Self {
            dry_run,
            plan,
            batch: batch.into(),
            counts: counts([
                ("restored", restored.len()),
                ("kept", kept.len()),
                ("blocked", blocked.len()),
            ]),
            restored: first(restored, UndoItemBody::from),
            kept: first(kept, UndoItemBody::from),
            blocked: first(blocked, UndoItemBody::from),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<Batch> for BatchBody {
    fn from(batch: Batch) -> Self {
        Self {
            seq: batch.seq,
            operation_id: batch.operation_id.to_string(),
            kind: batch.kind,
            actor: batch.actor,
            recorded_at: batch.recorded_at.to_string(),
            reason: batch.reason,
            n_records: batch.n_records,
            counts: batch.counts,
            undoes: batch.undoes,
            undone_by: batch.undone_by,
        }
    }
}

impl From<BatchDetail> for BatchDetailBody {
    fn from(detail: BatchDetail) -> Self {
        let samples = detail.samples.into_iter().map(SampleBody::from).collect();
        Self { batch: detail.batch.into(), samples }
    }
}

impl From<BatchSample> for SampleBody {
    fn from(sample: BatchSample) -> Self {
        Self {
            subject_type: sample.subject_type,
            subject_id: sample.subject_id.map(|id| id.to_string()),
            subject: sample.subject,
            changed: ChangeBody::all(sample.changed),
        }
    }
}

impl From<UndoItem> for UndoItemBody {
    fn from(item: UndoItem) -> Self {
        Self {
            subject_type: item.subject_type,
            subject_id: item.subject_id.to_string(),
            subject: item.subject,
            field: item.field,
            from: item.from.map(|day| day.to_string()),
            until: item.until.map(|day| day.to_string()),
            now: item.now,
            back_to: item.back_to,
            why: item.why,
            changed_by: item.changed_by.map(LaterChangeBody::from),
        }
    }
}

impl From<LaterChange> for LaterChangeBody {
    fn from(change: LaterChange) -> Self {
        Self {
            seq: change.seq,
            kind: change.kind,
            actor: change.actor,
            recorded_at: change.recorded_at.to_string(),
        }
    }
}
