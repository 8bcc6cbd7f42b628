//! Shared batches equal those computed alone, whoever fails.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{
    cell::Cell,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use super::*;

/// The result of a future that never waits.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("somebody waited"),
    }
}

const SIZE: Size = Size::colour(1, 2);

/// Two classes: the sum of an image, and the sum of its squares.
struct Sums {
    computed: Rc<Cell<usize>>,
}

impl Sums {
    fn logits_of(&self, images: &[f32]) -> Vec<f32> {
        let images = images.chunks_exact(SIZE.values());
        self.computed.set(self.computed.get() + images.len());
        images
            .flat_map(|image| [image.iter().sum(), image.iter().map(|v| v * v).sum()])
            .collect()
    }
}

impl Classifier for Sums {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        _size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        Box::pin(async move { Ok(self.logits_of(&images)) })
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        _size: Size,
        _objective: Objective,
        _rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        Box::pin(async move {
            Ok(Gradients {
                logits: self.logits_of(&images),
                values: images.iter().map(|v| 2.0 * v).collect(),
            })
        })
    }

    fn preferred_batch(&self, _size: Size) -> usize {
        2
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Works,
    NotReady,
    Fails,
    AnswersTooLittle,
}

struct Other {
    manner: Manner,
    sums: Rc<Sums>,
}

impl Colleague for Other {
    fn is_ready(&self) -> bool {
        self.manner != Manner::NotReady
    }

    fn begin(&self, part: Part, images: &[f32]) -> LocalFuture<'static, Result<Gradients, String>> {
        let (manner, sums, images) = (self.manner, Rc::clone(&self.sums), images.to_vec());
        Box::pin(async move {
            let mut answer = part.compute(sums.as_ref(), images).await.unwrap();
            match manner {
                Manner::Fails => return Err("it stopped".to_owned()),
                Manner::AnswersTooLittle => answer.logits.truncate(1),
                Manner::Works | Manner::NotReady => {}
            }
            Ok(answer)
        })
    }
}

struct Crew {
    shared: SharedClassifier,
    own: Rc<Cell<usize>>,
    theirs: Rc<Cell<usize>>,
}

fn crew(manners: &[Manner]) -> Crew {
    let (own, theirs) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let sums = Rc::new(Sums {
        computed: Rc::clone(&theirs),
    });
    let colleagues = manners.iter().map(|&manner| {
        let sums = Rc::clone(&sums);
        Box::new(Other { manner, sums }) as Box<dyn Colleague>
    });
    let alone = Sums {
        computed: Rc::clone(&own),
    };
    Crew {
        shared: SharedClassifier::new(Box::new(alone), colleagues.collect()),
        own,
        theirs,
    }
}

fn images(count: usize) -> Vec<f32> {
    (0..count * SIZE.values()).map(|i| i as f32 - 7.5).collect()
}

fn gradients(classifier: &dyn Classifier, images: Vec<f32>) -> Gradients {
    let rule = BackwardRule::Standard;
    block_on(classifier.input_gradients(images, SIZE, Objective::Logit(1), rule)).unwrap()
}

#[test]
fn results_are_those_of_one() {
    let crews: [&[Manner]; 5] = [
        &[],
        &[Manner::Works],
        &[Manner::Works, Manner::NotReady, Manner::Works],
        &[Manner::Fails, Manner::Works],
        &[Manner::AnswersTooLittle, Manner::Works, Manner::Fails],
    ];
    for manners in crews {
        for count in [1, 2, 3, 4, 7] {
            let (alone, together) = (crew(&[]).shared, crew(manners).shared);
            assert_eq!(
                gradients(&together, images(count)),
                gradients(&alone, images(count))
            );
            assert_eq!(
                block_on(together.logits(images(count), SIZE)),
                block_on(alone.logits(images(count), SIZE))
            );
        }
    }
}

#[test]
fn work_is_shared_equally() {
    let crew = crew(&[Manner::Works, Manner::NotReady, Manner::Works]);
    assert_eq!(crew.shared.preferred_batch(SIZE), 6);
    gradients(&crew.shared, images(7));
    assert_eq!((crew.own.get(), crew.theirs.get()), (3, 4));
}

#[test]
fn a_single_image_is_not_shared() {
    let crew = crew(&[Manner::Works]);
    gradients(&crew.shared, images(1));
    assert_eq!((crew.own.get(), crew.theirs.get()), (1, 0));
}
