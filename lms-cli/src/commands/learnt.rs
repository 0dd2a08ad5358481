//! What happened to somebody's learning, day by day: put together from what the library lists, each list
//! with the rights of whoever asks.

use lms_core::{
    Assignment, AssignmentFilter, Audience, AudienceField, Certificate, CertificateFilter,
    Completion, CompletionFilter, Day, Exemption, ExemptionFilter,
};
use serde::Serialize;

use crate::app::Session;
use crate::commands::paging::PageArgs;
use crate::error::Result;
use crate::output::{Cell, Column, Row, keep, prose};

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Happened {
    day: Day,
    /// What comes first on a day stands first.
    #[serde(skip)]
    rank: u8,
    training: String,
    what: &'static str,
    told: String,
}

impl Row for Happened {
    const COLUMNS: &'static [Column] =
        &[keep("day"), keep("training"), keep("what"), prose("told")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.day.to_string().into(),
            self.training.as_str().into(),
            self.what.into(),
            self.told.as_str().into(),
        ]
    }
}

/// All of it until a day, in the order of time.
pub(crate) async fn of(session: &Session, person: &str, today: Day) -> Result<Vec<Happened>> {
    let (assignments, actor) = (session.lms.assignments(), &session.actor);
    let everything = PageArgs::everything();
    let who = Audience::everybody().with(AudienceField::Person, person);
    let who = who.with(AudienceField::Status, "*");
    let filter = AssignmentFilter::new().audience(who.clone()).closed(true);
    let given = everything
        .read(async |limit, cursor| {
            assignments.list(actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    let filter = CompletionFilter::new().audience(who.clone()).revoked(true);
    let done = everything
        .read(async |limit, cursor| {
            assignments.completions(actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    let filter = ExemptionFilter::new().audience(who).ended(true);
    let exempt = everything
        .read(async |limit, cursor| {
            assignments.exemptions(actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    let filter = CertificateFilter::new().person(person);
    let shown = everything
        .read(async |limit, cursor| {
            session.lms.certificates().list(actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    let mut all = Vec::new();
    for one in &given.items {
        assigned(one, &mut all);
    }
    for one in &done.items {
        completed(one, &mut all);
    }
    for one in &exempt.items {
        exempted(one, &mut all);
    }
    for one in &shown.items {
        certified(one, &mut all);
    }
    all.retain(|happened| happened.day <= today);
    all.sort();
    Ok(all)
}

fn push(
    all: &mut Vec<Happened>,
    day: Option<Day>,
    rank: u8,
    training: &str,
    what: &'static str,
    told: String,
) {
    let training = training.to_owned();
    all.extend(day.map(|day| Happened { day, rank, training, what, told }));
}

fn assigned(one: &Assignment, all: &mut Vec<Happened>) {
    let due = one.due_on.map(|day| format!(", due on {day}")).unwrap_or_default();
    let cycle =
        if one.cycle > 1 { format!(", for the {}. time", one.cycle) } else { String::new() };
    let told = format!("{}{due}{cycle}", one.kind.as_str());
    push(all, Some(one.assigned_on), 1, &one.training, "assigned", told);
    push(all, one.started_on, 2, &one.training, "begun", String::new());
    let is_done = one.closed_as.as_deref() == Some("completed");
    let open_until = |day: Day| one.closed_on.is_none_or(|closed_on| closed_on > day);
    let overdue_on = one.overdue_on.filter(|day| open_until(*day));
    push(all, overdue_on, 3, &one.training, "overdue", String::new());
    let (what, told) = match one.closed_as.as_deref() {
        Some("left") => ("ended", "the person left the organisation"),
        Some("undone") => ("ended", "what assigned it was taken back"),
        Some("completed") => ("settled", "it was done"),
        _ => ("ended", "nobody wants it any more"),
    };
    let until = one.expires_on.map(|day| format!(", and covers until {day}")).unwrap_or_default();
    push(all, one.closed_on, 6, &one.training, what, format!("{told}{until}"));
    if is_done {
        let expired_on = one.expires_on.map(Day::next);
        push(all, expired_on, 0, &one.training, "expired", "it covers no longer".to_owned());
    }
}

fn completed(one: &Completion, all: &mut Vec<Happened>) {
    let by = match one.source.as_str() {
        "self" => "by the learner".to_owned(),
        "quiz" => "with the quiz".to_owned(),
        other => format!("recorded by {other}"),
    };
    let told = format!("version {}, {by}", one.version);
    push(all, Some(one.completed_on), 4, &one.training, "done", told);
    let told = format!("what was done on {} counts no longer", one.completed_on);
    push(all, one.revoked_on, 8, &one.training, "revoked", told);
}

fn exempted(one: &Exemption, all: &mut Vec<Happened>) {
    let until = one.until.map(|day| format!("until {day}: ")).unwrap_or_default();
    push(all, Some(one.from), 0, &one.training, "exempt", format!("{until}{}", one.reason));
    let ended = one.until.map(Day::next);
    push(all, ended, 0, &one.training, "exemption ended", String::new());
}

fn certified(one: &Certificate, all: &mut Vec<Happened>) {
    let told = format!("number {}", one.number);
    push(all, Some(one.issued_on), 7, &one.training, "certificate", told.clone());
    push(all, one.revoked_on, 8, &one.training, "certificate revoked", told);
}
