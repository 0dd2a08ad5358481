//! In which encoding a text is, by evidence; and the text itself, in UTF-8 with plain line ends.
//!
//! A byte order mark says it. Without one, a file that is UTF-8 from the first byte to the last is UTF-8. What
//! is neither comes from an older program; which one, its words say: a letter that would be a sign in the middle
//! of a word, or a capital behind a small letter, speaks against an encoding.

use std::io::{self, Read};

use encoding_rs::{
    CoderResult, Decoder, Encoding, ISO_8859_2, ISO_8859_5, ISO_8859_7, ISO_8859_15, KOI8_R, UTF_8,
    UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
};

use super::ENCODING;
use super::source::{Input, Source};
use crate::kernel::error::Result;

/// Those that are tried, the likeliest first: where the words say nothing, the first of them it is.
const OLDER: [&Encoding; 9] = [
    WINDOWS_1252,
    ISO_8859_15,
    WINDOWS_1250,
    ISO_8859_2,
    WINDOWS_1251,
    ISO_8859_5,
    WINDOWS_1253,
    ISO_8859_7,
    KOI8_R,
];
/// How much is read to find out.
const EVIDENCE_BYTES: usize = 4 << 20;
const EVIDENCE_WORDS: usize = 4_000;
const BUFFER: usize = 64 << 10;

/// An encoding, and how it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) encoding: &'static Encoding,
    /// Whether nothing but the look of words speaks for it.
    pub(super) is_guess: bool,
    /// Whether some bytes are not in it.
    pub(super) is_damaged: bool,
}

impl Found {
    fn sure(encoding: &'static Encoding) -> Self {
        Self { encoding, is_guess: false, is_damaged: false }
    }

    /// The name, as it can be given as an option.
    pub(super) fn name(&self) -> String {
        self.encoding.name().to_lowercase()
    }
}

/// The encoding of this name.
pub(super) fn named(name: &str) -> Result<Found> {
    let label = name.trim().to_lowercase().replace(['_', ' '], "-");
    let label = match label.as_str() {
        "latin-1" | "ansi" => "windows-1252",
        "latin-9" => "iso-8859-15",
        "utf8-bom" | "utf-8-bom" | "utf-8-sig" => "utf-8",
        other => other,
    };
    Encoding::for_label(label.as_bytes()).map(Found::sure).ok_or_else(|| {
        ENCODING
            .error(format!("`{name}` is no encoding that can be read"))
            .with_field("encoding")
            .with_hint(
                "common ones are utf-8, utf-16le, windows-1252, iso-8859-15 and windows-1250",
            )
    })
}

/// Finds out the encoding.
pub(super) fn detect(source: &Source) -> Result<Found> {
    let told = |cause: io::Error| source.unreadable(&cause);
    let mut input = source.input();
    let mut first = vec![0; 4096];
    let read = fill(&mut input, &mut first).map_err(told)?;
    first.truncate(read);
    if let Some((encoding, _)) = Encoding::for_bom(&first) {
        return Ok(Found::sure(encoding));
    }
    if let Some(encoding) = wide(&first) {
        return Ok(Found::sure(encoding));
    }
    let Some(broken) = first_broken(source).map_err(told)? else {
        return Ok(Found::sure(UTF_8));
    };
    let mut sample = vec![0; EVIDENCE_BYTES];
    let mut input = source.input();
    io::Seek::seek(&mut input, io::SeekFrom::Start(broken.saturating_sub(64 << 10)))
        .map_err(told)?;
    let read = fill(&mut input, &mut sample).map_err(told)?;
    sample.truncate(read);
    if is_mostly_utf8(&sample) {
        return Ok(Found { encoding: UTF_8, is_guess: false, is_damaged: true });
    }
    Ok(Found { encoding: likeliest(&sample), is_guess: true, is_damaged: false })
}

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(filled)
}

/// UTF-16 without a byte order mark: every other byte of most letters is nought.
fn wide(first: &[u8]) -> Option<&'static Encoding> {
    let noughts =
        |from: usize| first.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (noughts(0), noughts(1), first.len() / 2);
    if half < 2 {
        None
    } else if odd * 10 > half * 4 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 4 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Where the first byte stands that is not UTF-8.
