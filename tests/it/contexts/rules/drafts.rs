//! Writing rules: drafts, versions, what is refused, finding them again.

use lms_core::{
    Audience, AudienceField, Engine, ErrorKind, FileFormat, HistoryFilter, RuleFilter, RuleShown,
    RuleStatus,
};

use super::{company, day, of, rule};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_draft_is_kept_changed_and_thrown_away,
    a_draft_beside_what_is_in_force,
    what_is_not_there_is_refused_by_name,
    a_rule_is_found_again,
    somebody_elses_change_is_not_overwritten,
    what_is_exported_says_the_same,
    what_a_rule_asks_for_is_not_archived,
    an_audience_that_names_somebody_goes_with_them,
}

async fn a_draft_is_kept_changed_and_thrown_away(engine: Engine) {
    let lms = company(engine).await;
    let (rules, admin) = (lms.rules(), lms.admin());
    let made = rules.add(&admin, rule("GDPR", "gdpr-101", of("ENG"))).await.unwrap();
    assert_eq!(
        (made.value.status, made.value.draft, made.value.version),
        (RuleStatus::Draft, Some(1), None)
    );
    assert!(made.operation.is_some());
    let again = {
        let mut same = rule("GDPR", "gdpr-101", of("ENG"));
        same.code = "gdpr".to_owned();
        rules.save_draft(&admin, same).await.unwrap()
    };
    assert!(again.operation.is_none() && again.changed.is_empty(), "{again:?}");
    let taken = rules.add(&admin, rule("Gdpr", "SEC-101", of("ENG"))).await.unwrap_err();
    assert_eq!((taken.code(), taken.field()), ("rules.exists", Some("code")));

    let changed = rules.save_draft(&admin, rule("GDPR", "SEC-101", of("SALES"))).await.unwrap();
    let fields: Vec<&str> = changed.changed.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["audience.department", "trainings"]);
    let card = rules.show(&admin, "gdpr", RuleShown::Current).await.unwrap();
    assert_eq!((card.shown.version, card.shown.is_draft, card.people), (1, true, 0));
    assert_eq!(card.shown.by.as_deref(), Some(admin.label().as_str()));
    assert_eq!(card.definition.trainings, ["SEC-101"]);

    let history = rules.history(&admin, "GDPR", HistoryFilter::new()).await.unwrap();
    let kinds: Vec<&str> = history.items.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["rule.drafted", "rule.drafted"]);
    assert_eq!(history.items[0].changed.len(), 2);

    rules.drop_draft(&admin, "GDPR").await.unwrap();
    let gone = rules.show(&admin, "GDPR", RuleShown::Current).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    rules.add(&admin, rule("GDPR", "SEC-101", of("ENG"))).await.unwrap();
}

async fn a_draft_beside_what_is_in_force(engine: Engine) {
    let lms = company(engine).await;
    let (rules, admin) = (lms.rules(), lms.admin());
    let first = rule("GDPR", "GDPR-101", of("ENG"));
    lms.put_rule(day("2026-03-01"), first.clone(), RuleStatus::Active).await.unwrap();
    let same = rules.save_draft(&admin, first.clone()).await.unwrap();
    assert_eq!((same.operation, same.value.draft), (None, None), "what is in force is no draft");

    let second = rule("GDPR", "GDPR-101", of("SALES"));
    let saved = rules.save_draft(&admin, second.clone()).await.unwrap().value;
    assert_eq!((saved.status, saved.version, saved.draft), (RuleStatus::Active, Some(1), Some(2)));
    let card = rules.show(&admin, "GDPR", RuleShown::Draft).await.unwrap();
    assert_eq!((card.shown.version, &card.definition), (2, &second));
    let back = rules.save_draft(&admin, first.clone()).await.unwrap().value;
    assert_eq!(back.draft, None, "it says what is in force again");

    // What is written on while something else is applied stays a draft, behind it.
    rules.save_draft(&admin, second.clone()).await.unwrap();
    let third = rule("GDPR", "SEC-101", of("ENG"));
    lms.put_rule(day("2026-03-02"), third.clone(), RuleStatus::Active).await.unwrap();
    let card = rules.show(&admin, "GDPR", RuleShown::Current).await.unwrap();
    assert_eq!((card.rule.version, card.rule.draft, &card.definition), (Some(2), Some(3), &third));
    let draft = rules.show(&admin, "GDPR", RuleShown::Version(3)).await.unwrap();
    assert_eq!(draft.definition, second);
    // And what is applied as it was drafted is no draft any more.
    lms.put_rule(day("2026-03-03"), second, RuleStatus::Active).await.unwrap();
    let card = rules.show(&admin, "GDPR", RuleShown::Current).await.unwrap();
    assert_eq!((card.rule.version, card.rule.draft, card.versions.len()), (Some(3), None, 3));
    let refused = rules.drop_draft(&admin, "GDPR").await.unwrap_err();
    assert_eq!(refused.code(), "rules.no_draft");
    let none = rules.show(&admin, "GDPR", RuleShown::Version(9)).await.unwrap_err();
    assert_eq!(
        (none.code(), none.hints()[0].as_str()),
        ("rules.version_unknown", "it has 1, 2, 3")
    );
}

