//! What happened to a person, in their own words.

use lms_core::{
    AccountChange, AccountStatus, Actor, Engine, HistoryEntry, HistoryFilter, NewAccount,
    NewAssignments, NewExemptions, NewToken, Password, PersonChange, PersonField, TrainingChange,
    TrainingField,
};

use super::{company, day, hire, person};
use crate::contexts::assignments as learning;
use crate::support::engines::on_both_engines;
use crate::support::looks::{signed_in, token};

on_both_engines! {
    everything_that_happened_is_told,
    it_pages_in_both_directions,
    an_account_is_named_by_its_user_name,
    what_happened_to_their_account_is_told_to_who_may_see_accounts,
    a_training_has_a_history_of_its_own,
}

fn told(entry: &HistoryEntry) -> String {
    let changed: Vec<String> = entry
        .changed
        .iter()
        .map(|change| {
            let side = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
            format!("{} {} → {}", change.field, side(&change.before), side(&change.after))
        })
        .collect();
    let from = entry.from.map_or("-".to_owned(), |day| day.to_string());
    format!("{} from {from}: {}", entry.kind, changed.join(", "))
}

async fn everything_that_happened_is_told(engine: Engine) {
    let lms = company(engine).await;
    let people = lms.people();
    let both = vec![person("Ada", "Lovelace", "2025-01-01"), person("Bo", "Baker", "2025-02-01")];
    hire(&lms, both).await;
    let why = lms.admin().with_reason("reorganisation");
    let moved = PersonChange::new()
        .set(PersonField::Department, "Engineering")
        .set(PersonField::Manager, "ada@example.com")
        .from(day("2026-01-01"));
    people.edit(&why, "bo@example.com", moved).await.unwrap();
    people.add_leave(&why, "bo@example.com", day("2026-05-01"), None, None).await.unwrap();
    people.deactivate(&why, "bo@example.com", day("2026-08-31"), Some("resigned")).await.unwrap();

    let filter = HistoryFilter::new().oldest_first(true);
    let history = people.history(&lms.admin(), "bo@example.com", filter).await.unwrap().items;

    let lines: Vec<String> = history.iter().map(told).collect();
    assert_eq!(
        lines,
        [
            "person.created from 2025-02-01: email - → bo@example.com, first_name - → Bo, last_name - → Baker",
            "person.changed from 2026-01-01: department - → ENG, manager - → Ada Lovelace",
            "person.changed from 2026-05-01: leave - → from 2026-05-01",
            "person.changed from 2026-09-01: terminated_on - → 2026-08-31",
        ]
    );
    assert_eq!(history[0].reason, None);
    assert_eq!(history[1].reason.as_deref(), Some("reorganisation"));
    assert!(history.iter().all(|entry| entry.actor == "os:admin" && entry.merged_record.is_none()));
    assert!(history.is_sorted_by_key(|entry| (entry.seq, entry.recorded_at)));
}

async fn it_pages_in_both_directions(engine: Engine) {
    let lms = company(engine).await;
    hire(&lms, vec![person("Ada", "Lovelace", "2025-01-01")]).await;
    for n in 0..5 {
        let change = PersonChange::new().set(PersonField::JobTitle, &format!("Title {n}"));
        lms.people().edit(&lms.admin(), "ada@example.com", change).await.unwrap();
    }
    for oldest_first in [true, false] {
        let (mut seqs, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let filter = HistoryFilter::new().oldest_first(oldest_first);
            let filter = filter.page(4, cursor.as_deref());
            let page = lms.people().history(&lms.admin(), "ada@example.com", filter).await.unwrap();
            seqs.extend(page.items.into_iter().map(|entry| entry.seq));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seqs.len(), 6);
        if !oldest_first {
            seqs.reverse();
        }
        assert!(seqs.is_sorted(), "{seqs:?}");
    }
}

async fn an_account_is_named_by_its_user_name(engine: Engine) {
    let lms = company(engine).await;
    hire(&lms, vec![person("Ada", "Lovelace", "2025-01-01")]).await;
    lms.access().add_account(&lms.admin(), NewAccount::new("hanna").role("hr")).await.unwrap();
    let hanna = lms.access().authenticate(&token(&lms, NewToken::new("hanna", "t")).await).await;
    let change = PersonChange::new().set(PersonField::Country, "DE");
    lms.people().edit(&hanna.unwrap(), "ada@example.com", change).await.unwrap();

    let filter = HistoryFilter::new().limit(1);
    let newest = lms.people().history(&lms.admin(), "ada@example.com", filter).await.unwrap();

    assert_eq!(newest.items[0].actor, "hanna");
    let (people, admin) = (lms.people(), lms.admin());
    let unknown = people.history(&admin, "nobody@example.com", HistoryFilter::new()).await;
    assert_eq!(unknown.unwrap_err().code(), "people.person_unknown");
}

