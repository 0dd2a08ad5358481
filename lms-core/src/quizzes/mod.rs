//! What is asked: a bank of questions, and the quizzes that ask them.
//!
//! Owns `questions`, `question_versions`, `question_tags`, `quizzes` and `quiz_versions`. Promises
//! that a version is never changed, so that what an attempt saw can be explained for ever; that a
//! quiz which is given can always be asked in full; and that a [`Sheet`] holds nothing of what is
//! right.
//!
//! Definitions are documents, the same in files, in JSON and in the database, with one reader
//! (`read.rs`) that tells everything that is wrong at once. Grading (`grade.rs`), scores
//! (`score.rs`), the drawing of questions (`bank.rs`) and the layout of a sheet (`sheet.rs`) are pure
//! functions, exact and repeatable. Attempts, with their limits and the queue of what waits for a
//! person, are those of `progress`, which gets its papers here (`papers.rs`). `exchange/` knows how
//! other programs write questions; `delivery.rs` lets them land over what is there, and `undo.rs`
//! takes that back.

mod decimal;
mod number;
mod wording;
mod definition;
mod problems;
mod fields;
mod read;
mod quiz_definition;
mod grade;
mod score;
mod chance;
mod bank;
mod sheet;
mod answers;
mod choosing;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;
mod types;
mod inputs;
mod wanted;
mod file;
mod find;
mod save;
mod change;
mod import;
mod exchange;
mod delivery;
mod export;
pub(crate) mod undo;
mod preview;
mod papers;
pub(crate) mod sql;

pub(crate) use answers::Answers;
pub use answers::{GradedQuestion, GradedSheet};
pub use chance::Seed;
pub(crate) use choosing::Offered;
pub use decimal::Points;
pub use definition::QuestionKind;
#[cfg(test)]
pub(crate) use delivery::landed;
pub(crate) use delivery::{QuestionFate, SaidQuestion, deliver};
#[cfg(test)]
pub(crate) use exchange::write;
pub(crate) use exchange::{Foreign, Unfit, of_row, read_gift, read_moodle};
pub use exchange::{QuestionExport, QuestionFormat, Unsaid};
pub use file::{QuizFile, QuizFileFormat};
pub use find::{QuestionFilter, QuizFilter};
pub(crate) use find::{codes_of, given, quiz_row, quizzes_called};
pub use grade::{Grade, GradeState};
pub use import::{QuizImported, QuizPlan};
pub use inputs::{NewQuestion, NewQuiz, QuestionChange, QuizChange};
pub(crate) use papers::{Pin, Pinned, draw, laid_out, newest};
pub use preview::{KeyEntry, QuizPreview};
pub use problems::Problem;
#[cfg(test)]
pub(crate) use problems::Problems;
#[cfg(test)]
pub(crate) use properties::documents;
pub(crate) use quiz_definition::QuizDefinition;
pub use save::{ImportStep, StepAction};
pub use score::Score;
pub(crate) use score::score;
pub(crate) use sheet::Paper;
pub use sheet::{Sheet, SheetOption, SheetQuestion, SheetSection};
pub use types::{Question, Quiz};
#[cfg(test)]
pub(crate) use wanted::Wanted;

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::Page;
use crate::operations::Changed;

/// May see questions with what is right, and quizzes.
pub(crate) const READ: Permission =
    Permission::new("quizzes.read", "see questions with their answers, and quizzes");
/// May make and change questions and quizzes.
pub(crate) const WRITE: Permission =
    Permission::new("quizzes.write", "make or change questions and quizzes");

id! {
    /// A question.
    QuestionId;
    /// A quiz.
    QuizId;
}

error_codes! {
    INVALID = "quizzes.invalid", Invalid, "a question or quiz cannot be as it was written";
    FILE_INVALID = "quizzes.file", Invalid, "a file with questions and quizzes cannot be read";
    ANSWERS_INVALID = "quizzes.answers", Invalid, "answers do not fit the sheet they were given to";
    QUESTION_UNKNOWN = "quizzes.question_unknown", NotFound, "there is no such question";
    QUESTION_EXISTS = "quizzes.question_exists", Conflict, "a question has this code already";
    IN_USE = "quizzes.in_use", Refused, "a quiz could no longer be asked in full, or a training asks for it";
    QUIZ_UNKNOWN = "quizzes.quiz_unknown", NotFound, "there is no such quiz";
    QUIZ_EXISTS = "quizzes.quiz_exists", Conflict, "a quiz has this code already";
    STALE = "quizzes.stale", Stale, "the question or quiz changed since it was read";
}

/// Questions and quizzes; made by [`crate::Lms::quizzes`].
#[derive(Debug)]
pub struct Quizzes<'a> {
    pub(crate) core: &'a Core,
    pub(crate) unchanged_since: Option<Timestamp>,
}

