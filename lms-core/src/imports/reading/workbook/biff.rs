//! Looks over a workbook of Excel before 2007: how much memory its reader would ask for. It is a file system in
//! a file, whose chains of sectors may run in circles, with a stream of records, whose cells may stand far apart.

use std::io::Read;

use crate::imports::reading::source::Source;
use crate::imports::reading::{DAMAGED, NOT_A_TABLE, PROTECTED, TOO_LARGE, limits};
use crate::kernel::error::Result;

const FREE: u32 = 0xFFFF_FFFA;
const HEADER: usize = 512;
const ENTRY: usize = 128;
const SMALL_SECTOR: usize = 64;
const SMALL_STREAM: usize = 4096;
const MOST_ROWS: u64 = 65_536;
const MOST_COLUMNS: u64 = 256;

/// Refuses a workbook whose reader would ask for more memory than the workbook is worth; whether it shows
/// numbers with zeros before them, of which its reader says nothing.
pub(super) fn vet(source: &Source) -> Result<bool> {
    let damaged = || {
        DAMAGED
            .error(format!("`{}` is damaged, or no workbook", source.name()))
            .with_hint("open it in a spreadsheet, save it as `.xlsx`, and try once more")
    };
    if source.length() > limits::XLS_BYTES {
        return Err(TOO_LARGE
            .error(format!("`{}` has more than {} MB", source.name(), limits::XLS_BYTES >> 20))
            .with_hint("save it as `.xlsx` or as CSV, which are read as a stream"));
    }
    let mut bytes = Vec::new();
    source.input().read_to_end(&mut bytes).map_err(|cause| source.unreadable(&cause))?;
    let compound = Compound::read(&bytes).ok_or_else(damaged)?;
    if compound.has("EncryptedPackage") {
        return Err(PROTECTED
            .error(format!("`{}` is protected by a password", source.name()))
            .with_hint("save it without one"));
    }
    let stream =
        compound.stream("Workbook").or_else(|| compound.stream("Book")).ok_or_else(|| {
            NOT_A_TABLE
                .error(format!(
                    "`{}` is no workbook; it may be a document of another program",
                    source.name()
                ))
                .with_hint("save the list as `.xlsx` or as CSV")
        })?;
    let area = area(&stream).ok_or_else(damaged)?;
    if area > limits::XLS_AREA {
        return Err(TOO_LARGE
            .error(format!(
                "`{}` spans {area} cells, from the first value to the last",
                source.name()
            ))
            .with_hint("delete what stands far away from the list, or save it as `.xlsx` or CSV"));
    }
    Ok(pads(&stream))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A file system in a file.
struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    next: Vec<u32>,
    small_next: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'b> Compound<'b> {
    /// Reads its directory. Nothing where it is damaged, or its chains run in circles.
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let sector = match short(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut compound = Self {
            bytes,
            sector,
            next: Vec::new(),
            small_next: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
        };
        compound.next = compound.chains()?;
        if has_circle(&compound.next) {
            return None;
        }
        let directory = compound.chain(long(bytes, 48)?)?;
        compound.entries = directory.chunks_exact(ENTRY).filter_map(entry).collect();
        let root = directory.get(..ENTRY).and_then(entry)?;
        let small_next = compound.chain(long(bytes, 60)?)?;
        compound.small_next = small_next.chunks_exact(4).filter_map(|four| long(four, 0)).collect();
        if has_circle(&compound.small_next) {
            return None;
        }
        if !compound.small_next.is_empty() {
            compound.small = compound.chain(root.start)?;
        }
        Some(compound)
    }

    fn at(&self, sector: u32) -> Option<&'b [u8]> {
        // A header takes the place of the first sector.
        let from = index(sector).checked_add(1)?.checked_mul(self.sector)?;
        let bytes = self.bytes.get(from..)?;
        bytes.get(..self.sector.min(bytes.len())).filter(|bytes| !bytes.is_empty())
    }

    /// Which sector follows which.
    fn chains(&self) -> Option<Vec<u32>> {
        let most = self.bytes.len() / self.sector + 1;
        let header = self.bytes.get(..HEADER)?;
        let mut tables: Vec<u32> = (0..109).filter_map(|at| long(header, 76 + at * 4)).collect();
        let (mut more, mut steps) = (long(header, 68)?, 0);
        while more < FREE {
            steps += 1;
            if steps > most {
                return None;
            }
            let mut sector: Vec<u32> =
                self.at(more)?.chunks_exact(4).filter_map(|four| long(four, 0)).collect();
            more = sector.pop()?;
            tables.extend(sector);
        }
        tables.retain(|table| *table < FREE);
        if tables.len() > most {
            return None;
        }
        let mut next = Vec::new();
        for table in tables {
            next.extend(self.at(table)?.chunks_exact(4).filter_map(|four| long(four, 0)));
        }
        Some(next)
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut sector = start;
        while sector < FREE {
            bytes.extend_from_slice(self.at(sector)?);
            sector = self.next.get(index(sector)).copied()?;
        }
        Some(bytes)
    }

    fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let mut bytes = if entry.length < SMALL_STREAM {
            let mut bytes = Vec::new();
            let mut sector = entry.start;
            while sector < FREE {
                let from = index(sector).checked_mul(SMALL_SECTOR)?;
                bytes.extend_from_slice(self.small.get(from..from + SMALL_SECTOR)?);
                sector = self.small_next.get(index(sector)).copied()?;
            }
            bytes
        } else {
            self.chain(entry.start)?
        };
        bytes.truncate(entry.length);
        Some(bytes)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(short(bytes, 64)?).min(64);
    let letters: Vec<u16> = (0..length / 2)
        .filter_map(|at| short(bytes, at * 2))
        .take_while(|unit| *unit != 0)
        .collect();
    let size = index(long(bytes, 120)?);
    Some(Entry { name: String::from_utf16_lossy(&letters), start: long(bytes, 116)?, length: size })
}

