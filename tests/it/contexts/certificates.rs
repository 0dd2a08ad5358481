//! Certificates: what they say, who sees them, who is told that they hold, and what becomes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use lms_core::testkit::{GivenCertificate, TestLms};
use lms_core::{
    Actor, AuditFilter, Certificate, CertificateFilter, CertificateState, Day, Engine, EventFilter,
    NewAccount, NewPerson, NewToken, NewTraining, PersonChange, PersonField, Publishing,
    SettingsChange, TrainingChange, TrainingField, VerifiedState,
};

use crate::support::engines::on_both_engines;
use crate::support::images::png;
use crate::support::looks::{assert_sound, entries, events, head, token};

on_both_engines! {
    a_certificate_says_what_was_true_when_it_was_issued,
    numbers_are_counted_within_the_year,
    a_code_tells_a_stranger_that_it_holds_and_no_more,
    what_was_revoked_stays_revoked,
    a_corrected_completion_corrects_its_certificate,
    a_completion_has_one_certificate_that_holds,
    lists_go_by_person_training_and_state,
    everybody_sees_those_of_whom_they_may_see,
    whoever_was_erased_is_in_none,
    five_thousand_are_issued_at_once,
    a_page_is_the_same_bytes_each_time,
    what_cannot_be_printed_is_refused_in_words,
    a_logo_is_put_on_and_taken_off,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// An organisation with Ada, who reads German, Bo, whom she leads, and a training.
async fn school(engine: Engine) -> TestLms {
    let lms = TestLms::organisation(engine).await;
    let admin = lms.admin();
    let named = |first: &str, last: &str, username: &str| {
        NewPerson::new(first, last).set(PersonField::Username, username).hired_on(day("2025-01-01"))
    };
    let ada = named("Ada", "Lovelace", "ada").set(PersonField::Locale, "de-AT");
    let bo = named("Bo", "Łukasik", "bo").set(PersonField::Manager, "ada");
    let eve = named("Eve", "Стоянова", "eve");
    lms.people().add(&admin, vec![ada, bo, eve]).await.unwrap();
    for (code, title) in [("GDPR-101", "Data protection"), ("FIRE", "Fire safety")] {
        let new = NewTraining::new(code, title).set(TrainingField::SignText, "Be kind.");
        lms.catalog().add(&admin, new).await.unwrap();
        lms.catalog().publish(&admin, code, &Publishing::minor()).await.unwrap();
    }
    lms
}

/// A certificate for the training on data protection.
async fn certified(lms: &TestLms, person: &str, until: Option<&str>) -> GivenCertificate {
    let (people, done) = ([person], day("2026-03-30"));
    let given = lms.issue_certificates("GDPR-101", &people, done, until.map(day)).await;
    given.unwrap().remove(0)
}

async fn shown(lms: &TestLms, number: &str) -> Certificate {
    lms.certificates().show(&lms.admin(), number).await.unwrap()
}

async fn listed(lms: &TestLms, actor: &Actor, filter: CertificateFilter) -> Vec<String> {
    let page = lms.certificates().list(actor, filter).await.unwrap();
    page.items.into_iter().map(|one| one.number).collect()
}

async fn a_certificate_says_what_was_true_when_it_was_issued(engine: Engine) {
    let lms = school(engine).await;
    let (admin, certificates) = (lms.admin(), lms.certificates());
    let base = SettingsChange::new().set("base_url", "https://learn.example.com").unwrap();
    lms.settings().set(&admin, base).await.unwrap();
    let given = certified(&lms, "ada", Some("2027-03-30")).await;
    assert_eq!(given.number, "2026-000001");

    let certificate = shown(&lms, &given.number).await;
    assert_eq!(certificate.holder.as_deref(), Some("Ada Lovelace"));
    assert_eq!((&*certificate.training, &*certificate.title), ("GDPR-101", "Data protection"));
    assert_eq!((&*certificate.organisation, certificate.language.as_str()), ("Acme", "de"));
    assert_eq!(certificate.version.to_string(), "1.0");
    assert_eq!(
        (certificate.completed_on, certificate.issued_on),
        (day("2026-03-30"), day("2026-03-31"))
    );
    assert_eq!(certificate.state, CertificateState::Valid);
    assert_eq!(certificate.completion_id, given.completion);
    let code = certificate.code.replace('-', "");
    assert_eq!(
        certificate.verify_url,
        Some(format!("https://learn.example.com/api/v1/certificates/verify/{code}"))
    );
    // Number, code and id are names for it, however they are typed.
    let id = certificate.id.to_string();
    for name in ["2026-1", " 2026-000001 ", &certificate.code.to_lowercase(), &code, &id] {
        assert_eq!(certificates.show(&admin, name).await.unwrap(), certificate, "{name}");
    }
    let missing = certificates.show(&admin, "2026-000002").await.unwrap_err();
    assert_eq!(missing.code(), "certificate.unknown");

    // What people, training and organisation are called later changes nothing.
    let renamed = PersonChange::new().set(PersonField::LastName, "King");
    lms.people().edit(&admin, "ada", renamed).await.unwrap();
    let change = TrainingChange::new().set(TrainingField::Title, "Privacy");
    lms.catalog().edit(&admin, "GDPR-101", change).await.unwrap();
    lms.catalog().publish(&admin, "GDPR-101", &Publishing::minor()).await.unwrap();
    let change = SettingsChange::new().set("name", "Globex").unwrap();
    lms.settings().set(&admin, change).await.unwrap();
    assert_eq!(shown(&lms, &given.number).await, certificate);

    // Who reads no language of ours gets that of the organisation.
    let other = certified(&lms, "bo", None).await;
    let other = shown(&lms, &other.number).await;
    assert_eq!((other.language.as_str(), other.valid_until), ("en", None));
    assert_eq!(other.title, "Data protection", "the version that was done");

    let issued = entries(&lms, AuditFilter::new().kind("certificate.issued")).await;
    assert_eq!(issued.len(), 2);
    assert_eq!(issued[0].counts["issued"], 1);
    assert_sound(&lms).await;
}

async fn numbers_are_counted_within_the_year(engine: Engine) {
    let lms = school(engine).await;
    let given =
        lms.issue_certificates("FIRE", &["ada", "bo"], day("2026-01-05"), None).await.unwrap();
    let numbers: Vec<&str> = given.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["2026-000001", "2026-000002"]);
    // One that is revoked keeps its number.
    lms.revoke_certificates(&[given[1].completion], "by mistake").await.unwrap();
    assert_eq!(certified(&lms, "eve", None).await.number, "2026-000003");
    lms.clock().advance(Duration::from_hours(24 * 300));
    assert_eq!(certified(&lms, "bo", None).await.number, "2027-000001");

    // Whoever issues at the same time waits for their turn: no number twice, and none left out.
    let all = futures_util::future::join_all((0..8).map(|_| certified(&lms, "ada", None))).await;
    let numbers: BTreeSet<String> = all.into_iter().map(|one| one.number).collect();
    let expected: BTreeSet<String> = (2..10).map(|n| format!("2027-{n:06}")).collect();
    assert_eq!(numbers, expected);
}

