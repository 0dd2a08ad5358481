//! `/api/v1/trainings`: from a draft into the catalog, and out of it.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{
    Engine, Item, ItemContent, Module, NewQuestion, NewQuiz, NewTraining, Publishing, QuestionKind,
    TrainingDefinition, TrainingField,
};
use serde_json::{Value, json};

use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    from_a_draft_into_the_catalog_and_out_of_it,
    modules_are_put_in_one_by_one,
    the_catalog_is_listed_searched_and_paged,
    what_counts_for_what_is_dated,
    a_stale_tag_changes_no_training,
    what_is_wrong_is_told_of_its_field,
    who_is_not_there_is_not_found,
    who_reads_does_not_write_and_who_writes_does_not_publish,
}

const ALL: &str = "/api/v1/trainings";
const GDPR: &str = "/api/v1/trainings/GDPR-101";

fn module(title: &str) -> Module {
    let mut module = Module::new(title);
    let text = ItemContent::Text { text: format!("# {title}") };
    module.items.push(Item::new("Read this", text));
    module
}

/// A training with all that it needs, as a draft.
pub(super) async fn draft(api: &Api, code: &str, title: &str) {
    let mut definition = TrainingDefinition::new(title);
    definition.modules = vec![module("What is personal data"), module("Your rights")];
    let new = NewTraining::new(code, "").definition(definition);
    api.lms.catalog().add(&api.lms.admin(), new).await.unwrap();
}

pub(super) async fn published(api: &Api, code: &str, title: &str) {
    draft(api, code, title).await;
    let publishing = Publishing::minor();
    api.lms.catalog().publish(&api.lms.admin(), code, &publishing).await.unwrap();
}

/// A quiz that trainings can ask.
pub(super) async fn with_quiz(api: &Api, code: &str) {
    let (quizzes, admin) = (api.lms.quizzes(), api.lms.admin());
    let question = NewQuestion::new("WHY", QuestionKind::Essay, "Why?");
    quizzes.add_questions(&admin, vec![question]).await.unwrap();
    quizzes.add_quiz(&admin, NewQuiz::new(code, "In short").ask(&["WHY"])).await.unwrap();
}

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api, operation: &str) {
    let (catalog, admin) = (api.lms.catalog(), api.lms.admin());
    with_quiz(api, "FIRE-SHORT").await;
    draft(api, "GDPR-101", "Data protection").await;
    if ["submit_training", "publish_training", "remove_training"].contains(&operation) {
        return;
    }
    catalog.publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    for code in ["SEC-200", "FIRE-WARDEN"] {
        published(api, code, code).await;
    }
    catalog.add_equivalent(&admin, "GDPR-101", "FIRE-WARDEN", None, None).await.unwrap();
    if operation == "reopen_training" {
        catalog.archive(&admin, "GDPR-101").await.unwrap();
    }
}

