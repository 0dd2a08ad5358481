//! Single fields of a definition, set from text: what a command, a form or a patch gives. Pure.

use super::definition::{Cost, ReadAndSign, TrainingDefinition};
use super::teaching;
use super::types::{Delivery, Difficulty};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A field of a training that is one value.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TrainingField {
    /// What it is called.
    Title,
    /// What it is about.
    Description,
    /// Under which heading it stands.
    Category,
    /// Words to find it by, with commas between them.
    Tags,
    /// How much it takes for granted.
    Difficulty,
    /// How long it takes.
    DurationMinutes,
    /// Languages, with commas between them.
    Languages,
    /// How it is given.
    Delivery,
    /// For how many months a completion holds.
    ValidityMonths,
    /// How many can take it at one time.
    SeatLimit,
    /// The time that counts as training.
    CreditMinutes,
    /// Codes of trainings that come first, with commas between them.
    Prerequisites,
    /// What it teaches, with levels, such as `FIRST-AID=2`, with commas between them.
    Skills,
    /// What a seat costs, such as `120.00 EUR`.
    Cost,
    /// The least time in it.
    MinimumMinutes,
    /// Whether an instructor says that it is done: `yes` or `no`.
    MarkedByInstructor,
    /// The text to read and sign.
    SignText,
    /// The sentence that is signed.
    SignStatement,
}

impl TrainingField {
    /// All of them, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Title,
        Self::Description,
        Self::Category,
        Self::Tags,
        Self::Difficulty,
        Self::DurationMinutes,
        Self::Languages,
        Self::Delivery,
        Self::ValidityMonths,
        Self::SeatLimit,
        Self::CreditMinutes,
        Self::Prerequisites,
        Self::Skills,
        Self::Cost,
        Self::MinimumMinutes,
        Self::MarkedByInstructor,
        Self::SignText,
        Self::SignStatement,
    ];

    /// The name in commands, files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Category => "category",
            Self::Tags => "tags",
            Self::Difficulty => "difficulty",
            Self::DurationMinutes => "duration_minutes",
            Self::Languages => "languages",
            Self::Delivery => "delivery",
            Self::ValidityMonths => "validity_months",
            Self::SeatLimit => "seat_limit",
            Self::CreditMinutes => "credit_minutes",
            Self::Prerequisites => "prerequisites",
            Self::Skills => "skills",
            Self::Cost => "cost",
            Self::MinimumMinutes => "minimum_minutes",
            Self::MarkedByInstructor => "marked_by_instructor",
            Self::SignText => "sign_text",
            Self::SignStatement => "sign_statement",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_lowercase().replace('-', "_");
        Self::ALL.iter().copied().find(|field| field.as_str() == wanted).ok_or_else(|| {
            let names = Self::ALL.iter().map(|field| field.as_str());
            Error::invalid("field", format!("a training has no field `{}`", text.trim()))
                .with_hints(suggest(text, names.clone()))
                .with_hint(format!("the fields are: {}", names.collect::<Vec<_>>().join(", ")))
        })
    }

    /// Sets the field, or clears it with an empty text.
    pub(crate) fn set(self, definition: &mut TrainingDefinition, text: &str) -> Result<()> {
        let text = text.trim();
        let some = || (!text.is_empty()).then(|| text.to_owned());
        let list = || text.split(',').map(|part| part.trim().to_owned()).collect();
        match self {
            Self::Title => text.clone_into(&mut definition.title),
            Self::Description => text.clone_into(&mut definition.description),
            Self::Category => definition.category = some(),
            Self::Tags => definition.tags = list(),
            Self::Languages => definition.languages = list(),
            Self::Prerequisites => definition.prerequisites = list(),
            Self::Skills => definition.skills = teaching::parse(text)?,
            Self::Difficulty => {
                definition.difficulty = some().map(|text| Difficulty::parse(&text)).transpose()?;
            }
            Self::Delivery => {
                let delivery = some().map(|text| Delivery::parse(&text)).transpose()?;
                definition.delivery = delivery.unwrap_or_default();
            }
            Self::DurationMinutes => definition.duration_minutes = self.number(text)?,
            Self::ValidityMonths => definition.validity_months = self.number(text)?,
            Self::SeatLimit => definition.seat_limit = self.number(text)?,
            Self::CreditMinutes => definition.credit_minutes = self.number(text)?,
            Self::MinimumMinutes => definition.completion.minimum_minutes = self.number(text)?,
            Self::MarkedByInstructor => {
                definition.completion.marked_by_instructor = self.yes_or_no(text)?;
            }
            Self::Cost => definition.cost = some().map(|text| cost(&text)).transpose()?,
            Self::SignText => match &mut definition.read_and_sign {
                _ if text.is_empty() => definition.read_and_sign = None,
                Some(sign) => text.clone_into(&mut sign.text),
                none => *none = Some(ReadAndSign::new(text)),
            },
            Self::SignStatement => match &mut definition.read_and_sign {
                Some(sign) => text.clone_into(&mut sign.statement),
                None => {
                    return Err(Error::invalid(self.as_str(), "there is no text to sign")
                        .with_hint("give the text as well: `sign_text`"));
                }
            },
        }
        Ok(())
    }

    fn number(self, text: &str) -> Result<Option<u32>> {
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            Error::invalid(self.as_str(), format!("`{text}` is not a whole number"))
                .with_hint("leave it empty to clear it")
        })
    }

    fn yes_or_no(self, text: &str) -> Result<bool> {
        match text.to_lowercase().as_str() {
            "yes" | "true" => Ok(true),
            "" | "no" | "false" => Ok(false),
            _ => Err(Error::invalid(self.as_str(), format!("`{text}` is not `yes` or `no`"))),
        }
    }
}

