//! A missing argument: picked from a list at a terminal, a usage error without one.

use lms_core::Engine;

use super::Shell;

/// Every command that is about one thing, without that thing.
const WITHOUT_THEIR_OBJECT: &[(&str, &str)] = &[
    ("person show", "Which person?"),
    ("person edit --job-title Head", "Which person?"),
    ("person leave add", "Which person?"),
    ("person leave end", "Which person?"),
    ("person deactivate", "Which person?"),
    ("person reactivate", "Which person?"),
    ("person merge", "Which record stays?"),
    ("person merge 00112", "Which record goes into it?"),
    ("person export", "Which person?"),
    ("person erase", "Which person?"),
    ("history", "Which person?"),
    ("department show", "Which department?"),
    ("department edit --name Web", "Which department?"),
    ("department move --top", "Which department?"),
    ("department merge --into ENG", "Which department?"),
    ("department remove", "Which department?"),
    ("department close", "Which department?"),
    ("location show", "Which location?"),
    ("job-role show", "Which job role?"),
    ("group add", "Code"),
    ("group add TRIAL", "Name"),
    ("group show", "Which group?"),
    ("group edit --name Council", "Which group?"),
    ("group members", "Which group?"),
    ("group remove", "Which group?"),
    ("access role show", "Which access role?"),
    ("access role edit --summary x", "Which access role?"),
    ("access role remove", "Which access role?"),
    ("access user show", "Which account?"),
    ("access token revoke", "Which token?"),
    ("batch show", "Which one?"),
    ("batch undo", "Which one?"),
    ("audit show", "Which operation?"),
    ("training show", "Which training?"),
    ("training edit --title x", "Which training?"),
    ("training publish", "Which training?"),
    ("training archive", "Which training?"),
    ("training export", "Which training?"),
    ("training clone", "Which training?"),
    ("training clone GDPR-101", "Code"),
    ("training module add GDPR-101", "Title"),
    ("training module edit --minutes 5", "Which training?"),
    ("training module edit GDPR-101 --minutes 5", "Which module?"),
    ("training module move GDPR-101 --to 1", "Which module?"),
    ("training module remove GDPR-101", "Which module?"),
    ("training item put GDPR-101", "Which module?"),
    ("training item put GDPR-101 your-rights", "Title"),
    ("training item remove GDPR-101 your-rights", "Which item?"),
    ("training equivalent add", "Which training?"),
    ("training equivalent add GDPR-101", "Which one counts for it?"),
    ("training equivalent end GDPR-101", "Which one counts for it no longer?"),
    ("path show", "Which learning path?"),
    ("path edit --title x", "Which learning path?"),
    ("path publish", "Which learning path?"),
    ("path archive", "Which learning path?"),
    ("path export", "Which learning path?"),
    ("path remove", "Which learning path?"),
    ("quiz show", "Which quiz?"),
    ("quiz preview", "Which quiz?"),
    ("skill add", "Code"),
    ("skill add TRIAL", "Name"),
    ("skill show", "Which skill?"),
    ("skill edit --name x", "Which skill?"),
    ("skill archive", "Which skill?"),
    ("skill reopen", "Which skill?"),
    ("skill require --level 2", "Which skill?"),
    ("skill require SECURITY", "Which job role?"),
    ("skill require SECURITY --job-role DEV", "At which level?"),
    ("skill release SECURITY", "Which job role?"),
    ("skill requirements", "Which job role?"),
    ("skill holders", "Which skill?"),
    ("skill of", "Which person?"),
    ("question show", "Which question?"),
    ("question archive", "Which question?"),
];

#[test]
fn without_a_terminal_it_is_a_usage_error() {
    let shell = Shell::demo(Engine::Sqlite);
    for (line, question) in WITHOUT_THEIR_OBJECT {
        let told = shell.fails(2, &format!("lmsctl {line} --yes"));
        let wanted = format!("there is no terminal to ask: {question}\nhint: give ");
        assert!(told.contains(&wanted), "{line}: {told}");
    }
}

/// `script` is part of every Linux; elsewhere it is called otherwise.
#[cfg(target_os = "linux")]
mod at_a_terminal {
    use std::io::{Read, Write};
    use std::process::Stdio;

    use super::*;

    /// Types a line at a terminal, and these keys once it asks; everything that showed.
    fn asked(shell: &Shell, line: &str, question: &str, keys: &str) -> (i32, String) {
        let mut command =
            shell.typed(&format!("script -qec 'stty rows 40 cols 100; {line}' /dev/null"));
        command.env("TERM", "xterm").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("there is a shell");
        let mut keyboard = process.stdin.take().expect("it is piped");
        let mut screen = process.stdout.take().expect("it is piped");
        let (mut shown, mut part, mut has_typed) = (Vec::new(), [0; 4096], false);
        while let Ok(n @ 1..) = screen.read(&mut part) {
            shown.extend_from_slice(&part[..n]);
            if !has_typed && String::from_utf8_lossy(&shown).contains(question) {
                keyboard.write_all(keys.as_bytes()).expect("somebody reads it");
                has_typed = true;
            }
        }
        drop(keyboard);
        let code = process.wait().expect("it ends").code().expect("by itself");
        (code, String::from_utf8_lossy(&shown).into_owned())
    }

    #[test]
    fn what_is_missing_is_picked_by_a_part_of_its_name() {
        let shell = Shell::demo(Engine::Sqlite);
        let picks = [
            ("person show", "Which person?", "00104\r", "00104"),
            ("department show", "Which department?", "eng-we\r", "ENG-WEB"),
            ("group show", "Which group?", "council\r", "WORKS-COUNCIL"),
            ("access role show", "Which access role?", "audit\r", "reads everything"),
            ("history --fields kind", "Which person?", "00112\r", "person.created"),
        ];
        for (line, question, keys, wanted) in picks {
            let (code, shown) = asked(&shell, &format!("lmsctl {line}"), question, keys);
            let (_, after) = shown.rsplit_once(question).expect("it asked");
            assert_eq!(code, 0, "{line}: {shown}");
            assert!(after.contains(wanted), "{line}: {shown}");
        }
    }

    #[test]
    fn only_those_are_offered_whom_it_can_be_about() {
        let shell = Shell::demo(Engine::Sqlite);
        let gone = shell.json("lmsctl person list --status inactive --all -o json");
        let here = shell.json("lmsctl person list --status active --limit 1 -o json");
        let number = |list: &serde_json::Value| {
            list["items"][0]["employee_number"].as_str().expect("a number").to_owned()
        };
        let question = "Which person?";
        let (gone, here) = (number(&gone), number(&here));
        let line = "lmsctl person reactivate --on 2027-03-01";
        // Nobody in the list has this number, so that Enter picks nothing, and Escape leaves.
        let (code, shown) = asked(&shell, line, question, &format!("{here}\r\u{1b}"));
        assert_eq!(code, 4, "{shown}");
        let (code, shown) = asked(&shell, line, question, &format!("{gone}\r"));
        assert_eq!(code, 0, "{shown}");
    }
}
