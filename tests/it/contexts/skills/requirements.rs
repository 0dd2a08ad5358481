//! What job roles require, through time, and how they stand.

use lms_core::testkit::plans_of;
use lms_core::{Engine, GapFilter, HolderFilter, RoleRequirements, SkillLevel, TrainingField};

use super::{company, day, done, gaps, hire, noon, require, skills_of, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, newest};

on_both_engines! {
    a_requirement_holds_from_a_day_and_what_was_believed_is_kept,
    a_job_role_is_counted_with_those_who_have_and_who_lack,
    the_cheapest_way_to_close_a_gap_stands_first,
    pages_follow_each_other,
    a_page_is_read_in_the_order_of_names,
}

fn told(required: &RoleRequirements) -> Vec<String> {
    let until = |until: Option<lms_core::Day>| until.map(|day| format!(", before {day}"));
    required
        .skills
        .iter()
        .map(|one| {
            let until = until(one.until).unwrap_or_default();
            format!("{} {} from {}{until}", one.skill, one.level, one.from)
        })
        .collect()
}

async fn a_requirement_holds_from_a_day_and_what_was_believed_is_kept(engine: Engine) {
    let lms = company(engine).await;
    noon(&lms, "2026-03-31");
    let (skills, admin) = (lms.skills(), lms.admin());
    let level = |number| SkillLevel::new(number);
    let first = skills.require(&admin, "Driver", "AID", level(2), None).await.unwrap();
    assert_eq!(told(&first.value), ["AID 2 from 2026-03-31"]);
    assert_eq!((first.changed.len(), first.changed[0].before.as_deref()), (1, None));
    assert_eq!(first.changed[0].field, "required.DRIVER");
    let later = Some(day("2027-01-01"));
    let higher = skills.require(&admin, "DRIVER", "first aid", level(4), later).await.unwrap();
    assert_eq!(told(&higher.value), ["AID 4 from 2027-01-01"]);
    assert_eq!(
        higher.changed[0].after.as_deref(),
        Some("level 2 from 2026-03-31, before 2027-01-01; level 4 from 2027-01-01")
    );
    assert_eq!(newest(&lms).await.kind, "skill.required");
    // What was decided for later stays when the present is decided anew.
    let now = skills.require(&admin, "DRIVER", "AID", level(3), None).await.unwrap();
    assert_eq!(told(&now.value), ["AID 3 from 2026-03-31, before 2027-01-01"]);
    assert_eq!(
        skills.require(&admin, "DRIVER", "AID", level(3), None).await.unwrap().operation,
        None
    );
    let none =
        skills.require(&admin, "DRIVER", "AID", None, Some(day("2026-06-01"))).await.unwrap();
    assert_eq!(told(&none.value), [""; 0]);
    let on = async |text: &str| {
        let found = skills.requirements(&admin, "DRIVER", Some(day(text))).await.unwrap();
        told(&found)
    };
    assert_eq!(on("2026-05-31").await, ["AID 3 from 2026-03-31, before 2026-06-01"]);
    assert_eq!(on("2026-12-31").await, [""; 0]);
    assert_eq!(on("2027-01-01").await, ["AID 4 from 2027-01-01"]);
    assert_eq!(on("2026-03-30").await, [""; 0]);
    let card = skills.show(&admin, "AID", Some(day("2026-05-31"))).await.unwrap();
    assert_eq!((card.required_by[0].job_role.as_str(), card.required_by.len()), ("DRIVER", 1));
    for (role, skill) in [("DRIVERS", "AID"), ("DRIVER", "AIDE")] {
        let refused = skills.require(&admin, role, skill, level(1), None).await.unwrap_err();
        assert!(refused.hints()[0].starts_with("did you mean"), "{refused}");
    }
    assert_sound(&lms).await;
}

async fn a_job_role_is_counted_with_those_who_have_and_who_lack(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", "AID=2", &[]).await;
    for (role, skill, wanted) in [("DRIVER", "AID", 2), ("DRIVER", "LOADS", 1), ("CLERK", "AID", 3)]
    {
        require(&lms, role, skill, wanted, "2026-01-01").await;
    }
    hire(&lms, "Di", "DRIVER").await;
    for name in ["Ada", "Cy"] {
        done(&lms, name, "A", "2026-03-30").await;
    }
    let filter = GapFilter::new().as_of(Some(day("2026-03-31")));
    let table = async |filter: GapFilter| -> Vec<String> {
        let page = lms.readiness().by_job_role(&lms.admin(), filter.limit(500)).await.unwrap();
        assert!(page.items.iter().all(|row| row.people == row.met + row.missed));
        let told = page.items.iter().map(|row| {
            let met = format!("{} of {}, {}%", row.met, row.people, row.met_percent);
            format!("{} {} {}: {met}", row.job_role, row.skill, row.required)
        });
        told.collect()
    };
    assert_eq!(
        table(filter.clone()).await,
        [
            "CLERK AID 3: 0 of 1, 0.0%",
            "DRIVER AID 2: 1 of 3, 33.3%",
            "DRIVER LOADS 1: 0 of 3, 0.0%"
        ]
    );
    assert_eq!(table(filter.skill("AID")).await.len(), 2);
    let before = GapFilter::new().as_of(Some(day("2026-03-29")));
    assert_eq!(table(before.skill("AID")).await[1], "DRIVER AID 2: 0 of 3, 0.0%");
}

