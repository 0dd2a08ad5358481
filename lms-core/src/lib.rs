//! A headless learning-management system: training compliance that can be planned, explained,
//! undone and proven.
//!
//! ```no_run
//! # async fn run() -> lms_core::Result<()> {
//! use lms_core::{Actor, Lms, SettingsChange};
//!
//! let lms = Lms::open("sqlite:lms.db").await?;
//! let actor = Actor::os_user("ada").with_reason("new policy from 1 April");
//! let change = SettingsChange::new().set("grace_days", "7")?;
//! let outcome = lms.settings().set(&actor, change).await?;
//! println!("{} changed", outcome.changed.len());
//! # Ok(())
//! # }
//! ```
//!
//! An [`Lms`] is one organisation: an embedded SQLite file or a schema of PostgreSQL. It hands out
//! the contexts ([`Lms::settings`], [`Lms::access`], [`Lms::audit`], [`Lms::events`],
//! [`Lms::jobs`], [`Lms::database`]); their verbs take the [`Actor`] first, check what it may do,
//! and write the change, its audit entry and its events in one transaction.
//!
//! The library never prints, prompts, reads the environment or starts a runtime. Time and ids come
//! in through [`Clock`] and [`Ids`], so that tests are exact.
//!
//! # Features
//! - `certificates`: certificates as pages to hang up.
//! - `sqlite`, `postgres` (both by default): the databases that are built in.
//! - `sample`: a company that could be, of any size, for demonstrations and measurements.
//! - `hris`: people from the systems that keep them, asked over the network.
//! - `xlsx`: workbooks of Excel and sheets of OpenDocument as files to import; without it, CSV alone.
//! - `testkit`: fresh databases, a manual clock and seeded ids for tests, also for integrators.

// In reading order, from the bottom up; a context imports only those above it.
mod kernel;
mod operations;
mod events;
mod audit;
mod settings;
mod access;
mod people;
mod skills;
mod quizzes;
mod content;
mod catalog;
mod notifications;
mod jobs;
mod certificates;
mod assignments;
mod progress;
mod sweep;
mod readiness;
mod analytics;
pub mod imports;
mod batches;
mod database;
mod lms;

