//! Where bytes come from: a file, memory, or a stream that is kept in a file of our own meanwhile.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{CANNOT_READ, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

/// Bytes to be read, as often as wanted.
#[derive(Clone)]
pub struct Source {
    name: Arc<str>,
    body: Arc<Body>,
}

enum Body {
    File { file: File, length: u64 },
    Bytes(Vec<u8>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source {
    /// A file. It is opened once, so that whatever is put into its place later is not read.
    pub fn file(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let told = |cause: io::Error| {
            let reason = match cause.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
                _ => cause.to_string(),
            };
            CANNOT_READ.error(format!("cannot read `{}`: {reason}", path.display()))
        };
        let file = File::open(path).map_err(told)?;
        let about = file.metadata().map_err(told)?;
        if about.is_dir() {
            return Err(CANNOT_READ
                .error(format!("`{}` is a folder", path.display()))
                .with_hint("name a file in it"));
        }
        if !about.is_file() {
            // A pipe can be read once only.
            return Self::reader(&name, file);
        }
        let length = about.len();
        check_length(&name, length)?;
        Ok(Self { name: name.into(), body: Arc::new(Body::File { file, length }) })
    }

    /// A stream, such as standard input. What it holds is kept in a nameless file meanwhile.
    pub fn reader(name: &str, reader: impl Read) -> Result<Self> {
        let told = |cause: io::Error| {
            CANNOT_READ.error(format!("cannot read `{name}`: {cause}")).with_source(cause)
        };
        let file = tempfile::tempfile().map_err(told)?;
        let mut kept = BufWriter::new(file);
        let length = io::copy(&mut reader.take(limits::FILE_BYTES + 1), &mut kept).map_err(told)?;
        check_length(name, length)?;
        kept.flush().map_err(told)?;
        let file = kept.into_inner().map_err(|cause| told(cause.into_error()))?;
        Ok(Self { name: name.into(), body: Arc::new(Body::File { file, length }) })
    }

    /// A file of our own, with whatever was written into it.
    #[cfg(feature = "hris")]
    pub(in crate::imports) fn spooled(name: &str, file: File) -> Result<Self> {
        let told = |cause: io::Error| {
            CANNOT_READ.error(format!("cannot read `{name}`: {cause}")).with_source(cause)
        };
        let length = file.metadata().map_err(told)?.len();
        check_length(name, length)?;
        Ok(Self { name: name.into(), body: Arc::new(Body::File { file, length }) })
    }

    /// Bytes that are there already.
    #[must_use]
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), body: Arc::new(Body::Bytes(bytes)) }
    }

    /// The name of the file, without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are.
    #[must_use]
    pub fn length(&self) -> u64 {
        match &*self.body {
            Body::File { length, .. } => *length,
            Body::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// The SHA-256 of the bytes, in hexadecimal: two files with the same are the same.
    pub fn digest(&self) -> Result<String> {
        let mut input = self.input();
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = input.read(&mut buffer).map_err(|cause| self.unreadable(&cause))?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
        }
        Ok(crate::kernel::db::migrate::hex(&hash.finalize()))
    }

    /// The bytes from the first on; several can be read side by side.
    pub(in crate::imports) fn input(&self) -> Input {
        Input { body: Arc::clone(&self.body), at: 0, length: self.length() }
    }

    /// The same name for other bytes, such as those of a part of it.
    pub(super) fn part(&self, part: &str, reader: impl Read) -> Result<Self> {
        Self::reader(&format!("{}/{part}", self.name), reader)
    }

    pub(in crate::imports) fn unreadable(&self, cause: &io::Error) -> Error {
        CANNOT_READ.error(format!("cannot read `{}`: {cause}", self.name))
    }
}

fn check_length(name: &str, length: u64) -> Result<()> {
    if length <= limits::FILE_BYTES {
        return Ok(());
    }
    Err(TOO_LARGE
        .error(format!("`{name}` has more than {} GB", limits::FILE_BYTES >> 30))
        .with_hint("split it, and import the parts one after the other"))
}

/// A place in a source.
pub(in crate::imports) struct Input {
    body: Arc<Body>,
    at: u64,
    length: u64,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &*self.body {
            Body::File { file, .. } => read_at(file, buffer, self.at)?,
            Body::Bytes(bytes) => {
                let from = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                let mut rest = bytes.get(from..).unwrap_or_default();
                rest.read(buffer)?
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_can_be_read_twice_and_side_by_side() {
        let source = Source::reader("-", &b"one two"[..]).unwrap();
        let (mut one, mut two) = (source.input(), source.input());
        let mut first = [0; 3];
        one.read_exact(&mut first).unwrap();
        let mut all = String::new();
        two.read_to_string(&mut all).unwrap();
        let mut rest = String::new();
        one.read_to_string(&mut rest).unwrap();
        assert_eq!((&first, &*rest, &*all), (b"one", " two", "one two"));
        assert_eq!(
            source.digest().unwrap(),
            Source::bytes("x", b"one two".to_vec()).digest().unwrap()
        );
        assert!(one.seek(SeekFrom::Current(-100)).is_err());
    }

    #[test]
    fn what_is_no_file_is_said() {
        let missing = Source::file(Path::new("/nowhere/people.csv")).unwrap_err();
        assert!(missing.message().contains("there is no such file"), "{missing}");
        assert!(Source::file(Path::new("/")).unwrap_err().message().contains("is a folder"));
    }
}
