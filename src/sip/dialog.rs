//! Dialogs: what two parties share from the first response to the BYE (RFC 3261 12).

use super::message::{CSeq, Envelope, Headers, Malformed, Method, Name, NameAddr, Request, Response, split_list};
use super::uri::Uri;

/// One dialog, seen from our side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    pub call_id: String,
    /// With our tag.
    pub local: NameAddr,
    /// With the peer's tag; RFC 2543 peers have none.
    pub remote: NameAddr,
    /// Where requests go: the peer's Contact.
    pub target: Uri,
    /// Route values in the order in which they are written.
    pub route: Vec<String>,
    /// We sent the INVITE that began it, so its Call-ID is ours.
    pub is_ours: bool,
    local_cseq: u32,
    remote_cseq: Option<u32>,
}

/// Why a request cannot belong to a dialog in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Other tags or another Call-ID: 481.
    OtherDialog,
    /// RFC 3261 12.2.2: a CSeq behind the last one is 500.
    CseqBehind,
}

impl Dialog {
    /// The dialog that a request from a peer begins (12.1.1).
    pub fn from_request(request: &Request, envelope: &Envelope, local_tag: &str) -> Result<Dialog, Malformed> {
        let contact = contact_of(&request.headers)?.ok_or(Malformed::new(0, "a Contact"))?;
        Ok(Dialog {
            call_id: envelope.call_id.clone(),
            local: bare(&envelope.to).with_tag(local_tag),
            remote: envelope.from.clone(),
            target: contact.uri,
            route: record_route(&request.headers)?,
            is_ours: false,
            local_cseq: 0,
            remote_cseq: Some(envelope.cseq.number),
        })
    }

    /// The dialog that a response to a request of ours begins (12.1.2).
    pub fn from_response(response: &Response, envelope: &Envelope, request: &Request) -> Result<Dialog, Malformed> {
        let target = match contact_of(&response.headers)? {
            Some(contact) => contact.uri,
            None => request.uri.clone(),
        };
        let mut route = record_route(&response.headers)?;
        route.reverse();
        Ok(Dialog {
            call_id: envelope.call_id.clone(),
            local: envelope.from.clone(),
            remote: envelope.to.clone(),
            target,
            route,
            is_ours: true,
            local_cseq: envelope.cseq.number,
            remote_cseq: None,
        })
    }

    /// Goes on where its early dialog was (13.2.2.4): the 2xx makes target and route anew, the numbers count on.
    pub fn continue_from(&mut self, early: &Dialog) {
        self.local_cseq = self.local_cseq.max(early.local_cseq);
        self.remote_cseq = early.remote_cseq;
    }

    pub fn local_tag(&self) -> &str {
        self.local.tag().unwrap_or("")
    }

    /// Takes a request of the peer: checks that it is of this dialog and in order, and notes its CSeq.
    pub fn accept(&mut self, envelope: &Envelope) -> Result<(), Misfit> {
        if !self.holds(envelope) {
            return Err(Misfit::OtherDialog);
        }
        // ACK has the number of its INVITE, which may be behind by now.
        if envelope.is(&Method::Ack) {
            return Ok(());
        }
        if self.remote_cseq.is_some_and(|last| envelope.cseq.number <= last) {
            return Err(Misfit::CseqBehind);
        }
        self.remote_cseq = Some(envelope.cseq.number);
        Ok(())
    }

    /// Whether a request of the peer names this dialog.
    pub fn holds(&self, envelope: &Envelope) -> bool {
        envelope.call_id == self.call_id && envelope.to.tag() == self.local.tag() && envelope.from.tag() == self.remote.tag()
    }

    /// A target refresh request or its response moves the target (12.2.1.2, 12.2.2).
    pub fn refresh_target(&mut self, headers: &Headers) {
        if let Ok(Some(contact)) = contact_of(headers) {
            self.target = contact.uri;
        }
    }

