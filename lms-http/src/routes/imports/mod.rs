//! `/imports`: files of other systems, planned and carried out; which imports there were, and the way back.
//!
//! The body of an import is the file itself. What it says is never kept: a dry run answers with the plan, and
//! the same file with the fingerprint of the plan carries out exactly that, or nothing.

mod arrive;
mod body;

use axum::Json as Answer;
use axum::extract::{Request, State};
use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::{
    Acceptance, Error, FileImportPlan, FileImported, ImportFile, ImportMode, ImportRunFilter,
    PeopleImport, RecordsImport, StagedImport, suggest,
};
use serde::Deserialize;
use tracing::Instrument;
use utoipa::IntoParams;

use crate::answer::PageBody;
use crate::auth::Call;
use crate::error::{NOT_FOUND, Problem};
use crate::extract::{Segment, check_encoding};
use crate::openapi::{About, Resource};
use crate::query::{NoParameters, Query};
use crate::routes::batches::{UndoBody, UndoQuery, undo_of};
use crate::routes::content::refuse_forms;
use crate::state::ApiState;
use body::{ImportBody, ImportCardBody, ImportRunBody};

const READ: &str = "people.read";
const WRITE: &str = "people.write";

const ALL: &str = "/api/v1/imports";
/// Where files are sent to: what is sent here may be long on its way. Which kind it is stands where the id of an
/// import stands otherwise.
pub(crate) const IMPORTS: &str = "/api/v1/imports/{import}";

pub(super) fn resource() -> Resource {
    Resource::new("Imports", "Files of other systems, which imports there were, and the way back.")
        .get(
            ALL,
            list,
            About::new("list_imports", "List imports")
                .text("Newest first. What took one back is an import as well.")
                .permission(READ)
                .query::<ImportsQuery>()
                .page::<ImportRunBody>(),
        )
        .post(
            IMPORTS,
            import,
            About::new("import_file", "Import a file")
                .text(
                    "The body is the file, as it is: CSV, TSV, XLSX, XLS, ODS, or a ZIP with CSV files; questions \
                     also as GIFT or XML of Moodle. With `dry_run` it says what would become of each row; the same file with that `plan` does exactly \
                     this, or nothing. Rows that cannot be imported are told with what is wrong, and the others \
                     land, all in one transaction. Imports of people and leaves need `people.write`, those of \
                     completions, assignments and exemptions `assignments.write`, for everybody; \
                     departments need `organisation.write`, trainings `catalog.write`, questions `quizzes.write`.",
                )
                .path(
                    "import",
                    "What the file holds: `people`, `departments`, `trainings`, `questions`, `completions`, \
                     `assignments`, `exemptions` or `leaves`",
                    "people",
                )
                .permission(WRITE)
                .query::<ImportQuery>()
                .takes_bytes("the file")
                .answers::<ImportBody>(200, "what was imported, or with `dry_run` what would be")
                .conflicts()
                .fails_with(412)
                .fails_with(503),
        )
        .get(
            IMPORTS,
            show,
            of_one("show_import", "Show an import")
                .text("With the rows that did not simply land.")
                .permission(READ)
                .answers::<ImportCardBody>(200, "the import"),
        )
        .post(
            "/api/v1/imports/{import}/undo",
            undo,
            of_one("undo_import", "Take an import back")
                .text(
                    "What nobody changed since goes back to what it was; the rest stays, and it is said \
                     why. This is an import of its own, which can be taken back in its turn.",
                )
                .permission(WRITE)
                .query::<UndoQuery>()
                .answers::<UndoBody>(200, "what went back, or with `dry_run` what would")
                .conflicts()
                .fails_with(412),
        )
}

fn of_one(id: &str, summary: &str) -> About {
    About::new(id, summary).path("import", "The id of the import, or `last`", "last")
}

