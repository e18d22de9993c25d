//! The bodies of NOTIFY: dialog-info (RFC 4235), message-summary (RFC 3842), reginfo (RFC 3680).

use std::fmt::Write;

/// A call as a lamp shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Names the call in dialog-info and in a Replaces that a phone makes of it.
    pub id: String,
    pub state: State,
    /// It called, rather than being called.
    pub is_initiator: bool,
    pub local: Party,
    pub remote: Party,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Early,
    Confirmed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub number: String,
    pub name: String,
}

/// The tags of a dialog of ours in dialog-info: who watches may put them into Replaces, and we know the call by its id.
pub const LOCAL_TAG: &str = "ours";
pub const REMOTE_TAG: &str = "theirs";

/// The dialogs, without what changes with each message: two bodies of one state are equal.
pub fn dialogs(shown: &[Shown], host: &str) -> String {
    let mut text = String::new();
    for call in shown {
        let (state, direction) = (call.state.name(), if call.is_initiator { "initiator" } else { "recipient" });
        let id = escaped(&call.id);
        let _ = write!(
            text,
            "<dialog id=\"{id}\" call-id=\"{id}\" local-tag=\"{LOCAL_TAG}\" remote-tag=\"{REMOTE_TAG}\" direction=\"{direction}\">\r\n\
             <state>{state}</state>\r\n"
        );
        for (role, party) in [("local", &call.local), ("remote", &call.remote)] {
            let uri = escaped(&format!("sip:{}@{host}", crate::sip::uri::escape_user(&party.number)));
            let _ =
                write!(text, "<{role}><identity display=\"{}\">{uri}</identity><target uri=\"{uri}\"/></{role}>\r\n", escaped(&party.name));
        }
        text.push_str("</dialog>\r\n");
    }
    text
}

/// A switch is a dialog that is there while it is on.
pub fn switch(is_on: bool) -> String {
    if is_on { "<dialog id=\"switch\">\r\n<state>confirmed</state>\r\n</dialog>\r\n".to_owned() } else { String::new() }
}

pub fn dialog_info(entity: &str, version: u32, dialogs: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" state=\"full\" \
         entity=\"{}\">\r\n{dialogs}</dialog-info>\r\n",
        escaped(entity)
    )
}

/// No voices, no messages: the box is empty.
pub fn message_summary(account: &str) -> String {
    format!("Messages-Waiting: no\r\nMessage-Account: {account}\r\nVoice-Message: 0/0 (0/0)\r\n")
}

/// The contact of the binding, if there is one.
pub fn registration(entity: &str, contact: Option<&str>) -> String {
    let state = if contact.is_some() { "active" } else { "terminated" };
    let mut text = format!("<registration aor=\"{}\" id=\"r\" state=\"{state}\">\r\n", escaped(entity));
    if let Some(contact) = contact {
        let _ = write!(text, "<contact id=\"c\" state=\"active\" event=\"registered\"><uri>{}</uri></contact>\r\n", escaped(contact));
    }
    text.push_str("</registration>\r\n");
    text
}

pub fn reginfo(version: u32, registration: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\r\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"{version}\" state=\"full\">\r\n{registration}</reginfo>\r\n"
    )
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            State::Early => "early",
            State::Confirmed => "confirmed",
        }
    }
}

/// For text and for attributes in double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_xml() {
        let party = |number: &str, name: &str| Party { number: number.to_owned(), name: name.to_owned() };
        let call = Shown {
            id: "7.1".to_owned(),
            state: State::Early,
            is_initiator: false,
            local: party("102", "Bruno"),
            remote: party("101", "Anna \"A\" <Bo> & Co"),
        };
        let body = dialog_info("sip:102@pbx", 3, &dialogs(&[call], "pbx"));
        assert!(body.contains("version=\"3\" state=\"full\" entity=\"sip:102@pbx\""), "{body}");
        assert!(body.contains("direction=\"recipient\">\r\n<state>early</state>"), "{body}");
        assert!(body.contains("display=\"Anna &quot;A&quot; &lt;Bo&gt; &amp; Co\">sip:101@pbx</identity>"), "{body}");
        assert_eq!(dialog_info("sip:102@pbx", 0, "").matches("<dialog ").count(), 0, "nobody calls");
    }
}
