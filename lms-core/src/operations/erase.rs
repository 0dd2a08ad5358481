//! Taking what was said of somebody out of the log, so that the chain still holds.
//!
//! The chain holds digests of salted values. Without salt and values a digest tells nothing, and
//! nothing of the chain changes. The erasing operation names, in its own chained changes, whose
//! values went and which single changes of other operations: what is missing without being named
//! there was taken away by somebody else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sql::REASON_SUBJECT;
use super::{Operation, Write, requests};
use crate::kernel::db::{Assembly, IdList, Tx, row};
use crate::kernel::error::Result;
use crate::kernel::fold::fold;

/// The kind of the operations that may take values away.
pub(crate) const ERASING: &str = "person.erased";

/// An operation with more changes than this is about many: its reason goes only where it names
/// who is erased.
const FEW_CHANGES: i64 = 20;

/// Which changes of one operation went, whosever they were.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasedPositions {
    pub(crate) positions: Vec<i64>,
}

/// Whose values are to go.
#[derive(Debug)]
pub(crate) struct Erasure {
    /// Records by type and id: all that was ever said of them goes.
    pub(crate) subjects: Vec<(&'static str, Uuid)>,
    /// Whole names and keys that are theirs alone, wherever they stand.
    pub(crate) names: Vec<String>,
    /// Names that others bear too: they mean them where an operation touched them.
    pub(crate) parts_of_names: Vec<String>,
}

row! {
    struct Mention {
        operation_id: Uuid,
        position: i64,
        subject_type: String,
        n_changes: i64,
        before: Option<String>,
        after: Option<String>,
        touches_them: bool,
    }
}

/// Takes the values away: the operation that tells of it, and how many went.
pub(crate) async fn erase_values_in(
    write: &mut Write,
    erasure: &Erasure,
) -> Result<(Operation, i64)> {
    let subjects = IdList::new(erasure.subjects.iter().map(|(_, id)| *id));
    let gone = mentioned(&mut write.tx, &subjects, erasure).await?;
    let n_values = Assembly::new(
        "UPDATE operation_changes SET salt = NULL, value_before = NULL, value_after = NULL
         WHERE salt IS NOT NULL AND subject_id IN (ids?)",
    )
    .bind_ids(&subjects)
    .on(&mut write.tx)
    .run()
    .await?;
    take_away(&mut write.tx, &gone).await?;
    requests::forget_answers(&mut write.tx).await?;

    let n_values = i64::try_from(n_values).unwrap_or(i64::MAX) + count(&gone);
    let mut operation = Operation::new(ERASING).count("values", n_values);
    for (subject_type, id) in &erasure.subjects {
        operation = operation.change(subject_type, Some(*id), None::<&()>, None::<&()>);
    }
    for (id, positions) in gone {
        let positions = ErasedPositions { positions };
        operation = operation.change(REASON_SUBJECT, Some(id), None::<&()>, Some(&positions));
    }
    Ok((operation, n_values))
}

/// How many values would go, and how many entries of the log would stay without them.
pub(crate) async fn count_values_in(tx: &mut Tx, erasure: &Erasure) -> Result<(i64, i64)> {
    let subjects = IdList::new(erasure.subjects.iter().map(|(_, id)| *id));
    let gone = mentioned(tx, &subjects, erasure).await?;
    let counts: Counts = Assembly::new(
        "SELECT COUNT(salt), COUNT(DISTINCT operation_id) FROM operation_changes
         WHERE subject_id IN (ids?)",
    )
    .bind_ids(&subjects)
    .on(tx)
    .one()
    .await?;
    Ok((counts.values + count(&gone), counts.operations))
}

fn count(gone: &BTreeMap<Uuid, Vec<i64>>) -> i64 {
    i64::try_from(gone.values().map(Vec::len).sum::<usize>()).unwrap_or(i64::MAX)
}

row! {
    struct Counts {
        values: i64,
        operations: i64,
    }
}

/// The single changes that go, by operation: reasons, and what people put names into.
async fn mentioned(
    tx: &mut Tx,
    subjects: &IdList,
    erasure: &Erasure,
) -> Result<BTreeMap<Uuid, Vec<i64>>> {
    // Reads the reasons of all operations: whoever is erased may be named anywhere.
    let mentions: Vec<Mention> = Assembly::new(
        "SELECT h.operation_id, h.position, h.subject_type, o.n_changes, h.value_before, h.value_after,
                h.operation_id IN
                    (SELECT s.operation_id FROM operation_changes s WHERE s.subject_id IN (ids?)",
    )
    .bind_ids(subjects)
    .push(
        ") FROM operation_changes h JOIN operations o ON o.id = h.operation_id
         WHERE h.salt IS NOT NULL AND h.subject_type IN ('operation', 'group', 'rule')",
    )
    .on(tx)
    .all()
    .await?;
    let mut gone: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    for mention in mentions {
        let names = |names: &[String]| {
            let texts = [&mention.before, &mention.after].into_iter().flatten();
            texts.into_iter().any(|text| names_any(text, names))
        };
        let is_reason = mention.subject_type == REASON_SUBJECT;
        let is_about_them = mention.touches_them
            && ((is_reason && mention.n_changes <= FEW_CHANGES) || names(&erasure.parts_of_names));
        if is_about_them || names(&erasure.names) {
            gone.entry(mention.operation_id).or_default().push(mention.position);
        }
    }
    Ok(gone)
}

async fn take_away(tx: &mut Tx, gone: &BTreeMap<Uuid, Vec<i64>>) -> Result<()> {
    let mut by_position: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (operation, positions) in gone {
        for position in positions {
            by_position.entry(*position).or_default().push(*operation);
        }
    }
    // Bounded by how many places in an operation a name stands at: reasons stand at the first.
    for (position, operations) in by_position {
        Assembly::new(
            "UPDATE operation_changes SET salt = NULL, value_before = NULL, value_after = NULL
             WHERE position = ?",
        )
        .bind(position)
        .push("AND operation_id IN (ids?)")
        .bind_ids(&IdList::new(operations))
        .on(tx)
        .run()
        .await?;
    }
    Ok(())
}

/// Whether a text holds one of the names, in any case and with or without accents.
pub(crate) fn names_any(text: &str, names: &[String]) -> bool {
    let text = fold(text);
    names.iter().map(|name| fold(name)).any(|name| !name.is_empty() && holds_word(&text, &name))
}

/// Whether `name` stands in `text` as a whole word, or as several.
fn holds_word(text: &str, name: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(name).any(|(at, _)| {
        is_edge(text[..at].chars().next_back()) && is_edge(text[at + name.len()..].chars().next())
    })
}

/// Which missing values an erasing operation accounts for.
#[derive(Debug, Default)]
pub(crate) struct Erasures {
    /// The last place in the chain at which all that was said of a subject went.
    subjects: BTreeMap<(String, Uuid), i64>,
    /// The last place at which a single change went.
    positions: BTreeMap<(Uuid, i64), i64>,
}

row! {
    struct ErasingRow {
        seq: i64,
        subject_type: String,
        subject_id: Option<Uuid>,
        after: Option<String>,
    }
}

impl Erasures {
    /// Reads what every erasing operation says it took.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        let rows: Vec<ErasingRow> = Assembly::new(
            "SELECT c.seq, h.subject_type, h.subject_id, h.value_after
             FROM operations o
             JOIN audit_chain c ON c.operation_id = o.id
             JOIN operation_changes h ON h.operation_id = o.id
             WHERE o.kind = ?",
        )
        .bind(ERASING)
        .push("ORDER BY c.seq")
        .on(tx)
        .all()
        .await?;
        let mut erasures = Self::default();
        for row in rows {
            let Some(id) = row.subject_id else { continue };
            let positions = row.after.as_deref().map(serde_json::from_str::<ErasedPositions>);
            match positions {
                None => drop(erasures.subjects.insert((row.subject_type, id), row.seq)),
                Some(Ok(erased)) if row.subject_type == REASON_SUBJECT => {
                    let places = erased.positions.into_iter().map(|at| ((id, at), row.seq));
                    erasures.positions.extend(places);
                }
                // Its own reason, or somebody's work: the digests tell which.
                Some(_) => {}
            }
        }
        Ok(erasures)
    }

    /// Whether a change whose values are missing was erased after it was recorded.
    pub(crate) fn account_for(
        &self,
        seq: i64,
        operation: Uuid,
        position: i64,
        subject: (&str, Option<Uuid>),
    ) -> bool {
        let (subject_type, subject_id) = subject;
        let of_subject = subject_id
            .filter(|_| subject_type != REASON_SUBJECT)
            .and_then(|id| self.subjects.get(&(subject_type.to_owned(), id)));
        let at_place = self.positions.get(&(operation, position));
        of_subject.into_iter().chain(at_place).any(|erased_at| *erased_at > seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_in_any_spelling() {
        let names = ["Jürgen Müller".to_owned(), "00102".to_owned(), "Müller".to_owned()];
        assert!(names_any("asked for by JURGEN  MULLER himself", &names));
        assert!(names_any("as 00102 wished", &names));
        assert!(!names_any("as 001020 wished, a Müllerin", &names));
        assert!(!names_any("a request by letter", &names));
        assert!(!names_any("anything", &[String::new()]));
    }
}
