//! `lmsctl rule edit`

use std::path::PathBuf;

use clap::Args;
use lms_core::{Audience, RuleShown};

use super::fields::{FieldArgs, document};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result, USAGE};

/// Change the draft of a rule; what is in force stays as it is
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add GDPR \"Data protection\" --training GDPR-101 --everybody && lmsctl rule edit GDPR --due \"every 12-01\"",
    "lmsctl rule edit GDPR --training GDPR-101 --not-job-role LEAD      # exit 7",
    "lmsctl rule edit GDPR --drop-draft      # exit 7",
])]
pub(crate) struct EditArgs {
    /// Code
    rule: Option<String>,
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    /// All that it says anew, out of a file in TOML or JSON, or - for standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// For everybody who is employed
    #[arg(long)]
    everybody: bool,
    /// Throw the draft away; with it the rule, where it was never in force
    #[arg(long, exclusive = false, conflicts_with_all = ["title", "file", "everybody"])]
    drop_draft: bool,
    #[command(flatten)]
    fields: Box<FieldArgs>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let file = args.file.as_deref().map(document).transpose()?;
    let session = app.open().await?;
    let rules = || session.lms.rules();
    let named = args.rule.or_else(|| file.as_ref().map(|rule| rule.code.clone()));
    let code = picking::rule(app, &session, named).await?;
    if args.drop_draft {
        let outcome = rules().drop_draft(&session.actor, &code).await?;
        changed(app, &outcome, &format!("`{code}`: its draft is gone"))?;
        return Ok(Exit::Done);
    }
    let card = rules().show(&session.actor, &code, RuleShown::Current).await?;
    let seen = card.rule.updated_at;
    let mut rule = match file {
        Some(file) if !file.code.eq_ignore_ascii_case(&card.rule.code) => {
            return Err(USAGE
                .error(format!("the file holds the rule `{}`, not `{}`", file.code, card.rule.code))
                .with_hint("the code of a rule stays for good; `lmsctl rule add` begins another")
                .into());
        }
        Some(file) => file,
        None if card.rule.draft.is_some() => {
            rules().show(&session.actor, &code, RuleShown::Draft).await?.definition
        }
        None => card.definition,
    };
    if let Some(title) = args.title {
        rule.title = title;
    }
    if args.everybody {
        rule.audience = Audience::everybody();
    }
    let today = session.day("today").await?;
    args.fields.set(&mut rule, today)?;
    let saving = rules().unchanged_since(Some(seen));
    let outcome = saving.save_draft(&session.actor, rule).await?;
    changed(app, &outcome, &format!("the draft of `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
