//! `/api/v1/questions` and `/api/v1/quizzes`: from the bank to what a training asks, and whole files.

use axum::body::Body;
use axum::http::{Request, header};
use lms_core::{
    Engine, Item, ItemContent, Module, NewQuestion, NewQuiz, NewTraining, Publishing,
    QuestionChange, QuestionKind, TrainingDefinition,
};
use lms_http::Options;
use serde_json::{Value, json};

use super::trainings::{codes, fields, with_quiz};
use super::{Answer, Api, RequestExt};
use crate::support::engines::on_both_engines;

on_both_engines! {
    from_questions_to_a_quiz_that_a_training_asks,
    a_file_is_looked_at_and_then_imported_as_it_was_seen,
    the_bank_is_listed_searched_counted_and_paged,
    a_stale_tag_changes_no_question_and_no_quiz,
    what_is_wrong_is_told_of_its_field,
    a_sheet_has_nothing_of_what_is_right,
    who_is_not_there_is_not_found,
    who_reads_does_not_write,
    what_is_too_much_is_refused,
}

const QUESTIONS: &str = "/api/v1/questions";
const QUIZZES: &str = "/api/v1/quizzes";
const IMPORT: &str = "/api/v1/quizzes/import";

/// What the examples of the document take for granted.
pub(super) async fn furnish(api: &Api) {
    let question = NewQuestion::new("FIRE-01", QuestionKind::Essay, "Why is there a door?");
    api.lms.quizzes().add_question(&api.lms.admin(), question).await.unwrap();
    with_quiz(api, "FIRE-SHORT").await;
}

fn single(text: &str) -> Value {
    let right = json!({ "text": "Raise the alarm", "right": true });
    json!({ "kind": "single", "text": text, "options": [right, { "text": "Take the lift" }] })
}

