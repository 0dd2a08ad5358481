//! `/completions`: what people have done, recorded, corrected and revoked.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use lms_core::{
    CompleteOutcome, CompletePlan, Completion, CompletionChange, CompletionFilter, CompletionId,
    NewCompletions, Page, Points,
};
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use utoipa::{IntoParams, ToSchema};

use super::assignments::{NameBody, PlanQuery, ReasonQuery, because, everybody_unsaid, of_plan};
use crate::answer::PageBody;
use crate::audience::{AudienceParameters, AudienceQuery};
use crate::auth::Call;
use crate::error::{FIELDS, FieldError, NOT_FOUND, Problem};
use crate::extract::{Json, Patch, Segment};
use crate::openapi::{About, Resource};
use crate::plans::{Counts, counts};
use crate::query::{Fields, NoParameters, Query, day};
use crate::routes::content::evidence;
use crate::state::ApiState;
use crate::stream::{self, Form, List};

const READ: &str = "assignments.read";
const WRITE: &str = "assignments.write";
const ALL: &str = "/api/v1/completions";
const ONE: &str = "/api/v1/completions/{id}";

pub(super) fn resource() -> Resource {
    let text = "What people have done: recorded, also for the past, corrected and revoked.";
    evidence::routes(Resource::new("Completions", text))
        .get(
            ALL,
            list,
            About::new("list_completions", "List completions")
                .text("The latest first; those that count.")
                .permission(READ)
                .query::<AudienceParameters>()
                .query::<CompletionsQuery>()
                .page::<CompletionBody>()
                .or_stream::<CompletionBody>(),
        )
        .post(
            ALL,
            record,
            About::new("record_completions", "Record what people have done")
                .text(
                    "For everybody whom the query means; somebody has to be named. What it settles is \
                     settled with it, and a certificate is issued to each of them.",
                )
                .permission(WRITE)
                .query::<AudienceParameters>()
                .query::<PlanQuery>()
                .body::<NewBody>(json!({
                    "training": "GDPR-101", "completed_on": "2026-03-02", "score": 87.5,
                    "evidence_link": "https://files.example.com/scan.pdf"
                }))
                .answers::<RecordedBody>(200, "what was recorded, or with `dry_run` would be")
                .conflicts()
                .fails_with(412),
        )
        .patch(
            ONE,
            correct,
            of_one("correct_completion", "Correct a completion")
                .text(
                    "Changes the fields that are there; `null` clears one that may be empty. What it \
                     settled is decided anew, and its certificate says what it says.",
                )
                .permission(WRITE)
                .body::<CorrectionBody>(json!({ "completed_on": "2026-03-01", "note": null }))
                .answers::<CompletionBody>(200, "the completion")
                .conflicts(),
        )
        .delete(
            ONE,
            revoke,
            of_one("revoke_completion", "Revoke a completion")
                .text(
                    "It counts no longer, and neither does its certificate; what it settled is decided \
                     anew. It stays to be seen with `revoked=true`.",
                )
                .permission(WRITE)
                .query::<ReasonQuery>()
                .answers::<CompletionBody>(200, "the completion")
                .conflicts(),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("id", "The completion", "019d3f1c-4a00-7000-8000-0000000000a4")
}

/// Which of them, beside whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CompletionsQuery {
    /// Only those of this training, by code or id.
    #[serde(default)]
    #[param(required = false)]
    training: Vec<String>,
    /// Done on this day or later.
    #[param(format = Date)]
    since: Option<String>,
    /// Done on this day or before.
    #[param(format = Date)]
    until: Option<String>,
    /// Also those that were revoked.
    revoked: Option<bool>,
    /// Only these fields of each, separated by commas.
    #[param(example = "person,training,completed_on")]
    fields: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCompletion)]
