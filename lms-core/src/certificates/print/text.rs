//! Setting text: fonts, shaping, and finding the size and the lines in which a text fits.

use std::ops::Range;
use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Regular,
    Italic,
    Semibold,
}

/// A text with its glyphs, in one line. Widths are in parts of the font's size.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
}

/// A part of a line in one font and one direction.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) width: f32,
}

/// Lines of one size.
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    pub(super) size: f32,
}

/// In at most so many lines, from one size down to another.
pub(super) struct Attempt {
    pub(super) lines_max: usize,
    pub(super) sizes: Range<f32>,
}

/// A letter that no font has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing(pub(crate) char);

struct Typeface {
    font: Font,
    face: Face<'static>,
}

struct Fonts {
    regular: Typeface,
    italic: Typeface,
    semibold: Typeface,
    /// For the letters that the others lack.
    other: Typeface,
}

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| Fonts {
        regular: typeface(include_bytes!("../../../fonts/LibertinusSerif-Regular.otf")),
        italic: typeface(include_bytes!("../../../fonts/LibertinusSerif-Italic.otf")),
        semibold: typeface(include_bytes!("../../../fonts/LibertinusSerif-Semibold.otf")),
        other: typeface(include_bytes!("../../../fonts/DejaVuSans.ttf")),
    })
}

fn typeface(bytes: &'static [u8]) -> Typeface {
    Typeface {
        font: Font::new(bytes.into(), 0).expect("the fonts of the program are sound"),
        face: Face::from_slice(bytes, 0).expect("the fonts of the program are sound"),
    }
}

impl Fonts {
    fn styled(&self, style: Style) -> &Typeface {
        match style {
            Style::Regular => &self.regular,
            Style::Italic => &self.italic,
            Style::Semibold => &self.semibold,
        }
    }

    /// The font for a letter, the one of the style if it can be.
    fn holding(&self, style: Style, letter: char) -> Result<&Typeface, Missing> {
        let styled = self.styled(style);
        let mut all = [styled, &self.other].into_iter();
        all.find(|one| one.face.glyph_index(letter).is_some()).ok_or(Missing(letter))
    }
}

/// Sets a text in one line. `spacing` is put behind each letter, in parts of the size.
pub(super) fn set(text: &str, style: Style, spacing: f32) -> Result<Line, Missing> {
    let text: String = text.nfc().filter(|letter| !letter.is_control()).collect();
    let mut runs = Vec::new();
    for (typeface, part) in parts(&text, style)? {
        runs.push(shaped(typeface, part, spacing));
    }
    // A line that begins from the right goes on to the left.
    if text.chars().find(|letter| letter.is_alphabetic()).is_some_and(is_right_to_left) {
        runs.reverse();
    }
    let width: f32 = runs.iter().map(|run| run.width).sum();
    // What is put behind the last letter is not seen, and would shift what is centred.
    Ok(Line { runs, width: (width - spacing).max(0.0) })
}

/// The parts of a text that are each in one font and one direction. What belongs to no script, as
/// spaces and marks do, goes with what stands before it.
fn parts(text: &str, style: Style) -> Result<Vec<(&'static Typeface, &str)>, Missing> {
    let fonts = fonts();
    let mut parts: Vec<(&'static Typeface, bool, Range<usize>)> = Vec::new();
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let goes_along = !letter.is_alphanumeric();
        if let Some((typeface, _, range)) = parts.last_mut()
            && goes_along
            && typeface.face.glyph_index(letter).is_some()
        {
            range.end = end;
            continue;
        }
        let typeface = fonts.holding(style, letter)?;
        let to_left = is_right_to_left(letter);
        match parts.last_mut() {
            Some((known, direction, range))
                if std::ptr::eq(*known, typeface) && *direction == to_left =>
            {
                range.end = end;
            }
            _ => parts.push((typeface, to_left, at..end)),
        }
    }
    Ok(parts.into_iter().map(|(typeface, _, range)| (typeface, &text[range])).collect())
}

fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

