//! The engine of obligations: facts, rules and a day go in; what has to be done comes out, and why.
//!
//! It is a library of its own within the library. It has no clock, no database, no chance and makes
//! no ids: assigning, rules, the nightly sweep, catching up, what-if and explanations all ask it, and
//! so can programs that embed the library.
//!
//! ```
//! use lms_core::Day;
//! use lms_core::engine::{
//!     Demand, Due, Facts, Kind, Membership, Outcome, PersonFacts, Rulebook, Source, SourceKind, Terms,
//!     Training, apply, plan,
//! };
//!
//! # fn main() -> lms_core::Result<()> {
//! let today = Day::parse("2026-03-10")?;
//! let hired_on = Day::parse("2026-03-01")?;
//!
//! // One rule: audience 0 must have done training 0 fourteen days after hire.
//! let rule = Source { kind: SourceKind::Rule, number: 0 };
//! let terms = Terms::new(Kind::Mandatory, Due::AfterHire(14));
//! let rule = Demand::new(rule, 0, 0, terms, hired_on);
//! let book = Rulebook::new(vec![Training::default()], vec![rule])?;
//!
//! // One person, in that audience since the first day.
//! let mut person = PersonFacts::employed(today, hired_on);
//! person.memberships.push(Membership::known(0, hired_on));
//! let mut facts = Facts::new();
//! facts.push(&mut person);
//!
//! let plan = plan(&book, &facts);
//! assert_eq!(plan.total().of(Outcome::Assigned), 1);
//!
//! // Once it is carried out, nothing is left to do.
//! let after = apply(&facts, &plan);
//! assert!(lms_core::engine::plan(&book, &after).is_empty());
//! assert_eq!(after.person(0).obligations[0].days.due_on, Some(Day::parse("2026-03-15")?));
//! # Ok(())
//! # }
//! ```
//!
//! # What to load
//! A [`Rulebook`] holds everything that is wanted, as one [`Demand`] for each rule or order and
//! training, and what has to be known of the [`Training`]s. [`Facts`] hold the people of a chunk, some
//! thousands, in columns; [`PersonFacts`] is one of them on the way in: employments, audiences with
//! the day of joining (matched elsewhere), leaves, exemptions, completions, and for each training the
//! obligation that is open and the last one that was completed. Trainings, audiences, rules and
//! completions are numbers that the caller gives and understands.
//!
//! # What to ask
//! - [`plan`]: what has to be done today. Each [`Action`] has its [`Cause`]; the [`Counts`] add up to
//!   the audience of each demand.
//! - [`catch_up`]: the same over days on which nobody looked, with what happened and when
//!   ([`Transition`]).
//! - [`allot`]: who gets the seats of a training that has a limited number.
//! - [`status`], [`compliance`]: what an obligation is on a day, and how it counts.
//! - [`walk`], [`wake_on`]: what happens as days pass, and the next day on which anything can.
//! - [`explain`]: why a person has to do something, or why not.
//! - [`apply`]: carries a plan out in memory, for what-if.
//!
//! # What to write
//! One row for each [`Act::Assign`] and [`Act::AddReason`], and so on down the list of [`Act`]s. The
//! fields of [`Reason`] and [`Boundaries`] are all that has to be kept: given back with the facts,
//! they lead to a plan that is empty.

mod days;
mod due;
mod leave;
mod renewal;
mod reasons;
mod status;
mod rulebook;
mod facts;
mod credit;
mod evaluate;
mod standing;
mod plan;
mod diff;
mod planner;
mod apply;
mod transitions;
mod catch_up;
mod simulate;
mod seats;
mod explain;
mod sentences;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_time;
#[cfg(test)]
mod golden_calendar;
#[cfg(test)]
mod golden_chains;
#[cfg(test)]
mod golden_lives;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use apply::apply;
pub use catch_up::{CaughtUp, catch_up, catch_up_each};
pub use credit::{Coverage, Ends};
pub use days::{days_between, local_day, plus_days, plus_months};
pub use due::{Anchors, Due, OnPastDue, ParkedBecause, Ruled};
pub use explain::{
    DemandExplained, DueStep, Explanation, Hindrance, NotCounted, ObligationExplained, PausedBy,
    explain,
};
pub use facts::{
    Completion, Decided, Exemption, Facts, Membership, Obligation, Parked, PersonFacts, PersonView,
    Spell, Withdrawal,
};
pub use leave::{Pause, RETURN_DAYS, due_after_pauses, join_pauses, overdue_on, pause_on};
pub use plan::{Act, Action, Cause, Counts, NotEligible, Outcome, Plan, Told};
pub use planner::{plan, plan_telling};
pub use reasons::{Extension, Head, Kind, Pauses, Reason, Source, SourceKind, effective_due, head};
pub use renewal::{Chain, Method, Renewal, Window};
pub use rulebook::{
    Credit, Demand, Equivalent, Leaving, OnLeaving, Retraining, Rulebook, Terms, Training,
};
pub use seats::{Applicant, Seats, allot, line_up, move_up};
pub use sentences::{Names, sentences};
pub use simulate::{Behaviour, Occurrence, Simulated, simulate};
pub use status::{Around, Boundaries, ClosedAs, Compliance, Status, compliance, status};
pub use transitions::{
    EXEMPTION_WARNING_DAYS, Notices, Transition, TransitionKind, around, wake_on, walk,
};
