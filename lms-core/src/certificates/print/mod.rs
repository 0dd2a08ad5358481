//! A certificate on paper: a page of A4, landscape, as a PDF/A-2a.
//!
//! The same sheet gives the same bytes, on every machine: fonts are part of the program, nothing is
//! asked of a clock, and nothing is drawn by chance. What is too long is set smaller and in more lines,
//! and never runs out of its place. Everything that is read is tagged, for those who listen to it.

mod canvas;
mod ornament;
mod text;

use krilla::color::rgb::Color;
use krilla::image::Image;

use canvas::{Canvas, Tagged, WIDTH};
use text::{Attempt, Block, Style, fit, set};

pub(super) use text::Missing;

/// What stands on the page, in the words in which it stands there.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    /// Tag of the language, such as `de`.
    pub(super) language: &'static str,
    pub(super) organisation: String,
    pub(super) heading: String,
    /// What comes before the name.
    pub(super) opening: String,
    pub(super) holder: String,
    /// What comes between name and training.
    pub(super) statement: String,
    pub(super) title: String,
    /// What is said below, each with what it is.
    pub(super) facts: Vec<(String, String)>,
    /// That it holds without a signature, and such.
    pub(super) footer: String,
    /// Where it can be verified, where that is known.
    pub(super) verification: Option<Verification>,
    pub(super) logo: Option<Logo>,
    pub(super) colour: Colour,
    pub(super) created: (u16, u8, u8),
}

impl Sheet {
    /// A page with a logo and hardly anything else.
    pub(super) fn of_logo(logo: Logo) -> Self {
        let text = || "-".to_owned();
        Self {
            language: "en",
            organisation: text(),
            heading: text(),
            opening: text(),
            holder: text(),
            statement: text(),
            title: text(),
            facts: Vec::new(),
            footer: text(),
            verification: None,
            logo: Some(logo),
            colour: Colour([0, 0, 0]),
            created: (2000, 1, 1),
        }
    }
}

/// How to verify it.
#[derive(Debug, Clone)]
pub(super) struct Verification {
    /// What the code to be scanned leads to.
    pub(super) address: String,
    pub(super) caption: String,
    /// The code to be typed.
    pub(super) code: String,
}

#[derive(Debug, Clone)]
pub(super) struct Logo {
    pub(super) media_type: String,
    pub(super) image: Vec<u8>,
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) [u8; 3]);

/// Why a sheet cannot be printed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unprintable {
    /// No font has this letter.
    Letter(char),
    /// It was not foreseen.
    Other(String),
}

impl From<Missing> for Unprintable {
    fn from(Missing(letter): Missing) -> Self {
        Self::Letter(letter)
    }
}

/// Where the frame's inner line is.
const INSET: f32 = 36.0;
/// How wide names and titles may become.
const TEXT_WIDTH: f32 = 640.0;
const CENTRE: f32 = WIDTH / 2.0;
const INK: Colour = Colour([33, 33, 38]);
const FAINT_INK: Colour = Colour([96, 98, 106]);
/// The side of the code to be scanned, its margin not counted.
const CODE_SIDE: f32 = 74.0;
/// Where the facts stand.
const FACTS_TOP: f32 = 468.0;

/// The bytes of the PDF.
pub(super) fn draw(sheet: &Sheet) -> Result<Vec<u8>, Unprintable> {
    let accent = sheet.colour.readable();
    let composed = Composed::of(sheet)?;
    let mut canvas = Canvas::new(sheet);
    canvas.page(|page| {
        ornament::background(page, accent);
        ornament::frame(page, accent, INSET);
        head(page, sheet, accent)?;
        composed.draw(page, accent);
        facts(page, sheet, accent)?;
        if let Some(verification) = &sheet.verification {
            verify(page, verification)?;
        }
        Ok(())
    })?;
    canvas.finish()
}

