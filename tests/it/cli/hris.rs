//! Systems that keep people, as somebody at a shell connects them and cron imports from them.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::vendor::{KEY, VendorServer, report, staff};

#[test]
fn a_system_is_connected_and_people_come() {
    let server = VendorServer::start(|asked| report(asked, &staff()));
    let shell = Shell::organisation(Engine::Sqlite);
    let connect = format!(
        "lmsctl hris connect hr --vendor bamboohr --option company=acme --url {}",
        server.url()
    );
    let with_key = |line: &str| format!("LMSCTL_HR_TOKEN={KEY} {line}");
    assert_transcript(
        "hris",
        &shell,
        &[
            "lmsctl hris list",
            "lmsctl hris connect hr --vendor bambohr",
            "lmsctl hris connect hr --vendor bamboohr",
            &connect,
            &format!("LMSCTL_HR_TOKEN=wrong {connect}"),
            &with_key(&connect),
            &with_key(&connect),
            "lmsctl hris list",
            "lmsctl hris test hr",
            &with_key("lmsctl hris test hr"),
            "lmsctl hris sync nowhere",
            &with_key("lmsctl hris sync hr --dry-run"),
            &with_key("lmsctl hris sync hr --create-departments --dump pulled.ndjson"),
            "stat -c %a pulled.ndjson; head -n 1 pulled.ndjson",
            &with_key("lmsctl hris sync hr --dump pulled.ndjson"),
            "lmsctl hris sync hr --from-dump pulled.ndjson",
            "head -n 2 pulled.ndjson > half.ndjson; lmsctl hris sync hr --from-dump half.ndjson",
            "lmsctl hris sync hr --from-dump half.ndjson --partial --quiet",
            "lmsctl hris sync hr --from-dump nowhere.ndjson",
            "lmsctl hris list -o csv",
            &with_key("lmsctl hris disconnect hr"),
        ],
    );
}

#[test]
fn a_credential_is_found_in_every_place_and_shown_in_none() {
    let server = VendorServer::start(|asked| report(asked, &staff()));
    let shell = Shell::organisation(Engine::Sqlite);
    shell.must(&format!(
        "LMSCTL_HR_TOKEN={KEY} lmsctl hris connect hr --vendor bamboohr --option company=acme \
         --url {}",
        server.url()
    ));
    shell.write("token", &format!("{KEY}\n"));
    shell.must("chmod 644 token; mkdir creds; cp token creds/lmsctl_hr_token");
    let told = shell.fails(2, "LMSCTL_HR_TOKEN_FILE=token lmsctl hris test hr");
    assert!(told.contains("can be read by other users"), "{told}");
    let mut all = told;
    for (line, place) in [
        ("chmod 600 token; LMSCTL_HR_TOKEN_FILE=token", "LMSCTL_HR_TOKEN_FILE (token)"),
        ("CREDENTIALS_DIRECTORY=creds", "systemd credential lmsctl_hr_token"),
    ] {
        let ran = shell.run(&format!("{line} lmsctl -vv hris test hr"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("The credential is from {place}")), "{}", ran.stderr);
        all.push_str(&ran.stdout);
        all.push_str(&ran.stderr);
    }
    for line in ["lmsctl audit list -o json", "lmsctl hris list -o json", "lmsctl config show"] {
        all.push_str(&shell.must(line));
    }
    assert!(!all.contains(KEY) && !all.contains("a2V5LW9m"), "{all}");
    assert!(shell.fails(1, "lmsctl hris test hr").contains("no credential for `hr`"));
    assert!(shell.fails(1, "LMSCTL_HR_TOKEN_FILE=nowhere lmsctl hris test hr").contains("nowhere"));
}
