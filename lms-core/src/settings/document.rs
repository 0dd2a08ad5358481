//! What a version of the settings holds, and how each setting is read from text.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::EMPTY;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Locale, Name, TimeZoneName};

const DAYS_MAX: i64 = 3_650;
const URL_CHARS_MAX: usize = 500;

/// The stored form. A setting that is added later gets a default here, so that older versions stay
/// readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) name: Name,
    pub(crate) timezone: TimeZoneName,
    pub(crate) locale: Locale,
    pub(crate) grace_days: i64,
    pub(crate) due_soon_days: i64,
    #[serde(default)]
    pub(crate) quiet_hours: Option<String>,
    #[serde(default)]
    pub(crate) base_url: Option<String>,
    #[serde(default)]
    pub(crate) logo_url: Option<String>,
    #[serde(default)]
    pub(crate) certificate_colour: Option<String>,
}

impl Document {
    pub(crate) fn new(name: Name) -> Result<Self> {
        Ok(Self {
            name,
            timezone: TimeZoneName::parse("UTC")?,
            locale: Locale::parse("en")?,
            grace_days: 0,
            due_soon_days: 14,
            quiet_hours: None,
            base_url: None,
            logo_url: None,
            certificate_colour: None,
        })
    }

    /// Something to check a value against.
    pub(super) fn blank() -> Result<Self> {
        Self::new(Name::parse("-")?)
    }
}

/// One setting: its key, what it means, and how it is read and written.
#[derive(Debug)]
#[non_exhaustive]
pub struct SettingKey {
    /// The name in commands, files and JSON.
    pub key: &'static str,
    /// What it means, in a few words.
    pub summary: &'static str,
    /// A value that works.
    pub example: &'static str,
    read: fn(&Document) -> Option<String>,
    write: fn(&mut Document, &str) -> Result<()>,
    /// Whether it can be cleared.
    optional: bool,
}

impl SettingKey {
    pub(crate) fn text(&self, document: &Document) -> Option<String> {
        (self.read)(document)
    }

    pub(crate) fn put(&self, document: &mut Document, value: &str) -> Result<()> {
        let value = value.trim();
        if value.is_empty() && !self.optional {
            return Err(EMPTY
                .error(format!("the setting `{}` must have a value", self.key))
                .with_field(self.key)
                .with_hint(format!("give it one, such as `{}`", self.example)));
        }
        (self.write)(document, value).map_err(|error| error.with_field(self.key))
    }
}

/// Every setting, in the order in which they are shown.
pub static SETTING_KEYS: &[SettingKey] = &[
    SettingKey {
        key: "name",
        summary: "name of the organisation",
        example: "Acme Ltd",
        read: |document| Some(document.name.to_string()),
        write: |document, value| Name::parse(value).map(|name| document.name = name),
        optional: false,
    },
    SettingKey {
        key: "timezone",
        summary: "where its days begin and end",
        example: "Europe/Berlin",
        read: |document| Some(document.timezone.to_string()),
        write: |document, value| TimeZoneName::parse(value).map(|zone| document.timezone = zone),
        optional: false,
    },
    SettingKey {
        key: "locale",
        summary: "language of mails and reports",
        example: "de-AT",
        read: |document| Some(document.locale.to_string()),
        write: |document, value| Locale::parse(value).map(|locale| document.locale = locale),
        optional: false,
    },
    SettingKey {
        key: "grace_days",
        summary: "days late before overdue",
        example: "7",
        read: |document| Some(document.grace_days.to_string()),
        write: |document, value| days(value).map(|days| document.grace_days = days),
        optional: false,
    },
    SettingKey {
        key: "due_soon_days",
        summary: "days ahead that count as due soon",
        example: "14",
        read: |document| Some(document.due_soon_days.to_string()),
        write: |document, value| days(value).map(|days| document.due_soon_days = days),
        optional: false,
    },
    SettingKey {
        key: "quiet_hours",
        summary: "when nobody is notified",
        example: "20:00-07:00",
        read: |document| document.quiet_hours.clone(),
        write: |document, value| hours(value).map(|hours| document.quiet_hours = hours),
        optional: true,
    },
    SettingKey {
        key: "base_url",
        summary: "address for links in mails",
        example: "https://learn.example.com",
        read: |document| document.base_url.clone(),
        write: |document, value| address(value).map(|url| document.base_url = url),
        optional: true,
    },
    SettingKey {
        key: "logo_url",
        summary: "logo on reports",
        example: "https://example.com/logo.png",
        read: |document| document.logo_url.clone(),
        write: |document, value| address(value).map(|url| document.logo_url = url),
        optional: true,
    },
    SettingKey {
        key: "certificate_colour",
        summary: "colour that certificates are printed in",
        example: "#1f4e79",
        read: |document| document.certificate_colour.clone(),
        write: |document, value| colour(value).map(|colour| document.certificate_colour = colour),
        optional: true,
    },
];

