//! What rules mean for people: planned, applied, met at once by whoever comes or moves, and gone back.

mod explained;
mod planned;

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, AuditFilter, CompletionChange, CompletionFilter, ComplianceQuery,
    DueRule, Engine, ErrorKind, ExemptionFilter, GroupChange, NewGroup, NewPath, NewPerson,
    NoticeFilter, PathDefinition, PathStep, PersonChange, PersonField, RuleChange, RuleDefinition,
    RulePlan, RuleReminders, RuleRenewal, Simulation, SweepOptions, Unassigning,
};

use super::assignments::{company, day, department, done, noon, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    a_rule_is_planned_and_applied,
    a_stale_plan_is_refused_by_name,
    who_comes_or_moves_meets_the_rules_at_once,
    two_rules_make_one_obligation,
    a_new_version_changes_the_audience_and_goes_back,
    a_paused_rule_neither_gives_nor_takes,
    a_group_that_changes_changes_what_its_members_have_to_do,
    a_department_that_moves_takes_its_people_along,
    a_beginning_is_spread_over_weeks,
    a_year_is_simulated,
    what_a_rule_wants_is_taken_back_by_an_exemption,
    what_a_rule_assigned_is_taken_back_through_the_rule,
    what_was_done_before_a_rule_covers_until_it_runs_out,
    what_was_done_before_a_rule_counts_as_met,
    whoever_leaves_an_audience_misses_nothing_later,
    an_elective_of_a_path_is_spare_once_enough_are_done,
    a_name_that_means_nothing_any_more_stops_a_rule,
    an_explanation_names_the_rule_and_what_is_missing,
    a_rule_says_when_people_are_told,
}

fn rule(code: &str, trainings: &[&str], audience: Audience) -> RuleDefinition {
    let mut rule = RuleDefinition::new(code, code, audience);
    rule.trainings = trainings.iter().map(|one| (*one).to_owned()).collect();
    rule.due = DueRule::AfterAssignment(30);
    rule
}

async fn plan(lms: &TestLms, change: RuleChange) -> RulePlan {
    lms.rules().plan(&lms.admin(), vec![change]).await.unwrap()
}

/// Applies a change as it was planned, and tells what it meant: `Ada Example A assigned 2026-04-30`.
async fn apply(lms: &TestLms, change: RuleChange) -> Vec<String> {
    let plan = plan(lms, change.clone()).await;
    let told = told(&plan);
    let counts = plan.counts.clone();
    let outcome = lms.rules().apply(&lms.admin(), plan).await.unwrap();
    assert_eq!(outcome.counts, counts, "what was planned is what was done");
    let again = lms.rules().plan(&lms.admin(), vec![change]).await.unwrap();
    assert!(!again.changes_anything(), "nothing is left to do: {again:?}");
    told
}

fn told(plan: &RulePlan) -> Vec<String> {
    let effects = plan.effects.iter().map(|one| {
        let due = one.due_on.map(|due| format!(" {due}")).unwrap_or_default();
        let name = one.person.name.trim_end_matches(" Example");
        format!("{name} {} {}{due}: {}", one.training, one.effect, one.because)
    });
    effects.collect()
}

fn applied(rule: RuleDefinition) -> RuleChange {
    RuleChange::Apply(Box::new(rule))
}

async fn a_rule_is_planned_and_applied(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    done(&lms, "Bo", "A", "2026-03-30").await;
    let engineering = rule("ENG-A", &["A"], department("ENG"));
    let told = apply(&lms, applied(engineering.clone())).await;
    assert_eq!(
        told,
        [
            "Ada A assigned 2026-04-30: in the audience (department ENG), wanted since 2026-03-31",
            "Bo A credited: it was done before it was wanted",
        ]
    );
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-04-30"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory completed"]);
    assert!(of(&lms, "Cy").await.is_empty());
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-30"]);
    assert!(told_nothing(&lms, engineering).await, "done once, nothing more is wanted");
    assert_sound(&lms).await;
}

async fn told_nothing(lms: &TestLms, rule: RuleDefinition) -> bool {
    !plan(lms, applied(rule)).await.changes_anything()
}

async fn a_stale_plan_is_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let stale = plan(&lms, applied(rule("ENG-A", &["A"], department("ENG")))).await;
    done(&lms, "Bo", "A", "2026-03-30").await;
    let refused = lms.rules().apply(&lms.admin(), stale).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Stale);
    assert!(refused.message().contains("Bo Example"), "{refused}");
    assert!(of(&lms, "Ada").await.is_empty(), "nothing was done");
    assert!(lms.rules().plan(&lms.admin(), vec![RuleChange::Pause("ENG-A".into())]).await.is_err());
}

