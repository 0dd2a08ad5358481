//! A report that somebody was sent is what the data say, or it is said where it is not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lms_core::sample::{Company, found};
use lms_core::testkit::TestLms;
use lms_core::{Engine, SettingsChange};
use lms_reports::{Document, Format, Language, Params, Report, Verified, verify};

use crate::support::engines::on_both_engines;

on_both_engines! {
    a_report_holds_as_long_as_nobody_changes_it,
    a_report_holds_when_others_went_on,
    a_value_that_was_typed_over_is_found,
    what_is_said_of_the_whole_report_cannot_be_forged,
    a_report_of_another_organisation_does_not_hold,
    what_says_nothing_of_itself_is_refused,
    every_report_holds_and_is_said_in_every_language,
}

async fn every_report_holds_and_is_said_in_every_language(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    found(&lms, &lms.admin(), &Company::new(60, 1), &mut |_, _| ()).await.unwrap();
    for report in Report::ALL {
        let admin = lms.admin();
        let asked = lms_reports::run(*report, &lms, &admin, Params::new(), &mut |_, _| ()).await;
        let path = lms.place().folder().join("report.xlsx");
        asked.unwrap().save(&path).unwrap();
        lms.clock().advance(Duration::from_secs(3_600));
        let grace = lms.settings().show(&admin).await.unwrap().grace_days.to_string();
        let change = SettingsChange::new().set("grace_days", if grace == "3" { "4" } else { "3" });
        lms.settings().set(&admin, change.unwrap()).await.unwrap();
        let verified = verified(&lms, &path).await;
        assert!(verified.ok, "{}: {verified:?}", report.name());
        assert!(verified.values > 10, "{}: {verified:?}", report.name());

        for language in Language::ALL {
            let mut document =
                lms_reports::run(*report, &lms, &admin, Params::new(), &mut |_, _| ())
                    .await
                    .unwrap();
            let unsaid = document.say_in(*language);
            assert_eq!(unsaid, Vec::<&str>::new(), "{} in {}", report.name(), language.code());
        }
    }
}

async fn asked(lms: &TestLms, params: Params) -> Document {
    lms_reports::run(Report::Audit, lms, &lms.admin(), params, &mut |_, _| ()).await.unwrap()
}

/// A report in a file of this format.
async fn sent(lms: &TestLms, format: Format, params: Params) -> PathBuf {
    let path = lms.place().folder().join(format!("report.{}", format.name()));
    asked(lms, params).await.save(&path).unwrap();
    path
}

async fn verified(lms: &TestLms, path: &Path) -> Verified {
    verify(path, lms, &lms.admin(), &mut |_, _| ()).await.unwrap()
}

const FORMATS: [Format; 3] = [Format::Xlsx, Format::Html, Format::Json];

async fn a_report_holds_as_long_as_nobody_changes_it(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for format in FORMATS {
        for language in [None, Some(Language::Fr)] {
            let path = sent(&lms, format, Params::new().language(language)).await;
            lms.clock().advance(Duration::from_secs(3_600));
            let verified = verified(&lms, &path).await;
            assert!(verified.ok && verified.values > 50, "{format:?}: {verified:?}");
            assert!(verified.not_compared.is_empty(), "{format:?}: {verified:?}");
        }
    }
}

async fn a_report_holds_when_others_went_on(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for (days, format) in (1..).zip(FORMATS) {
        let path = sent(&lms, format, Params::new()).await;
        let change = SettingsChange::new().set("grace_days", &days.to_string()).unwrap();
        lms.settings().set(&lms.admin(), change).await.unwrap();
        let verified = verified(&lms, &path).await;
        assert!(verified.ok, "{format:?}: {verified:?}");
        let settings =
            verified.not_compared.iter().any(|name| name.eq_ignore_ascii_case("settings"));
        assert!(settings, "nobody can say any more what they were: {verified:?}");
        assert!(!verified.not_compared.iter().any(|name| name.eq_ignore_ascii_case("operations")));
    }
}

async fn a_value_that_was_typed_over_is_found(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    for (format, place) in
        [(Format::Json, "operations, row 1, kind"), (Format::Html, "Operations, row 1, column 3")]
    {
        let path = sent(&lms, format, Params::new()).await;
        let text = std::fs::read_to_string(&path).unwrap();
        let kind = "database.migrated";
        assert!(text.contains(kind), "{text}");
        std::fs::write(&path, text.replacen(kind, "database.restored", 1)).unwrap();
        let verified = verified(&lms, &path).await;
        assert!(!verified.ok, "{format:?}");
        let found = &verified.differences[0];
        assert_eq!((verified.n_differences, found.place.as_str()), (1, place));
        assert_eq!(found.file.as_deref(), Some("database.restored"));
        assert_eq!(found.data.as_deref(), Some(kind));
    }
}

async fn what_is_said_of_the_whole_report_cannot_be_forged(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let name = lms.settings().show(&lms.admin()).await.unwrap().name.to_string();
    for format in [Format::Html, Format::Json] {
        for (said, forged) in [
            (name.as_str(), "Other Ltd"),
            ("every operation of this organisation", "every third operation"),
        ] {
            let path = sent(&lms, format, Params::new()).await;
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains(said), "{text}");
            std::fs::write(&path, text.replace(said, forged)).unwrap();
            let verified = verified(&lms, &path).await;
            assert!(!verified.ok, "{format:?}: {forged}");
            let found = |one: &lms_reports::Difference| {
                one.file.as_deref().is_some_and(|file| file.contains(forged))
            };
            assert!(verified.differences.iter().any(found), "{verified:?}");
        }
    }
}

async fn a_report_of_another_organisation_does_not_hold(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let other = TestLms::organisation(engine).await;
    let change = SettingsChange::new().set("name", "Another").unwrap();
    other.settings().set(&other.admin(), change).await.unwrap();
    let path = sent(&other, Format::Xlsx, Params::new()).await;
    let verified = verified(&lms, &path).await;
    assert!(!verified.ok);
    assert!(verified.differences[0].place.starts_with("audit chain, entry "), "{verified:?}");
}

async fn what_says_nothing_of_itself_is_refused(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let folder = lms.place().folder();
    let csv = sent(&lms, Format::Csv, Params::new()).await;
    let strange = folder.join("strange.xlsx");
    std::fs::write(&strange, "PK").unwrap();
    let missing = folder.join("missing.html");
    for (path, said) in [
        (csv, "does not say where it comes from"),
        (strange, "does not say of which report it is"),
        (missing, "no such file or directory"),
    ] {
        let error = verify(&path, &lms, &lms.admin(), &mut |_, _| ()).await.unwrap_err();
        assert_eq!(error.code(), "reports.unreadable");
        assert!(error.message().contains(said), "{}", error.message());
    }
}
