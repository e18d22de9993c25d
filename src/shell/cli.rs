//! The commands beside `serve`: `trillo apply`, `trillo import`, `trillo export`, `trillo status`.
//!
//! Each asks the running process through the control socket; `apply`, `import` and `export` open the data folder themselves if none runs.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::base::limits::SETTINGS_FILE_BYTES_MAX;
use crate::store::{Author, Store};
use crate::text::Language;
use crate::text::fault::Reason;

use super::clock::Clock;
use super::control::{self, Request, Response};

/// Where the box keeps what it keeps.
#[derive(Args, Clone, Debug)]
pub struct Folders {
    /// The data folder: settings, records, key
    #[arg(long, value_name = "DIR", env = "TRILLO_DATA")]
    pub data: PathBuf,
    /// Where sockets and quickly changing state lie; as given to `trillo serve` [default: DATA/run]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
}

impl Folders {
    fn run(&self) -> PathBuf {
        self.run.clone().unwrap_or_else(|| self.data.join("run"))
    }
}

/// Arguments of `trillo apply`.
#[derive(Args, Clone, Debug)]
pub struct Apply {
    #[command(flatten)]
    pub folders: Folders,
    /// Check the file and tell what would change, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The settings file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Arguments of `trillo export`.
#[derive(Args, Clone, Debug)]
pub struct Export {
    #[command(flatten)]
    pub folders: Folders,
    /// Write passwords and PINs in clear instead of sealed to this box (in a CSV: instead of not at all)
    #[arg(long)]
    pub with_secrets: bool,
    /// One kind as a CSV table: people, extension, account, contact ...
    #[arg(long, value_name = "KIND")]
    pub csv: Option<String>,
}

/// Arguments of `trillo import`.
#[derive(Args, Clone, Debug)]
pub struct Import {
    #[command(flatten)]
    pub folders: Folders,
    /// A CSV table of that kind: people, extension, account, contact ...
    #[arg(long, value_name = "KIND", required_unless_present = "freepbx", conflicts_with = "freepbx")]
    pub csv: Option<String>,
    /// The extensions that the Bulk Handler of FreePBX exported
    #[arg(long)]
    pub freepbx: bool,
    /// Check the table and tell what would change, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The table; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Arguments of `trillo status`.
#[derive(Args, Clone, Debug)]
pub struct Status {
    #[command(flatten)]
    pub folders: Folders,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Makes the box what the file says, or prints all that is wrong with it. Exit code 1: faults in the file; 2: it could not be done.
pub fn apply(arguments: &Apply) -> ExitCode {
    let name = arguments.file.display();
    let bytes = match read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => return trouble(&format!("reading {name}: {error}")),
    };
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err(fault) => return faulty(&name, &[fault]),
    };
    match ask(&arguments.folders, &Request::Apply { text, trial: arguments.dry_run }) {
        Err(said) | Ok(Response::Trouble(said)) => trouble(&said),
        Ok(Response::Faults(faults)) => faulty(&name, &faults),
        Ok(Response::Applied { revision, differences }) => {
            let mut text = differences.iter().map(|difference| format!("{difference}\n")).collect::<String>();
            text += &match (differences.is_empty(), arguments.dry_run) {
                (true, _) => "Nothing differs.\n".to_owned(),
                (false, true) => "This is what would change; nothing was changed.\n".to_owned(),
                (false, false) => format!("Applied as revision {revision}.\n"),
            };
            print(&text)
        }
        Ok(_) => unexpected(),
    }
}

/// Adds and changes what the rows of a table say, or prints all that is wrong with it. Exit codes as of `apply`.
pub fn import(arguments: &Import) -> ExitCode {
    let name = arguments.file.display();
    let text = match read(&arguments.file).map(text_of) {
        Ok(Ok(text)) => text,
        Ok(Err(fault)) => return faulty(&name, &[fault]),
        Err(error) => return trouble(&format!("reading {name}: {error}")),
    };
    let format = arguments.csv.clone().unwrap_or_else(|| "freepbx".to_owned());
    match ask(&arguments.folders, &Request::Import { format, text, trial: arguments.dry_run }) {
        Err(said) | Ok(Response::Trouble(said)) => trouble(&said),
        Ok(Response::Faults(faults)) => faulty(&name, &faults),
        Ok(Response::Imported { revision, differences, ignored }) => {
            if !ignored.is_empty() {
                eprintln!("trillo: these columns mean nothing here and were ignored: {}", ignored.join(", "));
            }
            let mut text = differences.iter().map(|difference| format!("{difference}\n")).collect::<String>();
            text += &match (differences.is_empty(), revision) {
                (true, _) => "Nothing differs.\n".to_owned(),
                (false, None) => "This is what would change; nothing was changed.\n".to_owned(),
                (false, Some(revision)) => format!("Imported as revision {revision}.\n"),
            };
            print(&text)
        }
        Ok(_) => unexpected(),
    }
}

/// Prints the settings as a file that `apply` takes, or one kind of them as a table that `import` takes.
pub fn export(arguments: &Export) -> ExitCode {
    let request = match &arguments.csv {
        Some(name) => Request::Sheet { name: name.clone(), with_secrets: arguments.with_secrets },
        None => Request::Export { with_secrets: arguments.with_secrets },
    };
    match ask(&arguments.folders, &request) {
        Ok(Response::Exported(text)) => print(&text),
        Err(said) | Ok(Response::Trouble(said)) => trouble(&said),
        Ok(_) => unexpected(),
    }
}

/// Prints what the running process says of itself.
pub fn status(arguments: &Status) -> ExitCode {
    match ask(&arguments.folders, &Request::Status {}) {
        Ok(Response::Status(status)) if arguments.json => print(&format!("{status}\n")),
        Ok(Response::Status(status)) => print(&plain(&status)),
        Err(said) | Ok(Response::Trouble(said)) => trouble(&said),
        Ok(_) => unexpected(),
    }
}

/// The running process, else the data folder.
fn ask(folders: &Folders, request: &Request) -> Result<Response, String> {
    let run = folders.run();
    let answer = control::ask(&run, request).map_err(|error| format!("asking {}: {error}", control::path(&run).display()))?;
    if let Some(response) = answer {
        return Ok(response);
    }
    if *request == (Request::Status {}) {
        return Err(format!("no trillo runs with {}", run.display()));
    }
    stopped(&folders.data, &run, request)
}

/// While no process runs: the folder's lock sees to it that none starts meanwhile.
fn stopped(data: &Path, run: &Path, request: &Request) -> Result<Response, String> {
    if !matches!(request, Request::Apply { .. }) && !data.is_dir() {
        return Err(format!("there is no data folder {}", data.display()));
    }
    // A new folder is made by what changes something, not by a look.
    if let Request::Apply { text, trial: true } = request
        && !Store::is_there(data)
    {
        return Ok(Store::try_on_new(text).into());
    }
    let now = Clock::wall();
    let mut opened = Store::open(data, run, now).map_err(|trouble| trouble.to_string())?;
    for notice in &opened.notices {
        eprintln!("trillo: {notice}");
    }
    let author = Author { name: control::author_name(nix::unistd::geteuid().as_raw()), source: "command line".to_owned() };
    let response = match request {
        Request::Export { with_secrets } => Response::Exported(opened.store.export(*with_secrets)),
        Request::Sheet { name, with_secrets } => control::sheet(name, &opened.settings, *with_secrets),
        Request::Import { format, text, trial } => match control::format_of(format) {
            Some(format) => opened.store.import(format, text.as_bytes(), *trial, &author, now).into(),
            None => control::no_sheet(format),
        },
        Request::Apply { text, trial } => opened.store.apply(text, *trial, &author, now).into(),
        Request::Status {} => Response::Trouble("no trillo runs".to_owned()),
    };
    // What was saved is saved; only the copies are old.
    if let Err(trouble) = opened.store.close() {
        eprintln!("trillo: {trouble}");
    }
    Ok(response)
}

/// One byte more than may be, so that the reader of the file can say that it is too long.
const FILE_BYTES_READ: usize = SETTINGS_FILE_BYTES_MAX + 1;

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(FILE_BYTES_READ as u64).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(file)?.take(FILE_BYTES_READ as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The file as text, or the first byte that is none, with its line.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
    // Where we stopped reading, a character may be cut; that the file is too long is said by its reader.
    if bytes.len() == FILE_BYTES_READ && error.utf8_error().error_len().is_none() {
        return Ok(String::from_utf8_lossy(bytes).into_owned());
    }
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let reason = Reason::NotUtf8 { at, byte: bytes[at] };
    Err(format!("line {line}: {}", reason.say(Language::English)))
}

fn faulty(name: &impl std::fmt::Display, faults: &[String]) -> ExitCode {
    for fault in faults {
        eprintln!("{name}: {fault}");
    }
    let count = if faults.len() == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.len()) };
    eprintln!("trillo: {count}; nothing was changed");
    ExitCode::FAILURE
}

/// A line a value: `registrations: 3`.
fn plain(status: &Value) -> String {
    let line = |(key, value): (&String, &Value)| match value {
        Value::String(text) => format!("{key}: {text}\n"),
        Value::Array(list) => format!("{key}: {}\n", list.len()),
        value => format!("{key}: {value}\n"),
    };
    status.as_object().map(|status| status.iter().map(line).collect()).unwrap_or_default()
}

/// A closed pipe (`trillo export | head`) is nobody's fault.
fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn trouble(said: &str) -> ExitCode {
    eprintln!("trillo: {said}");
    ExitCode::from(2)
}

fn unexpected() -> ExitCode {
    trouble("the running process answered something else; is it of another version?")
}
