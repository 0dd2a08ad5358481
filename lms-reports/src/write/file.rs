//! A file that is replaced whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lms_core::Result;
use tempfile::{Builder, NamedTempFile};

use crate::error::{UNWRITABLE, unwritable};

/// The file of a report while it is written: a temporary one beside its target. It takes the
/// target's place by [`commit`](Self::commit), and is gone when this is dropped before.
#[derive(Debug)]
pub struct ReportFile {
    target: PathBuf,
    temporary: NamedTempFile,
}

impl ReportFile {
    /// Begins the file; its folder has to be there.
    pub fn create(target: &Path) -> Result<Self> {
        // A report that is replaced behind a link stays behind it.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        if target.exists() && !target.is_file() {
            let what = if target.is_dir() { "a folder" } else { "no ordinary file" };
            return Err(UNWRITABLE
                .error(format!("`{}` is {what}, expected the name of a file", target.display()))
                .with_hint("name a file in it, or write to standard output with `-`"));
        }
        let folder = folder_of(&target);
        let temporary = builder()
            .prefix(".lms-report-")
            .tempfile_in(folder)
            .map_err(|cause| unwritable("create a file in", folder, cause))?;
        Ok(Self { target, temporary })
    }

    /// Where to write.
    pub fn writer(&self) -> Result<File> {
        self.temporary
            .as_file()
            .try_clone()
            .map_err(|cause| unwritable("write", &self.target, cause))
    }

    /// Makes what was written durable and moves it into place.
    pub fn commit(self) -> Result<()> {
        let failed = |cause| unwritable("replace", &self.target, cause);
        let file = self.temporary.as_file();
        if let Ok(before) = fs::metadata(&self.target) {
            // Whoever could read the report before can read it again.
            file.set_permissions(before.permissions()).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        self.temporary.persist(&self.target).map_err(|error| failed(error.error))?;
        // The name is durable only when the folder is; not every file system can be asked.
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// A new report is a file like any other: who may read it is for the process's mask to say.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_was_there_stays_until_all_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("report.csv");
        fs::write(&target, "old").unwrap();
        let file = ReportFile::create(&target).unwrap();
        file.writer().unwrap().write_all(b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"old");
        file.commit().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");

        drop(ReportFile::create(&target).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_place_that_cannot_be_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = ReportFile::create(&missing.join("report.csv")).unwrap_err();
        assert_eq!(error.code(), "reports.unwritable");
        assert_eq!(
            error.message(),
            format!("cannot create a file in `{}`: no such file or directory", missing.display())
        );
        let error = ReportFile::create(folder.path()).unwrap_err();
        assert!(error.message().contains("is a folder"), "{}", error.message());
    }

    #[cfg(unix)]
    #[test]
    fn who_could_read_the_old_file_can_read_the_new_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("report.csv");
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("latest.csv");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        ReportFile::create(&link).unwrap().commit().unwrap();
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
