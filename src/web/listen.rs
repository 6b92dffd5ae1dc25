//! The sockets that the site answers on: an address, a Unix socket, or those that systemd hands over; and who is at the other end.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::{TcpListener, UnixListener};

use crate::config::settings::Listen;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: {source} · stop what listens there, or set [web] listen to another address (\"\" switches the site off)"
)]
pub struct ListenError {
    address: String,
    source: std::io::Error,
}

/// A socket that is listened on.
#[derive(Debug)]
pub enum Listener {
    /// An address and a port.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener),
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A machine.
    Ip(IpAddr),
    /// A program on this machine, through the Unix socket.
    Unix,
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self::Ip(SocketAddr::ip(stream.remote_addr()).to_canonical())
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(_: IncomingStream<'_, UnixListener>) -> Self {
        Self::Unix
    }
}

/// Takes the sockets before anything else begins, so that a port that is taken is known at once. Sockets of systemd (`LISTEN_FDS`) go
/// before the address in the settings.
///
/// # Errors
/// When the address is taken or is not of this machine.
pub async fn listen(to: &Listen) -> Result<Vec<Listener>, ListenError> {
    let wrap = |source| ListenError { address: to.to_string(), source };
    let handed_over = handed_over().map_err(|source| ListenError { address: "the socket that systemd hands over".into(), source })?;
    if !handed_over.is_empty() {
        return Ok(handed_over);
    }
    Ok(vec![match to {
        Listen::Tcp(address) => Listener::Tcp(TcpListener::bind(address).await.map_err(wrap)?),
        Listen::Unix(path) => Listener::Unix(bind(path).map_err(wrap)?),
    }])
}

/// The sockets of `sd_listen_fds(3)`.
fn handed_over() -> std::io::Result<Vec<Listener>> {
    let mut sockets = listenfd::ListenFd::from_env();
    let mut found = Vec::new();
    for n in 0..sockets.len() {
        // a socket of the other kind is refused and stays
        if let Ok(Some(socket)) = sockets.take_unix_listener(n) {
            socket.set_nonblocking(true)?;
            found.push(Listener::Unix(UnixListener::from_std(socket)?));
        } else if let Some(socket) = sockets.take_tcp_listener(n)? {
            socket.set_nonblocking(true)?;
            found.push(Listener::Tcp(TcpListener::from_std(socket)?));
        }
    }
    Ok(found)
}

/// A Unix socket; one that a killed process left is replaced, one that somebody answers on is not.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    let socket = UnixListener::bind(path)?;
    // the web server in front runs as another user; who may reach it is said by the folder
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(socket)
}
