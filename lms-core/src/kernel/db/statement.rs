//! Statements as named constants: one text for both engines, or, where they must differ, one each.

use super::Engine;

/// A statement of a context.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Statement {
    /// Made by `statements!` and `statement!` only.
    pub(crate) const fn new(
        name: &'static str,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Self {
        Self { name, sqlite, postgres }
    }

    pub(crate) const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// Declares the statements of a context and lists them in `STATEMENTS`, so that a test can prepare
/// each of them on both engines.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:tt;)+) => {
        $($(#[$doc])* pub(crate) static $name: $crate::kernel::db::Statement =
            $crate::kernel::db::statement!($name, $text);)+
        /// Every statement of this module.
        pub(crate) static STATEMENTS: &[&$crate::kernel::db::Statement] = &[$(&$name),+];
    };
}
pub(crate) use statements;

macro_rules! statement {
    ($name:ident, { sqlite: $sqlite:literal, postgres: $postgres:literal $(,)? }) => {
        $crate::kernel::db::Statement::new(
            concat!(module_path!(), "::", stringify!($name)),
            $sqlite,
            $postgres,
        )
    };
    ($name:ident, $text:literal) => {
        $crate::kernel::db::statement!($name, { sqlite: $text, postgres: $text })
    };
}
pub(crate) use statement;
