//! Asks name servers: over UDP, and over TCP what does not fit. Which servers, `/etc/resolv.conf` says each time, for a new lease may bring others.
//!
//! No answer is kept: whoever asks is told how long it holds, and asks again after that. A reply counts only from the address that was asked, with
//! the number and the question that were sent, to a port that the system chose.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::base::limits::DNS_REPLY_BYTES_MAX;
use crate::dns::{Kind, Lookup, Record, Reply, query, read_reply};

const CONFIGURATION: &str = "/etc/resolv.conf";
const PORT: u16 = 53;
/// As the C library has it.
const SERVERS_MAX: usize = 3;
/// Every server is asked so often before the next name is.
const ROUNDS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default)]
pub struct Resolver {
    /// In place of those of the system.
    given: Vec<SocketAddr>,
}

impl Resolver {
    /// Asks these servers; where there are none, those of the system.
    pub const fn new(given: Vec<SocketAddr>) -> Resolver {
        Resolver { given }
    }

    fn servers(&self) -> Vec<SocketAddr> {
        if self.given.is_empty() {
            servers_in(&std::fs::read_to_string(Path::new(CONFIGURATION)).unwrap_or_default())
        } else {
            self.given.clone()
        }
    }
}

impl Lookup for Resolver {
    async fn lookup(&self, name: &str, kind: Kind) -> Result<Vec<Record>, String> {
        let servers = self.servers();
        if servers.is_empty() {
            return Err("no name server is known".to_owned());
        }
        let mut trouble = "no name server answers".to_owned();
        for server in servers.iter().cycle().take(ROUNDS * servers.len()) {
            match ask(*server, name, kind).await {
                Ok(Reply::Records(records)) => return Ok(records),
                Ok(Reply::Failed(code)) => trouble = format!("name server {server} refused (code {code})"),
                Ok(Reply::Truncated) | Err(_) => {}
            }
        }
        Err(trouble)
    }
}

async fn ask(server: SocketAddr, name: &str, kind: Kind) -> io::Result<Reply> {
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(|_| io::ErrorKind::Other)?;
    let id = u16::from_be_bytes(id);
    let question = query(id, name, kind).ok_or(io::ErrorKind::InvalidInput)?;
    match timeout(PATIENCE, ask_datagram(server, &question, id, name, kind)).await?? {
        Reply::Truncated => timeout(PATIENCE, ask_stream(server, &question, id, name, kind)).await?,
        reply => Ok(reply),
    }
}

async fn ask_datagram(server: SocketAddr, question: &[u8], id: u16, name: &str, kind: Kind) -> io::Result<Reply> {
    let unspecified: IpAddr = if server.is_ipv4() { [0; 4].into() } else { [0u16; 8].into() };
    let socket = UdpSocket::bind((unspecified, 0)).await?;
    // A connected socket hears nobody else.
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut buffer = [0; 2048];
    loop {
        let length = socket.recv(&mut buffer).await?;
        if let Ok(reply) = read_reply(&buffer[..length], id, name, kind) {
            return Ok(reply);
        }
    }
}

async fn ask_stream(server: SocketAddr, question: &[u8], id: u16, name: &str, kind: Kind) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let length = usize::from(stream.read_u16().await?);
    if length > DNS_REPLY_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    read_reply(&bytes, id, name, kind).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The servers that a `resolv.conf` names. A link-local one may have its interface behind it, which we cannot use.
fn servers_in(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver")).map(str::trim);
    named.filter_map(|address| address.parse::<IpAddr>().ok()).map(|address| SocketAddr::new(address, PORT)).take(SERVERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Data;

    /// A server on UDP and TCP that answers every question for addresses with 192.0.2.1. Over UDP it first sends what is for somebody else,
    /// and what is truncated if it must.
    async fn server(is_truncating: bool) -> SocketAddr {
        let answer = |question: &[u8], flags: u16| {
            let mut reply = question.to_vec();
            reply.truncate(reply.len() - 11);
            reply[2..4].copy_from_slice(&(0x8180 | flags).to_be_bytes());
            reply[6..8].copy_from_slice(&[0, 1]);
            reply[10..12].copy_from_slice(&[0, 0]);
            reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
            reply
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("an address");
        let socket = UdpSocket::bind(address).await.expect("a socket");
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.expect("a question");
                let mut foreign = answer(&buffer[..length], 0);
                foreign[0] ^= 1;
                let _ = socket.send_to(&foreign, from).await;
                let _ = socket.send_to(&answer(&buffer[..length], if is_truncating { 0x0200 } else { 0 }), from).await;
            }
        });
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let length = stream.read_u16().await.expect("a length");
                let mut question = vec![0; usize::from(length)];
                stream.read_exact(&mut question).await.expect("a question");
                let reply = answer(&question, 0);
                stream.write_all(&[&(reply.len() as u16).to_be_bytes()[..], &reply].concat()).await.expect("written");
            }
        });
        address
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
    }

    #[test]
    fn a_name_is_asked_for_over_udp_and_if_need_be_over_tcp() {
        for is_truncating in [false, true] {
            let found = block_on(async {
                let resolver = Resolver::new(vec![server(is_truncating).await]);
                resolver.lookup("sip.example.com", Kind::A).await
            });
            let data = Data::Address([192, 0, 2, 1].into());
            assert_eq!(found, Ok(vec![Record { holds: Duration::from_secs(60), data }]), "truncating: {is_truncating}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_leaves_the_question_to_the_next() {
        let found = block_on(async {
            // Nobody listens there, so the kernel says so at once.
            let closed = UdpSocket::bind("127.0.0.1:0").await.expect("a socket").local_addr().expect("an address");
            let resolver = Resolver::new(vec![closed, server(false).await]);
            resolver.lookup("sip.example.com", Kind::A).await
        });
        assert_eq!(found.map(|records| records.len()), Ok(1));
        let nobody = block_on(Resolver::new(vec![]).lookup("..", Kind::A));
        assert!(nobody.is_err());
    }

    #[test]
    fn servers_of_the_system() {
        let text = "# by DHCP\nsearch lan\nnameserver 192.0.2.53\n  nameserver\t2001:db8::53\nnameserver fe80::1%eth0\nnameserver x\noptions edns0\n";
        let servers: Vec<String> = servers_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.0.2.53:53", "[2001:db8::53]:53"]);
        assert_eq!(servers_in(&"nameserver 192.0.2.1\n".repeat(9)).len(), SERVERS_MAX);
    }
}
