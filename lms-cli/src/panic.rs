//! What a user sees when this program has a defect: one line, and exit code 1.

use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

/// Runs the program so that no panic message and no backtrace reaches a user.
pub(crate) fn guard(program: impl FnOnce() -> ExitCode + panic::UnwindSafe) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        // What happens to the reader of a workbook is told as an error of the file.
        #[cfg(feature = "xlsx")]
        if std::thread::current().name() == Some(lms_core::imports::reading::WORKBOOK_THREAD) {
            return;
        }
        let _ = writeln!(std::io::stderr(), "{}", report(info));
    }));
    panic::catch_unwind(program).unwrap_or(ExitCode::FAILURE)
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no message").replace(['\n', '\r'], " ");
    let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
    format!(
        "error: this is a bug in lmsctl {}, not a mistake of yours: {what} ({place}); please send \
         this line and the command you ran to whoever looks after this installation",
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_ends_the_program_with_an_exit_code_of_its_own() {
        let code = guard(|| panic!("planted"));
        drop(panic::take_hook());
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }
}