async fn made(api: &Api, path: &str, body: Value) -> Answer {
    let made = api.post(path, &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made
}

/// Three questions about fire and a quiz that draws two of them.
async fn with_fire(api: &Api) {
    for code in ["FIRE-01", "FIRE-02", "FIRE-03"] {
        let body = json!({ "code": code, "tags": ["fire"], "definition": single(code) });
        made(api, QUESTIONS, body).await;
    }
    let sections = json!([{ "questions": ["FIRE-01"], "draw": 1, "tag": "fire" }]);
    let definition = json!({ "title": "Fire", "sections": sections });
    made(api, QUIZZES, json!({ "code": "FIRE", "definition": definition })).await;
}

async fn from_questions_to_a_quiz_that_a_training_asks(engine: Engine) {
    let api = Api::on(engine).await;
    let body = json!({ "code": "FIRE-01", "tags": ["Fire"], "definition": single("First?") });
    let first = made(&api, QUESTIONS, body.clone()).await;
    let value = &first.json()["value"];
    assert_eq!((&value["kind"], &value["tags"]), (&json!("single"), &json!(["fire"])));
    assert_eq!((&value["points"], &value["version"]), (&json!(1), &json!(1)));
    let location = first.header("location").unwrap().to_owned();
    assert_eq!(location, format!("questions/{}", value["id"].as_str().unwrap()));
    let shown = api.get(&format!("/api/v1/{location}")).await;
    assert_eq!((shown.status, &shown.json()["code"]), (200, &json!("FIRE-01")));
    assert_eq!(shown.json()["definition"], single("First?"));
    let again = api.post(QUESTIONS, &body.to_string()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "quizzes.question_exists"));
    assert_eq!(fields(&again), ["code"]);

    // A quiz asks what there is, and is told all that there is not.
    let quiz = |questions: Value| {
        let sections = json!([{ "questions": questions }]);
        json!({ "code": "FIRE", "definition": { "title": "Fire", "sections": sections } })
    };
    let missing = api.post(QUIZZES, &quiz(json!(["FIRE-01", "FIRE-09"])).to_string()).await;
    assert_eq!((missing.status, missing.code().as_str()), (422, "quizzes.invalid"));
    assert_eq!(fields(&missing), ["definition.sections[0].questions[1]"]);
    let quiz = made(&api, QUIZZES, quiz(json!(["fire-01"]))).await.json()["value"].clone();
    assert_eq!((&quiz["questions"], &quiz["passing_percent"]), (&json!(1), &json!(80)));

    // It is changed as a whole; tags and archiving stay, and the same again is nothing.
    let one = format!("{QUESTIONS}/fire-01");
    let put = json!({ "definition": single("What is first?") }).to_string();
    let changed = api.ask("PUT", &one, &put).await;
    assert_eq!(changed.json()["value"]["version"], 2, "{}", changed.text);
    assert_eq!(changed.json()["value"]["tags"], json!(["fire"]));
    let text = json!([{ "field": "text", "before": "First?", "after": "What is first?" }]);
    assert_eq!(changed.json()["changed"], text);
    let same = api.ask("PUT", &one, &put).await;
    assert_eq!((&same.json()["changed"], &same.json()["operation"]), (&json!([]), &Value::Null));
    assert_eq!(same.header("etag"), changed.header("etag"));
    let tags = json!({ "tags": ["alarm"], "definition": single("What is first?") });
    let tagged = api.ask("PUT", &one, &tags.to_string()).await.json()["value"].clone();
    assert_eq!((&tagged["tags"], &tagged["version"]), (&json!(["alarm"]), &json!(2)));

    // A training asks the quiz, which asks the question: neither can be taken away.
    let mut module = Module::new("In the end");
    module.items = vec![Item::new("Quiz", ItemContent::Quiz { quiz: "FIRE".to_owned() })];
    let mut definition = TrainingDefinition::new("Fire safety");
    definition.modules = vec![module];
    let (catalog, admin) = (api.lms.catalog(), api.lms.admin());
    let training = NewTraining::new("FIRE-101", "").definition(definition);
    catalog.add(&admin, training).await.unwrap();
    catalog.publish(&admin, "FIRE-101", &Publishing::minor()).await.unwrap();
    let of_quiz = format!("{QUIZZES}/FIRE");
    for (path, told) in [(&one, "quiz FIRE, section 1"), (&of_quiz, "asked in FIRE-101")] {
        let refused = api.ask("DELETE", path, "").await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "quizzes.in_use"));
        assert!(refused.json()["detail"].as_str().unwrap().contains(told), "{}", refused.text);
        assert_eq!(refused.json()["errors"], json!([]));
    }
    let archived = json!({ "archived": true, "definition": single("What is first?") }).to_string();
    let refused = api.ask("PUT", &one, &archived).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "quizzes.in_use"));

    // When nobody asks for them any more they go to the archive, and come back.
    catalog.archive(&admin, "FIRE-101").await.unwrap();
    for path in [&of_quiz, &one] {
        let archived = api.ask("DELETE", path, "").await;
        assert_eq!(archived.json()["value"]["archived"], true, "{}", archived.text);
        let again = api.ask("DELETE", path, "").await;
        assert_eq!((again.status, &again.json()["operation"]), (200, &Value::Null));
    }
    assert_eq!(codes(&api.get(QUESTIONS).await), [""; 0]);
    assert_eq!(codes(&api.get(&format!("{QUESTIONS}?archived=true")).await), ["FIRE-01"]);
    for path in [&one, &of_quiz] {
        let definition = api.get(path).await.json()["definition"].clone();
        let back = json!({ "archived": false, "definition": definition }).to_string();
        let back = api.ask("PUT", path, &back).await;
        assert_eq!(back.json()["value"]["archived"], false, "{}", back.text);
    }
}

