//! Graphs of very many nodes, and models that do not fit.

use gradlens::{
    engine::{Memory, Stopped},
    onnx::{ByteSource, FileHandle},
    protocol::{ExplainRequest, Settings},
};

use super::{
    PATIENCE, assert_refused, computed, end, engine,
    onnx_writer::{GraphWriter, port},
    outcome,
    recorder::Recorder,
    small,
    support::block_on,
};

fn chain(op: &str, length: usize) -> GraphWriter {
    let mut graph = GraphWriter::from_image();
    let mut value = "x".to_owned();
    for index in 0..length {
        let next = format!("v{index}");
        graph = graph.node(op, &[&value], &[&next], &[]);
        value = next;
    }
    end(graph, &value)
}

#[test]
fn thousands_of_unknown_operators_are_summed_up() {
    let mut graph = GraphWriter::from_image();
    let mut value = "x".to_owned();
    for index in 0..50_000 {
        let next = format!("v{index}");
        graph = graph.node(&format!("Op{index}"), &[&value], &[&next], &[]);
        value = next;
    }
    assert_refused(vec![(
        "distinct operators",
        end(graph, &value).file(),
        "50000",
    )]);
}

#[test]
fn a_chain_of_fifty_thousand_nodes_is_opened_and_can_be_stopped() {
    let host = Recorder::new();
    let mut engine = engine();
    outcome(&mut engine, &host, small().file()).unwrap();
    let file = chain("Relu", 50_000).file();
    let began = computed();
    let options = Default::default();
    let opening = engine.open_model(&host, 1, "chain", file.into(), None, &options);
    block_on(opening).unwrap();
    let seconds = computed() - began;
    assert!(seconds < PATIENCE, "took {seconds:.2} s to open");

    let request = ExplainRequest {
        target: Some(0),
        method: "guided-absolute-grad".to_owned(),
        settings: Settings::default(),
        rcap: None,
    };
    host.cancel_after.set(Some(3));
    let stopped = block_on(engine.explain(&host, 3, &request));
    assert_eq!(stopped.err(), Some(Stopped::Cancelled));
}

#[test]
fn a_model_that_does_not_fit_is_refused_before_it_is_read() {
    struct Unread(u64);
    impl ByteSource for Unread {
        fn size(&self) -> u64 {
            self.0
        }
        fn read(&self, _offset: u64, _into: &mut [u8]) -> Result<(), String> {
            panic!("it was read")
        }
    }
    let host = Recorder::new();
    host.memory.set(Memory {
        used_bytes: None,
        available_bytes: Some(2_000_000_000),
    });
    let file = FileHandle::new(Unread(3_000_000_000));
    let mut engine = engine();
    let options = Default::default();
    let opening = engine.open_model(&host, 1, "big.onnx", file, None, &options);
    let Err(Stopped::Failed(failure)) = block_on(opening) else {
        panic!("it was taken");
    };
    for part in ["big.onnx", "3.1 GB", "2.0 GB"] {
        assert!(failure.message.contains(part), "{failure}");
    }
}

#[test]
fn a_chain_that_needs_more_memory_than_there_is_is_refused_with_the_number() {
    let mut graph = chain("Relu", 2_000);
    graph.inputs = vec![port("x", &[1, 3, 512, 512])];
    let host = Recorder::new();
    host.memory.set(Memory {
        used_bytes: None,
        available_bytes: Some(2_000_000_000),
    });
    let said = outcome(&mut engine(), &host, graph.file()).unwrap_err();
    assert!(said.contains("6.3 GB") && said.contains("2.0 GB"), "{said}");
}
