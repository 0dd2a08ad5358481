//! Records that are likely one human are proposed, the likeliest first.

use lms_core::{DuplicateFilter, Engine, NewPerson, PersonField};

use super::{company, day, hire, person};
use crate::support::engines::on_both_engines;

on_both_engines! {
    likely_pairs_come_first,
    pairs_page_without_skipping,
    whoever_was_merged_is_proposed_no_more,
}

async fn likely_pairs_come_first(engine: Engine) {
    let lms = company(engine).await;
    let hired = vec![
        person("Jürgen", "Müller", "2025-01-01")
            .set(PersonField::Email, "j.muller@example.com")
            .set(PersonField::EmployeeNumber, "00102"),
        NewPerson::new("Jurgen", "Muller")
            .set(PersonField::EmployeeNumber, "102")
            .hired_on(day("2025-01-01")),
        NewPerson::new("Lovelace", "Ada").hired_on(day("2024-01-01")),
        person("Ada", "Lovelace", "2025-06-01"),
        person("Bo", "Baker", "2025-06-01"),
    ];
    let ids = hire(&lms, hired).await;

    let page = lms.people().duplicates(&lms.admin(), DuplicateFilter::new()).await.unwrap();

    assert_eq!(page.next, None);
    let [first, second] = page.items.as_slice() else { panic!("{:#?}", page.items) };
    assert_eq!((first.keep.id, first.other.id, first.score), (ids[0], ids[1], 100));
    assert_eq!(
        first.reasons,
        ["same name", "employee numbers differ in zeros and signs only", "same first day",]
    );
    assert_eq!((second.keep.id, second.other.id, second.score), (ids[3], ids[2], 50));
    assert_eq!(second.reasons, ["first and last name swapped"]);
    let sure = DuplicateFilter::new().score_min(60);
    assert_eq!(lms.people().duplicates(&lms.admin(), sure).await.unwrap().items.len(), 1);
    let absurd = DuplicateFilter::new().score_min(101);
    assert!(lms.people().duplicates(&lms.admin(), absurd).await.is_err());
}

async fn pairs_page_without_skipping(engine: Engine) {
    let lms = company(engine).await;
    let twins = (0..7).flat_map(|n| [(n, "2025-01-01"), (n, "2025-02-01")]);
    let twins = twins.map(|(n, hired_on)| {
        NewPerson::new("Twin", &format!("Number{n}{n}")).hired_on(day(hired_on))
    });
    hire(&lms, twins.collect()).await;
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let filter = DuplicateFilter::new().page(3, cursor.as_deref());
        let page = lms.people().duplicates(&lms.admin(), filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|pair| pair.keep.name));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted: Vec<String> = (0..7).map(|n| format!("Twin Number{n}{n}")).collect();
    assert_eq!(seen, wanted);
}

async fn whoever_was_merged_is_proposed_no_more(engine: Engine) {
    let lms = company(engine).await;
    let twin = || NewPerson::new("Ada", "Lovelace").hired_on(day("2025-01-01"));
    let ids = hire(&lms, vec![twin(), twin()]).await;
    let (keep, other) = (ids[0].to_string(), ids[1].to_string());
    let proposed = async || {
        lms.people().duplicates(&lms.admin(), DuplicateFilter::new()).await.unwrap().items.len()
    };
    assert_eq!(proposed().await, 1);
    lms.people().merge(&lms.admin(), &keep, &other, None).await.unwrap();
    assert_eq!(proposed().await, 0);
}
