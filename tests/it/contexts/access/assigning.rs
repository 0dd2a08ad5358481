//! The verbs over assignments, tried by everybody who may and who may not.

use lms_core::engine::OnPastDue;
use lms_core::testkit::TestLms;
use lms_core::{
    Actor, AssignmentFilter, Audience, AudienceField, CompletionChange, CompletionFilter, Day,
    DueRule, ExceptionFilter, ExemptionFilter, Extend, NewAssignments, NewCompletions, NewContent,
    NewExemptions, NewExtension, NewTraining, Publishing, ROLES, Resolution, Result, TrainingField,
    Unassigning,
};

/// Every verb, and the permission that it needs.
pub const VERBS: &[(&str, &str)] = &[
    ("assignments.plan_assign", "assignments.write"),
    ("assignments.assign", "assignments.write"),
    ("assignments.plan_unassign", "assignments.write"),
    ("assignments.unassign", "assignments.write"),
    ("assignments.list", "assignments.read"),
    ("assignments.count", "assignments.read"),
    ("assignments.explain", "assignments.read"),
    ("assignments.show", "assignments.read"),
    ("assignments.cancel", "assignments.write"),
    ("assignments.certify", "enrolments.write"),
    ("assignments.enrol", "enrolments.write"),
    ("assignments.enrol_oneself", "enrolments.write"),
    ("assignments.withdraw", "enrolments.write"),
    ("assignments.plan_complete", "assignments.write"),
    ("assignments.complete", "assignments.write"),
    ("assignments.completions", "assignments.read"),
    ("assignments.change_completion", "assignments.write"),
    ("assignments.add_evidence", "assignments.write"),
    ("assignments.open_evidence", "assignments.read"),
    ("assignments.plan_exempt", "assignments.write"),
    ("assignments.exempt", "assignments.write"),
    ("assignments.exemptions", "assignments.read"),
    ("assignments.revoke_exemption", "assignments.write"),
    ("assignments.plan_extend", "assignments.write"),
    ("assignments.extend", "assignments.write"),
    ("assignments.exceptions", "assignments.read"),
    ("assignments.resolve_exception", "assignments.write"),
];

/// Lists, which are empty for whoever sees nobody.
pub const LISTS: &[&str] = &[
    "assignments.list",
    "assignments.count",
    "assignments.completions",
    "assignments.exemptions",
    "assignments.exceptions",
];

fn named(name: &str) -> Audience {
    Audience::everybody().with(AudienceField::Person, name)
}

/// What the verbs are tried on: for each role something of its own.
pub async fn to_try_on(lms: &TestLms) {
    let (catalog, admin, assignments) = (lms.catalog(), lms.admin(), lms.assignments());
    for code in ["FREE", "EXEMPT", "PARKED", "DONE"] {
        let new = NewTraining::new(code, code).set(TrainingField::SignText, "Be kind.");
        catalog.add(&admin, new).await.unwrap();
        catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
    }
    let settled = NewTraining::new("SETTLED", "Settled").set(TrainingField::SignText, "Be kind.");
    catalog.add(&admin, settled).await.unwrap();
    catalog.publish(&admin, "SETTLED", &Publishing::minor()).await.unwrap();
    assignments.enrol(&admin, "editee", "SETTLED").await.unwrap();
    let plan = assignments.plan_complete(&admin, NewCompletions::of("SETTLED", named("editee")));
    assignments.complete(&admin, plan.await.unwrap()).await.unwrap();
    for role in ROLES {
        let name = format!("for_{}", role.name);
        let new = NewExemptions::from_training("EXEMPT", named(&name), "elsewhere");
        let plan = assignments.plan_exempt(&admin, new).await.unwrap();
        assignments.exempt(&admin, plan).await.unwrap();
        let new = NewAssignments::to(named(&name))
            .training("PARKED")
            .due(DueRule::AfterHire(1))
            .on_past_due(OnPastDue::Park);
        let plan = assignments.plan_assign(&admin, new).await.unwrap();
        assignments.assign(&admin, plan).await.unwrap();
        assignments.enrol(&admin, &name, "FREE").await.unwrap();
        let plan = assignments.plan_complete(&admin, NewCompletions::of("DONE", named(&name)));
        let scan = NewContent::new("scan.txt");
        let scan = assignments.add_evidence(&admin, scan, &mut &b"proof"[..]).await.unwrap();
        let scan = scan.value.id.to_string();
        let plan = plan.await.unwrap().evidence_file(&scan);
        assignments.complete(&admin, plan).await.unwrap();
    }
}

