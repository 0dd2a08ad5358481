//! All reports of somebody who is far up: a page of them is read in the order of names, and whether a
//! person belongs on it is asked upwards, from manager to manager, of the few hundred who are looked at.
//! The other way round it has to be found out first who of all below leads anybody.

use uuid::Uuid;

use super::audience::values;
use super::person_filter::{PersonFilter, PersonSort};
use super::reach::Reach;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

/// So many managers are many: of 100,000 people, about every tenth reports to one of them.
const MANAGERS_MAX: usize = 1_000;

/// So many people, where it is not known which of them lead.
const PEOPLE_MAX: usize = 10_000;

/// Longer pages look at so many people that it is quicker to know their managers.
const ROWS_MAX: i64 = 101;

/// Who somebody's reports are, all the way down.
pub(crate) enum Below {
    /// Whoever reports directly to one of these.
    Few(Vec<Uuid>),
    /// Whoever has one of the named managers above them.
    Many(Above),
}

/// Managers, on a day and as far as was known.
pub(crate) struct Above {
    pub(crate) managers: Vec<Uuid>,
    pub(crate) day: Day,
    pub(crate) known_at: Option<Timestamp>,
}

/// Whether nothing but all reports of somebody is asked for, and a short page of them. With anything
/// else, too many people might have to be looked at until the page is full.
pub(super) fn is_alone(filter: &PersonFilter, reach: &Reach) -> Result<bool> {
    Ok(filter.audience.is_all_reports_alone()
        && filter.within.is_none()
        && filter.search.is_none()
        && reach.is_everybody()
        && matches!(filter.sort, PersonSort::Name | PersonSort::NameDown)
        && filter.paging.rows_wanted()? <= ROWS_MAX)
}

impl Above {
    /// Looks below, but no further than where many are.
    pub(super) async fn look_below(self, tx: &mut Tx) -> Result<Below> {
        let max = if self.known_at.is_none() { MANAGERS_MAX } else { PEOPLE_MAX };
        let Self { managers, day, known_at } = &self;
        let below = values::with_managers_below(tx, managers, *day, *known_at, Some(max)).await?;
        Ok(if below.len() < max { Below::Few(below) } else { Below::Many(self) })
    }

    /// Puts the condition into a statement over placements `p`. Who leads in a circle is above
    /// themselves once.
    pub(crate) fn push(&self, wanted: Assembly) -> Assembly {
        let above = wanted
            .push(
                "(p.manager_id IS NOT NULL AND EXISTS (
                     WITH RECURSIVE above (person_id) AS (
                         SELECT p.manager_id
                         UNION
                         SELECT u.manager_id FROM above a
                         JOIN placements u ON u.person_id = a.person_id
                         WHERE u.manager_id IS NOT NULL AND u.valid_from <= ?",
            )
            .bind(self.day)
            .push("AND (u.valid_until > ? OR u.valid_until IS NULL)")
            .bind(self.day);
        let above = match self.known_at {
            None => above.push("AND u.retracted_at IS NULL"),
            Some(instant) => above
                .push("AND u.recorded_at <= ?")
                .bind(instant)
                .push("AND (u.retracted_at > ? OR u.retracted_at IS NULL)")
                .bind(instant),
        };
        above
            .push(") SELECT 1 FROM above a WHERE a.person_id IN (ids?)))")
            .bind_ids(&IdList::new(self.managers.iter().copied()))
    }
}
