//! How compliance developed: what was assigned and completed in each month, and how things stood at its end.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::scorecard::on_day;
use super::{CHUNK, FactsOrigin, FactsQuery, Reading, Whom};
use crate::analytics::READ;
use crate::analytics::figures::ComplianceFigures;
use crate::analytics::snapshots::Snapshot;
use crate::analytics::types::SnapshotFigures;
use crate::assignments::as_of::Moment;
use crate::assignments::engine::plus_months;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// So many months are told at most: each end is looked at as if it were today.
const MONTHS_MAX: usize = 36;
/// So many, unless said.
const MONTHS: i32 = 12;

/// A month, or what of it belongs to the period.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct TrendMonth {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// Mandatory obligations that were assigned in it.
    pub assigned: i64,
    /// Mandatory obligations that were completed in it.
    pub completed: i64,
    /// Those of them that were completed on the due day or before, or had none.
    pub on_time: i64,
    /// How people complied on its last day, by the organisation of that day.
    pub figures: ComplianceFigures,
    /// How they did on the last night of it, by what was known then; nothing where the nightly pass kept
    /// nothing of it, or not everybody is asked about.
    pub then: Option<SnapshotFigures>,
}

/// How compliance developed.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct Trend {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The months, the first one first; the last ends with the day asked about.
    pub months: Vec<TrendMonth>,
}

row! {
    struct AssignedRow {
        day: Day,
        n: i64,
    }
}

row! {
    struct DoneRow {
        day: Day,
        n: i64,
        on_time: i64,
    }
}

pub(in crate::analytics) async fn trend(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<Trend> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let as_of = reading.origin.as_of;
    let from = reading.origin.from.unwrap_or_else(|| plus_months(as_of, -MONTHS).next());
    let months = months(from, as_of);
    if months.len() > MONTHS_MAX {
        return Err(Error::invalid(
            "from",
            format!("from `{from}` to `{as_of}` are too many months"),
        )
        .with_hint(format!("ask for {MONTHS_MAX} at most")));
    }
    let people = reading.described(Whom::Present, as_of).await?;
    let people: Vec<Uuid> = people.into_iter().map(|one| one.person).collect();
    let (mut assigned, mut done) = (BTreeMap::new(), BTreeMap::new());
    for chunk in people.chunks(CHUNK) {
        for row in reading.assigned(chunk, from).await? {
            *assigned.entry(row.day).or_insert(0) += row.n;
        }
        for row in reading.done(chunk, from).await? {
            let sum: &mut (i64, i64) = done.entry(row.day).or_default();
            *sum = (sum.0 + row.n, sum.1 + row.on_time);
        }
    }
    let past = reading.past(MONTHS_MAX).await?;
    let mut told = Vec::with_capacity(months.len());
    for (from, until) in months {
        let moment = Moment { day: until, ..reading.moment };
        let figures = on_day(&mut reading, moment).await?.sums.total.figures();
        told.push(TrendMonth {
            from,
            until,
            assigned: assigned.range(from..=until).map(|(_, n)| n).sum(),
            completed: done.range(from..=until).map(|(_, (n, _))| n).sum(),
            on_time: done.range(from..=until).map(|(_, (_, on_time))| on_time).sum(),
            figures,
            then: past.iter().rfind(|one| (from..=until).contains(&one.day)).map(Snapshot::total),
        });
    }
    Ok(Trend { origin: reading.origin, months: told })
}

/// The months of a period, cut off where it begins and ends.
fn months(from: Day, until: Day) -> Vec<(Day, Day)> {
    let mut months = Vec::new();
    let mut first = from;
    while first <= until {
        let last = Day::new(first.inner().last_of_month());
        months.push((first, last.min(until)));
        first = last.next();
    }
    months
}

impl Reading<'_> {
    async fn assigned(&mut self, people: &[Uuid], from: Day) -> Result<Vec<AssignedRow>> {
        let wanted = Assembly::new(
            "SELECT assigned_on, COUNT(*) FROM assignments
             WHERE kind = 'mandatory' AND (closed_as IS NULL OR closed_as <> 'undone')
               AND assigned_on BETWEEN ?",
        )
        .bind(from)
        .push("AND ?")
        .bind(self.moment.day);
        let wanted = self.of(self.believed(wanted), people).push("GROUP BY assigned_on");
        wanted.on(&mut self.tx).all().await
    }

    async fn done(&mut self, people: &[Uuid], from: Day) -> Result<Vec<DoneRow>> {
        let wanted = Assembly::new(
            "SELECT closed_on, COUNT(*), COUNT(*) FILTER (WHERE due_on IS NULL OR closed_on <= due_on)
             FROM assignments
             WHERE kind = 'mandatory' AND closed_as = 'completed' AND closed_on BETWEEN ?",
        )
        .bind(from)
        .push("AND ?")
        .bind(self.moment.day);
        let wanted = self.of(self.believed(wanted), people).push("GROUP BY closed_on");
        wanted.on(&mut self.tx).all().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_cut_into_months() {
        let day = |text: &str| Day::parse(text).unwrap();
        let told: Vec<String> = months(day("2027-01-15"), day("2027-03-02"))
            .into_iter()
            .map(|(from, until)| format!("{from}..{until}"))
            .collect();
        assert_eq!(
            told,
            ["2027-01-15..2027-01-31", "2027-02-01..2027-02-28", "2027-03-01..2027-03-02"]
        );
    }
}
