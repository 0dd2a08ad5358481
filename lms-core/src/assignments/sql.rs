//! Statements over assignments, and rows as they are kept.

use uuid::Uuid;

use super::engine::{
    Boundaries, Chain, ClosedAs, Extension, Kind, Obligation, Pause, Reason, Source, SourceKind,
};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, Engine, Field, Value, row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

statements! {
    /// Those of an operation: no two writes share an instant.
    ORDERS_OF = "SELECT id, source, training_id, ordered_on, terms FROM assignment_orders
                 WHERE recorded_at = $1 ORDER BY id";

    /// The rule that an operation changed.
    RULE_CHANGED_AT = "SELECT r.code FROM rule_periods p JOIN rules r ON r.id = p.rule_id
                       WHERE p.recorded_at = $1 LIMIT 1";

    /// Seats are taken by those who have begun or may begin; those who wait have none.
    SEATS_TAKEN = "SELECT COUNT(*) FROM assignments
                   WHERE training_id = $1 AND retracted_at IS NULL AND closed_on IS NULL
                     AND (waiting_from IS NULL OR waiting_until IS NOT NULL)";

    SEATS_WAITED_FOR = "SELECT COUNT(*) FROM assignments
                        WHERE training_id = $1 AND retracted_at IS NULL AND closed_on IS NULL
                          AND waiting_from IS NOT NULL AND waiting_until IS NULL";
}

row! {
    #[derive(Debug, Clone)]
    pub(super) struct OrderRow {
        pub(super) id: Uuid,
        pub(super) source: String,
        pub(super) training_id: Uuid,
        pub(super) ordered_on: Day,
        pub(super) terms: String,
    }
}

/// What is selected of an assignment, in the order of [`AssignmentRow`].
macro_rules! assignment_columns {
    () => {
        "a.id, a.person_id, a.training_id, a.cycle, a.kind, a.assigned_on, a.started_on, a.due_on,
         a.overdue_on, a.baseline_due_on, a.window_on, a.expires_on, a.closed_on, a.closed_as, a.pauses,
         a.waiting_from, a.waiting_until, a.extended_to, a.extended_on, a.version_id, a.completion_id,
         a.wake_on"
    };
}
pub(super) use assignment_columns;

row! {
    #[derive(Debug, Clone)]
    pub(super) struct AssignmentRow {
        pub(super) id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) training_id: Uuid,
        pub(super) cycle: i64,
        pub(super) kind: String,
        pub(super) assigned_on: Day,
        pub(super) started_on: Option<Day>,
        pub(super) due_on: Option<Day>,
        pub(super) overdue_on: Option<Day>,
        pub(super) baseline_due_on: Option<Day>,
        pub(super) window_on: Option<Day>,
        pub(super) expires_on: Option<Day>,
        pub(super) closed_on: Option<Day>,
        pub(super) closed_as: Option<String>,
        pub(super) pauses: bool,
        pub(super) waiting_from: Option<Day>,
        pub(super) waiting_until: Option<Day>,
        pub(super) extended_to: Option<Day>,
        pub(super) extended_on: Option<Day>,
        pub(super) version_id: Option<Uuid>,
        pub(super) completion_id: Option<Uuid>,
        pub(super) wake_on: Option<Day>,
    }
}

row! {
    #[derive(Debug, Clone)]
    pub(super) struct ReasonRow {
        pub(super) assignment_id: Uuid,
        pub(super) source_id: Uuid,
        pub(super) source: String,
        pub(super) version: i64,
        pub(super) kind: String,
        pub(super) added_on: Day,
        pub(super) due_on: Option<Day>,
        pub(super) baseline_due_on: Option<Day>,
        pub(super) grace_days: i64,
        pub(super) pauses: bool,
        pub(super) left_on: Option<Day>,
        pub(super) counts_from: Option<Day>,
        pub(super) renews_on: Option<Day>,
        pub(super) chain_anchor_on: Option<Day>,
        pub(super) chain_expires_on: Option<Day>,
        pub(super) chain_completed_on: Option<Day>,
        pub(super) settled_on: Option<Day>,
    }
}

