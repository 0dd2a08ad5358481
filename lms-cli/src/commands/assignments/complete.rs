//! `lmsctl complete`: what was done elsewhere is recorded, corrected and revoked here.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lms_core::{
    Actor, CompletePlan, Completion, CompletionChange, CompletionFilter, ContentId, NewCompletions,
};

use super::{WhoArgs, because, names, way_back};
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::files::{Sent, receive};
use crate::commands::paging::PageArgs;
use crate::commands::picking;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result, USAGE, again};
use crate::out_file::OutFile;
use crate::output::{Cell, Column, Row, apart, counted, drop_first, keep, shrink};

/// Record what people have done, correct it, revoke it
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl complete add FIRST-AID --person ada@demo.example --on 2026-03-02 --score 87.5",
    "lmsctl complete list --training GDPR-101",
])]
pub(crate) enum CompleteCommand {
    Add(AddArgs),
    List(ListArgs),
    Correct(CorrectArgs),
    Evidence(EvidenceArgs),
    Revoke(RevokeArgs),
}

pub(crate) async fn run(app: &App, command: CompleteCommand) -> Result {
    match command {
        CompleteCommand::Add(args) => add(app, args).await,
        CompleteCommand::List(args) => list(app, args).await,
        CompleteCommand::Correct(args) => correct(app, args).await,
        CompleteCommand::Evidence(args) => evidence(app, args).await,
        CompleteCommand::Revoke(args) => revoke(app, args).await,
    }
}

/// Record a completion of one person or many: an offline course, an old certificate
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl complete add FIRST-AID --person ada@demo.example --on 2026-03-02 --evidence https://files.example/scan.pdf",
    "lmsctl complete add GDPR-101 --department Sales --dry-run",
])]
pub(crate) struct AddArgs {
    /// Training by code
    training: Option<String>,
    /// The day on which it was done; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    on: Option<String>,
    /// Per cent, such as 87.5
    #[arg(long, value_name = "PER_CENT", value_parser = score)]
    score: Option<u16>,
    /// Version that was done, such as 2.0; the one of that day, unless said
    #[arg(long, value_name = "VERSION", value_parser = version)]
    version: Option<(u32, u32)>,
    /// Last day that it covers; as the training says, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    valid_until: Option<String>,
    /// The evidence: a file, such as a scan, or the link at which it lies
    #[arg(long, value_name = "FILE_OR_LINK", value_parser = Evidence::parse)]
    evidence: Option<Evidence>,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    who: WhoArgs,
}

/// What proves a completion.
#[derive(Debug, Clone)]
enum Evidence {
    Link(String),
    File(PathBuf),
}

impl Evidence {
    #[expect(clippy::unnecessary_wraps, reason = "this is what a parser of arguments is like")]
    fn parse(text: &str) -> std::result::Result<Self, String> {
        Ok(match text.trim() {
            link if link.contains("://") => Self::Link(link.to_owned()),
            file => Self::File(PathBuf::from(file)),
        })
    }

    fn link(&self) -> Option<&str> {
        match self {
            Self::Link(link) => Some(link),
            Self::File(_) => None,
        }
    }

    /// The file, opened before anybody is asked anything.
    fn file(&self, app: &App) -> Result<Option<Sent>> {
        match self {
            Self::Link(_) => Ok(None),
            Self::File(path) => Sent::open(app, path).map(Some),
        }
    }
}

/// `87.5` as 8750, exactly.
fn score(text: &str) -> std::result::Result<u16, &'static str> {
    let wrong = "expected a percentage from 0 to 100 with at most two decimals, such as 87.5";
    let text = text.trim().trim_end_matches('%').trim();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let part = match part.len() {
        0 => 0,
        1 => part.parse::<u16>().map_err(|_| wrong)? * 10,
        2 => part.parse::<u16>().map_err(|_| wrong)?,
        _ => return Err(wrong),
    };
    let whole: u16 = whole.parse().map_err(|_| wrong)?;
    let score = whole.checked_mul(100).and_then(|whole| whole.checked_add(part));
    score.filter(|score| *score <= 10_000).ok_or(wrong)
}

fn version(text: &str) -> std::result::Result<(u32, u32), &'static str> {
    let parts = text.trim().split_once('.');
    let parts = parts.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    parts.ok_or("expected a version such as 2.0")
}

