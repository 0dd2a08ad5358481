//! Workbooks: XLSX and XLSM through the streaming cells of `calamine`, XLS through all of it, ODS through our
//! own eyes, because no reader of it streams.
//!
//! What `calamine` cannot be trusted with is looked over first (`vet.rs`, `biff.rs`): a workbook that would make
//! it ask for memory without end never reaches it. It works on a thread of its own, and hands rows over a few at
//! a time, so that memory stays flat; a panic of it ends that thread, and is an error of the file.

mod biff;
mod ods;
mod vet;
mod xls;
mod xlsx;
mod xml;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::rows::{RawCell, RawRow, Rows};
use super::source::Source;
use super::table::enough;
use super::types::Format;
use super::{DAMAGED, NOT_A_TABLE, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

/// The name of the thread that reads workbooks: whatever it says when it ends badly is told as an error.
pub const THREAD: &str = "lms-workbook";

/// Rows that are handed over together.
const BATCH: usize = 256;
/// Batches that wait to be taken.
const WAITING: usize = 4;
/// Sheets of a workbook.
const SHEETS: usize = 1_000;

/// What a workbook holds.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    pub(super) is_1904: bool,
    /// Whether it shows numbers with zeros before them, and its reader does not say which.
    pub(super) loses_zeros: bool,
}

/// A sheet, with its first rows.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) is_visible: bool,
    pub(super) first: Vec<RawRow>,
}

/// Where rows go. It says whether more are wanted.
type Sink<'s> = &'s mut dyn FnMut(RawRow) -> bool;

/// Looks a workbook over, and into the first rows of its sheets.
pub(super) fn look(source: &Source, format: Format) -> Result<Book> {
    let mut loses_zeros = false;
    match format {
        Format::Xlsx => vet::xlsx(source)?,
        Format::Ods => vet::ods(source)?,
        Format::Xls => loses_zeros = biff::vet(source)?,
        Format::Csv | Format::Zip | Format::Gift | Format::MoodleXml | Format::Feed => {
            return Err(NOT_A_TABLE.error(format!("`{}` is no workbook", source.name())));
        }
    }
    let own = source.clone();
    let looking = spawn(move || match format {
        Format::Xlsx => xlsx::look(&own),
        Format::Ods => ods::look(&own),
        _ => xls::look(&own),
    })?;
    let mut book = looking.join().map_err(|_| stumbled(source.name()))??;
    book.loses_zeros = loses_zeros;
    if book.sheets.is_empty() {
        return Err(NOT_A_TABLE.error(format!("`{}` has no sheet", source.name())));
    }
    Ok(book)
}

/// The first rows of a sheet, as far as the header may be.
pub(super) fn first_rows(
    source: &Source,
    format: Format,
    name: &str,
    sheet: &Sheet,
    wanted: Option<u64>,
) -> Result<Vec<RawRow>> {
    let is_kept =
        wanted.is_none() || sheet.first.len() < limits::HEADER_ROWS || enough(&sheet.first, wanted);
    if is_kept {
        return Ok(sheet.first.clone());
    }
    let mut first: Vec<RawRow> = Vec::new();
    for row in rows(source, format, name)? {
        let row = row?;
        if first.len() > limits::HEADER_ROWS {
            first.remove(0);
        }
        first.push(row);
        if enough(&first, wanted) {
            break;
        }
    }
    Ok(first)
}

/// The rows of a sheet. They are read on a thread of its own.
pub(super) fn rows(source: &Source, format: Format, sheet: &str) -> Result<Rows> {
    let (sender, receiver) = sync_channel(WAITING);
    let (own, name) = (source.clone(), sheet.to_owned());
    let reading = spawn(move || {
        let mut out = Sender { channel: sender, batch: Vec::with_capacity(BATCH), is_wanted: true };
        let mut sink = |row: RawRow| out.send(row);
        let read = match format {
            Format::Xlsx => xlsx::read(&own, &name, &mut sink),
            Format::Ods => ods::read(&own, &name, &mut sink),
            _ => xls::read(&own, &name, &mut sink),
        };
        out.flush();
        read
    })?;
    Ok(Box::new(SheetRows {
        name: source.name().to_owned(),
        receiver,
        batch: Vec::new().into_iter(),
        reading: Some(reading),
    }))
}

fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<JoinHandle<Result<T>>> {
    std::thread::Builder::new().name(THREAD.to_owned()).spawn(work).map_err(|cause| {
        Error::internal("no thread can be started to read a workbook").with_source(cause)
    })
}

