//! Leaves that a file brings: each is recorded, or says why not, and none stands in the way of the others.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::super::PersonId;
use super::super::directory::Step;
use super::super::draft::{Draft, add_leave};
use super::super::ownership;
use super::super::save::save_rows;
use super::super::sql;
use super::super::types::{Leave, PersonChange};
use super::told;
use crate::kernel::db::IdList;
use crate::kernel::error::Result;
use crate::operations::{Operation, Write};
use crate::settings;

/// What became of one leave: whether it is new, or why it cannot be.
pub(crate) type LeaveFate = Result<bool>;

/// Records leaves of people who are there. What became of each, in their order, and the operation that is
/// to be recorded, where anything is new.
pub(crate) async fn deliver_leaves(
    write: &mut Write,
    leaves: Vec<(Uuid, Leave)>,
) -> Result<(Vec<LeaveFate>, Option<Operation>)> {
    let now = write.ctx.now;
    let today = settings::today(&mut write.tx, now).await?;
    let facts = sql::facts(&mut write.tx, &IdList::new(leaves.iter().map(|(id, _)| *id))).await?;
    let mut drafts: BTreeMap<Uuid, Draft> = BTreeMap::new();
    let mut fates = Vec::with_capacity(leaves.len());
    let mut changed: HashSet<Uuid> = HashSet::new();
    for (person, leave) in leaves {
        let draft = match drafts.entry(person) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let step = Step::Change(PersonId::new(person), PersonChange::new());
                entry.insert(Draft::begin(person, &step, &facts, today, now)?)
            }
        };
        let before = draft.leaves.len();
        let fate = add_leave(draft, leave).map(|()| draft.leaves.len() > before);
        if matches!(fate, Ok(true)) {
            changed.insert(person);
        }
        fates.push(fate);
    }
    drafts.retain(|person, _| changed.contains(person));
    drafts.values_mut().for_each(Draft::restate);
    ownership::settle(write, &mut drafts, &facts).await?;
    let touched = save_rows(write, &drafts, &facts).await?;
    Ok((fates, told(&drafts, &touched, None)))
}
