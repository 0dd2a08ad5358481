//! Every behaviour is tested on every engine.

use lms_core::Engine;

/// Makes two tests of each function that takes an [`Engine`]: one on each.
macro_rules! on_both_engines {
    ($($name:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if $crate::support::engines::asked_for(lms_core::Engine::Sqlite) {
                    super::$name(lms_core::Engine::Sqlite).await;
                }
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if $crate::support::engines::asked_for(lms_core::Engine::Postgres) {
                    super::$name(lms_core::Engine::Postgres).await;
                }
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// Whether the tests were asked to run on this engine; one that is asked for and missing fails.
pub fn asked_for(engine: Engine) -> bool {
    lms_core::testkit::engines().contains(&engine)
}
