//! Statements over rules.

use crate::kernel::db::statements;
use crate::kernel::error::{Error, Result};

statements! {
    /// What any rule asks for, in whatever version.
    RULED_TRAININGS = "SELECT training_id FROM rule_trainings WHERE training_id IS NOT NULL
                       UNION
                       SELECT u.training_id FROM rule_trainings n
                       JOIN path_trainings u ON u.path_id = n.path_id AND u.state = 'published'
                       WHERE n.path_id IS NOT NULL";

    RULE_ID = "SELECT id FROM rules WHERE id = $1";

    RULE_ID_BY_CODE = "SELECT id FROM rules WHERE code_key = $1";

    /// The draft goes, or becomes what was applied.
    DROP_DRAFT = "DELETE FROM rule_versions WHERE rule_id = $1 AND state = 'draft'";

    DROP_NAMED = "DELETE FROM rule_trainings WHERE rule_id = $1 AND version = $2";

    /// What was written on while something else was applied.
    RENUMBER_DRAFT = "UPDATE rule_versions SET version = $2 WHERE rule_id = $1 AND state = 'draft'";

    RENUMBER_NAMED = "UPDATE rule_trainings SET version = $3 WHERE rule_id = $1 AND version = $2";

    DRAFT_OF = "SELECT version, state, document FROM rule_versions
                WHERE rule_id = $1 AND state = 'draft'";

    VERSION_OF = "SELECT version, state, document FROM rule_versions
                  WHERE rule_id = $1 AND version = $2";

    /// The one that was recorded last, whenever it begins.
    LAST_PERIOD = "SELECT valid_from, status, version FROM rule_periods
                   WHERE rule_id = $1 ORDER BY recorded_at DESC LIMIT 1";

    CODES_OF_RULES = "SELECT code FROM rules ORDER BY code_key";

    /// Who did something to a rule, and when: no two writes share an instant.
    WHO_AND_WHEN = "SELECT o.recorded_at, o.actor FROM operation_changes h
                    JOIN operations o ON o.id = h.operation_id
                    WHERE h.subject_id = $1 AND h.subject_type = 'rule'";

    /// People who have it as a reason of something that is open.
    PEOPLE_WITH = "SELECT COUNT(DISTINCT a.person_id) FROM assignment_reasons r
                   JOIN assignments a ON a.id = r.assignment_id
                   WHERE r.source_id = $1 AND r.source = 'rule'
                     AND r.retracted_at IS NULL AND r.removed_on IS NULL
                     AND a.retracted_at IS NULL AND a.closed_on IS NULL";

    /// What was never applied goes without a trace but that in the log.
    DROP_RULE = "DELETE FROM rules WHERE id = $1";

    /// Only what somebody is called in it is ever changed in a version.
    SET_DOCUMENT = "UPDATE rule_versions SET document = $3 WHERE rule_id = $1 AND version = $2";

    TOUCH_RULE = "UPDATE rules SET updated_at = $2 WHERE id = $1";
}

pub(super) fn number(version: i64) -> Result<u32> {
    u32::try_from(version).map_err(|cause| Error::inconsistent("rule_versions.version", cause))
}