impl Quizzes<'_> {
    /// Lets the next change of a question or quiz happen only if nobody changed it after this
    /// instant, which is the `updated_at` that the caller saw. No two writes have the same one.
    #[must_use]
    pub fn unchanged_since(mut self, updated_at: Option<Timestamp>) -> Self {
        self.unchanged_since = updated_at;
        self
    }

    /// Adds a question to the bank.
    pub async fn add_question(&self, actor: &Actor, new: NewQuestion) -> Result<Changed<Question>> {
        actor.require(WRITE)?;
        change::add_question(self.core, actor, new).await
    }

    /// Adds questions to the bank, all or none.
    pub async fn add_questions(
        &self,
        actor: &Actor,
        new: Vec<NewQuestion>,
    ) -> Result<Vec<Question>> {
        actor.require(WRITE)?;
        change::add_questions(self.core, actor, new).await
    }

    /// Changes a question: a new version, and attempts keep theirs. Nothing happens, and it says so,
    /// where all was so already.
    pub async fn edit_question(
        &self,
        actor: &Actor,
        code: &str,
        change: QuestionChange,
    ) -> Result<Changed<Question>> {
        actor.require(WRITE)?;
        change::edit_question(self, actor, "question.changed", code, change).await
    }

    /// Takes a question out of use; refused while a quiz cannot do without it.
    pub async fn archive_question(&self, actor: &Actor, code: &str) -> Result<Changed<Question>> {
        actor.require(WRITE)?;
        let change = QuestionChange::new().set("archived", true);
        change::edit_question(self, actor, "question.archived", code, change).await
    }

    /// Takes an archived question into use again.
    pub async fn restore_question(&self, actor: &Actor, code: &str) -> Result<Changed<Question>> {
        actor.require(WRITE)?;
        let change = QuestionChange::new().set("archived", false);
        change::edit_question(self, actor, "question.restored", code, change).await
    }

    /// The questions of the bank by code.
    pub async fn questions(&self, actor: &Actor, filter: QuestionFilter) -> Result<Page<Question>> {
        actor.require(READ)?;
        find::questions(self.core, filter).await
    }

    /// How many questions a list has on all its pages.
    pub async fn count_questions(&self, actor: &Actor, filter: &QuestionFilter) -> Result<i64> {
        actor.require(READ)?;
        find::count_questions(self.core, filter).await
    }

    /// One question by its code or id.
    pub async fn question(&self, actor: &Actor, code: &str) -> Result<Question> {
        actor.require(READ)?;
        find::question(self.core, code).await
    }

    /// Writes questions for another program, and says what of them its format cannot say. What is
    /// written is imported again as it was.
    pub async fn export_questions(
        &self,
        actor: &Actor,
        filter: QuestionFilter,
        format: QuestionFormat,
    ) -> Result<QuestionExport> {
        actor.require(READ)?;
        export::questions(self.core, filter, format).await
    }

    /// Makes a quiz; refused with all that is wrong with it.
    pub async fn add_quiz(&self, actor: &Actor, new: NewQuiz) -> Result<Changed<Quiz>> {
        actor.require(WRITE)?;
        change::add_quiz(self.core, actor, new).await
    }

    /// Changes a quiz: a new version, and attempts keep theirs. Nothing happens, and it says so,
    /// where all was so already.
    pub async fn edit_quiz(
        &self,
        actor: &Actor,
        code: &str,
        change: QuizChange,
    ) -> Result<Changed<Quiz>> {
        actor.require(WRITE)?;
        change::edit_quiz(self, actor, code, change).await
    }

    /// The quizzes by code.
    pub async fn quizzes(&self, actor: &Actor, filter: QuizFilter) -> Result<Page<Quiz>> {
        actor.require(READ)?;
        find::quizzes(self.core, filter).await
    }

    /// How many quizzes a list has on all its pages.
    pub async fn count_quizzes(&self, actor: &Actor, filter: &QuizFilter) -> Result<i64> {
        actor.require(READ)?;
        find::count_quizzes(self.core, filter).await
    }

    /// One quiz by its code or id.
    pub async fn quiz(&self, actor: &Actor, code: &str) -> Result<Quiz> {
        actor.require(READ)?;
        find::quiz(self.core, code).await
    }

    /// A sheet with what is right beside it, for authors; the same seed gives the same sheet.
    pub async fn preview(&self, actor: &Actor, code: &str, seed: &Seed) -> Result<QuizPreview> {
        actor.require(READ)?;
        preview::preview(self.core, code, seed).await
    }

    /// What importing a file would do, and all that is wrong with it; nothing is changed. A file
    /// makes and changes what it names, and leaves everything else alone.
    pub async fn plan_import(&self, actor: &Actor, file: QuizFile) -> Result<QuizPlan> {
        actor.require(WRITE)?;
        import::plan(self.core, file).await
    }

    /// Does what a plan says, all or nothing; refused where it would do anything else by now.
    pub async fn import(&self, actor: &Actor, plan: QuizPlan) -> Result<QuizImported> {
        actor.require(WRITE)?;
        import::apply(self.core, actor, plan).await
    }

    /// Writes these quizzes with all that they can ask, or everything where none is named, as a file
    /// that can be imported.
    pub async fn export(&self, actor: &Actor, codes: &[String]) -> Result<QuizFile> {
        actor.require(READ)?;
        import::export(self.core, codes).await
    }
}
