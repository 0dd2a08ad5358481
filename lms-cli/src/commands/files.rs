//! Files on their way into the store and out of it, with a bar that shows how far they are.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use lms_core::{NewContent, OpenContent};
use tokio::io::{AsyncRead, ReadBuf};

use crate::app::App;
use crate::error::{Result, USAGE, file_error};
use crate::out_file::OutFile;
use crate::output::Progress;

/// A local file on its way, piece by piece. A local disk is quick enough to wait for it here.
pub(crate) struct Sent {
    name: String,
    file: File,
    size: u64,
    n_read: u64,
    progress: Progress,
}

impl Sent {
    pub(crate) fn open(app: &App, path: &Path) -> Result<Self> {
        let failed = |cause: io::Error| file_error("read", path, &cause);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(USAGE.error(format!("`{}` is not a file", path.display())).into());
        }
        Ok(Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            file,
            size: about.len(),
            n_read: 0,
            progress: app.output.progress("sending"),
        })
    }

    /// What is said of it before it is sent.
    pub(crate) fn about(&self) -> NewContent {
        NewContent::new(&self.name).size(self.size)
    }

    /// What came of it, once the bar is off the screen.
    pub(crate) fn arrived<T>(mut self, outcome: lms_core::Result<T>) -> Result<T> {
        self.progress.finish();
        Ok(outcome?)
    }
}

impl AsyncRead for Sent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n_read = match self.file.read(buffer.initialize_unfilled()) {
            Ok(n_read) => n_read,
            Err(cause) => return Poll::Ready(Err(cause)),
        };
        buffer.advance(n_read);
        self.n_read += n_read as u64;
        let (done, total) = (self.n_read, self.size);
        self.progress.at(done, total);
        Poll::Ready(Ok(()))
    }
}

/// Writes a file out of the store, and says so.
pub(crate) async fn receive(
    app: &App,
    mut file: OutFile,
    mut open: OpenContent,
    out: &Path,
) -> Result<()> {
    let total = open.file.size.unsigned_abs();
    let (mut done, mut progress) = (0, app.output.progress("receiving"));
    // What turns out to be altered at its end is never moved into place.
    while let Some(piece) = open.bytes.try_next().await? {
        let written = file.write_all(&piece);
        written.map_err(|cause| file.stop(file_error("write", out, &cause)))?;
        done += piece.len() as u64;
        progress.at(done, total);
    }
    progress.finish();
    let name = file.name();
    file.commit()?;
    app.output.done(&format!("wrote `{}` to {name}", open.file.name));
    Ok(())
}
