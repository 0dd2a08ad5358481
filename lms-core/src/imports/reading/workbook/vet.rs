//! Looks over the parts of a workbook before a reader sees them. The readers keep whatever stands between two
//! tags, take counts in the file for true, and follow entities; so all of that is bounded here.

use std::io::Read;

use super::xml::{Pieces, Strange};
use crate::imports::reading::source::Source;
use crate::imports::reading::zip::Archive;
use crate::imports::reading::{DAMAGED, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

/// Folders whose parts may be large, and are read as a stream or not at all.
const LARGE: &[&str] = &["sheets/", "pivotcache/", "externallinks/", "drawings/"];

/// Looks over a workbook of Excel since 2007.
pub(super) fn xlsx(source: &Source) -> Result<()> {
    let archive = Archive::open(source)?;
    for part in archive.names() {
        let name = part.to_lowercase();
        let is_xml = matches!(name.rsplit_once('.'), Some((_, "xml" | "rels")));
        let kind = if name.ends_with("sharedstrings.xml") {
            Kind::Texts
        } else if is_xml && LARGE.iter().any(|folder| name.contains(folder)) {
            Kind::Sheet
        } else if is_xml {
            Kind::Description
        } else {
            Kind::Other
        };
        look(source, &archive, part, kind)?;
    }
    stands_apart(source, &archive)
}

/// What describes a workbook does not stand where large parts do, which are not counted.
fn stands_apart(source: &Source, archive: &Archive) -> Result<()> {
    const ROOT: &str = "_rels/.rels";
    let Some(name) = archive.names().find(|name| name.eq_ignore_ascii_case(ROOT)) else {
        return Ok(());
    };
    let mut text = Vec::new();
    archive
        .part(name)?
        .take(limits::PART_BYTES)
        .read_to_end(&mut text)
        .map_err(|cause| source.unreadable(&cause))?;
    let text = String::from_utf8_lossy(&text).to_lowercase();
    if LARGE.iter().any(|folder| text.contains(folder)) {
        return Err(DAMAGED
            .error(format!("`{}` has its description among its sheets", source.name()))
            .with_hint("save it again with a spreadsheet"));
    }
    Ok(())
}

/// Looks over a sheet of OpenDocument.
pub(super) fn ods(source: &Source) -> Result<()> {
    let archive = Archive::open(source)?;
    look(source, &archive, "content.xml", Kind::Table)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Rows and cells: read as a stream, each value whole.
    Sheet,
    /// The same in OpenDocument, whose values are cut when they are read.
    Table,
    /// The texts that cells refer to: kept.
    Texts,
    /// Whatever else describes the workbook: kept.
    Description,
    /// Pictures and the like.
    Other,
}

fn look(source: &Source, archive: &Archive, part: &str, kind: Kind) -> Result<()> {
    let mut reader = archive.part(part)?;
    let mut looking = Looking::new(kind);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer).map_err(|cause| {
            DAMAGED
                .error(format!("part `{part}` of `{}` is damaged: {cause}", source.name()))
                .with_hint("it may not have arrived whole; copy or save it again")
        })?;
        if read == 0 {
            return Ok(());
        }
        looking
            .take(buffer.get(..read).unwrap_or_default())
            .map_err(|trouble| trouble.told(source.name(), part))?;
    }
}

enum Trouble {
    Bytes(u64),
    Piece,
    Tags(u64),
    Entities,
    Encoding,
    Count,
}

