//! From figures by id to rows with names: departments as a tree, others in the order of what they are
//! called.

use std::collections::HashMap;

use uuid::Uuid;

use super::compliance::Tallies;
use super::figures::Tally;
use super::types::{ComplianceRow, GroupBy};
use crate::assignments::as_of::Moment;
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::people::{Unit, UnitKind, Units, units_listed};

const TRAININGS: &str = "SELECT id, code, title FROM trainings WHERE id IN (ids?)";
const PEOPLE: &str = "
SELECT id, employee_number, COALESCE(preferred_name, first_name) || ' ' || last_name
FROM persons WHERE id IN (ids?)";
const UNITS: &str = "SELECT id, code, name FROM units WHERE id IN (ids?)";

row! {
    struct CalledRow {
        id: Uuid,
        code: Option<String>,
        name: String,
    }
}

/// What these are called, with a code where they have one.
pub(super) async fn called(
    tx: &mut Tx,
    by: GroupBy,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (Option<String>, String)>> {
    let select = match by {
        GroupBy::Training => TRAININGS,
        GroupBy::Manager => PEOPLE,
        GroupBy::Department | GroupBy::Location | GroupBy::JobRole => UNITS,
    };
    let rows: Vec<CalledRow> =
        Assembly::new(select).bind_ids(&IdList::new(ids)).on(tx).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, (row.code, row.name))).collect())
}

pub(super) async fn rows(
    tx: &mut Tx,
    by: GroupBy,
    tallies: Tallies,
    moment: &Moment,
) -> Result<Vec<ComplianceRow>> {
    let kind = match by {
        GroupBy::Department => UnitKind::Department,
        GroupBy::Location => UnitKind::Location,
        GroupBy::JobRole => UnitKind::JobRole,
        GroupBy::Training | GroupBy::Manager => return named(tx, by, tallies).await,
    };
    let units = Units::load_as_known(tx, moment.known_at).await?;
    // What is closed by now may have had people on the day.
    let listed = units_listed(&units, kind, moment.day, true)?;
    let below = match kind {
        UnitKind::Department => with_below(&units, moment, &tallies, Tally::join),
        _ => tallies.iter().filter_map(|(id, tally)| Some(((*id)?, *tally))).collect(),
    };
    let row = |unit: Unit| {
        let id = unit.id.uuid();
        let all = below.get(&id)?;
        let own = tallies.get(&Some(id)).copied().unwrap_or_default();
        let depth = match kind {
            UnitKind::Department => units.way_up(id, moment.day).len() - 1,
            _ => 0,
        };
        Some(ComplianceRow {
            id: Some(id),
            code: Some(unit.code),
            name: unit.name,
            depth,
            figures: all.figures(),
            own: (*all != own).then(|| own.figures()),
        })
    };
    let mut rows: Vec<ComplianceRow> = listed.into_iter().filter_map(row).collect();
    rows.extend(without(by, &tallies));
    Ok(rows)
}

/// Sums of departments, each with those of all below it.
pub(super) fn with_below<T: Default>(
    units: &Units,
    moment: &Moment,
    own: &HashMap<Option<Uuid>, T>,
    join: impl Fn(&mut T, &T),
) -> HashMap<Uuid, T> {
    let mut below: HashMap<Uuid, T> = HashMap::new();
    for (id, sum) in own {
        for above in id.iter().flat_map(|id| units.way_up(*id, moment.day)) {
            join(below.entry(above).or_default(), sum);
        }
    }
    below
}

/// Those who have none.
fn without(by: GroupBy, tallies: &Tallies) -> Option<ComplianceRow> {
    let tally = tallies.get(&None)?;
    Some(ComplianceRow {
        id: None,
        code: None,
        name: format!("without a {}", by.noun()),
        depth: 0,
        figures: tally.figures(),
        own: None,
    })
}

async fn named(tx: &mut Tx, by: GroupBy, tallies: Tallies) -> Result<Vec<ComplianceRow>> {
    let mut names = called(tx, by, tallies.keys().flatten().copied()).await?;
    let row = |(id, tally): (&Option<Uuid>, &Tally)| {
        let id = (*id)?;
        let (code, name) = names.remove(&id).unwrap_or_else(|| (None, id.to_string()));
        let figures = tally.figures();
        Some(ComplianceRow { id: Some(id), code, name, depth: 0, figures, own: None })
    };
    let mut rows: Vec<ComplianceRow> = tallies.iter().filter_map(row).collect();
    rows.sort_by_cached_key(|row| match by {
        GroupBy::Training => (row.code.clone().unwrap_or_default().to_lowercase(), row.id),
        _ => (row.name.to_lowercase(), row.id),
    });
    rows.extend(without(by, &tallies));
    Ok(rows)
}
