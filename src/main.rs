//! The program of the box: `trillo serve` runs it, the other commands talk to it or to its data folder.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use trillo::shell::cli::{self, Apply, Export, Import, Status};
use trillo::shell::serve::{self, Serve};

#[derive(Parser)]
#[command(name = "trillo", about = "An IP-PBX that is an appliance", version = VERSION, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Version, commit, and the schema of the settings that this program writes.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("TRILLO_COMMIT"), "), settings schema ", env!("TRILLO_SCHEMA"));

#[derive(Subcommand)]
enum Command {
    /// Run the exchange
    Serve(Serve),
    /// Make the box what a settings file says
    Apply(Apply),
    /// Add and change what a CSV table says: people, extensions, contacts ...
    Import(Import),
    /// Write the settings as a file, or one kind as a table
    Export(Export),
    /// Tell what is going on
    Status(Status),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    match arguments.command {
        Command::Serve(arguments) => match serve::serve(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(trouble) => {
                eprintln!("trillo: {trouble}");
                ExitCode::FAILURE
            }
        },
        Command::Apply(arguments) => cli::apply(&arguments),
        Command::Import(arguments) => cli::import(&arguments),
        Command::Export(arguments) => cli::export(&arguments),
        Command::Status(arguments) => cli::status(&arguments),
    }
}
