//! What Tab offers, asked as the scripts of the shells ask.

use lms_core::Engine;

use super::Shell;
use crate::support::engines::on_both_engines;

on_both_engines! {
    names_of_the_database,
}

/// What is offered behind the words typed so far; the last one is being typed.
fn offered(shell: &Shell, words: &str) -> Vec<String> {
    let told = shell.must(&format!("LMSCTL_COMPLETE=fish lmsctl -- lmsctl {words}"));
    told.lines().map(str::to_owned).collect()
}

fn names(shell: &Shell, words: &str) -> Vec<String> {
    let lines = offered(shell, words).into_iter();
    lines.map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

async fn names_of_the_database(engine: Engine) {
    let shell = Shell::demo(engine);
    let people = offered(&shell, "person show zo");
    assert!(people.contains(&"zoe@demo.example\tZoë Łukasik".to_owned()), "{people:?}");
    assert!(people.iter().all(|person| person.starts_with("zo")), "{people:?}");
    let numbers = names(&shell, "person show 0010");
    assert!(numbers.contains(&"00101".to_owned()), "{numbers:?}");
    assert!(numbers.iter().all(|number| number.starts_with("0010")), "{numbers:?}");

    for (words, expected) in [
        ("person list --department en", &["ENG", "ENG-PLAT", "ENG-WEB"][..]),
        ("person list --not-job-role CO", &["COUNSEL"]),
        ("group add X Y --department ENG-W", &["ENG-WEB"]),
        ("location show B", &["BER"]),
        ("department merge ENG-WEB --into ENG-P", &["ENG-PLAT"]),
        ("training show GDPR", &["GDPR-101"]),
        ("training equivalent add GDPR-101 SEC-1", &["SEC-101"]),
        ("path show N", &["NEW-HIRE"]),
        ("quiz preview FIRE-", &["FIRE-SHORT"]),
        ("access role show aud", &["auditor"]),
        ("--as adm", &["admin"]),
        ("access user show adm", &["admin"]),
        // Only a code can be typed; a name has spaces.
        ("person list --department Engineering", &[]),
        ("training show XYZ", &[]),
    ] {
        assert_eq!(names(&shell, words), expected, "{words}");
    }
}

#[test]
fn commands_and_options() {
    let shell = Shell::nowhere();
    assert_eq!(names(&shell, "training pub"), ["publish"]);
    assert_eq!(names(&shell, "settings set --dry"), ["--dry-run"]);
    assert_eq!(names(&shell, "audit list -o nd"), ["ndjson"]);
    assert!(names(&shell, "settings show time").contains(&"timezone".to_owned()));
}

/// Nobody who presses Tab wants to be told that there is no database.
#[test]
fn without_a_database_there_is_nothing_to_offer() {
    let shell = Shell::nowhere();
    let told = shell.must("LMSCTL_COMPLETE=fish lmsctl -- lmsctl person show zo 2>&1");
    assert_eq!(told, "");
    let elsewhere = "--database postgres://nobody@127.0.0.1:1/none person show zo 2>&1";
    let told = shell.must(&format!("LMSCTL_COMPLETE=fish lmsctl -- lmsctl {elsewhere}"));
    assert_eq!(told, "");
}

#[test]
fn an_unknown_shell_is_refused() {
    let shell = Shell::nowhere();
    assert_eq!(shell.fails(1, "LMSCTL_COMPLETE=nonsense lmsctl --version"), "");
    assert!(shell.must("LMSCTL_COMPLETE= lmsctl --version").starts_with("lmsctl "));
}

#[test]
fn each_shell_has_a_script_that_asks() {
    let shell = Shell::nowhere();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shell.must(&format!("lmsctl completions {name}"));
        assert!(script.contains("LMSCTL_COMPLETE"), "{name}: {script}");
    }
}

/// The script itself, in the shell that every Debian has.
#[test]
fn bash_offers_what_is_asked_for() {
    let shell = Shell::demo(Engine::Sqlite);
    let script = r#"
        eval "$(lmsctl completions bash)"
        COMP_WORDS=(lmsctl path show NE) COMP_CWORD=3 COMP_TYPE=9
        _clap_complete_lmsctl lmsctl NE show
        echo "${COMPREPLY[@]}"
    "#;
    shell.must(&format!("cat > script.bash <<'END'\n{script}\nEND\n"));
    assert_eq!(shell.must("bash script.bash").trim(), "NEW-HIRE");
}
