//! What goes to standard error beside the command's own words: log lines, by `-v`.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::cli::{GlobalArgs, LogFormat};

/// Starts logging; `usual` is the level without `-v` and `-q`.
pub(crate) fn start(globals: &GlobalArgs, colour: bool, usual: LevelFilter) {
    let level = match (globals.quiet, globals.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => usual,
        (false, 1) => usual.max(LevelFilter::INFO),
        (false, 2) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    // The database driver logs statements: those are for whoever asks for everything.
    let driver = if level == LevelFilter::TRACE { LevelFilter::DEBUG } else { LevelFilter::OFF };
    let targets = Targets::new().with_default(level).with_target("sqlx", driver);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match globals.log_format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => {
            lines.with_ansi(colour && std::io::stderr().is_terminal()).with_target(false).boxed()
        }
    };
    // A second subscriber can only be there in a test of this very function.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets)).try_init();
}
