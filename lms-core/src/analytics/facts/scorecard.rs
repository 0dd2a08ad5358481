//! How departments do, one beside the other: compliance, what runs out, how long things take, and how that
//! was before.

use std::collections::HashMap;

use uuid::Uuid;

use super::obligations::days_left;
use super::{CHUNK, FactsOrigin, FactsQuery, Reading, Whom};
use crate::analytics::READ;
use crate::analytics::compliance::Sums;
use crate::analytics::figures::ComplianceFigures;
use crate::analytics::groups::{self, with_below};
use crate::analytics::learning::{average, timed};
use crate::analytics::types::{ComplianceRow, GroupBy, Tenths};
use crate::assignments::as_of::{Moment, each_standing};
use crate::assignments::counting::Counted;
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::people::Units;

/// A department with all below it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct DepartmentScore {
    /// Which it is, and how it complies.
    pub row: ComplianceRow,
    /// Mandatory obligations that are met, and whose cover ends within 30 days.
    pub expiring_30: i64,
    /// The same within 60 days.
    pub expiring_60: i64,
    /// The same within 90 days.
    pub expiring_90: i64,
    /// What was completed in the period after it was begun.
    pub timed: i64,
    /// The days that it took on average.
    pub average_days: Option<Tenths>,
    /// How many of a hundred obligations were met on the day before the period; nothing where there was
    /// nothing to measure.
    pub before: Option<ComplianceFigures>,
    /// By how many tenths of a per cent more are met than before.
    pub change_tenths: Option<i32>,
    /// Its place by the share that is met, among all departments in which there is something to measure.
    pub rank: Option<i64>,
    /// How it complied on the [months](Scorecard::months) before; nothing where it was not there.
    pub past: Vec<Option<ComplianceFigures>>,
}

/// How departments do.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The first day of the period, which ends with the day asked about.
    pub from: Day,
    /// The day before the period, with which is compared.
    pub compared_with: Day,
    /// The last night of each of the twelve months before this one of which the nightly pass kept how
    /// departments stood, by what was known then. None where not everybody is asked about: it keeps no more.
    pub months: Vec<Day>,
    /// The organisation as a whole, or as far as it was asked about.
    pub total: DepartmentScore,
    /// Departments as a tree, each with all below it; those without one last.
    pub departments: Vec<DepartmentScore>,
}

/// What is told of a department beside compliance.
#[derive(Debug, Clone, Copy, Default)]
struct Beside {
    expiring: [i64; 3],
    timed: i64,
    days: i64,
}

impl Beside {
    fn join(&mut self, other: &Self) {
        for (sum, count) in self.expiring.iter_mut().zip(other.expiring) {
            *sum += count;
        }
        self.timed += other.timed;
        self.days += other.days;
    }
}

const WITHIN_DAYS: [i32; 3] = [30, 60, 90];
/// So many months before are told.
const MONTHS: usize = 12;

row! {
    struct TimedRow {
        person_id: Uuid,
        timed: i64,
        days: i64,
    }
}

/// Of departments on a day: how they comply, and what is told beside.
pub(super) struct OnDay {
    pub(super) sums: Sums,
    beside: HashMap<Option<Uuid>, Beside>,
    places: HashMap<Uuid, Option<Uuid>>,
}

pub(in crate::analytics) async fn scorecard(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<Scorecard> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let moment = reading.moment;
    let from = reading.period_from();
    let compared_with = from.previous();
    let mut now = on_day(&mut reading, moment).await?;
    took(&mut reading, from, &mut now).await?;
    let earlier = Moment { day: compared_with, ..moment };
    let before = on_day(&mut reading, earlier).await?;
    let units = Units::load_as_known(&mut reading.tx, moment.known_at).await?;
    let below = with_below(&units, &moment, &now.beside, Beside::join);
    let mut whole = Beside::default();
    now.beside.values().for_each(|beside| whole.join(beside));
    let nobody = now.beside.get(&None).copied().unwrap_or_default();
    let (total, total_before) = (now.sums.total.figures(), before.sums.total.figures());
    let tx = &mut reading.tx;
    let by = GroupBy::Department;
    let rows = groups::rows(tx, by, now.sums.by_place, &moment).await?;
    let rows_before = groups::rows(tx, by, before.sums.by_place, &earlier).await?;
    let before: HashMap<Option<Uuid>, ComplianceFigures> =
        rows_before.into_iter().map(|row| (row.id, row.figures)).collect();
    let snapshots = reading.past(MONTHS).await?;
    let past: Vec<HashMap<Option<Uuid>, ComplianceFigures>> =
        snapshots.iter().map(|one| one.departments(&units).into_iter().collect()).collect();
    let mut departments: Vec<DepartmentScore> = rows
        .into_iter()
        .map(|row| {
            let beside = row.id.map_or(nobody, |id| below.get(&id).copied().unwrap_or_default());
            let before = before.get(&row.id).cloned();
            let past = past.iter().map(|month| month.get(&row.id).cloned()).collect();
            score(row, &beside, before, past)
        })
        .collect();
    rank(&mut departments);
    let all = ComplianceRow {
        id: None,
        code: None,
        name: "all together".to_owned(),
        depth: 0,
        figures: total,
        own: None,
    };
    let past = snapshots.iter().map(|month| Some(month.total().figures)).collect();
    Ok(Scorecard {
        origin: reading.origin,
        from,
        compared_with,
        months: snapshots.iter().map(|month| month.day).collect(),
        total: score(all, &whole, Some(total_before), past),
        departments,
    })
}