    /// A request within the dialog (12.2.1.1), complete but for Via, Contact and body.
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq += 1;
        self.make(method, self.local_cseq)
    }

    /// Gives a request of this dialog that was refused its next number, under which it may go out again (22.2).
    pub fn renumber(&mut self, request: &mut Request) {
        self.local_cseq += 1;
        let number = CSeq { number: self.local_cseq, method: request.method.clone() };
        request.headers.set(Name::CSeq, number.to_string());
    }

    /// The ACK of a 2xx to the INVITE with that number (13.2.2.4).
    pub fn ack(&self, cseq: u32) -> Request {
        self.make(Method::Ack, cseq)
    }

    fn make(&self, method: Method, cseq: u32) -> Request {
        let (uri, route) = self.next_hop();
        let mut request = Request::new(method, uri);
        for value in route {
            request.headers.push(Name::Route, value);
        }
        request.headers.push(Name::MaxForwards, "70");
        request.headers.push(Name::From, self.local.to_string());
        request.headers.push(Name::To, self.remote.to_string());
        request.headers.push(Name::CallId, &*self.call_id);
        request.headers.push(Name::CSeq, format!("{cseq} {}", request.method));
        request
    }

    /// Request-URI and Route. A first route without `lr` is a strict router: it takes the Request-URI, and the target goes last (12.2.1.1).
    fn next_hop(&self) -> (Uri, Vec<String>) {
        if let Some(first) = self.route.first()
            && let Ok(strict) = NameAddr::parse(first)
            && strict.uri.as_sip().is_some_and(|uri| !uri.params.contains("lr"))
        {
            let rest = self.route[1..].iter().cloned();
            return (strict.uri, rest.chain([format!("<{}>", self.target)]).collect());
        }
        (self.target.clone(), self.route.clone())
    }

    /// The URI of whom a request is sent to: the first route, else the target.
    pub fn first_hop(&self) -> Uri {
        match self.route.first().map(|route| NameAddr::parse(route)) {
            Some(Ok(route)) => route.uri,
            _ => self.target.clone(),
        }
    }
}

fn contact_of(headers: &Headers) -> Result<Option<NameAddr>, Malformed> {
    match headers.get(&Name::Contact) {
        Some(value) => match split_list(value)?.first() {
            Some(contact) => NameAddr::parse(contact).map(Some),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

fn record_route(headers: &Headers) -> Result<Vec<String>, Malformed> {
    let mut route = Vec::new();
    for value in headers.get_all(&Name::RecordRoute) {
        route.extend(split_list(value)?.into_iter().map(str::to_owned));
    }
    Ok(route)
}

fn bare(address: &NameAddr) -> NameAddr {
    NameAddr { display: address.display.clone(), uri: address.uri.clone(), params: Default::default() }
}

#[cfg(test)]
mod tests {
    use super::super::message::{Message, Scanned, scan};
    use super::*;

    fn invite(extra: &str) -> (Request, Envelope) {
        let text = format!(
            "INVITE sip:102@pbx SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa\r\nFrom: <sip:101@pbx>;tag=f\r\nTo: <sip:102@pbx>\r\n\
             Call-ID: c\r\nCSeq: 7 INVITE\r\n{extra}\r\n"
        );
        match scan(text.as_bytes()) {
            Ok(Scanned::Message(Message::Request(request))) => {
                let envelope = Envelope::of_request(&request).unwrap();
                (request, envelope)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn requests_follow_the_recorded_route() {
        let (request, envelope) =
            invite("Contact: <sip:101@192.0.2.7:5070>\r\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n");
        let mut dialog = Dialog::from_request(&request, &envelope, "mine").unwrap();
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.uri.to_string(), "sip:101@192.0.2.7:5070");
        assert_eq!(bye.headers.get_all(&Name::Route).collect::<Vec<_>>(), ["<sip:p1;lr>", "<sip:p2;lr>", "<sip:p3;lr>"]);
        assert_eq!(bye.headers.get(&Name::From), Some("<sip:102@pbx>;tag=mine"));
        assert_eq!(bye.headers.get(&Name::CSeq), Some("1 BYE"));
    }

    #[test]
    fn a_strict_router_takes_the_request_uri() {
        let (request, envelope) = invite("Contact: <sip:101@192.0.2.7>\r\nRecord-Route: <sip:strict>, <sip:p2;lr>\r\n");
        let bye = Dialog::from_request(&request, &envelope, "mine").unwrap().request(Method::Bye);
        assert_eq!(bye.uri.to_string(), "sip:strict");
        assert_eq!(bye.headers.get_all(&Name::Route).collect::<Vec<_>>(), ["<sip:p2;lr>", "<sip:101@192.0.2.7>"]);
    }

    #[test]
    fn order_and_tags_are_checked() {
        let (request, mut envelope) = invite("Contact: <sip:101@192.0.2.7>\r\n");
        let mut dialog = Dialog::from_request(&request, &envelope, "mine").unwrap();
        assert_eq!(dialog.accept(&envelope), Err(Misfit::OtherDialog), "no To tag yet");
        envelope.to = envelope.to.clone().with_tag("mine");
        assert_eq!(dialog.accept(&envelope), Err(Misfit::CseqBehind), "the INVITE itself again");
        envelope.cseq.number = 9;
        assert_eq!(dialog.accept(&envelope), Ok(()));
        envelope.cseq.number = 8;
        assert_eq!(dialog.accept(&envelope), Err(Misfit::CseqBehind));
        assert!(Dialog::from_request(&invite("").0, &envelope, "t").is_err(), "a Contact is needed");
    }
}
