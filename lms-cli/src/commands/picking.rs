//! What a command is about, where nobody said so: picked from a list on a terminal, a usage error
//! without one. All pickers have this one shape.

use lms_core::{
    AccountFilter, PathFilter, PathStatus, Person, PersonFilter, PersonStatus, QuestionFilter,
    QuizFilter, Role, RuleFilter, SkillFilter, Training, TrainingFilter, TrainingStatus, UnitKind,
};

use crate::app::{App, Session};
use crate::commands::paging::PageArgs;
use crate::error::{Result, UNKNOWN_NAME};

/// More people than this are searched first, rather than carried to a terminal.
const PEOPLE_MAX: u32 = 500;
/// People who are employed, or will be.
pub(crate) const EMPLOYED: &[PersonStatus] =
    &[PersonStatus::PreHire, PersonStatus::Active, PersonStatus::OnLeave];

/// What is asked, and what a script gives in place of an answer.
pub(crate) struct Question<'a> {
    pub(crate) asked: &'a str,
    pub(crate) answered_by: &'a str,
    /// What is wrong where there is nothing to pick from.
    pub(crate) none: &'a str,
}

/// Something to pick: how it is shown, and what would have been typed.
pub(crate) struct Choice {
    pub(crate) shown: String,
    pub(crate) typed: String,
}

/// Something that is named by a short code.
pub(crate) struct Coded {
    pub(crate) code: String,
    pub(crate) about: String,
}

impl From<Coded> for Choice {
    fn from(coded: Coded) -> Self {
        let shown = format!("{:<20} {}", coded.code, coded.about).trim_end().to_owned();
        Self { shown, typed: coded.code }
    }
}

/// What was named, or else what is picked from a list; it is read only where it is needed.
pub(crate) async fn named_or_picked(
    app: &App,
    named: Option<String>,
    question: &Question<'_>,
    choices: impl AsyncFnOnce() -> Result<Vec<Choice>>,
) -> Result<String> {
    if let Some(name) = named {
        return Ok(name);
    }
    let Question { asked, answered_by, none } = question;
    app.prompt.need_terminal(asked, answered_by)?;
    let (lines, mut typed): (Vec<String>, Vec<String>) =
        choices().await?.into_iter().map(|choice| (choice.shown, choice.typed)).unzip();
    if lines.is_empty() {
        return Err(UNKNOWN_NAME.error(*none).into());
    }
    let picked = app.prompt.pick(asked, &lines, answered_by)?;
    Ok(typed.swap_remove(picked))
}

/// A person; where one has to be picked, among those with one of these statuses.
pub(crate) async fn person(
    app: &App,
    session: &Session,
    named: Option<String>,
    statuses: &[PersonStatus],
) -> Result<String> {
    person_who(app, session, named, statuses, "Which person?").await
}

/// As [`person`], asked for in other words.
pub(crate) async fn person_who(
    app: &App,
    session: &Session,
    named: Option<String>,
    statuses: &[PersonStatus],
    asked: &str,
) -> Result<String> {
    let question = Question {
        asked,
        answered_by: "their e-mail address, employee number, user name or id",
        none: "there is nobody of whom that could be said",
    };
    named_or_picked(app, named, &question, async || {
        let all = statuses.iter().fold(PersonFilter::new(), |all, one| all.status(*one));
        let all = all.limit(PEOPLE_MAX);
        let mut found = session.lms.people().list(&session.actor, all.clone()).await?;
        while found.next.is_some() {
            let words = "A part of the name, address or number";
            let words = app.prompt.text(words, None, question.answered_by, &|_| Ok(()))?;
            let searched = all.clone().search(&words);
            let page = session.lms.people().list(&session.actor, searched).await?;
            if page.items.is_empty() {
                app.output.note("nobody is called so");
                continue;
            }
            if page.next.is_some() {
                app.output.note(&format!("more than {PEOPLE_MAX} are called so"));
            }
            found = page;
        }
        Ok(found.items.iter().map(person_choice).collect())
    })
    .await
}

fn person_choice(person: &Person) -> Choice {
    let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
    let shown = format!(
        "{:<26} {:<8} {:<32} {}",
        person.name(),
        or_nothing(&person.employee_number),
        or_nothing(&person.email),
        or_nothing(&person.department)
    );
    Choice { shown: shown.trim_end().to_owned(), typed: person.id.to_string() }
}