pub(super) fn codes(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().expect(&answer.text).clone();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

/// The fields that a problem document tells, in order.
pub(super) fn fields(answer: &Answer) -> Vec<String> {
    let errors = answer.json()["errors"].as_array().expect(&answer.text).clone();
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

async fn from_a_draft_into_the_catalog_and_out_of_it(engine: Engine) {
    let api = Api::on(engine).await;
    let act = async |verb: &str, body: &str| api.post(&format!("{GDPR}/{verb}"), body).await;

    // An author begins, and is told all that is missing.
    let empty = json!({ "title": "What is personal data", "minutes": 5 });
    let definition = json!({
        "title": "Data protection basics", "category": "Compliance", "validity_months": 12,
        "prerequisites": ["ONBOARDING"], "modules": [empty]
    });
    let new = json!({ "code": "GDPR-101", "definition": definition });
    let made = api.post(ALL, &new.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let value = &made.json()["value"];
    assert_eq!((&value["status"], &value["version"]), (&json!("draft"), &Value::Null));
    assert_eq!(value["draft"], "1.0");
    let id = value["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("trainings/{id}").as_str()));
    let again = api.post(ALL, &new.to_string()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "catalog.training_exists"));
    let refused = act("publish", "{}").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "catalog.not_publishable"));
    assert_eq!(fields(&refused), ["modules[0].items", "prerequisites[0]"]);
    assert_eq!(refused.json()["hints"], json!([]), "nothing is told twice");
    assert_eq!(refused.json()["errors"][1]["code"], "catalog.not_publishable");
    let shown = api.get(GDPR).await;
    assert_eq!(shown.json()["problems"][0]["path"], "modules[0].items", "{}", shown.text);

    // It is mended: written anew from what was shown, then a quiz, then looked at.
    let mut mended = shown.json()["definition"].clone();
    mended["prerequisites"] = json!([]);
    let read = json!({ "title": "Names", "kind": "text", "text": "A name is one." });
    mended["modules"][0]["items"] = json!([read]);
    let put = api.ask("PUT", GDPR, &json!({ "definition": mended }).to_string()).await;
    assert_eq!(put.status, 200, "{}", put.text);
    with_quiz(&api, "PRIVACY").await;
    let quiz = json!({ "module": "what-is-personal-data", "title": "Quiz", "quiz": "privacy" });
    assert_eq!(act("quizzes", &quiz.to_string()).await.status, 200);
    let submitted = act("submit", "").await;
    assert_eq!(submitted.json()["value"]["status"], "in_review", "{}", submitted.text);

    // It is published, after a look at what that would do.
    let planned = act("publish?dry_run=true", "{}").await;
    let plan = planned.json();
    assert_eq!((planned.status, &plan["version"]), (200, &json!("1.0")), "{}", planned.text);
    assert_eq!((&plan["dry_run"], &plan["problems"]), (&json!(true), &json!([])));
    assert_eq!(api.get(GDPR).await.json()["version"], Value::Null, "nothing was written");
    let first = act("publish", "{}").await;
    let value = first.json()["value"].clone();
    assert_eq!((&value["status"], &value["version"]), (&json!("published"), &json!("1.0")));
    let nothing = act("publish", "{}").await;
    assert_eq!((nothing.status, &nothing.json()["operation"]), (200, &Value::Null));

    // It is edited: what people see is the first version until the second is published.
    mended["title"] = json!("Data protection");
    let put = api.ask("PUT", GDPR, &json!({ "definition": mended }).to_string()).await;
    assert_eq!(put.json()["value"]["draft"], "1.1", "{}", put.text);
    let title =
        async |query: &str| api.get(&format!("{GDPR}{query}")).await.json()["title"].clone();
    assert_eq!(title("").await, "Data protection basics");
    let of_draft = api.get(&format!("{GDPR}?version=draft")).await;
    assert_eq!(of_draft.json()["definition"]["title"], "Data protection", "{}", of_draft.text);
    let major = r#"{"require_retraining_by": "2026-12-31"}"#;
    let second = act("publish", major).await;
    assert_eq!(second.json()["value"]["version"], "2.0", "{}", second.text);
    let versions = api.get(&format!("{GDPR}/versions")).await.json()["items"].clone();
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&json!("2.0"), &json!("1.0")));
    assert_eq!(versions[0]["require_retraining_by"], "2026-12-31");
    let old = api.get(&format!("{GDPR}?version=1.0")).await;
    assert_eq!(old.json()["definition"]["title"], "Data protection basics");

    // It is cloned, archived, and taken back; what was published once stays.
    let clone = act("clone", r#"{"code": "GDPR-102"}"#).await;
    assert_eq!((clone.status, &clone.json()["value"]["draft"]), (201, &json!("1.0")));
    let location = clone.header("location").unwrap().to_owned();
    assert_eq!(api.get(&format!("/api/v1/{location}")).await.json()["code"], "GDPR-102");
    let archived = act("archive", "").await;
    assert_eq!(archived.json()["value"]["status"], "archived", "{}", archived.text);
    assert_eq!(codes(&api.get(ALL).await), ["GDPR-102"]);
    mended["title"] = json!("Data protection for all");
    let put = api.ask("PUT", GDPR, &json!({ "definition": mended }).to_string()).await;
    assert_eq!((put.status, put.code().as_str()), (409, "catalog.archived"));
    let back = act("reopen", "").await;
    assert_eq!(back.json()["value"]["status"], "published", "{}", back.text);
    let kept = api.ask("DELETE", GDPR, "").await;
    assert_eq!((kept.status, kept.code().as_str()), (409, "catalog.published"));
    let gone = api.ask("DELETE", &format!("{ALL}/GDPR-102"), "").await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(api.get(&format!("{ALL}/GDPR-102")).await.status, 404);
}

