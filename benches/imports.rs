//! A payroll file is imported: fresh, again, and with a twentieth of it changed. Whole processes: `lmsctl
//! import people FILE --yes`, with history, rules, events and audit, each time in a database of its own.
//! The floor is the same file poured into one plain table by the engine's own tool.
//!
//! `lmsctl` is built in release beside this program, or named by `LMS_TEST_LMSCTL`.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lms_core::imports::reading::{Kind, ReadOptions, Source, survey};
use lms_core::testkit::{TestDatabase, TestLms, engines};
use lms_core::{Engine, ImportFile, PeopleImport, StagedImport};
use tempfile::TempDir;

use crate::engines::{psql, runtime, sqlite3};
use crate::harness::{Case, Options, heading, line, measure, seconds};

const N_DEPARTMENTS: usize = 200;

pub(crate) fn run(options: &Options) {
    let lmsctl = &program();
    let rounds = if options.quick { 1 } else { 3 };
    let sizes: &[usize] = if options.quick { &[1_000] } else { &[5_000, 50_000] };
    for engine in engines() {
        for &n_people in sizes {
            let files = Files::of(n_people);
            heading(&format!(
                "import of {n_people} people on {engine}: whole processes, seconds, median \
                 (least–most) of {rounds} rounds"
            ));
            let mut peak = 0;
            let [fresh, again, changed, floor] = {
                // One after the other in the same database: each case goes on where the one before ended.
                let mut place = None;
                let place = RefCell::new(&mut place);
                let mut import = |file: &Path| {
                    let place = place.borrow();
                    let (took, memory) = import(lmsctl, place.as_ref().expect("it was made"), file);
                    peak = memory.max(peak);
                    took
                };
                let import = RefCell::new(&mut import);
                measure(
                    rounds,
                    [
                        Case::new("fresh", || {
                            **place.borrow_mut() = Some(organisation(lmsctl, engine));
                            (import.borrow_mut())(&files.all)
                        }),
                        Case::new("again", || (import.borrow_mut())(&files.all)),
                        Case::new("changed", || (import.borrow_mut())(&files.changed)),
                        Case::new("floor", || pour(engine, &files.all)),
                    ],
                )
            };
            let ratio = |ours: &crate::harness::Measured| {
                format!("{}, {:.1} times the floor", ours.spread(2), ours.median() / floor.median())
            };
            line("fresh", &ratio(&fresh));
            line("the same file again", &ratio(&again));
            line("a twentieth changed", &ratio(&changed));
            line("floor: into a plain table", &floor.spread(3));
            line("most memory", &format!("{peak} MiB"));
        }
        large(lmsctl, engine, options);
    }
}

/// The same in this process, without the start of a program and what it shows: reading apart from writing.
pub(crate) fn inside(options: &Options) {
    let rounds = if options.quick { 1 } else { 3 };
    let sizes: &[usize] = if options.quick { &[1_000] } else { &[5_000, 50_000] };
    let runtime = runtime();
    for engine in engines() {
        for &n_people in sizes {
            heading(&format!(
                "import of {n_people} people on {engine}: in this process, seconds, median \
                 (least–most) of {rounds} rounds"
            ));
            let files = Files::of(n_people);
            let place = RefCell::new(None);
            let [read, written] = measure(
                rounds,
                [
                    Case::new("read", || {
                        let lms = runtime.block_on(TestLms::organisation(engine));
                        let mut staged = None;
                        let took = seconds(|| {
                            staged = Some(runtime.block_on(stage(&lms, &files.all)));
                        });
                        *place.borrow_mut() = staged.map(|staged| (lms, staged));
                        took
                    }),
                    Case::new("written", || {
                        let (lms, staged) = place.take().expect("it was read");
                        let apply = async {
                            let imports = lms.imports();
                            imports
                                .apply(&lms.admin(), &staged, None)
                                .await
                                .expect("nobody is there");
                        };
                        seconds(|| runtime.block_on(apply))
                    }),
                ],
            );
            line("read", &read.spread(2));
            line("written", &written.spread(2));
            let peak = high_water("/proc/self/status").unwrap_or_default() / 1024;
            line("most memory so far", &format!("{peak} MiB"));
        }
    }
}

async fn stage(lms: &TestLms, file: &Path) -> StagedImport {
    let source = Source::file(file).expect("it is there");
    let survey = survey(&source, Kind::People, &ReadOptions::new()).expect("it is a table");
    let file = ImportFile::new(survey.layout(), survey.records().expect("it can be read again"));
    let options = PeopleImport::from_source("payroll").expect("a good name").create_units();
    let (imports, admin) = (lms.imports(), lms.admin());
    imports.stage_people(&admin, options, file, &mut |_, _| ()).await.expect("all rows are good")
}

/// What only has to be read and planned: a workbook, and a file whose length memory must not follow.
fn large(lmsctl: &Path, engine: Engine, options: &Options) {
    let (n_workbook, n_file) = if options.quick { (1_000, 4_000) } else { (100_000, 1_000_000) };
    heading(&format!("large files on {engine}: whole processes, seconds and most memory"));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let place = organisation(lmsctl, engine);
    let workbook = folder.path().join("people.xlsx");
    write_workbook(&workbook, n_workbook);
    let (took, memory) = import(lmsctl, &place, &workbook);
    line(&format!("workbook of {n_workbook} people"), &format!("{took:.1}, {memory} MiB"));
    for n_rows in [n_file / 10, n_file] {
        let file = folder.path().join("people.csv");
        write(&file, &csv(0..n_rows, |_| false));
        let mut command = lmsctl_on(lmsctl, &place);
        command.args(["import", "people"]).arg(&file).args(["--create-departments", "--dry-run"]);
        let (took, memory) = watched(command, &[0, 4, 10]);
        line(&format!("{n_rows} rows planned"), &format!("{took:.1}, {memory} MiB"));
    }
}

