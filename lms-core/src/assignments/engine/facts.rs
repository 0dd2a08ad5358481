//! What is so: the people of a chunk, in columns.
//!
//! A chunk holds as many people as one likes to keep in memory, some thousands; memory is that of
//! one chunk, whoever many there are. Ids are numbers that the caller gives and understands. A row
//! is pushed for a person at a time and put in order then, so that deciding only reads forward.

use super::leave::{Pause, join_pauses};
use super::reasons::{Extension, Kind, Reason, Source};
use super::rulebook::row;
use super::status::{Boundaries, ClosedAs};
use crate::kernel::text::Day;

/// A time of employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spell {
    /// The first day.
    pub hired_on: Day,
    /// The first day after it.
    pub gone_on: Option<Day>,
}

/// A time in which a person is in an audience. Who comes back has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Membership {
    /// The audience.
    pub audience: u32,
    /// The first day.
    pub joined_on: Day,
    /// The first day after it.
    pub left_on: Option<Day>,
    /// The day on which that was recorded, where it was later: nothing is given before it.
    pub known_on: Day,
}

impl Membership {
    /// In an audience since a day, which was known by then.
    #[must_use]
    pub fn known(audience: u32, joined_on: Day) -> Self {
        Self { audience, joined_on, left_on: None, known_on: joined_on }
    }

    /// Whether it holds on a day, as far as it was known by then.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.joined_on.max(self.known_on) <= day && self.left_on.is_none_or(|left| day < left)
    }
}

/// A person need not, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    /// From what.
    pub training: u32,
    /// When.
    pub time: Pause,
}

/// A person has done something. What was revoked is not given to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Completion {
    /// What was done.
    pub training: u32,
    /// When.
    pub completed_on: Day,
    /// Which completion it is, by the caller's number.
    pub number: u32,
    /// The major version that was done.
    pub major: u32,
    /// The last covered day, where the evidence itself says one; what a rule makes of it is not
    /// told here but computed.
    pub valid_until: Option<Day>,
}

/// Somebody waits for a decision about what could not be assigned as ruled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parked {
    /// What.
    pub training: u32,
    /// By which rule.
    pub source: Source,
    /// Nothing, or what was decided: to assign it with this due day or without one.
    pub decided: Option<Decided>,
}

/// What somebody decided about what was parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decided {
    /// It is assigned and due then.
    pub due_on: Option<Day>,
}

/// A reason is taken back by whoever gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Withdrawal {
    /// Of what.
    pub training: u32,
    /// Which reason.
    pub source: Source,
    /// Also where the person has begun.
    pub even_started: bool,
}

/// An obligation as it stands: one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obligation {
    /// What has to be done.
    pub training: u32,
    /// Which turn of it, from one.
    pub cycle: u32,
    /// Its days.
    pub days: Boundaries,
    /// Its kind.
    pub kind: Kind,
    /// Whether leaves stop its clock.
    pub pauses: bool,
    /// The time in which the person waits, or waited, for a seat.
    pub waiting: Option<Pause>,
    /// A later due day that was granted.
    pub extension: Option<Extension>,
    /// The completion that closed it, by the caller's number.
    pub closed_by: Option<u32>,
}

impl Obligation {
    /// Whether it is neither done nor cancelled.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.days.closed_on.is_none()
    }

    /// Whether it stands for what was done before it was wanted, and so was never to be done.
    #[must_use]
    pub fn is_credit(&self) -> bool {
        let days = &self.days;
        let at_once = days.closed_on == Some(days.assigned_on) && days.due_on.is_none();
        at_once && days.closed_as == Some(ClosedAs::Completed)
    }
}

/// One person, to be pushed into [`Facts`]. Rows may come in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// The day it is for this person, or the day asked about.
    pub today: Day,
    /// Times of employment.
    pub spells: Vec<Spell>,
    /// Audiences.
    pub memberships: Vec<Membership>,
    /// Leaves.
    pub leaves: Vec<Pause>,
    /// Exemptions.
    pub exemptions: Vec<Exemption>,
    /// Completions that stand.
    pub completions: Vec<Completion>,
    /// For each training the obligation that is open, and the last that was completed, with their
    /// reasons; others do not disturb.
    pub obligations: Vec<(Obligation, Vec<Reason>)>,
    /// What is parked.
    pub parked: Vec<Parked>,
    /// What is taken back by this act.
    pub withdrawals: Vec<Withdrawal>,
}

