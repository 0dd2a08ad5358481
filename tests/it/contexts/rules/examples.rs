//! Trying rules out on people who are made up.

use lms_core::{
    Audience, AudienceField, DueRule, Engine, FileFormat, RuleExamples, RuleRenewal, RuleTested,
};

use super::{company, of, rule};
use crate::support::engines::on_both_engines;

on_both_engines! {
    what_holds_and_what_does_not_is_told,
    the_audience_is_asked_as_it_would_be,
    the_rule_is_the_one_that_is_named,
}

fn examples(rule: &str, text: &str) -> RuleExamples {
    let text = format!("format = 1\nrule = \"{rule}\"\n{text}");
    RuleExamples::read(&text, FileFormat::Toml).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// `Ada: due_on 2026-02-01, not 2026-03-01`, for each difference.
fn differences(tested: &RuleTested) -> Vec<String> {
    let mut told = Vec::new();
    for example in &tested.examples {
        for one in &example.differences {
            told.push(format!(
                "{}: {} {}, not {}",
                example.name, one.field, one.came_out, one.expected
            ));
        }
    }
    told
}

async fn what_holds_and_what_does_not_is_told(engine: Engine) {
    let lms = company(engine).await;
    let mut yearly = rule("GDPR", "GDPR-101", of("ENG"));
    yearly.renewal = Some(RuleRenewal { window_months: Some(2), ..RuleRenewal::new(12) });
    yearly.grace_days = Some(7);
    let examples = examples(
        "gdpr",
        "[[examples]]
name = 'New engineer'
on = 2026-03-10
person = { department = 'Engineering', hired_on = 2026-03-01 }
expect = { in_audience = true, assigned = true, status = 'due_soon', due_on = 2026-03-15, overdue_on = 2026-03-23 }

[[examples]]
name = 'Long there, done'
on = 2026-03-10
person = { department = 'ENG', hired_on = 2024-01-01 }
completions = [{ on = 2025-06-01 }]
expect = { status = 'completed', due_on = 'never' }

[[examples]]
name = 'Salesman'
on = 2026-03-10
person = { department = 'SALES', hired_on = 2024-01-01 }
expect = { in_audience = true, assigned = false }
",
    );
    let tested = lms.rules().test(&lms.admin(), vec![yearly], examples).await.unwrap();
    assert_eq!((tested.examples.len(), tested.n_failed()), (3, 2));
    assert_eq!(
        differences(&tested),
        [
            "Long there, done: status completed_late, not completed",
            "Long there, done: due_on 2024-01-15, not never",
            "Salesman: in_audience no, not yes",
        ]
    );
}

async fn the_audience_is_asked_as_it_would_be(engine: Engine) {
    let lms = company(engine).await;
    let audience = of("ENG")
        .with(AudienceField::Attribute("grade".to_owned()), "E*")
        .without(AudienceField::JobRole, "DEV");
    let of_person = |who: &str, is_in: bool| {
        format!(
            "[[examples]]\nname = \"{who}\"\non = 2026-03-10\nperson = {{ {who} }}\n\
             expect = {{ in_audience = {is_in} }}\n"
        )
        .replacen(&format!("name = \"{who}\""), &format!("name = '''{who}'''"), 1)
    };
    // An attribute is known once somebody has it.
    let ada = lms_core::PersonChange::new().attribute("grade", "E5");
    lms.people().edit(&lms.admin(), "ada@example.com", ada).await.unwrap();
    let text = [
        of_person("department = \"ENG\", attributes = { grade = \"E5\" }", true),
        of_person("department = \"ENG\"", false),
        of_person(
            "department = \"ENG\", attributes = { grade = \"E5\" }, job_role = \"DEV\"",
            false,
        ),
        of_person(
            "department = \"ENG\", attributes = { grade = \"E5\" }, status = \"inactive\"",
            false,
        ),
        of_person(
            "department = \"ENG\", attributes = { grade = \"E5\" }, terminated_on = 2026-03-09",
            false,
        ),
        of_person(
            "department = \"ENG\", attributes = { grade = \"E5\" }, terminated_on = 2026-03-10",
            true,
        ),
        of_person("department = \"SALES\", attributes = { grade = \"E5\" }", false),
        of_person("department = \"SALES\", member = true", true),
    ]
    .concat();
    let (rules, admin) = (lms.rules(), lms.admin());
    let of_engineers = vec![rule("R", "SEC-101", audience)];
    let tested = rules.test(&admin, of_engineers, examples("R", &text)).await.unwrap();
    assert_eq!(differences(&tested), [""; 0]);
    let unknown = "[[examples]]\nname = 'A'\non = 2026-03-10\nperson = { department = 'Sale' }\nexpect = {}\n";
    let everybody = rule("R", "SEC-101", Audience::everybody());
    let error =
        lms.rules().test(&lms.admin(), vec![everybody], examples("R", unknown)).await.unwrap_err();
    assert_eq!(error.field(), Some("examples[0].person.department"));
    assert!(
        error.hints()[0].contains("`SALES`") || error.hints()[0].contains("`Sales`"),
        "{error:?}"
    );
}

async fn the_rule_is_the_one_that_is_named(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let text = "[[examples]]\nname = 'A'\non = 2026-03-10\nperson = { hired_on = 2026-03-01 }\n\
                expect = { due_on = 2026-03-15 }\n";
    let unknown = lms.rules().test(&admin, Vec::new(), examples("GDPR", text)).await.unwrap_err();
    assert_eq!(unknown.code(), "rules.unknown");
    lms.rules().add(&admin, rule("GDPR", "GDPR-101", Audience::everybody())).await.unwrap();
    let kept = lms.rules().test(&admin, Vec::new(), examples("GDPR", text)).await.unwrap();
    assert_eq!(kept.n_failed(), 0);
    let mut given = rule("GDPR", "GDPR-101", Audience::everybody());
    given.due = DueRule::AfterHire(30);
    let tested = lms.rules().test(&admin, vec![given], examples("GDPR", text)).await.unwrap();
    assert_eq!(differences(&tested), ["A: due_on 2026-03-31, not 2026-03-15"]);
    let mut wrong = rule("GDPR", "GDPR-101", Audience::everybody());
    wrong.trainings.clear();
    let refused = lms.rules().test(&admin, vec![wrong], examples("GDPR", text)).await.unwrap_err();
    assert_eq!(refused.code(), "rules.definition_invalid");
}
