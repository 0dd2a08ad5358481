//! The people of the demo company: few, but with what real ones have, such as names of many
//! cultures, a manager each, a move, a leave, one who left and one who came back.

use lms_core::{
    Actor, Day, Lms, NewPerson, NewUnit, PersonChange, PersonField, Result, UnitChange, UnitKind,
};

/// Code, name, department above.
const DEPARTMENTS: &[(&str, &str, Option<&str>)] = &[
    ("ENG", "Engineering", None),
    ("ENG-WEB", "Web", Some("ENG")),
    ("ENG-PLAT", "Platform", Some("ENG")),
    ("SALES", "Sales", None),
    ("HR", "People and Culture", None),
];
const LOCATIONS: &[(&str, &str)] = &[("BER", "Berlin"), ("LIS", "Lisbon")];
const JOB_ROLES: &[(&str, &str)] = &[
    ("LEAD", "Team Lead"),
    ("DEV", "Developer"),
    ("SELLER", "Account Manager"),
    ("PARTNER", "People Partner"),
];

/// Employee number, first and last name, mailbox, department, location, job role, manager, first day.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

const PEOPLE: &[Row] = &[
    ("00101", "Ada", "Lovelace", "ada", "ENG", "BER", "LEAD", None, "2019-04-01"),
    ("00102", "Jürgen", "Müller", "jurgen", "ENG-WEB", "BER", "LEAD", Some("00101"), "2019-09-16"),
    ("00103", "Nguyễn", "Thị Mai", "nguyen", "ENG-WEB", "LIS", "DEV", Some("00102"), "2020-02-03"),
    ("00104", "Zoë", "Łukasik", "zoe", "ENG-WEB", "BER", "DEV", Some("00102"), "2021-05-10"),
    ("00105", "Chidi", "Okafor", "chidi", "ENG-PLAT", "LIS", "LEAD", Some("00101"), "2020-11-02"),
    ("00106", "Søren", "Bjørn", "soren", "ENG-PLAT", "BER", "DEV", Some("00105"), "2022-01-17"),
    ("00107", "Priya", "Raghavan", "priya", "ENG-PLAT", "LIS", "DEV", Some("00105"), "2023-08-01"),
    ("00108", "Mateo", "Núñez", "mateo", "SALES", "LIS", "LEAD", None, "2019-06-03"),
    ("00109", "Aisha", "Al-Farsi", "aisha", "SALES", "LIS", "SELLER", Some("00108"), "2022-03-14"),
    (
        "00110",
        "Katarzyna",
        "Wójcik",
        "katarzyna",
        "SALES",
        "BER",
        "SELLER",
        Some("00108"),
        "2024-10-01",
    ),
    ("00111", "Hanna", "Vogel", "hanna", "HR", "BER", "PARTNER", None, "2019-04-01"),
    ("00112", "Inês", "Duarte", "ines", "HR", "LIS", "PARTNER", Some("00111"), "2025-02-03"),
    // Somebody typed her in a second time.
    ("112", "Inez", "Duarte", "ines.duarte", "HR", "LIS", "PARTNER", Some("00111"), "2025-02-03"),
];

/// Records the company, all in a few acts.
pub(super) async fn found(lms: &Lms, actor: &Actor) -> Result<()> {
    let departments = DEPARTMENTS.iter().map(|(code, name, parent)| {
        let new = NewUnit::new(UnitKind::Department, code, name);
        parent.map_or(new.clone(), |parent| new.parent(parent))
    });
    let listed = |kind: UnitKind, units: &'static [(&str, &str)]| {
        units.iter().map(move |(code, name)| NewUnit::new(kind, code, name))
    };
    let units = departments
        .chain(listed(UnitKind::Location, LOCATIONS))
        .chain(listed(UnitKind::JobRole, JOB_ROLES))
        .collect();
    let people = lms.people();
    people.add_units(actor, units).await?;
    people.add(actor, PEOPLE.iter().map(person).collect::<Result<_>>()?).await?;
    people
        .edit_unit(actor, UnitKind::Department, "ENG", UnitChange::new().head(Some("00101")))
        .await?;

    let moved = PersonChange::new()
        .set(PersonField::Department, "ENG-PLAT")
        .set(PersonField::Manager, "00105")
        .from(Day::parse("2025-01-01")?);
    people.edit(actor, "00104", moved).await?;
    people
        .add_leave(actor, "00107", Day::parse("2026-09-01")?, None, Some("parental leave"))
        .await?;
    people.deactivate(actor, "00110", Day::parse("2025-06-30")?, Some("resigned")).await?;
    people.deactivate(actor, "00109", Day::parse("2024-03-31")?, Some("end of contract")).await?;
    people.reactivate(actor, "00109", Day::parse("2025-09-01")?).await?;
    Ok(())
}

fn person(row: &Row) -> Result<NewPerson> {
    let (number, first, last, mailbox, department, location, job_role, manager, hired_on) = *row;
    let person = NewPerson::new(first, last)
        .set(PersonField::EmployeeNumber, number)
        .set(PersonField::Email, &format!("{mailbox}@demo.example"))
        .set(PersonField::Department, department)
        .set(PersonField::Location, location)
        .set(PersonField::JobRole, job_role)
        .hired_on(Day::parse(hired_on)?);
    Ok(match manager {
        Some(manager) => person.set(PersonField::Manager, manager),
        None => person,
    })
}
