//! Quizzes at a shell: written, looked at, carried in files, refused with all that is wrong.

use lms_core::{Engine, Lms, NewAttempt, NewQuestion, NewQuiz, QuestionKind};
use serde_json::json;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;
use crate::support::learning::{assign, publish};
use crate::support::looks::os_admin;

on_both_engines! {
    an_author_at_work,
    a_file_is_looked_at_before_it_is_imported,
    what_is_exported_is_imported_elsewhere,
    an_essay_is_graded_at_a_shell,
}

async fn an_author_at_work(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "quizzes",
        &shell,
        &[
            "lmsctl quiz list",
            "lmsctl quiz show FIRE | tail -n 6",
            "lmsctl quiz preview FIRE-SHORT | head -n 12",
            "lmsctl quiz preview FIRE-SHORT --learner | grep -c '→'",
            "lmsctl question list --tag alarm",
            "lmsctl question show FIRE-07 | tail -n 9",
            "lmsctl question edit FIRE-01 --points 2 --add-tag office",
            "lmsctl question archive FIRE-01",
            "lmsctl question show FIRE-1",
            "lmsctl question add FIRE-20 singel \"Which?\"",
            "lmsctl question add FIRE-20 single \"Which?\" --right a --wrong a --points 0",
            "lmsctl quiz add X Exits --ask FIRE-99 --draw 9:escape",
            "lmsctl quiz preview FIRE --play",
        ],
    );
}

async fn a_file_is_looked_at_before_it_is_imported(engine: Engine) {
    let shell = Shell::organisation(engine);
    shell.write(
        "road.toml",
        "[[questions]]\ncode = \"ROAD-1\"\nkind = \"numeric\"\ntext = \"How fast?\"\nvalue = 50\n\n\
         [[quizzes]]\ncode = \"ROAD\"\ntitle = \"Road\"\nsections = [{ questions = [\"ROAD-1\"] }]\n",
    );
    shell.write("broken.toml", "[[questions]]\ncode = ROAD-1\n");
    shell.write(
        "wrong.json",
        r#"{"questions": [{"code": "A", "kind": "numeric", "text": "?", "vlaue": 1}, 7]}"#,
    );
    assert_transcript(
        "quizzes-files",
        &shell,
        &[
            "lmsctl quiz import road.toml --dry-run --detailed-exitcode",
            "lmsctl quiz import road.toml",
            "lmsctl quiz import road.toml --yes",
            "lmsctl quiz import road.toml",
            "lmsctl quiz import broken.toml",
            "lmsctl quiz import wrong.json",
            "lmsctl quiz import nowhere.toml",
            "lmsctl quiz export",
            "lmsctl quiz export ROAD --out road.toml",
        ],
    );
}

async fn what_is_exported_is_imported_elsewhere(engine: Engine) {
    let (demo, other) = (Shell::demo(engine), Shell::organisation(engine));
    let text = demo.must("lmsctl quiz export --format json");
    other.write("all.json", &text);
    other.must("lmsctl quiz import all.json --yes");
    assert_eq!(other.must("lmsctl quiz export --format json"), text);
    let plan = other.json("lmsctl quiz import all.json --dry-run --output json");
    assert!(plan["steps"].as_array().unwrap().iter().all(|step| step["action"] == "keep"));
    let preview = other.json("lmsctl quiz preview FIRE --output json");
    assert_eq!(preview["key"][0]["question"], "FIRE-01");
    let sheet = other.json("lmsctl quiz preview FIRE --learner --output json");
    assert_eq!(sheet, preview["sheet"]);
    assert_eq!(sheet["max"], json!(17.5));
    assert!(!sheet.to_string().contains("FIRE-0"), "{sheet}");
}

async fn an_essay_is_graded_at_a_shell(engine: Engine) {
    let shell = Shell::demo(engine);
    let lms = Lms::open(shell.place().url()).await.unwrap();
    let admin = os_admin();
    let way = NewQuestion::new("WAY-01", QuestionKind::Essay, "Which ways out are there?");
    let way = way.points("3").set("guide", "Two ways: two points.");
    lms.quizzes().add_question(&admin, way).await.unwrap();
    let quiz = NewQuiz::new("WAYS", "Ways out").ask(&["FIRE-01", "WAY-01"]);
    lms.quizzes().add_quiz(&admin, quiz).await.unwrap();
    publish(&lms, "WAYS-101", &["WAYS"]).await;
    assign(&lms, "ada@demo.example", "WAYS-101").await;
    let new = NewAttempt::new("WAYS-101", "WAYS").person("ada@demo.example");
    let begun = lms.progress().begin_attempt(&admin, new).await.unwrap().value;
    let (id, essay) = (begun.attempt.id.to_string(), &begun.sheet.sections[0].questions[1].key);
    let answers = json!({ essay.as_str(): "The stairs.\nThe ladder." });
    lms.progress().submit_attempt(&admin, &id, Some(&answers)).await.unwrap();
    shell.write("attempt", &id);
    assert_transcript(
        "attempts",
        &shell,
        &[
            "lmsctl quiz attempts",
            "lmsctl quiz queue",
            "lmsctl quiz attempt $(cat attempt) | tail -n 15 | grep -v '^       [1-4] '",
            "lmsctl quiz grade $(cat attempt)",
            "lmsctl quiz grade $(cat attempt) 1=1 2=4",
            "lmsctl quiz grade $(cat attempt) two",
            "lmsctl quiz grade $(cat attempt) 2=2.5 --comment \"And the roof?\"",
            "lmsctl quiz grade $(cat attempt) 2=2.5",
            "lmsctl quiz queue",
            "lmsctl quiz attempts WAYS --state graded --output csv | head -n 1",
            "lmsctl quiz attempt nonsense",
            "lmsctl progress ada@demo.example WAYS-101 | grep -v '^started on'",
            "lmsctl progress ada@demo.example FORKLIFT",
        ],
    );
}
