//! Each system as it answers, and what its people become.

use lms_core::{ErrorKind, PersonStatus};

use super::*;
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    people_of_bamboohr_land_as_those_of_a_file,
    what_is_absent_is_left_alone_and_what_is_nothing_is_cleared,
    who_is_gone_from_two_whole_lists_is_deactivated,
    users_of_entra_come_without_guests,
    employees_of_personio_come_page_by_page,
    people_of_hibob_come_at_once,
    a_report_of_workday_is_read_by_its_aliases,
    users_of_scim_come_from_a_server_that_gives_less_than_it_is_asked_for,
    any_other_system_is_described_by_a_file,
    bamboohr_can_be_asked_for_a_dataset_instead,
}

async fn people_of_bamboohr_land_as_those_of_a_file(engine: Engine) {
    let (lms, server) = connected(engine, staff()).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(counts(&done.plan), [("create", 3)]);
    let ada = person(&lms, "001").await;
    assert_eq!(ada.department.as_deref(), Some("ENG"));
    assert_eq!(ada.manager_name.as_deref(), Some("Bo Baker"));
    assert_eq!(ada.hired_on.unwrap().to_string(), "2020-01-01");
    let card = lms.people().card(&lms.admin(), "hr:1", None).await.unwrap();
    assert_eq!(card.person.first_name, "Ada", "the id is the key of the source");
    assert!(card.owned.iter().any(|owned| owned.field == "email" && owned.source == "hr"));
    // A field that the credential may not see is never there; somebody is told.
    let told = done.plan.warnings.join("; ");
    assert!(told.contains("no record has `location`"), "{told}");
    assert!(!server.asked()[0].body.contains("homePhone"), "nobody asks for more than is read");
    let again = sync(&lms, options()).await.unwrap();
    assert_eq!((counts(&again.plan), again.operation), (vec![("unchanged", 3)], None));
    assert_sound(&lms).await;
}

async fn what_is_absent_is_left_alone_and_what_is_nothing_is_cleared(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        let mut people = staff();
        for person in &mut people {
            person["location"] = json!(null);
        }
        if asked.nth > 0 {
            people[0]["supervisorEmail"] = json!(null);
            people[2].as_object_mut().unwrap().remove("department");
        }
        report(asked, &people)
    });
    connect(&lms, &server).await;
    sync(&lms, options()).await.unwrap();
    assert_eq!(person(&lms, "001").await.manager_name.as_deref(), Some("Bo Baker"));
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(counts(&done.plan)[0], ("update", 1), "{:?}", done.plan.rows);
    assert_eq!(person(&lms, "001").await.manager_name, None);
    assert_eq!(person(&lms, "003").await.department.as_deref(), Some("SALES"), "not spoken of");
}

async fn who_is_gone_from_two_whole_lists_is_deactivated(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        let mut people = staff();
        if asked.nth > 0 {
            people.truncate(2);
        }
        report(asked, &people)
    });
    connect(&lms, &server).await;
    let options = || options().deactivate_missing(None).unwrap();
    for missing in [0, 1] {
        let done = sync(&lms, options()).await.unwrap();
        assert_eq!((done.plan.counts.missing, done.plan.counts.deactivate), (missing, 0));
    }
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(done.plan.counts.deactivate, 1);
    let cy = person(&lms, "003").await;
    assert!(cy.terminated_on.is_some(), "{cy:?}");
}

fn graph(asked: &Asked, second: &str) -> Reply {
    if asked.path == "/tenant-1/oauth2/v2.0/token" {
        let form = &asked.body;
        let is_right = form.contains("client_secret=key-of-the-test")
            && form.contains("grant_type=client_credentials")
            && asked.header("content-type") == "application/x-www-form-urlencoded";
        return match is_right {
            true => Reply::Json(json!({"access_token": "T0KEN", "expires_in": 3599})),
            false => Reply::status(400),
        };
    }
    if asked.header("authorization") != "Bearer T0KEN" {
        return Reply::status(401);
    }
    let user = |id: &str, first: &str| {
        json!({"id": id, "givenName": first, "surname": "Sample", "mail": null,
               "userPrincipalName": format!("{first}@example.com"), "userType": "Member",
               "department": "Engineering", "accountEnabled": true,
               "employeeHireDate": "2021-05-01T00:00:00Z", "employeeId": format!("00{id}")})
    };
    if asked.query("$skiptoken") == "2" {
        let mut guest = user("9", "Guest");
        guest["userType"] = json!("Guest");
        let mut gone = user("3", "Cy");
        gone["accountEnabled"] = json!(false);
        return Reply::Json(json!({"value": [guest, gone]}));
    }
    assert!(asked.query("$select").contains("accountEnabled"), "{:?}", asked.query);
    assert_eq!(asked.query("$expand"), "manager($select=id)");
    let mut ada = user("1", "Ada");
    ada["manager"] = json!({"id": "2"});
    Reply::Json(json!({"value": [ada, user("2", "Bo")], "@odata.nextLink": second}))
}

