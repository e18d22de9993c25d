use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::{Flow, Wall};

/// Where an account can be reached now (RFC 3261 10.3). One per account; its texts have no room to grow, for it lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The URI of the Contact, as the phone wrote it.
    pub contact: Box<str>,
    /// The path that the REGISTER took. Its connection is not kept over a restart.
    #[serde(with = "flow")]
    pub flow: Flow,
    /// Path values (RFC 3327), topmost first.
    pub path: Box<[Box<str>]>,
    pub call_id: Box<str>,
    pub cseq: u32,
    /// `+sip.instance` of the Contact (RFC 5626), with its angle brackets.
    pub instance: Option<Box<str>>,
    pub user_agent: Box<str>,
    /// What the 200 granted.
    pub granted: Duration,
    /// When the 200 was sent.
    #[serde(with = "wall")]
    pub registered: Wall,
}

impl Binding {
    /// What is left of it after a restart at `now`: at most what was granted, and that much if the clock went back.
    pub fn rest(&self, now: Wall) -> Duration {
        self.granted.saturating_sub(now.since(self.registered))
    }
}

mod wall {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::base::Wall;

    pub fn serialize<S: Serializer>(wall: &Wall, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(wall.as_millis())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Wall, D::Error> {
        i64::deserialize(deserializer).map(Wall::from_millis)
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

    #[test]
    fn a_binding_survives_as_json_without_its_connection() {
        let flow = Flow {
            transport: Transport::Tcp,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "[2001:db8::1]:40000".parse().unwrap(),
            connection: Some(ConnectionId(3)),
        };
        let binding = Binding {
            contact: "sip:anna@192.0.2.7".into(),
            flow,
            path: Box::new(["<sip:proxy;lr>".into()]),
            call_id: "a".into(),
            cseq: 2,
            instance: None,
            user_agent: "phone".into(),
            granted: Duration::from_secs(120),
            registered: Wall::from_millis(1_000_000),
        };
        let read: Binding = serde_json::from_str(&serde_json::to_string(&binding).unwrap()).unwrap();
        assert_eq!(read, Binding { flow: Flow { connection: None, ..flow }, ..binding });
        assert_eq!(read.rest(Wall::from_millis(1_050_000)), Duration::from_secs(70));
        assert_eq!(read.rest(Wall::from_millis(900_000)), Duration::from_secs(120), "the clock went back");
        assert_eq!(read.rest(Wall::from_millis(2_000_000)), Duration::ZERO);
    }
}
