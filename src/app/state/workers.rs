//! The two workers: the CPU's, always there, and the GPU's, started beside it where it helps.

use super::{Adapter, Command, Notice, State};
use crate::{
    app::strings::notices,
    protocol::{DeviceChoice, DeviceReport},
};

/// After so many deaths without a model opened in between, a worker is given up.
const MAX_DEATHS: u32 = 3;

/// One of the two workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WorkerKind {
    /// Computes on the processor.
    #[default]
    Cpu,
    /// Computes through WebGPU.
    Gpu,
}

/// How far a worker has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkerPhase {
    /// Not running.
    #[default]
    Off,
    /// Loading its program.
    Starting,
    /// Takes requests; has no model yet.
    Ready,
    /// Holds the model.
    Open,
}

/// Both workers, and which of them is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workers {
    /// The CPU's.
    pub cpu: WorkerPhase,
    /// The GPU's.
    pub gpu: WorkerPhase,
    /// Which of them is asked.
    pub active: WorkerKind,
    cpu_device: Option<DeviceReport>,
    gpu_device: Option<DeviceReport>,
    /// The GPU failed its trial; it is not tried again until the person chooses a device.
    gpu_refused: bool,
    deaths: u32,
}

impl WorkerKind {
    /// The one that this is not.
    pub fn other(self) -> Self {
        match self {
            Self::Cpu => Self::Gpu,
            Self::Gpu => Self::Cpu,
        }
    }
}

impl Workers {
    /// How far a worker has come.
    pub fn phase(&self, worker: WorkerKind) -> WorkerPhase {
        match worker {
            WorkerKind::Cpu => self.cpu,
            WorkerKind::Gpu => self.gpu,
        }
    }

    /// The device that computes, once it has passed its trial.
    pub fn device(&self) -> Option<&DeviceReport> {
        match self.active {
            WorkerKind::Cpu => self.cpu_device.as_ref(),
            WorkerKind::Gpu => self.gpu_device.as_ref(),
        }
    }

    pub(super) fn set_device(&mut self, worker: WorkerKind, report: DeviceReport) {
        match worker {
            WorkerKind::Cpu => self.cpu_device = Some(report),
            WorkerKind::Gpu => self.gpu_device = Some(report),
        }
    }

    pub(super) fn set(&mut self, worker: WorkerKind, phase: WorkerPhase) {
        match worker {
            WorkerKind::Cpu => self.cpu = phase,
            WorkerKind::Gpu => self.gpu = phase,
        }
        if phase == WorkerPhase::Open {
            self.deaths = 0;
        }
    }

    /// The worker that is asked can take a request.
    pub fn can_ask(&self) -> bool {
        self.phase(self.active) >= WorkerPhase::Ready
    }
}

impl State {
    pub(super) fn start(&mut self, out: &mut Vec<Command>) {
        self.start_worker(WorkerKind::Cpu, out);
    }

    pub(super) fn start_worker(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        self.workers.set(worker, WorkerPhase::Starting);
        let choice = match worker {
            WorkerKind::Cpu => DeviceChoice::Cpu,
            WorkerKind::Gpu => DeviceChoice::WebGpu,
        };
        out.push(Command::StartWorker { worker, choice });
    }

    pub(super) fn set_adapter(&mut self, adapter: Adapter, out: &mut Vec<Command>) {
        self.adapter = adapter;
        self.start_gpu_if_wanted(out);
    }

    pub(super) fn choose_device(&mut self, choice: DeviceChoice, out: &mut Vec<Command>) {
        self.device_choice = choice;
        self.rejected_devices.clear();
        self.workers.gpu_refused = false;
        if choice == DeviceChoice::WebGpu {
            let why_not = match self.adapter {
                Adapter::None => Some(Notice::problem(
                    notices().no_webgpu,
                    notices().no_webgpu_hint,
                )),
                Adapter::NotBuilt => Some(Notice::information(notices().gpu_not_built)),
                Adapter::Unknown | Adapter::Software | Adapter::Hardware => None,
            };
            if why_not.is_some() {
                self.notice = why_not;
                self.device_choice = DeviceChoice::Cpu;
            }
        }
        if self.gpu_is_wanted() {
            self.start_gpu_if_wanted(out);
        } else if self.workers.gpu != WorkerPhase::Off {
            self.leave_gpu(out);
        }
    }

    fn gpu_is_wanted(&self) -> bool {
        match self.device_choice {
            DeviceChoice::Auto => self.adapter == Adapter::Hardware,
            DeviceChoice::Cpu => false,
            DeviceChoice::WebGpu => matches!(self.adapter, Adapter::Hardware | Adapter::Software),
        }
    }

