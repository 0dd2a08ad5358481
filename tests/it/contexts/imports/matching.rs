//! Who a row is about, whom people report to, and what is left to somebody to look at.

use lms_core::{Engine, NewPerson, PersonField, RowEffect};

use super::{codes, company, counts, csv, from_hr, import, person, plan, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    key_number_address_and_user_name_are_tried_in_this_order,
    case_and_space_never_make_somebody_new,
    neither_does_the_case_of_a_number_or_key,
    an_address_may_change_and_two_may_swap_theirs,
    an_address_alone_links_only_with_the_name_or_the_day_of_hiring,
    what_is_not_sure_is_a_conflict_and_is_not_applied,
    a_manager_who_is_not_known_yet_is_pending_and_comes_later,
    whoever_would_report_to_themselves_keeps_their_manager,
    nobody_is_known_by_a_name_alone,
}

async fn key_number_address_and_user_name_are_tried_in_this_order(engine: Engine) {
    let lms = company(engine).await;
    let new = vec![
        NewPerson::new("Ada", "Lovelace").set(PersonField::EmployeeNumber, "1"),
        NewPerson::new("Bo", "Baker").set(PersonField::Email, "bo@x.org"),
        NewPerson::new("Cy", "Cole").set(PersonField::Username, "cy"),
    ];
    lms.people().add(&lms.admin(), new).await.unwrap();
    let file = "source_key,employee_number,email,username,first_name,last_name\n\
                A,1,,,Ada,Lovelace\nB,,bo@x.org,,Bo,Baker\nC,,,cy,Cy,Cole\n";
    let first = import(&lms, from_hr(), file).await;
    assert_eq!(counts(&first.plan), [("link", 3)]);
    // From now on the key says who it is, whatever else changed.
    let file = "source_key,employee_number,email,username,first_name,last_name\n\
                A,7,new@x.org,,Ada,King\nB,,bo@x.org,,Bo,Baker\nC,,,cy,Cy,Cole\n";
    let then = import(&lms, from_hr(), file).await;
    assert_eq!(counts(&then.plan), [("update", 1), ("unchanged", 2)]);
    assert_eq!(person(&lms, "hr:A").await.employee_number.as_deref(), Some("7"));
    assert_eq!(lms.people().count(&lms.admin(), lms_core::PersonFilter::new()).await.unwrap(), 3);
}

async fn case_and_space_never_make_somebody_new(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), "email,first_name,last_name\nada@x.org,Ada,Lovelace\n").await;
    let again = "email,first_name,last_name\n  ADA@X.ORG , Ada ,LOVELACE\n";
    let done = import(&lms, from_hr(), again).await;
    assert_eq!(done.plan.counts.create, 0);
    assert_eq!(lms.people().count(&lms.admin(), lms_core::PersonFilter::new()).await.unwrap(), 1);
}

async fn neither_does_the_case_of_a_number_or_key(engine: Engine) {
    let lms = company(engine).await;
    let file = |lines: &str| {
        format!("source_key,employee_number,first_name,last_name,manager_number\n{lines}\n")
    };
    import(&lms, from_hr(), &file("ABC-1,W1,Ada,Lovelace,\n,W2,Bo,Baker,\n,Ä3,Cy,Cole,w1")).await;
    let again = file("abc-1,W1,Ada,Lovelace,\n,w2,Bo,Baker,\n, ä3 ,Cy,Cole,W1");
    let done = import(&lms, from_hr(), &again).await;
    assert_eq!(counts(&done.plan), [("unchanged", 3)], "{:?}", done.plan.rows);
    assert_eq!(lms.people().count(&lms.admin(), lms_core::PersonFilter::new()).await.unwrap(), 3);
    assert_eq!(person(&lms, "hr:ABC-1").await.first_name, "Ada", "as it was shown first");
    assert_eq!(person(&lms, "Ä3").await.manager_name.as_deref(), Some("Ada Lovelace"));
    let twice = file(",X9,Di,Dunn,\n,x9,Di,Dunn,\nAbC-1,W1,Ada,Lovelace,\nabc-1,W1,Ada,Lovelace,");
    let done = import(&lms, from_hr(), &twice).await;
    assert_eq!(counts(&done.plan), [("conflict", 4)]);
    assert_sound(&lms).await;
}

async fn an_address_may_change_and_two_may_swap_theirs(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,,,,", "2,b@x.org,Bo,Baker,,,,"])).await;
    let swapped = csv(&["1,b@x.org,Ada,Lovelace,,,,", "2,a@x.org,Bo,Baker,,,,"]);
    let done = import(&lms, from_hr(), &swapped).await;
    assert_eq!(counts(&done.plan), [("update", 2)]);
    assert_eq!(person(&lms, "1").await.email.as_deref(), Some("b@x.org"));
    let taken =
        csv(&["1,b@x.org,Ada,Lovelace,,,,", "2,a@x.org,Bo,Baker,,,,", "3,A@x.org,Cy,Cole,,,,"]);
    let done = import(&lms, from_hr(), &taken).await;
    assert_eq!(row(&done.plan, 4).effect, RowEffect::Conflict);
    assert_sound(&lms).await;
}