async fn a_code_tells_a_stranger_that_it_holds_and_no_more(engine: Engine) {
    let lms = school(engine).await;
    let certificates = lms.certificates();
    let given = certified(&lms, "eve", Some("2026-12-31")).await;
    let code = shown(&lms, &given.number).await.code;
    assert_eq!((code.len(), code.matches('-').count()), (34, 6));

    let verified = certificates.verify(&code).await.unwrap();
    assert_eq!(verified.state, VerifiedState::Valid);
    assert_eq!(verified.number.as_deref(), Some("2026-000001"));
    assert_eq!(verified.holder.as_deref(), Some("Eve Стоянова"));
    assert_eq!(verified.title.as_deref(), Some("Data protection"));
    assert_eq!(verified.organisation.as_deref(), Some("Acme"));
    assert_eq!(verified.valid_until, Some(day("2026-12-31")));
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(certificates.verify(&typed).await.unwrap(), verified);

    // Neither number nor id is a code, nor is one that is nearly right.
    let id = shown(&lms, &given.number).await.id.to_string();
    let mut near = code.clone();
    let other = if near.ends_with('0') { '1' } else { '0' };
    near.pop();
    near.push(other);
    for text in ["", "2026-000001", &id, &near, &code[..33], "%", "' OR 1=1 --", &"0".repeat(9_999)]
    {
        let unknown = certificates.verify(text).await.unwrap();
        assert_eq!(unknown.state, VerifiedState::Unknown, "{text}");
        let told = [unknown.number, unknown.holder, unknown.title, unknown.organisation];
        assert_eq!(told, [None, None, None, None], "{text}");
    }
    lms.clock().advance(Duration::from_hours(24 * 276));
    assert_eq!(certificates.verify(&code).await.unwrap().state, VerifiedState::Expired);
    let change = SettingsChange::new().set("timezone", "Pacific/Honolulu").unwrap();
    lms.settings().set(&lms.admin(), change).await.unwrap();
    let verified = certificates.verify(&code).await.unwrap();
    assert_eq!(verified.state, VerifiedState::Expired, "{}", lms.now());
}

