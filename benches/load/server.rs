//! The product under load: `trillo` with accounts in a data folder of its own, on loopback ports.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use trillo::base::Wall;
use trillo::store::{Author, Store};

use crate::Options;
use crate::meter::Subject;
use crate::sip::{Account, Phone};

pub const SIP: &str = "127.0.0.1:15060";

/// A running server; its folder goes when it goes.
pub struct Server {
    pub process: Subject,
    folder: PathBuf,
}

impl Server {
    /// Starts `--server` with that many accounts, each with an extension.
    pub fn start(options: &Options, accounts: usize) -> Server {
        let program = options.text("--server").expect("--server PATH of the trillo to measure");
        let folder = std::env::temp_dir().join(format!("trillo-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for data");
        let (data, run) = (folder.join("data"), folder.join("run"));
        let mut opened = Store::open(&data, &run, Wall::default()).unwrap_or_else(|trouble| panic!("{trouble}"));
        let author = Author { name: "load".to_owned(), source: "command line".to_owned() };
        let applied = opened.store.apply(&settings(accounts), false, &author, Wall::default());
        applied.unwrap_or_else(|refused| panic!("{refused:?}"));
        drop(opened);
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(&data).arg("--run").arg(&run);
        command.args(["--sip", SIP, "--web", "127.0.0.1:15080", "--web-tls", "127.0.0.1:15443", "--rtp", "20000-23999"]);
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let child = command.spawn().expect("the server starts");
        let server = Server { process: Subject::watch(child, None), folder };
        server.wait_until_it_answers();
        server
    }

    fn wait_until_it_answers(&self) {
        let phone = Phone::new("127.0.0.4:16060", SIP.parse::<SocketAddr>().expect("an address"));
        let began = Instant::now();
        for attempt in 0.. {
            phone.send(&format!(
                "OPTIONS sip:{SIP} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.4:16060;branch=z9hG4bKload{attempt};rport\r\nMax-Forwards: 70\r\n\
                 From: <sip:load@127.0.0.4>;tag=1\r\nTo: <sip:{SIP}>\r\nCall-ID: load-{attempt}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            ));
            std::thread::sleep(Duration::from_millis(50));
            if phone.receive().is_some() {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "the server does not answer; see {}", self.folder.join("log").display());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn settings(accounts: usize) -> String {
    let mut text = String::new();
    for account in (0..accounts).map(Account) {
        let _ = write!(text, "[[extension]]\nnumber = \"{}\"\nfirst_name = \"Load\"\n\n", account.number());
        let _ = write!(
            text,
            "[[account]]\nusername = \"{}\"\npassword = \"{}\"\nextension = \"{}\"\n\n",
            account.username(),
            account.password(),
            account.number()
        );
    }
    text
}
