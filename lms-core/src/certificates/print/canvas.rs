//! A page on which whatever is drawn is tagged.

use std::num::NonZeroU16;

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};
use qrcode::{EcLevel, QrCode};

use super::text::{Block, Line};
use super::{Colour, Sheet, Unprintable, small};

/// A4, landscape, in points.
pub(super) const WIDTH: f32 = 841.89;
pub(super) const HEIGHT: f32 = 595.28;

/// A line of text is so much higher than its size.
const LEADING: f32 = 1.22;

/// A document of one page.
pub(super) struct Canvas {
    document: Document,
    language: &'static str,
}

/// The page, and what was tagged on it.
pub(super) struct Tagged<'a> {
    surface: Surface<'a>,
    language: &'static str,
    tree: TagTree,
}

/// A place within something that is tagged.
pub(super) struct Open<'p, 'a> {
    page: &'p mut Tagged<'a>,
    group: TagGroup,
}

impl Canvas {
    pub(super) fn new(sheet: &Sheet) -> Self {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .finish()
            .expect("one standard does not contradict itself");
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let (year, month, day) = sheet.created;
        document.set_metadata(
            Metadata::new()
                .title(format!("{} – {}", sheet.heading, sheet.title))
                .authors(vec![sheet.organisation.clone()])
                .language(sheet.language.to_owned())
                .creation_date(
                    DateTime::new(year)
                        .month(month)
                        .day(day)
                        .utc_offset_hour(0)
                        .hour(0)
                        .minute(0)
                        .second(0),
                ),
        );
        Self { document, language: sheet.language }
    }

    pub(super) fn page(
        &mut self,
        draw: impl FnOnce(&mut Tagged<'_>) -> Result<(), Unprintable>,
    ) -> Result<(), Unprintable> {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).expect("a page has a size");
        let mut page = self.document.start_page_with(settings);
        let tree = {
            let (surface, tree) = (page.surface(), TagTree::new());
            let mut tagged = Tagged { surface, language: self.language, tree };
            draw(&mut tagged)?;
            tagged.tree
        };
        page.finish();
        self.document.set_tag_tree(tree);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Unprintable> {
        self.document.finish().map_err(|cause| Unprintable::Other(format!("{cause:?}")))
    }
}

impl<'a> Tagged<'a> {
    /// Draws what nobody needs to read.
    pub(super) fn decoration(&mut self, draw: impl FnOnce(&mut Surface<'a>)) {
        let artifact = Artifact::with_kind(ArtifactType::Layout);
        let _ = self.surface.start_tagged(ContentTag::Artifact(artifact));
        draw(&mut self.surface);
        self.surface.end_tagged();
    }

    pub(super) fn paragraph(&mut self, draw: impl FnOnce(&mut Open<'_, 'a>)) {
        self.group(TagGroup::new(Tag::P), draw);
    }

    pub(super) fn heading(&mut self, title: &str, draw: impl FnOnce(&mut Open<'_, 'a>)) {
        self.group(TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(title.to_owned()))), draw);
    }

    /// Something to look at, with what it says to those who listen.
    pub(super) fn figure(&mut self, says: &str, draw: impl FnOnce(&mut Open<'_, 'a>)) {
        self.group(TagGroup::new(Tag::Figure(Some(says.to_owned()))), draw);
    }

    fn group(&mut self, group: TagGroup, draw: impl FnOnce(&mut Open<'_, 'a>)) {
        let mut open = Open { page: self, group };
        draw(&mut open);
        let Open { group, .. } = open;
        self.tree.push(group);
    }
}

impl Open<'_, '_> {
    /// Lines centred about a place, the first one on the baseline.
    pub(super) fn block(&mut self, block: &Block, (centre, baseline): (f32, f32), colour: Colour) {
        self.lines(block, baseline, colour, |width| centre - width / 2.0);
    }

