//! What people have to learn: assigning, taking back, exempting, extending, recording, and looking.

pub(crate) mod assign;
pub(crate) mod assignment;
pub(crate) mod complete;
pub(crate) mod exception;
pub(crate) mod exempt;
pub(crate) mod explain;
pub(crate) mod extend;
pub(crate) mod overdue;
pub(crate) mod unassign;
pub(crate) mod waitlist;

use std::path::PathBuf;

use clap::Args;
use lms_core::{Actor, Assignment, Audience, AudienceField, OperationId, PersonName};

use crate::app::Session;
use crate::commands::audience::AudienceArgs;
use crate::commands::people_file;
use crate::error::{Result, USAGE};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// Whom it is about: an audience, or a file with people in its first column.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// People of a file: e-mail, employee number or id in the first column; `-` for standard input
    #[arg(long = "from", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    audience: AudienceArgs,
}

impl WhoArgs {
    /// Whether somebody is meant.
    pub(crate) fn is_given(&self) -> bool {
        self.file.is_some() || !self.audience.is_empty()
    }

    /// Whom it means; nobody means everybody without saying so.
    pub(crate) fn audience(&self) -> Result<Audience> {
        if !self.is_given() {
            return Err(USAGE
                .error("nobody is meant")
                .with_hint(
                    "say who, such as `--department Engineering` or `--person ada@example.com`",
                )
                .with_hint("`--status active --status on-leave` means everybody who is employed")
                .into());
        }
        let audience = self.audience.audience()?;
        let Some(file) = &self.file else { return Ok(audience) };
        let people = people_file::read(file)?;
        Ok(people.iter().fold(audience, |all, one| all.with(AudienceField::Person, one)))
    }

    /// The same for lists, where nobody named means everybody.
    pub(crate) fn audience_or_all(&self) -> Result<Option<Audience>> {
        self.is_given().then(|| self.audience()).transpose()
    }
}

/// The actor, with a reason where one was given.
pub(crate) fn because(session: &Session, reason: Option<&str>) -> Actor {
    match reason {
        Some(reason) => session.actor.clone().with_reason(reason),
        None => session.actor.clone(),
    }
}

/// How the way back is told; nothing where the actor does not see batches.
pub(crate) async fn way_back(session: &Session, operation: Option<OperationId>) -> String {
    let Some(operation) = operation else { return String::new() };
    let batch = session.lms.batches().show(&session.actor, &operation.to_string()).await;
    match batch {
        Ok(batch) => format!("; `lmsctl batch undo {}` takes it back", batch.batch.seq),
        Err(_) => String::new(),
    }
}

/// `Ada Example, Bo Example, …`
pub(crate) fn names(people: &[PersonName], count: u64) -> String {
    let mut names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
    if count > people.len() as u64 {
        names.push("…");
    }
    names.join(", ")
}

pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Row for Assignment {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        drop_first("employee_number"),
        keep("training"),
        drop_first("title"),
        keep("kind"),
        keep("status"),
        keep("due_on"),
        drop_first("assigned_on"),
        drop_first("expires_on"),
        apart("cycle"),
        apart("started_on"),
        apart("overdue_on"),
        apart("baseline_due_on"),
        apart("extended_to"),
        apart("window_on"),
        apart("closed_on"),
        apart("closed_as"),
        apart("waiting_since"),
        apart("person_id"),
        apart("id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let day = |day: Option<lms_core::Day>| Cell::from(day.map(|day| day.to_string()));
        vec![
            self.person.as_str().into(),
            self.employee_number.clone().into(),
            self.training.as_str().into(),
            self.title.as_str().into(),
            self.kind.as_str().into(),
            self.status.as_str().replace('_', " ").into(),
            day(self.due_on),
            day(Some(self.assigned_on)),
            day(self.expires_on),
            self.cycle.into(),
            day(self.started_on),
            day(self.overdue_on),
            day(self.baseline_due_on),
            day(self.extended_to),
            day(self.window_on),
            day(self.closed_on),
            self.closed_as.clone().into(),
            day(self.waiting_since),
            self.person_id.to_string().into(),
            self.id.to_string().into(),
        ]
    }
}
