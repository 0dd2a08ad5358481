//! What files of other programs say, and what of it is no question here.

use serde_json::{Value as Json, json};

use super::{Foreign, read_gift, read_moodle};

fn said(question: &Foreign) -> Json {
    match &question.outcome {
        Ok(said) => {
            let mut document = said.document.clone();
            document.retain(|_, value| !value.is_null());
            Json::Object(document)
        }
        Err(unfit) => panic!("line {}: {}", question.line, unfit.message),
    }
}

fn gift(text: &str) -> Json {
    let read = read_gift(text).unwrap();
    assert_eq!(read.len(), 1, "{read:?}");
    said(&read[0])
}

fn unfit(text: &str) -> String {
    let read = read_gift(text).unwrap();
    read[0].outcome.clone().unwrap_err().message
}

#[test]
fn gift_as_people_write_it() {
    let single = gift("::Q1:: Who's buried\nin Grant's tomb? {\n~=Grant # yes\n~nobody#no\n}");
    let options = json!([
        { "text": "Grant", "right": true, "feedback": "yes" }, { "text": "nobody", "feedback": "no" },
    ]);
    assert_eq!(
        single,
        json!({ "kind": "single", "code": "Q1", "text": "Who's buried in Grant's tomb?", "options": options })
    );
    let gap = gift("::Q2::Two plus two is {=four =4} \\{always\\}.");
    assert_eq!(gap["kind"], "fill_in");
    assert_eq!(gap["text"], "Two plus two is {1} {{always}}.");
    assert_eq!(gap["gaps"], json!({ "1": ["four", "4"] }));
    let chosen = gift("::Q3::Two plus two is {~three =four} .");
    assert_eq!(chosen["text"], "Two plus two is _____ .");
    let span = gift("::Q4::Pi? {#3.14..3.16}");
    assert_eq!((&span["value"], &span["tolerance"]), (&json!(3.15), &json!(0.01)));
    let several = gift("::Q5::When? {#=1822:0 #right =%0%1820:2 #near}");
    assert_eq!(several["value"], 1822);
    let essay = gift("Tell us more.{}");
    assert_eq!(essay["kind"], "essay");
    assert!(essay["code"].as_str().unwrap().starts_with("tell-us-more-"), "{essay}");
    assert_eq!(gift("Tell us more.{}"), essay, "the same question has the same code");
    let stars = gift("::Q6::How? {=by *foot* =on foot}");
    assert_eq!(stars["wildcards"], true);
    assert_eq!(gift("::Q7::How? {=5 \\* 5}")["accepted"], json!(["5 * 5"]));
}

#[test]
fn what_gift_asks_and_nobody_here_can_is_told() {
    for (text, told) in [
        ("A text.", "it has no answers in braces"),
        ("Open {=a", "a brace is opened and not closed"),
        ("Twice {=a} and {=b}", "braces in several places"),
        ("Half? {=all ~%50%half ~none}", "`half` is worth 50 % of the points"),
        ("Parts? {~%70%a ~%30%b ~c}", "worth different parts"),
        ("Half? {=all =%50%half}", "`half` is worth 50 %"),
        ("Both? {=a* =b\\*}", "one `*` stands for anything"),
        ("Number? {#many}", "its answer is no number"),
        ("Numbers? {#=%50%1 =%50%2}", "several numbers earn points"),
        ("Signs? {a b c}", "begin with none of"),
        ("[html]<img src=x>{=a}", "something that is no text, `<img>`"),
    ] {
        assert!(unfit(text).contains(told), "{text}: {}", unfit(text));
    }
}

#[test]
fn remarks_and_categories_say_codes_and_tags() {
    let read = read_gift(
        "\u{feff}// [id:A-1] [tag:One] [tag:two words]\r\n::Name::a {T}\r\n\r\n$CATEGORY: top/Default for x\r\n\r\n\
         b {F}\r\n\r\n\r\n$CATEGORY: $course$/Fire Safety\r\n\r\n// a remark alone\r\n\r\n::c c::c? {T}\r\n",
    )
    .unwrap();
    let lines: Vec<u64> = read.iter().map(|question| question.line).collect();
    assert_eq!(lines, [2, 6, 13]);
    let first = said(&read[0]);
    assert_eq!((&first["code"], &first["tags"]), (&json!("A-1"), &json!(["one", "two-words"])));
    assert_eq!(said(&read[1]).get("tags"), None);
    let third = said(&read[2]);
    assert_eq!((&third["code"], &third["tags"]), (&json!("c-c"), &json!(["fire-safety"])));
}

#[test]
fn a_hostile_file_is_refused() {
    let refused = |text: &str| read_moodle(text).unwrap_err().message().to_owned();
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE quiz [<!ENTITY a \"b\">]><quiz>&a;</quiz>";
    assert!(refused(bomb).contains("a declaration of its own"), "{}", refused(bomb));
    assert!(
        refused("<quiz><question>&a;</question></quiz>").contains("an entity that nobody declared")
    );
    let deep = format!("<quiz>{}{}</quiz>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert!(refused(&deep).contains("is deeper"), "{}", refused(&deep));
    let wide = format!("<quiz><question>{}</question></quiz>", "<a/>".repeat(10_000));
    assert!(refused(&wide).contains("more parts"), "{}", refused(&wide));
    assert!(
        refused("<quiz>\n<question>\n").contains("line 3"),
        "{}",
        refused("<quiz>\n<question>\n")
    );
    assert!(refused("<html></html>").contains("does not begin with `<quiz>`"));
    assert!(refused("").contains("no questions"));
    assert!(refused("<quiz><question></quiz>").contains("no Moodle XML"));
    let many = "<question type=\"essay\"/>".repeat(10_001);
    assert!(refused(&format!("<quiz>{many}</quiz>")).contains("more than 10000 questions"));
    // A line of nothing but signs takes no more time than it has letters.
    for sign in ["{", "}", "=", "~", "\\", "#", ":", "%", "$", "/", "::", "=%"] {
        let _ = read_gift(&sign.repeat(200_000)).unwrap();
        let _ = read_gift(&format!("a{{{}}}", sign.repeat(100_000))).unwrap();
    }
}
