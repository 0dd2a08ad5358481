//! Leases: named jobs of which only one may run, across processes and machines.
//!
//! A lease ends by itself, so that a holder that died is replaced; a holder that lives renews it.
//! Every new holder gets a higher generation: one that slept through its own end finds out at the
//! next renewal, before it does harm.

use std::time::Duration;

use super::clock::Timestamp;
use super::core::Core;
use super::db::{One, row, statements};
use super::error::{Result, error_codes};

error_codes! {
    BUSY = "job.busy", Busy, "another run of this job is under way";
    LOST = "job.lost", Busy, "the lease of this job went to another run";
}

statements! {
    /// Takes a lease that is free or has ended; no row where somebody holds it. Nobody holds one that was
    /// taken after it would end now: the clock was set back since.
    ACQUIRE = "INSERT INTO job_leases (name, holder, generation, acquired_at, expires_at)
               VALUES ($1, $2, 1, $3, $4)
               ON CONFLICT (name) DO UPDATE
               SET holder = excluded.holder, generation = job_leases.generation + 1,
                   acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
               WHERE job_leases.expires_at <= excluded.acquired_at
                  OR job_leases.acquired_at > excluded.expires_at
               RETURNING generation";

    HELD_BY = "SELECT holder, acquired_at FROM job_leases WHERE name = $1";

    /// Renewing moves the end ahead, releasing moves it to before all time, whatever the clock says by
    /// then: the row stays, so that generations go on rising.
    END_AT = "UPDATE job_leases SET expires_at = $3 WHERE name = $1 AND generation = $2";
}

row! {
    struct HolderRow {
        holder: String,
        acquired_at: Timestamp,
    }
}

/// Named jobs; made by [`crate::Lms::jobs`].
#[derive(Debug)]
pub struct Jobs<'a> {
    pub(crate) core: &'a Core,
}

/// The right to run a job, until it is released or ends.
#[derive(Debug)]
pub struct Lease {
    core: Core,
    name: String,
    generation: i64,
    ttl: Duration,
}

impl Jobs<'_> {
    /// Takes the lease of a job for this long, or says who holds it. `holder` is what others are
    /// told, such as `sweep on host7, process 4711`.
    pub async fn acquire(&self, name: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        let mut tx = self.core.db().begin_write().await?;
        // After the wait for the turn, so that the lease has its full length.
        let now = self.core.now();
        let taken: Option<One<i64>> =
            tx.sql(&ACQUIRE).bind(name).bind(holder).bind(now).bind(now.plus(ttl)).opt().await?;
        if let Some(One(generation)) = taken {
            tx.commit().await?;
            return Ok(Lease { core: self.core.clone(), name: name.to_owned(), generation, ttl });
        }
        let held: HolderRow = tx.sql(&HELD_BY).bind(name).one().await?;
        Err(BUSY
            .error(format!("`{name}` is being run by {} since {}", held.holder, held.acquired_at))
            .with_hint("wait until it is done; if it died, its place is free within a minute"))
    }
}

impl Lease {
    /// How many holders there have been, this one included.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// Holds on for as long again; an error where another run has taken over.
    pub async fn renew(&mut self) -> Result<()> {
        let until = self.core.now().plus(self.ttl);
        self.end_at(until).await
    }

    /// Lets the next run begin.
    pub async fn release(self) -> Result<()> {
        self.end_at(Timestamp::EPOCH).await
    }

    async fn end_at(&self, instant: Timestamp) -> Result<()> {
        let mut tx = self.core.db().begin_write().await?;
        let touched = tx
            .sql(&END_AT)
            .bind(self.name.as_str())
            .bind(self.generation)
            .bind(instant)
            .run()
            .await?;
        if touched == 0 {
            return Err(LOST
                .error(format!("another run of `{}` has taken over", self.name))
                .with_hint("this run took longer than its lease; what it committed stays"));
        }
        tx.commit().await
    }
}
