use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who sends, as far as blame and shares go: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "IpAddr")]
pub struct Source(IpAddr);

impl Source {
    /// The address itself, or the first one of its network.
    pub const fn address(self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Source {
        Source(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) >> 64 << 64)),
            plain => plain,
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

impl FromStr for Source {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Source, Self::Err> {
        text.strip_suffix("/64").unwrap_or(text).parse::<IpAddr>().map(Source::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_host_is_its_network_and_an_ipv4_host_itself() {
        let source = |text: &str| Source::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(source("2001:db8:1:2:3::4"), source("2001:db8:1:2::9"));
        assert_ne!(source("2001:db8:1:2::9"), source("2001:db8:1:3::9"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        for text in ["192.0.2.1", "2001:db8:1:2::/64"] {
            assert_eq!(text.parse::<Source>().expect("a source").to_string(), text);
            let source: Source = text.parse().expect("a source");
            assert_eq!(serde_json::from_str::<Source>(&serde_json::to_string(&source).expect("written")).expect("read"), source);
        }
    }
}
