//! `lmsctl init`

use clap::Args;
use lms_core::{
    Email, Locale, Name, OrganisationSettings, SchemaMode, SetUp, SetUpOutcome, TimeZoneName,
};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::error::{Exit, Result, SCHEMA_OLDER, Stop, is_not_set_up};
use crate::os_user;
use crate::output::{Cell, Column, Row, keep, shrink};

/// Set the database up, with a first super admin
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl init",
    "lmsctl init \"Acme GmbH\" --admin ada --email ada@acme.example --time-zone Europe/Berlin",
    "TOKEN=$(lmsctl init \"Acme GmbH\" --database sqlite:acme.db --quiet)",
])]
pub(crate) struct InitArgs {
    /// Name of the organisation
    organisation: Option<String>,
    /// Username of the first super admin (default: your own user name)
    #[arg(long, value_name = "USERNAME")]
    admin: Option<String>,
    /// Their e-mail address
    #[arg(long)]
    email: Option<String>,
    /// Where the organisation's days begin and end (default: the time zone of this machine)
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Language of mails and reports (default: en)
    #[arg(long)]
    locale: Option<String>,
}

pub(crate) async fn run(app: &App, args: InitArgs) -> Result {
    // Whoever has an organisation is not asked for its name.
    if let Some((session, settings)) = existing(app).await? {
        let again = SetUp::new(settings.name.as_str(), &os_user::name());
        let outcome = session.lms.access().set_up(&session.actor, again).await?;
        return conclude(app, &outcome);
    }
    let set_up = args.answered(app)?;
    let session = app.open_to_make(SchemaMode::Apply).await?;
    let outcome = session.lms.access().set_up(&session.actor, set_up).await?;
    conclude(app, &outcome)
}

/// The organisation that the database has already; an older schema is migrated on the way.
async fn existing(app: &App) -> Result<Option<(Session, OrganisationSettings)>> {
    let session = match app.open_to_make(SchemaMode::Refuse).await {
        Ok(session) => session,
        Err(Stop::Failed(error)) if is_not_set_up(&error) => return Ok(None),
        Err(Stop::Failed(error)) if error.code() == SCHEMA_OLDER => {
            app.open_to_make(SchemaMode::Apply).await?
        }
        Err(stop) => return Err(stop),
    };
    let shown = session.lms.settings().show(&session.actor).await;
    match shown {
        Ok(settings) => Ok(Some((session, settings))),
        Err(error) if is_not_set_up(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn conclude(app: &App, outcome: &SetUpOutcome) -> Result {
    let bare = outcome.token.as_ref().map_or_else(String::new, |token| format!("{token}\n"));
    app.output.present(outcome, std::slice::from_ref(outcome), || bare)?;
    let organisation = &outcome.settings.name;
    let Some(account) = outcome.account.as_ref().filter(|_| outcome.created) else {
        app.output.done(&format!("`{organisation}` is set up already; nothing was changed"));
        return Ok(Exit::Done);
    };
    app.output
        .done(&format!("`{organisation}` is set up, with `{}` as super admin", account.username));
    app.output
        .note(&format!("the API token of `{}` is shown this once: keep it now", account.username));
    app.output.hint("check the installation with `lmsctl doctor`");
    Ok(Exit::Done)
}

impl InitArgs {
    /// The arguments, completed by answers on a terminal and by defaults elsewhere. Everything is
    /// checked here, so that a mistake leaves no half-made database.
    fn answered(self, app: &App) -> Result<SetUp> {
        let asks = app.prompt.can_ask() && !app.globals.yes;
        let organisation = match self.organisation {
            Some(name) => name,
            None => app.prompt.text(
                "Name of the organisation",
                None,
                "it as the first argument: `lmsctl init \"Acme GmbH\"`",
            )?,
        };
        Name::parse(&organisation)?;
        let or_default = |given: Option<String>, question: &str, default: String| match given {
            Some(given) => Ok(given),
            None if asks => app.prompt.text(question, Some(default), "it"),
            None => Ok(default),
        };
        let admin = or_default(self.admin, "Username of the first super admin", os_user::name())?;
        let email = match self.email {
            None if asks => app.prompt.optional_text("Their e-mail address")?,
            given => given,
        };
        email.as_deref().map(Email::parse).transpose()?;
        let zone = or_default(self.time_zone, "Time zone", system_time_zone())?;
        TimeZoneName::parse(&zone)?;
        let locale = or_default(self.locale, "Language of mails and reports", "en".to_owned())?;
        Locale::parse(&locale)?;

        let set_up = SetUp::new(&organisation, &admin).time_zone(&zone).locale(&locale);
        Ok(match email {
            Some(email) => set_up.email(&email),
            None => set_up,
        })
    }
}

fn system_time_zone() -> String {
    let name = jiff::tz::TimeZone::system().iana_name().map(str::to_owned);
    name.filter(|name| name != "Etc/UTC" && TimeZoneName::parse(name).is_ok())
        .unwrap_or_else(|| "UTC".to_owned())
}

impl Row for SetUpOutcome {
    const COLUMNS: &'static [Column] =
        &[keep("created"), shrink("organisation"), shrink("username"), keep("token")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.created.to_string().into(),
            self.settings.name.to_string().into(),
            self.account.as_ref().map(|account| account.username.clone()).into(),
            self.token.clone().into(),
        ]
    }
}
