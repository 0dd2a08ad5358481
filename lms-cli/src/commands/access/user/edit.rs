//! `lmsctl access user edit`

use clap::Args;
use lms_core::{Account, AccountChange};

use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::access::named_or_picked;
use crate::commands::changes::{ChangePlan, Changing};
use crate::error::{Exit, Result, USAGE};

/// Change an account: name, e-mail address, roles
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access user edit admin --display-name \"Ada Lovelace\"",
    "lmsctl access user edit hanna --add-role hr --remove-role manager",
    "lmsctl access user edit hanna --no-email --dry-run",
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
    add_roles: Vec<String>,
    /// Take an access role away; repeat for several
    #[arg(long = "remove-role", value_name = "ROLE")]
    remove_roles: Vec<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    if !args.names_a_change() {
        return Err(USAGE
            .error("no change was named")
            .with_hint("name one: `--email`, `--no-email`, `--display-name`, `--no-display-name`, `--add-role`, `--remove-role`")
            .into());
    }
    let session = app.open().await?;
    let account = named_or_picked(app, &session, args.account.clone()).await?;
    let planned = args.planned(&account);
    apply(app, &session, &account, args.change(), planned, args.dry_run).await
}

/// Makes a change to one account, or shows it.
pub(super) async fn apply(
    app: &App,
    session: &Session,
    account: &Account,
    change: AccountChange,
    planned: Vec<Changing>,
    dry_run: DryRunArgs,
) -> Result {
    if dry_run.dry_run {
        let plan = ChangePlan { dry_run: true, changed: planned };
        app.output.present(&plan, &plan.changed, || app.output.table(&plan.changed))?;
        app.output.done(&format!(
            "dry run: account `{}` would {}; nothing was changed",
            account.username,
            if plan.changed.is_empty() { "stay as it is" } else { "change" },
        ));
        return Ok(Exit::of_dry_run(dry_run.detailed_exitcode, !plan.changed.is_empty()));
    }
    let id = account.id.to_string();
    let outcome = session.lms.access().edit_account(&session.actor, &id, change).await?;
    let changed: Vec<Changing> = outcome.changed.iter().map(Changing::from).collect();
    app.output.present(&outcome, &changed, || app.output.table(&changed))?;
    app.output.done(&if changed.is_empty() {
        format!("nothing to change: account `{}` is as asked", account.username)
    } else {
        format!("changed account `{}`", account.username)
    });
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

    fn planned(&self, account: &Account) -> Vec<Changing> {
        let mut planned = Vec::new();
        let email = account.email.as_ref().map(ToString::to_string);
        if self.email.is_some() || self.no_email {
            planned.extend(Changing::between("email", email, self.email.clone()));
        }
        let name = account.display_name.as_ref().map(ToString::to_string);
        if self.display_name.is_some() || self.no_display_name {
            planned.extend(Changing::between("display_name", name, self.display_name.clone()));
        }
        let mut roles = account.roles.clone();
        roles.extend(self.add_roles.iter().cloned());
        roles.retain(|role| !self.remove_roles.contains(role));
        roles.sort();
        roles.dedup();
        let mut before = account.roles.clone();
        before.sort();
        planned.extend(Changing::between("roles", listed(&before), listed(&roles)));
        planned
    }
}

fn listed(roles: &[String]) -> Option<String> {
    (!roles.is_empty()).then(|| roles.join(", "))
}
