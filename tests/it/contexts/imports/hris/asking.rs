//! Systems that are not well, and lists that are not whole.

use std::pin::Pin;

use lms_core::imports::reading::Source;
use lms_core::{ErrorKind, HrisSource, NextAnswer};

use super::*;
use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    what_is_over_in_a_moment_is_asked_again,
    a_refusal_is_not_tried_again_and_the_credential_is_not_shown,
    who_asks_to_be_left_alone_for_long_is,
    a_list_that_is_cut_off_imports_nothing_unless_asked,
    half_a_list_is_known_by_its_total,
    a_list_that_goes_round_is_an_error,
    nobody_is_followed_to_another_host,
    answers_that_are_none_are_told,
    a_dump_is_replayed,
    a_dump_that_is_none_is_refused,
    a_source_of_ones_own_is_pulled_as_well,
}

async fn what_is_over_in_a_moment_is_asked_again(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| match asked.nth {
        0 => Reply::status(503),
        1 => Reply::with(429, "retry-after", "0"),
        2 => Reply::with(429, "retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
        3 => Reply::Cut,
        4 => Reply::status(598),
        _ => report(asked, &staff()),
    });
    connect(&lms, &server).await;
    let pulled = pull(&lms).await.unwrap();
    assert_eq!((pulled.n_records(), pulled.n_answers(), server.n_asked()), (3, 1, 6));
    assert!(pulled.cut_off().is_none());

    let down = VendorServer::start(|_| Reply::status(500));
    connect(&lms, &down).await;
    let error = pull(&lms).await.unwrap_err();
    assert_eq!((error.code(), down.n_asked()), ("hris.unreachable", 6), "{error:?}");
    assert!(error.hints().iter().any(|hint| hint.contains("6 times")), "{error:?}");
    let url = down.url();
    drop(down);
    let gone = pull(&lms).await.unwrap_err();
    assert_eq!(gone.code(), "hris.unreachable", "{url}: {gone:?}");
}

async fn a_refusal_is_not_tried_again_and_the_credential_is_not_shown(engine: Engine) {
    let lms = company(engine).await;
    for status in [401, 403] {
        let server = VendorServer::start(move |asked| {
            let said = json!({"error": {"message": format!("no\u{1b}[1m {KEY}: {}", asked.path)}});
            Reply::Status(status, vec![("retry-after", "0".to_owned())], said.to_string())
        });
        connect(&lms, &server).await;
        let error = pull(&lms).await.unwrap_err();
        assert_eq!((error.code(), server.n_asked()), ("hris.credential", 1));
        assert_eq!(error.kind(), ErrorKind::Refused);
        let told = format!("{error} {error:?}");
        assert!(!told.contains(KEY) && !told.contains('\u{1b}'), "{told}");
        assert!(told.contains(&status.to_string()), "{told}");
    }
    assert!(!format!("{:?} {:?}", key(), bamboohr(Vec::new()).url()).contains(KEY));
}

async fn who_asks_to_be_left_alone_for_long_is(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|_| Reply::with(429, "retry-after", "3600"));
    connect(&lms, &server).await;
    let error = pull(&lms).await.unwrap_err();
    assert_eq!((error.code(), server.n_asked()), ("hris.unreachable", 1));
    assert!(error.hints()[0].contains("60 minutes"), "{error:?}");
}

/// A list in pages of one, which ends as the page says.
fn paged(asked: &Asked, people: &[Value], then: Reply) -> Reply {
    let from: usize = asked.query("startIndex").parse().unwrap_or(1);
    let user = |person: &Value| {
        json!({"id": person["id"], "userName": person["firstName"], "active": true,
               "name": {"givenName": person["firstName"], "familyName": person["lastName"]}})
    };
    match people.get(from - 1) {
        Some(person) => Reply::Json(json!({"Resources": [user(person)]})),
        None => then,
    }
}

fn scim_at(server: &VendorServer) -> NewConnection {
    NewConnection::new("hr", Vendor::Scim).unwrap().base_url(&server.url())
}

