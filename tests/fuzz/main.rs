//! The parser, the rewrites and the shape rules fed with damaged files: none may panic, take long or
//! ask for absurd amounts of memory. `cargo test` runs a few thousand of them; `make fuzz` runs for
//! as long as it is told to, with another seed each time, and keeps what it finds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod mutation;
mod wire_tree;

use std::{
    env, fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    classifier::{Classifier, Size},
    network::Network,
    onnx::{Graph, cut_activation, parse, select, simplify},
};
use mutation::{Dice, mutate};
use wire_tree::{Kind, decode, encode};

/// Files tried by `cargo test`.
const QUICK_EXECUTIONS: usize = 2_000;
/// A file that takes longer on the processor is a finding.
const SLOW: Duration = Duration::from_secs(1);
/// Networks up to this many multiply-adds are run, not only walked.
const RUN_MULTIPLY_ADDS: u64 = 200_000;
/// Side of the image where a file leaves the size open.
const SIDE: usize = 8;

fn corpus() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("tests/fuzz/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "onnx"))
        .collect();
    files.push(root.join("tests/golden/tiny/tiny_bn.onnx"));
    files.push(root.join("src/engine/device/known_answer/network.onnx"));
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// How far a file came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    /// It was not read.
    Nothing,
    /// A graph.
    Graph,
    /// A network.
    Network,
    /// A network whose shapes fit.
    Shapes,
    /// Gradients.
    Gradients,
}

fn try_out(file: &[u8]) -> Reached {
    let Ok(mut graph) = parse(file.to_vec().into()) else {
        return Reached::Nothing;
    };
    if select(&mut graph, &Default::default()).is_err() {
        return Reached::Graph;
    }
    // Both are done before a network is made of a graph.
    let _ = cut_activation(&mut graph);
    simplify(&mut graph);
    let size = size(&graph);
    let Ok(network) = Network::<Flex>::new(&graph, FlexDevice, 2) else {
        return Reached::Graph;
    };
    match network.cost(size) {
        Err(_) => Reached::Network,
        Ok(Some(cost)) if cost.multiply_adds <= RUN_MULTIPLY_ADDS && size.values() < 5_000 => {
            run(&network, size);
            Reached::Gradients
        }
        Ok(_) => Reached::Shapes,
    }
}

fn size(graph: &Graph) -> Size {
    let side = |axis: usize| {
        let shape = graph.inputs.first().map(|input| input.shape.as_slice());
        match shape.and_then(|shape| shape.get(axis)) {
            Some(gradlens::onnx::Dimension::Fixed(length)) => *length,
            _ => SIDE,
        }
    };
    Size::colour(side(2), side(3))
}

fn run(network: &Network<Flex>, size: Size) {
    let images = vec![0.5; size.values()];
    let objective = gradlens::classifier::Objective::Logit(0);
    let rule = gradlens::classifier::BackwardRule::Standard;
    let mut gradients = pin!(network.input_gradients(images, size, objective, rule));
    // The CPU device never waits.
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(outcome) = gradients.as_mut().poll(&mut context) else {
        panic!("the processor was waited for");
    };
    // An error is an answer.
    let _ = outcome;
}

/// One campaign.
struct Campaign {
    executions: usize,
    reached: [usize; 5],
    findings: Vec<String>,
    folder: PathBuf,
}

impl Campaign {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
        fs::create_dir_all(&folder).unwrap();
        Self {
            executions: 0,
            reached: [0; 5],
            findings: Vec::new(),
            folder,
        }
    }

    fn execute(&mut self, what: &str, file: &[u8], keep_last: bool) {
        if keep_last {
            // What is left here when the process was killed is what killed it.
            fs::write(self.folder.join("last.onnx"), file).unwrap();
        }
        let (began, wall) = (computed(), Instant::now());
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| try_out(file)));
        let took = match (began, computed()) {
            (Some(began), Some(ended)) => ended.saturating_sub(began),
            _ => wall.elapsed(),
        };
        self.executions += 1;
        match outcome {
            Ok(reached) => self.reached[reached as usize] += 1,
            Err(_) => self.found("panic", what, file),
        }
        if took > SLOW {
            self.found(&format!("{:.1} s", took.as_secs_f64()), what, file);
        }
    }

    fn found(&mut self, kind: &str, what: &str, file: &[u8]) {
        let path = self
            .folder
            .join(format!("finding-{}.onnx", self.findings.len()));
        fs::write(&path, file).unwrap();
        let line = format!("{kind} from {what}, kept as {}", path.display());
        println!("fuzz: {line}");
        self.findings.push(line);
    }
}

/// What this thread has computed, where the system tells: others on the machine do not count.
fn computed() -> Option<Duration> {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = schedule.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[test]
fn damaged_files_are_answered() {
    let files = corpus();
    assert!(files.len() > 20, "only {} files in the corpus", files.len());
    let seconds: Option<u64> = env::var("GRADLENS_FUZZ_SECONDS")
        .ok()
        .map(|seconds| seconds.parse().expect("GRADLENS_FUZZ_SECONDS is a number"));
    let seed = match env::var("GRADLENS_FUZZ_SEED") {
        Ok(seed) => seed.parse().expect("GRADLENS_FUZZ_SEED is a number"),
        Err(_) if seconds.is_some() => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.unwrap().as_nanos() as u64
        }
        Err(_) => 1,
    };
    let mut campaign = Campaign::new();
    let mut dice = Dice(seed);
    for (path, file) in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        campaign.execute(&name, file, seconds.is_some());
    }
    let began = Instant::now();
    let more = |executions: usize| match seconds {
        Some(seconds) => began.elapsed().as_secs() < seconds,
        None => executions < QUICK_EXECUTIONS,
    };
    while more(campaign.executions) {
        let (path, file) = &files[dice.below(files.len())];
        let (_, other) = &files[dice.below(files.len())];
        let file = mutate(file, other, &mut dice);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        campaign.execute(&name, &file, seconds.is_some());
    }
    let [nothing, graphs, networks, shapes, gradients] = campaign.reached;
    println!(
        "fuzz: {} executions from {} files with seed {seed} in {:.0} s: {nothing} unread, {graphs} graphs, \
         {networks} networks, {shapes} with shapes, {gradients} with gradients; {} findings",
        campaign.executions,
        files.len(),
        began.elapsed().as_secs_f64(),
        campaign.findings.len()
    );
    assert!(campaign.findings.is_empty(), "{:#?}", campaign.findings);
    // A campaign that gets nowhere tests nothing.
    assert!(graphs + networks + shapes + gradients > campaign.executions / 10);
}

#[test]
fn every_file_of_the_corpus_is_a_whole_model() {
    for (path, file) in corpus() {
        let fields = decode(&file, Kind::Model).expect("a tree of fields");
        assert_eq!(encode(&fields), file, "{}", path.display());
        let graph = parse(file.into());
        assert!(graph.is_ok(), "{}: {:?}", path.display(), graph.err());
    }
}
