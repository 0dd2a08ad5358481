//! How days are written, decided for each column by what all of its rows say. Pure.
//!
//! Year first, a point between the numbers, or a month by name can be read in one way only. `03/04/2026`
//! cannot: it takes a row such as `25/04/2026` to know, and all rows have to agree. Where no row tells, nobody
//! guesses; somebody has to say it.

use jiff::civil::Date;

use super::types::{DateDecision, DateEvidence};
use super::{DATE_FORMAT, DATES};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;

/// The years in which anything happens that is imported.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// The year of a day that never comes, as some payrolls write "no end".
const NEVER: i16 = 9999;
/// Serial numbers of spreadsheets from 1927 to 2118: what may be one in a text.
const SERIALS: std::ops::RangeInclusive<u32> = 10_000..=80_000;

/// How a column writes its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateFormat {
    order: Order,
    has_short_years: bool,
    /// Somebody said so: it holds with whatever stands between the numbers.
    is_said: bool,
    /// Whether the sheet counts days from 1904.
    is_1904: bool,
    label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Dmy,
    Mdy,
    Ymd,
    Excel1900,
    Excel1904,
    Unix,
}

impl DateFormat {
    /// Reads what somebody says, such as `DD/MM/YYYY`, `%m/%d/%y`, `TT.MM.JJJJ`, `iso`, `excel`, `unix`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let label = text.trim().to_owned();
        let order = match &*label.to_lowercase() {
            "iso" => Some(Order::Ymd),
            "excel" | "excel-1900" => Some(Order::Excel1900),
            "excel-1904" => Some(Order::Excel1904),
            "unix" => Some(Order::Unix),
            _ => None,
        };
        if let Some(order) = order {
            return Ok(Self {
                order,
                has_short_years: false,
                is_said: true,
                is_1904: false,
                label,
            });
        }
        let (order, has_short_years) = pattern(&label).ok_or_else(|| {
            DATE_FORMAT
                .error(format!("`{label}` is no way to write a day"))
                .with_field("date_format")
                .with_hint("write it like `DD/MM/YYYY`, `MM/DD/YYYY` or `DD.MM.YY`; or `iso`, `excel`, `unix`")
        })?;
        Ok(Self { order, has_short_years, is_said: true, is_1904: false, label })
    }

    fn found(order: Order, label: String) -> Self {
        Self { order, has_short_years: false, is_said: false, is_1904: false, label }
    }

    /// Year first, or in words: what can be read in one way only.
    pub(super) fn plain() -> Self {
        Self::found(Order::Ymd, "YYYY-MM-DD".to_owned())
    }

    /// The same, in a workbook that counts days from 1904.
    pub(super) fn counting_from_1904(mut self, is_1904: bool) -> Self {
        self.is_1904 = is_1904;
        self
    }

    /// The day of a number in a sheet: what it counts days with, unless somebody says that it is something else.
    pub(super) fn read_serial(&self, text: &str) -> Option<Written> {
        if matches!(self.order, Order::Excel1900 | Order::Excel1904 | Order::Unix) {
            return None;
        }
        let days = text.split('.').next()?;
        // Eight digits are a date in words of numbers, and no day that anybody lives to see.
        let days = days
            .parse()
            .ok()
            .filter(|days| i64::from(*SERIALS.start()) <= *days && *days < 100_000)?;
        written(of_serial(days, self.is_1904)?)
    }

    /// The day that the text says, or nothing where it says none.
    pub(super) fn read(&self, text: &str) -> Option<Written> {
        let text = text.trim();
        if is_nought(text) {
            return Some(Written::Never);
        }
        let number = || text.parse::<i64>().ok();
        match self.order {
            Order::Excel1900 => return written(of_serial(number()?, false)?),
            Order::Excel1904 => return written(of_serial(number()?, true)?),
            Order::Unix => return written(of_unix(number()?)?),
            Order::Dmy | Order::Mdy | Order::Ymd => {}
        }
        match look(text) {
            Seen::Sure { day, dotted: Some((first, second, year)) } if self.is_said => {
                match self.order {
                    Order::Mdy => written(date(year, first, second)?),
                    _ => written(day),
                }
            }
            Seen::Sure { day, .. } => written(day),
            Seen::Either { first, second, year, .. } => match self.order {
                Order::Dmy => written(date(year, second, first)?),
                Order::Mdy => written(date(year, first, second)?),
                _ => None,
            },
            Seen::Short { numbers: [a, b, c], month } if self.has_short_years => {
                let (year, month, day) = match (self.order, month) {
                    (Order::Ymd, None) => (a, b, c),
                    (Order::Mdy, None) => (c, a, b),
                    (_, None) => (c, b, a),
                    (Order::Ymd, Some(month)) => (a, month, c),
                    (_, Some(month)) => (c, month, a),
                };
                // As computers have it since 1988: from 69 on, the last century.
                let century = if year >= 69 { 1900 } else { 2000 };
                written(date(century + year, month, day)?)
            }
            _ => None,
        }
    }
}