async fn a_list_that_is_cut_off_imports_nothing_unless_asked(engine: Engine) {
    let lms = company(engine).await;
    let server =
        VendorServer::start(|asked| paged(asked, &staff(), Reply::Json(json!({"Resources": []}))));
    connect_as(&lms, scim_at(&server)).await;
    let at_once = || options().deactivate_missing(Some(1)).unwrap();
    assert_eq!(sync(&lms, at_once()).await.unwrap().plan.counts.create, 3);

    let half = VendorServer::start(|asked| {
        let mut people = staff();
        people[1]["lastName"] = json!("Changed");
        paged(asked, &people[..2], Reply::status(403))
    });
    connect_as(&lms, scim_at(&half)).await;
    let before = head(&lms).await.seq;
    let pulled = pull(&lms).await.unwrap();
    assert_eq!(pulled.cut_off().unwrap().code(), "hris.credential");
    assert_eq!(pulled.n_records(), 2);
    let refused = stage(&lms, at_once(), &pulled).await.unwrap_err();
    assert_eq!(refused.code(), "hris.cut_off", "{refused:?}");
    assert!(refused.hints().iter().any(|hint| hint.contains("--partial")), "{refused:?}");
    assert_eq!(head(&lms).await.seq, before, "nothing happened");

    let changes = PeopleImport::from_source("hr").unwrap();
    let staged = stage(&lms, changes, &pulled).await.unwrap();
    let done = lms.imports().apply(&lms.admin(), &staged, None).await.unwrap();
    assert_eq!((done.plan.counts.update, done.plan.counts.missing), (1, 0), "{:?}", done.plan);
    assert_eq!(person(&lms, "hr:2").await.last_name, "Changed");
    assert!(person(&lms, "hr:3").await.terminated_on.is_none());
}

async fn half_a_list_is_known_by_its_total(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        let from: usize = asked.query("startIndex").parse().unwrap();
        let users: Vec<Value> = (from..=2).map(|id| json!({"id": id.to_string()})).collect();
        Reply::Json(json!({"totalResults": 5, "Resources": users}))
    });
    connect_as(&lms, scim_at(&server)).await;
    let pulled = pull(&lms).await.unwrap();
    let why = pulled.cut_off().expect("it is not whole");
    assert!(why.message().contains("speaks of 5 people and gave 2"), "{why:?}");
}

async fn a_list_that_goes_round_is_an_error(engine: Engine) {
    let lms = company(engine).await;
    // The parameter is not heard: every page is the first.
    let deaf = VendorServer::start(|_| Reply::Json(json!({"Resources": [{"id": "1"}]})));
    connect_as(&lms, scim_at(&deaf)).await;
    let pulled = pull(&lms).await.unwrap();
    assert_eq!(pulled.cut_off().unwrap().code(), "hris.repeated");
    assert_eq!(deaf.n_asked(), 2);

    // The next page is always the same, with others on it.
    let round = VendorServer::start(|asked| {
        if asked.path.ends_with("token") {
            return Reply::Json(json!({"access_token": "T"}));
        }
        let user = json!({"id": asked.nth.to_string()});
        Reply::Json(json!({"value": [user], "@odata.nextLink": "/v1.0/users?$skiptoken=2"}))
    });
    let new = NewConnection::new("hr", Vendor::MicrosoftGraph).unwrap().base_url(&round.url());
    let new = new.option("tenant", "t").option("client_id", "c");
    connect_as(&lms, new.option("login_url", &round.url())).await;
    let pulled = pull(&lms).await.unwrap();
    assert_eq!(pulled.cut_off().unwrap().code(), "hris.repeated");
}

async fn nobody_is_followed_to_another_host(engine: Engine) {
    let lms = company(engine).await;
    let elsewhere = bamboohr(staff());
    let target = format!("{}/api/v1/reports/custom?format=JSON", elsewhere.url());
    let moved = VendorServer::start(move |_| Reply::with(307, "location", target.clone()));
    connect(&lms, &moved).await;
    let error = pull(&lms).await.unwrap_err();
    assert_eq!(error.code(), "hris.elsewhere", "{error:?}");

    let next = format!("{}/v1.0/users", elsewhere.url());
    let leads = VendorServer::start(move |asked| match asked.path.ends_with("token") {
        true => Reply::Json(json!({"access_token": "T"})),
        false => Reply::Json(json!({"value": [{"id": "1"}], "@odata.nextLink": next.clone()})),
    });
    let new = NewConnection::new("hr", Vendor::MicrosoftGraph).unwrap().base_url(&leads.url());
    let new = new.option("tenant", "t").option("client_id", "c");
    connect_as(&lms, new.option("login_url", &leads.url())).await;
    let error = pull(&lms).await.unwrap_err();
    assert_eq!(error.code(), "hris.elsewhere", "{error:?}");
    assert_eq!(elsewhere.n_asked(), 0, "nothing went there");

    // On its own host it may lead about.
    let within = VendorServer::start(|asked| match asked.path.starts_with("/api") {
        true if asked.query("again").is_empty() => {
            Reply::with(307, "location", "/api/v1/reports/custom?format=JSON&again=1")
        }
        _ => report(asked, &staff()),
    });
    connect(&lms, &within).await;
    assert_eq!(pull(&lms).await.unwrap().n_records(), 3);
}