/// What is selected of a reason, in the order of [`ReasonRow`].
macro_rules! reason_columns {
    () => {
        "r.assignment_id, r.source_id, r.source, r.version, r.kind, r.added_on, r.due_on,
         r.baseline_due_on, r.grace_days, r.pauses, r.left_on, r.counts_from, r.renews_on,
         r.chain_anchor_on, r.chain_expires_on, r.chain_completed_on, r.settled_on"
    };
}
pub(super) use reason_columns;

/// Whether the assignment `a` was in time on the first day of the leave that its person is on; leaves that
/// meet are one.
pub(super) fn was_in_time_for_leave(engine: Engine, day: Day) -> Assembly {
    let day_after_k = match engine {
        Engine::Sqlite => "date(k.until_on, '+1 day')",
        Engine::Postgres => "k.until_on + 1",
    };
    Assembly::new(
        "AND (a.overdue_on IS NULL OR a.overdue_on >
              (SELECT MAX(l.from_on) FROM leaves l
               WHERE l.person_id = a.person_id AND l.retracted_at IS NULL AND l.from_on <= ?",
    )
    .bind(day)
    .push(
        "AND NOT EXISTS (SELECT 1 FROM leaves k
                         WHERE k.person_id = l.person_id AND k.retracted_at IS NULL
                           AND k.from_on < l.from_on AND (k.until_on IS NULL OR",
    )
    .push(day_after_k)
    .push(">= l.from_on))))")
}

fn small(column: &str, n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|cause| Error::inconsistent(column, cause))
}

pub(super) fn kind(text: &str) -> Result<Kind> {
    Kind::parse(text).map_err(|cause| Error::inconsistent("assignments.kind", cause))
}

pub(super) fn closed_as(text: &str) -> Result<ClosedAs> {
    let all = [ClosedAs::Completed, ClosedAs::Cancelled, ClosedAs::Left, ClosedAs::Undone];
    let found = all.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| Error::inconsistent("assignments.closed_as", text))
}

pub(super) fn source_kind(text: &str) -> Result<SourceKind> {
    let all = [
        SourceKind::Rule,
        SourceKind::Person,
        SourceKind::Import,
        SourceKind::Path,
        SourceKind::Learner,
    ];
    let found = all.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| Error::inconsistent("assignment_reasons.source", text))
}

impl AssignmentRow {
    pub(super) fn days(&self) -> Result<Boundaries> {
        Ok(Boundaries {
            assigned_on: self.assigned_on,
            started_on: self.started_on,
            due_on: self.due_on,
            overdue_on: self.overdue_on,
            baseline_due_on: self.baseline_due_on,
            window_on: self.window_on,
            expires_on: self.expires_on,
            closed_on: self.closed_on,
            closed_as: self.closed_as.as_deref().map(closed_as).transpose()?,
            wake_on: self.wake_on,
        })
    }

    /// The row as it was on a day on which the cycle was this.
    pub(super) fn of_day(self, then: &Obligation, day: Day) -> Self {
        let days = &then.days;
        let is_open = then.is_open();
        Self {
            kind: then.kind.as_str().to_owned(),
            started_on: days.started_on.filter(|started_on| *started_on <= day),
            due_on: days.due_on,
            overdue_on: days.overdue_on,
            baseline_due_on: if is_open { days.baseline_due_on } else { self.baseline_due_on },
            window_on: days.window_on,
            expires_on: days.expires_on,
            closed_on: days.closed_on,
            closed_as: self.closed_as.filter(|_| !is_open),
            pauses: then.pauses,
            waiting_from: then.waiting.map(|waiting| waiting.from),
            waiting_until: then.waiting.and_then(|waiting| waiting.back_on),
            extended_to: then.extension.map(|extension| extension.due_on),
            extended_on: then.extension.map(|extension| extension.granted_on),
            completion_id: self.completion_id.filter(|_| !is_open),
            ..self
        }
    }

    pub(super) fn waiting(&self) -> Option<Pause> {
        self.waiting_from.map(|from| Pause { from, back_on: self.waiting_until })
    }

