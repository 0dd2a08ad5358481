//! No document lies: every line with `lmsctl` in a block of shell is run.
//!
//! A document is read from top to bottom by somebody who has nothing yet; an example of the
//! reference is typed by somebody who ran `lmsctl demo`. They say yes to every question, look at a
//! server and stop it, and have the files that a line takes for granted. `exit 4` in the comment of
//! a line says that it is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use lms_core::Engine;
use lms_core::testkit::TestDatabase;

use super::Shell;
use crate::support::cli::program;
use crate::support::engines::asked_for;

#[test]
fn the_readme() {
    read("README.md", 8);
}

#[test]
fn running_it() {
    read("docs/operations.md", 12);
}

#[test]
fn what_people_can() {
    read("docs/skills.md", 18);
}

#[test]
fn how_things_stand() {
    read("docs/compliance.md", 12);
}

#[test]
fn reports() {
    read("docs/reports.md", 8);
}

#[test]
fn mandatory_rules() {
    let document = text("docs/rules.md");
    let desk = Desk::new();
    // Files that it shows begin with their names.
    let mut n_files = 0;
    for block in document.split("```toml\n# ").skip(1) {
        let (name, rest) = block.split_once('\n').expect("a file has lines");
        let (file, _) = rest.split_once("```").expect("the block has an end");
        desk.write(&format!("/{name}"), file, 0o644);
        n_files += 1;
    }
    let lines = lines_of(&document);
    assert!(lines.len() >= 15 && n_files == 2, "{} lines, {n_files} files", lines.len());
    assert_eq!(desk.type_lines(&lines), "", "of docs/rules.md");
}

#[test]
fn imports() {
    read("docs/imports.md", 4);
}

#[test]
fn systems_that_keep_people() {
    let document = text("docs/hris.md");
    let desk = Desk::new();
    let (_, rest) = document.split_once("```toml\n# acme.toml\n").expect("it shows a file");
    let (file, _) = rest.split_once("```").expect("the block has an end");
    desk.write("/acme.toml", file, 0o644);
    let lines = lines_of(&document);
    assert!(lines.len() >= 8, "{} lines", lines.len());
    assert_eq!(desk.type_lines(&lines), "", "of docs/hris.md");
}

#[test]
fn the_http_api() {
    read("docs/api.md", 3);
}

#[test]
fn what_a_demo_proposes() {
    let shell = Shell::nowhere();
    let page = shell.must("lmsctl demo");
    let (_, proposed) = page.split_once("Try next\n").expect("it proposes something");
    let lines: Vec<String> = proposed.lines().map(|line| line.trim().to_owned()).collect();
    assert!(lines.len() > 4, "{proposed}");
    let desk = Desk::new();
    desk.demo();
    assert_eq!(desk.type_lines(&lines), "");
}

#[test]
fn the_examples_of_every_command() {
    let lines = lines_of(&text("docs/cli-reference.md"));
    assert!(lines.len() > 80, "{} examples", lines.len());
    let (next, failures) = (AtomicUsize::new(0), std::sync::Mutex::new(String::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let desk = Desk::new();
                    desk.demo();
                    let failed = desk.type_lines(std::slice::from_ref(line));
                    failures.lock().expect("no thread panics").push_str(&failed);
                }
            });
        }
    });
    assert_eq!(failures.into_inner().expect("no thread panics"), "");
}

fn read(document: &str, lines_min: usize) {
    let lines = lines_of(&text(document));
    assert!(lines.len() >= lines_min, "{document} has {} lines", lines.len());
    assert_eq!(Desk::new().type_lines(&lines), "", "of {document}");
}

fn text(document: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(document)).expect("the document is there")
}

/// The lines of shell and of crontabs that have to do with `lmsctl`, in order.
fn lines_of(document: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut block: Option<String> = None;
    for line in document.replace("\\\n", " ").lines() {
        if let Some(language) = line.strip_prefix("```") {
            block = if block.is_none() { Some(language.to_owned()) } else { None };
            continue;
        }
        let is_assignment = line.starts_with("export ") || line.starts_with("TOKEN=");
        match block.as_deref() {
            Some("sh") if is_assignment || line.contains("lmsctl ") => lines.push(line.to_owned()),
            Some("") if line.contains("* * *") => {
                let at = line.find("lmsctl ").expect("the job is ours");
                // It runs in the night after, and names its file after that day.
                lines.push(format!("rm -f /backup/* /seals/*; {}", line[at..].replace("\\%", "%")));
            }
            _ => {}
        }
    }
    lines
}

