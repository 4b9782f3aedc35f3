//! A node's HTTPS port: listening, TLS, and plain HTTP sent there by mistake. It must never look into a request.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::{Connection, Reading, read_head};
use crate::http::{self, Answer, Coding, Framing};
use crate::state::{Cluster, Node};

/// Binds a node's port.
pub(crate) fn bind(address: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address).with_context(|| format!("cannot listen on {address}"))?;
    Ok(socket.listen(1024)?)
}

/// A node's listener, closed while the node is down.
pub(crate) struct Service {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) index: usize,
    pub(crate) tracker: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl Service {
    fn node(&self) -> &Node {
        &self.cluster.nodes[self.index]
    }

    /// Serves until it is stopped.
    pub(crate) async fn run(self, first: TcpListener) -> anyhow::Result<()> {
        let mut open = self.node().open.subscribe();
        let address = first.local_addr()?;
        let mut listener = Some(first);
        let mut life = self.stop.child_token();
        loop {
            if *open.borrow_and_update() {
                if listener.is_none() {
                    listener = Some(bind(address)?);
                    life = self.stop.child_token();
                }
            } else {
                listener = None;
                life.cancel();
            }
            let accept = async {
                match &listener {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                changed = open.changed() => changed?,
                accepted = accept => {
                    if let Ok((socket, _)) = accepted {
                        self.spawn(socket, life.clone());
                    }
                }
            }
        }
    }

    fn spawn(&self, socket: TcpStream, life: CancellationToken) {
        let connection = Handshake { cluster: Arc::clone(&self.cluster), index: self.index, socket };
        self.tracker.spawn(async move {
            tokio::select! {
                () = life.cancelled() => {}
                () = connection.run() => {}
            }
        });
    }
}

/// A connection before its first request.
struct Handshake {
    cluster: Arc<Cluster>,
    index: usize,
    socket: TcpStream,
}

impl Handshake {
    async fn run(self) {
        let _ = self.socket.set_nodelay(true);
        let idle = self.cluster.timing.idle;
        let mut first = [0];
        match tokio::time::timeout(idle, self.socket.peek(&mut first)).await {
            Ok(Ok(1..)) => {}
            _ => return,
        }
        // A TLS record of type handshake starts with 22 (RFC 8446, 5.1).
        if first[0] != 22 {
            return plain(self.socket, &self.cluster).await;
        }
        let config = Arc::clone(&self.cluster.nodes[self.index].certificate.get().tls);
        let handshake = TlsAcceptor::from(config).accept(self.socket);
        if let Ok(Ok(tls)) = tokio::time::timeout(idle.max(Duration::from_secs(1)), handshake).await {
            Connection::new(self.cluster, self.index, tls).run().await;
        }
    }
}

/// Plain HTTP on the port: sent to HTTPS (PVE-FACTS 1.4).
async fn plain(mut socket: TcpStream, cluster: &Cluster) {
    let mut buffer = Vec::new();
    let framing = Framing { minor: 1, keep: false, coding: Coding::Identity };
    let new = cluster.mode.is_new();
    let (answer, minor) = match read_head(&mut socket, &mut buffer, cluster.timing.idle).await {
        Reading::Head(head) => {
            let Some(host) = head.header("host") else {
                // Without a host there is nowhere to send it; pveproxy says nothing until its timeout.
                sleep(cluster.timing.idle).await;
                return;
            };
            let (status, reason) =
                if head.method == "GET" { (301, "Moved Permanently") } else { (308, "Permanent Redirect") };
            let mut answer = Answer::plain(new, status, reason);
            answer.location = Some(format!("https://{host}{}", head.target));
            (answer, 1)
        }
        Reading::Bad(status, text) => (Answer::plain(new, status, text), 0),
        Reading::End => return,
    };
    let _ = socket.write_all(&http::write(&answer, Framing { minor, ..framing })).await;
    let _ = socket.shutdown().await;
}
