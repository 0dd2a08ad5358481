//! What a status means at a glance. A colour never stands alone: the word is beside it.

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Open, and nothing is wrong.
    Open,
    /// Something is to be done soon, or was done too late.
    Warn,
    /// Something is wrong.
    Bad,
    /// Something has been wrong for long.
    Worst,
    /// It does not count.
    Muted,
    /// It says nothing about that.
    Plain,
}

impl Tone {
    /// The tone of a word of the domain.
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "active" | "holds" | "valid" | "completed" | "credited" | "compliant" | "passed"
            | "met" | "done" | "applied" | "proficient" | "succeeded" | "yes" => Self::Good,
            "assigned" | "in_progress" | "enrolled" | "invited" | "open" | "planned"
            | "running" => Self::Open,
            "due_soon" | "in_grace" | "completed_late" | "late" | "expiring" | "waitlisted"
            | "partly" | "warning" => Self::Warn,
            "broken" | "overdue" | "expired" | "failed" | "rejected" | "not_compliant"
            | "missing" | "refused" | "no" => Self::Bad,
            "account disabled" | "disabled" | "revoked" | "exempt" | "exempted" | "on_leave"
            | "cancelled" | "parked" | "left" | "deactivated" | "archived" | "not_eligible"
            | "not_required" | "undone" | "withdrawn" | "ended" => Self::Muted,
            _ => Self::Plain,
        }
    }

    /// The colours of letters and ground, as RGB; nothing where it looks like any text.
    pub(crate) fn colours(self) -> Option<(u32, u32)> {
        match self {
            Self::Good => Some((0x001B_5E20, 0x00DD_F0DD)),
            Self::Open => Some((0x001A_4B85, 0x00DC_E9F8)),
            Self::Warn => Some((0x0079_4A00, 0x00FC_EBC8)),
            Self::Bad | Self::Worst => Some((0x008E_1616, 0x00F9_D9D6)),
            Self::Muted => Some((0x005A_6270, 0x00E9_EBEE)),
            Self::Plain => None,
        }
    }

    /// The colour of a bar that stands for it.
    pub(crate) fn fill(self) -> u32 {
        match self {
            Self::Good => 0x003C_8D5A,
            Self::Open | Self::Plain => 0x002F_6DB5,
            Self::Warn => 0x00D9_942B,
            Self::Bad => 0x00BF_3B36,
            Self::Worst => 0x0073_1716,
            Self::Muted => 0x0098_A1AE,
        }
    }
}

/// A word of the domain as people read it.
pub(crate) fn readable(word: &str) -> String {
    word.replace('_', " ")
}
