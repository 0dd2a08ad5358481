//! What a file may have. The limits stand far above what people deliver and far below what hurts; each of them
//! is checked before anything of that size is kept.

/// Bytes of a file.
pub(super) const FILE_BYTES: u64 = 4 << 30;
/// Bytes of one row of text.
pub(super) const ROW_BYTES: usize = 1 << 20;
/// Columns of a table.
pub(super) const COLUMNS: usize = 1_000;
/// Rows of a table.
pub(super) const ROWS: u64 = 5_000_000;
/// Rows among which the header is looked for.
pub(super) const HEADER_ROWS: usize = 30;
/// Bytes from which the delimiter is found out.
pub(super) const SAMPLE_BYTES: usize = 64 << 10;
/// Characters of a value; what is longer is no name of anything.
pub(super) const VALUE_CHARS: usize = 1_000;
/// Characters of a long text, such as a description.
pub(super) const LONG_CHARS: usize = 100_000;

/// Bytes of a file of questions that has no rows, which is held in memory.
pub(super) const QUESTIONS_BYTES: u64 = 32 << 20;

/// Parts of a zip archive.
pub(super) const PARTS: usize = 10_000;
/// Bytes of all parts, unpacked.
pub(super) const UNPACKED_BYTES: u64 = 4 << 30;
/// Unpacked bytes for each packed one, beyond the first `RATIO_FREE_BYTES`. A sheet of very regular rows
/// reaches some forty; a bomb, a thousand.
pub(super) const RATIO: u64 = 200;
/// Unpacked bytes of a part that are no bomb, whatever they were packed into.
pub(super) const RATIO_FREE_BYTES: u64 = 16 << 20;
#[cfg(feature = "xlsx")]
pub(super) use of_workbooks::*;

#[cfg(feature = "xlsx")]
mod of_workbooks {
    /// Bytes between two angle brackets, or between two tags.
    pub(in super::super) const TOKEN_BYTES: usize = 1 << 20;
    /// Different texts of a workbook.
    pub(in super::super) const TEXTS: u64 = 4_000_000;
    /// Bytes of all texts of a workbook, unpacked. They are kept while it is read.
    pub(in super::super) const TEXTS_BYTES: u64 = 256 << 20;
    /// Bytes of a part that describes the workbook.
    pub(in super::super) const PART_BYTES: u64 = 16 << 20;
    /// Pieces of such a part: each style is kept.
    pub(in super::super) const TAGS: u64 = 1_000_000;
    /// Bytes of a part that is no XML.
    pub(in super::super) const PICTURE_BYTES: u64 = 64 << 20;
    /// Formulas without a value, each of which is an error of its row.
    pub(in super::super) const FORMULAS: usize = 100_000;
    /// Bytes of a workbook of the old kind, which is held in memory.
    pub(in super::super) const XLS_BYTES: u64 = 64 << 20;
    /// Cells between the first and the last of all sheets of a workbook of the old kind.
    pub(in super::super) const XLS_AREA: u64 = 8 << 20;
}
