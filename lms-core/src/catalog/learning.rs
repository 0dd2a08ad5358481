//! A training as somebody who learns has it: the version that they are in.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::sql::{self, Version, VersionRow};
use super::visibility::Visibility;
use super::{NOT_PUBLISHABLE, TrainingId};
use crate::kernel::access::Actor;
use crate::kernel::db::{Assembly, IdList, Tx};
use crate::kernel::error::Result;

/// A training by code or id, as far as the actor sees it.
pub(crate) async fn find_for(tx: &mut Tx, actor: &Actor, text: &str) -> Result<TrainingId> {
    sql::find_seen(tx, Visibility::of(actor), text).await
}

/// The version that was begun, or else the newest that was published.
pub(crate) async fn version_in(
    tx: &mut Tx,
    training: TrainingId,
    begun: Option<Uuid>,
) -> Result<Version> {
    let row: Option<VersionRow> = match begun {
        Some(version) => tx.sql(&sql::VERSION).bind(version).opt().await?,
        None => tx.sql(&sql::PUBLISHED_VERSION).bind(training).opt().await?,
    };
    row.ok_or_else(|| NOT_PUBLISHABLE.error("nothing of this training was published yet"))?
        .try_into()
}

/// Versions by their ids, as many as there are.
pub(crate) async fn versions_in(tx: &mut Tx, ids: &IdList) -> Result<HashMap<Uuid, Arc<Version>>> {
    let rows: Vec<VersionRow> = Assembly::new(
        "SELECT id, training_id, major, minor, state, document, require_retraining_by,
                created_at, updated_at, published_at
         FROM training_versions WHERE id IN (ids?)",
    )
    .bind_ids(ids)
    .on(tx)
    .all()
    .await?;
    let version = |row: VersionRow| {
        let version: Version = row.try_into()?;
        Ok((version.id, Arc::new(version)))
    };
    rows.into_iter().map(version).collect()
}
