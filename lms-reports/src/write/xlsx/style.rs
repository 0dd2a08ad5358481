//! The look of every workbook. A colour never stands alone: the word is in the cell.

use rust_xlsxwriter::{
    Color, ConditionalFormat3ColorScale, ConditionalFormatType, Format, FormatAlign, FormatBorder,
    Worksheet,
};

use crate::document::Document;
use crate::table::Kind;
use crate::tone::Tone;

const INK: Color = Color::RGB(0x001F_2A44);
const PALE: Color = Color::RGB(0x00D5_DAE3);
const RED: Color = Color::RGB(0x008E_1616);
const GREY: Color = Color::RGB(0x005A_6270);
/// The number of A4 in the file format.
const PAPER_A4: u8 = 9;
/// A header takes 255 characters; less than half of them leave room for the rest.
const HEADER_NAME_MAX: usize = 100;

/// The formats that sheets share.
pub(super) struct Style {
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) header: Format,
    pub(super) label: Format,
    pub(super) text: Format,
    pub(super) id: Format,
    pub(super) integer: Format,
    /// A number on its own, where it stands below words.
    pub(super) count: Format,
    /// Likewise, with a digit behind the point.
    pub(super) fraction: Format,
    pub(super) amount: Format,
    pub(super) percent: Format,
    decimal: Format,
    money: Format,
    share: Format,
    change: Format,
    coefficient: Format,
    /// What a row has in common with the one above it.
    pub(super) repeated: Format,
    pub(super) instant: Format,
    pub(super) day: Format,
    pub(super) month: Format,
    pub(super) remark: Format,
    pub(super) plain: Format,
    pub(super) plain_label: Format,
    /// What has to be known first.
    pub(super) alarm: Format,
    good: Format,
    open: Format,
    warn: Format,
    bad: Format,
    muted: Format,
}

impl Style {
    pub(super) fn new() -> Self {
        // The indent keeps a text apart from a number that ends where it begins.
        let cell = Self::ruled(&Format::new().set_align(FormatAlign::Top));
        let left = |format: &Format| format.clone().set_align(FormatAlign::Left).set_indent(1);
        let header = left(&cell)
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(INK)
            .set_text_wrap();
        let pill = |tone: Tone| match tone.colours() {
            Some((letters, ground)) => left(&cell)
                .set_bold()
                .set_font_color(Color::RGB(letters))
                .set_background_color(Color::RGB(ground)),
            None => left(&cell),
        };
        Self {
            title: Format::new().set_indent(1).set_bold().set_font_size(20).set_font_color(INK),
            subtitle: Format::new().set_indent(1).set_font_size(13).set_font_color(GREY),
            header,
            label: left(&cell).set_bold().set_font_color(INK),
            id: left(&cell).set_font_size(9).set_font_color(GREY),
            integer: cell.clone().set_num_format("#,##0"),
            count: left(&cell).set_num_format("#,##0"),
            fraction: left(&cell).set_num_format("#,##0.0"),
            amount: left(&cell).set_num_format("#,##0.00"),
            percent: left(&cell).set_num_format("0.0%"),
            decimal: cell.clone().set_num_format("#,##0.0"),
            money: cell.clone().set_num_format("#,##0.00"),
            share: cell.clone().set_num_format("0.0%"),
            coefficient: cell.clone().set_num_format("0.00"),
            change: cell.clone().set_num_format("+0.0;-0.0;0.0"),
            repeated: left(&cell).set_font_color(GREY),
            instant: left(&cell).set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: left(&cell).set_num_format("yyyy-mm-dd"),
            month: left(&cell).set_num_format("yyyy-mm"),
            remark: Format::new().set_indent(1).set_italic().set_font_color(GREY),
            plain: Format::new().set_indent(1),
            plain_label: Format::new().set_indent(1).set_bold().set_font_color(INK),
            alarm: Format::new().set_indent(1).set_bold().set_font_color(RED),
            good: pill(Tone::Good),
            open: pill(Tone::Open),
            warn: pill(Tone::Warn),
            bad: pill(Tone::Bad),
            muted: pill(Tone::Muted),
            text: left(&cell).set_text_wrap(),
        }
    }

    /// How a column of this kind looks.
    pub(super) fn of(&self, kind: Kind) -> &Format {
        match kind {
            Kind::Text | Kind::Status | Kind::StatusOn | Kind::List | Kind::Counts => &self.text,
            Kind::Decimal => &self.decimal,
            Kind::Money => &self.money,
            Kind::Share | Kind::Heat => &self.share,
            Kind::Change => &self.change,
            Kind::Coefficient => &self.coefficient,
            Kind::Id => &self.id,
            Kind::Integer => &self.integer,
            Kind::Instant => &self.instant,
            Kind::Day => &self.day,
            Kind::Month => &self.month,
        }
    }

    /// How a status looks; the word says the same.
    pub(super) fn status(&self, word: &str) -> &Format {
        match Tone::of(word) {
            Tone::Good => &self.good,
            Tone::Open => &self.open,
            Tone::Warn => &self.warn,
            Tone::Bad | Tone::Worst => &self.bad,
            Tone::Muted => &self.muted,
            Tone::Plain => &self.text,
        }
    }

    /// A format with a thin line below: rows are told apart also where a program does not draw the
    /// look of tables.
    fn ruled(format: &Format) -> Format {
        format.clone().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(PALE)
    }
}

/// The ground of a share, from red at none over yellow at a half to green at all.
pub(super) fn heat() -> ConditionalFormat3ColorScale {
    ConditionalFormat3ColorScale::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_midpoint(ConditionalFormatType::Number, 0.5)
        .set_maximum(ConditionalFormatType::Number, 1)
        .set_minimum_color(Color::RGB(0x00F8_C9C5))
        .set_midpoint_color(Color::RGB(0x00F8_ECC4))
        .set_maximum_color(Color::RGB(0x00BF_E6C6))
}

/// What every sheet has on paper: landscape, as wide as the page, whose it is and how many pages.
pub(super) fn set_up_page(sheet: &mut Worksheet, document: &Document) {
    // In a header `&` begins a code, and two of them are one.
    let name: String = document.organisation.chars().take(HEADER_NAME_MAX).collect();
    let name = name.replace('&', "&&");
    let title = document.title.text().replace('&', "&&");
    let language = document.language;
    let seq = document.data_revision.seq.to_string();
    let as_of = language.tell("As of {}, entry {}", [&document.as_of_in_words(), &seq]);
    let page = language.tell("Page {} of {}", ["&P", "&N"]);
    sheet
        .set_landscape()
        .set_paper_size(PAPER_A4)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.7, 0.6, 0.3, 0.3)
        .set_header(format!("&L{name}&R{title}: &A"))
        .set_footer(format!("&L{as_of}&R{page}"));
}

/// A number as a cell keeps it. Nobody counts to where it would not be exact any more.
pub(super) fn number(count: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact to nine thousand million million")]
    let number = count as f64;
    number
}
