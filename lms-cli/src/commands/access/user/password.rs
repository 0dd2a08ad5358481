//! `lmsctl access user password`

use std::io::BufRead;

use clap::Args;
use lms_core::Password;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::access::named_or_picked;
use crate::commands::changes::changed;
use crate::error::{Exit, FILE, Result, USAGE, io_reason};

/// Set the password of an account, or take it away
///
/// On a terminal it is asked for twice and not shown. It is never an argument, where others could
/// read it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user password hanna --remove",
    "head -c 24 /dev/urandom | base64 | lmsctl access user password hanna --stdin",
])]
pub(crate) struct PasswordArgs {
    /// Username, e-mail address or id
    account: Option<String>,
    /// Read it from standard input, up to the end of the line
    #[arg(long)]
    stdin: bool,
    /// Take it away: nobody can sign in with one
    #[arg(long, conflicts_with = "stdin")]
    remove: bool,
}

pub(crate) async fn run(app: &App, args: PasswordArgs) -> Result {
    let session = app.open().await?;
    let account = named_or_picked(app, &session, args.account).await?;
    let password = match (args.remove, args.stdin) {
        (true, _) => None,
        (_, true) => Some(Password::new(&first_line()?)),
        _ => {
            let question = format!("New password of `{}`", account.username);
            Some(Password::new(&app.prompt.new_password(&question, "it with `--stdin`")?))
        }
    };
    let (access, id) = (session.lms.access(), account.id.to_string());
    let outcome = access.set_password(&session.actor, &id, password).await?;
    changed(app, &outcome, &format!("the password of account `{}`", account.username))?;
    Ok(Exit::Done)
}

fn first_line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|cause| {
        FILE.error(format!("cannot read standard input: {}", io_reason(&cause)))
    })?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(USAGE
            .error("there is no password on standard input")
            .with_hint("`--remove` takes a password away")
            .into());
    }
    Ok(line.to_owned())
}
