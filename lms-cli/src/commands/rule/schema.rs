//! `lmsctl rule schema`

use std::path::PathBuf;

use clap::Args;
use lms_core::RuleDefinition;

use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// Write the JSON schema of rule files, for editors and version control
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule schema | head -n 4",
    "lmsctl rule schema --out rule.schema.json",
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
    OutFile::create(&args.out, args.force)?.fill(RuleDefinition::SCHEMA.as_bytes())?;
    Ok(Exit::Done)
}
