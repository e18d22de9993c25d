//! `trillo serve`: opens the data folder, starts the threads, and beats while all of them live.

use std::io::Write;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::os::fd::FromRawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use nix::sys::signal::{SigSet, Signal};
use tokio::sync::mpsc::UnboundedSender;
use tracing::{info, warn};

use super::clock::Clock;
use super::control;
use super::door::{self, Door};
use super::handover;
use super::ldap;
use super::media::MediaHandle;
use super::resolver::Resolver;
use super::setup_code::SetupCode;
use super::signal::{self, SignalHandle};
use super::store::StoreHandle;
use super::tls::{self, Tls};
use super::web::{self, Web};
use crate::base::Dice;
use crate::exchange::{Config, Forwarded, Input};
use crate::settings::Settings;
use crate::sip::auth::NonceKey;
use crate::store::{AudioFolder, Store};
use crate::trace::Trace;
use crate::web::Picture;

/// Arguments of `trillo serve`.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The data folder: settings, records, key. Made if it is not there
    #[arg(long, value_name = "DIR", env = "TRILLO_DATA")]
    pub data: PathBuf,
    /// Where sockets and quickly changing state lie; on the box a RAM disk [default: DATA/run]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Where SIP is spoken, over UDP and TCP; may be given more than once [default: every address, with the ports of the SIP settings]
    #[arg(long, value_name = "ADDR:PORT")]
    pub sip: Vec<SocketAddr>,
    /// Where SIP is spoken over TLS; may be given more than once. What is not said of SIP's four is not served, unless none is said
    #[arg(long, value_name = "ADDR:PORT")]
    pub sip_tls: Vec<SocketAddr>,
    /// Where SIP is spoken over WebSocket, besides /sip of the web page; may be given more than once
    #[arg(long, value_name = "ADDR:PORT")]
    pub sip_ws: Vec<SocketAddr>,
    /// Where SIP is spoken over WebSocket with TLS, besides /sip of the web page; may be given more than once
    #[arg(long, value_name = "ADDR:PORT")]
    pub sip_wss: Vec<SocketAddr>,
    /// Where the web page is, without TLS; may be given more than once
    #[arg(long, value_name = "ADDR:PORT", default_value = "[::]:8080")]
    pub web: Vec<SocketAddr>,
    /// Where the web page is, with TLS; may be given more than once
    #[arg(long, value_name = "ADDR:PORT", default_value = "[::]:8443")]
    pub web_tls: Vec<SocketAddr>,
    /// Where the phonebook is served over LDAP without TLS; may be given more than once [default: nowhere]
    #[arg(long, value_name = "ADDR:PORT")]
    pub ldap: Vec<SocketAddr>,
    /// Where the phonebook is served over LDAP with TLS; may be given more than once [default: nowhere]
    #[arg(long, value_name = "ADDR:PORT")]
    pub ldaps: Vec<SocketAddr>,
    /// The UDP ports of media; each call takes four of them
    #[arg(long, value_name = "FROM-TO", default_value = "16384-17183", value_parser = port_range)]
    pub rtp: RangeInclusive<u16>,
    /// A name server to ask where lines are; may be given more than once [default: those of the system]
    #[arg(long, value_name = "ADDR:PORT")]
    pub dns: Vec<SocketAddr>,
    /// All phones reach this program through forwarded ports: tell them this address (and port of SIP, if it is
    /// another one outside), and treat every account as one behind NAT
    #[arg(long, value_name = "ADDR[:PORT]", env = "TRILLO_EXTERNAL")]
    pub forwarded: Option<Forwarded>,
    /// Only the web page, no telephony: both systems of the box have failed before
    #[arg(long, env = "TRILLO_SAFE", value_parser = clap::builder::BoolishValueParser::new(), default_value = "false")]
    pub safe: bool,
}

impl Serve {
    fn given(&self) -> signal::Given {
        signal::Given { sip: self.sip.clone(), tls: self.sip_tls.clone(), ws: self.sip_ws.clone(), wss: self.sip_wss.clone() }
    }
}

fn port_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let ports = text.split_once('-').and_then(|(from, to)| Some(from.parse().ok()?..=to.parse().ok()?));
    let ports: RangeInclusive<u16> = ports.ok_or("expected two ports, as in 16384-17183")?;
    if *ports.start() == 0 || ports.end().saturating_sub(*ports.start()) < 3 {
        return Err("a call takes four ports: the range must begin above 0 and hold at least four".to_owned());
    }
    Ok(ports)
}

