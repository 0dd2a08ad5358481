//! Validated scalars: what a text must look like to be an e-mail, a code, a name, a country, a
//! locale, a time zone or a calendar day. Parsed once at the door, trusted behind it.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Deserializer, Serialize};

use super::clock::Timestamp;
use super::error::{Error, Result};
use super::suggest::suggest;

/// Declares a text newtype whose only way in is `parse`.
macro_rules! scalar {
    ($($(#[$doc:meta])* $name:ident, $field:literal, $parse:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads and checks the text.
            pub fn parse(text: &str) -> Result<Self> {
                $parse(text).map(Self).map_err(|error| error.with_field($field))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(input)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl $crate::kernel::db::Field for $name {
            const KIND: $crate::kernel::db::Kind = $crate::kernel::db::Kind::Text;

            fn into_value(self) -> $crate::kernel::db::Value {
                $crate::kernel::db::Value::Text(self.0)
            }

            fn from_value(value: $crate::kernel::db::Value) -> Result<Self> {
                let text = String::from_value(value)?;
                Self::parse(&text).map_err(|cause| Error::inconsistent($field, cause))
            }
        }
    )+};
}

scalar! {
    /// An e-mail address, as it was written. Two addresses are one where their keys agree.
    Email, "email", email;
    /// A short name that people type: letters, digits, `-`, `_`, `.`, at most 64.
    Code, "code", code;
    /// A name for people to read: one line, at most 200 characters.
    Name, "name", name;
    /// A country as its two-letter ISO 3166 code.
    Country, "country", country;
    /// A language with, perhaps, a script and a region, such as `en`, `de-AT`, `zh-Hant-TW`.
    Locale, "locale", locale;
    /// A time zone of the IANA database, such as `Europe/Berlin`.
    TimeZoneName, "timezone", timezone;
}

const EMAIL_BYTES_MAX: usize = 254;
const CODE_CHARS_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 200;

impl Email {
    /// What makes two addresses the same: without regard to case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Country {
    /// The codes that there are.
    pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
        COUNTRIES.split(' ')
    }
}

impl TimeZoneName {
    /// The rules of the zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.0).expect("a time zone name was checked when it was made")
    }
}

