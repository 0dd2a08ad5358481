//! `lmsctl access token revoke`

use clap::Args;
use lms_core::TokenFilter;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result, UNKNOWN_NAME};

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
    let id = match args.token {
        Some(id) => id,
        None => pick(app, &session).await?,
    };
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

async fn pick(app: &App, session: &Session) -> Result<String> {
    let question = "Which token?";
    app.prompt.need_terminal(question, "its id, as `lmsctl access token list` shows it")?;
    let tokens = PageArgs::everything()
        .read(async |limit, cursor| {
            let filter = TokenFilter::new().page(limit, cursor);
            session.lms.access().tokens(&session.actor, filter).await
        })
        .await?;
    let line =
        |token: &lms_core::Token| format!("{}  {}  {}", token.username, token.name, token.id);
    let items: Vec<String> = tokens.items.iter().map(line).collect();
    if items.is_empty() {
        return Err(UNKNOWN_NAME.error("there is no token to revoke").into());
    }
    let picked = app.prompt.pick(question, &items, "its id")?;
    Ok(tokens.items[picked].id.to_string())
}
