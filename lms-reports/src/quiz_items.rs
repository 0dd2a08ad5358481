//! `quiz-items`: how good the questions are: how easy, how well they tell those who know from those who do
//! not, and which wrong options anybody takes for right.

use lms_core::{Actor, Lms, QuizItem, QuizItemFacts, QuizOption, Result};

use crate::asked::{Parts, document, query, reconciled, whole};
use crate::document::{Chart, ChartKind, Document, Fact, Figure, Series, Value};
use crate::report::{Params, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::Words;

/// Questions below it hardly tell who knows from who does not.
const DISCRIMINATION_MIN: f64 = 0.2;

pub(crate) async fn run(lms: &Lms, actor: &Actor, params: &Params) -> Result<Document> {
    let facts = lms.analytics().quiz_items(actor, query(params)?).await?;
    let notes =
        if facts.quizzes.is_empty() { vec!["Nobody has taken a quiz.".into()] } else { Vec::new() };
    let chart = Chart::new(
        ChartKind::Scatter,
        "How easy questions are, and how well they discriminate",
        "questions",
        FACILITY,
        [Series::new(FACILITY + 3)],
    )
    .axes("Facility", "Discrimination");
    let parts = Parts {
        notes,
        figures: figures(&facts),
        charts: vec![chart],
        tables: vec![questions(&facts), distractors(&facts), quizzes(&facts)],
        population:
            "people of every status whose figures the one who asked may see, as far as they handed a \
             quiz in; or the audience, where one was given"
                .into(),
        period_from: None,
        provenance: defined(&facts),
    };
    Ok(document(Report::QuizItems, &facts.origin, params, actor, parts))
}

fn defined(facts: &QuizItemFacts) -> Vec<Fact> {
    let listed = facts.quizzes.iter().map(|quiz| quiz.questions).sum();
    vec![
        Fact::new(
            "First attempts",
            "of each person and each quiz, the first attempt that was handed in up to and with the day; \
             later ones, also those of a later turn, are left out, and so are those that were handed in \
             before the period",
        ),
        Fact::new(
            "Waiting",
            "attempts of which a person has yet to grade an answer; they are left out of every figure, and \
             counted apart",
        ),
        Fact::new(
            "Facility",
            "what the answers earned, of what they could earn; no answer earns nothing. 100 % is a \
             question that nobody gets wrong",
        ),
        Fact::new(
            "Discrimination",
            "the correlation (Pearson) between the share of its points that an answer earned and the share \
             that all other questions of the same attempt earned, from -1 to 1; blank where one of them is \
             always the same",
        ),
        Fact::new(
            "Scores",
            "the points that an attempt earned, of those that it could earn, in percent; the standard \
             deviation is that of a sample",
        ),
        Fact::new(
            "Cronbach's alpha",
            "of all questions of the quiz, by points; blank where attempts were not asked the same \
             questions in the same versions, or all earned the same",
        ),
        Fact::new(
            "Versions",
            "a question that was changed is another one: each version has its own row",
        ),
        Fact::new("Questions reconcile", reconciled(whole(facts.items.len()), listed)),
    ]
}

fn figures(facts: &QuizItemFacts) -> Vec<Figure> {
    let sum = |part: fn(&lms_core::QuizScores) -> i64| facts.quizzes.iter().map(part).sum::<i64>();
    let attempts = sum(|quiz| quiz.attempts);
    let waiting = sum(|quiz| quiz.waiting);
    let passed = sum(|quiz| quiz.passed);
    let count = |is_it: &dyn Fn(&QuizItem) -> bool| {
        Value::Count(whole(facts.items.iter().filter(|item| is_it(item)).count()))
    };
    vec![
        Figure::new(
            "attempts",
            "First attempts",
            Value::Count(attempts),
            Words::with("Those that are graded; {} that wait for it are left out", [waiting]),
        ),
        Figure::new(
            "passed",
            "Passed at once",
            Value::Share { numerator: passed, denominator: attempts },
            Words::with("{} that passed, of {} first attempts that are graded", [passed, attempts]),
        ),
        Figure::new(
            "questions",
            "Questions",
            Value::Count(whole(facts.items.len())),
            "Questions that were asked, each version apart",
        ),
        Figure::new(
            "hard",
            "Hard questions",
            count(&|item| item.points_max > 0 && item.points * 100 < item.points_max * 30),
            "Their answers earned less than 30 % of the points",
        ),
        Figure::new(
            "easy",
            "Easy questions",
            count(&|item| item.points_max > 0 && item.points * 100 > item.points_max * 95),
            "Their answers earned more than 95 % of the points",
        ),
        Figure::new(
            "weak",
            "Questions that hardly discriminate",
            count(&|item| {
                item.discrimination.is_some_and(|it| (0.0..DISCRIMINATION_MIN).contains(&it))
            }),
            "Their discrimination is below 0.20: who knows the rest does hardly better with them",
        ),
        Figure::new(
            "against",
            "Questions that discriminate the wrong way",
            count(&|item| item.discrimination.is_some_and(|it| it < 0.0)),
            "Their discrimination is below 0: who knows the rest does worse with them. Is the key right?",
        ),
    ]
}

/// The place of the facility among the columns of questions.
const FACILITY: usize = 6;

fn questions(facts: &QuizItemFacts) -> Table {
    let columns = [
        Column::new("quiz", "Quiz", Kind::Text, 20),
        Column::new("question", "Question", Kind::Text, 20),
        Column::new("version", "Version", Kind::Integer, 9),
        Column::new("kind", "Kind", Kind::Status, 14),
        Column::new("asked", "Asked", Kind::Integer, 9)
            .about("First attempts in which it was asked"),
        Column::new("answered", "Answered", Kind::Integer, 10)
            .about("Those in which there was an answer"),
        Column::new("facility", "Facility", Kind::Share, 10)
            .about("What the answers earned, of what they could; in hundredths of a point"),
        Column::new("points", "Mean points", Kind::Coefficient, 10),
        Column::new("points_max", "Points", Kind::Coefficient, 9).about("What it can earn"),
        Column::new("discrimination", "Discrimination", Kind::Coefficient, 14).about(
            "Correlation with all other questions of the attempt; below 0.20 look at the question",
        ),
        Column::new("text", "What it asks", Kind::Text, 60),
    ];
    let mut table =
        Table::new("questions", "Questions", "Nobody has taken a quiz.", columns).grouped_by(1);
    for item in &facts.items {
        table.push([
            Cell::Text(&facts.quizzes[item.quiz as usize].code),
            Cell::Text(&item.code),
            Cell::Integer(item.version),
            Cell::Text(item.kind.as_str()),
            Cell::Integer(item.asked),
            Cell::Integer(item.answered),
            Cell::Share { numerator: item.points, denominator: item.points_max },
            mean(item.points, item.asked),
            mean(item.points_max, item.asked),
            item.discrimination.map_or(Cell::Nothing, Cell::Decimal),
            Cell::Text(&item.text),
        ]);
    }
    table
}

/// Points on average, of hundredths.
fn mean(hundredths: i64, n: i64) -> Cell<'static> {
    #[expect(clippy::cast_precision_loss, reason = "points of many are no large number")]
    let mean = (hundredths as f64 / n as f64).round() / 100.0;
    if n > 0 { Cell::Decimal(mean) } else { Cell::Nothing }
}