async fn a_file_is_looked_at_and_then_imported_as_it_was_seen(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let essay = |code: &str, text: &str| json!({ "code": code, "kind": "essay", "text": text });
    let mut alarm = single("FIRE-01");
    alarm["code"] = json!("FIRE-01");
    let quiz = json!({ "code": "NEW", "title": "New", "sections": [{ "questions": ["NEW-1"] }] });
    let file = |text: &str| {
        let questions = json!([essay("NEW-1", text), alarm]);
        json!({ "questions": questions, "quizzes": [quiz] }).to_string()
    };
    let newest = async || {
        let entry = api.get("/api/v1/audit?limit=1").await.json()["items"][0].clone();
        (entry["seq"].clone(), entry["kind"].as_str().unwrap().to_owned())
    };
    let before = newest().await;
    let dry = format!("{IMPORT}?dry_run=true");
    let looked = api.post(&dry, &file("Why?")).await;
    let plan = looked.json();
    assert_eq!((looked.status, &plan["dry_run"]), (200, &json!(true)), "{}", looked.text);
    assert_eq!(plan["counts"], json!({ "created": 2, "changed": 1, "unchanged": 0 }));
    let steps: Vec<(&str, &str, &str)> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let text = |field: &str| step[field].as_str().unwrap();
            (text("subject"), text("code"), text("action"))
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("question", "FIRE-01", "change"),
            ("question", "NEW-1", "create"),
            ("quiz", "NEW", "create")
        ]
    );
    assert_eq!(plan["steps"][0]["changed"][0]["field"], "tags");
    assert_eq!((&plan["problems"], &plan["operation"]), (&json!([]), &Value::Null));
    assert_eq!(newest().await, before, "nothing was written");

    // What was looked at is what is done: not another file, and not after somebody changed something.
    let seen = plan["plan"].as_str().unwrap().to_owned();
    let as_seen = format!("{IMPORT}?plan={seen}");
    let other = api.post(&as_seen, &file("How?")).await;
    assert_eq!((other.status, other.code().as_str()), (412, "plan.stale"));
    let put = json!({ "definition": single("Changed") }).to_string();
    assert_eq!(api.ask("PUT", &format!("{QUESTIONS}/FIRE-01"), &put).await.status, 200);
    let stale = api.post(&as_seen, &file("Why?")).await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "plan.stale"), "{}", stale.text);
    let seen = api.post(&dry, &file("Why?")).await.json()["plan"].as_str().unwrap().to_owned();
    let done = api.post(&format!("{IMPORT}?plan={seen}"), &file("Why?")).await;
    assert_eq!((done.status, &done.json()["dry_run"]), (200, &json!(false)), "{}", done.text);
    assert!(done.json()["operation"].is_string());
    assert_eq!(newest().await.1, "quiz.imported");
    let again = api.post(IMPORT, &file("Why?")).await.json();
    assert_eq!(again["counts"], json!({ "created": 0, "changed": 0, "unchanged": 3 }));
    assert_eq!((&again["steps"], &again["operation"]), (&json!([]), &Value::Null));

    // What goes out comes in again, all of it or one quiz with what it can ask.
    let whole = api.get(&format!("{QUIZZES}/export")).await;
    assert_eq!(codes_in(&whole, "questions"), ["FIRE-01", "FIRE-02", "FIRE-03", "NEW-1"]);
    assert_eq!(codes_in(&whole, "quizzes"), ["FIRE", "NEW"]);
    let one = api.get(&format!("{QUIZZES}/export?quiz=new")).await;
    assert_eq!(
        (codes_in(&one, "questions"), codes_in(&one, "quizzes").len()),
        (vec!["NEW-1".to_owned()], 1)
    );
    let copy = Api::on(engine).await;
    assert_eq!(copy.post(IMPORT, &whole.text).await.json()["counts"]["created"], 6);
    assert_eq!(copy.get(&format!("{QUIZZES}/export")).await.text, whole.text);
    let unknown = api.get(&format!("{QUIZZES}/export?quiz=NEW&quiz=NEV")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (400, "quizzes.quiz_unknown"));

    // What is wrong is told by a dry run, and stands in the way of the import.
    let wrong = json!({ "questions": [
        essay("A", "Why?"), { "code": "B", "kind": "single", "text": "?", "options": [{}] }
    ]});
    let looked = api.post(&dry, &wrong.to_string()).await.json();
    let path = "questions[1].options[0].text";
    assert_eq!(looked["problems"][0]["path"], path, "{looked}");
    let refused = api.post(IMPORT, &wrong.to_string()).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "quizzes.invalid"));
    assert_eq!(fields(&refused), [path, "questions[1].options"]);
    // Untagged, it can no longer be drawn by a quiz that the file does not have.
    let untagged = json!({ "questions": [essay("FIRE-02", "?"), essay("FIRE-03", "?")] });
    let looked = api.post(&dry, &untagged.to_string()).await.json();
    assert_eq!(looked["problems"][0]["path"], Value::Null, "{looked}");
    assert_eq!(looked["problems"][0]["place"], "quiz FIRE, section 1");
    let refused = api.post(IMPORT, &untagged.to_string()).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "quizzes.in_use"));
    assert_eq!(api.get(&format!("{QUESTIONS}/A")).await.status, 404, "all or nothing");
}