/// The logo or, without one, the name of the organisation, and what this is.
fn head(page: &mut Tagged<'_>, sheet: &Sheet, accent: Colour) -> Result<(), Unprintable> {
    let mut top = 62.0;
    let logo = sheet.logo.as_ref().and_then(Logo::decoded);
    if let Some(image) = logo {
        let (width, height) = within(image.size(), (220.0, 50.0));
        page.figure(&sheet.organisation, |page| {
            page.image(image, (CENTRE - width / 2.0, top + (50.0 - height) / 2.0), (width, height));
        });
        top += 54.0;
    }
    let name_size = if top > 100.0 { 11.0 } else { 19.0 };
    let name = fit(
        &sheet.organisation,
        Style::Semibold,
        TEXT_WIDTH,
        &[
            Attempt { lines_max: 1, sizes: 9.0..name_size },
            Attempt { lines_max: 2, sizes: 8.0..9.0 },
        ],
    )?;
    let baseline = if top > 100.0 { top + 12.0 } else { 98.0 };
    page.paragraph(|page| page.block(&name, (CENTRE, baseline), INK));

    let heading = fit_spaced(&sheet.heading, Style::Regular, 0.045, 44.0, TEXT_WIDTH)?;
    page.heading(&sheet.heading, |page| page.block(&heading, (CENTRE, 184.0), accent));
    ornament::divider(page, accent, (CENTRE, 206.0), 132.0);
    Ok(())
}

/// A line with room between its letters.
fn fit_spaced(
    text: &str,
    style: Style,
    spacing: f32,
    size: f32,
    width: f32,
) -> Result<Block, Missing> {
    let line = set(text, style, spacing)?;
    let size = if line.width * size > width { width / line.width } else { size };
    Ok(Block { lines: vec![line], size })
}

/// Who did what: the middle of the page, balanced between the heading and the facts.
struct Composed {
    opening: Block,
    holder: Block,
    statement: Block,
    title: Block,
}

impl Composed {
    fn of(sheet: &Sheet) -> Result<Self, Unprintable> {
        let small = [Attempt { lines_max: 2, sizes: 10.0..16.0 }];
        Ok(Self {
            opening: fit(&sheet.opening, Style::Italic, TEXT_WIDTH, &small)?,
            holder: fit(
                &sheet.holder,
                Style::Semibold,
                TEXT_WIDTH,
                &[
                    Attempt { lines_max: 1, sizes: 28.0..40.0 },
                    Attempt { lines_max: 2, sizes: 18.0..28.0 },
                    Attempt { lines_max: 4, sizes: 11.0..17.0 },
                ],
            )?,
            statement: fit(&sheet.statement, Style::Italic, TEXT_WIDTH, &small)?,
            title: fit(
                &sheet.title,
                Style::Semibold,
                TEXT_WIDTH,
                &[
                    Attempt { lines_max: 1, sizes: 20.0..26.0 },
                    Attempt { lines_max: 2, sizes: 16.0..22.0 },
                    Attempt { lines_max: 3, sizes: 10.0..16.0 },
                ],
            )?,
        })
    }

    fn draw(&self, page: &mut Tagged<'_>, accent: Colour) {
        const TOP: f32 = 222.0;
        const BOTTOM: f32 = 446.0;
        let parts = [
            (&self.opening, FAINT_INK),
            (&self.holder, INK),
            (&self.statement, FAINT_INK),
            (&self.title, accent),
        ];
        let taken: f32 = parts.iter().map(|(block, _)| block.height()).sum();
        let gap = ((BOTTOM - TOP - taken) / 5.0).clamp(2.0, 22.0);
        let whole = taken + gap * 3.0;
        let mut top = TOP + (BOTTOM - TOP - whole) / 2.0;
        for (block, colour) in parts {
            page.paragraph(|page| {
                page.block(block, (CENTRE, top + block.first_baseline()), colour);
            });
            top += block.height() + gap;
        }
    }
}

