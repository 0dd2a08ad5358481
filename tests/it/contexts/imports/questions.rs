//! Questions come from files: tables, and what Moodle writes.

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::TestLms;
use lms_core::{
    Engine, FileImported, ImportFile, NewQuestion, NewQuiz, QuestionChange, QuestionFilter,
    QuestionFormat, QuestionKind, RecordsImport,
};

use super::{codes, counts, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};

on_both_engines! {
    questions_of_gift_land_and_others_are_told_with_their_lines,
    questions_of_moodle_land_with_all_they_say,
    questions_of_a_table_land_row_by_row,
    the_same_questions_again_change_nothing_whatever_the_format,
    what_a_file_does_not_say_stays,
    an_import_of_questions_is_taken_back_but_for_what_changed_since,
    what_a_quiz_needs_stays_as_it_is,
    of_two_that_say_something_different_none_lands,
}

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/imports/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

async fn import(lms: &TestLms, name: &str, text: &str) -> FileImported {
    let source = Source::bytes(name, text.as_bytes().to_vec());
    let survey = survey(&source, Kind::Questions, &ReadOptions::new()).unwrap();
    let file = ImportFile::new(survey.layout(), survey.records().unwrap());
    let options = RecordsImport::of(Kind::Questions, "moodle").unwrap();
    let (imports, admin) = (lms.imports(), lms.admin());
    let staged = imports.stage_records(&admin, options, file, &mut |_, _| ()).await.unwrap();
    let before = head(lms).await;
    let plan = imports.plan(&admin, &staged).await.unwrap();
    assert_eq!(head(lms).await, before, "a plan does nothing");
    let done = imports.apply(&admin, &staged, Some(&plan)).await.unwrap();
    assert_eq!(done.plan.counts, plan.counts, "a plan is what is done");
    done
}

async fn definition(lms: &TestLms, code: &str) -> serde_json::Value {
    lms.quizzes().question(&lms.admin(), code).await.unwrap().definition
}

fn message(done: &FileImported, number: u64) -> &str {
    &row(&done.plan, number).problems[0].message
}

async fn questions_of_gift_land_and_others_are_told_with_their_lines(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let done = import(&lms, "questions.gift", &fixture("questions.gift")).await;
    assert_eq!(counts(&done.plan), [("create", 8), ("rejected", 4)], "{:#?}", done.plan.rows);
    for (line, told) in [
        (36, "`Whoever was shown how` is worth 50 %"),
        (42, "it is a text, and no question"),
        (44, "a brace is opened and not closed"),
        (46, "something that is no text, `<img>`"),
    ] {
        assert!(message(&done, line).contains(told), "{line}: {}", message(&done, line));
        assert_eq!(codes(row(&done.plan, line)), ["import.question_unfit"]);
    }
    let way_out = lms.quizzes().question(&lms.admin(), "FIRE-EXIT").await.unwrap();
    assert_eq!(way_out.tags, ["escape", "fire-safety"]);
    assert_eq!(way_out.definition["options"][0]["right"], true);
    assert_eq!(
        definition(&lms, "FIRE-CO2").await["text"],
        "A CO:sub:2 extinguisher holds how many kilograms?"
    );
    assert_eq!(definition(&lms, "FIRE-GAP").await["kind"], "fill_in");
    let shown = lms.imports().show(&lms.admin(), "last").await.unwrap();
    assert_eq!((shown.run.kind.as_str(), shown.lines.len()), ("questions", 4));
    assert_sound(&lms).await;
}