fn email(text: &str) -> Result<String> {
    let text = text.trim();
    let wrong = |why: &str| {
        Error::invalid("email", format!("`{text}` is not an e-mail address: {why}"))
            .with_hint("write it like `ada@example.com`")
    };
    if text.len() > EMAIL_BYTES_MAX {
        return Err(wrong("it is longer than 254 bytes"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"\\[]".contains(c)) {
        return Err(wrong("it has a space or a character that is not allowed"));
    }
    let (local, domain) = text.rsplit_once('@').ok_or_else(|| wrong("there is no `@`"))?;
    if local.is_empty() || local.contains('@') {
        return Err(wrong("what stands before the `@` is not a mailbox"));
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let sound = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if labels.len() < 2 || !labels.iter().all(sound) {
        return Err(wrong("what stands behind the `@` is not a domain"));
    }
    Ok(text.to_owned())
}

fn code(text: &str) -> Result<String> {
    let text = text.trim();
    let allowed = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if text.is_empty() || text.chars().count() > CODE_CHARS_MAX || !text.chars().all(allowed) {
        return Err(Error::invalid("code", format!("`{text}` cannot be a code")).with_hint(
            "use letters, digits, `-`, `_` and `.`, 1 to 64 of them, such as `GDPR-101`",
        ));
    }
    Ok(text.to_owned())
}

fn name(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("name", "the name is empty"));
    }
    if text.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid("name", "the name is longer than 200 characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid("name", "the name has a line break or a control character"));
    }
    Ok(text.to_owned())
}

fn country(text: &str) -> Result<String> {
    let upper = text.trim().to_ascii_uppercase();
    if COUNTRIES.split(' ').any(|known| known == upper) {
        return Ok(upper);
    }
    Err(Error::invalid("country", format!("`{}` is not a country code", text.trim())).with_hint(
        "use the two-letter ISO 3166 code, such as `DE` for Germany or `GB` for the United Kingdom",
    ))
}

fn locale(text: &str) -> Result<String> {
    let wrong = || {
        Error::invalid("locale", format!("`{}` is not a locale", text.trim())).with_hint(
            "write a language and, perhaps, a region, such as `en`, `de-AT` or `zh-Hant-TW`",
        )
    };
    let alphabetic = |part: &str| part.chars().all(|c| c.is_ascii_alphabetic());
    let mut parts = text.trim().split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    if !(2..=3).contains(&language.len()) || !alphabetic(language) {
        return Err(wrong());
    }
    let mut canonical = language.to_ascii_lowercase();
    let mut rest: Vec<&str> = parts.collect();
    if let Some(script) = rest.first().copied().filter(|part| part.len() == 4 && alphabetic(part)) {
        let lower = script.to_ascii_lowercase();
        canonical = format!("{canonical}-{}{}", lower[..1].to_ascii_uppercase(), &lower[1..]);
        rest.remove(0);
    }
    if let Some(region) = rest.first().copied() {
        let digits = region.len() == 3 && region.chars().all(|c| c.is_ascii_digit());
        let letters = region.len() == 2 && alphabetic(region);
        if !digits && !letters {
            return Err(wrong());
        }
        canonical = format!("{canonical}-{}", region.to_ascii_uppercase());
        rest.remove(0);
    }
    if rest.is_empty() { Ok(canonical) } else { Err(wrong()) }
}

fn timezone(text: &str) -> Result<String> {
    let text = text.trim();
    let known = jiff::tz::db();
    if let Ok(zone) = known.get(text)
        && let Some(canonical) = zone.iana_name()
    {
        return Ok(canonical.to_owned());
    }
    let names: Vec<String> = known.available().map(|name| name.to_string()).collect();
    // People type a city, or leave the continent out.
    let city = text.to_lowercase().replace(' ', "_");
    let by_city = names
        .iter()
        .find(|name| name.to_lowercase().rsplit('/').next() == Some(city.as_str()))
        .map(|name| format!("did you mean `{name}`?"));
    Err(Error::invalid("timezone", format!("`{text}` is not a time zone"))
        .with_hints(by_city.or_else(|| suggest(text, &names)))
        .with_hint("use a name of the IANA database, such as `Europe/Berlin` or `UTC`"))
}

/// A calendar day, without a time or a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(Date);

impl Day {
    /// Before every other day.
    pub(crate) const MIN: Self = Self(Date::MIN);

    /// Wraps a date.
    #[must_use]
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        calendar_day(text.as_bytes()).map(Self).ok_or_else(|| {
            Error::invalid("date", format!("`{text}` is not a day of the calendar"))
                .with_hint("write it like `2026-03-31`")
        })
    }

    /// Reads a day, also one told from today: `today`, `+30d`, `-1w`, `+3m`, `end-of-month`.
    ///
    /// Months are calendar months, clamped to the month's end.
    pub fn parse_relative(text: &str, today: Self) -> Result<Self> {
        let text = text.trim();
        match text {
            "today" => return Ok(today),
            "end-of-month" => return Ok(Self(today.0.last_of_month())),
            _ => {}
        }
        let wrong = || {
            Error::invalid("date", format!("`{text}` is not a day")).with_hint(
                "write `2026-03-31`, `today`, `+30d`, `+2w`, `+3m`, `-1w` or `end-of-month`",
            )
        };
        if !text.starts_with(['+', '-']) {
            return Self::parse(text).map_err(|_| wrong());
        }
        let unit = text.chars().last().filter(char::is_ascii).ok_or_else(wrong)?;
        let count: i32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
        let span: Span = match unit {
            'd' => Span::new().try_days(count),
            'w' => Span::new().try_weeks(count),
            'm' => Span::new().try_months(count),
            _ => return Err(wrong()),
        }
        .map_err(|_| wrong())?;
        today.0.checked_add(span).map(Self).map_err(|_| wrong())
    }

    /// Today in a time zone.
    #[must_use]
    pub fn today(now: Timestamp, zone: &TimeZone) -> Self {
        now.day_in(zone)
    }

    /// The first instant of the day in a time zone, also where its midnight is skipped.
    #[must_use]
    pub fn starts_at(self, zone: &TimeZone) -> Timestamp {
        self.0
            .to_zoned(zone.clone())
            .map_or(Timestamp::new(jiff::Timestamp::MAX), |start| Timestamp::new(start.timestamp()))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        self.0.checked_add(1.day()).map_or(self, Self)
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.0.checked_sub(1.day()).map_or(self, Self)
    }

    /// The date for calculations.
    #[must_use]
    pub fn inner(self) -> Date {
        self.0
    }
}

