//! `lmsctl access token revoke`

use clap::Args;
use lms_core::{Token, TokenFilter};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::picking::{Choice, Question, named_or_picked};
use crate::error::{Exit, Result};

/// Revoke an API token: it stops working at once, for good
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access token list          # shows the ids",
    "lmsctl access token revoke ID",
])]
pub(crate) struct RevokeArgs {
    /// Id of the token
    token: Option<String>,
}

pub(crate) async fn run(app: &App, args: RevokeArgs) -> Result {
    let session = app.open().await?;
    let id = pick(app, &session, args.token).await?;
    let outcome = session.lms.access().revoke_token(&session.actor, &id).await?;
    app.output.present(&outcome, &outcome.changed, String::new)?;
    let (name, username) = (&outcome.value.name, &outcome.value.username);
    app.output.done(&if outcome.changed.is_empty() {
        format!("nothing to change: token `{name}` of `{username}` was revoked before")
    } else {
        format!("revoked token `{name}` of `{username}`")
    });
    Ok(Exit::Done)
}

async fn pick(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which token?",
        answered_by: "its id, as `lmsctl access token list` shows it",
        none: "there is no token to revoke",
    };
    named_or_picked(app, named, &question, async || {
        let tokens = PageArgs::everything()
            .read(async |limit, cursor| {
                let filter = TokenFilter::new().page(limit, cursor);
                session.lms.access().tokens(&session.actor, filter).await
            })
            .await?;
        let choice = |token: &Token| Choice {
            shown: format!("{}  {}  {}", token.username, token.name, token.id),
            typed: token.id.to_string(),
        };
        Ok(tokens.items.iter().map(choice).collect())
    })
    .await
}
