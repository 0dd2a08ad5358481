//! Systems that this program knows: a description each, in `vendors/`, as somebody would write one.

use serde::Serialize;

use super::VENDOR;
use super::feed::Feed;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A system that keeps people.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    /// BambooHR.
    #[serde(rename = "bamboohr")]
    BambooHr,
    /// Microsoft Entra ID, through Microsoft Graph.
    MicrosoftGraph,
    /// Personio.
    Personio,
    /// HiBob.
    #[serde(rename = "hibob")]
    HiBob,
    /// A report of Workday as a web service.
    Workday,
    /// A system with the users of SCIM 2.0.
    Scim,
    /// Any other that answers with JSON: a file describes it.
    Rest,
}

/// Something that a connection has to say.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectionOption {
    /// Its name.
    pub name: String,
    /// What somebody is asked.
    pub ask: String,
    /// What it is unless said.
    pub default: Option<String>,
}

impl Vendor {
    /// What can stand in a mapping file, as a JSON schema.
    pub const SCHEMA: &str = include_str!("../../../../docs/hris.schema.json");

    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::BambooHr,
        Self::MicrosoftGraph,
        Self::Personio,
        Self::HiBob,
        Self::Workday,
        Self::Scim,
        Self::Rest,
    ];

    /// The name in commands, tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BambooHr => "bamboohr",
            Self::MicrosoftGraph => "microsoft-graph",
            Self::Personio => "personio",
            Self::HiBob => "hibob",
            Self::Workday => "workday",
            Self::Scim => "scim",
            Self::Rest => "rest",
        }
    }

    /// The system of this name.
    pub fn named(name: &str) -> Result<Self> {
        let wanted = name.trim().to_lowercase();
        Self::ALL.iter().copied().find(|vendor| vendor.as_str() == wanted).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|vendor| vendor.as_str()).collect();
            VENDOR
                .error(format!("`{name}` is no system that is known"))
                .with_field("vendor")
                .with_hints(suggest(&wanted, &names))
                .with_hint(format!("it is one of: {}", names.join(", ")))
                .with_hint("any system that answers with JSON is `rest`, with a mapping file")
        })
    }

    /// How it is described; nothing of one that somebody has to describe.
    fn text(self) -> Option<&'static str> {
        match self {
            Self::BambooHr => Some(include_str!("vendors/bamboohr.toml")),
            Self::MicrosoftGraph => Some(include_str!("vendors/microsoft-graph.toml")),
            Self::Personio => Some(include_str!("vendors/personio.toml")),
            Self::HiBob => Some(include_str!("vendors/hibob.toml")),
            Self::Workday => Some(include_str!("vendors/workday.toml")),
            Self::Scim => Some(include_str!("vendors/scim.toml")),
            Self::Rest => None,
        }
    }

    pub(super) fn feed(self) -> Result<Feed> {
        self.text().map_or_else(
            || Ok(Feed::default()),
            |text| Feed::read(text).map_err(|cause| Error::internal(format!("{self:?}: {cause}"))),
        )
    }

    /// How it is asked, with what a file says otherwise; checked.
    pub(super) fn feed_with(self, mapping: Option<&str>) -> Result<Feed> {
        let known = self.feed()?;
        let feed = match mapping {
            Some(text) => known.adapted(Feed::read(text)?),
            None if self == Self::Rest => {
                return Err(VENDOR
                    .error("nobody has said how this system is asked")
                    .with_field("mapping")
                    .with_hint("describe it in a mapping file, and name that with `--map`"));
            }
            None => known,
        };
        feed.check()?;
        Ok(feed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_system_is_described_without_a_mistake() {
        for vendor in Vendor::ALL.iter().filter(|vendor| **vendor != Vendor::Rest) {
            let feed = vendor.feed_with(None).unwrap_or_else(|error| panic!("{vendor:?}: {error}"));
            let columns = feed.columns().unwrap();
            assert!(columns.len() > 8, "{vendor:?}");
            assert!(feed.secret.is_some() && feed.fields.contains_key("source_key"), "{vendor:?}");
            assert_eq!(Vendor::named(vendor.as_str()).unwrap(), *vendor);
            let json = serde_json::to_value(vendor).unwrap();
            assert_eq!(json, vendor.as_str());
        }
    }

    #[test]
    fn one_that_nobody_knows_gets_the_nearest_name() {
        let error = Vendor::named("bambohr").unwrap_err();
        assert!(error.hints().iter().any(|hint| hint.contains("`bamboohr`")), "{error:?}");
        assert!(Vendor::Rest.feed_with(None).unwrap_err().hints()[0].contains("--map"));
    }
}