async fn what_was_revoked_stays_revoked(engine: Engine) {
    let lms = school(engine).await;
    let (certificates, admin) = (lms.certificates(), lms.admin());
    let given = certified(&lms, "ada", Some("2027-01-01")).await;
    let code = shown(&lms, &given.number).await.code;

    let before = head(&lms).await;
    for reason in ["", "  "] {
        let refused = certificates.revoke(&admin, &given.number, reason).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), ("input.invalid", Some("reason")));
    }
    assert_eq!(head(&lms).await, before);

    lms.clock().advance(Duration::from_hours(24));
    let outcome =
        certificates.revoke(&admin, &given.number, "copied from a neighbour").await.unwrap();
    assert_eq!(outcome.value.state, CertificateState::Revoked);
    assert_eq!(outcome.value.revoked_on, Some(day("2026-04-01")));
    assert_eq!(outcome.value.revoked_because.as_deref(), Some("copied from a neighbour"));
    let fields: Vec<&str> = outcome.changed.iter().map(|change| &*change.field).collect();
    assert_eq!(fields, ["state", "revoked_on"]);
    let verified = certificates.verify(&code).await.unwrap();
    assert_eq!(
        (verified.state, verified.revoked_on),
        (VerifiedState::Revoked, Some(day("2026-04-01")))
    );
    let refused = certificates.pdf(&admin, &given.number).await.unwrap_err();
    assert_eq!(refused.code(), "certificate.revoked");

    let entry = entries(&lms, AuditFilter::new().kind("certificate.revoked")).await.remove(0);
    assert_eq!(entry.reason, None, "it stands in the row, where it can be erased");
    let told = events(&lms, EventFilter::new().event_type("certificate.revoked")).await;
    assert_eq!(told.len(), 1);
    assert!(!format!("{told:?}").contains("neighbour"), "events cannot be erased");

    let before = head(&lms).await;
    let again = certificates.revoke(&admin, &code, "once more").await.unwrap();
    assert_eq!((again.operation, again.changed), (None, Vec::new()));
    assert_eq!(again.value.revoked_because.as_deref(), Some("copied from a neighbour"));
    assert_eq!(lms.revoke_certificates(&[given.completion], "undone").await.unwrap(), 0);
    assert_eq!(head(&lms).await, before);
    assert_sound(&lms).await;
}

async fn a_corrected_completion_corrects_its_certificate(engine: Engine) {
    let lms = school(engine).await;
    let given = certified(&lms, "ada", Some("2026-04-30")).await;
    let before = shown(&lms, &given.number).await;
    lms.clock().advance(Duration::from_hours(24 * 60));
    assert_eq!(shown(&lms, &given.number).await.state, CertificateState::Expired);

    let (of, done, until) = ([given.completion], day("2026-03-28"), Some(day("2027-03-28")));
    assert_eq!(lms.amend_certificates(&of, done, until).await.unwrap(), 1);
    let after = shown(&lms, &given.number).await;
    assert_eq!(
        (after.completed_on, after.valid_until),
        (day("2026-03-28"), Some(day("2027-03-28")))
    );
    assert_eq!(after.state, CertificateState::Valid);
    assert_eq!(
        (&after.code, after.id, after.issued_on),
        (&before.code, before.id, before.issued_on)
    );
    let verified = lms.certificates().verify(&before.code).await.unwrap();
    assert_eq!(
        verified.valid_until,
        Some(day("2027-03-28")),
        "what was printed leads to what is true"
    );

    let before = head(&lms).await;
    assert_eq!(lms.amend_certificates(&of, done, until).await.unwrap(), 0);
    assert_eq!(head(&lms).await, before);
    lms.revoke_certificates(&[given.completion], "undone").await.unwrap();
    let revoked = lms.amend_certificates(&of, day("2026-03-01"), None).await.unwrap();
    assert_eq!(revoked, 0, "what was revoked is not amended");
    assert_sound(&lms).await;
}

