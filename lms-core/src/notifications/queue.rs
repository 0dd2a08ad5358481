//! Telling many people something, in one statement, once each.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use uuid::Uuid;

use super::NoticeType;
use crate::kernel::db::schema::NOTICES;
use crate::kernel::db::{Assembly, Field, One, Tx, Value, bulk};
use crate::kernel::error::Result;
use crate::kernel::text::Day;
use crate::operations::Write;

/// Whose inbox: that of a person, or that of an account that belongs to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Inbox {
    Person(Uuid),
    Account(Uuid),
}

impl Inbox {
    fn id(self) -> Uuid {
        match self {
            Self::Person(id) | Self::Account(id) => id,
        }
    }
}

/// Something that somebody is told.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: Uuid,
    pub(crate) to: Inbox,
    pub(crate) notice_type: NoticeType,
    /// What makes it once, among what the same recipient is told.
    pub(crate) once: String,
    pub(crate) training: Option<Uuid>,
    pub(crate) assignment: Option<Uuid>,
    pub(crate) n_people: i64,
    /// Ids, codes, titles and days, never a name.
    pub(crate) data: Json,
    pub(crate) day: Day,
}

impl Told {
    /// The recipient stands last, so that keys made one after the other lie beside each other.
    pub(crate) fn key(&self) -> String {
        format!("{}:{}:{}", self.notice_type.as_str(), self.once, self.to.id())
    }
}

/// Puts notices into inboxes; those that were told before stay as they are. Says how many are new.
pub(crate) async fn queue(write: &mut Write, notices: &[Told]) -> Result<u64> {
    let ctx = &write.ctx;
    let row = |told: &Told| -> Vec<Value> {
        let (person, account) = match told.to {
            Inbox::Person(id) => (Some(id), None),
            Inbox::Account(id) => (None, Some(id)),
        };
        vec![
            told.id.into_value(),
            person.into_value(),
            account.into_value(),
            told.notice_type.as_str().into_value(),
            told.key().into_value(),
            told.training.into_value(),
            told.assignment.into_value(),
            told.n_people.into_value(),
            told.data.to_string().into_value(),
            told.day.into_value(),
            ctx.now.into_value(),
            None::<crate::kernel::clock::Timestamp>.into_value(),
            None::<crate::kernel::clock::Timestamp>.into_value(),
        ]
    };
    let rows: Vec<Vec<Value>> = notices.iter().map(row).collect();
    bulk::insert_new(&mut write.tx, &NOTICES, rows).await
}

/// The keys among these that were told before.
pub(crate) async fn known(tx: &mut Tx, keys: &[String]) -> Result<BTreeSet<String>> {
    if keys.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<One<String>> = Assembly::new("SELECT key FROM notices WHERE key IN (texts?)")
        .bind_texts(keys)
        .on(tx)
        .all()
        .await?;
    Ok(found.into_iter().map(|One(key)| key).collect())
}
