//! How long a body may be: a recording goes where recordings are taken, and nothing else is longer than a form.
//!
//! The door asks before it reads a body, the web's threads when they take it over.

use crate::base::limits::{UPLOAD_BYTES_MAX, WEB_BODY_BYTES_MAX};

/// The page's form, and the API.
const PATHS: [&str; 2] = ["/audio-files/new", "/api/v1/audio-files"];

/// `target` as in the request line.
pub fn is_upload(method: &str, target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    method == "POST" && PATHS.contains(&path)
}

pub fn body_bytes_max(method: &str, target: &str) -> usize {
    if is_upload(method, target) { UPLOAD_BYTES_MAX } else { WEB_BODY_BYTES_MAX }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Kind;

    #[test]
    fn only_recordings_may_be_longer_than_a_form() {
        let kind = Kind::Audio.path();
        for (method, target, is_long) in [
            ("POST", format!("/{kind}/new"), true),
            ("POST", format!("/api/v1/{kind}?x=1"), true),
            ("PUT", format!("/api/v1/{kind}"), false),
            ("POST", format!("/{kind}"), false),
            ("POST", format!("/{kind}/new/"), false),
            ("POST", "/extensions/new".to_owned(), false),
        ] {
            assert_eq!(body_bytes_max(method, &target) == UPLOAD_BYTES_MAX, is_long, "{method} {target}");
        }
    }
}