/// What a text says about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// This one.
    Day(Day),
    /// That there is none: `0000-00-00`, or the end of the year 9999.
    Never,
}

#[expect(clippy::unnecessary_wraps, reason = "its callers have an option to answer with")]
fn written(day: Date) -> Option<Written> {
    Some(if day.year() == NEVER { Written::Never } else { Written::Day(Day::new(day)) })
}

fn is_nought(text: &str) -> bool {
    text.len() >= 8
        && text.chars().all(|letter| matches!(letter, '0' | '-' | '/' | '.' | ' ' | ':'))
        && text.contains('0')
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !YEARS.contains(&year) && year != NEVER {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The day of a serial number of a spreadsheet. Those of 1900 take that year for a leap year.
pub(super) fn of_serial(serial: i64, is_1904: bool) -> Option<Date> {
    let (first, days) = if is_1904 {
        (Date::constant(1904, 1, 1), serial)
    } else if serial >= 60 {
        (Date::constant(1899, 12, 30), serial)
    } else {
        (Date::constant(1899, 12, 31), serial)
    };
    if !(1..=2_958_465).contains(&days) {
        return None;
    }
    first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn of_unix(seconds: i64) -> Option<Date> {
    let days = seconds.div_euclid(86_400);
    let day =
        Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    YEARS.contains(&day.year()).then_some(day)
}

/// A pattern such as `DD/MM/YYYY`, in the letters of a few languages.
fn pattern(text: &str) -> Option<(Order, bool)> {
    let text = text.replace("%Y", "YYYY").replace("%y", "YY").replace("%d", "DD");
    let text = text.replace("%m", "MM").replace("%b", "MMM").replace("%B", "MMMM").to_uppercase();
    // French has `JJ/MM/AAAA`, German `TT.MM.JJJJ`.
    let is_french = text.contains('A');
    let mut runs: Vec<(char, usize)> = Vec::new();
    let mut before = ' ';
    for letter in text.chars() {
        let meant = match letter {
            'D' | 'T' => 'D',
            'J' if is_french => 'D',
            'M' => 'M',
            'Y' | 'A' | 'J' => 'Y',
            '.' | '/' | '-' | ' ' | ',' => ' ',
            _ => return None,
        };
        match runs.last_mut() {
            Some((last, count)) if meant == before && *last == meant => *count += 1,
            _ if meant != ' ' => runs.push((meant, 1)),
            _ => {}
        }
        before = meant;
    }
    let order = match runs.iter().map(|(letter, _)| *letter).collect::<String>().as_str() {
        "DMY" => Order::Dmy,
        "MDY" => Order::Mdy,
        "YMD" => Order::Ymd,
        _ => return None,
    };
    let years = runs.iter().find(|(letter, _)| *letter == 'Y')?.1;
    let fits = runs.iter().all(|(letter, count)| match letter {
        'Y' => matches!(count, 2 | 4),
        'M' => *count <= 4,
        _ => *count <= 2,
    });
    fits.then_some((order, years == 2))
}

/// What can be seen in a text without knowing how its column writes days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// One day only. With its numbers where a point stands between them.
    Sure { day: Date, dotted: Option<(i16, i16, i16)> },
    /// Numbers with the year last: one of the others is the day.
    Either { first: i16, second: i16, year: i16, between: char },
    /// A year of two digits.
    Short { numbers: [i16; 3], month: Option<i16> },
    /// Perhaps the serial number of a spreadsheet.
    Serial,
    /// No day.
    Nothing,
}

fn look(text: &str) -> Seen {
    match see(text) {
        Some(seen) => seen,
        None => Seen::Nothing,
    }
}

fn see(text: &str) -> Option<Seen> {
    if text.len() > 60 {
        return None;
    }
    let text = without_time(text);
    let mut numbers: Vec<(i16, usize)> = Vec::new();
    let mut month = None;
    let mut betweens: Vec<char> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same: fn(&char) -> bool = if first.is_ascii_digit() {
            char::is_ascii_digit
        } else if first.is_alphabetic() {
            |letter| letter.is_alphabetic()
        } else {
            |letter| !letter.is_alphanumeric()
        };
        let length = rest.chars().take_while(same).map(char::len_utf8).sum();
        let (run, after) = rest.split_at_checked(length)?;
        if length == 0 {
            return None;
        }
        rest = after;
        if first.is_ascii_digit() {
            if run.len() == 8 && text.len() == 8 {
                let part = |from, until| run.get(from..until)?.parse::<i16>().ok();
                let day = date(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
                return Some(Seen::Sure { day, dotted: None });
            }
            if run.len() == 5 && text.len() == 5 {
                let serial = run.parse().is_ok_and(|number: u32| SERIALS.contains(&number));
                return serial.then_some(Seen::Serial);
            }
            numbers.push((run.parse().ok()?, run.len()));
        } else if first.is_alphabetic() {
            match meant_month(run) {
                Some(found) if month.is_none() => month = Some((found, numbers.len())),
                _ if matches!(run, "de" | "of" | "st" | "nd" | "rd" | "th" | "er") => {}
                _ => return None,
            }
        } else {
            betweens.push(first);
        }
    }
    seen(&numbers, month, betweens.first().copied()?)
}

fn seen(numbers: &[(i16, usize)], month: Option<(i16, usize)>, between: char) -> Option<Seen> {
    let sure = |day: Date| Seen::Sure { day, dotted: None };
    match (numbers, month) {
        (&[(year, 4), (month, _), (day, _)], None) => date(year, month, day).map(sure),
        (&[(first, 1..=2), (second, 1..=2), (year, 4)], None) if between == '.' => {
            let day = date(year, second, first);
            // With points, the day stands first in every country; unless somebody says otherwise.
            day.or_else(|| date(year, first, second))
                .map(|day| Seen::Sure { day, dotted: Some((first, second, year)) })
        }
        (&[(first, 1..=2), (second, 1..=2), (year, 4)], None) => {
            let either = date(year, second, first).or_else(|| date(year, first, second))?;
            (either.year() == year).then_some(Seen::Either { first, second, year, between })
        }
        (&[(a, 1..=2), (b, 1..=2), (c, 1..=2)], None) => {
            Some(Seen::Short { numbers: [a, b, c], month: None })
        }
        (&[(year, 4), (day, 1..=2)] | &[(day, 1..=2), (year, 4)], Some((month, _))) => {
            date(year, month, day).map(sure)
        }
        (&[(a, 1..=2), (c, 1..=2)], Some((month, _))) => {
            Some(Seen::Short { numbers: [a, 0, c], month: Some(month) })
        }
        _ => None,
    }
}

/// A text without the time of day and the zone that may stand behind a day.
fn without_time(text: &str) -> &str {
    let is_time = |time: &str| {
        time.contains(':')
            && time.starts_with(|first: char| first.is_ascii_digit())
            && time.chars().all(|letter| {
                letter.is_ascii_digit()
                    || matches!(letter, ':' | '.' | ',' | ' ' | '+' | '-')
                    || matches!(
                        letter.to_ascii_lowercase(),
                        'a' | 'p' | 'm' | 'z' | 'u' | 't' | 'c'
                    )
            })
    };
    if let Some(at) = text.find([' ', 'T', 't'])
        && let (Some(day), Some(time)) = (text.get(..at), text.get(at + 1..))
        && day.ends_with(|last: char| last.is_ascii_digit())
        && is_time(time.trim_start())
    {
        return day;
    }
    // `3 Mar 2026 00:00`: the time stands behind the last year.
    if let Some((day, time)) = text.rsplit_once(' ')
        && is_time(time)
    {
        return day;
    }
    // A zone right behind the day, as Workday has it: `2025-03-17-08:00`.
    if let (Some(day), Some(zone)) = (text.get(..10), text.get(10..)) {
        let is_zone =
            zone == "Z" || (zone.starts_with(['+', '-']) && zone.len() == 6 && zone.contains(':'));
        if is_zone {
            return day;
        }
    }
    text
}

/// Months by their names, as `headers::fold` has them, in the languages of the headers.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "janner", "janvier", "enero", "gennaio", "janeiro", "januari",
        "styczen", "stycznia",
    ],
    &[
        "february",
        "februar",
        "feber",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
        "luty",
        "lutego",
    ],
    &["march", "marz", "mrz", "mars", "marzo", "marco", "maart", "mrt", "marzec", "marca"],
    &["april", "avril", "abril", "aprile", "kwiecien", "kwietnia"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "czerwiec", "czerwca"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "lipiec", "lipca"],
    &["august", "aout", "agosto", "augustus", "augusti", "sierpien", "sierpnia"],
    &["september", "septembre", "septiembre", "settembre", "setembro", "wrzesien", "wrzesnia"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "pazdziernik"],
    &["november", "novembre", "noviembre", "novembro", "listopad", "listopada"],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "grudzien",
        "grudnia",
    ],
];

