//! Questions about many people at once.

use uuid::Uuid;

use super::sql::{ModuleRow, PassedRow};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::row;
use crate::kernel::text::Day;

/// Trainings of which something was published; which, follows.
pub(super) const PUBLISHED_TRAININGS: &str = "
SELECT t.id, t.code, t.code_key FROM trainings t
WHERE t.removed_at IS NULL
  AND EXISTS (SELECT 1 FROM training_versions v WHERE v.training_id = t.id AND v.state = 'published')";

/// What people have begun and not ended; people and trainings follow.
pub(super) const BEGUN: &str = "
SELECT a.id, a.person_id, a.training_id, a.version_id, a.started_on,
       COALESCE(x.preferred_name, x.first_name) || ' ' || x.last_name
FROM assignments a JOIN persons x ON x.id = a.person_id AND x.closed_as IS NULL
WHERE a.retracted_at IS NULL AND a.closed_on IS NULL
  AND a.started_on IS NOT NULL AND a.version_id IS NOT NULL
  AND (a.waiting_from IS NULL OR a.waiting_until IS NOT NULL)
  AND a.person_id IN (ids?)";

/// How far they are in modules; assignments follow.
pub(super) const MODULES_OF_ALL: &str = "
SELECT assignment_id, module, percent, seconds, position, updated_at, recent_updates
FROM module_progress WHERE assignment_id IN (ids?)";

/// Their attempts that passed; assignments follow.
pub(super) const PASSED_OF_ALL: &str = "
SELECT a.assignment_id, q.code_key, a.points, a.points_max, a.submitted_at
FROM quiz_attempts a JOIN quizzes q ON q.id = a.quiz_id
WHERE a.passed = TRUE AND a.assignment_id IN (ids?)";

/// What they acknowledged; assignments follow.
pub(super) const SIGNED_OF_ALL: &str = "
SELECT assignment_id, version_id, signed_at FROM acknowledgements WHERE assignment_id IN (ids?)";

row! {
    pub(super) struct CodeRow {
        pub(super) id: Uuid,
        pub(super) code: String,
        pub(super) code_key: String,
    }
}

row! {
    pub(super) struct BegunRow {
        pub(super) assignment_id: Uuid,
        pub(super) person_id: Uuid,
        pub(super) training_id: Uuid,
        pub(super) version_id: Uuid,
        pub(super) started_on: Day,
        pub(super) person: String,
    }
}

row! {
    pub(super) struct ModuleOfRow {
        assignment_id: Uuid,
        module: String,
        percent: i64,
        seconds: i64,
        position: Option<String>,
        updated_at: Timestamp,
        recent_updates: Option<Vec<u8>>,
    }
}

row! {
    pub(super) struct PassedOfRow {
        assignment_id: Uuid,
        code_key: String,
        points: i64,
        points_max: i64,
        submitted_at: Option<Timestamp>,
    }
}

row! {
    pub(super) struct SignedRow {
        pub(super) assignment_id: Uuid,
        pub(super) version_id: Uuid,
        pub(super) signed_at: Timestamp,
    }
}

impl ModuleOfRow {
    pub(super) fn into_parts(self) -> (Uuid, ModuleRow) {
        let Self { assignment_id, module, percent, seconds, position, updated_at, recent_updates } =
            self;
        (
            assignment_id,
            ModuleRow { module, percent, seconds, position, updated_at, recent_updates },
        )
    }
}

impl PassedOfRow {
    pub(super) fn into_parts(self) -> (Uuid, PassedRow) {
        let Self { assignment_id, code_key, points, points_max, submitted_at } = self;
        (assignment_id, PassedRow { code_key, points, points_max, submitted_at })
    }
}
