//! People who learn: with an account of their own, and something that they have to do.

use lms_core::testkit::TestLms;
use lms_core::{
    Actor, Audience, AudienceField, Item, ItemContent, Lms, Module, NewAccount, NewAssignments,
    NewPerson, NewQuestion, NewQuiz, NewTraining, PersonField, Publishing, QuestionKind,
    ReadAndSign, TrainingDefinition,
};

use super::looks::{os_admin, token};

/// A question with one right answer, `Alarm`.
pub fn single(code: &str) -> NewQuestion {
    let new = NewQuestion::new(code, QuestionKind::Single, "What comes first?").tag("fire");
    let options = ["Alarm", "Lift", "Wait"];
    options.into_iter().fold(new, |new, option| new.option(option, option == "Alarm"))
}

/// The quizzes `FIRE`, of two questions that a machine grades, and `WAYS`, of one and an essay of three
/// points; a training for each, and one that asks both.
pub async fn quizzes_and_trainings(lms: &TestLms) {
    let (quizzes, admin) = (lms.quizzes(), lms.admin());
    let essay = NewQuestion::new("WAY-1", QuestionKind::Essay, "Which ways out are there?");
    let essay = essay.points("3").set("guide", "Two ways: two points.");
    let questions = vec![single("FIRE-1"), single("FIRE-2"), single("FIRE-3"), essay];
    quizzes.add_questions(&admin, questions).await.unwrap();
    let fire = NewQuiz::new("FIRE", "Fire").passing_percent(100).ask(&["FIRE-1", "FIRE-2"]);
    quizzes.add_quiz(&admin, fire).await.unwrap();
    let ways = NewQuiz::new("WAYS", "Ways out").passing_percent(75).ask(&["FIRE-1", "WAY-1"]);
    quizzes.add_quiz(&admin, ways).await.unwrap();
    for (code, asked) in
        [("FIRE-101", &["FIRE"][..]), ("WAYS-101", &["WAYS"]), ("ALL-101", &["FIRE", "WAYS"])]
    {
        publish(lms, code, asked).await;
    }
}

/// A published training whose modules each ask a quiz.
pub async fn publish(lms: &Lms, code: &str, quizzes: &[&str]) {
    let mut definition = TrainingDefinition::new(code);
    definition.modules = quizzes
        .iter()
        .map(|quiz| {
            let mut module = Module::new(&format!("Part {quiz}"));
            let quiz = ItemContent::Quiz { quiz: (*quiz).to_owned() };
            module.items = vec![Item::new("Quiz", quiz)];
            module
        })
        .collect();
    let (catalog, admin) = (lms.catalog(), os_admin());
    let training = NewTraining::new(code, "").definition(definition);
    catalog.add(&admin, training).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// A training with a text that is read and signed, and a module `text` that may be read beside it.
pub async fn to_be_signed(lms: &Lms, code: &str) {
    let mut definition = TrainingDefinition::new(code);
    definition.read_and_sign = Some(ReadAndSign::new("Keep the doors shut."));
    let mut module = Module::new("Text");
    module.required = false;
    let text = ItemContent::Text { text: "Why doors are shut.".to_owned() };
    module.items = vec![Item::new("Text", text)];
    definition.modules = vec![module];
    let (catalog, admin) = (lms.catalog(), os_admin());
    catalog.add(&admin, NewTraining::new(code, "").definition(definition)).await.unwrap();
    catalog.publish(&admin, code, &Publishing::minor()).await.unwrap();
}

/// Somebody with this user name, and an account of the same name with this role.
pub async fn learner(lms: &TestLms, name: &str, role: &str) -> Actor {
    let person = NewPerson::new("Kim", name).set(PersonField::Username, name);
    lms.people().add(&lms.admin(), vec![person]).await.unwrap();
    let account = NewAccount::new(name).role(role);
    lms.people().add_account_for(&lms.admin(), name, account).await.unwrap();
    let secret = token(lms, lms_core::NewToken::new(name, "test")).await;
    lms.access().authenticate(&secret).await.unwrap()
}

/// Somebody has to do a training.
pub async fn assign(lms: &Lms, person: &str, training: &str) {
    let (assignments, admin) = (lms.assignments(), os_admin());
    let audience = Audience::everybody().with(AudienceField::Person, person);
    let new = NewAssignments::to(audience.with(AudienceField::Status, "*")).training(training);
    let plan = assignments.plan_assign(&admin, new).await.unwrap();
    assert!(assignments.assign(&admin, plan).await.unwrap().operation.is_some());
}
