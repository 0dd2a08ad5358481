//! Where the files of trainings are kept, and how large they may be.
//!
//! Keys of an S3 store come from the environment alone: never from an address, a flag or the file,
//! where others could read them.

#[cfg(feature = "s3")]
use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "s3")]
use lms_core::S3Options;
use lms_core::{DatabaseUrl, Engine, Error, FileStore};

use super::Config;
use crate::app::sqlite_file;
use crate::error::CONFIG;

/// What the environment says of S3. There are keys among it, so that nothing shows it.
#[cfg(feature = "s3")]
#[derive(Clone, Default)]
pub(crate) struct S3Environment {
    settings: Vec<(&'static str, String)>,
}

#[cfg(feature = "s3")]
impl fmt::Debug for S3Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Environment").finish_non_exhaustive()
    }
}

#[cfg(feature = "s3")]
impl S3Environment {
    /// Reads the environment of this process.
    pub(super) fn of_process() -> Self {
        let variable = |name: &&'static str| Some((*name, std::env::var(name).ok()?));
        Self { settings: S3Options::SETTINGS.iter().filter_map(variable).collect() }
    }
}

/// What says where the files of trainings are.
const OF_TRAININGS: &str = "`files.url`";

/// Where files are kept.
enum Place {
    Folder(PathBuf),
    #[cfg(feature = "s3")]
    Bucket(S3Options),
}

impl Config {
    /// The store of files: as `files.url` says, else a folder beside an embedded database; none
    /// beside a server.
    pub(crate) fn file_store(&self) -> Result<Option<FileStore>, Error> {
        self.place_of_files()?.map(|place| opened(place, OF_TRAININGS)).transpose()
    }

    /// A place that somebody names to write into: a folder, or a bucket, with the keys of the environment.
    #[cfg(feature = "warehouse")]
    pub(crate) fn store_at(&self, place: &str) -> Result<FileStore, Error> {
        let named = "the place to export to";
        opened(self.place(place, named)?, named)
    }

    /// Whether what is said of files can be used, without making a folder or asking a server.
    pub(crate) fn check_files(&self) -> Result<(), Error> {
        self.file_bytes_max()?;
        match self.place_of_files()? {
            #[cfg(feature = "s3")]
            Some(Place::Bucket(options)) => bucket(&options, OF_TRAININGS).map(drop),
            Some(Place::Folder(_)) | None => Ok(()),
        }
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

    fn place_of_files(&self) -> Result<Option<Place>, Error> {
        match self.value("files.url") {
            None => Ok(self.folder_of_database()?.map(Place::Folder)),
            Some(place) => self.place(place, OF_TRAININGS).map(Some),
        }
    }

    fn place(&self, place: &str, named: &str) -> Result<Place, Error> {
        match place {
            url if url.starts_with("s3://") => self.bucket_of(url, named),
            url if url.contains("://") => Err(CONFIG
                .error(format!("{named} cannot be {}", shown(url)))
                .with_hint("name a folder, or a bucket, such as `s3://acme-files/lms`")),
            path => Ok(Place::Folder(path.into())),
        }
    }

    #[cfg(feature = "s3")]
    fn bucket_of(&self, url: &str, named: &str) -> Result<Place, Error> {
        let options = S3Options::parse(url).map_err(|error| within(named, &error))?;
        let set = |options: S3Options, (name, value): &(&str, String)| options.setting(name, value);
        self.s3.settings.iter().try_fold(options, set).map(Place::Bucket)
    }

    #[cfg(not(feature = "s3"))]
    #[expect(clippy::unused_self, reason = "with S3 it looks")]
    fn bucket_of(&self, _: &str, named: &str) -> Result<Place, Error> {
        Err(CONFIG
            .error(format!("{named} is in an S3 store, and this program was built without it"))
            .with_hint("name a folder, or use a program that was built with the feature `s3`"))
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

#[cfg_attr(not(feature = "s3"), expect(unused_variables, reason = "only a bucket is explained"))]
fn opened(place: Place, named: &str) -> Result<FileStore, Error> {
    match place {
        Place::Folder(folder) => FileStore::folder(&folder),
        #[cfg(feature = "s3")]
        Place::Bucket(options) => bucket(&options, named),
    }
}

#[cfg(feature = "s3")]
fn bucket(options: &S3Options, named: &str) -> Result<FileStore, Error> {
    FileStore::s3(options).map_err(|error| within(named, &error))
}

#[cfg(feature = "s3")]
fn within(named: &str, error: &Error) -> Error {
    CONFIG.error(format!("{named}: {}", error.message())).with_hints(error.hints().iter().cloned())
}

/// A place for files as it may be shown. Somebody may have written a key into an address, where none
/// belongs.
pub(super) fn shown(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    if rest.contains(['@', ':', '?', '#']) {
        return "(an address with more than a place in it)".to_owned();
    }
    url.escape_debug().to_string()
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
    use super::{bytes, shown};

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(bytes("2 GiB"), Some(2 << 30));
        assert_eq!(bytes("500MB"), Some(500_000_000));
        assert_eq!(bytes("100"), Some(100));
        for text in ["", "0", "-1", "GiB", "1 XB", "1.5 GiB", "99999999999 GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_in_an_address_is_not_shown() {
        for place in ["files", "/srv/lms files", "s3://acme-files/lms"] {
            assert_eq!(shown(place), place);
        }
        for place in ["s3://KEY:SECRET@files", "https://files?key=SECRET", "s3://KEY:SECRET/files"]
        {
            assert!(!shown(place).contains("SECRET"), "{place}");
        }
    }
}
