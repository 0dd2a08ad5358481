//! `lmsctl man`

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::app::App;
use crate::cli::{Cli, help::examples};
use crate::error::{Exit, FILE, Result, file_error};
use crate::output::write_text;

/// Print the manual page, or write those of all commands
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl man | man -l -",
    "lmsctl man --dir ~/.local/share/man/man1",
])]
pub(crate) struct ManArgs {
    /// Folder to write a page for every command to
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(app: &App, args: &ManArgs) -> Result {
    let Some(folder) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command())
            .render(&mut page)
            .map_err(|cause| FILE.error(format!("cannot make the page: {cause}")))?;
        write_text(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder).map_err(|cause| file_error("create", folder, &cause))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .map_err(|cause| file_error("write to", folder, &cause))?;
    app.output.done(&format!("wrote the manual pages to `{}`", folder.display()));
    Ok(Exit::Done)
}