/// `YYYY-MM-DD` and nothing else: rows are full of days, and a general parser costs ten times as much.
fn calendar_day(text: &[u8]) -> Option<Date> {
    let [year @ .., b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0'))
        })
    };
    let small = |digits: [u8; 2]| i8::try_from(number(&digits)?).ok();
    let year: &[u8; 4] = year.try_into().ok()?;
    Date::new(number(year)?, small([*m1, *m2])?, small([*d1, *d2])?).ok()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL \
BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY \
HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE \
NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD \
SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA \
UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses() {
        for good in ["ada@example.com", "a.b+c@sub.example.co.uk", "jürgen@müller.de", " x@y.zz "]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "ada", "@x.de", "a@b", "a@b..de", "a b@c.de", "a@@b.de", "a@-b.de", "<a@b.de>"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Email::parse("Ada@Example.COM").unwrap().key(), "ada@example.com");
    }

    #[test]
    fn codes_keep_leading_zeros_and_refuse_spaces() {
        assert_eq!(Code::parse("00123").unwrap().as_str(), "00123");
        assert!(Code::parse("GDPR 101").is_err());
        assert!(Code::parse(&"x".repeat(65)).is_err());
    }

    #[test]
    fn locales_are_written_in_one_way() {
        assert_eq!(Locale::parse("DE_at").unwrap().as_str(), "de-AT");
        assert_eq!(Locale::parse("ZH-hant-tw").unwrap().as_str(), "zh-Hant-TW");
        assert_eq!(Locale::parse("es-419").unwrap().as_str(), "es-419");
        for bad in ["", "english", "de-", "de-AT-x", "d"] {
            assert!(Locale::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_zone_is_found_by_its_city() {
        assert_eq!(TimeZoneName::parse("europe/berlin").unwrap().as_str(), "Europe/Berlin");
        let error = TimeZoneName::parse("New York").unwrap_err();
        assert_eq!(error.hints()[0], "did you mean `America/New_York`?");
    }

    #[test]
    fn countries_are_iso_codes() {
        assert_eq!(Country::parse("de").unwrap().as_str(), "DE");
        assert!(Country::parse("UK").is_err());
        assert_eq!(COUNTRIES.split(' ').count(), 249);
    }

    #[test]
    fn days_are_told_from_today() {
        let today = Day::parse("2027-01-31").unwrap();
        let day = |text: &str| Day::parse_relative(text, today).unwrap().to_string();
        assert_eq!(day("today"), "2027-01-31");
        assert_eq!(day("+30d"), "2027-03-02");
        assert_eq!(day("+1m"), "2027-02-28");
        assert_eq!(day("-1w"), "2027-01-24");
        assert_eq!(day("end-of-month"), "2027-01-31");
        assert_eq!(day("2028-02-29"), "2028-02-29");
        for bad in
            ["", "+", "+d", "+1y", "tomorrow", "2027-02-29", "20270131", "+99999999999d", "+1é"]
        {
            assert!(Day::parse_relative(bad, today).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_starts_also_where_midnight_is_skipped() {
        let zone = TimeZoneName::parse("America/Sao_Paulo").unwrap().zone();
        let start = Day::parse("2018-11-04").unwrap().starts_at(&zone);
        assert_eq!(start.to_string(), "2018-11-04T03:00:00Z");
    }
}