/// Reads an amount with its currency. Most currencies have hundredths; some have no parts, and a
/// few have thousandths.
fn cost(text: &str) -> Result<Cost> {
    let wrong = || {
        Error::invalid("cost", format!("`{text}` is not an amount of money"))
            .with_hint("write it like `120 EUR` or `99.50 USD`")
    };
    let (amount, currency) = text.split_once(' ').ok_or_else(wrong)?;
    let currency = currency.trim().to_uppercase();
    let digits = minor_digits(&currency);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > digits {
        return Err(wrong());
    }
    let amount = format!("{whole}{part:0<digits$}").parse().map_err(|_| wrong())?;
    Ok(Cost { amount_minor: amount, currency })
}

/// How many digits the smallest unit of a currency stands behind the point.
fn minor_digits(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

impl Cost {
    /// The amount in the currency itself, for sheets: 120.0 where it is 120.00 EUR.
    #[must_use]
    pub fn amount(&self) -> f64 {
        let digits = i32::try_from(minor_digits(&self.currency)).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "exact to ninety million million")]
        let minor = self.amount_minor as f64;
        minor / 10_f64.powi(digits)
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = minor_digits(&self.currency);
        let unit = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
        let (whole, part) = (self.amount_minor / unit, self.amount_minor % unit);
        match digits {
            0 => write!(f, "{whole} {}", self.currency),
            _ => write!(f, "{whole}.{part:0>digits$} {}", self.currency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_and_told_in_the_digits_of_its_currency() {
        for (written, told) in [
            ("120 EUR", "120.00 EUR"),
            ("99.5 usd", "99.50 USD"),
            ("5000 JPY", "5000 JPY"),
            ("1.250 KWD", "1.250 KWD"),
            ("0 EUR", "0.00 EUR"),
        ] {
            assert_eq!(cost(written).unwrap().to_string(), told);
        }
        for bad in ["", "EUR", "12", "12,50 EUR", "-1 EUR", "1.234 EUR", "1.5 JPY", ".5 EUR"] {
            assert!(cost(bad).is_err(), "{bad}");
        }
        assert!(cost(&format!("{} EUR", "9".repeat(30))).is_err());
    }

    #[test]
    fn an_empty_text_clears_a_field() {
        let mut definition = TrainingDefinition::new("Fire");
        let filled = [
            (TrainingField::Category, "Safety"),
            (TrainingField::Tags, "a, b"),
            (TrainingField::ValidityMonths, "12"),
            (TrainingField::Cost, "1 EUR"),
            (TrainingField::SignText, "Read me"),
            (TrainingField::SignStatement, "Done"),
            (TrainingField::MarkedByInstructor, "yes"),
        ];
        for (field, text) in filled {
            field.set(&mut definition, text).unwrap();
        }
        assert_eq!(definition.tags, ["a", "b"]);
        assert_eq!(definition.read_and_sign.as_ref().unwrap().statement, "Done");
        for (field, _) in filled.iter().filter(|(field, _)| *field != TrainingField::SignStatement)
        {
            field.set(&mut definition, "").unwrap();
        }
        super::super::validation::tidy(&mut definition);
        assert_eq!(definition, TrainingDefinition::new("Fire"));
        assert!(TrainingField::SignStatement.set(&mut definition, "x").is_err());
        assert!(TrainingField::ValidityMonths.set(&mut definition, "a year").is_err());
        assert_eq!(TrainingField::parse("sign-text").unwrap(), TrainingField::SignText);
        assert!(TrainingField::parse("titel").unwrap_err().hints()[0].contains("`title`"));
    }
}
