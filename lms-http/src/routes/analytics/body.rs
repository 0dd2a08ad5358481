//! Figures as they are told.

use lms_core::{
    ComplianceFigures, ComplianceReport, ComplianceRow, LearningFigures, OrganisationStatus,
    OverdueFigures, OverdueReport, OverdueRow, Percent, Tenths,
};
use serde::Serialize;
use utoipa::ToSchema;

/// How people comply: mandatory obligations, and the people who have them.
#[derive(Serialize, ToSchema)]
#[schema(as = ComplianceFigures)]
struct ComplianceFiguresBody {
    /// Obligations with a completion that is valid: the numerator.
    met: i64,
    /// Obligations that are overdue, or whose completion expired.
    missed: i64,
    /// Met and missed together: the denominator.
    measured: i64,
    /// How many of a hundred of those that are measured are met, in tenths and rounded down; null where
    /// there is nothing to measure.
    #[schema(value_type = Option<f64>, examples(90.2))]
    met_percent: Option<Percent>,
    /// Of those that are missed: past the due day and the grace.
    overdue: i64,
    /// Of those that are missed: done once, and covered no longer.
    expired: i64,
    /// Not done, and in time; not measured.
    open: i64,
    /// Past the due day, within the grace; not measured.
    in_grace: i64,
    /// Left out: the person need not.
    exempt: i64,
    /// Left out: the person is away, and the clock stands still.
    on_leave: i64,
    /// Left out: nobody wants it any more.
    cancelled: i64,
    /// Everybody who was asked about.
    people: i64,
    /// People with obligations who have missed none.
    compliant_people: i64,
    /// People who have missed one.
    not_compliant_people: i64,
    /// People with obligations: the denominator.
    measured_people: i64,
    /// People without any obligation that counts, who are left out.
    people_without_obligations: i64,
    /// How many of a hundred people with obligations have missed none.
    #[schema(value_type = Option<f64>, examples(88.8))]
    compliant_people_percent: Option<Percent>,
}

/// One department, training, manager, location or job role.
#[derive(Serialize, ToSchema)]
#[schema(as = ComplianceRow)]
struct ComplianceRowBody {
    /// Its id; null for those who have none.
    #[schema(format = "uuid")]
    id: Option<String>,
    /// The code of a unit or training, the employee number of a manager.
    code: Option<String>,
    /// What it is called.
    name: String,
    /// How many departments are above it.
    depth: i64,
    /// Its figures; those of a department with all below it.
    #[serde(flatten)]
    figures: ComplianceFiguresBody,
    /// Those of a department alone, where there are some below it.
    own: Option<ComplianceFiguresBody>,
}

/// How people comply.
#[derive(Serialize, ToSchema)]
#[schema(as = Compliance)]
pub(super) struct ComplianceBody {
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// By what was known when; null is now.
    #[schema(format = DateTime)]
    known_at: Option<String>,
    /// By what they are told apart.
    by: Option<&'static str>,
    /// All together.
    total: ComplianceFiguresBody,
    /// One by one: departments as a tree, others by name.
    rows: Vec<ComplianceRowBody>,
}

/// How much is overdue.
#[derive(Serialize, ToSchema)]
#[schema(as = OverdueFigures)]
struct OverdueFiguresBody {
    /// Assignments of every kind that are overdue.
    assignments: i64,
    /// Those of them that are mandatory.
    mandatory: i64,
    /// The people who have them.
    people: i64,
    /// Since when the longest is overdue.
    #[schema(format = Date)]
    since: Option<String>,
    /// For how many days that is, the first one included.
    longest_days: Option<i32>,
}

/// What is overdue in one department, training, ….
#[derive(Serialize, ToSchema)]
#[schema(as = OverdueRow)]
struct OverdueRowBody {
    /// Its id; null for those who have none.
    #[schema(format = "uuid")]
    id: Option<String>,
    /// The code of a unit or training, the employee number of a manager.
    code: Option<String>,
    /// What it is called.
    name: String,
    /// How much.
    #[serde(flatten)]
    figures: OverdueFiguresBody,
}

/// What is overdue.
#[derive(Serialize, ToSchema)]
#[schema(as = Overdue)]
pub(super) struct OverdueBody {
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// By what it is told apart.
    by: Option<&'static str>,
    /// All together.
    total: OverdueFiguresBody,
    /// One by one, the most first; departments without those below them.
    rows: Vec<OverdueRowBody>,
}

/// How much was learnt in a time.
#[derive(Serialize, ToSchema)]
#[schema(as = LearningFigures)]
struct LearningBody {
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    until: String,
    /// Assignments and enrolments that began in it, of every kind.
    enrolments: i64,
    /// Those of them that are completed by now.
    enrolments_completed: i64,
    /// How many of a hundred of them are; null where there are none.
    #[schema(value_type = Option<f64>, examples(72.5))]
    completion_percent: Option<Percent>,
    /// What was done in it, whoever asked for it.
    completions: i64,
    /// Those of them that have a score.
    scored: i64,
    /// The average of the scores, in hundredths of a per cent, rounded down.
    average_score: Option<i64>,
    /// What was completed in it after it was begun.
    timed: i64,
    /// The days that it took on average, from the beginning to the completion.
    #[schema(value_type = Option<f64>, examples(4.5))]
    average_days: Option<Tenths>,
    /// Minutes that were recorded in modules that were last worked on in it.
    learnt_minutes: i64,
    /// People who began, went on with or completed something in it.
    active_learners: i64,
}

