//! What carries the bytes of a connection: TCP, or TLS over TCP.
//!
//! A socket belongs to the runtime that watches it. Handshakes are done in the door's; a connection that is then to carry SIP is taken out of
//! that runtime ([`Carrier::unseat`]) and put into the signal thread's ([`Moving::seat`]), with all that TLS has agreed.

use std::io;
use std::net::TcpStream as StdTcpStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsStream;

/// A connection that can be read and written where it is.
pub enum Carrier {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

/// A socket; `None` only while it is [`Moving`].
pub struct Socket(Option<TcpStream>);

/// A connection between two runtimes. What arrives meanwhile waits in the system.
pub struct Moving {
    carrier: Carrier,
    socket: StdTcpStream,
}

impl Socket {
    pub const fn new(stream: TcpStream) -> Socket {
        Socket(Some(stream))
    }

    fn seated(self: Pin<&mut Self>) -> io::Result<Pin<&mut TcpStream>> {
        self.get_mut().0.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Carrier {
    fn socket(&mut self) -> &mut Option<TcpStream> {
        match self {
            Carrier::Plain(socket) => &mut socket.0,
            Carrier::Tls(stream) => match &mut **stream {
                TlsStream::Server(stream) => &mut stream.get_mut().0.0,
                TlsStream::Client(stream) => &mut stream.get_mut().0.0,
            },
        }
    }

    /// Takes the connection out of this runtime.
    pub fn unseat(mut self) -> io::Result<Moving> {
        let socket = self.socket().take().ok_or(io::ErrorKind::NotConnected)?.into_std()?;
        Ok(Moving { carrier: self, socket })
    }
}

impl Moving {
    /// Puts it into the runtime that this is called in.
    pub fn seat(mut self) -> io::Result<Carrier> {
        *self.carrier.socket() = Some(TcpStream::from_std(self.socket)?);
        Ok(self.carrier)
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.seated()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.seated()?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.seated()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.seated()?.poll_shutdown(context)
    }
}

impl AsyncRead for Carrier {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Carrier::Plain(socket) => Pin::new(socket).poll_read(context, buffer),
            Carrier::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Carrier::Plain(socket) => Pin::new(socket).poll_write(context, bytes),
            Carrier::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Carrier::Plain(socket) => Pin::new(socket).poll_flush(context),
            Carrier::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Carrier::Plain(socket) => Pin::new(socket).poll_shutdown(context),
            Carrier::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
