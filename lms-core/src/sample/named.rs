//! The first people of every company, each with a story that documents and examples rely on.

use crate::kernel::text::Day;
use crate::people::{
    Audience, AudienceField, NewGroup, NewPerson, PersonAct, PersonChange, PersonField,
};

/// Code, name, department above.
pub(super) const DEPARTMENTS: [(&str, &str, Option<&str>); 5] = [
    ("ENG", "Engineering", None),
    ("ENG-WEB", "Web", Some("ENG")),
    ("ENG-PLAT", "Platform", Some("ENG")),
    ("SALES", "Sales", None),
    ("HR", "People and Culture", None),
];

/// Somebody whom documents call by name.
#[derive(Debug)]
pub(super) struct NamedPerson {
    pub(super) number: &'static str,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) department: &'static str,
    pub(super) location: &'static str,
    pub(super) job_role: &'static str,
    pub(super) manager: Option<&'static str>,
    pub(super) hired_on: Day,
    /// Whether they lead their department.
    pub(super) leads: bool,
}

const fn day(year: i16, month: i8, day: i8) -> Day {
    Day::new(jiff::civil::date(year, month, day))
}

macro_rules! people {
    ($(($number:literal, $first:literal, $last:literal, $mailbox:literal, $department:literal,
        $location:literal, $job_role:literal, $manager:expr, $hired_on:expr, $leads:literal),)+) => {
        &[$(NamedPerson {
            number: $number, first: $first, last: $last, mailbox: $mailbox,
            department: $department, location: $location, job_role: $job_role,
            manager: $manager, hired_on: $hired_on, leads: $leads,
        },)+]
    };
}

#[rustfmt::skip]
pub(super) const PEOPLE: &[NamedPerson] = people![
    ("00101", "Ada", "Lovelace", "ada", "ENG", "BER", "LEAD", None, day(2019, 4, 1), true),
    ("00102", "Jürgen", "Müller", "jurgen", "ENG-WEB", "BER", "LEAD", Some("00101"), day(2019, 9, 16), true),
    ("00103", "Nguyễn", "Thị Mai", "nguyen", "ENG-WEB", "LIS", "DEV", Some("00102"), day(2020, 2, 3), false),
    ("00104", "Zoë", "Łukasik", "zoe", "ENG-WEB", "BER", "DEV", Some("00102"), day(2021, 5, 10), false),
    ("00105", "Chidi", "Okafor", "chidi", "ENG-PLAT", "LIS", "LEAD", Some("00101"), day(2020, 11, 2), true),
    ("00106", "Søren", "Bjørn", "soren", "ENG-PLAT", "BER", "DEV", Some("00105"), day(2022, 1, 17), false),
    ("00107", "Priya", "Raghavan", "priya", "ENG-PLAT", "LIS", "DEV", Some("00105"), day(2023, 8, 1), false),
    ("00108", "Mateo", "Núñez", "mateo", "SALES", "LIS", "LEAD", None, day(2019, 6, 3), true),
    ("00109", "Aisha", "Al-Farsi", "aisha", "SALES", "LIS", "SELLER", Some("00108"), day(2022, 3, 14), false),
    ("00110", "Katarzyna", "Wójcik", "katarzyna", "SALES", "BER", "SELLER", Some("00108"), day(2024, 10, 1), false),
    ("00111", "Hanna", "Vogel", "hanna", "HR", "BER", "PARTNER", None, day(2019, 4, 1), true),
    ("00112", "Inês", "Duarte", "ines", "HR", "LIS", "PARTNER", Some("00111"), day(2025, 2, 3), false),
];

/// What became of them, one thing after the other.
pub(super) fn stories() -> Vec<(&'static str, PersonAct)> {
    let moved = PersonChange::new()
        .set(PersonField::Department, "ENG-PLAT")
        .set(PersonField::Manager, "00105")
        .from(day(2025, 1, 1));
    let parental = Some("parental leave");
    let end = |number, day, reason| (number, PersonAct::deactivate(number, day, Some(reason)));
    // On record twice: she was recorded by hand before the payroll knew her.
    let twice = NewPerson::new("Inez", "Duarte")
        .set(PersonField::EmployeeNumber, "112")
        .set(PersonField::Email, "ines.duarte@demo.example")
        .set(PersonField::Department, "HR")
        .set(PersonField::Location, "LIS")
        .set(PersonField::JobRole, "PARTNER")
        .set(PersonField::Manager, "00111")
        .hired_on(day(2025, 2, 3));
    vec![
        ("00112", PersonAct::hire(twice)),
        ("00104", PersonAct::change("00104", moved)),
        ("00107", PersonAct::add_leave("00107", day(2026, 9, 1), None, parental)),
        end("00110", day(2025, 6, 30), "resigned"),
        end("00109", day(2024, 3, 31), "end of contract"),
        ("00109", PersonAct::reactivate("00109", day(2025, 9, 1))),
    ]
}

/// Groups of named people.
pub(super) fn groups() -> Vec<NewGroup> {
    let in_berlin = Audience::everybody()
        .with(AudienceField::Department, "ENG")
        .with(AudienceField::Location, "BER");
    vec![
        NewGroup::fixed("WORKS-COUNCIL", "Works council")
            .members(["00103", "00106", "00111"])
            .from(day(2024, 1, 1)),
        NewGroup::saved("GERMAN-ENGINEERS", "Engineers in Germany", in_berlin),
    ]
}