async fn what_is_not_there_is_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    let mut wrong = rule("GDPR", "GDPR-110", of("Enginering"));
    wrong.paths = vec!["NEW-HIRE".to_owned()];
    wrong.title = String::new();
    let error = lms.rules().add(&lms.admin(), wrong).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("rules.definition_invalid", ErrorKind::Invalid));
    let fields: Vec<&str> = error.parts().iter().filter_map(lms_core::Error::field).collect();
    assert_eq!(fields, ["title", "trainings[0]", "paths[0]", "audience.department"]);
    let told = error.hints().join("\n");
    assert!(told.contains("there is no training `GDPR-110`; did you mean `GDPR-101`?"), "{told}");
    assert!(told.contains("there is no learning path `NEW-HIRE`"), "{told}");
    assert!(told.contains("did you mean `Engineering`?"), "{told}");
    let page = lms.rules().list(&lms.admin(), RuleFilter::new()).await.unwrap();
    assert!(page.items.is_empty(), "nothing was kept");
}

async fn a_rule_is_found_again(engine: Engine) {
    let lms = company(engine).await;
    let (rules, admin) = (lms.rules(), lms.admin());
    for (code, training) in [("B-2", "GDPR-101"), ("A-1", "SEC-101"), ("C-3", "GDPR-101")] {
        rules.add(&admin, rule(code, training, of("ENG"))).await.unwrap();
    }
    lms.put_rule(day("2026-03-01"), rule("C-3", "GDPR-101", of("ENG")), RuleStatus::Active)
        .await
        .unwrap();
    lms.put_rule(day("2026-03-02"), rule("C-3", "GDPR-101", of("ENG")), RuleStatus::Removed)
        .await
        .unwrap();
    let list = async |filter: RuleFilter| -> Vec<String> {
        let page = rules.list(&admin, filter).await.unwrap();
        page.items.into_iter().map(|rule| rule.code).collect()
    };
    assert_eq!(list(RuleFilter::new()).await, ["A-1", "B-2"]);
    assert_eq!(list(RuleFilter::new().removed(true)).await, ["A-1", "B-2", "C-3"]);
    assert_eq!(list(RuleFilter::new().status(RuleStatus::Removed)).await, ["C-3"]);
    assert_eq!(list(RuleFilter::new().training("gdpr-101")).await, ["B-2"]);
    assert_eq!(list(RuleFilter::new().search("gdp")).await, ["B-2"]);
    assert_eq!(list(RuleFilter::new().search("rule a-1")).await, ["A-1"]);
    assert_eq!(list(RuleFilter::new().search("nothing")).await, [""; 0]);
    let first = rules.list(&admin, RuleFilter::new().limit(1)).await.unwrap();
    let next = first.next.expect("there is another");
    assert_eq!(list(RuleFilter::new().limit(1).cursor(&next)).await, ["B-2"]);
    let unknown = rules.list(&admin, RuleFilter::new().training("GDPR-110")).await.unwrap_err();
    assert_eq!(unknown.code(), "catalog.training_unknown");
    let unknown = rules.show(&admin, "A-2", RuleShown::Current).await.unwrap_err();
    assert_eq!(
        (unknown.code(), unknown.hints()[0].as_str()),
        ("rules.unknown", "did you mean `A-1` or `B-2`?")
    );
}