fn distractors(facts: &QuizItemFacts) -> Table {
    let columns = [
        Column::new("quiz", "Quiz", Kind::Text, 20),
        Column::new("question", "Question", Kind::Text, 20),
        Column::new("version", "Version", Kind::Integer, 9),
        Column::new("option", "Option", Kind::Text, 50),
        Column::new("right", "Right", Kind::Status, 9),
        Column::new("chosen_percent", "Chosen %", Kind::Share, 10)
            .about("Of the first attempts in which it was asked"),
        Column::new("mean_score", "Mean score %", Kind::Decimal, 10)
            .about("Of the attempts in which it was chosen, over all questions"),
        Column::new("finding", "Finding", Kind::Status, 22).about(
            "A wrong option that nobody takes, or that better learners take than the right one",
        ),
    ];
    let mut table =
        Table::new("distractors", "Distractors", "No question offers options.", columns)
            .grouped_by(3);
    for option in &facts.options {
        let item = &facts.items[option.item as usize];
        table.push([
            Cell::Text(&facts.quizzes[item.quiz as usize].code),
            Cell::Text(&item.code),
            Cell::Integer(item.version),
            Cell::Text(&option.text),
            Cell::Text(if option.is_right { "yes" } else { "no" }),
            Cell::Share { numerator: option.chosen, denominator: item.asked },
            option.mean_score.map_or(Cell::Nothing, Cell::Decimal),
            finding(facts, option).into(),
        ]);
    }
    table
}

/// What an author should look at.
fn finding(facts: &QuizItemFacts, option: &QuizOption) -> Option<&'static str> {
    if option.is_right {
        return (option.chosen == 0).then_some("right_and_never_chosen");
    }
    if option.chosen == 0 {
        return Some("never_chosen");
    }
    let rights = facts.options.iter().filter(|one| one.item == option.item && one.is_right);
    let best = rights
        .filter_map(|one| one.mean_score)
        .fold(None, |best: Option<f64>, score| Some(best.map_or(score, |best| best.min(score))));
    let attracts = option.mean_score.zip(best).is_some_and(|(own, right)| own > right);
    attracts.then_some("chosen_by_the_better")
}

fn quizzes(facts: &QuizItemFacts) -> Table {
    let columns = [
        Column::new("quiz", "Quiz", Kind::Text, 20),
        Column::new("title", "Title", Kind::Text, 40),
        Column::new("attempts", "First attempts", Kind::Integer, 10),
        Column::new("waiting", "Waiting", Kind::Integer, 10)
            .about("For somebody who grades them; left out"),
        Column::new("passed_percent", "Passed at once %", Kind::Share, 11),
        Column::new("questions", "Questions", Kind::Integer, 10),
        Column::new("mean", "Mean score %", Kind::Decimal, 10),
        Column::new("median", "Median %", Kind::Decimal, 10),
        Column::new("deviation", "Standard deviation", Kind::Decimal, 11)
            .about("Of the scores, in points of percent"),
        Column::new("alpha", "Cronbach's alpha", Kind::Coefficient, 11)
            .about("From 0.70 on, scores are usually taken for reliable"),
    ];
    let mut table = Table::new("quizzes", "By quiz", "Nobody has taken a quiz.", columns);
    let decimal = |number: Option<f64>| number.map_or(Cell::Nothing, Cell::Decimal);
    for quiz in &facts.quizzes {
        table.push([
            Cell::Text(&quiz.code),
            Cell::Text(&quiz.title),
            Cell::Integer(quiz.attempts),
            Cell::Integer(quiz.waiting),
            Cell::Share { numerator: quiz.passed, denominator: quiz.attempts },
            Cell::Integer(quiz.questions),
            decimal(quiz.mean),
            decimal(quiz.median),
            decimal(quiz.deviation),
            decimal(quiz.alpha),
        ]);
    }
    table
}
