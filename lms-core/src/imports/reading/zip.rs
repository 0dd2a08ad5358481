//! Archives, read with our own eyes before any reader of workbooks sees them: what the directory says has to be
//! so, each part is there once, and nothing unpacks to more than it may.

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use super::source::{Input, Source};
use super::{DAMAGED, PROTECTED, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

const END: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: u64 = 22;
const COMMENT_BYTES: u64 = 65_535;
const WIDE_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const WIDE_LOCATOR_BYTES: u64 = 20;
const WIDE_END: [u8; 4] = *b"PK\x06\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_BYTES: u64 = 30;
const DIRECTORY_BYTES: u64 = 16 << 20;

/// The directory of an archive.
pub(super) struct Archive {
    source: Source,
    parts: Vec<Part>,
}

struct Part {
    name: String,
    is_packed: bool,
    packed: u64,
    unpacked: u64,
    at: u64,
}

/// Numbers of a directory, which may lie.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn short(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at..at + 2)?.try_into().ok()?;
        Some(u16::from_le_bytes(bytes).into())
    }

    fn long(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes).into())
    }

    fn wide(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at..at + 8)?.try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    }
}

impl Archive {
    /// Reads the directory, and checks all that it says.
    pub(super) fn open(source: &Source) -> Result<Self> {
        let damaged = |what: &str| {
            DAMAGED
                .error(format!("`{}` is damaged: {what}", source.name()))
                .with_hint("it may not have arrived whole; copy or export it again")
        };
        let (count, size, at) = end(source)
            .map_err(|cause| source.unreadable(&cause))?
            .ok_or_else(|| damaged("its directory is not where it ends"))?;
        if count > limits::PARTS as u64 || size > DIRECTORY_BYTES {
            return Err(TOO_LARGE.error(format!("`{}` has {count} parts", source.name())));
        }
        let directory =
            read_at(source, at, size).map_err(|_| damaged("its directory is not all there"))?;
        let mut parts = Vec::new();
        let mut rest = directory.as_slice();
        for _ in 0..count {
            let (part, after) =
                entry(rest).ok_or_else(|| damaged("its directory cannot be read"))?;
            if part.is_protected {
                return Err(PROTECTED
                    .error(format!("`{}` is protected by a password", source.name()))
                    .with_hint("save it without one"));
            }
            let place = part.part;
            if !part.is_known {
                let what = format!("part `{}` is packed in a way that nobody uses", place.name);
                return Err(damaged(&what));
            }
            if place.at.saturating_add(place.packed) > source.length() {
                return Err(damaged(&format!("part `{}` is not all there", place.name)));
            }
            parts.push(place);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(damaged("its directory has more parts than it says"));
        }
        let archive = Self { source: source.clone(), parts };
        archive.refuse_harm()?;
        Ok(archive)
    }

    fn refuse_harm(&self) -> Result<()> {
        let name = self.source.name();
        let mut seen = BTreeSet::new();
        for part in &self.parts {
            // Readers differ in which of two they take, and some know no difference between these.
            if !seen.insert(part.name.replace('\\', "/").trim_start_matches('/').to_lowercase()) {
                return Err(DAMAGED
                    .error(format!(
                        "`{name}` has two parts `{}`: which one counts, nobody can say",
                        part.name
                    ))
                    .with_hint("save it again with a spreadsheet"));
            }
            if is_bomb(part.packed, part.unpacked) {
                return Err(bomb(name, &part.name));
            }
        }
        let all = self.parts.iter().fold(0_u64, |all, part| all.saturating_add(part.unpacked));
        if all > limits::UNPACKED_BYTES {
            return Err(TOO_LARGE
                .error(format!("`{name}` unpacks to more than {} GB", limits::UNPACKED_BYTES >> 30))
                .with_hint("split it, and import the parts one after the other"));
        }
        Ok(())
    }

    /// The names of its parts, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.name.as_str())
    }

    /// The bytes of a part, unpacked. More than its directory says ends in an error.
    pub(super) fn part(&self, name: &str) -> Result<impl Read + Send + use<>> {
        let damaged =
            || DAMAGED.error(format!("part `{name}` of `{}` cannot be read", self.source.name()));
        let part = self.parts.iter().find(|part| part.name == name).ok_or_else(damaged)?;
        let local = read_at(&self.source, part.at, LOCAL_BYTES).map_err(|_| damaged())?;
        let bytes = Bytes(&local);
        let skipped = bytes.short(26).zip(bytes.short(28)).map(|(name, extra)| name + extra);
        let skipped = skipped.filter(|_| local.starts_with(&LOCAL)).ok_or_else(damaged)?;
        let mut input = self.source.input();
        let from = part.at.saturating_add(LOCAL_BYTES + skipped);
        input.seek(SeekFrom::Start(from)).map_err(|cause| self.source.unreadable(&cause))?;
        let packed = BufReader::with_capacity(64 << 10, input.take(part.packed));
        let inner = if part.is_packed {
            Unpacked::Packed(Box::new(DeflateDecoder::new(packed)))
        } else {
            Unpacked::Plain(packed)
        };
        Ok(Bounded { inner, left: part.unpacked })
    }
}

