//! Documents that stand in files: trainings, learning paths, quizzes. How they are written, taken out
//! and read in, from a file or from standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lms_core::{FileFormat, QuizFileFormat};

use crate::error::{Result, Stop, USAGE, file_error};
use crate::out_file::OutFile;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Written {
    /// For people, and for version control
    Toml,
    /// For programs
    Json,
}

impl Written {
    /// By the ending of a file; TOML unless it says otherwise.
    fn by_name(path: &Path) -> Self {
        let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if is_json { Self::Json } else { Self::Toml }
    }

    /// By the ending of a file; what comes without one, by how it begins.
    pub(crate) fn of(path: &Path, text: &str) -> Self {
        let is_json = path.extension().is_none() && text.trim_start().starts_with('{');
        if is_json { Self::Json } else { Self::by_name(path) }
    }
}

impl From<Written> for FileFormat {
    fn from(written: Written) -> Self {
        match written {
            Written::Toml => Self::Toml,
            Written::Json => Self::Json,
        }
    }
}

impl From<Written> for QuizFileFormat {
    fn from(written: Written) -> Self {
        match written {
            Written::Toml => Self::Toml,
            Written::Json => Self::Json,
        }
    }
}

/// Where a document is written to.
#[derive(Debug, Args)]
pub(crate) struct OutArgs {
    /// File to write, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// How it is written; by the ending of the file, unless said: toml or json
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Written>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

impl OutArgs {
    /// Writes it, whole or not at all, and says where it is.
    pub(crate) fn write(&self, text: impl FnOnce(Written) -> String) -> Result<String> {
        let text = text(self.format.unwrap_or_else(|| Written::by_name(&self.out)));
        OutFile::create(&self.out, self.force)?.fill(text.as_bytes())
    }
}

/// The text of a file, or of standard input for `-`. Of one with more than `bytes_max` bytes enough is
/// read to find that out, and no more; the library says so.
pub(crate) fn read(path: &Path, bytes_max: usize) -> Result<String> {
    let mut bytes = Vec::new();
    let limit = bytes_max as u64 + 1;
    let read = if path == Path::new("-") {
        if io::stdin().is_terminal() {
            return Err(USAGE
                .error("standard input is a terminal, and a file was expected from it")
                .with_hint("name the file, or send it in with `<` or `|`")
                .into());
        }
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|cause| file_error("read", path, &cause))?;
    String::from_utf8(bytes).map_err(|_| {
        let what = format!("`{}` is not text in UTF-8", path.display());
        USAGE.error(what).with_hint("save it as UTF-8, which every editor can").into()
    })
}

/// Says in which file it was.
pub(crate) fn in_file(error: lms_core::Error, path: &Path) -> Stop {
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        format!("`{}`", path.display())
    };
    Stop::Failed(error.with_hint(format!("this was in {name}; nothing was changed")))
}
