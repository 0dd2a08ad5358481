//! `lmsctl certificate list`

use clap::Args;
use lms_core::{CertificateFilter, CertificateState};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List certificates, the highest numbers first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl certificate list",
    "lmsctl certificate list --training GDPR-101 --state expired --state revoked",
    "lmsctl certificate list --all --output csv > certificates.csv",
])]
pub(crate) struct ListArgs {
    /// Holder, by e-mail, employee number, user name or id; repeat for several
    #[arg(long = "person", value_name = "PERSON")]
    people: Vec<String>,
    /// Code of a training; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Valid, expired or revoked, as of today; repeat for several
    #[arg(long = "state", value_name = "STATE")]
    states: Vec<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let mut filter = CertificateFilter::new();
    for text in &args.states {
        filter = filter.state(CertificateState::parse(text)?);
    }
    filter = args.people.iter().fold(filter, |filter, name| filter.person(name));
    filter = args.trainings.iter().fold(filter, |filter, name| filter.training(name));
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.certificates().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "certificate", "certificates")?;
    Ok(Exit::Done)
}
