//! `lmsctl hris`: people from the systems that keep them.

use std::path::Path;

use clap::Subcommand;
use lms_core::{Connection, NewConnection, Probe, ProbedField};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{FILE, NO_FILE, Result, SECRET, file_error};
use crate::output::{Cell, Column, Row, counted, keep, shrink};
use crate::secrets::{Found, Keeper};

mod connect;
mod disconnect;
mod list;
mod schema;
mod sync;
mod test;

/// What a mapping file may have.
const MAP_BYTES: u64 = 2 << 20;

/// Connect systems that keep people, and import from them
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl hris list",
    "lmsctl hris sync hr --dry-run      # exit 7: the demo is connected to nothing",
])]
pub(crate) enum HrisCommand {
    List(list::ListArgs),
    Connect(connect::ConnectArgs),
    Test(test::TestArgs),
    Sync(Box<sync::SyncArgs>),
    Disconnect(disconnect::DisconnectArgs),
    Schema(schema::SchemaArgs),
}

pub(crate) async fn run(app: &App, command: HrisCommand) -> Result {
    match command {
        HrisCommand::List(args) => list::run(app, args).await,
        HrisCommand::Connect(args) => connect::run(app, args).await,
        HrisCommand::Test(args) => test::run(app, args).await,
        HrisCommand::Sync(args) => sync::run(app, *args).await,
        HrisCommand::Disconnect(args) => disconnect::run(app, args).await,
        HrisCommand::Schema(args) => schema::run(&args),
    }
}

/// The credential of a connection, and a word on where it came from.
fn credential(app: &App, connection: &Connection) -> Result<Found> {
    let keeper = Keeper::new(&connection.name, &connection.again().origin()?);
    match keeper.find()? {
        Some(found) => {
            app.output.note(&format!("The credential is from {}", found.place));
            Ok(found)
        }
        None => Err(SECRET
            .error(format!("there is no credential for `{}` here", connection.name))
            .with_hint(format!("give {}", keeper.ways()))
            .with_hint(format!(
                "or connect it again at a terminal: `lmsctl hris connect {}`",
                connection.name
            ))
            .into()),
    }
}

/// A mapping file as a text; the library checks it.
fn mapping(path: &Path) -> Result<String> {
    let about = std::fs::metadata(path).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => {
            NO_FILE.error(format!("there is no file `{}`", path.display()))
        }
        _ => file_error("read", path, &cause),
    })?;
    if about.len() > MAP_BYTES {
        let path = path.display();
        return Err(FILE.error(format!("`{path}` is too large for a mapping file")).into());
    }
    Ok(std::fs::read_to_string(path).map_err(|cause| file_error("read", path, &cause))?)
}

/// What a system has, as people read it.
fn page(app: &App, new: &NewConnection, probe: &Probe) -> Result<String> {
    let total = probe.n_total.map(|total| format!(" of {total}")).unwrap_or_default();
    let heading = format!(
        "{}: {}{total} on the first page",
        new.origin()?,
        counted(usize::try_from(probe.n_records).unwrap_or(usize::MAX), "record", "records"),
    );
    Ok(format!("{}{}", app.output.heading(&heading), app.output.table(&probe.fields)))
}

/// Says what nobody will get.
fn tell_missing(app: &App, probe: &Probe) {
    let missing: Vec<&str> = probe
        .fields
        .iter()
        .filter(|field| field.n_records == 0)
        .map(|field| field.field.as_str())
        .collect();
    if probe.n_records > 0 && !missing.is_empty() {
        app.output.note(&format!(
            "No record of the first page has {}: the credential may lack a permission, or the place \
             is another",
            missing.join(", ")
        ));
    }
}

impl Row for ProbedField {
    const COLUMNS: &'static [Column] = &[keep("field"), shrink("at"), keep("n_records")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.field.as_str().into(),
            self.at.as_str().into(),
            i64::try_from(self.n_records).unwrap_or(i64::MAX).into(),
        ]
    }
}
