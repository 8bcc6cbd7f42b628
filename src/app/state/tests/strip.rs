//! The images opened so far: going back computes no map again, and their number is bounded.

use super::*;

/// The engine opens and classifies the image that was asked for.
fn opened(state: &mut State, commands: &[Command], logits: [f32; 3]) -> Vec<Command> {
    let (job, body) = posted(commands, is_image).unwrap();
    let RequestBody::OpenImage { name } = body else {
        panic!("an image is opened");
    };
    state.update(cpu(job, Event::ImageReady(Box::new(image(&name)))));
    let answer = Classification::from_logits(logits.to_vec());
    let mut commands = state.update(cpu(job, Event::Classified(answer)));
    commands.extend(state.update(cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients: 0,
        },
    )));
    commands
}

/// A page with a finished map of a cat, where class 2 was chosen, and after it one of a dog.
fn cat_and_dog() -> State {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let commands = state.update(A::ChooseTarget(2));
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 20);
    let commands = state.update(A::OpenFiles(vec![ticket("dog.png", 1)]));
    let commands = opened(&mut state, &commands, [3.0, 0.0, 0.0]);
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 20);
    state
}

fn names(state: &State) -> Vec<&str> {
    let images = state.strip.images().iter();
    images.map(|kept| kept.card.name.as_str()).collect()
}

fn likeliest(state: &State) -> Vec<Option<String>> {
    let images = state.strip.images().iter();
    images.map(|kept| state.likeliest_of(kept)).collect()
}

#[test]
fn going_back_shows_the_class_and_the_map_of_before() {
    let mut state = cat_and_dog();
    assert_eq!(names(&state), ["dog.png", "cat"]);
    assert_eq!(state.target, Some(0));
    let said = [state.class_name(0), state.class_name(1)].map(Some);
    assert_eq!(likeliest(&state), said);
    state.update(A::Zoom(ZoomStep::larger(2.0)));

    let cat = state.strip.images()[1].generation;
    let commands = state.update(A::ShowImage(cat));
    assert_eq!(
        state.image.as_ref().unwrap().name,
        "dog.png",
        "until it is there"
    );
    let commands = opened(&mut state, &commands, [0.0, 2.0, 1.0]);
    assert_eq!(posted(&commands, is_explain), None);
    assert_eq!(state.image.as_ref().unwrap().name, "cat");
    assert_eq!(state.target, Some(2));
    assert!(state.map_is_current() && state.rcap_current);
    assert!(state.view.zoom.is_whole(), "another photo is shown whole");
    assert_eq!(names(&state), ["dog.png", "cat"], "it keeps its place");

    // The engine has forgotten the gradients, so that a free setting is no draft of them.
    let commands = state.update(percentile(40.0));
    assert_eq!(posted(&commands, is_explain), None);
    let commands = state.update(settled(&commands));
    let (_, body) = posted(&commands, is_explain).unwrap();
    assert!(explain_request(body).rcap.is_some());
}

#[test]
fn several_images_are_opened_one_after_another_and_the_first_is_explained() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let files = ["a.png", "b.png", "c.png", "notes.txt"];
    let files = files.iter().zip(1..).map(|(name, id)| ticket(name, id));
    let mut commands = state.update(A::OpenFiles(files.collect()));
    for _ in 0..2 {
        commands = opened(&mut state, &commands, [0.0, 0.0, 1.0]);
        assert_eq!(posted(&commands, is_explain), None);
    }
    commands = opened(&mut state, &commands, [0.0, 0.0, 1.0]);
    assert!(posted(&commands, is_explain).is_some());
    assert_eq!(names(&state), ["a.png", "b.png", "c.png", "cat"]);
    assert_eq!(state.image.as_ref().unwrap().name, "a.png");
}

#[test]
fn a_bad_one_among_several_is_told_and_stops_nothing() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let files = vec![ticket("a.png", 1), ticket("b.png", 2)];
    let commands = state.update(A::OpenFiles(files));
    let (job, _) = posted(&commands, is_image).unwrap();
    let commands = state.update(cpu(job, failure("b.png is not an image.")));
    opened(&mut state, &commands, [0.0, 0.0, 1.0]);
    assert_eq!(names(&state), ["a.png", "cat"]);
    let said = &state.notice.as_ref().unwrap().message;
    assert_eq!(said, "b.png is not an image.");
}

#[test]
fn the_oldest_make_room() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    for id in 1..=14 {
        let commands = state.update(A::OpenFiles(vec![ticket(&format!("{id}.png"), id)]));
        opened(&mut state, &commands, [1.0, 0.0, 0.0]);
    }
    assert_eq!(state.strip.images().len(), 12);
    assert_eq!(names(&state)[0], "14.png");
    assert_eq!(names(&state)[11], "3.png");
    let files = (20..40).map(|id| ticket(&format!("{id}.png"), id));
    state.update(A::OpenFiles(files.collect()));
    assert!(state.notice.is_some(), "that not all are opened is told");
}

#[test]
fn a_removed_image_is_forgotten_with_its_maps() {
    let mut state = cat_and_dog();
    let [dog, cat] = [0, 1].map(|place: usize| state.strip.images()[place].generation);
    let commands = state.update(A::RemoveImage(dog));
    assert_eq!(names(&state), ["cat"]);
    let commands = opened(&mut state, &commands, [0.0, 2.0, 1.0]);
    assert_eq!(posted(&commands, is_explain), None);
    assert_eq!(state.image_generation, cat);
    // The only one stays.
    assert_eq!(state.update(A::RemoveImage(cat)), Vec::new());
    assert_eq!(names(&state), ["cat"]);
    // The same file again is a new image.
    let commands = state.update(A::OpenFiles(vec![ticket("dog.png", 1)]));
    let commands = opened(&mut state, &commands, [3.0, 0.0, 0.0]);
    assert!(posted(&commands, is_explain).is_some());
    assert!(state.image_generation > dog);
}

#[test]
fn another_model_has_another_opinion() {
    let mut state = cat_and_dog();
    let commands = state.update(A::OpenFiles(vec![ticket("own.onnx", 9)]));
    let (job, _) = posted(&commands, is_model).unwrap();
    state.update(cpu(job, Event::ModelReady(Box::new(model()))));
    assert_eq!(likeliest(&state), [None, None]);
    let answer = Classification::from_logits(vec![0.0, 0.0, 1.0]);
    state.update(cpu(job, Event::Classified(answer)));
    assert_eq!(likeliest(&state), [Some(state.class_name(2)), None]);
}
