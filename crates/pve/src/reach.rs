//! Reaching a server: which way a call takes, what is tried after a failure, and when nothing is asked at all.
//!
//! The way that worked last comes first; who fails to connect goes on to the other at once. When no way leads to the
//! server, the cluster's other nodes are asked, where they are allowed. An answer ends the call, whatever it says. Every
//! connection is made by the one dialer with its guard.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderValue;
use nexus_net::dial::Dialer;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{Instrument, field};

use crate::breaker::{Nodes, Pass};
use crate::client::Timeouts;
use crate::error::{Error, ErrorKind};
use crate::line::Line;
use crate::link::{Again, End, Failed, Limits, Link};
use crate::observe::{self, CallDone, Observer};
use crate::plan::Plan;
use crate::recent::Calls;
use crate::report::{NodeBreaker, Report};
use crate::route::{ClientConfig, Fallback, Way};
use crate::wire::{Answer, Call, Class};

/// How often a way that is not in use is looked at, while calls are made.
const LOOK: Duration = Duration::from_secs(300);
/// The least time for what PVE asks a guest, whose agent it waits three seconds for.
const GUEST: Duration = Duration::from_secs(8);
/// The least time for a page of some megabytes.
const DOCUMENT: Duration = Duration::from_secs(30);
/// The time for what is passed on for somebody: PVE itself waits 30 s for its other nodes (PVE-FACTS 2).
const PASSED: Duration = Duration::from_secs(60);

pub(crate) struct Reach {
    dialer: Dialer,
    token: HeaderValue,
    timeouts: Timeouts,
    jitter: fn() -> f64,
    observer: Option<Observer>,
    at_once: usize,
    places: Arc<Semaphore>,
    /// The configured ways in their order.
    links: Vec<Arc<Link>>,
    fallbacks: RwLock<Vec<Arc<Link>>>,
    nodes: Nodes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the way that worked last.
    last: Option<usize>,
    /// The node that answered in the server's place at the last call.
    fallback: Option<String>,
    calls: Calls,
}

/// An answer, and the connection when it is to be used further.
struct Done {
    answer: Answer,
    line: Option<Line>,
}

/// One way as a call uses it.
struct Leg {
    number: usize,
    link: Arc<Link>,
    pass: Option<Pass>,
    /// Why the last try on it had no answer.
    failed: Option<Error>,
}

/// What one call has come to so far.
struct Trying<'a> {
    call: &'a Call,
    class: Class,
    /// The end of a call whose limit is fixed: connecting, retries and answer together.
    deadline: Option<Instant>,
    attempts: u32,
    /// The limit of the last try.
    limit: Option<Duration>,
    /// The way of the last try.
    way: Option<Way>,
    /// What each way failed with.
    failures: Vec<(String, Error)>,
}

impl Trying<'_> {
    fn failed(&mut self, link: &Link, error: Error) {
        let name = match &link.end {
            End::Server(way) => way.name().to_owned(),
            End::Node(node) => node.clone(),
        };
        self.failures.retain(|(other, _)| *other != name);
        self.failures.push((name, error));
    }

    fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

