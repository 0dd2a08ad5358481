//! `lmsctl certificate pdf`

use std::path::PathBuf;

use clap::Args;

use super::picked;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::out_file::OutFile;

/// Write a certificate as a page to print and hang up
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate pdf \"$(lmsctl certificate list --limit 1 --fields number -o csv | tail -n 1)\" --out certificate.pdf",
])]
pub(crate) struct PdfArgs {
    /// Number, code or id
    certificate: Option<String>,
    /// File to write, or - for standard output; certificate-NUMBER.pdf, unless said
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(app: &App, args: PdfArgs) -> Result {
    let session = app.open().await?;
    let certificate = picked(app, &session, args.certificate).await?;
    let pdf = session.lms.certificates().pdf(&session.actor, &certificate).await?;
    let target = args.out.unwrap_or_else(|| PathBuf::from(pdf.file_name()));
    let name = OutFile::create_binary(&target, args.force)?.fill(&pdf.bytes)?;
    app.output.done(&format!("wrote certificate `{}` to {name}", pdf.number));
    Ok(Exit::Done)
}
