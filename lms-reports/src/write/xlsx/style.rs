//! The look of every workbook. A colour never stands alone: the word is in the cell.

use jiff::civil::DateTime;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::document::Document;
use crate::table::Kind;

const INK: Color = Color::RGB(0x1F_2A_44);
const PALE: Color = Color::RGB(0xD5_DA_E3);
const GREY: Color = Color::RGB(0x5A_62_70);
/// The number of A4 in the file format.
const PAPER_A4: u8 = 9;
/// Excel takes no longer text into a cell, counted as UTF-16.
const TEXT_MAX: usize = 32_767;
/// Excel takes no longer header or footer; half of it leaves room for the rest.
const HEADER_NAME_MAX: usize = 100;

/// The formats that sheets share.
pub(super) struct Style {
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) header: Format,
    pub(super) header_right: Format,
    pub(super) label: Format,
    pub(super) text: Format,
    pub(super) prose: Format,
    pub(super) id: Format,
    pub(super) integer: Format,
    pub(super) percent: Format,
    pub(super) instant: Format,
    pub(super) day: Format,
    pub(super) month: Format,
    pub(super) remark: Format,
    good: Format,
    bad: Format,
    muted: Format,
}

impl Style {
    pub(super) fn new() -> Self {
        let cell = Format::new().set_align(FormatAlign::Top);
        let header = cell
            .clone()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(INK)
            .set_text_wrap();
        let left = |format: Format| format.set_align(FormatAlign::Left);
        let pill = |font: u32, ground: u32| {
            let colours = Color::RGB(font);
            cell.clone().set_bold().set_font_color(colours).set_background_color(Color::RGB(ground))
        };
        Self {
            title: Format::new().set_bold().set_font_size(20).set_font_color(INK),
            subtitle: Format::new().set_font_size(13).set_font_color(GREY),
            header_right: header.clone().set_align(FormatAlign::Right),
            header,
            label: cell.clone().set_bold().set_font_color(INK),
            prose: cell.clone().set_text_wrap(),
            id: cell.clone().set_text_wrap().set_font_size(8).set_font_color(GREY),
            integer: cell.clone().set_num_format("#,##0"),
            percent: cell.clone().set_num_format("0.0%"),
            instant: left(cell.clone().set_num_format("yyyy-mm-dd hh:mm:ss")),
            day: left(cell.clone().set_num_format("yyyy-mm-dd")),
            month: left(cell.clone().set_num_format("yyyy-mm")),
            remark: cell.clone().set_italic().set_font_color(GREY),
            good: pill(0x1B_5E_20, 0xDD_F0_DD),
            bad: pill(0x8E_16_16, 0xF9_D9_D6),
            muted: pill(0x5A_62_70, 0xE9_EB_EE),
            text: cell,
        }
    }

    /// How a column of this kind looks.
    pub(super) fn of(&self, kind: Kind) -> &Format {
        match kind {
            Kind::Text | Kind::Status => &self.text,
            Kind::Prose | Kind::List | Kind::Counts => &self.prose,
            Kind::Id => &self.id,
            Kind::Integer => &self.integer,
            Kind::Instant => &self.instant,
            Kind::Day => &self.day,
            Kind::Month => &self.month,
        }
    }

    /// How a status looks; the word says the same.
    pub(super) fn status(&self, word: &str) -> &Format {
        match word {
            "active" | "holds" | "valid" => &self.good,
            "broken" => &self.bad,
            "account disabled" | "disabled" | "expired" | "revoked" => &self.muted,
            _ => &self.text,
        }
    }

    /// A format with a thin line below, for lists on the first and the last sheet.
    pub(super) fn ruled(format: &Format) -> Format {
        format.clone().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(PALE)
    }
}

/// What every sheet has on paper: landscape, as wide as the page, whose it is and how many pages.
pub(super) fn set_up_page(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    // In a header `&` begins a code, and two of them are one.
    let name: String = document.organisation.chars().take(HEADER_NAME_MAX).collect();
    let name = name.replace('&', "&&");
    sheet
        .set_landscape()
        .set_paper_size(PAPER_A4)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.7, 0.6, 0.3, 0.3)
        .set_header(format!("&L{name}&R{}: &A", document.report.title()))
        .set_footer(format!(
            "&LAs of {}, entry {}&RPage &P of &N",
            document.as_of, document.data_revision.seq
        ));
    Ok(())
}

/// A number as a cell keeps it. Nobody counts to where it would not be exact any more.
pub(super) fn number(count: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact to nine thousand million million")]
    let number = count as f64;
    number
}

/// A date as Excel counts them: days since the end of 1899, with the time as a fraction. Nothing
/// for days before March 1900, which Excel does not count right.
pub(super) fn serial(at: DateTime) -> Option<f64> {
    let epoch = jiff::civil::date(1899, 12, 30);
    let days = at.date().since(epoch).ok()?.get_days();
    let seconds = at.time().duration_since(jiff::civil::Time::midnight()).as_secs_f64();
    (days > 60).then(|| f64::from(days) + seconds / 86_400.0)
}

/// A text as far as a cell takes it, and whether all of it is there.
pub(super) fn fitting(text: &str) -> (String, bool) {
    let utf16 = |text: &str| text.encode_utf16().count();
    if text.len() <= TEXT_MAX || utf16(text) <= TEXT_MAX {
        return (text.to_owned(), true);
    }
    let mut room = TEXT_MAX - 1;
    let taken = text.chars().take_while(|letter| {
        let fits = letter.len_utf16() <= room;
        room = room.saturating_sub(letter.len_utf16());
        fits
    });
    (taken.chain(['…']).collect(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_as_excel_counts_them() {
        let at = |text: &str| serial(text.parse().unwrap());
        assert_eq!(at("2026-03-31T12:00:00"), Some(46_112.5));
        assert_eq!(at("1900-03-01T00:00:00"), Some(61.0));
        assert_eq!(at("1899-01-01T00:00:00"), None);
    }

    #[test]
    fn a_text_is_cut_between_letters_and_says_so() {
        assert_eq!(fitting("short"), ("short".to_owned(), true));
        let (cut, whole) = fitting(&"🦀".repeat(20_000));
        assert!(!whole && cut.ends_with("🦀…"));
        assert_eq!(cut.encode_utf16().count(), TEXT_MAX);
    }
}