    /// Lines that begin at a place.
    pub(super) fn block_from(
        &mut self,
        block: &Block,
        (left, baseline): (f32, f32),
        colour: Colour,
    ) {
        self.lines(block, baseline, colour, |_| left);
    }

    /// Lines that end at a place.
    pub(super) fn block_until(
        &mut self,
        block: &Block,
        (right, baseline): (f32, f32),
        colour: Colour,
    ) {
        self.lines(block, baseline, colour, |width| right - width);
    }

    fn lines(&mut self, block: &Block, baseline: f32, colour: Colour, left: impl Fn(f32) -> f32) {
        for (nth, line) in block.lines.iter().enumerate() {
            let at = (left(line.width * block.size), baseline + small(nth) * block.size * LEADING);
            self.line(line, block.size, at, colour);
        }
    }

    fn line(&mut self, line: &Line, size: f32, (left, baseline): (f32, f32), colour: Colour) {
        let span = SpanTag::empty().with_lang(Some(self.page.language));
        let leaf = self.page.surface.start_tagged(ContentTag::Span(span));
        self.page.surface.set_fill(Some(filled(colour)));
        self.page.surface.set_stroke(None);
        let mut at = left;
        for run in &line.runs {
            let start = Point::from_xy(at, baseline);
            self.page.surface.draw_glyphs(
                start,
                &run.glyphs,
                run.font.clone(),
                &run.text,
                size,
                false,
            );
            at += run.width * size;
        }
        self.page.surface.end_tagged();
        self.group.push(leaf);
    }

    pub(super) fn image(
        &mut self,
        image: Image,
        (left, top): (f32, f32),
        (width, height): (f32, f32),
    ) {
        let leaf = self.page.surface.start_tagged(ContentTag::Other);
        let size = Size::from_wh(width, height).expect("a logo has a size");
        self.page.surface.push_transform(&Transform::from_translate(left, top));
        self.page.surface.draw_image(image, size);
        self.page.surface.pop();
        self.page.surface.end_tagged();
        self.group.push(leaf);
    }

    /// A QR code; nothing where the text is longer than one can be.
    pub(super) fn scanned(&mut self, text: &str, (left, top): (f32, f32), side: f32) {
        let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return };
        let n_modules = code.width();
        let module = side / small(n_modules);
        let dark = code.to_colors();
        let mut path = PathBuilder::new();
        for row in 0..n_modules {
            // What is dark in one stretch is one rectangle, so that no light shines through.
            let mut column = 0;
            while column < n_modules {
                let is_dark = |column: usize| {
                    column < n_modules && dark[row * n_modules + column] == qrcode::Color::Dark
                };
                let begin = column;
                while is_dark(column) {
                    column += 1;
                }
                if column > begin {
                    let stretch = Rect::from_xywh(
                        left + small(begin) * module,
                        top + small(row) * module,
                        small(column - begin) * module,
                        module * 1.01,
                    );
                    path.push_rect(stretch.expect("a stretch has a size"));
                }
                column += 1;
            }
        }
        let leaf = self.page.surface.start_tagged(ContentTag::Other);
        self.page.surface.set_fill(Some(filled(Colour([0, 0, 0]))));
        self.page.surface.set_stroke(None);
        if let Some(path) = path.finish() {
            self.page.surface.draw_path(&path);
        }
        self.page.surface.end_tagged();
        self.group.push(leaf);
    }
}

impl Block {
    pub(super) fn height(&self) -> f32 {
        small(self.lines.len()) * self.size * LEADING
    }

    /// Below its top.
    pub(super) fn first_baseline(&self) -> f32 {
        self.size * 0.92
    }
}

pub(super) fn filled(colour: Colour) -> Fill {
    Fill { paint: colour.ink().into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

/// A line of a colour and a width.
pub(super) fn stroke(surface: &mut Surface<'_>, path: &Path, colour: Colour, width: f32) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: colour.ink().into(), width, ..Stroke::default() }));
    surface.draw_path(path);
}
