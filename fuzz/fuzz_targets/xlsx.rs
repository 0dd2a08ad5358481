//! Whatever bytes come in as a workbook: they are read or refused. A part that is changed is packed again, so
//! that what is behind the archive is reached as well.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lms_core::imports::reading::{Format, Kind, ReadOptions, Source, WORKBOOK_THREAD, inspect};

fuzz_target!(
    init: {
        // What ends the thread that reads a workbook is an error of the file, and no finding.
        let found = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(WORKBOOK_THREAD) {
                found(info);
            }
        }));
    },
    |bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let format = [Format::Xlsx, Format::Ods, Format::Xls][usize::from(*first) % 3];
    let packed = match format {
        Format::Xls => bytes.to_vec(),
        Format::Ods => archive(&[("content.xml", bytes)]),
        _ => workbook(bytes),
    };
    for bytes in [bytes.to_vec(), packed] {
        let source = Source::bytes("people", bytes);
        let _ = inspect(&source, Kind::People, &ReadOptions::new().format(format));
    }
    }
);

/// The bytes, cut at noughts, as texts, styles and sheet of a workbook.
fn workbook(bytes: &[u8]) -> Vec<u8> {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let (sheet, texts, styles) = (parts.next(), parts.next(), parts.next());
    archive(&[
        ("_rels/.rels", br#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Staff" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", sheet.unwrap_or_default()),
        ("xl/sharedStrings.xml", texts.unwrap_or(b"<sst></sst>")),
        ("xl/styles.xml", styles.unwrap_or(b"<styleSheet></styleSheet>")),
    ])
}

/// An archive whose parts are not packed.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let at = u32::try_from(bytes.len()).expect("small");
        let length = u32::try_from(content.len()).expect("small").to_le_bytes();
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        fields.extend(crc(content).to_le_bytes());
        fields.extend(length);
        fields.extend(length);
        fields.extend(u16::try_from(name.len()).expect("short").to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(*content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = u32::try_from(bytes.len()).expect("small").to_le_bytes();
    let size = u32::try_from(directory.len()).expect("small").to_le_bytes();
    let count = u16::try_from(parts.len()).expect("few").to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend([size, at].concat());
    bytes.extend([0, 0]);
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}
