//! How files are read: from bytes to records, without a database.
//!
//! A [`Source`] is surveyed first: one pass over all of it finds out encoding, delimiter, header row, what each
//! column means and how it writes its days. The [`Survey`] that comes of it says what was found, and hands out
//! [`Records`]: the second pass, row by row, in memory that does not grow with the file. A row that cannot be
//! read is a rejected row with everything that is wrong with it; it is never dropped.
//!
//! Whatever comes in may be hostile. Sizes are bounded before anything is kept (`limits.rs`), workbooks are
//! looked over before a reader sees them, and what reads them does so on a thread of its own, so that not even
//! a defect of it ends the process.

mod convert;
mod csv;
mod dates;
mod encoding;
#[cfg(feature = "hris")]
pub(super) mod feed;
mod fields;
mod header;
mod headers;
mod inspect;
mod limits;
mod mapping;
mod questions;
mod remarks;
mod rows;
mod source;
mod survey;
mod systems;
mod table;
#[cfg(test)]
#[cfg(feature = "xlsx")]
mod tests;
mod types;
mod words;
#[cfg(feature = "xlsx")]
mod workbook;
mod zip;

pub use fields::{FieldSpec, Kind, Shape};
pub use inspect::{Inspection, inspect, inspect_whatever};
pub use mapping::Mapping;
pub use source::Source;
pub use survey::{Records, Survey, survey};
pub use types::{
    Cell, Column, DateDecision, DateEvidence, Decimal, EmptyMeans, Field, Format, HowKnown, Layout,
    ReadOptions, ReadRow, Record, RowError, Scalar, Skipped,
};
#[cfg(feature = "xlsx")]
pub use workbook::THREAD as WORKBOOK_THREAD;

use crate::kernel::error::error_codes;

error_codes! {
    CANNOT_READ = "import.cannot_read", Invalid, "a file cannot be read at all";
    NOT_A_TABLE = "import.not_a_table", Invalid, "a file is of no format that can be imported";
    PROTECTED = "import.protected", Invalid, "a workbook is protected by a password";
    DAMAGED = "import.damaged", Invalid, "a file is damaged, or made to do harm";
    TOO_LARGE = "import.too_large", Invalid, "a file holds more than is read";
    ENCODING = "import.encoding", Invalid, "an encoding is unknown, or a file is not in it";
    QUOTATION = "import.quotation", Invalid, "a quotation mark is never closed";
    NO_SHEET = "import.no_sheet", Invalid, "a workbook has no such sheet";
    NO_HEADER = "import.no_header", Invalid, "no row looks like the headers of what is imported";
    TWO_COLUMNS = "import.two_columns", Invalid, "two columns are the same field";
    MISSING_COLUMN = "import.missing_column", Invalid, "a column that has to be there is missing";
    DATES = "import.dates", Invalid, "days can be read in more than one way, or in none";
    DATE_FORMAT = "import.date_format", Invalid, "it is no way to write a day";
    MAPPING = "import.mapping", Invalid, "a mapping file is wrong";
    ROW_RAGGED = "import.row_ragged", Invalid, "a row has more cells than the header";
    ROW_CUT = "import.row_cut", Invalid, "the file ends within a row";
    ROW_REQUIRED = "import.row_required", Invalid, "a row lacks a value that has to be there";
    ROW_NO_KEY = "import.row_no_key", Invalid, "a row does not say whom or what it is about";
    ROW_DATE = "import.row_date", Invalid, "a value is no day";
    ROW_NUMBER = "import.row_number", Invalid, "a value is no number";
    ROW_BOOL = "import.row_bool", Invalid, "a value is neither yes nor no";
    ROW_STATUS = "import.row_status", Invalid, "a value is no status";
    ROW_VALUE = "import.row_value", Invalid, "a value has the wrong form";
    ROW_NAME = "import.row_name", Invalid, "a name cannot be told apart into given and family name";
    ROW_FORMULA = "import.row_formula", Invalid, "a cell holds the error of a formula";
    ROW_SHORTENED = "import.row_shortened", Invalid, "a spreadsheet has shortened a number";
    ROW_CHARACTERS = "import.row_characters", Invalid, "a value holds characters that are none";
    ROW_LONG = "import.row_long", Invalid, "a value is longer than any";
    QUESTION_UNFIT = "import.question_unfit", Invalid, "a question asks what no question here can ask";
    ROW_SPLIT = "import.row_split", Invalid, "a value has not the parts that the mapping file wants";
}