fn codes_in(file: &Answer, list: &str) -> Vec<String> {
    let items = file.json()[list].as_array().expect(&file.text).clone();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn the_bank_is_listed_searched_counted_and_paged(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let number = json!({ "kind": "numeric", "text": "How fast in Zürich?", "value": 50 });
    let body = json!({ "code": "SPEED", "tags": ["road", "fire"], "definition": number });
    made(&api, QUESTIONS, body).await;
    let gone = json!({ "code": "OLD", "archived": true, "definition": single("Which?") });
    made(&api, QUESTIONS, gone).await;

    let listed = async |query: &str| codes(&api.get(&format!("{QUESTIONS}?{query}")).await);
    assert_eq!(listed("").await, ["FIRE-01", "FIRE-02", "FIRE-03", "SPEED"]);
    assert_eq!(listed("tag=FIRE&tag=road").await, ["SPEED"]);
    assert_eq!(listed("kind=numeric").await, ["SPEED"]);
    assert_eq!(listed("search=zuri").await, ["SPEED"]);
    assert_eq!(listed("search=ast").await, [""; 0], "beginnings of words");
    assert_eq!(listed("archived=true&search=which").await, ["OLD"]);
    let page = api.get(&format!("{QUESTIONS}?limit=3&total=true&fields=code,kind")).await.json();
    assert_eq!(page["total"], 4);
    assert_eq!(page["items"][0], json!({ "code": "FIRE-01", "kind": "single" }));
    let cursor = page["next"].as_str().unwrap();
    let rest = api.get(&format!("{QUESTIONS}?limit=3&cursor={cursor}")).await;
    assert_eq!((codes(&rest), &rest.json()["total"]), (vec!["SPEED".to_owned()], &Value::Null));
    let whole = api.get(&format!("{QUESTIONS}?search=zuri")).await;
    assert!(!whole.text.contains("definition"), "a list has nothing of what is right");

    let quizzes = api.get(&format!("{QUIZZES}?search=fi&total=true&fields=code,questions")).await;
    assert_eq!(quizzes.json()["items"], json!([{ "code": "FIRE", "questions": 2 }]));
    assert_eq!(quizzes.json()["total"], 1);
    assert_eq!(api.ask("DELETE", &format!("{QUIZZES}/FIRE"), "").await.status, 200);
    assert_eq!(codes(&api.get(QUIZZES).await), [""; 0]);
    assert_eq!(codes(&api.get(&format!("{QUIZZES}?archived=true")).await), ["FIRE"]);

    for query in [
        "kind=poem",
        "tag=no%20tag",
        "search=%25",
        "limit=0",
        "limit=501",
        "cursor=x",
        "fields=key",
        "sort=code",
        "archived=perhaps",
        "kind=essay&kind=code",
    ] {
        let wrong = api.get(&format!("{QUESTIONS}?{query}")).await;
        assert_eq!(wrong.status, 400, "{query}: {}", wrong.text);
    }
    let near = api.get(&format!("{QUESTIONS}?kind=numerc")).await.json();
    assert_eq!(near["hints"][0], "did you mean `numeric`?");
    for query in ["search=%25", "limit=0", "cursor=x", "fields=definition", "tag=fire"] {
        let wrong = api.get(&format!("{QUIZZES}?{query}")).await;
        assert_eq!(wrong.status, 400, "{query}: {}", wrong.text);
    }
}

async fn a_stale_tag_changes_no_question_and_no_quiz(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let sections = json!([{ "questions": ["FIRE-02"] }]);
    let quiz = json!({ "definition": { "title": "Other", "sections": sections } }).to_string();
    let question = json!({ "definition": single("Other?") }).to_string();
    for (path, body) in
        [(format!("{QUESTIONS}/FIRE-03"), question), (format!("{QUIZZES}/FIRE"), quiz)]
    {
        let tag = api.get(&path).await.header("etag").unwrap().to_owned();
        assert_eq!(api.get_if_none_match(&path, &tag).await.status, 304);
        let first = api.ask_if_match("PUT", &path, &tag, &body).await;
        assert_eq!(first.status, 200, "{}", first.text);
        for (method, body) in [("PUT", body.as_str()), ("DELETE", "")] {
            let stale = api.ask_if_match(method, &path, &tag, body).await;
            let problem = (stale.status, stale.code());
            assert_eq!(problem, (412, "quizzes.stale".to_owned()), "{method} {path}");
        }
        assert_eq!(api.get_if_none_match(&path, &tag).await.status, 200);
        let tag = first.header("etag").unwrap().to_owned();
        let archived = api.ask_if_match("DELETE", &path, &tag, "").await;
        assert_eq!(archived.json()["value"]["archived"], true, "{}", archived.text);
        assert_ne!(archived.header("etag"), Some(tag.as_str()));
    }
}

async fn what_is_wrong_is_told_of_its_field(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let wrong = async |method: &str, path: &str, body: Value| {
        let answer = api.ask(method, path, &body.to_string()).await;
        (answer.status, answer.code(), fields(&answer))
    };
    let told = |code: &str, fields: &[&str]| {
        (422, code.to_owned(), fields.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let options = json!([{ "text": "a", "right": true }, { "text": "", "riht": 1 }]);
    let (question, quiz) = (format!("{QUESTIONS}/FIRE-01"), format!("{QUIZZES}/FIRE"));
    for (method, path) in [("POST", QUESTIONS), ("PUT", &*question)] {
        let of = |mut body: Value| {
            if method == "POST" {
                body["code"] = json!("NEW");
            }
            body
        };
        for (body, code, fields) in [
            (json!({ "definition": { "text": "?" } }), "quizzes.invalid", vec!["definition.kind"]),
            (
                json!({ "definition": { "kind": "single", "text": "?", "options": options } }),
                "quizzes.invalid",
                vec!["definition.options[1].text", "definition.options[1].riht"],
            ),
            (
                json!({ "tags": ["fire", "no tag"], "definition": { "kind": "essay" } }),
                "quizzes.invalid",
                vec!["tags", "definition.text"],
            ),
            (json!({ "definition": { "tags": [] } }), "quizzes.invalid", vec!["definition.tags"]),
            (json!({ "definition": { "code": "X" } }), "quizzes.invalid", vec!["definition.code"]),
            (json!({ "definition": [] }), "http.fields", vec!["definition"]),
            (json!({ "definition": {}, "tag": [] }), "http.fields", vec!["tag"]),
            (json!({ "definition": {}, "archived": "yes" }), "http.fields", vec!["archived"]),
            (json!({}), "http.fields", vec!["definition"]),
        ] {
            let refused = wrong(method, path, of(body.clone())).await;
            assert_eq!(refused, told(code, &fields), "{method} {body}");
        }
    }
    let other = json!({ "code": "OTHER", "definition": single("?") });
    assert_eq!(wrong("PUT", &question, other).await, told("input.invalid", &["code"]));
    let bad = json!({ "code": "no code", "definition": single("?") });
    assert_eq!(wrong("POST", QUESTIONS, bad).await, told("quizzes.invalid", &["code"]));

    let sections =
        |sections: Value| json!({ "definition": { "title": "T", "sections": sections } });
    for (method, path) in [("POST", QUIZZES), ("PUT", &*quiz)] {
        let of = |mut body: Value| {
            if method == "POST" {
                body["code"] = json!("NEW");
            }
            body
        };
        for (body, code, fields) in [
            (sections(json!([])), "quizzes.invalid", vec!["definition.sections"]),
            (
                sections(json!([{ "draw": 1 }])),
                "quizzes.invalid",
                vec!["definition.sections[0].tag"],
            ),
            (
                sections(json!([{ "questions": ["FIRE-01"] }, { "draw": 3, "tag": "fire" }])),
                "quizzes.invalid",
                vec!["definition.sections[1].draw"],
            ),
            (
                json!({ "definition": { "title": "", "passing_percent": 101, "sections": [{}] } }),
                "quizzes.invalid",
                vec!["definition.title", "definition.passing_percent", "definition.sections[0]"],
            ),
            (
                json!({ "definition": { "archived": true } }),
                "quizzes.invalid",
                vec!["definition.archived"],
            ),
            (json!({ "definition": {}, "tags": [] }), "http.fields", vec!["tags"]),
        ] {
            let refused = wrong(method, path, of(body.clone())).await;
            assert_eq!(refused, told(code, &fields), "{method} {body}");
        }
    }
    for (body, field) in [
        (json!({ "question": [] }), "question"),
        (json!({ "questions": {} }), "questions"),
        (json!({ "quizzes": 3 }), "quizzes"),
    ] {
        assert_eq!(wrong("POST", IMPORT, body).await, told("http.fields", &[field]));
    }
}

async fn a_sheet_has_nothing_of_what_is_right(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let number = json!({
        "kind": "numeric", "text": "How fast?", "value": 918_273, "unit": "km/h",
        "feedback": "That fast.", "points": 2.5
    });
    made(&api, QUESTIONS, json!({ "code": "SPEED", "definition": number })).await;
    let sections =
        json!([{ "title": "Road", "questions": ["SPEED"] }, { "draw": 2, "tag": "fire" }]);
    let definition = json!({ "title": "All", "sections": sections });
    made(&api, QUIZZES, json!({ "code": "ALL", "definition": definition })).await;
    let sheet = async |query: &str| {
        let sheet = api.get(&format!("{QUIZZES}/all/preview{query}")).await;
        assert_eq!(sheet.status, 200, "{}", sheet.text);
        sheet
    };
    let shown = sheet("?seed=one").await;
    let json = shown.json();
    assert_eq!((&json["quiz"], &json["max"]), (&json!("ALL"), &json!(4.5)));
    let speed = &json["sections"][0]["questions"][0];
    assert_eq!((&speed["kind"], &speed["unit"]), (&json!("numeric"), &json!("km/h")));
    assert_eq!(json["sections"][1]["questions"].as_array().unwrap().len(), 2);
    for trace in ["918273", "That fast", "right", "FIRE-0", "SPEED", "answer"] {
        // The texts of the questions are their codes.
        let told = shown.text.replace("\"text\":\"FIRE-0", "");
        assert!(!told.contains(trace), "`{trace}` in {told}");
    }
    assert_eq!(sheet("?seed=one").await.text, shown.text, "the same seed, the same sheet");
    assert_ne!(sheet("?seed=two").await.text, shown.text);
    assert_eq!(sheet("").await.text, sheet("?seed=1").await.text);
    let wrong = api.get(&format!("{QUIZZES}/all/preview?sead=1")).await;
    assert_eq!(wrong.json()["hints"][0], "did you mean `seed`?", "{}", wrong.text);
}

async fn who_is_not_there_is_not_found(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let (question, quiz) = (format!("{QUESTIONS}/FIER-01"), format!("{QUIZZES}/FIER"));
    let asked = json!({ "definition": single("?") }).to_string();
    let sections = json!([{ "questions": ["FIRE-01"] }]);
    let given = json!({ "definition": { "title": "T", "sections": sections } }).to_string();
    for (method, path, body, code) in [
        ("GET", question.clone(), "", "quizzes.question_unknown"),
        ("PUT", question.clone(), asked.as_str(), "quizzes.question_unknown"),
        ("DELETE", question, "", "quizzes.question_unknown"),
        ("GET", quiz.clone(), "", "quizzes.quiz_unknown"),
        ("PUT", quiz.clone(), &given, "quizzes.quiz_unknown"),
        ("DELETE", quiz.clone(), "", "quizzes.quiz_unknown"),
        ("GET", format!("{quiz}/preview"), "", "quizzes.quiz_unknown"),
    ] {
        let answer = api.ask(method, &path, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, code), "{method} {path}");
        let hint = answer.json()["hints"][0].as_str().unwrap().to_owned();
        assert!(hint.starts_with("did you mean `FIRE"), "{hint}");
        assert_eq!(answer.json()["errors"], json!([]));
    }
}

async fn who_reads_does_not_write(engine: Engine) {
    let api = Api::on(engine).await;
    with_fire(&api).await;
    let reader = api.token_for(&["quizzes.read"]).await;
    let ask = async |method: &str, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).bearer(&reader);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        api.send(request.body(Body::from(body.to_owned())).unwrap()).await.status
    };
    let asked = json!({ "definition": single("?") }).to_string();
    let question = format!("{QUESTIONS}/FIRE-01");
    assert_eq!(ask("GET", &question, "").await, 200);
    assert_eq!(ask("PUT", &question, &asked).await, 403);
    assert_eq!(ask("DELETE", &question, "").await, 403);
    assert_eq!(ask("GET", &format!("{QUIZZES}/export"), "").await, 200);
    assert_eq!(ask("POST", IMPORT, "{}").await, 403);
    assert_eq!(ask("POST", &format!("{IMPORT}?dry_run=true"), "{}").await, 403);
}

