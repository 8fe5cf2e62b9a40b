//! `unit-writer new socket`

use anyhow::Context;
use clap::Args;
use systemd_types::UnitType;
use unit_file::writer::{AbsolutePath, Listen, Mode, Socket};

use super::common::{Common, Draft, needed, value};
use crate::cli::usage::Usage;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct NewSocket {
    #[command(flatten)]
    pub(crate) common: Common,
    /// A port, an address with a port, or a path
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<String>,
    /// Start an instance of the template for each connection
    #[arg(long)]
    pub(crate) accept: bool,
    /// The mode of the socket's file
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,
}

pub(super) fn draft(options: &NewSocket) -> anyhow::Result<Draft> {
    let common = &options.common;
    let (name, unit) = (common.name(UnitType::Socket)?, common.unit()?);
    let first = options.listen.first().map(String::as_str);
    let question = "Port, address:port or path to listen on";
    let mut socket = Socket::new(unit, needed(first, question, "--listen", listen)?);
    let others = options.listen.iter().skip(1).map(|address| listen(address));
    socket.also_listen = others.collect::<anyhow::Result<Vec<Listen>>>()?;
    socket.accept = options.accept;
    if let Some(mode) = &options.mode {
        let bits = u32::from_str_radix(mode, 8)
            .map_err(|_| Usage(format!("--mode={mode} is not an octal access mode")))?;
        socket.socket_mode = Some(Mode::new(bits).context("cannot use --mode")?);
    }
    socket.more = common.settings("Socket")?;
    socket.install = common.install("sockets.target")?;
    Ok(Draft { name, text: socket.to_string() })
}

fn listen(address: &str) -> anyhow::Result<Listen> {
    if address.starts_with('/') {
        return value("--listen", address, AbsolutePath::new).map(Listen::Path);
    }
    let port = address.parse().ok().map(Listen::Port);
    let found = port.or_else(|| address.parse().ok().map(Listen::Address));
    Ok(found.ok_or_else(|| {
        Usage(format!(
            "--listen={address} is neither a port, nor an address with a port, nor a path"
        ))
    })?)
}
