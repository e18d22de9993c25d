//! The few files that pages refer to, inside the binary. Their address holds a hash of them, so a browser may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::http::Response;

pub struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

pub const STYLE: Asset = Asset { name: "style.css", kind: "text/css; charset=utf-8", text: include_str!("assets/style.css") };
pub const SCRIPT: Asset = Asset { name: "trillo.js", kind: "text/javascript; charset=utf-8", text: include_str!("assets/trillo.js") };
pub const LOGO: Asset = Asset { name: "logo.svg", kind: "image/svg+xml", text: include_str!("assets/logo.svg") };

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in [STYLE, SCRIPT, LOGO] {
        hash.update(asset.text);
    }
    super::session::hex(&hash.finalize()[..6])
});

impl Asset {
    pub fn path(&self) -> String {
        format!("/assets/{}/{}", *VERSION, self.name)
    }
}

/// `None` if there is no such file. One of an older version is given as it is now, without the promise to stay.
pub fn find(version: &str, name: &str) -> Option<Response> {
    let asset = [STYLE, SCRIPT, LOGO].into_iter().find(|asset| asset.name == name)?;
    let keep = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = vec![("Content-Type", asset.kind.to_owned()), ("Cache-Control", keep.to_owned())];
    Some(Response { status: 200, headers, body: asset.text.as_bytes().to_vec(), delay: std::time::Duration::ZERO })
}