#[cfg(feature = "sample")]
pub mod sample;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use crate::access::{
    Access, Account, AccountChange, AccountFilter, AccountId, AccountStatus, BuiltInRole,
    CreatedToken, NewAccount, NewRole, NewToken, PERMISSIONS, Password, ROLES, Role, RoleChange,
    SetUp, SetUpOutcome, Token, TokenFilter, TokenId,
};
pub use crate::analytics::{
    ActivityColumns, ActivityFacts, ActivityKind, ActivityOperation, Analytics, BridgeColumns,
    BridgeFacts, BridgeStep, BridgeSum, CompletionColumns, ComplianceFigures, ComplianceQuery,
    ComplianceReport, ComplianceRow, Counted, DepartmentScore, DueSoon, ExemptionColumns,
    ExemptionFacts, FactsOrigin, FactsQuery, GateOutcome, GroupBy, LearningFigures, LearningQuery,
    LoadCell, LoadFacts, LoadSum, MinPercent, ONBOARDING_DAYS, ObligationColumns, ObligationFacts,
    OnboardingBlocks, OnboardingCohort, OnboardingColumns, OnboardingFacts, OnboardingFigures,
    OrganisationStatus, OverdueAge, OverdueColumns, OverdueFacts, OverdueFigures, OverdueQuery,
    OverdueReport, OverdueRow, PeopleByStatus, PeopleColumns, PeopleFacts, QuizItem, QuizItemFacts,
    QuizOption, QuizScores, Scorecard, SkillFacts, SkillGapColumns, SnapshotFigures, StatusQuery,
    Tenths, TrainingColumns, TrainingScore, TrainingScores, TranscriptFacts, Trend, TrendMonth,
    UnitColumns, WarehouseFacts,
};
pub use crate::assignments::{
    AssignOutcome, AssignPlan, Assignment, AssignmentFilter, AssignmentId, AssignmentSort,
    Assignments, CompleteOutcome, CompletePlan, Completion, CompletionChange, CompletionFilter,
    CompletionId, CompletionSource, DueRule, ExampleCompletion, ExampleDifference, ExampleExpected,
    ExampleOutcome, ExamplePeriod, ExamplePerson, Exception, ExceptionFilter, ExceptionId,
    ExemptOutcome, ExemptPlan, Exemption, ExemptionFilter, ExemptionId, ExpectedDay, Explained,
    ExplainedCredit, ExplainedDemand, ExplainedHindrance, ExplainedNotCounted, ExplainedReason,
    ExplainedSource, ExplainedStep, Extend, ExtendOutcome, ExtendPlan, FateSample, Forecast,
    LeavePolicy, Load, NewAssignments, NewCompletions, NewExemptions, NewExtension, OpenCycles,
    OutcomeSample, PersonName, PlannedExtension, PlannedRule, PlannedRuleTraining,
    PlannedTrainingAssignment, PlannedTurn, PlannedUnassignment, RenewalBase, Resolution, Rule,
    RuleCard, RuleChange, RuleDefinition, RuleEffect, RuleEscalation, RuleExample, RuleExamples,
    RuleFilter, RuleFinding, RuleId, RuleOnDay, RuleOutcome, RulePeriod, RulePlan, RuleReminders,
    RuleRenewal, RuleSeverity, RuleShown, RuleStatus, RuleTested, RuleVersion, Rules, RulesChecked,
    SimulatedDepartment, SimulatedMonth, SimulatedRule, Simulation, StoppedRule, UnassignOutcome,
    UnassignPlan, Unassigning, engine,
};
pub use crate::audit::{
    Audit, AuditDetail, AuditEntry, AuditFilter, Change, Finding, Seal, Verification, verify_export,
};
pub use crate::batches::{
    Batch, BatchDetail, BatchFilter, BatchSample, Batches, UndoOutcome, UndoPlan,
};
pub use crate::catalog::{
    Catalog, Category, Completion as CompletionCriteria, Cost, Delivery, Difficulty, Equivalent,
    ImportAction, ImportOutcome, ImportPlan, Item, ItemContent, ItemFile, LearningPath, Module,
    ModuleStep, NewPath, NewTraining, PathCard, PathChange, PathDefinition, PathField, PathFile,
    PathFilter, PathId, PathImportOutcome, PathImportPlan, PathPublishPlan, PathShown, PathStatus,
    PathStep, PathTraining, PathVersion, Paths, PlannedPath, PlannedTraining,
    Problem as TrainingProblem, PublishPlan, Publishing, ReadAndSign, Shown, TaughtSkill, Training,
    TrainingCard, TrainingChange, TrainingDefinition, TrainingField, TrainingFile, TrainingFilter,
    TrainingId, TrainingStatus, TrainingVersion, VersionNumber,
};
pub use crate::certificates::{
    Certificate, CertificateFilter, CertificateId, CertificateLanguage, CertificateLogo,
    CertificatePdf, CertificateState, CertificateVerification, Certificates, VerifiedState,
};
pub use crate::content::{
    Content, ContentAccess, ContentFile, ContentFilter, ContentId, ContentLink, Garbage,
    NewContent, OpenContent, StoreOwner,
};
pub use crate::database::{
    BackupSummary, Check, Database, DatabaseCheck, DatabaseStatus, MigrationOutcome, SchemaState,
    TableStatus, read_backup,
};
pub use crate::events::{Event, EventFilter, Events};
#[cfg(feature = "hris")]
pub use crate::imports::hris::{
    Connection, ConnectionOption, Hris, HrisSource, NewConnection, NextAnswer, Probe, ProbedField,
    Pulled, Secret, Vendor,
};
pub use crate::imports::{
    Acceptance, GuardFinding, GuardKind, ImportCounts, ImportFacts, ImportFile, ImportLine,
    ImportOutcome as FileImported, ImportPlan as FileImportPlan, ImportRun, ImportRunCard,
    ImportRunFilter, ImportRunId, ImportedField, Imports, Mode as ImportMode, PeopleImport,
    PlanFile, PlannedRow, RecordsImport, RowEffect, RowProblem, StagedImport,
};
pub use crate::jobs::{JobRun, JobRunId, JobRuns, JobState, JobStatus, JobStep};
pub use crate::kernel::access::{Actor, Grant, Permission, Scope};
pub use crate::kernel::clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use crate::kernel::db::{DatabaseUrl, Engine};
pub use crate::kernel::document::FileFormat;
pub use crate::kernel::error::{Error, ErrorCode, ErrorKind, Result};
pub use crate::kernel::ids::{Ids, RandomIds, RepeatableIds, SeededIds};
pub use crate::kernel::lease::{Jobs, Lease};
pub use crate::kernel::page::Page;
pub use crate::kernel::store::FileStore;
#[cfg(feature = "s3")]
pub use crate::kernel::store::S3Options;
pub use crate::kernel::suggest::suggest;
pub use crate::kernel::text::{Code, Country, Day, Email, Locale, Name, TimeZoneName};
pub use crate::lms::{Lms, LmsBuilder, SchemaMode};
pub use crate::notifications::{Notice, NoticeFilter, NoticeId, NoticeType, Notifications};
pub use crate::operations::{
    Changed, EventId, FieldChange, KeptAnswer, LaterChange, OperationId, RequestBegun, RequestDone,
    Requests, UndoItem, UndoParts,
};
pub use crate::people::{
    AccountEntry, Added, Applied, Appointment, Audience, AudienceCondition, AudienceField,
    Delivered, DuplicateFilter, DuplicatePair, DuplicateRecord, EditOutcome, EditPlan, Employment,
    ErasePlan, Erased, ErasedPart, ExportedMembership, ExportedPlacement, ExportedRecord, Group,
    GroupCard, GroupChange, GroupId, GroupKind, Headcount, Held, HistoryEntry, HistoryFilter,
    KeptField, Leave, MergePlan, MergedField, MergedPlacement, MergedRecord, NewGroup, NewPerson,
    NewUnit, OwnedField, People, Person, PersonAct, PersonCard, PersonChange, PersonExport,
    PersonField, PersonFilter, PersonId, PersonSort, PersonSource, PersonStatus, Placed,
    PlannedEdit, PlannedLeader, PlannedMove, PlannedUnit, RecordHistoryEntry, RefusedEdit,
    Reorganisation, ReorganisationOutcome, ReorganisationPlan, Unit, UnitChange, UnitId, UnitKind,
};
pub use crate::progress::{
    Attempt, AttemptCard, AttemptFilter, AttemptId, AttemptState, GradedAnswer, Grading, Missing,
    ModuleProgress, ModuleUpdate, NewAttempt, Progress, QueueEntry, QueueFilter, TrainingProgress,
};
pub use crate::quizzes::{
    Grade, GradeState, GradedQuestion, GradedSheet, ImportStep, KeyEntry, NewQuestion, NewQuiz,
    Points, Problem, Question, QuestionChange, QuestionExport, QuestionFilter, QuestionFormat,
    QuestionId, QuestionKind, Quiz, QuizChange, QuizFile, QuizFileFormat, QuizFilter, QuizId,
    QuizImported, QuizPlan, QuizPreview, Quizzes, Score, Seed, Sheet, SheetOption, SheetQuestion,
    SheetSection, StepAction, Unsaid,
};
pub use crate::readiness::{
    ClosingTraining, GapFilter, HeldBy, HeldSkill, HolderFilter, Percent, PersonSkill,
    PersonSkills, Readiness, RoleReadiness, SkillGap,
};
pub use crate::settings::{
    OrganisationSettings, SETTING_KEYS, SettingKey, Settings, SettingsChange, SettingsOutcome,
};
pub use crate::skills::{
    NewSkill, RequiredBy, RequiredSkill, RoleRequirements, Skill, SkillCard, SkillChange,
    SkillFilter, SkillId, SkillLevel, Skills, TaughtBy,
};
pub use crate::sweep::{Sweep, SweepOptions, SweepOutcome, SweepSample, SweepStep};

