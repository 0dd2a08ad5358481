//! Lists of words that stand in tables, files and JSON, each a variant of an enum.

/// Declares a list of words with their names in tables, files and JSON. The name of the field that
/// holds one is told where a word is not known.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[non_exhaustive]
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in tables, files and JSON.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the name.
            pub fn parse(text: &str) -> $crate::Result<Self> {
                let wanted = text.trim().to_lowercase().replace([' ', '-'], "_");
                Self::ALL.iter().copied().find(|word| word.as_str() == wanted).ok_or_else(|| {
                    let all = [$($word),+].join(", ");
                    $crate::Error::invalid($field, format!("`{}` is not a {}", text.trim(), $field))
                        .with_hint(format!("it is one of: {all}"))
                })
            }
        }
    )+};
}
pub(crate) use words;
