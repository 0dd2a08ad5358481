//! Figures: compliance as the law has it, with what was left out, by whatever it is told apart.

pub(crate) mod company;

use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Audience, AudienceField, Clock, ComplianceFigures, ComplianceQuery, ComplianceRow, Day,
    Engine, ErrorKind, GroupBy, MinPercent, NewAccount, NewToken, PersonChange, PersonField,
    Timestamp,
};

use crate::support::engines::on_both_engines;
use crate::support::looks::token;
use company::{assign, company, done, exempt, noon};

on_both_engines! {
    every_obligation_counts_as_the_law_says,
    departments_are_told_with_and_without_those_below,
    a_completion_counts_once_for_all_cycles,
    a_day_that_is_past_is_told_as_it_was,
    managers_see_those_who_report_to_them,
    a_gate_is_held_by_exact_counts,
    names_that_nobody_knows_are_refused,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

async fn told(lms: &TestLms, query: ComplianceQuery) -> (ComplianceFigures, Vec<ComplianceRow>) {
    let report = lms.analytics().compliance(&lms.admin(), query).await.unwrap();
    (report.total, report.rows)
}

/// `met 2 of 3 (66.6), open 1, grace 0, exempt 1, leave 1, cancelled 0; people 1 of 2, 3 without`
fn shown(figures: &ComplianceFigures) -> String {
    let share = figures.met_percent.map_or_else(|| "-".to_owned(), |share| share.to_string());
    format!(
        "met {} of {} ({share}), open {}, grace {}, exempt {}, leave {}, cancelled {}; people {} of {}, {} \
         without",
        figures.met,
        figures.measured,
        figures.open,
        figures.in_grace,
        figures.exempt,
        figures.on_leave,
        figures.cancelled,
        figures.compliant_people,
        figures.measured_people,
        figures.people_without_obligations,
    )
}

fn rows(rows: &[ComplianceRow]) -> Vec<String> {
    let row = |row: &ComplianceRow| {
        let own = row.own.as_ref().map(|own| format!(" | {}", shown(own))).unwrap_or_default();
        let name = row.code.as_deref().unwrap_or(&row.name);
        format!("{}{name}: {}{own}", "  ".repeat(row.depth), shown(&row.figures))
    };
    rows.iter().map(row).collect()
}

/// On 31 March: Ada has done what she must. Bo is overdue. Cy is late, within the grace. Di has time. Ed is
/// exempt, Flo is away, Gus was asked and is no longer. Hal has done it in time, and it has run out. Ina has
/// only what is recommended. Jo has nothing.
pub(crate) async fn assigned(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    noon(&lms, "2027-02-01");
    for (name, due, grace) in [
        ("ada", "2027-03-01", 5),
        ("bo", "2027-03-01", 5),
        ("cy", "2027-03-28", 5),
        ("di", "2027-04-15", 5),
        ("ed", "2027-03-01", 5),
        ("flo", "2027-03-15", 5),
        ("gus", "2027-03-01", 5),
        ("hal", "2027-03-01", 5),
    ] {
        assign(&lms, name, "GDPR", Kind::Mandatory, due, grace).await;
    }
    assign(&lms, "ina", "GDPR", Kind::Recommended, "2027-03-01", 0).await;
    exempt(&lms, "ed", "GDPR").await;
    lms.people()
        .add_leave(&lms.admin(), "flo@example.com", day("2027-03-01"), None, None)
        .await
        .unwrap();
    let back = lms_core::Unassigning::of(["GDPR"], company::person("gus"));
    let back = lms.assignments().plan_unassign(&lms.admin(), back).await.unwrap();
    lms.assignments().unassign(&lms.admin(), back).await.unwrap();
    noon(&lms, "2027-02-20");
    done(&lms, "ada", "GDPR", "2027-02-20", None).await;
    done(&lms, "hal", "GDPR", "2027-02-20", Some("2027-03-20")).await;
    noon(&lms, "2027-03-31");
    lms
}

async fn every_obligation_counts_as_the_law_says(engine: Engine) {
    let lms = assigned(engine).await;
    let (total, none) = told(&lms, ComplianceQuery::new()).await;
    // Met: Ada. Missed: Bo, who is overdue, and Hal, whose completion expired. People who have obligations:
    // Ada, Bo, Cy, Di, Hal; those who have missed one: Bo and Hal.
    let expected = "met 1 of 3 (33.3), open 1, grace 1, exempt 1, leave 1, cancelled 1; people 3 of 5, \
                    5 without";
    assert_eq!(shown(&total), expected);
    assert_eq!((total.missed, total.overdue, total.expired), (2, 1, 1));
    assert_eq!((total.people, total.not_compliant_people), (10, 2));
    assert_eq!(total.compliant_people_percent.map(|share| share.to_string()).unwrap(), "60.0");
    assert!(none.is_empty());
    let one = Audience::everybody().with(AudienceField::Person, "bo@example.com");
    let (bo, _) = told(&lms, ComplianceQuery::new().audience(one)).await;
    assert!(shown(&bo).starts_with("met 0 of 1 (0.0)"), "{bo:?}");
    let one = Audience::everybody().with(AudienceField::Person, "di@example.com");
    let (di, _) = told(&lms, ComplianceQuery::new().audience(one)).await;
    assert!(shown(&di).starts_with("met 0 of 0 (-), open 1"), "nothing to measure: {di:?}");
    let (_, by_training) = told(&lms, ComplianceQuery::new().by(GroupBy::Training)).await;
    assert_eq!(rows(&by_training), [format!("GDPR: {expected}")]);
    let other = ComplianceQuery::new().by(GroupBy::Training).training("SAFETY");
    assert_eq!(told(&lms, other).await.1, []);
}

async fn departments_are_told_with_and_without_those_below(engine: Engine) {
    let lms = assigned(engine).await;
    let (_, by_department) = told(&lms, ComplianceQuery::new().by(GroupBy::Department)).await;
    assert_eq!(
        rows(&by_department),
        [
            "ENG: met 1 of 2 (50.0), open 1, grace 1, exempt 0, leave 0, cancelled 0; people 3 of 4, 0 \
             without | met 1 of 2 (50.0), open 0, grace 0, exempt 0, leave 0, cancelled 0; people 1 of 2, \
             0 without",
            "  WEB: met 0 of 0 (-), open 1, grace 1, exempt 0, leave 0, cancelled 0; people 2 of 2, 0 \
             without",
            "SALES: met 0 of 1 (0.0), open 0, grace 0, exempt 1, leave 1, cancelled 1; people 0 of 1, 4 \
             without",
            "without a department: met 0 of 0 (-), open 0, grace 0, exempt 0, leave 0, cancelled 0; people \
             0 of 0, 1 without",
        ]
    );
    for by in GroupBy::ALL {
        let (total, all) = told(&lms, ComplianceQuery::new().by(by)).await;
        let top = all.iter().filter(|row| row.depth == 0);
        let met: i64 = top.clone().map(|row| row.figures.met).sum();
        let measured: i64 = top.map(|row| row.figures.measured).sum();
        assert_eq!((met, measured), (total.met, total.measured), "by {}", by.as_str());
    }
    let (_, by_manager) = told(&lms, ComplianceQuery::new().by(GroupBy::Manager)).await;
    let names: Vec<&str> = by_manager.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Ada Example", "without a manager"]);
    assert!(shown(&by_manager[0].figures).starts_with("met 0 of 1 (0.0), open 1, grace 1"));
}

async fn a_completion_counts_once_for_all_cycles(engine: Engine) {
    let lms = company(engine).await;
    noon(&lms, "2027-01-10");
    assign(&lms, "ada", "GDPR", Kind::Mandatory, "2027-02-01", 0).await;
    done(&lms, "ada", "GDPR", "2027-01-10", Some("2027-06-30")).await;
    noon(&lms, "2027-05-01");
    // Again, while the first still covers.
    let again = lms_core::NewAssignments::to(company::person("ada"))
        .training("GDPR")
        .due(lms_core::DueRule::parse("2027-05-20", day("2027-05-01")).unwrap())
        .again(true);
    let plan = lms.assignments().plan_assign(&lms.admin(), again).await.unwrap();
    lms.assignments().assign(&lms.admin(), plan).await.unwrap();
    for (on, expected) in [
        ("2027-05-02", "met 1 of 1 (100.0)"),
        ("2027-06-30", "met 1 of 1 (100.0)"),
        ("2027-07-01", "met 0 of 1 (0.0)"),
    ] {
        noon(&lms, on);
        let (total, _) = told(&lms, ComplianceQuery::new()).await;
        assert!(shown(&total).starts_with(expected), "{on}: {total:?}");
    }
}

async fn a_day_that_is_past_is_told_as_it_was(engine: Engine) {
    let lms = assigned(engine).await;
    let known = |on: &str, at: Option<&str>| {
        let at = at.map(|at| Timestamp::parse(at).unwrap());
        ComplianceQuery::new().as_of(Some(day(on))).known_at(at)
    };
    let start = async |query: ComplianceQuery| {
        let shown = shown(&told(&lms, query).await.0);
        shown.split("; ").next().unwrap().to_owned()
    };
    // Nobody had done anything, Flo was there, and Gus was asked no longer.
    assert_eq!(
        start(known("2027-02-10", None)).await,
        "met 0 of 0 (-), open 6, grace 0, exempt 1, leave 0, cancelled 1"
    );
    // What Hal did still covered, Cy was in time, and Bo had been late since 2 March.
    assert_eq!(
        start(known("2027-03-06", None)).await,
        "met 2 of 2 (100.0), open 2, grace 1, exempt 1, leave 1, cancelled 1"
    );
    let before = start(known("2027-03-06", Some("2027-03-31T13:00:00Z"))).await;
    // Bo's completion comes to light late: as of then it was so, and was not known.
    noon(&lms, "2027-04-02");
    done(&lms, "bo", "GDPR", "2027-02-25", None).await;
    assert_eq!(
        start(known("2027-03-06", None)).await,
        "met 3 of 3 (100.0), open 2, grace 0, exempt 1, leave 1, cancelled 1"
    );
    assert_eq!(start(known("2027-03-06", Some("2027-03-31T13:00:00Z"))).await, before);
    // The department is that of the day.
    let moved = PersonChange::new().set(PersonField::Department, "SALES").from(day("2027-04-01"));
    lms.people().edit(&lms.admin(), "bo@example.com", moved).await.unwrap();
    let of = async |on: &str| {
        let (_, all) = told(&lms, known(on, None).by(GroupBy::Department)).await;
        all.iter().filter(|row| row.depth == 0).map(|row| row.figures.met).collect::<Vec<_>>()
    };
    assert_eq!(of("2027-03-31").await, [2, 0, 0]);
    assert_eq!(of("2027-04-02").await, [1, 1, 0]);
    // An instant alone is about its day.
    let instant =
        ComplianceQuery::new().known_at(Some(Timestamp::parse("2027-03-06T18:00:00Z").unwrap()));
    let report = lms.analytics().compliance(&lms.admin(), instant).await.unwrap();
    assert_eq!(report.as_of, day("2027-03-06"));
    assert!(report.known_at.is_some());
    let later = lms.clock().now().plus(std::time::Duration::from_secs(3_600));
    let to_come = ComplianceQuery::new().known_at(Some(later));
    let report = lms.analytics().compliance(&lms.admin(), to_come).await.unwrap();
    assert_eq!((report.as_of, report.known_at), (day("2027-04-02"), None));
}

/// Somebody of the company, signed in with a role.
pub(crate) async fn account(lms: &TestLms, name: &str, role: &str) -> Actor {
    let person = format!("{name}@example.com");
    let username = format!("{name}-as-{role}");
    let new = NewAccount::new(&username).role(role);
    lms.people().add_account_for(&lms.admin(), &person, new).await.unwrap();
    let secret = token(lms, NewToken::new(&username, "test")).await;
    lms.access().authenticate(&secret).await.unwrap()
}

async fn managers_see_those_who_report_to_them(engine: Engine) {
    let lms = assigned(engine).await;
    let ada = account(&lms, "ada", "manager").await;
    let report = lms.analytics().compliance(&ada, ComplianceQuery::new()).await.unwrap();
    // Herself, and Bo, Cy and Di, who report to her.
    assert_eq!((report.total.people, report.total.met, report.total.missed), (4, 1, 1));
    let jo = account(&lms, "jo", "employee").await;
    let report = lms.analytics().compliance(&jo, ComplianceQuery::new()).await.unwrap();
    assert_eq!((report.total.people, report.total.measured), (1, 0));
    let hidden = Audience::everybody().with(AudienceField::Person, "bo@example.com");
    let hidden = lms.analytics().compliance(&jo, ComplianceQuery::new().audience(hidden)).await;
    assert_eq!(hidden.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn a_gate_is_held_by_exact_counts(engine: Engine) {
    let lms = assigned(engine).await;
    let gate = async |min: &str, by: Option<GroupBy>| {
        let query = ComplianceQuery::new().by(by);
        let min = MinPercent::parse(min).unwrap();
        lms.analytics().gate(&lms.admin(), query, min).await.unwrap()
    };
    // A third is 33.33…, which is not 33.34.
    assert!(gate("33.33", None).await.holds);
    assert!(!gate("33.34", None).await.holds);
    let by_department = gate("33", Some(GroupBy::Department)).await;
    assert!(!by_department.holds);
    let below: Vec<_> = by_department.below.iter().filter_map(|row| row.code.as_deref()).collect();
    assert_eq!(below, ["SALES"], "where there is nothing to measure nothing is missing");
    let total =
        lms.analytics().compliance(&lms.admin(), ComplianceQuery::new()).await.unwrap().total;
    assert_eq!(by_department.compliance.total, total);
}

async fn names_that_nobody_knows_are_refused(engine: Engine) {
    let lms = company(engine).await;
    let ask = async |query: ComplianceQuery| {
        lms.analytics().compliance(&lms.admin(), query).await.unwrap_err()
    };
    assert_eq!(ask(ComplianceQuery::new().training("GDRP")).await.kind(), ErrorKind::NotFound);
    let nowhere = Audience::everybody().with(AudienceField::Department, "SALLES");
    let error = ask(ComplianceQuery::new().audience(nowhere)).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::NotFound, Some("department")));
    let error = GroupBy::parse("departement").unwrap_err();
    assert_eq!(error.hints()[0], "did you mean `department`?");
}
