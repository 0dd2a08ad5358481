//! Every endpoint about people × every role × one's own record, that of a report and a stranger's.
//! What each role reaches is written here by hand, without the library's matching.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{AccountChange, Engine, NewAccount, NewGroup, NewPerson, NewToken, PersonField};
use serde_json::json;

use super::users::company;
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    every_endpoint_for_every_role_on_everybodys_record,
    lists_hold_those_within_reach,
    what_concerns_everybody_needs_the_right_for_everybody,
}

pub(super) const EVERYBODY: &[&str] = &["me", "report", "stranger"];

/// What a role may do.
pub(super) struct Reach {
    pub(super) role: &'static str,
    reads: &'static [&'static str],
    writes: bool,
    reads_access: bool,
    writes_access: bool,
}

const fn reach(role: &'static str, reads: &'static [&'static str], may: [bool; 3]) -> Reach {
    let [writes, reads_access, writes_access] = may;
    Reach { role, reads, writes, reads_access, writes_access }
}

pub(super) const ROLES: &[Reach] = &[
    reach("employee", &["me"], [false; 3]),
    reach("instructor", &["me"], [false; 3]),
    reach("manager", &["me", "report"], [false; 3]),
    reach("hr", EVERYBODY, [true, false, false]),
    reach("auditor", EVERYBODY, [false, true, false]),
    reach("admin", EVERYBODY, [true; 3]),
    reach("super_admin", EVERYBODY, [true; 3]),
];

/// What is asked of one person, and what for: reading, writing, or their account.
const OF_ONE: &[(&str, &str, &str, &str)] = &[
    ("read", "GET", "", ""),
    ("read", "GET", "/history", ""),
    ("read", "GET", "/skills", ""),
    ("write", "PATCH", "", "{}"),
    ("write", "PUT", "", r#"{"first_name": "Kim", "last_name": "X", "username": "WHO"}"#),
    ("write", "POST", "/leaves/end", "{}"),
    ("write", "POST", "/leaves", r#"{"from_on": "2026-06-01", "until_on": "2026-06-01"}"#),
    ("write", "POST", "/reactivate", "{}"),
    ("write", "DELETE", "?last_day=2030-01-01", ""),
    ("read access", "GET", "/roles", ""),
    ("write access", "POST", "/roles", "{}"),
];

/// Myself with somebody below me, and a stranger; all have accounts, and are in a group.
pub(super) async fn with_people(engine: Engine) -> Api {
    let api = company(engine).await;
    let (people, admin) = (api.lms.people(), api.lms.admin());
    let person = |name: &str, manager: &str| {
        NewPerson::new("Kim", name)
            .set(PersonField::Username, name)
            .set(PersonField::Department, "ENG")
            .set(PersonField::Manager, manager)
    };
    let all = vec![person("me", ""), person("report", "me"), person("stranger", "")];
    people.add(&admin, all).await.unwrap();
    for name in EVERYBODY {
        people.add_account_for(&admin, name, NewAccount::new(name)).await.unwrap();
    }
    let group = NewGroup::fixed("ALL", "All").members(EVERYBODY.iter().copied());
    people.add_group(&admin, group).await.unwrap();
    api
}

/// A token of whoever signs in as `me` with this role.
pub(super) async fn me_as(api: &Api, role: &str) -> String {
    let (access, admin) = (api.lms.access(), api.lms.admin());
    let before = access.account(&admin, "me").await.unwrap().roles;
    let change = before.iter().fold(AccountChange::new(), |change, held| change.remove_role(held));
    access.edit_account(&admin, "me", change.add_role(role)).await.unwrap();
    access.create_token(&admin, NewToken::new("me", role)).await.unwrap().secret
}

pub(super) async fn ask(api: &Api, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let request = Request::builder().method(method).uri(format!("/api/v1/{path}")).bearer(token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    api.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// What a person is told, but for the name that they asked for and the number of the request.
fn told(answer: &Answer, name: &str) -> String {
    let mut document = answer.json();
    document["request_id"] = json!(null);
    document.to_string().replace(&format!("username:{name}"), "NAME")
}

async fn every_endpoint_for_every_role_on_everybodys_record(engine: Engine) {
    let api = with_people(engine).await;
    let (mut done, mut forbidden, mut unknown) = (0, 0, 0);
    for Reach { role, reads, writes, reads_access, writes_access } in ROLES {
        let token = me_as(&api, role).await;
        for (what, method, path, body) in OF_ONE {
            let may = match *what {
                "read" => true,
                "write" => *writes,
                "read access" => *reads_access,
                _ => *writes_access,
            };
            let nobody = format!("users/username:nobody{path}");
            let nobody = ask(&api, &token, method, &nobody, body).await;
            for who in EVERYBODY {
                let address = format!("users/username:{who}{path}");
                let answer = ask(&api, &token, method, &address, &body.replace("WHO", who)).await;
                let case =
                    format!("{method} {address} as {role}: {} {}", answer.status, answer.text);
                if !may {
                    forbidden += 1;
                    assert_eq!(
                        (answer.status, answer.code().as_str()),
                        (403, "access.forbidden"),
                        "{case}"
                    );
                } else if reads.contains(who) {
                    done += 1;
                    let denials =
                        ["access.forbidden", "people.person_unknown", "people.no_account"];
                    assert!(answer.status < 500, "{case}");
                    assert!(!denials.contains(&answer.code().as_str()), "{case}");
                } else {
                    unknown += 1;
                    assert_eq!(
                        (answer.status, answer.code().as_str()),
                        (404, "people.person_unknown"),
                        "{case}"
                    );
                    assert_eq!(told(&answer, who), told(&nobody, "nobody"), "{case}");
                }
            }
        }
    }
    assert_eq!(done + forbidden + unknown, ROLES.len() * OF_ONE.len() * EVERYBODY.len());
    assert!(done > 50 && forbidden > 50 && unknown > 5, "{done} {forbidden} {unknown}");
}

async fn lists_hold_those_within_reach(engine: Engine) {
    let api = with_people(engine).await;
    for Reach { role, reads, .. } in ROLES {
        let token = me_as(&api, role).await;
        for path in ["users?department=ENG&total=true", "groups/ALL/members?total=true"] {
            let page = ask(&api, &token, "GET", path, "").await;
            let items = page.json()["items"].as_array().expect(&page.text).clone();
            let seen: Vec<&str> =
                items.iter().map(|item| item["username"].as_str().unwrap()).collect();
            assert_eq!(
                (seen.as_slice(), &page.json()["total"]),
                (*reads, &json!(reads.len())),
                "{role} {path}"
            );
        }
        // Whom they do not see they cannot ask about.
        let about = ask(&api, &token, "GET", "users?manager=username:stranger", "").await;
        let nobody = ask(&api, &token, "GET", "users?manager=username:nobody", "").await;
        if reads.contains(&"stranger") {
            assert_eq!(about.status, 200, "{role}");
        } else {
            assert_eq!(
                (about.status, about.code().as_str()),
                (400, "people.person_unknown"),
                "{role}"
            );
            assert_eq!(told(&about, "stranger"), told(&nobody, "nobody"), "{role}");
        }
    }
}

async fn what_concerns_everybody_needs_the_right_for_everybody(engine: Engine) {
    let api = with_people(engine).await;
    let batch = api.get("/api/v1/batches?limit=1").await.json()["items"][0]["seq"].clone();
    let undo = format!("batches/{batch}/undo?dry_run=true");
    let show = format!("batches/{batch}");
    let reads = ["groups", "groups/ALL", "batches", &show];
    let writes = [
        ("POST", "groups", r#"{"code": "ENG", "name": "Eng", "audience": {"department": "ENG"}}"#),
        ("PATCH", "groups/ALL", r#"{"name": "Everybody"}"#),
        ("PATCH", "groups/ALL?dry_run=true", r#"{"name": "Nobody"}"#),
        ("DELETE", "groups/ALL?from=2030-01-01", ""),
        ("PATCH", "users?person=username:me&dry_run=true", r#"{"country": "DE"}"#),
        ("PATCH", "users?person=username:me", r#"{"country": "DE"}"#),
        ("POST", undo.as_str(), ""),
        ("POST", "departments/ENG/move?dry_run=true", r#"{"parent": "SALES"}"#),
        ("POST", "departments/SALES/merge?dry_run=true", r#"{"units": ["ENG"]}"#),
        ("DELETE", "departments/ENG?people_to=SALES&dry_run=true", ""),
    ];
    for Reach { role, reads: reached, writes: may_write, .. } in ROLES {
        let token = me_as(&api, role).await;
        let may_read = reached.len() == EVERYBODY.len();
        for path in reads {
            let answer = ask(&api, &token, "GET", path, "").await;
            assert_eq!(
                answer.status,
                if may_read { 200 } else { 403 },
                "{role} {path}: {}",
                answer.text
            );
        }
        for (method, path, body) in writes {
            let answer = ask(&api, &token, method, path, body).await;
            if *may_write {
                // The second who makes the same group is told so.
                let is_done = answer.status < 300 || answer.code() == "people.group_exists";
                assert!(is_done, "{role} {method} {path}: {}", answer.text);
            } else {
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (403, "access.forbidden"),
                    "{role} {method} {path}"
                );
            }
        }
    }
}