fn meant_month(word: &str) -> Option<i16> {
    let word = super::headers::fold(word);
    if word.len() < 3 {
        return None;
    }
    let mut months =
        (1..).zip(MONTHS).filter(|(_, names)| names.iter().any(|name| name.starts_with(&word)));
    let first = months.next()?;
    // `jui` is June and July.
    months.next().is_none().then_some(first.0)
}

/// What the rows of a column say about how it writes days.
#[derive(Debug, Clone, Default)]
pub(super) struct DateColumn {
    seen: u64,
    cells: u64,
    short: Evidence,
    serial: Evidence,
    sure: Evidence,
    dotted: u64,
    either: Evidence,
    /// The first that can only be day first.
    only_dmy: Evidence,
    /// The first that can only be month first.
    only_mdy: Evidence,
    /// The first that is another day, read the other way.
    differs: Evidence,
    between: Option<char>,
}

#[derive(Debug, Clone, Default)]
struct Evidence {
    count: u64,
    row: u64,
    value: String,
}

impl Evidence {
    fn note(&mut self, row: u64, value: &str) {
        self.count += 1;
        if self.count == 1 {
            self.row = row;
            value.clone_into(&mut self.value);
        }
    }
}

impl DateColumn {
    /// A cell of which the sheet says that it is a day.
    pub(super) fn note_cell(&mut self) {
        self.cells += 1;
    }