async fn an_address_alone_links_only_with_the_name_or_the_day_of_hiring(engine: Engine) {
    let lms = company(engine).await;
    let ada = NewPerson::new("Ada", "Lovelace")
        .set(PersonField::Email, "ada@x.org")
        .hired_on(super::day("2020-01-01"));
    lms.people().add(&lms.admin(), vec![ada]).await.unwrap();
    let with = |name: &str, hired: &str| csv(&[&format!("1,ada@x.org,{name},,,{hired},")]);
    let stranger = plan(&lms, from_hr(), &with("Al,Other", "2021-01-01")).await;
    assert_eq!(codes(row(&stranger, 2)), ["import.conflict_email_alone"]);
    let by_day = plan(&lms, from_hr(), &with("Ada,King", "2020-01-01")).await;
    assert_eq!(row(&by_day, 2).effect, RowEffect::Update);
    let by_name = plan(&lms, from_hr(), &with("ada,LOVELACE", "2021-01-01")).await;
    assert_eq!(row(&by_name, 2).effect, RowEffect::Update);
}

async fn what_is_not_sure_is_a_conflict_and_is_not_applied(engine: Engine) {
    let lms = company(engine).await;
    let header = "source_key,employee_number,email,first_name,last_name\n";
    let first = format!("{header}A,1,a@x.org,Ada,Lovelace\nB,2,b@x.org,Bo,Baker\n");
    import(&lms, from_hr(), &first).await;
    let file = format!(
        "{header}X,1,a@x.org,Ada,Lovelace\nY,2,a@x.org,Bo,Baker\nZ,2,z@x.org,Zoe,Zorn\n\
         N,9,n@x.org,Nia,New\nN,9,n@x.org,Nia,New\n"
    );
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(counts(&done.plan), [("conflict", 5)]);
    assert_eq!(codes(row(&done.plan, 2)), ["import.conflict_other_key"]);
    assert_eq!(codes(row(&done.plan, 3)), ["import.conflict_several_people"]);
    assert_eq!(codes(row(&done.plan, 4)), ["import.conflict_number_reused"]);
    assert_eq!(codes(row(&done.plan, 5)), ["import.conflict_several_rows"]);
    assert!(row(&done.plan, 6).problems[0].message.contains("rows 5, 6"));
    assert_eq!(done.operation, None);
    let twice = format!("{header}A,1,a@x.org,Ada,King\nA,1,a@x.org,Ada,Byron\n");
    let meant = lms_core::Acceptance::parse("rows=2").unwrap();
    let done = import(&lms, from_hr().accept(meant), &twice).await;
    assert_eq!(counts(&done.plan), [("conflict", 2)], "two rows for one person");
}

async fn a_manager_who_is_not_known_yet_is_pending_and_comes_later(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,,boss@x.org,,", "2,b@x.org,Bo,Baker,,7,,"]);
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(counts(&done.plan), [("create", 2), ("pending", 2)]);
    assert_eq!(row(&done.plan, 2).pending_manager.as_deref(), Some("boss@x.org"));
    assert_eq!(person(&lms, "1").await.manager, None);
    let done = import(&lms, from_hr(), &csv(&["7,boss@x.org,Cy,Cole,,,,"])).await;
    assert_eq!(counts(&done.plan), [("create", 1), ("update", 2)]);
    assert_eq!(person(&lms, "1").await.manager_name.as_deref(), Some("Cy Cole"));
    assert_eq!(person(&lms, "2").await.manager_name.as_deref(), Some("Cy Cole"));
    let done = import(&lms, from_hr(), &csv(&["7,boss@x.org,Cy,Cole,,,,"])).await;
    assert_eq!(counts(&done.plan), [("unchanged", 1)], "once");
}

async fn whoever_would_report_to_themselves_keeps_their_manager(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,,Ada,Lovelace,,,,", "2,,Bo,Baker,,1,,", "3,,Cy,Cole,,2,,"]);
    import(&lms, from_hr(), &file).await;
    let lines =
        ["1,,Ada,Lovelace,,3,,", "2,,Bo,Baker,SALES,3,,", "3,,Cy,Cole,,2,,", "4,,Di,Dunn,,4,,"];
    let mut back = lines;
    back.reverse();
    let (one, other) =
        (plan(&lms, from_hr(), &csv(&lines)).await, plan(&lms, from_hr(), &csv(&back)).await);
    assert_eq!(one.counts, other.counts, "whatever the order of the rows");
    let done = import(&lms, from_hr(), &csv(&lines)).await;
    let cyclic: Vec<u64> = done
        .plan
        .rows
        .iter()
        .filter(|row| codes(row).contains(&"import.manager_cycle"))
        .filter_map(|row| row.row)
        .collect();
    // Bo would report to Cy, who reports to Bo; Ada to Cy, who reports to her by way of Bo.
    assert!(cyclic.contains(&3) && cyclic.contains(&5), "{cyclic:?}");
    assert_eq!(person(&lms, "2").await.manager_name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(person(&lms, "2").await.department.as_deref(), Some("SALES"), "the rest lands");
    assert_eq!(person(&lms, "4").await.manager, None);
    assert_sound(&lms).await;
}

async fn nobody_is_known_by_a_name_alone(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,,Ada,Lovelace,,,,", "2,,Bo,Baker,,Ada Lovelace,,"]);
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(row(&done.plan, 3).pending_manager.as_deref(), Some("Ada Lovelace"));
    assert_eq!(person(&lms, "2").await.manager, None);
}
