//! Lists that are narrowed by what stands in other tables: words, labels.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};

/// So many are few: their ids are carried from one statement to the next.
const FEW_MAX: i64 = 5_000;

/// The ids that a statement selects, where there are fewer than `few_max`. Looks no further.
pub(crate) async fn few(
    tx: &mut Tx,
    selected: &Assembly,
    few_max: i64,
) -> Result<Option<BTreeSet<Uuid>>> {
    let distinct = Assembly::new("SELECT DISTINCT * FROM (").append(selected.clone());
    let found: Vec<One<Uuid>> =
        distinct.push(") selected LIMIT ?").bind(few_max).on(tx).all().await?;
    let are_few = i64::try_from(found.len()).unwrap_or(i64::MAX) < few_max;
    Ok(are_few.then(|| found.into_iter().map(|One(id)| id).collect()))
}

/// Those of some that are among others as well; at first, there are only the others.
pub(crate) fn intersected(some: Option<BTreeSet<Uuid>>, others: BTreeSet<Uuid>) -> BTreeSet<Uuid> {
    match some {
        Some(some) => some.intersection(&others).copied().collect(),
        None => others,
    }
}

/// A list that is narrowed by what stands in other tables. Neither engine knows how many have a label or
/// a word that begins so, and either may walk through everything for a single one. So it is looked up
/// first, and where few have it, the list is told who they are.
pub(crate) struct Narrowing {
    wanted: Assembly,
    /// What stands before a sub-select, and before the ids of the few.
    among: &'static str,
    few: Option<BTreeSet<Uuid>>,
}

impl Narrowing {
    /// Narrows a statement; `among` is such as `AND t.id`.
    pub(crate) fn new(wanted: Assembly, among: &'static str) -> Self {
        Self { wanted, among, few: None }
    }

    /// Leaves those whose ids a statement selects.
    pub(crate) async fn only(&mut self, tx: &mut Tx, selected: Assembly) -> Result<()> {
        if let Some(found) = few(tx, &selected, FEW_MAX).await? {
            self.few = Some(intersected(self.few.take(), found));
        } else {
            let wanted = std::mem::take(&mut self.wanted).push(self.among);
            self.wanted = wanted.push("IN (").append(selected).push(")");
        }
        Ok(())
    }

    /// Leaves those that have any of these labels; with none, all are left. `selected` ends with
    /// `IN (texts?)`.
    pub(crate) async fn only_labelled(
        &mut self,
        tx: &mut Tx,
        selected: &'static str,
        labels: &[String],
    ) -> Result<()> {
        if labels.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = labels.iter().map(|label| fold(label)).collect();
        self.only(tx, Assembly::new(selected).bind_texts(&keys)).await
    }

    /// Leaves those with all of these words, each by its beginning. `selected` ends with `term >= ?`.
    pub(crate) async fn only_with_words(
        &mut self,
        tx: &mut Tx,
        selected: &'static str,
        search: Option<&str>,
    ) -> Result<()> {
        let Some(search) = search else { return Ok(()) };
        let words = words(search);
        if words.is_empty() {
            return Err(Error::invalid("search", format!("`{search}` has no letter and no digit")));
        }
        // As many as somebody typed.
        for word in words {
            let behind = format!("{word}\u{10FFFF}");
            let selected = Assembly::new(selected).bind(word).push("AND term < ?").bind(behind);
            self.only(tx, selected).await?;
        }
        Ok(())
    }

    /// The narrowed statement.
    pub(crate) fn done(self) -> Assembly {
        match self.few {
            Some(few) => self.wanted.push(self.among).push("IN (ids?)").bind_ids(&IdList::new(few)),
            None => self.wanted,
        }
    }
}
