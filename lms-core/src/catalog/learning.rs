//! A training as somebody who learns has it: the version that they are in.

use uuid::Uuid;

use super::sql::{self, Version, VersionRow};
use super::visibility::Visibility;
use super::{NOT_PUBLISHABLE, TrainingId};
use crate::kernel::access::Actor;
use crate::kernel::db::Tx;
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