fn shaped(typeface: &Typeface, text: &str, spacing: f32) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let to_left =
        text.chars().find(|letter| letter.is_alphanumeric()).is_some_and(is_right_to_left);
    buffer.set_direction(if to_left { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(&typeface.face, &[], buffer);

    let units = units_per_em(typeface);
    let in_ems = |n: i32| small(n) / units;
    let mut starts: Vec<usize> =
        shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    let end_of = |start: usize| {
        let next = starts.partition_point(|known| *known <= start);
        starts.get(next).copied().unwrap_or(text.len())
    };
    let glyphs: Vec<KrillaGlyph> = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, place)| {
            let start = info.cluster as usize;
            // A mark stands over its letter, and takes no room of its own.
            let behind = if place.x_advance == 0 { 0.0 } else { spacing };
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                in_ems(place.x_advance) + behind,
                in_ems(place.x_offset),
                in_ems(place.y_offset),
                in_ems(place.y_advance),
                start..end_of(start),
                None,
            )
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run { font: typeface.font.clone(), text: text.to_owned(), glyphs, width }
}

fn units_per_em(typeface: &Typeface) -> f32 {
    small(typeface.face.units_per_em())
}

/// Units of a font: whole numbers that are small enough to be exact.
#[expect(clippy::cast_precision_loss, reason = "units of a font are below 2^24")]
fn small(n: i32) -> f32 {
    n as f32
}

const ELLIPSIS: char = '…';

/// Sets a text as large as it can be within a width: by the first attempt that fits, else by the last
/// one, broken within words and, at the very worst, cut off.
pub(super) fn fit(
    text: &str,
    style: Style,
    width: f32,
    attempts: &[Attempt],
) -> Result<Block, Missing> {
    let words = text.split_whitespace().map(|word| measured(word, style));
    let words = words.collect::<Result<Vec<_>, _>>()?;
    let space = set(" ", style, 0.0)?.width;
    for attempt in attempts {
        let mut size = attempt.sizes.end;
        while size >= attempt.sizes.start {
            if let Some(lines) = wrapped(&words, space, width / size, attempt.lines_max) {
                return block(&lines, style, size);
            }
            size -= 0.5;
        }
    }
    let last = attempts.last().expect("there is an attempt");
    let size = last.sizes.start;
    let lines = broken(text, style, width / size, last.lines_max)?;
    block(&lines, style, size)
}

fn block(lines: &[String], style: Style, size: f32) -> Result<Block, Missing> {
    let lines = lines.iter().map(|line| set(line, style, 0.0)).collect::<Result<Vec<_>, _>>()?;
    Ok(Block { lines, size })
}

fn measured(word: &str, style: Style) -> Result<(String, f32), Missing> {
    Ok((word.to_owned(), set(word, style, 0.0)?.width))
}

/// The words in as few lines as it takes, each about as long as the others; nothing where they do not
/// fit.
fn wrapped(
    words: &[(String, f32)],
    space: f32,
    width: f32,
    lines_max: usize,
) -> Option<Vec<String>> {
    let fewest = filled(words, space, width)?;
    if fewest.len() > lines_max {
        return None;
    }
    // The narrowest column that takes no more lines.
    let (mut narrow, mut wide, mut best) = (0.0, width, fewest);
    for _ in 0..12 {
        let middle = f32::midpoint(narrow, wide);
        match filled(words, space, middle) {
            Some(lines) if lines.len() <= best.len() => {
                wide = middle;
                best = lines;
            }
            _ => narrow = middle,
        }
    }
    Some(best)
}

/// As many words as fit into each line; nothing where a word is wider than a line.
fn filled(words: &[(String, f32)], space: f32, width: f32) -> Option<Vec<String>> {
    let mut lines: Vec<(String, f32)> = Vec::new();
    for (word, word_width) in words {
        if *word_width > width {
            return None;
        }
        match lines.last_mut() {
            Some((line, line_width)) if *line_width + space + word_width <= width => {
                line.push(' ');
                line.push_str(word);
                *line_width += space + word_width;
            }
            _ => lines.push((word.clone(), *word_width)),
        }
    }
    Some(lines.into_iter().map(|(line, _)| line).collect())
}