/// A department, location or job role.
pub(crate) async fn unit(
    app: &App,
    session: &Session,
    kind: UnitKind,
    named: Option<String>,
) -> Result<String> {
    let noun = kind.noun();
    let question = Question {
        asked: &format!("Which {noun}?"),
        answered_by: "its code or name",
        none: &format!("there is no {noun} yet"),
    };
    coded_or_picked(app, named, &question, async || units(session, kind).await).await
}

pub(crate) async fn units(session: &Session, kind: UnitKind) -> Result<Vec<Coded>> {
    let units = session.lms.people().units(&session.actor, kind, None, false).await?;
    Ok(units.into_iter().map(|unit| Coded { code: unit.code, about: unit.name }).collect())
}

/// A group.
pub(crate) async fn group(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which group?",
        answered_by: "its code or name",
        none: "there is no group yet",
    };
    coded_or_picked(app, named, &question, async || groups(session).await).await
}

pub(crate) async fn groups(session: &Session) -> Result<Vec<Coded>> {
    let groups = session.lms.people().groups(&session.actor, None, false).await?;
    Ok(groups.into_iter().map(|group| Coded { code: group.code, about: group.name }).collect())
}

/// An access role of which this is true.
pub(crate) async fn role(
    app: &App,
    session: &Session,
    named: Option<String>,
    is_meant: impl Fn(&Role) -> bool,
) -> Result<String> {
    let question = Question {
        asked: "Which access role?",
        answered_by: "its name",
        none: "there is no access role of your own yet",
    };
    coded_or_picked(app, named, &question, async || roles(session, is_meant).await).await
}

pub(crate) async fn roles(
    session: &Session,
    is_meant: impl Fn(&Role) -> bool,
) -> Result<Vec<Coded>> {
    let roles = session.lms.access().roles(&session.actor).await?;
    let meant = roles.into_iter().filter(is_meant);
    Ok(meant.map(|role| Coded { code: role.name, about: role.summary }).collect())
}

/// An account.
pub(crate) async fn account(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which account?",
        answered_by: "its username",
        none: "there is no account yet",
    };
    coded_or_picked(app, named, &question, async || accounts(session).await).await
}

pub(crate) async fn accounts(session: &Session) -> Result<Vec<Coded>> {
    let accounts = PageArgs::everything()
        .read(async |limit, cursor| {
            let filter = AccountFilter::new().page(limit, cursor);
            session.lms.access().accounts(&session.actor, filter).await
        })
        .await?;
    let coded = |account: lms_core::Account| Coded {
        code: account.username,
        about: account.email.unwrap_or_default(),
    };
    Ok(accounts.items.into_iter().map(coded).collect())
}

/// A training; where one has to be picked, also one that is archived.
pub(crate) async fn training(
    app: &App,
    session: &Session,
    named: Option<String>,
) -> Result<String> {
    training_which(app, session, named, "Which training?").await
}

/// As [`training`], asked for in other words.
pub(crate) async fn training_which(
    app: &App,
    session: &Session,
    named: Option<String>,
    asked: &str,
) -> Result<String> {
    let question = Question { asked, answered_by: "its code", none: "there is no training yet" };
    coded_or_picked(app, named, &question, async || trainings(session).await).await
}

/// A training that people can be given.
pub(crate) async fn given_training(app: &App, session: &Session) -> Result<String> {
    let question = Question {
        asked: "Which training?",
        answered_by: "its code",
        none: "no training is published yet",
    };
    let published = async || trainings_that_are(session, &[TrainingStatus::Published]).await;
    coded_or_picked(app, None, &question, published).await
}

/// A training and a module of its draft, or of what is published where nobody writes one.
pub(crate) async fn module(
    app: &App,
    session: &Session,
    training: Option<String>,
    named: Option<String>,
) -> Result<(String, String)> {
    let training = self::training(app, session, training).await?;
    let question = Question {
        asked: "Which module?",
        answered_by: "its key",
        none: "there is no module in it yet",
    };
    let module = coded_or_picked(app, named, &question, async || {
        let file = session.lms.catalog().export(&session.actor, &training).await?;
        let modules = file.definition.modules.into_iter();
        Ok(modules.map(|module| Coded { code: module.key, about: module.title }).collect())
    });
    let module = module.await?;
    Ok((training, module))
}

/// An item of a module.
pub(crate) async fn item(
    app: &App,
    session: &Session,
    training: &str,
    module: &str,
    named: Option<String>,
) -> Result<String> {
    let question = Question {
        asked: "Which item?",
        answered_by: "its key",
        none: "there is no item in it yet",
    };
    coded_or_picked(app, named, &question, async || {
        let file = session.lms.catalog().export(&session.actor, training).await?;
        let items = file.definition.module(module)?.items.iter();
        Ok(items.map(|one| Coded { code: one.key.clone(), about: one.title.clone() }).collect())
    })
    .await
}

