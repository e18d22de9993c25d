//! CSV tables on the web page.

use super::Browser;

#[test]
fn a_table_is_looked_at_row_by_row_and_imported_whole_or_not_at_all() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/import");
    assert_eq!(browser.submit("/extensions/import", &[("format", "extension"), ("text", "")]), 422);
    browser.shows("Choose a file, or paste a table.");
    let table = "number,first_name,email\n101,Anna,anna@example.com\n102,Carlo,nowhere\n";
    assert_eq!(browser.submit("/extensions/import", &[("format", "extension"), ("text", table)]), 422);
    browser.shows("1 new, 0 changed, 0 as they are, 1 with faults.");
    browser.shows("Email: ");
    browser.shows("102,Carlo,nowhere");
    browser.lacks("name=\"sure\"");
    assert_eq!(browser.submit("/extensions/import", &[("sure", "on")]), 422, "a table with a fault is not imported, whoever asks");
    assert!(browser.store.settings().extensions.is_empty());
    assert_eq!(browser.submit("/extensions/import", &[("text", &table.replace("nowhere", "carlo@example.com"))]), 200);
    browser.shows("2 new, 0 changed, 0 as they are, 0 with faults.");
    assert_eq!(browser.submit("/extensions/import", &[("sure", "on")]), 303, "{}", browser.body);
    assert_eq!(browser.store.settings().extensions.len(), 2);
    assert_eq!(browser.get("/extensions/export?format=extension"), 200);
    assert_eq!(browser.header("Content-Type"), Some("text/csv; charset=utf-8"));
    browser.shows("anna@example.com");
}

/// A browser sends a file without a name and without content where nobody chose one.
#[test]
fn a_table_that_was_pasted_is_read_although_the_form_has_a_place_for_a_file() {
    let mut browser = Browser::claimed();
    browser.get("/extensions/import");
    let csrf = crate::web::value_after(&browser.body, "name=\"csrf\" value=\"").expect("a form");
    let part = |disposition: &str, content: &str| format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n");
    let body = part("name=\"csrf\"", &csrf)
        + &part("name=\"format\"", "extension")
        + &part("name=\"file\"; filename=\"\"", "")
        + &part("name=\"text\"", "number,first_name\r\n101,Anna\r\n")
        + "--b--\r\n";
    browser.headers.push(("content-type".to_owned(), "multipart/form-data; boundary=b".to_owned()));
    assert_eq!(browser.ask("POST", "/extensions/import", &body), 200, "{}", browser.body);
    browser.shows("1 new, 0 changed, 0 as they are, 0 with faults.");
}