async fn questions_of_moodle_land_with_all_they_say(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let done = import(&lms, "export.xml", &fixture("questions.xml")).await;
    assert_eq!(counts(&done.plan), [("create", 8), ("rejected", 2)], "{:#?}", done.plan.rows);
    let told: Vec<&str> = done
        .plan
        .rows
        .iter()
        .filter(|row| row.effect.is_put_aside())
        .map(|row| row.problems[0].message.as_str())
        .collect();
    assert!(told[0].contains("it reckons with other numbers each time"), "{told:?}");
    assert!(told[1].contains("something is dragged to its place"), "{told:?}");
    let data = lms.quizzes().question(&lms.admin(), "GDPR-DATA").await.unwrap();
    assert_eq!((data.kind, data.points.to_string()), (QuestionKind::Multiple, "2".to_owned()));
    assert_eq!(data.text, "Which of these are personal data?");
    assert_eq!(data.tags, ["data-protection", "gdpr"]);
    assert_eq!(data.definition["options"][3]["text"], "The weather & the tide");
    let short = definition(&lms, "GDPR-SHORT").await;
    assert_eq!(short["wildcards"], true, "{short}");
    let noted = done.plan.rows.iter().find(|row| row.name == "GDPR-SHORT").unwrap();
    assert_eq!(codes(noted), ["import.not_kept"]);
    let gaps = definition(&lms, "GDPR-GAPS").await;
    assert_eq!(gaps["gaps"]["1"], serde_json::json!(["authority", "supervisory authority"]));
    assert_eq!(definition(&lms, "GDPR-WHO").await["distractors"], serde_json::json!(["subject"]));
    assert_eq!(definition(&lms, "GDPR-ESSAY").await["guide"], "what\nwhen");
    assert_eq!(definition(&lms, "GDPR-HOURS").await["unit"], "h");
}

async fn questions_of_a_table_land_row_by_row(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let done = import(&lms, "questions.csv", &fixture("questions.csv")).await;
    assert_eq!(counts(&done.plan), [("create", 7), ("rejected", 2)], "{:#?}", done.plan.rows);
    assert!(message(&done, 8).contains("`E` names none of the options"), "{}", message(&done, 8));
    assert!(message(&done, 10).contains("no kind of question `riddle`"), "{}", message(&done, 10));
    let oil = lms.quizzes().question(&lms.admin(), "KITCHEN-1").await.unwrap();
    assert_eq!((oil.kind, oil.points.to_string()), (QuestionKind::Single, "2".to_owned()));
    assert_eq!(oil.tags, ["fire", "kitchen"]);
    assert_eq!(oil.definition["options"][1]["right"], true);
    assert_eq!(definition(&lms, "KITCHEN-4").await["value"], 7);
    assert_eq!(definition(&lms, "KITCHEN-5").await["distractors"], serde_json::json!(["soap"]));
    let all = QuestionFilter::new().search("what first");
    let named = lms.quizzes().questions(&lms.admin(), all).await.unwrap().items;
    assert!(named[0].code.starts_with("what-do-you-do-first-"), "{}", named[0].code);
}

async fn the_same_questions_again_change_nothing_whatever_the_format(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for name in ["questions.gift", "questions.xml", "questions.csv"] {
        let first = import(&lms, name, &fixture(name)).await;
        let again = import(&lms, name, &fixture(name)).await;
        assert_eq!(again.plan.counts.changed(), 0, "{:#?}", again.plan.rows);
        assert_eq!(again.plan.counts.unchanged, first.plan.counts.create);
        assert_eq!(again.operation, None);
    }
    for format in QuestionFormat::ALL {
        let all = QuestionFilter::new();
        let export = lms.quizzes().export_questions(&lms.admin(), all, *format).await.unwrap();
        let n_left_out = export.unsaid.iter().filter(|one| one.left_out).count() as u64;
        assert_eq!(export.n_questions + n_left_out, 23, "{:?}", export.unsaid);
        let name = format!("all.{}", format.as_str());
        let again = import(&lms, &name, &export.text).await;
        assert_eq!(counts(&again.plan), [("unchanged", export.n_questions)], "{}", export.text);
    }
    let other = TestLms::organisation(engine).await;
    let all = QuestionFilter::new();
    let xml = QuestionFormat::MoodleXml;
    let export = lms.quizzes().export_questions(&lms.admin(), all, xml).await.unwrap();
    assert_eq!(export.unsaid, []);
    import(&other, "all.xml", &export.text).await;
    let all = QuestionFilter::new().limit(100);
    for question in lms.quizzes().questions(&lms.admin(), all).await.unwrap().items {
        assert_eq!(definition(&other, &question.code).await, question.definition);
    }
}

async fn what_a_file_does_not_say_stays(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let new = NewQuestion::new("A", QuestionKind::Multiple, "Which?").points("3").tag("old");
    let new = new.option("one", true).option("two", false).set("partial_credit", false);
    lms.quizzes().add_question(&admin, new).await.unwrap();
    let done = import(&lms, "a.gift", "::A::Which ones? {~%100%one ~%-100%two}").await;
    assert_eq!(counts(&done.plan), [("update", 1)]);
    let changed: Vec<&str> =
        done.plan.rows[0].changed.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["text"]);
    let question = lms.quizzes().question(&admin, "A").await.unwrap();
    assert_eq!(
        (question.points.to_string(), question.tags),
        ("3".to_owned(), vec!["old".to_owned()])
    );
    assert_eq!(question.definition["partial_credit"], false);
}