/// Beats on this descriptor tell the supervisor that all is well.
const BEAT_FD: &str = "TRILLO_BEAT_FD";
/// A thread that has not shown itself for so long is taken for dead.
const FRESH: Duration = Duration::from_secs(5);

/// The addresses of the box may change with its lease.
const CERTIFICATE_EVERY_SECONDS: u64 = 60;

/// Version and commit, as every place shows them.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("TRILLO_COMMIT"), ")");

/// Runs until the process is ended.
pub fn serve(arguments: &Serve) -> Result<(), String> {
    let stop = StopSignal::block();
    let clock = Clock::start();
    let run = arguments.run.clone().unwrap_or_else(|| arguments.data.join("run"));
    let opened = Store::open(&arguments.data, &run, Clock::wall()).map_err(|trouble| trouble.to_string())?;
    let mut notices = opened.notices.clone();
    if arguments.safe {
        notices
            .push("Safe mode: both systems of the box failed to start several times. There is no telephony; install an update.".to_owned());
    }
    for notice in &notices {
        warn!("{notice}");
    }
    let (sender, receiver) = signal::channel();
    let reports = sender.clone();
    let media = super::media::start(arguments.rtp.clone(), move |report| {
        let _ = reports.send(Input::Media(report));
    })
    .map_err(|fault| format!("media: {fault}"))?;
    let media = Arc::new(media);
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|fault| format!("no random numbers: {fault}"))?;
    let mut nonce_key = [0; 32];
    getrandom::fill(&mut nonce_key).map_err(|fault| format!("no random numbers: {fault}"))?;
    let trace = Trace::default();
    let config = Config {
        nonce_key: NonceKey::new(nonce_key),
        settings: opened.settings.clone(),
        dice: Dice::new(seed),
        ports: media.ports.clone(),
        states: opened.states.clone(),
        product: format!("Trillo/{}", env!("CARGO_PKG_VERSION")),
        forwarded: arguments.forwarded,
        trace: trace.clone(),
    };
    let sip = if arguments.safe { signal::Addresses::default() } else { signal::Addresses::new(arguments.given(), &opened.settings.sip) };
    let sip_ports = sip.told_ports(&opened.settings.sip, arguments.forwarded.and_then(|forwarded| forwarded.sip_port));
    let setup_code = match !opened.settings.has_administrator() {
        false => None,
        true => Some(Arc::new(SetupCode::open(&arguments.data, &run).map_err(|fault| format!("the setup code: {fault}"))?)),
    };
    let store = StoreHandle::start(opened, subscribers(&sender, setup_code.clone())).map_err(|trouble| trouble.to_string())?;
    let (signal_end, door_end) = handover::pair();
    let start = signal::Start {
        clock,
        addresses: sip.clone(),
        resolver: Resolver::new(arguments.dns.clone()),
        config,
        media: media.clone(),
        inputs: (sender, receiver),
        door: signal_end,
    };
    let signal = signal::start(start, store.clone()).map_err(|fault| fault.to_string())?;
    let tls = Tls::open(&arguments.data, &tls::addresses(), Clock::wall()).map_err(|fault| format!("certificates: {fault}"))?;
    let (picture, keeper) = (signal.clone(), store.clone());
    let status = move || super::status::json(&picture.status(), &keeper.settings(), &notices);
    control::serve(&run, control::handler(store.clone(), status)).map_err(|fault| format!("the control socket: {fault}"))?;
    let phonebook = store.clone();
    let (plain, secure) = if arguments.safe { (vec![], vec![]) } else { (arguments.ldap.clone(), arguments.ldaps.clone()) };
    let ldap = ldap::start(ldap::Config {
        plain,
        tls: secure,
        certificates: tls.config(),
        settings: Box::new(move || phonebook.settings()),
        clock,
    })
    .map_err(|fault| format!("phonebook: {fault}"))?;
    let events = events(signal.clone(), store.clone());
    let (picture, keeper, commands) = (signal.clone(), store.clone(), signal.clone());
    let web = Web::start(web::Config {
        run,
        store: Box::new(store),
        audio: AudioFolder::new(&arguments.data),
        status: Box::new(move || picture.status()),
        now: Box::new(move || clock.now()),
        sip_ports,
        trace,
        command: Box::new(move |command| commands.command(command)),
        setup_code: Box::new(move || setup_code.as_ref().and_then(|code| code.get())),
        authority: tls.authority(),
        version: VERSION.to_owned(),
    })
    .map_err(|fault| format!("web: {fault}"))?;
    let door = Door::start(door::Config {
        web: arguments.web.clone(),
        web_tls: arguments.web_tls.clone(),
        sip: door::Sip {
            tls: sip.tls.clone(),
            ws: sip.ws.clone(),
            wss: sip.wss.clone(),
            at_web: sip.at_web,
            must_bind: sip.is_given,
            config: tls.sip_config(),
            signal: door_end,
        },
        backend: web.socket().to_owned(),
        tls: tls.config(),
        events,
    })
    .map_err(|fault| format!("web or SIP over TLS and WebSocket: {fault}"))?;
    info!(?sip, sip_at_door = ?door.sip(), web = ?door.web(), web_tls = ?door.web_tls(), ldap = ?ldap.plain, ldaps = ?ldap.tls, ports = media.ports.len(), "ready");
    beat(&stop, &signal, &media, &keeper, &tls)
}

