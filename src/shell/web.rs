//! The web's threads: they take requests from the door's private socket, ask [`web::answer`] and send back what it says.

use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tiny_http::{Header, Server, StatusCode};

use crate::base::Now;
use crate::entry::{CallFilter, CallRecord};
use crate::exchange::Command;
use crate::exchange::status::Status;
use crate::secret::Secret;
use crate::settings::{Difference, Edit, Settings};
use crate::shell::door::{DELAY_HEADER, PEER_HEADER, SECURE_HEADER};
use crate::shell::store::StoreHandle;
use crate::store::{Applied, AudioFolder, Author, Conflict, EditRefused, Revision, Trouble};
use crate::trace::Trace;
use crate::web::permit::{AskedRevert, Permitted};
use crate::web::{self, Context, Request, Response, Site};

const THREADS: usize = 4;

/// What the web's threads are made of.
pub struct Config {
    /// RUN; the socket lies in a folder of its own there, which only we may enter.
    pub run: PathBuf,
    pub store: Box<dyn web::Store + Send + Sync>,
    pub audio: AudioFolder,
    pub status: Box<dyn Fn() -> Arc<Status> + Send + Sync>,
    pub now: Box<dyn Fn() -> Now + Send + Sync>,
    pub command: Box<dyn Fn(Command) + Send + Sync>,
    pub sip_ports: [u16; 5],
    pub trace: Trace,
    /// Asked while there is no administrator.
    pub setup_code: Box<dyn Fn() -> Option<String> + Send + Sync>,
    /// The certificate of the box's own authority, as PEM.
    pub authority: String,
    pub version: String,
}

/// The running threads.
pub struct Web {
    socket: PathBuf,
    server: Arc<Server>,
    threads: Vec<JoinHandle<()>>,
}

struct Desk {
    config: Config,
    site: Site,
}

impl web::Store for StoreHandle {
    fn settings(&self) -> Arc<Settings> {
        StoreHandle::settings(self)
    }

    fn edit(&self, edit: Permitted, author: Author) -> Result<Arc<Settings>, EditRefused> {
        StoreHandle::edit(self, edit.into_edit(), author)
    }

    fn claim(&self, username: &str, password: &Secret, author: Author) -> Result<Arc<Settings>, EditRefused> {
        StoreHandle::claim(self, username, password, author)
    }

    fn find_calls(&self, filter: &CallFilter, offset: usize, limit: usize) -> Result<(Vec<CallRecord>, usize), Trouble> {
        StoreHandle::find_calls(self, filter, offset, limit)
    }

    fn revisions(&self, before: Option<u64>, limit: usize) -> Result<Vec<Revision>, Trouble> {
        StoreHandle::revisions(self, before, limit)
    }

    fn revision(&self, id: u64) -> Result<Option<Revision>, Trouble> {
        StoreHandle::revision(self, id)
    }

    fn revert(&self, revert: AskedRevert, is_trial: bool, author: Author) -> Result<Applied, EditRefused> {
        let id = revert.revision();
        let judge = move |settings: &Settings, differences: &[Difference]| revert.judge(settings, differences);
        StoreHandle::revert(self, id, is_trial, judge, author)
    }

    fn conflict(&self, edit: Edit) -> Result<Option<Conflict>, Trouble> {
        StoreHandle::conflict(self, edit)
    }

    fn compare(&self, before: u64, after: u64) -> Result<Vec<Difference>, EditRefused> {
        StoreHandle::compare(self, before, after)
    }
}

impl Web {
    pub fn start(config: Config) -> io::Result<Web> {
        give_back_large_blocks();
        let socket = private_socket(&config.run)?;
        let listener = UnixListener::bind(&socket)?;
        let server = Server::from_listener(listener, None).map_err(io::Error::other)?;
        let server = Arc::new(server);
        let desk = Arc::new(Desk { config, site: Site::default() });
        let threads = (0..THREADS)
            .map(|number| {
                let (server, desk) = (Arc::clone(&server), Arc::clone(&desk));
                std::thread::Builder::new().name(format!("web {number}")).spawn(move || serve(&server, &desk))
            })
            .collect::<io::Result<_>>()?;
        Ok(Web { socket, server, threads })
    }

