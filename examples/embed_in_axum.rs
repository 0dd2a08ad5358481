//! The API inside another axum service: its routes below `/lms`, the service's own beside it, and
//! both over one opened database.
//!
//! ```sh
//! cargo run -p lms-examples --example embed_in_axum
//! ```

use std::error::Error;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use lms_core::{Actor, Event, EventFilter, Lms, SchemaMode, SetUp};
use lms_http::{Metrics, Options};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::temp_dir().join("lms-embedded.db");
    let url = format!("sqlite:{}", file.display());
    let lms = Lms::builder(&url).schema_mode(SchemaMode::Apply).open().await?;
    let actor = Actor::system("embedding service");
    let set_up = lms.access().set_up(&actor, SetUp::new("Acme GmbH", "ada")).await?;

    let metrics = Metrics::new();
    let options = Options::new().metrics(metrics.clone()).metrics_route(false);
    let service = Router::new()
        .route("/", get(greeting))
        .route("/changes", get(changes))
        .with_state(lms.clone())
        // What the LMS counts goes where this service shows its own figures.
        .route("/internal/metrics", get(move || async move { metrics.encode() }))
        .nest("/lms", lms_http::router(lms.clone(), options));

    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&address).await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}; Ctrl-C ends it");
    println!("curl http://{address}/");
    println!("curl http://{address}/changes");
    let token = set_up.token.unwrap_or_else(|| "TOKEN".to_owned());
    println!("curl -H 'Authorization: Bearer {token}' http://{address}/lms/api/v1/users");
    println!("http://{address}/lms/api/docs shows all that can be asked");

    let interrupted = async {
        tokio::signal::ctrl_c().await.expect("the process can listen to Ctrl-C");
    };
    axum::serve(listener, service).with_graceful_shutdown(interrupted).await?;
    lms.close().await;
    Ok(())
}

/// A page of the service's own that asks the library.
async fn greeting(State(lms): State<Lms>) -> Result<String, String> {
    let actor = Actor::system("greeting");
    let settings = lms.settings().show(&actor).await.map_err(|error| error.to_string())?;
    Ok(format!("Welcome to {}\n", settings.name))
}

/// What happened lately, from the event feed. The numbers are the operation and the event's place in
/// it: they tell the order, on every database.
async fn changes(State(lms): State<Lms>) -> Result<Json<Vec<String>>, String> {
    let filter = EventFilter::new().newest_first(true).limit(10);
    let page = lms.events().list(&Actor::system("changes"), filter).await;
    let events = page.map_err(|error| error.to_string())?.items;
    let line = |event: Event| format!("{}.{} {}", event.seq, event.position, event.event_type);
    Ok(Json(events.into_iter().map(line).collect()))
}
