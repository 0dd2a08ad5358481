//! Which systems are connected, and how.

use lms_core::{AuditFilter, ErrorKind};

use super::*;
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    a_system_is_connected_changed_and_forgotten,
    what_a_system_needs_is_told_at_once,
    a_system_is_tried_out_before_anything_is_kept,
    the_people_of_a_system_that_is_forgotten_stay,
}

async fn a_system_is_connected_changed_and_forgotten(engine: Engine) {
    let lms = company(engine).await;
    let (hris, admin) = (lms.hris(), lms.admin());
    let new = NewConnection::new("HR", Vendor::BambooHr).unwrap().option("company", "acme");
    let made = hris.connect(&admin, new.clone()).await.unwrap();
    assert_eq!(
        (made.value.name.as_str(), made.value.url.as_str()),
        ("hr", "https://acme.bamboohr.com")
    );
    let before = head(&lms).await.seq;
    let again = hris.connect(&admin, new.clone()).await.unwrap();
    assert_eq!((again.operation, again.changed.len()), (None, 0));
    assert_eq!(head(&lms).await.seq, before);

    let moved = hris.connect(&admin, new.option("company", "acme2")).await.unwrap();
    let change = &moved.changed[0];
    assert_eq!(
        (change.field.as_str(), change.after.as_deref()),
        ("options", Some("company=acme2"))
    );
    assert_eq!(hris.list(&admin).await.unwrap().len(), 1);
    assert_eq!(hris.show(&admin, "Hr").await.unwrap(), moved.value);

    let near = hris.show(&admin, "hrr").await.unwrap_err();
    assert_eq!(near.kind(), ErrorKind::NotFound);
    assert!(near.hints()[0].contains("`hr`"), "{near:?}");
    hris.disconnect(&admin, "hr").await.unwrap();
    assert!(hris.list(&admin).await.unwrap().is_empty());
    assert_eq!(hris.disconnect(&admin, "hr").await.unwrap_err().code(), "hris.unknown");
    let log = lms.audit().list(&admin, AuditFilter::new()).await.unwrap();
    let kinds: Vec<&str> = log.items.iter().map(|entry| entry.kind.as_str()).collect();
    assert!(kinds.contains(&"hris.connected") && kinds.contains(&"hris.disconnected"), "{kinds:?}");
    assert_sound(&lms).await;
}

async fn what_a_system_needs_is_told_at_once(engine: Engine) {
    let lms = company(engine).await;
    let connect = async |new| lms.hris().connect(&lms.admin(), new).await.unwrap_err();
    let graph = NewConnection::new("hr", Vendor::MicrosoftGraph).unwrap();
    let error = connect(graph.option("tennant", "t")).await;
    let told = format!("{error} {:?}", error.hints());
    for part in
        ["no option `tennant`", "`tenant` is missing", "`client_id` is missing", "did you mean"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    let bamboo = || NewConnection::new("hr", Vendor::BambooHr).unwrap().option("company", "acme");
    for (url, told) in [
        ("http://hr.example.com", "others can read"),
        ("https://user:pass@hr.example.com", "no name and no password"),
        ("hr.example.com", "is no address"),
    ] {
        let error = connect(bamboo().base_url(url)).await;
        assert_eq!(error.code(), "hris.address");
        assert!(error.message().contains(told), "{error:?}");
    }
    let error = connect(bamboo().option("company", "evil.example/")).await;
    assert!(error.message().contains("no part of a host name"), "{error:?}");
}

async fn a_system_is_tried_out_before_anything_is_kept(engine: Engine) {
    let lms = company(engine).await;
    let server = bamboohr(staff());
    let new = bamboohr_at(&server);
    let probe = lms.hris().test(&lms.admin(), &new, &key()).await.unwrap();
    assert_eq!(probe.n_records, 3);
    let of = |name: &str| probe.fields.iter().find(|field| field.field == name).unwrap().n_records;
    assert_eq!((of("email"), of("location")), (3, 0));
    let wrong = lms.hris().test(&lms.admin(), &new, &Secret::new("other")).await.unwrap_err();
    assert!(wrong.message().contains("no such key"), "what the system says is told: {wrong:?}");
    assert!(lms.hris().list(&lms.admin()).await.unwrap().is_empty());
}

async fn the_people_of_a_system_that_is_forgotten_stay(engine: Engine) {
    let (lms, _server) = connected(engine, staff()).await;
    sync(&lms, options()).await.unwrap();
    lms.hris().disconnect(&lms.admin(), "hr").await.unwrap();
    assert_eq!(person(&lms, "hr:1").await.first_name, "Ada");
    assert_eq!(pull(&lms).await.unwrap_err().code(), "hris.unknown");
}
