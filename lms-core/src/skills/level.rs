//! How well somebody can do something.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// How well a skill is taught, required or mastered: five levels, the same for all skills, so that they
/// can be compared across an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillLevel(u8);

const NAMES: [&str; 5] = ["aware", "basic", "proficient", "advanced", "expert"];

impl SkillLevel {
    /// All of them, from the lowest.
    pub const ALL: &'static [Self] = &[Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// The level of this number, if there is one.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=5).contains(&number).then_some(Self(number))
    }

    /// From 1 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// What it means: `aware`, `basic`, `proficient`, `advanced` or `expert`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0) - 1]
    }

    /// Reads a number or a name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase();
        let named = Self::ALL.iter().find(|level| level.name() == wanted).copied();
        named.or_else(|| wanted.parse().ok().and_then(Self::new)).ok_or_else(|| {
            Error::invalid("level", format!("`{}` is not a level", text.trim().escape_debug()))
                .with_hints(suggest(&wanted, NAMES))
                .with_hint(
                    "a level is 1 (aware), 2 (basic), 3 (proficient), 4 (advanced) or 5 (expert)",
                )
        })
    }

    /// As it lies in tables.
    pub(crate) fn stored(number: i64) -> Result<Self> {
        u8::try_from(number)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| Error::inconsistent("the level of a skill", number))
    }
}

impl fmt::Display for SkillLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for SkillLevel {
    fn serialize<S: Serializer>(&self, output: S) -> std::result::Result<S::Ok, S::Error> {
        output.serialize_u8(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_by_number_or_name() {
        for level in SkillLevel::ALL {
            assert_eq!(SkillLevel::parse(&level.to_string()).unwrap(), *level);
            assert_eq!(
                SkillLevel::parse(&format!(" {} ", level.name().to_uppercase())).unwrap(),
                *level
            );
            assert_eq!(SkillLevel::stored(level.number().into()).unwrap(), *level);
        }
        for bad in ["", "0", "6", "-1", "3.5", "300", "good"] {
            assert!(SkillLevel::parse(bad).is_err(), "{bad}");
        }
        let refused = SkillLevel::parse("experd").unwrap_err();
        assert_eq!(refused.hints()[0], "did you mean `expert`?");
        assert!(SkillLevel::stored(0).is_err() && SkillLevel::stored(6).is_err());
    }
}
