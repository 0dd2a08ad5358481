//! `lmsctl` as a process among others: pipes, signals, colours, an empty environment.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use lms_core::Engine;

use super::{Ran, Shell};
use crate::support::cli::program;
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_reader_that_goes_away_is_no_failure,
    nothing_but_the_database_need_be_known,
    a_server_answers_and_drains,
    a_command_that_waits_can_be_interrupted,
}

const READING: &[&str] = &[
    "settings show",
    "access user list",
    "access role list",
    "access token list",
    "audit list",
    "audit show 3",
    "audit verify",
    "events list",
    "db status",
    "db check",
    "config show",
    "doctor",
];

/// Tables with much to say.
const WIDE: &[&str] = &[
    "person list --all",
    "person duplicates",
    "person show 00104",
    "person merge 00112 112 --dry-run",
    "person edit --where department=Engineering --location LIS --dry-run",
    "department merge ENG-WEB --into ENG --dry-run",
    "group list",
    "group members WORKS-COUNCIL",
    "history 00112",
    "batch list",
    "batch show 8",
    "batch undo 8 --dry-run",
    "audit show 8",
];

async fn a_reader_that_goes_away_is_no_failure(engine: Engine) {
    let shell = Shell::demo(engine);
    let lines =
        ["audit list", "audit list -o json", "audit export -", "db backup -", "audit seal", "man"];
    for line in lines {
        let mut command = shell.call(&line.split(' ').collect::<Vec<_>>());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("`lmsctl` starts");
        drop(process.stdout.take());
        let ran = Ran::of(process.wait_with_output().expect("it ends"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
    }
    let ran = shell.run("lmsctl audit list 2>&1 | head -n 1");
    assert!(ran.stdout.starts_with("SEQ"), "{}", ran.stdout);
}

async fn nothing_but_the_database_need_be_known(engine: Engine) {
    let shell = Shell::demo(engine);
    for line in READING {
        let mut command = Command::new(program());
        command.args(line.split(' ')).args(["--quiet", "--database", shell.place().url()]);
        command.env_clear().current_dir(shell.place().folder()).stdin(Stdio::null());
        let ran = Ran::of(command.output().expect("`lmsctl` starts"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
        assert!(!ran.stdout.is_empty(), "{line}");
    }
}

#[test]
fn usual_tables_are_not_wider_than_a_page() {
    let shell = Shell::nowhere();
    let demo = "LMS_DATABASE_URL=sqlite:demo/lms.db lmsctl";
    shell.must("lmsctl demo");
    shell.must(&format!("{demo} access token create admin dashboard"));
    for command in READING.iter().chain(WIDE) {
        for line in shell.must(&format!("{demo} {command}")).lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
    // Nothing is cut in a pipe.
    let told = shell.must(&format!("{demo} person duplicates"));
    let words = told.replace(|c: char| c.is_whitespace(), "");
    assert!(words.contains("signsonly,same") && !told.contains('…'), "{told}");
}

#[test]
fn without_a_home_the_database_has_to_be_named() {
    let shell = Shell::nowhere();
    let mut command = Command::new(program());
    command.args(["settings", "show"]).env_clear().env("HOME", "").stdin(Stdio::null());
    let ran = Ran::of(command.current_dir(shell.place().folder()).output().expect("it starts"));
    // Whoever has no variable may still have a home in the list of users.
    assert!([1, 2].contains(&ran.code), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("--database"), "{}", ran.stderr);
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let shell = Shell::organisation(Engine::Sqlite);
    let coloured = |line: &str| {
        let ran = shell.run(line);
        (ran.stdout.contains('\x1b'), ran.stderr.contains('\x1b'))
    };
    assert_eq!(coloured("lmsctl access user list"), (false, false));
    assert_eq!(coloured("lmsctl access user list --color always"), (true, false));
    assert_eq!(coloured("NO_COLOR=1 lmsctl access user list --color always"), (true, false));
    assert_eq!(coloured("lmsctl access user show nobody --color always"), (false, true));
    assert_eq!(coloured("lmsctl access user show nobody"), (false, false));
    assert_eq!(coloured("lmsctl access user list -o json --color always"), (false, false));
    assert_eq!(coloured("lmsctl --help"), (false, false));
    assert_eq!(coloured("lmsctl --help --color always"), (true, false));
    assert_eq!(coloured("lmsctl nonsense"), (false, false));
}

#[test]
fn quiet_leaves_data_and_errors() {
    let shell = Shell::organisation(Engine::Sqlite);
    for line in [
        "settings show",
        "settings set grace_days 7",
        "settings set grace_days 8 --dry-run",
        "access user add omar",
        "access user edit omar --add-role hr",
        "access token create omar ci",
        "audit verify",
        "audit seal seal.json",
        "audit export audit.ndjson",
        "events list",
        "db backup acme.backup",
        "db check",
        "db migrate",
        "db restore acme.backup --database sqlite:copy.db --yes",
        "demo",
        "doctor",
        "config check",
        "man --dir pages",
        "init",
    ] {
        let ran = shell.run(&format!("lmsctl -q {line}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
    }
    assert!(shell.fails(7, "lmsctl -q access user show nobody").starts_with("error: "));
}

async fn a_command_that_waits_can_be_interrupted(engine: Engine) {
    let shell = Shell::organisation(engine);
    // It waits for a document that nobody sends.
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut command =
            shell.call(&["db", "restore", "-", "--database", "sqlite:new.db", "--yes"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("`lmsctl` starts");
        let stdin = process.stdin.take();
        std::thread::sleep(std::time::Duration::from_millis(500));
        let asked = Command::new("kill").args([signal, &process.id().to_string()]).status();
        assert!(asked.expect("`kill` starts").success());
        let ran = Ran::of(process.wait_with_output().expect("it ends"));
        drop(stdin);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(ran.stderr.starts_with("error: interrupted; "), "{}", ran.stderr);
    }
}

async fn a_server_answers_and_drains(engine: Engine) {
    let shell = Shell::organisation(engine);
    let listen = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
    let mut command = shell.call(&listen);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("`lmsctl serve` starts");
    let mut talk = BufReader::new(process.stderr.take().expect("standard error is piped"));
    let mut address = |beginning: &str| {
        let mut line = String::new();
        talk.read_line(&mut line).expect("the server speaks");
        let address = line.trim_end().strip_prefix(beginning);
        address.unwrap_or_else(|| panic!("the server said: {line}")).to_owned()
    };
    let metrics = address("metrics on ");
    let api = address("listening on ");
    for (url, wanted) in [
        (format!("{api}/healthz"), 200),
        (format!("{api}/readyz"), 200),
        (format!("{api}/api/v1/settings"), 401),
        (metrics, 200),
    ] {
        let answer = crate::support::web::get(&url).await.expect("the server answers");
        assert_eq!(answer.status(), wanted, "{url}");
    }
    let taken = api.strip_prefix("http://").expect("it is a URL");
    let told = shell.fails(1, &format!("lmsctl serve --listen {taken}"));
    assert!(told.contains("cannot listen on") && told.contains("--listen"), "{told}");

    let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
    assert!(asked.expect("`kill` starts").success());
    let mut rest = String::new();
    talk.read_to_string(&mut rest).expect("it is text");
    assert!(process.wait().expect("it ends").success(), "{rest}");
    assert!(rest.contains("stopping; ") && rest.ends_with("stopped\n"), "{rest}");
}
