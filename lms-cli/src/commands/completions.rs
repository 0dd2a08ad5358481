//! `lmsctl completions`

use clap::Args;
use clap_complete::Shell;

use crate::cli::{self, help::examples};
use crate::error::{Exit, Result};
use crate::output::write_text;

/// Print a completion script for your shell
#[derive(Debug, Args)]
#[command(after_help = concat!(
    "It completes commands and options; in bash and zsh also access roles, permissions and settings.\n\
     Names from your database, such as accounts, it does not know.\n\n",
    examples![
        "lmsctl completions bash > ~/.local/share/bash-completion/completions/lmsctl",
        "lmsctl completions zsh > ~/.zfunc/_lmsctl",
        "lmsctl completions fish > ~/.config/fish/completions/lmsctl.fish",
    ],
))]
pub(crate) struct CompletionsArgs {
    /// Shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "lmsctl", &mut script);
    write_text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