    /// Where the door hands its requests.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Lets running answers end.
    pub fn stop(self) {
        for _ in &self.threads {
            self.server.unblock();
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the web ended in a panic");
            }
        }
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// A login costs Argon2id 19 MiB. glibc would raise its threshold at the first one and keep that much in every thread's arena
/// from then on (50 MB after a few logins, instead of 12); a fixed threshold gives it back to the system each time.
#[cfg(target_env = "gnu")]
fn give_back_large_blocks() {
    // SAFETY: mallopt may be called at any time; it takes two integers and refuses what it does not know.
    unsafe { nix::libc::mallopt(nix::libc::M_MMAP_THRESHOLD, 1024 * 1024) };
}

#[cfg(not(target_env = "gnu"))]
fn give_back_large_blocks() {}

fn private_socket(run: &Path) -> io::Result<PathBuf> {
    let folder = run.join("web");
    std::fs::create_dir_all(&folder)?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    let socket = folder.join("door.sock");
    // Of a run that was killed. Whoever holds the data folder's lock may take it away.
    match std::fs::remove_file(&socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(socket),
    }
}

fn serve(server: &Server, desk: &Desk) {
    // An error here is `unblock`: the end.
    while let Ok(mut asked) = server.recv() {
        let response = match read(&mut asked) {
            Some(request) => answer(desk, &request),
            None => plain(500),
        };
        if let Err(error) = asked.respond(written(response)) {
            tracing::debug!(%error, "the door did not take an answer");
        }
    }
}

/// `None` if it does not come from the door, which cannot be.
fn read(asked: &mut tiny_http::Request) -> Option<Request> {
    let mut headers: Vec<(String, String)> =
        asked.headers().iter().map(|header| (header.field.to_string().to_ascii_lowercase(), header.value.to_string())).collect();
    let peer: SocketAddr = take(&mut headers, PEER_HEADER)?.parse().ok()?;
    let is_secure = take(&mut headers, SECURE_HEADER).is_some();
    let (method, target) = (asked.method().to_string(), asked.url().to_owned());
    let mut body = Vec::new();
    asked.as_reader().take(web::body_bytes_max(&method, &target) as u64).read_to_end(&mut body).ok()?;
    let peer: IpAddr = peer.ip();
    Some(Request::new(&method, &target, headers, &body, peer, is_secure))
}

fn take(headers: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let at = headers.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(headers.remove(at).1)
}

fn answer(desk: &Desk, request: &Request) -> Response {
    let config = &desk.config;
    let settings = config.store.settings();
    let setup_code = if !settings.has_administrator() { (config.setup_code)() } else { None };
    let context = Context {
        now: (config.now)(),
        random: &|bytes| getrandom::fill(bytes).expect("the operating system has chance for us"),
        settings,
        status: (config.status)(),
        store: config.store.as_ref(),
        audio: &config.audio,
        command: config.command.as_ref(),
        memory: &resident_bytes,
        sip_ports: config.sip_ports,
        trace: &config.trace,
        setup_code: setup_code.as_deref(),
        authority: &config.authority,
        version: &config.version,
        site: &desk.site,
    };
    // A page holds nothing that a panic could leave half done: the sessions are behind locks that heal.
    catch_unwind(AssertUnwindSafe(|| web::answer(&context, request))).unwrap_or_else(|_| {
        tracing::error!(path = %request.path, "a page panicked");
        plain(500)
    })
}

/// What the kernel says of us (proc(5), statm): the second number, in pages.
fn resident_bytes() -> Option<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok()??;
    Some(pages * u64::try_from(size).ok()?)
}

fn plain(status: u16) -> Response {
    let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned()), ("Cache-Control", "no-store".to_owned())];
    let body = b"Something went wrong here. Calls go on. Please try again.\nQualcosa non ha funzionato. Le chiamate continuano. Riprova.\n";
    Response { status, headers, body: body.to_vec(), delay: std::time::Duration::ZERO }
}

fn written(response: Response) -> tiny_http::Response<io::Cursor<Vec<u8>>> {
    let response = response.checked();
    let mut written = tiny_http::Response::from_data(response.body).with_status_code(StatusCode(response.status));
    // tiny_http would send long bodies in chunks.
    written = written.with_chunked_threshold(usize::MAX);
    let delay = (!response.delay.is_zero()).then(|| (DELAY_HEADER, response.delay.as_millis().to_string()));
    for (name, value) in response.headers.into_iter().chain(delay) {
        match Header::from_bytes(name, value) {
            Ok(header) => written.add_header(header),
            Err(()) => tracing::error!(name, "a header of ours is unfit"),
        }
    }
    written
}