/// Whether a chain comes back to itself. Each sector is looked at once.
fn has_circle(next: &[u32]) -> bool {
    // 0: not seen; else the number of the walk that came by.
    let mut seen = vec![0_usize; next.len()];
    for start in 0..next.len() {
        let (walk, mut at) = (start + 1, start);
        while let Some(mark) = seen.get_mut(at) {
            if *mark == walk {
                return true;
            }
            if *mark != 0 {
                break;
            }
            *mark = walk;
            match next.get(at) {
                Some(following) if *following < FREE => at = index(*following),
                _ => break,
            }
        }
    }
    false
}

/// Whether any of its formats is `00000`.
fn pads(stream: &[u8]) -> bool {
    let mut at = 0;
    while let (Some(kind), Some(length)) = (short(stream, at), short(stream, at + 2)) {
        let Some(data) = stream.get(at + 4..at + 4 + usize::from(length)) else { break };
        at += 4 + usize::from(length);
        // A number, how many letters there are, how they are written, and the letters.
        let (Some(letters), Some(text)) = (short(data, 2), data.get(5..)) else { continue };
        let zeros = text.iter().filter(|byte| **byte != 0);
        let are_all = zeros.clone().count() == usize::from(letters);
        if kind == 0x041E && letters > 1 && are_all && zeros.into_iter().all(|byte| *byte == b'0') {
            return true;
        }
    }
    false
}

/// How many cells lie between the first and the last of each sheet, all sheets together. Nothing where a record
/// tells of rows or columns that there are not.
fn area(stream: &[u8]) -> Option<u64> {
    let (mut all, mut at) = (0_u64, 0);
    let mut bounds: Option<(u64, u64, u64, u64)> = None;
    let close = |bounds: &mut Option<(u64, u64, u64, u64)>| {
        bounds
            .take()
            .map_or(0, |(top, bottom, left, right)| (bottom - top + 1) * (right - left + 1))
    };
    while let (Some(kind), Some(length)) = (short(stream, at), short(stream, at + 2)) {
        let Some(data) = stream.get(at + 4..at + 4 + usize::from(length)) else { break };
        at += 4 + usize::from(length);
        match kind {
            // The beginning of a part.
            0x0809 | 0x0409 | 0x0209 | 0x0009 => all += close(&mut bounds),
            // How far the sheet says that it reaches: its reader makes room for that.
            0x0200 => {
                let wide = |at| long(data, at).map(u64::from);
                let narrow = |at| short(data, at).map(u64::from);
                let (top, bottom, left, right) = if data.len() >= 14 {
                    (wide(0)?, wide(4)?, narrow(8)?, narrow(10)?)
                } else {
                    (narrow(0)?, narrow(2)?, narrow(4)?, narrow(6)?)
                };
                if bottom > MOST_ROWS || right > MOST_COLUMNS || top > bottom.max(1) {
                    return None;
                }
                let left = if left > right { 0 } else { left };
                all += (bottom.saturating_sub(top) + 1) * (right.saturating_sub(left) + 1);
            }
            0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x027E | 0x00FD | 0x00D6 | 0x00BD => {
                let (Some(row), Some(column)) = (short(data, 0), short(data, 2)) else { continue };
                let (row, first) = (u64::from(row), u64::from(column));
                let last = if kind == 0x00BD {
                    short(data, data.len().checked_sub(2)?).map_or(first, u64::from)
                } else {
                    first
                };
                let last = last.max(first);
                let (top, bottom, left, right) = bounds.unwrap_or((row, row, first, last));
                bounds = Some((top.min(row), bottom.max(row), left.min(first), right.max(last)));
            }
            _ => {}
        }
    }
    all += close(&mut bounds);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(letters: &str, is_wide: bool) -> Vec<u8> {
        let mut data = vec![0xA4, 0x00];
        data.extend(u16::try_from(letters.len()).unwrap().to_le_bytes());
        data.push(u8::from(is_wide));
        for letter in letters.bytes() {
            data.push(letter);
            data.extend(is_wide.then_some(0));
        }
        let mut record = 0x041E_u16.to_le_bytes().to_vec();
        record.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        record.extend(data);
        record
    }

    #[test]
    fn numbers_that_are_shown_with_zeros_are_noticed() {
        for (letters, is_wide, expected) in [
            ("00000", false, true),
            ("00000", true, true),
            ("0", false, false),
            ("0.00", false, false),
            ("General", true, false),
        ] {
            let stream = [format("0.00", false), format(letters, is_wide)].concat();
            assert_eq!(pads(&stream), expected, "{letters}");
        }
    }
}