impl PersonFacts {
    /// A person of whom nothing is known.
    #[must_use]
    pub fn new(today: Day) -> Self {
        Self {
            today,
            spells: Vec::new(),
            memberships: Vec::new(),
            leaves: Vec::new(),
            exemptions: Vec::new(),
            completions: Vec::new(),
            obligations: Vec::new(),
            parked: Vec::new(),
            withdrawals: Vec::new(),
        }
    }

    /// A person who was hired on a day and is still there.
    #[must_use]
    pub fn employed(today: Day, hired_on: Day) -> Self {
        let spells = vec![Spell { hired_on, gone_on: None }];
        Self { spells, ..Self::new(today) }
    }
}

/// Rows of one kind: those of a person lie together.
#[derive(Debug, Clone)]
struct Rows<T> {
    starts: Vec<u32>,
    rows: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { starts: vec![0], rows: Vec::new() }
    }
}

impl<T> Rows<T> {
    fn push(&mut self, rows: &mut Vec<T>) {
        self.rows.append(rows);
        self.starts.push(row(self.rows.len()));
    }

    fn of(&self, at: usize) -> &[T] {
        &self.rows[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn clear(&mut self) {
        self.starts.truncate(1);
        self.rows.clear();
    }
}

/// The people of a chunk.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    today: Vec<Day>,
    spells: Rows<Spell>,
    memberships: Rows<Membership>,
    leaves: Rows<Pause>,
    exemptions: Rows<Exemption>,
    completions: Rows<Completion>,
    obligations: Rows<Obligation>,
    /// By obligation, not by person.
    reasons: Rows<Reason>,
    parked: Rows<Parked>,
    withdrawals: Rows<Withdrawal>,
}

impl Facts {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.today.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.today.is_empty()
    }

    /// Forgets everybody and keeps the memory, for the next chunk.
    pub fn clear(&mut self) {
        self.today.clear();
        self.spells.clear();
        self.memberships.clear();
        self.leaves.clear();
        self.exemptions.clear();
        self.completions.clear();
        self.obligations.clear();
        self.reasons.clear();
        self.parked.clear();
        self.withdrawals.clear();
    }

    /// Adds a person and empties the rows, so that they can be filled again. Says its number.
    pub fn push(&mut self, person: &mut PersonFacts) -> u32 {
        person.spells.sort_unstable();
        person.memberships.sort_unstable();
        join_pauses(&mut person.leaves);
        person.exemptions.sort_unstable();
        person.completions.sort_unstable();
        person.completions.dedup();
        person.obligations.sort_by_key(|(obligation, _)| (obligation.training, obligation.cycle));
        person.parked.sort_unstable();
        person.withdrawals.sort_unstable();

        let number = row(self.today.len());
        self.today.push(person.today);
        self.spells.push(&mut person.spells);
        self.memberships.push(&mut person.memberships);
        self.leaves.push(&mut person.leaves);
        self.exemptions.push(&mut person.exemptions);
        self.completions.push(&mut person.completions);
        for (obligation, mut reasons) in person.obligations.drain(..) {
            self.obligations.rows.push(obligation);
            self.reasons.push(&mut reasons);
        }
        self.obligations.starts.push(row(self.obligations.rows.len()));
        self.parked.push(&mut person.parked);
        self.withdrawals.push(&mut person.withdrawals);
        number
    }

