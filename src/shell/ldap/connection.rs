//! One LDAP connection: bytes between its socket and the machine that answers them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use crate::base::limits::{LDAP_BIND_TIMEOUT, LDAP_IDLE_TIMEOUT, LDAP_WRITE_TIMEOUT};
use crate::ldap::{Connection, Output};
use crate::shell::door::places::{Place, Stage};

use super::hall::Hall;

/// Until either side ends it.
pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, peer: SocketAddr, is_secure: bool, hall: &Hall, place: &Place) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut connection = Connection::new(Arc::new(hall.config(peer, is_secure)));
    let begun = Instant::now();
    let mut bytes = vec![0; 4096];
    tracing::debug!(%peer, "LDAP connection");
    loop {
        while let Some(output) = next_output(&mut connection, peer, hall, place).await {
            let Output::Send(out) = output else {
                let _ = timeout(LDAP_WRITE_TIMEOUT, writer.shutdown()).await;
                return;
            };
            if out.is_empty() {
                // A long search that has found nothing yet.
                tokio::task::yield_now().await;
            } else if !matches!(
                timeout(LDAP_WRITE_TIMEOUT, write(&mut reader, &mut writer, &out, &mut connection, &mut bytes)).await,
                Ok(Ok(()))
            ) {
                tracing::debug!(%peer, "an LDAP client took its answer too slowly, or is gone");
                return;
            }
        }
        let deadline = if connection.identity().is_some() { Instant::now() + LDAP_IDLE_TIMEOUT } else { begun + LDAP_BIND_TIMEOUT };
        match timeout_at(deadline, reader.read(&mut bytes)).await {
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(count)) => connection.handle_bytes(&bytes[..count]),
            Err(_) => {
                tracing::debug!(%peer, "an LDAP connection was idle too long");
                let _ = timeout(LDAP_WRITE_TIMEOUT, writer.shutdown()).await;
                return;
            }
        }
    }
}

/// The machine's next output; credentials are verified on the way.
async fn next_output(connection: &mut Connection, peer: SocketAddr, hall: &Hall, place: &Place) -> Option<Output> {
    match connection.poll_output(hall.now(), &hall.books()) {
        Some(Output::Verify(credentials)) => {
            place.enter(Stage::Asking);
            let verdict = hall.verify(peer, credentials).await;
            let output = connection.handle_verdict(verdict);
            // Who has bound gives way after those who have not.
            place.enter(if connection.identity().is_some() { Stage::Leaving } else { Stage::Arriving });
            if let Some(identity) = connection.identity() {
                tracing::debug!(%peer, username = %identity.username, "bound to the phonebook");
            }
            output
        }
        output => output,
    }
}

/// Writes all of it. Meanwhile the machine hears what comes, so that a search can be abandoned while its entries are on their way.
async fn write<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(
    reader: &mut R,
    writer: &mut W,
    out: &[u8],
    connection: &mut Connection,
    bytes: &mut [u8],
) -> io::Result<()> {
    let mut rest = out;
    while !rest.is_empty() {
        tokio::select! {
            read = reader.read(bytes), if connection.wants_bytes() => match read? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => connection.handle_bytes(&bytes[..count]),
            },
            written = writer.write(rest) => match written? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => rest = &rest[count..],
            },
        }
    }
    writer.flush().await
}
