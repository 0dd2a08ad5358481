//! `lmsctl certificate verify`

use clap::Args;
use lms_core::{CertificateVerification, VerifiedState};

use super::day;
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Tell whether a code is that of a certificate that holds
///
/// Capitals, spaces and dashes do not matter. It ends with 6 unless the certificate holds.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate verify 0000-0000-0000-0000-0000-0000-0000      # exit 6: there is none",
])]
pub(crate) struct VerifyArgs {
    /// The code on the certificate; several words are read as one code
    #[arg(required = true)]
    code: Vec<String>,
}

pub(crate) async fn run(app: &App, args: VerifyArgs) -> Result {
    let session = app.open().await?;
    let verified = session.lms.certificates().verify(&args.code.concat()).await?;
    app.output.record(&verified)?;
    match verified.state {
        VerifiedState::Valid => {
            let number = verified.number.as_deref().unwrap_or_default();
            app.output.done(&format!("certificate `{number}` holds"));
            Ok(Exit::Done)
        }
        VerifiedState::Unknown => Err(CHECK_FAILED
            .error("there is no certificate with this code")
            .with_hint(
                "compare the code with the one on the certificate; it has 28 letters and digits",
            )
            .into()),
        state => {
            let number = verified.number.as_deref().unwrap_or_default();
            let message = format!("certificate `{number}` does not hold: it is {}", state.as_str());
            Err(CHECK_FAILED.error(message).into())
        }
    }
}

impl Row for CertificateVerification {
    const COLUMNS: &'static [Column] = &[
        keep("state"),
        keep("number"),
        shrink("holder"),
        shrink("title"),
        shrink("organisation"),
        keep("completed_on"),
        keep("valid_until"),
        keep("revoked_on"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.state.as_str().into(),
            self.number.clone().into(),
            self.holder.clone().into(),
            self.title.clone().into(),
            self.organisation.clone().into(),
            day(self.completed_on),
            day(self.valid_until),
            day(self.revoked_on),
        ]
    }
}
