//! `lmsctl`: the command line of the LMS, for people at a terminal and for cron.

use std::process::ExitCode;

mod app;
mod cli;
mod commands;
mod config;
mod error;
mod logging;
mod os_user;
mod out_file;
mod output;
mod panic;
mod prompt;
mod running;
#[cfg(feature = "hris")]
mod secrets;

/// Reading a row allocates for each of its values, and so does SQLite.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panic::guard(cli::run)
}
