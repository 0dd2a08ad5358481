//! `--as`: no more than the rights of an account, and of whoever asks.

use lms_core::Engine;

use super::Shell;
use super::transcript::assert_transcript;
use crate::support::engines::on_both_engines;

on_both_engines! {
    acting_as_another,
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
