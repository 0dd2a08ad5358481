//! Lists of trainings and of learning paths, by words and labels.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::kernel::db::{Assembly, IdList, One, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::{fold, words};

/// So many are few: their ids are carried from one statement to the next.
const FEW_MAX: i64 = 2_000;

/// A list that is narrowed by what stands in other tables. Neither engine knows how many have a label or
/// a word that begins so, and either may walk through everything for a single one. So it is looked up
/// first, and where few have it, the list is told who they are.
pub(super) struct Narrowing {
    wanted: Assembly,
    /// What stands before a sub-select, and before the ids of the few.
    among: &'static str,
    few: Option<BTreeSet<Uuid>>,
}

impl Narrowing {
    /// Narrows a statement; `among` is such as `AND t.id`.
    pub(super) fn new(wanted: Assembly, among: &'static str) -> Self {
        Self { wanted, among, few: None }
    }

    /// Leaves those whose ids a statement selects.
    pub(super) async fn only(&mut self, tx: &mut Tx, selected: Assembly) -> Result<()> {
        let first = Assembly::new("SELECT DISTINCT * FROM (").append(selected.clone());
        let found: Vec<One<Uuid>> =
            first.push(") selected LIMIT ?").bind(FEW_MAX).on(tx).all().await?;
        if i64::try_from(found.len()).unwrap_or(i64::MAX) < FEW_MAX {
            let found: BTreeSet<Uuid> = found.into_iter().map(|One(id)| id).collect();
            self.few = Some(match self.few.take() {
                Some(few) => few.intersection(&found).copied().collect(),
                None => found,
            });
        } else {
            let wanted = std::mem::take(&mut self.wanted).push(self.among);
            self.wanted = wanted.push("IN (").append(selected).push(")");
        }
        Ok(())
    }

    /// Leaves those that have any of these labels; with none, all are left. `selected` ends with
    /// `IN (texts?)`.
    pub(super) async fn only_labelled(
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
    pub(super) async fn only_with_words(
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
    pub(super) fn done(self) -> Assembly {
        match self.few {
            Some(few) => self.wanted.push(self.among).push("IN (ids?)").bind_ids(&IdList::new(few)),
            None => self.wanted,
        }
    }
}
