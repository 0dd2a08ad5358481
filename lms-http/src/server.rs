//! A server for those who have none: the router on a listener, until it is told to stop.
//!
//! A shutdown accepts nothing new, lets the requests under way finish, and after the drain
//! time-out gives up what is left: such a request is answered with 503, and its transaction is
//! rolled back. There are no tasks in the background that outlive [`serve`]. The databases are the
//! caller's: `Lms::close` comes after it.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::connection::BoundedListener;
use crate::metrics::{self, Metrics};
use crate::options::Options;
use crate::organisations::Organisations;
use crate::routes;
use crate::state::ApiState;

/// How long an answer that says "no longer" may take to reach its client.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Serves the API until `shutdown` resolves and what was under way is done.
pub async fn serve(
    lms: impl Organisations,
    options: Options,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (cut, is_cut) = watch::channel(false);
    let bounded = BoundedListener::new(listener, &options);
    let drain_timeout = options.drain_timeout;
    let app = routes::build(ApiState::new(lms, options, Some(is_cut)));
    run(bounded, app, shutdown, drain_timeout, cut).await
}

/// Serves `/metrics`, to everybody who can reach the listener, until `shutdown` resolves.
pub async fn serve_metrics(
    metrics: Metrics,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let options = Options::new().connections_max(64).request_timeout(Duration::from_secs(10));
    let bounded = BoundedListener::new(listener, &options);
    let app = Router::new().route("/metrics", get(metrics::show_to_all)).with_state(metrics);
    let (cut, _) = watch::channel(false);
    run(bounded, app, shutdown, Duration::from_secs(1), cut).await
}

async fn run(
    listener: BoundedListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
    drain_timeout: Duration,
    cut: watch::Sender<bool>,
) -> io::Result<()> {
    let (asked, was_asked) = oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        shutdown.await;
        tracing::info!("shutting down: finishing the requests under way");
        // Nobody listens any more where the server has ended by itself.
        let _ = asked.send(());
    });
    let patience = async {
        if was_asked.await.is_err() {
            std::future::pending::<()>().await;
        }
        sleep(drain_timeout).await;
        tracing::warn!(?drain_timeout, "shutting down: giving up the requests still under way");
        cut.send_replace(true);
        sleep(LAST_WORD).await;
    };
    tokio::select! {
        served = server => served,
        () = patience => Ok(()),
    }
}
