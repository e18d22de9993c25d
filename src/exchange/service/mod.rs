//! Services in talk: each a pure table `step(state, stimulus) -> (state, verbs)` that knows neither SIP nor media. `exchange::transfer` says
//! what happened and performs the verbs.

pub mod attended_transfer;
pub mod blind_transfer;
mod leaving;
pub mod park;

pub use leaving::{State, Stimulus, Verb};

#[cfg(test)]
fn print(step: impl Fn(State, Stimulus) -> (State, &'static [Verb])) -> String {
    let mut rows = String::new();
    for state in leaving::STATES {
        for stimulus in leaving::STIMULI {
            let (next, verbs) = step(state, stimulus);
            if next != state || !verbs.is_empty() {
                let verbs: Vec<String> = verbs.iter().map(|verb| format!("{verb:?}")).collect();
                rows.push_str(&format!("{state:?}, {stimulus:?} -> {next:?}: {}\n", verbs.join(" ")));
            }
        }
    }
    rows
}