struct NewBody {
    /// The training, by code or id.
    training: String,
    /// When; today, unless said.
    #[serde(default)]
    #[schema(format = Date)]
    completed_on: Option<String>,
    /// Per cent, with at most two decimals.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
    score: Option<Number>,
    /// Which version, such as `2.0`; the one of that day, unless said.
    #[serde(default)]
    version: Option<String>,
    /// The last day that it covers; as the training says, unless said.
    #[serde(default)]
    #[schema(format = Date)]
    valid_until: Option<String>,
    /// Where the evidence lies.
    #[serde(default)]
    evidence_link: Option<String>,
    /// The file that proves it, by the id with which `POST /completions/evidence` answered.
    #[serde(default)]
    #[schema(format = "uuid")]
    evidence: Option<String>,
    /// A remark.
    #[serde(default)]
    note: Option<String>,
    /// Why it is recorded; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What is to be different about a completion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompletionPatch)]
struct CorrectionBody {
    /// When it was done.
    #[serde(default)]
    #[schema(format = Date)]
    completed_on: Option<String>,
    /// Per cent, with at most two decimals.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
    score: Patch<Number>,
    /// The last day that it covers.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    valid_until: Patch<String>,
    /// Where the evidence lies.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    evidence_link: Patch<String>,
    /// The file that proves it, by the id with which `POST /completions/evidence` answered.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uuid")]
    evidence: Patch<String>,
    /// A remark.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Patch<String>,
    /// Why it is corrected; it is kept in the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What recording did, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = CompletionPlan)]
struct RecordedBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// What tells this plan from every other one.
    plan: String,
    /// The code of the training.
    training: String,
    /// When it was done.
    #[schema(format = Date)]
    completed_on: String,
    /// How many are `recorded`, how many of those have it `assigned`, and how many assignments were
    /// `settled`.
    counts: Counts,
    /// The first of them, by name.
    samples: Vec<NameBody>,
    /// The completions, in the order of the people's names; none with `dry_run`.
    completions: Vec<String>,
    /// The entry of the audit log; null where nothing was written.
    #[schema(format = "uuid")]
    operation: Option<String>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
#[schema(as = Completion)]
struct CompletionBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// By whom.
    #[schema(format = "uuid")]
    person_id: String,
    /// Their name.
    person: String,
    /// The code of the training.
    training: String,
    /// When.
    #[schema(format = Date)]
    completed_on: String,
    /// How it came about: `self`, `quiz`, `instructor` or `import`.
    source: &'static str,
    /// Per cent.
    #[schema(value_type = Option<f64>)]
    score: Option<Number>,
    /// Which version.
    #[schema(examples("2.0"))]
    version: String,
    /// The last day that it covers by what it says itself.
    #[schema(format = Date)]
    valid_until: Option<String>,
    /// The code of the department on that day.
    department: Option<String>,
    /// The name of the manager on that day.
    manager: Option<String>,
    /// Where the evidence lies.
    evidence_link: Option<String>,
    /// The file that proves it; `/completions/{id}/evidence` has its bytes.
    #[schema(format = "uuid")]
    evidence_id: Option<String>,
    /// A remark.
    note: Option<String>,
    /// Since when it counts no longer.
    #[schema(format = Date)]
    revoked_on: Option<String>,
    /// When this was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Completions that were asked for.
struct Asked {
    call: Call,
    filter: CompletionFilter,
}

impl List for Asked {
    type Item = Completion;
    type Row = CompletionBody;

