//! The name of an embedded ICC colour profile, to tell sRGB from the others.

/// The profile's own description, or "unnamed"; `None` where it is sRGB and nothing need be said.
pub(super) fn foreign_profile(profile: &[u8]) -> Option<String> {
    let name = description(profile).unwrap_or_default();
    let name = name.trim();
    if name.to_lowercase().contains("srgb") {
        None
    } else if name.is_empty() {
        Some("unnamed".to_owned())
    } else {
        Some(name.chars().take(60).collect())
    }
}

/// The text of the `desc` tag: ICC.1:2022, sections 7.3 and 10.15; version 2 profiles have plain
/// text there instead.
fn description(profile: &[u8]) -> Option<String> {
    let tags = u32_be(profile, 128)?;
    // No profile has more than a few dozen tags; a damaged count must not keep us here.
    let (_, offset) = (0..tags.min(200))
        .filter_map(|i| {
            let entry = 132 + 12 * i;
            Some((profile.get(entry..entry + 4)?, u32_be(profile, entry + 4)?))
        })
        .find(|(name, _)| name == b"desc")?;
    let tag = profile.get(offset..)?;
    match tag.get(..4)? {
        b"desc" => {
            let length = u32_be(tag, 8)?;
            let text = tag.get(12..)?.get(..length)?;
            Some(
                text.iter()
                    .filter(|&&b| b != 0)
                    .map(|&b| char::from(b))
                    .collect(),
            )
        }
        b"mluc" => {
            let (length, start) = (u32_be(tag, 20)?, u32_be(tag, 24)?);
            let text = tag.get(start..)?.get(..length)?;
            let units: Vec<u16> = text
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&b| u16::from_be_bytes(b))
                .filter(|&unit| unit != 0)
                .collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

fn u32_be(bytes: &[u8], offset: usize) -> Option<usize> {
    let bytes = bytes.get(offset..)?.get(..4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A profile with nothing but a description.
    fn profile(tag: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend(1_u32.to_be_bytes());
        bytes.extend(b"desc");
        bytes.extend(144_u32.to_be_bytes());
        bytes.extend((tag.len() as u32).to_be_bytes());
        bytes.extend(tag);
        bytes
    }

    fn version_2(name: &str) -> Vec<u8> {
        let mut tag = b"desc\0\0\0\0".to_vec();
        tag.extend((name.len() as u32 + 1).to_be_bytes());
        tag.extend(name.as_bytes());
        tag.push(0);
        profile(&tag)
    }

    fn version_4(name: &str) -> Vec<u8> {
        let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut tag = b"mluc\0\0\0\0".to_vec();
        tag.extend(1_u32.to_be_bytes());
        tag.extend(12_u32.to_be_bytes());
        tag.extend(b"enUS");
        tag.extend((text.len() as u32).to_be_bytes());
        tag.extend(28_u32.to_be_bytes());
        tag.extend(text);
        profile(&tag)
    }

    #[test]
    fn names_profiles_of_both_versions() {
        for make in [version_2, version_4] {
            assert_eq!(foreign_profile(&make("sRGB IEC61966-2.1")), None);
            assert_eq!(
                foreign_profile(&make("Display P3")).as_deref(),
                Some("Display P3")
            );
        }
    }

    #[test]
    fn damaged_profiles_have_no_name() {
        assert_eq!(foreign_profile(b"short").as_deref(), Some("unnamed"));
        let mut cut = version_4("Display P3");
        cut.truncate(180);
        assert_eq!(foreign_profile(&cut).as_deref(), Some("unnamed"));
    }
}
