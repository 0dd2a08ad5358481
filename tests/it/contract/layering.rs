//! Imports go down only, one kernel file knows the database driver, and each table has one owner.

use std::collections::BTreeSet;

use lms_core::testkit::statements;

use super::sources::{files, text, without_comments};

/// The contexts from the bottom up: each imports only those before it. The reason is what a
/// violation is answered with.
const LAYERS: &[(&str, &str)] = &[
    ("kernel", "it serves every context, so that it can know none of them"),
    ("operations", "every write goes through it: what it imported could not write"),
    ("events", "it reads what `operations` wrote, and nothing else"),
    ("audit", "it reads what `operations` wrote, so that whatever there is can be audited"),
    ("settings", "every context may depend on a setting, so that settings depend on no context"),
    ("access", "it sets an organisation up, whose settings come first"),
    ("people", "whoever records people needs to know who acts and what day it is"),
    (
        "skills",
        "trainings teach skills and job roles require them, so that skills know no trainings",
    ),
    ("quizzes", "trainings will refer to quizzes, so that quizzes know nothing of trainings"),
    ("content", "trainings refer to files, so that files know nothing of trainings"),
    ("catalog", "what there is to learn does not know who learns it"),
    ("notifications", "whatever people are told of, whoever tells it stands above"),
    ("jobs", "a run that failed is told, and whoever runs something notes it here"),
    ("certificates", "whoever records completions issues certificates for them"),
    ("assignments", "who has to learn what is decided about people and trainings that are there"),
    ("progress", "how far people are is about what they have to learn, and settles it"),
    ("sweep", "the nightly pass acts on what people have to learn and how far they are"),
    ("readiness", "who can what follows from what people completed"),
    ("analytics", "figures are about whatever people have to do, did and can"),
    ("imports", "files bring whatever the contexts below hold"),
    ("batches", "it takes back what any context below it did"),
    ("database", "a check looks at everything, so that it stands above it"),
    ("lms", "the front door hands out all contexts; none of them opens a database"),
    ("sample", "it fills an organisation through the front door, as anybody could"),
];

/// Imports against the order, each with its reason. The list only gets shorter.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "lms-core/src/access/roles.rs",
        "database",
        "the one list of all permissions reads the constants in which each context declares its own",
    ),
    ("lms-core/src/access/roles.rs", "people", "as above"),
    ("lms-core/src/access/roles.rs", "quizzes", "as above"),
    ("lms-core/src/access/roles.rs", "catalog", "as above"),
    ("lms-core/src/access/roles.rs", "content", "as above"),
    ("lms-core/src/access/roles.rs", "assignments", "as above"),
    ("lms-core/src/access/roles.rs", "certificates", "as above"),
    ("lms-core/src/access/roles.rs", "progress", "as above"),
    ("lms-core/src/access/roles.rs", "skills", "as above"),
    ("lms-core/src/access/roles.rs", "readiness", "as above"),
    ("lms-core/src/access/roles.rs", "notifications", "as above"),
    ("lms-core/src/access/roles.rs", "jobs", "as above"),
    ("lms-core/src/access/roles.rs", "sweep", "as above"),
    ("lms-core/src/access/roles.rs", "analytics", "as above"),
];

/// What a context may take from the root of the crate: macros and this list.
const FROM_THE_ROOT: &[(&str, &str, &str)] = &[(
    "lms-core/src/database/check.rs",
    "statements",
    "a check prepares every statement of the program",
)];

/// Who writes which table.
const OWNERS: &[(&str, &[&str])] = &[
    ("kernel", &["schema_migrations", "job_leases"]),
    (
        "operations",
        &[
            "operations",
            "operation_changes",
            "audit_head",
            "audit_chain",
            "outbox_events",
            "request_keys",
        ],
    ),
    ("settings", &["settings_versions"]),
    (
        "access",
        &[
            "accounts",
            "account_passwords",
            "access_roles",
            "access_role_grants",
            "account_roles",
            "api_tokens",
        ],
    ),
    (
        "people",
        &[
            "units",
            "unit_periods",
            "persons",
            "person_terms",
            "employments",
            "leaves",
            "placements",
            "account_links",
            "person_sources",
            "person_fields",
            "groups",
            "group_periods",
            "group_members",
        ],
    ),
    ("skills", &["skills", "skill_requirements"]),
    ("quizzes", &["questions", "question_versions", "question_tags", "quizzes", "quiz_versions"]),
    (
        "catalog",
        &[
            "trainings",
            "training_versions",
            "training_labels",
            "training_terms",
            "training_prerequisites",
            "training_quizzes",
            "training_skills",
            "training_equivalents",
            "paths",
            "path_versions",
            "path_labels",
            "path_terms",
            "path_trainings",
        ],
    ),
    ("content", &["blobs", "contents", "content_accesses", "content_uses"]),
    ("notifications", &["notices"]),
    ("jobs", &["job_runs"]),
    ("sweep", &["escalations"]),
    ("analytics", &["compliance_snapshots"]),
    (
        "imports",
        &[
            "import_sources",
            "import_runs",
            "import_rows",
            "import_sightings",
            "import_pending",
            "hris_connections",
        ],
    ),
    ("certificates", &["certificates", "certificate_logos"]),
    (
        "assignments",
        &[
            "assignment_orders",
            "assignments",
            "assignment_reasons",
            "assignment_exceptions",
            "exemptions",
            "completions",
            "rules",
            "rule_versions",
            "rule_periods",
            "rule_trainings",
        ],
    ),
    ("progress", &["quiz_attempts", "quiz_answers", "module_progress", "acknowledgements"]),
];