async fn a_completion_has_one_certificate_that_holds(engine: Engine) {
    let lms = school(engine).await;
    let given = certified(&lms, "ada", None).await;
    let before = head(&lms).await;
    let again =
        |completion| lms.issue_certificate_again(completion, "GDPR-101", "ada", day("2026-03-30"));
    assert_eq!(again(given.completion).await.unwrap(), given);
    assert_eq!(head(&lms).await, before, "nothing to issue");
    assert_eq!(lms.revoke_certificates(&[given.completion], "undone").await.unwrap(), 1);
    let anew = again(given.completion).await.unwrap();
    assert_eq!(anew.number, "2026-000002");
    let states: Vec<CertificateState> =
        [shown(&lms, &given.number).await.state, shown(&lms, &anew.number).await.state].to_vec();
    assert_eq!(states, [CertificateState::Revoked, CertificateState::Valid]);
}

async fn lists_go_by_person_training_and_state(engine: Engine) {
    let lms = school(engine).await;
    let admin = lms.admin();
    let all = CertificateFilter::new;
    let ada = certified(&lms, "ada", Some("2026-03-31")).await;
    certified(&lms, "bo", Some("2026-03-30")).await;
    lms.issue_certificates("FIRE", &["ada", "eve"], day("2026-03-01"), None).await.unwrap();
    lms.revoke_certificates(&[ada.completion], "undone").await.unwrap();
    let [one, two, three, four] =
        ["2026-000001", "2026-000002", "2026-000003", "2026-000004"].map(str::to_owned);

    let cases = [
        (all(), vec![&four, &three, &two, &one]),
        (all().person("ada"), vec![&three, &one]),
        (all().person("ada").person("bo"), vec![&three, &two, &one]),
        (all().training("fire"), vec![&four, &three]),
        (all().training("FIRE").person("bo"), vec![]),
        (all().state(CertificateState::Valid), vec![&four, &three]),
        (all().state(CertificateState::Expired), vec![&two]),
        (all().state(CertificateState::Revoked), vec![&one]),
        (all().state(CertificateState::Expired).state(CertificateState::Revoked), vec![&two, &one]),
        (all().person("ada").state(CertificateState::Valid), vec![&three]),
    ];
    for (filter, expected) in cases {
        let told = format!("{filter:?}");
        let found = listed(&lms, &admin, filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{told}");
    }
    let (mut seen, mut filter) = (Vec::new(), all().limit(3));
    loop {
        let page = lms.certificates().list(&admin, filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|one| one.number));
        let Some(next) = page.next else { break };
        filter = all().limit(3).cursor(&next);
    }
    assert_eq!(seen, [four, three, two, one]);
    let unknown = lms.certificates().list(&admin, all().person("adda")).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.field()), ("people.person_unknown", Some("person")));
    let unknown = lms.certificates().list(&admin, all().training("FIRES")).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.field()), ("catalog.training_unknown", Some("training")));
}

