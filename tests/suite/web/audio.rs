//! Audio files on the pages: uploaded without script, heard, kept, deleted.

use crate::api::audio::{FORM, form, wav};

use super::Browser;

/// By the form of the page shown last.
fn upload(browser: &mut Browser, name: &str, sound: Option<&[u8]>) -> u16 {
    browser.get("/audio-files/new");
    let csrf = super::value_after(&browser.body, "name=\"csrf\" value=\"").expect("a form");
    browser.headers.push(("content-type".to_owned(), FORM.to_owned()));
    let body = form(&[("csrf", &csrf), ("name", name)], sound);
    let status = browser.ask_raw("POST", "/audio-files/new", &body);
    browser.headers.pop();
    status
}

#[test]
fn an_announcement_is_uploaded_heard_downloaded_and_deleted() {
    let mut browser = Browser::claimed();
    browser.get("/audio-files");
    browser.shows("There is no audio file yet");
    let sound = wav(16_000, 320);
    assert_eq!(upload(&mut browser, "Welcome <b>", Some(&sound)), 303, "{}", browser.body);
    let page = browser.header("Location").expect("the new one").to_owned();
    browser.get(&page);
    browser.shows(&format!("<audio controls preload=\"none\" src=\"{page}/sound\">"));
    browser.shows("Welcome &lt;b&gt;");
    browser.lacks("name=\"file\"");
    assert_eq!(browser.get(&format!("{page}/sound")), 200);
    assert_eq!(
        (browser.header("Content-Type"), browser.header("Content-Disposition")),
        (Some("audio/wav"), Some("inline; filename=\"audio-1.wav\""))
    );
    assert_eq!(browser.response.as_ref().expect("there").body, sound);
    browser.get(&format!("{page}/sound?download"));
    assert_eq!(browser.header("Content-Disposition"), Some("attachment; filename=\"audio-1.wav\""));
    browser.get("/audio-files");
    browser.shows(&format!("src=\"{page}/sound\""));
    // A new name leaves the sound as it is.
    browser.get(&page);
    assert_eq!(browser.submit(&page, &[("name", "Hello")]), 303, "{}", browser.body);
    assert_eq!(browser.get(&format!("{page}/sound")), 200);
    browser.get(&format!("{page}/delete"));
    assert_eq!(browser.submit(&format!("{page}/delete"), &[]), 303);
    assert_eq!(browser.get(&format!("{page}/sound")), 404);
}

#[test]
fn what_cannot_be_played_is_told_beside_the_file_in_ones_language() {
    let mut browser = Browser::claimed();
    assert_eq!(upload(&mut browser, "Welcome", None), 422);
    browser.shows("Choose a WAV file");
    assert_eq!(upload(&mut browser, "Welcome", Some(b"OggS")), 422);
    browser.shows("Ogg was found; it must be WAV, PCM with 8 or 16 bits, mono or stereo, 8,000 to 48,000 Hz");
    browser.shows("value=\"Welcome\"");
    browser.get("/?lang=it");
    assert_eq!(upload(&mut browser, "Welcome", Some(&wav(96_000, 9))), 422);
    browser.shows("rovato: WAV a 96000 Hz; deve essere WAV");
    assert_eq!(upload(&mut browser, "", Some(&wav(8_000, 9))), 422);
    browser.get("/?lang=en");
    upload(&mut browser, "Welcome", Some(&wav(8_000, 9)));
    assert_eq!(upload(&mut browser, "Welcome", Some(&wav(8_000, 10))), 422);
    browser.shows("has it already");
}