impl Trouble {
    fn told(self, name: &str, part: &str) -> Error {
        match self {
            Self::Bytes(most) => TOO_LARGE
                .error(format!("part `{part}` of `{name}` has more than {} MB", most >> 20))
                .with_hint("remove pictures and sheets that are not to be imported, or save the list as CSV"),
            Self::Tags(most) => TOO_LARGE
                .error(format!("part `{part}` of `{name}` holds more than {most} pieces"))
                .with_hint("save the list as CSV"),
            Self::Piece => DAMAGED
                .error(format!("part `{part}` of `{name}` has a value or tag of more than 1 MB"))
                .with_hint("no value of a list is so long"),
            Self::Entities => DAMAGED
                .error(format!("part `{part}` of `{name}` declares entities, which no spreadsheet does"))
                .with_hint("it was made to do harm; do not trust where it comes from"),
            Self::Encoding => DAMAGED
                .error(format!("part `{part}` of `{name}` is not in UTF-8"))
                .with_hint("save it again with a spreadsheet"),
            Self::Count => DAMAGED
                .error(format!("part `{part}` of `{name}` claims to hold more texts than any workbook does"))
                .with_hint("it was made to do harm, or is damaged; save it again with a spreadsheet"),
        }
    }
}

struct Looking {
    kind: Kind,
    bytes: u64,
    pieces: Pieces,
    /// The last bytes, so that what is cut by the buffer is found.
    tail: Vec<u8>,
    is_first: bool,
}

/// The longest of the words that are looked for, with a number behind it.
const TAIL: usize = 40;

impl Looking {
    fn new(kind: Kind) -> Self {
        let pieces = Pieces::new(matches!(kind, Kind::Sheet | Kind::Texts));
        Self { kind, bytes: 0, pieces, tail: Vec::new(), is_first: true }
    }

    fn take(&mut self, bytes: &[u8]) -> std::result::Result<(), Trouble> {
        self.bytes += bytes.len() as u64;
        let most = match self.kind {
            Kind::Sheet | Kind::Table => limits::UNPACKED_BYTES,
            Kind::Texts => limits::TEXTS_BYTES,
            Kind::Description => limits::PART_BYTES,
            Kind::Other => limits::PICTURE_BYTES,
        };
        if self.bytes > most {
            return Err(Trouble::Bytes(most));
        }
        if self.kind == Kind::Other {
            return Ok(());
        }
        self.encoding(bytes)?;
        self.pieces.take(bytes).map_err(|strange| match strange {
            Strange::Long => Trouble::Piece,
            Strange::Declaration => Trouble::Entities,
        })?;
        let most = match self.kind {
            Kind::Texts => limits::TEXTS * 4,
            Kind::Description => limits::TAGS,
            Kind::Sheet | Kind::Table | Kind::Other => u64::MAX,
        };
        if self.pieces.tags > most {
            return Err(Trouble::Tags(most));
        }
        if self.kind == Kind::Texts {
            let mut joined = std::mem::take(&mut self.tail);
            joined.extend_from_slice(bytes);
            if claims_too_much(&joined) {
                return Err(Trouble::Count);
            }
            self.tail = joined.split_off(joined.len().saturating_sub(TAIL));
        }
        Ok(())
    }

    fn encoding(&mut self, bytes: &[u8]) -> std::result::Result<(), Trouble> {
        if !std::mem::take(&mut self.is_first) {
            return Ok(());
        }
        let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
        let first = bytes.get(..bytes.len().min(200)).unwrap_or_default();
        let declared = String::from_utf8_lossy(first).to_lowercase();
        let declared = declared.split_once("encoding=").map(|(_, rest)| rest.to_owned());
        let is_plain = declared.is_none_or(|rest| {
            let name = rest.trim_start_matches(['"', '\'']);
            name.starts_with("utf-8") || name.starts_with("us-ascii") || name.starts_with("ascii")
        });
        if wide || first.contains(&0) || !is_plain { Err(Trouble::Encoding) } else { Ok(()) }
    }
}

/// Whether it says how many texts there are, and that is more than anybody has.
fn claims_too_much(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let Some(at) = bytes.windows(NAME.len()).position(|window| window == NAME) else {
        return false;
    };
    let rest = bytes.get(at + NAME.len()..).unwrap_or_default();
    let digits: Vec<u8> = rest
        .iter()
        .copied()
        .skip_while(|byte| !byte.is_ascii_digit())
        .take_while(u8::is_ascii_digit)
        .take(20)
        .collect();
    let count = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    count.is_some_and(|count| count > limits::TEXTS)
}
