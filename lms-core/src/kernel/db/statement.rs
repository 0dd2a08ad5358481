//! Statements as named constants: one text for both engines, or, where they must differ, one each.

/// A statement of a context.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
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
        $crate::kernel::db::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $sqlite,
            postgres: $postgres,
        }
    };
    ($name:ident, $text:literal) => {
        $crate::kernel::db::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $text,
            postgres: $text,
        }
    };
}
pub(crate) use statement;
