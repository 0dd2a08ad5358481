//! `lmsctl history`

use clap::{Args, ValueEnum};
use lms_core::{Error, ErrorKind, FieldChange, HistoryEntry, HistoryFilter, PersonStatus};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::{learnt, picking};
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Listing, Row, apart, drop_first, keep, prose};

/// Show everything that happened to a person, a training or a rule
///
/// What happened to the account of a person and its tokens is told to whoever may see accounts. With
/// --learning it is what they were to learn and have learnt, day by day, as it is known now. Of a training
/// it is how it was written and published, and how many were given it or spared it; of a rule, what was
/// done to it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl history 00104",
    "lmsctl history ada@demo.example --oldest-first --all",
    "lmsctl history 00104 --output json",
    "lmsctl history zoe@demo.example --learning",
    "lmsctl history GDPR-101",
    "lmsctl history PRIVACY --of rule",
])]
pub(crate) struct HistoryArgs {
    /// E-mail, employee number, user name or id of a person, also of a merged or erased record; or the
    /// code of a training or rule
    #[arg(value_name = "PERSON|TRAINING|RULE")]
    name: Option<String>,
    /// What it is the name of, where several have it
    #[arg(long, value_name = "KIND")]
    of: Option<Of>,
    /// In the order in which it happened
    #[arg(long)]
    oldest_first: bool,
    /// What was assigned to a person, done, overdue, exempt and certified, day by day
    #[arg(long, conflicts_with_all = ["limit", "all", "cursor"])]
    learning: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// What has a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    Person,
    Training,
    Rule,
}

impl Of {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Training => "training",
            Self::Rule => "rule",
        }
    }
}

pub(crate) async fn run(app: &App, args: HistoryArgs) -> Result {
    let session = app.open().await?;
    let of = match (&args.name, args.of) {
        _ if args.learning => Of::Person,
        (_, Some(of)) => of,
        (None, None) => Of::Person,
        (Some(name), None) => of_whom(&session, name).await?,
    };
    let filter = HistoryFilter::new().oldest_first(args.oldest_first);
    let (lms, actor) = (&session.lms, &session.actor);
    match of {
        Of::Person => {
            let person = picking::person(app, &session, args.name, PersonStatus::ALL).await?;
            if args.learning {
                let mut all = learnt::of(&session, &person, session.day("today").await?).await?;
                if !args.oldest_first {
                    all.reverse();
                }
                let list = Listing::all(all).fields(args.page.fields.fields);
                app.output.list(&list, "entry", "entries")?;
                return Ok(Exit::Done);
            }
            let list = args
                .page
                .read(async |limit, cursor| {
                    let filter = filter.clone().page(limit, cursor);
                    lms.people().history(actor, &person, filter).await
                })
                .await?;
            app.output.list(&list, "entry", "entries")?;
        }
        Of::Training => {
            let training = picking::training(app, &session, args.name).await?;
            let list = args
                .page
                .read(async |limit, cursor| {
                    let filter = filter.clone().page(limit, cursor);
                    lms.catalog().history(actor, &training, filter).await
                })
                .await?;
            app.output.list(&list, "entry", "entries")?;
        }
        Of::Rule => {
            let rule = picking::rule(app, &session, args.name).await?;
            let list = args
                .page
                .read(async |limit, cursor| {
                    let filter = filter.clone().page(limit, cursor);
                    lms.rules().history(actor, &rule, filter).await
                })
                .await?;
            app.output.list(&list, "entry", "entries")?;
        }
    }
    Ok(Exit::Done)
}

/// What has this name: a person, a training or a rule, as far as the actor sees them.
async fn of_whom(session: &Session, name: &str) -> Result<Of> {
    let (lms, actor) = (&session.lms, &session.actor);
    let one = || HistoryFilter::new().limit(1);
    let found = [
        (Of::Person, lms.people().history(actor, name, one()).await.map(drop)),
        (Of::Training, lms.catalog().history(actor, name, one()).await.map(drop)),
        (Of::Rule, lms.rules().history(actor, name, one()).await.map(drop)),
    ];
    let mut known = Vec::new();
    let mut complaint: Option<Error> = None;
    for (of, found) in found {
        match found {
            Ok(()) => known.push(of),
            // Two people of one name are more than none.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden) => {
                complaint = complaint.or(Some(error));
            }
            Err(error) => return Err(error.into()),
        }
    }
    match (known.as_slice(), complaint) {
        ([of], _) => Ok(*of),
        ([], Some(error)) => {
            Err(error.with_hint("a training or a rule is named by its code").into())
        }
        (several, _) => {
            let all: Vec<&str> = several.iter().map(|of| of.as_str()).collect();
            Err(USAGE
                .error(format!("`{name}` is the name of a {}", all.join(" and of a ")))
                .with_hint(format!("say which: `lmsctl history {name} --of {}`", all[0]))
                .into())
        }
    }
}

impl Row for HistoryEntry {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        drop_first("recorded_at"),
        keep("kind"),
        keep("from"),
        prose("changed"),
        drop_first("actor"),
        prose("reason"),
        apart("subject_type"),
        apart("operation_id"),
        apart("merged_record"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.seq.into(),
            self.recorded_at.into(),
            self.kind.as_str().into(),
            self.from.map(|day| day.to_string()).into(),
            Cell::List(self.changed.iter().map(told).collect()),
            self.actor.as_str().into(),
            self.reason.clone().into(),
            self.subject_type.as_str().into(),
            self.operation_id.to_string().into(),
            self.merged_record.map(|id| id.to_string()).into(),
        ]
    }
}

/// `department ENG → SALES`
fn told(change: &FieldChange) -> String {
    match (&change.before, &change.after) {
        (None, Some(after)) => format!("{} {after}", change.field),
        (Some(before), None) => format!("{} {before} → nothing", change.field),
        (Some(before), Some(after)) => format!("{} {before} → {after}", change.field),
        (None, None) => change.field.clone(),
    }
}
