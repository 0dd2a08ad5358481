//! Who may do what: the verbs over rules.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Audience, FileFormat, HistoryFilter, ROLES, Result, RuleDefinition, RuleExamples,
    RuleFilter, RuleShown,
};

/// Every verb that takes an actor, and the permission that it needs.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("rules.add", "rules.write"),
    ("rules.save_draft", "rules.write"),
    ("rules.edit", "rules.write"),
    ("rules.drop_draft", "rules.write"),
    ("rules.list", "rules.read"),
    ("rules.show", "rules.read"),
    ("rules.export", "rules.read"),
    ("rules.check", "rules.read"),
    ("rules.test", "rules.read"),
    ("rules.history", "rules.read"),
];

fn rule(code: &str, title: &str) -> RuleDefinition {
    let mut rule = RuleDefinition::new(code, title, Audience::everybody());
    rule.trainings = vec!["RULED".to_owned()];
    rule
}

/// The draft that a role throws away, by the tag of an attempt.
fn dropped(tag: &str) -> String {
    format!("DROPPED-{}", tag.split('-').next().unwrap_or_default())
}

/// A rule, and a training that rules may ask for.
pub(super) async fn to_try_on(lms: &TestLms) {
    crate::support::learning::to_be_signed(lms, "RULED").await;
    lms.rules().add(&lms.admin(), rule("RULE", "Rule")).await.unwrap();
    for role in ROLES {
        lms.rules().add(&lms.admin(), rule(&dropped(role.name), "Dropped")).await.unwrap();
    }
}

pub(super) async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let rules = lms.rules();
    match verb {
        "rules.add" => rules.add(actor, rule(tag, tag)).await.map(drop),
        "rules.save_draft" => rules.save_draft(actor, rule("RULE", tag)).await.map(drop),
        "rules.edit" => rules.edit(actor, "RULE", rule("RULE", tag)).await.map(drop),
        "rules.drop_draft" => rules.drop_draft(actor, &dropped(tag)).await.map(drop),
        "rules.list" => rules.list(actor, RuleFilter::new()).await.map(drop),
        "rules.show" => rules.show(actor, "RULE", RuleShown::Current).await.map(drop),
        "rules.export" => rules.export(actor, &[], false).await.map(drop),
        "rules.check" => rules.check(actor, None).await.map(drop),
        "rules.test" => {
            let text = "format = 1\nrule = 'RULE'\n[[examples]]\nname = 'A'\non = 2026-01-01\n\
                        expect = {}\n";
            let examples = RuleExamples::read(text, FileFormat::Toml)?;
            rules.test(actor, Vec::new(), examples).await.map(drop)
        }
        "rules.history" => rules.history(actor, "RULE", HistoryFilter::new()).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}
