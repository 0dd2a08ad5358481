//! Whether enough is met, for pipelines and for what gives access. Pure.

use serde::Serialize;

use super::figures::ComplianceFigures;
use super::types::{ComplianceReport, ComplianceRow};
use crate::kernel::error::{Error, Result};

/// The least share that will do, in hundredths of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinPercent(u16);

impl MinPercent {
    /// Reads `95`, `99.5` or `99.95`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().trim_end_matches('%').trim_end();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let read = || {
            if whole.is_empty()
                || whole.len() > 3
                || part.len() > 2
                || !digits(whole)
                || !digits(part)
            {
                return None;
            }
            let number = format!("{whole}{part:0<2}").parse::<u16>().ok()?;
            (number <= 10_000).then_some(Self(number))
        };
        read().ok_or_else(|| {
            Error::invalid("min", format!("`{text}` is not a share in per cent")).with_hint(
                "give a number from 0 to 100 with up to two decimals, such as `95` or `99.5`",
            )
        })
    }

    /// Whether so many of so many are enough; of nothing, nothing is missing.
    fn holds(self, part: i64, whole: i64) -> bool {
        i128::from(part) * 10_000 >= i128::from(self.0) * i128::from(whole)
    }
}

impl std::fmt::Display for MinPercent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

impl Serialize for MinPercent {
    fn serialize<S: serde::Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.serialize_f64(f64::from(self.0) / 100.0)
    }
}

/// What a gate found.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateOutcome {
    /// Whether everything that was asked about has at least the share.
    pub holds: bool,
    /// The least share that will do.
    pub min: MinPercent,
    /// The groups that have less; none where only all together was asked about.
    pub below: Vec<ComplianceRow>,
    /// What it was judged by.
    pub compliance: ComplianceReport,
}

/// Judges by exact counts: what is only rounded to the share is not enough.
pub(super) fn judged(compliance: ComplianceReport, min: MinPercent) -> GateOutcome {
    let holds = |figures: &ComplianceFigures| min.holds(figures.met, figures.measured);
    let below: Vec<ComplianceRow> =
        compliance.rows.iter().filter(|row| !holds(&row.figures)).cloned().collect();
    GateOutcome { holds: below.is_empty() && holds(&compliance.total), min, below, compliance }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(min: &str, part: i64, whole: i64) -> bool {
        MinPercent::parse(min).unwrap().holds(part, whole)
    }

    #[test]
    fn what_is_only_rounded_to_the_share_is_not_enough() {
        assert!(holds("95", 95, 100));
        assert!(!holds("95", 9_496, 10_000), "94.96");
        assert!(!holds("95", 94_999_999_999, 100_000_000_000));
        assert!(holds("94.96", 9_496, 10_000));
        assert!(holds("100", 7, 7) && !holds("100", 999_999, 1_000_000));
        assert!(holds("100", 0, 0) && holds("0", 0, 5));
    }

    #[test]
    fn a_share_has_up_to_two_decimals() {
        for (text, shown) in
            [("95", "95"), ("99.5", "99.5"), (" 99.05 % ", "99.05"), ("0", "0"), ("100.00", "100")]
        {
            assert_eq!(MinPercent::parse(text).unwrap().to_string(), shown);
        }
        for wrong in ["", "-1", "100.01", "101", "9.555", "all", "9,5", "1e1", "+5"] {
            assert!(MinPercent::parse(wrong).is_err(), "{wrong}");
        }
    }
}