/// Where the driver may be named outside of `kernel/db`.
const DRIVER_EXCEPTIONS: &[(&str, &str)] = &[(
    "lms-core/src/testkit/postgres.rs",
    "a test of its own asks the driver whether it understands the URL of the throwaway server",
)];

/// The context that a file belongs to; none for the root and the test kit, which see everything.
fn context(path: &str) -> Option<&'static str> {
    let below = path.strip_prefix("lms-core/src/")?;
    let name = below.split('/').next()?.trim_end_matches(".rs");
    LAYERS.iter().map(|(layer, _)| *layer).find(|layer| *layer == name)
}

fn height(context: &str) -> usize {
    LAYERS.iter().position(|(layer, _)| *layer == context).unwrap()
}

/// The names that a source takes from the root of its crate, with their lines:
/// `crate::a::b`, `crate::{a, b::c}`.
fn imports(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        if source[..at].ends_with('$') {
            // A macro of the kernel names its own crate; it stands where it is used.
            continue;
        }
        let line = source[..at].matches('\n').count() + 1;
        let rest = &source[at + "crate::".len()..];
        let mut depth = 0_usize;
        let mut names = vec![String::new()];
        for c in rest.chars() {
            match c {
                '{' if depth == 0 && names == [""] => depth = 1,
                '{' => depth += 1,
                '}' if depth <= 1 => break,
                '}' => depth -= 1,
                ',' if depth == 1 => names.push(String::new()),
                ':' | ' ' | '\n' if depth == 1 => names.last_mut().unwrap().push(' '),
                c if depth == 1 => names.last_mut().unwrap().push(c),
                c if depth == 0 && (c.is_alphanumeric() || c == '_') => {
                    names.last_mut().unwrap().push(c);
                }
                _ if depth == 0 => break,
                _ => {}
            }
        }
        let first = |name: &String| name.split_whitespace().next().map(str::to_owned);
        found.extend(names.iter().filter_map(first).map(|name| (line, name)));
    }
    found
}

#[test]
fn imports_are_read_as_they_are_written() {
    let source = "use crate::kernel::db::{Db, Tx};\nuse crate::{audit, events::{A, B}, settings};\n\
                  let all = crate::statements();\nuse $crate::Result;\npub(crate) fn f() {}";
    let found = imports(source);
    let names: Vec<(usize, &str)> =
        found.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(
        names,
        [(1, "kernel"), (2, "audit"), (2, "events"), (2, "settings"), (3, "statements")]
    );
}

