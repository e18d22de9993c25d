//! SIP over WebSocket (RFC 7118, RFC 6455), a browser's end at one side.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use super::*;
use crate::base::limits::SIP_MESSAGE_BYTES_MAX;

type Browser = WebSocketStream<TcpStream>;

/// Runs a test with a browser that has just shaken hands.
fn check<F: Future<Output = ()>>(bounds: Bounds, test: impl FnOnce(Browser, Sender<Vec<u8>>, Receiver<StreamEvent>) -> F) {
    check_with_door(bounds, async |_streams, mut events, _, door| {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("its address");
        let (browser, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (stream, remote) = accepted.expect("accepted");
        let moving = Carrier::Plain(Socket::new(stream)).unseat().expect("it moves");
        let arrived = Arrived { moving, transport: Transport::Ws, local: address, remote, early: Vec::new() };
        door.handed.send(Handed::Arrived(arrived)).await.expect("handed over");
        let (_, sender) = opened(&mut events).await;
        let browser = WebSocketStream::from_raw_socket(browser.expect("connected"), Role::Client, None).await;
        test(browser, sender, events).await;
    });
}

async fn heard(events: &mut Receiver<StreamEvent>) -> Vec<u8> {
    match next(events).await {
        StreamEvent::Frame { flow, bytes, is_last: false } if flow.transport == Transport::Ws => bytes,
        _ => panic!("a message comes"),
    }
}

async fn told(browser: &mut Browser) -> Option<Message> {
    browser.next().await.and_then(Result::ok)
}

/// Why the browser was closed.
async fn closed(browser: &mut Browser) -> Option<CloseCode> {
    loop {
        if let Message::Close(why) = told(browser).await? {
            return why.map(|why| why.code);
        }
    }
}

fn fragment(data: &[u8], kind: Data, is_last: bool) -> Message {
    Message::Frame(Frame::message(data.to_vec(), OpCode::Data(kind), is_last))
}

#[test]
fn a_message_of_sip_is_a_message_of_websocket() {
    check(Bounds::default(), async |mut browser, sender, mut events| {
        let options = String::from_utf8(OPTIONS.to_vec()).expect("text");
        browser.send(Message::text(options.clone())).await.expect("sent");
        assert_eq!(heard(&mut events).await, OPTIONS);
        browser.send(Message::binary(OPTIONS)).await.expect("sent");
        assert_eq!(heard(&mut events).await, OPTIONS);
        // No length has to be said, and two messages in one are one.
        browser.send(Message::text(options.repeat(2))).await.expect("sent");
        assert_eq!(heard(&mut events).await, OPTIONS.repeat(2));

        sender.send(b"SIP/2.0 200 OK\r\n\r\n".to_vec()).await.expect("queued");
        assert_eq!(told(&mut browser).await, Some(Message::text("SIP/2.0 200 OK\r\n\r\n")));
        sender.send(vec![0xff]).await.expect("queued");
        assert_eq!(told(&mut browser).await, Some(Message::binary([0xff].as_slice())), "what is no text is sent as it is");
    });
}

#[test]
fn pings_and_line_ends_keep_a_connection_alive_and_reach_nobody() {
    check(Bounds::default(), async |mut browser, _sender, mut events| {
        browser.send(Message::Ping(b"there?".to_vec().into())).await.expect("sent");
        assert_eq!(told(&mut browser).await, Some(Message::Pong(b"there?".to_vec().into())));
        browser.send(Message::text("\r\n\r\n")).await.expect("sent");
        assert_eq!(told(&mut browser).await, Some(Message::text("\r\n")));
        browser.send(Message::text("\r\n")).await.expect("sent");
        browser.send(Message::text("OPTIONS")).await.expect("sent");
        assert_eq!(heard(&mut events).await, b"OPTIONS");
    });
}

#[test]
fn fragments_are_put_together_up_to_the_longest_message() {
    check(Bounds::default(), async |mut browser, _sender, mut events| {
        browser.send(fragment(b"OPT", Data::Text, false)).await.expect("sent");
        browser.send(Message::Ping(b"".to_vec().into())).await.expect("sent");
        browser.send(fragment(b"IONS", Data::Continue, true)).await.expect("sent");
        assert_eq!(heard(&mut events).await, b"OPTIONS");
        let longest = vec![b'x'; SIP_MESSAGE_BYTES_MAX];
        browser.send(Message::binary(longest.clone())).await.expect("sent");
        assert_eq!(heard(&mut events).await.len(), longest.len());
        browser.send(fragment(&longest, Data::Binary, false)).await.expect("sent");
        browser.send(fragment(b"x", Data::Continue, true)).await.expect("sent");
        assert_eq!(closed(&mut browser).await, Some(CloseCode::Size));
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
    });
}

#[test]
fn who_breaks_the_rules_is_told_which() {
    for (bytes, code) in [
        (vec![0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], CloseCode::Size),
        (vec![0x81, 0x01, b'x'], CloseCode::Protocol),
        (vec![0xf1, 0x80, 0, 0, 0, 0], CloseCode::Protocol),
        (vec![0x81, 0x81, 0, 0, 0, 0, 0xff], CloseCode::Invalid),
    ] {
        check(Bounds::default(), async |mut browser, _sender, mut events| {
            browser.get_mut().write_all(&bytes).await.expect("written");
            assert_eq!(closed(&mut browser).await, Some(code), "{bytes:x?}");
            assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
        });
    }
}

#[test]
fn a_browser_that_says_nothing_or_begins_and_does_not_end_is_let_go() {
    let bounds = Bounds { message: Duration::from_millis(200), ..Bounds::default() };
    check(bounds, async |mut browser, _sender, mut events| {
        assert_eq!(closed(&mut browser).await, Some(CloseCode::Policy), "it says nothing");
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
    });
    // It sends a byte of a second message now and then, and pings in between.
    check(bounds, async |mut browser, _sender, mut events| {
        browser.send(Message::text("OPTIONS")).await.expect("sent");
        heard(&mut events).await;
        browser.send(fragment(&[b'x'; 200], Data::Binary, false)).await.expect("sent");
        let trickle = async {
            while browser.send(fragment(b"x", Data::Continue, false)).await.is_ok() {
                if browser.send(Message::Ping(b"".to_vec().into())).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            event = next(&mut events) => assert!(matches!(event, StreamEvent::Closed { .. })),
            () = trickle => {}
        }
    });
}

#[test]
fn between_messages_a_browser_may_be_silent_or_ping() {
    let bounds = Bounds { message: Duration::from_millis(100), ..Bounds::default() };
    check(bounds, async |mut browser, _sender, mut events| {
        browser.send(Message::text("OPTIONS")).await.expect("sent");
        heard(&mut events).await;
        browser.send(Message::Ping(b"".to_vec().into())).await.expect("sent");
        assert!(timeout(Duration::from_millis(300), events.recv()).await.is_err(), "it stays");
        browser.send(Message::text("OPTIONS")).await.expect("sent");
        heard(&mut events).await;
    });
}

#[test]
fn a_close_is_answered_with_a_close() {
    check(Bounds::default(), async |mut browser, sender, mut events| {
        browser.send(Message::text("OPTIONS")).await.expect("sent");
        heard(&mut events).await;
        browser.close(None).await.expect("sent");
        assert!(matches!(told(&mut browser).await, Some(Message::Close(_))));
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
        drop(sender);
    });
    // Nobody has anything to say to it any more.
    check(Bounds::default(), async |mut browser, sender, mut events| {
        drop(sender);
        assert_eq!(closed(&mut browser).await, Some(CloseCode::Normal));
        assert!(matches!(next(&mut events).await, StreamEvent::Closed { .. }));
    });
}
