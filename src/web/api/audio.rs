//! Recordings by the API: uploaded as a form with a file (RFC 7578), and given back as they came.

use serde_json::{Map, Value};

use crate::text::api as words;
use crate::text::fault::Reason;
use crate::web::http::Request;
use crate::web::sound;

use super::Asked;
use super::problem::{Answer, Error, Problem, Said};

pub const WAV: &str = "audio/wav";
pub const FORM: &str = "multipart/form-data";

pub fn is_upload(request: &Request) -> bool {
    let given = request.header("content-type").unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}

/// Keeps the sound of a form, and says what the form makes as if it were JSON: its fields, and the file by what is in it.
pub fn taken(asked: &Asked<'_>) -> Answer<Value> {
    let kept = sound::keep(asked.context, asked.request.file.as_deref()).map_err(|trouble| {
        tracing::error!(%trouble, "keeping a recording");
        Problem::new(503, Said::with(words::TROUBLE, &[&trouble]))
    })?;
    let file = kept.map_err(|unfit| Problem::invalid(vec![Error::at("/file", Reason::UnfitRecording(unfit))]))?;
    let mut sent: Map<String, Value> = asked.request.form.0.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    sent.insert("file".to_owned(), file.into());
    Ok(sent.into())
}

pub fn give(asked: &Asked<'_>, id: i64) -> Answer {
    match sound::bytes_of(asked.context, id) {
        Ok(Some(bytes)) => Ok(sound::answer(asked.request, id, bytes, true)),
        Ok(None) => Err(Problem::new(404, words::NOT_FOUND)),
        Err(trouble) => {
            tracing::error!(%trouble, "reading a recording");
            Err(Problem::new(503, Said::with(words::TROUBLE, &[&trouble])))
        }
    }
}
