//! Traces over OTLP (HTTP, protobuf): spans of requests and of calls of PVE, in batches, by a thread of their own.
//!
//! A collector that is away, slow or full costs spans and nothing else: the queue is bounded and nobody waits for it but
//! the stop, for a moment. No incoming trace context is taken over: whoever asks could choose ids and sampling.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use nexus_net::tls::TlsPolicy;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use rustls::ClientConfig;
use tokio::runtime::Handle;
use url::Url;

use crate::fetch::fetch;

/// How long one batch may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the stop waits for the last batch.
const FLUSH: Duration = Duration::from_secs(3);
/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// The way to the collector, while Nexus runs.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Makes the exporter for a collector's address, such as `http://127.0.0.1:4318`. Needs the runtime that sends.
    pub(crate) fn new(endpoint: &str) -> anyhow::Result<Self> {
        let url = traces_url(endpoint).context("otlp_endpoint must be http://HOST:PORT or https://HOST:PORT")?;
        let tls = match url.scheme() {
            "https" => Some(TlsPolicy::Verify { extra_roots: Vec::new() }.client_config()?),
            _ => None,
        };
        let collector =
            Collector { inner: Arc::new(Inner { tls, away: AtomicBool::new(false) }), runtime: Handle::current() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(url.as_str())
            .with_timeout(PATIENCE)
            .build()
            .context("the exporter of traces cannot be made")?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("nexus").with_attribute(version).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider })
    }

    /// What makes spans.
    pub(crate) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("nexus")
    }

    /// Hands over what is left, and ends.
    pub(crate) async fn stop(self) {
        let flushed = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH)).await;
        if !matches!(flushed, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be handed over");
        }
    }
}

/// Where a collector at `endpoint` takes traces.
pub(crate) fn traces_url(endpoint: &str) -> Option<Url> {
    let mut url = Url::parse(endpoint).ok()?;
    let fine = matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none();
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
    url.set_path(&path);
    (fine && bare).then_some(url)
}

/// Sends a batch over a connection of its own: one every few seconds.
#[derive(Debug, Clone)]
struct Collector {
    inner: Arc<Inner>,
    /// The batches come from a thread that has none.
    runtime: Handle,
}

#[derive(Debug)]
struct Inner {
    tls: Option<Arc<ClientConfig>>,
    /// It did not answer the last time: said once in the log.
    away: AtomicBool,
}

type Answer = Result<http::Response<Bytes>, HttpError>;

impl HttpClient for Collector {
    fn send_bytes<'a, 'b>(&'a self, request: http::Request<Bytes>) -> Pin<Box<dyn Future<Output = Answer> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let inner = Arc::clone(&self.inner);
        let sending = self.runtime.spawn(async move {
            let sent = tokio::time::timeout(PATIENCE, inner.send(request)).await;
            let answer = sent.unwrap_or_else(|_| Err("the collector does not answer in time".into()));
            inner.note(&answer);
            answer
        });
        Box::pin(async move { sending.await? })
    }
}

impl Inner {
    async fn send(&self, request: http::Request<Bytes>) -> Answer {
        fetch(self.tls.as_ref(), request, MAX_ANSWER_BYTES).await
    }

    /// Says in the log when the collector goes and comes, not each time.
    fn note(&self, answer: &Answer) {
        let problem = match answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let was_away = self.away.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !was_away => tracing::warn!(problem, "the collector does not take traces"),
            None if was_away => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_its_origin() {
        let url = |text| traces_url(text).map(String::from);
        assert_eq!(url("http://127.0.0.1:4318").as_deref(), Some("http://127.0.0.1:4318/v1/traces"));
        assert_eq!(url("https://otel.example/in/").as_deref(), Some("https://otel.example/in/v1/traces"));
        for bad in ["", "127.0.0.1:4318", "grpc://x:4317", "http://a:b@x", "http://x/?q=1", "http://x/#y"] {
            assert_eq!(url(bad), None, "{bad}");
        }
    }
}
