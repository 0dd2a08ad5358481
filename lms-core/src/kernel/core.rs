//! What every verb stands on: the database, the clock and the ids of one open organisation.

use std::sync::Arc;

use super::clock::{Clock, Timestamp};
use super::db::{DatabaseUrl, Db};
use super::ids::Ids;

/// Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct Core(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    url: DatabaseUrl,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Core {
    pub(crate) fn new(db: Db, url: DatabaseUrl, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self(Arc::new(Inner { db, url, clock, ids }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn ids(&self) -> &Arc<dyn Ids> {
        &self.0.ids
    }
}
