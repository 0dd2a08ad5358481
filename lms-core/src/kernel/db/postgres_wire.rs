//! Instants and days as PostgreSQL sends them: microseconds and days since 1 January 2000.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// Microseconds from 1970-01-01 to 2000-01-01.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH: jiff::civil::Date = jiff::civil::date(2000, 1, 1);

pub(crate) struct WireInstant(i64);
pub(crate) struct WireDay(i32);

impl From<Timestamp> for WireInstant {
    fn from(instant: Timestamp) -> Self {
        Self(instant.as_micros() - EPOCH_MICROS)
    }
}

impl WireInstant {
    pub(crate) fn read(self) -> Result<Timestamp> {
        Timestamp::from_micros(self.0.saturating_add(EPOCH_MICROS))
    }

    pub(crate) fn to_wire(&self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl From<Day> for WireDay {
    fn from(day: Day) -> Self {
        Self((day.inner() - EPOCH).get_days())
    }
}

impl WireDay {
    pub(crate) fn read(self) -> Result<Day> {
        EPOCH
            .checked_add(jiff::Span::new().try_days(self.0).unwrap_or_default())
            .map(Day::new)
            .map_err(|cause| Error::inconsistent("a day", cause))
    }

    pub(crate) fn to_wire(&self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

macro_rules! wire {
    ($type:ty, $inner:ty, $oid:literal) => {
        impl Type<Postgres> for $type {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_oid(Oid($oid))
            }
        }

        impl Encode<'_, Postgres> for $type {
            fn encode_by_ref(
                &self,
                buffer: &mut PgArgumentBuffer,
            ) -> std::result::Result<IsNull, BoxDynError> {
                <$inner as Encode<'_, Postgres>>::encode_by_ref(&self.0, buffer)
            }
        }

        impl<'r> Decode<'r, Postgres> for $type {
            fn decode(value: PgValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                if value.format() == PgValueFormat::Text {
                    return Err("statements are always prepared, so that answers are binary".into());
                }
                <$inner as Decode<'r, Postgres>>::decode(value).map(Self)
            }
        }
    };
}

// The types by their fixed numbers: by name, the driver would ask the server first.
wire!(WireInstant, i64, 1184);
wire!(WireDay, i32, 1082);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_days_survive_the_wire() {
        for text in
            ["1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "2026-11-20T08:30:00.000001Z"]
        {
            let instant = Timestamp::parse(text).unwrap();
            assert_eq!(WireInstant::from(instant).read().unwrap(), instant);
        }
        for text in ["1900-02-28", "1999-12-31", "2000-01-01", "2028-02-29"] {
            let day = Day::parse(text).unwrap();
            assert_eq!(WireDay::from(day).read().unwrap(), day);
        }
    }
}
