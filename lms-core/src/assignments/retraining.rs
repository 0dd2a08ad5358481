//! A training asks something else of people: a version was published that asks them to do it again,
//! or that has more seats; something else counts for it, or no longer.

use std::collections::BTreeSet;
use std::pin::Pin;

use uuid::Uuid;

use super::RECONSIDERED;
use super::engine::{Act, Plan, Retraining, plan};
use super::load::{Asked, Today};
use super::reconsider::{CHUNK, decide_on, fill_seats};
use super::store::{Effects, Ending};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::{Operation, Write};
use crate::settings;

/// What follows for everybody who has, or had, to do these trainings.
pub(crate) fn trainings_changed<'a>(
    write: &'a mut Write,
    trainings: &'a BTreeSet<Uuid>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        let people = people_of(&mut write.tx, trainings).await?;
        let trainings: Vec<Uuid> = trainings.iter().copied().collect();
        let mut effects = Effects::default();
        for people in people.chunks(CHUNK) {
            effects.join(decide_on(write, people, &trainings, Ending::Cancelled).await?);
        }
        effects.join(fill_seats(write, &trainings).await?);
        if !effects.is_empty() {
            write.record(effects.told(Operation::new(RECONSIDERED)));
        }
        Ok(())
    })
}

/// How many people would have to do a training again, did its next major version ask for it by a day.
/// What is due for them anyhow does not count.
pub(crate) fn retrained<'a>(
    tx: &'a mut Tx,
    now: Timestamp,
    training: Uuid,
    (major, by): (u32, Day),
) -> Pin<Box<dyn Future<Output = Result<u64>> + Send + 'a>> {
    Box::pin(async move {
        let announced_on = settings::today(tx, now).await?;
        let retraining = Retraining { major, announced_on, by: by.max(announced_on) };
        let people = people_of(tx, &BTreeSet::from([training])).await?;
        let mut count = 0;
        for people in people.chunks(CHUNK) {
            let trainings = [training];
            let loaded = Asked::of(Today::Local(now), people, &trainings).load(tx).await?;
            let Some(number) = loaded.trainings.get(training) else { continue };
            let anyhow = assigned(&plan(&loaded.book, &loaded.facts), number);
            let book = loaded.book.announcing(number, retraining)?;
            let then = assigned(&plan(&book, &loaded.facts), number);
            count += then.difference(&anyhow).count() as u64;
        }
        Ok(count)
    })
}

/// The people for whom a plan begins a training.
fn assigned(plan: &Plan, training: u32) -> BTreeSet<u32> {
    let begins = plan
        .actions
        .iter()
        .filter(|action| action.training == training && matches!(action.act, Act::Assign(_)));
    begins.map(|action| action.person).collect()
}

async fn people_of(tx: &mut Tx, trainings: &BTreeSet<Uuid>) -> Result<Vec<Uuid>> {
    let people: Vec<One<Uuid>> = Assembly::new(
        "SELECT DISTINCT person_id FROM assignments
         WHERE retracted_at IS NULL AND training_id IN (ids?)",
    )
    .bind_ids(&IdList::new(trainings.iter().copied()))
    .push("ORDER BY person_id")
    .on(tx)
    .all()
    .await?;
    Ok(people.into_iter().map(|One(id)| id).collect())
}