    /// A text that ought to be a day.
    pub(super) fn note(&mut self, row: u64, text: &str) {
        let text = text.trim();
        if text.is_empty() || is_nought(text) {
            return;
        }
        self.seen += 1;
        match look(text) {
            Seen::Sure { dotted, .. } => {
                self.sure.note(row, text);
                self.dotted += u64::from(dotted.is_some());
            }
            Seen::Short { .. } => self.short.note(row, text),
            Seen::Serial => self.serial.note(row, text),
            Seen::Nothing => {}
            Seen::Either { first, second, year, between } => {
                self.either.note(row, text);
                self.between.get_or_insert(between);
                match (date(year, second, first), date(year, first, second)) {
                    (Some(one), Some(other)) if one != other => self.differs.note(row, text),
                    (Some(_), None) => self.only_dmy.note(row, text),
                    (None, Some(_)) => self.only_mdy.note(row, text),
                    _ => {}
                }
            }
        }
    }

    /// How the column writes its days, and how that is known; an error where it cannot be known.
    pub(super) fn decide(
        &self,
        said: Option<&DateFormat>,
        column: &str,
        header: &str,
    ) -> Result<(DateFormat, Option<DateEvidence>)> {
        if let Some(format) = said {
            let evidence = Self::evidence(format, DateDecision::Option, None);
            return Ok((format.clone(), Some(evidence)));
        }
        let place = format!("column {column} (`{header}`)");
        if self.short.count * 2 > self.seen {
            return Err(self.unclear(&place, "has years of two digits", &self.short, "DD.MM.YY"));
        }
        if self.serial.count * 2 > self.seen {
            let what = "seems to hold the serial numbers of a spreadsheet";
            return Err(self.unclear(&place, what, &self.serial, "excel"));
        }
        let between = self.between.unwrap_or('/');
        let label = |order: [&str; 3]| order.join(&between.to_string());
        let dmy = || DateFormat::found(Order::Dmy, label(["DD", "MM", "YYYY"]));
        let mdy = || DateFormat::found(Order::Mdy, label(["MM", "DD", "YYYY"]));
        let (format, decision, deciding) = match (self.only_dmy.count > 0, self.only_mdy.count > 0)
        {
            (true, true) => {
                let (one, other) = (&self.only_dmy, &self.only_mdy);
                return Err(DATES
                    .error(format!(
                        "{place} writes days in two ways: `{}` in row {} has the day first, `{}` in row {} \
                         the month",
                        one.value, one.row, other.value, other.row
                    ))
                    .with_field("date_format")
                    .with_hint("say which one is right with `--date-format DD/MM/YYYY` or `--date-format \
                                MM/DD/YYYY`; rows that do not fit are rejected then"));
            }
            (true, false) => (dmy(), DateDecision::AllRowsAgree, Some(&self.only_dmy)),
            (false, true) => (mdy(), DateDecision::AllRowsAgree, Some(&self.only_mdy)),
            (false, false) if self.differs.count > 0 => {
                return Err(self.unclear(
                    &place,
                    "can be read with the day first or the month first, and no row tells which",
                    &self.differs,
                    "DD/MM/YYYY` or `--date-format MM/DD/YYYY",
                ));
            }
            (false, false) if self.either.count > 0 => (dmy(), DateDecision::Unambiguous, None),
            (false, false) if self.dotted > 0 => {
                let format = DateFormat::found(Order::Ymd, "DD.MM.YYYY".to_owned());
                (format, DateDecision::Unambiguous, None)
            }
            (false, false) if self.cells > 0 && self.seen == 0 => {
                (DateFormat::plain(), DateDecision::Cells, None)
            }
            (false, false) => (DateFormat::plain(), DateDecision::Unambiguous, None),
        };
        if self.seen == 0 && self.cells == 0 {
            return Ok((format, None));
        }
        let evidence = Self::evidence(&format, decision, deciding);
        Ok((format, Some(evidence)))
    }

