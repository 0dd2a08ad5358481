//! `lmsctl training content add`

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use clap::Args;
use lms_core::{ItemFile, ModuleStep, NewContent, TrainingChange};
use tokio::io::{AsyncRead, ReadBuf};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::error::{Exit, Result, USAGE, file_error};
use crate::output::Progress;

/// Put files into a module of the draft; one that it shows already is put in its place
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training list -o csv > list.csv; lmsctl training content add FIRE-SAFETY list.csv --module alarm",
])]
pub(crate) struct AddArgs {
    /// Code of the training
    training: String,
    /// Files; their endings say what they are
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Key of the module
    #[arg(long)]
    module: String,
    /// What it is called; as its name says, unless said
    #[arg(long)]
    title: Option<String>,
    /// Video, document or package; what its name speaks of, unless said
    #[arg(long)]
    kind: Option<String>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    if args.title.is_some() && args.files.len() > 1 {
        return Err(USAGE
            .error("one title was given for several files")
            .with_hint("put them in one by one, or leave `--title` out")
            .into());
    }
    let session = app.open_with_files().await?;
    // Before anything is sent: whether there is a place for it.
    let training = session.lms.catalog().export(&session.actor, &args.training).await?;
    training.definition.module(&args.module)?;

    let mut change = TrainingChange::new();
    for path in &args.files {
        let mut file = Sent::open(app, path)?;
        let new = NewContent::new(&name(path)).size(file.size);
        let stored = session.lms.content().add(&session.actor, new, &mut file).await;
        file.progress.finish();
        let stored = stored?.value;
        change = change.step(ModuleStep::PutFile {
            module: args.module.clone(),
            file: ItemFile { file: stored.name, sha256: Some(stored.sha256) },
            title: args.title.clone(),
            kind: args.kind.clone(),
        });
    }
    let outcome = session.lms.catalog().edit(&session.actor, &args.training, change).await?;
    let code = &outcome.value.code;
    changed(app, &outcome, &format!("the draft of `{code}`"))?;
    app.output.hint(&format!("people see it after `lmsctl training publish {code}`"));
    Ok(Exit::Done)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A local file on its way, piece by piece. A local disk is quick enough to wait for it here.
struct Sent {
    file: File,
    size: u64,
    n_read: u64,
    progress: Progress,
}

impl Sent {
    fn open(app: &App, path: &Path) -> Result<Self> {
        let failed = |cause: io::Error| file_error("read", path, &cause);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(USAGE.error(format!("`{}` is not a file", path.display())).into());
        }
        Ok(Self { file, size: about.len(), n_read: 0, progress: app.output.progress("sending") })
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
