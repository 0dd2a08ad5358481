//! Running a command so that Ctrl-C is heard at any time, also while the command waits for a pipe
//! or for an answer.
//!
//! A command works on a thread of its own; the main thread listens. When somebody asks to stop,
//! the command is dropped where it stands: its transaction is rolled back and its temporary files
//! go away. One that does not even come to that within a moment ends with the process.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::app::App;
use crate::error::{FILE, Result, Stop};

const STACK_BYTES: usize = 8 << 20;
const TIDYING_UP_MAX: Duration = Duration::from_secs(2);

/// Runs a command to its end, or until somebody asks to stop.
pub(crate) fn interruptibly<F>(app: &Arc<App>, command: F) -> Result
where
    F: AsyncFnOnce(&App) -> Result + Send + 'static,
{
    let (interrupt, interrupted) = oneshot::channel();
    let (finish, mut finished) = oneshot::channel();
    let worker_app = Arc::clone(app);
    let worker = move || {
        let outcome = runtime(&mut Builder::new_current_thread()).and_then(|runtime| {
            runtime.block_on(async {
                let outcome = tokio::select! {
                    biased;
                    Ok(code) = interrupted => Err(Stop::Interrupted(code)),
                    outcome = command(&worker_app) => outcome,
                };
                worker_app.close().await;
                outcome
            })
        });
        // Nobody waits any more where the main thread ran out of patience.
        let _ = finish.send(outcome);
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(worker).map_err(cannot_start)?;

    // A worker that is gone without a word has panicked, which has been reported already.
    let ended = |outcome: std::result::Result<Result, _>| outcome.unwrap_or(Err(Stop::Panicked));
    runtime(&mut Builder::new_current_thread())?.block_on(async {
        let code = tokio::select! {
            outcome = &mut finished => return ended(outcome),
            code = asked_to_stop() => code,
        };
        let _ = interrupt.send(code);
        match tokio::time::timeout(TIDYING_UP_MAX, finished).await.map(ended) {
            Ok(Ok(exit)) => Ok(exit),
            Ok(Err(Stop::Panicked)) => Err(Stop::Panicked),
            // Ctrl-C ends the other side of a pipe as well: what fails now, fails of that.
            Ok(Err(_)) | Err(_) => Err(Stop::Interrupted(code)),
        }
    })
}

/// Runs something that may take no longer than this; what takes longer comes to nothing.
pub(crate) fn briefly<T: Send + 'static>(
    patience: Duration,
    work: impl AsyncFnOnce() -> Result<T> + Send + 'static,
) -> Option<T> {
    let worker = move || {
        let runtime = runtime(&mut Builder::new_current_thread()).ok()?;
        let found = runtime.block_on(async { tokio::time::timeout(patience, work()).await });
        found.ok()?.ok()
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(worker).ok()?.join().ok()?
}

/// Runs a server, which takes the threads that the machine has and decides itself what a signal
/// means.
#[cfg(feature = "serve")]
pub(crate) fn serving(app: &App, server: impl AsyncFnOnce(&App) -> Result) -> Result {
    let runtime = runtime(&mut Builder::new_multi_thread())?;
    let outcome = runtime.block_on(server(app));
    runtime.shutdown_background();
    outcome
}

/// Waits for Ctrl-C or for a polite request to end, and says with which exit code to obey. From this
/// call on, not from the first wait, neither ends the process by itself.
pub(crate) fn asked_to_stop() -> impl Future<Output = u8> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::interrupt()).and_then(|c| Ok((c, signal(SignalKind::terminate())?)))
    };
    async move {
        #[cfg(unix)]
        if let Ok((mut interrupt, mut terminate)) = signals {
            return tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
        }
        let _ = tokio::signal::ctrl_c().await;
        130
    }
}

fn runtime(builder: &mut Builder) -> Result<Runtime> {
    builder.enable_all().build().map_err(cannot_start)
}

fn cannot_start(cause: std::io::Error) -> Stop {
    FILE.error(format!("cannot start: {}", crate::error::io_reason(&cause))).into()
}
