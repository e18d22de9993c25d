//! The control socket, `RUN/control`: how `trillo apply`, `export` and `status` reach the running process.
//!
//! One connection, one line of JSON each way:
//!
//! ```text
//! {"status":{}}                                       {"status":{...}}
//! {"export":{"with_secrets":false}}                   {"exported":"[sip]\n..."}
//! {"sheet":{"name":"people","with_secrets":false}}    {"exported":"number,..."}
//! {"import":{"format":"people","text":"...","trial":false}}  {"imported":{"revision":7,"differences":[...],"ignored":[]}}
//! {"apply":{"text":"[[extension]]...","trial":true}}  {"applied":{"revision":7,"differences":["+ extension 101\n    ..."]}}
//!                                                     {"faults":["line 3: ..."]}  or  {"trouble":"..."}
//! ```
//!
//! The folder is ours alone, and the kernel says who calls: root, or the user that we run as.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::{info, warn};

use crate::base::limits::SETTINGS_FILE_BYTES_MAX;
use crate::settings::csv::{self, Format, Sheet};
use crate::settings::{Difference, Settings};
use crate::store::{Applied, Author, EditRefused, Imported, Trouble};

use super::store::StoreHandle;

/// A settings file as one JSON line, where a character may take six.
const LINE_BYTES_MAX: usize = SETTINGS_FILE_BYTES_MAX * 6 + 4096;
/// Who says nothing for so long is hung up on; the next one waits no longer than this.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a command waits for its answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Status {},
    Export {
        with_secrets: bool,
    },
    /// One kind as CSV.
    Sheet {
        name: String,
        with_secrets: bool,
    },
    Import {
        /// A sheet's name, or `freepbx`.
        format: String,
        text: String,
        trial: bool,
    },
    Apply {
        text: String,
        /// Only tell what would differ.
        trial: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    Status(Value),
    Exported(String),
    Applied {
        revision: u64,
        differences: Vec<String>,
    },
    Imported {
        /// `None`: nothing was changed.
        revision: Option<u64>,
        differences: Vec<String>,
        /// Columns that mean nothing here.
        ignored: Vec<String>,
    },
    /// What is wrong with the file, all of it.
    Faults(Vec<String>),
    Trouble(String),
}

/// Answers on the control thread.
pub type Handler = Box<dyn Fn(Request, Author) -> Response + Send>;

/// Where the socket lies.
pub fn path(run: &Path) -> PathBuf {
    run.join("control")
}