    async fn page(&self, limit: u32, cursor: Option<&str>) -> lms_core::Result<Page<Completion>> {
        let filter = self.filter.clone().limit(limit);
        self.read(cursor.into_iter().fold(filter, CompletionFilter::cursor)).await
    }
}

impl Asked {
    async fn read(&self, filter: CompletionFilter) -> lms_core::Result<Page<Completion>> {
        self.call.lms.assignments().completions(&self.call.actor, filter).await
    }
}

async fn list(
    call: Call,
    form: Form,
    State(state): State<ApiState>,
    query: AudienceQuery<CompletionsQuery>,
) -> Result<Response, Problem> {
    let AudienceQuery { audience, beside } = query;
    let since = day("since", beside.since.as_deref()).map_err(Problem::in_query)?;
    let until = day("until", beside.until.as_deref()).map_err(Problem::in_query)?;
    let fields = Fields::of::<CompletionBody>(beside.fields.as_deref())?;
    let is_page = beside.limit.is_some() || beside.cursor.is_some();
    let mut filter = CompletionFilter::new().between(since, until);
    filter = filter.revoked(beside.revoked.unwrap_or_default());
    filter = beside.training.iter().fold(filter, |filter, one| filter.training(one));
    filter = beside.limit.into_iter().fold(filter, CompletionFilter::limit);
    filter = beside.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    if !audience.is_everybody() {
        filter = filter.audience(audience);
    }
    let asked = Asked { call, filter };
    if let Form::Stream = form {
        return stream::all(asked, state, fields, is_page, Problem::in_query).await;
    }
    let page = asked.read(asked.filter.clone()).await.map_err(Problem::in_query)?;
    let page = PageBody::of(page, |one| fields.of_row(CompletionBody::from(one)));
    Ok(stream::varying(Answer(page)))
}

async fn record(
    call: Call,
    query: AudienceQuery<PlanQuery>,
    Json(body): Json<NewBody>,
) -> Result<Answer<RecordedBody>, Problem> {
    let AudienceQuery { audience, beside } = query;
    everybody_unsaid(&audience)?;
    let actor = because(&call.actor, body.reason.as_deref());
    let new = body.into_new(audience)?;
    let assignments = call.lms.assignments();
    let plan = assignments.plan_complete(&actor, new).await;
    let plan = plan.map_err(of_plan)?.still(beside.plan())?;
    if beside.is_dry_run() {
        return Ok(Answer(RecordedBody::of(plan, None)));
    }
    let done = assignments.complete(&actor, plan.clone()).await.map_err(of_plan)?;
    Ok(Answer(RecordedBody::of(plan, Some(done))))
}

async fn correct(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CorrectionBody>,
) -> Result<Answer<CompletionBody>, Problem> {
    let actor = because(&call.actor, body.reason.as_deref());
    change(&call, &actor, &id, body.into_change()?).await
}

async fn revoke(
    call: Call,
    Segment(id): Segment,
    Query(query): Query<ReasonQuery>,
) -> Result<Answer<CompletionBody>, Problem> {
    let actor = because(&call.actor, query.reason.as_deref());
    change(&call, &actor, &id, CompletionChange::revoked()).await
}

async fn change(
    call: &Call,
    actor: &lms_core::Actor,
    id: &str,
    change: CompletionChange,
) -> Result<Answer<CompletionBody>, Problem> {
    let id: CompletionId =
        id.parse().map_err(|_| NOT_FOUND.problem("this does not name a completion"))?;
    let changed = call.lms.assignments().change_completion(actor, id, change).await?;
    Ok(Answer(changed.into()))
}

impl NewBody {
    fn into_new(self, audience: lms_core::Audience) -> Result<NewCompletions, Problem> {
        let mut new = NewCompletions::of(&self.training, audience);
        let completed_on = day("completed_on", self.completed_on.as_deref())?;
        new = completed_on.into_iter().fold(new, NewCompletions::on);
        let valid_until = day("valid_until", self.valid_until.as_deref())?;
        new = valid_until.into_iter().fold(new, NewCompletions::valid_until);
        if let Some(number) = &self.score {
            new = new.score(hundredths(number)?);
        }
        if let Some(text) = &self.version {
            let (major, minor) = version(text)?;
            new = new.version(major, minor);
        }
        new = self.evidence_link.iter().fold(new, |new, link| new.evidence(link));
        new = self.evidence.iter().fold(new, |new, file| new.evidence_file(file));
        Ok(self.note.iter().fold(new, |new, note| new.note(note)))
    }
}

impl CorrectionBody {
    fn into_change(self) -> Result<CompletionChange, Problem> {
        let mut change = CompletionChange::new();
        if let Some(day) = day("completed_on", self.completed_on.as_deref())? {
            change = change.on(day);
        }
        change = match &self.score {
            Patch::Keep => change,
            Patch::Clear => change.score(None),
            Patch::Set(number) => change.score(Some(hundredths(number)?)),
        };
        change = match &self.valid_until {
            Patch::Keep => change,
            Patch::Clear => change.valid_until(None),
            Patch::Set(text) => change.valid_until(day("valid_until", Some(text))?),
        };
        change = match &self.evidence_link {
            Patch::Keep => change,
            Patch::Clear => change.evidence(None),
            Patch::Set(link) => change.evidence(Some(link)),
        };
        change = match &self.evidence {
            Patch::Keep => change,
            Patch::Clear => change.evidence_file(None),
            Patch::Set(file) => {
                let file = file.parse().map_err(|_| {
                    wrong("evidence", format!("`{}` is not the id of a file", file.escape_debug()))
                })?;
                change.evidence_file(Some(file))
            }
        };
        Ok(match &self.note {
            Patch::Keep => change,
            Patch::Clear => change.note(None),
            Patch::Set(note) => change.note(Some(note)),
        })
    }
}

/// `87.5` as 8750, exactly.
fn hundredths(number: &Number) -> Result<u16, Problem> {
    let points = Points::parse(&number.to_string()).ok();
    let hundredths = points.and_then(|points| u16::try_from(points.hundredths()).ok());
    hundredths.filter(|score| *score <= 10_000).ok_or_else(|| {
        wrong("score", format!("`{number}` is not per cent: 0 to 100, with at most two decimals"))
    })
}

fn version(text: &str) -> Result<(u32, u32), Problem> {
    let parts = text.trim().split_once('.');
    let parts = parts.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    parts.ok_or_else(|| {
        wrong("version", format!("`{}` is not a version such as 2.0", text.escape_debug()))
    })
}

fn wrong(field: &str, detail: String) -> Problem {
    FIELDS.problem(&*detail).with_field_error(FieldError {
        field: field.to_owned(),
        code: FIELDS.code,
        detail,
        hints: Vec::new(),
    })
}

/// 8750 as `87.5`.
fn per_cent(hundredths: i64) -> Number {
    if hundredths % 100 == 0 {
        return (hundredths / 100).into();
    }
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.parse().unwrap_or_else(|_| (hundredths / 100).into())
}

impl RecordedBody {
    fn of(plan: CompletePlan, done: Option<CompleteOutcome>) -> Self {
        let dry_run = done.is_none();
        let (completions, n_settled, operation) = match done {
            Some(done) => (done.completions, done.n_settled, done.operation),
            None => (Vec::new(), 0, None),
        };
        Self {
            dry_run,
            plan: plan.fingerprint,
            training: plan.training,
            completed_on: plan.completed_on.to_string(),
            counts: counts([
                ("recorded", plan.n_people),
                ("assigned", plan.n_assigned),
                ("recorded_already", plan.n_recorded),
                ("settled", n_settled),
            ]),
            samples: NameBody::all(plan.samples),
            completions: completions.iter().map(ToString::to_string).collect(),
            operation: operation.map(|id| id.to_string()),
        }
    }
}

impl From<Completion> for CompletionBody {
    fn from(one: Completion) -> Self {
        Self {
            id: one.id.to_string(),
            person_id: one.person_id.to_string(),
            person: one.person,
            training: one.training,
            completed_on: one.completed_on.to_string(),
            source: one.source.as_str(),
            score: one.score.map(per_cent),
            version: one.version,
            valid_until: one.valid_until.map(|day| day.to_string()),
            department: one.department,
            manager: one.manager,
            evidence_link: one.evidence_link,
            evidence_id: one.evidence_id.map(|id| id.to_string()),
            note: one.note,
            revoked_on: one.revoked_on.map(|day| day.to_string()),
            recorded_at: one.recorded_at.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_exact() {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        for (text, score) in [("87.5", 8_750), ("100", 10_000), ("0", 0), ("33.33", 3_333)] {
            assert_eq!(hundredths(&number(text)).unwrap(), score);
            assert_eq!(per_cent(score.into()).to_string(), text);
        }
        for wrong in ["100.01", "-1", "0.001", "1000"] {
            assert!(hundredths(&number(wrong)).is_err(), "{wrong}");
        }
    }
}