    /// As the engine takes it; trainings and completions are numbers there.
    pub(super) fn obligation(&self, training: u32, closed_by: Option<u32>) -> Result<Obligation> {
        Ok(Obligation {
            training,
            cycle: small("assignments.cycle", self.cycle)?,
            days: self.days()?,
            kind: kind(&self.kind)?,
            pauses: self.pauses,
            waiting: self.waiting(),
            extension: self
                .extended_to
                .zip(self.extended_on)
                .map(|(due_on, granted_on)| Extension { due_on, granted_on }),
            closed_by,
        })
    }
}

impl ReasonRow {
    pub(super) fn reason(&self, number: u32) -> Result<Reason> {
        let chain = match (self.chain_anchor_on, self.chain_expires_on, self.chain_completed_on) {
            (Some(anchor_on), Some(expires_on), Some(completed_on)) => {
                Some(Chain { anchor_on, expires_on, completed_on })
            }
            _ => None,
        };
        Ok(Reason {
            source: Source { kind: source_kind(&self.source)?, number },
            version: small("assignment_reasons.version", self.version)?,
            kind: kind(&self.kind)?,
            added_on: self.added_on,
            due_on: self.due_on,
            baseline_due_on: self.baseline_due_on,
            grace_days: small("assignment_reasons.grace_days", self.grace_days)?,
            pauses: self.pauses,
            left_on: self.left_on,
            counts_from: self.counts_from,
            renews_on: self.renews_on,
            chain,
            settled_on: self.settled_on,
        })
    }
}

/// An assignment on its way into its table.
#[derive(Debug, Clone, Copy)]
pub(super) struct AssignmentRecord {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) training: Uuid,
    pub(super) obligation: Obligation,
    pub(super) version: Option<Uuid>,
    pub(super) completion: Option<Uuid>,
    pub(super) wake_on: Option<Day>,
}

impl AssignmentRecord {
    pub(super) fn values(&self, now: Timestamp) -> Vec<Value> {
        let Obligation { cycle, days, kind, pauses, waiting, extension, .. } = &self.obligation;
        vec![
            self.id.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            self.person.into_value(),
            self.training.into_value(),
            i64::from(*cycle).into_value(),
            kind.as_str().into_value(),
            days.assigned_on.into_value(),
            days.started_on.into_value(),
            days.due_on.into_value(),
            days.overdue_on.into_value(),
            days.baseline_due_on.into_value(),
            days.window_on.into_value(),
            days.expires_on.into_value(),
            days.closed_on.into_value(),
            days.closed_as.map(ClosedAs::as_str).into_value(),
            pauses.into_value(),
            waiting.map(|waiting| waiting.from).into_value(),
            waiting.and_then(|waiting| waiting.back_on).into_value(),
            extension.map(|extension| extension.due_on).into_value(),
            extension.map(|extension| extension.granted_on).into_value(),
            self.version.into_value(),
            self.completion.into_value(),
            self.wake_on.into_value(),
        ]
    }
}

/// A reason on its way into its table.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReasonRecord {
    pub(super) assignment: Uuid,
    pub(super) source: Uuid,
    pub(super) reason: Reason,
    pub(super) removed_on: Option<Day>,
}

impl ReasonRecord {
    pub(super) fn values(&self, now: Timestamp) -> Vec<Value> {
        let reason = &self.reason;
        vec![
            self.assignment.into_value(),
            self.source.into_value(),
            now.into_value(),
            None::<Timestamp>.into_value(),
            reason.source.kind.as_str().into_value(),
            i64::from(reason.version).into_value(),
            reason.kind.as_str().into_value(),
            reason.added_on.into_value(),
            reason.due_on.into_value(),
            reason.baseline_due_on.into_value(),
            i64::from(reason.grace_days).into_value(),
            reason.pauses.into_value(),
            reason.left_on.into_value(),
            reason.counts_from.into_value(),
            reason.renews_on.into_value(),
            reason.chain.map(|chain| chain.anchor_on).into_value(),
            reason.chain.map(|chain| chain.expires_on).into_value(),
            reason.chain.map(|chain| chain.completed_on).into_value(),
            reason.settled_on.into_value(),
            self.removed_on.into_value(),
        ]
    }
}
