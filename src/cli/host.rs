//! The engine's host in a terminal: events become progress on standard error, futures are waited for.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    io::{IsTerminal, Write, stderr},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Instant,
};

use super::model::port_text;
use crate::{
    classifier::LocalFuture,
    engine::{Host, Memory},
    protocol::{DeviceReport, Event, JobId, UnsupportedNode},
};

/// Shows progress where standard error is a terminal, and remembers the devices.
pub struct TerminalHost {
    began: Instant,
    shows_progress: bool,
    line_open: Cell<bool>,
    devices: RefCell<Vec<DeviceReport>>,
}

impl TerminalHost {
    /// A host whose clock starts now.
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            shows_progress: stderr().is_terminal(),
            line_open: Cell::new(false),
            devices: RefCell::default(),
        }
    }

    /// Devices reported so far: those turned down, then the one in use.
    pub fn devices(&self) -> Vec<DeviceReport> {
        self.devices.borrow().clone()
    }

    /// Ends the progress line, if one is open.
    pub fn end_line(&self) {
        if self.line_open.take() {
            eprintln!();
        }
    }
}

impl Host for TerminalHost {
    fn now_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    fn emit(&self, _job: JobId, event: Event) {
        match event {
            Event::Device(report) => self.devices.borrow_mut().push(report),
            // The one sentence that ends the program follows.
            Event::UnsupportedNodes(nodes) => {
                for node in nodes {
                    let UnsupportedNode {
                        node,
                        op,
                        opset,
                        reason,
                    } = node;
                    eprintln!("gradlens: {node} ({op}, opset {opset}): {reason}");
                }
            }
            Event::ModelPorts(ports) => {
                for port in &ports.inputs {
                    eprintln!("gradlens: input {}", port_text(port));
                }
                for port in &ports.outputs {
                    eprintln!("gradlens: output {}", port_text(port));
                }
                for port in &ports.inner {
                    eprintln!("gradlens: inside the graph {} holds scores", port.name);
                }
            }
            Event::Progress(progress) if self.shows_progress && progress.total > 0 => {
                eprint!(
                    "\r{:?}: {} of {} in {:.1} s ",
                    progress.stage,
                    progress.done,
                    progress.total,
                    progress.elapsed_ms / 1e3
                );
                // Progress that cannot be shown is no reason to stop.
                let _ = stderr().flush();
                self.line_open.set(true);
            }
            _ => {}
        }
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn is_cancelled(&self, _job: JobId) -> bool {
        false
    }

    fn memory(&self) -> Memory {
        Memory {
            used_bytes: None,
            available_bytes: available_bytes(),
        }
    }
}

/// Memory that programs can still have, where the system tells in Linux's way.
fn available_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread, asleep while there is nothing to do.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