    fn evidence(
        format: &DateFormat,
        decided_by: DateDecision,
        deciding: Option<&Evidence>,
    ) -> DateEvidence {
        let deciding = deciding.filter(|evidence| evidence.count > 0);
        DateEvidence {
            format: match decided_by {
                DateDecision::Cells => "days of the sheet".to_owned(),
                _ => format.label.clone(),
            },
            decided_by,
            row: deciding.map(|evidence| evidence.row),
            value: deciding.map(|evidence| evidence.value.clone()),
        }
    }

    #[expect(clippy::unused_self, reason = "it tells of this column, and reads as that")]
    fn unclear(&self, place: &str, what: &str, evidence: &Evidence, format: &str) -> Error {
        DATES
            .error(format!("{place} {what}: `{}` in row {}", evidence.value, evidence.row))
            .with_field("date_format")
            .with_hint(format!(
                "say how it is meant with `--date-format {format}`, or for this column alone \
                                in a mapping file"
            ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decided(values: &[&str]) -> Result<(DateFormat, Option<DateEvidence>)> {
        let mut column = DateColumn::default();
        for (row, value) in (2..).zip(values) {
            column.note(row, value);
        }
        column.decide(None, "C", "Hire date")
    }

    fn day(format: &DateFormat, text: &str) -> String {
        match format.read(text) {
            Some(Written::Day(day)) => day.to_string(),
            Some(Written::Never) => "never".to_owned(),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn what_can_be_read_in_one_way_only_needs_no_evidence() {
        let (format, _) = decided(&["2026-03-04", "31.12.2025"]).unwrap();
        for (text, expected) in [
            ("2026-03-04", "2026-03-04"),
            ("2026-03-04T00:00:00Z", "2026-03-04"),
            ("2026-03-04 13:45:10.123", "2026-03-04"),
            ("2025-03-17-08:00", "2025-03-17"),
            ("2026/3/4", "2026-03-04"),
            ("20260304", "2026-03-04"),
            ("04.03.2026", "2026-03-04"),
            ("4.3.2026 00:00", "2026-03-04"),
            ("4 March 2026", "2026-03-04"),
            ("Mar 4, 2026", "2026-03-04"),
            ("4. März 2026", "2026-03-04"),
            ("1er août 2026", "2026-08-01"),
            ("3 de marzo de 2026", "2026-03-03"),
            ("04-MAR-2026", "2026-03-04"),
            ("0000-00-00", "never"),
            ("9999-12-31", "never"),
            ("31.12.9999", "never"),
            ("31.02.2026", "none"),
            ("0206-03-04", "none"),
            ("4 jui 2026", "none"),
            ("yesterday", "none"),
            ("03/04/2026", "none"),
            ("4/3/26", "none"),
            ("45000", "none"),
        ] {
            assert_eq!(day(&format, text), expected, "{text}");
        }
    }

    #[test]
    fn one_row_tells_for_all_and_without_one_nobody_guesses() {
        let (format, evidence) = decided(&["03/04/2026", "25/04/2026", "2026-01-01"]).unwrap();
        assert_eq!(day(&format, "03/04/2026"), "2026-04-03");
        let evidence = evidence.unwrap();
        assert_eq!((&*evidence.format, evidence.row), ("DD/MM/YYYY", Some(3)));
        let (format, _) = decided(&["03-04-2026", "04-25-2026"]).unwrap();
        assert_eq!(day(&format, "03-04-2026"), "2026-03-04");
        let (format, _) = decided(&["03/03/2026"]).unwrap();
        assert_eq!(day(&format, "03/03/2026"), "2026-03-03");
        for (values, part) in [
            (&["03/04/2026", "05/06/2026"][..], "no row tells which: `03/04/2026` in row 2"),
            (&["25/04/2026", "04/25/2026"], "in two ways: `25/04/2026` in row 2"),
            (&["1/2/26"], "two digits"),
            (&["45000", "45001"], "serial numbers"),
        ] {
            let error = decided(values).unwrap_err();
            assert!(error.message().contains(part), "{error}");
            assert!(error.hints().concat().contains("--date-format"), "{error:?}");
        }
        // A single one that is none is an error of its row.
        assert!(decided(&["2026-01-01", "2026-01-02", "1/2/26", "31/02/2026"]).is_ok());
    }

    #[test]
    fn what_somebody_says_holds() {
        for (said, text, expected) in [
            ("DD/MM/YYYY", "03/04/2026", "2026-04-03"),
            ("%m/%d/%Y", "03/04/2026", "2026-03-04"),
            ("MM.DD.YYYY", "03.04.2026", "2026-03-04"),
            ("TT.MM.JJ", "03.04.26", "2026-04-03"),
            ("JJ/MM/AAAA", "03/04/2026", "2026-04-03"),
            ("DD-MMM-YY", "03-Mar-71", "1971-03-03"),
            ("excel", "45000", "2023-03-15"),
            ("excel", "59", "1900-02-28"),
            ("excel-1904", "43538", "2023-03-15"),
            ("unix", "1767225600", "2026-01-01"),
            ("DD/MM/YYYY", "2026-01-02", "2026-01-02"),
            ("DD/MM/YYYY", "04/25/2026", "none"),
        ] {
            assert_eq!(day(&DateFormat::parse(said).unwrap(), text), expected, "{said}: {text}");
        }
        for wrong in ["", "DD", "DD/DD/YYYY", "hello", "DDD/MM/YYYY", "DD/MM/YYY"] {
            assert!(DateFormat::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        /// Whatever a column holds: what it gives is what was meant, or an error; never another day.
        #[test]
        fn evidence_never_guesses(
            days in proptest::collection::vec((2000i16..2030, 1i8..=12, 1i8..=28), 1..8),
            is_dmy in any::<bool>(),
        ) {
            let days: Vec<Date> = days.into_iter().map(|(y, m, d)| Date::constant(y, m, d)).collect();
            let texts: Vec<String> = days
                .iter()
                .map(|day| {
                    let (a, b) = if is_dmy { (day.day(), day.month()) } else { (day.month(), day.day()) };
                    format!("{a:02}/{b:02}/{:04}", day.year())
                })
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            if let Ok((format, _)) = decided(&texts) {
                for (text, meant) in texts.iter().zip(&days) {
                    prop_assert_eq!(format.read(text), Some(Written::Day(Day::new(*meant))));
                }
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}", other in "[0-9./\\- :TZa-z]{0,30}") {
            for text in [text, other] {
                let _ = DateFormat::plain().read(&text);
                let _ = DateFormat::parse(&text);
                let _ = decided(&[&text]);
            }
        }
    }
}
