//! Where the bytes lie: a folder, an S3-compatible store, or memory. Nothing of the library behind
//! it is seen from outside.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
#[cfg(feature = "s3")]
use object_store::prefix::PrefixStore;
#[cfg(feature = "s3")]
use object_store::signer::Signer;
use object_store::{ObjectStore, path::Path as Key};

use super::error::{Error, Result, error_codes};

error_codes! {
    STORE = "store.unavailable", Unavailable, "the store of files did not do what was asked";
    STORE_MISSING = "store.missing", Internal, "a file is not in its store";
}

/// Where files are kept; given to [`crate::LmsBuilder::file_store`].
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    #[cfg(feature = "s3")]
    signer: Option<(Arc<dyn Signer>, Key)>,
    place: String,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("place", &self.place).finish_non_exhaustive()
    }
}

/// How to reach an S3-compatible store.
#[cfg(feature = "s3")]
#[derive(Clone)]
pub struct S3Options {
    bucket: String,
    prefix: String,
    region: Option<String>,
    endpoint: Option<String>,
    key: Option<(String, String)>,
}

#[cfg(feature = "s3")]
impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "s3")]
impl S3Options {
    /// From `s3://BUCKET` or `s3://BUCKET/PREFIX`.
    pub fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() || bucket.contains(['@', ':', '?']) {
            return Err(Error::invalid("store", format!("`{url}` does not name a bucket"))
                .with_hint("write it like `s3://bucket/folder`; keys go into the environment"));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            region: None,
            endpoint: None,
            key: None,
        })
    }

    /// In this region.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// At this address, for stores other than that of Amazon.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.to_owned());
        self
    }

    /// With this access key and its secret.
    #[must_use]
    pub fn key(mut self, id: &str, secret: &str) -> Self {
        self.key = Some((id.to_owned(), secret.to_owned()));
        self
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
                    signer: None,
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
            signer: None,
            place: "memory".to_owned(),
        }
    }

    /// In an S3-compatible store.
    #[cfg(feature = "s3")]
    pub fn s3(options: &S3Options) -> Result<Self> {
        use object_store::aws::AmazonS3Builder;
        let place = format!("s3://{}/{}", options.bucket, options.prefix);
        // Another part of the process may have chosen already; either choice will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(options.region.as_deref().unwrap_or("us-east-1"));
        if let Some(endpoint) = &options.endpoint {
            builder =
                builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        if let Some((id, secret)) = &options.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        let store = Arc::new(builder.build().map_err(|cause| unusable(&place, cause))?);
        let prefix = Key::from(options.prefix.as_str());
        Ok(Self {
            objects: Arc::new(PrefixStore::new(Arc::clone(&store), prefix.clone())),
            signer: Some((store, prefix)),
            place,
        })
    }

    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }

    /// An address at which the store itself hands out an object for a time; only an S3 store has one.
    #[cfg(feature = "s3")]
    pub(crate) async fn signed_url(&self, key: &Key, valid: Duration) -> Result<Option<String>> {
        let Some((signer, prefix)) = &self.signer else { return Ok(None) };
        let whole: Key = prefix.parts().chain(key.parts()).collect();
        let url = signer.signed_url(http::Method::GET, &whole, valid).await;
        Ok(Some(url.map_err(|cause| self.failed("make an address for", cause))?.to_string()))
    }

    /// As above: a folder has no address.
    #[cfg(not(feature = "s3"))]
    #[expect(clippy::unused_async, reason = "with S3 it waits")]
    pub(crate) async fn signed_url(&self, _: &Key, _: Duration) -> Result<Option<String>> {
        Ok(None)
    }

    /// What went wrong with the store, in words that help.
    pub(crate) fn failed(&self, what: &str, cause: object_store::Error) -> Error {
        if matches!(cause, object_store::Error::NotFound { .. }) {
            return STORE_MISSING
                .error(format!("a file is not in the file store `{}`", self.place))
                .with_hint("restore the store from its backup; `lmsctl db check` names the file")
                .with_source(cause);
        }
        STORE
            .error(format!("could not {what} the file store `{}`", self.place))
            .with_hint("see whether it is reachable, has room, and may be written")
            .with_source(cause)
    }
}

fn unusable(place: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    STORE
        .error(format!("the file store `{place}` cannot be used: {cause}"))
        .with_hint("name a folder that may be written, or `s3://bucket/folder`")
        .with_source(cause)
}
