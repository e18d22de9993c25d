//! What peers may take of us, seen over loopback.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::shell::handover::{DoorEnd, Wish, pair};

const OPTIONS: &[u8] = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n";
/// Longer than any of these tests should take; it only ends one that hangs.
const HUNG: Duration = Duration::from_secs(20);

/// Runs a test with the streams of a listener on loopback.
fn check<F: Future<Output = ()>>(bounds: Bounds, test: impl FnOnce(Streams, Receiver<StreamEvent>, SocketAddr) -> F) {
    check_with_door(bounds, async |streams, events, address, _door| test(streams, events, address).await);
}

/// The same, at the door's end of the handover.
fn check_with_door<F: Future<Output = ()>>(bounds: Bounds, test: impl FnOnce(Streams, Receiver<StreamEvent>, SocketAddr, DoorEnd) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = listen("127.0.0.1:0".parse().expect("an address")).expect("a listener");
        let address = listener.local_addr().expect("its address");
        let mut streams = Streams { bounds, ..Streams::default() };
        let (signal, door) = pair();
        let events = streams.start(vec![listener], signal).expect("it accepts");
        timeout(HUNG, test(streams, events, address, door)).await.expect("in time");
    });
}

async fn next(events: &mut Receiver<StreamEvent>) -> StreamEvent {
    events.recv().await.expect("an event")
}

async fn opened(events: &mut Receiver<StreamEvent>) -> (ConnectionId, Sender<Vec<u8>>) {
    match next(events).await {
        StreamEvent::Opened { connection, sender } => (connection, sender),
        _ => panic!("a connection opens first"),
    }
}

#[test]
fn a_message_that_has_begun_must_arrive_in_time() {
    // A whole message, then half of one, and a byte now and then: the connection is closed, though its peer goes on sending.
    let bounds = Bounds { message: Duration::from_millis(300), ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let mut peer = TcpStream::connect(address).await.expect("connected");
        let _open = opened(&mut events).await;
        peer.write_all(OPTIONS).await.expect("written");
        assert!(matches!(next(&mut events).await, StreamEvent::Frame { .. }));
        let trickle = tokio::spawn(async move {
            let mut bytes: &[u8] = b"OPTIONS sip:a@b SIP/2.0\r\nX: a";
            while peer.write_all(bytes).await.is_ok() {
                bytes = b"a";
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            // Whoever waits for the peer to close would wait for ever.
            std::future::pending::<()>().await;
        });
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
        trickle.abort();
    });
}

#[test]
fn between_messages_a_phone_may_be_silent() {
    let bounds = Bounds { message: Duration::from_millis(100), ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let mut peer = TcpStream::connect(address).await.expect("connected");
        let _open = opened(&mut events).await;
        for _ in 0..2 {
            peer.write_all(OPTIONS).await.expect("written");
            assert!(matches!(next(&mut events).await, StreamEvent::Frame { .. }));
            assert!(timeout(Duration::from_millis(300), events.recv()).await.is_err(), "it stays");
        }
    });
}

#[test]
fn whoever_connects_and_says_nothing_is_let_go() {
    let bounds = Bounds { message: Duration::from_millis(100), ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let _peer = TcpStream::connect(address).await.expect("connected");
        let _open = opened(&mut events).await;
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
    });
}

#[test]
fn one_source_has_so_many_connections_and_another_still_gets_in() {
    // 127.0.0.1 takes all of its places; its next connection is closed, one from 127.0.0.2 is not, and a place given back is free.
    let bounds = Bounds { connections_per_source: 3, ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push((TcpStream::connect(address).await.expect("connected"), opened(&mut events).await));
        }
        let mut refused = TcpStream::connect(address).await.expect("connected");
        assert_eq!(refused.read(&mut [0]).await.unwrap_or(0), 0, "closed at once");
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.2:0".parse().expect("an address")).expect("bound");
        let other = socket.connect(address).await.expect("connected");
        held.push((other, opened(&mut events).await));
        drop(held.remove(0));
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
        let again = TcpStream::connect(address).await.expect("connected");
        held.push((again, opened(&mut events).await));
    });
}

#[test]
fn all_places_together_are_limited_too() {
    let bounds = Bounds { connections: 1, ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let _first = (TcpStream::connect(address).await.expect("connected"), opened(&mut events).await);
        let mut refused = TcpStream::connect(address).await.expect("connected");
        assert_eq!(refused.read(&mut [0]).await.unwrap_or(0), 0, "closed at once");
    });
}

#[test]
fn a_phone_that_takes_nothing_loses_its_connection_though_it_sends() {
    // It never reads what it gets, so our writes stall; its messages keep coming, and it is let go all the same.
    let bounds = Bounds { write: Duration::from_millis(200), ..Bounds::default() };
    check(bounds, async |_, mut events, address| {
        let peer = TcpStream::connect(address).await.expect("connected");
        let (open, sender) = opened(&mut events).await;
        let (_unread, mut sending) = peer.into_split();
        let sends = tokio::spawn(async move {
            while sending.write_all(OPTIONS).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            std::future::pending::<()>().await;
        });
        // More than any socket buffers.
        let stuff = tokio::spawn(async move { while sender.send(vec![b'x'; 1 << 20]).await.is_ok() {} });
        loop {
            match next(&mut events).await {
                StreamEvent::Closed { connection } => break assert_eq!(connection, open),
                StreamEvent::Frame { .. } => {}
                _ => panic!("nobody else is there"),
            }
        }
        sends.abort();
        stuff.abort();
    });
}

#[test]
fn a_phone_on_tls_is_connected_to_by_the_door_and_a_browser_by_nobody() {
    check_with_door(Bounds::default(), async |mut streams, mut events, _, mut door| {
        let remote: SocketAddr = "192.0.2.7:5061".parse().expect("an address");
        let transmit = |transport| {
            let flow = Flow { transport, local: remote, remote, connection: None };
            Transmit { flow, bytes: OPTIONS.to_vec(), tx: None }
        };
        assert!(!streams.send(transmit(Transport::Ws)) && !streams.send(transmit(Transport::Wss)));
        assert!(streams.send(transmit(Transport::Tls)) && streams.send(transmit(Transport::Tls)));
        assert_eq!(door.wishes.recv().await, Some(Wish { remote, peer: None }));
        assert!(door.wishes.try_recv().is_err(), "it is asked for once");
        door.handed.send(Handed::NotConnected { remote }).await.expect("told");
        assert!(matches!(next(&mut events).await, StreamEvent::NotConnected { far_end: (Transport::Tls, gone) } if gone == remote));
        streams.not_connected((Transport::Tls, remote));
        assert!(streams.send(transmit(Transport::Tls)));
        assert_eq!(door.wishes.recv().await, Some(Wish { remote, peer: None }), "and asked for again");
    });
}

mod websocket;
