//! The engine of obligations: pure.
mod days;
mod leave;
mod due;
mod renewal;
mod reasons;
mod status;
mod rulebook;
mod facts;
mod credit;
mod plan;
mod evaluate;
mod diff;
mod apply;
mod transitions;
mod catch_up;
mod seats;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;
