//! `lmsctl demo`

#[cfg(feature = "reports")]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use lms_core::sample::{Company, Years};
use lms_core::{
    Account, AccountChange, AccountFilter, Actor, AuditEntry, AuditFilter, Clock, DatabaseUrl,
    Event, EventFilter, Headcount, Lms, ManualClock, NewAccount, NewRole, OrganisationSettings,
    OrganisationStatus, Person, PersonCard, PersonFilter, RepeatableIds, Rule, RuleFilter,
    SchemaMode, SchemaState, SetUp, SettingsChange, StatusQuery, SystemClock, Training,
    TrainingFilter, Verification,
};
use serde::Serialize;

use crate::app::{App, Session, make_folder_of};
use crate::cli::help::examples;
use crate::commands::figures;
use crate::error::{Exit, NOT_A_DEMO, Result};
use crate::output::{Cell, Column, Row, counted, drop_first, keep, shrink};

mod quizzes;
mod catalog;
mod skills;
mod policies;

/// Fill a database with a made-up company and show it
///
/// The company has worked with the program for two years: people came, moved and left, rules asked for
/// trainings, most were done in time, and the nightly pass ran every week.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl demo",
    "lmsctl demo --people 2000 --years 0 --database sqlite:/tmp/demo.db",
])]
pub(crate) struct DemoArgs {
    /// How many people the company has; the first 12 are always the same
    #[arg(long, value_name = "N", default_value_t = 120,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    people: u32,
    /// Which of all possible companies: the same number makes the same one
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Folder for the reports: `demo/reports`, unless another database is named
    #[cfg(feature = "reports")]
    #[arg(long, value_name = "FOLDER")]
    reports: Option<PathBuf>,
    /// For how many years it has had the program; 0 for a company that begins today, without rules
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(0..=5))]
    years: u8,
}

const DEFAULT_DATABASE: &str = "sqlite:demo/lms.db";
#[cfg(feature = "reports")]
const DEFAULT_REPORTS: &str = "demo/reports";
const ORGANISATION: &str = "Demo Company";
const ADMIN: &str = "admin";
/// Username, name, role.
const STAFF: &[(&str, &str, &str)] = &[
    ("hanna", "Hanna Vogel", "hr"),
    ("omar", "Omar Haddad", "auditor"),
    ("ines", "Inês Duarte", "instructor"),
];
const SHOWN_ROWS_MAX: u32 = 10;
const SHOWN_RULES_MAX: u32 = 20;
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
    status: OrganisationStatus,
    rules: Vec<Rule>,
    accounts: Vec<Account>,
    operations: Vec<AuditEntry>,
    verification: Verification,
    events: Vec<Event>,
    /// The files of the reports that were written.
    reports: Vec<String>,
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
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let builder = app.builder(url)?.clock(Arc::clone(&clock) as Arc<dyn Clock>);
    // Whose turn it is in a roll-out follows from ids: the same seed makes the same company.
    let builder = builder.ids(Arc::new(RepeatableIds::new(args.seed)));
    let session = app.open_builder(builder.schema_mode(SchemaMode::Create)).await?;
    let created = fill(app, &session, &shown_url, &args, &clock).await?;
    clock.set(SystemClock.now());
    #[cfg(feature = "reports")]
    let reports = {
        let its_own = created && app.globals.database.is_none();
        match args.reports.or_else(|| its_own.then(|| DEFAULT_REPORTS.into())) {
            Some(folder) => write_reports(app, &session, &folder).await?,
            None => Vec::new(),
        }
    };
    #[cfg(not(feature = "reports"))]
    let reports = Vec::new();
    let tour = walk(&session, shown_url, created, reports).await?;
    app.output.present(&tour, &tour.accounts, || page(app, &tour))?;
    app.output.done(&if created {
        format!("made `{ORGANISATION}` in {}", tour.database)
    } else {
        format!("`{ORGANISATION}` was there already in {}; nothing was changed", tour.database)
    });
    Ok(Exit::Done)
}

/// Sets the company up, unless it is there; whether it was made.
async fn fill(
    app: &App,
    session: &Session,
    url: &str,
    args: &DemoArgs,
    clock: &ManualClock,
) -> Result<bool> {
    let Session { lms, actor } = session;
    let actor = &actor.clone().with_reason("demo");
    let company = Company::new(usize::try_from(args.people).unwrap_or(usize::MAX), args.seed);
    let mut years = Years::of(&company, usize::from(args.years), clock.now());
    let state = lms.database().status(actor).await?.state;
    if state == SchemaState::Empty {
        clock.set(years.begin_at());
    }
    lms.database().migrate(actor).await?;
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
        let mut progress = app.output.progress("hiring");
        years.found(lms, actor, &mut |done, total| progress.at(done, total)).await?;
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
        live(app, session, years, clock).await?;
        // Some of its people came in those years.
        delegate(lms, actor).await?;
    }
    Ok(outcome.created)
}

/// Lives through the years, week by week.
async fn live(
    app: &App,
    Session { lms, actor }: &Session,
    mut years: Years<'_>,
    clock: &ManualClock,
) -> Result<()> {
    let total = years.weeks_left();
    if total == 0 {
        return Ok(());
    }
    let mut progress = app.output.progress("living through weeks");
    while let Some(day) = years.begin_week(lms, actor, clock).await? {
        let left = years.weeks_left();
        policies::decide(lms, actor, day, left + 1 == total, left).await?;
        years.end_week(lms, actor, clock).await?;
        progress.at((total - left) as u64, total as u64);
    }
    progress.finish();
    Ok(())
}

