//! Whatever somebody with write access to the database changes in the log, `verify` finds, as long
//! as they do not compute the chain anew.

use lms_core::Engine;

use super::{N_ENTRIES, TARGET, organisation_with_history};
use crate::support::engines::on_both_engines;
use crate::support::looks::verify;
use crate::support::raw::{Raw, per_engine};

on_both_engines! {
    an_edited_entry_is_found,
    an_edited_change_is_found,
    an_edited_chain_or_head_is_found,
    what_was_deleted_is_found,
    what_was_moved_is_found,
    what_was_inserted_is_found,
    what_cannot_be_read_is_a_finding_too,
}

/// What somebody did, and the statements by which they did it.
type Tampering = (&'static str, Vec<String>);

const OPERATION: &str = "(SELECT operation_id FROM audit_chain WHERE seq = 6)";
const OTHER: &str = "(SELECT operation_id FROM audit_chain WHERE seq = 3)";

/// Plants each in a database of its own and asks for what `verify` finds.
async fn all_are_found(engine: Engine, tamperings: Vec<Tampering>) {
    assert_eq!(TARGET, 6);
    let mut unnoticed = Vec::new();
    for (what, statements) in tamperings {
        let lms = organisation_with_history(engine).await;
        let sound = verify(&lms, None).await;
        assert!(sound.ok, "{:?}", sound.findings);
        let mut raw = Raw::without_references(lms.place()).await;
        for statement in &statements {
            assert_ne!(raw.run(statement).await, 0, "{what}: {statement} changed nothing");
        }
        let outcome = lms.audit().verify(&lms.admin(), None, &mut |_, _| ()).await;
        match outcome {
            Ok(found) if !found.ok && !found.findings.is_empty() => {}
            Ok(_) => unnoticed.push(format!("{what}: nothing was found")),
            Err(error) => unnoticed.push(format!("{what}: it gave up: {error}")),
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

fn id(engine: Engine, id: &str) -> String {
    per_engine(engine, &format!("x'{}'", id.replace('-', "")), &format!("'{id}'"))
}

fn bytes(engine: Engine, n: u32) -> String {
    per_engine(engine, &format!("zeroblob({n})"), &format!("decode(repeat('00', {n}), 'hex')"))
}

fn edit(table: &str, set: &str, condition: &str) -> Vec<String> {
    vec![format!("UPDATE {table} SET {set} WHERE {condition}")]
}

async fn an_edited_entry_is_found(engine: Engine) {
    let operation = |set: &str| edit("operations", set, &format!("id = {OPERATION}"));
    let later = per_engine(engine, "recorded_at + 1", "recorded_at + INTERVAL '1 microsecond'");
    let another = id(engine, "0197f0a0-0000-7000-8000-000000000001");
    let renamed = vec![
        format!("UPDATE operations SET id = {another} WHERE id = {OPERATION}"),
        format!(
            "UPDATE operation_changes SET operation_id = {another} WHERE operation_id = {OPERATION}"
        ),
        format!("UPDATE audit_chain SET operation_id = {another} WHERE seq = {TARGET}"),
    ];
    let zeros = bytes(engine, 32);
    all_are_found(
        engine,
        vec![
            ("id", renamed),
            ("kind", operation("kind = 'settings.shown'")),
            ("actor", operation("actor = 'os:eve'")),
            ("origin", operation("origin = 'cli'")),
            ("request id", operation("request_id = 'request-2'")),
            ("no request id", operation("request_id = NULL")),
            ("instant", operation(&format!("recorded_at = {later}"))),
            ("day", operation("day = '2026-04-01'")),
            ("counts", operation("counts = '{\"changed\":2}'")),
            ("one more count", operation("counts = '{\"changed\":1,\"deleted\":0}'")),
            ("counts that hide one", operation("counts = '{\"changed\":9,\"changed\":1}'")),
            ("undoes", operation(&format!("undoes = {OTHER}"))),
            ("number of changes", operation("n_changes = n_changes + 1")),
            ("digest of the changes", operation(&format!("changes_sha256 = {zeros}"))),
        ],
    )
    .await;
}

async fn an_edited_change_is_found(engine: Engine) {
    // The first change holds the reason, the second what became of the settings.
    let change = |set: &str| {
        let this = format!("operation_id = {OPERATION} AND position = 2");
        edit("operation_changes", set, &this)
    };
    let reason = |set: &str| {
        let this = format!("operation_id = {OPERATION} AND position = 1");
        edit("operation_changes", set, &this)
    };
    let (digest, salt) = (bytes(engine, 32), bytes(engine, 16));
    let another = id(engine, "0197f0a0-0000-7000-8000-000000000001");
    all_are_found(
        engine,
        vec![
            ("value before", change("value_before = '{\"grace_days\":\"5\"}'")),
            ("value after", change("value_after = '{\"grace_days\":\"8\"}'")),
            ("values swapped", change("value_before = value_after, value_after = value_before")),
            ("value lost", change("value_after = NULL")),
            ("space in a value", change("value_after = '{\"grace_days\": \"7\"}'")),
            ("erased by nobody", change("salt = NULL, value_before = NULL, value_after = NULL")),
            ("salt", change(&format!("salt = {salt}"))),
            ("digest", change(&format!("digest = {digest}"))),
            ("position", change("position = 3")),
            ("subject type", change("subject_type = 'account'")),
            ("subject", change(&format!("subject_id = {another}"))),
            ("the reason", reason("value_after = '{\"reason\":\"old policy\"}'")),
            ("the reason hidden", reason("subject_type = 'note'")),
            ("of another entry", change(&format!("operation_id = {OTHER}"))),
        ],
    )
    .await;
}

async fn an_edited_chain_or_head_is_found(engine: Engine) {
    let zeros = bytes(engine, 32);
    let earlier = "hash = (SELECT hash FROM audit_chain WHERE seq = 9)";
    all_are_found(
        engine,
        vec![
            ("hash in the middle", edit("audit_chain", &format!("hash = {zeros}"), "seq = 6")),
            ("hash of the first", edit("audit_chain", &format!("hash = {zeros}"), "seq = 1")),
            ("hash of the last", edit("audit_chain", &format!("hash = {zeros}"), "seq = 10")),
            ("place of the last", edit("audit_chain", "seq = 12", "seq = 10")),
            ("hash of the head", edit("audit_head", &format!("hash = {zeros}"), "id = 1")),
            ("head too high", edit("audit_head", "seq = seq + 1", "id = 1")),
            ("head too low", edit("audit_head", "seq = seq - 1", "id = 1")),
            (
                "head of the entry before",
                edit("audit_head", &format!("seq = 9, {earlier}"), "id = 1"),
            ),
        ],
    )
    .await;
}

async fn what_was_deleted_is_found(engine: Engine) {
    let row = |seq: i64| -> Vec<String> {
        let operation = format!("(SELECT operation_id FROM audit_chain WHERE seq = {seq})");
        vec![
            format!("DELETE FROM operation_changes WHERE operation_id = {operation}"),
            format!("DELETE FROM operations WHERE id = {operation}"),
            format!("DELETE FROM audit_chain WHERE seq = {seq}"),
        ]
    };
    let one = |statement: &str| vec![statement.to_owned()];
    // All that came after moves up, which leaves no gap.
    let closed_up = row(TARGET)
        .into_iter()
        .chain(
            (TARGET + 1..=N_ENTRIES)
                .map(|seq| format!("UPDATE audit_chain SET seq = {} WHERE seq = {seq}", seq - 1)),
        )
        .chain(one("UPDATE audit_head SET seq = seq - 1"))
        .collect();
    let of_the_entry = format!("WHERE operation_id = {OPERATION}");
    all_are_found(
        engine,
        vec![
            ("an entry in the middle", row(TARGET)),
            ("the first entry", row(1)),
            ("the last entry", row(N_ENTRIES)),
            ("an entry, closed up", closed_up),
            ("an operation alone", one(&format!("DELETE FROM operations WHERE id = {OPERATION}"))),
            ("a place alone", one("DELETE FROM audit_chain WHERE seq = 6")),
            (
                "a change",
                one(&format!("DELETE FROM operation_changes {of_the_entry} AND position = 2")),
            ),
            (
                "a reason",
                one(&format!("DELETE FROM operation_changes {of_the_entry} AND position = 1")),
            ),
            ("all changes", one(&format!("DELETE FROM operation_changes {of_the_entry}"))),
            (
                "everything",
                vec![
                    "DELETE FROM operation_changes".to_owned(),
                    "DELETE FROM operations".to_owned(),
                    "DELETE FROM audit_chain".to_owned(),
                ],
            ),
        ],
    )
    .await;
}

async fn what_was_moved_is_found(engine: Engine) {
    let moved =
        |from: i64, to: i64| format!("UPDATE audit_chain SET seq = {to} WHERE seq = {from}");
    let (one, other) = (OPERATION, OTHER);
    let set = |of: &str, to: &str, position: i64| {
        format!(
            "UPDATE operation_changes SET operation_id = {to} WHERE operation_id = {of} AND position = {position}"
        )
    };
    let third = id(engine, "0197f0a0-0000-7000-8000-000000000001");
    all_are_found(
        engine,
        vec![
            ("two neighbours", vec![moved(6, 99), moved(7, 6), moved(99, 7)]),
            ("two far apart", vec![moved(3, 99), moved(10, 3), moved(99, 10)]),
            // Two entries of one kind trade what they did.
            ("changes", vec![
                set(one, &third, 2),
                format!("UPDATE operation_changes SET operation_id = {one}, position = 2 WHERE operation_id = {other}"),
                format!("UPDATE operation_changes SET operation_id = {other}, position = 1 WHERE operation_id = {third}"),
            ]),
            ("an entry to the end", vec![moved(6, 11)]),
        ],
    )
    .await;
}

async fn what_was_inserted_is_found(engine: Engine) {
    let another = id(engine, "0197f0a0-0000-7000-8000-000000000001");
    let copied = format!(
        "INSERT INTO operations SELECT {}, kind, actor, origin, request_id, recorded_at, day, counts, undoes, n_changes, changes_sha256 FROM operations WHERE id = {OPERATION}",
        per_engine(engine, &another, &format!("CAST({another} AS UUID)")),
    );
    let place = |seq: i64| {
        let hash = "(SELECT hash FROM audit_chain WHERE seq = 6)";
        format!(
            "INSERT INTO audit_chain (seq, operation_id, hash) VALUES ({seq}, {another}, {hash})"
        )
    };
    let make_room: Vec<String> = (TARGET + 1..=N_ENTRIES)
        .rev()
        .map(|seq| format!("UPDATE audit_chain SET seq = {} WHERE seq = {seq}", seq + 1))
        .collect();
    let head = |hash: &str| format!("UPDATE audit_head SET seq = 11, hash = {hash}");
    let between = make_room
        .into_iter()
        .chain([copied.clone(), place(7), "UPDATE audit_head SET seq = 11".to_owned()])
        .collect();
    let change = |operation: &str, position: i64| {
        format!(
            "INSERT INTO operation_changes SELECT {operation}, {position}, subject_type, subject_id, digest, salt, value_before, value_after FROM operation_changes WHERE operation_id = {OTHER}"
        )
    };
    let nowhere = per_engine(engine, &another, &format!("CAST({another} AS UUID)"));
    all_are_found(
        engine,
        vec![
            ("an operation without a place", vec![copied.clone()]),
            ("an operation behind the last", vec![copied.clone(), place(11)]),
            (
                "and the head moved on",
                vec![copied, place(11), head("(SELECT hash FROM audit_chain WHERE seq = 11)")],
            ),
            ("an operation in the middle", between),
            ("a place without an operation", vec![place(11)]),
            ("a change of an entry", vec![change(OPERATION, 3)]),
            (
                "a change of an entry without one",
                vec![change("(SELECT operation_id FROM audit_chain WHERE seq = 2)", 1)],
            ),
            ("a change of nothing", vec![change(&nowhere, 1)]),
        ],
    )
    .await;
}

async fn what_cannot_be_read_is_a_finding_too(engine: Engine) {
    let operation = |set: &str| edit("operations", set, &format!("id = {OPERATION}"));
    let mut tamperings = vec![
        ("counts that are no JSON", operation("counts = 'many'")),
        ("counts of another shape", operation("counts = '[1]'")),
        ("counts of texts", operation("counts = '{\"changed\":\"1\"}'")),
    ];
    if engine == Engine::Sqlite {
        // PostgreSQL has types that refuse these.
        tamperings.push(("no day", operation("day = 'someday'")));
        tamperings.push(("an instant beyond time", operation("recorded_at = 9223372036854775807")));
    }
    all_are_found(engine, tamperings).await;
}
