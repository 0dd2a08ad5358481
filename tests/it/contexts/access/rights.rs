//! Who may do what: every verb for every role, and that nobody gives away more than they hold.

use std::collections::BTreeSet;
use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    AccountChange, AccountFilter, AccountStatus, Actor, Appointment, AuditFilter, BatchFilter,
    CertificateFilter, ContentFilter, Day, DuplicateFilter, Engine, ErrorKind, EventFilter,
    GroupChange, HistoryFilter, NewAccount, NewContent, NewGroup, NewPath, NewPerson, NewQuestion,
    NewQuiz, NewRole, NewToken, NewTraining, NewUnit, NoticeFilter, PERMISSIONS, Password,
    PathChange, PathField, PathFilter, PathShown, PathStep, PersonAct, PersonChange, PersonField,
    PersonFilter, Publishing, QuestionChange, QuestionFilter, QuestionFormat, QuestionKind,
    QuizChange, QuizFile, QuizFileFormat, QuizFilter, ROLES, Reorganisation, Result, RoleChange,
    Seed, SetUp, SettingsChange, Shown, SweepOptions, TokenFilter, TrainingChange, TrainingField,
    TrainingFilter, UnitChange, UnitKind,
};

use super::{assigning, figures, importing, learning, ruling, skills};
use crate::support::engines::on_both_engines;
use crate::support::images::png;
use crate::support::looks::{head, signed_in, token, usernames};

on_both_engines! {
    every_role_may_do_what_its_permissions_say_and_nothing_else,
    an_admin_gives_no_more_than_they_hold,
    an_admin_does_not_touch_those_who_hold_more,
    a_narrowed_token_gives_no_more_than_it_holds,
    a_role_less_account_is_nobody,
}

/// Every verb that takes an actor, and the permission that it needs.
const VERBS: &[(&str, &str)] = &[
    ("settings.show", "settings.read"),
    ("settings.plan", "settings.write"),
    ("settings.set", "settings.write"),
    ("access.set_up", "access.write"),
    ("access.add_account", "access.write"),
    ("access.edit_account", "access.write"),
    ("access.account", "access.read"),
    ("access.accounts", "access.read"),
    ("access.create_token", "access.write"),
    ("access.revoke_token", "access.write"),
    ("access.tokens", "access.read"),
    ("access.roles", "access.read"),
    ("access.role", "access.read"),
    ("access.add_role", "access.write"),
    ("access.edit_role", "access.write"),
    ("access.remove_role", "access.write"),
    ("access.set_password", "access.write"),
    ("access.act_as", "access.read"),
    ("people.add_unit", "organisation.write"),
    ("people.headcounts", "people.read"),
    ("people.appoint", "organisation.write"),
    ("people.add_units", "organisation.write"),
    ("people.edit_unit", "organisation.write"),
    ("people.unit", "organisation.read"),
    ("people.units", "organisation.read"),
    ("people.link_account", "access.write"),
    ("people.add_account_for", "access.write"),
    ("people.account", "access.read"),
    ("people.edit_account", "access.write"),
    ("people.add", "people.write"),
    ("people.apply", "people.write"),
    ("people.plan_add", "people.write"),
    ("people.add_one", "people.write"),
    ("people.edit", "people.write"),
    ("people.plan_edit_all", "people.write"),
    ("people.edit_all", "people.write"),
    ("people.plan_reorganisation", "organisation.write"),
    ("people.reorganise", "organisation.write"),
    ("people.deactivate", "people.write"),
    ("people.reactivate", "people.write"),
    ("people.add_leave", "people.write"),
    ("people.end_leave", "people.write"),
    ("people.list", "people.read"),
    ("people.count", "people.read"),
    ("people.card", "people.read"),
    ("quizzes.add_question", "quizzes.write"),
    ("quizzes.add_questions", "quizzes.write"),
    ("quizzes.edit_question", "quizzes.write"),
    ("quizzes.archive_question", "quizzes.write"),
    ("quizzes.restore_question", "quizzes.write"),
    ("quizzes.questions", "quizzes.read"),
    ("quizzes.count_questions", "quizzes.read"),
    ("quizzes.question", "quizzes.read"),
    ("quizzes.add_quiz", "quizzes.write"),
    ("quizzes.edit_quiz", "quizzes.write"),
    ("quizzes.quizzes", "quizzes.read"),
    ("quizzes.count_quizzes", "quizzes.read"),
    ("quizzes.quiz", "quizzes.read"),
    ("quizzes.preview", "quizzes.read"),
    ("quizzes.plan_import", "quizzes.write"),
    ("quizzes.import", "quizzes.write"),
    ("quizzes.export", "quizzes.read"),
    ("quizzes.export_questions", "quizzes.read"),
    ("people.add_group", "people.write"),
    ("people.groups", "people.read"),
    ("people.group", "people.read"),
    ("people.group_members", "people.read"),
    ("people.count_members", "people.read"),
    ("people.plan_group", "people.write"),
    ("people.edit_group", "people.write"),
    ("people.remove_group", "people.write"),
    ("batches.list", "people.read"),
    ("batches.show", "people.read"),
    ("batches.find", "people.read"),
    ("batches.plan_undo", "people.write"),
    ("batches.undo", "people.write"),
    ("people.deliver", "people.write"),
    ("people.history", "people.read"),
    ("people.duplicates", "people.read"),
    ("people.plan_merge", "people.write"),
    ("people.merge", "people.write"),
    ("people.export", "people.privacy"),
    ("people.plan_erase", "people.privacy"),
    ("people.erase", "people.privacy"),
    ("catalog.add", "catalog.write"),
    ("catalog.edit", "catalog.write"),
    ("catalog.list", "catalog.read"),
    ("catalog.categories", "catalog.read"),
    ("catalog.show", "catalog.read"),
    ("catalog.versions", "catalog.read"),
    ("catalog.history", "drafts.read"),
    ("catalog.submit", "catalog.write"),
    ("catalog.plan_publish", "drafts.read"),
    ("catalog.publish", "catalog.publish"),
    ("catalog.archive", "catalog.publish"),
    ("catalog.reopen", "catalog.publish"),
    ("catalog.remove", "catalog.write"),
    ("catalog.add_equivalent", "catalog.publish"),
    ("catalog.end_equivalent", "catalog.publish"),
    ("catalog.export", "drafts.read"),
    ("catalog.plan_import", "catalog.write"),
    ("catalog.import", "catalog.write"),
    ("paths.add", "catalog.write"),
    ("paths.edit", "catalog.write"),
    ("paths.list", "catalog.read"),
    ("paths.show", "catalog.read"),
    ("paths.plan_publish", "drafts.read"),
    ("paths.publish", "catalog.publish"),
    ("paths.archive", "catalog.publish"),
    ("paths.reopen", "catalog.publish"),
    ("paths.remove", "catalog.write"),
    ("paths.export", "drafts.read"),
    ("paths.plan_import", "catalog.write"),
    ("paths.import", "catalog.write"),
    ("content.add", "content.write"),
    ("content.list", "content.read"),
    ("content.show", "content.read"),
    ("content.open", "content.read"),
    ("content.open_part", "content.read"),
    ("content.link", "content.read"),
    ("content.accesses", "content.write"),
    ("content.remove", "content.write"),
    ("content.plan_sweep", "content.write"),
    ("content.sweep", "content.write"),
    ("content.plan_adopt", "content.write"),
    ("content.adopt", "settings.write"),
    ("certificates.list", "certificates.read"),
    ("certificates.show", "certificates.read"),
    ("certificates.pdf", "certificates.read"),
    ("certificates.revoke", "certificates.write"),
    ("certificates.logo", "settings.read"),
    ("certificates.set_logo", "settings.write"),
    ("notifications.list", "notifications.read"),
    ("notifications.unread_count", "notifications.read"),
    ("notifications.read", "notifications.write"),
    ("notifications.read_all", "notifications.write"),
    ("jobs.last_runs", "jobs.read"),
    ("sweep.run", "sweep.run"),
    ("sweep.preview", "sweep.run"),
    ("audit.list", "audit.read"),
    ("audit.show", "audit.read"),
    ("audit.export", "audit.read"),
    ("audit.verify", "audit.verify"),
    ("audit.seal", "audit.verify"),
    ("events.list", "events.read"),
    ("database.status", "database.read"),
    ("database.check", "database.read"),
    ("database.migrate", "database.manage"),
    ("database.backup", "database.manage"),
    ("database.restore", "database.manage"),
];

