//! The nightly pass: what becomes of obligations as days go by, and who is told.
//!
//! Owns `escalations`. Promises that nights on which it did not run are caught up; that each thing is told
//! once, also when it is killed at any moment or run twice; that only one runs at a time; and that every
//! run is on record. Never decides what should be: `assignments` does, by its engine.
//!
//! People are looked at a few thousand at a time, each lot in a transaction of its own: what became of
//! them, what they are told, and when each is looked at again commit together. That note is how far the
//! pass has come; there is no other.

mod options;
mod types;
mod run;
mod piece;
mod reminding;
mod ladder;
mod escalating;
mod stopping;
mod reactions;

pub use options::{SweepOptions, SweepStep};
pub(crate) use reactions::{people_erased, people_merged};
pub use types::{SweepOutcome, SweepSample};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};

/// May run the nightly pass.
pub(crate) const RUN: Permission = Permission::new("sweep.run", "run the nightly pass");

/// What is recorded of a lot of people.
const ADVANCED: &str = "sweep.advanced";

error_codes! {
    DAY_TO_COME = "sweep.day_to_come", Invalid, "the nightly pass does not run for a day to come";
}

/// The nightly pass; made by [`crate::Lms::sweep`].
#[derive(Debug)]
pub struct Sweep<'a> {
    pub(crate) core: &'a Core,
}

impl Sweep<'_> {
    /// Brings everything up to today, and tells who is to be told. `progress` is told how many have been
    /// looked at, and of how many. An error of the kind [`Busy`](crate::ErrorKind::Busy) says who is
    /// running it, and since when.
    pub async fn run(
        &self,
        actor: &Actor,
        options: SweepOptions,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<SweepOutcome> {
        actor.require(RUN)?;
        run::run(self.core, actor, &options, progress).await
    }

    /// Says what a run would do, and does nothing.
    pub async fn preview(
        &self,
        actor: &Actor,
        options: SweepOptions,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<SweepOutcome> {
        actor.require(RUN)?;
        run::preview(self.core, &options, progress).await
    }
}
