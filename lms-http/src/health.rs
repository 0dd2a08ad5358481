//! Whether the process lives and whether it can work, for those who start and watch it.
//!
//! Both are open to all and say nothing about what is inside, not even how many organisations
//! there are. Readiness asks the databases at most once a second, however often it is asked.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use lms_core::Lms;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::error::{NOT_READY, Problem};
use crate::organisations::Organisations;
use crate::state::ApiState;

const ANSWER_KEPT: Duration = Duration::from_secs(1);
const DATABASE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a probe is told.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthBody {
    /// `alive` or `ready`.
    status: &'static str,
}

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> Json<HealthBody> {
    Json(HealthBody { status: "alive" })
}

/// `GET /readyz`: every database answers and has the schema of this program, also after another
/// program migrated it meanwhile.
pub(crate) async fn ready(State(state): State<ApiState>) -> Result<Json<HealthBody>, Problem> {
    if state.readiness.ask(&*state.organisations).await {
        return Ok(Json(HealthBody { status: "ready" }));
    }
    Err(NOT_READY
        .problem("a database does not answer, or is not set up")
        .with_hint("the log says which and why; `lmsctl db status` looks closer"))
}

/// What was found last. Those who ask meanwhile wait for the same answer.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn ask(&self, organisations: &dyn Organisations) -> bool {
        let mut last = self.0.lock().await;
        if let Some((asked, ready)) = *last
            && asked.elapsed() < ANSWER_KEPT
        {
            return ready;
        }
        let checks: JoinSet<bool> = organisations.all().into_iter().map(can_work).collect();
        let ready = checks.join_all().await.into_iter().all(|ready| ready);
        *last = Some((Instant::now(), ready));
        ready
    }
}

async fn can_work(lms: Lms) -> bool {
    match timeout(DATABASE_TIMEOUT, lms.database().ready()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(code = error.code(), "not ready: {error}");
            false
        }
        Err(_) => {
            tracing::warn!("not ready: the database did not answer in {DATABASE_TIMEOUT:?}");
            false
        }
    }
}