/// Roles of the company's own, and accounts that belong to its people.
async fn delegate(lms: &Lms, actor: &Actor) -> lms_core::Result<()> {
    let (access, people) = (lms.access(), lms.people());
    let partner = NewRole::new("partner").summary("keeps the people of their departments");
    let partner = partner.grant("organisation.read").grant("people.read@department");
    access.add_role(actor, partner).await?;
    let interim = NewRole::new("interim").summary("looks after a team for a while");
    access.add_role(actor, interim.grant("people.read@reports")).await?;
    for username in ["hanna", "ines"] {
        // The smallest companies do not have them.
        let email = format!("{username}@demo.example");
        if people.card(actor, &email, None).await.is_ok() {
            people.link_account(actor, username, Some(&email)).await?;
        }
    }
    access.edit_account(actor, "ines", AccountChange::new().add_role("partner")).await?;
    Ok(())
}

async fn walk(
    session: &Session,
    database: String,
    created: bool,
    reports: Vec<String>,
) -> Result<Tour> {
    let Session { lms, actor } = session;
    let accounts = AccountFilter::new().limit(SHOWN_ROWS_MAX);
    let operations = AuditFilter::new().limit(SHOWN_ROWS_MAX);
    let events = EventFilter::new().newest_first(true).limit(SHOWN_ROWS_MAX);
    let rules = lms.rules().list(actor, RuleFilter::new().limit(SHOWN_RULES_MAX)).await?.items;
    let (departments, n_departments) = upper(lms.people().headcounts(actor, None).await?);
    Ok(Tour {
        settings: lms.settings().show(actor).await?,
        status: lms.analytics().status(actor, StatusQuery::new()).await?,
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
        reports,
        events: lms.events().list(actor, events).await?.items,
        next: next_commands(&database, !rules.is_empty()),
        rules,
        database,
        created,
    })
}

/// Writes every report that has something to tell as a workbook, and the one that most people ask for also
/// as a page.
#[cfg(feature = "reports")]
async fn write_reports(app: &App, session: &Session, folder: &Path) -> Result<Vec<String>> {
    use lms_reports::{Params, Report};
    std::fs::create_dir_all(folder)
        .map_err(|cause| crate::error::file_error("make", folder, &cause))?;
    let mut progress = app.output.progress("writing reports");
    let mut written = Vec::new();
    for (nth, report) in Report::ALL.iter().enumerate() {
        let Session { lms, actor } = session;
        let document = lms_reports::run(*report, lms, actor, Params::new(), &mut |_, _| ()).await?;
        let formats = if *report == Report::Compliance { &["xlsx", "html"][..] } else { &["xlsx"] };
        let formats = if document.row_count() > 0 { formats } else { &[] };
        for format in formats {
            let file = folder.join(format!("{}.{format}", report.name()));
            document.save(&file)?;
            written.push(file.display().to_string());
        }
        progress.at(nth as u64 + 1, Report::ALL.len() as u64);
    }
    progress.finish();
    Ok(written)
}

/// As many levels of the tree as fit on a page, and how many departments there are in all.
fn upper(all: Vec<Headcount>) -> (Vec<Headcount>, usize) {
    let n_down_to = |depth: usize| all.iter().filter(|count| count.depth <= depth).count();
    let deepest = all.iter().map(|count| count.depth).max().unwrap_or_default();
    let shown = (1..=deepest).rev().find(|depth| n_down_to(*depth) <= SHOWN_DEPARTMENTS_MAX);
    let (shown, n_all) = (shown.unwrap_or_default(), all.len());
    (all.into_iter().filter(|count| count.depth <= shown).collect(), n_all)
}

/// How things stand is worth a look where something happened.
const NEXT_OF_YEARS: &[&str] = &[
    "lmsctl status",
    "lmsctl overdue --by department",
    "lmsctl explain zoe@demo.example GDPR-101",
    "lmsctl history zoe@demo.example --learning",
    "lmsctl rule show PRIVACY",
    "lmsctl gate compliance --min 99 --by department    # exit 6: not everything was done in time",
    "lmsctl sweep --dry-run",
    "lmsctl report compliance --out engineering.html --department Engineering",
];

fn next_commands(database: &str, has_lived: bool) -> Vec<String> {
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
    if has_lived {
        let of_years = NEXT_OF_YEARS.iter().map(|command| (*command).to_owned());
        commands.splice(1..1, of_years);
    }
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
    let reports = match &tour.reports[..] {
        [] => String::new(),
        files => format!("  {}\n", files.join("\n  ")),
    };
    let sections = [
        ("The organisation", output.card(&tour.settings)),
        (&format!("{departments}, {employed} at work today"), output.table(&tour.departments)),
        ("The first people by name", output.table(&tour.people)),
        (&format!("The way of {life} through the organisation"), placements),
        ("Trainings", output.table(&tour.trainings)),
        ("Who has to learn what", output.table(&tour.rules)),
        ("Who may sign in", output.table(&tour.accounts)),
        ("What was done, the newest first", output.table(&tour.operations)),
        ("Proof that nobody touched it since", format!("{verdict}\n")),
        ("What other systems are told", output.table(&tour.events)),
        ("Reports, to be opened", reports),
        ("Try next", format!("  {}\n", tour.next.join("\n  "))),
    ];
    let sections: Vec<String> = sections
        .into_iter()
        .filter(|(_, body)| !body.is_empty())
        .map(|(title, body)| format!("{}{body}", output.heading(title)))
        .collect();
    let standing = if tour.rules.is_empty() {
        String::new()
    } else {
        format!("{}\n", figures::status::page(app, &tour.status))
    };
    standing + &sections.join("\n")
}