async fn add(app: &App, args: AddArgs) -> Result {
    let audience = args.who.audience()?;
    let session = app.open_with_files().await?;
    let file = match &args.evidence {
        Some(evidence) => evidence.file(app)?,
        None => None,
    };
    let training = picking::training(app, &session, args.training).await?;
    let mut new = NewCompletions::of(&training, audience);
    if let Some(day) = session.optional_day(args.on.as_deref()).await? {
        new = new.on(day);
    }
    if let Some(score) = args.score {
        new = new.score(score);
    }
    if let Some((major, minor)) = args.version {
        new = new.version(major, minor);
    }
    if let Some(day) = session.optional_day(args.valid_until.as_deref()).await? {
        new = new.valid_until(day);
    }
    if let Some(link) = args.evidence.as_ref().and_then(Evidence::link) {
        new = new.evidence(link);
    }
    new = args.note.iter().fold(new, |new, note| new.note(note));
    let actor = because(&session, args.reason.as_deref());
    let assignments = session.lms.assignments();
    let plan = assignments.plan_complete(&actor, new).await?;
    let question = format!(
        "Record {} as done on {} by {}?",
        plan.training,
        plan.completed_on,
        counted(plan.n_people, "person", "people")
    );
    let looked = Look {
        dry_run: args.dry_run,
        n_changes: plan.n_people,
        question: (plan.n_people > 1).then_some(question.as_str()),
    };
    let rows = [Planned(plan.clone())];
    let page = || app.output.card(&rows[0]);
    let was_shown = match look(app, &plan, &rows, &page, &looked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let plan = match file {
        Some(file) => plan.evidence_file(&sent(&session, &actor, file).await?.to_string()),
        None => plan,
    };
    let outcome = assignments.complete(&actor, plan).await?;
    done(app, &outcome, &rows, &page, was_shown)?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let told = format!(
        "recorded {}, {} settled{}",
        counted(outcome.completions.len(), "completion", "completions"),
        counted(outcome.n_settled, "assignment", "assignments"),
        way_back(&session, outcome.operation).await
    );
    let counts =
        [("recorded", count(outcome.completions.len())), ("settled", count(outcome.n_settled))];
    app.output.done_with(&told, &counts);
    Ok(Exit::Done)
}

/// Puts a file in that proves something.
async fn sent(session: &Session, actor: &Actor, mut file: Sent) -> Result<ContentId> {
    let new = file.about();
    let stored = session.lms.assignments().add_evidence(actor, new, &mut file).await;
    Ok(file.arrived(stored)?.value.id)
}

#[derive(serde::Serialize)]
struct Planned(CompletePlan);

impl Row for Planned {
    const COLUMNS: &'static [Column] = &[
        keep("training"),
        keep("completed_on"),
        keep("people"),
        keep("with_an_assignment"),
        keep("recorded_already"),
        shrink("for_instance"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let Self(plan) = self;
        let count = |n: usize| Cell::from(i64::try_from(n).unwrap_or(i64::MAX));
        vec![
            plan.training.as_str().into(),
            plan.completed_on.to_string().into(),
            count(plan.n_people),
            count(plan.n_assigned),
            count(plan.n_recorded),
            names(&plan.samples, plan.n_people as u64).into(),
        ]
    }
}

/// List completions, the latest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl complete list --person ada@demo.example",
    "lmsctl complete list --training GDPR-101 --since 2026-01-01 -o csv",
])]
pub(crate) struct ListArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Done on this day or later
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    /// Done on this day or before
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Also those that were revoked
    #[arg(long)]
    revoked: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn list(app: &App, args: ListArgs) -> Result {
    let audience = args.who.audience_or_all()?;
    let session = app.open().await?;
    let since = session.optional_day(args.since.as_deref()).await?;
    let until = session.optional_day(args.until.as_deref()).await?;
    let mut filter = CompletionFilter::new().between(since, until).revoked(args.revoked);
    filter = args.trainings.iter().fold(filter, |filter, one| filter.training(one));
    filter = audience.into_iter().fold(filter, CompletionFilter::audience);
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.assignments().completions(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "completion", "completions")?;
    Ok(Exit::Done)
}

impl Row for Completion {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        keep("training"),
        keep("version"),
        keep("completed_on"),
        keep("source"),
        keep("score"),
        keep("valid_until"),
        drop_first("department"),
        drop_first("manager"),
        drop_first("revoked_on"),
        keep("id"),
        apart("evidence_link"),
        apart("evidence_id"),
        apart("note"),
        apart("person_id"),
        apart("recorded_at"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let day = |day: Option<lms_core::Day>| Cell::from(day.map(|day| day.to_string()));
        let per_cent = |score: i64| match score % 100 {
            0 => (score / 100).to_string(),
            part => format!("{}.{part:02}", score / 100),
        };
        vec![
            self.person.as_str().into(),
            self.training.as_str().into(),
            self.version.as_str().into(),
            day(Some(self.completed_on)),
            self.source.as_str().into(),
            self.score.map(per_cent).into(),
            day(self.valid_until),
            self.department.clone().into(),
            self.manager.clone().into(),
            day(self.revoked_on),
            self.id.to_string().into(),
            self.evidence_link.clone().into(),
            self.evidence_id.map(|id| id.to_string()).into(),
            self.note.clone().into(),
            self.person_id.to_string().into(),
            self.recorded_at.into(),
        ]
    }
}

