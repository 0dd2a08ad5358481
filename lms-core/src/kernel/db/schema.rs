//! Every table and column, with what it holds and whether it is personal.
//!
//! Bulk inserts, backups and restores go by this list, and contract tests hold it against both
//! databases: a migration that adds a column without declaring it here fails.

use super::value::Kind;
use crate::kernel::db::Engine;

/// A table, its columns in their order.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
    /// The columns of the primary key: the order in which a backup is written.
    pub(crate) key: &'static str,
    /// Unique keys, references and further indexes, in the words of the catalogue:
    /// `unique a,b`, `a → table.column`, `index a,b`.
    pub(crate) keys: &'static [&'static str],
    /// Whether a backup holds it. What only says how this very database stands is left out.
    pub(crate) in_backup: bool,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    /// Whether it can tell something about a person, so that erasure must think of it.
    #[cfg_attr(
        not(feature = "testkit"),
        expect(dead_code, reason = "read by the contract tests; erasure will be the other reader")
    )]
    pub(crate) personal: bool,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false, personal: false }
}

const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

const fn flag(name: &'static str) -> Column {
    column(name, Kind::Bool)
}

const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

const fn id(name: &'static str) -> Column {
    column(name, Kind::Id)
}

const fn instant(name: &'static str) -> Column {
    column(name, Kind::Instant)
}

const fn day(name: &'static str) -> Column {
    column(name, Kind::Day)
}

const fn bytes(name: &'static str) -> Column {
    column(name, Kind::Bytes)
}

impl Column {
    const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }
}

pub(crate) static SCHEMA_MIGRATIONS: Table = Table {
    name: "schema_migrations",
    key: "version",
    keys: &["unique name", "unique version"],
    in_backup: false,
    columns: &[int("version"), text("name"), text("checksum"), instant("applied_at")],
};

pub(crate) static JOB_LEASES: Table = Table {
    name: "job_leases",
    key: "name",
    keys: &["unique name"],
    in_backup: false,
    columns: &[
        text("name"),
        text("holder"),
        int("generation"),
        instant("acquired_at"),
        instant("expires_at"),
    ],
};

pub(crate) static OPERATIONS: Table = Table {
    name: "operations",
    key: "id",
    keys: &["index id", "undoes → operations.id", "unique id", "unique undoes"],
    in_backup: true,
    columns: &[
        id("id"),
        text("kind"),
        // Accounts stand here by their id. The user name at the operating system of whoever ran a
        // command stays: it is the evidence of who had the database.
        text("actor"),
        text("origin"),
        text("request_id").nullable(),
        instant("recorded_at"),
        day("day"),
        text("counts"),
        id("undoes").nullable(),
        int("n_changes"),
        bytes("changes_sha256"),
    ],
};

pub(crate) static OPERATION_CHANGES: Table = Table {
    name: "operation_changes",
    key: "operation_id, position",
    keys: &[
        "index subject_id,operation_id",
        "operation_id → operations.id",
        "unique operation_id,position",
    ],
    in_backup: true,
    columns: &[
        id("operation_id"),
        int("position"),
        text("subject_type"),
        id("subject_id").nullable(),
        bytes("digest"),
        bytes("salt").nullable(),
        text("value_before").nullable().personal(),
        text("value_after").nullable().personal(),
    ],
};

pub(crate) static AUDIT_HEAD: Table = Table {
    name: "audit_head",
    key: "id",
    keys: &["unique id"],
    in_backup: true,
    columns: &[int("id"), int("seq"), bytes("hash"), instant("recorded_at").nullable()],
};

pub(crate) static AUDIT_CHAIN: Table = Table {
    name: "audit_chain",
    key: "seq",
    keys: &["operation_id → operations.id", "unique operation_id", "unique seq"],
    in_backup: true,
    columns: &[int("seq"), id("operation_id"), bytes("hash")],
};

pub(crate) static OUTBOX_EVENTS: Table = Table {
    name: "outbox_events",
    key: "seq, position",
    keys: &["seq → audit_chain.seq", "unique id", "unique seq,position"],
    in_backup: true,
    columns: &[
        int("seq"),
        int("position"),
        id("id"),
        text("type"),
        text("subject").nullable(),
        instant("recorded_at"),
        text("body"),
    ],
};

pub(crate) static SETTINGS_VERSIONS: Table = Table {
    name: "settings_versions",
    key: "version",
    keys: &["unique version"],
    in_backup: true,
    columns: &[int("version"), text("document"), instant("recorded_at")],
};

