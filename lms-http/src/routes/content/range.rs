//! Which part of a file is asked for: RFC 9110, for one range. Pure.
//!
//! Who asks for several ranges, in another unit, or in a way that nobody understands gets the whole:
//! so the RFC has it.

use std::ops::Range;

/// What to answer with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Whole,
    Part(Range<u64>),
    /// There are not so many bytes.
    Nowhere,
}

/// Reads the header `Range` of somebody who asks for a file of this size.
pub(super) fn asked(range: Option<&str>, size: u64) -> Asked {
    let Some((unit, rest)) = range.and_then(|text| text.split_once('=')) else {
        return Asked::Whole;
    };
    let Some((first, last)) = rest.trim().split_once('-') else { return Asked::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number that is too large for us is larger than any file.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Asked::Whole,
        (Some(first), Some(_)) if first >= size => Asked::Nowhere,
        (Some(first), Some(last)) => Asked::Part(first..last.saturating_add(1).min(size)),
        (Some(_), None) if !last.is_empty() => Asked::Whole,
        (Some(first), None) if first >= size => Asked::Nowhere,
        (Some(first), None) => Asked::Part(first..size),
        (None, Some(0)) if first.is_empty() => Asked::Nowhere,
        (None, Some(count)) if first.is_empty() => Asked::Part(size.saturating_sub(count)..size),
        (None, _) => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        let part = |text: &str| asked(Some(text), 10);
        assert_eq!(part("bytes=0-3"), Asked::Part(0..4));
        assert_eq!(part("Bytes = 0-0"), Asked::Part(0..1));
        assert_eq!(part("bytes=4-"), Asked::Part(4..10));
        assert_eq!(part("bytes=4-99999999999999999999999"), Asked::Part(4..10));
        assert_eq!(part("bytes=-3"), Asked::Part(7..10));
        assert_eq!(part("bytes=-11"), Asked::Part(0..10));
    }

    #[test]
    fn what_is_not_there_is_told() {
        for text in ["bytes=10-", "bytes=10-12", "bytes=99999999999999999999999-", "bytes=-0"] {
            assert_eq!(asked(Some(text), 10), Asked::Nowhere, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_the_whole() {
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=x-3",
            "bytes=1-x",
            "bytes=5-4",
            "lines=1-2",
            "bytes=0-1,3-4",
            "bytes=+1-2",
            "bytes=1--2",
        ] {
            assert_eq!(asked(Some(text), 10), Asked::Whole, "{text}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
    }
}
