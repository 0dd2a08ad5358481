//! What is to be assigned and under which terms, as JSON.

use lms_core::engine::{Kind, OnPastDue};
use lms_core::{Actor, Audience, AudienceField, Day, DueRule, Error, NewAssignments};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{FIELDS, FieldError, Problem};

/// What happens to those for whom it would be past due from the beginning.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PastDue {
    /// They get `extend_days` from today.
    #[default]
    Extend,
    /// It is assigned as it is.
    Assign,
    /// It waits among the exceptions for somebody who decides.
    Park,
}

/// A body that says what is assigned; what else stands in it comes first.
macro_rules! assign_body {
    ($(#[$about:meta])* $name:ident { $($first:tt)* }) => {
        #[derive(Deserialize, ToSchema)]
        $(#[$about])*
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($first)*
            /// Trainings, by code or id.
            #[serde(default)]
            trainings: Vec<String>,
            /// Learning paths, by code or id: what they require, and their electives as optional.
            #[serde(default)]
            paths: Vec<String>,
            /// `2026-12-31`, `+30d`, `after hire + 14d`, `after completing CODE + 7d`, `every 12-01`
            /// or `never`, which it is unless said.
            #[serde(default)]
            due: Option<String>,
            /// `mandatory`, unless said, `recommended` or `optional`.
            #[serde(default)]
            kind: Option<String>,
            /// Days of grace after the due day; those of the organisation, unless said.
            #[serde(default)]
            grace_days: Option<u32>,
            /// What happens to those for whom it would be past due from the beginning.
            #[serde(default)]
            on_past_due: PastDue,
            /// How many days those get who are extended; 14, unless said.
            #[serde(default)]
            extend_days: Option<u32>,
            /// Also to those who have done it.
            #[serde(default)]
            again: bool,
            /// With what has to come first.
            #[serde(default)]
            with_prerequisites: bool,
            /// Why; it is kept in the audit log.
            #[serde(default)]
            reason: Option<String>,
        }

        impl $name {
            pub(super) fn because(&self, actor: &Actor) -> Actor {
                super::because(actor, self.reason.as_deref())
            }

            pub(super) fn to(self, audience: Audience) -> Result<NewAssignments, Problem> {
                let on_past_due = match (self.on_past_due, self.extend_days) {
                    (PastDue::Extend, Some(days)) => OnPastDue::Extend(days),
                    (PastDue::Extend, None) => OnPastDue::default(),
                    (PastDue::Assign, _) => OnPastDue::AssignAnyway,
                    (PastDue::Park, _) => OnPastDue::Park,
                };
                let mut new = NewAssignments::to(audience)
                    .on_past_due(on_past_due)
                    .again(self.again)
                    .with_prerequisites(self.with_prerequisites);
                new = self.trainings.iter().fold(new, |new, training| new.training(training));
                new = self.paths.iter().fold(new, |new, path| new.path(path));
                if let Some(due) = &self.due {
                    new = new.due(due_rule(due)?);
                }
                if let Some(kind) = &self.kind {
                    new = new.kind(Kind::parse(kind)?);
                }
                Ok(self.grace_days.into_iter().fold(new, NewAssignments::grace_days))
            }
        }
    };
}

assign_body! {
    /// Trainings for people by name.
    #[schema(as = NewAssignments)]
    NewBody {
        /// Who gets them: e-mail, employee number, user name or id.
        people: Vec<String>,
    }
}

assign_body! {
    /// Trainings for everybody whom the query means.
    #[schema(as = NewBulkAssignments)]
    BulkBody {}
}

impl NewBody {
    /// Who is named.
    pub(super) fn audience(&self) -> Result<Audience, Problem> {
        if self.people.is_empty() {
            let detail = "nobody is named";
            return Err(FIELDS.problem(detail).with_field_error(FieldError {
                field: "people".to_owned(),
                code: FIELDS.code,
                detail: detail.to_owned(),
                hints: vec!["`POST assignments/bulk` takes an audience in the query".to_owned()],
            }));
        }
        let named = self.people.iter();
        Ok(named.fold(Audience::everybody(), |all, one| all.with(AudienceField::Person, one)))
    }
}

/// A day, or what leads to one. Days that are told from today are told from the day on which it is
/// assigned, which is the organisation's own.
pub(super) fn due_rule(text: &str) -> Result<DueRule, Error> {
    let text = text.trim();
    if text.starts_with('+') {
        return due_rule(&format!("after assignment {text}"));
    }
    let lower = text.to_lowercase();
    let words = ["after ", "every ", "next ", "never", "none"];
    if words.iter().any(|word| lower.starts_with(word)) {
        // None of these is told from today.
        let any_day = Day::parse("2000-01-01").expect("it is a day");
        return DueRule::parse(text, any_day);
    }
    Day::parse(text).map(DueRule::On).map_err(|error| {
        error.with_field("due").with_hint(
            "write `2026-12-31`, `+30d`, `after hire + 14d`, `after completing CODE + 7d`, \
             `every 12-01` or `never`",
        )
    })
}

/// Calls the fields by the names that they have in these bodies.
pub(super) fn named(problem: Problem) -> Problem {
    problem.with_fields_named(|field| match field {
        "training" => "trainings".to_owned(),
        "path" => "paths".to_owned(),
        "person" => "people".to_owned(),
        "grace" => "grace_days".to_owned(),
        other => other.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_from_today_is_told_from_the_day_of_the_assignment() {
        assert_eq!(due_rule("+30d").unwrap(), DueRule::AfterAssignment(30));
        assert_eq!(due_rule("2026-12-31").unwrap().to_string(), "2026-12-31");
        assert_eq!(due_rule("after hire + 2w").unwrap(), DueRule::AfterHire(14));
        assert_eq!(due_rule("Never").unwrap(), DueRule::Never);
        for wrong in ["tomorrow", "-3d", "31.12.2026", ""] {
            assert_eq!(due_rule(wrong).unwrap_err().field(), Some("due"), "{wrong}");
        }
    }
}