async fn users_of_entra_come_without_guests(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| graph(asked, "/v1.0/users?$skiptoken=2"));
    let new = NewConnection::new("hr", Vendor::MicrosoftGraph).unwrap().base_url(&server.url());
    let new = new.option("tenant", "tenant-1").option("client_id", "c");
    connect_as(&lms, new.option("login_url", &server.url())).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(done.plan.counts.create, 3, "{:?}", done.plan);
    let ada = person(&lms, "001").await;
    assert_eq!(
        ada.email.as_deref(),
        Some("Ada@example.com"),
        "the name to sign in, for want of another"
    );
    assert_eq!(ada.manager_name.as_deref(), Some("Bo Sample"));
    assert_eq!(ada.hired_on.unwrap().to_string(), "2021-05-01");
    assert_eq!(person(&lms, "003").await.status, PersonStatus::Inactive);
    assert!(done.plan.warnings.iter().any(|told| told.contains("1 records are about nobody")));
    assert_eq!(server.n_asked(), 3, "a token, and two pages");
}

async fn employees_of_personio_come_page_by_page(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        if asked.path == "/v1/auth" {
            let is_right = asked.json() == json!({"client_id": "c", "client_secret": KEY});
            let token = json!({"success": true, "data": {"token": "T", "expires_in": 86_400}});
            return if is_right { Reply::Json(token) } else { Reply::status(403) };
        }
        assert_eq!((asked.path.as_str(), asked.query("limit")), ("/v1/company/employees", "100"));
        assert_eq!(asked.header("authorization"), "Bearer T");
        let value = |value: Value| json!({"label": "x", "value": value});
        let named = |name: &str| value(json!({"type": "Department", "attributes": {"name": name}}));
        let employee = |id: u64, first: &str, boss: Value| {
            json!({"type": "Employee", "attributes": {
                "id": value(json!(id)), "first_name": value(json!(first)),
                "last_name": value(json!("Sample")), "status": value(json!("active")),
                "email": value(json!(format!("{first}@example.com"))),
                "department": named("Engineering"), "office": value(json!(null)),
                "hire_date": value(json!("2019-02-01T00:00:00+0100")),
                "supervisor": boss,
            }})
        };
        let boss = value(json!({"type": "Employee", "attributes": {"id": value(json!(2))}}));
        let all = [employee(1, "Ada", boss), employee(2, "Bo", value(json!(null)))];
        let from: usize = asked.query("offset").parse().unwrap();
        let page: Vec<Value> = all.into_iter().skip(from).take(1).collect();
        Reply::Json(json!({"success": true, "metadata": {"total_elements": "2"}, "data": page}))
    });
    let new = NewConnection::new("hr", Vendor::Personio).unwrap().base_url(&server.url());
    connect_as(&lms, new.option("client_id", "c")).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(done.plan.counts.create, 2, "{:?}", done.plan);
    let ada = person(&lms, "hr:1").await;
    assert_eq!(ada.manager_name.as_deref(), Some("Bo Sample"));
    assert_eq!(ada.hired_on.unwrap().to_string(), "2019-02-01", "the day on the wall");
    assert_eq!(ada.department.as_deref(), Some("ENG"));
}

async fn people_of_hibob_come_at_once(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        let body = asked.json();
        assert_eq!(asked.header("authorization"), "Basic c3ZjOmtleS1vZi10aGUtdGVzdA==");
        assert_eq!(
            (&body["showInactive"], &body["humanReadable"]),
            (&json!(true), &json!("APPEND"))
        );
        assert!(fields_have(body["fields"].as_array(), "work.department"), "{body}");
        Reply::Json(json!({"employees": [{
            "id": "b1", "firstName": "Ada", "surname": "Lovelace", "email": "ada@example.com",
            "work": {"department": "234", "startDate": "2022-03-01", "employeeIdInCompany": 17,
                     "reportsTo": {"id": "b2"}},
            "internal": {"status": "Active"},
            "humanReadable": {"work": {"department": "Engineering"}},
        }]}))
    });
    let new = NewConnection::new("hr", Vendor::HiBob).unwrap().base_url(&server.url());
    connect_as(&lms, new.option("service_user", "svc")).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(counts(&done.plan), [("create", 1), ("pending", 1)], "{:?}", done.plan);
    let ada = person(&lms, "17").await;
    assert_eq!(ada.department.as_deref(), Some("ENG"), "its name, not its number");
}

