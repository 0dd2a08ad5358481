//! `lmsctl certificate`: what people can show for what they learnt.

use clap::Subcommand;
use lms_core::{Certificate, CertificateFilter, Day};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::picking::{Choice, Question, named_or_picked};
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

mod list;
mod logo;
mod pdf;
mod revoke;
mod show;
mod verify;

/// List, print, verify and revoke certificates
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl certificate list --state valid",
    "lmsctl certificate list --training GDPR-101 --output json",
    "lmsctl certificate verify 0000-0000-0000-0000-0000-0000-0000      # exit 6: there is none",
])]
pub(crate) enum CertificateCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Pdf(pdf::PdfArgs),
    Verify(verify::VerifyArgs),
    Revoke(revoke::RevokeArgs),
    Logo(logo::LogoArgs),
}

pub(crate) async fn run(app: &App, command: CertificateCommand) -> Result {
    match command {
        CertificateCommand::List(args) => list::run(app, args).await,
        CertificateCommand::Show(args) => show::run(app, args).await,
        CertificateCommand::Pdf(args) => pdf::run(app, args).await,
        CertificateCommand::Verify(args) => verify::run(app, args).await,
        CertificateCommand::Revoke(args) => revoke::run(app, args).await,
        CertificateCommand::Logo(args) => logo::run(app, args).await,
    }
}

/// The certificate that was named, or is picked.
async fn picked(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which certificate?",
        answered_by: "its number, such as 2026-000123",
        none: "there is no certificate yet",
    };
    named_or_picked(app, named, &question, async || {
        let filter = CertificateFilter::new();
        let all = PageArgs::everything()
            .read(async |limit, cursor| {
                let filter = filter.clone().page(limit, cursor);
                session.lms.certificates().list(&session.actor, filter).await
            })
            .await?;
        let choice = |one: &Certificate| Choice {
            shown: format!("{}  {}  {}", one.number, holder(one), one.title),
            typed: one.number.clone(),
        };
        Ok(all.items.iter().map(choice).collect())
    })
    .await
}

/// The name; of somebody who was erased there is none.
fn holder(certificate: &Certificate) -> &str {
    certificate.holder.as_deref().unwrap_or("(erased)")
}

/// A day that may be there.
fn day(day: Option<Day>) -> Cell {
    day.map(|day| day.to_string()).into()
}

impl Row for Certificate {
    const COLUMNS: &'static [Column] = &[
        keep("number"),
        shrink("holder"),
        keep("training"),
        shrink("title"),
        keep("state"),
        keep("completed_on"),
        keep("valid_until"),
        drop_first("version"),
        drop_first("issued_on"),
        apart("language"),
        apart("organisation"),
        apart("revoked_on"),
        apart("revoked_because"),
        apart("code"),
        apart("verify_url"),
        apart("person"),
        apart("completion_id"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.number.as_str().into(),
            self.holder.clone().into(),
            self.training.as_str().into(),
            self.title.as_str().into(),
            self.state.as_str().into(),
            self.completed_on.to_string().into(),
            day(self.valid_until),
            self.version.to_string().into(),
            self.issued_on.to_string().into(),
            self.language.as_str().into(),
            self.organisation.as_str().into(),
            day(self.revoked_on),
            self.revoked_because.clone().into(),
            self.code.as_str().into(),
            self.verify_url.clone().into(),
            self.person.to_string().into(),
            self.completion_id.to_string().into(),
            self.id.to_string().into(),
        ]
    }
}