fn is_bomb(packed: u64, unpacked: u64) -> bool {
    unpacked > limits::RATIO_FREE_BYTES && unpacked / limits::RATIO > packed
}

fn bomb(name: &str, part: &str) -> Error {
    DAMAGED
        .error(format!(
            "part `{part}` of `{name}` unpacks to more than {} times its size",
            limits::RATIO
        ))
        .with_hint("no list of people does; it was made to do harm, or is damaged")
}

enum Unpacked {
    Plain(BufReader<io::Take<Input>>),
    Packed(Box<DeflateDecoder<BufReader<io::Take<Input>>>>),
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Packed(reader) => reader.read(buffer),
        }
    }
}

/// Not more than was said.
struct Bounded {
    inner: Unpacked,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "a part is larger than its directory says")
        })?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(read)
    }
}

fn read_at(source: &Source, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut input = source.input();
    input.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Count, size and place of the directory, as the end of the archive says; nothing where it does not fit.
fn end(source: &Source) -> io::Result<Option<(u64, u64, u64)>> {
    let length = source.length();
    let window = length.min(END_BYTES + COMMENT_BYTES);
    let tail = read_at(source, length - window, window)?;
    let mut places =
        (0..tail.len().saturating_sub(3)).rev().filter(|at| tail.get(*at..at + 4) == Some(&END));
    let found = places.find_map(|at| {
        let bytes = Bytes(tail.get(at..)?);
        let comment = bytes.short(20)?;
        // What stands behind it is its comment, and nothing else.
        (at as u64 + END_BYTES + comment == tail.len() as u64)
            .then(|| Some((at as u64, bytes.short(10)?, bytes.long(12)?, bytes.long(16)?)))?
    });
    let Some((at, mut count, mut size, mut directory)) = found else { return Ok(None) };
    let mut ends_at = length - window + at;
    if count == 0xFFFF || size == 0xFFFF_FFFF || directory == 0xFFFF_FFFF {
        let Some(locator_at) = ends_at.checked_sub(WIDE_LOCATOR_BYTES) else { return Ok(None) };
        let locator = read_at(source, locator_at, WIDE_LOCATOR_BYTES)?;
        if locator.starts_with(&WIDE_LOCATOR) {
            let Some(wide_at) = Bytes(&locator).wide(8) else { return Ok(None) };
            let wide = read_at(source, wide_at, 56)?;
            let bytes = Bytes(&wide);
            let told = bytes.wide(32).zip(bytes.wide(40)).zip(bytes.wide(48));
            let Some(((n, bytes), place)) = told.filter(|_| wide.starts_with(&WIDE_END)) else {
                return Ok(None);
            };
            (count, size, directory, ends_at) = (n, bytes, place, wide_at);
        }
    }
    // The directory ends where its end begins: nothing before it, and nothing between.
    Ok((directory.checked_add(size) == Some(ends_at)).then_some((count, size, directory)))
}

struct Entry {
    part: Part,
    is_protected: bool,
    is_known: bool,
}

fn entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let fixed = Bytes(bytes.get(..ENTRY_BYTES)?);
    if !bytes.starts_with(&ENTRY) {
        return None;
    }
    let (flags, method) = (fixed.short(8)?, fixed.short(10)?);
    let lengths = [fixed.short(28)?, fixed.short(30)?, fixed.short(32)?];
    let [name, extra, comment] = lengths.map(|length| usize::try_from(length).unwrap_or_default());
    let name_bytes = bytes.get(ENTRY_BYTES..ENTRY_BYTES + name)?;
    let extra_bytes = bytes.get(ENTRY_BYTES + name..ENTRY_BYTES + name + extra)?;
    let (mut packed, mut unpacked, mut at) = (fixed.long(20)?, fixed.long(24)?, fixed.long(42)?);
    // Sizes that do not fit stand in an extra field, in this order, those that do not fit only.
    let mut rest = extra_bytes;
    while let (Some(id), Some(length)) = (Bytes(rest).short(0), Bytes(rest).short(2)) {
        let length = usize::try_from(length).unwrap_or_default();
        let field = rest.get(4..4 + length)?;
        if id == 1 {
            let mut place = 0;
            for value in [&mut unpacked, &mut packed, &mut at] {
                if *value == 0xFFFF_FFFF {
                    *value = Bytes(field).wide(place)?;
                    place += 8;
                }
            }
        }
        rest = rest.get(4 + length..)?;
    }
    let part = Part {
        name: String::from_utf8_lossy(name_bytes).into_owned(),
        is_packed: method == 8,
        packed,
        unpacked,
        at,
    };
    let entry = Entry { part, is_protected: flags & 1 == 1, is_known: matches!(method, 0 | 8) };
    Some((entry, bytes.get(ENTRY_BYTES + name + extra + comment..)?))
}
