//! Names that the library fixes, for help and for completions.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use lms_core::{PERMISSIONS, ROLES, SETTING_KEYS};

/// Offers names and accepts any: the library knows other spellings of them, and says what may have
/// been meant.
#[derive(Clone)]
pub(crate) struct Names(fn() -> Vec<PossibleValue>);

/// The access roles.
pub(crate) fn roles() -> Names {
    Names(|| ROLES.iter().map(|role| offered(role.name, role.summary)).collect())
}

/// What a token may be allowed.
pub(crate) fn permissions() -> Names {
    Names(|| PERMISSIONS.iter().map(|may| offered(may.name, may.summary)).collect())
}

/// The settings of the organisation.
pub(crate) fn setting_keys() -> Names {
    Names(|| SETTING_KEYS.iter().map(|setting| offered(setting.key, setting.summary)).collect())
}

fn offered(name: &'static str, summary: &'static str) -> PossibleValue {
    PossibleValue::new(name).help(summary)
}

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter()))
    }
}