async fn what_happened_to_their_account_is_told_to_who_may_see_accounts(engine: Engine) {
    let lms = company(engine).await;
    let (people, access, admin) = (lms.people(), lms.access(), lms.admin());
    hire(&lms, vec![person("Bo", "Baker", "2025-02-01")]).await;
    // Hers was made before it was known whose it is.
    access.add_account(&admin, NewAccount::new("bo").role("employee")).await.unwrap();
    people.link_account(&admin, "bo", Some("bo@example.com")).await.unwrap();
    let roles = AccountChange::new().add_role("manager");
    access.edit_account(&admin, "bo", roles).await.unwrap();
    let password = Password::new("correct horse battery");
    access.set_password(&admin, "bo", Some(password)).await.unwrap();
    token(&lms, NewToken::new("bo", "phone")).await;
    let disabled = AccountChange::new().status(AccountStatus::Disabled);
    access.edit_account(&admin, "bo", disabled).await.unwrap();
    // Somebody else's is none of it.
    access.add_account(&admin, NewAccount::new("other")).await.unwrap();

    let filter = HistoryFilter::new().oldest_first(true);
    let seen = async |actor: &Actor| {
        let page = people.history(actor, "bo@example.com", filter.clone()).await.unwrap();
        page.items
    };
    let all = seen(&admin).await;
    let kinds: Vec<&str> = all.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "person.created",
            "account.created",
            "account.changed",
            "account.changed",
            "account.password_set",
            "token.created",
            "account.changed",
        ]
    );
    let subjects: Vec<&str> = all.iter().map(|entry| entry.subject_type.as_str()).collect();
    assert_eq!(subjects[..2], ["person", "account"]);
    assert_eq!(subjects[5], "token");
    assert!(all.iter().all(|entry| entry.merged_record.is_none()));
    assert_eq!(told(&all[2]), "account.changed from -: person_id - → Bo Baker");
    assert_eq!(told(&all[3]), "account.changed from -: roles employee → employee, manager");
    assert_eq!(told(&all[6]), "account.changed from -: status active → disabled");

    // HR sees people, and no accounts.
    let hr = signed_in(&lms, "hanna", "hr").await;
    assert_eq!(seen(&hr).await, all[..1]);
}

async fn a_training_has_a_history_of_its_own(engine: Engine) {
    let lms = learning::company(engine).await;
    learning::training(&lms, "A", &[]).await;
    learning::training(&lms, "B", &[]).await;
    let (admin, assignments) = (lms.admin(), lms.assignments());
    let engineering = learning::department("ENG");
    let new = NewAssignments::to(engineering.clone()).training("A");
    let plan = assignments.plan_assign(&admin, new).await.unwrap();
    assignments.assign(&admin.clone().with_reason("audit"), plan).await.unwrap();
    let new = NewExemptions::from_training("A", engineering, "trade fair");
    let plan = assignments.plan_exempt(&admin, new).await.unwrap();
    assignments.exempt(&admin, plan).await.unwrap();
    let renamed = TrainingChange::new().set(TrainingField::Title, "Anew");
    lms.catalog().edit(&admin, "A", renamed).await.unwrap();

    let filter = HistoryFilter::new().oldest_first(true);
    let history = lms.catalog().history(&admin, "A", filter.clone()).await.unwrap().items;
    let kinds: Vec<&str> = history.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "training.created",
            "training.changed",
            "training.published",
            "training.assigned",
            "exemption.granted",
            "training.changed",
        ]
    );
    assert_eq!(history[3].reason.as_deref(), Some("audit"));
    let title = history[5].changed.iter().find(|change| change.field == "title").unwrap();
    assert_eq!((title.before.as_deref(), title.after.as_deref()), (Some("A"), Some("Anew")));
    // Page by page it is the same.
    let mut paged = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let filter = filter.clone().page(2, cursor.as_deref());
        let page = lms.catalog().history(&admin, "A", filter).await.unwrap();
        paged.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, history);
}
