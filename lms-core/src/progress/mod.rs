//! How far people are: in the modules of what they do, in what they sign, and in quizzes, with every
//! answer and what waits to be graded.
//!
//! Owns `quiz_attempts`, `quiz_answers`, `module_progress` and `acknowledgements`. Promises that whoever
//! has done all that the version asks which they began has completed it, in the very transaction; that an attempt is graded by what it was asked,
//! whatever became of quiz and questions since; that one attempt at a time is open, and beginning
//! again gives the same sheet; that a time limit is one, whoever looks and whenever; that what is right
//! is told to nobody before an attempt is closed; and that nobody grades themselves.
//!
//! A draft of an answer is stored when it is acknowledged, and is no operation of the audit log: what
//! was handed in is. The same holds of steps within a module: beginning and end are operations. Steps of
//! many people that come at once share a transaction (`joined.rs`), and each is answered when it is
//! durable. What is missing to the end (`criteria.rs`), whether there may be another attempt (`limits.rs`) and what grades add up to
//! (`outcome.rs`) are pure. What is open beyond its time is closed by whoever looks next
//! (`overdue.rs`), as if it had been closed when its time was over.

mod types;
mod criteria;
mod limits;
mod outcome;
mod course;
mod starting;
mod by_assignment;
mod steps;
mod joined;
mod joined_sql;
mod modules;
mod signing;
mod marking;
mod settling;
mod report;
mod stored;
mod begin;
mod answer;
mod overdue;
mod grade;
mod find;
mod firsts;
mod reactions;
pub(crate) mod sql;

pub use criteria::Missing;
pub use find::{AttemptFilter, QueueFilter};
pub(crate) use firsts::{AskedQuestions, FirstAttempt, FirstsWanted, firsts};
pub(crate) use joined::drained;
pub use modules::ModuleUpdate;
pub(crate) use reactions::{people_erased, people_merged};
pub use report::{ModuleProgress, TrainingProgress};
pub use types::{
    Attempt, AttemptCard, AttemptState, GradedAnswer, Grading, NewAttempt, QueueEntry,
};

use serde_json::Value as Json;

use crate::assignments::{Assignment, AssignmentId};
use crate::kernel::access::{Actor, Permission};
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;

/// May see how far people are, and their attempts.
pub(crate) const READ: Permission = Permission::scoped("progress.read", "see how far people are");
/// May learn: take quizzes.
pub(crate) const WRITE: Permission = Permission::scoped("progress.write", "learn and take quizzes");
/// May say that somebody has done a training.
pub(crate) const MARK: Permission =
    Permission::scoped("progress.mark", "say that somebody has done a training");
/// May grade what a machine cannot.
pub(crate) const GRADE: Permission =
    Permission::scoped("quizzes.grade", "grade answers that wait for a person");

id! {
    /// An attempt at a quiz.
    AttemptId;
}

error_codes! {
    NOBODY = "progress.nobody", Invalid, "nobody is named, and the account belongs to nobody who learns";
    NOT_ASSIGNED = "progress.not_assigned", Precondition, "the training is not something that the person has to do or does";
    WAITLISTED = "progress.waitlisted", Precondition, "the person waits for a seat";
    NOT_ASKED = "progress.not_asked", NotFound, "the training does not ask this quiz";
    PASSED = "progress.passed", Refused, "the quiz is passed already";
    NO_ATTEMPT_LEFT = "progress.no_attempt_left", Refused, "all attempts at a quiz were made";
    UNGRADED = "progress.ungraded", Refused, "an attempt waits for somebody who grades";
    COOLING_DOWN = "progress.cooling_down", Refused, "the next attempt may not begin yet";
    ATTEMPT_UNKNOWN = "progress.attempt_unknown", NotFound, "there is no such attempt";
    ATTEMPT_CLOSED = "progress.attempt_closed", Refused, "an attempt was handed in already, or its time is over";
    ATTEMPT_OPEN = "progress.attempt_open", Precondition, "an attempt was not handed in yet";
    NOT_BY_HAND = "progress.not_by_hand", Invalid, "an answer is not one that a person grades";
    OWN_ATTEMPT = "progress.own_attempt", Refused, "nobody grades their own attempt";
    UNKNOWN_MODULE = "progress.module_unknown", NotFound, "the training has no such module in the version that was begun";
    PROGRESS_INVALID = "progress.invalid", Invalid, "a step within a module cannot be as it was reported";
    NOTHING_TO_SIGN = "progress.nothing_to_sign", Refused, "the training has no text to be acknowledged";
    OWN_MARK = "progress.own_mark", Refused, "nobody says of themselves that they have done it";
    DECIDED = "progress.decided", Refused, "a grade that decided about passing is not taken back";
}

/// How far people are; made by [`crate::Lms::progress`].
#[derive(Debug)]
pub struct Progress<'a> {
    pub(crate) core: &'a Core,
}

