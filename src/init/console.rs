//! What a person at the screen or the serial line sees: where the box is reached and the setup code. There is no shell behind it.
//!
//! In: what is known now. Out: the lines, only when something in them changed.

use std::net::IpAddr;

/// What the screen tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub version: String,
    pub address: Option<IpAddr>,
    /// Only while nobody has claimed the box.
    pub setup_code: Option<String>,
    /// `trillo` runs and gives signs of life.
    pub is_alive: bool,
    pub is_safe_mode: bool,
    /// Said once, such as "restarted by the watchdog".
    pub remark: Option<String>,
}

#[derive(Debug, Default)]
pub struct Console {
    shown: Option<Facts>,
}

impl Console {
    /// The screen if it differs from what was shown last. A life sign that comes or goes shows nothing new once there was one,
    /// so a restart of `trillo` does not scroll the address away.
    pub fn update(&mut self, mut facts: Facts) -> Option<String> {
        if let Some(shown) = &self.shown {
            facts.is_alive |= shown.is_alive;
        }
        if self.shown.as_ref() == Some(&facts) {
            return None;
        }
        let text = screen(&facts);
        self.shown = Some(facts);
        Some(text)
    }
}

fn screen(facts: &Facts) -> String {
    let mut text = format!("\n  Trillo {}\n", facts.version);
    if let Some(remark) = &facts.remark {
        text += &format!("  {remark}\n");
    }
    if facts.is_safe_mode {
        text += "  Safe mode: both systems failed to start. Only the web page is served.\n";
    }
    text += "\n";
    match facts.address {
        None => text += "  Waiting for an address. Is the network cable plugged in?\n",
        Some(address) if facts.is_alive => {
            let host = match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            text += &format!("  Address     {address}\n  Web page    http://{host}/  or  http://trillo.local/\n");
        }
        Some(address) => text += &format!("  Address     {address}\n  Starting.\n"),
    }
    if let Some(code) = &facts.setup_code {
        text += &format!("  Setup code  {code}\n");
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts { version: "1.0".to_owned(), address: Some([192, 0, 2, 7].into()), is_alive: true, ..Facts::default() }
    }

    #[test]
    fn the_screen_tells_address_page_and_code() {
        let text = screen(&Facts { setup_code: Some("ABCD-EFGH".to_owned()), ..facts() });
        let expected = "\n  Trillo 1.0\n\n  Address     192.0.2.7\n  Web page    http://192.0.2.7/  or  http://trillo.local/\n  Setup code  ABCD-EFGH\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn it_is_shown_again_only_when_it_changed() {
        let mut console = Console::default();
        assert!(console.update(facts()).is_some());
        assert_eq!(console.update(facts()), None);
        assert_eq!(console.update(Facts { is_alive: false, ..facts() }), None);
        assert!(console.update(Facts { address: Some([192, 0, 2, 8].into()), ..facts() }).unwrap().contains("192.0.2.8"));
        let lost = console.update(Facts { address: None, ..facts() }).unwrap();
        assert!(lost.contains("Waiting for an address"), "{lost}");
    }

    #[test]
    fn an_ipv6_page_has_brackets() {
        assert!(screen(&Facts { address: Some("2001:db8::1".parse().unwrap()), ..facts() }).contains("http://[2001:db8::1]/"));
    }
}
