//! Where the files of trainings are kept, and how large they may be.

use std::path::PathBuf;

use lms_core::{DatabaseUrl, Engine, Error, FileStore};

use super::Config;
use crate::app::sqlite_file;
use crate::error::CONFIG;

impl Config {
    /// The store of files: as `files.url` says, else a folder beside an embedded database; none
    /// beside a server. What one organisation sweeps away must never be the file of another, so
    /// that the folder belongs to its database alone.
    pub(crate) fn file_store(&self) -> Result<Option<FileStore>, Error> {
        let folder = match self.value("files.url") {
            None => self.folder_of_database()?,
            Some(url) if url.contains("://") => {
                return Err(CONFIG
                    .error(format!("`files.url` cannot be `{}`", url.escape_debug()))
                    .with_hint("name a folder, such as `files` beside the configuration file"));
            }
            Some(path) => Some(path.into()),
        };
        folder.map(|folder| FileStore::folder(&folder)).transpose()
    }

    /// How many bytes a file may have.
    pub(crate) fn file_bytes_max(&self) -> Result<u64, Error> {
        let text = self.value("files.size_max").unwrap_or_default();
        bytes(text).ok_or_else(|| {
            CONFIG
                .error(format!("`files.size_max` cannot be `{}`", text.escape_debug()))
                .with_hint("write a number with its unit, such as `500 MiB` or `4 GiB`")
        })
    }

    fn folder_of_database(&self) -> Result<Option<PathBuf>, Error> {
        let url = self.database_url()?;
        let is_embedded = DatabaseUrl::parse(url)?.engine() == Engine::Sqlite;
        Ok(sqlite_file(url).filter(|_| is_embedded).map(|file| {
            let mut folder = file.as_os_str().to_owned();
            folder.push(".files");
            folder.into()
        }))
    }
}

/// A size as people write it.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(bytes("2 GiB"), Some(2 << 30));
        assert_eq!(bytes("500MB"), Some(500_000_000));
        assert_eq!(bytes("100"), Some(100));
        for text in ["", "0", "-1", "GiB", "1 XB", "1.5 GiB", "99999999999 GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
