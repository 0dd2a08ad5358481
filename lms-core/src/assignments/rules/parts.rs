//! The parts of a rule that have parts of their own.

use serde::{Deserialize, Serialize};

use crate::assignments::engine::{Method, Renewal, Window};
use crate::assignments::terms::DueRule;
use crate::kernel::document::{TextOrDay, in_document};
use crate::kernel::words::words;

words! {
    /// From where a renewal is counted.
    RenewalBase, "base" {
        /// From the day of each completion.
        Completion = "completion",
        /// From the expiry before, as long as nobody is late.
        Expiry = "expiry",
        /// On the same days for ever.
        Fixed = "fixed",
    }

    /// What leaves do to due days.
    LeavePolicy, "leave" {
        /// The clock stands still.
        Pause = "pause",
        /// It runs on.
        Run = "run",
    }

    /// What becomes of what is open when a rule changes.
    OpenCycles, "open_cycles" {
        /// It keeps the terms under which it was opened.
        Keep = "keep",
        /// It changes to the new terms.
        Move = "move",
    }

    /// Where a rule stands.
    RuleStatus, "status" {
        /// It is being written, and nothing follows from it.
        Draft = "draft",
        /// It is in force.
        Active = "active",
        /// It neither gives nor takes anything for now.
        Paused = "paused",
        /// It wants nothing any more; what it did is still told.
        Removed = "removed",
    }
}

macro_rules! usually {
    ($($name:ident::$variant:ident,)+) => {$(
        impl Default for $name {
            fn default() -> Self {
                Self::$variant
            }
        }
    )+};
}

usually! {
    RenewalBase::Completion,
    LeavePolicy::Pause,
    OpenCycles::Keep,
}

pub(super) fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// That it has to be done again, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRenewal {
    /// How many months a completion covers.
    pub active_months: u32,
    /// How many months before the end the next cycle opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_months: Option<u32>,
    /// Or how many days before the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// From where it is counted; from the completion, unless said.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub base: RenewalBase,
    /// The fewest months that a completion covers, where the days are fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_active_months: Option<u32>,
}

impl RuleRenewal {
    /// So many months after each completion; the window has to be said as well.
    #[must_use]
    pub fn new(active_months: u32) -> Self {
        Self {
            active_months,
            window_months: None,
            window_days: None,
            base: RenewalBase::default(),
            min_active_months: None,
        }
    }

    /// As the engine takes it. What a check would refuse is taken as nought.
    pub(in crate::assignments) fn renewal(&self) -> Renewal {
        let window = match (self.window_months, self.window_days) {
            (Some(months), _) => Window::Months(months),
            (None, days) => Window::Days(days.unwrap_or(0)),
        };
        let method = match self.base {
            RenewalBase::Completion => Method::Completion,
            RenewalBase::Expiry => Method::Expiry,
            RenewalBase::Fixed => {
                Method::Fixed { min_active_months: self.min_active_months.unwrap_or(0) }
            }
        };
        Renewal { active_months: self.active_months, window, method }
    }
}

/// When people are reminded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleReminders {
    /// So many days after the due day each; before it where negative.
    #[serde(default)]
    pub days: Vec<i32>,
    /// And every so many days after the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then_every_days: Option<u32>,
}

impl Default for RuleReminders {
    fn default() -> Self {
        Self { days: vec![-14, -7, -1, 1, 7], then_every_days: Some(7) }
    }
}

/// Who else is told of what is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEscalation {
    /// The manager, after so many days overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_after_days: Option<u32>,
    /// The head of the department, after so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_after_days: Option<u32>,
}

impl<'de> Deserialize<'de> for DueRule {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        match TextOrDay::deserialize(input)?.0 {
            Some(text) => Self::parse_for_rule(&text).map_err(in_document),
            None => Ok(Self::Never),
        }
    }
}

/// `"assign"`, `"park"`, or `{ extend_days = 14 }`.
pub(super) mod past_due {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::assignments::engine::OnPastDue;
    use crate::kernel::suggest::suggest;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Extend {
        extend_days: u32,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged, expecting = "it is `assign`, `park`, or `{ extend_days = 14 }`")]
    enum Written {
        Word(String),
        Extend(Extend),
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    pub(in super::super) fn serialize<S: Serializer>(
        value: &OnPastDue,
        output: S,
    ) -> Result<S::Ok, S::Error> {
        let written = match value {
            OnPastDue::Extend(extend_days) => Written::Extend(Extend { extend_days: *extend_days }),
            OnPastDue::AssignAnyway => Written::Word("assign".to_owned()),
            OnPastDue::Park => Written::Word("park".to_owned()),
        };
        written.serialize(output)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<OnPastDue, D::Error> {
        match Written::deserialize(input)? {
            Written::Extend(Extend { extend_days }) => Ok(OnPastDue::Extend(extend_days)),
            Written::Word(word) => match word.trim() {
                "assign" => Ok(OnPastDue::AssignAnyway),
                "park" => Ok(OnPastDue::Park),
                other => {
                    let hint = suggest(other, ["assign", "park"]).unwrap_or_default();
                    let hint = if hint.is_empty() { hint } else { format!("; {hint}") };
                    Err(serde::de::Error::custom(format!(
                        "`{other}` is not what to do where the due day is past: it is `assign`, \
                         `park`, or `{{ extend_days = 14 }}`{hint}"
                    )))
                }
            },
        }
    }
}
