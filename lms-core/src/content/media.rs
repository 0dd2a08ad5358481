//! What kinds of file people may learn from, and whether the bytes are what the name says. Pure.
//!
//! What a browser would run (HTML, SVG, scripts) is not among them: shown from our address, it
//! could act in the name of whoever looks at it.

use std::fmt::Write as _;

use super::MEDIA_TYPE;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::kernel::text::Name;

/// So many bytes at the beginning tell what a file is.
pub(super) const SNIFFED_BYTES: usize = 8 * 1024;

/// How the bytes of a kind of file are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// By a signature of one of these types.
    Signature(&'static [&'static str]),
    /// By being UTF-8 text.
    Text,
}

struct Kind {
    ending: &'static str,
    media_type: &'static str,
    look: Look,
}

const fn kind(ending: &'static str, media_type: &'static str, look: Look) -> Kind {
    Kind { ending, media_type, look }
}

/// Office files are zip archives, and some tools write them so that only that can be seen.
const ZIP: &str = "application/zip";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const KINDS: &[Kind] = &[
    kind("pdf", "application/pdf", Look::Signature(&["application/pdf"])),
    kind("mp4", "video/mp4", Look::Signature(&["video/mp4", "video/quicktime", "video/x-m4v"])),
    kind("m4v", "video/x-m4v", Look::Signature(&["video/mp4", "video/x-m4v"])),
    kind("webm", "video/webm", Look::Signature(&["video/webm", "video/x-matroska"])),
    kind("mp3", "audio/mpeg", Look::Signature(&["audio/mpeg"])),
    kind("m4a", "audio/m4a", Look::Signature(&["audio/m4a", "video/mp4"])),
    kind("ogg", "audio/ogg", Look::Signature(&["audio/ogg"])),
    kind("png", "image/png", Look::Signature(&["image/png"])),
    kind("jpg", "image/jpeg", Look::Signature(&["image/jpeg"])),
    kind("jpeg", "image/jpeg", Look::Signature(&["image/jpeg"])),
    kind("gif", "image/gif", Look::Signature(&["image/gif"])),
    kind("webp", "image/webp", Look::Signature(&["image/webp"])),
    kind("docx", DOCX, Look::Signature(&[DOCX, ZIP])),
    kind("pptx", PPTX, Look::Signature(&[PPTX, ZIP])),
    kind("xlsx", XLSX, Look::Signature(&[XLSX, ZIP])),
    kind("zip", ZIP, Look::Signature(&[ZIP])),
    kind("txt", "text/plain", Look::Text),
    kind("md", "text/markdown", Look::Text),
    kind("csv", "text/csv", Look::Text),
    kind("vtt", "text/vtt", Look::Text),
];

/// The name of a file as it is kept: one line, without a way through folders.
pub(crate) fn file_name(text: &str) -> Result<String> {
    let name = Name::parse(text)?.to_string();
    let odd = name.contains(['/', '\\', ':', '\0']) || name.starts_with('.') || name.contains("..");
    // Characters that turn the direction of writing can make `gpj.exe` of `exe.jpg`.
    let turning = |c| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if odd || name.chars().any(turning) {
        return Err(Error::invalid("name", format!("`{name}` cannot be the name of a file"))
            .with_hint("give the name alone, without folders, such as `fire-safety.pdf`"));
    }
    Ok(name)
}

/// The value of the header `Content-Disposition` by which a file is saved under its name, whatever
/// letters that has, and never shown as a page of ours.
pub(super) fn disposition(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut coded = String::new();
    for byte in name.bytes() {
        if is_plain(byte) {
            coded.push(char::from(byte));
        } else {
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    // For programs that are older than the coded form.
    let plain: String = name
        .chars()
        .map(|c| if c == ' ' || (c.is_ascii() && is_plain(c as u8)) { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

/// What the ending of a name says that the file is.
pub(crate) fn media_type(name: &str) -> Result<&'static str> {
    kind_of(name).map(|kind| kind.media_type)
}

fn kind_of(name: &str) -> Result<&'static Kind> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    KINDS.iter().find(|kind| kind.ending == ending).ok_or_else(|| {
        let endings: Vec<&str> = KINDS.iter().map(|kind| kind.ending).collect();
        MEDIA_TYPE
            .error(format!("files such as `{name}` cannot be content"))
            .with_field("name")
            .with_hints(suggest(&ending, endings.iter().copied()))
            .with_hint(format!("the name ends with one of: {}", endings.join(", ")))
    })
}

/// Whether the first bytes are what the name says.
pub(super) fn refuse_disguise(name: &str, first: &[u8]) -> Result<()> {
    let kind = kind_of(name)?;
    let found = infer::get(first).map(|found| found.mime_type());
    let fits = match kind.look {
        Look::Signature(types) => found.is_some_and(|found| types.contains(&found)),
        Look::Text => found.is_none() && is_text(first),
    };
    if fits {
        return Ok(());
    }
    let what = found.unwrap_or("nothing that we know");
    Err(MEDIA_TYPE
        .error(format!("`{name}` should be {}, and its bytes are {what}", kind.media_type))
        .with_field("name")
        .with_hint("give the file the ending that fits, or export it again"))
}

/// Text as far as it can be seen; a character may be cut in two at the end of what was read.
fn is_text(first: &[u8]) -> bool {
    let sound = match std::str::from_utf8(first) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && first.len() == SNIFFED_BYTES,
    };
    sound && !first.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_no_way() {
        assert_eq!(file_name(" Fire safety (2026).PDF ").unwrap(), "Fire safety (2026).PDF");
        for name in
            ["../x.pdf", "a/b.pdf", "a\\b.pdf", ".profile", "C:x.pdf", "", "x\u{202e}fdp.exe"]
        {
            assert!(file_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_file_is_saved_under_its_name() {
        assert_eq!(
            disposition("Prüfung \"A\".pdf"),
            "attachment; filename=\"Pr_fung _A_.pdf\"; filename*=UTF-8''Pr%C3%BCfung%20%22A%22.pdf"
        );
    }

    #[test]
    fn bytes_must_be_what_the_name_says() {
        refuse_disguise("a.PDF", b"%PDF-1.7\n").unwrap();
        refuse_disguise("a.txt", "Grüße".as_bytes()).unwrap();
        for (name, bytes) in [
            ("a.pdf", b"MZ\x90\0\x03\0".as_slice()),
            ("a.pdf", b"hello"),
            ("a.txt", b"%PDF-1.7\n"),
            ("a.txt", b"a\0b"),
            ("a.md", b"\xff\xfe\x00"),
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ] {
            assert!(refuse_disguise(name, bytes).is_err(), "{name} {bytes:?}");
        }
        for name in ["a.html", "a.svg", "a.js", "a.exe", "a", "a.pdf.html"] {
            assert_eq!(media_type(name).unwrap_err().code(), "content.media_type", "{name}");
        }
    }
}
