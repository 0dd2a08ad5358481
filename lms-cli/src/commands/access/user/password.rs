//! `lmsctl access user password`

use std::io::BufRead;

use clap::Args;
use lms_core::Password;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::access::named_or_picked;
use crate::commands::changes::changed;
use crate::error::{Exit, FILE, Result, USAGE, io_reason};

/// Set the password of an account, or take it away
///
/// On a terminal it is asked for twice and not shown. It is never an argument, where others could
/// read it. With `--own` somebody changes the password of the account that they act as, for which
/// they have to know the present one.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user password hanna --remove",
    "head -c 24 /dev/urandom | base64 | lmsctl access user password hanna --stdin",
    "lmsctl access user password --own --as hanna      # exit 2: asks at a terminal",
])]
pub(crate) struct PasswordArgs {
    /// Username, e-mail address or id
    account: Option<String>,
    /// Read it from standard input, up to the end of the line; with `--own`, the present one first
    #[arg(long)]
    stdin: bool,
    /// Take it away: nobody can sign in with one
    #[arg(long, conflicts_with = "stdin")]
    remove: bool,
    /// Change that of the account of `--as`; the present one is asked for
    #[arg(long, conflicts_with_all = ["account", "remove"])]
    own: bool,
}

pub(crate) async fn run(app: &App, args: PasswordArgs) -> Result {
    let session = app.open().await?;
    if args.own {
        return change_own(app, &session, args.stdin).await;
    }
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

async fn change_own(app: &App, session: &Session, stdin: bool) -> Result {
    let (present, new) = if stdin {
        (first_line()?, first_line()?)
    } else {
        let answered_by = "both with `--stdin`, a line each";
        let present = app.prompt.password("Present password", answered_by)?;
        (present, app.prompt.new_password("New password", answered_by)?)
    };
    let (present, new) = (Password::new(&present), Password::new(&new));
    let access = session.lms.access();
    let outcome = access.change_own_password(&session.actor, present, new).await?;
    changed(app, &outcome, &format!("the password of account `{}`", outcome.value.username))?;
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