async fn everybody_sees_those_of_whom_they_may_see(engine: Engine) {
    let lms = school(engine).await;
    let (admin, certificates) = (lms.admin(), lms.certificates());
    for person in ["ada", "bo", "eve"] {
        certified(&lms, person, None).await;
    }
    let actor = async |person: &str, role: &str| {
        let account = format!("{person}-{role}");
        lms.people()
            .add_account_for(&admin, person, NewAccount::new(&account).role(role))
            .await
            .unwrap();
        let secret = token(&lms, NewToken::new(&account, "t")).await;
        lms.access().authenticate(&secret).await.unwrap()
    };
    let [ada, bo, eve] = ["2026-000001", "2026-000002", "2026-000003"];
    let cases = [("bo", "employee", vec![bo]), ("ada", "manager", vec![bo, ada])];
    for (person, role, sees) in cases {
        let actor = actor(person, role).await;
        assert_eq!(listed(&lms, &actor, CertificateFilter::new()).await, sees, "{role}");
        for number in [ada, bo, eve] {
            let seen = certificates.show(&actor, number).await;
            let printed = certificates.pdf(&actor, number).await;
            if sees.contains(&number) {
                assert!(seen.is_ok() && printed.is_ok(), "{role} {number}");
            } else {
                // Nobody is told that there is one.
                let missing = certificates.show(&actor, "2026-000099").await.unwrap_err();
                let hidden = seen.unwrap_err();
                assert_eq!(hidden.message().replace(number, "2026-000099"), missing.message());
                assert_eq!(printed.unwrap_err().code(), "certificate.unknown");
            }
            let refused = certificates.revoke(&actor, number, "no").await.unwrap_err();
            assert_eq!(refused.code(), "access.forbidden", "{role} {number}");
        }
        let unseen = listed(&lms, &actor, CertificateFilter::new().person(person)).await;
        assert!(!unseen.is_empty());
        let hidden = certificates.list(&actor, CertificateFilter::new().person("eve")).await;
        assert_eq!(hidden.unwrap_err().code(), "people.person_unknown", "{role}");
    }
    let hr = actor("eve", "hr").await;
    assert_eq!(listed(&lms, &hr, CertificateFilter::new()).await, [eve, bo, ada]);
    certificates.revoke(&hr, ada, "by mistake").await.unwrap();

    // Whoever may revoke for some people only is refused for those whom they see and may not change.
    let role = lms_core::NewRole::new("warden")
        .grant("certificates.read")
        .grant("certificates.write@reports");
    lms.access().add_role(&admin, role).await.unwrap();
    lms.access()
        .edit_account(&admin, "ada-manager", lms_core::AccountChange::new().add_role("warden"))
        .await
        .unwrap();
    let secret = token(&lms, NewToken::new("ada-manager", "u")).await;
    let warden = lms.access().authenticate(&secret).await.unwrap();
    let refused = certificates.revoke(&warden, eve, "no").await.unwrap_err();
    assert_eq!(refused.code(), "access.forbidden");
    certificates.revoke(&warden, bo, "by mistake").await.unwrap();
}

async fn whoever_was_erased_is_in_none(engine: Engine) {
    let lms = school(engine).await;
    let admin = lms.admin();
    let given = certified(&lms, "eve", None).await;
    certified(&lms, "bo", None).await;
    let other = certified(&lms, "eve", None).await;
    lms.certificates().revoke(&admin, &given.number, "Eve was not there").await.unwrap();
    let code = shown(&lms, &given.number).await.code;
    lms.people().erase(&admin, "eve", None).await.unwrap();

    let certificate = shown(&lms, &given.number).await;
    assert_eq!((certificate.holder, certificate.revoked_because), (None, None));
    assert_eq!(certificate.state, CertificateState::Revoked);
    let verified = lms.certificates().verify(&code).await.unwrap();
    assert_eq!((verified.state, verified.holder), (VerifiedState::Revoked, None));
    assert_eq!(shown(&lms, "2026-000002").await.holder.as_deref(), Some("Bo Łukasik"));

    let refused = lms.certificates().pdf(&admin, &other.number).await.unwrap_err();
    assert_eq!(refused.code(), "certificate.erased");
    // Nothing that the log or the feed says of certificates names anybody.
    let mut log = Vec::new();
    lms.audit().export(&admin, &mut log).await.unwrap();
    let log = String::from_utf8(log).unwrap();
    let issued = log.lines().filter(|line| line.contains("certificate.issued"));
    assert!(issued.clone().count() >= 2);
    assert!(issued.clone().all(|line| !line.contains("Eve") && !line.contains("Стоянова")));
}

async fn five_thousand_are_issued_at_once(engine: Engine) {
    let lms = school(engine).await;
    let people = ["ada", "bo", "eve", "ada", "bo"].repeat(1_000);
    let given = lms.issue_certificates("FIRE", &people, day("2026-03-30"), None).await.unwrap();
    assert_eq!(given.len(), 5_000);
    assert_eq!(given[4_999].number, "2026-005000");
    let issued = entries(&lms, AuditFilter::new().kind("certificate.issued")).await;
    assert_eq!((issued.len(), issued[0].counts["issued"]), (1, 5_000));
    let told = events(&lms, EventFilter::new().event_type("certificate.issued")).await;
    assert_eq!(told.len(), 5, "a thousand each");
    let codes: BTreeSet<String> = {
        let page = CertificateFilter::new().limit(500);
        let page = lms.certificates().list(&lms.admin(), page).await.unwrap();
        page.items.into_iter().map(|one| one.code).collect()
    };
    assert_eq!(codes.len(), 500);
    let completions: Vec<_> = given.iter().map(|one| one.completion).collect();
    assert_eq!(lms.revoke_certificates(&completions, "undone").await.unwrap(), 5_000);
    assert_sound(&lms).await;
}

