//! `--as`: no more than the rights of an account, and of whoever asks.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    acting_as_another,
    looking_after_ones_own,
}

async fn acting_as_another(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "rights",
        &shell,
        &[
            "lmsctl --as omar settings show name",
            "lmsctl --as omar audit verify --quiet",
            "lmsctl --as omar settings set locale de",
            "lmsctl --as omar settings set locale=de --dry-run",
            "lmsctl --as omar access user add eve --role super_admin",
            "lmsctl --as omar db backup all.backup",
            "lmsctl --as hanna audit list",
            "lmsctl --as hanna access token create admin mine",
            "lmsctl --as ines settings show",
            "lmsctl --as omra settings show",
            "lmsctl access user disable omar",
            "lmsctl --as omar settings show",
            "lmsctl --as admin settings set locale de",
            "lmsctl audit list --limit 1",
            "test ! -e all.backup",
        ],
    );
}

async fn looking_after_ones_own(engine: Engine) {
    let shell = Shell::demo(engine);
    assert_transcript(
        "scopes",
        &shell,
        &[
            "lmsctl access user add ada --role manager --person ada@demo.example --quiet > ada.txt",
            "lmsctl access user add again --person ada@demo.example",
            "lmsctl access user edit omar --person none",
            "lmsctl --as ada person list",
            "lmsctl --as ada person show hanna@demo.example",
            "lmsctl --as ada person show nobody@demo.example",
            "lmsctl --as ada person edit zoe@demo.example --job-title Architect",
            "lmsctl access role add lead --summary 'keeps a team' --grant people.*@reports",
            "lmsctl access role edit lead --grant settings.read@self",
            "lmsctl access role edit lead --grant organisation.read --revoke people.*@self",
            "lmsctl access user edit ada --add-role lead",
            "lmsctl --as ada person edit zoe@demo.example --job-title Architect",
            "lmsctl --as ada person edit zoe@demo.example --manager ''",
            "lmsctl access role remove lead",
            "lmsctl access role remove hr",
            "lmsctl access user password ada",
            "echo too short | lmsctl access user password ada --stdin",
            "echo correct horse battery | lmsctl access user password ada --stdin",
            "lmsctl access user password --own --as ada",
            "printf 'a wrong one\\nanother good password\\n' | lmsctl access user password --own --as ada --stdin",
            "printf 'correct horse battery\\nanother good password\\n' | lmsctl access user password --own --as ada --stdin",
            "printf 'correct horse battery\\nanother good password\\n' | lmsctl access user password --own --stdin",
            "lmsctl access user password ada --remove",
            "lmsctl access user password ada --remove",
        ],
    );
}
