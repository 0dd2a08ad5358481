//! Statements over attempts and answers.

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::schema::{MODULE_PROGRESS, QUIZ_ANSWERS, QUIZ_ATTEMPTS};
use crate::kernel::db::{Assembly, Field, IdList, Tx, Value, bulk, row, statements};
use crate::kernel::error::Result;
use crate::kernel::text::Day;

statements! {
    /// The last cycle of an obligation.
    LAST_CYCLE = "SELECT id, version_id, started_on, closed_on FROM assignments
                  WHERE person_id = $1 AND training_id = $2 AND retracted_at IS NULL
                  ORDER BY cycle DESC LIMIT 1";

    MODULES_OF = "SELECT module, percent, seconds, position, updated_at, recent_updates
                  FROM module_progress
                  WHERE assignment_id = $1 ORDER BY module";

    /// What is remembered of a module in all cycles: an update that completed one is repeated in none.
    REMEMBERED = "SELECT recent_updates FROM module_progress
                  WHERE person_id = $1 AND training_id = $2 AND module = $3
                    AND recent_updates IS NOT NULL";

    SIGNED_AT = "SELECT signed_at FROM acknowledgements WHERE assignment_id = $1 AND version_id = $2";

    SIGN = "INSERT INTO acknowledgements (assignment_id, version_id, person_id, training_id, signed_at)
            VALUES ($1, $2, $3, $4, $5)";

    /// The attempts of one cycle that passed.
    PASSED = "SELECT q.code_key, a.points, a.points_max, a.submitted_at FROM quiz_attempts a
              JOIN quizzes q ON q.id = a.quiz_id
              WHERE a.assignment_id = $1 AND a.passed = TRUE ORDER BY a.number";

    /// How the attempts at a quiz in one cycle turned out, in order.
    ATTEMPTS_BEFORE = "SELECT id, state, submitted_at, passed FROM quiz_attempts
                       WHERE assignment_id = $1 AND quiz_id = $2 ORDER BY number";

    /// What a person and a training are called.
    NAMES = "SELECT COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, t.code
             FROM persons x CROSS JOIN trainings t WHERE x.id = $1 AND t.id = $2";

    /// Attempts whose time is over.
    OVERDUE = "SELECT id FROM quiz_attempts WHERE state = 'open' AND deadline_at <= $1
               ORDER BY deadline_at, id LIMIT $2";
}

row! {
    pub(super) struct CycleRow {
        pub(super) id: Uuid,
        pub(super) version_id: Option<Uuid>,
        pub(super) started_on: Option<Day>,
        pub(super) closed_on: Option<Day>,
    }
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct ModuleRow {
        pub(super) module: String,
        pub(super) percent: i64,
        pub(super) seconds: i64,
        pub(super) position: Option<String>,
        pub(super) updated_at: Timestamp,
        pub(super) recent_updates: Option<Vec<u8>>,
    }
}

row! {
    #[derive(Debug)]
    pub(super) struct PassedRow {
        pub(super) code_key: String,
        pub(super) points: i64,
        pub(super) points_max: i64,
        pub(super) submitted_at: Option<Timestamp>,
    }
}

row! {
    pub(super) struct NamesRow {
        pub(super) person: String,
        pub(super) training: String,
    }
}

row! {
    pub(super) struct BeforeRow {
        pub(super) id: Uuid,
        pub(super) state: String,
        pub(super) submitted_at: Option<Timestamp>,
        pub(super) passed: Option<bool>,
    }
}

row! {
    /// An attempt, with the names of what it refers to.
    #[derive(Debug, Clone)]
    pub(super) struct AttemptRow {
        pub(super) id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) assignment_id: Uuid,
        pub(super) training_id: Uuid,
        pub(super) version_id: Uuid,
        pub(super) module: String,
        pub(super) quiz_id: Uuid,
        pub(super) quiz_version: i64,
        pub(super) number: i64,
        pub(super) seed: Vec<u8>,
        pub(super) begun_at: Timestamp,
        pub(super) deadline_at: Option<Timestamp>,
        pub(super) submitted_at: Option<Timestamp>,
        pub(super) expired: bool,
        pub(super) state: String,
        pub(super) points: i64,
        pub(super) points_max: i64,
        pub(super) points_open: i64,
        pub(super) passed: Option<bool>,
        pub(super) updated_at: Timestamp,
        pub(super) person: String,
        pub(super) training: String,
        pub(super) quiz: String,
    }
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct AnswerRow {
        pub(super) attempt_id: Uuid,
        pub(super) number: i64,
        pub(super) section: i64,
        pub(super) question_id: Uuid,
        pub(super) question_version: i64,
        pub(super) answer: Option<String>,
        pub(super) state: Option<String>,
        pub(super) points: i64,
        pub(super) points_max: i64,
        pub(super) graded_by: Option<String>,
        pub(super) graded_at: Option<Timestamp>,
        pub(super) comment: Option<String>,
    }
}

