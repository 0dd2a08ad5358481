//! An S3 server to hold the library against: another program's idea of the protocol, with its
//! signatures, conditions and multipart uploads, over a temporary folder, on a free port.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleError;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use lms_core::{FileStore, S3Options};
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const KEY_ID: &str = "KEY-OF-THE-TEST";
pub const SECRET: &str = "SECRET-OF-THE-TEST";
pub const BUCKET: &str = "files";

/// A server with one empty bucket. It is gone when this is dropped.
pub struct S3Server {
    address: SocketAddr,
    folder: TempDir,
    /// A runtime of its own: with it every connection is gone at once.
    runtime: Option<Runtime>,
}

impl S3Server {
    pub fn start() -> Self {
        Self::that_takes(Duration::ZERO)
    }

    /// One that takes so long to make an object of its parts.
    pub fn that_takes(long: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let broken = async |_: HttpError| StatusCode::INTERNAL_SERVER_ERROR;
        let app = Router::new().fallback_service(HandleError::new(service.build(), broken));
        let app = app.layer(from_fn(move |request: Request, next: Next| async move {
            let query = request.uri().query().unwrap_or_default();
            if request.method() == Method::POST && query.contains("uploadId=") {
                tokio::time::sleep(long).await;
            }
            next.run(request).await
        }));

        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        Self { address, folder, runtime: Some(runtime) }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How to reach a folder of its bucket, without a key.
    pub fn options(&self, place: &str) -> S3Options {
        S3Options::parse(place).unwrap().endpoint(&self.endpoint())
    }

    /// A folder of its bucket as a store, with the key.
    pub fn store(&self, prefix: &str) -> FileStore {
        let options = self.options(&format!("s3://{BUCKET}/{prefix}"));
        FileStore::s3(&options.key(KEY_ID, SECRET)).unwrap()
    }

    /// The folder in which the objects of its bucket lie.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// Parts of uploads that nobody brought to an end.
    pub fn parts(&self) -> Vec<PathBuf> {
        let is_part = |path: &Path| path.to_string_lossy().contains(".upload");
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| is_part(path) && path.to_string_lossy().contains("part")).collect()
    }

    /// Takes it away in the middle of whatever it does.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
    }
}