/// What streams of events are made of.
fn events(signal: SignalHandle, store: StoreHandle) -> door::Source {
    let settings = store.clone();
    door::Source {
        picture: Box::new(move || (Picture { status: signal.status(), settings: settings.settings() }, Clock::wall())),
        revisions: Box::new(move |limit| store.revisions(None, limit).unwrap_or_default()),
    }
}

/// Who is told of new settings: the Exchange, and the setup code, which ends when there is an administrator.
fn subscribers(sender: &UnboundedSender<Input>, setup_code: Option<Arc<SetupCode>>) -> Vec<super::store::Subscriber> {
    let sender = sender.clone();
    vec![
        Box::new(move |settings: Arc<Settings>| {
            let _ = sender.send(Input::Settings(settings));
        }),
        Box::new(move |settings: Arc<Settings>| {
            if let Some(code) = setup_code.as_ref().filter(|_| settings.has_administrator()) {
                code.end();
            }
        }),
    ]
}

/// One byte a second to the supervisor while signalling, media and store are alive. A silence of ten seconds gets this process restarted.
fn beat(stop: &StopSignal, signal: &SignalHandle, media: &MediaHandle, store: &StoreHandle, tls: &Tls) -> Result<(), String> {
    let fd = std::env::var(BEAT_FD).ok().and_then(|fd| fd.parse::<i32>().ok());
    // SAFETY: the supervisor made this descriptor for us and named it in our environment; nobody else here owns it.
    let mut supervisor = fd.map(|fd| unsafe { std::fs::File::from_raw_fd(fd) });
    for second in 1u64.. {
        let is_fresh = signal.age() < FRESH && media.age() < FRESH && store.age() < FRESH;
        if !is_fresh {
            warn!(signal = ?signal.age(), media = ?media.age(), store = ?store.age(), "a thread does not answer");
        } else if let Some(file) = &mut supervisor {
            // A supervisor that is gone takes the process with it anyway.
            let _ = file.write_all(b".");
        }
        if second % CERTIFICATE_EVERY_SECONDS == 0
            && let Err(fault) = tls.renew_if_due(&tls::addresses(), Clock::wall())
        {
            warn!(%fault, "the certificate could not be renewed");
        }
        if stop.comes_within(Duration::from_secs(1)) {
            info!("told to stop");
            return store.stop().map_err(|trouble| trouble.to_string());
        }
    }
    Ok(())
}

/// SIGTERM and SIGINT, taken by the main thread instead of ending the process.
struct StopSignal(SigSet);

impl StopSignal {
    /// Must come before the first thread, for threads inherit what is blocked.
    fn block() -> StopSignal {
        let set: SigSet = [Signal::SIGTERM, Signal::SIGINT].into_iter().collect();
        if let Err(fault) = set.thread_block() {
            warn!(%fault, "signals keep their usual way");
        }
        StopSignal(set)
    }

    fn comes_within(&self, time: Duration) -> bool {
        let time = nix::libc::timespec { tv_sec: time.as_secs() as nix::libc::time_t, tv_nsec: 0 };
        // SAFETY: the set and the time outlive the call, and no information about the signal is asked for.
        unsafe { nix::libc::sigtimedwait(self.0.as_ref(), std::ptr::null_mut(), &time) > 0 }
    }
}