pub(crate) static ACCOUNTS: Table = Table {
    name: "accounts",
    key: "id",
    keys: &["unique email_key", "unique id", "unique username_key"],
    in_backup: true,
    columns: &[
        id("id"),
        text("username").personal(),
        text("username_key").personal(),
        text("email").nullable().personal(),
        text("email_key").nullable().personal(),
        text("display_name").nullable().personal(),
        text("status"),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static ACCOUNT_PASSWORDS: Table = Table {
    name: "account_passwords",
    key: "account_id",
    keys: &["account_id → accounts.id", "unique account_id"],
    in_backup: true,
    columns: &[
        id("account_id"),
        text("hash").personal(),
        instant("changed_at"),
        int("n_failed"),
        instant("last_failed_at").nullable(),
    ],
};

pub(crate) static ACCESS_ROLES: Table = Table {
    name: "access_roles",
    key: "id",
    keys: &["unique id", "unique name"],
    in_backup: true,
    columns: &[
        id("id"),
        text("name"),
        text("summary"),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static ACCESS_ROLE_GRANTS: Table = Table {
    name: "access_role_grants",
    key: "role_id, permission, scope",
    keys: &["role_id → access_roles.id", "unique role_id,permission,scope"],
    in_backup: true,
    columns: &[id("role_id"), text("permission"), text("scope")],
};

pub(crate) static ACCOUNT_ROLES: Table = Table {
    name: "account_roles",
    key: "id",
    keys: &[
        "account_id → accounts.id",
        "index role,account_id",
        "unique account_id,role",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("account_id"),
        text("role"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static API_TOKENS: Table = Table {
    name: "api_tokens",
    key: "id",
    keys: &["account_id → accounts.id", "index account_id,id", "unique id", "unique secret_sha256"],
    in_backup: true,
    columns: &[
        id("id"),
        id("account_id"),
        text("name").personal(),
        bytes("secret_sha256"),
        text("permissions"),
        instant("created_at"),
        instant("expires_at").nullable(),
        instant("revoked_at").nullable(),
    ],
};

pub(crate) static UNITS: Table = Table {
    name: "units",
    key: "id",
    keys: &["index kind,name_key", "unique id", "unique kind,code_key"],
    in_backup: true,
    columns: &[
        id("id"),
        text("kind"),
        text("code"),
        text("code_key"),
        text("name"),
        text("name_key"),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static PERSONS: Table = Table {
    name: "persons",
    key: "id",
    keys: &[
        "index closed_at,id",
        "index sort_key,id",
        "merged_into → persons.id",
        "unique email_key",
        "unique employee_number_key",
        "unique id",
        "unique username_key",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        text("employee_number").nullable().personal(),
        text("employee_number_key").nullable().personal(),
        text("email").nullable().personal(),
        text("email_key").nullable().personal(),
        text("username").nullable().personal(),
        text("username_key").nullable().personal(),
        text("first_name").personal(),
        text("last_name").personal(),
        text("preferred_name").nullable().personal(),
        text("sort_key").personal(),
        text("locale").nullable().personal(),
        text("timezone").nullable().personal(),
        instant("created_at"),
        instant("updated_at"),
        text("closed_as").nullable(),
        instant("closed_at").nullable(),
        id("merged_into").nullable(),
    ],
};

pub(crate) static PERSON_TERMS: Table = Table {
    name: "person_terms",
    key: "term, person_id",
    keys: &["index person_id", "unique term,person_id"],
    in_backup: true,
    columns: &[text("term").personal(), id("person_id")],
};

pub(crate) static UNIT_PERIODS: Table = Table {
    name: "unit_periods",
    key: "id",
    keys: &[
        "deputy_id → persons.id",
        "head_id → persons.id",
        "index unit_id,valid_from",
        "parent_id → units.id",
        "unique id",
        "unit_id → units.id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("unit_id"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        id("parent_id").nullable(),
        id("head_id").nullable(),
        id("deputy_id").nullable(),
    ],
};

pub(crate) static EMPLOYMENTS: Table = Table {
    name: "employments",
    key: "id",
    keys: &["index person_id,hired_on", "person_id → persons.id", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        id("person_id"),
        day("hired_on").personal(),
        day("terminated_on").nullable().personal(),
        text("reason").nullable().personal(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static LEAVES: Table = Table {
    name: "leaves",
    key: "id",
    keys: &["index person_id,from_on", "person_id → persons.id", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        id("person_id"),
        day("from_on").personal(),
        day("until_on").nullable().personal(),
        text("reason").nullable().personal(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static PLACEMENTS: Table = Table {
    name: "placements",
    key: "id",
    keys: &[
        "department_id → units.id",
        "index country,person_id",
        "index department_id,person_id",
        "index employment_type,person_id",
        "index hired_on,person_id",
        "index job_role_id,person_id",
        "index job_title_key,person_id",
        "index location_id,person_id",
        "index manager_id,person_id,valid_from,valid_until",
        "index person_id,valid_from",
        "index status,person_id",
        "index valid_from,person_id",
        "job_role_id → units.id",
        "location_id → units.id",
        "manager_id → persons.id",
        "person_id → persons.id",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("person_id"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        text("status"),
        day("hired_on").nullable().personal(),
        // Department, location and role stay after erasure: they are what statistics are about.
        id("department_id").nullable(),
        id("location_id").nullable(),
        id("job_role_id").nullable(),
        id("manager_id").nullable(),
        text("country").nullable(),
        text("job_title").nullable().personal(),
        text("job_title_key").nullable().personal(),
        text("employment_type").nullable(),
        text("attributes").personal(),
    ],
};

pub(crate) static ACCOUNT_LINKS: Table = Table {
    name: "account_links",
    key: "account_id",
    keys: &[
        "account_id → accounts.id",
        "person_id → persons.id",
        "unique account_id",
        "unique person_id",
    ],
    in_backup: true,
    columns: &[id("account_id"), id("person_id")],
};

pub(crate) static PERSON_SOURCES: Table = Table {
    name: "person_sources",
    key: "source, source_key",
    keys: &["index person_id", "person_id → persons.id", "unique source,source_key"],
    in_backup: true,
    columns: &[text("source"), text("source_key").personal(), id("person_id")],
};

pub(crate) static PERSON_FIELDS: Table = Table {
    name: "person_fields",
    key: "person_id, field",
    keys: &["unique person_id,field"],
    in_backup: true,
    columns: &[
        id("person_id"),
        text("field"),
        text("source"),
        text("delivered").nullable().personal(),
        instant("pinned_at").nullable(),
    ],
};

pub(crate) static GROUPS: Table = Table {
    name: "groups",
    key: "id",
    keys: &["index name_key", "unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        text("name"),
        text("name_key"),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static GROUP_PERIODS: Table = Table {
    name: "group_periods",
    key: "id",
    keys: &["group_id → groups.id", "index group_id,valid_from", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        id("group_id"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        // It can name single people.
        text("audience").nullable().personal(),
    ],
};

pub(crate) static GROUP_MEMBERS: Table = Table {
    name: "group_members",
    key: "id",
    keys: &[
        "group_id → groups.id",
        "index group_id,person_id",
        "index person_id,valid_from",
        "person_id → persons.id",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("group_id"),
        id("person_id"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static QUESTIONS: Table = Table {
    name: "questions",
    key: "id",
    keys: &["unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        text("kind"),
        int("version"),
        text("search_key"),
        instant("archived_at").nullable(),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static QUESTION_VERSIONS: Table = Table {
    name: "question_versions",
    key: "id",
    keys: &["question_id → questions.id", "unique id", "unique question_id,version"],
    in_backup: true,
    columns: &[
        id("id"),
        id("question_id"),
        int("version"),
        text("definition"),
        instant("recorded_at"),
    ],
};

pub(crate) static QUESTION_TAGS: Table = Table {
    name: "question_tags",
    key: "tag, question_id",
    keys: &["index question_id", "question_id → questions.id", "unique tag,question_id"],
    in_backup: true,
    columns: &[text("tag"), id("question_id")],
};

pub(crate) static QUIZZES: Table = Table {
    name: "quizzes",
    key: "id",
    keys: &["unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        int("version"),
        text("search_key"),
        instant("archived_at").nullable(),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static QUIZ_VERSIONS: Table = Table {
    name: "quiz_versions",
    key: "id",
    keys: &["quiz_id → quizzes.id", "unique id", "unique quiz_id,version"],
    in_backup: true,
    columns: &[id("id"), id("quiz_id"), int("version"), text("definition"), instant("recorded_at")],
};

pub(crate) static TRAININGS: Table = Table {
    name: "trainings",
    key: "id",
    keys: &["index title_key,id", "unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        text("status"),
        flag("is_template"),
        text("title"),
        text("title_key"),
        text("category").nullable(),
        text("difficulty").nullable(),
        text("delivery"),
        int("duration_minutes").nullable(),
        int("validity_months").nullable(),
        instant("created_at"),
        instant("updated_at"),
        instant("removed_at").nullable(),
    ],
};

pub(crate) static TRAINING_VERSIONS: Table = Table {
    name: "training_versions",
    key: "id",
    keys: &[
        "training_id → trainings.id",
        "unique id",
        "unique training_id",
        "unique training_id,major,minor",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("training_id"),
        int("major"),
        int("minor"),
        text("state"),
        text("document"),
        day("require_retraining_by").nullable(),
        instant("created_at"),
        instant("updated_at"),
        instant("published_at").nullable(),
    ],
};

pub(crate) static TRAINING_LABELS: Table = Table {
    name: "training_labels",
    key: "kind, label_key, training_id",
    keys: &["index training_id", "training_id → trainings.id", "unique kind,label_key,training_id"],
    in_backup: true,
    columns: &[text("kind"), text("label_key"), id("training_id"), text("label")],
};

pub(crate) static TRAINING_TERMS: Table = Table {
    name: "training_terms",
    key: "term, training_id",
    keys: &["index training_id,term", "training_id → trainings.id", "unique term,training_id"],
    in_backup: true,
    columns: &[text("term"), id("training_id")],
};

pub(crate) static TRAINING_PREREQUISITES: Table = Table {
    name: "training_prerequisites",
    key: "training_id, required_id",
    keys: &[
        "index required_id",
        "required_id → trainings.id",
        "training_id → trainings.id",
        "unique training_id,required_id",
    ],
    in_backup: true,
    columns: &[id("training_id"), id("required_id")],
};

pub(crate) static TRAINING_QUIZZES: Table = Table {
    name: "training_quizzes",
    key: "version_id, quiz_id",
    keys: &[
        "index quiz_id",
        "quiz_id → quizzes.id",
        "unique version_id,quiz_id",
        "version_id → training_versions.id",
    ],
    in_backup: true,
    columns: &[id("version_id"), id("quiz_id")],
};

pub(crate) static TRAINING_EQUIVALENTS: Table = Table {
    name: "training_equivalents",
    key: "id",
    keys: &[
        "index satisfied_by_id",
        "index training_id,valid_from",
        "satisfied_by_id → trainings.id",
        "training_id → trainings.id",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("training_id"),
        id("satisfied_by_id"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static BLOBS: Table = Table {
    name: "blobs",
    key: "sha256",
    keys: &["unique object_key", "unique sha256"],
    in_backup: true,
    columns: &[bytes("sha256"), text("object_key"), int("size"), instant("stored_at")],
};

pub(crate) static CONTENTS: Table = Table {
    name: "contents",
    key: "id",
    keys: &["unique id", "unique sha256,name,purpose"],
    in_backup: true,
    columns: &[
        id("id"),
        text("name"),
        text("media_type"),
        bytes("sha256"),
        int("size"),
        instant("created_at"),
        instant("removed_at").nullable(),
        text("purpose"),
    ],
};

pub(crate) static CONTENT_ACCESSES: Table = Table {
    name: "content_accesses",
    key: "id",
    keys: &["content_id → contents.id", "index content_id,id", "unique id"],
    in_backup: true,
    columns: &[id("id"), id("content_id"), text("actor"), text("kind"), instant("accessed_at")],
};

pub(crate) static CONTENT_USES: Table = Table {
    name: "content_uses",
    key: "version_id, sha256",
    keys: &["index sha256", "unique version_id,sha256", "version_id → training_versions.id"],
    in_backup: true,
    columns: &[id("version_id"), bytes("sha256")],
};

/// How an engine's catalogue names the type of a column of this kind.
pub(crate) fn type_name(engine: Engine, kind: Kind) -> &'static str {
    match (engine, kind) {
        (Engine::Sqlite, Kind::Bool | Kind::Int | Kind::Instant) => "INTEGER",
        (Engine::Sqlite, Kind::Real) => "REAL",
        (Engine::Sqlite, Kind::Text | Kind::Day) => "TEXT",
        (Engine::Sqlite, Kind::Id | Kind::Bytes) => "BLOB",
        (Engine::Postgres, Kind::Bool) => "boolean",
        (Engine::Postgres, Kind::Int) => "bigint",
        (Engine::Postgres, Kind::Real) => "double precision",
        (Engine::Postgres, Kind::Text) => "text",
        (Engine::Postgres, Kind::Id) => "uuid",
        (Engine::Postgres, Kind::Instant) => "timestamp with time zone",
        (Engine::Postgres, Kind::Day) => "date",
        (Engine::Postgres, Kind::Bytes) => "bytea",
    }
}

pub(crate) static PATHS: Table = Table {
    name: "paths",
    key: "id",
    keys: &["index title_key,id", "unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        text("status"),
        text("title"),
        text("title_key"),
        text("category").nullable(),
        int("step_count"),
        int("training_count"),
        instant("created_at"),
        instant("updated_at"),
        instant("removed_at").nullable(),
    ],
};

pub(crate) static PATH_VERSIONS: Table = Table {
    name: "path_versions",
    key: "id",
    keys: &["path_id → paths.id", "unique id", "unique path_id", "unique path_id,number"],
    in_backup: true,
    columns: &[
        id("id"),
        id("path_id"),
        int("number"),
        text("state"),
        text("document"),
        instant("created_at"),
        instant("updated_at"),
        instant("published_at").nullable(),
    ],
};

pub(crate) static PATH_LABELS: Table = Table {
    name: "path_labels",
    key: "kind, label_key, path_id",
    keys: &["index path_id", "path_id → paths.id", "unique kind,label_key,path_id"],
    in_backup: true,
    columns: &[text("kind"), text("label_key"), id("path_id"), text("label")],
};

pub(crate) static PATH_TERMS: Table = Table {
    name: "path_terms",
    key: "term, path_id",
    keys: &["index path_id,term", "path_id → paths.id", "unique term,path_id"],
    in_backup: true,
    columns: &[text("term"), id("path_id")],
};

pub(crate) static PATH_TRAININGS: Table = Table {
    name: "path_trainings",
    key: "path_id, state, training_id",
    keys: &[
        "index training_id",
        "path_id → paths.id",
        "training_id → trainings.id",
        "unique path_id,state,training_id",
    ],
    in_backup: true,
    columns: &[id("path_id"), text("state"), id("training_id")],
};

pub(crate) static ASSIGNMENT_ORDERS: Table = Table {
    name: "assignment_orders",
    key: "id",
    keys: &[
        "after_id → trainings.id",
        "index after_id",
        "index recorded_at",
        "path_id → paths.id",
        "training_id → trainings.id",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        text("source"),
        id("training_id"),
        id("path_id").nullable(),
        day("ordered_on"),
        text("terms"),
        id("after_id").nullable(),
        instant("recorded_at"),
    ],
};

pub(crate) static ASSIGNMENTS: Table = Table {
    name: "assignments",
    key: "id, recorded_at",
    keys: &[
        "index overdue_on",
        "index person_id",
        "index person_id,training_id",
        "index wake_on",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique id,recorded_at",
        "unique person_id,training_id",
        "unique training_id,person_id,cycle",
        "version_id → training_versions.id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        id("person_id"),
        id("training_id"),
        int("cycle"),
        text("kind"),
        day("assigned_on"),
        day("started_on").nullable(),
        day("due_on").nullable(),
        day("overdue_on").nullable(),
        day("baseline_due_on").nullable(),
        day("window_on").nullable(),
        day("expires_on").nullable(),
        day("closed_on").nullable(),
        text("closed_as").nullable(),
        flag("pauses"),
        day("waiting_from").nullable(),
        day("waiting_until").nullable(),
        day("extended_to").nullable(),
        day("extended_on").nullable(),
        id("version_id").nullable(),
        id("completion_id").nullable(),
        day("wake_on").nullable(),
    ],
};

pub(crate) static ASSIGNMENT_REASONS: Table = Table {
    name: "assignment_reasons",
    key: "assignment_id, source_id, recorded_at",
    keys: &["index source_id,assignment_id", "unique assignment_id,source_id,recorded_at"],
    in_backup: true,
    columns: &[
        id("assignment_id"),
        id("source_id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        text("source"),
        int("version"),
        text("kind"),
        day("added_on"),
        day("due_on").nullable(),
        day("baseline_due_on").nullable(),
        int("grace_days"),
        flag("pauses"),
        day("left_on").nullable(),
        day("counts_from").nullable(),
        day("renews_on").nullable(),
        day("chain_anchor_on").nullable(),
        day("chain_expires_on").nullable(),
        day("chain_completed_on").nullable(),
        day("settled_on").nullable(),
        day("removed_on").nullable(),
    ],
};

pub(crate) static ASSIGNMENT_EXCEPTIONS: Table = Table {
    name: "assignment_exceptions",
    key: "id, recorded_at",
    keys: &[
        "index parked_on",
        "index training_id,person_id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique id,recorded_at",
        "unique person_id,training_id,source_id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        id("person_id"),
        id("training_id"),
        text("source"),
        id("source_id"),
        text("because"),
        day("due_on").nullable(),
        day("parked_on"),
        day("resolved_on").nullable(),
        text("resolved_as").nullable(),
        day("decided_due_on").nullable(),
    ],
};

pub(crate) static EXEMPTIONS: Table = Table {
    name: "exemptions",
    key: "id, recorded_at",
    keys: &[
        "index from_on",
        "index person_id,training_id",
        "index training_id,until_on",
        "index wake_on",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique id,recorded_at",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        id("person_id"),
        id("training_id"),
        day("from_on"),
        day("until_on").nullable(),
        text("reason").personal(),
        text("approved_by").nullable().personal(),
        text("evidence").nullable().personal(),
        day("wake_on").nullable(),
    ],
};

pub(crate) static COMPLETIONS: Table = Table {
    name: "completions",
    key: "id, recorded_at",
    keys: &[
        "department_id → units.id",
        "evidence_id → contents.id",
        "index person_id,training_id,completed_on",
        "index training_id,completed_on",
        "manager_id → persons.id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique id,recorded_at",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        id("person_id"),
        id("training_id"),
        day("completed_on"),
        text("source"),
        int("score").nullable(),
        int("major"),
        int("minor"),
        day("valid_until").nullable(),
        id("department_id").nullable(),
        id("manager_id").nullable(),
        text("evidence_link").nullable().personal(),
        id("evidence_id").nullable(),
        text("note").nullable().personal(),
        day("revoked_on").nullable(),
    ],
};

pub(crate) static CERTIFICATES: Table = Table {
    name: "certificates",
    key: "id, recorded_at",
    keys: &[
        "index person_id,year,sequence",
        "index training_id,year,sequence",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique code",
        "unique completion_id",
        "unique id,recorded_at",
        "unique year,sequence",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
        int("year"),
        int("sequence"),
        text("code"),
        id("completion_id"),
        id("person_id"),
        id("training_id"),
        int("major"),
        int("minor"),
        text("holder").nullable().personal(),
        text("title"),
        text("organisation"),
        text("language"),
        day("completed_on"),
        day("issued_on"),
        day("valid_until").nullable(),
        day("revoked_on").nullable(),
        text("revoked_because").nullable().personal(),
    ],
};

pub(crate) static CERTIFICATE_LOGOS: Table = Table {
    name: "certificate_logos",
    key: "version",
    keys: &["unique version"],
    in_backup: true,
    columns: &[
        int("version"),
        text("media_type").nullable(),
        bytes("image").nullable(),
        instant("recorded_at"),
    ],
};

pub(crate) static SKILLS: Table = Table {
    name: "skills",
    key: "id",
    keys: &["index name_key", "unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        text("name"),
        text("name_key"),
        text("description").nullable(),
        text("category").nullable(),
        text("category_key").nullable(),
        instant("archived_at").nullable(),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static SKILL_REQUIREMENTS: Table = Table {
    name: "skill_requirements",
    key: "id",
    keys: &[
        "index skill_id",
        "job_role_id → units.id",
        "skill_id → skills.id",
        "unique id",
        "unique job_role_id,skill_id,valid_from",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("job_role_id"),
        id("skill_id"),
        int("level"),
        day("valid_from"),
        day("valid_until").nullable(),
        instant("recorded_at"),
        instant("retracted_at").nullable(),
    ],
};

pub(crate) static TRAINING_SKILLS: Table = Table {
    name: "training_skills",
    key: "version_id, skill_id",
    keys: &[
        "index skill_id,level",
        "skill_id → skills.id",
        "unique version_id,skill_id",
        "version_id → training_versions.id",
    ],
    in_backup: true,
    columns: &[id("version_id"), id("skill_id"), int("level")],
};

pub(crate) static RULES: Table = Table {
    name: "rules",
    key: "id",
    keys: &["unique code_key", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("code"),
        text("code_key"),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static RULE_VERSIONS: Table = Table {
    name: "rule_versions",
    key: "rule_id, version",
    keys: &["rule_id → rules.id", "unique rule_id", "unique rule_id,version"],
    in_backup: true,
    columns: &[
        id("rule_id"),
        int("version"),
        text("state"),
        text("title"),
        // Its audience can name single people.
        text("document").personal(),
        instant("recorded_at"),
    ],
};

pub(crate) static RULE_PERIODS: Table = Table {
    name: "rule_periods",
    key: "rule_id, recorded_at",
    keys: &["rule_id → rules.id", "unique rule_id,recorded_at"],
    in_backup: true,
    columns: &[
        id("rule_id"),
        instant("recorded_at"),
        day("valid_from"),
        text("status"),
        int("version"),
    ],
};

pub(crate) static RULE_TRAININGS: Table = Table {
    name: "rule_trainings",
    key: "rule_id, version, position",
    keys: &[
        "after_id → trainings.id",
        "index after_id",
        "index path_id",
        "index training_id",
        "path_id → paths.id",
        "rule_id → rules.id",
        "training_id → trainings.id",
        "unique rule_id,version,position",
    ],
    in_backup: true,
    columns: &[
        id("rule_id"),
        int("version"),
        int("position"),
        id("training_id").nullable(),
        id("path_id").nullable(),
        id("after_id").nullable(),
    ],
};

pub(crate) static QUIZ_ATTEMPTS: Table = Table {
    name: "quiz_attempts",
    key: "id",
    keys: &[
        "index deadline_at",
        "index person_id,id",
        "index quiz_id,id",
        "index submitted_at,id",
        "index training_id,id",
        "person_id → persons.id",
        "quiz_id → quizzes.id",
        "training_id → trainings.id",
        "unique assignment_id,quiz_id",
        "unique assignment_id,quiz_id,number",
        "unique id",
        "version_id → training_versions.id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("person_id"),
        id("assignment_id"),
        id("training_id"),
        id("version_id"),
        text("module"),
        id("quiz_id"),
        int("quiz_version"),
        int("number"),
        bytes("seed"),
        instant("begun_at"),
        instant("deadline_at").nullable(),
        instant("submitted_at").nullable(),
        flag("expired"),
        text("state"),
        int("points"),
        int("points_max"),
        int("points_open"),
        flag("passed").nullable(),
        instant("updated_at"),
    ],
};

pub(crate) static QUIZ_ANSWERS: Table = Table {
    name: "quiz_answers",
    key: "attempt_id, number",
    keys: &[
        "attempt_id → quiz_attempts.id",
        "question_id → questions.id",
        "unique attempt_id,number",
    ],
    in_backup: true,
    columns: &[
        id("attempt_id"),
        int("number"),
        int("section"),
        id("question_id"),
        int("question_version"),
        text("answer").nullable().personal(),
        text("state").nullable(),
        int("points"),
        int("points_max"),
        text("graded_by").nullable(),
        instant("graded_at").nullable(),
        text("comment").nullable().personal(),
    ],
};

pub(crate) static MODULE_PROGRESS: Table = Table {
    name: "module_progress",
    key: "assignment_id, module",
    keys: &[
        "index person_id,training_id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique assignment_id,module",
    ],
    in_backup: true,
    columns: &[
        id("assignment_id"),
        text("module"),
        id("person_id"),
        id("training_id"),
        int("percent"),
        int("seconds"),
        text("position").nullable().personal(),
        instant("updated_at"),
        bytes("recent_updates").nullable(),
    ],
};

pub(crate) static ACKNOWLEDGEMENTS: Table = Table {
    name: "acknowledgements",
    key: "assignment_id, version_id",
    keys: &[
        "index person_id,training_id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique assignment_id,version_id",
        "version_id → training_versions.id",
    ],
    in_backup: true,
    columns: &[
        id("assignment_id"),
        id("version_id"),
        id("person_id"),
        id("training_id"),
        instant("signed_at"),
    ],
};

pub(crate) static REQUEST_KEYS: Table = Table {
    name: "request_keys",
    key: "actor, key_sha256",
    keys: &["index recorded_at", "operation_id → operations.id", "unique actor,key_sha256"],
    in_backup: true,
    columns: &[
        text("actor"),
        bytes("key_sha256"),
        bytes("request_sha256"),
        id("attempt_id"),
        id("operation_id").nullable(),
        instant("recorded_at"),
        int("status").nullable(),
        text("headers").nullable(),
        text("body").nullable().personal(),
    ],
};

pub(crate) static NOTICES: Table = Table {
    name: "notices",
    key: "id",
    keys: &[
        "account_id → accounts.id",
        "index account_id,id",
        "index person_id",
        "index person_id,id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique id",
        "unique key",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("person_id").nullable(),
        id("account_id").nullable(),
        text("type"),
        text("key"),
        id("training_id").nullable(),
        id("assignment_id").nullable(),
        int("n_people"),
        text("data"),
        day("day"),
        instant("recorded_at"),
        instant("read_at").nullable(),
        instant("withdrawn_at").nullable(),
    ],
};

pub(crate) static JOB_RUNS: Table = Table {
    name: "job_runs",
    key: "id",
    keys: &["index job,started_at", "index job,state,started_at", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("job"),
        day("day"),
        flag("day_named"),
        text("only_step").nullable(),
        instant("started_at"),
        instant("finished_at").nullable(),
        text("state"),
        text("actor"),
        text("error").nullable(),
        text("counts"),
        text("steps"),
    ],
};

pub(crate) static ESCALATIONS: Table = Table {
    name: "escalations",
    key: "id",
    keys: &[
        "index person_id",
        "index person_id,training_id",
        "person_id → persons.id",
        "training_id → trainings.id",
        "unique assignment_id,due_on,level",
        "unique id",
    ],
    in_backup: true,
    columns: &[
        id("id"),
        id("assignment_id"),
        day("due_on"),
        text("level"),
        id("person_id"),
        id("training_id"),
        day("overdue_on"),
        day("day"),
        instant("recorded_at"),
        id("notice_id").nullable(),
    ],
};

pub(crate) static IMPORT_SOURCES: Table = Table {
    name: "import_sources",
    key: "name, kind",
    keys: &["unique name,kind"],
    in_backup: true,
    columns: &[
        text("name"),
        text("kind"),
        text("mode"),
        text("contract"),
        int("n_rows"),
        id("run_id"),
        instant("updated_at"),
    ],
};

pub(crate) static HRIS_CONNECTIONS: Table = Table {
    name: "hris_connections",
    key: "name",
    keys: &["unique name"],
    in_backup: true,
    columns: &[
        text("name"),
        text("vendor"),
        text("base_url").nullable(),
        text("options"),
        text("mapping").nullable(),
        instant("created_at"),
        instant("updated_at"),
    ],
};

pub(crate) static COMPLIANCE_SNAPSHOTS: Table = Table {
    name: "compliance_snapshots",
    key: "day, department_id",
    keys: &["unique day,department_id"],
    in_backup: true,
    columns: &[
        day("day"),
        id("department_id"),
        int("people"),
        int("measured_people"),
        int("missing_people"),
        int("met"),
        int("open"),
        int("in_grace"),
        int("overdue"),
        int("expired"),
        int("exempt"),
        int("on_leave"),
        int("cancelled"),
        instant("known_at"),
    ],
};

pub(crate) static IMPORT_RUNS: Table = Table {
    name: "import_runs",
    key: "id",
    keys: &["index operation_id", "index source,id", "undo_of → import_runs.id", "unique id"],
    in_backup: true,
    columns: &[
        id("id"),
        text("source"),
        text("kind"),
        text("mode"),
        text("file"),
        text("fingerprint"),
        int("n_rows"),
        text("counts"),
        text("consequences"),
        text("accepted"),
        text("actor"),
        instant("started_at"),
        instant("finished_at"),
        id("operation_id").nullable(),
        id("undo_of").nullable(),
    ],
};

pub(crate) static IMPORT_ROWS: Table = Table {
    name: "import_rows",
    key: "run_id, position",
    keys: &[
        "index person_id",
        "person_id → persons.id",
        "run_id → import_runs.id",
        "unique run_id,position",
    ],
    in_backup: true,
    columns: &[
        id("run_id"),
        int("position"),
        int("row_number").nullable(),
        id("person_id").nullable(),
        text("effect"),
        text("field").nullable(),
        text("code").nullable(),
    ],
};

pub(crate) static IMPORT_SIGHTINGS: Table = Table {
    name: "import_sightings",
    key: "source, row_key",
    keys: &["index person_id", "person_id → persons.id", "unique source,row_key"],
    in_backup: true,
    columns: &[
        text("source"),
        text("row_key").personal(),
        id("person_id"),
        bytes("digest"),
        instant("settled_at"),
        int("n_missed"),
    ],
};

pub(crate) static IMPORT_PENDING: Table = Table {
    name: "import_pending",
    key: "source, person_id",
    keys: &["index person_id", "person_id → persons.id", "unique source,person_id"],
    in_backup: true,
    columns: &[text("source"), id("person_id"), text("manager").personal(), instant("recorded_at")],
};

/// Every table, parents before those that refer to them.
pub(crate) static TABLES: &[&Table] = &[
    &SCHEMA_MIGRATIONS,
    &JOB_LEASES,
    &OPERATIONS,
    &OPERATION_CHANGES,
    &AUDIT_HEAD,
    &AUDIT_CHAIN,
    &OUTBOX_EVENTS,
    &SETTINGS_VERSIONS,
    &ACCOUNTS,
    &ACCOUNT_PASSWORDS,
    &ACCESS_ROLES,
    &ACCESS_ROLE_GRANTS,
    &ACCOUNT_ROLES,
    &API_TOKENS,
    &UNITS,
    &PERSONS,
    &PERSON_TERMS,
    &UNIT_PERIODS,
    &EMPLOYMENTS,
    &LEAVES,
    &PLACEMENTS,
    &ACCOUNT_LINKS,
    &PERSON_SOURCES,
    &PERSON_FIELDS,
    &GROUPS,
    &GROUP_PERIODS,
    &GROUP_MEMBERS,
    &QUESTIONS,
    &QUESTION_VERSIONS,
    &QUESTION_TAGS,
    &QUIZZES,
    &QUIZ_VERSIONS,
    &TRAININGS,
    &TRAINING_VERSIONS,
    &TRAINING_LABELS,
    &TRAINING_TERMS,
    &TRAINING_PREREQUISITES,
    &TRAINING_QUIZZES,
    &TRAINING_EQUIVALENTS,
    &BLOBS,
    &CONTENTS,
    &CONTENT_ACCESSES,
    &CONTENT_USES,
    &PATHS,
    &PATH_VERSIONS,
    &PATH_LABELS,
    &PATH_TERMS,
    &PATH_TRAININGS,
    &ASSIGNMENT_ORDERS,
    &ASSIGNMENTS,
    &ASSIGNMENT_REASONS,
    &ASSIGNMENT_EXCEPTIONS,
    &EXEMPTIONS,
    &COMPLETIONS,
    &RULES,
    &RULE_VERSIONS,
    &RULE_PERIODS,
    &RULE_TRAININGS,
    &QUIZ_ATTEMPTS,
    &QUIZ_ANSWERS,
    &MODULE_PROGRESS,
    &ACKNOWLEDGEMENTS,
    &CERTIFICATES,
    &CERTIFICATE_LOGOS,
    &SKILLS,
    &SKILL_REQUIREMENTS,
    &TRAINING_SKILLS,
    &REQUEST_KEYS,
    &NOTICES,
    &JOB_RUNS,
    &ESCALATIONS,
    &IMPORT_SOURCES,
    &IMPORT_RUNS,
    &IMPORT_ROWS,
    &IMPORT_SIGHTINGS,
    &IMPORT_PENDING,
    &HRIS_CONNECTIONS,
    &COMPLIANCE_SNAPSHOTS,
];
