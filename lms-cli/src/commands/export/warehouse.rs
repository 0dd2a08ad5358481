//! `lmsctl export warehouse`

use clap::Args;
use lms_core::Day;
use lms_reports::Warehouse;
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::figures::MomentArgs;
use crate::error::{Exit, Result, Stop};
use crate::output::{Cell, Column, Row, counted, drop_first, keep};

/// Write people, trainings and how people stand as Parquet, for Spark, Trino, ClickHouse or DuckDB
///
/// Each table is a file for the day: people/day=2026-03-31/people.parquet. Exporting a day again replaces its
/// files. All of them are of one state of the data; the note in _exports is written last. Keys of a bucket
/// come from the environment.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl export warehouse lake",
    "lmsctl export warehouse lake --as-of 2026-06-30 -o json",
])]
pub(crate) struct WarehouseArgs {
    /// Folder, which is made where it is missing, or `s3://BUCKET/FOLDER`
    #[arg(value_name = "PLACE")]
    place: String,
    #[command(flatten)]
    moment: MomentArgs,
}

#[derive(Debug, Serialize)]
struct Exported {
    place: String,
    day: Day,
    tables: Vec<Written>,
    note: String,
}

#[derive(Debug, Serialize)]
struct Written {
    file: String,
    rows: u64,
    bytes: u64,
}

impl Row for Written {
    const COLUMNS: &'static [Column] = &[keep("file"), keep("rows"), drop_first("bytes")];

    fn cells(&self) -> Vec<Cell> {
        vec![self.file.as_str().into(), count(self.rows), count(self.bytes)]
    }
}

fn count(n: u64) -> Cell {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

pub(crate) async fn run(app: &App, args: WarehouseArgs) -> Result {
    let session = app.open().await?;
    let (as_of, known_at) = args.moment.read(&session).await?;
    let store = app.config()?.store_at(&args.place)?;
    let mut progress = app.output.progress("exporting");
    let warehouse = Warehouse::read(&session.lms, &session.actor, as_of, known_at).await?;
    let day = warehouse.day();
    let (tables, (note, said)) = warehouse.into_parts();
    let n_rows: usize = tables.iter().map(lms_reports::WarehouseTable::row_count).sum();
    let mut written: Vec<Written> = Vec::with_capacity(tables.len());
    for table in tables {
        let (file, rows) = (table.name().to_owned(), table.row_count() as u64);
        // On a thread of its own, so that Ctrl-C is heard meanwhile.
        let bytes = tokio::task::spawn_blocking(move || table.to_parquet());
        let bytes = bytes.await.map_err(|_| Stop::Panicked)??;
        written.push(Written { file: file.clone(), rows, bytes: bytes.len() as u64 });
        store.put(&file, bytes).await?;
        progress.at(written.iter().map(|one| one.rows).sum(), n_rows as u64);
    }
    store.put(&note, said).await?;
    progress.finish();
    let exported = Exported { place: store.place().to_owned(), day, tables: written, note };
    app.output.present(&exported, &exported.tables, || app.output.table(&exported.tables))?;
    let rows = counted(n_rows, "row", "rows");
    app.output.done(&format!("exported {rows} of {day} to {}", exported.place));
    Ok(Exit::Done)
}