/// All of them, with those of files of their own.
fn verbs_and_permissions() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    VERBS
        .iter()
        .chain(assigning::VERBS)
        .chain(ruling::VERBS)
        .chain(learning::VERBS)
        .chain(skills::VERBS)
        .chain(figures::VERBS)
        .chain(importing::VERBS)
}

fn is_list(verb: &str) -> bool {
    let lists = LISTS
        .iter()
        .chain(assigning::LISTS)
        .chain(learning::LISTS)
        .chain(skills::LISTS)
        .chain(figures::LISTS);
    lists.into_iter().any(|list| *list == verb)
}

/// Lists of people, which are empty for whoever sees nobody.
const LISTS: &[&str] = &[
    "people.list",
    "people.count",
    "people.group_members",
    "people.count_members",
    "certificates.list",
    "notifications.list",
    // Of one's own, of which there are none.
    "notifications.unread_count",
    "notifications.read_all",
];

/// Verbs that are about nobody yet: whoever may do it for somebody may do it.
const ABOUT_NOBODY: &[&str] = &["assignments.add_evidence"];

/// Verbs that concern everybody: a permission for some people is not enough.
const FOR_ALL: &[&str] = &[
    "imports.stage_people",
    "imports.stage_records",
    "imports.plan",
    "imports.apply",
    "imports.apply_plan",
    "imports.operation",
    "imports.list",
    "imports.show",
    "imports.facts",
    "hris.list",
    "hris.show",
    "hris.pull",
    "hris.pull_from",
    "hris.replay",
    "hris.stage",
    "people.headcounts",
    "people.apply",
    "people.plan_edit_all",
    "people.edit_all",
    "people.add_group",
    "people.groups",
    "people.group",
    "people.plan_group",
    "people.edit_group",
    "people.remove_group",
    "people.deliver",
    "people.duplicates",
    "people.plan_merge",
    "people.merge",
    "batches.list",
    "batches.show",
    "batches.find",
    "batches.plan_undo",
    "batches.undo",
];

/// Verbs that need no permission, each with the reason.
const FREE_VERBS: &[(&str, &str)] = &[
    ("access.authenticate", "whoever asks is nobody yet"),
    ("access.sign_in", "as above"),
    ("access.change_own_password", "it is one's own, and the present one has to be given"),
    ("certificates.verify", "whoever holds a certificate in their hands may know whether it holds"),
    ("database.ready", "it tells those who watch a server whether it can work, and nothing else"),
];

