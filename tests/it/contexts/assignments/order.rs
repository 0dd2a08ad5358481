//! Lists of assignments go by what they are asked to go by, page by page, and back.

use lms_core::testkit::TestLms;
use lms_core::{AssignmentFilter, AssignmentSort, Audience, Engine, NewAssignments};

use super::{company, due, noon, person, training};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_list_goes_by_what_it_is_asked_to_go_by,
    a_cursor_belongs_to_its_order,
}

/// Two trainings: B is due earlier than A, and nobody has to do C by a day.
async fn furnished(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    for (code, on, due_on, who) in [
        ("A", "2026-04-02", Some("2026-05-01"), Audience::everybody()),
        ("B", "2026-04-03", Some("2026-04-20"), person("cy")),
        ("C", "2026-04-04", None, person("ada")),
    ] {
        noon(&lms, on);
        training(&lms, code, &[]).await;
        let new = NewAssignments::to(who).training(code);
        let new = due_on.into_iter().fold(new, |new, day| new.due(due(day, on)));
        let plan = lms.assignments().plan_assign(&lms.admin(), new).await.unwrap();
        lms.assignments().assign(&lms.admin(), plan).await.unwrap();
    }
    lms
}

/// All pages of two, as `A Ada`.
async fn listed(lms: &TestLms, sort: &str) -> Vec<String> {
    let filter = AssignmentFilter::new().sort(AssignmentSort::parse(sort).unwrap());
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let filter = filter.clone().page(2, cursor.as_deref());
        let page = lms.assignments().list(&lms.admin(), filter).await.unwrap();
        assert!(page.items.len() <= 2);
        all.extend(page.items.iter().map(|one| {
            let first = one.person.split(' ').next().unwrap();
            format!("{} {first}", one.training)
        }));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return all,
        }
    }
}

async fn a_list_goes_by_what_it_is_asked_to_go_by(engine: Engine) {
    let lms = furnished(engine).await;
    // Of equals the one that was made first stands first.
    let by_due = ["B Cy", "A Ada", "A Bo", "A Cy", "A Di", "C Ada"];
    assert_eq!(listed(&lms, "due_on").await, by_due);
    assert_eq!(listed(&lms, "assigned-on").await[4..], ["B Cy", "C Ada"]);
    assert_eq!(listed(&lms, "person").await, ["A Ada", "C Ada", "A Bo", "A Cy", "B Cy", "A Di"]);
    assert_eq!(listed(&lms, " Training ").await[4..], ["B Cy", "C Ada"]);
    for sort in AssignmentSort::ALL.iter().filter(|sort| sort.as_str().starts_with('-')) {
        let mut backwards = listed(&lms, sort.as_str()).await;
        backwards.reverse();
        assert_eq!(backwards, listed(&lms, &sort.as_str()[1..]).await, "{}", sort.as_str());
    }
    let error = AssignmentSort::parse("-duo-on").unwrap_err();
    assert_eq!(error.message(), "assignments cannot be sorted by `-duo-on`");
    assert_eq!(error.hints()[0], "did you mean `-due_on` or `due_on`?");
}

async fn a_cursor_belongs_to_its_order(engine: Engine) {
    let lms = furnished(engine).await;
    let first = AssignmentFilter::new().sort(AssignmentSort::Person).limit(1);
    let page = lms.assignments().list(&lms.admin(), first).await.unwrap();
    let next = AssignmentFilter::new().cursor(&page.next.unwrap());
    let error = lms.assignments().list(&lms.admin(), next).await.unwrap_err();
    assert_eq!((error.code(), error.field()), ("input.cursor", Some("cursor")));
}
