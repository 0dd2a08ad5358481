//! What the demo company asks of its people, and what its HR decided about some of them over the years:
//! rules in files, a change of one, exemptions, extensions, decisions.

use lms_core::engine::Kind;
use lms_core::{
    Actor, Audience, AudienceField, Day, DueRule, ExceptionFilter, Extend, FileFormat, Lms,
    NewAssignments, NewExemptions, NewExtension, Resolution, Result, RuleChange, RuleDefinition,
    UnitKind,
};

/// Which hold from the first week on.
const RULES: &[&str] = &[
    include_str!("rules/conduct.toml"),
    include_str!("rules/privacy.toml"),
    include_str!("rules/security.toml"),
    include_str!("rules/secure-development.toml"),
    include_str!("rules/fire-drill.toml"),
    include_str!("rules/gifts.toml"),
    include_str!("rules/first-aid.toml"),
    include_str!("rules/leading.toml"),
];
/// Only for those who come from now on.
const WELCOME: &str = include_str!("rules/welcome.toml");
/// A small company has no warehouse.
const FORKLIFTS: &str = include_str!("rules/forklifts.toml");
const PICKER: &str = "PICKER";
/// What a rule says later.
const PRIVACY_LATER: &str = include_str!("rules/privacy-2.toml");

/// Weeks before the end in which something is decided.
const PRIVACY_CHANGED: usize = 44;
const EXEMPTED: usize = 80;
const EXEMPTED_FOR_A_WHILE: usize = 20;
const ORDERED: usize = 12;
const EXTENDED: usize = 2;

/// Somebody for whom something was decided, where the company is large enough to have them.
const FIRE_FIGHTER: &str = "00105";
const ABROAD: &str = "00106";
const LATE: &str = "00103";
const DECIDED_LATER: &str = "00111";

/// What is decided in a week: on its day, so many weeks before the end.
pub(super) async fn decide(
    lms: &Lms,
    actor: &Actor,
    day: Day,
    is_first: bool,
    weeks_left: usize,
) -> Result<()> {
    if is_first {
        begin(lms, actor, day).await?;
    }
    match weeks_left {
        EXEMPTED => {
            let reason = "is a volunteer fire fighter";
            exempt(lms, actor, "FIRE-SAFETY", FIRE_FIGHTER, (reason, None)).await
        }
        PRIVACY_CHANGED => {
            let change = RuleDefinition::read(PRIVACY_LATER, FileFormat::Toml)?;
            apply(lms, &actor.clone().with_reason("findings of the audit"), vec![change]).await
        }
        EXEMPTED_FOR_A_WHILE => {
            let until = Day::parse_relative("+12m", day)?;
            let reason = "works at a customer's, who trains him";
            exempt(lms, actor, "SEC-101", ABROAD, (reason, Some(until))).await
        }
        ORDERED => order(lms, actor).await,
        EXTENDED => extend(lms, actor).await,
        _ => Ok(()),
    }
}

/// The rules of the first week, and the decisions that one of them leaves to people.
async fn begin(lms: &Lms, actor: &Actor, day: Day) -> Result<()> {
    let mut rules = Vec::new();
    for text in RULES {
        rules.push(RuleDefinition::read(text, FileFormat::Toml)?);
    }
    let mut welcome = RuleDefinition::read(WELCOME, FileFormat::Toml)?;
    welcome.audience = welcome.audience.with(AudienceField::HiredAfter, &day.to_string());
    rules.push(welcome);
    let roles = lms.people().units(actor, UnitKind::JobRole, None, false).await?;
    if roles.iter().any(|role| role.code == PICKER) {
        rules.push(RuleDefinition::read(FORKLIFTS, FileFormat::Toml)?);
    }
    apply(lms, &actor.clone().with_reason("trainings become mandatory"), rules).await?;
    let due_on = Day::parse_relative("+3m", day)?;
    let waiting = lms.assignments().exceptions(actor, ExceptionFilter::new()).await?.items;
    let later = lms.people().card(actor, DECIDED_LATER, None).await.ok();
    let later = later.map(|card| card.person.id);
    // A handful, each somebody's decision.
    for one in waiting.iter().filter(|one| Some(one.person_id) != later) {
        let resolution = Resolution::Assign(Some(due_on));
        lms.assignments().resolve_exception(actor, one.id, resolution).await?;
    }
    Ok(())
}

async fn apply(lms: &Lms, actor: &Actor, rules: Vec<RuleDefinition>) -> Result<()> {
    let changes = rules.into_iter().map(|rule| RuleChange::Apply(Box::new(rule))).collect();
    let plan = lms.rules().plan(actor, changes).await?;
    lms.rules().apply(actor, plan).await?;
    Ok(())
}

async fn exempt(
    lms: &Lms,
    actor: &Actor,
    training: &str,
    person: &str,
    (reason, until): (&str, Option<Day>),
) -> Result<()> {
    let Some(who) = only(lms, actor, person).await else { return Ok(()) };
    let mut new = NewExemptions::from_training(training, who, reason).approved_by("Hanna Vogel");
    if let Some(until) = until {
        new = new.until(until);
    }
    let plan = lms.assignments().plan_exempt(actor, new).await?;
    lms.assignments().exempt(actor, plan).await?;
    Ok(())
}

/// What somebody ordered by hand, beside the rules.
async fn order(lms: &Lms, actor: &Actor) -> Result<()> {
    let who = Audience::everybody().with(AudienceField::Department, "SALES");
    let new = NewAssignments::to(who)
        .training("A11Y-110")
        .due(DueRule::AfterAssignment(60))
        .kind(Kind::Recommended);
    let actor = actor.clone().with_reason("customers ask for accessible offers");
    let plan = lms.assignments().plan_assign(&actor, new).await?;
    lms.assignments().assign(&actor, plan).await?;
    Ok(())
}

async fn extend(lms: &Lms, actor: &Actor) -> Result<()> {
    let Some(who) = only(lms, actor, LATE).await else { return Ok(()) };
    let actor = actor.clone().with_reason("release of the year");
    let plan = lms
        .assignments()
        .plan_extend(&actor, NewExtension::of("GDPR-101", who, Extend::By(30)))
        .await?;
    lms.assignments().extend(&actor, plan).await?;
    Ok(())
}

/// One person, where they are there.
async fn only(lms: &Lms, actor: &Actor, person: &str) -> Option<Audience> {
    lms.people().card(actor, person, None).await.ok()?;
    Some(Audience::everybody().with(AudienceField::Person, person))
}