pub(super) async fn on_day(reading: &mut Reading<'_>, moment: Moment) -> Result<OnDay> {
    let described = reading.described(Whom::Present, moment.day).await?;
    let places: HashMap<Uuid, Option<Uuid>> =
        described.iter().map(|one| (one.person, one.department)).collect();
    let ids: Vec<Uuid> = described.into_iter().map(|one| one.person).collect();
    let mut sums = Sums::default();
    let mut beside: HashMap<Option<Uuid>, Beside> = HashMap::new();
    let place = |person: Uuid| places.get(&person).copied().flatten();
    let trainings = reading.trainings.as_deref();
    each_standing(&mut reading.tx, moment, &ids, trainings, |people, found| {
        sums.add(people, &found, place);
        for one in found.iter().filter(|one| Counted::of(one) == Some(Counted::Met)) {
            let Some(left) = days_left(one, moment.day) else { continue };
            let beside = beside.entry(place(one.person)).or_default();
            for (count, within) in beside.expiring.iter_mut().zip(WITHIN_DAYS) {
                *count += i64::from(left <= within);
            }
        }
    })
    .await?;
    Ok(OnDay { sums, beside, places })
}

/// Adds how long it took them to complete what they completed in the period.
async fn took(reading: &mut Reading<'_>, from: Day, on: &mut OnDay) -> Result<()> {
    let people: Vec<Uuid> = on.places.keys().copied().collect();
    for chunk in people.chunks(CHUNK) {
        let engine = reading.tx.engine();
        let wanted = Assembly::new("SELECT person_id,")
            .push(timed(engine))
            .bind(from)
            .push("AND ?")
            .bind(reading.moment.day);
        let wanted = reading.of(reading.believed(wanted), chunk);
        let rows: Vec<TimedRow> =
            wanted.push("GROUP BY person_id").on(&mut reading.tx).all().await?;
        for row in rows {
            let place = on.places.get(&row.person_id).copied().flatten();
            let one = Beside { timed: row.timed, days: row.days, ..Beside::default() };
            on.beside.entry(place).or_default().join(&one);
        }
    }
    Ok(())
}

fn score(
    row: ComplianceRow,
    beside: &Beside,
    before: Option<ComplianceFigures>,
    past: Vec<Option<ComplianceFigures>>,
) -> DepartmentScore {
    let shares = row.figures.met_percent.zip(before.as_ref().and_then(|before| before.met_percent));
    DepartmentScore {
        expiring_30: beside.expiring[0],
        expiring_60: beside.expiring[1],
        expiring_90: beside.expiring[2],
        timed: beside.timed,
        average_days: average(beside.days, beside.timed),
        change_tenths: shares.map(|(now, before)| now.tenths() - before.tenths()),
        before: before.filter(|before| before.measured > 0),
        rank: None,
        past,
        row,
    }
}

/// The first has the largest share; those with the same share have the same place.
fn rank(departments: &mut [DepartmentScore]) {
    let is_better = |one: &ComplianceFigures, other: &ComplianceFigures| {
        one.measured > 0
            && i128::from(one.met) * i128::from(other.measured)
                > i128::from(other.met) * i128::from(one.measured)
    };
    let all: Vec<ComplianceFigures> = departments
        .iter()
        .filter(|one| one.row.id.is_some())
        .map(|one| one.row.figures.clone())
        .collect();
    for one in departments.iter_mut().filter(|one| one.row.id.is_some()) {
        let own = &one.row.figures;
        let n_better = all.iter().filter(|other| is_better(other, own)).count();
        one.rank = (own.measured > 0).then(|| i64::try_from(n_better).unwrap_or(i64::MAX) + 1);
    }
}
