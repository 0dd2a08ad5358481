//! A file that is either written whole or not at all.
//!
//! The bytes go to a temporary file beside the target, which only its owner may read, and are
//! moved into place when all is there: whoever looks at the target never sees half of it, and a
//! run that is cut off leaves what was there before.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use lms_core::Error;
use tempfile::NamedTempFile;

use crate::error::{FILE_EXISTS, Result, Stop, USAGE, file_error};

/// Where a command writes a document: a file, or standard output for `-`.
pub(crate) enum OutFile {
    Stdout { written: BufWriter<io::Stdout>, reader_gone: bool },
    File { target: PathBuf, force: bool, written: BufWriter<NamedTempFile> },
}

impl OutFile {
    /// Opens the target; an existing file is refused unless `force`.
    pub(crate) fn create(target: &Path, force: bool) -> Result<Self> {
        if target == Path::new("-") {
            let written = BufWriter::new(io::stdout());
            return Ok(Self::Stdout { written, reader_gone: false });
        }
        if target.is_dir() {
            return Err(USAGE
                .error(format!("`{}` is a folder, expected the name of a file", target.display()))
                .into());
        }
        if !force && target.exists() {
            return Err(exists(target).into());
        }
        let folder = folder_of(target);
        let written = NamedTempFile::with_prefix_in(".lmsctl-", folder)
            .map_err(|cause| file_error("create a file in", folder, &cause))?;
        Ok(Self::File {
            target: target.to_owned(),
            force,
            written: BufWriter::with_capacity(1 << 16, written),
        })
    }

    /// As [`create`](Self::create), for a command that overwrites nothing.
    pub(crate) fn create_new(target: &Path) -> Result<Self> {
        if target != Path::new("-") && target.is_file() {
            return Err(FILE_EXISTS
                .error(format!("`{}` is there already and was left as it is", target.display()))
                .with_hint("choose another name, or remove it first")
                .into());
        }
        Self::create(target, false)
    }

    /// As [`create`](Self::create), but binary data does not go to somebody's terminal.
    pub(crate) fn create_binary(target: &Path, force: bool) -> Result<Self> {
        if target == Path::new("-") && io::stdout().is_terminal() {
            return Err(USAGE
                .error("standard output is a terminal, and this would write binary data to it")
                .with_hint("name a file, or send it on with `>` or `|`")
                .into());
        }
        Self::create(target, force)
    }

    /// What to call the target in a sentence.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdout { .. } => "standard output".to_owned(),
            Self::File { target, .. } => format!("`{}`", target.display()),
        }
    }

    /// What to make of an error while writing: whoever read standard output may have gone away.
    pub(crate) fn stop(&self, error: Error) -> Stop {
        match self {
            Self::Stdout { reader_gone: true, .. } => Stop::ReaderGone,
            _ => error.into(),
        }
    }

    /// Writes all of it and moves it into place; what the target is called in a sentence.
    pub(crate) fn fill(mut self, bytes: &[u8]) -> Result<String> {
        put(&mut self, bytes)?;
        let name = self.name();
        self.commit()?;
        Ok(name)
    }

    /// Makes it durable and moves it into place.
    pub(crate) fn commit(self) -> Result<()> {
        let (target, force, written) = match self {
            Self::Stdout { mut written, .. } => return crate::output::written(written.flush()),
            Self::File { target, force, written } => (target, force, written),
        };
        let written = written
            .into_inner()
            .map_err(|unwritten| file_error("write", &target, unwritten.error()))?;
        written.as_file().sync_all().map_err(|cause| file_error("write", &target, &cause))?;
        let moved =
            if force { written.persist(&target) } else { written.persist_noclobber(&target) };
        moved.map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => exists(&target),
            _ => file_error("write", &target, &failed.error),
        })?;
        // The name is durable only when the folder is; not every file system can be asked.
        if let Ok(folder) = File::open(folder_of(&target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Writes all of it, and says where it could not.
pub(crate) fn put(out: &mut OutFile, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|cause| {
        let error = crate::error::FILE.error(format!(
            "cannot write {}: {}",
            out.name(),
            crate::error::io_reason(&cause)
        ));
        out.stop(error)
    })
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout { written, reader_gone } => noticed(written.write(bytes), reader_gone),
            Self::File { written, .. } => written.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout { written, reader_gone } => noticed(written.flush(), reader_gone),
            Self::File { written, .. } => written.flush(),
        }
    }
}

fn noticed<T>(result: io::Result<T>, reader_gone: &mut bool) -> io::Result<T> {
    if let Err(cause) = &result {
        *reader_gone |= cause.kind() == io::ErrorKind::BrokenPipe;
    }
    result
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn exists(target: &Path) -> Error {
    FILE_EXISTS
        .error(format!("`{}` is there already and was left as it is", target.display()))
        .with_hint("choose another name, or overwrite it with `--force`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("backup");
        let mut file = OutFile::create(&target, false).expect("it is new");
        file.write_all(b"all").expect("there is room");
        assert!(!target.exists());
        file.commit().expect("it can be moved");
        assert_eq!(std::fs::read(&target).expect("it is there"), b"all");
        assert!(OutFile::create(&target, false).is_err());
        OutFile::create(&target, true).expect("forced").commit().expect("it can be moved");
        assert_eq!(std::fs::read(&target).expect("it is there"), b"");
    }

    #[test]
    fn what_is_given_up_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(OutFile::create(&folder.path().join("backup"), false));
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }
}