async fn the_cheapest_way_to_close_a_gap_stands_first(engine: Engine) {
    let lms = company(engine).await;
    let cost = |text: &'static str| [(TrainingField::Cost, text)];
    training(&lms, "DEAR", "AID=5", &cost("900 EUR")).await;
    training(&lms, "CHEAP", "AID=3", &cost("90 EUR")).await;
    training(&lms, "FREE", "AID=3", &[]).await;
    training(&lms, "LOW", "AID=2", &[]).await;
    training(&lms, "GONE", "AID=4", &[]).await;
    lms.catalog().archive(&lms.admin(), "GONE").await.unwrap();
    require(&lms, "CLERK", "AID", 3, "2026-01-01").await;
    done(&lms, "Cy", "LOW", "2026-03-30").await;
    let filter = GapFilter::new().as_of(Some(day("2026-03-31")));
    assert_eq!(gaps(&lms, filter.clone()).await, ["Cy Example lacks 1 of AID: FREE, CHEAP, DEAR"]);
    require(&lms, "CLERK", "AID", 5, "2026-01-01").await;
    assert_eq!(gaps(&lms, filter).await, ["Cy Example lacks 3 of AID: DEAR"]);
    let card = lms.readiness().of(&lms.admin(), "cy", Some(day("2026-03-31"))).await.unwrap();
    assert_eq!((card.skills[0].missing, card.skills[0].closed_by.len()), (3, 1));
    assert_eq!(skills_of(&lms, "Cy", "2026-03-31").await, ["AID 2 of 5 by LOW"]);
}

async fn pages_follow_each_other(engine: Engine) {
    let lms = company(engine).await;
    for (role, skill) in [("DRIVER", "AID"), ("DRIVER", "LOADS"), ("CLERK", "LOADS")] {
        require(&lms, role, skill, 1, "2026-01-01").await;
    }
    let filter = GapFilter::new().as_of(Some(day("2026-03-31")));
    let all = gaps(&lms, filter.clone()).await;
    assert_eq!(all.len(), 5);
    let (mut found, mut rows, mut next, mut next_row) = (Vec::new(), 0, None, None);
    loop {
        let paged = filter.clone().page(2, next.as_deref());
        let page = lms.readiness().gaps(&lms.admin(), paged).await.unwrap();
        found.extend(page.items.iter().map(|gap| format!("{} {}", gap.person, gap.skill)));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let all: Vec<String> =
        all.iter().map(|line| line.split(':').next().unwrap().replace(" lacks 1 of", "")).collect();
    assert_eq!(found, all);
    loop {
        let paged = filter.clone().page(1, next_row.as_deref());
        let page = lms.readiness().by_job_role(&lms.admin(), paged).await.unwrap();
        rows += page.items.len();
        next_row = page.next;
        if next_row.is_none() {
            break;
        }
    }
    assert_eq!(rows, 3);
}

/// However many people there are: a page ends where it is full.
async fn a_page_is_read_in_the_order_of_names(engine: Engine) {
    let lms = company(engine).await;
    require(&lms, "DRIVER", "AID", 1, "2026-01-01").await;
    training(&lms, "A", "AID=2", &[]).await;
    let admin = lms.admin();
    let first = GapFilter::new().as_of(Some(day("2026-03-31"))).limit(1);
    let next = lms.readiness().gaps(&admin, first.clone()).await.unwrap().next.unwrap();
    let (page, mut plans) = plans_of(lms.readiness().gaps(&admin, first.cursor(&next))).await;
    assert_eq!(page.unwrap().items.len(), 1);
    let (page, held) = plans_of(lms.readiness().holders(&admin, "AID", HolderFilter::new())).await;
    assert_eq!(page.unwrap().items.len(), 0);
    plans.extend(held);
    plans.retain(|plan| plan.sql.contains("ORDER BY x.sort_key"));
    assert_eq!(plans.len(), 2);
    // The other engine decides by what it has counted, and here there is little.
    for plan in plans.iter().filter(|_| engine == Engine::Sqlite) {
        let steps = plan.steps.join("\n");
        assert!(steps.contains("persons_by_sort_key"), "{}\n{steps}", plan.sql);
        assert!(!steps.contains("USE TEMP B-TREE FOR ORDER BY"), "{}\n{steps}", plan.sql);
    }
}