async fn what_is_too_much_is_refused(engine: Engine) {
    let api = Api::with(engine, Options::new().body_bytes_max(200_000)).await;
    let (quizzes, admin) = (api.lms.quizzes(), api.lms.admin());
    let post = async |path: &str, body: String| {
        let answer = api.post(path, &body).await;
        (answer.status, answer.code())
    };
    let nulls = |n: usize| json!({ "questions": vec![Value::Null; n] }).to_string();
    assert_eq!(post(IMPORT, nulls(10_001)).await, (422, "quizzes.file".to_owned()));
    assert_eq!(post(IMPORT, nulls(40_001)).await, (413, "http.body_too_large".to_owned()));
    let deep = format!("{{\"questions\":{}1{}}}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(post(IMPORT, deep).await, (400, "http.body_syntax".to_owned()));
    let many = vec![json!({ "text": "a" }); 51];
    let definition = json!({ "kind": "multiple", "text": "?", "options": many });
    let body = json!({ "code": "A", "definition": definition });
    let refused = api.post(QUESTIONS, &body.to_string()).await;
    assert_eq!((refused.status, fields(&refused)[0].as_str()), (422, "definition.options"));
    // However much is wrong, the answer has an end.
    let wrong = json!({ "questions": vec![json!({}); 9_000] }).to_string();
    let refused = api.post(IMPORT, &wrong).await;
    assert_eq!((refused.status, fields(&refused).len()), (422, 100));
    let planned = api.post(&format!("{IMPORT}?dry_run=true"), &wrong).await.json();
    assert_eq!(planned["problems"].as_array().unwrap().len(), 100);

    // A plan lists the first of what it does, and counts all.
    let question = |n: usize| json!({ "code": format!("N-{n:04}"), "kind": "essay", "text": "?" });
    let file = json!({ "questions": (0..600).map(question).collect::<Vec<_>>() }).to_string();
    let done = api.post(IMPORT, &file).await.json();
    assert_eq!(done["counts"]["created"], 600);
    assert_eq!(done["steps"].as_array().unwrap().len(), 500);
    let asked: Vec<String> = (0..600).map(|n| format!("N-{n:04}")).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let refused = quizzes.add_quiz(&admin, NewQuiz::new("MANY", "Many").ask(&asked)).await;
    assert_eq!(refused.unwrap_err().field(), Some("sections[0].questions"));
    let change = QuestionChange::new().text("Why?");
    quizzes.edit_question(&admin, "N-0001", change).await.unwrap();
    let page = api.get(&format!("{QUESTIONS}?limit=500&total=true")).await.json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (500, &json!(600)));
}
