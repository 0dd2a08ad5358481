//! `lmsctl notify read`

use clap::Args;
use lms_core::NoticeId;
use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::plans::{Look, Next, look};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep};

/// Mark what somebody was told as read
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl notify read --all --person ada@demo.example",
    "lmsctl notify read 01980000-0000-7000-8000-000000000000      # exit 7: there is no such notice",
])]
pub(crate) struct ReadArgs {
    /// Id of a notice, as `lmsctl notify list --output json` shows it
    #[arg(required_unless_present = "all", value_name = "NOTICE")]
    notice: Option<NoticeId>,
    /// All that this person was told
    #[arg(long, conflicts_with = "notice", requires = "person")]
    all: bool,
    /// Whose, by e-mail, employee number, user name or id
    #[arg(long, value_name = "PERSON", requires = "all")]
    person: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What was, or would be, marked.
#[derive(Serialize)]
struct Marked {
    marked: i64,
}

impl Row for Marked {
    const COLUMNS: &'static [Column] = &[keep("marked")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.marked.into()]
    }
}

pub(crate) async fn run(app: &App, args: ReadArgs) -> Result {
    let session = app.open().await?;
    let notifications = session.lms.notifications();
    if let Some(id) = args.notice {
        let outcome = notifications.read(&session.actor, id).await?;
        changed(app, &outcome, &format!("notice `{id}`"))?;
        return Ok(Exit::Done);
    }
    let person = args.person.as_deref();
    let marked = notifications.unread_count(&session.actor, person).await?;
    let n_changes = usize::try_from(marked).unwrap_or_default();
    let told = counted(n_changes, "notice", "notices");
    let question = format!("Mark {told} as read?");
    let next = look(
        app,
        &Marked { marked },
        &[Marked { marked }],
        &|| format!("{told} to mark as read\n"),
        &Look {
            dry_run: args.dry_run,
            n_changes,
            question: (n_changes > 1).then_some(question.as_str()),
        },
    )?;
    if let Next::Stop(exit) = next {
        return Ok(exit);
    }
    let n_read = notifications.read_all(&session.actor, person).await?;
    let marked = i64::try_from(n_read).unwrap_or(i64::MAX);
    let n_read = usize::try_from(n_read).unwrap_or(usize::MAX);
    app.output.present(&Marked { marked }, &[Marked { marked }], String::new)?;
    app.output.done(&format!("marked {} as read", counted(n_read, "notice", "notices")));
    Ok(Exit::Done)
}
