//! An organisation with its files, wherever those are kept.

use std::path::PathBuf;
use std::sync::Arc;

use lms_core::testkit::TestLms;
use lms_core::{
    Changed, Clock, Content, ContentFile, Engine, FileStore, Lms, LmsBuilder, NewContent, Result,
    SeededIds,
};

use crate::support::s3::S3Server;

/// Makes four tests of each function that takes a [`Shelf`]: files in a folder and in a bucket, on
/// each engine.
macro_rules! on_every_shelf {
    ($($name:ident,)+) => {
        mod folder {
            use lms_core::Engine;
            use super::shelf::Shelf;

            $(async fn $name(engine: Engine) {
                super::$name(Shelf::folder(engine).await).await;
            })+

            $crate::support::engines::on_both_engines! { $($name,)+ }
        }

        mod bucket {
            use lms_core::Engine;
            use super::shelf::Shelf;

            $(async fn $name(engine: Engine) {
                super::$name(Shelf::bucket(engine).await).await;
            })+

            $crate::support::engines::on_both_engines! { $($name,)+ }
        }
    };
}
pub(super) use on_every_shelf;

/// The prefix in the bucket; something else may lie beside it.
const PREFIX: &str = "acme/lms";

pub(super) struct Shelf {
    pub(super) test: TestLms,
    pub(super) lms: Lms,
    pub(super) server: Option<S3Server>,
}

impl Shelf {
    pub(super) async fn folder(engine: Engine) -> Self {
        let test = TestLms::organisation(engine).await;
        Self { lms: Lms::clone(&test), test, server: None }
    }

    pub(super) async fn bucket(engine: Engine) -> Self {
        let test = TestLms::organisation(engine).await;
        let server = S3Server::start();
        let lms = with(&test, server.store(PREFIX)).open().await.unwrap();
        Self { test, lms, server: Some(server) }
    }

    /// The same store, opened once more.
    pub(super) fn store(&self) -> FileStore {
        match &self.server {
            Some(server) => server.store(PREFIX),
            None => FileStore::folder(&self.place()).unwrap(),
        }
    }

    /// The folder in which the objects of the store lie.
    fn place(&self) -> PathBuf {
        match &self.server {
            Some(server) => server.bucket().join(PREFIX),
            None => self.test.place().folder().join("files"),
        }
    }

    pub(super) fn content(&self) -> Content<'_> {
        self.lms.content()
    }

    pub(super) async fn add(&self, name: &str, bytes: &[u8]) -> Result<Changed<ContentFile>> {
        self.content().add(&self.test.admin(), NewContent::new(name), &mut &*bytes).await
    }

    pub(super) async fn read(&self, file: &ContentFile) -> Result<Vec<u8>> {
        read(&self.lms, file).await
    }

    /// The files of the store, as they lie in its folder.
    pub(super) fn objects(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.place().join("content")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Whether no upload left anything behind.
    pub(super) fn is_clean(&self) -> bool {
        self.objects().is_empty()
            && self.server.as_ref().is_none_or(|server| server.parts().is_empty())
    }
}

/// The same database with another store.
pub(super) fn with(test: &TestLms, store: FileStore) -> LmsBuilder {
    let clock: Arc<dyn Clock> = Arc::clone(test.clock()) as _;
    Lms::builder(test.database_url())
        .clock(clock)
        .ids(Arc::new(SeededIds::new(2)))
        .file_store(store)
}

pub(super) async fn read(lms: &Lms, file: &ContentFile) -> Result<Vec<u8>> {
    use futures_util::TryStreamExt;
    let admin = lms_core::Actor::os_user("admin").with_origin("test");
    let open = lms.content().open(&admin, &file.id.to_string()).await?;
    let pieces: Vec<_> = open.bytes.try_collect().await?;
    Ok(pieces.concat())
}
