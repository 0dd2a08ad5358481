//! Statements over questions and quizzes.

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{row, statements};

statements! {
    /// The whole bank, without what is asked.
    BANK = "SELECT id, code, code_key, archived_at IS NOT NULL FROM questions ORDER BY code_key";

    QUESTION_KEY = "SELECT code_key FROM questions WHERE id = $1";

    QUIZ_KEY = "SELECT code_key FROM quizzes WHERE id = $1";

    TAGS = "SELECT tag, question_id FROM question_tags ORDER BY question_id, tag";

    /// What every quiz is made of now.
    QUIZ_DEFINITIONS = "SELECT q.id, q.code, q.code_key, q.version, q.archived_at, q.created_at,
                               q.updated_at, v.definition
                        FROM quizzes q
                        JOIN quiz_versions v ON v.quiz_id = q.id AND v.version = q.version
                        ORDER BY q.code_key";

    /// Trainings that ask for quizzes, in versions that people may be in.
    ASKED_BY = "SELECT DISTINCT q.code_key, t.code FROM training_quizzes u
                JOIN quizzes q ON q.id = u.quiz_id
                JOIN training_versions v ON v.id = u.version_id
                JOIN trainings t ON t.id = v.training_id
                WHERE t.removed_at IS NULL AND t.status <> 'archived'
                ORDER BY q.code_key, t.code";
}

row! {
    pub(crate) struct BankRow {
        pub(crate) id: Uuid,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) archived: bool,
    }
}

row! {
    pub(crate) struct TagRow {
        pub(crate) tag: String,
        pub(crate) question_id: Uuid,
    }
}

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct QuizRow {
        pub(crate) id: Uuid,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) version: i64,
        pub(crate) archived_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) definition: String,
    }
}

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct QuestionRow {
        pub(crate) id: Uuid,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) version: i64,
        pub(crate) archived_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) definition: String,
    }
}

row! {
    pub(crate) struct AskedRow {
        pub(crate) code_key: String,
        pub(crate) training: String,
    }
}

row! {
    pub(crate) struct KeyRow {
        pub(crate) id: Uuid,
        pub(crate) code_key: String,
    }
}

row! {
    pub(crate) struct QuestionVersionRow {
        pub(crate) question_id: Uuid,
        pub(crate) code: String,
        pub(crate) version: i64,
        pub(crate) definition: String,
    }
}

row! {
    pub(crate) struct QuizVersionRow {
        pub(crate) quiz_id: Uuid,
        pub(crate) code: String,
        pub(crate) version: i64,
        pub(crate) definition: String,
    }
}

/// All versions of these questions; ids follow.
pub(crate) const QUESTION_VERSIONS_OF: &str = "
SELECT v.question_id, q.code, v.version, v.definition
FROM question_versions v
JOIN questions q ON q.id = v.question_id
WHERE v.question_id IN (ids?)";

/// All versions of these quizzes; ids follow.
pub(crate) const QUIZ_VERSIONS_OF: &str = "
SELECT v.quiz_id, q.code, v.version, v.definition
FROM quiz_versions v
JOIN quizzes q ON q.id = v.quiz_id
WHERE v.quiz_id IN (ids?)";

/// The columns of a [`QuestionRow`]; conditions follow.
pub(crate) const QUESTIONS_FROM: &str = "
SELECT q.id, q.code, q.code_key, q.version, q.archived_at, q.created_at, q.updated_at, v.definition
FROM questions q
JOIN question_versions v ON v.question_id = q.id AND v.version = q.version
WHERE";

/// The columns of a [`QuizRow`]; conditions follow.
pub(crate) const QUIZZES_FROM: &str = "
SELECT q.id, q.code, q.code_key, q.version, q.archived_at, q.created_at, q.updated_at, v.definition
FROM quizzes q
JOIN quiz_versions v ON v.quiz_id = q.id AND v.version = q.version
WHERE";

/// The tags of these questions; ids follow.
pub(crate) const TAGS_OF: &str = "SELECT tag, question_id FROM question_tags WHERE question_id IN (ids?) ORDER BY question_id, tag";

/// Takes the tags of these questions away, to write them anew.
pub(crate) const DELETE_TAGS_OF: &str = "DELETE FROM question_tags WHERE question_id IN (ids?)";
