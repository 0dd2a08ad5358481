//! Proof of what was done: put in with the completion, read by whoever may see it, gone with the person.

use futures_util::TryStreamExt;
use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, CompletionChange, CompletionFilter, CompletionId, ContentFilter,
    ContentId, Engine, NewCompletions, NewContent,
};

use super::{company, day, done, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, os_admin};

on_both_engines! {
    an_offline_course_is_recorded_with_its_scan,
    a_scan_is_no_content,
    a_scan_goes_with_the_last_person_on_it,
}

const SCAN: &[u8] = b"%PDF-1.7 signed by Ada and Bo";

async fn scan(lms: &TestLms) -> ContentId {
    let new = NewContent::new("Ada and Bo.pdf");
    let kept = lms.assignments().add_evidence(&lms.admin(), new, &mut &SCAN[..]).await.unwrap();
    kept.value.id
}

/// Records that Ada and Bo were there, with the list that they signed.
async fn course(lms: &TestLms) -> Vec<CompletionId> {
    let both = Audience::everybody()
        .with(AudienceField::Person, "ada@example.com")
        .with(AudienceField::Person, "bo@example.com");
    let new = NewCompletions::of("FIRST-AID", both).on(day("2026-03-30"));
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    let plan = plan.evidence_file(&scan(lms).await.to_string());
    lms.assignments().complete(&lms.admin(), plan).await.unwrap().completions
}

async fn read(lms: &TestLms, completion: CompletionId) -> lms_core::Result<Vec<u8>> {
    let open = lms.assignments().open_evidence(&lms.admin(), completion).await?;
    let pieces: Vec<_> = open.bytes.try_collect().await?;
    Ok(pieces.concat())
}

async fn an_offline_course_is_recorded_with_its_scan(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "FIRST-AID", &[]).await;
    let completions = course(&lms).await;
    for completion in &completions {
        assert_eq!(read(&lms, *completion).await.unwrap(), SCAN);
    }
    let filter = CompletionFilter::new().audience(person("Ada"));
    let of_ada = lms.assignments().completions(&lms.admin(), filter.clone()).await.unwrap();
    let file = of_ada.items[0].evidence_id.unwrap();
    // One without is told so; a file that is none of ours is not taken.
    done(&lms, "Cy", "FIRST-AID", "2026-03-30").await;
    let all = lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap();
    let of_cy = all.items.iter().find(|one| one.evidence_id.is_none()).unwrap();
    assert_eq!(read(&lms, of_cy.id).await.unwrap_err().code(), "assignments.no_evidence");
    let change = CompletionChange::new().evidence_file(Some(file));
    let mended = lms.assignments().change_completion(&lms.admin(), of_cy.id, change).await.unwrap();
    assert_eq!(mended.evidence_id, Some(file));
    let foreign = NewCompletions::of("FIRST-AID", person("Di"))
        .evidence_file("01900000-0000-7000-8000-000000000000");
    let plan = lms.assignments().plan_complete(&lms.admin(), foreign).await.unwrap();
    let refused = lms.assignments().complete(&lms.admin(), plan).await.unwrap_err();
    assert_eq!((refused.code(), refused.field()), ("content.unknown", Some("evidence")));
    assert_sound(&lms).await;
}

async fn a_scan_is_no_content(engine: Engine) {
    let lms = company(engine).await;
    let file = scan(&lms).await.to_string();
    let (content, admin) = (lms.content(), os_admin());
    let listed = content.list(&admin, ContentFilter::new().include_removed(true)).await.unwrap();
    assert!(listed.items.is_empty(), "{listed:?}");
    assert_eq!(content.show(&admin, &file).await.unwrap_err().code(), "content.unknown");
    let opened = content.open(&admin, &file).await.map(drop);
    assert_eq!(opened.unwrap_err().code(), "content.unknown");
    assert_eq!(content.remove(&admin, &file).await.unwrap_err().code(), "content.unknown");
    // The same bytes may be learnt from as well: that is another file.
    let new = NewContent::new("Ada and Bo.pdf");
    let other = content.add(&admin, new, &mut &SCAN[..]).await.unwrap();
    assert_ne!(other.value.id.to_string(), file);
    assert!(other.operation.is_some());
}

async fn a_scan_goes_with_the_last_person_on_it(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "FIRST-AID", &[]).await;
    let completions = course(&lms).await;
    lms.people().erase(&lms.admin(), "ada@example.com", Some("asked for it")).await.unwrap();
    let without =
        [read(&lms, completions[0]).await.is_err(), read(&lms, completions[1]).await.is_err()];
    assert_eq!(without.iter().filter(|gone| **gone).count(), 1, "Bo still proves it");
    assert_eq!(lms.content().sweep(&lms.admin()).await.unwrap().blobs, 0);
    lms.people().erase(&lms.admin(), "bo@example.com", Some("asked for it")).await.unwrap();
    assert_eq!(lms.content().sweep(&lms.admin()).await.unwrap().blobs, 1, "nobody does any more");
    assert_sound(&lms).await;
}