impl Progress<'_> {
    /// Begins a training that a person, oneself unless said, has to do: from now on they are in the
    /// version that is published now. Refused, with what is missing, while something else comes first.
    pub async fn start(
        &self,
        actor: &Actor,
        person: Option<&str>,
        training: &str,
    ) -> Result<Changed<TrainingProgress>> {
        actor.require(WRITE)?;
        starting::start(self.core, actor, person, training).await
    }

    /// Notes how far somebody came in a module; it is durable when this returns. The last step to the
    /// end completes the training. Updates that come at once share a commit; one whose caller goes away
    /// is noted or not, and with an id it can be sent again.
    pub async fn update(&self, actor: &Actor, update: ModuleUpdate) -> Result<TrainingProgress> {
        actor.require(WRITE)?;
        modules::update(self.core, actor, update).await
    }

    /// Acknowledges the text of a training, in the version that was begun. The second time changes
    /// nothing, and says so.
    pub async fn sign(
        &self,
        actor: &Actor,
        person: Option<&str>,
        training: &str,
    ) -> Result<Changed<TrainingProgress>> {
        actor.require(WRITE)?;
        signing::sign(self.core, actor, person, training).await
    }

    /// Says that somebody has done a training today, whatever else it asks for; never of oneself.
    pub async fn mark(
        &self,
        actor: &Actor,
        person: &str,
        training: &str,
    ) -> Result<TrainingProgress> {
        actor.require(MARK)?;
        marking::mark(self.core, actor, person, training).await
    }

    /// How far a person, oneself unless said, is in a training.
    pub async fn show(
        &self,
        actor: &Actor,
        person: Option<&str>,
        training: &str,
    ) -> Result<TrainingProgress> {
        actor.require(READ)?;
        report::show(self.core, actor, person, training).await
    }

    /// Begins an assignment, by its id; prerequisites have to be done.
    pub async fn start_assignment(
        &self,
        actor: &Actor,
        assignment: AssignmentId,
    ) -> Result<Changed<Assignment>> {
        actor.require(WRITE)?;
        by_assignment::start(self.core, actor, assignment).await
    }

    /// How far a person is in what was assigned to them, by the id of the assignment.
    pub async fn show_assignment(
        &self,
        actor: &Actor,
        assignment: AssignmentId,
    ) -> Result<TrainingProgress> {
        actor.require(READ)?;
        by_assignment::show(self.core, actor, assignment).await
    }

    /// Begins an attempt at a quiz of a training that one has to do. While an attempt is open it is
    /// given back as it is, and says so.
    pub async fn begin_attempt(
        &self,
        actor: &Actor,
        new: NewAttempt,
    ) -> Result<Changed<AttemptCard>> {
        actor.require(WRITE)?;
        begin::begin(self.core, actor, new).await
    }

    /// Keeps answers of an open attempt: an object with a field for each answer that is new, by the
    /// key of its question; `null` takes one back. They are there when this returns.
    pub async fn save_answers(
        &self,
        actor: &Actor,
        attempt: &str,
        answers: &Json,
    ) -> Result<Attempt> {
        actor.require(WRITE)?;
        answer::save(self.core, actor, attempt, answers).await
    }

    /// Hands an attempt in, with answers beside those that were saved, and grades what a machine can
    /// grade. What comes when the time is over is not looked at: what was saved counts. Handing in
    /// again changes nothing, and says so.
    pub async fn submit_attempt(
        &self,
        actor: &Actor,
        attempt: &str,
        answers: Option<&Json>,
    ) -> Result<Changed<AttemptCard>> {
        actor.require(WRITE)?;
        answer::submit(self.core, actor, attempt, answers).await
    }

    /// Attempts, the newest first.
    pub async fn attempts(&self, actor: &Actor, filter: AttemptFilter) -> Result<Page<Attempt>> {
        actor.require(READ)?;
        find::attempts(self.core, actor, filter).await
    }

    /// An attempt with its sheet and its answers. What each of them earned is told when the attempt is
    /// closed, and what would have been right when the person can make no other one.
    pub async fn attempt(&self, actor: &Actor, attempt: &str) -> Result<AttemptCard> {
        actor.require(READ)?;
        find::attempt(self.core, actor, attempt).await
    }

    /// Attempts with answers that wait for a person, the oldest first.
    pub async fn grading_queue(
        &self,
        actor: &Actor,
        filter: QueueFilter,
    ) -> Result<Page<QueueEntry>> {
        actor.require(GRADE)?;
        find::queue(self.core, actor, filter).await
    }

    /// Grades answers by hand, never one's own; an answer that was graded can be graded again until it
    /// would undo that the attempt passed. Nothing happens, and it says so, where all was so already.
    pub async fn grade_attempt(
        &self,
        actor: &Actor,
        attempt: &str,
        grading: Grading,
    ) -> Result<Changed<Attempt>> {
        actor.require(GRADE)?;
        grade::grade(self.core, actor, attempt, grading).await
    }
}
