//! What every verb stands on: the database, the clock and the ids of one open organisation.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::clock::{Clock, Timestamp};
use super::db::{DatabaseUrl, Db};
use super::ids::Ids;
use super::store::FileStore;

/// Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct Core(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) url: DatabaseUrl,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) store: Option<FileStore>,
    pub(crate) file_bytes_max: u64,
    /// Something that a higher layer hands down to another one, by its type: the kernel does not know
    /// what it is.
    pub(crate) extension: Option<Arc<dyn Any + Send + Sync>>,
    /// What contexts keep of an open organisation in memory, one of each type.
    pub(crate) shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Core {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// Where files are kept, if a place was named.
    pub(crate) fn store(&self) -> Option<&FileStore> {
        self.0.store.as_ref()
    }

    /// How large a file may be.
    pub(crate) fn file_bytes_max(&self) -> u64 {
        self.0.file_bytes_max
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn ids(&self) -> &Arc<dyn Ids> {
        &self.0.ids
    }

    /// What was handed down of this type.
    pub(crate) fn extension<T: Any + Copy>(&self) -> Option<T> {
        self.0.extension.as_ref()?.downcast_ref::<T>().copied()
    }

    /// The one of this type that all clones share; made when it is asked for first.
    pub(crate) fn shared<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut shared = self.0.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let one = shared.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(one).downcast().expect("each is kept by its type")
    }
}
