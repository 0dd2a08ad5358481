//! Whatever bytes come in as text: they are read or refused, and every row comes out once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lms_core::imports::reading::{Format, Kind, ReadOptions, Source, survey};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kind = Kind::ALL[usize::from(*first) % Kind::ALL.len()];
    let options = ReadOptions::new().format(Format::Csv).keep_attributes();
    let source = Source::bytes("people.csv", bytes.to_vec());
    let Ok(survey) = survey(&source, kind, &options) else { return };
    let mut before = 0;
    let mut n_rows = 0;
    for row in survey.records().expect("what could be surveyed can be read") {
        let row = row.expect("what could be surveyed can be read to its end");
        assert!(row.number > before, "rows come in the order of the file");
        before = row.number;
        n_rows += 1;
    }
    assert_eq!(n_rows, survey.layout().rows, "no row is dropped");
    survey.mapping().to_toml().expect("what was found can be written down");
});
