//! What audio files sound like: taken from whoever uploads it, and given to whoever listens. Pages and API share it.

use crate::base::limits::AUDIO_FOLDER_BYTES_MAX;
use crate::settings::{Recording, with_sizes};
use crate::store::{Kept, Trouble};
use crate::text::recording::Unfit;

use super::http::{Request, Response};
use super::{Context, range};

/// Keeps what was uploaded and says what it is called, or why it cannot be played.
pub fn keep(context: &Context<'_>, bytes: Option<&[u8]>) -> Result<Result<String, Unfit>, Trouble> {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return Ok(Err(Unfit::Absent)) };
    let bytes = &*with_sizes(bytes);
    let recording = match Recording::read(bytes) {
        Ok(recording) => recording,
        Err(unfit) => return Ok(Err(unfit)),
    };
    Ok(match context.audio.keep(&recording, bytes)? {
        Kept::Kept => Ok(recording.file),
        Kept::NoRoom => Err(Unfit::NoRoom { bytes_max: AUDIO_FOLDER_BYTES_MAX }),
    })
}

/// The sound as an answer: a player may ask for a part of it, and a browser is told what to call it.
pub fn answer(request: &Request, id: i64, bytes: Vec<u8>, is_download: bool) -> Response {
    let disposition = if is_download { "attachment" } else { "inline" };
    let whole = Response::sound(bytes).with_header("Content-Disposition", format!("{disposition}; filename=\"{}\"", file_name(id)));
    range::part(request, whole)
}

/// ASCII alone, whatever its name is.
pub fn file_name(id: i64) -> String {
    format!("audio-{id}.wav")
}

/// `None`: the entity is gone, or its file is not on this box.
pub fn bytes_of(context: &Context<'_>, id: i64) -> Result<Option<Vec<u8>>, Trouble> {
    let audio = context.settings.audio.values().find(|audio| audio.id.0 == id);
    audio.map_or(Ok(None), |audio| context.audio.read(&audio.file))
}
