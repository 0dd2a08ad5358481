//! `lmsctl init`

use clap::Args;
use lms_core::{
    DatabaseUrl, Email, OrganisationSettings, SchemaMode, SetUp, SetUpOutcome, TimeZoneName,
};
use serde::Serialize;

use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::error::{Exit, Result, SCHEMA_OLDER, Stop, is_not_set_up};
use crate::os_user;
use crate::output::{Cell, Column, Row, keep, shrink};

/// Set the database up, with a first super admin
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl init",
    "lmsctl init \"Acme GmbH\" --admin ada --email ada@acme.example --timezone Europe/Berlin",
    "lmsctl init \"Acme GmbH\" --dry-run",
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
    timezone: Option<String>,
    /// Language of mails and reports (default: en)
    #[arg(long)]
    locale: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What the organisation would begin with.
#[derive(Serialize)]
struct Plan {
    dry_run: bool,
    database: String,
    organisation: String,
    admin: String,
    email: Option<String>,
    timezone: String,
    locale: String,
}

pub(crate) async fn run(app: &App, args: InitArgs) -> Result {
    let dry_run = args.dry_run;
    // Whoever has an organisation is not asked for its name.
    let existing = match existing(app, SchemaMode::Refuse).await {
        Err(Stop::Failed(error)) if error.code() == SCHEMA_OLDER => {
            if dry_run.dry_run {
                app.output.done("dry run: the schema would be migrated; nothing was changed");
                return Ok(Exit::of_dry_run(dry_run.detailed_exitcode, true));
            }
            existing(app, SchemaMode::Apply).await?
        }
        existing => existing?,
    };
    if let Some((session, settings)) = existing {
        let again = SetUp::new(settings.name.as_str(), &os_user::name());
        let outcome = session.lms.access().set_up(&session.actor, again).await?;
        return conclude(app, &outcome);
    }
    let plan = args.plan(app)?;
    let set_up = plan.set_up();
    // A mistake leaves no half-made database.
    set_up.check()?;
    if dry_run.dry_run {
        app.output.record(&plan)?;
        app.output.done("dry run: the organisation would be set up; nothing was changed");
        return Ok(Exit::of_dry_run(dry_run.detailed_exitcode, true));
    }
    let session = app.open_to_make(SchemaMode::Apply).await?;
    let outcome = session.lms.access().set_up(&session.actor, set_up).await?;
    conclude(app, &outcome)
}

/// The organisation that the database has already.
async fn existing(app: &App, mode: SchemaMode) -> Result<Option<(Session, OrganisationSettings)>> {
    let session = match app.open_as(mode).await {
        Err(Stop::Failed(error)) if is_not_set_up(&error) => return Ok(None),
        session => session?,
    };
    match session.lms.settings().show(&session.actor).await {
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
    /// The arguments, completed by answers on a terminal and by defaults elsewhere.
    fn plan(self, app: &App) -> Result<Plan> {
        let prompt = &app.prompt;
        let organisation = match self.organisation {
            Some(name) => name,
            None => prompt.text(
                "Name of the organisation",
                None,
                "it as the first argument: `lmsctl init \"Acme GmbH\"`",
                &|name| SetUp::new(name, &os_user::name()).check(),
            )?,
        };
        let set_up = |admin: &str| SetUp::new(&organisation, admin);
        let or_default = |given: Option<String>,
                          question: &str,
                          default: String,
                          check: &crate::prompt::Check<'_>| match given {
            Some(given) => Ok(given),
            None if prompt.asks() => prompt.text(question, Some(default), "it", check),
            None => Ok(default),
        };
        let admin = or_default(
            self.admin,
            "Username of the first super admin",
            os_user::name(),
            &|admin| set_up(admin).check(),
        )?;
        let email = match self.email {
            None if prompt.asks() => prompt
                .optional_text("Their e-mail address", &|email| Email::parse(email).map(|_| ()))?,
            given => given,
        };
        let timezone = or_default(self.timezone, "Time zone", system_time_zone(), &|zone| {
            set_up(&admin).timezone(zone).check()
        })?;
        let locale =
            or_default(self.locale, "Language of mails and reports", "en".to_owned(), &|locale| {
                set_up(&admin).locale(locale).check()
            })?;
        let database = DatabaseUrl::parse(app.config()?.database_url()?)?.to_string();
        Ok(Plan { dry_run: true, database, organisation, admin, email, timezone, locale })
    }
}

impl Plan {
    fn set_up(&self) -> SetUp {
        let set_up = SetUp::new(&self.organisation, &self.admin)
            .timezone(&self.timezone)
            .locale(&self.locale);
        match &self.email {
            Some(email) => set_up.email(email),
            None => set_up,
        }
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

impl Row for Plan {
    const COLUMNS: &'static [Column] = &[
        shrink("database"),
        shrink("organisation"),
        shrink("admin"),
        shrink("email"),
        keep("timezone"),
        keep("locale"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.database.as_str().into(),
            self.organisation.as_str().into(),
            self.admin.as_str().into(),
            self.email.clone().into(),
            self.timezone.as_str().into(),
            self.locale.as_str().into(),
        ]
    }
}
