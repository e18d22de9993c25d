use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Texts;
use crate::base::{Flow, Wall};

/// Where an account can be reached now (RFC 3261 10.3). One per account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    #[serde(flatten)]
    pub texts: Texts,
    /// The path that the REGISTER took. Its connection is not kept over a restart.
    #[serde(with = "flow")]
    pub flow: Flow,
    pub cseq: u32,
    /// What the 200 granted.
    pub granted: Duration,
    /// When the 200 was sent.
    #[serde(with = "super::wall")]
    pub registered: Wall,
}

impl Binding {
    /// What is left of it after a restart at `now`: at most what was granted, and that much if the clock went back.
    pub fn rest(&self, now: Wall) -> Duration {
        self.granted.saturating_sub(now.since(self.registered))
    }
}

mod flow {
    use std::net::SocketAddr;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::base::{Flow, Transport};

    #[derive(Serialize, Deserialize)]
    struct Kept {
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    }

    pub fn serialize<S: Serializer>(flow: &Flow, serializer: S) -> Result<S::Ok, S::Error> {
        Kept { transport: flow.transport, local: flow.local, remote: flow.remote }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Flow, D::Error> {
        let kept = Kept::deserialize(deserializer)?;
        Ok(Flow { transport: kept.transport, local: kept.local, remote: kept.remote, connection: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ConnectionId, Transport};
    use crate::entry::Words;

    #[test]
    fn a_binding_survives_as_json_without_its_connection() {
        let flow = Flow {
            transport: Transport::Tcp,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "[2001:db8::1]:40000".parse().unwrap(),
            connection: Some(ConnectionId(3)),
        };
        let words = Words {
            contact: "sip:anna@192.0.2.7".to_owned(),
            path: vec!["<sip:proxy;lr>".to_owned()],
            call_id: "a".to_owned(),
            instance: None,
            user_agent: "phone".to_owned(),
        };
        let binding =
            Binding { texts: words.into(), flow, cseq: 2, granted: Duration::from_secs(120), registered: Wall::from_millis(1_000_000) };
        // What the versions before wrote, whose texts stood each by itself.
        let old = r#"{"contact":"sip:anna@192.0.2.7","flow":{"transport":"tcp","local":"192.0.2.1:5060","remote":"[2001:db8::1]:40000"},
            "path":["<sip:proxy;lr>"],"call_id":"a","cseq":2,"instance":null,"user_agent":"phone","granted":{"secs":120,"nanos":0},"registered":1000000}"#;
        assert_eq!(serde_json::from_str::<Binding>(old).unwrap(), Binding { flow: Flow { connection: None, ..flow }, ..binding.clone() });
        let read: Binding = serde_json::from_str(&serde_json::to_string(&binding).unwrap()).unwrap();
        assert_eq!(read, Binding { flow: Flow { connection: None, ..flow }, ..binding });
        assert_eq!(read.rest(Wall::from_millis(1_050_000)), Duration::from_secs(70));
        assert_eq!(read.rest(Wall::from_millis(900_000)), Duration::from_secs(120), "the clock went back");
        assert_eq!(read.rest(Wall::from_millis(2_000_000)), Duration::ZERO);
    }
}