/// Which imports.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportsQuery {
    /// Only those of this source.
    source: Option<String>,
    /// How many on a page: 1 to 500, and 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// How a file is imported.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Say what would become of each row, and write nothing.
    dry_run: Option<bool>,
    /// The `plan` of a dry run of the same file: do exactly what it said, or nothing.
    plan: Option<String>,
    /// The name of the file, whose ending says how it is written.
    #[param(example = "people.csv")]
    name: Option<String>,
    /// Who sends it: `file`, unless said. People are known by the keys of a source.
    #[param(example = "hr")]
    source: Option<String>,
    /// Import nothing where any row cannot be.
    strict: Option<bool>,
    /// Let a guard through by its exact number, such as `deactivate=37`; may be repeated.
    #[serde(default)]
    #[param(required = false)]
    accept: Vec<String>,
    /// Of people: whether the file holds everybody of the source (`full`) or what changed (`delta`).
    mode: Option<String>,
    /// Of people: deactivate those whom full files do not have.
    deactivate_missing: Option<bool>,
    /// Of people: after so many full files in a row, two unless said.
    missing_after: Option<u32>,
    /// Of people: make departments, locations and job roles that do not exist.
    create_departments: Option<bool>,
    /// Of people: give fields that somebody set by hand back to the source.
    release_edits: Option<bool>,
    /// Of completions: make drafts of trainings that nobody knows.
    create_trainings: Option<bool>,
    /// How days are written, where that cannot be found out.
    #[param(example = "DD/MM/YYYY")]
    date_format: Option<String>,
    /// The encoding of a text, where that cannot be found out.
    #[param(example = "windows-1252")]
    encoding: Option<String>,
    /// The sheet of a workbook, by name or number.
    sheet: Option<String>,
}

async fn list(
    call: Call,
    Query(query): Query<ImportsQuery>,
) -> Result<Answer<PageBody<ImportRunBody>>, Problem> {
    let filter = query.limit.into_iter().fold(ImportRunFilter::new(), ImportRunFilter::limit);
    let filter = query.source.iter().fold(filter, |filter, source| filter.source(source));
    let filter = query.cursor.iter().fold(filter, |filter, cursor| filter.cursor(cursor));
    let page = call.lms.imports().list(&call.actor, filter).await;
    Ok(Answer(PageBody::of(page.map_err(Problem::in_query)?, ImportRunBody::from)))
}