fn stumbled(name: &str) -> Error {
    DAMAGED
        .error(format!("`{name}` is damaged in a way that its reader did not expect"))
        .with_hint("open it in a spreadsheet, save it as `.xlsx` or as CSV, and try again")
}

struct Sender {
    channel: SyncSender<Vec<RawRow>>,
    batch: Vec<RawRow>,
    is_wanted: bool,
}

impl Sender {
    fn send(&mut self, row: RawRow) -> bool {
        self.batch.push(row);
        if self.batch.len() >= BATCH {
            self.flush();
        }
        self.is_wanted
    }

    fn flush(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.is_wanted &= self.channel.send(batch).is_ok();
    }
}

struct SheetRows {
    name: String,
    receiver: Receiver<Vec<RawRow>>,
    batch: std::vec::IntoIter<RawRow>,
    reading: Option<JoinHandle<Result<()>>>,
}

impl Iterator for SheetRows {
    type Item = Result<RawRow>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(Ok(row));
            }
            if let Ok(batch) = self.receiver.recv() {
                self.batch = batch.into_iter();
                continue;
            }
            // The thread has ended: well, with an error, or by a panic.
            return match self.reading.take()?.join() {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(Err(error)),
                Err(_) => Some(Err(stumbled(&self.name))),
            };
        }
    }
}

/// Puts cells together to rows, wherever they stand, and refuses what no list of people has.
struct Gather<'s> {
    name: &'s str,
    sink: Sink<'s>,
    row: Option<RawRow>,
}

impl<'s> Gather<'s> {
    fn new(name: &'s str, sink: Sink<'s>) -> Self {
        Self { name, sink, row: None }
    }

    /// Takes a cell; rows and columns are counted from nought. Says whether more are wanted.
    fn cell(&mut self, row: u64, column: usize, cell: RawCell) -> Result<bool> {
        if cell == RawCell::Empty {
            return Ok(true);
        }
        if column >= limits::COLUMNS {
            return Err(TOO_LARGE
                .error(format!(
                    "`{}`: row {} has a value in column {}, and more than {} columns are not read",
                    self.name,
                    row + 1,
                    super::headers::letters(column),
                    limits::COLUMNS
                ))
                .with_hint("delete what stands there; it is far away from the list"));
        }
        let number = row + 1;
        let mut is_wanted = true;
        match &self.row {
            Some(before) if before.number == number => {}
            Some(before) if before.number > number => {
                return Err(DAMAGED.error(format!(
                    "`{}`: row {number} stands behind row {}",
                    self.name, before.number
                )));
            }
            _ => is_wanted = self.flush(),
        }
        let row = self.row.get_or_insert_with(|| RawRow { number, ..RawRow::default() });
        if row.cells.len() <= column {
            row.cells.resize(column + 1, RawCell::Empty);
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = cell;
        }
        Ok(is_wanted)
    }

    /// Hands over what was gathered.
    fn flush(&mut self) -> bool {
        self.row.take().is_none_or(|row| (self.sink)(row))
    }
}

/// Refuses a workbook with more sheets than anybody looks through.
fn refuse_many(name: &str, n_sheets: usize) -> Result<()> {
    if n_sheets <= SHEETS {
        return Ok(());
    }
    Err(TOO_LARGE
        .error(format!("`{name}` has more than {SHEETS} sheets"))
        .with_hint("save the one that is to be imported by itself"))
}

/// A number as somebody would type it.
fn digits(number: f64) -> RawCell {
    // Beyond these, a sheet has not kept every digit.
    const EXACT: f64 = 1e15;
    if number.fract() == 0.0 && number.abs() < EXACT {
        RawCell::Number(format!("{number:.0}"))
    } else if number.abs() >= EXACT {
        RawCell::Number(format!("{number:E}").replacen('E', "E+", 1))
    } else {
        RawCell::Number(number.to_string())
    }
}

/// The day of a serial number, as a sheet counts.
fn serial_day(serial: f64, is_1904: bool) -> RawCell {
    // Whole days; what is behind the point is the time.
    let days = serial.floor();
    let day = (days.abs() < 1e7)
        .then(|| format!("{days:.0}").parse().ok())
        .flatten()
        .and_then(|days| super::dates::of_serial(days, is_1904));
    day.map_or_else(|| digits(serial), |day| RawCell::Day(day.to_string()))
}
