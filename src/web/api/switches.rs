//! What is switched at an extension: shown and changed, as by the service codes.

use serde_json::{Value, json};

use crate::base::id::ExtensionId;
use crate::settings::Extension;
use crate::text::api as words;
use crate::web::http::Response;
use crate::web::switching::{self, Lock, State, Wish};

use super::Asked;
use super::body::{self, JSON, MERGE_PATCH};
use super::problem::{Answer, Error, Problem, Said};
use super::revisions::time;

pub fn show(asked: &Asked<'_>, id: ExtensionId) -> Answer {
    let extension = find(asked, id)?;
    Ok(Response::json(200, &json(&switching::now(asked.context, extension))))
}

pub fn change(asked: &Asked<'_>, id: ExtensionId) -> Answer {
    let extension = find(asked, id)?;
    let wish = wish(&body::json(asked.request, &[MERGE_PATCH, JSON])?).map_err(Problem::invalid)?;
    let state = switching::switch(asked.context, extension, &wish).map_err(|wrong| {
        let error = |wrong: &switching::Wrong| Error::at(format!("/{}", wrong.key), Said::with(wrong.phrase, &[&wrong.value]));
        Problem::invalid(wrong.iter().map(error).collect())
    })?;
    Ok(Response::json(200, &json(&state)))
}

fn find<'a>(asked: &'a Asked<'_>, id: ExtensionId) -> Answer<&'a Extension> {
    asked.context.settings.extensions.get(&id).ok_or_else(|| Problem::new(404, words::NOT_FOUND))
}

fn json(state: &State) -> Value {
    let until = match state.lock {
        Some(Lock::Open(Some(until))) => Some(time(until)),
        _ => None,
    };
    json!({
        "forward": state.forward,
        "do_not_disturb": state.do_not_disturb,
        "hides_number": state.hides_number,
        "locked": state.lock.map(|lock| lock == Lock::Locked),
        "unlocked_until": until,
    })
}

fn wish(sent: &Value) -> Result<Wish, Vec<Error>> {
    let Value::Object(sent) = sent else { return Err(vec![Error::at("", words::NOT_AN_OBJECT)]) };
    let (mut wish, mut errors) = (Wish::default(), Vec::new());
    for (key, value) in sent {
        let is_on = value.as_bool();
        let known = match key.as_str() {
            "forward" => {
                wish.forward = value.as_str().map(str::to_owned).or_else(|| value.is_null().then(String::new));
                wish.forward.is_some().then_some(()).ok_or(words::NOT_A_TEXT)
            }
            "do_not_disturb" => is_on.map(|is_on| wish.do_not_disturb = Some(is_on)).ok_or(words::NOT_TRUE_OR_FALSE),
            "hides_number" => is_on.map(|is_on| wish.hides_number = Some(is_on)).ok_or(words::NOT_TRUE_OR_FALSE),
            "locked" => is_on.map(|is_on| wish.is_locked = Some(is_on)).ok_or(words::NOT_TRUE_OR_FALSE),
            _ => Err(words::NO_SUCH_SWITCH),
        };
        if let Err(phrase) = known {
            errors.push(Error::at(super::pointer::unknown(key), phrase));
        }
    }
    if errors.is_empty() { Ok(wish) } else { Err(errors) }
}
