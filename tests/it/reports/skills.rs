//! Who has the skills that are required, told of two drivers and a clerk.

use lms_core::testkit::TestLms;
use lms_core::{Engine, GapFilter, Timestamp};
use lms_reports::{Params, Report};
use serde_json::json;

use super::figures::{asked, figure, on, opened, rows, run};
use crate::contexts::skills::{company, done, noon, require, training};
use crate::support::engines::on_both_engines;

on_both_engines! {
    job_roles_stand_beside_skills,
    what_was_learnt_later_was_lacking_before,
}

/// Drivers must secure loads and know first aid, clerks a little of first aid. Ada has learnt both, Bo first
/// aid, and Cy nothing.
async fn ready(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    noon(&lms, "2026-04-01");
    training(&lms, "BOTH", "AID=2, LOADS=3", &[]).await;
    training(&lms, "AID-101", "AID=2", &[]).await;
    for (role, skill, level) in [("DRIVER", "AID", 2), ("DRIVER", "LOADS", 3), ("CLERK", "AID", 1)]
    {
        require(&lms, role, skill, level, "2026-04-01").await;
    }
    done(&lms, "Ada", "BOTH", "2026-04-01").await;
    done(&lms, "Bo", "AID-101", "2026-04-01").await;
    lms
}

async fn job_roles_stand_beside_skills(engine: Engine) {
    let lms = ready(engine).await;

    let document = asked(&lms, Report::Skills).await;

    let mut book = opened(&document);
    let headings = ["Job role", "People", "First aid", "Securing loads"];
    assert_eq!(
        rows(&mut book, "Heat map", &headings),
        ["Clerk | 1 | 0 | ", "Driver | 2 | 1 | 0.500"]
    );
    let headings =
        ["Person", "Job role", "Skill", "Required level", "Skill level", "Levels missing"];
    assert_eq!(
        rows(&mut book, "Gaps", &headings),
        ["Bo Example | Driver | LOADS | 3 |  | 3", "Cy Example | Clerk | AID | 1 |  | 1"]
    );
    let by_role = lms.readiness().by_job_role(&lms.admin(), GapFilter::new()).await.unwrap().items;
    let counted = by_role
        .iter()
        .map(|one| format!("{} | {} | {} | {}", one.job_role, one.skill, one.met, one.missed));
    let headings = ["Code", "Skill", "Have it", "Lack it"];
    assert_eq!(rows(&mut book, "Job roles", &headings), counted.collect::<Vec<_>>());
    let gaps = lms.readiness().count_gaps(&lms.admin(), GapFilter::new()).await.unwrap();
    assert_eq!((figure(&document, "gaps"), gaps), (2.into(), 2));
    assert_eq!(figure(&document, "ready_people_percent"), json!([1, 3]));
    assert_eq!(figure(&document, "ready_percent"), json!([3, 5]));
    let one = Params::new().audience(Some("--job-role DRIVER".to_owned()));
    let drivers = run(&lms, &lms.admin(), Report::Skills, one).await;
    assert_eq!(figure(&drivers, "ready_people_percent"), json!([1, 2]));
}

async fn what_was_learnt_later_was_lacking_before(engine: Engine) {
    let lms = ready(engine).await;
    let known = Timestamp::parse("2026-04-01T13:00:00Z").unwrap();
    noon(&lms, "2026-04-02");
    done(&lms, "Bo", "BOTH", "2026-04-01").await;
    require(&lms, "CLERK", "LOADS", 1, "2026-04-01").await;
    let first = Params::new().as_of(Some(on("2026-04-01")));
    let gaps = async |params: Params| {
        let document = run(&lms, &lms.admin(), Report::Skills, params).await;
        rows(&mut opened(&document), "Gaps", &["Person", "Skill"])
    };
    assert_eq!(gaps(first.clone()).await, ["Cy Example | AID", "Cy Example | LOADS"]);
    let then = first.known_at(Some(known));
    assert_eq!(gaps(then).await, ["Bo Example | LOADS", "Cy Example | AID"]);
    let before = Params::new().as_of(Some(on("2026-03-31")));
    assert_eq!(gaps(before).await, ["Nobody lacks a skill. | "], "nothing was required yet");
}
