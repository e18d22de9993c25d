//! Recordings by the API.

use serde_json::{Value, json};

use super::{Answer, Box};

/// PCM with 16 bits, mono.
pub fn wav(rate: u32, samples: usize) -> Vec<u8> {
    let bytes = samples as u32 * 2;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2).to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.extend((0..samples).flat_map(|at| (at as i16).to_le_bytes()));
    wav
}

/// As a browser and curl write it.
pub fn form(fields: &[(&str, &str)], sound: Option<&[u8]>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    if let Some(sound) = sound {
        body.extend(b"--b0undary\r\nContent-Disposition: form-data; name=\"sound\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n");
        body.extend(sound);
        body.extend(b"\r\n");
    }
    body.extend(b"--b0undary--\r\n");
    body
}

pub const FORM: &str = "multipart/form-data; boundary=b0undary";

fn upload(office: &Box, who: &str, key: &str, body: &[u8]) -> Answer {
    let token = format!("Bearer trillo_{who}");
    let headers = [("authorization", token.as_str()), ("content-type", FORM), ("idempotency-key", key)];
    office.send("POST", "/api/v1/audio-files", &headers, body)
}

#[test]
fn a_part_of_a_recording_is_given_to_who_asks_for_it() {
    let office = Box::new();
    let sound = wav(8_000, 800);
    let made = upload(&office, "boss", "first", &form(&[("name", "Welcome")], Some(&sound)));
    let path = format!("/audio-files/{}/sound", made.body["id"]);
    let ask = |range: &str| office.ask_with("boss", "GET", &path, &Value::Null, &[("range", range)]);
    let part = ask("bytes=10-19");
    assert_eq!((part.status, part.header("Content-Range")), (206, "bytes 10-19/1644"));
    assert_eq!(part.response.body, &sound[10..20]);
    let whole = office.get(&path);
    assert_eq!((whole.status, whole.header("Accept-Ranges"), whole.response.body.len()), (200, "bytes", 1644));
    assert_eq!(whole.header("Content-Disposition"), "attachment; filename=\"audio-1.wav\"");
    let beyond = ask("bytes=5000-");
    assert_eq!((beyond.status, beyond.header("Content-Range")), (416, "bytes */1644"));
    assert_eq!(ask("bytes=0-1,5-6").status, 200, "several are given whole");
}

#[test]
fn what_was_written_while_it_was_recorded_is_taken_whole() {
    // As ffmpeg writes into a pipe, and a browser while somebody speaks: the sizes are not known yet.
    let office = Box::new();
    let sound = wav(8_000, 800);
    for size in [u32::MAX, 0] {
        let mut open = sound.clone();
        open[4..8].copy_from_slice(&size.to_le_bytes());
        open[40..44].copy_from_slice(&size.to_le_bytes());
        let made = upload(&office, "boss", &size.to_string(), &form(&[("name", &format!("Open {size}"))], Some(&open)));
        assert_eq!(made.status, 201, "{}", made.body);
        let heard = office.get(&format!("/audio-files/{}/sound", made.body["id"]));
        assert_eq!(heard.response.body, sound, "every player reads it");
    }
}

#[test]
fn a_recording_comes_back_as_it_was_sent_and_another_may_have_the_same() {
    let office = Box::new();
    let sound = wav(8_000, 800);
    let made = upload(&office, "boss", "first", &form(&[("name", "Welcome")], Some(&sound)));
    assert_eq!((made.status, made.body["name"].as_str()), (201, Some("Welcome")), "{}", made.body);
    let again = upload(&office, "boss", "first", &form(&[("name", "Welcome")], Some(&sound)));
    assert_eq!(again.body["id"], made.body["id"], "the same request is done once");
    let other = upload(&office, "boss", "first", &form(&[("name", "Welcome")], Some(&wav(8_000, 801))));
    assert_eq!(other.status, 422, "the key is that of another recording");
    let path = format!("/audio-files/{}/sound", made.body["id"]);
    let heard = office.get(&path);
    assert_eq!((heard.status, heard.header("Content-Type")), (200, "audio/wav"));
    assert_eq!(heard.response.body, sound);
    // The same sound under another name, as JSON.
    let file = made.body["file"].as_str().expect("a hash");
    let second = office.ask("POST", "/audio-files", &json!({"name": "Hold", "file": file}));
    assert_eq!(second.status, 201, "{}", second.body);
    let page = office.send("GET", &format!("/api/v1{path}"), &[("authorization", "Bearer trillo_boss"), ("accept", "text/html")], b"");
    assert_eq!(page.status, 406);
}

#[test]
fn what_cannot_be_played_points_at_the_file_and_says_what_was_found() {
    let office = Box::new();
    let check = |sound: Option<&[u8]>, said: &str| {
        let refused = upload(&office, "boss", said, &form(&[("name", "Welcome")], sound));
        assert_eq!(refused.status, 422);
        let errors = refused.errors();
        assert!(errors[0].0 == "/file" && errors[0].1.starts_with(said), "{errors:?}");
    };
    check(None, "choose a WAV file");
    check(Some(b"ID3\x04"), "MP3 was found; it must be WAV, PCM with 8 or 16 bits");
    check(Some(&wav(96_000, 9)), "a WAV with 96000 Hz was found");
    let missing = office.ask("POST", "/audio-files", &json!({"name": "Welcome", "file": "a".repeat(64)}));
    assert_eq!(missing.errors()[0].0, "/file");
    assert!(missing.errors()[0].1.starts_with("there is no recording with this SHA-256 on this box"), "{}", missing.body);
    let nameless = upload(&office, "boss", "nameless", &form(&[], Some(&wav(8_000, 9))));
    assert_eq!(nameless.errors(), [("/name".to_owned(), "it is missing".to_owned())]);
    let unknown = upload(&office, "boss", "unknown", &form(&[("name", "a"), ("colour", "red")], Some(&wav(8_000, 9))));
    assert_eq!(unknown.errors(), [("/colour".to_owned(), "there is no such setting".to_owned())]);
}

#[test]
fn only_who_may_hears_and_uploads() {
    let office = Box::new();
    let made = upload(&office, "boss", "first", &form(&[("name", "Welcome")], Some(&wav(8_000, 9))));
    let path = format!("/audio-files/{}/sound", made.body["id"]);
    for who in ["reader", "desk", "nobody"] {
        let expected = if who == "nobody" { 401 } else { 403 };
        assert_eq!(upload(&office, who, who, &form(&[("name", "Mine")], Some(&wav(8_000, 9)))).status, expected, "{who}");
    }
    assert_eq!(office.ask_as("reader", "GET", &path, &Value::Null).status, 200);
    assert_eq!(office.ask_as("desk", "GET", &path, &Value::Null).status, 403);
    assert_eq!(office.get("/audio-files/99/sound").status, 404);
}