async fn a_page_is_the_same_bytes_each_time(engine: Engine) {
    let lms = school(engine).await;
    let (certificates, admin) = (lms.certificates(), lms.admin());
    let ada = certified(&lms, "ada", Some("2027-03-30")).await;
    let eve = certified(&lms, "eve", None).await;
    let first = certificates.pdf(&admin, &ada.number).await.unwrap();
    assert!(first.bytes.starts_with(b"%PDF-1.7"));
    assert_eq!(first.file_name(), "certificate-2026-000001.pdf");
    lms.clock().advance(Duration::from_hours(24 * 30));
    assert_eq!(certificates.pdf(&admin, &ada.number).await.unwrap(), first);
    let other = certificates.pdf(&admin, &eve.number).await.unwrap();
    assert_ne!(other.bytes, first.bytes);
    let change = SettingsChange::new().set("certificate_colour", "#7a1f3d").unwrap();
    lms.settings().set(&admin, change).await.unwrap();
    assert_ne!(certificates.pdf(&admin, &ada.number).await.unwrap().bytes, first.bytes);
    let change = SettingsChange::new().set("certificate_colour", "").unwrap();
    lms.settings().set(&admin, change).await.unwrap();
    assert_eq!(certificates.pdf(&admin, &ada.number).await.unwrap(), first);
}

async fn what_cannot_be_printed_is_refused_in_words(engine: Engine) {
    let lms = school(engine).await;
    let admin = lms.admin();
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(5);
    let many = [("محمد", "الفاتح"), ("გიორგი", "Nguyễn"), (&*long, &*long), ("小明", "李")];
    let named = |(nth, (first, last)): (usize, &(&str, &str))| {
        NewPerson::new(first, last).set(PersonField::Username, &format!("p{nth}"))
    };
    lms.people().add(&admin, many.iter().enumerate().map(named).collect()).await.unwrap();
    for (nth, (first, _)) in many.iter().enumerate() {
        let given = certified(&lms, &format!("p{nth}"), None).await;
        let printed = lms.certificates().pdf(&admin, &given.number).await;
        if *first == "小明" {
            let refused = printed.unwrap_err();
            assert_eq!(refused.code(), "certificate.letter");
            assert!(refused.message().contains("`小`"), "{refused}");
        } else {
            assert!(printed.is_ok(), "{first}: {:?}", printed.err());
        }
    }
}

async fn a_logo_is_put_on_and_taken_off(engine: Engine) {
    let lms = school(engine).await;
    let (certificates, admin) = (lms.certificates(), lms.admin());
    let given = certified(&lms, "ada", None).await;
    let without = certificates.pdf(&admin, &given.number).await.unwrap();
    let image = png(24, 8, [20, 120, 90]);
    let set = certificates.set_logo(&admin, Some(&image)).await.unwrap();
    let logo = set.value.unwrap();
    assert_eq!((&*logo.media_type, &logo.image), ("image/png", &image));
    assert_ne!(certificates.pdf(&admin, &given.number).await.unwrap(), without);
    assert_eq!(certificates.logo(&admin).await.unwrap(), Some(logo));

    let before = head(&lms).await;
    assert_eq!(certificates.set_logo(&admin, Some(&image)).await.unwrap().operation, None);
    let cut = &image[..image.len() - 20];
    let large = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; 600 * 1024]].concat();
    for wrong in
        [b"".as_slice(), b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xffnothing", cut, &large]
    {
        let refused = certificates.set_logo(&admin, Some(wrong)).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), ("certificate.logo", Some("logo")));
        assert!(!refused.hints().is_empty());
    }
    assert_eq!(head(&lms).await, before);
    certificates.set_logo(&admin, None).await.unwrap();
    assert_eq!(certificates.logo(&admin).await.unwrap(), None);
    assert_eq!(certificates.pdf(&admin, &given.number).await.unwrap(), without);
    assert_sound(&lms).await;
}