async fn who_comes_or_moves_meets_the_rules_at_once(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut hired = rule("ENG-A", &["A"], department("ENG"));
    hired.due = DueRule::AfterHire(14);
    apply(&lms, applied(hired)).await;
    let new = NewPerson::new("Ed", "Example")
        .set(PersonField::Email, "ed@example.com")
        .set(PersonField::Department, "ENG")
        .hired_on(day("2026-03-31"));
    lms.people().add(&lms.admin(), vec![new]).await.unwrap();
    assert_eq!(of(&lms, "Ed").await, ["A mandatory due_soon, due 2026-04-14"]);

    let moved = PersonChange::new().set(PersonField::Department, "ENG");
    lms.people().edit(&lms.admin(), "cy@example.com", moved).await.unwrap();
    // Hired long ago: it is not born overdue.
    assert_eq!(of(&lms, "Cy").await, ["A mandatory due_soon, due 2026-04-14"]);
    let back = PersonChange::new().set(PersonField::Department, "SALES");
    lms.people().edit(&lms.admin(), "cy@example.com", back).await.unwrap();
    assert_eq!(of(&lms, "Cy").await, ["A mandatory cancelled, due 2026-04-14"]);
    lms.people()
        .deactivate(&lms.admin(), "ed@example.com", Some(day("2026-03-31")), None)
        .await
        .unwrap();
    assert_sound(&lms).await;
}

async fn two_rules_make_one_obligation(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(rule("ALL", &["A"], Audience::everybody()))).await;
    let mut sooner = rule("ENG-A", &["A"], department("ENG"));
    sooner.due = DueRule::On(day("2026-04-10"));
    let told = apply(&lms, applied(sooner)).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("Ada A strengthened 2026-04-10"), "{told:?}");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory due_soon, due 2026-04-10"]);
    let told = apply(&lms, RuleChange::Remove("ENG-A".to_owned())).await;
    assert!(told[0].starts_with("Ada A moved 2026-04-30"), "{told:?}");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-04-30"]);
    apply(&lms, RuleChange::Remove("ALL".to_owned())).await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled, due 2026-04-30"]);
    assert_sound(&lms).await;
}

async fn a_new_version_changes_the_audience_and_goes_back(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    noon(&lms, "2026-04-02");
    let told = apply(&lms, applied(rule("R", &["A"], department("SALES")))).await;
    assert_eq!(
        told,
        [
            "Ada A cancelled: no longer in the audience (department ENG)",
            "Bo A cancelled: no longer in the audience (department ENG)",
            "Cy A assigned 2026-05-02: in the audience (department SALES), wanted since 2026-03-31",
            "Di A assigned 2026-05-02: in the audience (department SALES), wanted since 2026-03-31",
        ]
    );
    let back = RuleChange::GoBack("R".to_owned(), 1);
    let told = apply(&lms, back).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(
        of(&lms, "Ada").await,
        ["A mandatory cancelled, due 2026-04-30", "A mandatory assigned, due 2026-05-02"]
    );
    assert_eq!(of(&lms, "Cy").await, ["A mandatory cancelled, due 2026-05-02"]);
    let unknown = RuleChange::GoBack("R".to_owned(), 9);
    let refused = lms.rules().plan(&lms.admin(), vec![unknown]).await.unwrap_err();
    assert_eq!(refused.code(), "rules.version_unknown");
    assert_sound(&lms).await;
}

async fn a_paused_rule_neither_gives_nor_takes(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    assert!(apply(&lms, RuleChange::Pause("R".to_owned())).await.is_empty());
    let moved = PersonChange::new().set(PersonField::Department, "ENG");
    lms.people().edit(&lms.admin(), "cy@example.com", moved).await.unwrap();
    assert!(of(&lms, "Cy").await.is_empty());
    let told = apply(&lms, RuleChange::Activate("R".to_owned())).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(of(&lms, "Cy").await.len(), 1);
    assert_sound(&lms).await;
}

