//! Whom an audience is of: every field, what is left out, wildcards, days, and names that nobody has.

mod both_ways;

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, Day, Engine, ErrorKind, NewPerson, NewUnit, PersonChange, PersonField, PersonFilter,
    PersonSort, UnitChange, UnitKind,
};

use crate::support::engines::on_both_engines;
use crate::support::raw::{Raw, per_engine};

on_both_engines! {
    each_field_finds_its_people,
    several_values_any_several_fields_all_and_left_out_is_left_out,
    stars_and_question_marks_stand_for_text,
    exact_is_without_those_below,
    status_is_active_or_on_leave_unless_asked_for,
    days_may_be_told_from_the_day_asked_about,
    as_of_a_day_and_as_known_then,
    access_roles_lead_to_people,
    names_that_nobody_has_are_errors_with_the_nearest,
    lists_have_an_order_and_a_total,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// First name, and the rest as `key=value`.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

const PEOPLE: &[Row] = &[
    ("Ada", &[("department", "ENG"), ("location", "BER"), ("job_role", "LEAD"), ("country", "DE")]),
    (
        "Bo",
        &[
            ("department", "WEB"),
            ("location", "BER"),
            ("job_role", "DEV"),
            ("country", "DE"),
            ("manager", "ada"),
            ("job_title", "Köchin"),
            ("attribute.cost_centre", "4200"),
            ("hired_on", "2025-03-01"),
        ],
    ),
    (
        "Cy",
        &[
            ("department", "WEB"),
            ("location", "LIS"),
            ("job_role", "DEV"),
            ("country", "PT"),
            ("manager", "bo"),
            ("employment_type", "temporary"),
            ("attribute.cost_centre", "4300"),
            ("attribute.Grade", "É5"),
        ],
    ),
    ("Di", &[("department", "SALES"), ("location", "LIS"), ("employment_type", "permanent")]),
    ("Ed", &[("attribute.cost_centre", "9100"), ("hired_on", "2026-03-01")]),
];

fn field(key: &str) -> PersonField {
    PersonField::ALL.iter().copied().find(|field| field.as_str() == key).unwrap()
}

async fn company(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let department = |code: &str, name: &str| NewUnit::new(UnitKind::Department, code, name);
    let units = vec![
        department("ENG", "Engineering"),
        department("WEB", "Web & Mobile").parent("ENG"),
        department("SALES", "Sales"),
        NewUnit::new(UnitKind::Location, "BER", "Berlin"),
        NewUnit::new(UnitKind::Location, "LIS", "Lisbôa"),
        NewUnit::new(UnitKind::JobRole, "LEAD", "Team Lead"),
        NewUnit::new(UnitKind::JobRole, "DEV", "Developer"),
    ];
    lms.people().add_units(&lms.admin(), units).await.unwrap();
    let people = PEOPLE.iter().map(|(name, values)| {
        let username = name.to_lowercase();
        let start = NewPerson::new(name, "Smith")
            .set(PersonField::Username, &username)
            .set(PersonField::Email, &format!("{username}@example.com"))
            .hired_on(day("2024-01-01"));
        values.iter().fold(start, |person, (key, value)| match *key {
            "hired_on" => person.hired_on(day(value)),
            key => match key.strip_prefix("attribute.") {
                Some(name) => person.attribute(name, value),
                None => person.set(field(key), value),
            },
        })
    });
    lms.people().add(&lms.admin(), people.collect()).await.unwrap();
    lms
}

/// The first names of an audience as it would be typed, joined; both ways must agree on it.
async fn names(lms: &TestLms, line: &str, filter: PersonFilter) -> String {
    let audience = Audience::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let filter = filter.audience(audience);
    let page = lms.people().list(&lms.admin(), filter).await;
    let page = page.unwrap_or_else(|error| panic!("{line}: {error}"));
    let names: Vec<String> = page.items.into_iter().map(|person| person.first_name).collect();
    names.join(" ")
}

async fn assert_each(lms: &TestLms, expected: &[(&str, &str)]) {
    for (line, wanted) in expected {
        assert_eq!(names(lms, line, PersonFilter::new()).await, *wanted, "{line}");
        let audience = Audience::parse(line).unwrap();
        let both = lms.both_ways(&audience, day("2026-03-31"), None).await.unwrap();
        assert_eq!(both.by_statement, both.in_memory, "{line}");
    }
}

async fn each_field_finds_its_people(engine: Engine) {
    let lms = company(engine).await;
    assert_each(
        &lms,
        &[
            ("", "Ada Bo Cy Di Ed"),
            ("--department Engineering", "Ada Bo Cy"),
            ("--department web", "Bo Cy"),
            ("--location Lisboa", "Cy Di"),
            ("--country de", "Ada Bo"),
            ("--job-role 'team lead'", "Ada"),
            ("--job-title KOCHIN", "Bo"),
            ("--employment-type Temporary", "Cy"),
            ("--manager ada@example.com", "Bo"),
            ("--manager ada --all-reports", "Bo Cy"),
            ("--person ADA --person cy@example.com", "Ada Cy"),
            ("--status active", "Ada Bo Cy Di Ed"),
            ("--hired-before 2024-01-02", "Ada Cy Di"),
            ("--hired-after 2024-01-01", "Bo Ed"),
            ("--attribute cost_centre=4200", "Bo"),
            ("--attribute Grade=e5", "Cy"),
        ],
    )
    .await;
}

async fn several_values_any_several_fields_all_and_left_out_is_left_out(engine: Engine) {
    let lms = company(engine).await;
    assert_each(
        &lms,
        &[
            ("--department WEB --department SALES", "Bo Cy Di"),
            ("--department WEB --location BER", "Bo"),
            ("--not-department ENG", "Di Ed"),
            ("--department ENG --not-job-role DEV", "Ada"),
            ("--not-location BER --not-location LIS", "Ed"),
            // Whoever has any of what is left out is not in it, in whichever field it is.
            ("--not-location BER --not-employment-type permanent", "Cy Ed"),
            ("--not-manager ada --all-reports", "Ada Di Ed"),
            ("--not-person ed --not-country PT", "Ada Bo Di"),
            ("--not-attribute cost_centre=4*", "Ada Di Ed"),
            ("--not-job-title kochin --department WEB", "Cy"),
            ("--not-hired-after 2025-01-01", "Ada Cy Di"),
            ("--not-status active", ""),
            ("--hired-after 2024-12-31 --hired-after 2026-01-01", "Bo Ed"),
        ],
    )
    .await;
}

async fn stars_and_question_marks_stand_for_text(engine: Engine) {
    let lms = company(engine).await;
    assert_each(
        &lms,
        &[
            ("--department '*eng*'", "Ada Bo Cy"),
            ("--department 'web *'", "Bo Cy"),
            ("--location '?IS'", "Cy Di"),
            ("--location '*'", "Ada Bo Cy Di"),
            ("--country '?E'", "Ada Bo"),
            ("--job-title 'k*n'", "Bo"),
            ("--employment-type '*a*y'", "Cy"),
            ("--attribute 'cost_centre=4?00'", "Bo Cy"),
            ("--attribute 'Grade=*'", "Cy"),
            ("--person '?o@example.com'", "Bo"),
            ("--manager '*@example.com'", "Bo Cy"),
            ("--status '*'", "Ada Bo Cy Di Ed"),
        ],
    )
    .await;
}

async fn exact_is_without_those_below(engine: Engine) {
    let lms = company(engine).await;
    assert_each(
        &lms,
        &[
            ("--department ENG --exact", "Ada"),
            ("--not-department ENG --exact", "Bo Cy Di Ed"),
            ("--department ENG --not-department WEB --exact", "Ada"),
        ],
    )
    .await;
}

async fn status_is_active_or_on_leave_unless_asked_for(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    people.add_leave(&admin, "bo", day("2026-03-01"), None, None).await.unwrap();
    people.deactivate(&admin, "cy", day("2026-02-28"), None).await.unwrap();
    let late = NewPerson::new("Fay", "Smith").hired_on(day("2026-06-01"));
    people.add(&admin, vec![late]).await.unwrap();
    assert_each(
        &lms,
        &[
            ("", "Ada Bo Di Ed"),
            ("--status on-leave", "Bo"),
            ("--status inactive --status pre_hire", "Cy Fay"),
            ("--status '*'", "Ada Bo Cy Di Ed Fay"),
            ("--status '*active'", "Ada Cy Di Ed"),
            ("--not-status on_leave", "Ada Di Ed"),
        ],
    )
    .await;
}

async fn days_may_be_told_from_the_day_asked_about(engine: Engine) {
    let lms = company(engine).await;
    // Today is 31 March 2026.
    assert_eq!(names(&lms, "--hired-after -90d", PersonFilter::new()).await, "Ed");
    let then = || PersonFilter::new().as_of(day("2025-04-01"));
    assert_eq!(names(&lms, "--hired-after -90d", then()).await, "Bo");
    assert_eq!(names(&lms, "--hired-before -3m", then()).await, "Ada Cy Di");
}

async fn as_of_a_day_and_as_known_then(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    lms.clock().advance(std::time::Duration::from_secs(1));
    let before = lms.now();
    lms.clock().advance(std::time::Duration::from_secs(86_400));
    // Recorded a day later: Web hangs below Sales since 1 March, and Bo's title was another.
    let moved = UnitChange::new().parent(Some("SALES")).from(day("2026-03-01"));
    people.edit_unit(&admin, UnitKind::Department, "WEB", moved).await.unwrap();
    let titled = PersonChange::new().set(PersonField::JobTitle, "Baker").from(day("2025-01-01"));
    people.edit(&admin, "bo", titled).await.unwrap();

    let on = |text: &str| PersonFilter::new().as_of(day(text));
    assert_eq!(names(&lms, "--department ENG", on("2026-02-28")).await, "Ada Bo Cy");
    assert_eq!(names(&lms, "--department ENG", on("2026-03-01")).await, "Ada");
    assert_eq!(names(&lms, "--department SALES", on("2026-03-01")).await, "Bo Cy Di");
    let known = || on("2026-03-31").known_at(before);
    assert_eq!(names(&lms, "--department SALES", known()).await, "Di");
    assert_eq!(names(&lms, "--job-title 'k*'", known()).await, "Bo");
    assert_eq!(names(&lms, "--job-title baker", on("2026-03-31")).await, "Bo");
    let gone = Audience::parse("--job-title Köchin").unwrap();
    let gone = people.list(&admin, on("2026-03-31").audience(gone)).await.unwrap_err();
    assert_eq!(gone.code(), "people.value_unknown", "nobody has it any more, as far as we know");
}

async fn access_roles_lead_to_people(engine: Engine) {
    let lms = company(engine).await;
    let bo = lms.people().card(&lms.admin(), "bo", None).await.unwrap().person.id.to_string();
    let account = lms.access().account(&lms.admin(), "ada").await.unwrap().id.to_string();
    let (bo, account) = (bo.replace('-', ""), account.replace('-', ""));
    let link = per_engine(
        engine,
        &format!("INSERT INTO account_links VALUES (x'{account}', x'{bo}')"),
        &format!("INSERT INTO account_links VALUES ('{account}', '{bo}')"),
    );
    Raw::open(lms.place()).await.run_one(link).await;
    assert_each(
        &lms,
        &[
            ("--access-role super-admin", "Bo"),
            ("--access-role 'super*'", "Bo"),
            ("--access-role hr", ""),
            ("--not-access-role super_admin --department ENG", "Ada Cy"),
        ],
    )
    .await;
    let then = PersonFilter::new().as_of(day("2026-03-30"));
    assert_eq!(names(&lms, "--access-role super_admin", then).await, "", "held since today");
}

async fn names_that_nobody_has_are_errors_with_the_nearest(engine: Engine) {
    let lms = company(engine).await;
    for (line, code, hint) in [
        ("--department Enginering", "people.unit_unknown", "did you mean `Engineering`?"),
        ("--not-location Berlni", "people.unit_unknown", "did you mean `Berlin`?"),
        ("--job-role DEVS", "people.unit_unknown", "did you mean `DEV`"),
        ("--department 'X*'", "people.unit_unknown", "`lmsctl department list` shows all"),
        ("--person adda@example.com", "people.person_unknown", "did you mean `ada@example.com`"),
        ("--manager 'Bo Smith'", "people.person_unknown", "did you mean `bo@example.com`?"),
        ("--person '*@nowhere'", "people.person_unknown", "`*` stands for any text"),
        ("--job-title Köchen", "people.value_unknown", "did you mean `kochin`?"),
        ("--job-title 'z*'", "people.value_unknown", "in use: kochin"),
        ("--employment-type temp", "people.value_unknown", "did you mean `temporary`?"),
        ("--attribute cost_center=1", "people.value_unknown", "did you mean `cost_centre`?"),
        ("--attribute cost_centre=420", "people.value_unknown", "did you mean `4200`"),
        ("--access-role super_admni", "access.role_unknown", "did you mean `super_admin`"),
        ("--group NOBODY", "people.group_unknown", "`lmsctl group list` shows all"),
        ("--country 'Q?Q'", "people.value_unknown", "a country is its two-letter"),
    ] {
        let audience = Audience::parse(line).unwrap();
        let filter = PersonFilter::new().audience(audience);
        let error = lms.people().list(&lms.admin(), filter).await.expect_err(line);
        assert_eq!(error.code(), code, "{line}");
        assert!(error.field().is_some(), "{line}");
        assert!(error.hints()[0].starts_with(hint), "{line}: {:?}", error.hints());
    }
    for line in
        ["--status gone", "--country UK", "--hired-after tomorrow", "--departmnt ENG", "--exact"]
    {
        assert_eq!(Audience::parse(line).unwrap_err().kind(), ErrorKind::Invalid, "{line}");
    }
}

async fn lists_have_an_order_and_a_total(engine: Engine) {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    for (name, number) in [("cy", "00007"), ("ada", "00012"), ("di", "9")] {
        let change = PersonChange::new().set(PersonField::EmployeeNumber, number);
        people.edit(&admin, name, change).await.unwrap();
    }
    for (sort, wanted) in [
        (PersonSort::Name, "Ada Bo Cy Di Ed"),
        (PersonSort::NameDown, "Ed Di Cy Bo Ada"),
        (PersonSort::HiredOn, "Ada Cy Di Bo Ed"),
        (PersonSort::HiredOnDown, "Ed Bo Di Cy Ada"),
        (PersonSort::EmployeeNumber, "Cy Ada Di Bo Ed"),
        (PersonSort::EmployeeNumberDown, "Di Ada Cy Bo Ed"),
    ] {
        for limit in [1, 2, 3, 5] {
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let filter = PersonFilter::new().sort(sort).page(limit, cursor.as_deref());
                let page = people.list(&admin, filter).await.unwrap();
                seen.extend(page.items.into_iter().map(|person| person.first_name));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.join(" "), wanted, "{sort:?} by {limit}");
        }
        assert_eq!(PersonSort::parse(sort.as_str()).unwrap(), sort);
    }
    assert_eq!(people.count(&admin, PersonFilter::new().limit(1)).await.unwrap(), 5);
    assert_eq!(
        people.count(&admin, PersonFilter::new().search("sm").department("WEB")).await.unwrap(),
        2
    );
    let first = people.list(&admin, PersonFilter::new().limit(1)).await.unwrap().next.unwrap();
    let other = PersonFilter::new().sort(PersonSort::HiredOn).cursor(&first);
    assert_eq!(people.list(&admin, other).await.unwrap_err().code(), "input.cursor");
    assert!(PersonSort::parse("hired").unwrap_err().hints()[0].contains("hired_on"));
}