async fn modules_are_put_in_one_by_one(engine: Engine) {
    let api = Api::on(engine).await;
    draft(&api, "GDPR-101", "Data protection").await;
    with_quiz(&api, "PRIVACY").await;
    let keys = async || {
        let modules = api.get(GDPR).await.json()["definition"]["modules"].clone();
        let keys = modules.as_array().unwrap().iter();
        keys.map(|module| module["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let link = json!({ "title": "In full", "kind": "link", "url": "https://example.com/law" });
    let law = json!({ "title": "The law", "items": [link] }).to_string();
    let added = api.post(&format!("{GDPR}/modules"), &law).await;
    assert_eq!((added.status, &added.json()["changed"][0]["field"]), (200, &json!("modules")));
    assert_eq!(keys().await, ["what-is-personal-data", "your-rights", "the-law"]);

    let one = format!("{GDPR}/modules/your-rights");
    assert_eq!(api.ask("PUT", &one, &law).await.status, 200);
    let modules = api.get(GDPR).await.json()["definition"]["modules"].clone();
    assert_eq!(
        (&modules[1]["key"], &modules[1]["title"]),
        (&json!("your-rights"), &json!("The law"))
    );
    let same = api.ask("PUT", &one, &law).await;
    assert_eq!((&same.json()["changed"], &same.json()["operation"]), (&json!([]), &Value::Null));

    let quiz = json!({ "module": "the-law", "title": "Quiz", "quiz": "PRIVACY", "key": "q" });
    assert_eq!(api.post(&format!("{GDPR}/quizzes"), &quiz.to_string()).await.status, 200);
    let items = api.get(GDPR).await.json()["definition"]["modules"][2]["items"].clone();
    assert_eq!(items[1], json!({ "key": "q", "title": "Quiz", "kind": "quiz", "quiz": "PRIVACY" }));

    assert_eq!(api.ask("DELETE", &one, "").await.status, 200);
    assert_eq!(keys().await, ["what-is-personal-data", "the-law"]);
    let again = api.ask("DELETE", &one, "").await;
    assert_eq!((again.status, again.code().as_str()), (404, "catalog.module_unknown"));
}

async fn the_catalog_is_listed_searched_and_paged(engine: Engine) {
    let api = Api::on(engine).await;
    let (catalog, admin) = (api.lms.catalog(), api.lms.admin());
    for (code, title, category, tag) in [
        ("A-1", "Zürich und die Welt", "Places", "de"),
        ("B-2", "Data protection", "Compliance", "privacy"),
        ("C-3", "Anti-corruption", "Compliance", "gifts"),
    ] {
        let new = NewTraining::new(code, title)
            .set(TrainingField::Category, category)
            .set(TrainingField::Tags, tag)
            .set(TrainingField::Languages, "en");
        catalog.add(&admin, new).await.unwrap();
    }
    published(&api, "D-4", "Working with data").await;
    let template = NewTraining::new("T-5", "A pattern").template(true);
    catalog.add(&admin, template).await.unwrap();

    let listed = async |query: &str| codes(&api.get(&format!("{ALL}?{query}")).await);
    assert_eq!(listed("").await, ["C-3", "B-2", "D-4", "A-1"], "by title");
    assert_eq!(listed("sort=code").await, ["A-1", "B-2", "C-3", "D-4"]);
    assert_eq!(listed("status=published").await, ["D-4"]);
    assert_eq!(listed("status=published&status=draft&sort=code").await.len(), 4);
    assert_eq!(listed("category=compliance&sort=code").await, ["B-2", "C-3"]);
    assert_eq!(listed("category=Compliance&tag=gifts").await, ["C-3"]);
    assert_eq!(listed("language=en&sort=code").await, ["A-1", "B-2", "C-3"]);
    assert_eq!(listed("delivery=classroom").await, [""; 0]);
    assert_eq!(listed("templates=true").await, ["T-5"]);
    assert_eq!(listed("search=prot%20data").await, ["B-2"]);
    let found = api.get(&format!("{ALL}/search?q=ZURI")).await;
    assert_eq!(codes(&found), ["A-1"], "{}", found.text);

    let first = api.get(&format!("{ALL}?sort=code&limit=3")).await;
    let cursor = first.json()["next"].as_str().unwrap().to_owned();
    let rest = api.get(&format!("{ALL}?sort=code&limit=3&cursor={cursor}")).await;
    assert_eq!((codes(&first).len(), codes(&rest)), (3, vec!["D-4".to_owned()]));
    let headings = api.get(&format!("{ALL}/categories")).await.json()["items"].clone();
    assert_eq!(
        headings,
        json!([{ "name": "Compliance", "trainings": 2 }, { "name": "Places", "trainings": 1 }])
    );

    for query in ["status=gone", "delivery=post", "sort=size", "limit=0", "cursor=x", "titel=x"] {
        let wrong = api.get(&format!("{ALL}?{query}")).await;
        assert_eq!(wrong.status, 400, "{query}: {}", wrong.text);
    }
    let wrong = api.get(&format!("{ALL}/search?q=%20-%20")).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text);
}

async fn what_counts_for_what_is_dated(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "GDPR-101", "Data protection").await;
    published(&api, "SEC-200", "Security").await;
    let equivalents = format!("{GDPR}/equivalents");
    let body = json!({ "satisfied_by": "sec-200", "from": "2027-01-01" }).to_string();
    let added = api.post(&equivalents, &body).await;
    let known = json!([{ "satisfied_by": "SEC-200", "from": "2027-01-01", "until": null }]);
    assert_eq!(
        (added.status, &added.json()["value"]["equivalents"]),
        (200, &known),
        "{}",
        added.text
    );
    assert_eq!(api.get(GDPR).await.json()["equivalents"], known);
    let again = api.post(&equivalents, &body).await;
    assert_eq!((&again.json()["changed"], &again.json()["operation"]), (&json!([]), &Value::Null));

    let end = async |query: &str| api.ask("DELETE", &format!("{equivalents}?{query}"), "").await;
    let ended = end("satisfied_by=SEC-200&until=2028-01-01").await;
    assert_eq!(ended.json()["value"]["equivalents"][0]["until"], "2028-01-01", "{}", ended.text);
    for (query, status, code) in [
        ("satisfied_by=SEC-300&until=2028-01-01", 400, "catalog.training_unknown"),
        ("satisfied_by=SEC-200&until=2030-01-01", 404, "catalog.equivalent_unknown"),
        ("satisfied_by=SEC-200&until=soon", 400, "input.invalid"),
        ("satisfied_by=SEC-200", 400, "http.query"),
    ] {
        let wrong = end(query).await;
        assert_eq!(
            (wrong.status, wrong.code().as_str()),
            (status, code),
            "{query}: {}",
            wrong.text
        );
    }
    for (body, field) in [
        (json!({ "satisfied_by": "SEC-300" }), "satisfied_by"),
        (json!({ "satisfied_by": "GDPR-101" }), "satisfied_by"),
        (json!({ "satisfied_by": "SEC-200", "from": "soon" }), "from"),
        (
            json!({ "satisfied_by": "SEC-200", "from": "2029-01-02", "until": "2029-01-01" }),
            "until",
        ),
    ] {
        let wrong = api.post(&equivalents, &body.to_string()).await;
        assert_eq!((wrong.status, fields(&wrong)), (422, vec![field.to_owned()]), "{}", wrong.text);
    }
}

async fn a_stale_tag_changes_no_training(engine: Engine) {
    let api = Api::on(engine).await;
    draft(&api, "GDPR-101", "Data protection").await;
    let shown = api.get(GDPR).await;
    let tag = shown.header("etag").unwrap().to_owned();
    assert_eq!(api.get_if_none_match(GDPR, &tag).await.status, 304);
    let law = json!({ "title": "The law" }).to_string();
    let modules = format!("{GDPR}/modules");
    let first = api.ask_if_match("POST", &modules, &tag, &law).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let definition = json!({ "definition": shown.json()["definition"] }).to_string();
    let quiz = json!({ "module": "your-rights", "title": "Quiz", "quiz": "X" }).to_string();
    for (method, path, body) in [
        ("PUT", GDPR.to_owned(), definition.as_str()),
        ("DELETE", GDPR.to_owned(), ""),
        ("POST", modules.clone(), &law),
        ("PUT", format!("{modules}/your-rights"), &law),
        ("DELETE", format!("{modules}/your-rights"), ""),
        ("POST", format!("{GDPR}/quizzes"), &quiz),
        ("POST", format!("{GDPR}/submit"), ""),
        ("POST", format!("{GDPR}/publish"), "{}"),
        ("POST", format!("{GDPR}/publish?dry_run=true"), "{}"),
        ("POST", format!("{GDPR}/archive"), ""),
        ("POST", format!("{GDPR}/reopen"), ""),
    ] {
        let stale = api.ask_if_match(method, &path, &tag, body).await;
        assert_eq!(
            (stale.status, stale.code().as_str()),
            (412, "catalog.stale"),
            "{method} {path}"
        );
    }
    let tag = first.header("etag").unwrap().to_owned();
    let removed = api.ask_if_match("DELETE", &format!("{modules}/the-law"), &tag, "").await;
    assert_eq!(removed.status, 200, "{}", removed.text);
    assert_ne!(removed.header("etag"), Some(tag.as_str()));
}

async fn what_is_wrong_is_told_of_its_field(engine: Engine) {
    let api = Api::on(engine).await;
    draft(&api, "GDPR-101", "Data protection").await;
    let wrong = async |method: &str, path: &str, body: Value| {
        let answer = api.ask(method, path, &body.to_string()).await;
        (answer.status, answer.code(), fields(&answer))
    };
    let told = |code: &str, fields: &[&str]| {
        (422, code.to_owned(), fields.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let item =
        |item: Value| json!({ "title": "T", "modules": [{ "title": "M", "items": [item] }] });
    let of = |definition: Value| json!({ "code": "NEW", "definition": definition });
    let both = json!({ "title": "", "validity_months": 0, "modules": [{ "title": "" }] });
    let invalid = ["definition.title", "definition.validity_months", "definition.modules[0].title"];
    for (method, path) in [("POST", ALL), ("PUT", GDPR)] {
        let body = |definition: Value| match method {
            "POST" => of(definition),
            _ => json!({ "definition": definition }),
        };
        let (status, code, mut found) = wrong(method, path, body(both.clone())).await;
        found.sort_by_key(|field| invalid.iter().position(|known| known == field));
        assert_eq!((status, code, found), told("catalog.definition_invalid", &invalid));
        for (definition, field) in [
            (json!({ "title": "T", "titel": "T" }), "definition.titel"),
            (json!({ "title": 3 }), "definition.title"),
            (json!({ "title": "T", "modules": [{ "titel": "M" }] }), "definition.modules[0].titel"),
            (item(json!({ "kind": "film" })), "definition.modules[0].items[0]"),
            (item(json!({ "kind": "text", "url": "x" })), "definition.modules[0].items[0]"),
            (json!({ "title": "T", "code": "X" }), "definition.code"),
            (json!({ "title": "T", "format": 1 }), "definition.format"),
        ] {
            let refused = wrong(method, path, body(definition)).await;
            assert_eq!(refused, told("http.fields", &[field]), "{method}");
        }
        let http = item(json!({ "title": "L", "kind": "link", "url": "http://example.com" }));
        let refused = wrong(method, path, body(http)).await;
        let field = "definition.modules[0].items[0].url";
        assert_eq!(refused, told("catalog.definition_invalid", &[field]));
    }
    let nearest = api.post(ALL, &of(json!({ "titel": "T" })).to_string()).await;
    assert_eq!(nearest.json()["hints"][0], "did you mean `title`?");
    let refused = wrong("POST", ALL, json!({ "code": "no code", "definition": {} })).await;
    assert_eq!(refused, told("input.invalid", &["code"]));

    // A module or an item alone is told of without the way to it.
    let long = "x".repeat(500);
    let modules = format!("{GDPR}/modules");
    for (method, path) in [("POST", modules.clone()), ("PUT", format!("{modules}/your-rights"))] {
        let refused = wrong(method, &path, json!({ "title": long })).await;
        assert_eq!(refused, told("catalog.definition_invalid", &["title"]), "{method}");
        let refused = wrong(method, &path, json!({ "title": "M", "items": [{}] })).await;
        assert_eq!(refused, told("http.fields", &["items[0]"]), "{method}");
    }
    let quizzes = format!("{GDPR}/quizzes");
    let quiz = |module: &str, title: &str| json!({ "module": module, "title": title, "quiz": "Q" });
    let refused = wrong("POST", &quizzes, quiz("your-rights", &long)).await;
    assert_eq!(refused, told("catalog.definition_invalid", &["title"]));
    let refused = wrong("POST", &quizzes, quiz("your-wrongs", "Quiz")).await;
    assert_eq!(refused, told("catalog.module_unknown", &["module"]));
    let publish = format!("{GDPR}/publish");
    let refused = wrong("POST", &publish, json!({ "require_retraining_by": "soon" })).await;
    assert_eq!(refused, told("input.invalid", &["require_retraining_by"]));
    let both = api.get(&format!("{GDPR}?version=1.0&as_of=2026-01-01")).await;
    assert_eq!((both.status, both.code().as_str()), (400, "http.query"));
}

async fn who_is_not_there_is_not_found(engine: Engine) {
    let api = Api::on(engine).await;
    published(&api, "GDPR-101", "Data protection").await;
    let nowhere = format!("{ALL}/GDRP-101");
    let definition = json!({ "definition": { "title": "T" } }).to_string();
    for (method, path, body) in [
        ("GET", nowhere.clone(), ""),
        ("PUT", nowhere.clone(), definition.as_str()),
        ("DELETE", nowhere.clone(), ""),
        ("GET", format!("{nowhere}/versions"), ""),
        ("POST", format!("{nowhere}/clone"), r#"{"code": "X"}"#),
        ("POST", format!("{nowhere}/publish"), "{}"),
        ("POST", format!("{nowhere}/publish?dry_run=true"), "{}"),
        ("POST", format!("{nowhere}/submit"), ""),
        ("POST", format!("{nowhere}/modules"), r#"{"title": "M"}"#),
        ("POST", format!("{nowhere}/equivalents"), r#"{"satisfied_by": "GDPR-101"}"#),
    ] {
        let answer = api.ask(method, &path, body).await;
        let problem = (answer.status, answer.code());
        assert_eq!(problem, (404, "catalog.training_unknown".to_owned()), "{method} {path}");
        assert_eq!(answer.json()["hints"][0], "did you mean `GDPR-101`?");
        assert_eq!(answer.json()["errors"], json!([]));
    }
    let version = api.get(&format!("{GDPR}?version=7.0")).await;
    assert_eq!((version.status, version.code().as_str()), (404, "catalog.version_unknown"));
}

async fn who_reads_does_not_write_and_who_writes_does_not_publish(engine: Engine) {
    let api = Api::on(engine).await;
    draft(&api, "GDPR-101", "Data protection").await;
    let reader = api.token_for(&["catalog.read", "drafts.read"]).await;
    let author = api.token_for(&["catalog.read", "catalog.write"]).await;
    let ask = async |token: &str, method: &str, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).bearer(token);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        api.send(request.body(Body::from(body.to_owned())).unwrap()).await.status
    };
    let law = json!({ "title": "The law" }).to_string();
    let modules = format!("{GDPR}/modules");
    assert_eq!(ask(&reader, "GET", GDPR, "").await, 200);
    assert_eq!(ask(&reader, "POST", &modules, &law).await, 403);
    assert_eq!(ask(&author, "POST", &modules, &law).await, 200);
    for verb in ["publish", "archive"] {
        let path = format!("{GDPR}/{verb}");
        assert_eq!(ask(&author, "POST", &path, "{}").await, 403, "{verb}");
    }
    assert_eq!(ask(&author, "POST", &format!("{GDPR}/submit"), "").await, 200);
}
