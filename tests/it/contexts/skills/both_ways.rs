//! Gaps of very many come out of one statement, and the card of a person out of a pure function over
//! their completions: they say the same on every day, of whatever was done, revoked and required.

use std::collections::BTreeSet;

use lms_core::{
    CompletionChange, CompletionFilter, Day, Engine, GapFilter, HolderFilter, PersonFilter,
    Publishing, TrainingChange, TrainingField,
};

use super::{company, done, hire, level, require, training};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;

on_both_engines! {
    lists_and_cards_say_the_same,
}

const PEOPLE: &[&str] = &["Ada", "Bo", "Cy", "Di", "Eve"];
const SKILLS: &[&str] = &["AID", "LOADS"];
const DAYS: &[&str] = &["2026-01-10", "2026-02-10", "2026-03-10", "2026-03-31", "2026-05-10"];

async fn lists_and_cards_say_the_same(engine: Engine) {
    let lms = company(engine).await;
    let (admin, mut dice) = (lms.admin(), Dice::new(23));
    super::noon(&lms, "2026-03-31");
    hire(&lms, "Di", "CLERK").await;
    hire(&lms, "Eve", "DRIVER").await;
    let months = |text: &'static str| [(TrainingField::ValidityMonths, text)];
    training(&lms, "A", "AID=2, LOADS=1", &months("1")).await;
    training(&lms, "B", "AID=4", &months("2")).await;
    training(&lms, "C", "LOADS=3", &[]).await;
    for (role, skill) in [("DRIVER", "AID"), ("DRIVER", "LOADS"), ("CLERK", "AID")] {
        for _ in 0..2 {
            let wanted = u8::try_from(dice.between(1, 6)).unwrap();
            require(&lms, role, skill, wanted, dice.one(DAYS)).await;
        }
    }
    for _ in 0..18 {
        let code = dice.one(&["A", "B", "C"]);
        done(&lms, dice.one(PEOPLE), code, dice.one(&DAYS[..4])).await;
    }
    let all = CompletionFilter::new().limit(500);
    let all = lms.assignments().completions(&admin, all).await.unwrap().items;
    for _ in 0..4 {
        let one = &all[dice.below(all.len())];
        let revoked = CompletionChange::revoked();
        lms.assignments().change_completion(&admin, one.id, revoked).await.unwrap();
    }
    let change = TrainingChange::new().set(TrainingField::Skills, "AID=1");
    lms.catalog().edit(&admin, "A", change).await.unwrap();
    lms.catalog().publish(&admin, "A", &Publishing::minor()).await.unwrap();
    done(&lms, "Cy", "A", "2026-03-31").await;

    let (mut lacked, mut met, mut held_at_all) = (0, 0, 0);
    for text in DAYS {
        let day = Some(Day::parse(text).unwrap());
        let filter = GapFilter::new().as_of(day).limit(500);
        let gaps = lms.readiness().gaps(&admin, filter).await.unwrap().items;
        let listed: BTreeSet<_> = gaps
            .iter()
            .map(|gap| {
                (
                    gap.person.clone(),
                    gap.skill.clone(),
                    gap.missing,
                    gap.held.clone().map(|held| held.completion_id),
                )
            })
            .collect();
        let mut on_cards = BTreeSet::new();
        let mut having = BTreeSet::new();
        let people = lms.people().list(&admin, PersonFilter::new()).await.unwrap().items;
        for person in people {
            let card = lms.readiness().of(&admin, &person.id.to_string(), day).await.unwrap();
            for one in card.skills {
                let held = one.held.as_ref();
                if one.missing > 0 {
                    on_cards.insert((
                        card.person.clone(),
                        one.skill.clone(),
                        one.missing,
                        held.map(|held| held.completion_id),
                    ));
                } else if one.required.is_some() {
                    met += 1;
                }
                having
                    .extend(held.map(|held| (card.person.clone(), one.skill.clone(), held.level)));
            }
        }
        assert_eq!(listed, on_cards, "{text}");
        lacked += listed.len();
        held_at_all += having.len();
        for skill in SKILLS {
            for wanted in 1..=5 {
                let filter = HolderFilter::new().as_of(day).level(Some(level(wanted)));
                let holders = lms.readiness().holders(&admin, skill, filter).await.unwrap().items;
                let holders: BTreeSet<_> =
                    holders.into_iter().map(|one| (one.person, one.held.level)).collect();
                let expected = having.iter().filter(|(_, of, _)| of == skill);
                let expected: BTreeSet<_> = expected
                    .filter(|(_, _, held)| *held >= level(wanted))
                    .map(|(name, _, held)| (name.clone(), *held))
                    .collect();
                assert_eq!(holders, expected, "{skill} {wanted} on {text}");
            }
        }
    }
    assert!(lacked > 10 && met > 5 && held_at_all > 10, "{lacked} {met} {held_at_all}");
}
