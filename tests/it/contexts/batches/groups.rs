//! Edits of groups are taken back: who is on a list, whom an audience is true of, names, closing.

use lms_core::testkit::TestLms;
use lms_core::{Audience, Engine, ErrorKind, GroupChange, NewGroup, PersonFilter};

use super::{company, day, observed, people_plan, person, told, undo};
use crate::support::engines::on_both_engines;
use crate::support::looks::head;

on_both_engines! {
    those_who_were_put_on_a_list_by_mistake_leave_it,
    an_audience_and_a_name_go_back,
    a_closed_group_opens_again,
    what_would_not_hold_stays,
    who_is_gone_does_not_come_back_onto_a_list,
    making_a_group_is_not_taken_back,
}

/// A list that begins with Ada, and an audience: those in Berlin.
async fn with_groups(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    let (people, admin) = (lms.people(), lms.admin());
    let council = NewGroup::fixed("COUNCIL", "Council").members(["ada@example.com"]);
    people.add_group(&admin, council.from(day("2025-02-01"))).await.unwrap();
    let place = NewGroup::saved("PLACE", "Place", asking("--location BER"));
    people.add_group(&admin, place).await.unwrap();
    lms
}

fn asking(text: &str) -> Audience {
    Audience::parse(text).unwrap()
}

async fn edit(lms: &TestLms, group: &str, change: GroupChange) -> i64 {
    lms.people().edit_group(&lms.admin(), group, change).await.unwrap();
    head(lms).await.seq
}

async fn on_list(lms: &TestLms, on: &str) -> Vec<String> {
    let filter = PersonFilter::new().as_of(day(on));
    let page = lms.people().group_members(&lms.admin(), "COUNCIL", filter).await.unwrap();
    page.items.into_iter().map(|person| person.first_name).collect()
}

async fn those_who_were_put_on_a_list_by_mistake_leave_it(engine: Engine) {
    let lms = with_groups(engine).await;
    lms.people().add(&lms.admin(), vec![person("cy", "Fox"), person("di", "Ode")]).await.unwrap();
    let before = observed(&lms).await;
    let many = ["bob@example.com", "cy@example.com", "di@example.com"];
    let mistake = GroupChange::new().add_members(many).remove_members(["ada@example.com"]);
    let seq = edit(&lms, "COUNCIL", mistake.from(day("2026-03-01"))).await;
    assert_eq!(on_list(&lms, "2026-03-31").await, ["bob", "cy", "di"]);
    // Somebody took one of them off the list by hand.
    let off = GroupChange::new().remove_members(["di@example.com"]).from(day("2026-05-01"));
    let later = edit(&lms, "COUNCIL", off).await;

    let detail = lms.batches().show(&lms.admin(), &seq.to_string()).await.unwrap();
    assert_eq!(detail.batch.n_records, 5, "four people and the group");
    let outcome = undo(&lms, seq).await;

    assert_eq!(
        told(&outcome.parts.restored),
        [
            "ada Lovelace: group.COUNCIL - → member from 2026-03-01",
            "bob Baker: group.COUNCIL member → - from 2026-03-01",
            "cy Fox: group.COUNCIL member → - from 2026-03-01",
            "di Ode: group.COUNCIL member → - from 2026-03-01 until 2026-05-01",
        ]
    );
    assert_eq!((outcome.parts.kept, outcome.parts.blocked), (Vec::new(), Vec::new()));
    assert_eq!(on_list(&lms, "2026-03-31").await, ["ada"]);
    assert_eq!(observed(&lms).await, before);
    assert_eq!(outcome.batch.undone_by, Some(later + 1));

    // And the other way round.
    let redone = undo(&lms, later + 1).await;
    assert_eq!(redone.parts.restored.len(), 4);
    assert_eq!(on_list(&lms, "2026-03-31").await, ["bob", "cy", "di"]);
    assert_eq!(on_list(&lms, "2026-06-01").await, ["bob", "cy"]);
}

