//! What a notice says, from its type and its data. Templates in other languages take the place of this one
//! function and are given the same.

use std::collections::HashMap;

use serde_json::Value as Json;
use uuid::Uuid;

use super::NoticeType;

/// So many people are named in a notice about several.
pub(super) const NAMED_MAX: usize = 3;

/// What a notice says: a subject, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) body: String,
}

/// The people whom a notice names.
pub(super) fn named(data: &Json) -> Vec<Uuid> {
    let mut people: Vec<Uuid> = Vec::new();
    for item in items(data) {
        let person = item["person_id"].as_str().and_then(|id| id.parse().ok());
        people.extend(person.filter(|person| !people.contains(person)));
    }
    people.truncate(NAMED_MAX);
    people
}

fn items(data: &Json) -> &[Json] {
    data["overdue"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(data: &'a Json, name: &str) -> &'a str {
    data[name].as_str().unwrap_or_default()
}

/// Puts a notice into words.
pub(super) fn words(
    notice_type: NoticeType,
    data: &Json,
    n_people: i64,
    names: &HashMap<Uuid, String>,
) -> Words {
    let title = text(data, "title");
    match notice_type {
        NoticeType::Reminder => reminder(data, title),
        NoticeType::Escalation => escalation(data, n_people, names),
        NoticeType::ExemptionEnding => Words {
            subject: format!("Your exemption from {title} ends soon"),
            body: format!(
                "You need not do {title} until {}; after that you must.",
                text(data, "until")
            ),
        },
        NoticeType::JobFailed => Words {
            subject: format!("The job `{}` failed", text(data, "job")),
            body: format!(
                "It ran for {} and said: {}. Nothing of what it had done is lost; run it again.",
                text(data, "day"),
                text(data, "error")
            ),
        },
        NoticeType::RuleStopped => Words {
            subject: format!("The rule `{}` stands still", text(data, "rule")),
            body: format!(
                "Since {} nobody can tell whom it means: {}. It gives nothing and takes nothing until \
                 somebody says; `lmsctl rule check {}` tells more.",
                text(data, "since"),
                text(data, "because"),
                text(data, "rule")
            ),
        },
    }
}

fn reminder(data: &Json, title: &str) -> Words {
    let due_on = text(data, "due_on");
    let left = data["days_left"].as_i64().unwrap_or_default();
    let (subject, body) = match left {
        1.. => {
            (format!("{title} is due in {}", days(left)), format!("Please do {title} by {due_on}."))
        }
        0 => (format!("{title} is due today"), format!("Please do {title} today, {due_on}.")),
        _ => (
            format!("{title} was due {} ago", days(-left)),
            format!("Please do {title} now; it was due on {due_on}."),
        ),
    };
    Words { subject, body }
}

fn days(n: i64) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

fn escalation(data: &Json, n_people: i64, names: &HashMap<Uuid, String>) -> Words {
    let of = match n_people {
        1 => "1 person is overdue".to_owned(),
        n => format!("{n} people are overdue"),
    };
    let each = named(data).into_iter().map(|person| {
        let name = names.get(&person).map_or("somebody", String::as_str);
        let own =
            items(data).iter().filter(|item| item["person_id"] == person.to_string().as_str());
        let trainings: Vec<&str> = own.map(|item| text(item, "training")).collect();
        format!("{name} ({})", trainings.join(", "))
    });
    let each: Vec<String> = each.collect();
    let others = usize::try_from(n_people).unwrap_or_default().saturating_sub(each.len());
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    Words { subject: of, body: format!("Please see to it: {}{more}.", each.join(", ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reminder_says_how_long_there_is() {
        for (left, subject) in [
            (14, "Data protection is due in 14 days"),
            (1, "Data protection is due in 1 day"),
            (0, "Data protection is due today"),
            (-1, "Data protection was due 1 day ago"),
            (-21, "Data protection was due 21 days ago"),
        ] {
            let data =
                json!({ "title": "Data protection", "due_on": "2026-03-31", "days_left": left });
            let said = words(NoticeType::Reminder, &data, 1, &HashMap::new());
            assert_eq!(said.subject, subject);
            assert!(said.body.contains("2026-03-31"), "{}", said.body);
        }
    }

    #[test]
    fn a_digest_names_a_few_and_counts_the_others() {
        let people: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let overdue: Vec<Json> =
            people.iter().map(|id| json!({ "person_id": id, "training": "SEC-200" })).collect();
        let names = [(people[0], "Ada Byron".to_owned()), (people[1], "Bo Chen".to_owned())];
        let names = names.into_iter().collect();
        let said = words(NoticeType::Escalation, &json!({ "overdue": overdue }), 5, &names);
        assert_eq!(said.subject, "5 people are overdue");
        assert_eq!(
            said.body,
            "Please see to it: Ada Byron (SEC-200), Bo Chen (SEC-200), somebody (SEC-200) and 2 more."
        );
    }
}
