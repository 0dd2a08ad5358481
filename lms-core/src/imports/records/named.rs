//! What rows are about: trainings, by code or id.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::fates::Aside;
use crate::catalog;
use crate::catalog::sql::Stored;
use crate::imports::row::FileRow;
use crate::kernel::db::IdList;
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::operations::Write;

/// For so many names that nobody has it is looked for what may be meant.
const SUGGESTED_MAX: usize = 100;

/// The trainings that a file names.
#[derive(Debug)]
pub(super) struct Trainings {
    by_name: HashMap<String, Uuid>,
    stored: BTreeMap<Uuid, Stored>,
    unknown: HashMap<String, Error>,
}

impl Trainings {
    /// Looks all of them up.
    pub(super) async fn load(write: &mut Write, rows: &[FileRow]) -> Result<Self> {
        let named: BTreeSet<&str> = rows.iter().filter_map(|row| row.text("training")).collect();
        let codes: Vec<String> = named.iter().map(|text| (*text).to_owned()).collect();
        let mut by_name = catalog::sql::ids_by_code(&mut write.tx, &codes).await?;
        for text in &named {
            if let Ok(id) = text.parse::<Uuid>() {
                by_name.entry(fold(text)).or_insert(id);
            }
        }
        let ids = IdList::new(by_name.values().copied());
        let stored = catalog::sql::load(&mut write.tx, &ids).await?;
        by_name.retain(|_, id| stored.contains_key(id));
        let mut unknown = HashMap::new();
        for text in named.into_iter().filter(|text| !by_name.contains_key(&fold(text))) {
            if unknown.len() >= SUGGESTED_MAX {
                break;
            }
            if let Err(error) = catalog::sql::find(&mut write.tx, text).await {
                unknown.insert(fold(text), error);
            }
        }
        Ok(Self { by_name, stored, unknown })
    }

    /// Which one it is.
    pub(super) fn of(&self, row: &FileRow) -> std::result::Result<&Stored, Aside> {
        let text = row.text("training").unwrap_or_default();
        let found = self.by_name.get(&fold(text)).and_then(|id| self.stored.get(id));
        found.ok_or_else(|| {
            let told = self.unknown.get(&fold(text)).map(Error::for_another);
            let error = told.unwrap_or_else(|| {
                catalog::UNKNOWN_TRAINING.error(format!("there is no training `{text}`"))
            });
            Aside::rejected(error.with_field("training"))
        })
    }

    /// Makes drafts of these, by code with their titles; what was made, in words.
    pub(super) async fn make(
        &mut self,
        write: &mut Write,
        new: BTreeMap<String, (String, String)>,
    ) -> Result<Vec<String>> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let made = catalog::add_drafts(write, new.into_values().collect()).await?;
        let mut told = Vec::with_capacity(made.len());
        for stored in made {
            let title = stored.shown().map(|version| version.definition.title.as_str());
            told.push(format!("training {}: {}", stored.code, title.unwrap_or_default()));
            self.by_name.insert(fold(&stored.code), stored.id);
            self.stored.insert(stored.id, stored);
        }
        Ok(told)
    }
}
