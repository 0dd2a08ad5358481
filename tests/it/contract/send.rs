//! Every verb can be called from a task of a multi-threaded runtime. It compiles, or it does not.

use std::time::Duration;

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::{
    AccountChange, AccountFilter, Actor, AssignPlan, AssignmentFilter, AssignmentId, AttemptFilter,
    Audience, AuditFilter, BatchFilter, CertificateFilter, Clock, CompletePlan, CompletionChange,
    CompletionFilter, CompletionId, ComplianceQuery, ContentFilter, Day, DuplicateFilter, EditPlan,
    EventFilter, ExceptionFilter, ExceptionId, ExemptPlan, ExemptionFilter, ExemptionId, Extend,
    ExtendPlan, FactsQuery, FileFormat, GapFilter, Grading, GroupChange, HistoryFilter,
    HolderFilter, ImportFile, ImportRunFilter, LearningQuery, Lms, MinPercent, ModuleUpdate,
    NewAccount, NewAssignments, NewAttempt, NewCompletions, NewContent, NewExemptions,
    NewExtension, NewGroup, NewPath, NewPerson, NewQuestion, NewQuiz, NewRole, NewSkill, NewToken,
    NewTraining, NewUnit, NoticeFilter, NoticeId, OverdueQuery, Password, PathChange, PathFilter,
    PathShown, PeopleImport, PersonChange, PersonFilter, PlanFile, Publishing, QuestionChange,
    QuestionFilter, QuestionFormat, QuestionKind, QueueFilter, QuizChange, QuizFile, QuizFilter,
    RecordsImport, Reorganisation, ReorganisationPlan, Resolution, RoleChange, RuleDefinition,
    RuleExamples, RuleFilter, RuleShown, Seed, SetUp, SettingsChange, Shown, SkillChange,
    SkillFilter, StatusQuery, SweepOptions, SystemClock, TokenFilter, TrainingChange,
    TrainingFilter, UnassignPlan, Unassigning, UndoPlan, UnitChange, UnitKind,
};
use lms_core::{NewConnection, Secret, Vendor};

fn today() -> Day {
    SystemClock.now().day_in(&jiff::tz::TimeZone::UTC)
}

fn send<T: Send + 'static>(_: T) {}