async fn show(
    call: Call,
    Segment(id): Segment,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Answer<ImportCardBody>, Problem> {
    let card = call.lms.imports().show(&call.actor, &id).await.map_err(problem)?;
    Ok(Answer(card.into()))
}

async fn undo(
    call: Call,
    Segment(id): Segment,
    Query(query): Query<UndoQuery>,
) -> Result<Answer<UndoBody>, Problem> {
    let operation = call.lms.imports().operation(&call.actor, &id).await.map_err(problem)?;
    undo_of(&call, &operation.to_string(), query).await
}

async fn import(
    State(state): State<ApiState>,
    call: Call,
    Segment(kind): Segment,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Answer<ImportBody>, Problem> {
    let kind = kind_of(&kind)?;
    refuse_forms(request.headers())?;
    check_encoding(request.headers())?;
    let asked = Asked::of(kind, query).map_err(Problem::in_query)?;
    asked.options.require(&call.actor)?;
    let name = asked.name.clone();
    let source = arrive::whole(name, request.into_body(), state.options.request_timeout).await?;
    // Reading a file is work for a thread that nobody else waits for; and where the client goes away, an import
    // that began comes to its end.
    let handle = tokio::runtime::Handle::current();
    let span = tracing::Span::current();
    let work = move || handle.block_on(asked.carry_out(&call, &source).instrument(span));
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer.map(Answer).map_err(Problem::from),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

fn kind_of(text: &str) -> Result<Kind, Problem> {
    let is_known = |kind: &Kind| *kind == Kind::People || RecordsImport::KINDS.contains(kind);
    let kinds = || Kind::ALL.iter().copied().filter(is_known);
    let found = kinds().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = kinds().map(Kind::as_str).collect();
        NOT_FOUND
            .problem("nothing of this kind is imported")
            .with_hints(suggest(text, names.iter().copied()))
            .with_hint(format!("it is one of: {}", names.join(", ")))
    })
}

/// How the kinds are imported.
enum Options {
    People(PeopleImport),
    Records(RecordsImport),
}

/// What a request asks for.
struct Asked {
    kind: Kind,
    name: String,
    dry_run: bool,
    plan: Option<String>,
    options: Options,
    reading: ReadOptions,
    /// Whether it is said if the file holds everybody.
    is_mode_said: bool,
}

impl Options {
    /// Whoever may not import is told so before they send anything.
    fn require(&self, actor: &lms_core::Actor) -> Result<(), Error> {
        match self {
            Self::People(options) => options.require(actor),
            Self::Records(options) => options.require(actor),
        }
    }
}

impl Asked {
    fn of(kind: Kind, query: ImportQuery) -> Result<Self, Error> {
        let source = query.source.as_deref().unwrap_or("file");
        let accepted: Vec<Acceptance> =
            query.accept.iter().map(|text| Acceptance::parse(text)).collect::<Result<_, _>>()?;
        let is_strict = query.strict.unwrap_or_default();
        let options = if kind == Kind::People {
            let mut options = PeopleImport::from_source(source)?;
            if let Some(mode) = &query.mode {
                options = options.mode(ImportMode::parse(mode)?);
            }
            if query.deactivate_missing.unwrap_or_default() {
                options = options.deactivate_missing(query.missing_after)?;
            }
            if query.create_departments.unwrap_or_default() {
                options = options.create_units();
            }
            if query.release_edits.unwrap_or_default() {
                options = options.release_edits();
            }
            if is_strict {
                options = options.strict();
            }
            Options::People(accepted.into_iter().fold(options, PeopleImport::accept))
        } else {
            let mut options = RecordsImport::of(kind, source)?;
            if query.create_trainings.unwrap_or_default() {
                options = options.create_trainings()?;
            }
            if is_strict {
                options = options.strict();
            }
            Options::Records(accepted.into_iter().fold(options, RecordsImport::accept))
        };
        let mut reading = ReadOptions::new();
        if let Some(format) = &query.date_format {
            reading = reading.date_format(format);
        }
        if let Some(encoding) = &query.encoding {
            reading = reading.encoding(encoding);
        }
        if let Some(sheet) = &query.sheet {
            reading = reading.sheet(sheet);
        }
        Ok(Self {
            kind,
            name: query.name.unwrap_or_else(|| kind.as_str().to_owned()),
            dry_run: query.dry_run.unwrap_or_default(),
            plan: query.plan,
            options,
            reading,
            is_mode_said: query.mode.is_some(),
        })
    }

    async fn carry_out(self, call: &Call, source: &Source) -> Result<ImportBody, Error> {
        let Self { kind, dry_run, plan, options, reading, is_mode_said, .. } = self;
        let survey = survey(source, kind, &reading)?;
        let digest = source.digest()?;
        let file = ImportFile::new(survey.layout(), survey.records()?).fingerprint(&digest);
        let (imports, actor) = (call.lms.imports(), &call.actor);
        let staged: StagedImport = match options {
            Options::People(options) => {
                // Some files say it themselves.
                let is_full = !is_mode_said && survey.layout().full == Some(true);
                let options = if is_full { options.mode(ImportMode::Full) } else { options };
                imports.stage_people(actor, options, file, &mut |_, _| ()).await?
            }
            Options::Records(options) => {
                imports.stage_records(actor, options, file, &mut |_, _| ()).await?
            }
        };
        if dry_run {
            let planned = imports.plan(actor, &staged).await?.still(plan.as_deref())?;
            return Ok(ImportBody::planned(planned));
        }
        let looked_at: Option<FileImportPlan> = match &plan {
            Some(_) => Some(imports.plan(actor, &staged).await?.still(plan.as_deref())?),
            None => None,
        };
        let done: FileImported = imports.apply(actor, &staged, looked_at.as_ref()).await?;
        Ok(ImportBody::done(done))
    }
}

fn problem(error: Error) -> Problem {
    Problem::at_address(error, "import")
}
