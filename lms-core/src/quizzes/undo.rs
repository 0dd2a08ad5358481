//! Taking an import of questions back. A field that is still as the import wrote it goes back to what it was; a
//! question that it made goes out of use, and stays for those who were asked it. What somebody changed since
//! stays, and so does what a quiz needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::delivery::IMPORTED;
use super::problems::Problems;
use super::save::{self, Known};
use super::wanted::Wanted;
use super::{WRITE, find};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, Tx, row};
use crate::kernel::error::Result;
use crate::operations::{
    ChangedSubject, LaterChange, Operation, TakenBack, UndoItem, UndoParts, Write,
};

/// The kinds of operations that are taken back here.
pub(crate) const KINDS: &[&str] = &[IMPORTED];
/// What its changes are about.
pub(crate) const SUBJECT: &str = "question";

/// What taking an operation back would do here, and what is needed to do it.
pub(crate) struct Undo {
    pub(crate) parts: UndoParts,
    known: Known,
    wanted: Wanted,
}

row! {
    struct LaterRow {
        subject_id: Uuid,
        seq: i64,
        kind: String,
        actor: String,
        recorded_at: Timestamp,
    }
}

/// Refuses whoever may not change questions by hand.
pub(crate) fn require(actor: &Actor) -> Result<()> {
    actor.require(WRITE)
}

/// Decides what of an operation can go back. Nothing is written.
pub(crate) async fn decide(tx: &mut Tx, operation: &TakenBack) -> Result<Undo> {
    let changes: Vec<&ChangedSubject> =
        operation.changes.iter().filter(|change| change.subject_type == SUBJECT).collect();
    let ids: BTreeSet<Uuid> = changes.iter().filter_map(|change| change.subject_id).collect();
    let bank = find::bank(tx).await?;
    let keys = bank.entries.iter().filter(|(_, entry)| ids.contains(&entry.id));
    let known = Known::load(tx, keys.map(|(key, _)| key.clone()).collect()).await?;
    let later = later_changes(tx, operation.recorded_at).await?;
    let mut undo = Undo { parts: UndoParts::default(), known, wanted: Wanted::default() };
    let by_id: BTreeMap<Uuid, String> =
        undo.known.questions.iter().map(|(key, known)| (known.row.id, key.clone())).collect();
    let mut items: BTreeMap<String, Vec<UndoItem>> = BTreeMap::new();
    for change in changes {
        let key = change.subject_id.and_then(|id| by_id.get(&id));
        let Some((key, known)) = key.and_then(|key| undo.known.questions.get_key_value(key)) else {
            continue;
        };
        let now = known.is.document();
        let back = Back { id: known.row.id, code: &known.row.code, now: &now, later: &later };
        let mut document = now.clone();
        let is_new = change.before.is_empty() && change.after.contains_key("code");
        let (restored, kept) = if is_new {
            back.made(change, &mut document)
        } else {
            back.changed(change, &mut document)
        };
        undo.parts.kept.extend(kept);
        if restored.is_empty() {
            continue;
        }
        let problems = Problems::default();
        let document = Json::Object(document);
        undo.wanted.questions.extend(Wanted::question(&document, &problems).questions);
        match problems.into_vec().into_iter().next() {
            // What goes back and what stays do not go together.
            Some(problem) => undo.parts.blocked.extend(blocked(restored, &problem.message)),
            None => drop(items.insert(key.clone(), restored)),
        }
    }
    for (key, why) in undo.known.hold_back(&mut undo.wanted) {
        undo.parts.blocked.extend(blocked(items.remove(&key).unwrap_or_default(), &why));
    }
    undo.parts.restored = items.into_values().flatten().collect();
    Ok(undo)
}

fn blocked(items: Vec<UndoItem>, why: &str) -> impl Iterator<Item = UndoItem> {
    items.into_iter().map(|item| UndoItem { why: Some(why.to_owned()), ..item })
}

/// One question on its way back.
struct Back<'a> {
    id: Uuid,
    code: &'a str,
    now: &'a Map<String, Json>,
    later: &'a BTreeMap<Uuid, LaterChange>,
}

/// What goes back, and what stays.
type Fates = (Vec<UndoItem>, Vec<UndoItem>);

impl Back<'_> {
    /// Of a question that the operation made: it goes out of use, unless somebody worked on it since.
    fn made(&self, change: &ChangedSubject, document: &mut Map<String, Json>) -> Fates {
        if self.now.get("archived").is_some() {
            return (Vec::new(), Vec::new());
        }
        let (now, back) = (Some(&Json::Bool(false)), Some(&Json::Bool(true)));
        let item = self.item("archived", now, back);
        if *self.now != change.after {
            return (Vec::new(), vec![self.kept(item)]);
        }
        document.insert("archived".to_owned(), true.into());
        (vec![item], Vec::new())
    }

    /// Of one that was there: field by field.
    fn changed(&self, change: &ChangedSubject, document: &mut Map<String, Json>) -> Fates {
        let (mut restored, mut kept) = (Vec::new(), Vec::new());
        let names: BTreeSet<&String> = change.before.keys().chain(change.after.keys()).collect();
        for name in names {
            let (before, after) = (change.before.get(name), change.after.get(name));
            let now = self.now.get(name);
            if now == before {
                continue;
            }
            let item = self.item(name, now, before);
            if now != after {
                kept.push(self.kept(item));
                continue;
            }
            match before {
                Some(value) => drop(document.insert(name.clone(), value.clone())),
                None => drop(document.remove(name)),
            }
            restored.push(item);
        }
        (restored, kept)
    }

    fn item(&self, field: &str, now: Option<&Json>, back_to: Option<&Json>) -> UndoItem {
        let text = |value: Option<&Json>| match value? {
            Json::String(text) => Some(text.clone()),
            Json::Bool(is) => Some(if *is { "yes" } else { "no" }.to_owned()),
            other => Some(other.to_string()),
        };
        UndoItem {
            subject_type: SUBJECT.to_owned(),
            subject_id: self.id,
            subject: self.code.to_owned(),
            field: field.to_owned(),
            from: None,
            until: None,
            now: text(now),
            back_to: text(back_to),
            why: None,
            changed_by: None,
        }
    }

    fn kept(&self, item: UndoItem) -> UndoItem {
        UndoItem {
            why: Some("it was changed since".to_owned()),
            changed_by: self.later.get(&self.id).cloned(),
            ..item
        }
    }
}

/// Who changed questions last, after the operation.
async fn later_changes(tx: &mut Tx, after: Timestamp) -> Result<BTreeMap<Uuid, LaterChange>> {
    let rows: Vec<LaterRow> = Assembly::new(
        "SELECT c.subject_id, a.seq, o.kind, o.actor, o.recorded_at
         FROM operations o
         JOIN operation_changes c ON c.operation_id = o.id
         JOIN audit_chain a ON a.operation_id = o.id
         WHERE c.subject_type = 'question' AND c.subject_id IS NOT NULL AND o.recorded_at > ?",
    )
    .bind(after)
    .push("ORDER BY a.seq")
    .on(tx)
    .all()
    .await?;
    let later = rows.into_iter().map(|row| {
        let LaterRow { subject_id, seq, kind, actor, recorded_at } = row;
        (subject_id, LaterChange { seq, kind, actor, recorded_at })
    });
    Ok(later.collect())
}

/// Takes back what was decided.
pub(crate) async fn carry_out(
    write: &mut Write,
    undo: Undo,
    operation: Operation,
) -> Result<Operation> {
    save::write_into(write, operation, &undo.known, &undo.wanted).await
}