async fn a_group_that_changes_changes_what_its_members_have_to_do(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let people = ["ada@example.com"];
    let group = NewGroup::fixed("FIRST-AID", "First aiders");
    lms.people().add_group(&lms.admin(), group).await.unwrap();
    lms.people()
        .edit_group(&lms.admin(), "FIRST-AID", GroupChange::new().add_members(people))
        .await
        .unwrap();
    let group = Audience::everybody().with(AudienceField::Group, "FIRST-AID");
    apply(&lms, applied(rule("R", &["A"], group))).await;
    assert_eq!(of(&lms, "Ada").await.len(), 1);
    let change =
        GroupChange::new().add_members(["cy@example.com"]).remove_members(["ada@example.com"]);
    lms.people().edit_group(&lms.admin(), "FIRST-AID", change).await.unwrap();
    assert_eq!(of(&lms, "Cy").await, ["A mandatory assigned, due 2026-04-30"]);
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled, due 2026-04-30"]);
    assert_sound(&lms).await;
}

async fn a_department_that_moves_takes_its_people_along(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut joined = rule("R", &["A"], department("ENG"));
    joined.due = DueRule::AfterJoining(10);
    apply(&lms, applied(joined)).await;
    assert!(of(&lms, "Cy").await.is_empty());
    noon(&lms, "2026-05-01");
    let change = lms_core::UnitChange::new().parent(Some("ENG"));
    lms.people()
        .edit_unit(&lms.admin(), lms_core::UnitKind::Department, "SALES", change)
        .await
        .unwrap();
    // They joined the audience on the day on which their department did.
    assert_eq!(of(&lms, "Cy").await, ["A mandatory due_soon, due 2026-05-11"]);
    assert_sound(&lms).await;
}

async fn a_beginning_is_spread_over_weeks(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut people = Vec::new();
    for n in 0..40 {
        people.push(
            NewPerson::new(&format!("N{n}"), "Example")
                .set(PersonField::Department, "SALES")
                .hired_on(day("2025-01-01")),
        );
    }
    lms.people().add(&lms.admin(), people).await.unwrap();
    let mut slow = rule("R", &["A"], department("SALES"));
    slow.stagger_weeks = Some(4);
    let first = apply(&lms, applied(slow.clone())).await.len();
    assert!((4..=20).contains(&first), "{first} of 42 begin in the first of four weeks");
    noon(&lms, "2026-04-22");
    let plan = plan(&lms, applied(slow)).await;
    assert_eq!(first + plan.effects.len(), 42, "by the fourth week everybody has begun");
}

async fn a_year_is_simulated(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[(lms_core::TrainingField::DurationMinutes, "45")]).await;
    let asked = |rule: Option<RuleDefinition>| {
        let asked = Simulation::over(day("2026-04-01"), day("2026-12-31"));
        rule.into_iter().map(applied).fold(asked, Simulation::with)
    };
    let nothing = lms.rules().simulate(&lms.admin(), asked(None)).await.unwrap();
    assert_eq!(nothing.months.len(), 9);
    assert!(nothing.months.iter().all(|month| month.then.assigned == 0));
    let mut yearly = rule("R", &["A"], department("ENG"));
    yearly.from = Some(day("2026-04-01"));
    let told = lms.rules().simulate(&lms.admin(), asked(Some(yearly))).await.unwrap();
    let sum = |of: fn(&lms_core::SimulatedMonth) -> u64| told.months.iter().map(of).sum::<u64>();
    assert_eq!((sum(|month| month.then.assigned), sum(|month| month.now.assigned)), (2, 0));
    assert_eq!(sum(|month| month.then.minutes), 90);
    assert_eq!((told.rules[0].gained, told.rules[0].lost), (2, 0));
    let again = asked(None);
    assert!(lms.rules().simulate(&lms.admin(), again).await.is_ok());
    let past = Simulation::over(day("2025-01-01"), day("2025-12-31"));
    let refused = lms.rules().simulate(&lms.admin(), past).await.unwrap_err();
    assert_eq!(refused.message(), "2025-01-01 is over: it is 2026-03-31");
    let turned = Simulation::over(day("2026-12-31"), day("2026-04-01"));
    let refused = lms.rules().simulate(&lms.admin(), turned).await.unwrap_err();
    assert_eq!(refused.field(), Some("over"));
    assert_eq!(refused.hints(), ["write `2026-04-01..2026-12-31`"]);
    assert_eq!((told.now.assigned, told.then.assigned, told.then.minutes), (0, 2, 90));
    let departments: Vec<_> = told
        .departments
        .iter()
        .map(|one| (one.name.as_deref(), one.depth, one.people, one.minutes))
        .collect();
    let expected = [(Some("Engineering"), 0, 2, 90), (Some("Sales"), 0, 2, 0)];
    assert_eq!(departments, expected);
}

