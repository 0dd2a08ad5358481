//! `lmsctl certificate logo`

use std::path::PathBuf;

use clap::Args;
use lms_core::CertificateLogo;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::error::{Exit, Result, UNKNOWN_NAME, file_error};
use crate::out_file::OutFile;
use crate::output::{Cell, Column, Row, drop_first, keep};

/// Put a logo on certificates, a PNG or a JPEG; without a file, show which one there is
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate logo",
    "lmsctl certificate logo acme.png      # exit 7: there is no such file",
    "lmsctl certificate logo --remove",
])]
pub(crate) struct LogoArgs {
    /// The image; 1200 pixels are wide enough for print
    file: Option<PathBuf>,
    /// Print the name of the organisation alone
    #[arg(long, conflicts_with_all = ["file", "out"])]
    remove: bool,
    /// Write the logo that there is to this file, or - for standard output
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "out")]
    force: bool,
}

pub(crate) async fn run(app: &App, args: LogoArgs) -> Result {
    let image = match &args.file {
        Some(path) => Some(std::fs::read(path).map_err(|cause| file_error("read", path, &cause))?),
        None => None,
    };
    let session = app.open().await?;
    let certificates = session.lms.certificates();
    if image.is_some() || args.remove {
        let outcome = certificates.set_logo(&session.actor, image.as_deref()).await?;
        changed(app, &outcome, "the logo on certificates")?;
        return Ok(Exit::Done);
    }
    let logo = certificates.logo(&session.actor).await?;
    let Some(path) = args.out else {
        match logo {
            Some(logo) => app.output.record(&logo)?,
            None => {
                app.output
                    .note("There is no logo: certificates show the name of the organisation.");
            }
        }
        return Ok(Exit::Done);
    };
    let Some(logo) = logo else {
        return Err(UNKNOWN_NAME.error("there is no logo on certificates").into());
    };
    let name = OutFile::create_binary(&path, args.force)?.fill(&logo.image)?;
    app.output.done(&format!("wrote the logo to {name}"));
    Ok(Exit::Done)
}

impl Row for CertificateLogo {
    const COLUMNS: &'static [Column] =
        &[keep("media_type"), keep("size"), keep("recorded_at"), drop_first("sha256")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.media_type.as_str().into(),
            self.size.into(),
            self.recorded_at.into(),
            self.sha256.as_str().into(),
        ]
    }
}
