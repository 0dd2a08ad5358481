//! `lmsctl completions`

use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::cli::completing::VARIABLE;
use crate::cli::help::examples;
use crate::error::{Exit, FILE, Result};
use crate::output::write_text;

/// Print a completion script for your shell
#[derive(Debug, Args)]
#[command(after_help = concat!(
    "It completes commands, options and names from your database: people, departments, trainings and\n\
     so on. The script calls `lmsctl`, which must be where your shell finds it.\n\n",
    examples![
        "lmsctl completions bash > ~/.local/share/bash-completion/completions/lmsctl",
        "echo 'source <(lmsctl completions zsh)' >> ~/.zshrc",
        "lmsctl completions fish > ~/.config/fish/completions/lmsctl.fish",
    ],
))]
pub(crate) struct CompletionsArgs {
    /// Shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result {
    let mut script = Vec::new();
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let written = shells
        .completer(&name)
        .map(|shell| shell.write_registration(VARIABLE, "lmsctl", "lmsctl", "lmsctl", &mut script));
    match written {
        Some(Ok(())) => write_text(&String::from_utf8_lossy(&script))?,
        Some(Err(_)) | None => {
            return Err(FILE.error(format!("there is no script for {name}")).into());
        }
    }
    Ok(Exit::Done)
}
