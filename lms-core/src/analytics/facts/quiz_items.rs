//! How good questions are: what first attempts earned, question by question, and what was chosen.
//!
//! First attempts only, one for each person and quiz: whoever comes back has seen the questions. What a
//! person has yet to grade is left out with the whole attempt, and counted.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{CHUNK, FactsOrigin, FactsQuery, Reading, Whom};
use crate::analytics::READ;
use crate::analytics::item_analysis::{self, Earned, Sheet};
use crate::kernel::access::Actor;
use crate::kernel::core::Core;
use crate::kernel::error::Result;
use crate::progress::{AskedQuestions, FirstAttempt, FirstsWanted, firsts};
use crate::quizzes::{self, QuestionKind};

/// How a quiz did with those who took it for the first time.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct QuizScores {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// First attempts that are graded.
    pub attempts: i64,
    /// Those that wait for somebody who grades, and are left out.
    pub waiting: i64,
    /// Those that passed.
    pub passed: i64,
    /// Questions that were asked, each version apart.
    pub questions: i64,
    /// Scores in per cent of the points, to three digits: the mean.
    pub mean: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The standard deviation of a sample.
    pub deviation: Option<f64>,
    /// Cronbach's alpha; nothing where not everybody was asked the same.
    pub alpha: Option<f64>,
}

/// How a question did in a quiz.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct QuizItem {
    /// The place of the quiz among the quizzes.
    pub quiz: u32,
    /// The code of the question.
    pub code: String,
    /// In which version it was asked.
    pub version: i64,
    /// Of what kind it is.
    pub kind: QuestionKind,
    /// What it asks.
    pub text: String,
    /// Attempts in which it was asked.
    pub asked: i64,
    /// Those in which there was an answer that is still kept.
    pub answered: i64,
    /// What the answers earned, in hundredths of a point.
    pub points: i64,
    /// What they could earn.
    pub points_max: i64,
    /// The correlation with all other questions of the sheet, to three digits.
    pub discrimination: Option<f64>,
}

/// An option of a question, and who chose it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct QuizOption {
    /// The place of the question among the items.
    pub item: u32,
    /// What it says.
    pub text: String,
    /// Whether it is right.
    pub is_right: bool,
    /// Attempts in which it was chosen.
    pub chosen: i64,
    /// The mean score of these, in per cent.
    pub mean_score: Option<f64>,
}

/// How good questions are.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct QuizItemFacts {
    /// Which state of the data.
    pub origin: FactsOrigin,
    /// The quizzes that were taken, by code.
    pub quizzes: Vec<QuizScores>,
    /// Their questions: by quiz, by code, by version.
    pub items: Vec<QuizItem>,
    /// The options of these, in the order in which they were written.
    pub options: Vec<QuizOption>,
}

pub(in crate::analytics) async fn quiz_items(
    core: &Core,
    actor: &Actor,
    query: &FactsQuery,
) -> Result<QuizItemFacts> {
    let mut reading = Reading::begin(core, actor, READ, query).await?;
    let mut ids = Vec::new();
    for code in &query.quizzes {
        ids.push(quizzes::quiz_row(&mut reading.tx, code).await?.id);
    }
    let zone = reading.origin.timezone.zone();
    let (from, day) = (reading.origin.from, reading.moment.day);
    let mut asked = AskedQuestions::new();
    let mut all: Vec<FirstAttempt> = Vec::new();
    let mut people: Vec<Uuid> =
        reading.described(Whom::All, day).await?.into_iter().map(|one| one.person).collect();
    people.sort_unstable();
    for chunk in people.chunks(CHUNK) {
        let wanted = FirstsWanted {
            trainings: reading.trainings.as_deref(),
            quizzes: (!ids.is_empty()).then_some(&ids),
            from: from.map(|from| from.starts_at(&zone)),
            before: day.next().starts_at(&zone),
            known_at: reading.moment.known_at,
        };
        all.extend(firsts(&mut reading.tx, chunk, wanted, &mut asked).await?);
    }
    let mut by_quiz: HashMap<Uuid, Vec<FirstAttempt>> = HashMap::new();
    for one in all {
        by_quiz.entry(one.quiz).or_default().push(one);
    }
    let named = quizzes::quizzes_called(&mut reading.tx, by_quiz.keys().copied()).await?;
    let mut facts = QuizItemFacts {
        origin: reading.origin,
        quizzes: Vec::new(),
        items: Vec::new(),
        options: Vec::new(),
    };
    for (id, code, title) in named {
        let attempts = by_quiz.remove(&id).unwrap_or_default();
        facts.add((code, title), &attempts, &asked);
    }
    Ok(facts)
}

/// Who chose an option: how many, and their scores.
type Choosers = BTreeMap<(usize, usize), Vec<f64>>;

impl QuizItemFacts {
    fn add(
        &mut self,
        (code, title): (String, String),
        attempts: &[FirstAttempt],
        asked: &AskedQuestions,
    ) {
        let graded: Vec<_> = attempts.iter().filter_map(|one| one.answers.as_deref()).collect();
        let mut keys: Vec<(Uuid, i64)> =
            graded.iter().copied().flatten().map(|answer| answer.question).collect();
        keys.sort_by_cached_key(|key| {
            (asked.get(key).map_or("", |question| &question.code).to_lowercase(), key.1, key.0)
        });
        keys.dedup();
        let places: HashMap<(Uuid, i64), usize> = keys.iter().copied().zip(0..).collect();
        let mut answered = vec![0; keys.len()];
        let mut choosers = Choosers::new();
        let mut sheets: Vec<Sheet> = Vec::with_capacity(graded.len());
        for answers in graded {
            let earned = answers.iter().map(|answer| Earned {
                item: places[&answer.question],
                points: answer.points,
                max: answer.points_max,
            });
            let sheet: Sheet = earned.collect();
            let score = item_analysis::percent_of(&sheet);
            for answer in answers {
                let item = places[&answer.question];
                answered[item] += i64::from(answer.is_given);
                for option in &answer.chosen {
                    choosers.entry((item, *option)).or_default().extend(score);
                }
            }
            sheets.push(sheet);
        }
        let scores = item_analysis::scores(&sheets);
        let quiz = u32::try_from(self.quizzes.len()).unwrap_or(u32::MAX);
        self.quizzes.push(QuizScores {
            code,
            title,
            attempts: scores.n,
            waiting: whole(attempts.len()) - scores.n,
            passed: whole(attempts.iter().filter(|one| one.passed == Some(true)).count()),
            questions: whole(keys.len()),
            mean: scores.mean,
            median: scores.median,
            deviation: scores.deviation,
            alpha: scores.alpha,
        });
        let figures = item_analysis::items(keys.len(), &sheets);
        for (at, (key, figures)) in keys.iter().zip(figures).enumerate() {
            let Some(question) = asked.get(key) else { continue };
            let item = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
            self.items.push(QuizItem {
                quiz,
                code: question.code.clone(),
                version: key.1,
                kind: question.kind,
                text: question.text.clone(),
                asked: figures.n,
                answered: answered[at],
                points: figures.points,
                points_max: figures.max,
                discrimination: figures.discrimination,
            });
            for (option, (text, is_right)) in question.offered.iter().enumerate() {
                let scores = choosers.get(&(at, option)).map_or(&[][..], Vec::as_slice);
                self.options.push(QuizOption {
                    item,
                    text: text.clone(),
                    is_right: *is_right,
                    chosen: whole(scores.len()),
                    mean_score: item_analysis::told_mean(scores),
                });
            }
        }
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
