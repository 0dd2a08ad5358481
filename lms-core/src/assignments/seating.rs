//! Seats of trainings that have a limited number: what a plan begins gets one, or waits.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::engine::{Act, Plan, Seats, allot};
use super::load::Loaded;
use super::sql;
use crate::catalog;
use crate::kernel::db::{IdList, One, Tx};
use crate::kernel::error::Result;

/// The seats that are left while one act goes through people, a chunk at a time; nothing for a training
/// that takes everybody.
#[derive(Debug, Default)]
pub(super) struct Seating(HashMap<Uuid, Option<Seats>>);

impl Seating {
    /// Gives the seats to those whom the plan names first, and lets the others wait.
    pub(super) async fn allot(&mut self, tx: &mut Tx, loaded: &Loaded, plan: Plan) -> Result<Plan> {
        let begins = |action: &&super::engine::Action| matches!(action.act, Act::Assign(_));
        let begun: BTreeSet<u32> =
            plan.actions.iter().filter(begins).map(|action| action.training).collect();
        self.look_up(tx, begun.iter().map(|number| loaded.trainings.id(*number))).await?;
        let mut plans = [plan];
        for number in begun {
            let training = loaded.trainings.id(number);
            let Some(Some(seats)) = self.0.get_mut(&training) else { continue };
            let of_it = plans[0].actions.iter().filter(begins);
            let n_begun = of_it.filter(|action| action.training == number).count() as u64;
            allot(&loaded.book, &mut plans, number, *seats, |_, person| person.into());
            let given = n_begun.min(seats.free.saturating_sub(seats.waiting));
            seats.free -= given;
            seats.waiting += n_begun - given;
        }
        let [plan] = plans;
        Ok(plan)
    }

    async fn look_up(&mut self, tx: &mut Tx, trainings: impl Iterator<Item = Uuid>) -> Result<()> {
        let new: Vec<Uuid> = trainings.filter(|id| !self.0.contains_key(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        for (training, stored) in catalog::sql::load(tx, &IdList::new(new)).await? {
            let limit = stored.published.and_then(|version| version.definition.seat_limit);
            let seats = match limit {
                Some(limit) => Some(seats_of(tx, training, limit).await?),
                None => None,
            };
            self.0.insert(training, seats);
        }
        Ok(())
    }
}

/// How the seats of a training stand.
pub(super) async fn seats_of(tx: &mut Tx, training: Uuid, limit: u32) -> Result<Seats> {
    let One(taken): One<i64> = tx.sql(&sql::SEATS_TAKEN).bind(training).one().await?;
    let One(waiting): One<i64> = tx.sql(&sql::SEATS_WAITED_FOR).bind(training).one().await?;
    let taken = u64::try_from(taken).unwrap_or_default();
    Ok(Seats {
        free: u64::from(limit).saturating_sub(taken),
        waiting: u64::try_from(waiting).unwrap_or_default(),
    })
}
