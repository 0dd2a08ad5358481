//! What stands on a certificate, in the languages in which it can be printed. A language is added here
//! and nowhere else.

use jiff::civil::Date;
use serde::Serialize;

use crate::kernel::error::{Error, Result};
use crate::kernel::text::{Day, Locale};

/// A language in which certificates can be printed.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum CertificateLanguage {
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

/// The words of one language.
#[cfg_attr(not(feature = "certificates"), expect(dead_code, reason = "they are for printing"))]
pub(super) struct Words {
    pub(super) heading: &'static str,
    pub(super) opening: &'static str,
    pub(super) statement: &'static str,
    pub(super) completed_on: &'static str,
    pub(super) valid_until: &'static str,
    pub(super) number: &'static str,
    /// With the day it was issued in place of `{}`.
    pub(super) footer: &'static str,
    /// With the address in place of `{}`.
    pub(super) verify: &'static str,
    months: [&'static str; 12],
    day: fn(&str, Date) -> String,
}

impl CertificateLanguage {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::English, Self::German, Self::French, Self::Spanish];

    /// The name in JSON: the code of the language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    /// The language of a locale, where certificates can be printed in it.
    pub(super) fn of(locale: &Locale) -> Option<Self> {
        let language = locale.as_str().split('-').next().unwrap_or_default();
        Self::ALL.iter().copied().find(|known| known.as_str() == language)
    }

    pub(super) fn stored(text: &str) -> Result<Self> {
        let known = Self::ALL.iter().copied().find(|known| known.as_str() == text);
        known.ok_or_else(|| Error::inconsistent("certificates.language", format!("`{text}`")))
    }

    #[cfg_attr(not(feature = "certificates"), expect(dead_code, reason = "they are for printing"))]
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
            Self::French => &FRENCH,
            Self::Spanish => &SPANISH,
        }
    }
}

#[cfg_attr(not(feature = "certificates"), expect(dead_code, reason = "they are for printing"))]
impl Words {
    /// A day as people write it.
    pub(super) fn day(&self, day: Day) -> String {
        let date = day.inner();
        let month = usize::try_from(date.month() - 1).unwrap_or_default();
        (self.day)(self.months[month], date)
    }
}

static ENGLISH: Words = Words {
    heading: "Certificate of Completion",
    opening: "This is to certify that",
    statement: "has successfully completed the training",
    completed_on: "Completed on",
    valid_until: "Valid until",
    number: "Certificate no.",
    footer: "Issued electronically on {}; valid without a signature.",
    verify: "Scan to verify this certificate, or enter the code at {}",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    day: |month, date| format!("{} {month} {}", date.day(), date.year()),
};

static GERMAN: Words = Words {
    heading: "Zertifikat",
    opening: "Hiermit wird bescheinigt, dass",
    statement: "die folgende Schulung erfolgreich abgeschlossen hat",
    completed_on: "Abgeschlossen am",
    valid_until: "Gültig bis",
    number: "Zertifikat Nr.",
    footer: "Elektronisch ausgestellt am {}; ohne Unterschrift gültig.",
    verify: "Zum Prüfen scannen oder den Code eingeben unter {}",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    day: |month, date| format!("{}. {month} {}", date.day(), date.year()),
};

static FRENCH: Words = Words {
    heading: "Certificat de réussite",
    opening: "Nous certifions que",
    statement: "a suivi avec succès la formation",
    completed_on: "Formation achevée le",
    valid_until: "Valable jusqu’au",
    number: "Certificat n°",
    footer: "Délivré par voie électronique le {} ; valable sans signature.",
    verify: "Scannez pour vérifier ce certificat, ou saisissez le code sur {}",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    day: |month, date| match date.day() {
        1 => format!("1er {month} {}", date.year()),
        day => format!("{day} {month} {}", date.year()),
    },
};

static SPANISH: Words = Words {
    heading: "Certificado de finalización",
    opening: "Se certifica que",
    statement: "ha completado con éxito la formación",
    completed_on: "Finalizada el",
    valid_until: "Válido hasta el",
    number: "Certificado n.º",
    footer: "Emitido electrónicamente el {}; válido sin firma.",
    verify: "Escanee para verificar este certificado o introduzca el código en {}",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    day: |month, date| format!("{} de {month} de {}", date.day(), date.year()),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_locale_where_there_are_words() {
        let of = |text: &str| CertificateLanguage::of(&Locale::parse(text).unwrap());
        assert_eq!(of("de-AT"), Some(CertificateLanguage::German));
        assert_eq!(of("es-419"), Some(CertificateLanguage::Spanish));
        assert_eq!(of("fi"), None);
        for language in CertificateLanguage::ALL {
            assert_eq!(CertificateLanguage::stored(language.as_str()).unwrap(), *language);
        }
    }

    #[test]
    #[cfg(feature = "certificates")]
    fn days_are_written_as_people_write_them() {
        let day = Day::parse("2026-03-01").unwrap();
        let written: Vec<String> =
            CertificateLanguage::ALL.iter().map(|language| language.words().day(day)).collect();
        assert_eq!(
            written,
            ["1 March 2026", "1. März 2026", "1er mars 2026", "1 de marzo de 2026"]
        );
    }

    #[test]
    #[cfg(feature = "certificates")]
    fn every_language_has_a_place_for_what_is_filled_in() {
        for language in CertificateLanguage::ALL {
            let words = language.words();
            assert_eq!(
                (words.footer.matches("{}").count(), words.verify.matches("{}").count()),
                (1, 1)
            );
        }
    }
}
