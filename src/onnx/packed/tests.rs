//! Archives written byte by byte.

use miniz_oxide::deflate::compress_to_vec;

use super::{inflate::checksum, *};
use crate::onnx::sample::Sample;

fn model() -> Vec<u8> {
    Sample::classifier().output("logits", "n 5").bytes()
}

fn opened(bytes: Vec<u8>, name: &str) -> Result<(Vec<u8>, String), OnnxError> {
    let (file, name) = unpacked(&bytes.into(), name, None)?;
    Ok((file.read_whole().unwrap(), name))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // With a name in its header.
    let mut file = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
    file.extend(b"m.onnx\0");
    file.extend(compress_to_vec(bytes, 6));
    file.extend(checksum(bytes).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}

fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for (name, bytes, deflated) in files {
        let packed = if *deflated {
            compress_to_vec(bytes, 6)
        } else {
            bytes.to_vec()
        };
        let at = archive.len() as u32;
        let mut fields = vec![20, 0, 0, 0, if *deflated { 8 } else { 0 }, 0, 0, 0, 0, 0];
        fields.extend(checksum(bytes).to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&fields);
        archive.extend(name.as_bytes());
        archive.extend(packed);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&fields);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let at = archive.len() as u32;
    let count = (files.len() as u16).to_le_bytes();
    archive.extend(&list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count);
    archive.extend(count);
    archive.extend((list.len() as u32).to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

#[test]
fn the_checksum_is_the_known_one() {
    assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
}

#[test]
fn what_is_no_archive_stays_as_it_is() {
    assert_eq!(
        opened(model(), "m.onnx").unwrap(),
        (model(), "m.onnx".to_owned())
    );
    assert!(opened(Vec::new(), "m.onnx").is_ok());
}

#[test]
fn a_gzip_is_unpacked_and_guarded() {
    let packed = gzip(&model());
    assert_eq!(
        opened(packed.clone(), "m.onnx.gz").unwrap(),
        (model(), "m.onnx".to_owned())
    );
    let error = unpacked(&packed.clone().into(), "m.onnx.gz", Some(100)).unwrap_err();
    assert!(error.to_string().contains("more than 100 bytes"), "{error}");
    let mut wrong = packed.clone();
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    let error = opened(wrong, "m.onnx.gz").unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
    for length in [4, 12, 40, packed.len() - 3] {
        let error = opened(packed[..length].to_vec(), "m.onnx.gz").unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}

#[test]
fn the_one_model_of_a_zip_is_opened_packed_or_not() {
    for deflated in [false, true] {
        let archive = zip(&[
            ("readme.txt", b"hello", deflated),
            ("net/m.onnx", &model(), deflated),
            ("net/m.data", b"12345678", deflated),
        ]);
        let (file, name) = unpacked(&archive.into(), "a.zip", None).unwrap();
        assert_eq!(name, "m.onnx");
        assert_eq!(file.read_whole().unwrap(), model());
        let beside = file.beside("m.data").unwrap();
        assert_eq!(beside.read_whole().unwrap(), b"12345678");
        assert!(file.beside("other").is_none());
    }
}

#[test]
fn zips_without_one_model_are_refused_by_what_they_hold() {
    let error =
        |files: &[(&str, &[u8], bool)]| opened(zip(files), "a.zip").unwrap_err().to_string();
    let several = error(&[("a.onnx", b"x", false), ("b.onnx", b"y", false)]);
    assert!(several.contains("2 models (a.onnx, b.onnx)"), "{several}");
    let torch = error(&[("net/data.pkl", b"x", false)]);
    assert!(torch.contains("PyTorch"), "{torch}");
    let archive = zip(&[("a.onnx", &model(), true)]);
    let cut = opened(archive[..archive.len() - 30].to_vec(), "a.zip").unwrap_err();
    assert!(cut.to_string().contains("cut short"), "{cut}");
    let little = unpacked(&archive.into(), "a.zip", Some(10)).unwrap_err();
    assert!(little.to_string().contains("no room"), "{little}");
}