/// Where somebody sits who tries what a document says.
struct Desk {
    folder: tempfile::TempDir,
    /// The server that documents call `db` or `db.example`.
    server: TestDatabase,
}

/// Folders that documents take for granted.
const FOLDERS: &[&str] = &["/tmp/", "/backup/", "/backups/", "/seals/", "/etc/lms/"];
const FOLDERS_AT_HOME: &[&str] =
    &[".config/lms", ".config/fish/completions", ".local/share/bash-completion/completions"];

/// What somebody has to import.
const PEOPLE: &str = "Employee number;First name;Last name;E-Mail;Department;Hire date\n\
                      00901;Zoë;Müller;zoe.mueller@demo.example;ENG;01.03.2026\n";

const RECORDS: &str = "Employee number;Training;Completion date\n00104;GDPR-101;02.03.2025\n";

const LMSCTL: &str = r#"#!/bin/sh
case " $* " in
*" serve "*) ;;
*) exec "$LMSCTL" --yes "$@" ;;
esac
case " $* " in
*" --listen "*) ;;
*) set -- "$@" --listen 127.0.0.1:0 ;;
esac
"$LMSCTL" "$@" 2>served &
server=$!
tries=0
until grep -q '^listening' served || [ $tries -gt 200 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -TERM $server
wait $server || { code=$?; cat served >&2; exit $code; }
"#;

impl Desk {
    fn new() -> Self {
        let engine = if asked_for(Engine::Postgres) { Engine::Postgres } else { Engine::Sqlite };
        let folder = tempfile::tempdir().expect("a folder");
        let desk = Self { folder, server: TestDatabase::empty(engine) };
        for folder in FOLDERS.iter().chain(&["/bin/"]) {
            std::fs::create_dir_all(desk.path(folder)).expect("it can be made");
        }
        for folder in FOLDERS_AT_HOME {
            std::fs::create_dir_all(desk.path("/home/").join(folder)).expect("it can be made");
        }
        desk.program("lmsctl", LMSCTL);
        desk.program("ssh", "#!/bin/sh\nshift\nexec sh -c \"$*\"\n");
        desk.program("man", "#!/bin/sh\ncat >/dev/null\n");
        desk.write("/home/.config/lms/lms.toml", "[output]\ncolor = \"never\"\n", 0o644);
        desk.write("/people.csv", PEOPLE, 0o644);
        desk.write("/records.csv", RECORDS, 0o644);
        desk.write("/assignments.csv", "Employee number,Training\n00104,FIRST-AID\n", 0o644);
        desk.write(
            "/exemptions.csv",
            "Employee number,Training,Reason\n00104,FIRST-AID,trained\n",
            0o644,
        );
        desk.write("/leaves.csv", "Employee number,From\n00104,2026-03-01\n", 0o644);
        desk.write("/trainings.csv", "Code,Title,Module\nLADDERS,Ladders,Basics\n", 0o644);
        desk.write("/questions.gift", "::LIFTS::Lifts may be used in a fire. {F}\n", 0o644);
        desk.write("/departments.tsv", "Code\tName\tParent\nQA\tQuality\tENG\n", 0o644);
        desk.write("/etc/lms/password", "open sesame", 0o600);
        desk.write("/etc/lms/lms.toml", &desk.configuration(), 0o644);
        desk
    }

    /// The configuration file that the documents show.
    fn configuration(&self) -> String {
        let document = text("docs/operations.md");
        let (_, rest) = document.split_once("```toml\n").expect("it shows one");
        let (file, _) = rest.split_once("```").expect("the block has an end");
        self.moved_here(file).replace('\'', "")
    }

    /// What `lmsctl demo` makes where it is run.
    fn demo(&self) {
        static DEMO: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let database = DEMO.get_or_init(|| {
            let shell = Shell::nowhere();
            shell.must("lmsctl demo");
            // A backup has all of it in one file, which a copy of a database need not have.
            shell.must("lmsctl db backup demo.backup --database sqlite:demo/lms.db");
            shell.must("lmsctl db restore demo.backup --database sqlite:copy.db --yes");
            std::fs::read(shell.file("copy.db")).expect("it was restored")
        });
        std::fs::create_dir_all(self.path("/demo/")).expect("it can be made");
        std::fs::write(self.path("/demo/lms.db"), database).expect("it can be written");
    }

    /// Runs the lines in one shell; what went wrong, if anything.
    fn type_lines(&self, lines: &[String]) -> String {
        let mut script = "set -o pipefail\n".to_owned();
        for line in lines {
            let wanted = line.split_once("exit ").map_or("0", |(_, code)| &code[..1]);
            let typed = self.moved_here(line);
            let typed = typed.trim_end().strip_suffix('&').unwrap_or(&typed);
            for given in self.taken_for_granted(typed) {
                script.push_str(&format!("{given}\n"));
            }
            script.push_str(&format!(
                "{{ {typed}\n}} >out 2>&1; code=$?\n[ $code -eq {wanted} ] || \
                 {{ echo {}: exit code $code; cat out; }}\n",
                quoted(line)
            ));
        }
        let mut bash = Command::new("bash");
        bash.args(["-c", &script]).env_clear().stdin(Stdio::null()).current_dir(self.folder.path());
        bash.env("PATH", format!("{}:/usr/bin:/bin", self.path("/bin").display()));
        bash.env("HOME", self.path("/home")).env("TZ", "UTC").env("LMSCTL", program());
        if self.path("/demo/lms.db").exists() {
            bash.env("LMS_DATABASE_URL", "sqlite:demo/lms.db");
        }
        let output = bash.output().expect("there is a `bash`");
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    }

    /// How files come about that a line reads and no line before it wrote.
    fn taken_for_granted(&self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let reads = [
            ("restore", "db backup"),
            ("cat", "db backup"),
            ("--seal", "audit seal"),
            ("--export", "audit export"),
            ("import", "quiz export --out"),
            ("import", "training export GDPR-101 --out"),
            ("import", "path export NEW-HIRE --out"),
            ("verify", "report audit --out"),
        ];
        words
            .windows(2)
            .flat_map(|pair| {
                let made = reads.iter().filter(move |(word, by)| {
                    let noun = by.split(' ').next().unwrap_or_default();
                    let is_own = line.contains(&format!("lmsctl {noun} {word}"));
                    let of_other = ["import", "verify"].contains(word) && !is_own;
                    pair[0] == *word && pair[1] != "-" && !of_other
                });
                made.map(|(_, by)| format!("test -e {0} || lmsctl -q {by} {0} >out", pair[1]))
            })
            .filter(|_| !line.contains("cat > "))
            .chain(line.contains("$ID").then(|| {
                "ID=$(lmsctl -q access token list -o csv | tail -n 1 | cut -d , -f 1)".to_owned()
            }))
            .collect()
    }

    /// A line with the places of this desk in it.
    fn moved_here(&self, line: &str) -> String {
        let mut moved = line.to_owned();
        for folder in FOLDERS {
            moved = moved.replace(folder, &self.path(folder).display().to_string());
        }
        if let Some((before, rest)) = moved.split_once("postgres://lms@") {
            let end = rest.find([' ', '"', '\n']).unwrap_or(rest.len());
            moved = format!("{before}'{}'{}", self.server.url(), &rest[end..]);
        }
        moved.replace(":8080", ":0").replace(":9090", ":0").replace(" ID", " \"$ID\"")
    }

    /// A path of the machine, moved below the folder of this desk.
    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    fn write(&self, path: &str, text: &str, mode: u32) {
        std::fs::write(self.path(path), text).expect("it can be written");
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(path), permissions).expect("it is ours");
    }

    fn program(&self, name: &str, script: &str) {
        self.write(&format!("/bin/{name}"), script, 0o755);
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
