//! `lmsctl serve`

use clap::Args;
use lms_http::{Metrics, Options};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, LISTEN, Result, Stop, io_reason};
use crate::running::asked_to_stop;

/// Serve the HTTP API until asked to stop
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl serve",
    "lmsctl serve --listen 0.0.0.0:8080 --metrics-listen 127.0.0.1:9090",
    "curl http://127.0.0.1:8080/readyz",
])]
pub(crate) struct ServeArgs {
    /// Address of the API (default: 127.0.0.1:8080)
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Address of the metrics, open to whoever reaches it (default: none)
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<String>,
}

pub(crate) async fn run(app: &App, args: ServeArgs) -> Result {
    let config = app.config()?;
    let address = |flag: Option<String>, key| flag.or_else(|| config.value(key).map(str::to_owned));
    let listen = address(args.listen, "http.listen").unwrap_or_default();
    let metrics_listen = address(args.metrics_listen, "http.metrics_listen");

    let session = app.open_with_files().await?;
    let (stop, stopping) = watch::channel(false);
    let metrics = Metrics::new();
    let listener = bind(&listen, "--listen").await?;
    let metrics_server = match &metrics_listen {
        Some(address) => {
            let listener = bind(address, "--metrics-listen").await?;
            app.output.note(&format!("metrics on http://{}/metrics", local(&listener, address)));
            let server =
                lms_http::serve_metrics(metrics.clone(), listener, asked(stopping.clone()));
            Some(tokio::spawn(server))
        }
        None => None,
    };
    // Whoever reads the next line may ask to stop at once.
    let first_request = asked_to_stop();
    app.output.note(&format!("listening on http://{}", local(&listener, &listen)));

    let options = Options::new().metrics(metrics);
    let server = lms_http::serve(session.lms.clone(), options, listener, asked(stopping));
    let signals = async {
        first_request.await;
        // Nobody waits for it any more where the server has ended by itself.
        let _ = stop.send(true);
        app.output.note("stopping; asked once more, it stops at once");
        Stop::Interrupted(asked_to_stop().await)
    };
    let outcome = tokio::select! {
        served = server => served.map_err(|cause| {
            LISTEN.error(format!("the server ended: {}", io_reason(&cause))).into()
        }),
        impatient = signals => Err(impatient),
    };
    if let Some(server) = metrics_server {
        // It finishes its requests too, and says nothing after the last word.
        if outcome.is_err() {
            server.abort();
        }
        let _ = stop.send(true);
        let _ = server.await;
    }
    app.close().await;
    outcome.map(|()| {
        app.output.done("stopped");
        Exit::Done
    })
}

async fn bind(address: &str, flag: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|cause| {
        Stop::from(
            LISTEN
                .error(format!("cannot listen on `{address}`: {}", io_reason(&cause)))
                .with_hint(format!("name a free address with `{flag}`, such as `127.0.0.1:8081`")),
        )
    })
}

/// The address with the port that was given out, where port 0 was asked for.
fn local(listener: &TcpListener, address: &str) -> String {
    listener.local_addr().map_or_else(|_| address.to_owned(), |local| local.to_string())
}

async fn asked(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it whoever could ask.
    let _ = stopping.wait_for(|stop| *stop).await;
}
