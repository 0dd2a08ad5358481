//! The pieces of an XML document, measured as they go by. A reader keeps each piece whole, and texts of a cell
//! together; so nothing may be longer than a value can be. Nothing is kept here.

use crate::imports::reading::limits;

/// Why a document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strange {
    /// A tag, comment, text or value that is longer than any.
    Long,
    /// A declaration: entities come of them.
    Declaration,
}

/// Where in a document the bytes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    /// Behind an opening bracket, before it is known what it opens.
    Opening,
    /// Within a tag, perhaps between quotation marks.
    Tag {
        quote: u8,
    },
    /// Within what ends with these bytes and a closing bracket; a nought stands for any.
    Until([u8; 2]),
}

/// Bytes of a tag from which it is known.
const NAME: usize = 32;
/// What opens a piece that is no tag.
const COMMENT: &[u8] = b"!--";
const DATA: &[u8] = b"![CDATA[";

/// Goes through a document.
#[derive(Debug)]
pub(super) struct Pieces {
    place: Place,
    /// Bytes of this piece.
    piece: usize,
    /// Bytes of text since the last cell, row or shared text began or ended.
    value: usize,
    name: [u8; NAME],
    named: usize,
    last: [u8; 2],
    is_over: bool,
    /// Whether texts are put together across tags, as a sheet's are.
    joins: bool,
    /// How many tags there were.
    pub(super) tags: u64,
}

impl Pieces {
    /// With texts that are put together to values, or not.
    pub(super) fn new(joins: bool) -> Self {
        Self {
            place: Place::Text,
            piece: 0,
            value: 0,
            name: [0; NAME],
            named: 0,
            last: [0; 2],
            is_over: false,
            joins,
            tags: 0,
        }
    }

    /// Goes through the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Strange> {
        for byte in bytes {
            self.piece += 1;
            match self.place {
                Place::Text if *byte == b'<' => self.begin(Place::Opening),
                Place::Text => self.value += 1,
                Place::Opening => self.opening(*byte)?,
                Place::Tag { quote: 0 } => match byte {
                    b'>' => self.end_of_tag(),
                    b'"' | b'\'' if self.name.first() != Some(&b'/') => {
                        self.place = Place::Tag { quote: *byte }
                    }
                    _ => self.note(*byte),
                },
                Place::Tag { quote } if *byte == quote => self.place = Place::Tag { quote: 0 },
                Place::Tag { .. } => {}
                Place::Until(end) => {
                    self.value += 1;
                    let is_end = self.last[1] == end[1] && (end[0] == 0 || self.last[0] == end[0]);
                    if *byte == b'>' && is_end {
                        self.begin(Place::Text);
                    }
                    self.last = [self.last[1], *byte];
                }
            }
            if self.piece > limits::TOKEN_BYTES {
                return Err(Strange::Long);
            }
            if self.joins && !self.is_over && self.value > limits::TOKEN_BYTES {
                return Err(Strange::Long);
            }
        }
        Ok(())
    }

    fn begin(&mut self, place: Place) {
        self.place = place;
        self.piece = 0;
        self.named = 0;
        self.last = [0; 2];
    }

    fn note(&mut self, byte: u8) {
        if let Some(place) = self.name.get_mut(self.named) {
            *place = byte;
            self.named += 1;
        }
    }

    fn opening(&mut self, byte: u8) -> Result<(), Strange> {
        self.note(byte);
        let name = self.name.get(..self.named).unwrap_or_default();
        match name.first() {
            Some(b'?') => self.begin(Place::Until([0, b'?'])),
            Some(b'!') if name == COMMENT => self.begin(Place::Until(*b"--")),
            Some(b'!') if name == DATA => self.begin(Place::Until(*b"]]")),
            Some(b'!') if COMMENT.starts_with(name) || DATA.starts_with(name) => {}
            Some(b'!') => return Err(Strange::Declaration),
            _ if byte == b'>' => self.end_of_tag(),
            _ => self.place = Place::Tag { quote: 0 },
        }
        Ok(())
    }

    fn end_of_tag(&mut self) {
        self.tags += 1;
        let name = self.name.get(..self.named).unwrap_or_default();
        let is_end = name.first() == Some(&b'/');
        let until = name
            .iter()
            .skip(1)
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        let name = name.get(..until.map_or(name.len(), |at| at + 1)).unwrap_or_default();
        let local = name.rsplit(|byte| matches!(byte, b':' | b'/')).next().unwrap_or_default();
        match local {
            b"c" | b"row" | b"si" => self.value = 0,
            // What stands behind the cells is not read.
            b"sheetData" if is_end => self.is_over = true,
            _ => {}
        }
        self.begin(Place::Text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(document: &str) -> Result<u64, Strange> {
        // However it is cut.
        let mut pieces = Pieces::new(true);
        for bytes in document.as_bytes().chunks(7) {
            pieces.take(bytes)?;
        }
        Ok(pieces.tags)
    }

    #[test]
    fn what_spreadsheets_write_goes_by() {
        let document = "<?xml version=\"1.0\"?><!-- a > b --><x:row r='1'><c a=\"<>\"><v>1</v></c><c/>\
                        <![CDATA[<]]></x:row>";
        assert_eq!(told(document), Ok(7));
    }

    #[test]
    fn nothing_is_longer_than_a_value_wherever_it_hides() {
        let long = "x<>".repeat(limits::TOKEN_BYTES / 2);
        for document in [
            "x".repeat(limits::TOKEN_BYTES + 1),
            format!("<!--{long}-->"),
            format!("<![CDATA[{long}]]>"),
            format!("<?{long}?>"),
            format!("<c a=\"{long}\"/>"),
            format!("<c>{}</c>", "<r><t>some text</t></r>".repeat(200_000)),
            format!("<c>{}</c>", "<![CDATA[some text]]>".repeat(200_000)),
        ] {
            assert_eq!(told(&document), Err(Strange::Long), "{}", &document[..20]);
        }
        assert!(told(&format!("<c>{}</c>", "<c><t>some text</t></c>".repeat(200_000))).is_ok());
        assert_eq!(told("<!DOCTYPE x>"), Err(Strange::Declaration));
        assert_eq!(told("<!ENTITY x>"), Err(Strange::Declaration));
    }
}
