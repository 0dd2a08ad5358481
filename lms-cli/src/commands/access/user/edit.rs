//! `lmsctl access user edit`

use clap::Args;
use lms_core::{Account, AccountChange};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::cli::names;
use crate::commands::access::named_or_picked;
use crate::commands::changes::changed;
use crate::error::{Exit, Result, USAGE};

/// Change an account: name, e-mail address, roles, whose it is
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user edit admin --display-name \"Ada Lovelace\"",
    "lmsctl access user edit hanna --add-role hr --remove-role manager",
    "lmsctl access user edit hanna --no-email",
    "lmsctl access user edit omar --person mateo@demo.example",
    "lmsctl access user edit ines --person none",
])]
pub(crate) struct EditArgs {
    /// Username, e-mail address or id
    account: Option<String>,
    /// New e-mail address
    #[arg(long, conflicts_with = "no_email")]
    email: Option<String>,
    /// Take the e-mail address away
    #[arg(long)]
    no_email: bool,
    /// New name to show to others
    #[arg(long, value_name = "NAME", conflicts_with = "no_display_name")]
    display_name: Option<String>,
    /// Take the name to show away
    #[arg(long)]
    no_display_name: bool,
    /// Give an access role; repeat for several
    #[arg(long = "add-role", value_name = "ROLE")]
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    add_roles: Vec<String>,
    /// Take an access role away; repeat for several
    #[arg(long = "remove-role", value_name = "ROLE")]
    #[arg(value_parser = names::roles(), hide_possible_values = true)]
    remove_roles: Vec<String>,
    /// Person to whom it belongs, or `none`; a change of its own
    #[arg(long, conflicts_with_all = [
        "email", "no_email", "display_name", "no_display_name", "add_roles", "remove_roles",
    ])]
    person: Option<String>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    if !args.names_a_change() {
        return Err(USAGE
            .error("no change was named")
            .with_hint("name one: `--email`, `--no-email`, `--display-name`, `--no-display-name`, `--add-role`, `--remove-role`, `--person`")
            .into());
    }
    let session = app.open().await?;
    let account = named_or_picked(app, &session, args.account.clone()).await?;
    match &args.person {
        Some(person) => link(app, &session, &account, person).await,
        None => apply(app, &session, &account, args.change()).await,
    }
}

/// Says whose the account is.
async fn link(app: &App, session: &Session, account: &Account, person: &str) -> Result {
    let person = Some(person).filter(|person| !person.eq_ignore_ascii_case("none"));
    let (people, id) = (session.lms.people(), account.id.to_string());
    let outcome = people.link_account(&session.actor, &id, person).await?;
    changed(app, &outcome, &format!("account `{}`", account.username))?;
    Ok(Exit::Done)
}

/// Makes a change to one account, and shows it.
pub(super) async fn apply(
    app: &App,
    session: &Session,
    account: &Account,
    change: AccountChange,
) -> Result {
    let id = account.id.to_string();
    let outcome = session.lms.access().edit_account(&session.actor, &id, change).await?;
    changed(app, &outcome, &format!("account `{}`", account.username))?;
    Ok(Exit::Done)
}

impl EditArgs {
    fn names_a_change(&self) -> bool {
        self.email.is_some()
            || self.no_email
            || self.display_name.is_some()
            || self.no_display_name
            || !self.add_roles.is_empty()
            || !self.remove_roles.is_empty()
            || self.person.is_some()
    }

    fn change(&self) -> AccountChange {
        let mut change = AccountChange::new();
        if self.email.is_some() || self.no_email {
            change = change.email(self.email.as_deref());
        }
        if self.display_name.is_some() || self.no_display_name {
            change = change.display_name(self.display_name.as_deref());
        }
        let change = self.add_roles.iter().fold(change, |change, role| change.add_role(role));
        self.remove_roles.iter().fold(change, |change, role| change.remove_role(role))
    }
}