/// Every statement of the library, so that each can be tried on both engines.
pub(crate) fn statements() -> Vec<&'static kernel::db::Statement> {
    [
        kernel::db::STATEMENTS,
        kernel::db::migrate::STATEMENTS,
        kernel::lease::STATEMENTS,
        operations::sql::STATEMENTS,
        operations::requests::STATEMENTS,
        settings::STATEMENTS,
        access::sql::STATEMENTS,
        people::sql::STATEMENTS,
        skills::sql::STATEMENTS,
        quizzes::sql::STATEMENTS,
        people::audience::values::STATEMENTS,
        people::group_facts::STATEMENTS,
        people::names::STATEMENTS,
        people::headcounts::STATEMENTS,
        catalog::sql::STATEMENTS,
        catalog::paths::sql::STATEMENTS,
        content::sql::STATEMENTS,
        assignments::sql::STATEMENTS,
        assignments::rules::sql::STATEMENTS,
        certificates::sql::STATEMENTS,
        progress::sql::STATEMENTS,
        database::STATEMENTS,
    ]
    .concat()
}

/// Every error code of the library, sorted.
#[must_use]
pub fn error_codes() -> Vec<&'static ErrorCode> {
    let mut codes: Vec<&'static ErrorCode> = [
        kernel::error::CODES,
        kernel::db::failure::CODES,
        kernel::lease::CODES,
        operations::CODES,
        operations::requests::CODES,
        kernel::store::CODES,
        audit::CODES,
        settings::CODES,
        access::CODES,
        people::CODES,
        skills::CODES,
        quizzes::CODES,
        batches::CODES,
        catalog::CODES,
        content::CODES,
        assignments::CODES,
        assignments::rules::CODES,
        notifications::CODES,
        certificates::CODES,
        progress::CODES,
        jobs::CODES,
        sweep::CODES,
        imports::CODES,
        imports::reading::CODES,
        #[cfg(feature = "hris")]
        imports::hris::CODES,
        database::CODES,
    ]
    .concat();
    codes.sort_by_key(|code| code.code);
    codes
}
