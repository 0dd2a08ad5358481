//! Where reports are made that were asked for over HTTP: a few at a time, each kept for a while.
//!
//! A report is derived from the data and can be asked for again, and it is full of people: so it is a
//! temporary file of this process and nothing that is backed up, shared or left behind. It is there for
//! the one who asked and for nobody else.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use lms_core::{Actor, Clock, Ids, Lms, RandomIds, SystemClock};
use lms_reports::{Format, Params, Report};
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::error::{INTERNAL, Problem, REPORTS_BUSY};

/// So many are made at the same time; each reads the organisation and fills a workbook.
const AT_ONCE: usize = 2;
/// So many may wait or be made.
const UNDER_WAY_MAX: usize = 16;
/// So many are kept; the oldest gives way.
const KEPT_MAX: usize = 64;
/// So long one is kept after it was made.
const KEPT_FOR: Duration = Duration::from_hours(1);
/// So much is read of a file at a time.
const PIECE_BYTES: usize = 64 << 10;

/// The reports of a router.
pub(crate) struct Desk {
    orders: Mutex<Vec<Order>>,
    places: Arc<Semaphore>,
}

/// A report that somebody asked for.
struct Order {
    id: String,
    owner: String,
    report: Report,
    format: Format,
    progress: Progress,
}

enum Progress {
    Waiting,
    Running,
    Done { made: Made, until: Instant },
    Failed { problem: Problem, until: Instant },
}

/// A report that was made.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) notes: Vec<String>,
    file: Arc<NamedTempFile>,
}

/// How far a report is.
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) id: String,
    pub(super) report: Report,
    pub(super) format: Format,
    pub(super) state: State,
}

#[derive(Clone)]
pub(super) enum State {
    Waiting,
    Running,
    Done(Made),
    Failed(Problem),
}

impl Default for Desk {
    fn default() -> Self {
        Self { orders: Mutex::default(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Desk {
    /// Takes an order, which is carried out as the one who gave it.
    pub(super) fn order(
        self: &Arc<Self>,
        lms: Lms,
        actor: Actor,
        report: Report,
        format: Format,
        params: Params,
    ) -> Result<Standing, Problem> {
        let id = RandomIds.id(SystemClock.now()).to_string();
        let mut orders = self.orders();
        let under_way = |order: &&Order| order.progress.ends().is_none();
        if orders.iter().filter(under_way).count() >= UNDER_WAY_MAX {
            return Err(REPORTS_BUSY
                .problem(format!("{UNDER_WAY_MAX} reports are being made or wait"))
                .with_hint("ask again in a few seconds"));
        }
        if orders.len() >= KEPT_MAX
            && let Some(at) = orders.iter().position(|order| order.progress.ends().is_some())
        {
            orders.remove(at);
        }
        let owner = actor.label();
        let order = Order { id: id.clone(), owner, report, format, progress: Progress::Waiting };
        let standing = order.standing();
        orders.push(order);
        drop(orders);
        let (desk, work) = (Arc::clone(self), Work { lms, actor, report, format, params });
        tokio::spawn(async move { desk.carry_out(id, work).await }.in_current_span());
        Ok(standing)
    }

    /// How far a report is that this actor asked for; `last` is the one asked for last.
    pub(super) fn standing(&self, actor: &Actor, id: &str) -> Option<Standing> {
        let owner = actor.label();
        let orders = self.orders();
        let mut own = orders.iter().rev().filter(|order| order.owner == owner);
        own.find(|order| id == "last" || order.id == id).map(Order::standing)
    }

    async fn carry_out(&self, id: String, work: Work) {
        let Ok(_place) = self.places.acquire().await else { return };
        self.note(&id, Progress::Running);
        // A report computes more than it waits: it has a thread of its own.
        let (runtime, span) = (Handle::current(), Span::current());
        let made =
            tokio::task::spawn_blocking(move || span.in_scope(|| runtime.block_on(work.make())));
        let made = made
            .await
            .unwrap_or_else(|_| Err(INTERNAL.problem("a defect kept the report from being made")));
        let until = Instant::now() + KEPT_FOR;
        let progress = match made {
            Ok(made) => Progress::Done { made, until },
            Err(problem) => Progress::Failed { problem, until },
        };
        self.note(&id, progress);
    }

    fn note(&self, id: &str, progress: Progress) {
        if let Some(order) = self.orders().iter_mut().find(|order| order.id == id) {
            order.progress = progress;
        }
    }

    /// All orders, without those whose time is over.
    fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        orders.retain(|order| order.progress.ends().is_none_or(|ends| now < ends));
        orders
    }
}

impl Progress {
    /// When it is forgotten; never while it is under way.
    fn ends(&self) -> Option<Instant> {
        match self {
            Self::Waiting | Self::Running => None,
            Self::Done { until, .. } | Self::Failed { until, .. } => Some(*until),
        }
    }
}

impl Order {
    fn standing(&self) -> Standing {
        let state = match &self.progress {
            Progress::Waiting => State::Waiting,
            Progress::Running => State::Running,
            Progress::Done { made, .. } => State::Done(made.clone()),
            Progress::Failed { problem, .. } => State::Failed(problem.clone()),
        };
        Standing { id: self.id.clone(), report: self.report, format: self.format, state }
    }
}

impl Made {
    /// The file, piece by piece. It is there until the last reader has done, whoever forgets it.
    pub(super) fn body(&self) -> io::Result<Body> {
        let file = self.file.reopen()?;
        let kept = Arc::clone(&self.file);
        Ok(Body::from_stream(stream::try_unfold((file, kept), |(mut file, kept)| async move {
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; PIECE_BYTES];
                let n_bytes = file.read(&mut piece)?;
                piece.truncate(n_bytes);
                Ok::<_, io::Error>((piece, file))
            });
            let (piece, file) = read.await.map_err(io::Error::other)??;
            Ok::<_, io::Error>((!piece.is_empty()).then_some((piece, (file, kept))))
        })))
    }
}

/// What is to be made, and for whom.
struct Work {
    lms: Lms,
    actor: Actor,
    report: Report,
    format: Format,
    params: Params,
}

impl Work {
    async fn make(self) -> Result<Made, Problem> {
        let Self { lms, actor, report, format, params } = self;
        let document = lms_reports::run(report, &lms, &actor, params, &mut |_, _| ()).await?;
        let mut file =
            NamedTempFile::with_prefix("lms-report-").map_err(|cause| unwritable(&cause))?;
        document.write(format, &mut file)?;
        let about = file.as_file().metadata().map_err(|cause| unwritable(&cause))?;
        Ok(Made {
            bytes: about.len(),
            rows: u64::try_from(document.row_count()).unwrap_or(u64::MAX),
            notes: document.notes().map(Cow::into_owned).collect(),
            file: Arc::new(file),
        })
    }
}

fn unwritable(cause: &io::Error) -> Problem {
    tracing::error!("the file of a report cannot be written: {cause}");
    INTERNAL.problem("the report could not be written")
}