/// Starts the thread `control`. Only the process that holds the data folder's lock may call this: a socket that is there is a
/// leftover.
pub fn serve(run: &Path, handler: Handler) -> io::Result<()> {
    fs::create_dir_all(run)?;
    fs::set_permissions(run, fs::Permissions::from_mode(0o700))?;
    let path = path(run);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    std::thread::Builder::new().name("control".to_owned()).spawn(move || {
        for stream in listener.incoming() {
            match stream.and_then(|stream| answer(stream, &handler)) {
                Ok(()) => {}
                Err(error) => {
                    warn!("the control socket: {error}");
                    // Out of descriptors, accept fails at once and again.
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    })?;
    Ok(())
}

fn answer(stream: UnixStream, handler: &Handler) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let peer = getsockopt(&stream, PeerCredentials)?;
    let response = if peer.uid() == 0 || peer.uid() == nix::unistd::geteuid().as_raw() {
        let author = Author { name: author_name(peer.uid()), source: "command line".to_owned() };
        match read_line(&stream).and_then(|line| serde_json::from_str(&line).map_err(io::Error::from)) {
            Ok(request) => handler(request, author),
            Err(error) => Response::Trouble(format!("this request cannot be read: {error}")),
        }
    } else {
        info!(uid = peer.uid(), "a stranger at the control socket");
        Response::Trouble("only root and the user that runs the service may do this".to_owned())
    };
    write_line(&stream, &response)
}

/// The user as the list of revisions names him.
pub fn author_name(uid: u32) -> String {
    if uid == 0 { "root".to_owned() } else { format!("uid {uid}") }
}

fn read_line(stream: &UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream).take(LINE_BYTES_MAX as u64).read_line(&mut line)?;
    if line.ends_with('\n') { Ok(line) } else { Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the line has no end")) }
}

fn write_line(mut stream: &UnixStream, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    stream.write_all(line.as_bytes())
}

/// Asks the running process. `None` if none runs there.
pub fn ask(run: &Path, request: &Request) -> io::Result<Option<Response>> {
    let stream = match UnixStream::connect(path(run)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(ANSWER_PATIENCE))?;
    stream.set_write_timeout(Some(ANSWER_PATIENCE))?;
    write_line(&stream, request)?;
    Ok(Some(serde_json::from_str(&read_line(&stream)?)?))
}

/// The handler of all requests; `status` makes the answer to that one.
pub fn handler(store: StoreHandle, status: impl Fn() -> Value + Send + 'static) -> Handler {
    Box::new(move |request, author| match request {
        Request::Status {} => Response::Status(status()),
        Request::Export { with_secrets } => store.export(with_secrets).map_or_else(|trouble| trouble.into(), Response::Exported),
        Request::Sheet { name, with_secrets } => sheet(&name, &store.settings(), with_secrets),
        Request::Import { format, text, trial } => match format_of(&format) {
            Some(format) => store.import(format, text.as_bytes(), trial, author).into(),
            None => no_sheet(&format),
        },
        Request::Apply { text, trial } => store.apply(text, trial, author).into(),
    })
}

/// One kind as CSV, or what kinds there are.
pub fn sheet(name: &str, settings: &Settings, with_secrets: bool) -> Response {
    match Sheet::from_name(name) {
        Some(sheet) => Response::Exported(csv::export(sheet, settings, with_secrets)),
        None => no_sheet(name),
    }
}

pub fn format_of(name: &str) -> Option<Format> {
    if name == "freepbx" { Some(Format::FreePbx) } else { Sheet::from_name(name).map(Format::Trillo) }
}

pub fn no_sheet(name: &str) -> Response {
    let names: Vec<&str> = Sheet::all().map(Sheet::name).collect();
    Response::Trouble(format!("there is no sheet \"{name}\"; there are: {}", names.join(", ")))
}

impl From<Result<Imported, EditRefused>> for Response {
    fn from(outcome: Result<Imported, EditRefused>) -> Response {
        match outcome {
            Ok(imported) if !imported.preview.is_sound() => {
                Response::Faults(imported.preview.all_faults().map(ToString::to_string).collect())
            }
            Ok(Imported { preview, settings }) => Response::Imported {
                revision: settings.map(|settings| settings.revision),
                differences: preview.rows.iter().flat_map(|row| &row.differences).map(Difference::to_string).collect(),
                ignored: preview.ignored,
            },
            Err(refused) => Result::<Applied, EditRefused>::Err(refused).into(),
        }
    }
}

impl From<Trouble> for Response {
    fn from(trouble: Trouble) -> Response {
        Response::Trouble(trouble.to_string())
    }
}

impl From<Result<Applied, EditRefused>> for Response {
    fn from(outcome: Result<Applied, EditRefused>) -> Response {
        match outcome {
            Ok(applied) => Response::Applied {
                revision: applied.settings.revision,
                differences: applied.differences.iter().map(Difference::to_string).collect(),
            },
            Err(EditRefused::Faults(faults)) => Response::Faults(faults.iter().map(ToString::to_string).collect()),
            Err(EditRefused::Conflict(conflict)) => {
                let revision = conflict.revision;
                Response::Trouble(format!("{} changed the same meanwhile (revision {})", revision.author.name, revision.id))
            }
            Err(EditRefused::Trouble(trouble)) => trouble.into(),
        }
    }
}