async fn a_report_of_workday_is_read_by_its_aliases(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        assert_eq!(asked.path, "/ccx/service/customreport2/acme/lms_owner/LMS%20Workers");
        assert_eq!(asked.header("authorization"), "Basic aXN1QGFjbWU6a2V5LW9mLXRoZS10ZXN0");
        assert_eq!(asked.query("format"), "json");
        Reply::Json(json!({"Report_Entry": [
            {"Employee_ID": "00017", "Legal_First_Name": "Ada", "Legal_Last_Name": "Lovelace",
             "Department": "Engineering", "Hire_Date": "2025-03-17-08:00", "Worker_Status": "Active"},
        ]}))
    });
    let new = NewConnection::new("hr", Vendor::Workday).unwrap().base_url(&server.url());
    let new = new.option("host", "wd2.example.com").option("tenant", "acme").option("user", "isu");
    let new = new.option("owner", "lms_owner").option("report", "LMS Workers");
    connect_as(&lms, new).await;
    sync(&lms, options()).await.unwrap();
    let ada = person(&lms, "00017").await;
    assert_eq!(ada.hired_on.unwrap().to_string(), "2025-03-17");
}

async fn users_of_scim_come_from_a_server_that_gives_less_than_it_is_asked_for(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        assert_eq!(asked.header("authorization"), "Bearer key-of-the-test");
        assert_eq!(
            (asked.header("accept"), asked.query("count")),
            ("application/scim+json", "100")
        );
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let user = |id: u8, boss: Value| {
            json!({"id": id.to_string(), "userName": format!("user{id}"), "active": id != 3,
                   "name": {"givenName": format!("Given{id}"), "familyName": "Sample"},
                   "emails": [{"type": "home", "value": "h@example.org"},
                              {"type": "work", "value": format!("user{id}@example.com")}],
                   urn: {"employeeNumber": format!("00{id}"), "manager": boss}})
        };
        let all = [user(1, json!({"value": "2"})), user(2, json!({})), user(3, json!({}))];
        let from = asked.query("startIndex").parse::<usize>().unwrap() - 1;
        let page: Vec<Value> = all.into_iter().skip(from).take(2).collect();
        if page.is_empty() {
            return Reply::Json(json!({"totalResults": 3, "startIndex": from + 1}));
        }
        Reply::Json(json!({"totalResults": 3, "itemsPerPage": page.len(), "Resources": page}))
    });
    let new = NewConnection::new("hr", Vendor::Scim).unwrap();
    let nowhere = lms.hris().connect(&lms.admin(), new.clone()).await.unwrap_err();
    assert!(nowhere.hints()[0].contains("--url"), "{nowhere:?}");
    connect_as(&lms, new.base_url(&format!("{}/scim/v2", server.url()))).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(done.plan.counts.create, 3, "{:?}", done.plan);
    let one = person(&lms, "001").await;
    assert_eq!(one.email.as_deref(), Some("user1@example.com"), "the one for work");
    assert_eq!(one.manager_name.as_deref(), Some("Given2 Sample"));
    assert_eq!(person(&lms, "003").await.status, PersonStatus::Inactive);
    assert!(server.asked().iter().all(|asked| asked.path == "/scim/v2/Users"));
}

const ACME: &str = r#"
format = 1
url = "https://hr.example.com"
secret = "Key"

[options.site]
ask = "Site"

[auth]
kind = "header"
name = "X-Api-Key"
value = "{secret}"

[request]
path = "/sites/{site}/people"
query = { active = "all" }

[paging]
kind = "cursor"
param = "after"
cursor_at = "/next"
size_param = "limit"
size = 2

[records]
at = "/people"
total_at = "/count"
skip = [{ at = "/kind", is = "robot" }]

[fields]
source_key = "/id"
full_name = "/name"
email = ["/mail/work", "/mail/any"]
department = "/team/code"
hired_on = { at = "/since", date_format = "DD.MM.YYYY" }
status = "/state"
"attr:badge" = "/badge"

[values.status]
here = "active"

[values.department]
E1 = "ENG"

