//! Who did what, when and why; and that nobody can alter it unseen.

mod export;
mod log;
mod seal;
mod tampering;

use lms_core::testkit::TestLms;
use lms_core::{AccountChange, Engine, NewAccount, NewToken, SettingsChange};

/// How many entries [`organisation_with_history`] has.
const N_ENTRIES: i64 = 10;
/// One of them in the middle: a change of settings, with a reason and a request id.
const TARGET: i64 = 6;

/// An organisation in which some things have happened.
async fn organisation_with_history(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let asked = lms.admin().with_reason("new policy").with_request_id("request-1");
    let days = |days: &str| SettingsChange::new().set("grace_days", days).unwrap();
    lms.settings().set(&asked, days("7")).await.unwrap();
    let bob = NewAccount::new("bob").role("hr").email("bob@example.com");
    lms.access().add_account(&admin, bob).await.unwrap();
    let change = AccountChange::new().display_name(Some("Bob"));
    lms.access().edit_account(&admin, "bob", change).await.unwrap();
    lms.access().create_token(&admin, NewToken::new("bob", "t")).await.unwrap();
    lms.settings().set(&admin, days("9")).await.unwrap();
    let head = crate::support::looks::head(&lms).await;
    assert_eq!(head.seq, N_ENTRIES);
    lms
}
