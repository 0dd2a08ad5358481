//! The colours of charts, the same on paper and on a screen; those of tones carry a meaning.

use crate::document::{Chart, ChartKind, Series};
use crate::tone::Tone;

/// Told apart also by those who see red and green alike.
const COLOURS: [u32; 8] = [
    0x002F_6DB5,
    0x00D9_942B,
    0x0046_9D89,
    0x00A3_4A7F,
    0x006B_7A90,
    0x00C6_5D3B,
    0x0079_66B8,
    0x008C_9A3A,
];

/// The colour of a series: that of its tone, or that of its place among those that are seen.
pub(super) fn fill(chart: &Chart, series: &Series, at: usize) -> u32 {
    let at = if chart.kind == ChartKind::Waterfall { at.saturating_sub(1) } else { at };
    series.tone.map_or(COLOURS[at % COLOURS.len()], Tone::fill)
}
