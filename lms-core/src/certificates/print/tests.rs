//! The page as a reader's program sees it: taken apart again, its code read by another decoder.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::*;

const ADDRESS: &str =
    "https://learn.example.com/api/v1/certificates/verify/7K3M9QXT2VBN4HJD8RFS6WYZ1ACE";

fn sheet() -> Sheet {
    let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    Sheet {
        language: "en",
        organisation: "Acme".to_owned(),
        heading: "Certificate of Completion".to_owned(),
        opening: "This is to certify that".to_owned(),
        holder: "Ada Lovelace".to_owned(),
        statement: "has successfully completed the training".to_owned(),
        title: "Data protection".to_owned(),
        facts: vec![fact("Completed on", "31 March 2026"), fact("Certificate no.", "2026-000123")],
        footer: "Issued electronically.".to_owned(),
        verification: Some(Verification {
            address: ADDRESS.to_owned(),
            caption: "Scan to verify this certificate".to_owned(),
            code: "7K3M-9QXT-2VBN-4HJD-8RFS-6WYZ-1ACE".to_owned(),
        }),
        logo: None,
        colour: Colour([0x1f, 0x4e, 0x79]),
        created: (2026, 4, 1),
    }
}

/// What is drawn on the page, in the language of PDF.
fn drawn(pdf: &[u8]) -> String {
    let starts = pdf.windows(7).enumerate().filter(|(_, window)| *window == b"stream\n");
    let mut contents = starts.filter_map(|(at, _)| {
        let mut text = Vec::new();
        ZlibDecoder::new(&pdf[at + 7..]).read_to_end(&mut text).ok()?;
        String::from_utf8(text).ok().filter(|text| text.contains("BDC"))
    });
    contents.next().expect("a page has something on it")
}

/// The dark stretches of the code: rectangles of the height of a module.
fn stretches(drawn: &str) -> Vec<[f32; 4]> {
    let words: Vec<&str> = drawn.split_whitespace().collect();
    let number = |at: usize| words[at].parse::<f32>().ok();
    let rectangle = |at: usize| {
        let is = |nth: usize, word: &str| words.get(at + nth) == Some(&word);
        if !(is(2, "m") && is(5, "l") && is(8, "l") && is(11, "l") && is(12, "h")) {
            return None;
        }
        let (left, top, right, bottom) =
            (number(at)?, number(at + 1)?, number(at + 3)?, number(at + 7)?);
        (words[at + 4] == words[at + 1] && words[at + 6] == words[at + 3] && bottom - top < 3.0)
            .then_some([left, top, right, bottom])
    };
    (0..words.len()).filter_map(rectangle).collect()
}

#[test]
fn the_code_on_the_page_leads_to_the_address() {
    const DOTS_PER_POINT: f32 = 4.0;
    const MARGIN: f32 = 12.0;
    let stretches = stretches(&drawn(&draw(&sheet()).unwrap()));
    assert!(stretches.len() > 200, "{}", stretches.len());
    let least = |at: usize| stretches.iter().map(|one| one[at]).fold(f32::MAX, f32::min);
    let (left, top) = (least(0) - MARGIN, least(1) - MARGIN);
    let side = 400_usize;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (left + small(x) / DOTS_PER_POINT, top + small(y) / DOTS_PER_POINT);
        let covers =
            |one: &[f32; 4]| (one[0]..one[2]).contains(&x) && (one[1]..one[3]).contains(&y);
        stretches.iter().any(covers)
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if is_dark(x, y) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code is on the page");
    let (_, text) = grids[0].decode().unwrap();
    assert_eq!(text, ADDRESS);
}

#[test]
fn the_same_sheet_gives_the_same_bytes_and_another_does_not() {
    let first = draw(&sheet()).unwrap();
    assert_eq!(draw(&sheet()).unwrap(), first);
    let other = Sheet { holder: "Bo Lovelace".to_owned(), ..sheet() };
    assert_ne!(draw(&other).unwrap(), first);
}

#[test]
fn a_page_is_made_to_last_and_to_be_read_aloud() {
    let pdf = String::from_utf8_lossy(&draw(&sheet()).unwrap()).into_owned();
    assert!(pdf.contains("<pdfaid:part>2</pdfaid:part>"), "it says that it is PDF/A-2");
    assert!(pdf.contains("<pdfaid:conformance>A</pdfaid:conformance>"));
    assert!(pdf.contains("/StructTreeRoot") && pdf.contains("/H1") && pdf.contains("/Figure"));
}

#[test]
fn whatever_people_are_called_it_fits() {
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(12);
    for text in ["W".repeat(400), long, "i".to_owned(), "محمد الفاتح".to_owned(), "é̄ ".repeat(60)]
    {
        let sheet = Sheet {
            holder: text.clone(),
            title: text.clone(),
            organisation: text.chars().take(200).collect(),
            ..sheet()
        };
        assert!(draw(&sheet).is_ok(), "{text}");
    }
}

#[test]
fn an_address_that_is_no_code_any_more_is_left_out() {
    let mut sheet = sheet();
    sheet.verification.as_mut().unwrap().address = "x".repeat(5_000);
    assert_eq!(stretches(&drawn(&draw(&sheet).unwrap())), Vec::<[f32; 4]>::new());
}

#[test]
fn a_letter_that_no_font_has_is_named() {
    let sheet = Sheet { holder: "Li 李".to_owned(), ..sheet() };
    assert_eq!(draw(&sheet), Err(Unprintable::Letter('李')));
}

#[test]
fn a_light_colour_is_darkened_until_it_can_be_read() {
    assert_eq!(Colour([0x1f, 0x4e, 0x79]).readable(), Colour([0x1f, 0x4e, 0x79]));
    for light in [[255, 255, 255], [255, 221, 0], [0, 255, 0], [200, 200, 255]] {
        let Colour([red, green, blue]) = Colour(light).readable();
        let contrast = 1.05 / (Colour([red, green, blue]).luminance() + 0.05);
        assert!((4.5..8.0).contains(&contrast), "{light:?}: {contrast}");
    }
    assert_eq!(Colour::parse("#1F4e79"), Some(Colour([0x1f, 0x4e, 0x79])));
    assert_eq!(Colour::parse("1f4e79"), None);
    assert_eq!(Colour([0, 100, 255]).tint(50), Colour([127, 177, 255]));
}