/// Correct a completion; what it settled is decided anew
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl complete correct 01900000-0000-7000-8000-000000000000 --on 2026-03-01      # exit 7: there is none",
])]
pub(crate) struct CorrectArgs {
    /// Its id, as `complete list` shows it
    completion: String,
    /// It was done on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    on: Option<String>,
    /// Per cent, such as 87.5; `none` takes it away
    #[arg(long, value_name = "PER_CENT")]
    score: Option<String>,
    /// Last day that it covers; `none` leaves it open
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    valid_until: Option<String>,
    /// The evidence: a file, or the link at which it lies; empty takes both away
    #[arg(long, value_name = "FILE_OR_LINK", value_parser = Evidence::parse)]
    evidence: Option<Evidence>,
    /// A remark; empty takes it away
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

async fn correct(app: &App, args: CorrectArgs) -> Result {
    let id = id(&args.completion)?;
    let session = app.open_with_files().await?;
    let actor = because(&session, args.reason.as_deref());
    let mut change = CompletionChange::new();
    if let Some(day) = session.optional_day(args.on.as_deref()).await? {
        change = change.on(day);
    }
    if let Some(text) = &args.score {
        let score = match text.as_str() {
            "none" | "" => None,
            text => Some(
                score(text).map_err(|wrong| USAGE.error(format!("`--score {text}`: {wrong}")))?,
            ),
        };
        change = change.score(score);
    }
    if let Some(text) = &args.valid_until {
        let day = match text.as_str() {
            "none" | "" => None,
            text => Some(session.day(text).await?),
        };
        change = change.valid_until(day);
    }
    let some = |text: &'_ String| (!text.trim().is_empty()).then(|| text.clone());
    match &args.evidence {
        Some(Evidence::Link(link)) => change = change.evidence(Some(link)),
        Some(Evidence::File(path)) if path.as_os_str().is_empty() => {
            change = change.evidence(None).evidence_file(None);
        }
        Some(evidence @ Evidence::File(_)) => {
            if let Some(file) = evidence.file(app)? {
                change = change.evidence_file(Some(sent(&session, &actor, file).await?));
            }
        }
        None => {}
    }
    if let Some(note) = &args.note {
        change = change.note(some(note).as_deref());
    }
    let completion = session.lms.assignments().change_completion(&actor, id, change).await?;
    app.output.record(&completion)?;
    Ok(Exit::Done)
}

/// Get the file that proves a completion
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl complete evidence 01900000-0000-7000-8000-000000000000 --out scan.pdf      # exit 7: there is none",
])]
pub(crate) struct EvidenceArgs {
    /// Its id, as `complete list` shows it
    completion: String,
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

async fn evidence(app: &App, args: EvidenceArgs) -> Result {
    let id = id(&args.completion)?;
    let session = app.open_with_files().await?;
    let file = OutFile::create_binary(&args.out, args.force)?;
    let open = session.lms.assignments().open_evidence(&session.actor, id).await;
    let open = open.map_err(|error| file.stop(error))?;
    receive(app, file, open, &args.out).await?;
    Ok(Exit::Done)
}

/// Revoke a completion: it counts no longer, and what it settled is open again
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl complete revoke 01900000-0000-7000-8000-000000000000 --reason \"wrong person\"      # exit 7: there is none",
])]
pub(crate) struct RevokeArgs {
    /// Its id, as `complete list` shows it
    completion: String,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

async fn revoke(app: &App, args: RevokeArgs) -> Result {
    let id = id(&args.completion)?;
    let session = app.open().await?;
    let actor = because(&session, Some(&args.reason));
    let revoked = CompletionChange::revoked();
    let completion = session.lms.assignments().change_completion(&actor, id, revoked).await?;
    app.output.record(&completion)?;
    Ok(Exit::Done)
}

fn id(text: &str) -> Result<lms_core::CompletionId> {
    text.trim().parse().map_err(|_| {
        again(&USAGE.error(format!("`{text}` is not the id of a completion")))
            .with_hint("`lmsctl complete list` shows the ids")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_exact() {
        for (text, expected) in [
            ("87.5", Some(8_750)),
            ("100", Some(10_000)),
            ("0", Some(0)),
            ("99,99", Some(9_999)),
            ("50 %", Some(5_000)),
            ("100.01", None),
            ("1.234", None),
            ("x", None),
            ("", None),
            ("-1", None),
        ] {
            assert_eq!(score(text).ok(), expected, "{text}");
        }
        assert_eq!(version("2.0"), Ok((2, 0)));
        assert!(version("2").is_err());
    }
}