async fn an_audience_and_a_name_go_back(engine: Engine) {
    let lms = with_groups(engine).await;
    let before = observed(&lms).await;
    let change = GroupChange::new().audience(asking("--location LIS")).name("Lisbon");
    let seq = edit(&lms, "PLACE", change.code("LISBON").from(day("2026-03-01"))).await;
    let outcome = undo(&lms, seq).await;
    assert_eq!(
        told(&outcome.parts.restored),
        [
            "PLACE: code LISBON → PLACE".to_owned(),
            "PLACE: name Lisbon → Place".to_owned(),
            format!(
                "PLACE: audience {} → {} from 2026-03-01",
                asking("--location LIS"),
                asking("--location BER")
            ),
        ]
    );
    assert_eq!(observed(&lms).await, before);

    // What somebody changed since is theirs.
    let lisbon = GroupChange::new().audience(asking("--location LIS")).name("Lisbon");
    let first = edit(&lms, "PLACE", lisbon.from(day("2026-03-01"))).await;
    let other = GroupChange::new().audience(asking("--department SALES"));
    let second = edit(&lms, "PLACE", other.from(day("2026-05-01"))).await;
    let outcome = undo(&lms, first).await;
    let restored = told(&outcome.parts.restored);
    assert_eq!(restored.len(), 2, "{restored:?}");
    assert!(restored[1].ends_with("from 2026-03-01 until 2026-05-01"), "{restored:?}");
    let kept = told(&outcome.parts.kept);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].contains(&format!("(changed since by os:admin in #{second})")), "{kept:?}");
}

async fn a_closed_group_opens_again(engine: Engine) {
    let lms = with_groups(engine).await;
    let before = observed(&lms).await;
    let from = Some(day("2026-03-01"));
    lms.people().remove_group(&lms.admin(), "PLACE", from).await.unwrap();
    let seq = head(&lms).await.seq;
    let outcome = undo(&lms, seq).await;
    assert_eq!(outcome.parts.restored.len(), 2, "it is there, and is true of the same");
    assert_eq!(observed(&lms).await, before);

    // Another group asks for it by now: it stays.
    let around = NewGroup::saved("AROUND", "Around", asking("--group PLACE"));
    lms.people().add_group(&lms.admin(), around).await.unwrap();
    let blocked = people_plan(&lms, seq + 1).await;
    assert!(blocked[0].contains("`PLACE` cannot be removed: AROUND asks for it"), "{blocked:?}");
}

async fn what_would_not_hold_stays(engine: Engine) {
    let lms = with_groups(engine).await;
    let change = GroupChange::new().code("ELSEWHERE").name("Elsewhere");
    let seq = edit(&lms, "PLACE", change).await;
    let other = NewGroup::fixed("place", "Another");
    lms.people().add_group(&lms.admin(), other).await.unwrap();
    let outcome = undo(&lms, seq).await;
    assert_eq!(told(&outcome.parts.restored), ["ELSEWHERE: name Elsewhere → Place"]);
    assert_eq!(
        told(&outcome.parts.blocked),
        ["ELSEWHERE: code ELSEWHERE → PLACE (the code `PLACE` is taken since)"]
    );

    // A group would come to ask for itself.
    let change = GroupChange::new().audience(asking("--location LIS"));
    let around = NewGroup::saved("AROUND", "Around", asking("--group ELSEWHERE"));
    lms.people().add_group(&lms.admin(), around).await.unwrap();
    let seq = edit(&lms, "AROUND", change).await;
    edit(&lms, "ELSEWHERE", GroupChange::new().audience(asking("--group AROUND"))).await;
    let blocked = people_plan(&lms, seq).await;
    assert_eq!(blocked.len(), 1, "{blocked:?}");
    assert!(blocked[0].contains("AROUND: audience"), "{blocked:?}");
}

async fn who_is_gone_does_not_come_back_onto_a_list(engine: Engine) {
    let lms = with_groups(engine).await;
    lms.people().add(&lms.admin(), vec![person("cy", "Fox")]).await.unwrap();
    let hired = head(&lms).await.seq;
    let from = day("2026-03-01");
    let on = GroupChange::new().add_members(["cy@example.com"]).from(from);
    edit(&lms, "COUNCIL", on).await;
    let off = GroupChange::new().remove_members(["cy@example.com"]).from(from);
    let seq = edit(&lms, "COUNCIL", off).await;
    undo(&lms, hired).await;
    assert_eq!(
        people_plan(&lms, seq).await,
        ["cy Fox: group.COUNCIL - → member from 2026-03-01 \
          (they are not in the directory any more)"]
    );
}

async fn making_a_group_is_not_taken_back(engine: Engine) {
    let lms = with_groups(engine).await;
    let seq = head(&lms).await.seq.to_string();
    let refused = lms.batches().plan_undo(&lms.admin(), &seq).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Refused, "batch.not_undoable"));
    assert!(refused.hints()[0].contains("lmsctl group remove"), "{refused:?}");
}