async fn answers_that_are_none_are_told(engine: Engine) {
    let lms = company(engine).await;
    let page = |text: &'static str, kind: &'static str| {
        Reply::Status(200, vec![("content-type", kind.to_owned())], text.to_owned())
    };
    for (reply, told) in [
        (page("<html>Sign in</html>", "text/html"), "no JSON (text/html)"),
        (page("", "application/json"), "answers with nothing"),
        (Reply::status(404), "is not there (404)"),
        (Reply::Json(json!({"people": []})), "nothing at `/employees`"),
        (Reply::Json(json!({"employees": {}})), "is no list"),
        (Reply::with(307, "location", "/api/v1/reports/custom?format=JSON"), "in a circle"),
    ] {
        let server = VendorServer::start(move |_| reply.clone());
        connect(&lms, &server).await;
        let error = pull(&lms).await.unwrap_err();
        assert_eq!(error.code(), "hris.answer", "{error:?}");
        assert!(error.message().contains(told), "{told}: {error:?}");
    }
    // A field with parts is a mistake of the mapping, not a value.
    let server = VendorServer::start(|asked| {
        let mut people = staff();
        people[1]["department"] = json!({"name": "Engineering"});
        report(asked, &people)
    });
    connect(&lms, &server).await;
    let error = stage(&lms, options(), &pull(&lms).await.unwrap()).await.unwrap_err();
    assert!(error.message().contains("`/department` has parts"), "{error:?}");
}

async fn a_dump_is_replayed(engine: Engine) {
    let (lms, server) = connected(engine, staff()).await;
    let pulled = pull(&lms).await.unwrap();
    let mut dump = Vec::new();
    pulled.dump(&mut dump).unwrap();
    let text = String::from_utf8(dump).unwrap();
    assert!(text.contains("Lovelace") && !text.contains(KEY), "what came, and no credential");
    let replay = async |text: &str| {
        let source = Source::bytes("dump", text.as_bytes().to_vec());
        lms.hris().replay(&lms.admin(), "hr", source).await
    };
    let again = replay(&text).await.unwrap();
    assert_eq!((again.n_records(), again.cut_off().is_none()), (3, true));
    let staged = stage(&lms, options(), &again).await.unwrap();
    let done = lms.imports().apply(&lms.admin(), &staged, None).await.unwrap();
    assert_eq!(counts(&done.plan), [("create", 3)]);
    assert_eq!(server.n_asked(), 1, "nobody was asked again");
    // One whose end is missing was cut off.
    let lines: Vec<&str> = text.lines().collect();
    let cut = replay(&lines[..lines.len() - 1].join("\n")).await.unwrap();
    assert!(cut.cut_off().is_some());
    assert_eq!(stage(&lms, options(), &cut).await.unwrap_err().code(), "hris.cut_off");
}

async fn a_dump_that_is_none_is_refused(engine: Engine) {
    let (lms, _server) = connected(engine, staff()).await;
    let other = r#"{"what":"lms hris dump","format":1,"vendor":"scim"}"#;
    for (text, told) in [
        ("", "it is empty"),
        ("id,name\n1,Ada\n", "cannot be read"),
        ("{\"what\":\"lms import plan\"}\n", "another program"),
        (other, "it comes from `scim`"),
    ] {
        let source = Source::bytes("dump", text.as_bytes().to_vec());
        let error = lms.hris().replay(&lms.admin(), "hr", source).await.unwrap_err();
        assert_eq!(error.code(), "hris.dump", "{text}");
        assert!(error.message().contains(told), "{told}: {error:?}");
    }
}

/// Answers out of a list; where it is at its end, so is the source.
struct OfOnesOwn(Vec<Value>);

impl HrisSource for OfOnesOwn {
    fn next_answer(&mut self) -> NextAnswer<'_> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        let next: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async { Ok(next) });
        next
    }
}

async fn a_source_of_ones_own_is_pulled_as_well(engine: Engine) {
    let (lms, server) = connected(engine, Vec::new()).await;
    let people = staff();
    let mut source =
        OfOnesOwn(vec![json!({"employees": people[..2]}), json!({"employees": people[2..]})]);
    let pulled = lms.hris().pull_from(&lms.admin(), "hr", &mut source, &mut |_, _| {}).await;
    let staged = stage(&lms, options(), &pulled.unwrap()).await.unwrap();
    let done = lms.imports().apply(&lms.admin(), &staged, None).await.unwrap();
    assert_eq!((counts(&done.plan), server.n_asked()), (vec![("create", 3)], 0));
}
