//! Crashes, restarts and the two workers.

use super::*;
use crate::app::strings::notices;

#[test]
fn a_worker_that_does_not_stop_is_ended_and_gets_everything_back() {
    let (mut state, job) = explaining();
    state.update(A::Cancel);
    let commands = state.update(A::Elapsed(Timer::CancelOverdue(job)));
    assert!(matches!(commands.as_slice(), [Command::StartWorker { .. }]));
    let commands = state.update(cpu(0, Event::Methods(vec![method()])));
    let (model_job, _) = posted(&commands, is_model).unwrap();
    let (image_job, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(model_job, Event::ModelReady(Box::new(model()))));
    state.update(cpu(image_job, Event::ImageReady(Box::new(image("cat")))));
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(image_job, Event::Classified(answer)));
    assert_eq!(posted(&commands, is_explain), None, "it was stopped");
    assert_eq!(state.target, Some(1));
}

#[test]
fn a_crash_is_told_and_does_not_repeat_by_itself() {
    let (mut state, _) = explaining();
    let crash = Event::Crashed {
        message: "index out of bounds".to_owned(),
    };
    let commands = state.update(cpu(0, crash));
    assert!(matches!(commands.as_slice(), [Command::StartWorker { .. }]));
    assert!(
        state
            .notice
            .as_ref()
            .unwrap()
            .message
            .contains("index out of bounds")
    );
    assert!(state.halted && !state.is_busy());
}

#[test]
fn a_worker_that_keeps_dying_is_given_up() {
    let mut state = State::default();
    state.update(A::Start);
    let mut commands = Vec::new();
    for _ in 0..3 {
        commands = state.update(A::WorkerLost {
            worker: WorkerKind::Cpu,
            message: "gone".to_owned(),
        });
    }
    assert_eq!(commands, vec![Command::StopWorker(WorkerKind::Cpu)]);
    assert!(state.notice.is_some());
}

#[test]
fn the_gpu_takes_over_when_it_is_ready_and_nothing_runs() {
    let (mut state, job) = explaining();
    let commands = state.update(A::Adapter(Adapter::Hardware));
    assert!(matches!(
        commands.as_slice(),
        [Command::StartWorker {
            worker: WorkerKind::Gpu,
            ..
        }]
    ));
    let commands = state.update(from(WorkerKind::Gpu, 0, Event::Methods(vec![method()])));
    let (gpu_job, _) = posted(&commands, is_model).unwrap();
    state.update(from(
        WorkerKind::Gpu,
        gpu_job,
        Event::ModelReady(Box::new(model())),
    ));
    assert_eq!(state.workers.active, WorkerKind::Cpu, "a run is under way");
    let commands = finish(&mut state, job, 20);
    assert_eq!(state.workers.active, WorkerKind::Gpu);
    assert!(posted(&commands, is_image).is_some());
}

#[test]
fn a_software_gpu_is_used_only_when_asked_for() {
    let (mut state, _) = explaining();
    assert_eq!(state.update(A::Adapter(Adapter::Software)), Vec::new());
    let commands = state.update(A::ChooseDevice(DeviceChoice::WebGpu));
    assert!(matches!(
        commands.as_slice(),
        [Command::StartWorker {
            worker: WorkerKind::Gpu,
            ..
        }]
    ));
    let commands = state.update(A::WorkerLost {
        worker: WorkerKind::Gpu,
        message: "device lost".to_owned(),
    });
    assert!(commands.contains(&Command::StopWorker(WorkerKind::Gpu)));
    assert_eq!(state.device_choice, DeviceChoice::Cpu);
}

#[test]
fn a_gpu_program_that_is_not_built_is_said_and_never_started() {
    let (mut state, _) = explaining();
    assert_eq!(state.update(A::Adapter(Adapter::NotBuilt)), Vec::new());
    assert_eq!(
        state.update(A::ChooseDevice(DeviceChoice::WebGpu)),
        Vec::new()
    );
    assert_eq!(state.device_choice, DeviceChoice::Cpu);
    assert_eq!(
        state.notice.map(|notice| notice.message).as_deref(),
        Some(notices().gpu_not_built)
    );
}

#[test]
fn a_gpu_that_fails_its_trial_is_named_and_left_alone() {
    let (mut state, job) = explaining();
    state.update(A::Adapter(Adapter::Hardware));
    let commands = state.update(from(WorkerKind::Gpu, 0, Event::Methods(vec![method()])));
    let (gpu_job, _) = posted(&commands, is_model).unwrap();
    let refused = DeviceReport {
        kind: crate::protocol::DeviceKind::HardwareGpu,
        name: "Old Card".to_owned(),
        rejected: Some("its gradients were all zero".to_owned()),
    };
    let commands = state.update(from(WorkerKind::Gpu, gpu_job, Event::Device(refused)));
    assert_eq!(commands, vec![Command::StopWorker(WorkerKind::Gpu)]);
    assert_eq!(state.rejected_devices.len(), 1);
    assert_eq!(finish(&mut state, job, 20), Vec::new());
    assert!(!state.is_busy() && state.rcap_current);
}
