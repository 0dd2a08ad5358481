//! Who may do what: the verbs over figures.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, ComplianceQuery, FactsQuery, LearningQuery, MinPercent, OverdueQuery, Result,
    StatusQuery,
};

/// Every verb that takes an actor, and the permission that it needs.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("analytics.compliance", "analytics.read"),
    ("analytics.gate", "analytics.read"),
    ("analytics.overdue", "analytics.read"),
    ("analytics.learning", "analytics.read"),
    ("analytics.status", "analytics.read"),
    ("analytics.obligations", "assignments.read"),
    ("analytics.overdue_facts", "assignments.read"),
    ("analytics.scorecard", "analytics.read"),
    ("analytics.transcript", "assignments.read"),
    ("analytics.trend", "analytics.read"),
    ("analytics.exemptions", "assignments.read"),
    ("analytics.people", "people.read"),
    ("analytics.warehouse", "people.read"),
    ("analytics.trainings", "analytics.read"),
    ("analytics.load", "analytics.read"),
    ("analytics.onboarding", "assignments.read"),
    ("analytics.skills", "readiness.read"),
    ("analytics.activity", "assignments.read"),
    ("analytics.bridge", "assignments.read"),
    ("analytics.quiz_items", "quizzes.read"),
];

/// Figures over people, which are nought for whoever sees nobody.
pub(super) const LISTS: &[&str] = &[
    "analytics.compliance",
    "analytics.gate",
    "analytics.overdue",
    "analytics.learning",
    "analytics.status",
    "analytics.obligations",
    "analytics.overdue_facts",
    "analytics.scorecard",
    "analytics.transcript",
    "analytics.trend",
    "analytics.exemptions",
    "analytics.people",
    "analytics.activity",
    "analytics.bridge",
    "analytics.load",
    "analytics.onboarding",
    "analytics.skills",
    "analytics.trainings",
    "analytics.warehouse",
];

pub(super) async fn attempt(lms: &TestLms, actor: &Actor, verb: &str) -> Result<()> {
    let analytics = lms.analytics();
    match verb {
        "analytics.compliance" => {
            analytics.compliance(actor, ComplianceQuery::new()).await.map(drop)
        }
        "analytics.gate" => {
            let min = MinPercent::parse("95").unwrap();
            analytics.gate(actor, ComplianceQuery::new(), min).await.map(drop)
        }
        "analytics.overdue" => analytics.overdue(actor, OverdueQuery::new()).await.map(drop),
        "analytics.learning" => analytics.learning(actor, LearningQuery::new()).await.map(drop),
        "analytics.status" => analytics.status(actor, StatusQuery::new()).await.map(drop),
        "analytics.obligations" => analytics.obligations(actor, FactsQuery::new()).await.map(drop),
        "analytics.overdue_facts" => {
            analytics.overdue_facts(actor, FactsQuery::new()).await.map(drop)
        }
        "analytics.scorecard" => analytics.scorecard(actor, FactsQuery::new()).await.map(drop),
        "analytics.transcript" => analytics.transcript(actor, FactsQuery::new()).await.map(drop),
        "analytics.trend" => analytics.trend(actor, FactsQuery::new()).await.map(drop),
        "analytics.exemptions" => analytics.exemptions(actor, FactsQuery::new()).await.map(drop),
        "analytics.people" => analytics.people(actor, FactsQuery::new()).await.map(drop),
        "analytics.warehouse" => analytics.warehouse(actor, FactsQuery::new()).await.map(drop),
        "analytics.trainings" => analytics.trainings(actor, FactsQuery::new()).await.map(drop),
        "analytics.load" => analytics.load(actor, FactsQuery::new()).await.map(drop),
        "analytics.onboarding" => analytics.onboarding(actor, FactsQuery::new()).await.map(drop),
        "analytics.skills" => analytics.skills(actor, FactsQuery::new()).await.map(drop),
        "analytics.activity" => analytics.activity(actor, FactsQuery::new()).await.map(drop),
        "analytics.bridge" => analytics.bridge(actor, FactsQuery::new()).await.map(drop),
        "analytics.quiz_items" => analytics.quiz_items(actor, FactsQuery::new()).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}