/// The figures of a training, a person or a department.
#[derive(Serialize, ToSchema)]
#[schema(as = Figures)]
pub(super) struct FiguresBody {
    /// The day of all figures but those over a time.
    #[schema(format = Date)]
    as_of: String,
    /// How people comply.
    compliance: ComplianceFiguresBody,
    /// What is overdue.
    overdue: OverdueFiguresBody,
    /// How much was learnt.
    learning: LearningBody,
}

/// How many people there are, by their status.
#[derive(Serialize, ToSchema)]
#[schema(as = PeopleByStatus)]
struct PeopleBody {
    active: i64,
    on_leave: i64,
    pre_hire: i64,
    inactive: i64,
}

/// What is open, in time, and due soon; of every kind.
#[derive(Serialize, ToSchema)]
#[schema(as = DueSoon)]
struct DueBody {
    within_7_days: i64,
    within_30_days: i64,
}

/// How an organisation stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Dashboard)]
pub(super) struct DashboardBody {
    /// What it is called.
    organisation: String,
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// By what was known when; null is now.
    #[schema(format = DateTime)]
    known_at: Option<String>,
    /// How many people there are.
    people: PeopleBody,
    /// How they comply, by department.
    compliance: ComplianceBody,
    /// What becomes due.
    due: DueBody,
    /// What is parked, and waits for a decision.
    exceptions: i64,
    /// Who waits for a seat.
    waitlisted: i64,
}

impl From<ComplianceFigures> for ComplianceFiguresBody {
    fn from(figures: ComplianceFigures) -> Self {
        Self {
            met: figures.met,
            missed: figures.missed,
            measured: figures.measured,
            met_percent: figures.met_percent,
            overdue: figures.overdue,
            expired: figures.expired,
            open: figures.open,
            in_grace: figures.in_grace,
            exempt: figures.exempt,
            on_leave: figures.on_leave,
            cancelled: figures.cancelled,
            people: figures.people,
            compliant_people: figures.compliant_people,
            not_compliant_people: figures.not_compliant_people,
            measured_people: figures.measured_people,
            people_without_obligations: figures.people_without_obligations,
            compliant_people_percent: figures.compliant_people_percent,
        }
    }
}

impl From<ComplianceRow> for ComplianceRowBody {
    fn from(row: ComplianceRow) -> Self {
        Self {
            id: row.id.map(|id| id.to_string()),
            code: row.code,
            name: row.name,
            depth: i64::try_from(row.depth).unwrap_or(i64::MAX),
            figures: row.figures.into(),
            own: row.own.map(ComplianceFiguresBody::from),
        }
    }
}

impl From<ComplianceReport> for ComplianceBody {
    fn from(report: ComplianceReport) -> Self {
        Self {
            as_of: report.as_of.to_string(),
            known_at: report.known_at.map(|at| at.to_string()),
            by: report.by.map(lms_core::GroupBy::as_str),
            total: report.total.into(),
            rows: report.rows.into_iter().map(ComplianceRowBody::from).collect(),
        }
    }
}

impl From<OverdueFigures> for OverdueFiguresBody {
    fn from(figures: OverdueFigures) -> Self {
        Self {
            assignments: figures.assignments,
            mandatory: figures.mandatory,
            people: figures.people,
            since: figures.since.map(|day| day.to_string()),
            longest_days: figures.longest_days,
        }
    }
}

impl From<OverdueRow> for OverdueRowBody {
    fn from(row: OverdueRow) -> Self {
        let id = row.id.map(|id| id.to_string());
        Self { id, code: row.code, name: row.name, figures: row.figures.into() }
    }
}

impl From<OverdueReport> for OverdueBody {
    fn from(report: OverdueReport) -> Self {
        Self {
            as_of: report.as_of.to_string(),
            by: report.by.map(lms_core::GroupBy::as_str),
            total: report.total.into(),
            rows: report.rows.into_iter().map(OverdueRowBody::from).collect(),
        }
    }
}

impl From<LearningFigures> for LearningBody {
    fn from(figures: LearningFigures) -> Self {
        Self {
            from: figures.from.to_string(),
            until: figures.until.to_string(),
            enrolments: figures.enrolments,
            enrolments_completed: figures.enrolments_completed,
            completion_percent: figures.completion_percent,
            completions: figures.completions,
            scored: figures.scored,
            average_score: figures.average_score,
            timed: figures.timed,
            average_days: figures.average_days,
            learnt_minutes: figures.learnt_minutes,
            active_learners: figures.active_learners,
        }
    }
}

impl FiguresBody {
    pub(super) fn new(
        compliance: ComplianceReport,
        overdue: OverdueReport,
        learning: LearningFigures,
    ) -> Self {
        Self {
            as_of: compliance.as_of.to_string(),
            compliance: compliance.total.into(),
            overdue: overdue.total.into(),
            learning: learning.into(),
        }
    }
}

impl From<OrganisationStatus> for DashboardBody {
    fn from(status: OrganisationStatus) -> Self {
        let people = status.people;
        Self {
            organisation: status.organisation,
            as_of: status.as_of.to_string(),
            known_at: status.known_at.map(|at| at.to_string()),
            people: PeopleBody {
                active: people.active,
                on_leave: people.on_leave,
                pre_hire: people.pre_hire,
                inactive: people.inactive,
            },
            compliance: status.compliance.into(),
            due: DueBody {
                within_7_days: status.due.within_7_days,
                within_30_days: status.due.within_30_days,
            },
            exceptions: status.exceptions,
            waitlisted: status.waitlisted,
        }
    }
}
