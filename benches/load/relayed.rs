//! The relay under load: the media thread of the product, driven by the orders that a call gives it.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use trillo::base::SlabKey;
use trillo::base::id::FlowId;
use trillo::media::order::{Aim, Join, Open, Order, PayloadKind, PayloadRoute, Remote};
use trillo::shell;

use crate::voice::{self, Side};
use crate::{Options, meter};

pub fn serve(options: &Options) {
    let (base, calls) = (options.number("--base", 20_000), options.number("--calls", 100));
    let is_behind_nat = options.text("--remote") == Some("latch");
    meter::stay_on_cpu(1);
    let last = base + 4 * calls - 1;
    let media = shell::media::start(base as u16..=last as u16, |_| {}).expect("the ports are free");
    assert_eq!(media.ports.len(), 2 * calls, "some ports are taken");
    for call in 0..calls {
        let flows = [Side::A, Side::B].map(|side| {
            let leg = 2 * call + side as usize;
            let flow = FlowId::new(leg as u32, 0);
            media.send(Order::Open(Open {
                flow,
                port: media.ports[leg],
                local: IpAddr::V4(Ipv4Addr::LOCALHOST),
                ssrc: 0x7000_0000 + leg as u32,
                first_sequence: 100,
                first_timestamp: 8000,
            }));
            let rtp = voice::address(side, call);
            let rtcp = SocketAddr::new(rtp.ip(), rtp.port() + 1);
            let remote = if is_behind_nat { Remote::Latch } else { Remote::Fixed { rtp, rtcp } };
            media.send(Order::Aim(Aim { flow, remote, send: true }));
            flow
        });
        let routes = [(0, PayloadKind::Audio), (101, PayloadKind::TelephoneEvent)].map(|(payload_type, kind)| PayloadRoute {
            from: payload_type,
            to: payload_type,
            kind,
            clock_hz: 8000,
        });
        media.send(Order::Join(Join {
            a: flows[0],
            b: flows[1],
            a_to_b: routes.to_vec(),
            b_to_a: routes.to_vec(),
            a_codes: None,
            b_codes: None,
        }));
    }
    println!("ready");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