#[test]
fn flags_json_toml_and_pairs_say_the_same() {
    let line = "--department Engineering --department Sales --location Berlin --not-job-role Intern \
                --attribute 'cost_centre=42*' --hired-after 2025-01-01 --exact";
    let json = r#"{"department": ["Sales", "Engineering"], "location": ["Berlin"], "exact": true,
                   "not": {"job_role": "Intern"}, "attribute": {"cost_centre": "42*"},
                   "hired_after": "2025-01-01"}"#;
    let toml = "department = [\"Engineering\", \"Sales\"]\nlocation = \"Berlin\"\nexact = true\n\
                hired_after = 2025-01-01\nnot.job_role = \"Intern\"\n[attribute]\ncost_centre = \"42*\"\n";
    let pairs = [
        ("department", "Engineering"),
        ("department", "Sales"),
        ("location", "Berlin"),
        ("not_job_role", "Intern"),
        ("attribute.cost_centre", "42*"),
        ("hired_after", "2025-01-01"),
        ("exact", "true"),
    ];
    let wanted = Audience::from_pairs(pairs).unwrap();
    assert_eq!(Audience::parse(line).unwrap(), wanted);
    assert_eq!(Audience::from_json(json).unwrap(), wanted);
    assert_eq!(serde_json::from_str::<Audience>(json).unwrap(), wanted);
    assert_eq!(toml::from_str::<Audience>(toml).unwrap(), wanted);

    let written = toml::to_string(&wanted).unwrap();
    assert_eq!(toml::from_str::<Audience>(&written).unwrap(), wanted, "{written}");
    assert_eq!(Audience::parse(&wanted.to_flags()).unwrap(), wanted);
    assert_eq!(Audience::from_pairs(wanted.to_pairs()).unwrap(), wanted);
}
