//! `lmsctl hris connect`

use std::path::PathBuf;

use clap::Args;
use lms_core::{NewConnection, Secret, Vendor};

use super::list::Shown;
use super::{mapping, page, tell_missing};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, USAGE};
use crate::output::Format;
use crate::secrets::{Found, Keeper, Place};

/// Connect a system that keeps people: what it needs is asked for, tried out, and kept
///
/// The credential goes into the keyring of this machine. Where there is none, it is read from a variable,
/// a file or a credential of systemd each time, and this says from which. Connecting one again changes it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl hris connect hr --vendor bamboohr      # exit 2: without a terminal, the company is missing",
    "LMSCTL_HR_TOKEN=secret lmsctl hris connect hr --vendor bamboohr --option company=acme --no-test",
])]
pub(crate) struct ConnectArgs {
    /// Name of the connection, and of the source whose people it brings
    name: String,
    /// The system: bamboohr, microsoft-graph, personio, hibob, workday, scim, or rest for any other
    #[arg(long, value_name = "SYSTEM", value_parser = vendor)]
    vendor: Option<Vendor>,
    /// What the system needs to know, such as company=acme
    #[arg(long, value_name = "NAME=VALUE", value_parser = option)]
    option: Vec<(String, String)>,
    /// Address of the system, where it is not the usual one
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Mapping file: what the system is, or what is otherwise in one that is known
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Do not ask the system for its first page
    #[arg(long)]
    no_test: bool,
}

pub(crate) async fn run(app: &App, args: ConnectArgs) -> Result {
    let session = app.open().await?;
    let hris = session.lms.hris();
    let known = hris.list(&session.actor).await?;
    let known = known.into_iter().find(|one| one.name == args.name.trim().to_lowercase());
    let mut new = match (known, args.vendor) {
        (Some(known), None) => known.again(),
        (Some(known), Some(vendor)) if known.vendor == vendor => known.again(),
        (_, vendor) => {
            let vendor = vendor.map_or_else(|| pick(app), Ok)?;
            NewConnection::new(&args.name, vendor)?
        }
    };
    if let Some(path) = &args.map {
        new = new.mapping(&mapping(path)?);
    }
    if let Some(url) = &args.url {
        new = new.base_url(url);
    }
    for (name, value) in &args.option {
        new = new.option(name, value);
    }
    let new = ask(app, new)?;
    new.check()?;
    let keeper = Keeper::new(new.name(), &new.origin()?);
    // Whoever connects one again at a terminal may have a new credential.
    let stays = |found: &Found| found.place != Place::Keyring || !app.prompt.asks();
    let (secret, typed) = if let Some(found) = keeper.find()?.filter(stays) {
        app.output.note(&format!("The credential is from {}", found.place));
        (found.secret, None)
    } else {
        let typed = app.prompt.password(&new.secret_name()?, &keeper.ways())?;
        (Secret::new(&typed), Some(typed))
    };
    if !args.no_test {
        let probe = hris.test(&session.actor, &new, &secret).await?;
        let shown = page(app, &new, &probe)?;
        app.output.aside(&shown);
        tell_missing(app, &probe);
    }
    let connected = hris.connect(&session.actor, new).await?;
    if let Some(typed) = typed {
        match keeper.keep(typed) {
            Ok(()) => app.output.note("The credential is in the keyring of this machine"),
            Err(why) => {
                app.output
                    .note(&format!("There is no keyring here, so that it is not kept: {why}"));
                app.output.hint(&format!("give {}", keeper.ways()));
            }
        }
    }
    let connection = &connected.value;
    if app.output.format() != Format::Table {
        app.output.record(&Shown::new(connection.clone(), None))?;
    }
    let vendor = connection.vendor.as_str();
    app.output.done(&match connected.operation {
        Some(_) => format!("connected {} ({vendor}, {})", connection.name, connection.url),
        None => format!("{} is connected so already", connection.name),
    });
    app.output.hint(&format!("`lmsctl hris sync {} --dry-run` shows the plan", connection.name));
    Ok(Exit::Done)
}

/// Reads the name of a system, or says which one may be meant.
fn vendor(text: &str) -> std::result::Result<Vendor, String> {
    Vendor::named(text).map_err(|error| match error.hints().first() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    })
}

/// Asks for what is missing, where somebody can be asked.
fn ask(app: &App, mut new: NewConnection) -> Result<NewConnection> {
    if !app.prompt.asks() {
        return Ok(new);
    }
    if new.lacks_url()? {
        let check = |_: &str| Ok(());
        let url = app.prompt.text("Address of the system", None, "`--url`", &check)?;
        new = new.base_url(&url);
    }
    for option in new.missing()? {
        let name = &option.name;
        let answered_by = format!("`--option {name}=…`");
        let check = |text: &str| {
            let is_said = !text.trim().is_empty();
            is_said.then_some(()).ok_or_else(|| USAGE.error(format!("`{name}` is missing")))
        };
        let answer = app.prompt.text(&option.ask, option.default.clone(), &answered_by, &check)?;
        new = new.option(name, &answer);
    }
    Ok(new)
}

fn pick(app: &App) -> Result<Vendor> {
    let names: Vec<String> = Vendor::ALL.iter().map(|vendor| vendor.as_str().to_owned()).collect();
    let at = app.prompt.pick("Which system?", &names, "`--vendor`")?;
    Ok(Vendor::ALL[at])
}

fn option(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected NAME=VALUE, such as company=acme".to_owned()),
    }
}