impl Reach {
    pub(crate) fn new(dialer: Dialer, token: HeaderValue, config: ClientConfig) -> Self {
        let ClientConfig { routes, fallbacks, timeouts, at_once, jitter, observer } = config;
        let links = routes.into_iter().map(|route| Arc::new(Link::new(End::Server(route.way), route.target)));
        Self {
            dialer,
            token,
            timeouts,
            jitter,
            observer,
            at_once,
            places: Arc::new(Semaphore::new(at_once)),
            links: links.collect(),
            fallbacks: RwLock::new(linked(fallbacks)),
            nodes: Nodes::default(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    pub(crate) fn host(&self) -> String {
        self.links.first().map(|link| link.target.host.authority(link.target.port)).unwrap_or_default()
    }

    pub(crate) fn set_fallbacks(&self, fallbacks: Vec<Fallback>) {
        *self.fallbacks.write().unwrap_or_else(PoisonError::into_inner) = linked(fallbacks);
    }

    /// Sends a call by whatever way there is and reads the whole answer.
    pub(crate) async fn call(self: &Arc<Self>, call: &Call) -> Result<Answer, Error> {
        Ok(self.observed(call, call.class()).await?.answer)
    }

    /// The same without the observer: whoever asks wants to know themselves what it came to.
    pub(crate) async fn call_told(self: &Arc<Self>, call: &Call) -> (Result<Answer, Error>, CallDone) {
        let (result, done) = self.count(call, call.class()).await;
        (result.map(|done| done.answer), done)
    }

    /// Sends a call over a connection of its own, for calls that must reach the same host after it.
    pub(crate) async fn open_line(self: &Arc<Self>, call: &Call) -> Result<(Answer, Line), Error> {
        let Done { answer, line } = self.observed(call, Class::Console).await?;
        Ok((answer, line.ok_or_else(|| Error::broken(&"the connection is gone"))?))
    }

    /// Tells what the call came to.
    async fn observed(self: &Arc<Self>, call: &Call, class: Class) -> Result<Done, Error> {
        let (result, done) = self.count(call, class).await;
        if let Some(observer) = &self.observer {
            observer.tell(&done);
        }
        result
    }

    /// Counts what the call came to.
    async fn count(self: &Arc<Self>, call: &Call, class: Class) -> (Result<Done, Error>, CallDone) {
        let started = Instant::now();
        let deadline = match class {
            Class::Server | Class::Node | Class::List => None,
            Class::Guest => Some(started + self.timeouts.read.max(GUEST)),
            Class::Write => Some(started + self.timeouts.write),
            Class::Console => Some(started + self.timeouts.console),
            Class::Passed => Some(started + PASSED),
            Class::Document => Some(started + self.timeouts.read.max(DOCUMENT)),
        };
        let mut trying = Trying { call, class, deadline, attempts: 0, limit: None, way: None, failures: Vec::new() };
        let mut told = CallDone::new(call);
        let span = tracing::info_span!(
            "pve",
            otel.name = told.what,
            otel.kind = "client",
            otel.status_code = field::Empty,
            attempts = field::Empty,
        );
        let result = self.reach(&mut trying).instrument(span.clone()).await;
        let attempts = trying.attempts;
        // What others ask for may be wrong without anybody's fault here.
        let least = if class == Class::Passed { 595 } else { 400 };
        let refusal = |done: &Done| (done.answer.status >= least).then(|| done.answer.refusal());
        if attempts > 0 {
            let good = result.as_ref().is_ok_and(|done| refusal(done).as_ref().is_none_or(observe::is_answer));
            self.state().calls.add(good, started.elapsed(), attempts);
        }
        told.took = started.elapsed();
        (told.way, told.attempts, told.timeout) = (trying.way, attempts, trying.limit);
        let result = match result {
            Ok(mut done) => {
                done.answer.attempts = attempts;
                if let Some(error) = refusal(&done) {
                    told.failed(&error);
                }
                Ok(done)
            }
            Err(error) => Err(error.tried(attempts)),
        };
        if let Err(error) = &result {
            told.failed(error);
        }
        span.record("attempts", attempts);
        if !told.ok {
            span.record("otel.status_code", "ERROR");
        }
        (result, told)
    }

    async fn reach(self: &Arc<Self>, trying: &mut Trying<'_>) -> Result<Done, Error> {
        let node = match trying.call.node() {
            Some(node) => Some(self.nodes.of(node).admit(Instant::now(), false)?),
            None => None,
        };
        let mut legs = self.legs();
        self.look_at_others(&legs);
        let result = match self.by_ways(&mut legs, trying).await {
            None => self.by_fallbacks(trying).await,
            some => some,
        };
        let result = result.unwrap_or_else(|| {
            let failures = std::mem::take(&mut trying.failures);
            Err(Error::of_ways(failures).unwrap_or_else(|| Error::impossible("the server has no way to it")))
        });
        // How long others' questions take says nothing about the server.
        let slow = matches!(&result, Err(Error { kind: ErrorKind::Timeout { .. }, .. }));
        if trying.class != Class::Passed || !slow {
            self.settle(node, legs, &result);
        }
        result
    }

    /// The configured ways, the one that worked last before the other.
    fn legs(&self) -> Vec<Leg> {
        let last = self.state().last;
        let links = self.links.iter().cloned().enumerate();
        let mut legs: Vec<_> = links.map(|(number, link)| Leg { number, link, pass: None, failed: None }).collect();
        legs.sort_by_key(|leg| Some(leg.number) != last);
        legs
    }

    /// `None` when no way led to the server.
    async fn by_ways(&self, legs: &mut [Leg], trying: &mut Trying<'_>) -> Option<Result<Done, Error>> {
        let ways = legs.iter().filter_map(|leg| match leg.link.end {
            End::Server(way) => Some(way),
            End::Node(_) => None,
        });
        let mut plan = Plan::new(ways, Instant::now());
        while let Some((leg, due)) = plan.next() {
            if trying.attempts > 0 && trying.deadline.is_some_and(|deadline| due >= deadline) {
                break;
            }
            sleep_until(due).await;
            let Leg { number, link, pass, failed } = &mut legs[leg];
            let probe = match pass {
                Some(pass) => pass.is_probe(),
                None => match link.breaker.admit(Instant::now(), trying.call.probes) {
                    Ok(new) => pass.insert(new).is_probe(),
                    Err(cause) => {
                        trying.failed(link, cause);
                        plan.give_up(leg);
                        continue;
                    }
                },
            };
            match self.attempt(link, probe, trying).await {
                Ok(done) => {
                    let mut state = self.state();
                    (state.last, state.fallback, *failed) = (Some(*number), None, None);
                    return Some(Ok(done));
                }
                Err(Failed { error, again }) => {
                    trying.failed(link, error.clone());
                    *failed = Some(error.clone());
                    match again {
                        Again::Never => return Some(Err(error)),
                        Again::Retry if !probe => plan.failed(leg, Instant::now(), (self.jitter)()),
                        Again::Retry | Again::Elsewhere => plan.give_up(leg),
                    }
                }
            }
        }
        None
    }

    /// Each of the cluster's other nodes once, the one that answered last before the others. `None` when none was asked or
    /// none could be connected to.
    async fn by_fallbacks(&self, trying: &mut Trying<'_>) -> Option<Result<Done, Error>> {
        if !trying.failures.iter().all(|(_, error)| error.is_unreachable()) {
            return None;
        }
        let last = self.state().fallback.clone();
        let mut links = self.fallbacks.read().unwrap_or_else(PoisonError::into_inner).clone();
        links.sort_by_key(|link| !matches!(&link.end, End::Node(node) if Some(node) == last.as_ref()));
        for link in links {
            if trying.left().is_some_and(|left| left.is_zero()) {
                return None;
            }
            let Ok(pass) = link.breaker.admit(Instant::now(), false) else { continue };
            match self.attempt(&link, pass.is_probe(), trying).await {
                Ok(done) => {
                    pass.good();
                    if let End::Node(node) = &link.end {
                        self.state().fallback = Some(node.clone());
                    }
                    return Some(Ok(done));
                }
                Err(Failed { error, again }) => {
                    pass.bad(Instant::now(), &error);
                    if again == Again::Never {
                        return Some(Err(error));
                    }
                    trying.failed(&link, error);
                }
            }
        }
        None
    }

    async fn attempt(&self, link: &Arc<Link>, probe: bool, trying: &mut Trying<'_>) -> Result<Done, Failed> {
        let place = self.place(trying).await?;
        let fixed = trying.left();
        let answer = match fixed {
            Some(left) => left,
            // What is to be found out is whether it answers at all.
            None if probe => self.timeouts.read,
            None => link.limit(trying.class, self.timeouts.read),
        };
        trying.limit = Some(answer);
        trying.way = match link.end {
            End::Server(way) => Some(way),
            End::Node(_) => None,
        };
        let limits = Limits { connect: fixed.unwrap_or(Duration::MAX), answer };
        if trying.class != Class::Console {
            let answer = link.call(&self.dialer, &self.token, trying.call, limits, &mut trying.attempts).await?;
            return Ok(Done { answer, line: None });
        }
        trying.attempts += 1;
        let dialed = link.connect(&self.dialer, limits.connect).await?;
        let mut line = Line::new(&self.dialer, &link.target, self.token.clone(), dialed).in_place(place);
        let left = trying.left().unwrap_or(answer);
        let never = |error| Failed { error, again: Again::Never };
        let called = timeout(left, line.call(trying.call)).await;
        let answer = called.map_err(|_| never(Error::timeout(self.timeouts.console)))?.map_err(never)?;
        Ok(Done { answer, line: Some(line) })
    }

    /// One of the places for requests; who waited as long as an answer may take gives up.
    async fn place(&self, trying: &Trying<'_>) -> Result<OwnedSemaphorePermit, Failed> {
        let patience = trying.left().unwrap_or(self.timeouts.read);
        let busy = || Failed { error: Error::busy(self.at_once, patience), again: Again::Never };
        let place = timeout(patience, Arc::clone(&self.places).acquire_owned()).await;
        place.map_err(|_| busy())?.map_err(|_| busy())
    }

    /// Tells the breakers. What failed under a node's path counts against the node alone, unless another way shows that it
    /// was the way, or the way was on trial.
    fn settle(&self, node: Option<Pass>, legs: Vec<Leg>, result: &Result<Done, Error>) {
        let now = Instant::now();
        let verdict = Verdict::of(result);
        let of_node = node.is_some();
        if let Some(node) = node {
            match &verdict {
                Verdict::Answered => node.good(),
                Verdict::Gateway(cause) | Verdict::Failed(cause) => node.bad(now, cause),
                Verdict::Refused | Verdict::Silent => {}
            }
        }
        for Leg { pass, failed, .. } in legs {
            let Some(pass) = pass else { continue };
            match (&verdict, failed) {
                (Verdict::Silent, _) => {}
                (Verdict::Failed(_), Some(_)) if of_node && !pass.is_probe() => {}
                (_, Some(cause)) => pass.bad(now, &cause),
                (Verdict::Gateway(cause), None) if !of_node => pass.bad(now, cause),
                (_, None) => {
                    pass.good();
                    self.nodes.connected();
                }
            }
        }
    }

    /// Looks at the ways that are not in use, beside the call, when they were not tried for a while.
    fn look_at_others(self: &Arc<Self>, legs: &[Leg]) {
        for Leg { link, .. } in legs.iter().skip(1).filter(|leg| leg.link.is_due(LOOK)) {
            let (reach, link) = (Arc::clone(self), Arc::clone(link));
            tokio::spawn(async move {
                let looked = link.connect(&reach.dialer, Duration::MAX).await;
                let error = looked.as_ref().err().map(|failed| &failed.error);
                link.breaker.looked(Instant::now(), error.map_or(Ok(()), Err));
            });
        }
    }

    pub(crate) fn report(&self) -> Report {
        let now = Instant::now();
        let (last, fallback_in_use, recent) = {
            let state = self.state();
            (state.last, state.fallback.clone(), state.calls.summary())
        };
        let ways = self.links.iter().enumerate().filter_map(|(number, link)| match link.end {
            End::Server(way) => Some(link.report(way, last == Some(number), self.timeouts.read, now)),
            End::Node(_) => None,
        });
        let nodes = self.nodes.open(now).into_iter();
        Report {
            ways: ways.collect(),
            fallback_in_use,
            nodes: nodes
                .map(|(node, cause, retry_in)| NodeBreaker { node, cause: cause.to_string(), retry_in })
                .collect(),
            recent,
        }
    }

    /// The way that worked last.
    pub(crate) fn way(&self) -> Option<Way> {
        let last = self.state().last?;
        match self.links.get(last)?.end {
            End::Server(way) => Some(way),
            End::Node(_) => None,
        }
    }
}

fn linked(fallbacks: Vec<Fallback>) -> Vec<Arc<Link>> {
    let links = fallbacks.into_iter().map(|fallback| Link::new(End::Node(fallback.node), fallback.target));
    links.map(Arc::new).collect()
}

/// What an outcome says about who was asked.
enum Verdict {
    /// It answers.
    Answered,
    /// Somebody before it answers that it does not.
    Gateway(Error),
    /// It does not.
    Failed(Error),
    /// The server does, before any node was asked.
    Refused,
    /// Nothing: there was no place, or there was nothing to ask.
    Silent,
}

impl Verdict {
    fn of(result: &Result<Done, Error>) -> Self {
        use crate::error::ErrorKind::{Busy, Impossible};
        match result {
            Ok(done) => match done.answer.status {
                502..=504 | 595..=599 => Self::Gateway(done.answer.refusal()),
                401 | 403 => Self::Refused,
                _ => Self::Answered,
            },
            Err(Error { kind: Busy { .. } | Impossible(_), .. }) => Self::Silent,
            Err(error) => Self::Failed(error.clone()),
        }
    }
}
