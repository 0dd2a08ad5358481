//! `/api/v1/notifications`: one's own, and those of others for those who may.

use axum::body::Body;
use axum::http::Request;
use lms_core::{Engine, NewPerson, PersonField};

use super::{Api, RequestExt};
use crate::support::engines::on_both_engines;
use crate::support::learning::learner;
use crate::support::looks::token;

on_both_engines! {
    what_a_person_was_told_is_listed_and_read,
    everybody_reads_their_own,
}

const ALL: &str = "/api/v1/notifications";

/// What the examples of these operations need: Ada was told something.
pub(super) async fn furnish(api: &Api) {
    let ada = NewPerson::new("Ada", "Lovelace").set(PersonField::Email, "ada@example.com");
    api.lms.people().add_one(&api.lms.admin(), ada).await.unwrap();
    api.lms.remind("ada@example.com", "Data protection", "once").await.unwrap();
}

/// The example of an id, put right.
pub(super) async fn at_a_real_one(api: &Api, mut request: Request<Body>) -> Request<Body> {
    let address = request.uri().to_string();
    let example = "01980000-0000-7000-8000-000000000000";
    if address.contains(example) {
        let real = api.lms.inbox("ada@example.com").await[0].to_string();
        *request.uri_mut() = address.replace(example, &real).parse().unwrap();
    }
    request
}

async fn what_a_person_was_told_is_listed_and_read(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api).await;
    let listed = api.get(&format!("{ALL}/user/email:ada@example.com?unread=true")).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let notice = &listed.json()["items"][0];
    assert_eq!(notice["subject"], "Data protection is due today");
    assert_eq!(
        (&notice["type"], &notice["recipient"]),
        (&"reminder".into(), &"Ada Lovelace".into())
    );
    let id = notice["id"].as_str().unwrap().to_owned();
    let read = api.ask("PUT", &format!("{ALL}/{id}/read"), "").await;
    assert_eq!((read.status, &read.json()["changed"][0]["field"]), (200, &"read_at".into()));
    let again = api.ask("PUT", &format!("{ALL}/{id}/read"), "").await;
    assert_eq!((again.status, again.json()["changed"].as_array().unwrap().len()), (200, 0));
    let unread = api.get(&format!("{ALL}/user/email:ada@example.com?unread=true")).await;
    assert_eq!(unread.json()["items"].as_array().unwrap().len(), 0);
    // Told twice what has one key, she has it once.
    assert_eq!(api.lms.remind("ada@example.com", "Data protection", "once").await.unwrap(), 0);
    for (path, status) in
        [("/01980000-0000-7000-8000-000000000000/read", 404), ("/nonsense/read", 404)]
    {
        assert_eq!(api.ask("PUT", &format!("{ALL}{path}"), "").await.status, status, "{path}");
    }
    assert_eq!(api.get(&format!("{ALL}/user/email:nobody@example.com")).await.status, 404);
    assert_eq!(api.get(&format!("{ALL}/user/email:ada@example.com?type=tweet")).await.status, 400);
}

async fn everybody_reads_their_own(engine: Engine) {
    let api = Api::on(engine).await;
    furnish(&api).await;
    learner(&api.lms, "kim", "employee").await;
    let kim = token(&api.lms, lms_core::NewToken::new("kim", "http")).await;
    for once in ["1", "2", "3"] {
        api.lms.remind("kim", "Fire", once).await.unwrap();
    }
    let count = api.get_as(&kim, &format!("{ALL}/unread-count")).await;
    assert_eq!((count.status, &count.json()["count"]), (200, &3.into()));
    // Whoever is not theirs to see is not there.
    assert_eq!(api.get_as(&kim, &format!("{ALL}/user/email:ada@example.com")).await.status, 404);
    let put = |path: &str| {
        let request = Request::put(format!("{ALL}{path}")).bearer(&kim);
        api.send(request.body(Body::empty()).unwrap())
    };
    let ada = api.lms.inbox("ada@example.com").await[0];
    assert_eq!(put(&format!("/{ada}/read")).await.status, 404);
    let own = api.lms.inbox("kim").await[0];
    assert_eq!(put(&format!("/{own}/read")).await.status, 200);
    assert_eq!(put("/read-all").await.json()["count"], 2);
    assert_eq!(put("/read-all").await.json()["count"], 0);
    let count = api.get_as(&kim, &format!("{ALL}/unread-count")).await;
    assert_eq!(count.json()["count"], 0);
}