row! {
    pub(super) struct WaitingRow {
        pub(super) attempt_id: Uuid,
        pub(super) number: i64,
    }
}

/// The columns of an [`AttemptRow`]; conditions follow, in which `a` is an attempt and `x` a person.
pub(super) const ATTEMPTS_FROM: &str = "
SELECT a.id, a.person_id, a.assignment_id, a.training_id, a.version_id, a.module, a.quiz_id,
       a.quiz_version, a.number, a.seed, a.begun_at, a.deadline_at, a.submitted_at, a.expired,
       a.state, a.points, a.points_max, a.points_open, a.passed, a.updated_at,
       COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name, t.code, q.code
FROM quiz_attempts a
JOIN persons x ON x.id = a.person_id
JOIN trainings t ON t.id = a.training_id
JOIN quizzes q ON q.id = a.quiz_id
WHERE";

/// Of these attempts; ids follow.
pub(super) const ANSWERS_OF: &str = "
SELECT attempt_id, number, section, question_id, question_version, answer, state, points,
       points_max, graded_by, graded_at, comment
FROM quiz_answers WHERE attempt_id IN (ids?) ORDER BY attempt_id, number";

/// Which answers of these attempts wait; ids follow.
pub(super) const WAITING_IN: &str = "
SELECT attempt_id, number FROM quiz_answers
WHERE attempt_id IN (ids?) AND state = 'waiting' ORDER BY attempt_id, number";

impl ModuleRow {
    /// As it is stored of somebody.
    pub(super) fn values(&self, assignment: Uuid, person: Uuid, training: Uuid) -> Vec<Value> {
        vec![
            assignment.into_value(),
            self.module.clone().into_value(),
            person.into_value(),
            training.into_value(),
            self.percent.into_value(),
            self.seconds.into_value(),
            self.position.clone().into_value(),
            self.updated_at.into_value(),
            self.recent_updates.clone().into_value(),
        ]
    }
}

/// Writes modules as they are now.
pub(super) async fn keep_modules(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
    bulk::upsert_by(tx, &MODULE_PROGRESS, &["assignment_id", "module"], rows).await.map(drop)
}

impl AttemptRow {
    fn into_values(self) -> Vec<Value> {
        vec![
            self.id.into_value(),
            self.person_id.into_value(),
            self.assignment_id.into_value(),
            self.training_id.into_value(),
            self.version_id.into_value(),
            self.module.into_value(),
            self.quiz_id.into_value(),
            self.quiz_version.into_value(),
            self.number.into_value(),
            self.seed.into_value(),
            self.begun_at.into_value(),
            self.deadline_at.into_value(),
            self.submitted_at.into_value(),
            self.expired.into_value(),
            self.state.into_value(),
            self.points.into_value(),
            self.points_max.into_value(),
            self.points_open.into_value(),
            self.passed.into_value(),
            self.updated_at.into_value(),
        ]
    }
}

impl AnswerRow {
    fn into_values(self) -> Vec<Value> {
        vec![
            self.attempt_id.into_value(),
            self.number.into_value(),
            self.section.into_value(),
            self.question_id.into_value(),
            self.question_version.into_value(),
            self.answer.into_value(),
            self.state.into_value(),
            self.points.into_value(),
            self.points_max.into_value(),
            self.graded_by.into_value(),
            self.graded_at.into_value(),
            self.comment.into_value(),
        ]
    }
}

/// Writes attempts as they are now, with their answers.
pub(super) async fn store(
    tx: &mut Tx,
    attempts: Vec<AttemptRow>,
    answers: Vec<AnswerRow>,
) -> Result<()> {
    let ids = IdList::new(attempts.iter().map(|row| row.id));
    let rows: Vec<_> = attempts.into_iter().map(AttemptRow::into_values).collect();
    bulk::upsert(tx, &QUIZ_ATTEMPTS, rows).await?;
    let gone = Assembly::new("DELETE FROM quiz_answers WHERE attempt_id IN (ids?)").bind_ids(&ids);
    gone.on(tx).run().await?;
    bulk::insert(tx, &QUIZ_ANSWERS, answers.into_iter().map(AnswerRow::into_values)).await?;
    Ok(())
}
