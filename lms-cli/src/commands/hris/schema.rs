//! `lmsctl hris schema`

use std::path::PathBuf;

use clap::Args;
use lms_core::Vendor;

use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// Write the JSON schema of mapping files, for editors and version control
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl hris schema | head -n 4",
    "lmsctl hris schema --out hris.schema.json",
])]
pub(crate) struct SchemaArgs {
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &SchemaArgs) -> Result {
    OutFile::create(&args.out, args.force)?.fill(Vendor::SCHEMA.as_bytes())?;
    Ok(Exit::Done)
}
