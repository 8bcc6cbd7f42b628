//! Studies: rows as they come, gone on with where they stopped, in parts, with masks and labels.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use super::{
    folder,
    support::{golden, root},
};

fn study(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .args(["study", "--device", "cpu", "--model"])
        .arg(golden("tiny/tiny.onnx"))
        .arg("--images")
        .arg(folder.join("images"))
        .args([
            "--methods",
            "gradient,guided-absolute-grad:samples=2;percentile=50,control-edge",
        ])
        .args(["--measures", "rcap,localisation,noise-level"])
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    errors
}

/// Three photos, with one of them as everybody's mask.
fn photos(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    for kind in ["images", "masks"] {
        fs::create_dir_all(folder.join(kind)).unwrap();
        for photo in ["chelsea", "coffee", "rocket"] {
            let from = if kind == "masks" { "chelsea" } else { photo };
            let from = root().join(format!("static/samples/{from}.jpg"));
            fs::copy(from, folder.join(kind).join(format!("{photo}.jpg"))).unwrap();
        }
    }
    for old in ["whole.csv", "part.csv", "labelled.csv"] {
        let _ = fs::remove_file(folder.join(old));
    }
    folder
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

/// The rows without the time they took.
fn rows(path: &Path) -> BTreeSet<Vec<String>> {
    lines(path)
        .iter()
        .skip(1)
        .map(|line| {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            fields.remove(5);
            fields
        })
        .collect()
}

#[test]
fn a_study_goes_on_where_it_stopped_and_can_be_split() {
    let folder = photos("study");
    let masks = folder.join("masks");
    let masks = masks.to_str().unwrap();
    let whole = folder.join("whole.csv");
    study(
        &folder,
        &["--masks", masks, "--out", whole.to_str().unwrap()],
    );
    let all = lines(&whole);
    assert!(all[0].starts_with("image,method,target,probability,gradients,seconds,note,rcap,"));
    assert_eq!(all.len(), 1 + 3 * 3);
    let columns = all[0].split(',').count();
    assert!(all.iter().all(|line| line.split(',').count() == columns));

    // Stopped in the middle of a row.
    let part = folder.join("part.csv");
    fs::write(&part, format!("{}\n{}", all[..5].join("\n"), &all[5][..9])).unwrap();
    let said = study(
        &folder,
        &["--masks", masks, "--out", part.to_str().unwrap()],
    );
    assert!(!said.contains("chelsea"), "done already: {said}");
    assert_eq!(rows(&part), rows(&whole));
    let untouched = &lines(&part)[..5];
    assert_eq!(untouched, &all[..5]);

    // Two shards are the whole.
    let mut together = BTreeSet::new();
    for shard in ["1/2", "2/2"] {
        let _ = fs::remove_file(&part);
        study(
            &folder,
            &[
                "--masks",
                masks,
                "--shard",
                shard,
                "--out",
                part.to_str().unwrap(),
            ],
        );
        let rows = rows(&part);
        assert!(!rows.is_empty() && rows.is_disjoint(&together));
        together.extend(rows);
    }
    assert_eq!(together, rows(&whole));
}

#[test]
fn images_that_are_wrongly_classified_or_without_a_mask_are_left_out() {
    let folder = photos("labelled");
    fs::write(
        folder.join("labels.csv"),
        "image,classes\nchelsea.jpg,0 1 2 3 4\ncoffee.jpg,77\n",
    )
    .unwrap();
    fs::write(folder.join("images/broken.png"), "no image").unwrap();
    let out = folder.join("labelled.csv");
    let said = study(
        &folder,
        &[
            "--masks",
            folder.join("masks").to_str().unwrap(),
            "--accept",
            folder.join("labels.csv").to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert!(
        said.contains("coffee.jpg is left out") && said.contains("is wrong"),
        "{said}"
    );
    assert!(
        said.contains("rocket.jpg is left out: it has no label"),
        "{said}"
    );
    assert!(said.contains("broken.png is left out"), "{said}");
    let images: BTreeSet<String> = rows(&out).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(images, BTreeSet::from(["chelsea.jpg".to_owned()]));
}
