//! `lmsctl group add`

use std::path::PathBuf;

use clap::Args;
use lms_core::{Code, Name, NewGroup};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::people_file;
use crate::error::{Exit, Result, USAGE};

/// Add a group: a list of people, or an audience under a name
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group add FIRST-AIDERS \"First aiders\" --member 00103 --member zoe@demo.example",
    "lmsctl group add BERLIN-ENG \"Engineers in Berlin\" --department ENG --location BER",
    "lmsctl group add EMPTY \"Nobody yet\"",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: Option<String>,
    /// Name to show
    name: Option<String>,
    /// Somebody on the list: e-mail, employee number, user name or id; repeat for several
    #[arg(long = "member", value_name = "PERSON")]
    members: Vec<String>,
    /// File with the people of the list, one a line or in the first column of a CSV; - is input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// First day; unless said, it is there since ever, and its list begins today
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    #[command(flatten)]
    audience: AudienceArgs,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let mut members = args.members;
    if let Some(file) = &args.from {
        members.extend(people_file::read(file)?);
    }
    let code = match args.code {
        Some(code) => code,
        None => app.prompt.text("Code", None, "the code", &|text| Code::parse(text).map(|_| ()))?,
    };
    let name = if let Some(name) = args.name {
        name
    } else {
        let check = |text: &str| Name::parse(text).map(|_| ());
        app.prompt.text("Name", Some(code.clone()), "the name", &check)?
    };
    let mut new = if args.audience.is_empty() {
        NewGroup::fixed(&code, &name)
    } else if members.is_empty() {
        NewGroup::saved(&code, &name, args.audience.audience()?)
    } else {
        return Err(USAGE
            .error("a group is either a list of people or an audience")
            .with_hint("name its people with `--member` and `--from`, or whom it asks for")
            .into());
    };
    let count = members.len();
    new = new.members(members);
    let session = app.open().await?;
    if let Some(day) = session.optional_day(args.since.as_deref()).await? {
        new = new.from(day);
    }
    let group = session.lms.people().add_group(&session.actor, new).await?.value;
    app.output.record(&group)?;
    let with = if count > 0 { format!(" of {count}") } else { String::new() };
    app.output.done(&format!("added group `{}`{with}", group.code));
    Ok(Exit::Done)
}
