//! Questions to the person at the terminal, and what happens when there is none.
//!
//! Prompts stand on standard error, so that standard output stays data. Without a terminal a
//! question is a usage error that names the flag or argument which answers it.

use std::io::IsTerminal;

use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, FuzzySelect, Input, Password};
use lms_core::Error;

use crate::error::{DECLINED, NO_TERMINAL, Result, Stop};

/// Says what is wrong with an answer.
pub(crate) type Check<'a> = dyn Fn(&str) -> lms_core::Result<()> + 'a;

/// Asks, or says why it cannot.
pub(crate) struct Prompt {
    interactive: bool,
    yes: bool,
    theme: Box<dyn Theme + Send + Sync>,
}

impl Prompt {
    pub(crate) fn new(yes: bool, colour: bool) -> Self {
        let interactive = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let theme: Box<dyn Theme + Send + Sync> =
            if colour { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) };
        Self { interactive, yes, theme }
    }

    /// Whether a question is put to somebody: there is a terminal, and no answer given in advance.
    pub(crate) fn asks(&self) -> bool {
        self.interactive && !self.yes
    }

    /// Goes on only when the answer is yes, or was given in advance by `--yes`.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if !self.interactive {
            return Err(NO_TERMINAL
                .error(format!("an answer is needed, and there is no terminal to ask: {question}"))
                .with_hint("add `--yes` to say yes in advance")
                .into());
        }
        let answer = Confirm::with_theme(&*self.theme)
            .with_prompt(question)
            .default(false)
            .interact()
            .map_err(interrupted)?;
        if answer {
            Ok(())
        } else {
            Err(DECLINED.error("the answer was no; nothing was changed").into())
        }
    }

    /// Asks for a text until it is one that `check` lets pass; `answered_by` is what a script would
    /// have given instead.
    pub(crate) fn text(
        &self,
        question: &str,
        default: Option<String>,
        answered_by: &str,
        check: &Check<'_>,
    ) -> Result<String> {
        self.need_terminal(question, answered_by)?;
        let input = Input::<String>::with_theme(&*self.theme)
            .with_prompt(question)
            .validate_with(|text: &String| check(text).map_err(|error| spelt_out(&error)));
        let input = match default {
            Some(default) => input.default(default),
            None => input,
        };
        Ok(input.interact_text().map_err(interrupted)?.trim().to_owned())
    }

    /// Asks for a password that is there already, which does not show.
    pub(crate) fn password(&self, question: &str, answered_by: &str) -> Result<String> {
        self.need_terminal(question, answered_by)?;
        Password::with_theme(&*self.theme).with_prompt(question).interact().map_err(interrupted)
    }

    /// Asks twice for a new password, which does not show.
    pub(crate) fn new_password(&self, question: &str, answered_by: &str) -> Result<String> {
        self.need_terminal(question, answered_by)?;
        Password::with_theme(&*self.theme)
            .with_prompt(question)
            .with_confirmation("The same again", "they are not the same")
            .interact()
            .map_err(interrupted)
    }

    /// As [`text`](Self::text), for one that may be left out.
    pub(crate) fn optional_text(
        &self,
        question: &str,
        check: &Check<'_>,
    ) -> Result<Option<String>> {
        let check = |text: &String| match text.trim() {
            "" => Ok(()),
            text => check(text).map_err(|error| spelt_out(&error)),
        };
        let answer = Input::<String>::with_theme(&*self.theme)
            .with_prompt(format!("{question} (Enter to leave it out)"))
            .allow_empty(true)
            .validate_with(check)
            .interact_text()
            .map_err(interrupted)?;
        let answer = answer.trim();
        Ok((!answer.is_empty()).then(|| answer.to_owned()))
    }

    /// Lets the user pick one of the items by typing a part of it; gives back its place.
    pub(crate) fn pick(
        &self,
        question: &str,
        items: &[String],
        answered_by: &str,
    ) -> Result<usize> {
        self.need_terminal(question, answered_by)?;
        FuzzySelect::with_theme(&*self.theme)
            .with_prompt(question)
            .items(items)
            .default(0)
            .interact_opt()
            .map_err(interrupted)?
            .ok_or_else(|| DECLINED.error("nothing was picked; nothing was changed").into())
    }

    /// Refuses where a question would have to be asked and nobody is there.
    pub(crate) fn need_terminal(&self, question: &str, answered_by: &str) -> Result<()> {
        if self.interactive {
            return Ok(());
        }
        Err(NO_TERMINAL
            .error(format!("an answer is needed, and there is no terminal to ask: {question}"))
            .with_hint(format!("give {answered_by}"))
            .into())
    }
}

/// What is wrong with an answer, and the nearest advice.
fn spelt_out(error: &Error) -> String {
    match error.hints().first() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Ctrl-C at a prompt arrives as an error of the terminal.
fn interrupted(_: dialoguer::Error) -> Stop {
    // The question is left as it stands, with the cursor hidden and behind it.
    let terminal = Term::stderr();
    let _ = terminal.show_cursor().and_then(|()| terminal.write_line(""));
    Stop::LeftPrompt
}
