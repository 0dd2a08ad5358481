//! `lmsctl access token create`

use clap::Args;
use lms_core::NewToken;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::access::named_or_picked;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Create an API token; it is shown once
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access token create admin payroll",
    "lmsctl access token create admin dashboard --permission settings.read --expires-on +3m",
    "TOKEN=$(lmsctl access token create admin ci --quiet)",
])]
pub(crate) struct CreateArgs {
    /// Username, e-mail address or id of the account it acts for
    account: Option<String>,
    /// What it is for, so that you know it again
    name: Option<String>,
    /// Allow no more than this; repeat for several (default: all the account may do)
    #[arg(long = "permission", value_name = "PERMISSION")]
    #[arg(value_parser = names::permissions(), hide_possible_values = true)]
    permissions: Vec<String>,
    /// Last day it works: YYYY-MM-DD, or +30d, +2w, +3m
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    expires_on: Option<String>,
}

#[derive(serde::Serialize)]
struct Created<'a>(&'a lms_core::CreatedToken);

pub(crate) async fn run(app: &App, args: CreateArgs) -> Result {
    let session = app.open().await?;
    let account = named_or_picked(app, &session, args.account).await?;
    let name = match args.name {
        Some(name) => name,
        None => app.prompt.text("What is the token for?", None, "its name", &|_| Ok(()))?,
    };
    let expires_on = session.optional_day(args.expires_on.as_deref()).await?;
    let token = NewToken::new(account.username.as_str(), &name);
    let token = args.permissions.iter().fold(token, |token, name| token.permission(name));
    let token = match expires_on {
        Some(day) => token.expires_on(day),
        None => token,
    };
    let created = session.lms.access().create_token(&session.actor, token).await?;

    let row = Created(&created);
    let secret = format!("{}\n", created.secret);
    app.output.present(&row, std::slice::from_ref(&row), || secret)?;
    app.output.done(&format!("created token `{}` for `{}`", created.token.name, account.username));
    app.output.note("keep it now: it is stored hashed and cannot be shown again");
    Ok(Exit::Done)
}

impl Row for Created<'_> {
    const COLUMNS: &'static [Column] =
        &[keep("id"), shrink("username"), shrink("name"), keep("expires_at"), keep("secret")];
    fn cells(&self) -> Vec<Cell> {
        let token = &self.0.token;
        vec![
            token.id.to_string().into(),
            token.username.as_str().into(),
            token.name.as_str().into(),
            token.expires_at.into(),
            self.0.secret.as_str().into(),
        ]
    }
}