    /// The GPU's worker is large, so it waits until the first answer from the CPU can be given.
    pub(super) fn start_gpu_if_wanted(&mut self, out: &mut Vec<Command>) {
        if self.gpu_is_wanted()
            && !self.workers.gpu_refused
            && self.workers.gpu == WorkerPhase::Off
            && self.workers.cpu == WorkerPhase::Open
        {
            self.start_worker(WorkerKind::Gpu, out);
        }
    }

    /// Back to the CPU, which has kept the model.
    pub(super) fn leave_gpu(&mut self, out: &mut Vec<Command>) {
        self.workers.set(WorkerKind::Gpu, WorkerPhase::Off);
        out.push(Command::StopWorker(WorkerKind::Gpu));
        if self.workers.active == WorkerKind::Gpu {
            self.workers.active = WorkerKind::Cpu;
            self.forget_work();
            if self.workers.can_ask() {
                self.post_image_again(out);
            }
        }
    }

    /// Goes over to the GPU once it holds the model and nothing is under way.
    pub(super) fn go_over_to_gpu(&mut self, out: &mut Vec<Command>) {
        if self.workers.gpu == WorkerPhase::Open
            && self.workers.active == WorkerKind::Cpu
            && self.gpu_is_wanted()
            && !self.is_busy()
        {
            self.workers.active = WorkerKind::Gpu;
            self.finished_key = None;
            self.session += 1;
            self.post_image_again(out);
        }
    }

    /// Gives a worker the model and, if it is the one asked, the image.
    pub(super) fn hand_over(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        self.post_model(worker, out);
        if worker == self.workers.active {
            self.post_image_again(out);
        }
    }

    /// The GPU's worker is loading, and will be used.
    pub fn awaits_gpu(&self) -> bool {
        self.workers.active == WorkerKind::Cpu
            && !matches!(self.workers.gpu, WorkerPhase::Off | WorkerPhase::Open)
    }

    pub(super) fn refuse_gpu(&mut self, out: &mut Vec<Command>) {
        self.workers.gpu_refused = true;
        self.leave_gpu(out);
    }

    /// Nothing that was asked of a lost worker will be answered.
    pub(super) fn forget_work(&mut self) {
        if self.run.take().is_some() {
            self.halt_lesson();
        }
        self.wanted = None;
        self.progress = None;
        self.finished_key = None;
        self.comparison.partial = None;
        self.feeding = None;
        self.fed_before = None;
        self.mask_job = None;
        self.session += 1;
    }

    pub(super) fn worker_lost(
        &mut self,
        worker: WorkerKind,
        message: &str,
        out: &mut Vec<Command>,
    ) {
        if self.workers.phase(worker) == WorkerPhase::Off {
            return;
        }
        self.batch_worker_lost(worker, message);
        if worker == WorkerKind::Gpu {
            self.notice = Some(Notice::problem(
                notices().gpu_lost.replace("{reason}", message),
                notices().gpu_lost_hint,
            ));
            self.device_choice = DeviceChoice::Cpu;
            self.leave_gpu(out);
            return;
        }
        self.workers.deaths += 1;
        // Whatever was running may be what killed it: it is not started again unasked.
        self.halted = self.run.is_some();
        if self.workers.phase(worker) < WorkerPhase::Open || self.run.is_none() {
            // Died over the newest image or model: go back to the one before, if there is one.
            self.pending_image = None;
            self.pending_model = None;
        }
        if self.workers.deaths >= MAX_DEATHS {
            self.forget_work();
            self.workers.set(worker, WorkerPhase::Off);
            out.push(Command::StopWorker(worker));
            self.notice = Some(Notice::problem(
                notices().engine_gone.replace("{reason}", message),
                notices().engine_gone_hint,
            ));
            return;
        }
        self.notice = Some(Notice::problem(
            notices().engine_lost.replace("{reason}", message),
            notices().engine_lost_hint,
        ));
        self.restart(worker, out);
    }

    /// Ends a worker and starts it anew; the model and the image follow once it is ready.
    pub(super) fn restart(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        self.forget_work();
        self.start_worker(worker, out);
    }

    pub(super) fn cancel_overdue(&mut self, out: &mut Vec<Command>) {
        self.notice = Some(Notice::information(notices().stopped_hard));
        self.halted = true;
        self.restart(self.workers.active, out);
    }

    /// A worker said that it takes requests.
    pub(super) fn worker_ready(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        self.workers.set(worker, WorkerPhase::Ready);
        self.hand_over(worker, out);
    }

    /// A worker said that it holds the model.
    pub(super) fn worker_open(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        self.workers.set(worker, WorkerPhase::Open);
        self.start_gpu_if_wanted(out);
        self.go_over_to_gpu(out);
    }

    /// The run that just ended leaves nothing to do.
    pub(super) fn idle(&mut self, out: &mut Vec<Command>) {
        if let Some(kind) = self.wanted.take() {
            self.explain(kind, out);
        } else {
            self.progress = None;
            self.go_over_to_gpu(out);
            self.compare_next(out);
        }
    }
}