#[test]
fn imports_go_down_only() {
    let (mut violations, mut used) = (Vec::new(), BTreeSet::new());
    let mut seen = BTreeSet::new();
    for path in files("lms-core/src", ".rs") {
        let Some(importer) = context(&path) else { continue };
        seen.insert(importer);
        for (line, name) in imports(&without_comments(&text(&path))) {
            let allowed = if LAYERS.iter().any(|(layer, _)| *layer == name) {
                height(&name) <= height(importer)
                    || EXCEPTIONS.iter().any(|(file, of, _)| {
                        *file == path && *of == name && used.insert((*file, *of))
                    })
            } else {
                FROM_THE_ROOT
                    .iter()
                    .any(|(file, of, _)| *file == path && *of == name && used.insert((*file, *of)))
            };
            if !allowed {
                let why = LAYERS[height(importer)].1;
                violations.push(format!("{path}:{line} imports `{name}`; `{importer}`: {why}"));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
    let contexts: BTreeSet<&str> = LAYERS.iter().map(|(layer, _)| *layer).collect();
    assert_eq!(seen, contexts, "a layer without a file");
    assert_eq!(used.len(), EXCEPTIONS.len() + FROM_THE_ROOT.len(), "an exception nobody needs");
}

#[test]
fn every_folder_of_the_library_has_its_layer() {
    let without: Vec<String> = files("lms-core/src", ".rs")
        .into_iter()
        .filter(|path| context(path).is_none())
        .filter(|path| path != "lms-core/src/lib.rs" && !path.starts_with("lms-core/src/testkit/"))
        .collect();
    assert!(without.is_empty(), "give these a place in LAYERS, with the reason: {without:?}");
}

#[test]
fn the_driver_is_known_in_one_folder_only() {
    let mut found = Vec::new();
    for folder in ["lms-core", "lms-http", "lms-cli", "lms-reports", "examples"] {
        for path in files(folder, ".rs") {
            let excepted = DRIVER_EXCEPTIONS.iter().any(|(file, _)| *file == path);
            if excepted || path.starts_with("lms-core/src/kernel/db/") {
                continue;
            }
            for (number, line) in without_comments(&text(&path)).lines().enumerate() {
                if line.contains("sqlx::") {
                    found.push(format!("{path}:{}", number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "sqlx belongs to lms-core/src/kernel/db: {found:?}");
}

/// Packages that may name the driver in their manifest.
const DRIVER_PACKAGES: &[(&str, &str)] = &[
    ("lms-core", "its `kernel/db` is the one place that talks to a database"),
    ("tests", "they plant damage and look at rows behind the library's back"),
    ("benches", "they measure the bare engine, as the floor to compare with"),
];

#[test]
fn no_shell_depends_on_the_driver() {
    let workspace: toml::Table = text("Cargo.toml").parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let mut with_driver = Vec::new();
    for member in members.iter().map(|member| member.as_str().unwrap()) {
        let manifest: toml::Table = text(&format!("{member}/Cargo.toml")).parse().unwrap();
        let has_driver = |section: &str| {
            let names = manifest.get(section).and_then(toml::Value::as_table);
            names.is_some_and(|names| names.keys().any(|name| name.starts_with("sqlx")))
        };
        if ["dependencies", "dev-dependencies", "build-dependencies"].into_iter().any(has_driver) {
            with_driver.push(member);
        }
    }
    let wrong: Vec<_> = with_driver
        .iter()
        .filter(|member| !DRIVER_PACKAGES.iter().any(|(package, _)| package == *member))
        .collect();
    assert!(wrong.is_empty(), "shells reach the database through verbs: {wrong:?}");
    assert!(with_driver.contains(&"lms-core"), "{with_driver:?}");
}

/// The tables that a statement writes.
fn written(statement: &str) -> Vec<String> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let named = |at: usize| {
        let name = words.get(at).copied().unwrap_or_default();
        name.split('(').next().unwrap_or_default().to_lowercase()
    };
    (0..words.len())
        .filter_map(|at| match words[at].to_uppercase().as_str() {
            "INTO" => Some(named(at + 1)),
            "UPDATE" if at == 0 || !words[at - 1].eq_ignore_ascii_case("DO") => Some(named(at + 1)),
            "FROM" if at > 0 && words[at - 1].eq_ignore_ascii_case("DELETE") => Some(named(at + 1)),
            _ => None,
        })
        .collect()
}

fn owner(table: &str) -> Option<&'static str> {
    OWNERS.iter().find(|(_, tables)| tables.contains(&table)).map(|(owner, _)| *owner)
}

#[test]
fn nobody_writes_the_table_of_another() {
    let (mut violations, mut n_writing) = (Vec::new(), 0);
    for statement in statements() {
        let writer = statement.name.split("::").nth(1).unwrap();
        for sql in [statement.sqlite, statement.postgres] {
            for table in written(sql) {
                n_writing += 1;
                if owner(&table) != Some(writer) {
                    violations.push(format!("{} writes `{table}`", statement.name));
                }
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(n_writing >= 10, "{n_writing}");

    // Bulk inserts name a table of the registry.
    let tables =
        OWNERS.iter().flat_map(|(owner, tables)| tables.iter().map(move |table| (owner, table)));
    for (owner, table) in tables {
        let constant = table.to_uppercase();
        for path in files("lms-core/src", ".rs") {
            let source = without_comments(&text(&path));
            let inserts =
                source.contains(&format!("&{constant},")) && source.contains("bulk::insert");
            if inserts && context(&path) != Some(*owner) {
                violations.push(format!("{path} writes `{table}`"));
            }
        }
    }
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn every_table_has_an_owner() {
    for column in lms_core::testkit::columns(lms_core::Engine::Sqlite) {
        let table = column.catalogued.table;
        assert!(owner(&table).is_some(), "say in OWNERS who writes `{table}`");
    }
    assert_eq!(written("INSERT INTO a (b) SELECT x FROM c ON CONFLICT DO UPDATE SET b = 1"), ["a"]);
    assert_eq!(written("DELETE FROM a WHERE x IN (SELECT y FROM b)"), ["a"]);
    assert_eq!(written("WITH c AS (SELECT 1) UPDATE a SET b = 2"), ["a"]);
}
