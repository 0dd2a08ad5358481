//! `lmsctl hris list`

use clap::Args;
use lms_core::{Connection, ImportRunFilter, Timestamp};
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Listing, Row, apart, drop_first, keep, shrink};
use crate::secrets::Keeper;

/// List the systems that are connected, and where the credential of each is found
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl hris list",
    "lmsctl hris list --output json",
])]
pub(crate) struct ListArgs {}

/// A connection, as it is shown.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    connection: Connection,
    /// Where its credential is found from here.
    credential: Option<String>,
    /// When people were last imported from it.
    last_sync_at: Option<Timestamp>,
}

impl Shown {
    /// With where its credential is found from here.
    pub(super) fn new(connection: Connection, last_sync_at: Option<Timestamp>) -> Self {
        let keeper = Keeper::new(&connection.name, &connection.url);
        // What is wrong with a credential is told to whoever uses it.
        let credential = keeper.find().ok().flatten().map(|found| found.place.to_string());
        Self { connection, credential, last_sync_at }
    }
}

pub(crate) async fn run(app: &App, _: ListArgs) -> Result {
    let session = app.open().await?;
    let mut shown = Vec::new();
    // As many as there are systems that somebody connected.
    for connection in session.lms.hris().list(&session.actor).await? {
        let runs = ImportRunFilter::new().source(&connection.name).page(1, None);
        let runs = session.lms.imports().list(&session.actor, runs).await?;
        let last_sync_at = runs.items.first().map(|run| run.finished_at);
        shown.push(Shown::new(connection, last_sync_at));
    }
    app.output.list(&Listing::all(shown), "connection", "connections")?;
    Ok(Exit::Done)
}

impl Row for Shown {
    const COLUMNS: &'static [Column] = &[
        keep("name"),
        keep("vendor"),
        shrink("url"),
        shrink("credential"),
        drop_first("last_sync_at"),
        apart("options"),
        apart("mapping"),
        apart("created_at"),
        apart("updated_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { connection, credential, last_sync_at } = self;
        let options =
            connection.options.iter().map(|(name, value)| format!("{name}={value}")).collect();
        vec![
            connection.name.as_str().into(),
            connection.vendor.as_str().into(),
            connection.url.as_str().into(),
            credential.clone().unwrap_or_else(|| "none".to_owned()).into(),
            (*last_sync_at).into(),
            Cell::List(options),
            connection.mapping.clone().into(),
            connection.created_at.into(),
            connection.updated_at.into(),
        ]
    }
}