fn first_broken(source: &Source) -> io::Result<Option<u64>> {
    let mut input = source.input();
    let mut buffer = vec![0; BUFFER];
    let (mut kept, mut at) = (0, 0_u64);
    loop {
        let read = fill(&mut input, buffer.get_mut(kept..).unwrap_or_default())?;
        let bytes = buffer.get(..kept + read).unwrap_or_default();
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            // A letter may go on in the next bytes.
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(error) => return Ok(Some(at + error.valid_up_to() as u64)),
        };
        if read == 0 {
            return Ok(None);
        }
        at += valid as u64;
        kept = bytes.len() - valid;
        buffer.copy_within(valid..valid + kept, 0);
    }
}

/// Whether letters of several bytes are right so often that the rest is damage.
fn is_mostly_utf8(sample: &[u8]) -> bool {
    let (mut right, mut wrong, mut rest) = (0_u64, 0_u64, sample);
    while !rest.is_empty() {
        let (valid, skipped) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), 0),
            Err(error) => {
                wrong += 1;
                (error.valid_up_to(), error.error_len().unwrap_or(rest.len()))
            }
        };
        let good = rest.get(..valid).unwrap_or_default();
        right += good.iter().filter(|byte| **byte >= 0xC0).count() as u64;
        rest = rest.get((valid + skipped).min(rest.len())..).unwrap_or_default();
    }
    right > wrong * 4
}

/// The encoding against which the words speak least.
fn likeliest(sample: &[u8]) -> &'static Encoding {
    let mut words: Vec<&[u8]> = sample
        .split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic())
        .filter(|word| word.iter().any(|byte| !byte.is_ascii()))
        .collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(EVIDENCE_WORDS);
    let against = |encoding: &'static Encoding| -> u64 {
        words
            .iter()
            .map(|word| encoding.decode_without_bom_handling(word).0)
            .map(|word| speaks_against(&word))
            .sum()
    };
    OLDER.into_iter().min_by_key(|encoding| against(encoding)).unwrap_or(WINDOWS_1252)
}

fn speaks_against(word: &str) -> u64 {
    let is_common =
        |letter: char| matches!(letter, '’' | '‘' | '“' | '”' | '„' | '–' | '—' | '…' | '\u{a0}');
    let is_latin = |letter: char| letter.is_alphabetic() && u32::from(letter) < 0x250;
    let letters: Vec<char> = word.chars().collect();
    let mut against = 0;
    let mut strange = 0;
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let near = [before, after].into_iter().flatten();
        if letter == '\u{fffd}' || letter.is_control() {
            against += 5;
        } else if !letter.is_ascii() && !letter.is_alphabetic() && !is_common(letter) {
            against += 2 * near.filter(|other| other.is_alphabetic()).count() as u64;
        } else if !letter.is_ascii() && letter.is_alphabetic() {
            let other_script =
                |other: &char| other.is_alphabetic() && is_latin(*other) != is_latin(letter);
            against += 3 * near.filter(other_script).count() as u64;
        }
        if letter.is_uppercase() && before.is_some_and(char::is_lowercase) && !letter.is_ascii() {
            against += 2;
        }
        strange = if !letter.is_ascii() && is_latin(letter) { strange + 1 } else { 0 };
        // No language with Latin letters has three with marks in a row.
        against += if strange >= 3 { 3 } else { 0 };
    }
    against
}

/// A text in UTF-8, without byte order mark, each line ending with one line feed. Bytes that are in no way of
/// the encoding become U+FFFD.
pub(super) struct Decoded {
    input: Box<dyn Read + Send>,
    decoder: Decoder,
    bytes: Vec<u8>,
    from: usize,
    until: usize,
    text: Vec<u8>,
    given: usize,
    is_last: bool,
    is_done: bool,
    after_return: bool,
}

impl Decoded {
    pub(super) fn new(input: Input, encoding: &'static Encoding) -> Self {
        Self::of(Box::new(input), encoding)
    }

