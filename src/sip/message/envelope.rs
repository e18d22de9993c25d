use super::{CSeq, Malformed, Method, Name, NameAddr, Request, Response, Via, split_list};
use crate::sip::uri::Uri;

/// What every message must carry (RFC 3261 8.1.1), read once; whoever holds one need not check again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The topmost.
    pub via: Via,
    pub from: NameAddr,
    pub to: NameAddr,
    pub call_id: String,
    pub cseq: CSeq,
    /// 70 where a request has none (RFC 3261 16.6 step 3).
    pub max_forwards: u32,
}

/// A request that is refused before anyone looks at what it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Goes into the status line, so that whoever wrote the bytes sees what to mend.
    pub reason: String,
}

impl Refusal {
    fn new(status: u16, name: &Name, fault: &str) -> Refusal {
        Refusal { status, reason: format!("{}: {name}: {fault}", super::reason_phrase(status)) }
    }

    pub fn malformed(name: &Name, fault: Malformed) -> Refusal {
        Refusal::new(400, name, &format!("expected {}", fault.expected))
    }
}

impl Envelope {
    pub fn of_request(request: &Request) -> Result<Envelope, Refusal> {
        for name in [&Name::From, &Name::To, &Name::CallId, &Name::CSeq, &Name::MaxForwards] {
            if request.headers.count(name) > 1 {
                return Err(Refusal::new(400, name, "more than one"));
            }
        }
        let envelope = Envelope::read(&request.headers)?;
        if envelope.cseq.method != request.method {
            return Err(Refusal::new(400, &Name::CSeq, "another method than the request"));
        }
        if envelope.via.branch() == Some(super::via::MAGIC_COOKIE) {
            return Err(Refusal::new(400, &Name::Via, "a branch that is only the cookie"));
        }
        if let Uri::Other { .. } = request.uri {
            return Err(Refusal { status: 416, reason: super::reason_phrase(416).to_owned() });
        }
        Ok(envelope)
    }

    pub fn of_response(response: &Response) -> Result<Envelope, Refusal> {
        Envelope::read(&response.headers)
    }

    fn read(headers: &super::Headers) -> Result<Envelope, Refusal> {
        let need = |name: &Name| headers.get(name).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::new(400, name, "missing"));
        let via = need(&Name::Via)?;
        let via = split_list(via).map_err(|fault| Refusal::malformed(&Name::Via, fault))?;
        let via = via.first().ok_or_else(|| Refusal::new(400, &Name::Via, "missing"))?;
        let via = Via::parse(via).map_err(|fault| Refusal::malformed(&Name::Via, fault))?;
        let address = |name: Name| NameAddr::parse(need(&name)?).map_err(|fault| Refusal::malformed(&name, fault));
        let (from, to) = (address(Name::From)?, address(Name::To)?);
        let call_id = need(&Name::CallId)?.to_owned();
        let cseq = CSeq::parse(need(&Name::CSeq)?).map_err(|fault| Refusal::malformed(&Name::CSeq, fault))?;
        let max_forwards = match headers.get(&Name::MaxForwards) {
            None => 70,
            // RFC 3261 20.22 allows 0 to 255; what is larger counts as 255.
            Some(value) if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => value.parse::<u32>().unwrap_or(255).min(255),
            Some(_) => return Err(Refusal::new(400, &Name::MaxForwards, "expected a number")),
        };
        Ok(Envelope { via, from, to, call_id, cseq, max_forwards })
    }

    /// Whether it belongs to a dialog already (RFC 3261 12.2.2).
    pub fn is_in_dialog(&self) -> bool {
        self.to.tag().is_some()
    }

    pub fn is(&self, method: &Method) -> bool {
        self.cseq.method == *method
    }
}
