//! `lmsctl rule export`

use std::path::PathBuf;

use clap::Args;
use lms_core::FileFormat;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::OutArgs;
use crate::error::{Exit, Result, USAGE, file_error};
use crate::out_file::OutFile;
use crate::output::counted;

/// Write rules to files, as they are in force, or as drafts where they never were
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody && lmsctl rule export FIRE",
    "lmsctl rule export --dir rules",
])]
pub(crate) struct ExportArgs {
    /// Codes; all that were not removed, unless said
    rules: Vec<String>,
    /// Folder to write a file for each into, called by its code
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "format"])]
    dir: Option<PathBuf>,
    /// Drafts before what is in force
    #[arg(long)]
    draft: bool,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: ExportArgs) -> Result {
    let session = app.open().await?;
    let rules = session.lms.rules().export(&session.actor, &args.rules, args.draft).await?;
    let told = counted(rules.len(), "rule", "rules");
    let Some(dir) = &args.dir else {
        let [rule] = rules.as_slice() else {
            return Err(USAGE
                .error(format!("a file holds one rule, and there are {}", rules.len()))
                .with_hint("name one, or write a file for each with `--dir FOLDER`")
                .into());
        };
        let name = args.out.write(|written| rule.write(written.into()))?;
        app.output.done(&format!("wrote `{}` to {name}", rule.code));
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(dir).map_err(|cause| file_error("write", dir, &cause))?;
    for rule in &rules {
        let path = dir.join(format!("{}.toml", rule.code));
        // A folder of rules is written again and again; version control keeps what was there.
        OutFile::create(&path, true)?.fill(rule.write(FileFormat::Toml).as_bytes())?;
    }
    app.output.done(&format!("wrote {told} to {}", dir.display()));
    Ok(Exit::Done)
}