#[expect(dead_code, reason = "compiling it is the test")]
fn every_future_can_move_between_threads(lms: &Lms, actor: &Actor) {
    /// A task that owns what it uses, as a handler does.
    macro_rules! task {
        (|$lms:ident, $actor:ident| $call:expr) => {{
            let ($lms, $actor) = (lms.clone(), actor.clone());
            send(async move { $call.await.is_ok() });
        }};
    }
    task!(|lms, actor| lms.settings().show(&actor));
    task!(|lms, actor| lms.settings().set(&actor, SettingsChange::new()));
    task!(|lms, actor| lms.access().set_up(&actor, SetUp::new("a", "b")));
    task!(|lms, _actor| lms.access().authenticate("secret"));
    task!(|lms, actor| lms.access().act_as(&actor, "ada"));
    task!(|lms, actor| lms.access().add_account(&actor, NewAccount::new("a")));
    task!(|lms, actor| lms.access().accounts(&actor, AccountFilter::new()));
    task!(|lms, actor| lms.access().account(&actor, "a"));
    task!(|lms, actor| lms.access().edit_account(&actor, "a", AccountChange::new()));
    task!(|lms, actor| lms.access().create_token(&actor, NewToken::new("a", "b")));
    task!(|lms, actor| lms.access().tokens(&actor, TokenFilter::new()));
    task!(|lms, actor| lms.access().revoke_token(&actor, "id"));
    task!(|lms, actor| lms.access().roles(&actor));
    task!(|lms, actor| lms.access().role(&actor, "a"));
    task!(|lms, actor| lms.access().add_role(&actor, NewRole::new("a")));
    task!(|lms, actor| lms.access().edit_role(&actor, "a", RoleChange::new()));
    task!(|lms, actor| lms.access().remove_role(&actor, "a"));
    task!(|lms, actor| lms.access().set_password(&actor, "a", None));
    let word = || Password::new("a");
    task!(|lms, actor| lms.access().change_own_password(&actor, word(), word()));
    task!(|lms, _actor| lms.access().sign_in("a", Password::new("b")));
    task!(|lms, actor| lms.people().link_account(&actor, "a", None));
    task!(|lms, actor| lms.people().add_account_for(&actor, "a", NewAccount::new("b")));
    task!(|lms, actor| lms.people().account(&actor, "a"));
    task!(|lms, actor| lms.people().edit_account(&actor, "a", AccountChange::new()));
    task!(|lms, actor| lms.people().add_units(&actor, Vec::new()));
    task!(|lms, actor| lms.people().units(&actor, UnitKind::Location, None, true));
    task!(|lms, actor| lms.people().headcounts(&actor, None));
    task!(|lms, actor| lms.people().unit(&actor, UnitKind::Location, "a", None));
    task!(|lms, actor| lms.people().edit_unit(&actor, UnitKind::JobRole, "a", UnitChange::new()));
    task!(|lms, actor| lms.people().appoint(&actor, Vec::new()));
    task!(|lms, actor| lms.people().add(&actor, Vec::new()));
    task!(|lms, actor| lms.people().apply(&actor, Vec::new()));
    task!(|lms, actor| lms.people().add_unit(&actor, NewUnit::new(UnitKind::Location, "a", "a")));
    task!(|lms, actor| lms.people().plan_add(&actor, Vec::new()));
    task!(|lms, actor| lms.people().add_one(&actor, NewPerson::new("a", "b")));
    task!(|lms, actor| lms.people().list(&actor, PersonFilter::new()));
    task!(|lms, actor| lms.people().count(&actor, PersonFilter::new()));
    task!(|lms, actor| lms.people().card(&actor, "a", None));
    task!(|lms, actor| lms.people().add_group(&actor, NewGroup::fixed("a", "b")));
    task!(|lms, actor| lms.people().groups(&actor, None, false));
    task!(|lms, actor| lms.people().group(&actor, "a", None));
    task!(|lms, actor| lms.people().group_members(&actor, "a", PersonFilter::new()));
    task!(|lms, actor| lms.people().count_members(&actor, "a", PersonFilter::new()));
    task!(|lms, actor| lms.people().plan_group(&actor, "a", GroupChange::new()));
    task!(|lms, actor| lms.people().edit_group(&actor, "a", GroupChange::new()));
    task!(|lms, actor| lms.people().remove_group(&actor, "a", None));
    task!(|lms, actor| lms.people().deliver(&actor, "a", PersonChange::new()));
    task!(|lms, actor| lms.people().history(&actor, "a", HistoryFilter::new()));
    task!(|lms, actor| lms.people().duplicates(&actor, DuplicateFilter::new()));
    task!(|lms, actor| lms.people().plan_merge(&actor, "a", "b"));
    task!(|lms, actor| lms.people().merge(&actor, "a", "b", None));
    task!(|lms, actor| lms.people().export(&actor, "a"));
    task!(|lms, actor| lms.people().plan_erase(&actor, "a"));
    task!(|lms, actor| lms.people().erase(&actor, "a", None));
    task!(|lms, actor| lms.people().edit(&actor, "a", PersonChange::new()));
    let plan: fn() -> EditPlan = || unreachable!();
    let change = PersonChange::new;
    task!(|lms, actor| lms.people().plan_edit_all(&actor, PersonFilter::new(), change()));
    task!(|lms, actor| lms.people().edit_all(&actor, plan()));
    let plan: fn() -> ReorganisationPlan = || unreachable!();
    let moved = || Reorganisation::move_department("a", None);
    task!(|lms, actor| lms.people().plan_reorganisation(&actor, moved()));
    task!(|lms, actor| lms.people().reorganise(&actor, plan()));
    task!(|lms, actor| lms.people().deactivate(&actor, "a", today(), None));
    task!(|lms, actor| lms.people().reactivate(&actor, "a", today()));
    task!(|lms, actor| lms.people().add_leave(&actor, "a", today(), None, None));
    task!(|lms, actor| lms.people().end_leave(&actor, "a", today()));
    let question = || NewQuestion::new("a", QuestionKind::Essay, "b");
    task!(|lms, actor| lms.quizzes().add_question(&actor, question()));
    task!(|lms, actor| lms.quizzes().add_questions(&actor, Vec::new()));
    task!(|lms, actor| lms.quizzes().edit_question(&actor, "a", QuestionChange::new()));
    task!(|lms, actor| lms.quizzes().archive_question(&actor, "a"));
    task!(|lms, actor| lms.quizzes().restore_question(&actor, "a"));
    task!(|lms, actor| lms.quizzes().questions(&actor, QuestionFilter::new()));
    task!(|lms, actor| lms.quizzes().count_questions(&actor, &QuestionFilter::new()));
    task!(|lms, actor| lms.quizzes().count_quizzes(&actor, &QuizFilter::new()));
    task!(|lms, actor| lms.quizzes().question(&actor, "a"));
    task!(|lms, actor| lms.quizzes().add_quiz(&actor, NewQuiz::new("a", "b")));
    task!(|lms, actor| lms.quizzes().edit_quiz(&actor, "a", QuizChange::new()));
    task!(|lms, actor| lms.quizzes().quizzes(&actor, QuizFilter::new()));
    task!(|lms, actor| lms.quizzes().quiz(&actor, "a"));
    task!(|lms, actor| lms.quizzes().preview(&actor, "a", &Seed::new([0; 32])));
    task!(|lms, actor| lms.quizzes().plan_import(&actor, QuizFile::default()));
    task!(|lms, actor| async move {
        let plan = lms.quizzes().plan_import(&actor, QuizFile::default()).await?;
        lms.quizzes().import(&actor, plan).await
    });
    task!(|lms, actor| lms.quizzes().export(&actor, &[]));
    task!(|lms, actor| lms.quizzes().export_questions(
        &actor,
        QuestionFilter::new(),
        QuestionFormat::Gift
    ));
    let anybody = Audience::everybody;
    task!(|lms, actor| lms.assignments().plan_assign(&actor, NewAssignments::to(anybody())));
    let planned: fn() -> AssignPlan = || unreachable!();
    task!(|lms, actor| lms.assignments().assign(&actor, planned()));
    let none: [&str; 0] = [];
    task!(|lms, actor| lms.assignments().plan_unassign(&actor, Unassigning::of(none, anybody())));
    let planned: fn() -> UnassignPlan = || unreachable!();
    task!(|lms, actor| lms.assignments().unassign(&actor, planned()));
    task!(|lms, actor| lms.assignments().list(&actor, AssignmentFilter::new()));
    task!(|lms, actor| lms.assignments().count(&actor, &AssignmentFilter::new()));
    task!(|lms, actor| lms.assignments().explain(&actor, "a", "b", None));
    task!(|lms, actor| lms.assignments().enrol(&actor, "a", "b"));
    task!(|lms, actor| lms.assignments().enrol_oneself(&actor, "a"));
    task!(|lms, actor| lms.assignments().show(&actor, NIL.parse::<AssignmentId>().unwrap()));
    task!(|lms, actor| lms.assignments().cancel(&actor, NIL.parse::<AssignmentId>().unwrap()));
    task!(|lms, actor| lms.assignments().certify(&actor, NIL.parse::<AssignmentId>().unwrap()));
    let id = || NIL.parse::<AssignmentId>().unwrap();
    task!(|lms, actor| lms.progress().start_assignment(&actor, id()));
    task!(|lms, actor| lms.progress().show_assignment(&actor, id()));
    task!(|lms, actor| lms.requests().begin(&actor, "a", &[b"b"]));
    task!(|lms, actor| lms.requests().finish(&actor, None));
    const NIL: &str = "00000000-0000-0000-0000-000000000000";
    let completion: fn() -> CompletionId = || NIL.parse().unwrap();
    let exemption: fn() -> ExemptionId = || NIL.parse().unwrap();
    let exception: fn() -> ExceptionId = || NIL.parse().unwrap();
    task!(|lms, actor| lms.assignments().withdraw(&actor, NIL.parse::<AssignmentId>().unwrap()));
    task!(|lms, actor| lms.assignments().plan_complete(&actor, NewCompletions::of("a", anybody())));
    let planned: fn() -> CompletePlan = || unreachable!();
    task!(|lms, actor| lms.assignments().complete(&actor, planned()));
    task!(|lms, actor| lms.assignments().completions(&actor, CompletionFilter::new()));
    let change = CompletionChange::new;
    task!(|lms, actor| lms.assignments().change_completion(&actor, completion(), change()));
    task!(|lms, actor| lms.assignments().add_evidence(
        &actor,
        NewContent::new("a"),
        &mut tokio::io::empty()
    ));
    task!(|lms, actor| lms.assignments().open_evidence(&actor, completion()));
    let exempt = move || NewExemptions::from_training("a", anybody(), "b");
    task!(|lms, actor| lms.assignments().plan_exempt(&actor, exempt()));
    let planned: fn() -> ExemptPlan = || unreachable!();
    task!(|lms, actor| lms.assignments().exempt(&actor, planned()));
    task!(|lms, actor| lms.assignments().exemptions(&actor, ExemptionFilter::new()));
    task!(|lms, actor| lms.assignments().revoke_exemption(&actor, exemption(), None));
    let extend = move || NewExtension::of("a", anybody(), Extend::By(1));
    task!(|lms, actor| lms.assignments().plan_extend(&actor, extend()));
    let planned: fn() -> ExtendPlan = || unreachable!();
    task!(|lms, actor| lms.assignments().extend(&actor, planned()));
    task!(|lms, actor| lms.assignments().exceptions(&actor, ExceptionFilter::new()));
    let dismiss = Resolution::Dismiss;
    task!(|lms, actor| lms.assignments().resolve_exception(&actor, exception(), dismiss));
    task!(|lms, actor| lms.batches().find(&actor, "1"));
    task!(|lms, actor| lms.progress().start(&actor, None, "a"));
    task!(|lms, actor| lms.progress().update(&actor, ModuleUpdate::new("a", "b")));
    task!(|lms, actor| lms.progress().sign(&actor, None, "a"));
    task!(|lms, actor| lms.progress().mark(&actor, "a", "b"));
    task!(|lms, actor| lms.progress().show(&actor, None, "a"));
    task!(|lms, actor| lms.progress().begin_attempt(&actor, NewAttempt::new("a", "b")));
    task!(|lms, actor| async move {
        lms.progress().save_answers(&actor, "a", &serde_json::Value::Null).await
    });
    task!(|lms, actor| lms.progress().submit_attempt(&actor, "a", None));
    task!(|lms, actor| lms.progress().attempts(&actor, AttemptFilter::new()));
    task!(|lms, actor| lms.progress().attempt(&actor, "a"));
    task!(|lms, actor| lms.progress().grading_queue(&actor, QueueFilter::new()));
    task!(|lms, actor| lms.progress().grade_attempt(&actor, "a", Grading::new()));
    task!(|lms, actor| lms.batches().list(&actor, BatchFilter::new()));
    task!(|lms, actor| lms.batches().show(&actor, "1"));
    task!(|lms, actor| lms.batches().plan_undo(&actor, "1"));
    let plan: fn() -> UndoPlan = || unreachable!();
    task!(|lms, actor| lms.batches().undo(&actor, plan()));
    task!(|lms, actor| lms.catalog().add(&actor, NewTraining::new("A", "a")));
    task!(|lms, actor| lms.catalog().edit(&actor, "A", TrainingChange::new()));
    task!(|lms, actor| lms.catalog().list(&actor, TrainingFilter::new()));
    task!(|lms, actor| lms.catalog().categories(&actor));
    task!(|lms, actor| lms.catalog().show(&actor, "A", Shown::Draft));
    task!(|lms, actor| lms.catalog().versions(&actor, "A"));
    task!(|lms, actor| lms.catalog().submit(&actor, "A"));
    task!(|lms, actor| lms.catalog().plan_publish(&actor, "A", &Publishing::minor()));
    task!(|lms, actor| lms.catalog().publish(&actor, "A", &Publishing::major()));
    task!(|lms, actor| lms.catalog().archive(&actor, "A"));
    task!(|lms, actor| lms.catalog().reopen(&actor, "A"));
    task!(|lms, actor| lms.catalog().remove(&actor, "A"));
    task!(|lms, actor| lms.catalog().add_equivalent(&actor, "A", "B", None, None));
    task!(|lms, actor| lms.catalog().end_equivalent(&actor, "A", "B", today()));
    task!(|lms, actor| lms.catalog().export(&actor, "A"));
    task!(|lms, actor| async move {
        let plan = lms.catalog().plan_import(&actor, Vec::new(), true).await?;
        lms.catalog().import(&actor, plan).await
    });
    task!(|lms, actor| lms.paths().add(&actor, NewPath::new("A", "a")));
    task!(|lms, actor| lms.paths().edit(&actor, "A", PathChange::new()));
    task!(|lms, actor| lms.paths().list(&actor, PathFilter::new().training("A")));
    task!(|lms, actor| lms.paths().show(&actor, "A", PathShown::Draft));
    task!(|lms, actor| lms.paths().plan_publish(&actor, "A"));
    task!(|lms, actor| lms.paths().publish(&actor, "A"));
    task!(|lms, actor| lms.paths().archive(&actor, "A"));
    task!(|lms, actor| lms.paths().reopen(&actor, "A"));
    task!(|lms, actor| lms.paths().remove(&actor, "A"));
    task!(|lms, actor| lms.paths().export(&actor, "A"));
    task!(|lms, actor| async move {
        let plan = lms.paths().plan_import(&actor, Vec::new(), true).await?;
        lms.paths().import(&actor, plan).await
    });
    task!(|lms, actor| lms.content().add(&actor, NewContent::new("a"), &mut tokio::io::empty()));
    task!(|lms, actor| lms.content().list(&actor, ContentFilter::new()));
    task!(|lms, actor| lms.content().show(&actor, "id"));
    task!(|lms, actor| lms.content().open(&actor, "id"));
    task!(|lms, actor| lms.content().open_part(&actor, "id", 0..1));
    task!(|lms, actor| lms.content().link(&actor, "id", Duration::from_mins(1)));
    task!(|lms, actor| lms.content().accesses(&actor, "id"));
    task!(|lms, actor| lms.content().remove(&actor, "id"));
    task!(|lms, actor| lms.content().plan_sweep(&actor));
    task!(|lms, actor| lms.content().sweep(&actor));
    task!(|lms, actor| lms.content().plan_adopt(&actor));
    task!(|lms, actor| lms.content().adopt(&actor));
    task!(|lms, actor| lms.notifications().list(&actor, NoticeFilter::new()));
    task!(|lms, actor| lms.notifications().unread_count(&actor, None));
    task!(|lms, actor| lms.notifications().read(&actor, "0197".parse::<NoticeId>().unwrap()));
    task!(|lms, actor| lms.notifications().read_all(&actor, None));
    task!(|lms, actor| lms.job_runs().last_runs(&actor));
    task!(|lms, actor| lms.sweep().run(&actor, SweepOptions::new(), &mut |_, _| ()));
    task!(|lms, actor| lms.sweep().preview(&actor, SweepOptions::new(), &mut |_, _| ()));
    task!(|lms, actor| lms.certificates().list(&actor, CertificateFilter::new()));
    task!(|lms, actor| lms.certificates().show(&actor, "a"));
    task!(|lms, actor| lms.certificates().pdf(&actor, "a"));
    task!(|lms, _actor| lms.certificates().verify("a"));
    task!(|lms, actor| lms.certificates().revoke(&actor, "a", "b"));
    task!(|lms, actor| lms.certificates().logo(&actor));
    task!(|lms, actor| lms.certificates().set_logo(&actor, None));
    task!(|lms, actor| lms.skills().add(&actor, NewSkill::new("a", "b")));
    task!(|lms, actor| lms.skills().edit(&actor, "a", SkillChange::new()));
    task!(|lms, actor| lms.skills().archive(&actor, "a"));
    task!(|lms, actor| lms.skills().reopen(&actor, "a"));
    task!(|lms, actor| lms.skills().list(&actor, SkillFilter::new()));
    task!(|lms, actor| lms.skills().show(&actor, "a", None));
    task!(|lms, actor| lms.skills().requirements(&actor, "a", None));
    task!(|lms, actor| lms.skills().require(&actor, "a", "b", None, None));
    task!(|lms, actor| lms.analytics().compliance(&actor, ComplianceQuery::new()));
    task!(|lms, actor| lms.analytics().overdue(&actor, OverdueQuery::new()));
    task!(|lms, actor| lms.analytics().learning(&actor, LearningQuery::new()));
    task!(|lms, actor| lms.analytics().status(&actor, StatusQuery::new()));
    task!(|lms, actor| lms.analytics().obligations(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().overdue_facts(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().scorecard(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().transcript(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().trend(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().exemptions(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().people(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().warehouse(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().trainings(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().load(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().onboarding(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().skills(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().activity(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().bridge(&actor, FactsQuery::new()));
    task!(|lms, actor| lms.analytics().quiz_items(&actor, FactsQuery::new()));
    let min = MinPercent::parse("95").unwrap();
    task!(|lms, actor| lms.analytics().gate(&actor, ComplianceQuery::new(), min));
    task!(|lms, actor| lms.readiness().of(&actor, "a", None));
    task!(|lms, actor| lms.readiness().holders(&actor, "a", HolderFilter::new()));
    task!(|lms, actor| lms.readiness().gaps(&actor, GapFilter::new()));
    task!(|lms, actor| lms.readiness().count_gaps(&actor, GapFilter::new()));
    task!(|lms, actor| lms.readiness().by_job_role(&actor, GapFilter::new()));
    task!(|lms, actor| lms.rules().add(&actor, rule()));
    task!(|lms, actor| lms.rules().save_draft(&actor, rule()));
    task!(|lms, actor| lms.rules().edit(&actor, "a", rule()));
    task!(|lms, actor| lms.rules().drop_draft(&actor, "a"));
    task!(|lms, actor| lms.rules().list(&actor, RuleFilter::new()));
    task!(|lms, actor| lms.rules().show(&actor, "a", RuleShown::Current));
    task!(|lms, actor| lms.rules().export(&actor, &[], false));
    task!(|lms, actor| lms.rules().check(&actor, None));
    task!(|lms, actor| lms.rules().test(&actor, Vec::new(), examples()));
    task!(|lms, actor| lms.catalog().history(&actor, "a", HistoryFilter::new()));
    task!(|lms, actor| lms.rules().history(&actor, "a", HistoryFilter::new()));
    task!(|lms, actor| lms.audit().list(&actor, AuditFilter::new()));
    task!(|lms, actor| lms.audit().show(&actor, "1"));
    task!(|lms, actor| lms.audit().verify(&actor, None, &mut |_, _| ()));
    task!(|lms, actor| lms.audit().seal(&actor));
    task!(|lms, actor| lms.audit().export(&actor, &mut Vec::new()));
    task!(|lms, actor| lms.events().list(&actor, EventFilter::new()));
    task!(|lms, _actor| lms.jobs().acquire("sweep", "test", Duration::from_secs(1)));
    task!(|lms, actor| async move {
        let source = Source::bytes("a.csv", Vec::new());
        let survey = survey(&source, Kind::People, &ReadOptions::new())?;
        let file = ImportFile::new(survey.layout(), survey.records()?);
        let options = PeopleImport::from_source("a")?;
        let staged = lms.imports().stage_people(&actor, options, file, &mut |_, _| ()).await?;
        let plan = lms.imports().plan(&actor, &staged).await?;
        let file = PlanFile::read(&PlanFile::write(&staged, &plan))?;
        lms.imports().apply_plan(&actor, &file).await?;
        lms.imports().apply(&actor, &staged, Some(&plan)).await
    });
    task!(|lms, actor| async move {
        let source = Source::bytes("a.csv", Vec::new());
        let survey = survey(&source, Kind::Leaves, &ReadOptions::new())?;
        let file = ImportFile::new(survey.layout(), survey.records()?);
        let options = RecordsImport::of(Kind::Leaves, "a")?;
        lms.imports().stage_records(&actor, options, file, &mut |_, _| ()).await
    });
    task!(|lms, actor| lms.imports().operation(&actor, "a"));
    task!(|lms, actor| lms.imports().list(&actor, ImportRunFilter::new()));
    task!(|lms, actor| lms.imports().show(&actor, "a"));
    task!(|lms, actor| lms.imports().facts(&actor, None, FactsQuery::new()));
    task!(|lms, actor| lms.hris().list(&actor));
    task!(|lms, actor| lms.hris().show(&actor, "a"));
    task!(|lms, actor| lms.hris().disconnect(&actor, "a"));
    task!(|lms, actor| async move {
        let new = NewConnection::new("a", Vendor::BambooHr)?;
        lms.hris().connect(&actor, new.clone()).await?;
        lms.hris().test(&actor, &new, &Secret::new("a")).await
    });
    task!(|lms, actor| async move {
        let hris = lms.hris();
        let dump = Source::bytes("a", Vec::new());
        let replayed = hris.replay(&actor, "a", dump).await?;
        let pulled = hris.pull(&actor, "a", &Secret::new("a"), &mut |_, _| ()).await?;
        let options = PeopleImport::from_source("a")?;
        hris.stage(&actor, options.clone(), &replayed, &mut |_, _| ()).await?;
        hris.stage(&actor, options, &pulled, &mut |_, _| ()).await
    });
    task!(|lms, actor| lms.database().migrate(&actor));
    task!(|lms, _actor| lms.database().ready());
    task!(|lms, actor| lms.database().status(&actor));
    task!(|lms, actor| lms.database().check(&actor));
    task!(|lms, actor| lms.database().backup(&actor, &mut Vec::new(), &mut |_, _| ()));
    task!(|lms, actor| lms.database().restore(&actor, &mut std::io::empty(), &mut |_, _| ()));
}

fn rule() -> RuleDefinition {
    RuleDefinition::new("a", "b", Audience::everybody())
}

fn examples() -> RuleExamples {
    let text = "format = 1\nrule = 'a'\n[[examples]]\nname = 'b'\non = 2026-01-01\nexpect = {}\n";
    RuleExamples::read(text, FileFormat::Toml).unwrap()
}
