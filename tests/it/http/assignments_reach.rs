//! Every endpoint about what people have to learn × every role × one's own record, that of a report and
//! a stranger's. What each role reaches is written here by hand, without the library's matching.

use std::collections::BTreeMap;

use lms_core::Engine;

use super::Api;
use super::reach::{EVERYBODY, ROLES, ask, me_as, with_people};
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, to_be_signed};

on_both_engines! {
    every_endpoint_for_every_role_on_everybodys_assignments,
}

const ME: &[&str] = &["me"];
const MINE: &[&str] = &["me", "report"];
const REPORTS: &[&str] = &["report"];
const NOBODY: &[&str] = &[];

/// Whom a role reaches: seeing, assigning, enrolling, seeing progress, learning.
fn reached(role: &str, what: &str) -> &'static [&'static str] {
    match (role, what) {
        ("employee" | "instructor", "enrol" | "learn") | ("employee", "read" | "progress") => ME,
        ("instructor", "read" | "progress") => EVERYBODY,
        ("manager", "read" | "progress") => MINE,
        ("manager", "write") => REPORTS,
        ("manager" | "hr", "learn") | ("manager", "enrol") => ME,
        ("hr", _) | ("admin" | "super_admin", _) => EVERYBODY,
        ("auditor", "read" | "progress") => EVERYBODY,
        _ => NOBODY,
    }
}

/// What is asked about one person: what for, and how. `WHO` is their user name, `ID` the assignment.
const OF_ONE: &[(&str, &str, &str, &str)] = &[
    ("read", "GET", "assignments/user/username:WHO", ""),
    ("read", "GET", "assignments/ID", ""),
    ("read", "GET", "enrollments/ID", ""),
    ("read", "GET", "users/username:WHO/explain/SIGN-101", ""),
    ("read", "GET", "assignments?person=username:WHO", ""),
    ("read", "GET", "assignments/overdue?person=username:WHO", ""),
    ("read", "GET", "waitlist?person=username:WHO", ""),
    ("read", "GET", "exemptions?person=username:WHO", ""),
    ("read", "GET", "exceptions?person=username:WHO", ""),
    ("read", "GET", "completions?person=username:WHO", ""),
    ("progress", "GET", "enrollments/ID/progress", ""),
    ("learn", "PUT", "assignments/ID/status", r#"{"status": "in_progress"}"#),
    ("enrol", "POST", "enrollments", r#"{"training": "SIGN-101", "person": "username:WHO"}"#),
    ("enrol", "POST", "enrollments/ID/certificate", ""),
    ("enrol", "DELETE", "enrollments/ID", ""),
    (
        "write",
        "POST",
        "assignments?dry_run=true",
        r#"{"trainings": ["OTHER"], "people": ["username:WHO"]}"#,
    ),
    (
        "write",
        "POST",
        "assignments/bulk?person=username:WHO&dry_run=true",
        r#"{"trainings": ["OTHER"]}"#,
    ),
    (
        "write",
        "POST",
        "assignments/withdrawals?person=username:WHO&dry_run=true",
        r#"{"trainings": ["SIGN-101"]}"#,
    ),
    (
        "write",
        "POST",
        "assignments/extensions?person=username:WHO&dry_run=true",
        r#"{"training": "SIGN-101", "by": 3}"#,
    ),
    (
        "write",
        "POST",
        "exemptions?person=username:WHO&dry_run=true",
        r#"{"training": "OTHER", "reason": "x"}"#,
    ),
    ("write", "POST", "completions?person=username:WHO&dry_run=true", r#"{"training": "OTHER"}"#),
    ("write", "POST", "assignments?", r#"{"trainings": ["OTHER"], "people": ["username:WHO"]}"#),
    ("write", "DELETE", "assignments/OTHER", ""),
];

/// The open assignments of everybody, by training and user name.
async fn assigned(api: &Api) -> BTreeMap<(String, String), String> {
    let mut known = BTreeMap::new();
    for training in ["SIGN-101", "OTHER"] {
        for who in EVERYBODY {
            let path = format!("/api/v1/assignments?training={training}&person=username:{who}");
            let page = api.get(&format!("{path}&closed=true")).await.json();
            let items = page["items"].as_array().unwrap().clone();
            if let Some(one) = items.last() {
                let id = one["id"].as_str().unwrap().to_owned();
                known.insert((training.to_owned(), (*who).to_owned()), id);
            }
        }
    }
    known
}

async fn every_endpoint_for_every_role_on_everybodys_assignments(engine: Engine) {
    let api = with_people(engine).await;
    for training in ["SIGN-101", "OTHER"] {
        to_be_signed(&api.lms, training).await;
        for who in EVERYBODY {
            assign(&api.lms, who, training).await;
        }
    }
    let ids = assigned(&api).await;
    assert_eq!(ids.len(), 6);
    let (mut done, mut forbidden, mut unknown) = (0, 0, 0);
    for role in ROLES {
        let role = role.role;
        let token = me_as(&api, role).await;
        for (what, method, path, body) in OF_ONE {
            let reached = reached(role, what);
            for who in EVERYBODY {
                let id = |training: &str| &ids[&(training.to_owned(), (*who).to_owned())];
                let path = path.replace("WHO", who).replace("ID", id("SIGN-101"));
                let path =
                    path.replace("assignments/OTHER", &format!("assignments/{}", id("OTHER")));
                let answer = ask(&api, &token, method, &path, &body.replace("WHO", who)).await;
                let case = format!("{method} {path} as {role}: {} {}", answer.status, answer.text);
                if reached.is_empty() {
                    forbidden += 1;
                    assert_eq!(answer.code(), "access.forbidden", "{case}");
                    assert_eq!(answer.status, 403, "{case}");
                } else if reached.contains(who) {
                    done += 1;
                    // What is not done has no certificate; all else is done.
                    let is_refused = answer.code() == "assignments.not_done";
                    assert!(answer.status < 300 || is_refused, "{case}");
                } else {
                    unknown += 1;
                    let told = ["people.person_unknown", "assignments.unknown"];
                    assert!(told.contains(&answer.code().as_str()), "{case}");
                    let expected = match (path.contains("person="), *method) {
                        (true, _) => 400,
                        (_, "POST") if body.contains("WHO") => 422,
                        _ => 404,
                    };
                    assert_eq!(answer.status, expected, "{case}");
                }
            }
        }
    }
    assert_eq!(done + forbidden + unknown, ROLES.len() * OF_ONE.len() * EVERYBODY.len());
    assert!(done > 100 && forbidden > 50 && unknown > 50, "{done} {forbidden} {unknown}");
}
