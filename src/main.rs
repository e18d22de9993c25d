//! The program of the box: `trillo serve` runs it, the other commands talk to it or to its data folder.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use trillo::shell::serve::{self, Serve};

#[derive(Parser)]
#[command(name = "trillo", about = "An IP-PBX that is an appliance", version = serve::VERSION, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the exchange
    Serve(Serve),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    let outcome = match arguments.command {
        Command::Serve(serve) => serve::serve(&serve),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("trillo: {trouble}");
            ExitCode::FAILURE
        }
    }
}