pub async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (assignments, admin) = (lms.assignments(), lms.admin());
    let own = format!("for_{}", tag.split('-').next().unwrap());
    let new = || NewAssignments::to(named("editee")).training("DONE");
    let done = || NewCompletions::of("DONE", named("editee")).note(tag);
    let exempt = || NewExemptions::from_training("EXEMPT", named("editee"), "elsewhere");
    let extend = || NewExtension::of("DONE", named("editee"), Extend::By(3));
    let back = || Unassigning::of(["DONE"], named("editee"));
    match verb.trim_start_matches("assignments.") {
        "plan_assign" => assignments.plan_assign(actor, new()).await.map(drop),
        "assign" => {
            let plan = assignments.plan_assign(&admin, new()).await?;
            assignments.assign(actor, plan).await.map(drop)
        }
        "plan_unassign" => assignments.plan_unassign(actor, back()).await.map(drop),
        "unassign" => {
            let plan = assignments.plan_unassign(&admin, back()).await?;
            assignments.unassign(actor, plan).await.map(drop)
        }
        "list" => assignments.list(actor, AssignmentFilter::new()).await.map(drop),
        "count" => assignments.count(actor, &AssignmentFilter::new()).await.map(drop),
        "explain" => assignments.explain(actor, "editee", "DONE", None).await.map(drop),
        "show" | "cancel" => {
            let of = AssignmentFilter::new().audience(named(&own)).training("FREE").closed(true);
            let id = assignments.list(&admin, of).await?.items[0].id;
            match verb {
                "assignments.show" => assignments.show(actor, id).await.map(drop),
                _ => assignments.cancel(actor, id).await.map(drop),
            }
        }
        "certify" => {
            let of = AssignmentFilter::new().audience(named("editee")).training("SETTLED");
            let id = assignments.list(&admin, of.closed(true)).await?.items[0].id;
            assignments.certify(actor, id).await.map(drop)
        }
        // Whoever tries has no person, and names another one then.
        "enrol_oneself" => match assignments.enrol_oneself(actor, "FREE").await {
            Err(error) if error.code() == "access.no_person" => {
                assignments.enrol(actor, "holder", "FREE").await.map(drop)
            }
            other => other.map(drop),
        },
        "enrol" => assignments.enrol(actor, "holder", "FREE").await.map(drop),
        "withdraw" => {
            let of = AssignmentFilter::new().audience(named(&own)).training("FREE").closed(true);
            let id = assignments.list(&admin, of).await?.items[0].id;
            assignments.withdraw(actor, id).await.map(drop)
        }
        "plan_complete" => assignments.plan_complete(actor, done()).await.map(drop),
        "complete" => {
            let plan = assignments.plan_complete(&admin, done()).await?;
            assignments.complete(actor, plan).await.map(drop)
        }
        "completions" => assignments.completions(actor, CompletionFilter::new()).await.map(drop),
        "change_completion" => {
            let of = CompletionFilter::new().audience(named(&own));
            let id = assignments.completions(&admin, of).await?.items[0].id;
            let change = CompletionChange::new().note(Some(tag));
            assignments.change_completion(actor, id, change).await.map(drop)
        }
        "add_evidence" => {
            let new = NewContent::new(&format!("{tag}.txt"));
            assignments.add_evidence(actor, new, &mut tag.as_bytes()).await.map(drop)
        }
        "open_evidence" => {
            let of = CompletionFilter::new().audience(named(&own));
            let id = assignments.completions(&admin, of).await?.items[0].id;
            assignments.open_evidence(actor, id).await.map(drop)
        }
        "plan_exempt" => assignments.plan_exempt(actor, exempt()).await.map(drop),
        "exempt" => {
            let plan = assignments.plan_exempt(&admin, exempt()).await?;
            assignments.exempt(actor, plan).await.map(drop)
        }
        "exemptions" => assignments.exemptions(actor, ExemptionFilter::new()).await.map(drop),
        "revoke_exemption" => {
            let of = ExemptionFilter::new().audience(named(&own)).ended(true);
            let id = assignments.exemptions(&admin, of).await?.items[0].id;
            let later = Day::parse("2027-01-01")?;
            assignments.revoke_exemption(actor, id, Some(later)).await.map(drop)
        }
        "plan_extend" => assignments.plan_extend(actor, extend()).await.map(drop),
        "extend" => {
            let plan = assignments.plan_extend(&admin, extend()).await?;
            assignments.extend(actor, plan).await.map(drop)
        }
        "exceptions" => assignments.exceptions(actor, ExceptionFilter::new()).await.map(drop),
        "resolve_exception" => {
            let of = ExceptionFilter::new().audience(named(&own)).resolved(true);
            let id = assignments.exceptions(&admin, of).await?.items[0].id;
            assignments.resolve_exception(actor, id, Resolution::Dismiss).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}