[constants]
country = "DE"
"#;

fn acme(asked: &Asked) -> Reply {
    if asked.header("x-api-key") != KEY {
        return Reply::status(403);
    }
    assert_eq!((asked.query("active"), asked.query("limit")), ("all", "2"));
    assert_eq!(asked.path, "/sites/B%C3%B6%2F1/people");
    let ada = json!({"id": 1, "name": "Lovelace, Ada", "mail": {"any": "ada@example.com"},
                     "team": {"code": "E1"}, "since": "04.03.2024", "state": "here", "badge": 7});
    let bo = json!({"id": 2, "name": "Bo Baker", "mail": {"work": "bo@example.com"},
                    "team": {"code": "E1"}, "since": "05.03.2024", "state": "here"});
    let robot = json!({"id": 3, "kind": "robot"});
    match asked.query("after") {
        "" => Reply::Json(json!({"count": 4, "people": [ada.clone(), robot], "next": "p2"})),
        // Somebody came meanwhile, and the list moved.
        "p2" => Reply::Json(json!({"count": 4, "people": [ada, bo], "next": null})),
        _ => Reply::status(404),
    }
}

async fn any_other_system_is_described_by_a_file(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(acme);
    let new = NewConnection::new("hr", Vendor::Rest).unwrap().base_url(&server.url());
    let lost = lms.hris().connect(&lms.admin(), new.clone()).await.unwrap_err();
    assert!(lost.hints()[0].contains("--map"), "{lost:?}");
    let wrong = new.clone().mapping(&ACME.replace("email = [", "emial = ["));
    let wrong = lms.hris().connect(&lms.admin(), wrong).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Invalid);
    assert!(wrong.hints().iter().any(|hint| hint.contains("`email`")), "{wrong:?}");
    connect_as(&lms, new.mapping(ACME).option("site", "Bö/1")).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!(counts(&done.plan), [("create", 2)], "{:?}", done.plan);
    let ada = person(&lms, "hr:1").await;
    assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada", "Lovelace"));
    assert_eq!(ada.hired_on.unwrap().to_string(), "2024-03-04");
    assert_eq!(ada.attributes.get("badge").map(String::as_str), Some("7"));
    assert_eq!(ada.country.as_deref(), Some("DE"));
    let told = done.plan.warnings.join("; ");
    assert!(told.contains("1 records came twice"), "{told}");
}

const DATASET: &str = r#"
format = 1

[request]
method = "POST"
path = "/api/v2/datasets/employees/data"
body = { fields = ["employeeNumber", "jobInformationDepartment", "employmentStatus"] }

[paging]
kind = "page"
param = "page"
size_param = "pageSize"
size = 2
place = "body"
pages_at = "/meta/totalPages"

[records]
at = "/data"
total_at = "/meta/totalItems"

[fields]
source_key = "/fields/employeeNumber"
employee_number = "/fields/employeeNumber"
first_name = "/fields/firstName"
last_name = "/fields/lastName"
preferred_name = ""
email = "/fields/email"
department = "/fields/jobInformationDepartment"
location = ""
job_title = "/fields/jobInformationJobTitle"
manager_email = ""
manager = ""
hired_on = ""
terminated_on = ""
status = "/fields/employmentStatus"
"#;

async fn bamboohr_can_be_asked_for_a_dataset_instead(engine: Engine) {
    let lms = company(engine).await;
    let server = VendorServer::start(|asked| {
        assert_eq!(asked.path, "/api/v2/datasets/employees/data");
        let body = asked.json();
        assert!(fields_have(body["fields"].as_array(), "jobInformationDepartment"), "{body}");
        let page = usize::try_from(body["page"].as_u64().unwrap()).unwrap();
        let person = |n: usize| {
            json!({"fields": {"employeeNumber": format!("00{n}"), "firstName": format!("F{n}"),
                   "lastName": "L", "jobInformationDepartment": "Engineering",
                   "employmentStatus": "Active"}})
        };
        let people: Vec<Value> = (1..=5).skip((page - 1) * 2).take(2).map(person).collect();
        let meta = json!({"page": page, "pageSize": 2, "totalPages": 3, "totalItems": 5});
        Reply::Json(json!({"data": people, "meta": meta}))
    });
    connect_as(&lms, bamboohr_at(&server).mapping(DATASET)).await;
    let done = sync(&lms, options()).await.unwrap();
    assert_eq!((done.plan.counts.create, server.n_asked()), (5, 3), "{:?}", done.plan);
}
