//! `sagemaker-double --port N`: the double by hand.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use rekindle_sagemaker_double::Double;

fn main() -> ExitCode {
    match port(env::args().skip(1)).and_then(|port| Ok(Double::start_on(port)?)) {
        Ok(double) => {
            println!("listening on {}", double.url());
            double.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            eprintln!("error: {error}{source}");
            ExitCode::FAILURE
        }
    }
}

/// The port that was asked for; any without one.
fn port(mut arguments: impl Iterator<Item = String>) -> Result<u16, Box<dyn Error>> {
    let Some(flag) = arguments.next() else { return Ok(0) };
    let value = match flag.split_once('=') {
        Some(("--port", value)) => Some(value.to_owned()),
        _ if flag == "--port" => arguments.next(),
        _ => None,
    };
    let value = value.ok_or("usage: sagemaker-double [--port N]")?;
    Ok(value.parse().map_err(|_| format!("`{value}` is not a port"))?)
}
