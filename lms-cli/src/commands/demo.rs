//! `lmsctl demo`

use clap::Args;
use lms_core::{
    Account, AccountChange, AccountFilter, Actor, AuditEntry, AuditFilter, DatabaseUrl, Event,
    EventFilter, Lms, NewAccount, NewRole, OrganisationSettings, Person, PersonFilter, SchemaMode,
    SetUp, SettingsChange, Unit, UnitKind, Verification,
};
use serde::Serialize;

use crate::app::{App, Session, make_folder_of};
use crate::cli::help::examples;
use crate::error::{Exit, NOT_A_DEMO, Result};

mod company;

/// Make a demo company and show what there is
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl demo",
    "lmsctl demo --database sqlite:/tmp/demo.db",
])]
pub(crate) struct DemoArgs {}

const DEFAULT_DATABASE: &str = "sqlite:demo/lms.db";
const ORGANISATION: &str = "Demo Company";
const ADMIN: &str = "admin";
/// Username, name, role.
const STAFF: &[(&str, &str, &str)] = &[
    ("hanna", "Hanna Vogel", "hr"),
    ("omar", "Omar Haddad", "auditor"),
    ("ines", "Inês Duarte", "instructor"),
];
const SHOWN_ROWS_MAX: u32 = 10;

/// All that there is to see.
#[derive(Serialize)]
struct Tour {
    database: String,
    created: bool,
    settings: OrganisationSettings,
    departments: Vec<Unit>,
    people: Vec<Person>,
    accounts: Vec<Account>,
    operations: Vec<AuditEntry>,
    verification: Verification,
    events: Vec<Event>,
    next: Vec<String>,
}

pub(crate) async fn run(app: &App, _: DemoArgs) -> Result {
    // Only a flag counts: a demo must not happen to the database that the environment names.
    let url = app.globals.database.as_deref().unwrap_or(DEFAULT_DATABASE);
    let shown_url = DatabaseUrl::parse(url)?.to_string();
    if app.globals.database.is_none() {
        make_folder_of(url)?;
    }
    let session = app.open_builder(app.builder(url)?.schema_mode(SchemaMode::Apply)).await?;
    let created = fill(&session, &shown_url).await?;
    let tour = walk(&session, shown_url, created).await?;
    app.output.present(&tour, &tour.accounts, || page(app, &tour))?;
    app.output.done(&if created {
        format!("made `{ORGANISATION}` in {}", tour.database)
    } else {
        format!("`{ORGANISATION}` was there already in {}; nothing was changed", tour.database)
    });
    Ok(Exit::Done)
}

/// Sets the company up, unless it is there; whether it was made.
async fn fill(session: &Session, url: &str) -> Result<bool> {
    let Session { lms, actor } = session;
    let actor = &actor.clone().with_reason("lmsctl demo");
    let access = lms.access();
    let set_up = SetUp::new(ORGANISATION, ADMIN)
        .email("admin@demo.example")
        .time_zone("Europe/Berlin")
        .locale("en");
    let outcome = access.set_up(actor, set_up).await?;
    if outcome.settings.name.as_str() != ORGANISATION {
        return Err(NOT_A_DEMO
            .error(format!(
                "the database `{url}` belongs to `{}`; a demo does not touch it",
                outcome.settings.name
            ))
            .with_hint("name another one, such as `--database sqlite:demo.db`, or none for `./demo/lms.db`")
            .into());
    }
    if outcome.created {
        let change = SettingsChange::new()
            .set("grace_days", "7")?
            .set("quiet_hours", "20:00-07:00")?
            .set("base_url", "https://learn.demo.example")?;
        lms.settings().set(actor, change).await?;
        company::found(lms, actor).await?;
    }
    for (username, name, role) in STAFF {
        if access.account(actor, username).await.is_ok() {
            continue;
        }
        let account = NewAccount::new(username)
            .display_name(name)
            .email(&format!("{username}@demo.example"))
            .role(role);
        access.add_account(actor, account).await?;
    }
    if outcome.created {
        delegate(lms, actor).await?;
    }
    Ok(outcome.created)
}

/// Roles of the company's own, and accounts that belong to its people.
async fn delegate(lms: &Lms, actor: &Actor) -> lms_core::Result<()> {
    let (access, people) = (lms.access(), lms.people());
    let partner = NewRole::new("partner").summary("keeps the people of their departments");
    let partner = partner.grant("organisation.read").grant("people.read@department");
    access.add_role(actor, partner).await?;
    let interim = NewRole::new("interim").summary("looks after a team for a while");
    access.add_role(actor, interim.grant("people.read@reports")).await?;
    people.link_account(actor, "hanna", Some("hanna@demo.example")).await?;
    people.link_account(actor, "ines", Some("ines@demo.example")).await?;
    access.edit_account(actor, "ines", AccountChange::new().add_role("partner")).await?;
    Ok(())
}

async fn walk(session: &Session, database: String, created: bool) -> Result<Tour> {
    let Session { lms, actor } = session;
    let accounts = AccountFilter::new().limit(SHOWN_ROWS_MAX);
    let operations = AuditFilter::new().limit(SHOWN_ROWS_MAX);
    let events = EventFilter::new().newest_first(true).limit(SHOWN_ROWS_MAX);
    Ok(Tour {
        settings: lms.settings().show(actor).await?,
        departments: lms.people().units(actor, UnitKind::Department, None, false).await?,
        people: lms.people().list(actor, PersonFilter::new().limit(SHOWN_ROWS_MAX)).await?.items,
        accounts: lms.access().accounts(actor, accounts).await?.items,
        operations: lms.audit().list(actor, operations).await?.items,
        verification: lms.audit().verify(actor, None, &mut |_, _| {}).await?,
        events: lms.events().list(actor, events).await?.items,
        next: next_commands(&database),
        database,
        created,
    })
}

fn next_commands(database: &str) -> Vec<String> {
    let mut commands = vec![
        format!("export LMS_DATABASE_URL={database}"),
        "lmsctl person list --department Engineering --as-of 2024-12-31".to_owned(),
        "lmsctl person show ada@demo.example".to_owned(),
        "lmsctl settings set due_soon_days 21".to_owned(),
        "lmsctl audit show 6".to_owned(),
        "lmsctl --as omar settings set locale de    # exit 4: an auditor may not".to_owned(),
        "lmsctl access user list --output json".to_owned(),
        "lmsctl db backup demo.backup".to_owned(),
    ];
    if cfg!(feature = "serve") {
        commands.push("lmsctl serve".to_owned());
    }
    commands
}

fn page(app: &App, tour: &Tour) -> String {
    let output = &app.output;
    let verdict = if tour.verification.ok {
        format!(
            "All {} entries are linked and unchanged; the last hash is {}…",
            tour.verification.entries,
            tour.verification.head_hash.get(..16).unwrap_or_default(),
        )
    } else {
        "The log does not hold: see `lmsctl audit verify`".to_owned()
    };
    let sections = [
        ("The organisation", output.card(&tour.settings)),
        ("Departments", output.table(&tour.departments)),
        ("People", output.table(&tour.people)),
        ("Who may sign in", output.table(&tour.accounts)),
        ("What was done, the newest first", output.table(&tour.operations)),
        ("Proof that nobody touched it since", format!("{verdict}\n")),
        ("What other systems are told", output.table(&tour.events)),
        ("Try next", format!("  {}\n", tour.next.join("\n  "))),
    ];
    let sections: Vec<String> = sections
        .into_iter()
        .map(|(title, body)| format!("{}{body}", output.heading(title)))
        .collect();
    sections.join("\n")
}
