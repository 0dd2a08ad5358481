//! `lmsctl import inspect`

use std::path::PathBuf;

use clap::Args;
use lms_core::imports::reading::{
    self, Column as FileColumn, DateDecision, HowKnown, Inspection, RowError,
};
use serde::Serialize;

use super::reading::{KindArg, ReadingArgs, source};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;
use crate::output::{Cell, Column, Row, counted, drop_first, keep, prose, shrink};

/// Show what a file holds and how it would be read; no database is opened
///
/// Encoding, delimiter, sheet, header row, columns and how days are written are found out by what all rows
/// say. Rows that would be rejected for what they hold are told with their errors.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl import inspect people.csv",
    "lmsctl import inspect people.csv --save-map people-map.toml --force",
    "lmsctl import inspect people.csv --date-format DD/MM/YYYY --output json",
    "lmsctl import inspect - --kind departments --delimiter tab < departments.tsv",
])]
pub(crate) struct InspectArgs {
    /// File to look into, or - for standard input
    file: PathBuf,
    /// What it holds: people, departments, trainings, questions, assignments, completions, exemptions
    /// or leaves
    #[arg(long, value_name = "KIND", default_value = "people", hide_possible_values = true)]
    kind: KindArg,
    #[command(flatten)]
    reading: ReadingArgs,
    /// Write what was found as a mapping file, to be corrected and used with --map
    #[arg(long, value_name = "FILE")]
    save_map: Option<PathBuf>,
    /// Overwrite an existing mapping file
    #[arg(long, requires = "save_map")]
    force: bool,
}

/// A column of a file, as it is shown.
#[derive(Serialize)]
struct Shown<'f>(&'f FileColumn);

impl Row for Shown<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("column"),
        shrink("header"),
        keep("field"),
        drop_first("how"),
        drop_first("empty"),
        shrink("days"),
        shrink("samples"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self(column) = self;
        let field = match (&column.field, column.how) {
            (Some(field), _) => Cell::Text(field.name()),
            (None, HowKnown::Ignored) => Cell::Text("(left out)".to_owned()),
            (None, HowKnown::Mapping) => Cell::Text("(split)".to_owned()),
            (None, _) => Cell::Nothing,
        };
        let days = column.dates.as_ref().map_or(Cell::Nothing, |dates| {
            let why = match (dates.decided_by, dates.row) {
                (DateDecision::AllRowsAgree, Some(row)) => format!(" (row {row} tells)"),
                (DateDecision::Option, _) => " (as said)".to_owned(),
                _ => String::new(),
            };
            Cell::Text(format!("{}{why}", dates.format))
        });
        vec![
            Cell::Text(column.column.clone()),
            Cell::Text(column.header.clone()),
            field,
            Cell::Text(how(column.how).to_owned()),
            Cell::Number(i64::try_from(column.empty).unwrap_or(i64::MAX)),
            days,
            Cell::Text(column.samples.join(" · ")),
        ]
    }
}

/// What is wrong with a row, as it is shown.
#[derive(Serialize)]
struct Wrong<'f>(&'f RowError);

impl Row for Wrong<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("row"),
        keep("column"),
        shrink("header"),
        shrink("value"),
        prose("message"),
        prose("hint"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self(error) = self;
        let text = |text: &Option<String>| text.clone().map_or(Cell::Nothing, Cell::Text);
        vec![
            Cell::Number(i64::try_from(error.row).unwrap_or(i64::MAX)),
            text(&error.column),
            text(&error.header),
            text(&error.value),
            Cell::Text(error.message.clone()),
            text(&error.hint),
        ]
    }
}

fn how(how: HowKnown) -> &'static str {
    match how {
        HowKnown::Alias => "header",
        HowKnown::Mapping => "mapping",
        HowKnown::System => "system",
        HowKnown::Attribute => "attribute",
        HowKnown::Ignored => "left out",
        _ => "unknown",
    }
}

pub(crate) fn run(app: &App, args: &InspectArgs) -> Result {
    let kind = args.kind.into();
    let options = args.reading.options(kind)?;
    let (inspection, missing) = reading::inspect_whatever(&source(&args.file)?, kind, &options)?;
    let columns: Vec<Shown> = inspection.layout.columns.iter().map(Shown).collect();
    app.output.present(&inspection, &columns, || page(app, &inspection, &columns))?;
    for warning in &inspection.layout.warnings {
        app.output.note(warning);
    }
    if let Some(missing) = missing {
        save_map(app, args, &inspection)?;
        return Err(missing.into());
    }
    let read = inspection.layout.rows - inspection.rejected.min(inspection.layout.rows);
    let readable = counted(usize::try_from(read).unwrap_or(usize::MAX), "row", "rows");
    app.output.done(&match inspection.rejected {
        0 => format!("{readable} can be read"),
        rejected => format!("{readable} can be read, {rejected} would be rejected"),
    });
    save_map(app, args, &inspection)?;
    Ok(Exit::Done)
}

fn save_map(app: &App, args: &InspectArgs, inspection: &Inspection) -> Result<()> {
    let Some(path) = &args.save_map else { return Ok(()) };
    let text = inspection.mapping.to_toml()?;
    let name = OutFile::create(path, args.force)?.fill(text.as_bytes())?;
    app.output.done(&format!("wrote {name}: correct it where it is wrong, and give it with --map"));
    Ok(())
}

fn page(app: &App, inspection: &Inspection, columns: &[Shown<'_>]) -> String {
    let layout = &inspection.layout;
    let mut pairs =
        vec![("file", layout.name.clone()), ("format", layout.format.as_str().to_owned())];
    if let Some(system) = layout.system {
        pairs.push(("system", system.to_owned()));
    }
    if let Some(encoding) = &layout.encoding {
        pairs.push(("encoding", encoding.clone()));
    }
    if let Some(delimiter) = layout.delimiter {
        let name = match delimiter {
            '\t' => "tab".to_owned(),
            sign => sign.to_string(),
        };
        pairs.push(("delimiter", name));
    }
    if let Some(sheet) = &layout.sheet {
        pairs.push(("sheet", sheet.clone()));
    }
    if let Some(full) = layout.full {
        pairs.push(("holds", if full { "everybody" } else { "what changed" }.to_owned()));
    }
    pairs.push(("header row", layout.header_row.to_string()));
    pairs.push(("rows", layout.rows.to_string()));
    if !layout.unknown.is_empty() {
        pairs.push(("not read", layout.unknown.join(", ")));
    }
    if !layout.never_delivered.is_empty() {
        pairs.push(("not delivered", layout.never_delivered.join(", ")));
    }
    let skipped =
        layout.skipped.iter().map(|skipped| format!("row {}: {}", skipped.row, skipped.why));
    let skipped: Vec<String> = skipped.collect();
    if !skipped.is_empty() {
        pairs.push(("skipped", skipped.join("; ")));
    }
    let mut page = app.output.pairs(&pairs);
    page.push('\n');
    page.push_str(&app.output.table(columns));
    if !inspection.errors.is_empty() {
        let wrong: Vec<Wrong> = inspection.errors.iter().map(Wrong).collect();
        page.push('\n');
        page.push_str(&app.output.heading("Rows that would be rejected"));
        page.push_str(&app.output.table(&wrong));
    }
    page
}