    /// Everything about one person.
    #[must_use]
    pub fn person(&self, number: u32) -> PersonView<'_> {
        let at = number as usize;
        PersonView {
            number,
            today: self.today[at],
            spells: self.spells.of(at),
            memberships: self.memberships.of(at),
            leaves: self.leaves.of(at),
            exemptions: self.exemptions.of(at),
            completions: self.completions.of(at),
            obligations: self.obligations.of(at),
            first_obligation: self.obligations.starts[at],
            reasons: &self.reasons,
            parked: self.parked.of(at),
            withdrawals: self.withdrawals.of(at),
        }
    }

    /// Everything about one person, to change and to push elsewhere.
    #[must_use]
    pub fn to_person(&self, number: u32) -> PersonFacts {
        let view = self.person(number);
        let with_reasons =
            |(at, obligation): (usize, &Obligation)| (*obligation, view.reasons_of(at).to_vec());
        PersonFacts {
            today: view.today,
            spells: view.spells.to_vec(),
            memberships: view.memberships.to_vec(),
            leaves: view.leaves.to_vec(),
            exemptions: view.exemptions.to_vec(),
            completions: view.completions.to_vec(),
            obligations: view.obligations.iter().enumerate().map(with_reasons).collect(),
            parked: view.parked.to_vec(),
            withdrawals: view.withdrawals.to_vec(),
        }
    }
}

/// The rows of one person.
#[derive(Debug, Clone, Copy)]
pub struct PersonView<'a> {
    /// The number within the chunk.
    pub number: u32,
    /// The day it is for this person.
    pub today: Day,
    /// Times of employment, in order.
    pub spells: &'a [Spell],
    /// Audiences, in order of their numbers and then of time.
    pub memberships: &'a [Membership],
    /// Leaves, in order and joined.
    pub leaves: &'a [Pause],
    /// Exemptions, by training and time.
    pub exemptions: &'a [Exemption],
    /// Completions, by training and time.
    pub completions: &'a [Completion],
    /// Obligations, by training and cycle.
    pub obligations: &'a [Obligation],
    /// The number that the first obligation has within the chunk.
    pub first_obligation: u32,
    reasons: &'a Rows<Reason>,
    /// What is parked, by training.
    pub parked: &'a [Parked],
    /// What is taken back.
    pub withdrawals: &'a [Withdrawal],
}

impl<'a> PersonView<'a> {
    /// The reasons of one of the obligations.
    #[must_use]
    pub fn reasons_of(&self, at: usize) -> &'a [Reason] {
        self.reasons.of(self.first_obligation as usize + at)
    }

    /// The place of a cycle of a training among the obligations.
    #[must_use]
    pub fn cycle(&self, training: u32, cycle: u32) -> Option<usize> {
        let key = |one: &Obligation| (one.training, one.cycle);
        self.obligations.binary_search_by_key(&(training, cycle), key).ok()
    }

    /// The completions of a training, in order.
    #[must_use]
    pub fn completions_of(&self, training: u32) -> &'a [Completion] {
        part(self.completions, training, |completion| completion.training)
    }

    /// The exemptions from a training, in order.
    #[must_use]
    pub fn exemptions_of(&self, training: u32) -> &'a [Exemption] {
        part(self.exemptions, training, |exemption| exemption.training)
    }

    /// The exemption from a training that covers a day.
    #[must_use]
    pub fn exemption_on(&self, training: u32, day: Day) -> Option<Exemption> {
        self.exemptions_of(training).iter().copied().find(|exemption| exemption.time.covers(day))
    }

    /// The time of employment that a day belongs to: the latest that has begun, else the first.
    #[must_use]
    pub fn spell_on(&self, day: Day) -> Option<Spell> {
        let begun = self.spells.partition_point(|spell| spell.hired_on <= day);
        self.spells.get(begun.saturating_sub(1)).copied()
    }

    /// The day since which the person is gone, if that is so on a day.
    #[must_use]
    pub fn gone_since(&self, day: Day) -> Option<Day> {
        self.spell_on(day)?.gone_on.filter(|gone_on| *gone_on <= day)
    }
}

/// The part of sorted rows that belongs to a training.
fn part<T>(rows: &[T], training: u32, of: impl Fn(&T) -> u32) -> &[T] {
    if rows.is_empty() {
        return rows;
    }
    let start = rows.partition_point(|row| of(row) < training);
    let length = rows[start..].iter().take_while(|row| of(row) == training).count();
    &rows[start..start + length]
}
