//! How departments complied, day by day, as the nightly pass counted it: for trends.
//!
//! A cache: each line can be counted again, as of its day and as known at its instant. While its day lasts
//! it is counted anew where something was recorded since; afterwards it never changes, so that a report
//! that shows it can be computed again.

use std::pin::Pin;

use uuid::Uuid;

use super::compliance::{Tallies, of_departments, summed};
use super::figures::{ComplianceFigures, Tally};
use super::groups::with_below;
use super::types::SnapshotFigures;
use crate::assignments::as_of::Moment;
use crate::assignments::engine::plus_months;
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::COMPLIANCE_SNAPSHOTS;
use crate::kernel::db::{Assembly, Field, One, Tx, Value, bulk, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Write;
use crate::operations::sql::LAST_INSTANT;
use crate::people::Units;
use crate::settings;

/// Those without a department.
const NOWHERE: Uuid = Uuid::nil();

/// What the nightly pass keeps of a day: of so many departments.
pub(crate) fn keep_snapshot<'a>(
    core: &'a Core,
    actor: &'a Actor,
    day: Day,
) -> Pin<Box<dyn Future<Output = Result<usize>> + Send + 'a>> {
    Box::pin(keep(core, actor, day))
}

async fn keep(core: &Core, actor: &Actor, day: Day) -> Result<usize> {
    let mut tx = core.db().begin_read().await?;
    let last: Option<One<Option<Timestamp>>> = tx.sql(&LAST_INSTANT).opt().await?;
    let Some(One(Some(known_at))) = last else { return Ok(0) };
    let kept: Option<One<Timestamp>> =
        Assembly::new("SELECT known_at FROM compliance_snapshots WHERE department_id = ?")
            .bind(NOWHERE)
            .push("AND day = ?")
            .bind(day)
            .on(&mut tx)
            .opt()
            .await?;
    let is_over = day < settings::today(&mut tx, core.now()).await?;
    if kept.is_some_and(|One(kept)| is_over || kept == known_at) {
        return Ok(0);
    }
    let mut tallies = of_departments(core, &mut tx, day).await?;
    drop(tx);
    // Also where everybody is somewhere: by it a day is found.
    tallies.entry(None).or_default();
    let lines: Vec<Vec<Value>> =
        tallies.iter().map(|(place, tally)| line(day, *place, tally, known_at)).collect();
    let n_kept = lines.len();
    let mut write = Write::begin(core, actor).await?;
    let earlier = Assembly::new("DELETE FROM compliance_snapshots WHERE day = ?").bind(day);
    earlier.on(&mut write.tx).run().await?;
    bulk::insert(&mut write.tx, &COMPLIANCE_SNAPSHOTS, lines).await?;
    write.commit_unrecorded().await?;
    Ok(n_kept)
}

fn line(day: Day, place: Option<Uuid>, tally: &Tally, known_at: Timestamp) -> Vec<Value> {
    let mut line = vec![
        day.into_value(),
        place.unwrap_or(NOWHERE).into_value(),
        tally.people.into_value(),
        tally.measured.into_value(),
        tally.missing.into_value(),
    ];
    line.extend(tally.counts.map(Field::into_value));
    line.push(known_at.into_value());
    line
}

row! {
    struct Line {
        department_id: Uuid,
        people: i64,
        measured: i64,
        missing: i64,
        met: i64,
        open: i64,
        in_grace: i64,
        overdue: i64,
        expired: i64,
        exempt: i64,
        on_leave: i64,
        cancelled: i64,
    }
}

impl Line {
    fn tally(&self) -> Tally {
        Tally {
            counts: [
                self.met,
                self.open,
                self.in_grace,
                self.overdue,
                self.expired,
                self.exempt,
                self.on_leave,
                self.cancelled,
            ],
            measured: self.measured,
            missing: self.missing,
            people: self.people,
        }
    }
}

/// How everybody stood on a day of the past, by what was known then.
pub(super) struct Snapshot {
    pub(super) day: Day,
    /// By department, without those below it.
    own: Tallies,
}

impl Snapshot {
    /// All together.
    pub(super) fn total(&self) -> SnapshotFigures {
        SnapshotFigures { day: self.day, figures: summed(&self.own).figures() }
    }

    /// Departments with all below them on that day, and those without one.
    pub(super) fn departments(&self, units: &Units) -> Vec<(Option<Uuid>, ComplianceFigures)> {
        let moment = Moment { day: self.day, known_at: None, due_soon_days: 0 };
        let below = with_below(units, &moment, &self.own, Tally::join);
        let nobody = self.own.get(&None).map(|tally| (None, tally.figures()));
        below.iter().map(|(id, tally)| (Some(*id), tally.figures())).chain(nobody).collect()
    }
}

/// The last snapshot of each of so many months before that of a day, the oldest first; none of a month in
/// which there was none. `known_at` leaves out what was kept later.
pub(super) async fn at_ends_of_months(
    tx: &mut Tx,
    day: Day,
    n_months: i32,
    known_at: Option<Timestamp>,
) -> Result<Vec<Snapshot>> {
    let this_month = Day::new(day.inner().first_of_month());
    let days: Vec<One<Day>> = Assembly::new("SELECT day FROM compliance_snapshots WHERE day >= ?")
        .bind(plus_months(this_month, -n_months))
        .push("AND day < ?")
        .bind(this_month)
        .push("AND department_id = ?")
        .bind(NOWHERE)
        .push_some("AND known_at <= ?", known_at)
        .push("ORDER BY day")
        .on(tx)
        .all()
        .await?;
    let mut last_days: Vec<Day> = Vec::new();
    for One(day) in days {
        let is_of_month =
            |last: &&mut Day| last.inner().first_of_month() == day.inner().first_of_month();
        match last_days.last_mut().filter(is_of_month) {
            Some(last) => *last = day,
            None => last_days.push(day),
        }
    }
    let mut snapshots = Vec::with_capacity(last_days.len());
    for day in last_days {
        let lines: Vec<Line> = Assembly::new(
            "SELECT department_id, people, measured_people, missing_people, met, open, in_grace, overdue,
                    expired, exempt, on_leave, cancelled
             FROM compliance_snapshots WHERE day = ?",
        )
        .bind(day)
        .on(tx)
        .all()
        .await?;
        let place = |id: Uuid| (id != NOWHERE).then_some(id);
        let own = lines.iter().map(|line| (place(line.department_id), line.tally())).collect();
        snapshots.push(Snapshot { day, own });
    }
    Ok(snapshots)
}