/// Broken wherever a line is full, and cut off where there are too many.
fn broken(text: &str, style: Style, width: f32, lines_max: usize) -> Result<Vec<String>, Missing> {
    let mut lines = vec![String::new()];
    let mut line_width = 0.0;
    for letter in text.nfc() {
        let letter_width = set(letter.encode_utf8(&mut [0; 4]), style, 0.0)?.width;
        if line_width + letter_width > width * 0.97 {
            if lines.len() == lines_max {
                lines.last_mut().expect("there is a line").push(ELLIPSIS);
                break;
            }
            lines.push(String::new());
            line_width = 0.0;
        }
        line_width += letter_width;
        lines.last_mut().expect("there is a line").push(letter);
    }
    Ok(lines.into_iter().map(|line| line.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f32, attempts: &[Attempt]) -> (Vec<String>, f32) {
        let block = fit(text, Style::Semibold, width, attempts).expect("letters that are there");
        let told = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect();
        (block.lines.iter().map(told).collect(), block.size)
    }

    const NAME: &[Attempt] =
        &[Attempt { lines_max: 1, sizes: 24.0..40.0 }, Attempt { lines_max: 3, sizes: 12.0..24.0 }];

    #[test]
    fn what_is_short_is_large_and_what_is_long_gets_more_lines() {
        assert_eq!(lines("Ada Lovelace", 600.0, NAME), (vec!["Ada Lovelace".to_owned()], 40.0));
        let (one, size) = lines(&"Ada Lovelace ".repeat(4), 600.0, NAME);
        assert!(one.len() == 1 && size < 40.0, "{one:?} {size}");
        let (several, _) = lines(&"Ada Lovelace ".repeat(9), 600.0, NAME);
        assert!(several.len() > 1, "{several:?}");
    }

    #[test]
    fn whatever_it_is_it_stays_within_its_width() {
        for text in ["W".repeat(400), "Wolfeschlegelsteinhausen ".repeat(16), "i".repeat(400)] {
            let block = fit(&text, Style::Semibold, 600.0, NAME).expect("letters that are there");
            assert!(block.lines.len() <= 3);
            for line in &block.lines {
                assert!(line.width * block.size <= 600.0, "{}", line.width * block.size);
            }
        }
    }

    #[test]
    fn lines_are_about_as_long_as_each_other() {
        let (lines, _) = lines(
            "one two three four five six",
            175.0,
            &[Attempt { lines_max: 2, sizes: 20.0..20.0 }],
        );
        assert_eq!(lines, ["one two three", "four five six"]);
    }

    #[test]
    fn scripts_that_have_letters_here_are_set_and_others_are_named() {
        for text in [
            "Nguyễn Thị Ánh",
            "Łukasz Żółć",
            "Ελένη Παπαδοπούλου",
            "Сергій Їжакевич",
            "יעל כהן",
            "محمد الفاتح",
            "გიორგი",
            "Արամ",
            "Åse Ñandú ß",
            "S\u{327}ule",
            "Ada (Ltd) 2026 – “x”",
        ] {
            for style in [Style::Regular, Style::Italic, Style::Semibold] {
                assert!(set(text, style, 0.0).is_ok(), "{text}");
            }
        }
        assert_eq!(set("Li 李", Style::Semibold, 0.0).err(), Some(Missing('李')));
    }

    #[test]
    fn a_line_from_the_right_puts_its_parts_from_the_right() {
        let line = set("محمد Ltd", Style::Regular, 0.0).expect("letters that are there");
        let texts: Vec<&str> = line.runs.iter().map(|run| run.text.trim()).collect();
        assert_eq!(texts, ["Ltd", "محمد"]);
        let line = set("יעל Cohen", Style::Regular, 0.0).expect("letters that are there");
        assert_eq!(line.runs.len(), 2);
    }
}
