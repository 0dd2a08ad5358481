//! Where the bytes lie: a folder, an S3-compatible store, or memory. Nothing of the library behind
//! it is seen from outside.

#[cfg(feature = "s3")]
mod s3;

#[cfg(feature = "s3")]
pub use s3::S3Options;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{
    Attribute, Attributes, MultipartUpload, ObjectStore, ObjectStoreExt, PutMultipartOptions,
    path::Path as Key,
};

use super::error::{Error, Result, error_codes};

error_codes! {
    STORE = "store.unavailable", Unavailable, "the store of files did not do what was asked";
    STORE_MISSING = "store.missing", Internal, "a file is not in its store";
    STORE_DENIED = "store.denied", Unavailable, "the store of files does not let us in";
    STORE_NO_BUCKET = "store.no_bucket", Unavailable, "the bucket for files does not exist";
    STORE_FOREIGN = "store.foreign", Unavailable,
        "the store of files belongs to another database, or nobody knows to which";
}

/// Where files are kept; given to [`crate::LmsBuilder::file_store`].
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    #[cfg(feature = "s3")]
    bucket: Option<s3::Bucket>,
    place: String,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("place", &self.place).finish_non_exhaustive()
    }
}

impl FileStore {
    /// In this folder, which is made where it is missing.
    pub fn folder(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path)
            .and_then(|()| path.canonicalize())
            .map_err(|cause| unusable(&path.display().to_string(), cause))
            .and_then(|path| {
                let place = path.display().to_string();
                let objects = LocalFileSystem::new_with_prefix(&path)
                    .map_err(|cause| unusable(&place, cause))?
                    // Durable means a power cut, as for the database.
                    .with_fsync(true);
                Ok(Self {
                    objects: Arc::new(objects),
                    #[cfg(feature = "s3")]
                    bucket: None,
                    place,
                })
            })
    }

    /// In memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            objects: Arc::new(InMemory::new()),
            #[cfg(feature = "s3")]
            bucket: None,
            place: "memory".to_owned(),
        }
    }

    /// Where it is, for people: a folder, or `s3://bucket/folder`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }

    /// Puts an object there, whole or not at all, under a name such as `people/day=2026-03-31/people.parquet`;
    /// what was there under the name before is replaced.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let put = self.objects.put(&Key::from(name), bytes.into()).await;
        put.map(drop).map_err(|cause| self.failed("write to", cause))
    }

    /// Begins to write an object that does not come to be before it is complete. A bucket hands it out
    /// itself later on, so that it is told there what the object is and what it is called.
    pub(crate) async fn begin(
        &self,
        key: &Key,
        media_type: &'static str,
        disposition: String,
    ) -> Result<Box<dyn MultipartUpload>> {
        let attributes = if self.is_bucket() {
            Attributes::from_iter([
                (Attribute::ContentType, media_type.to_owned()),
                (Attribute::ContentDisposition, disposition),
            ])
        } else {
            Attributes::new()
        };
        let options = PutMultipartOptions { attributes, ..Default::default() };
        let begun = self.objects.put_multipart_opts(key, options).await;
        begun.map_err(|cause| self.failed("write to", cause))
    }

    #[cfg(feature = "s3")]
    fn is_bucket(&self) -> bool {
        self.bucket.is_some()
    }

    #[cfg(not(feature = "s3"))]
    #[expect(clippy::unused_self, reason = "with S3 it looks")]
    fn is_bucket(&self) -> bool {
        false
    }

    /// An address at which the store itself hands out an object for a time; only a bucket has one.
    #[cfg(feature = "s3")]
    pub(crate) async fn signed_url(&self, key: &Key, valid: Duration) -> Result<Option<String>> {
        let Some(bucket) = &self.bucket else { return Ok(None) };
        let url = bucket.signed_url(key, valid).await;
        url.map(Some).map_err(|cause| self.failed("make an address for", cause))
    }

    /// As above: a folder has no address.
    #[cfg(not(feature = "s3"))]
    #[expect(clippy::unused_async, reason = "with S3 it waits")]
    pub(crate) async fn signed_url(&self, _: &Key, _: Duration) -> Result<Option<String>> {
        Ok(None)
    }

    /// What went wrong with the store, in words that help. What the store itself said is for the log.
    pub(crate) fn failed(&self, what: &str, cause: object_store::Error) -> Error {
        use object_store::Error as Cause;
        let place = &self.place;
        #[cfg(feature = "s3")]
        if let Some(bucket) = &self.bucket
            && let Some(error) = bucket.explained(place, &cause)
        {
            return error.with_source(cause);
        }
        match cause {
            Cause::NotFound { .. } => STORE_MISSING
                .error(format!("a file is not in the file store `{place}`"))
                .with_hint("restore the store from its backup, or put the file in again"),
            Cause::PermissionDenied { .. } | Cause::Unauthenticated { .. } => STORE_DENIED
                .error(format!("we may not {what} the file store `{place}`"))
                .with_hint("let the user of this program read, write and delete there"),
            _ => STORE
                .error(format!("could not {what} the file store `{place}`"))
                .with_hint("see whether it is reachable, has room, and may be written"),
        }
        .with_source(cause)
    }
}

fn unusable(place: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    STORE
        .error(format!("the file store `{place}` cannot be used: {cause}"))
        .with_hint("name a folder that may be written, or `s3://bucket/folder`")
        .with_source(cause)
}