pub(crate) async fn trainings(session: &Session) -> Result<Vec<Coded>> {
    trainings_that_are(session, TrainingStatus::ALL).await
}

async fn trainings_that_are(session: &Session, are: &[TrainingStatus]) -> Result<Vec<Coded>> {
    let trainings = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = TrainingFilter::new().by_code(true).page(limit, cursor);
            let all = are.iter().fold(all, |all, one| all.status(*one));
            session.lms.catalog().list(&session.actor, all).await
        })
        .await?;
    let coded = |training: Training| Coded { code: training.code, about: training.title };
    Ok(trainings.items.into_iter().map(coded).collect())
}

/// A learning path; where one has to be picked, also one that is archived.
pub(crate) async fn path(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which learning path?",
        answered_by: "its code",
        none: "there is no learning path yet",
    };
    coded_or_picked(app, named, &question, async || paths(session).await).await
}

pub(crate) async fn paths(session: &Session) -> Result<Vec<Coded>> {
    let paths = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = PathFilter::new().by_code(true).page(limit, cursor);
            let all = PathStatus::ALL.iter().fold(all, |all, one| all.status(*one));
            session.lms.paths().list(&session.actor, all).await
        })
        .await?;
    let coded = |path: lms_core::LearningPath| Coded { code: path.code, about: path.title };
    Ok(paths.items.into_iter().map(coded).collect())
}

/// A rule.
pub(crate) async fn rule(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question =
        Question { asked: "Which rule?", answered_by: "its code", none: "there is no rule yet" };
    coded_or_picked(app, named, &question, async || rules(session).await).await
}

pub(crate) async fn rules(session: &Session) -> Result<Vec<Coded>> {
    let rules = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = RuleFilter::new().removed(true).page(limit, cursor);
            session.lms.rules().list(&session.actor, all).await
        })
        .await?;
    let coded = |rule: lms_core::Rule| Coded { code: rule.code, about: rule.title };
    Ok(rules.items.into_iter().map(coded).collect())
}

/// A quiz.
pub(crate) async fn quiz(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question =
        Question { asked: "Which quiz?", answered_by: "its code", none: "there is no quiz yet" };
    coded_or_picked(app, named, &question, async || quizzes(session).await).await
}

pub(crate) async fn quizzes(session: &Session) -> Result<Vec<Coded>> {
    let quizzes = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = QuizFilter::new().archived(true).page(limit, cursor);
            session.lms.quizzes().quizzes(&session.actor, all).await
        })
        .await?;
    let coded = |quiz: lms_core::Quiz| Coded { code: quiz.code, about: quiz.title };
    Ok(quizzes.items.into_iter().map(coded).collect())
}

/// A question of the bank.
pub(crate) async fn question(
    app: &App,
    session: &Session,
    named: Option<String>,
) -> Result<String> {
    let question = Question {
        asked: "Which question?",
        answered_by: "its code",
        none: "there is no question yet",
    };
    coded_or_picked(app, named, &question, async || questions(session).await).await
}

pub(crate) async fn questions(session: &Session) -> Result<Vec<Coded>> {
    let questions = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = QuestionFilter::new().archived(true).page(limit, cursor);
            session.lms.quizzes().questions(&session.actor, all).await
        })
        .await?;
    let coded = |question: lms_core::Question| Coded { code: question.code, about: question.text };
    Ok(questions.items.into_iter().map(coded).collect())
}

/// A skill; where one has to be picked, also one that is archived.
pub(crate) async fn skill(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question =
        Question { asked: "Which skill?", answered_by: "its code", none: "there is no skill yet" };
    coded_or_picked(app, named, &question, async || skills(session).await).await
}

pub(crate) async fn skills(session: &Session) -> Result<Vec<Coded>> {
    let skills = PageArgs::everything()
        .read(async |limit, cursor| {
            let all = SkillFilter::new().archived(true).page(limit, cursor);
            session.lms.skills().list(&session.actor, all).await
        })
        .await?;
    let coded = |skill: lms_core::Skill| Coded { code: skill.code, about: skill.name };
    Ok(skills.items.into_iter().map(coded).collect())
}

async fn coded_or_picked(
    app: &App,
    named: Option<String>,
    question: &Question<'_>,
    coded: impl AsyncFnOnce() -> Result<Vec<Coded>>,
) -> Result<String> {
    let choices = async || Ok(coded().await?.into_iter().map(Choice::from).collect());
    named_or_picked(app, named, question, choices).await
}