fn days(value: &str) -> Result<i64> {
    value.parse().ok().filter(|days| (0..=DAYS_MAX).contains(days)).ok_or_else(|| {
        Error::invalid("days", format!("`{value}` is not a number of days"))
            .with_hint(format!("write a whole number from 0 to {DAYS_MAX}"))
    })
}

fn hours(value: &str) -> Result<Option<String>> {
    if value.is_empty() {
        return Ok(None);
    }
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    let span = value.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
    let (from, until) = span.filter(|(from, until)| from != until).ok_or_else(|| {
        Error::invalid("quiet_hours", format!("`{value}` is not a span of hours"))
            .with_hint("write it like `20:00-07:00`")
    })?;
    Ok(Some(format!("{}-{}", from.strftime("%H:%M"), until.strftime("%H:%M"))))
}

fn address(value: &str) -> Result<Option<String>> {
    if value.is_empty() {
        return Ok(None);
    }
    let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let sound = host.is_some_and(|host| {
        !host.is_empty()
            && !host.starts_with(['/', ':', '?', '#'])
            && !host.contains('@')
            && host.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"\\".contains(c))
    });
    if !sound || value.chars().count() > URL_CHARS_MAX {
        return Err(Error::invalid("url", format!("`{value}` is not a web address")).with_hint(
            "write it like `https://learn.example.com`, without a user name or a password",
        ));
    }
    Ok(Some(value.trim_end_matches('/').to_owned()))
}

fn colour(value: &str) -> Result<Option<String>> {
    if value.is_empty() {
        return Ok(None);
    }
    let digits = value.strip_prefix('#').unwrap_or(value);
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(format!("#{}", digits.to_ascii_lowercase())));
    }
    Err(Error::invalid("colour", format!("`{value}` is not a colour"))
        .with_hint("write red, green and blue as six hexadecimal digits, such as `#1f4e79`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: &str) -> Result<Option<String>> {
        let setting = SETTING_KEYS.iter().find(|setting| setting.key == key).unwrap();
        let mut document = Document::blank()?;
        setting.put(&mut document, value)?;
        Ok(setting.text(&document))
    }

    #[test]
    fn every_example_works_and_reads_back() {
        for setting in SETTING_KEYS {
            assert_eq!(
                put(setting.key, setting.example).unwrap().as_deref(),
                Some(setting.example)
            );
        }
    }

    #[test]
    fn only_some_can_be_cleared() {
        assert_eq!(put("quiet_hours", "").unwrap(), None);
        assert_eq!(put("name", " ").unwrap_err().code(), "settings.required");
    }

    #[test]
    fn values_are_checked() {
        for (key, value) in [
            ("grace_days", "-1"),
            ("grace_days", "3.5"),
            ("due_soon_days", "99999"),
            ("quiet_hours", "25:00-07:00"),
            ("quiet_hours", "20:00"),
            ("quiet_hours", "07:00-07:00"),
            ("base_url", "ftp://example.com"),
            ("base_url", "https://ada:secret@example.com"),
            ("base_url", "https://"),
            ("timezone", "Mars/Olympus"),
            ("certificate_colour", "navy"),
            ("certificate_colour", "#12345g"),
        ] {
            let error = put(key, value).unwrap_err();
            assert_eq!(error.field(), Some(key));
            assert!(!error.hints().is_empty(), "{key}={value}");
        }
    }
}