/// Tries a verb on something that everybody who may use it may use it on.
async fn attempt(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (access, audit, database) = (lms.access(), lms.audit(), lms.database());
    match verb {
        "settings.show" => lms.settings().show(actor).await.map(drop),
        "settings.plan" => {
            let change = SettingsChange::new().set("name", tag)?;
            lms.settings().plan(actor, &change).await.map(drop)
        }
        "settings.set" => {
            let change = SettingsChange::new().set("name", tag)?;
            lms.settings().set(actor, change).await.map(drop)
        }
        "access.set_up" => access.set_up(actor, SetUp::new("Globex", tag)).await.map(drop),
        "access.add_account" => access.add_account(actor, NewAccount::new(tag)).await.map(drop),
        "access.edit_account" => {
            let change = AccountChange::new().display_name(Some(tag));
            access.edit_account(actor, "target", change).await.map(drop)
        }
        "access.account" => access.account(actor, "target").await.map(drop),
        "access.accounts" => access.accounts(actor, AccountFilter::new()).await.map(drop),
        "access.create_token" => {
            access.create_token(actor, NewToken::new("target", tag)).await.map(drop)
        }
        "access.revoke_token" => {
            let tokens = TokenFilter::new().account("target").include_revoked(true);
            let tokens = access.tokens(&lms.admin(), tokens).await?;
            access.revoke_token(actor, &tokens.items[0].id.to_string()).await.map(drop)
        }
        "access.tokens" => access.tokens(actor, TokenFilter::new()).await.map(drop),
        "access.roles" => access.roles(actor).await.map(drop),
        "access.role" => access.role(actor, "manager").await.map(drop),
        "access.add_role" => {
            access.add_role(actor, NewRole::new(tag).grant("settings.read")).await.map(drop)
        }
        "access.edit_role" => {
            access.edit_role(actor, "own", RoleChange::new().summary(tag)).await.map(drop)
        }
        "access.remove_role" => access.remove_role(actor, &of_role("gone", tag)).await.map(drop),
        "access.set_password" => {
            let password = Password::new(&format!("{tag} is long enough"));
            access.set_password(actor, "target", Some(password)).await.map(drop)
        }
        "access.act_as" => access.act_as(actor, "target").await.map(drop),
        verb if verb.starts_with("quizzes.") => attempt_quizzes(lms, actor, verb, tag).await,
        verb if verb.starts_with("people.") => attempt_people(lms, actor, verb, tag).await,
        verb if verb.starts_with("batches.") => attempt_batches(lms, actor, verb, tag).await,
        verb if verb.starts_with("catalog.") => attempt_catalog(lms, actor, verb, tag).await,
        verb if verb.starts_with("paths.") => attempt_paths(lms, actor, verb, tag).await,
        verb if verb.starts_with("assignments.") => assigning::attempt(lms, actor, verb, tag).await,
        "sweep.run" => lms.sweep().run(actor, SweepOptions::new(), &mut |_, _| ()).await.map(drop),
        "sweep.preview" => {
            lms.sweep().preview(actor, SweepOptions::new(), &mut |_, _| ()).await.map(drop)
        }
        "jobs.last_runs" => lms.job_runs().last_runs(actor).await.map(drop),
        verb if verb.starts_with("imports.") || verb.starts_with("hris.") => {
            importing::attempt(lms, actor, verb, tag).await
        }
        verb if verb.starts_with("notifications.") => attempt_notifications(lms, actor, verb).await,
        verb if verb.starts_with("rules.") => ruling::attempt(lms, actor, verb, tag).await,
        verb if verb.starts_with("certificates.") => attempt_certificates(lms, actor, verb).await,
        verb if verb.starts_with("progress.") => learning::attempt(lms, actor, verb, tag).await,
        verb if verb.starts_with("skills.") || verb.starts_with("readiness.") => {
            skills::attempt(lms, actor, verb, tag).await
        }
        verb if verb.starts_with("analytics.") => figures::attempt(lms, actor, verb).await,
        verb if verb.starts_with("content.") => attempt_content(lms, actor, verb, tag).await,
        "audit.list" => audit.list(actor, AuditFilter::new()).await.map(drop),
        "audit.show" => audit.show(actor, "1").await.map(drop),
        "audit.export" => audit.export(actor, &mut std::io::sink()).await.map(drop),
        "audit.verify" => audit.verify(actor, None, &mut |_, _| ()).await.map(drop),
        "audit.seal" => audit.seal(actor).await.map(drop),
        "events.list" => lms.events().list(actor, EventFilter::new()).await.map(drop),
        "database.status" => database.status(actor).await.map(drop),
        "database.check" => database.check(actor).await.map(drop),
        "database.migrate" => database.migrate(actor).await.map(drop),
        "database.backup" => {
            database.backup(actor, &mut std::io::sink(), &mut |_, _| ()).await.map(drop)
        }
        "database.restore" => {
            database.restore(actor, &mut std::io::empty(), &mut |_, _| ()).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

/// What is there once for each role, by the tag of an attempt.
fn of_role(what: &str, tag: &str) -> String {
    format!("{what}_{}", tag.split('-').next().unwrap())
}

/// The roles that the verbs over roles are tried on.
async fn roles_to_try_on(lms: &TestLms) {
    let gone = ROLES.iter().map(|role| format!("gone_{}", role.name));
    for name in gone.chain(["own".to_owned()]) {
        let role = NewRole::new(&name).grant("settings.read");
        lms.access().add_role(&lms.admin(), role).await.unwrap();
    }
}

/// The unit and the people that the verbs over people are tried on.
async fn people_to_try_on(lms: &TestLms) {
    let (people, admin) = (lms.people(), lms.admin());
    people.add_units(&admin, vec![NewUnit::new(UnitKind::Department, "ENG", "Eng")]).await.unwrap();
    let hired_on = Day::parse("2025-01-01").unwrap();
    let person = |name: &str| {
        NewPerson::new("Ada", name).set(PersonField::Username, name).hired_on(hired_on)
    };
    let all = ["editee", "leaver", "returner", "parent", "patient", "holder"].map(person).to_vec();
    people.add(&admin, all).await.unwrap();
    people.add_account_for(&admin, "holder", NewAccount::new("held")).await.unwrap();
    for role in ROLES {
        let goers = ["merge", "erase"].map(|verb| person(&format!("{}-people-{verb}", role.name)));
        people.add(&admin, goers.to_vec()).await.unwrap();
    }
    let for_each = ROLES.iter().map(|role| person(&format!("for_{}", role.name))).collect();
    people.add(&admin, for_each).await.unwrap();
    people.deactivate(&admin, "returner", hired_on, None).await.unwrap();
    people.add_leave(&admin, "patient", hired_on, None, None).await.unwrap();
    for code in ["TEAM", "OLD-TEAM"] {
        people.add_group(&admin, NewGroup::fixed(code, code)).await.unwrap();
    }
}

async fn attempt_people(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (people, kind, day) = (lms.people(), UnitKind::Department, Day::parse("2026-06-01")?);
    match verb {
        "people.add_units" => {
            people.add_units(actor, vec![NewUnit::new(kind, tag, tag)]).await.map(drop)
        }
        "people.add_unit" => people.add_unit(actor, NewUnit::new(kind, tag, tag)).await.map(drop),
        "people.edit_unit" => {
            people.edit_unit(actor, kind, "ENG", UnitChange::new().name(tag)).await.map(drop)
        }
        "people.unit" => people.unit(actor, kind, "ENG", None).await.map(drop),
        "people.units" => people.units(actor, kind, None, false).await.map(drop),
        "people.headcounts" => people.headcounts(actor, None).await.map(drop),
        "people.appoint" => {
            let appointment = Appointment::new("ENG").head("editee");
            people.appoint(actor, vec![appointment]).await.map(drop)
        }
        "people.add" => people.add(actor, vec![NewPerson::new("Ada", tag)]).await.map(drop),
        "people.apply" => {
            let hired = PersonAct::hire(NewPerson::new("Ada", tag));
            people.apply(actor, vec![hired]).await.map(drop)
        }
        "people.plan_add" => {
            people.plan_add(actor, vec![NewPerson::new("Ada", tag)]).await.map(drop)
        }
        "people.add_one" => people.add_one(actor, NewPerson::new("Ada", tag)).await.map(drop),
        "people.edit" => {
            let change = PersonChange::new().set(PersonField::LastName, tag);
            people.edit(actor, "editee", change).await.map(drop)
        }
        "people.plan_edit_all" | "people.edit_all" => {
            let change = PersonChange::new().attribute("tag", tag);
            let who = PersonFilter::new();
            if verb == "people.plan_edit_all" {
                return people.plan_edit_all(actor, who, change).await.map(drop);
            }
            let plan = people.plan_edit_all(&lms.admin(), who, change).await?;
            people.edit_all(actor, plan).await.map(drop)
        }
        "people.plan_reorganisation" | "people.reorganise" => {
            let moved = Reorganisation::move_department("ENG", None);
            if verb == "people.plan_reorganisation" {
                return people.plan_reorganisation(actor, moved).await.map(drop);
            }
            let plan = people.plan_reorganisation(&lms.admin(), moved).await?;
            people.reorganise(actor, plan).await.map(drop)
        }
        "people.deactivate" => people.deactivate(actor, "leaver", day, None).await.map(drop),
        "people.reactivate" => people.reactivate(actor, "returner", day).await.map(drop),
        "people.add_leave" => people.add_leave(actor, "parent", day, None, None).await.map(drop),
        "people.end_leave" => people.end_leave(actor, "patient", day).await.map(drop),
        "people.link_account" => {
            people.link_account(actor, "target", Some("editee")).await.map(drop)
        }
        "people.add_account_for" => people
            .add_account_for(actor, &of_role("for", tag), NewAccount::new(tag))
            .await
            .map(drop),
        "people.account" => people.account(actor, "holder").await.map(drop),
        "people.edit_account" => {
            let change = AccountChange::new().display_name(Some(tag));
            people.edit_account(actor, "holder", change).await.map(drop)
        }
        "people.list" => people.list(actor, PersonFilter::new()).await.map(drop),
        "people.count" => people.count(actor, PersonFilter::new()).await.map(drop),
        "people.card" => people.card(actor, "editee", None).await.map(drop),
        verb if verb.contains("group") || verb.contains("members") => {
            attempt_groups(lms, actor, verb, tag).await
        }
        "people.deliver" => {
            let change = PersonChange::new().set(PersonField::Country, "DE").from_source("payroll");
            people.deliver(actor, "editee", change).await.map(drop)
        }
        "people.history" => people.history(actor, "editee", HistoryFilter::new()).await.map(drop),
        "people.duplicates" => people.duplicates(actor, DuplicateFilter::new()).await.map(drop),
        "people.plan_merge" => people.plan_merge(actor, "editee", "leaver").await.map(drop),
        // What is gone cannot go again: there is one for each.
        "people.merge" => people.merge(actor, "editee", tag, None).await.map(drop),
        "people.erase" => people.erase(actor, tag, None).await.map(drop),
        "people.export" => people.export(actor, "editee").await.map(drop),
        "people.plan_erase" => people.plan_erase(actor, "editee").await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}

/// The questions and the quiz that the verbs over quizzes are tried on.
async fn quizzes_to_try_on(lms: &TestLms) {
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let question = |code: &str| NewQuestion::new(code, QuestionKind::Essay, "Why?");
    let all = ["asked", "edited", "gone", "back"].map(question).to_vec();
    quizzes.add_questions(&admin, all).await.unwrap();
    quizzes.add_quiz(&admin, NewQuiz::new("quiz", "Quiz").ask(&["asked"])).await.unwrap();
}

async fn attempt_quizzes(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let quizzes = lms.quizzes();
    let new = NewQuestion::new(tag, QuestionKind::Essay, "Why?");
    let file = || QuizFile::parse("questions = []", QuizFileFormat::Toml);
    match verb {
        "quizzes.add_question" => quizzes.add_question(actor, new).await.map(drop),
        "quizzes.add_questions" => quizzes.add_questions(actor, vec![new]).await.map(drop),
        "quizzes.edit_question" => {
            let change = QuestionChange::new().text(tag);
            quizzes.edit_question(actor, "edited", change).await.map(drop)
        }
        "quizzes.archive_question" => quizzes.archive_question(actor, "gone").await.map(drop),
        "quizzes.restore_question" => quizzes.restore_question(actor, "back").await.map(drop),
        "quizzes.questions" => quizzes.questions(actor, QuestionFilter::new()).await.map(drop),
        "quizzes.count_questions" => {
            quizzes.count_questions(actor, &QuestionFilter::new()).await.map(drop)
        }
        "quizzes.question" => quizzes.question(actor, "asked").await.map(drop),
        "quizzes.add_quiz" => {
            quizzes.add_quiz(actor, NewQuiz::new(tag, tag).ask(&["asked"])).await.map(drop)
        }
        "quizzes.edit_quiz" => {
            quizzes.edit_quiz(actor, "quiz", QuizChange::new().title(tag)).await.map(drop)
        }
        "quizzes.quizzes" => quizzes.quizzes(actor, QuizFilter::new()).await.map(drop),
        "quizzes.count_quizzes" => quizzes.count_quizzes(actor, &QuizFilter::new()).await.map(drop),
        "quizzes.quiz" => quizzes.quiz(actor, "quiz").await.map(drop),
        "quizzes.preview" => quizzes.preview(actor, "quiz", &Seed::of_text(tag)).await.map(drop),
        "quizzes.plan_import" => quizzes.plan_import(actor, file()?).await.map(drop),
        "quizzes.import" => {
            let plan = quizzes.plan_import(&lms.admin(), file()?).await?;
            quizzes.import(actor, plan).await.map(drop)
        }
        "quizzes.export" => quizzes.export(actor, &[]).await.map(drop),
        "quizzes.export_questions" => {
            let (all, format) = (QuestionFilter::new(), QuestionFormat::Gift);
            quizzes.export_questions(actor, all, format).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

async fn attempt_content(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let content = lms.content();
    let name = if verb == "content.remove" { "gone.txt" } else { "kept.txt" };
    let all = ContentFilter::new().include_removed(true).limit(500);
    let files = content.list(&lms.admin(), all).await?.items;
    let id = &files.iter().find(|file| file.name == name).unwrap().id.to_string();
    match verb {
        "content.add" => {
            let new = NewContent::new(&format!("{tag}.txt"));
            content.add(actor, new, &mut tag.as_bytes()).await.map(drop)
        }
        "content.list" => content.list(actor, ContentFilter::new()).await.map(drop),
        "content.show" => content.show(actor, id).await.map(drop),
        "content.open" => content.open(actor, id).await.map(drop),
        "content.open_part" => content.open_part(actor, id, 0..1).await.map(drop),
        // The store is a folder, which has no addresses.
        "content.link" => match content.link(actor, id, Duration::from_mins(1)).await {
            Err(error) if error.code() == "content.no_link" => Ok(()),
            outcome => outcome.map(drop),
        },
        "content.accesses" => content.accesses(actor, id).await.map(drop),
        "content.remove" => content.remove(actor, id).await.map(drop),
        "content.plan_sweep" => content.plan_sweep(actor).await.map(drop),
        "content.sweep" => content.sweep(actor).await.map(drop),
        "content.plan_adopt" => content.plan_adopt(actor).await.map(drop),
        "content.adopt" => content.adopt(actor).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}

async fn attempt_notifications(lms: &TestLms, actor: &Actor, verb: &str) -> Result<()> {
    let notifications = lms.notifications();
    match verb {
        "notifications.list" => notifications.list(actor, NoticeFilter::new()).await.map(drop),
        "notifications.unread_count" => notifications.unread_count(actor, None).await.map(drop),
        "notifications.read" => {
            let notice = lms.inbox("editee").await[0];
            notifications.read(actor, notice).await.map(drop)
        }
        "notifications.read_all" => notifications.read_all(actor, None).await.map(drop),
        other => unreachable!("no attempt at `{other}`"),
    }
}

/// Of the two certificates that there are, one is revoked as often as somebody may.
async fn attempt_certificates(lms: &TestLms, actor: &Actor, verb: &str) -> Result<()> {
    let certificates = lms.certificates();
    match verb {
        "certificates.list" => certificates.list(actor, CertificateFilter::new()).await.map(drop),
        "certificates.show" => certificates.show(actor, "2026-000001").await.map(drop),
        "certificates.pdf" => certificates.pdf(actor, "2026-000001").await.map(drop),
        "certificates.revoke" => {
            certificates.revoke(actor, "2026-000002", "by mistake").await.map(drop)
        }
        "certificates.logo" => certificates.logo(actor).await.map(drop),
        "certificates.set_logo" => {
            certificates.set_logo(actor, Some(&png(1, 1, [1, 2, 3]))).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

/// The trainings that the verbs over them are tried on.
async fn trainings_to_try_on(lms: &TestLms) {
    let (catalog, admin) = (lms.catalog(), lms.admin());
    for code in ["SIGNED", "OTHER", "ARCHIVEE"] {
        let new = NewTraining::new(code, code).set(TrainingField::SignText, "Be kind.");
        catalog.add(&admin, new).await.unwrap();
        catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
    }
    let day = Day::parse("2026-01-01").unwrap();
    catalog.add_equivalent(&admin, "SIGNED", "OTHER", Some(day), None).await.unwrap();
    catalog.add(&admin, NewTraining::new("DRAFT", "Draft")).await.unwrap();
    for role in ROLES {
        let code = format!("{}-catalog-remove", role.name);
        catalog.add(&admin, NewTraining::new(&code, "Removed")).await.unwrap();
    }
}

async fn attempt_catalog(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (catalog, day) = (lms.catalog(), Day::parse("2026-06-01")?);
    match verb {
        "catalog.add" => catalog.add(actor, NewTraining::new(tag, tag)).await.map(drop),
        "catalog.edit" => {
            let change = TrainingChange::new().set(TrainingField::Title, tag);
            catalog.edit(actor, "DRAFT", change).await.map(drop)
        }
        "catalog.list" => catalog.list(actor, TrainingFilter::new()).await.map(drop),
        "catalog.categories" => catalog.categories(actor).await.map(drop),
        "catalog.show" => catalog.show(actor, "SIGNED", Shown::Current).await.map(drop),
        "catalog.versions" => catalog.versions(actor, "SIGNED").await.map(drop),
        "catalog.history" => catalog.history(actor, "SIGNED", HistoryFilter::new()).await.map(drop),
        "catalog.submit" => catalog.submit(actor, "DRAFT").await.map(drop),
        "catalog.plan_publish" => {
            catalog.plan_publish(actor, "DRAFT", &Publishing::minor()).await.map(drop)
        }
        "catalog.publish" => catalog.publish(actor, "SIGNED", &Publishing::minor()).await.map(drop),
        "catalog.archive" => catalog.archive(actor, "ARCHIVEE").await.map(drop),
        "catalog.reopen" => catalog.reopen(actor, "ARCHIVEE").await.map(drop),
        "catalog.remove" => catalog.remove(actor, tag).await.map(drop),
        "catalog.add_equivalent" => {
            let (from, until) = (Day::parse("2020-01-01")?, Day::parse("2021-01-01")?);
            let added = catalog.add_equivalent(actor, "SIGNED", "OTHER", Some(from), Some(until));
            added.await.map(drop)
        }
        "catalog.end_equivalent" => {
            catalog.end_equivalent(actor, "SIGNED", "OTHER", day).await.map(drop)
        }
        "catalog.export" => catalog.export(actor, "DRAFT").await.map(drop),
        "catalog.plan_import" => catalog.plan_import(actor, Vec::new(), false).await.map(drop),
        "catalog.import" => {
            let plan = catalog.plan_import(&lms.admin(), Vec::new(), false).await?;
            catalog.import(actor, plan).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

/// The paths that the verbs over them are tried on.
async fn paths_to_try_on(lms: &TestLms) {
    let (paths, admin) = (lms.paths(), lms.admin());
    let new = |code: &str| NewPath::new(code, code).step(PathStep::required("SIGNED"));
    paths.add(&admin, new("WAY")).await.unwrap();
    paths.add(&admin, new("OLD-WAY")).await.unwrap();
    paths.add(&admin, new("OPEN-WAY")).await.unwrap();
    paths.publish(&admin, "OPEN-WAY").await.unwrap();
    for role in ROLES {
        paths.add(&admin, new(&format!("{}-paths-remove", role.name))).await.unwrap();
    }
}

async fn attempt_paths(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let paths = lms.paths();
    match verb {
        "paths.add" => paths.add(actor, NewPath::new(tag, tag)).await.map(drop),
        "paths.edit" => {
            let change = PathChange::new().set(PathField::Title, tag);
            paths.edit(actor, "WAY", change).await.map(drop)
        }
        "paths.list" => paths.list(actor, PathFilter::new()).await.map(drop),
        "paths.show" => paths.show(actor, "OPEN-WAY", PathShown::Current).await.map(drop),
        "paths.plan_publish" => paths.plan_publish(actor, "WAY").await.map(drop),
        "paths.publish" => paths.publish(actor, "WAY").await.map(drop),
        "paths.archive" => paths.archive(actor, "OLD-WAY").await.map(drop),
        "paths.reopen" => paths.reopen(actor, "OLD-WAY").await.map(drop),
        "paths.remove" => paths.remove(actor, tag).await.map(drop),
        "paths.export" => paths.export(actor, "WAY").await.map(drop),
        "paths.plan_import" => paths.plan_import(actor, Vec::new(), false).await.map(drop),
        "paths.import" => {
            let plan = paths.plan_import(&lms.admin(), Vec::new(), false).await?;
            paths.import(actor, plan).await.map(drop)
        }
        other => panic!("say how to try `{other}`"),
    }
}

async fn attempt_groups(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let people = lms.people();
    match verb {
        "people.add_group" => people.add_group(actor, NewGroup::fixed(tag, tag)).await.map(drop),
        "people.groups" => people.groups(actor, None, false).await.map(drop),
        "people.group" => people.group(actor, "TEAM", None).await.map(drop),
        "people.group_members" => {
            people.group_members(actor, "TEAM", PersonFilter::new()).await.map(drop)
        }
        "people.count_members" => {
            people.count_members(actor, "TEAM", PersonFilter::new()).await.map(drop)
        }
        "people.plan_group" => {
            people.plan_group(actor, "TEAM", GroupChange::new().name(tag)).await.map(drop)
        }
        "people.edit_group" => {
            people.edit_group(actor, "TEAM", GroupChange::new().name(tag)).await.map(drop)
        }
        "people.remove_group" => people.remove_group(actor, "OLD-TEAM", None).await.map(drop),
        other => panic!("say how to try `{other}`"),
    }
}

async fn attempt_batches(lms: &TestLms, actor: &Actor, verb: &str, tag: &str) -> Result<()> {
    let (batches, admin) = (lms.batches(), lms.admin());
    if verb == "batches.list" {
        return batches.list(actor, BatchFilter::new()).await.map(drop);
    }
    // Each role takes back something of its own.
    let change = PersonChange::new().set(PersonField::PreferredName, tag);
    lms.people().edit(&admin, "editee", change).await?;
    let newest = batches.list(&admin, BatchFilter::new().limit(1)).await?.items.remove(0);
    let plan = batches.plan_undo(&admin, &newest.seq.to_string()).await?;
    let before = head(lms).await;
    let outcome = match verb {
        "batches.show" => batches.show(actor, &newest.seq.to_string()).await.map(drop),
        "batches.find" => batches.find(actor, &newest.seq.to_string()).await.map(drop),
        "batches.plan_undo" => batches.plan_undo(actor, &newest.seq.to_string()).await.map(drop),
        "batches.undo" => batches.undo(actor, plan).await.map(drop),
        other => panic!("say how to try `{other}`"),
    };
    assert!(outcome.is_ok() || head(lms).await == before, "{verb}");
    outcome
}

/// Written again here, so that a mistake in the library's matching shows.
fn covers(grant: &str, permission: &str) -> bool {
    let (pattern, _) = grant.split_once('@').unwrap_or((grant, "all"));
    let (area, verb) = permission.split_once('.').unwrap();
    pattern == permission
        || pattern == "*"
        || pattern == format!("{area}.*")
        || pattern == format!("*.{verb}")
}

#[test]
fn no_verb_is_forgotten() {
    let mut verbs = BTreeSet::new();
    for context in [
        "settings",
        "access",
        "people",
        "quizzes",
        "catalog",
        "catalog/paths",
        "content",
        "assignments",
        "notifications",
        "jobs",
        "sweep",
        "assignments/rules",
        "certificates",
        "progress",
        "skills",
        "readiness",
        "analytics",
        "imports",
        "imports/hris",
        "batches",
        "audit",
        "events",
        "database",
    ] {
        let path = format!("{}/../lms-core/src/{context}/mod.rs", env!("CARGO_MANIFEST_DIR"));
        let context = context.rsplit('/').next().unwrap();
        let source = std::fs::read_to_string(path).unwrap();
        let named = source.split("pub async fn ").skip(1);
        verbs.extend(named.map(|rest| format!("{context}.{}", rest.split('(').next().unwrap())));
    }
    let known = verbs_and_permissions().chain(FREE_VERBS).map(|(verb, _)| (*verb).to_owned());
    assert_eq!(verbs, known.collect::<BTreeSet<_>>());
}

#[test]
fn every_permission_is_needed_by_a_verb() {
    let needed: BTreeSet<&str> =
        verbs_and_permissions().map(|(_, permission)| *permission).collect();
    let known: BTreeSet<&str> = PERMISSIONS.iter().map(|permission| permission.name).collect();
    let unused: Vec<_> = known.difference(&needed).collect();
    // Metrics are read from the server, which asks `Actor::may`.
    assert_eq!(unused, [&"metrics.read"]);
    assert!(needed.is_subset(&known), "{needed:?}");
}

#[test]
fn the_roles_are_those_of_the_domain() {
    let names: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
    assert_eq!(
        names,
        ["employee", "instructor", "manager", "hr", "auditor", "admin", "super_admin"]
    );
}

async fn every_role_may_do_what_its_permissions_say_and_nothing_else(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    lms.access().add_account(&lms.admin(), NewAccount::new("target")).await.unwrap();
    token(&lms, NewToken::new("target", "t")).await;
    people_to_try_on(&lms).await;
    quizzes_to_try_on(&lms).await;
    trainings_to_try_on(&lms).await;
    let day = Day::parse("2026-03-30").unwrap();
    lms.issue_certificates("SIGNED", &["editee", "parent"], day, None).await.unwrap();
    lms.remind("editee", "SIGNED", "once").await.unwrap();
    paths_to_try_on(&lms).await;
    roles_to_try_on(&lms).await;
    assigning::to_try_on(&lms).await;
    learning::to_try_on(&lms).await;
    skills::to_try_on(&lms).await;
    ruling::to_try_on(&lms).await;
    importing::to_try_on(&lms).await;
    for name in ["kept.txt", "gone.txt"] {
        let new = NewContent::new(name);
        lms.content().add(&lms.admin(), new, &mut name.as_bytes()).await.unwrap();
    }
    let (mut allowed, mut denied, mut narrowed) = (0, 0, 0);
    for role in ROLES {
        let actor = signed_in(&lms, &format!("as-{}", role.name), role.name).await;
        for (verb, permission) in verbs_and_permissions() {
            let held = role.permissions.iter().filter(|grant| covers(grant, permission));
            let (narrow, wide): (Vec<&str>, Vec<&str>) =
                held.copied().partition(|grant| grant.contains('@'));
            let may = !wide.is_empty();
            let before = head(&lms).await;
            let tag = format!("{}-{}", role.name, verb.replace('.', "-"));
            let outcome = attempt(&lms, &actor, verb, &tag).await;
            let told = format!("{verb} as {}: {outcome:?}", role.name);
            let kind = outcome.as_ref().err().map(lms_core::Error::kind);
            if !may && !narrow.is_empty() && ABOUT_NOBODY.contains(verb) {
                allowed += 1;
                assert!(outcome.is_ok(), "{told}");
            } else if !may && !narrow.is_empty() && !FOR_ALL.contains(verb) {
                // The account belongs to nobody, so that there is nobody for it to see.
                narrowed += 1;
                match outcome {
                    Ok(()) => assert!(is_list(verb), "{told}"),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{told}"),
                }
                assert_eq!(head(&lms).await, before, "{told}");
            } else if may {
                allowed += 1;
                assert_ne!(kind, Some(ErrorKind::Forbidden), "{told}");
                // Nothing stands in the way but an input that is no backup.
                assert!(outcome.is_ok() || *verb == "database.restore", "{told}");
            } else {
                denied += 1;
                let error = outcome.expect_err(&told);
                assert_eq!(error.code(), "access.forbidden", "{told}");
                assert!(error.hints()[0].contains(permission), "{told}");
                // To try an undo there must be something to take back, and to ask a system, a connection.
                let is_prepared = (verb.starts_with("batches.") && *verb != "batches.list")
                    || (verb.starts_with("hris.") && *verb != "hris.connect");
                assert!(is_prepared || head(&lms).await == before, "{told}");
            }
        }
    }
    assert_eq!(allowed + denied + narrowed, ROLES.len() * verbs_and_permissions().count());
    assert!(narrowed > 18, "{narrowed}: three roles may look at some people, and more");
    assert!(allowed > VERBS.len() && denied > VERBS.len(), "{allowed} allowed, {denied} denied");
}

/// Asserts that the actor is refused, and that nothing happened.
async fn refused<T: std::fmt::Debug>(
    lms: &TestLms,
    what: &str,
    attempt: impl Future<Output = Result<T>>,
) {
    let (before, names) = (head(lms).await, usernames(lms).await);
    let error = attempt.await.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{what}: {error:?}");
    assert_eq!(head(lms).await, before, "{what}");
    assert_eq!(usernames(lms).await, names, "{what}");
}

async fn an_admin_gives_no_more_than_they_hold(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let adm = signed_in(&lms, "adm", "admin").await;
    let access = lms.access();
    for role in ["super_admin", "auditor"] {
        let new = NewAccount::new("eve").role("employee").role(role);
        refused(&lms, role, access.add_account(&adm, new)).await;
        let change = AccountChange::new().add_role(role);
        refused(&lms, role, access.edit_account(&adm, "adm", change)).await;
    }
    let new = NewToken::new("ada", "all that ada may");
    refused(&lms, "token of a super admin", access.create_token(&adm, new)).await;
    for permission in ["database.manage", "audit.verify"] {
        let new = NewToken::new("adm", "t").permission("settings.read").permission(permission);
        refused(&lms, permission, access.create_token(&adm, new)).await;
    }
    // What they hold they may give.
    for role in ["employee", "instructor", "manager", "hr", "admin"] {
        let new = NewAccount::new(&format!("new-{role}")).role(role);
        access.add_account(&adm, new).await.unwrap();
    }
    access.create_token(&adm, NewToken::new("adm", "t")).await.unwrap();
    let new = NewToken::new("new-hr", "t").permission("settings.read");
    access.create_token(&adm, new).await.unwrap();
}

async fn an_admin_does_not_touch_those_who_hold_more(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    lms.access()
        .add_account(&lms.admin(), NewAccount::new("zoe").role("super_admin"))
        .await
        .unwrap();
    let adm = signed_in(&lms, "adm", "admin").await;
    let access = lms.access();
    for change in [
        AccountChange::new().status(AccountStatus::Disabled),
        AccountChange::new().remove_role("super_admin"),
        AccountChange::new().email(Some("adm@example.com")),
        AccountChange::new().display_name(Some("x")),
        AccountChange::new().remove_role("super_admin").add_role("employee"),
    ] {
        let what = format!("{change:?}");
        refused(&lms, &what, access.edit_account(&adm, "zoe", change)).await;
    }
    let tokens = access.tokens(&lms.admin(), TokenFilter::new().account("ada")).await.unwrap();
    let first = tokens.items[0].id.to_string();
    refused(&lms, "revoke", access.revoke_token(&adm, &first)).await;
}

async fn a_narrowed_token_gives_no_more_than_it_holds(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let new = NewToken::new("ada", "accounts").permission("access.write").permission("access.read");
    let narrow = lms.access().authenticate(&token(&lms, new).await).await.unwrap();
    let access = lms.access();
    for role in ["employee", "hr", "auditor", "admin", "super_admin"] {
        let new = NewAccount::new("eve").role(role);
        refused(&lms, role, access.add_account(&narrow, new)).await;
    }
    refused(&lms, "all", access.create_token(&narrow, NewToken::new("ada", "t"))).await;
    let wider = NewToken::new("ada", "t").permission("settings.read");
    refused(&lms, "wider", access.create_token(&narrow, wider)).await;
    let same = NewToken::new("ada", "t").permission("access.read");
    access.create_token(&narrow, same).await.unwrap();
    access.add_account(&narrow, NewAccount::new("eve")).await.unwrap();
    // Nor when it acts in the name of the account that it belongs to.
    let acting = access.act_as(&narrow, "ada").await.unwrap();
    let new = NewAccount::new("mallory").role("super_admin");
    refused(&lms, "acting", access.add_account(&acting, new)).await;
}

async fn a_role_less_account_is_nobody(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    lms.access().add_account(&lms.admin(), NewAccount::new("nobody")).await.unwrap();
    let secret = token(&lms, NewToken::new("nobody", "t")).await;
    let nobody = lms.access().authenticate(&secret).await.unwrap();
    for permission in PERMISSIONS {
        assert!(!nobody.may(permission.name), "{}", permission.name);
    }
    for name in ["*", "settings.*", "*.read", "", "."] {
        assert!(!nobody.may(name), "{name}");
    }
}
