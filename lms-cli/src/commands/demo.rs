//! `lmsctl demo`

use clap::Args;
use lms_core::sample::{self, Company};
use lms_core::{
    Account, AccountChange, AccountFilter, Actor, AuditEntry, AuditFilter, DatabaseUrl, Event,
    EventFilter, Headcount, Lms, NewAccount, NewRole, OrganisationSettings, Person, PersonCard,
    PersonFilter, SchemaMode, SetUp, SettingsChange, Training, TrainingFilter, Verification,
};
use serde::Serialize;

use crate::app::{App, Session, make_folder_of};
use crate::cli::help::examples;
use crate::error::{Exit, NOT_A_DEMO, Result};
use crate::output::{Cell, Column, Row, counted, drop_first, keep, shrink};

mod quizzes;
mod catalog;
mod skills;

/// Fill a database with a made-up company and show it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl demo",
    "lmsctl demo --people 2000 --database sqlite:/tmp/demo.db",
])]
pub(crate) struct DemoArgs {
    /// How many people the company has; the first 12 are always the same
    #[arg(long, value_name = "N", default_value_t = 120,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    people: u32,
    /// Which of all possible companies: the same number makes the same one
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

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
/// Of a large company only the upper departments are shown.
const SHOWN_DEPARTMENTS_MAX: usize = 24;
/// Somebody whose way through the organisation is worth a look.
const SHOWN_LIFE: &str = "00109";

/// All that there is to see.
#[derive(Serialize)]
struct Tour {
    database: String,
    created: bool,
    settings: OrganisationSettings,
    departments: Vec<Headcount>,
    n_departments: usize,
    people: Vec<Person>,
    life: Option<PersonCard>,
    trainings: Vec<Training>,
    accounts: Vec<Account>,
    operations: Vec<AuditEntry>,
    verification: Verification,
    events: Vec<Event>,
    next: Vec<String>,
}

impl Row for Headcount {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        drop_first("parent"),
        shrink("head_name"),
        keep("people"),
        drop_first("own_people"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.parent.clone().into(),
            self.head_name.clone().into(),
            self.people.into(),
            self.own_people.into(),
        ]
    }
}

pub(crate) async fn run(app: &App, args: DemoArgs) -> Result {
    // Only a flag counts: a demo must not happen to the database that the environment names.
    let url = app.globals.database.as_deref().unwrap_or(DEFAULT_DATABASE);
    let shown_url = DatabaseUrl::parse(url)?.to_string();
    if app.globals.database.is_none() {
        make_folder_of(url)?;
    }
    let session = app.open_builder(app.builder(url)?.schema_mode(SchemaMode::Apply)).await?;
    let created = fill(app, &session, &shown_url, &args).await?;
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
async fn fill(app: &App, session: &Session, url: &str, args: &DemoArgs) -> Result<bool> {
    let Session { lms, actor } = session;
    let actor = &actor.clone().with_reason("demo");
    let access = lms.access();
    let set_up = SetUp::new(ORGANISATION, ADMIN)
        .email("admin@demo.example")
        .timezone("Europe/Berlin")
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
        let company = Company::new(usize::try_from(args.people).unwrap_or(usize::MAX), args.seed);
        let mut progress = app.output.progress("hiring");
        sample::found(lms, actor, &company, &mut |done, total| progress.at(done, total)).await?;
        progress.finish();
        quizzes::write(lms, actor).await?;
        skills::name(lms, actor).await?;
        catalog::fill(lms, actor).await?;
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
    let (departments, n_departments) = upper(lms.people().headcounts(actor, None).await?);
    Ok(Tour {
        settings: lms.settings().show(actor).await?,
        departments,
        n_departments,
        life: lms.people().card(actor, SHOWN_LIFE, None).await.ok(),
        people: lms.people().list(actor, PersonFilter::new().limit(SHOWN_ROWS_MAX)).await?.items,
        trainings: lms
            .catalog()
            .list(actor, TrainingFilter::new().limit(SHOWN_ROWS_MAX))
            .await?
            .items,
        accounts: lms.access().accounts(actor, accounts).await?.items,
        operations: lms.audit().list(actor, operations).await?.items,
        verification: lms.audit().verify(actor, None, &mut |_, _| {}).await?,
        events: lms.events().list(actor, events).await?.items,
        next: next_commands(&database),
        database,
        created,
    })
}

/// As many levels of the tree as fit on a page, and how many departments there are in all.
fn upper(all: Vec<Headcount>) -> (Vec<Headcount>, usize) {
    let n_down_to = |depth: usize| all.iter().filter(|count| count.depth <= depth).count();
    let deepest = all.iter().map(|count| count.depth).max().unwrap_or_default();
    let shown = (1..=deepest).rev().find(|depth| n_down_to(*depth) <= SHOWN_DEPARTMENTS_MAX);
    let (shown, n_all) = (shown.unwrap_or_default(), all.len());
    (all.into_iter().filter(|count| count.depth <= shown).collect(), n_all)
}

fn next_commands(database: &str) -> Vec<String> {
    let mut commands = vec![
        format!("export LMS_DATABASE_URL={database}"),
        "lmsctl person list --department Engineering --as-of 2024-12-31".to_owned(),
        "lmsctl person show ada@demo.example".to_owned(),
        "lmsctl training show GDPR-101".to_owned(),
        "lmsctl training export GDPR-101 --out gdpr-101.toml".to_owned(),
        "lmsctl path show NEW-HIRE".to_owned(),
        "lmsctl quiz preview FIRE".to_owned(),
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
    let employed: i64 =
        tour.departments.iter().filter(|top| top.depth == 0).map(|top| top.people).sum();
    let employed = counted(usize::try_from(employed).unwrap_or_default(), "person", "people");
    let departments = counted(tour.n_departments, "department", "departments");
    let (life, placements) = match &tour.life {
        Some(card) => (card.person.name(), output.table(&card.placements)),
        None => Default::default(),
    };
    let sections = [
        ("The organisation", output.card(&tour.settings)),
        (&format!("{departments}, {employed} at work today"), output.table(&tour.departments)),
        ("The first people by name", output.table(&tour.people)),
        (&format!("The way of {life} through the organisation"), placements),
        ("Trainings", output.table(&tour.trainings)),
        ("Who may sign in", output.table(&tour.accounts)),
        ("What was done, the newest first", output.table(&tour.operations)),
        ("Proof that nobody touched it since", format!("{verdict}\n")),
        ("What other systems are told", output.table(&tour.events)),
        ("Try next", format!("  {}\n", tour.next.join("\n  "))),
    ];
    let sections: Vec<String> = sections
        .into_iter()
        .filter(|(_, body)| !body.is_empty())
        .map(|(title, body)| format!("{}{body}", output.heading(title)))
        .collect();
    sections.join("\n")
}
