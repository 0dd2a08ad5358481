//! The difference between what should be and what is, as data: actions with their causes, and counts
//! that add up to the audience.

use super::due::ParkedBecause;
use super::facts::Obligation;
use super::reasons::{Head, Reason, Source};
use super::status::Boundaries;
use crate::kernel::text::Day;

/// Why a person cannot be given a training.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotEligible {
    /// The person has left the organisation.
    Gone,
    /// The training is a draft or archived.
    TrainingClosed,
}

/// Why something is done.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The person is in the audience of a rule.
    InAudience {
        /// Since this day.
        since: Day,
    },
    /// Somebody ordered it.
    Ordered,
    /// What covers runs out.
    Renewal,
    /// A major version has to be done.
    Retraining,
    /// The rule says something else now.
    RuleChanged,
    /// The day that the due day is counted from is another one.
    AnchorMoved,
    /// A leave, an exemption, the wait for a seat, or an extension moves the due day.
    ClockMoved,
    /// The person is no longer in the audience.
    LeftAudience,
    /// The rule has ended.
    RuleEnded,
    /// The order was taken back.
    Withdrawn,
    /// The person has left the organisation.
    LeftOrganisation,
    /// A completion has met it.
    Completed {
        /// The completion, by the caller's number.
        completion: u32,
    },
    /// It can be assigned now, or need not be.
    NoLongerParked,
    /// It could not be assigned as ruled.
    Unassignable(ParkedBecause),
}

/// What is done.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// A cycle begins. Its reasons follow.
    Assign(Obligation),
    /// A cycle is noted for what was done before a rule wanted it. It is completed from the beginning,
    /// so that it counts, and runs out, like any other. Its reasons follow.
    Credit(Obligation),
    /// A reason is added.
    AddReason(Reason),
    /// The reason of this source stands otherwise.
    ChangeReason(Reason),
    /// The reason of this source goes.
    RemoveReason(Source),
    /// What follows from the reasons is different.
    ChangeHead {
        /// What it was.
        from: Head,
        /// What it is.
        to: Head,
    },
    /// A cycle ends.
    Close {
        /// Its days, with how it ended, and how far it covers.
        days: Boundaries,
        /// The completion, by the caller's number.
        by: Option<u32>,
    },
    /// What a completed cycle covers is different: by a completion between two cycles, or because
    /// a major version asks for retraining.
    Cover {
        /// The last covered day.
        expires_on: Option<Day>,
        /// When the next cycle opens.
        window_on: Option<Day>,
    },
    /// It waits for somebody to decide.
    Park {
        /// By which rule.
        source: Source,
        /// Why.
        because: ParkedBecause,
    },
    /// It waits no longer.
    Unpark {
        /// By which rule.
        source: Source,
    },
}

/// One thing to do. Person, training and cycle say to what; for what is there already, also the
/// number of the obligation within the chunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Action {
    /// The number of the person within the chunk.
    pub person: u32,
    /// The training.
    pub training: u32,
    /// The cycle; nought where there is none.
    pub cycle: u32,
    /// The number of the obligation within the chunk; none for one that this plan makes.
    pub obligation: Option<u32>,
    /// The day on which it became so.
    pub day: Day,
    /// What is done.
    pub act: Act,
    /// Why.
    pub cause: Cause,
}

/// What became of one person for one demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// An obligation was made.
    Assigned,
    /// An obligation that was there is stronger or due earlier now.
    Strengthened,
    /// An obligation was there.
    AlreadyAssigned,
    /// A completion covers.
    AlreadyComplete,
    /// An exemption covers.
    Exempt,
    /// An obligation is there, and the person waits for a seat.
    Waitlisted,
    /// Somebody has to decide.
    Parked,
    /// It cannot be given to the person.
    NotEligible,
}

impl Outcome {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Assigned,
        Self::Strengthened,
        Self::AlreadyAssigned,
        Self::AlreadyComplete,
        Self::Exempt,
        Self::Waitlisted,
        Self::Parked,
        Self::NotEligible,
    ];

    /// The name in JSON and as a column heading.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Strengthened => "strengthened",
            Self::AlreadyAssigned => "already_assigned",
            Self::AlreadyComplete => "already_complete",
            Self::Exempt => "exempt",
            Self::Waitlisted => "waitlisted",
            Self::Parked => "parked",
            Self::NotEligible => "not_eligible",
        }
    }
}

/// How many people of an audience came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([u64; 8]);

impl Counts {
    /// How many came to this.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// How many there are: the audience.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Adds those of another chunk.
    pub fn join(&mut self, others: &Self) {
        for (sum, count) in self.0.iter_mut().zip(others.0) {
            *sum += count;
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    fn shift(&mut self, from: Outcome, to: Outcome) {
        if self.0[from as usize] > 0 {
            self.0[from as usize] -= 1;
            self.0[to as usize] += 1;
        }
    }
}

/// What has to be done so that what should be is, for the people of a chunk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// In the order in which they are to be carried out: by person, training and time.
    pub actions: Vec<Action>,
    /// For each demand of the book, what became of its audience.
    pub counts: Vec<Counts>,
    /// The same person by person, where [`plan_telling`](super::plan_telling) was asked.
    pub outcomes: Option<Vec<Told>>,
}

/// What became of one person for one demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The number of the person within the chunk.
    pub person: u32,
    /// The number of the demand in the book.
    pub demand: u32,
    /// What became of them.
    pub outcome: Outcome,
}

impl Plan {
    /// Whether nothing has to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    pub(super) fn tell(&mut self, person: u32, demand: u32, outcome: Outcome) {
        self.counts[demand as usize].add(outcome);
        if let Some(told) = &mut self.outcomes {
            told.push(Told { person, demand, outcome });
        }
    }

    /// Somebody came to something else after all.
    pub(super) fn retell(&mut self, person: u32, demand: u32, from: Outcome, to: Outcome) {
        self.counts[demand as usize].shift(from, to);
        let Some(told) = &mut self.outcomes else { return };
        let first = told.partition_point(|one| one.person < person);
        let own = told[first..].iter_mut().take_while(|one| one.person == person);
        for one in own.filter(|one| (one.demand, one.outcome) == (demand, from)) {
            one.outcome = to;
        }
    }

    /// What became of all demands together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.counts.iter().for_each(|counts| total.join(counts));
        total
    }
}

impl Obligation {
    /// What follows from its reasons, as it is stored.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            kind: self.kind,
            due_on: self.days.due_on,
            overdue_on: self.days.overdue_on,
            baseline_due_on: self.days.baseline_due_on,
            pauses: self.pauses,
        }
    }

    /// With what follows from other reasons.
    #[must_use]
    pub fn with_head(mut self, head: Head) -> Self {
        self.kind = head.kind;
        self.pauses = head.pauses;
        self.days.due_on = head.due_on;
        self.days.overdue_on = head.overdue_on;
        self.days.baseline_due_on = head.baseline_due_on;
        self
    }
}
