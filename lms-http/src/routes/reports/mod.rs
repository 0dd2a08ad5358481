//! `/analytics/reports`: reports are asked for, made beside other requests, and fetched.

mod desk;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lms_core::{Audience, Day, Error, PERMISSIONS, Timestamp};
use lms_reports::{Format, Params, Report};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem, REPORT_FILTERS, REPORT_NOT_READY};
use crate::extract::{Json, Segment};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use crate::routes::content::Verbatim;
use crate::state::ApiState;
pub(crate) use desk::Desk;
use desk::{Standing, State as Progress};

const READ: &str = "analytics.read";
const ALL: &str = "/api/v1/analytics/reports";

pub(super) fn resource() -> Resource {
    let text = "Reports as files. One is asked for, made beside other requests by the rights of who asks, \
                and kept for an hour by the server that made it, for nobody else.";
    Resource::new("Reports", text)
        .post(
            ALL,
            order,
            About::new("order_report", "Ask for a report")
                .text(
                    "Answers at once; `status` at the address in `Location` says when the file is there. A \
                     report needs the permissions of what it tells, beside this one: where they are \
                     lacking, it fails.",
                )
                .permission(READ)
                .body::<OrderBody>(json!({ "report": "audit", "format": "xlsx", "filters": { "lang": "de" } }))
                .answers::<ReportBody>(202, "the report is on its way")
                .fails_with(503),
        )
        .get(
            "/api/v1/analytics/reports/{id}",
            show,
            of_one("show_report", "Show how far a report is")
                .answers::<ReportBody>(200, "how far it is"),
        )
        .get(
            "/api/v1/analytics/reports/{id}/file",
            file,
            of_one("get_report", "Get the file of a report")
                .text("While it is not there yet: 409, to be asked again in a moment.")
                .conflicts()
                .answers_text("application/json", "the file")
                .answers_text("application/x-ndjson", "the file")
                .answers_text("*/*", "the file"),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    let about = About::new(id, summary).permission(READ);
    about.path("id", "The id of the report, or `last`: the one that you asked for last", "last")
}

/// A report that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportOrder)]
struct OrderBody {
    /// Which report, such as `audit`.
    report: String,
    /// `xlsx`, `html`, `csv`, `json` or `ndjson`; `xlsx` unless said.
    format: Option<String>,
    /// What it is asked: `from`, `to`, `as_of` (days), `known_at` (an instant), `audience` (an object, or the flags
    /// of the command line), `trainings`, `quizzes`
    /// (lists of codes), `import` (an id), `lang`, `reproducible`; the same as `filters` in a report that is JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    filters: Option<Value>,
}

/// How far a report is.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportStatus)]
struct ReportBody {
    /// By which it is asked after.
    #[schema(format = "uuid")]
    id: String,
    /// Which report.
    report: &'static str,
    /// As what it is written.
    format: &'static str,
    /// `waiting`, `running`, `done` or `failed`.
    status: &'static str,
    /// Where its file is; null until it is done.
    file: Option<String>,
    /// How large it is; null until it is done.
    bytes: Option<u64>,
    /// How many rows its main table has; null until it is done.
    rows: Option<u64>,
    /// What a reader has to know first.
    notes: Vec<String>,
    /// The code of the error; null unless it failed.
    code: Option<&'static str>,
    /// Why it failed; null unless it did.
    detail: Option<String>,
    /// What to do about that.
    hints: Vec<String>,
}

impl From<Standing> for ReportBody {
    fn from(standing: Standing) -> Self {
        let Standing { id, report, format, state } = standing;
        let mut body = Self {
            report: report.name(),
            format: format.name(),
            status: "waiting",
            file: None,
            bytes: None,
            rows: None,
            notes: Vec::new(),
            code: None,
            detail: None,
            hints: Vec::new(),
            id,
        };
        match state {
            Progress::Waiting => {}
            Progress::Running => body.status = "running",
            Progress::Done(made) => {
                body.status = "done";
                body.file = Some(format!("{ALL}/{}/file", body.id));
                (body.bytes, body.rows, body.notes) =
                    (Some(made.bytes), Some(made.rows), made.notes);
            }
            Progress::Failed(problem) => {
                body.status = "failed";
                body.code = Some(problem.code());
                body.detail = Some(problem.detail().to_owned());
                body.hints = problem.hints().to_vec();
            }
        }
        body
    }
}

async fn order(
    State(state): State<ApiState>,
    call: Call,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OrderBody>,
) -> Result<Response, Problem> {
    require(&call)?;
    let named = |field: &'static str| move |error: Error| error.with_field(field);
    let report = Report::named(&body.report).map_err(named("report"))?;
    let format = body.format.as_deref().map_or(Ok(Format::Xlsx), Format::named);
    let format = format.map_err(named("format"))?;
    let params = params(body.filters.unwrap_or_else(|| json!({})))?;
    params.check()?;
    let standing = state.desk.order(call.lms, call.actor, report, format, params)?;
    let location = format!("{ALL}/{}", standing.id);
    let mut response = (StatusCode::ACCEPTED, Answer(ReportBody::from(standing))).into_response();
    let location = HeaderValue::try_from(location).expect("an id is visible ASCII");
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// What is asked. A wrong value is told with its name, in the words of the command line.
fn params(mut filters: Value) -> Result<Params, Problem> {
    if let Value::Object(fields) = &mut filters {
        let named =
            |field: &'static str| move |error: Error| error.with_field(format!("filters.{field}"));
        for field in ["from", "to", "as_of"] {
            if let Some(Value::String(day)) = fields.get(field) {
                Day::parse(day).map_err(named(field))?;
            }
        }
        if let Some(Value::String(instant)) = fields.get("known_at") {
            Timestamp::parse(instant).map_err(named("known_at"))?;
        }
        let audience = match fields.get("audience") {
            Some(Value::String(flags)) => Some(Audience::parse(flags)),
            Some(document @ Value::Object(_)) => Some(Audience::from_json(&document.to_string())),
            _ => None,
        };
        if let Some(audience) = audience {
            let flags = audience.map_err(named("audience"))?.to_flags();
            fields.insert("audience".to_owned(), Value::String(flags));
        }
    }
    serde_json::from_value(filters)
        .map_err(|cause| REPORT_FILTERS.problem(format!("`filters` is not acceptable: {cause}")))
}

async fn show(
    State(state): State<ApiState>,
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<ReportBody>, Problem> {
    Ok(Answer(found(&state, &call, &id)?.into()))
}

async fn file(
    State(state): State<ApiState>,
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let standing = found(&state, &call, &id)?;
    let made = match standing.state {
        Progress::Done(made) => made,
        Progress::Failed(problem) => return Err(problem),
        Progress::Waiting | Progress::Running => {
            return Err(REPORT_NOT_READY
                .problem("the report is still being made")
                .with_hint("ask for its status until it is `done`"));
        }
    };
    let body = made.body().map_err(|cause| {
        tracing::error!("the file of a report cannot be read: {cause}");
        crate::error::INTERNAL.problem("the file of the report cannot be read")
    })?;
    let mut response = Response::new(body);
    if standing.format.is_binary() {
        response.extensions_mut().insert(Verbatim);
    }
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static(standing.format.media_type());
    headers.insert(header::CONTENT_TYPE, media_type);
    let name =
        format!("attachment; filename=\"{}.{}\"", standing.report.name(), standing.format.name());
    let name = HeaderValue::try_from(name).expect("a report is called in ASCII");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let policy = HeaderValue::from_static("sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn found(state: &ApiState, call: &Call, id: &str) -> Result<Standing, Problem> {
    require(call)?;
    state.desk.standing(&call.actor, id).ok_or_else(|| {
        NOT_FOUND
            .problem(format!("you asked for no report `{id}`, or its time is over"))
            .with_hint("ask for it again; a report is kept for an hour by the server that made it")
    })
}

/// Everything here needs the permission; what a report tells may need more.
fn require(call: &Call) -> Result<(), Problem> {
    let read = PERMISSIONS.iter().find(|permission| permission.name == READ);
    Ok(call.actor.require(*read.expect("reading figures is a permission"))?)
}