/// When, until when, and under which number.
fn facts(page: &mut Tagged<'_>, sheet: &Sheet, accent: Colour) -> Result<(), Unprintable> {
    let left = INSET + 34.0;
    let right = WIDTH - INSET - 34.0 - sheet.verification.as_ref().map_or(0.0, |_| 290.0);
    let n_facts = sheet.facts.len().max(1);
    let width = (right - left) / small(n_facts);
    for (nth, (label, value)) in sheet.facts.iter().enumerate() {
        let at = left + width * small(nth);
        let label =
            fit(label, Style::Regular, width - 12.0, &[Attempt { lines_max: 1, sizes: 6.0..9.5 }])?;
        let value = fit(
            value,
            Style::Semibold,
            width - 12.0,
            &[Attempt { lines_max: 2, sizes: 7.0..13.0 }],
        )?;
        page.paragraph(|page| {
            page.block_from(&label, (at, FACTS_TOP + 12.0), FAINT_INK);
            page.block_from(&value, (at, FACTS_TOP + 29.0), INK);
        });
    }
    let footer = fit(
        &sheet.footer,
        Style::Italic,
        right - left,
        &[Attempt { lines_max: 2, sizes: 7.0..9.5 }],
    )?;
    ornament::hair(page, accent, (left, FACTS_TOP + 46.0), right - left - 12.0);
    page.paragraph(|page| page.block_from(&footer, (left, FACTS_TOP + 61.0), FAINT_INK));
    Ok(())
}

/// The code to be scanned and, beside it, the one to be typed.
fn verify(page: &mut Tagged<'_>, verification: &Verification) -> Result<(), Unprintable> {
    let right = WIDTH - INSET - 30.0;
    let left = right - CODE_SIDE;
    page.figure(&verification.address, |page| {
        page.scanned(&verification.address, (left, FACTS_TOP - 2.0), CODE_SIDE);
    });
    let beside = left - 14.0;
    let width = 180.0;
    let caption = fit(
        &verification.caption,
        Style::Italic,
        width,
        &[Attempt { lines_max: 3, sizes: 6.0..9.5 }],
    )?;
    let code = fit(
        &verification.code,
        Style::Semibold,
        width,
        &[Attempt { lines_max: 2, sizes: 5.0..10.5 }],
    )?;
    page.paragraph(|page| {
        page.block_until(&caption, (beside, FACTS_TOP + 12.0), FAINT_INK);
        let below = FACTS_TOP + 12.0 + caption.height() + 3.0;
        page.block_until(&code, (beside, below), INK);
    });
    Ok(())
}

/// As large as it can be within a place, with its sides as they are to each other.
fn within((width, height): (u32, u32), (width_max, height_max): (f32, f32)) -> (f32, f32) {
    let (width, height) = (pixels(width), pixels(height));
    let scale = (width_max / width).min(height_max / height);
    (width * scale, height * scale)
}

#[expect(clippy::cast_precision_loss, reason = "an image has fewer than 2^24 pixels a side")]
fn pixels(n: u32) -> f32 {
    n.max(1) as f32
}

#[expect(clippy::cast_precision_loss, reason = "there are few of them")]
fn small(n: usize) -> f32 {
    n as f32
}

impl Logo {
    /// The image; nothing where it is none, which was looked at when it was put in.
    pub(super) fn decoded(&self) -> Option<Image> {
        let bytes = self.image.clone().into();
        match self.media_type.as_str() {
            "image/png" => Image::from_png(bytes, false).ok(),
            _ => Image::from_jpeg(bytes, false).ok(),
        }
    }
}

impl Colour {
    /// Reads `#1f4e79`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// How much darker than white text must be to be read with ease, as the guidelines for
    /// accessible content have it.
    const CONTRAST_MIN: f32 = 4.5;

    /// The colour itself or, where it is too light for text on white, one of its shades that is not.
    fn readable(self) -> Self {
        let mut colour = self;
        while 1.05 / (colour.luminance() + 0.05) < Self::CONTRAST_MIN {
            colour = Self(colour.0.map(|part| part - part.div_ceil(16)));
        }
        colour
    }

    /// Towards white, by so many hundredths.
    fn tint(self, hundredths: u16) -> Self {
        let lighter = |part: u8| {
            let part = u16::from(part);
            u8::try_from(part + (255 - part) * hundredths / 100).unwrap_or(u8::MAX)
        };
        Self(self.0.map(lighter))
    }

    fn luminance(self) -> f32 {
        let linear = |part: u8| {
            let part = f32::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn ink(self) -> Color {
        let [red, green, blue] = self.0;
        Color::new(red, green, blue)
    }
}

#[cfg(test)]
mod tests;
