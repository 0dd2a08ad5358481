//! Exact numbers: decimals with nine places for what is measured, points in hundredths for what is
//! earned. No binary fraction takes part in a grade.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::kernel::error::{Error, Result};

const PLACES: usize = 9;
const ONE: i128 = 1_000_000_000;
const WHOLE_DIGITS_MAX: usize = 15;
/// Decimals are this many times as fine as points.
const FINENESS: i128 = ONE / 100;
const POINTS_MAX: i64 = 1_000 * 100;

/// A number with at most 15 digits before and 9 behind the decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

impl Decimal {
    pub(crate) const ZERO: Self = Self(0);

    /// Reads digits with, perhaps, a sign and one decimal point.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        Self::of_digits(negative, whole, places)
    }

    /// From the digits on both sides of the mark, of which one side may be empty.
    pub(crate) fn of_digits(negative: bool, whole: &str, places: &str) -> Option<Self> {
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && places.is_empty() || !is_digits(whole) || !is_digits(places) {
            return None;
        }
        let (whole, places) = (whole.trim_start_matches('0'), places.trim_end_matches('0'));
        if whole.len() > WHOLE_DIGITS_MAX || places.len() > PLACES {
            return None;
        }
        let number: i128 = format!("0{whole}{places:0<PLACES$}").parse().ok()?;
        Some(Self(if negative { -number } else { number }))
    }

    /// In billionths, for calculations.
    pub(crate) fn billionths(self) -> i128 {
        self.0
    }

    /// From billionths; none where nobody would write so many digits.
    pub(crate) fn of_billionths(billionths: i128) -> Option<Self> {
        Self::parse(&Self(billionths).to_string())
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the other is at most so far away.
    pub(crate) fn is_within(self, tolerance: Self, of: Self) -> bool {
        (self.0 - of.0).abs() <= tolerance.0
    }

    /// Whether the other is at most so many per cent of its own amount away.
    pub(crate) fn is_within_percent(self, percent: Self, of: Self) -> bool {
        (self.0 - of.0).abs() * 100 * ONE <= of.0.abs() * percent.0
    }

    /// As it stands in a document: a number where a program reads it back unchanged, else a text.
    pub(crate) fn to_json(self) -> Json {
        let text = self.to_string();
        if let Ok(whole) = text.parse::<i64>() {
            return whole.into();
        }
        match text.parse::<f64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, places) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let places = format!("{places:0PLACES$}");
        match places.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            places => write!(f, "{sign}{whole}.{places}"),
        }
    }
}

/// Points, in hundredths: what stands on a page adds up to what stands below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Points(i64);

impl Points {
    /// None.
    pub const ZERO: Self = Self(0);
    /// What a question is worth, unless it says otherwise.
    pub const ONE: Self = Self(100);

    /// Reads a number of points, such as `1` or `0.25`.
    pub fn parse(text: &str) -> Result<Self> {
        Decimal::parse(text.trim()).and_then(Self::of).ok_or_else(|| {
            Error::invalid("points", format!("`{text}` is not a number of points"))
                .with_hint("write a number up to 1000 with at most two decimals, such as `1.5`")
        })
    }

    /// The points, where the number has at most two decimals and is neither negative nor absurd.
    pub(crate) fn of(number: Decimal) -> Option<Self> {
        let hundredths = i64::try_from(number.0 / FINENESS).ok()?;
        let exact = number.0 % FINENESS == 0 && (0..=POINTS_MAX).contains(&hundredths);
        exact.then_some(Self(hundredths))
    }

    /// From hundredths, as they are stored.
    pub(crate) const fn of_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// In hundredths, for calculations.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// A share of the points, rounded to the nearest hundredth, halves up.
    pub(crate) fn share(self, part: i64, whole: i64) -> Self {
        Self((2 * self.0 * part + whole) / (2 * whole))
    }

    pub(crate) fn to_json(self) -> Json {
        Decimal(i128::from(self.0) * FINENESS).to_json()
    }
}

impl std::ops::Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, std::ops::Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal(i128::from(self.0) * FINENESS).fmt(f)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_written_in_one_way() {
        for (read, written) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("007.50", "7.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-12.000000001", "-12.000000001"),
            ("999999999999999.999999999", "999999999999999.999999999"),
        ] {
            assert_eq!(Decimal::parse(read).unwrap().to_string(), written, "{read}");
        }
        for bad in
            ["", ".", "-", "1e3", "1,5", "1 000", "0.1234567891", "1234567890123456", "٣", "--1"]
        {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_document_gives_back_the_number_it_was_given() {
        for text in ["3", "-0.25", "9.81", "123456789012345.123456789"] {
            let json = Decimal::parse(text).unwrap().to_json();
            let read = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            assert_eq!(read, text);
        }
    }

    #[test]
    fn points_have_two_decimals_and_round_halves_up() {
        assert_eq!(Points::parse(" 1.5 ").unwrap().hundredths(), 150);
        for bad in ["-1", "0.001", "1000.01", "many", ""] {
            assert!(Points::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Points::ONE.share(1, 3).to_string(), "0.33");
        assert_eq!(Points::ONE.share(2, 3).to_string(), "0.67");
        assert_eq!(Points(1).share(1, 2).hundredths(), 1);
        assert_eq!(Points(POINTS_MAX).share(7, 7), Points(POINTS_MAX));
    }
}