    pub(super) fn of(input: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; BUFFER],
            from: 0,
            until: 0,
            text: Vec::with_capacity(BUFFER * 3),
            given: 0,
            is_last: false,
            is_done: false,
            after_return: false,
        }
    }

    /// The next text, or nothing at the end.
    fn more(&mut self) -> io::Result<bool> {
        while !self.is_done {
            if self.from == self.until && !self.is_last {
                self.from = 0;
                self.until = fill(&mut self.input, &mut self.bytes)?;
                self.is_last = self.until < self.bytes.len();
            }
            let bytes = self.bytes.get(self.from..self.until).unwrap_or_default();
            self.text.clear();
            self.text.resize(BUFFER * 3, 0);
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(bytes, &mut self.text, self.is_last);
            self.from += read;
            self.is_done = self.is_last && result == CoderResult::InputEmpty;
            self.text.truncate(written);
            self.plain_ends();
            self.given = 0;
            if !self.text.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes every line end a line feed. A pair may be cut by the end of the buffer.
    fn plain_ends(&mut self) {
        if !self.after_return && !self.text.contains(&b'\r') {
            return;
        }
        let mut after_return = self.after_return;
        self.text.retain_mut(|byte| {
            let is_second = after_return && *byte == b'\n';
            after_return = *byte == b'\r';
            if after_return {
                *byte = b'\n';
            }
            !is_second
        });
        self.after_return = after_return;
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !self.more()? {
            return Ok(0);
        }
        let mut rest = self.text.get(self.given..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Found {
        detect(&Source::bytes("x.csv", bytes.to_vec())).unwrap()
    }

    fn text(bytes: &[u8]) -> String {
        let source = Source::bytes("x.csv", bytes.to_vec());
        let mut text = String::new();
        let encoding = detect(&source).unwrap().encoding;
        Decoded::new(source.input(), encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn marks_and_plain_utf8_are_seen() {
        assert_eq!(text(b"\xef\xbb\xbfname\r\nZo\xc3\xab\r\n"), "name\nZoë\n");
        assert_eq!(text("Zoë".as_bytes()), "Zoë");
        let wide = |mark: &[u8], big: bool| -> Vec<u8> {
            let units = "name;Zoë\r\n".encode_utf16();
            let bytes =
                units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            mark.iter().copied().chain(bytes).collect()
        };
        for bytes in
            [wide(b"\xff\xfe", false), wide(b"\xfe\xff", true), wide(b"", false), wide(b"", true)]
        {
            assert_eq!(text(&bytes), "name;Zoë\n");
        }
        assert_eq!(text(b""), "");
    }

    #[test]
    fn older_encodings_are_known_by_their_words() {
        for (encoding, sample) in [
            (WINDOWS_1252, "Müller;Zoë;Garçon;Muñoz;Größe – „Süd“"),
            (ISO_8859_15, "cœur;Œuvre;Žižek"),
            (WINDOWS_1250, "Paweł;Świątek;Łukasz;źle"),
            (ISO_8859_2, "Paweł;Świątek;Łukasz;źle"),
            (WINDOWS_1251, "Иванов;Пётр;Щукин"),
            (ISO_8859_5, "Иванов;Сергей;Щукин"),
            (KOI8_R, "Иванов;Сергей;Щукин"),
        ] {
            let bytes = encoding.encode(sample).0.into_owned();
            let found = found(&bytes);
            assert_eq!(found.name(), encoding.name().to_lowercase(), "{sample}");
            assert!(found.is_guess);
            assert_eq!(text(&bytes), sample);
        }
    }

    #[test]
    fn a_few_broken_bytes_do_not_make_utf8_another_encoding() {
        let mut bytes = "Zoë;Müller;Garçon;Muñoz;Größe;Łukasz\n".repeat(3).into_bytes();
        bytes.push(0xff);
        let found = found(&bytes);
        assert!(found.is_damaged && found.encoding == UTF_8);
        assert!(text(&bytes).ends_with('\u{fffd}'));
    }

    #[test]
    fn names_of_encodings_are_read_kindly() {
        for name in
            ["UTF-8", "utf8", "latin1", "ISO_8859-15", "windows-1252", "cp1250", "utf-16le", "ansi"]
        {
            assert!(named(name).is_ok(), "{name}");
        }
        assert!(named("ebcdic").unwrap_err().hints().concat().contains("windows-1252"));
    }

    #[test]
    fn line_ends_become_one_even_across_buffers() {
        let mut bytes = vec![b'x'; BUFFER - 1];
        bytes.extend(b"\r\n\r\r\ny\r");
        assert!(text(&bytes).ends_with("x\n\n\ny\n"));
        assert_eq!(text(&bytes).len(), BUFFER - 1 + 5);
    }
}