async fn somebody_elses_change_is_not_overwritten(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let seen = lms.rules().add(&admin, rule("GDPR", "GDPR-101", of("ENG"))).await.unwrap().value;
    let meanwhile = rule("GDPR", "SEC-101", of("ENG"));
    lms.rules().save_draft(&admin, meanwhile).await.unwrap();
    let rules = lms.rules().unchanged_since(Some(seen.updated_at));
    let late = rules.save_draft(&admin, rule("GDPR", "GDPR-101", of("SALES"))).await.unwrap_err();
    assert_eq!((late.code(), late.kind()), ("rules.stale", ErrorKind::Stale));
    let late = rules.drop_draft(&admin, "GDPR").await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Stale);
}

async fn what_is_exported_says_the_same(engine: Engine) {
    let lms = company(engine).await;
    let (rules, admin) = (lms.rules(), lms.admin());
    let first = rule("GDPR", "GDPR-101", of("ENG"));
    lms.put_rule(day("2026-03-01"), first.clone(), RuleStatus::Active).await.unwrap();
    let second = rule("GDPR", "GDPR-101", of("SALES"));
    rules.save_draft(&admin, second.clone()).await.unwrap();
    rules.add(&admin, rule("SEC", "SEC-101", of("ENG"))).await.unwrap();
    let all = rules.export(&admin, &[], false).await.unwrap();
    let codes: Vec<&str> = all.iter().map(|rule| rule.code.as_str()).collect();
    assert_eq!(codes, ["GDPR", "SEC"], "what never was in force as its draft");
    assert_eq!(all[0], first);
    let drafts = rules.export(&admin, &["GDPR".to_owned()], true).await.unwrap();
    assert_eq!(drafts, [second]);
    for format in [FileFormat::Toml, FileFormat::Json] {
        let text = all[1].write(format);
        let read = lms_core::RuleDefinition::read(&text, format).unwrap();
        let saved = rules.save_draft(&admin, read).await.unwrap();
        assert!(saved.operation.is_none(), "{text}");
    }
}

async fn what_a_rule_asks_for_is_not_archived(engine: Engine) {
    let lms = company(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    let asked = rule("GDPR", "GDPR-101", of("ENG"));
    lms.rules().add(&admin, rule("DRAFT", "SEC-101", of("ENG"))).await.unwrap();
    lms.put_rule(day("2026-09-01"), asked.clone(), RuleStatus::Active).await.unwrap();
    let refused = catalog.archive(&admin, "GDPR-101").await.unwrap_err();
    assert_eq!(refused.code(), "catalog.required");
    assert_eq!(refused.message(), "the rule `GDPR` asks people for `GDPR-101`");
    catalog.archive(&admin, "SEC-101").await.unwrap();
    lms.put_rule(day("2026-09-01"), asked, RuleStatus::Removed).await.unwrap();
    catalog.archive(&admin, "GDPR-101").await.unwrap();
}

async fn an_audience_that_names_somebody_goes_with_them(engine: Engine) {
    let lms = company(engine).await;
    let (rules, admin) = (lms.rules(), lms.admin());
    let named = Audience::everybody().with(AudienceField::Person, "ada@example.com");
    rules
        .add(&admin, rule("ADA", "SEC-101", named.with(AudienceField::Person, "bo@example.com")))
        .await
        .unwrap();
    let id = lms.people().card(&admin, "ada@example.com", None).await.unwrap().person.id;
    lms.people().erase(&admin, "ada@example.com", Some("request of 3 May")).await.unwrap();
    let card = rules.show(&admin, "ADA", RuleShown::Current).await.unwrap();
    let audience = card.definition.audience.to_string();
    assert!(audience.contains(&id.to_string()) && !audience.contains("ada@"), "{audience}");
    assert!(audience.contains("bo@example.com"), "{audience}");
    let checked = rules.check(&admin, None).await.unwrap();
    assert!(checked.holds(), "{checked:?}");
}
