//! How obligations count for compliance today, by a statement over boundary days: what `engine::compliance`
//! says of the cycles that `engine::status` tells, a row for each person and training. A property test holds
//! the two equal; whatever is asked as of another day, or as known then, goes through the engine
//! (`as_of.rs`).

use uuid::Uuid;

use super::as_of::Standing;
use super::engine::{Compliance, Status, compliance};
use super::sql::was_in_time_for_leave;
use crate::kernel::db::{Assembly, Engine, IdList};
use crate::kernel::text::Day;

/// How a mandatory obligation counts, with what is told beside the figures. In a statement they are numbers
/// from one, in this order.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counted {
    /// Done, and the completion is valid.
    Met,
    /// Not done, and in time.
    Open,
    /// Past the due day, within the grace.
    InGrace,
    /// Missed: past the due day and the grace.
    Overdue,
    /// Missed: it was done, and covers no longer.
    Expired,
    /// Left out: the person need not.
    Exempt,
    /// Left out: the person is away, and the clock stands still.
    OnLeave,
    /// Left out: nobody wants it any more.
    Cancelled,
}

impl Counted {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Met,
        Self::Open,
        Self::InGrace,
        Self::Overdue,
        Self::Expired,
        Self::Exempt,
        Self::OnLeave,
        Self::Cancelled,
    ];

    /// The name in tables, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Open => "open",
            Self::InGrace => "in_grace",
            Self::Overdue => "overdue",
            Self::Expired => "expired",
            Self::Exempt => "exempt",
            Self::OnLeave => "on_leave",
            Self::Cancelled => "cancelled",
        }
    }

    /// As the engine has it; nothing where it is not mandatory.
    pub(crate) fn of(standing: &Standing) -> Option<Self> {
        let latest = *standing.cycles.last()?;
        Some(match compliance(standing.kind, &standing.cycles)? {
            Compliance::Met => Self::Met,
            Compliance::InGrace => Self::InGrace,
            Compliance::Missed if latest == Status::Expired => Self::Expired,
            Compliance::Missed => Self::Overdue,
            Compliance::Outside => match latest {
                Status::Exempt => Self::Exempt,
                Status::OnLeave => Self::OnLeave,
                _ => Self::Cancelled,
            },
            Compliance::Open => Self::Open,
        })
    }
}

/// Selects of every mandatory obligation `person_id`, `training_id`, and as `counted` the number of how it
/// counts on a day, by what is known now and as far as the rows were carried forward. `people` selects those
/// who matter; nothing where it is for the statement around this one to leave people out.
pub(crate) fn counted(
    engine: Engine,
    day: Day,
    trainings: Option<&[Uuid]>,
    people: Option<Assembly>,
) -> Assembly {
    let wanted = Assembly::new("SELECT a.person_id, a.training_id, CASE WHEN a.closed_on <= ?")
        .bind(day)
        // The few who are exempt or away are looked up once.
        .push(
            "AND a.closed_as <> 'completed' THEN 8
             WHEN (a.person_id, a.training_id) IN
                  (SELECT e.person_id, e.training_id FROM exemptions e
                   WHERE e.retracted_at IS NULL AND e.from_on <= ?",
        )
        .bind(day)
        .push("AND (e.until_on IS NULL OR e.until_on >= ?")
        .bind(day)
        .push(")) THEN 6 WHEN a.closed_on <= ?")
        .bind(day)
        .push("AND (a.expires_on IS NULL OR a.expires_on >= ?")
        .bind(day)
        .push(") THEN 1 WHEN a.pauses AND (a.closed_on IS NULL OR a.closed_on > ?")
        .bind(day)
        .push(
            ") AND a.person_id IN (SELECT c.person_id FROM leaves c
                                   WHERE c.retracted_at IS NULL AND c.from_on <= ?",
        )
        .bind(day)
        .push("AND (c.until_on IS NULL OR c.until_on >= ?")
        .bind(day)
        .push(")) AND NOT COALESCE(a.waiting_from <= ?")
        .bind(day)
        .push("AND (a.waiting_until IS NULL OR a.waiting_until > ?")
        .bind(day)
        .push("), FALSE)")
        .append(was_in_time_for_leave(engine, day))
        // What was done in an earlier cycle and still covers.
        .push(
            "THEN 7
             WHEN a.cycle > 1
              AND EXISTS (SELECT 1 FROM assignments k
                          WHERE k.person_id = a.person_id AND k.training_id = a.training_id
                            AND k.retracted_at IS NULL AND k.closed_as = 'completed' AND k.id <> a.id
                            AND k.closed_on <= ?",
        )
        .bind(day)
        .push("AND (k.expires_on IS NULL OR k.expires_on >= ?")
        .bind(day)
        .push(")) THEN 1 WHEN a.closed_on <= ?")
        .bind(day)
        .push("THEN 5 WHEN a.waiting_from <= ?")
        .bind(day)
        .push("AND (a.waiting_until IS NULL OR a.waiting_until > ?")
        .bind(day)
        .push(") THEN 2 WHEN a.overdue_on <= ?")
        .bind(day)
        .push("THEN 4 WHEN a.due_on < ?")
        .bind(day)
        .push(
            "THEN 3 ELSE 2 END AS counted
             FROM assignments a
             WHERE a.retracted_at IS NULL AND a.kind = 'mandatory'
               AND (a.closed_as IS NULL OR a.closed_as <> 'undone') AND (a.assigned_on <= ?",
        )
        .bind(day)
        .push("OR a.closed_on <= ?")
        .bind(day)
        // What is open is the latest cycle; of others, the one that none follows.
        .push(
            ") AND (a.closed_on IS NULL
                    OR NOT EXISTS (SELECT 1 FROM assignments n
                                   WHERE n.training_id = a.training_id AND n.person_id = a.person_id
                                     AND n.retracted_at IS NULL
                                     AND (n.closed_on IS NULL OR n.cycle > a.cycle) AND n.id <> a.id
                                     AND (n.closed_as IS NULL OR n.closed_as <> 'undone')
                                     AND (n.assigned_on <= ?",
        )
        .bind(day)
        .push("OR n.closed_on <= ?")
        .bind(day)
        .push(")))");
    let wanted = match trainings {
        Some(ids) => {
            wanted.push("AND a.training_id IN (ids?)").bind_ids(&IdList::new(ids.iter().copied()))
        }
        None => wanted,
    };
    match people {
        Some(people) => wanted.push("AND a.person_id IN (").append(people).push(")"),
        None => wanted,
    }
}
