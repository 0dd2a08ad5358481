//! What becomes of parts that units and groups have in common: names, and what holds for times. Pure.

use uuid::Uuid;

use super::super::timeline::Period;
use super::history::{Ever, OPEN, Told};
use super::merge::{Fact, Fields, Segment, Verdict, verdict};
use super::{Fate, Part, Vetoes};

/// Code and name, as far as the operation changed them.
pub(super) fn of_names(
    told: &Told,
    id: Uuid,
    now: [(&str, &str); 2],
    vetoes: &Vetoes,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, now) in now {
        let of = |values: &serde_json::Map<String, serde_json::Value>| {
            values.get(name).and_then(|value| value.as_str()).map(str::to_owned)
        };
        let (Some(before), Some(after)) = (of(&told.before), of(&told.after)) else {
            continue;
        };
        let now = now.to_owned();
        let fate = match verdict(&before, &after, &now) {
            Verdict::Untouched => continue,
            Verdict::Kept => Fate::Kept(told.blame(None, name)),
            Verdict::Restored => match vetoes.of(id, name, None) {
                Some(why) => Fate::Blocked(why),
                None => Fate::Restored,
            },
        };
        let (now, back_to) = (Some(Fact::Text(now)), Some(Fact::Text(before)));
        parts.push(Part { field: name.to_owned(), from: None, until: None, now, back_to, fate });
    }
    parts
}

/// What holds for times: the parts, and which of the segments go back.
pub(super) fn of_segments<'a>(
    segments: &'a [Segment],
    ever: &Ever<Period<Fields>>,
    told: &Told,
    id: Uuid,
    vetoes: &Vetoes,
) -> (Vec<Part>, Vec<&'a Segment>) {
    let veto = |segment: &Segment| vetoes.of(id, &segment.field, Some(segment.from));
    // Where something cannot open or close again, what is true of it then cannot go back either.
    let shut: Vec<(&Segment, String)> = segments
        .iter()
        .filter(|segment| segment.field == OPEN)
        .filter_map(|segment| Some((segment, veto(segment)?)))
        .collect();
    let (mut parts, mut restored) = (Vec::new(), Vec::new());
    for segment in segments {
        let stands_against = || {
            let shut = shut.iter().find(|(open, _)| open.covers(segment.from));
            veto(segment).or_else(|| shut.map(|(_, why)| why.clone()))
        };
        let fate = match segment.verdict {
            Verdict::Untouched => continue,
            Verdict::Kept => {
                let changed_at = ever.changed_at(&segment.field, segment.from);
                Fate::Kept(told.blame(changed_at, &segment.field))
            }
            Verdict::Restored => {
                if let Some(why) = stands_against() {
                    Fate::Blocked(why)
                } else {
                    restored.push(segment);
                    Fate::Restored
                }
            }
        };
        parts.push(Part::of_segment(segment, fate));
    }
    (parts, restored)
}
