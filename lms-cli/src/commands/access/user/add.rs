//! `lmsctl access user add`

use clap::Args;
use lms_core::NewAccount;

use crate::app::App;
use crate::cli::help::examples;
use crate::cli::names;
use crate::error::{Exit, Result};

/// Add an account
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user add kim --role auditor",
    "lmsctl access user add lena --role hr --role manager --email lena@example.com",
    "lmsctl access user add mateo --role manager --person mateo@demo.example",
])]
pub(crate) struct AddArgs {
    /// Name to sign in with
    #[arg(value_name = "USERNAME")]
    username: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Name to show to others
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Access role; repeat for several (see: lmsctl access role list)
    #[arg(long = "role", value_name = "ROLE")]
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    roles: Vec<String>,
    /// Person to whom it belongs: e-mail, employee number, user name or id
    #[arg(long)]
    person: Option<String>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let username = match args.username {
        Some(username) => username,
        None => app.prompt.text("Username", None, "the username", &|_| Ok(()))?,
    };
    let mut account = NewAccount::new(&username);
    if let Some(email) = &args.email {
        account = account.email(email);
    }
    if let Some(name) = &args.display_name {
        account = account.display_name(name);
    }
    let account = args.roles.iter().fold(account, |account, role| account.role(role));

    let session = app.open().await?;
    let account = match &args.person {
        Some(person) => {
            session.lms.people().add_account_for(&session.actor, person, account).await?
        }
        None => session.lms.access().add_account(&session.actor, account).await?,
    };
    app.output.record(&account)?;
    app.output.done(&format!("added account `{}`", account.username));
    if account.roles.is_empty() {
        app.output.hint(&format!(
            "it has no role yet: `lmsctl access user edit {} --add-role ROLE`",
            account.username
        ));
    }
    Ok(Exit::Done)
}