/// The same people twice; in the second file every twentieth is called otherwise.
struct Files {
    _folder: TempDir,
    all: PathBuf,
    changed: PathBuf,
}

impl Files {
    fn of(n_people: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (all, changed) = (folder.path().join("all.csv"), folder.path().join("changed.csv"));
        write(&all, &csv(0..n_people, |_| false));
        write(&changed, &csv(0..n_people, |n| n % 20 == 7));
        Self { _folder: folder, all, changed }
    }
}

const HEADER: [&str; 9] = [
    "employee_number",
    "given_name",
    "family_name",
    "email",
    "department",
    "job_title",
    "hired_on",
    "manager_number",
    "country",
];

/// Everybody of a tenth reports to the one person of ten whose number comes first.
fn row(n: usize, is_changed: bool) -> [String; 9] {
    let title = if is_changed { "Senior Clerk" } else { "Clerk" };
    let manager = n / 10;
    [
        format!("E{n:07}"),
        format!("Given{}", n % 997),
        format!("Family{}", n % 7_919),
        format!("person{n}@example.org"),
        format!("D{:03}", n % N_DEPARTMENTS),
        title.to_owned(),
        format!("20{:02}-{:02}-{:02}", 10 + n % 14, 1 + n % 12, 1 + n % 28),
        if manager == n { String::new() } else { format!("E{manager:07}") },
        "DE".to_owned(),
    ]
}

fn csv(people: std::ops::Range<usize>, is_changed: impl Fn(usize) -> bool) -> String {
    let mut text = HEADER.join(",");
    text.push('\n');
    for n in people {
        let _ = writeln!(text, "{}", row(n, is_changed(n)).join(","));
    }
    text
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("there is room");
}

fn write_workbook(path: &Path, n_people: usize) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().expect("a first sheet");
    sheet.write_row(0, 0, HEADER).expect("it can be written");
    for n in 0..n_people {
        let line = u32::try_from(n + 1).expect("a sheet has fewer rows");
        sheet.write_row(line, 0, row(n, false)).expect("it can be written");
    }
    workbook.save(path).expect("there is room");
}

/// `lmsctl` in release: as it is named, or made beside this program.
fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "as the tests are told")]
    let (named, cargo) = (std::env::var_os("LMS_TEST_LMSCTL"), std::env::var_os("CARGO"));
    if let Some(named) = named {
        return named.into();
    }
    let built = Command::new(cargo.unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--quiet", "--package", "lms-cli"])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "lmsctl cannot be built");
    let this = std::env::current_exe().expect("it runs");
    let release = this.parent().and_then(Path::parent).expect("it lies in a target folder");
    release.join("lmsctl")
}

fn lmsctl_on(lmsctl: &Path, place: &TestDatabase) -> Command {
    let mut command = Command::new(lmsctl);
    command.env_clear().env("HOME", place.folder()).current_dir(place.folder());
    command.args(["--yes", "--database", place.url()]);
    command
}

fn organisation(lmsctl: &Path, engine: Engine) -> TestDatabase {
    let place = TestDatabase::empty(engine);
    let mut command = lmsctl_on(lmsctl, &place);
    command.args(["init", "Acme", "--admin", "ada"]);
    watched(command, &[0]);
    place
}

fn import(lmsctl: &Path, place: &TestDatabase, file: &Path) -> (f64, u64) {
    let mut command = lmsctl_on(lmsctl, place);
    command.args(["import", "people"]).arg(file).arg("--create-departments");
    watched(command, &[0])
}

/// Runs it: how many seconds it takes, and how many MiB at most.
fn watched(mut command: Command, expected: &[i32]) -> (f64, u64) {
    let mut peak_kib = 0;
    let took = seconds(|| {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = child.spawn().expect("lmsctl is there");
        let status = format!("/proc/{}/status", child.id());
        let code = loop {
            if let Some(status) = child.try_wait().expect("it is ours") {
                break status.code();
            }
            peak_kib = peak_kib.max(high_water(&status).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(2));
        };
        let mut said = String::new();
        child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("it is text");
        assert!(code.is_some_and(|code| expected.contains(&code)), "{command:?}: {code:?}\n{said}");
    });
    (took, peak_kib / 1024)
}

/// The most memory that a process has had so far, in KiB.
fn high_water(status: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The same rows into a plain table, by the engine's own tool.
fn pour(engine: Engine, file: &Path) -> f64 {
    let columns = HEADER.map(|column| format!("{column} TEXT")).join(", ");
    let make = format!("CREATE TABLE people ({columns})");
    let place = TestDatabase::empty(engine);
    if engine == Engine::Postgres {
        let schema = place.url().split_once("schema=").expect("it has one").1;
        psql(schema, &[&format!("CREATE SCHEMA IF NOT EXISTS {schema}"), &make]);
        let copy = format!("\\copy people FROM '{}' WITH (FORMAT csv, HEADER)", file.display());
        seconds(|| psql(schema, &[&copy]))
    } else {
        let database = place.folder().join("floor.db");
        sqlite3(&database, &["PRAGMA journal_mode = WAL", &make]);
        let import = format!(".import --csv --skip 1 {} people", file.display());
        seconds(|| sqlite3(&database, &[&import]))
    }
}
