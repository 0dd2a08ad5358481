//! Statements over skills and what job roles require.

use uuid::Uuid;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{row, statements};
use crate::kernel::text::Day;

statements! {
    SKILL = "SELECT k.id, k.code, k.code_key, k.name, k.description, k.category, k.archived_at,
                    k.created_at, k.updated_at
             FROM skills k WHERE k.id = $1";

    SKILLS_NAMED = "SELECT k.id, k.code, k.code_key, k.name, k.description, k.category, k.archived_at,
                           k.created_at, k.updated_at
                    FROM skills k WHERE k.code_key = $1 OR k.name_key = $1 ORDER BY k.code_key";

    /// For \"did you mean\".
    ALL_NAMES = "SELECT k.code, k.name FROM skills k ORDER BY k.code_key";

    /// The trainings that are given and teach a skill, in the version that they are given in.
    TAUGHT_BY = "SELECT t.code, t.title, s.level
                 FROM training_skills s
                 JOIN training_versions v ON v.id = s.version_id
                 JOIN trainings t ON t.id = v.training_id
                 WHERE s.skill_id = $1 AND t.removed_at IS NULL AND t.status = 'published'
                   AND NOT EXISTS (SELECT 1 FROM training_versions w
                                   WHERE w.training_id = v.training_id AND w.state = 'published'
                                     AND (w.major, w.minor) > (v.major, v.minor))
                 ORDER BY s.level DESC, t.code_key";

    /// The job roles that require a skill on a day.
    REQUIRED_BY = "SELECT u.code, u.name, q.level, q.valid_from, q.valid_until
                   FROM skill_requirements q JOIN units u ON u.id = q.job_role_id
                   WHERE q.skill_id = $1 AND q.retracted_at IS NULL AND q.valid_from <= $2
                     AND (q.valid_until > $2 OR q.valid_until IS NULL)
                   ORDER BY u.code_key";

    /// The job roles that require a skill on a day, or will.
    REQUIRED_FROM_ON = "SELECT u.code, u.name, q.level, q.valid_from, q.valid_until
                        FROM skill_requirements q JOIN units u ON u.id = q.job_role_id
                        WHERE q.skill_id = $1 AND q.retracted_at IS NULL
                          AND (q.valid_until > $2 OR q.valid_until IS NULL)
                        ORDER BY u.code_key, q.valid_from";

    /// What a job role requires on a day.
    REQUIREMENTS_OF = "SELECT k.code, k.name, q.level, q.valid_from, q.valid_until
                       FROM skill_requirements q JOIN skills k ON k.id = q.skill_id
                       WHERE q.job_role_id = $1 AND q.retracted_at IS NULL AND q.valid_from <= $2
                         AND (q.valid_until > $2 OR q.valid_until IS NULL)
                       ORDER BY k.code_key";

    /// All that is believed of one skill in one job role.
    SPANS = "SELECT id, level, valid_from, valid_until FROM skill_requirements
             WHERE job_role_id = $1 AND skill_id = $2 AND retracted_at IS NULL ORDER BY valid_from";
}

/// The columns of a [`SkillRow`]; conditions follow, in which `k` is a skill.
pub(super) const SKILLS_FROM: &str = "
SELECT k.id, k.code, k.code_key, k.name, k.description, k.category, k.archived_at, k.created_at,
       k.updated_at
FROM skills k
WHERE";

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct SkillRow {
        pub(crate) id: Uuid,
        pub(crate) code: String,
        pub(crate) code_key: String,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) category: Option<String>,
        pub(crate) archived_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

row! {
    pub(super) struct NamesRow {
        pub(super) code: String,
        pub(super) name: String,
    }
}

row! {
    pub(super) struct TaughtRow {
        pub(super) code: String,
        pub(super) title: String,
        pub(super) level: i64,
    }
}

row! {
    pub(super) struct RequirementRow {
        pub(super) code: String,
        pub(super) name: String,
        pub(super) level: i64,
        pub(super) valid_from: Day,
        pub(super) valid_until: Option<Day>,
    }
}

row! {
    pub(super) struct SpanRow {
        pub(super) id: Uuid,
        pub(super) level: i64,
        pub(super) valid_from: Day,
        pub(super) valid_until: Option<Day>,
    }
}