async fn what_a_rule_wants_is_taken_back_by_an_exemption(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    let asked = Unassigning::of(["A"], person("Ada"));
    let plan = lms.assignments().plan_unassign(&lms.admin(), asked).await.unwrap();
    assert_eq!((plan.count("exempted"), plan.count("cancelled")), (1, 0));
    let outcome = lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert!(outcome.operation.is_some());
    assert_eq!(of(&lms, "Ada").await, ["A mandatory exempt, due 2026-04-30"]);
    let filter = ExemptionFilter::new().audience(person("Ada"));
    let exemptions = lms.assignments().exemptions(&lms.admin(), filter).await.unwrap().items;
    assert_eq!(exemptions[0].reason, "unassigned by hand");
    assert!(told_nothing(&lms, rule("R", &["A"], department("ENG"))).await, "it stays so");
    let again = Unassigning::of(["A"], person("Ada"));
    let plan = lms.assignments().plan_unassign(&lms.admin(), again).await.unwrap();
    let outcome = lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert!(outcome.operation.is_none(), "once is enough");
    assert_sound(&lms).await;
}

async fn what_a_rule_assigned_is_taken_back_through_the_rule(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let plan = plan(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    let outcome = lms.rules().apply(&lms.admin(), plan).await.unwrap();
    let operation = outcome.operation.unwrap();
    let entries = lms.audit().list(&lms.admin(), AuditFilter::new()).await.unwrap().items;
    let entry = entries.iter().find(|entry| entry.operation_id == operation).unwrap();
    let asked = Unassigning::batch(entry.recorded_at);
    let refused = lms.assignments().plan_unassign(&lms.admin(), asked).await.unwrap_err();
    assert_eq!(refused.code(), "assignments.of_a_rule");
    assert!(refused.hints()[0].contains("rule apply R --version N"), "{refused:?}");
    let refused = lms.batches().plan_undo(&lms.admin(), &entry.seq.to_string()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
}

async fn what_was_done_before_a_rule_covers_until_it_runs_out(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    done(&lms, "Bo", "A", "2025-06-15").await;
    let mut yearly = rule("R", &["A"], department("ENG"));
    let mut renewal = RuleRenewal::new(12);
    renewal.window_months = Some(1);
    yearly.renewal = Some(renewal);
    apply(&lms, applied(yearly.clone())).await;
    let covered = ["A mandatory completed, until 2026-06-15"];
    assert_eq!(of(&lms, "Bo").await, covered);
    noon(&lms, "2026-05-14");
    lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
    assert_eq!(of(&lms, "Bo").await, covered);
    noon(&lms, "2026-05-20");
    lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
    assert_eq!(of(&lms, "Bo").await, [covered[0], "A mandatory assigned, due 2026-06-15"]);
    let full = SweepOptions::new().full(true);
    let outcome = lms.sweep().run(&lms.admin(), full, &mut |_, _| ()).await.unwrap();
    assert!(outcome.is_empty(), "nothing is left: {outcome:?}");
    done(&lms, "Bo", "A", "2026-05-20").await;
    assert!(told_nothing(&lms, yearly).await);
    assert_sound(&lms).await;
}

async fn what_was_done_before_a_rule_counts_as_met(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    done(&lms, "Bo", "A", "2025-06-15").await;
    assert_eq!(met(&lms).await, (0, 0), "nobody wants it");
    apply(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    assert_eq!(met(&lms).await, (1, 1), "Bo has met it, Ada has it open");

    // As of the day before nothing was wanted, whatever is known now.
    let before = ComplianceQuery::new().as_of(Some(day("2026-03-30")));
    let figures = lms.analytics().compliance(&lms.admin(), before).await.unwrap();
    assert_eq!((figures.total.met, figures.total.open), (0, 0));

    // A completion that turns out not to have been: it is to be done after all.
    let page = lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap();
    let revoke = CompletionChange::revoked();
    lms.assignments().change_completion(&lms.admin(), page.items[0].id, revoke).await.unwrap();
    assert_eq!(
        of(&lms, "Bo").await,
        ["A mandatory cancelled", "A mandatory assigned, due 2026-04-30"]
    );
    assert_eq!(met(&lms).await, (0, 2));
    assert_sound(&lms).await;
}

/// How many obligations are met, and how many are open.
async fn met(lms: &TestLms) -> (i64, i64) {
    let query = ComplianceQuery::new();
    let figures = lms.analytics().compliance(&lms.admin(), query).await.unwrap();
    (figures.total.met, figures.total.open)
}

async fn whoever_leaves_an_audience_misses_nothing_later(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut yearly = rule("R", &["A"], department("ENG"));
    let mut renewal = RuleRenewal::new(12);
    renewal.window_days = Some(30);
    yearly.renewal = Some(renewal);
    apply(&lms, applied(yearly)).await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    let moved = PersonChange::new().set(PersonField::Department, "SALES");
    lms.people().edit(&lms.admin(), "ada@example.com", moved).await.unwrap();
    noon(&lms, "2027-05-01");
    lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-30"]);
    assert_sound(&lms).await;
}

async fn an_elective_of_a_path_is_spare_once_enough_are_done(engine: Engine) {
    let lms = company(engine).await;
    for code in ["A", "B", "C"] {
        training(&lms, code, &[]).await;
    }
    let mut definition = PathDefinition::new("Two ways");
    definition.steps = vec![PathStep::required("A"), PathStep::elective(1, ["B", "C"])];
    let new = NewPath::new("P", "Two ways").definition(definition);
    lms.paths().add(&lms.admin(), new).await.unwrap();
    lms.paths().publish(&lms.admin(), "P").await.unwrap();
    let mut path = rule("R", &[], department("ENG"));
    path.paths = vec!["P".to_owned()];
    assert_eq!(apply(&lms, applied(path.clone())).await.len(), 6);
    done(&lms, "Ada", "B", "2026-03-31").await;
    assert_eq!(
        of(&lms, "Ada").await,
        [
            "A mandatory assigned, due 2026-04-30",
            "B mandatory completed, due 2026-04-30",
            "C mandatory cancelled, due 2026-04-30",
        ]
    );
    assert!(told_nothing(&lms, path).await);
    assert_sound(&lms).await;
}

async fn a_name_that_means_nothing_any_more_stops_a_rule(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let group = NewGroup::fixed("AIDERS", "First aiders").members(["ada@example.com"]);
    lms.people().add_group(&lms.admin(), group).await.unwrap();
    let aiders = Audience::everybody().with(AudienceField::Group, "AIDERS");
    apply(&lms, applied(rule("R", &["A"], aiders))).await;
    lms.people().remove_group(&lms.admin(), "AIDERS", None).await.unwrap();
    assert_eq!(of(&lms, "Ada").await.len(), 1, "nothing is given, and nothing taken");
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-30"]);
    assert_sound(&lms).await;
}

async fn an_explanation_names_the_rule_and_what_is_missing(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let audience = department("ENG").with(AudienceField::HiredBefore, "2026-01-01");
    apply(&lms, applied(rule("R", &["A"], audience))).await;
    let explain = async |name: &str| {
        let address = format!("{name}@example.com");
        lms.assignments().explain(&lms.admin(), &address, "A", None).await.unwrap()
    };
    let why = explain("ada").await;
    assert!(why.because.iter().any(|one| one.starts_with("Rule `R` wants it")), "{why:?}");
    let why = explain("cy").await;
    assert_eq!(
        why.because,
        [
            "`A` is not assigned",
            "Rule `R` does not ask for it: not in its audience",
            "`R` is for department ENG, and theirs is SALES; all else holds",
        ]
    );
    let demand = &why.demands[0];
    assert_eq!((demand.source.rule.as_deref(), demand.asks), (Some("R"), false));
    let told: Vec<_> = demand.audience.iter().map(|one| (one.field.as_str(), one.met)).collect();
    assert_eq!(told, [("department", false), ("hired_before", true), ("status", true)]);
    let why = explain("di").await;
    assert!(
        why.because.last().unwrap().contains("; hired before 2026-01-01, and theirs is 2026-03-20"),
        "{why:?}"
    );
}

async fn a_rule_says_when_people_are_told(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut quiet = rule("R", &["A"], department("ENG"));
    quiet.reminders = Some(RuleReminders { days: vec![-3], then_every_days: None });
    apply(&lms, applied(quiet)).await;
    let reminded = async |day: &str| {
        noon(&lms, day);
        lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
        let filter = NoticeFilter::new().person("ada@example.com");
        lms.notifications().list(&lms.admin(), filter).await.unwrap().items.len()
    };
    assert_eq!(reminded("2026-04-16").await, 0, "not fourteen days before");
    assert_eq!(reminded("2026-04-27").await, 1);
    assert_eq!(reminded("2026-05-01").await, 1, "nor after it");
}