async fn an_import_of_questions_is_taken_back_but_for_what_changed_since(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let new = NewQuestion::new("OLD", QuestionKind::TrueFalse, "Before").set("answer", true);
    lms.quizzes().add_question(&admin, new).await.unwrap();
    let text = "::OLD::After {F}\n\n::NEW::New {T}\n\n::EDITED::Edited {T}\n";
    let done = import(&lms, "a.gift", text).await;
    assert_eq!(counts(&done.plan), [("create", 2), ("update", 1)]);
    let change = QuestionChange::new().text("Edited by hand");
    lms.quizzes().edit_question(&admin, "EDITED", change).await.unwrap();
    let operation = lms.imports().operation(&admin, "last").await.unwrap();
    let plan = lms.batches().plan_undo(&admin, &operation.to_string()).await.unwrap();
    let restored: Vec<(&str, &str)> = plan
        .parts
        .restored
        .iter()
        .map(|item| (item.subject.as_str(), item.field.as_str()))
        .collect();
    assert_eq!(restored, [("NEW", "archived"), ("OLD", "answer"), ("OLD", "text")]);
    let kept = &plan.parts.kept[0];
    assert_eq!((kept.subject.as_str(), kept.field.as_str()), ("EDITED", "archived"));
    assert_eq!(kept.changed_by.as_ref().unwrap().kind, "question.changed");
    lms.batches().undo(&admin, plan).await.unwrap();
    let old = lms.quizzes().question(&admin, "OLD").await.unwrap();
    assert_eq!((old.text.as_str(), &old.definition["answer"]), ("Before", &true.into()));
    assert!(lms.quizzes().question(&admin, "NEW").await.unwrap().archived);
    assert!(!lms.quizzes().question(&admin, "EDITED").await.unwrap().archived);
    let shown = lms.batches().show(&admin, &operation.to_string()).await.unwrap();
    assert!(shown.samples.iter().any(|sample| sample.subject == "OLD"), "{:?}", shown.samples);
    // What took it back is an import as well, and is taken back in its turn.
    let undone = lms.imports().operation(&admin, "last").await.unwrap();
    let plan = lms.batches().plan_undo(&admin, &undone.to_string()).await.unwrap();
    lms.batches().undo(&admin, plan).await.unwrap();
    let old = lms.quizzes().question(&admin, "OLD").await.unwrap();
    assert_eq!((old.text.as_str(), &old.definition["answer"]), ("After", &false.into()));
    assert!(!lms.quizzes().question(&admin, "NEW").await.unwrap().archived);
    assert_sound(&lms).await;
}

async fn what_a_quiz_needs_stays_as_it_is(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    import(&lms, "a.gift", "// [tag:fire]\n::A::A? {T}\n\n// [tag:fire]\n::B::B? {T}\n").await;
    let made = lms.imports().operation(&admin, "last").await.unwrap();
    lms.quizzes().add_quiz(&admin, NewQuiz::new("Q", "Quiz").draw(2, "fire")).await.unwrap();
    let done =
        import(&lms, "b.gift", "// [tag:water]\n::A::A? {T}\n\n// [tag:fire]\n::B::Really? {T}\n")
            .await;
    assert_eq!(counts(&done.plan), [("update", 1), ("rejected", 1)], "{:#?}", done.plan.rows);
    assert_eq!(codes(row(&done.plan, 2)), ["quizzes.in_use"]);
    let plan = lms.batches().plan_undo(&admin, &made.to_string()).await.unwrap();
    assert_eq!(plan.parts.restored, []);
    let blocked = &plan.parts.blocked[0];
    assert_eq!(blocked.subject, "A");
    assert!(blocked.why.as_ref().unwrap().contains("quiz Q"), "{blocked:?}");
}

async fn of_two_that_say_something_different_none_lands(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let text = "::A::One {T}\n\n::A::Two {T}\n\n::B::Same {T}\n\n::B::Same {T}\n";
    let done = import(&lms, "a.gift", text).await;
    assert_eq!(counts(&done.plan), [("create", 1), ("unchanged", 1), ("conflict", 2)]);
    assert_eq!(codes(row(&done.plan, 3)), ["import.conflict_several_rows"]);
}
