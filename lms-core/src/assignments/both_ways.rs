//! What every assignment is on a day, by the statement and by the engine: a test holds them equal.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::engine::{around, plus_days, status};
use super::list::status_case;
use super::load::{Asked, Today};
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

row! {
    struct StatusRow {
        id: Uuid,
        person_id: Uuid,
        training_id: Uuid,
        status: String,
    }
}

/// By id: what the statement says, and what the engine says. Nothing where it was not assigned yet.
pub(crate) async fn statuses(core: &Core, day: Day) -> Result<BTreeMap<Uuid, (String, String)>> {
    let mut tx = core.db().begin_read().await?;
    let rows = in_sql(&mut tx, day).await?;
    let people: BTreeSet<Uuid> = rows.iter().map(|row| row.person_id).collect();
    let trainings: BTreeSet<Uuid> = rows.iter().map(|row| row.training_id).collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let trainings: Vec<Uuid> = trainings.into_iter().collect();
    let loaded = Asked::of(Today::One(day), &people, &trainings).load(&mut tx).await?;
    let mut told: BTreeMap<Uuid, (String, String)> =
        rows.into_iter().map(|row| (row.id, (row.status, String::new()))).collect();
    for number in 0..u32::try_from(loaded.facts.len()).unwrap_or(u32::MAX) {
        let person = loaded.facts.person(number);
        for obligation in person.obligations {
            let around = around(&person, obligation, day, loaded.due_soon_days);
            let found = status(&obligation.days, &around, day);
            let kept = loaded.kept.get(&(number, obligation.training, obligation.cycle));
            if let Some(pair) = kept.and_then(|kept| told.get_mut(&kept.id)) {
                pair.1 = found.map_or_else(String::new, |status| status.as_str().to_owned());
            }
        }
    }
    Ok(told)
}

async fn in_sql(tx: &mut Tx, day: Day) -> Result<Vec<StatusRow>> {
    let organisation = crate::settings::current(tx).await?;
    let soon = plus_days(day, i32::try_from(organisation.due_soon_days).unwrap_or(i32::MAX));
    let select = Assembly::new("SELECT a.id, a.person_id, a.training_id,");
    status_case(select, tx.engine(), day, soon)
        .push("FROM assignments a WHERE a.retracted_at IS NULL")
        .on(tx)
        .all()
        .await
}
